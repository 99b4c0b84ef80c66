"""Danger: the emergency card is the first message of the reply, in every state, and is not repeated without a new message of danger."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.support import DANGER, LETSEL, QUESTION, ROADS, Server, Talk, flaws, kind, types, words


def is_emergency(talk: Talk) -> None:
    """The last reply begins with the emergency card and asks whether calling works."""
    assert kind(talk.reply[0]) == "nood", types(talk.reply)
    assert talk.reply[0]["custom"]["contacten"][0]["id"] == "nood_112"
    assert types(talk.reply).count("nood") == 1
    assert talk.open == "bellen"
    assert not flaws(talk.reply)


@pytest.mark.parametrize("question", ROADS)
def test_danger_comes_first_at_every_open_question(at: Callable[[str], Talk], question: str) -> None:
    it = at(question)
    it.say(DANGER)
    is_emergency(it)


@pytest.mark.parametrize("rol", ["leerkracht", "huisarts", "wijkteam", "geen_beroep", None])
@pytest.mark.parametrize(
    "text",
    [
        DANGER,
        "Ik hoor de buurman nu tegen zijn vrouw en kinderen tekeergaan, hij slaat ze",
        "Er is hier een baby met een blauwe plek in zijn gezicht, vanochtend gezien",
        "mag ik anoniem bellen? hij staat hier nu met een mes",
    ],
)
def test_danger_comes_first_in_a_fresh_conversation(talk: Callable[..., Talk], rol: str | None, text: str) -> None:
    it = talk(rol=rol)
    it.say(text)
    is_emergency(it)


def test_danger_comes_first_after_a_card(at: Callable[[str], Talk]) -> None:
    it = at("acuut")
    it.on({"acuut": "weet_niet"})
    it.say(DANGER)
    is_emergency(it)
    it.press("hulp")
    assert it.card is not None, "the card is given again"
    assert it.card["urgentie"] == "nu"


def test_danger_comes_first_after_something_was_not_understood(talk: Callable[..., Talk]) -> None:
    for times in (1, 2):
        it = talk(rol="leerkracht")
        for _ in range(times):
            it.say("nee")
            assert it.open == "keuze"
        it.say(DANGER)
        is_emergency(it)


def test_danger_comes_first_after_a_question_after_stopping_and_after_starting_over(at: Callable[[str], Talk]) -> None:
    for text in (QUESTION, "stoppen", "opnieuw beginnen", "terug"):
        it = at("structureel")
        it.say(text)
        it.say(DANGER)
        is_emergency(it)


def test_danger_behind_a_payload_is_danger(at: Callable[[str], Talk]) -> None:
    it = at("acuut")
    for text in (
        "/zorg_delen " + DANGER,
        '/antwoord{"acuut":"nee"} ' + DANGER,
        it.payload("nee") + " " + DANGER,
        "/" + DANGER,
        " /" + DANGER,
        "\n/" + DANGER,
    ):
        it = at("acuut")
        it.say(text)
        is_emergency(it)


def test_danger_in_a_long_message_is_found_at_either_end(talk: Callable[..., Talk]) -> None:
    filler = "Verder is er in de klas weinig bijzonders te melden en doet hij gewoon mee. " * 38
    for text in (DANGER + " " + filler, filler + DANGER):
        assert len(text) > 2800
        it = talk(rol="leerkracht")
        it.say(text)
        is_emergency(it)


def test_the_emergency_card_is_not_repeated_without_new_danger(at: Callable[[str], Talk]) -> None:
    it = at("bellen")
    for text in (QUESTION, "ik weet het niet", "wat moet ik zeggen?", "bedankt", "Wat doet de Raad voor de Kinderbescherming?"):
        reply = it.say(text)
        assert "nood" not in types(reply), text


def test_new_danger_gets_the_card_again(at: Callable[[str], Talk]) -> None:
    it = at("bellen")
    it.say("Nu heeft hij haar gestoken en ze bloedt heel erg")
    is_emergency(it)
    it.press("ja")
    it.say("Hij komt nu met het mes naar binnen")
    is_emergency(it)


def test_a_yes_to_danger_now_is_danger(at: Callable[[str], Talk]) -> None:
    it = at("acuut")
    it.press("ja")
    is_emergency(it)
    it = at("acuut")
    it.say("ja")
    is_emergency(it)


def test_children_that_are_not_safe_are_danger(at: Callable[[str], Talk]) -> None:
    it = at("kinderen_veilig")
    it.press("nee")
    is_emergency(it)


@pytest.mark.parametrize("rol", ["leerkracht", "huisarts", "kinderopvang"])
@pytest.mark.parametrize("answer", ["geen_gevaar", "Er is geen gevaar meer"])
def test_no_danger_any_more_goes_on_with_the_route(talk: Callable[..., Talk], rol: str, answer: str) -> None:
    it = talk(rol=rol)
    it.say(LETSEL)
    it.say(DANGER)
    it.press(answer) if answer in [o["id"] for o in it.options] else it.say(answer)
    assert "nood" not in types(it.reply)
    assert it.open != "bellen"
    assert it.open or it.card
    if not it.card:
        it.on()
    assert it.card is not None
    assert it.card["urgentie"] != "nu"
    assert "acuut" not in it.asked[it.asked.index("bellen") :], "that there is no danger was told"


def test_after_calling_the_conversation_still_answers(at: Callable[[str], Talk]) -> None:
    it = at("bellen")
    it.press("ja")
    reply = it.say("Wat gebeurt er na een melding?")
    assert "antwoord" in types(reply)
    assert "nood" not in types(reply)


def test_what_is_no_danger_now_gets_no_emergency_card(talk: Callable[..., Talk]) -> None:
    for text in (
        "Ik heb een naar gevoel over een leerling",
        "Stel dat een kind niet naar huis durft, wat doe ik dan?",
        "Vroeger is hij geslagen, dat is al jaren voorbij",
        QUESTION,
    ):
        assert "nood" not in types(talk(rol="leerkracht").say(text)), text


def test_the_emergency_card_never_sends_a_doctor_to_the_doctor(talk: Callable[..., Talk]) -> None:
    it = talk(rol="huisarts")
    it.say("Een baby van drie maanden ligt hier nu op mijn spreekuur met blauwe plekken op zijn buik")
    is_emergency(it)
    assert not {"huisarts", "huisartsenpost"} & {c["id"] for c in it.reply[0]["custom"]["contacten"]}
    assert "112" in words(it.reply)


@pytest.mark.parametrize(
    "text",
    [
        "Hij komt nu met het mes naar binnen",
        "stop maar, hij slaat haar nu met een mes in zijn hand",
        "ik wil opnieuw beginnen want hij komt nu met een mes binnen",
        "terug, hij steekt haar nu neer",
        "laat maar, ze is van het dak gesprongen en bloedt",
        "nee, hij heeft nu een mes vast",
        "weet ik niet, maar hij slaat haar nu",
    ],
)
@pytest.mark.parametrize("question", ["acuut", "bellen"])
def test_danger_beside_a_command_or_an_answer_comes_before_it(server: Server, at: Callable[[str], Talk], question: str, text: str) -> None:
    it = at(question)
    told = server.client.user_texts(it.sender)
    it.say(text)
    is_emergency(it)
    assert server.client.user_texts(it.sender)[: len(told)] == told, "nothing is erased while there is danger"
