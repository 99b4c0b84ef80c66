"""Whether a story speaks of a feeling rather than of something that was seen or heard."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from bot.nlu.text import find, normalise


@lru_cache(maxsize=1)
def _patterns() -> tuple[str, ...]:
    path = Path(__file__).with_name("lexicon") / "vaag.yml"
    return tuple(yaml.safe_load(path.read_text("utf8"))["gevoel"])


def speaks_of_feeling(text: str) -> bool:
    """True for a niet-pluisgevoel in words."""
    return next(find(_patterns(), normalise(text)), None) is not None
