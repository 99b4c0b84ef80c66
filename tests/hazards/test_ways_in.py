"""Hazards of the ways in: a message that can't be answered as it is, a page without the numbers, an assistant that was closed."""

from __future__ import annotations

import json

import pytest

from bot.content import load_content
from tests.contract.page import Page, Visitor
from tests.contract.support import DANGER, LETSEL, REPORT, Server, call, hook
from tests.hazards.conftest import House

#: every page that somebody can come to; a case, a link and an address that is not there among them
PAGES = (
    "/", "/chat", "/demo", "/kindcheck", "/oefenen", "/oefenen?casus=C1", "/oefenen/team", "/oefenen/mee", "/routekaart", "/routekaart/regels",
    "/routekaart?gemeente=nergens", "/l/geen-echte-link", "/nergens",
)  # fmt: skip
NUMBERS = ("tel:112", "tel:08002000")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_keeps_the_numbers_in_reach(server: Server, path: str) -> None:
    page = Page(call(server, "GET", path).text)
    links = {given.get("href") for tag, given in page.tags if tag == "a"}
    assert links >= set(NUMBERS), "two numbers to tap, also where nothing else works"


# -- what is not answered is still searched for danger ------------------------------------------------------------------------------------


def cards(visitor: Visitor) -> list[str]:
    """The cards on the page."""
    return visitor.page.cards


def test_danger_on_a_page_whose_conversation_expired_gets_the_card_at_once(server: Server) -> None:
    visitor = Visitor(server)
    visitor.send({**visitor.filled(DANGER), "beurt": "7"})
    assert visitor.page.alert.split() == load_content().say("verlopen").split()
    assert "nood" in cards(visitor) and visitor.page.draft == DANGER


def test_danger_in_a_message_that_is_too_long_gets_the_card_at_once(server: Server) -> None:
    visitor = Visitor(server)
    visitor.say(LETSEL)
    visitor.send(visitor.filled(DANGER + " " + "Er is nog veel meer te vertellen over dit kind. " * 60))
    assert visitor.answer.status == 413
    assert "nood" in cards(visitor)


def test_danger_typed_too_fast_gets_the_card_at_once(server: Server) -> None:
    visitor = Visitor(server)
    visitor.say(LETSEL)
    for _ in range(12):
        visitor.send(visitor.filled("en nog iets"))
        if visitor.answer.status == 429:
            break
    visitor.send(visitor.filled(DANGER))
    assert visitor.answer.status == 429, "else this says nothing"
    assert "nood" in cards(visitor) and "112" in visitor.page.alert


def test_danger_in_a_widget_whose_conversation_expired_comes_beside_the_refusal(server: Server) -> None:
    body = json.dumps({"nummer": 4, "bericht": DANGER, "gemeente": "dordrecht"})
    begun = call(server, "POST", "/gesprek/begin", json.dumps({"gemeente": "dordrecht"})).json
    answer = call(server, "POST", "/gesprek/zeg", body, {"X-Routekaart": begun["token"]})
    assert answer.status == 410
    assert [row["custom"]["type"] for row in answer.json["berichten"]] == ["nood"]


def test_what_is_typed_on_an_older_page_is_kept_and_danger_in_it_is_heard(server: Server) -> None:
    """Who goes back in the browser and types there sends an older number; that is not the same message sent twice."""
    visitor = Visitor(server)
    visitor.say(LETSEL)
    older = visitor.filled(DANGER)
    visitor.press("Klopt")
    visitor.send(older)
    assert "nood" in cards(visitor)
    assert visitor.page.draft == DANGER


# -- closed --------------------------------------------------------------------------------------------------------------------------------


def test_an_assistant_that_was_closed_says_so_with_the_numbers_on_every_way_in(house: House) -> None:
    server, switch = house.server, house.switch
    visitor = Visitor(server)
    visitor.say(LETSEL)
    begun = call(server, "POST", "/gesprek/begin", json.dumps({"gemeente": "dordrecht"})).json
    token, message = {"X-Routekaart": begun["token"]}, json.dumps({"nummer": 1, "bericht": LETSEL, "gemeente": "dordrecht"})
    switch.touch()
    try:
        said = load_content().say("gesloten").partition(".")[0]
        for path in ("/", "/chat", "/kindcheck", "/oefenen", "/oefenen/team"):
            page = Page(call(server, "GET", path).text)
            assert said in page.text, path
            assert {given.get("href") for tag, given in page.tags if tag == "a"} >= set(NUMBERS), path
        visitor.send(visitor.filled(DANGER))
        assert said in visitor.page.text
        words = json.dumps(call(server, "POST", "/gesprek/zeg", message, token).json, ensure_ascii=False)
        assert "112" in words and REPORT in words
        (row,) = hook(server, {"sender": "dicht", "message": DANGER}).json
        assert row["text"] == load_content().say("gesloten")
    finally:
        switch.unlink()
    visitor = Visitor(server)
    visitor.say(LETSEL)
    assert visitor.page.said("gebruiker"), "and open again without a restart"
