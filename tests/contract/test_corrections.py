"""Going back, correcting what was read, starting over, stopping."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.contract.support import LETSEL, ROADS, Server, Talk, custom, flaws, the, tracker, types, without_sender, words


@pytest.mark.parametrize("question", ROADS)
def test_back_asks_the_question_before_and_its_answer_leads_here_again(at: Callable[[str], Talk], question: str) -> None:
    it = at(question)
    before = it.asked[-2] if len(it.asked) > 1 else question
    options = it.options
    reply = it.say("terug")
    assert not flaws(reply)
    assert it.open == before, "the previous question, or where there is none this one again"
    if before == question:
        return
    it.on(ROADS[question].answers, until=question, most=1)
    assert it.options == options


def test_back_twice_goes_two_questions_back(at: Callable[[str], Talk]) -> None:
    it = at("voortgang")
    first, second = it.asked[-3], it.asked[-2]
    it.say("terug")
    assert it.open == second
    it.say("vorige vraag")
    assert it.open == first


def test_back_after_the_card_asks_the_last_question_that_was_answered(at: Callable[[str], Talk]) -> None:
    it = at("acuut")
    it.on({"acuut": "weet_niet", "structureel": "nee"})
    last = it.asked[-1]
    it.say("terug")
    assert it.open == last
    it.on()
    assert it.card is not None


def test_another_answer_after_going_back_changes_the_advice(at: Callable[[str], Talk]) -> None:
    it = at("acuut")
    it.on({"acuut": "weet_niet", "structureel": "nee"})
    doubt = it.card
    while it.open != "acuut":
        it.say("terug")
        assert it.open
    it.on({"acuut": "nee", "structureel": "nee"})
    assert doubt is not None
    assert it.card is not None
    assert (doubt["melding_norm"], it.card["melding_norm"]) == (True, False)


def test_back_after_the_emergency_card_asks_again(at: Callable[[str], Talk]) -> None:
    it = at("bellen")
    it.press("ja")
    assert it.card is not None
    it.say("terug")
    assert it.open == "bellen", "after a card the last question that was answered"


def test_back_with_nothing_to_go_back_to_says_so_and_asks_again(at: Callable[[str], Talk]) -> None:
    it = at("bevestig_signalen")
    reply = it.say("terug")
    assert not flaws(reply)
    assert it.open == "bevestig_signalen"


def signs_read(talk: Talk) -> str:
    """The note without its line of what is not there: what it takes to be known."""
    note = custom(talk.button("/samenvatting_vragen"), "notitie")
    assert note is not None
    return re.sub(r"niet gezien: .*?is dit er niet\.", "", " ".join(str(note["tekst"]).lower().split()))


TWO_SIGNS = "Een meisje uit groep 4 komt steeds zonder jas en met honger op school."


def told_two(talk: Callable[..., Talk]) -> tuple[Talk, dict[str, str], str]:
    """A conversation where "what is wrong?" is open after two signs; the titles by id, and the id of the sign to take away."""
    it = talk(rol="kinderopvang")
    it.say(TWO_SIGNS)
    shown = {s["id"]: s["titel"] for s in the(it.reply, "signalen")["signalen"] if not s["ontkend"]}
    assert {"honger", "kleding"} <= set(shown)
    it.press("nee")
    assert not flaws(it.reply)
    assert {o["id"] for o in it.options} == set(shown)
    return it, shown, "honger"


def only_that_sign_is_gone(it: Talk, shown: dict[str, str], gone: str) -> None:
    """The rest of the conversation knows the other signs and not the one that was taken away."""
    it.on({"acuut": "weet_niet"})
    note = signs_read(it)
    assert shown[gone] not in note
    assert [id_ for id_ in shown if id_ != gone and shown[id_] not in note] == []


def test_a_sign_that_was_read_wrong_can_be_taken_away_with_a_button(talk: Callable[..., Talk]) -> None:
    it, shown, gone = told_two(talk)
    it.press(gone)
    only_that_sign_is_gone(it, shown, gone)


@pytest.mark.parametrize("form", ["titel", "id", "number"])
def test_a_sign_can_be_taken_away_by_typing_its_button_its_name_or_its_number(talk: Callable[..., Talk], form: str) -> None:
    it, shown, gone = told_two(talk)
    place = [o["id"] for o in it.options].index(gone)
    it.say({"titel": it.options[place]["titel"], "id": gone, "number": str(place + 1)}[form])
    only_that_sign_is_gone(it, shown, gone)


def test_a_sign_can_be_corrected_in_own_words(talk: Callable[..., Talk]) -> None:
    it, shown, gone = told_two(talk)
    it.say("ze heeft geen honger")
    only_that_sign_is_gone(it, shown, gone)


def test_a_sign_that_was_missed_can_be_added_in_own_words(talk: Callable[..., Talk]) -> None:
    it, shown, _ = told_two(talk)
    it.say("ze heeft ook blauwe plekken op haar armen")
    it.on({"acuut": "weet_niet"})
    note = signs_read(it)
    assert [id_ for id_ in shown if shown[id_] not in note] == []
    assert "blauwe plekken" in note


def test_a_denied_sign_is_shown_as_denied(talk: Callable[..., Talk]) -> None:
    it = talk(rol="kinderopvang")
    it.say(TWO_SIGNS.rstrip(".") + ", maar ik zie geen blauwe plekken.")
    signs = {s["id"]: s["ontkend"] for s in the(it.reply, "signalen")["signalen"]}
    assert signs["honger"] is False
    assert signs["letsel"] is True


@pytest.mark.parametrize("question", ["bevestig_signalen", "acuut", "voortgang", "kinderen_veilig", "bellen"])
def test_starting_over_starts_at_once_and_keeps_nothing_of_the_old_case(server: Server, at: Callable[[str], Talk], question: str) -> None:
    it = at(question)
    told = it.server.client.user_texts(it.sender)
    assert told
    reply = it.say("ik wil opnieuw beginnen")
    assert not flaws(reply)
    assert it.open == "toelichting"
    kept = server.client.user_texts(it.sender)
    assert not set(told) & set(kept)
    assert not [
        s
        for s in ("signalen", "acuut", "structureel", "voortgang", "kindcheck", "gevaar", "beantwoord")
        if tracker(server, it.sender)["slots"].get(s)
    ]
    it.say("Een kind is de laatste tijd erg stil")
    assert "blauwe plekken" not in words(it.reply)
    it.on({"toelichting": "verder niets"})
    assert it.asked[-1] != "bellen"
    assert "acuut" in it.asked
    assert it.card is not None
    assert it.card["urgentie"] != "nu"


def test_starting_over_keeps_who_the_user_is(at: Callable[[str], Talk]) -> None:
    it = at("voortgang")
    it.say("opnieuw beginnen")
    it.say("Een kind is de laatste tijd erg stil")
    it.asked.clear()
    it.on()
    assert "rol" not in it.asked


@pytest.mark.parametrize("question", ["toelichting", "acuut", "bellen", "kinderen"])
def test_stopping_erases_the_conversation(server: Server, at: Callable[[str], Talk], question: str) -> None:
    it = at(question)
    assert server.client.user_texts(it.sender)
    reply = it.say("stoppen")
    assert not flaws(reply)
    assert "gewist" in words(reply)
    assert it.open is None
    assert server.client.user_texts(it.sender) == []
    again = it.say("Hallo")
    assert it.open == "toelichting"
    fresh = Talk(server, it.seen, it.metadata.get("rol"))
    assert without_sender(fresh.say("Hallo")) == without_sender(again), "nothing of the old conversation is left"


def test_stopping_after_the_card_erases_too(server: Server, at: Callable[[str], Talk]) -> None:
    it = at("acuut")
    it.on({"acuut": "weet_niet"})
    it.say("ik wil stoppen")
    assert server.client.user_texts(it.sender) == []


def test_after_the_card_another_worry_can_be_told(at: Callable[[str], Talk]) -> None:
    it = at("acuut")
    it.on({"acuut": "weet_niet"})
    it.button("/opnieuw_beginnen")
    it.say(LETSEL)
    it.on()
    assert it.card is not None
    assert "routekaart" in types(it.reply)
