"""About whom and when: a sign of another, of long ago or only feared does not count; one of now does, whatever stands around it."""

from __future__ import annotations

import pytest

from bot.dialogue.reading import Message, read
from bot.dialogue.state import State
from bot.nlu.context import aside
from bot.nlu.text import normalise

ASIDE = [
    ("moeder is vroeger zelf geslagen door haar vader", "geslagen", "ouder_als_kind"),
    ("vader zat als kind in een gezin waar werd geslagen", "geslagen", "ouder_als_kind"),
    ("stel dat hij geslagen wordt, wat doe ik dan", "geslagen", "gevreesd"),
    ("in de film wordt een kind geslagen", "geslagen", "ander"),
    ("een ander kind uit de flat werd geslagen", "geslagen", "ander"),
    ("jaren geleden is hij geslagen door een oom", "geslagen", "vroeger"),
    ("moeder dronk vroeger veel", "dronk", "vroeger"),
]
COUNTS = [
    ("hij wordt geslagen door zijn stiefvader", "geslagen"),
    ("vroeger ging het goed, maar hij wordt geslagen", "geslagen"),
    ("vroeger dronk ze en nu nog steeds dronk ze gisteren", "dronk ze gisteren"),
    ("hij is gisteren weer geslagen", "geslagen"),
    ("zijn broer is geslagen. Dat was vroeger anders", "geslagen"),
]


@pytest.mark.parametrize(("text", "words", "reason"), ASIDE)
def test_what_is_of_another_or_of_then_is_set_aside(text: str, words: str, reason: str) -> None:
    plain = normalise(text)
    start = plain.index(words)
    assert aside(plain, start, start + len(words)) == reason


@pytest.mark.parametrize(("text", "words"), COUNTS)
def test_what_is_of_now_counts(text: str, words: str) -> None:
    plain = normalise(text)
    start = plain.index(words)
    assert aside(plain, start, start + len(words)) is None


def said(**more: object) -> Message:
    return Message(id=str(len(str(more))), text="tekst", intent="zorg_delen", confidence=0.9, **more)  # type: ignore[arg-type]


def test_a_sign_set_aside_is_remembered_and_does_not_count() -> None:
    state = read(State(), said(aside=frozenset({"slaan"}), affirmed=frozenset({"honger"})), {}, frozenset())
    assert state.terzijde == ("slaan",)
    assert state.situatie.signalen == {"honger"}


def test_once_told_of_now_it_counts() -> None:
    state = read(State(), said(aside=frozenset({"slaan"})), {}, frozenset())
    state = read(state, said(affirmed=frozenset({"slaan"})), {}, frozenset())
    assert state.terzijde == ()
    assert "slaan" in state.situatie.signalen
