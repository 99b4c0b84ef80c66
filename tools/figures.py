"""`make figures`: figures people can look at, in `docs/figuren/`: confusion, learning curve, reliability, the danger trade-off.

Trains the plain readers on `data/nlu` and measures them on `tests/evaluation` (writers who wrote no training text); the confusion matrix comes
from cross-validation over author groups of the training text, where every intent has enough messages, and so that nobody mends the training
text after the test messages. What was measured is kept in `.cache/` until the text, the readers or this tool change. Texts are never printed.

What is measured here is reading alone: no fallback to a question in doubt, no dialogue. `make evaluate` measures the whole.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GroupKFold

from bot.nlu.danger import DangerReader
from bot.nlu.examples import Example, read_examples
from bot.nlu.intent import IntentModel
from bot.nlu.signs import SignReader
from tools import measures
from tools.evaluate import Message, read_set
from tools.figures_page import STEP, Numbers, draw, page
from tools.prepared import Matrix, Prepared, prepare
from tools.train import fingerprint
from tools.uncertainty import paired_interval, reliability

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "figuren"
EVALUATION = ROOT / "tests" / "evaluation"
KEPT = ROOT / ".cache" / "figures.json"
SAFETY = "veiligheid"
SIZES = (1000, 2000, 4000, 6000, 8000)
SLOW_SIZES = (2000, 4000)
ORDERS = 3
FOLDS = 4
THRESHOLDS = tuple(round(0.01 * i, 2) for i in range(1, 100))


@dataclass(frozen=True)
class TestSet:
    """The messages of the evaluation folder with what should be read in them; of each its file and writer."""

    messages: list[Message]
    rows: Prepared
    files: list[str]
    writers: list[str]


# -- what is measured on ---------------------------------------------------------------------------------------------------------


def as_example(message: Message) -> Example:
    """A message of an evaluation set as the readers take it."""
    return Example(message.text, message.intents[0], "test", tuple(message.signs), tuple(message.denied), danger=message.danger)


def read_test(folder: Path = EVALUATION) -> TestSet:
    """All message sets of a folder; routes are left out."""
    messages: list[Message] = []
    files: list[str] = []
    writers: list[str] = []
    for path in sorted(folder.glob("*.jsonl")):
        found = read_set(path, path.name).messages
        raw = {row["id"]: row for row in map(json.loads, filter(str.strip, path.read_text("utf8").splitlines()))}
        messages += found
        files += [path.stem] * len(found)
        writers += [str(raw[message.id].get("schrijver", message.id)) for message in found]
    return TestSet(messages, prepare([as_example(message) for message in messages]), files, writers)


def order(examples: Sequence[Example], seed: int = 0) -> list[int]:
    """The messages author group by author group: 0 in the order in which the groups wrote, others shuffled. Within a group always shuffled."""
    random = np.random.default_rng(seed)
    groups = sorted({e.file for e in examples}, key=lambda name: (len(name), name))
    if seed:
        random.shuffle(groups)
    place = {name: i for i, name in enumerate(groups)}
    return sorted(random.permutation(len(examples)).tolist(), key=lambda i: place[examples[i].file])


# -- intents ---------------------------------------------------------------------------------------------------------------------


def fit_intents(rows: Prepared, calibrated: bool = False) -> IntentModel:
    """The intent reader; the temperature takes four times as long as the rest and changes no ranking."""
    writers = [e.writer for e in rows.examples] if calibrated else ["-"] * len(rows)
    return IntentModel().fit(rows.texts, rows.lemmas, rows.vectors, rows.intents, writers)


def read_intents(model: IntentModel, rows: Prepared) -> tuple[list[str], list[float]]:
    """The intent of each message and its confidence."""
    found = [
        model.probabilities(e.text, lemmas, vector) for e, lemmas, vector in zip(rows.examples, rows.lemmas, rows.vectors, strict=True)
    ]
    return [model.intents[int(p.argmax())] for p in found], [float(p.max()) for p in found]


def right(messages: Sequence[Message], predicted: Sequence[str]) -> list[bool]:
    """Whether an acceptable intent was read."""
    return [name in message.intents for message, name in zip(messages, predicted, strict=True)]


def count_pairs(intents: Sequence[str], pairs: Sequence[tuple[str, str]]) -> list[list[int]]:
    """A matrix of counts: meant (rows) and read (columns)."""
    counts = Counter(pairs)
    return [[counts[meant, read] for read in intents] for meant in intents]


def cross_validated(rows: Prepared, folds: int = FOLDS) -> list[str]:
    """The intent of each message by a reader that saw nothing of its author group."""
    predicted = np.empty(len(rows), dtype=object)
    groups = [e.file for e in rows.examples]
    for train, test in GroupKFold(folds).split(groups, groups=groups):
        predicted[test] = read_intents(fit_intents(rows.take(train)), rows.take(test))[0]
    return list(predicted)


def intent_curve(
    train: Prepared, test: TestSet, seed: int, sizes: Sequence[int], last: Sequence[bool]
) -> tuple[list[list[float]], list[bool]]:
    """The rows of one curve, and per test message whether it was read right at the largest size below all. `last`: the same with all."""
    ordered = order(train.examples, seed)
    plain = np.array([name != SAFETY for name in test.files])
    rows: list[list[float]] = []
    hits: list[bool] = []
    for size in [size for size in sizes if size < len(train)]:
        hits = right(test.messages, read_intents(fit_intents(train.take(ordered[:size])), test.rows)[0])
        rows.append([size, float(np.mean(hits)), float(np.mean(np.array(hits)[plain]))])
    return [*rows, [len(train), float(np.mean(last)), float(np.mean(np.array(last)[plain]))]], hits


# -- signs and danger ------------------------------------------------------------------------------------------------------------


def sign_f1(reader: SignReader, test: TestSet) -> float:
    """Micro F1 of the affirmed signs."""
    read = [
        frozenset(s.id for s in reader.read(text, vector) if not s.denied and s.aside is None)
        for text, vector in zip(test.rows.texts, test.rows.vectors, strict=True)
    ]
    return measures.set_counts((message.signs, found) for message, found in zip(test.messages, read, strict=True)).f1 or 0.0


def danger_precision(reader: DangerReader, rows: Prepared) -> float:
    """Average precision of the confidence in danger."""
    sure = [reader.read(text, vector).confidence for text, vector in zip(rows.texts, rows.vectors, strict=True)]
    return float(average_precision_score([e.danger for e in rows.examples], sure))


def highest_threshold(reader: DangerReader, text: str, vector: Matrix) -> float:
    """The highest threshold at which the joined reader still calls danger, 0 where it never does. A higher one never calls more."""
    kept = reader.threshold
    low, high = 0, len(THRESHOLDS)
    try:
        while low < high:
            middle = (low + high + 1) // 2
            reader.threshold = np.full(2, THRESHOLDS[middle - 1])
            low, high = (middle, high) if reader.read(text, vector).present else (low, middle - 1)
    finally:
        reader.threshold = kept
    return THRESHOLDS[low - 1] if low else 0.0


def tradeoff(highest: Sequence[float], danger: Sequence[bool]) -> list[list[float]]:
    """For each threshold: how many in danger are found, how many messages are called danger, how many are."""
    found, told = np.asarray(highest), np.asarray(danger, dtype=bool)
    return [[t, float((told & (found >= t)).sum()), float((found >= t).sum()), float(told.sum())] for t in THRESHOLDS]


# -- all of it -------------------------------------------------------------------------------------------------------------------


def measure(train: Prepared, test: TestSet, sizes: Sequence[int] = SIZES, slow_sizes: Sequence[int] = SLOW_SIZES) -> Numbers:
    """Train and measure everything; says what it does."""
    begin = time.monotonic()

    def say(what: str) -> None:
        print(f"  {time.monotonic() - begin:4.0f} s  {what}", flush=True)

    out = Numbers(train=len(train), test=len(test.messages), plain_test=sum(name != SAFETY for name in test.files))
    say("intents on all text")
    model = fit_intents(train, calibrated=True)
    predicted, sure = read_intents(model, test.rows)
    all_right = right(test.messages, predicted)
    out.temperature = model.temperature
    out.bins = [[b.confidence, *b.right] for b in reliability(sure, all_right)]
    out.intents = list(dict.fromkeys(train.intents))
    meant = [message.intents[0] for message in test.messages]
    read = [best if hit else name for best, name, hit in zip(meant, predicted, all_right, strict=True)]  # what is acceptable is right
    out.test_confusion = count_pairs(out.intents, list(zip(meant, read, strict=True)))
    say("intents by author groups that were left out")
    out.confusion = count_pairs(out.intents, list(zip(train.intents, cross_validated(train), strict=True)))
    before = []
    for seed in range(ORDERS):
        say(f"learning curve of the intents, order {seed + 1} of {ORDERS}")
        rows, hits = intent_curve(train, test, seed, sizes, all_right)
        out.intent_curves.append(rows)
        before.append(hits)
    mean = np.mean(before, axis=0)
    share = STEP / (len(train) - out.intent_curves[0][-2][0])
    low, high = paired_interval(mean.tolist(), all_right, test.writers)
    out.gain = [share * (float(np.mean(all_right)) - float(mean.mean())), share * low, share * high]
    safety = [i for i, name in enumerate(test.files) if name == SAFETY]
    told = test.rows.take(safety)
    ordered = order(train.examples)
    for size in [*(size for size in slow_sizes if size < len(train)), len(train)]:
        part = train.take(ordered[:size]) if size < len(train) else train  # all in the order of the model that is served
        say(f"signs and danger on {size} messages")
        out.sign_curve.append([size, sign_f1(SignReader().fit(part.examples, part.vectors), test)])
        reader = DangerReader().fit(part.examples, part.vectors)
        out.danger_curve.append([size, danger_precision(reader, told)])
    say("danger by threshold")
    out.threshold = float(reader.threshold[1])
    highest = [highest_threshold(reader, text, vector) for text, vector in zip(told.texts, told.vectors, strict=True)]
    out.tradeoff = tradeoff(highest, [e.danger for e in told.examples])
    out.safety = len(told)
    out.seconds = round(time.monotonic() - begin)
    return out


def state() -> str:
    """A name for everything that the numbers depend on."""
    digest = hashlib.sha256(fingerprint().encode())
    for path in [*sorted(EVALUATION.glob("*.jsonl")), Path(__file__)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def numbers() -> Numbers:
    """What was measured, again only where something changed."""
    now = state()
    if KEPT.exists():
        kept = json.loads(KEPT.read_text("utf8"))
        if kept["state"] == now:
            return Numbers(**kept["numbers"])
    print("Figures: measuring (five to eight minutes on two cores) ...", flush=True)
    found = measure(prepare(read_examples()), read_test())
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps({"state": now, "numbers": asdict(found)}), "utf8")
    return found


def main() -> int:
    """Measure, draw, write the page, and print what it says about danger and growth."""
    found = numbers()
    OUT.mkdir(parents=True, exist_ok=True)
    draw(found, OUT)
    lines = page(found)
    (OUT / "README.md").write_text("\n".join(lines) + "\n", "utf8")
    print("\n".join(line for line in lines if line.startswith("- ")))
    print(f"Figures: {OUT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
