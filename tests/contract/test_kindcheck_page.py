"""`/kindcheck`: the kindcheck begun on a page of its own, and gone through as a busy doctor or a debt counsellor would."""

from __future__ import annotations

import pytest

from bot.content import load_content
from bot.core.situation import ROLES
from tests.contract.page import Visitor
from tests.contract.support import Server, call

CONTENT = load_content()


def at_the_page(server: Server, rol: str = "huisarts") -> Visitor:
    """Somebody who opened the page, with a role that came along."""
    visitor = Visitor(server, f"/kindcheck?rol={rol}")
    visitor.page.forms["gesprek"].fields["rol"] = rol  # what the chosen option of a list sends
    return visitor


def test_the_page_tells_when_what_to_ask_and_what_follows_without_a_script(server: Server) -> None:
    visitor = Visitor(server, "/kindcheck")
    assert visitor.answer.status == 200
    for group, key in (("inleiding", "tekst"), ("wanneer", "tekst"), ("vragen", "zeg"), ("uitkomsten", "als")):
        for row in CONTENT.kindcheck[group]:
            assert row[key] in visitor.page.text
            assert all(code in visitor.page.text for code in row["bronnen"])
    links = [given.get("href", "") for tag, given in visitor.page.tags if tag == "a"]
    assert "tel:112" in links and "tel:08002000" in links
    assert not [tag for tag, _ in visitor.page.tags if tag in ("script", "iframe")]


def test_it_is_for_every_profession_and_only_for_those(server: Server) -> None:
    options = [given["value"] for tag, given in Visitor(server, "/kindcheck").page.tags if tag == "option"]
    assert options == ["", *(rol for rol in ROLES if rol != "geen_beroep")]


def test_the_address_gives_the_role_and_nothing_else(server: Server) -> None:
    chosen = [
        given["value"] for tag, given in Visitor(server, "/kindcheck?rol=wijkteam").page.tags if tag == "option" and "selected" in given
    ]
    assert chosen == ["wijkteam"]
    odd = call(server, "GET", "/kindcheck?rol=%3Cscript%3Ealert(1)%3C/script%3E&x=Jan%20Jansen")
    assert odd.status == 200 and "alert" not in odd.text and "Jansen" not in odd.text


@pytest.mark.parametrize(
    ("rol", "steps", "outcome", "words"),
    [
        ("huisarts", ["Begin", "Ja", "Weet ik niet", "Nee"], "kindcheck_onbekend", "Veilig Thuis"),
        ("huisarts", ["Begin", "Nee", "Nee", "Nee"], "kindcheck_geen_zorg", ""),
        ("ander_beroep", ["Begin", "Ja", "Weet ik niet", "Nee"], "kindcheck_onbekend", "andachtsfunctionaris"),
        ("wijkteam", ["Begin", "Nee", "Nee", "Ja"], "kindcheck_zorg", "andachtsfunctionaris"),
    ],
)
def test_a_kindcheck_in_a_few_taps(server: Server, rol: str, steps: list[str], outcome: str, words: str) -> None:
    visitor = at_the_page(server, rol)
    taps = steps[1:]
    visitor.say("")
    assert CONTENT.questions["kinderen"]["zeg"] in visitor.page.text
    pressed = 1
    for tap in taps:
        visitor.press(tap)
        pressed += 1
    assert pressed <= 6
    assert CONTENT.say(outcome, rol).split(":")[1].strip(" .")[:30] in visitor.page.text.lower()
    assert words in visitor.page.text


def test_a_story_on_the_page_is_read_and_danger_in_it_comes_first(server: Server) -> None:
    visitor = at_the_page(server)
    visitor.say("Patiënte is psychotisch en dreigt nu haar baby iets aan te doen.")
    assert "nood" in visitor.page.cards
    other = at_the_page(server, "ander_beroep")
    other.say("Mijn cliënt heeft een ernstige depressie.")
    assert CONTENT.questions["kinderen"]["zeg"] in other.page.text


def test_unsafe_children_get_the_emergency_card(server: Server) -> None:
    visitor = at_the_page(server)
    visitor.say("")
    visitor.press("Ja")
    visitor.press("Niet veilig")
    assert "nood" in visitor.page.cards


def test_the_story_and_the_role_stand_in_no_address(server: Server) -> None:
    visitor = at_the_page(server)
    assert visitor.page.forms["gesprek"].method == "post"
    visitor.say("Patiënt drinkt veel en heeft twee kinderen.")
    for _, given in visitor.page.tags:
        for name in ("href", "action", "src"):
            assert "drinkt" not in given.get(name, "")
