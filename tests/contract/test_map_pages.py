"""The route map and the rules, asked for over the web: there without a token, with the guards of the other pages."""

from __future__ import annotations

import pytest

from tests.contract.page import Visitor
from tests.contract.support import REPORT, Server, call


@pytest.mark.parametrize("path", ["/routekaart", "/routekaart?rol=jgz", "/routekaart?gemeente=anders&rol=huisarts", "/routekaart/regels"])
def test_the_pages_are_there_for_everybody_and_guarded(server: Server, path: str) -> None:
    answer = call(server, "GET", path)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in answer.headers
    assert "<svg" in answer.text
    assert "<table" in answer.text
    assert REPORT in answer.text


@pytest.mark.parametrize("path", ["/routekaart?rol=onbekend", "/routekaart?gemeente=onbekend", "/routekaart/", "/routekaart/anders"])
def test_what_is_not_there_is_a_page_that_keeps_the_numbers(server: Server, path: str) -> None:
    answer = call(server, "GET", path)
    assert answer.status == 404
    assert "tel:112" in answer.text
    assert REPORT in answer.text


def test_the_style_of_the_map_is_there(server: Server) -> None:
    answer = call(server, "GET", "/static/kaart.css")
    assert answer.status == 200
    assert "http" not in answer.text
    assert "@import" not in answer.text


def test_the_plain_page_leads_to_the_map(server: Server) -> None:
    links = [given for tag, given in Visitor(server).page.tags if tag == "a"]
    assert "/routekaart" in {given.get("href") for given in links}
