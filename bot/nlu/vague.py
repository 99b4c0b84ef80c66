"""Two small things that decide how a story is met: a feeling without a sign yet, and a user who tells of their own feelings for children."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from bot.nlu.text import find, normalise


@lru_cache(maxsize=1)
def _patterns() -> dict[str, list[str]]:
    path = Path(__file__).with_name("lexicon") / "vaag.yml"
    return dict(yaml.safe_load(path.read_text("utf8")))


def speaks_of_feeling(text: str) -> bool:
    """True for a niet-pluisgevoel in words."""
    return next(find(_patterns()["gevoel"], normalise(text)), None) is not None


def hesitates(text: str) -> bool:
    """True for who has not told anything yet and finds that hard."""
    return next(find(_patterns()["aarzeling"], normalise(text)), None) is not None


def speaks_of_own_desire(text: str) -> bool:
    """True where somebody tells of their own sexual feelings for children (§12.1 U5)."""
    return next(find(_patterns()["eigen_gevoelens"], normalise(text)), None) is not None


def speaks_of_another(text: str) -> bool:
    """True where the story is plainly about a pupil, client, patient or family."""
    return next(find(_patterns()["over_een_ander"], normalise(text)), None) is not None


def speaks_of_oneself(text: str) -> bool:
    """True where the writer tells what is done to themself."""
    return next(find(_patterns()["over_mijzelf"], normalise(text)), None) is not None
