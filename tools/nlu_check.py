"""`make nlu-check`: guards the training text (see `docs/annotatie.md`).

Errors: the same message twice, nearly the same message under two intents, a label that does not exist, a sign both affirmed and denied
without reason, danger that the intent promises but the label lacks, too long a message, too few of an intent, a text too close to one of an
evaluation folder. Exit code 1 when there are any. The figures that are printed after them are for the README.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.content import load_content
from bot.core.situation import OPTIONS
from bot.nlu.examples import Example, read_examples

ROOT = Path(__file__).resolve().parents[1]
EVALUATION = (ROOT / "tests" / "evaluation", ROOT.parent / "shared" / "eval")
MOST_WORDS = 120
LEAST = {"zorg_delen": 1500, "acuut_gevaar": 400}
LEAST_OF_AN_INTENT = 60
LEAST_MESSAGES = 6000
LEAST_WRITERS = 24
#: cosine of character n-grams: above this two messages of different intents say the same thing
TOO_ALIKE = 0.85
#: the same for a training message and one of an evaluation folder, for messages of at least so many words (shorter ones are anybody's)
TOO_CLOSE, CLOSE_WORDS = 0.70, 5
#: share of the messages above which a piece of text is common
COMMON = 0.02
REASONS = frozenset({"ander", "vroeger", "ouder_als_kind", "gevreesd"})


def key(text: str) -> str:
    """What is left of a message when capitals, signs and spaces do not count."""
    return " ".join(re.findall(r"\w+", text.lower()))


def labels(examples: Sequence[Example], signs: Iterable[str], organisations: Iterable[str], intents: Iterable[str]) -> list[str]:
    """Labels that do not exist or contradict each other."""
    known, reachable, meant = set(signs), set(organisations), set(intents)
    out = []
    for e in examples:
        where = f"{e.writer}: {e.text[:60]!r}"
        if e.intent not in meant:
            out.append(f"{where}: intent {e.intent} does not exist")
        for sign in {*e.signs, *e.denied, *dict(e.aside)} - known:
            out.append(f"{where}: sign {sign} does not exist")
        for organisation in set(e.organisations) - reachable:
            out.append(f"{where}: organisation {organisation} does not exist")
        for sign in set(e.signs) & set(e.denied):
            out.append(f"{where}: {sign} is both affirmed and denied")
        for sign, why in e.aside:
            if why not in REASONS:
                out.append(f"{where}: niet_nu {sign}: {why} is no reason")
        if e.age is not None and e.age not in OPTIONS["leeftijd"]:
            out.append(f"{where}: leeftijd {e.age} does not exist")
        if e.intent == "acuut_gevaar" and not e.danger:
            out.append(f"{where}: acuut_gevaar without gevaar")
    return out


def copies(examples: Sequence[Example]) -> list[str]:
    """The same message twice, and nearly the same one under another intent."""
    out = []
    seen: dict[str, Example] = {}
    for e in examples:
        before = seen.setdefault(key(e.text), e)
        if before is not e:
            out.append(f"{e.writer} ({e.intent}) and {before.writer} ({before.intent}): the same message {e.text[:60]!r}")
    rows = list(seen.values())
    for i, j, likeness in alike([e.text for e in rows], [e.text for e in rows], TOO_ALIKE):
        if i < j and rows[i].intent != rows[j].intent:
            out.append(f"{rows[i].intent} and {rows[j].intent} are {likeness:.2f} alike: {rows[i].text[:60]!r} and {rows[j].text[:60]!r}")
    return out


def alike(texts: Sequence[str], others: Sequence[str], limit: float) -> list[tuple[int, int, float]]:
    """Pairs (index in texts, index in others, cosine) of character n-grams of at least `limit`."""
    both = [*texts, *others]
    options = {"analyzer": "char_wb", "ngram_range": (4, 4), "sublinear_tf": True, "dtype": np.float32}
    whole = csr_matrix(TfidfVectorizer(**options).fit_transform(both))
    # a product of all with all is slow because of what many share, and a copy shares more than that: look among those first
    rare = csr_matrix(TfidfVectorizer(max_df=max(50, int(COMMON * len(both))), **options).fit_transform(both))
    n = len(texts)
    found = []
    for start in range(0, n, 500):
        block = (rare[start : min(start + 500, n)] @ rare[n:].T).tocoo()
        for i, j in zip(block.row[block.data >= limit / 2] + start, block.col[block.data >= limit / 2], strict=True):
            likeness = float(whole[int(i)].multiply(whole[n + int(j)]).sum())
            if likeness >= limit:
                found.append((int(i), int(j), likeness))
    return found


def evaluation_texts(folders: Iterable[Path] = EVALUATION) -> list[tuple[str, str]]:
    """(file:id, text) of every message and every turn of a route in the evaluation folders that are there."""
    rows = []
    for folder in folders:
        for path in sorted(folder.glob("*.jsonl")) if folder.is_dir() else []:
            for line in path.read_text("utf8").splitlines():
                row: dict[str, Any] = json.loads(line) if line.strip() else {}
                vervolg = row.get("vervolg") or []
                for text in (row.get("tekst"), row.get("start"), *([vervolg] if isinstance(vervolg, str) else vervolg)):
                    if text:
                        rows.append((f"{path.name}:{row.get('id')}", text))
    return rows


def leaks(examples: Sequence[Example], evaluation: Sequence[tuple[str, str]]) -> list[str]:
    """Training messages that are too close to one they will be measured on."""
    rows = [(name, text) for name, text in evaluation if len(text.split()) >= CLOSE_WORDS]
    if not rows:
        return []
    mine = [e for e in examples if len(e.text.split()) >= CLOSE_WORDS]
    pairs = alike([e.text for e in mine], [text for _, text in rows], TOO_CLOSE)
    return [f"{mine[i].writer}: {likeness:.2f} like {rows[j][0]}: {mine[i].text[:60]!r}" for i, j, likeness in pairs]


def sizes(examples: Sequence[Example]) -> list[str]:
    """Too few or too long."""
    counts = Counter(e.intent for e in examples)
    out = [
        f"{i}: {n} messages, at least {LEAST.get(i, LEAST_OF_AN_INTENT)} wanted"
        for i, n in counts.items()
        if n < LEAST.get(i, LEAST_OF_AN_INTENT)
    ]
    out += [
        f"{e.writer}: {len(e.text.split())} words, at most {MOST_WORDS}: {e.text[:60]!r}"
        for e in examples
        if len(e.text.split()) > MOST_WORDS
    ]
    if len(examples) < LEAST_MESSAGES:
        out.append(f"{len(examples)} messages, at least {LEAST_MESSAGES} wanted")
    if len({e.writer for e in examples}) < LEAST_WRITERS:
        out.append(f"{len({e.writer for e in examples})} writers, at least {LEAST_WRITERS} wanted")
    return out


def overview(examples: Sequence[Example]) -> str:
    """The figures of the text, a line each."""
    counts = Counter(e.intent for e in examples)
    words = sorted(len(e.text.split()) for e in examples)
    per_sign: dict[str, int] = defaultdict(int)
    for e in examples:
        for sign in e.signs:
            per_sign[sign] += 1
    rarest = min(per_sign, key=lambda sign: per_sign[sign])
    smallest = counts.most_common()[-1]
    return "\n".join(
        (
            f"messages {len(examples)}, writers {len({e.writer for e in examples})} in {len({e.file for e in examples})} author groups, intents {len(counts)}",
            f"zorg_delen {counts['zorg_delen']}, acuut_gevaar {counts['acuut_gevaar']}, fewest: {smallest[0]} {smallest[1]}",
            f"words: median {words[len(words) // 2]}, longest {words[-1]}; danger {sum(e.danger for e in examples)}",
            f"signs affirmed {sum(per_sign.values())} (fewest: {rarest} {per_sign[rarest]}), denied {sum(len(e.denied) for e in examples)}, "
            f"not about this child now {sum(len(e.aside) for e in examples)}",
        )
    )


def problems(examples: Sequence[Example], evaluation: Sequence[tuple[str, str]]) -> list[str]:
    """Everything that is wrong, a line each."""
    content = load_content()
    domain = yaml.safe_load((ROOT / "domain.yml").read_text("utf8"))
    intents = [next(iter(row)) if isinstance(row, dict) else row for row in domain["intents"]]
    return [
        *labels(examples, content.signs, content.organisation_words(), intents),
        *copies(examples),
        *sizes(examples),
        *leaks(examples, evaluation),
    ]


def main() -> int:
    """Check the training text of the project."""
    examples = read_examples()
    found = problems(examples, evaluation_texts())
    for line in found:
        print(line)
    print(overview(examples))
    print(f"nlu-check: {len(found)} problems")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
