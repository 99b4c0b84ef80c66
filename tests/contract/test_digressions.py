"""A question or doubt halfway: it is answered, and the question that was open is asked again in the same reply."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.support import QUESTION, ROADS, Talk, flaws, kind, the, types

ASKED = {
    "antwoord": QUESTION,
    "contact": "Wat doet de Raad voor de Kinderbescherming?",
    "gesprek": "Hoe begin ik het gesprek met het kind?",
}


@pytest.mark.parametrize("question", ROADS)
@pytest.mark.parametrize("type_", ASKED)
def test_a_question_at_any_moment_is_answered_and_the_open_one_asked_again(at: Callable[[str], Talk], question: str, type_: str) -> None:
    it = at(question)
    before = it.options
    reply = it.say(ASKED[type_])
    assert not flaws(reply)
    assert type_ in types(reply)
    assert it.open == question
    assert it.options == before
    assert "nood" not in types(reply)


@pytest.mark.parametrize("question", ["bevestig_signalen", "acuut", "structureel", "kinderen_veilig"])
def test_three_questions_in_a_row_lose_nothing(at: Callable[[str], Talk], question: str) -> None:
    it = at(question)
    for text in ASKED.values():
        it.say(text)
        assert it.open == question
    it.on()
    assert it.card is not None
    assert it.card["regel"] != "gevoel", "the worry that was told is still known"


def test_the_answer_is_to_the_question_that_was_asked(at: Callable[[str], Talk]) -> None:
    it = at("acuut")
    assert the(it.say(QUESTION), "antwoord")["vraag"] == "vraag_anoniem"
    assert the(it.say("Wat doet de Raad voor de Kinderbescherming?"), "contact")["id"] == "raad_kinderbescherming"
    assert the(it.say("Hoe begin ik het gesprek met het kind?"), "gesprek")["met"] == "kind"


def test_a_question_and_a_worry_in_one_message_keeps_both(talk: Callable[..., Talk]) -> None:
    it = talk(rol="leerkracht")
    reply = it.say("Mag ik Veilig Thuis bellen zonder mijn naam te geven? Ik zie telkens blauwe plekken bij een leerling.")
    assert {"antwoord", "contact"} & set(types(reply))
    signs = [s["id"] for m in reply if kind(m) == "signalen" for s in m["custom"]["signalen"]]
    assert "letsel" in signs
    assert it.open


def test_small_talk_halfway_keeps_the_question(at: Callable[[str], Talk]) -> None:
    for text in ("bedankt", "hallo", "wie heeft jou gemaakt?", "hoe laat speelt Ajax vanavond?"):
        it = at("structureel")
        reply = it.say(text)
        assert not flaws(reply), text
        assert it.open == "structureel", text


def test_where_the_talk_with_the_parents_is_unsafe_it_is_not_prepared(talk: Callable[..., Talk]) -> None:
    it = talk(rol="leerkracht")
    it.say("Een leerling van 16 wordt door haar familie gedwongen om te trouwen")
    it.on({"bellen": "geen_gevaar"})
    reply = it.say("Help me het gesprek met de ouders voorbereiden")
    assert "gesprek" not in types(reply)
    assert types(reply) != [None]
