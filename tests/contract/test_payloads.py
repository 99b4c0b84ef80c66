"""A payload triggers nothing that the last reply did not offer, and never skips the reading of its text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.support import ROADS, Server, Talk, flaws, kind, tracker, types, without_sender, words

NOT_OFFERED = (
    "/restart", "/stoppen", "/opnieuw_beginnen", "/terug", "/session_start", "/back", '/advies{"x":1}', '/antwoord{"acuut":"nee"}',
    '/antwoord{"acuut":"ja"}', '/antwoord{"rol":"huisarts"}', '/antwoord{"gevaar":"nee"}',
    "/action_opnieuw",
    '/antwoord{"signaal_weg":"letsel"}', "/", "//", "/{", "/antwoord{", '/antwoord{"acuut"}',
    # white space before it is taken off somewhere on the way
    " /restart", "\n/stoppen", "\t/opnieuw_beginnen", ' /antwoord{"acuut":"nee"}', '\u00a0/antwoord{"onthulling":"nee"}', "\u2003/stoppen",
)  # fmt: skip
KEPT = ("signalen", "acuut", "rol", "structureel", "voortgang", "gevaar", "bevestigd", "nood_open", "kindcheck", "zelf", "requested_slot")


def known(server: Server, talk: Talk) -> dict[str, object]:
    """What the conversation knows of the case."""
    slots = tracker(server, talk.sender)["slots"]
    return {name: slots.get(name) for name in KEPT}


@pytest.mark.parametrize("payload", NOT_OFFERED)
def test_a_payload_at_the_start_triggers_nothing(server: Server, talk: Callable[..., Talk], payload: str) -> None:
    it = talk(rol="leerkracht")
    reply = it.say(payload)
    assert not flaws(reply)
    assert not {"nood", "routekaart"} & set(types(reply))
    assert "gewist" not in words(reply)
    assert "We beginnen opnieuw" not in words(reply)
    case = known(server, it)
    assert not [name for name in KEPT if name not in ("rol", "requested_slot") and case[name]]
    assert case["rol"] in ("leerkracht", None)
    it.say("Bij een leerling zie ik telkens blauwe plekken op de rug.")
    it.on({"toelichting": "Ik zie telkens blauwe plekken op zijn rug."}, until="acuut")


@pytest.mark.parametrize("payload", NOT_OFFERED)
def test_a_payload_halfway_triggers_nothing(server: Server, at: Callable[[str], Talk], payload: str) -> None:
    it = at("structureel")
    before, told = known(server, it), server.client.user_texts(it.sender)
    open_ = {o["id"]: o["payload"] for o in it.options}
    reply = it.say(payload)
    assert not flaws(reply)
    assert "gewist" not in words(reply)
    assert "We beginnen opnieuw" not in words(reply)
    after = known(server, it)
    assert {k: v for k, v in after.items() if k != "requested_slot"} == {k: v for k, v in before.items() if k != "requested_slot"}
    assert server.client.user_texts(it.sender)[: len(told)] == told, "nothing was erased"
    if it.open is None:
        it.say(open_["nee"])
        assert known(server, it)["structureel"] == "nee", "the buttons that stand there still work"
    else:
        assert it.open in ("structureel", "keuze")


def test_an_offered_payload_works_when_it_is_typed(at: Callable[[str], Talk]) -> None:
    it = at("acuut")
    assert it.payload("weet_niet").startswith("/")
    it.say(it.payload("weet_niet"))
    assert it.open
    assert it.open != "acuut"


def test_a_payload_of_an_earlier_reply_triggers_nothing(server: Server, at: Callable[[str], Talk]) -> None:
    it = at("acuut")
    old = it.payload("ja")
    it.press("nee")
    assert it.open == "structureel"
    it.say(old)
    assert tracker(server, it.sender)["slots"]["acuut"] == "nee"
    assert it.open in ("structureel", "keuze", None)


def test_a_payload_of_another_conversation_triggers_nothing(server: Server, at: Callable[[str], Talk], talk: Callable[..., Talk]) -> None:
    offered = at("bellen").payload("geen_gevaar")
    it = talk(rol="leerkracht")
    it.say("Hallo")
    it.say(offered)
    assert not known(server, it)["nood_open"]
    assert not known(server, it)["acuut"]


def test_text_behind_a_payload_is_read_as_text(at: Callable[[str], Talk], talk: Callable[..., Talk]) -> None:
    it = talk(rol="leerkracht")
    reply = it.say("/zorg_delen Bij een leerling zie ik telkens blauwe plekken op de rug.")
    assert "letsel" in [s["id"] for m in reply if kind(m) == "signalen" for s in m["custom"]["signalen"]]
    offered = at("acuut")
    reply = offered.say(offered.payload("nee") + " maar hij heeft wel vaak honger")
    assert not flaws(reply)


@pytest.mark.parametrize("question", ROADS)
def test_what_is_offered_is_what_the_open_question_needs(at: Callable[[str], Talk], question: str) -> None:
    it = at(question)
    sent = [o["payload"] for o in it.options]
    assert len(set(sent)) == len(sent)
    first = without_sender(it.say(sent[0])) if sent else None
    assert first is None or first != without_sender(at(question).reply)
