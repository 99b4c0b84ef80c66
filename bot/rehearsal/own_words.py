"""Which option somebody means who answers in own words.

The words are compared with the title of each option and with the ways in which people say it (`zo_gezegd`): by sentence vector, and by pieces of
words for what the vector does not know. The outcome is a guess that the player is always asked to confirm by the option's own title, so that a wrong
guess praises nothing. Where two options are about as like the text, or the text denies or puts off what the option does, both are put to the player.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.text import normalise

Encode = Callable[[str], NDArray[Any]]
#: share of the sentence vector in the likeness; the rest is pieces of words
SENSE = 0.6
#: below this likeness nothing is guessed; an option that is less than this behind the likeliest is put to the player too
LEAST, MARGIN = 0.2, 0.06
PIECES = (3, 4)
NOT = frozenset("niet geen nooit niks niets nergens wacht wachten afwachten later morgen laat laten".split())


def guess(text: str, options: Mapping[str, Mapping[str, Any]], encode: Encode) -> tuple[str, ...]:
    """The ids of the options that may be meant, likeliest first: none, one, or two that are hard to tell apart."""
    scores = likeness(text, options, encode)
    ranked = sorted(scores, key=lambda option: scores[option][0], reverse=True)
    if not ranked or scores[ranked[0]][0] < LEAST:
        return ()
    close = len(ranked) > 1 and scores[ranked[0]][0] - scores[ranked[1]][0] < MARGIN
    return tuple(ranked[:2]) if close or _turned_round(text, scores[ranked[0]][1]) else (ranked[0],)


def likeness(text: str, options: Mapping[str, Mapping[str, Any]], encode: Encode) -> dict[str, tuple[float, str]]:
    """How like each option the text is, 0..1: that of the way of saying it that is most like it, and that way."""
    vector, pieces = _unit(encode(text)), _pieces(text)
    found = {}
    for option, row in options.items():
        found[option] = max((SENSE * float(vector @ v) + (1 - SENSE) * _overlap(pieces, p), way) for way, v, p in _ways(row, encode))
    return found


def _ways(option: Mapping[str, Any], encode: Encode) -> list[tuple[str, NDArray[Any], frozenset[str]]]:
    """The ways of saying an option, each with its vector and its pieces."""
    return [(way, *_prepared(way, encode)) for way in (option["titel"], *option["zo_gezegd"])]


def _turned_round(text: str, way: str) -> bool:
    """The text says not to do, or not yet, what this way of saying it does."""
    return bool(set(normalise(text).split()) & NOT) != bool(set(normalise(way).split()) & NOT)


def _unit(vector: NDArray[Any]) -> NDArray[Any]:
    size = float(np.linalg.norm(vector))
    return vector / size if size else vector


@lru_cache(maxsize=2_000)
def _prepared(way: str, encode: Encode) -> tuple[NDArray[Any], frozenset[str]]:
    """Kept for the words of the cases only: what a user typed outlives no turn."""
    return _unit(encode(way)), _pieces(way)


def _pieces(text: str) -> frozenset[str]:
    words = [f" {word} " for word in normalise(text).split()]
    return frozenset(word[i : i + size] for word in words for size in PIECES for i in range(max(1, len(word) - size + 1)))


def _overlap(a: frozenset[str], b: frozenset[str]) -> float:
    """Share of the pieces they have in common, by the geometric mean of their sizes."""
    return len(a & b) / float(np.sqrt(len(a) * len(b))) if a and b else 0.0
