"""What must be heard whatever was read: a wish for a human, and what to say on the phone in danger."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cards import Cards
from bot.content import load_content
from bot.dialogue.reading import Message, read
from bot.dialogue.replies import replies
from bot.dialogue.state import State

CONTENT = load_content()
MAPS = frozenset(CONTENT.maps)


def after(state: State, text: str, intent: str) -> State:
    return read(state, Message("1", text, intent, 0.9), CONTENT.questions, MAPS)


@pytest.mark.parametrize(
    "text", ["ik wil een mens", "geef me een mens", "mag ik een echt persoon", "liever een medewerker", "een mens graag"]
)
@pytest.mark.parametrize("intent", ["melding_doen", "frustratie", "nlu_fallback", "hulp_vragen"])
def test_who_asks_for_a_human_gets_one(text: str, intent: str) -> None:
    said = replies(after(State(), text, intent), Cards(CONTENT))
    assert said[-1]["custom"]["type"] == "contact" and said[-1]["custom"]["id"] == "veilig_thuis"


@pytest.mark.parametrize(
    "text",
    [
        "ik praat niet met een computer, geef me een mens",
        "ik ga dit niet tegen een robot zeggen hoor",
        "stomme computer, je snapt er niks van",
    ],
)
def test_who_wants_no_computer_gets_a_human_and_no_sign_is_read_in_it(text: str) -> None:
    message = Message("1", text, "zorg_delen", 0.9, affirmed=frozenset({"teruggetrokken"}))
    state = read(State(), message, CONTENT.questions, MAPS)
    assert not state.situatie.signalen
    assert replies(state, Cards(CONTENT))[-1]["custom"]["id"] == "veilig_thuis"
    danger = read(State(), replace(message, danger=True), CONTENT.questions, MAPS)
    assert danger.nood_open, "danger goes first here too"


def test_a_sign_told_to_a_computer_is_kept() -> None:
    message = Message(
        "1", "ik praat niet met een computer maar hij heeft blauwe plekken", "zorg_delen", 0.9, affirmed=frozenset({"letsel"})
    )
    assert read(State(), message, CONTENT.questions, MAPS).situatie.signalen == {"letsel"}


def test_a_child_that_does_not_talk_is_still_a_sign() -> None:
    message = Message(
        "1", "ze praat niet met anderen, ze zit alleen achter de computer", "zorg_delen", 0.9, affirmed=frozenset({"teruggetrokken"})
    )
    assert read(State(), message, CONTENT.questions, MAPS).situatie.signalen == {"teruggetrokken"}


def test_a_story_with_people_in_it_is_none() -> None:
    text = "de moeder wil liever dat andere mensen het niet weten en de jongen is heel stil geworden"
    assert after(State(), text, "zorg_delen").afslag == "zorg_delen"


def test_what_to_say_on_the_phone_is_answered_after_the_card_too() -> None:
    state = State(gestart=True, verteld=True, kaart="x", beantwoord=("bellen",)).with_(gevaar=True, acuut="ja")
    assert after(state, "wat moet ik zeggen", "hulp_vragen").afslag == "bellen_hulp"
    assert after(state.with_(gevaar=False, acuut="nee"), "wat moet ik zeggen", "hulp_vragen").afslag != "bellen_hulp"
