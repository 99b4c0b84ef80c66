"""The first stations of a message, before it reaches the server: what a field of a page lets a browser remember or send elsewhere."""

from __future__ import annotations

import re

import pytest

from bot.server.widget_routes import BUNDLE
from bot.shelf import Bucket
from bot.shelf.memory import Buckets
from tests.contract.page import Page, Visitor
from tests.contract.support import LETSEL, Server, call
from tests.hazards.test_ways_in import PAGES

FIELDS = ("input", "textarea", "select")
#: fields in which nothing is typed
NOT_TYPED = ("hidden", "submit", "button", "radio", "checkbox", "number")


def fields(page: Page) -> list[tuple[str, dict[str, str]]]:
    """What can be filled in on a page."""
    return [(tag, given) for tag, given in page.tags if tag in FIELDS]


def typed(page: Page) -> list[tuple[str, dict[str, str]]]:
    """The fields in which text is typed."""
    return [(t, g) for t, g in fields(page) if t != "select" and g.get("type") not in NOT_TYPED and "readonly" not in g]


@pytest.fixture(scope="module")
def pages(server: Server) -> list[Page]:
    """Every page, and one with a conversation on it."""
    visitor = Visitor(server)
    visitor.say(LETSEL)
    return [*(Page(call(server, "GET", path).text) for path in PAGES), visitor.page]


def test_no_field_of_any_page_is_remembered_by_the_browser(pages: list[Page]) -> None:
    assert sum(len(fields(page)) for page in pages) > 10, "there are fields to look at"
    for page in pages:
        about_a_case = any(tag == "textarea" for tag, _ in fields(page))
        for tag, given in fields(page):
            if about_a_case or tag != "select":  # which municipality is looked at on the map is no part of a case
                assert given.get("autocomplete") == "off", (tag, given)
        for tag, given in page.tags:
            if tag == "form" and given.get("method") == "post":
                assert given.get("autocomplete") == "off", given


def test_no_form_in_which_something_is_told_puts_it_in_an_address(pages: list[Page]) -> None:
    told = 0
    for page in pages:
        forms = [given for tag, given in page.tags if tag == "form"]
        if any(tag == "textarea" for tag, _ in typed(page)):
            told += 1
            assert all(given.get("method") == "post" for given in forms if given.get("action", "").startswith("/gesprek")), forms
    assert told >= 3, "the page, the kindcheck and an open conversation"


def test_no_field_gives_what_is_typed_to_a_spelling_service(pages: list[Page]) -> None:
    """Some browsers send what is typed to their maker, to check spelling or to go on writing: before anything was masked."""
    looked = 0
    for page in pages:
        for tag, given in typed(page):
            looked += 1
            assert given.get("spellcheck") == "false", (tag, given)
            if tag == "textarea":
                assert given.get("writingsuggestions") == "false", given
    assert looked >= 5


def test_the_field_of_the_widget_does_not_either() -> None:
    built = BUNDLE.read_text("utf8")
    field = re.search(r"\{[^{}]*id:[`'\"]veld[`'\"][^{}]*", built)
    assert field, "the field of the widget as it was built"
    for name, value in (("autocomplete", "off"), ("spellcheck", "false"), ("writingsuggestions", "false")):
        assert re.search(rf"{name}[`'\"]?:[`'\"]{value}[`'\"]", field.group()), name


def test_nothing_that_was_said_stands_in_an_address_of_the_page(server: Server) -> None:
    visitor = Visitor(server)
    visitor.say(f"{LETSEL} pimpelmees")
    for tag, given in visitor.page.tags:
        for name in ("href", "src", "action"):
            address = given.get(name, "")
            assert "pimpelmees" not in address and "token" not in address, (tag, address)


# -- who asks --------------------------------------------------------------------------------------------------------------------------


def test_an_address_is_forgotten_as_soon_as_it_no_longer_limits_anything() -> None:
    """Without Redis the address itself is the key of a bucket. One that is full again limits nobody."""
    now = [1000.0]
    buckets = Buckets(lambda: now[0])
    slow, fast = Bucket("adres", 120, 20), Bucket("gesprek", 6, 0.5)
    for bucket in (slow, fast):
        assert buckets.allow(bucket, "203.0.113.77")
    now[0] += 1
    assert buckets.allow(slow, "198.51.100.9")
    assert "203.0.113.77" in repr(vars(buckets)), "as long as it counts it is known"
    now[0] += 60
    for bucket in (slow, fast):
        assert buckets.allow(bucket, "192.0.2.1")
    assert "203.0.113.77" not in repr(vars(buckets))
    assert "198.51.100.9" not in repr(vars(buckets))
