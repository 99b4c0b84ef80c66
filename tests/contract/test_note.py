"""The note through the contract: both texts, from the button on the card, for a doctor, a practice nurse and a teacher."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.support import Talk, custom, flaws

BABY = "Baby van 4 maanden met een blauwe plek op de wang. Ouders zeggen: tegen de rammelaar gekomen."
BURN = "Peuter van 2 met een brandwond, het verhaal past er niet bij."


def note_of(it: Talk) -> dict[str, str]:
    """The note, asked by the button of the card."""
    assert it.card is not None
    reply = it.button("/samenvatting_vragen")
    assert not flaws(reply)
    made = custom(reply, "notitie")
    assert made is not None
    return {key: str(value) for key, value in made.items()}


def test_a_doctor_gets_both_texts_in_the_order_of_the_knmg(talk: Callable[..., Talk]) -> None:
    it = talk(rol="huisarts")
    it.say(BURN)
    it.on({"acuut": "nee", "structureel": "weet_niet", "voortgang": "vastgelegd", "onthulling": "nee"})
    note = note_of(it)
    heads = [f"Stap {step}." for step in range(1, 6)]
    places = [note["tekst"].index(head) for head in heads]
    assert places == sorted(places)
    assert "Feit: Brandwond." in note["tekst"] and "Afzien van advies" in note["tekst"] and "foto" in note["tekst"]
    assert "Brandwond" in note["kort"] and len(note["kort"]) < len(note["tekst"])
    assert "rammelaar" not in note["tekst"] + note["kort"]


def test_danger_and_norm_stand_in_the_note_and_an_unseen_sign_is_to_be_checked(talk: Callable[..., Talk]) -> None:
    it = talk(rol="huisarts")
    it.say(BABY)
    it.press("ja")
    note = note_of(it)
    for text in (note["tekst"], note["kort"]):
        assert "Nakijken: Letsel bij een baby." in text and "Feit: Letsel" not in text
        assert "de norm van het beroep" in text and "rammelaar" not in text and "4 maanden" not in text


def test_who_assists_a_doctor_brings_it_to_the_doctor_and_never_gets_the_line_for_doctors(talk: Callable[..., Talk]) -> None:
    it = talk(rol="huisarts")
    first = it.say("Ik ben doktersassistente. " + BABY)
    assert "0900-44 45 444" not in str(first)
    last = it.press("ja")
    assert "0900-44 45 444" not in str(last)
    assert it.card is not None and it.card["contact"] == "huisarts" and it.card["urgentie"] == "nu"
    assert "arts van de praktijk" in note_of(it)["tekst"].replace("\n", " ")


@pytest.mark.parametrize("words", ["Ik heb dienst op de hap. ", "Ik ben waarnemend huisarts. "])
def test_who_is_on_duty_hands_over(talk: Callable[..., Talk], words: str) -> None:
    it = talk(rol="huisarts")
    it.say(words + BURN)
    it.on({"acuut": "nee", "structureel": "weet_niet", "voortgang": "niets", "onthulling": "nee"})
    assert it.card is not None and "eigen huisarts" in it.card["houdt_vast"]
    assert "eigen huisarts" in note_of(it)["tekst"].replace("\n", " ")


def test_a_teacher_gets_the_basic_steps(at: Callable[[str], Talk]) -> None:
    it = at("acuut")
    it.on({"acuut": "weet_niet"})
    note = note_of(it)
    assert "Stap 3. Gesprek met ouders en kind" in note["tekst"] and "KNMG" not in note["tekst"]
