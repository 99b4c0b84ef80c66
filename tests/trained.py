"""The readers of the trained model, as the running program has them: with sentence vectors, behind the masking."""

from __future__ import annotations

import tarfile
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.nlu.components import SentenceVectors
from bot.nlu.danger import Danger, DangerReader
from bot.nlu.signs import Sign, SignReader
from bot.privacy.masking import mask
from tools.train import model_path


def _load(reader: Any, component: str) -> Any:
    path = model_path()
    assert path.exists(), "no trained model of the present sources: run make train"
    with TemporaryDirectory() as folder, tarfile.open(path) as archive:
        archive.extractall(folder)
        found = next(Path(folder).glob(f"components/*{component}*"))
        return reader.load(found)


class Trained:
    """Reads texts as the pipeline does."""

    def __init__(self) -> None:
        self._danger = _load(DangerReader, "DangerDetector")
        self._signs = _load(SignReader, "SignExtractor")

    def danger(self, text: str) -> Danger:
        """Danger in a message as somebody types it."""
        text = mask(text)
        return self._danger.read(text, SentenceVectors.encode(text))  # type: ignore[no-any-return]

    def signs(self, text: str) -> list[Sign]:
        """Signs in a message as somebody types it."""
        text = mask(text)
        return self._signs.read(text, SentenceVectors.encode(text))  # type: ignore[no-any-return]


@lru_cache(maxsize=1)
def trained() -> Trained:
    """Loaded once a test session."""
    return Trained()
