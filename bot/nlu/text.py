"""Text as the readers see it: normalised, cut in clauses, matched with a small pattern language that a domain expert can write.

Pattern language of the lexicons (`bot/nlu/lexicon/*.yml`), on lower-case text without accents:
`blauwe plek*` any ending · `(papa|vader)` one of · `een?` optional word · `..` up to four words in between.
Words must follow each other, with any punctuation or space between; a pattern begins and ends at a word boundary.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

_GAP = r"(?:\W+\w+){0,4}?"
_SENTENCE_END = re.compile(r"(?<=[.!?;\n])\s+|\n+")
_CLAUSE_END = re.compile(
    r"[.!?;:\n]+|,\s+(?=(?:en|maar|want|dus|toch|wel|ook|verder|alleen|hij|zij|ze|ik|we|er|dat|nu|wat)\b)|\s+(?=(?:maar|want|terwijl|hoewel|echter|alleen)\b)"
)


def normalise(text: str) -> str:
    """Lower case, without accents, curly quotes straight. Keeps the length of nearly every text, so spans stay usable."""
    text = text.lower().replace("’", "'").replace("‘", "'").replace("`", "'").replace("´", "'")
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def sentences(text: str) -> list[str]:
    """The sentences of a message; a message without punctuation is one."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


@dataclass(frozen=True)
class Clause:
    """A stretch of normalised text within which a denial holds."""

    start: int
    end: int
    text: str


def clauses(text: str) -> Iterator[Clause]:
    """Cut normalised text in clauses, in order."""
    start = 0
    for match in _CLAUSE_END.finditer(text):
        if text[start : match.start()].strip():
            yield Clause(start, match.start(), text[start : match.start()])
        start = match.end()
    if text[start:].strip():
        yield Clause(start, len(text), text[start:])


def _token(token: str) -> str:
    optional = token.endswith("?")
    body = (
        re.escape(token.rstrip("?"))
        .replace(r"\*", r"\w*")
        .replace(r"\(", "(?:")
        .replace(r"\)", ")")
        .replace(r"\|", "|")
        .replace(r"\-", "-")
    )
    return f"(?:{body}\\W+)?" if optional else body


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A lexicon pattern as a regular expression.

    Raises ValueError where the pattern is not well formed, naming it.
    """
    out = ""
    glue = ""
    for token in pattern.split():
        if token == "..":
            out += _GAP
            glue = r"\W+"
            continue
        piece = _token(token)
        out += glue + piece
        glue = "" if token.endswith("?") else r"\W+"
    try:
        return re.compile(rf"(?<!\w){out}(?!\w)")
    except re.error as error:
        raise ValueError(f"pattern {pattern!r}: {error}") from error


def find(patterns: Iterable[str], text: str) -> Iterator[re.Match[str]]:
    """All matches of any of the patterns in normalised text."""
    for pattern in patterns:
        yield from compile_pattern(pattern).finditer(text)
