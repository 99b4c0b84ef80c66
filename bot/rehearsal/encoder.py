"""The sentence vector for answers in own words, loaded when the first is given: a process that only runs actions need not load Rasa for it."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray


def encode(text: str) -> NDArray[Any]:
    """The vector of a text, shape (512,), from the encoder that the pipeline of this process uses too."""
    from bot.nlu.components import SentenceVectors

    return SentenceVectors.encode(text)
