"""What one visitor can use up: memory of others' conversations, turns, long texts, rooms; and which address counts."""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

import pytest

from tests.contract.page import Visitor
from tests.contract.support import Server, call

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def from_(address: str) -> dict[str, str]:
    """The headers of a form that a proxy passes on for this address."""
    return {**FORM, "X-Forwarded-For": address}


def test_a_choice_can_not_be_longer_than_a_message(house: Server) -> None:
    """Nothing of 90 kB is masked whole, kept, and shown on each later page."""
    visitor = Visitor(house)
    long = "kwezelbrood " * 7500
    answer = call(house, "POST", "/gesprek", urlencode(visitor.filled("", long)), from_("203.0.113.1"))
    assert answer.status in (200, 413)
    assert answer.text.count("kwezelbrood") <= 400, "not more than is read of a message"


def test_a_form_without_an_end_is_refused(house: Server) -> None:
    for size in (100_001, 2_000_000):
        answer = call(house, "POST", "/gesprek", "bericht=" + "a" * size, from_("203.0.113.2"))
        assert answer.status == 413
        assert "112" in answer.text


def test_a_conversation_has_its_own_pace(house: Server) -> None:
    visitor = Visitor(house)
    statuses = []
    for number in range(12):
        fields = visitor.filled(f"nog een ding {number}")
        statuses.append(visitor.send(fields).status)
    assert 429 in statuses
    assert statuses[0] == 200


def test_one_address_that_asks_too_much_leaves_the_others_alone(house: Server) -> None:
    many = [call(house, "POST", "/gesprek/begin", "{}", {"X-Forwarded-For": "203.0.113.3"}).status for _ in range(200)]
    assert 429 in many
    assert call(house, "POST", "/gesprek/begin", "{}", {"X-Forwarded-For": "203.0.113.4"}).status == 200


def test_one_address_that_opens_many_conversations_is_stopped(house: Server) -> None:
    """It could push those of everybody else out of memory: a first message costs more of the limit than a next one."""
    statuses = []
    for number in range(150):
        token = call(house, "POST", "/gesprek/begin", "{}", {"X-Forwarded-For": f"198.18.1.{number}"}).json["token"]
        body = json.dumps({"nummer": 1, "bericht": "hallo"})
        statuses.append(call(house, "POST", "/gesprek/zeg", body, {"X-Routekaart": token, "X-Forwarded-For": "203.0.113.12"}).status)
    assert 429 in statuses


def test_a_visitor_can_not_choose_its_address(house: Server) -> None:
    """With one proxy only what that proxy wrote counts, the last of the row; what stood there before is of the visitor."""
    many = [
        call(
            house, "POST", "/gesprek/begin", "{}", {"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.5", "X-Real-IP": f"10.0.0.{number}"}
        ).status
        for number in range(200)
    ]
    assert 429 in many


@pytest.mark.parametrize("shape", ["2001:db8:1:2::{:x}", "[2001:db8:1:3::{:x}]", "[2001:db8:1:4::{:x}]:5{:04}", "203.0.113.200:5{:04}"])
def test_all_addresses_of_one_home_are_one(house: Server, shape: str) -> None:
    """IPv6 gives one household 2^64 addresses, and some proxies write the port too; a limit for each of them is none."""
    many = [
        call(house, "POST", "/gesprek/begin", "{}", {"X-Forwarded-For": shape.format(number + 1, number)}).status for number in range(200)
    ]
    assert 429 in many
    other = "2001:db8:ffff:1::1"
    assert call(house, "POST", "/gesprek/begin", "{}", {"X-Forwarded-For": other}).status == 200


def test_long_messages_cost_an_address_more(house: Server) -> None:
    """Reading is what costs: an address that sends long texts comes to its limit sooner."""

    def until_refused(text: str, address: str) -> int:
        for number in range(400):
            body = urlencode({"token": "van niemand", "beurt": "1", "bericht": text})
            if call(house, "POST", "/gesprek", body, from_(address)).status == 429:
                return number
        return 400

    assert until_refused("er is iets met een kind " * 80, "203.0.113.6") < until_refused("er is iets", "203.0.113.7") / 2


def test_a_long_conversation_does_not_make_every_page_longer(house: Server) -> None:
    """The page of a conversation that goes on and on stops growing."""
    begun = call(house, "POST", "/gesprek/begin", "{}", {"X-Forwarded-For": "203.0.113.8"}).json
    body = json.dumps({"nummer": 1, "bericht": "a " * 1000})
    answer = call(house, "POST", "/gesprek/zeg", body, {"X-Routekaart": begun["token"], "X-Forwarded-For": "203.0.113.8"})
    assert answer.status == 200
    assert len(answer.text) < 20_000
    again = call(house, "POST", "/gesprek/zeg", body, {"X-Routekaart": begun["token"], "X-Forwarded-For": "203.0.113.8"})
    assert again.text == answer.text


def test_codes_of_rooms_can_not_be_tried_endlessly(house: Server) -> None:
    tried = [
        call(house, "POST", "/oefenen/mee", urlencode({"code": f"ACD{n % 10}{n // 10 % 10}7"}), from_("203.0.113.10")).status
        for n in range(120)
    ]
    assert 429 in tried
    assert set(tried) <= {404, 429}


def test_rooms_can_not_be_opened_endlessly(house: Server) -> None:
    opened = [call(house, "POST", "/oefenen/team/begin", "casus=C1", from_("203.0.113.11")) for _ in range(60)]
    assert 429 in [answer.status for answer in opened]
    for answer in opened:
        if found := re.search(r'name="token" value="([^"]+)"', answer.text):
            call(house, "POST", "/oefenen/team/scherm", urlencode({"token": found[1], "doe": "sluit"}), from_("203.0.113.11"))
