"""The shape of every reply (contract §2), at every question and for every kind of card. `support.flaws` says what a good reply is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.content import load_content
from bot.core.situation import OPTIONS
from tests.contract.support import DANGER, GEVOEL, LETSEL, QUESTION, ROADS, Talk, buttons, custom, flaws, kind, the, types, words

CARD = {"type": "vraag", "id": "acuut", "opties": [{"id": "ja", "titel": "Ja", "payload": "/ja"}]}
BUTTONS = [{"title": "Ja", "payload": "/ja"}]
GOOD: dict[str, Any] = {"recipient_id": "x", "text": "Is er gevaar?", "custom": CARD, "buttons": BUTTONS}


@pytest.mark.parametrize(
    "reply",
    [
        [],
        [{"recipient_id": "x", "text": " "}],
        [{"recipient_id": "x", "custom": CARD, "buttons": BUTTONS}],
        [{**GOOD, "buttons": []}],
        [{**GOOD, "custom": {**CARD, "type": "iets"}}],
        [{**GOOD, "custom": {"type": "vraag", "id": "acuut"}}],
        [{"recipient_id": "x", "text": "Is er gevaar?", "custom": CARD}],
        [GOOD, GOOD],
        [GOOD, {"recipient_id": "x", "text": "Nog iets."}],
        [{"recipient_id": "x", "text": "Bel", "custom": {"type": "nood", "contacten": [{"id": "veilig_thuis", "bereik": []}]}}],
        [{"recipient_id": "x", "text": "Kindcheck", "custom": {"type": "kindcheck", "zorg": "onbekend", "vervolg": "x"}}],
    ],
    ids=[
        "nothing",
        "no_text",
        "split",
        "no_buttons",
        "type",
        "field",
        "option_without_button",
        "two_questions",
        "not_last",
        "nood",
        "kindcheck",
    ],
)
def test_a_reply_that_breaks_the_contract_is_noticed(reply: Any) -> None:
    assert flaws(reply)
    assert not flaws([GOOD])


@pytest.mark.parametrize("question", ROADS)
def test_every_question_comes_with_its_options_as_buttons_too(at: Callable[[str], Talk], question: str) -> None:
    talk = at(question)
    assert not flaws(talk.reply)
    ids = [o["id"] for o in talk.options]
    assert len(set(ids)) == len(ids)
    assert set(ids) <= set(load_content().questions[question].get("opties") or {})
    if question in OPTIONS:
        assert set(ids) == set(OPTIONS[question]), "every answer of the catalogue is offered"


@pytest.mark.parametrize("rol", [*OPTIONS["rol"], None])
@pytest.mark.parametrize("story", [LETSEL, GEVOEL, "Een moeder drinkt elke dag en zorgt niet meer voor haar kinderen.", DANGER])
def test_every_role_comes_to_a_complete_card(talk: Callable[..., Talk], rol: str | None, story: str) -> None:
    it = talk(rol=rol)
    it.say(story)
    it.on({"bellen": "hulp", "rol": "ander_beroep", "acuut": "weet_niet"})
    assert not flaws(it.reply)
    card = it.card
    assert card is not None
    content = load_content()
    assert content.organisation(card["contact"], "dordrecht"), "the contact exists in the chosen routekaart"
    assert all(content.organisation(row["contact"], "dordrecht") for row in card["daarna"])
    assert content.organisation(card["contact"], "dordrecht")["naam"] in words(it.reply)


@pytest.mark.parametrize("gemeente", ["dordrecht", "utrecht", None])
def test_the_card_can_be_reached_in_any_municipality(talk: Callable[..., Talk], gemeente: str | None) -> None:
    it = talk(rol="wijkteam", gemeente=gemeente)
    it.say("In een gezin is het huis erg vies.")
    assert not flaws(it.on())


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        (QUESTION, "antwoord"),
        ("Wat doet de Raad voor de Kinderbescherming?", "contact"),
        ("Help me het gesprek met de ouders voorbereiden", "gesprek"),
        ("Hoe begin ik het gesprek met het kind?", "gesprek"),
        ("Wat houdt stap 2 van de meldcode in?", "antwoord"),
        ("Wat is het telefoonnummer van Veilig Thuis?", "contact"),
        (DANGER, "nood"),
    ],
)
def test_every_kind_of_answer_carries_its_fields(talk: Callable[..., Talk], text: str, type_: str) -> None:
    reply = talk(rol="leerkracht").say(text)
    assert type_ in types(reply)
    assert not flaws(reply)


def test_the_note_of_the_card_is_a_note(at: Callable[[str], Talk]) -> None:
    it = at("acuut")
    it.on({"acuut": "weet_niet"})
    reply = it.button("/samenvatting_vragen")
    note = custom(reply, "notitie")
    assert note
    assert note["tekst"]
    assert not flaws(reply)


def test_the_kindcheck_outcome_stands_before_its_card(at: Callable[[str], Talk]) -> None:
    it = at("kinderen_veilig")
    it.on({"kinderen_veilig": "weet_niet", "steun": "weet_niet", "zwanger": "weet_niet"})
    assert [t for t in types(it.reply) if t] == ["kindcheck", "routekaart"]
    assert the(it.reply, "kindcheck")["zorg"] == "onbekend"


def test_signs_beside_a_question_are_only_shown(talk: Callable[..., Talk]) -> None:
    reply = talk(rol="huisarts").say("Ik zag op mijn spreekuur blauwe plekken op de rug van een kind.")
    shown = next(m for m in reply if kind(m) == "signalen")
    assert kind(reply[-1]) == "vraag"
    assert "opties" not in shown["custom"]
    assert not shown.get("buttons")


def test_no_button_leads_nowhere(at: Callable[[str], Talk]) -> None:
    first = at("acuut")
    first.on({"acuut": "weet_niet"})
    for payload in buttons(first.reply):
        it = at("acuut")
        it.on({"acuut": "weet_niet"})
        reply = it.button(payload)
        assert not flaws(reply), payload
        assert payload == "/opnieuw_beginnen" or any(types(reply)), f"{payload} gives nothing but a word"
