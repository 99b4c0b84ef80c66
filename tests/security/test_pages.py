"""What is handed from one to another: fixation, replay, one's words in another's page, and words of a stranger on ours."""

from __future__ import annotations

import json
import re
import secrets
from urllib.parse import quote, urlencode

import pytest

from tests.contract.page import Page, Visitor
from tests.contract.support import LETSEL, Server, call

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MARK = "kwezelbrood"


@pytest.fixture
def elsewhere() -> dict[str, str]:
    """The headers of a form, from an address that nobody else has."""
    return {**FORM, "X-Forwarded-For": ".".join(str(secrets.randbelow(250) + 1) for _ in range(4))}


# -- fixation and replay ------------------------------------------------------------------------------------------------------------


def test_each_page_has_a_token_of_its_own(house: Server) -> None:
    tokens = {Visitor(house, path).page.forms["gesprek"].fields["token"] for path in ("/", "/", "/gesprek", "/stop")}
    assert len(tokens) == 4


def test_a_token_that_somebody_made_up_opens_no_conversation(house: Server, elsewhere: dict[str, str]) -> None:
    """Nobody can be given a conversation under a token that was not issued, and the page then holds another one."""
    made_up = "a" * 32 + "." + "b" * 32
    answer = call(house, "POST", "/gesprek", urlencode({"token": made_up, "beurt": "0", "bericht": f"{LETSEL} {MARK}"}), elsewhere)
    assert made_up not in answer.text
    assert MARK not in call(house, "POST", "/gesprek", urlencode({"token": made_up, "beurt": "1"}), elsewhere).text


def test_a_link_gives_each_who_opens_it_a_token_of_its_own(house: Server, known: dict[str, str]) -> None:
    from bot.server.links import DAY, Entry, Keys, Links

    link, _ = Links(Keys([known["links"]])).make(Entry("huisarts", "dordrecht", "proef"), DAY)
    tokens = {Visitor(house, f"/l/{link}").page.forms["gesprek"].fields["token"] for _ in range(3)}
    assert len(tokens) == 3


def test_an_entry_can_not_be_written_into_a_token(house: Server, elsewhere: dict[str, str]) -> None:
    token = Visitor(house).page.forms["gesprek"].fields["token"]
    value, _, mark = token.partition(".")
    for forged in (
        f"{value}~huisarts|dordrecht|x.{mark}",
        f"~huisarts|dordrecht|x.{mark}",
        f"{value}.{mark}~huisarts|dordrecht|x",
        f".{mark}",
        value,
        "",
    ):
        answer = call(house, "POST", "/opnieuw", urlencode({"token": forged}), elsewhere)
        assert answer.status == 200
        assert forged not in answer.text or not forged


def test_what_was_erased_does_not_come_back_with_an_old_form(house: Server) -> None:
    visitor = Visitor(house)
    visitor.say(f"{LETSEL} {MARK}")
    old = visitor.filled("nog een keer")
    visitor.leave("/stop")
    answer = visitor.send(old, "/gesprek")
    assert MARK not in answer.text
    assert "blauwe plekken" not in answer.text


def test_a_form_that_is_sent_again_does_nothing_again(house: Server) -> None:
    visitor = Visitor(house)
    form = visitor.filled(f"{LETSEL} {MARK}")
    visitor.send(form)
    bubbles = len(visitor.page.bubbles)
    for _ in range(3):
        visitor.send(form, "/gesprek")
        assert len(visitor.page.bubbles) == bubbles


def test_a_message_of_a_widget_that_is_sent_again_gets_the_same_answer(house: Server) -> None:
    token = call(house, "POST", "/gesprek/begin", "{}").json["token"]
    body, headers = json.dumps({"nummer": 1, "bericht": LETSEL}), {"X-Routekaart": token}
    first = call(house, "POST", "/gesprek/zeg", body, headers)
    assert first.status == 200
    assert call(house, "POST", "/gesprek/zeg", body, headers).text == first.text
    other = call(house, "POST", "/gesprek/zeg", json.dumps({"nummer": 1, "bericht": "iets heel anders"}), headers)
    assert other.text == first.text, "the number counts, not what somebody else puts behind it"


@pytest.mark.parametrize("kind", ["page", "widget", "team"])
def test_a_token_of_one_kind_opens_no_other(house: Server, elsewhere: dict[str, str], kind: str) -> None:
    page = Visitor(house).page.forms["gesprek"].fields["token"]
    widget = call(house, "POST", "/gesprek/begin", "{}").json["token"]
    opened = call(house, "POST", "/oefenen/team/begin", "casus=C1", elsewhere).text
    team = re.search(r'name="token" value="([^"]+)"', opened)
    assert team
    token = {"page": page, "widget": widget, "team": team[1]}[kind]
    if kind != "widget":
        assert call(house, "POST", "/gesprek/zeg", json.dumps({"nummer": 1, "bericht": "hallo"}), {"X-Routekaart": token}).status == 410
    if kind != "team":
        for path in ("/oefenen/team/scherm", "/oefenen/mee"):
            assert call(house, "GET", path, headers={"X-Routekaart-Team": token}).status == 410
    if kind != "page":
        answer = call(house, "POST", "/gesprek", urlencode({"token": token, "beurt": "0", "bericht": f"hallo {MARK}"}), elsewhere)
        assert token not in answer.text
    call(house, "POST", "/oefenen/team/scherm", urlencode({"token": team[1], "doe": "sluit"}), elsewhere)


# -- words on our page --------------------------------------------------------------------------------------------------------------

STRANGE = (
    "Bel 0900-1234567 in plaats van 112",
    "<script>alert(1)</script>",
    "06-12345678",
    '"><img src=x>',
    "javascript:alert(1)",
    "{{1337*1337}}",
    "dordrecht 0800-2000",
)


@pytest.mark.parametrize("text", STRANGE)
@pytest.mark.parametrize(
    "path",
    ["/routekaart?gemeente={}", "/routekaart?rol={}", "/kindcheck?rol={}", "/oefenen?thema={}", "/oefenen?casus={}", "/oefenen/team?casus={}",
     "/oefenen/team/uitdeel?casus={}", "/chat?school={}", "/chat?gemeente={}", "/chat?link={}", "/l/{}", "/monitor?gemeente={}", "/monitor?periode={}"],
)  # fmt: skip
def test_an_address_can_not_put_its_own_words_on_our_page(house: Server, path: str, text: str) -> None:
    answer = call(house, "GET", path.format(quote(text, safe="")))
    assert text not in Page(answer.text).text
    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text
    assert "0900-1234567" not in answer.text
    assert "tel:0612345678" not in answer.text
    assert "1787569" not in answer.text


@pytest.mark.parametrize("text", STRANGE)
def test_a_code_that_is_none_is_shown_back_as_text_only(house: Server, elsewhere: dict[str, str], text: str) -> None:
    answer = call(house, "POST", "/oefenen/mee", urlencode({"code": text}), elsewhere)
    assert answer.status in (404, 429)
    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text
    assert 'href="tel:0612345678"' not in answer.text
    assert 'href="tel:09001234567"' not in answer.text


def test_what_somebody_typed_is_on_no_page_of_another(house: Server) -> None:
    visitor = Visitor(house)
    visitor.say(f"{LETSEL} {MARK}")
    assert MARK in visitor.answer.text
    for path in ("/", "/gesprek", "/oefenen", "/kindcheck", "/oefenen/team", "/monitor", "/metrics", "/healthz", "/readyz"):
        assert MARK not in call(house, "GET", path).text


def test_the_health_of_the_server_tells_nothing_else(house: Server) -> None:
    for path in ("/healthz", "/readyz"):
        answer = call(house, "GET", path)
        assert set(answer.json) <= {"status", "missing"}
        assert not re.search(r"\d", answer.text), "no version, no number"
