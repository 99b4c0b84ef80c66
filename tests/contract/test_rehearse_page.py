"""`/oefenen`: cases chosen on a page of its own, begun at once, and left at once for what is real."""

from __future__ import annotations

import secrets

import pytest

from bot.content import load_content
from bot.server.rehearse_page import FILTERS, chosen, number
from tests.contract.page import Visitor
from tests.contract.support import Server, call, types

CONTENT = load_content()
SORTED = sorted(CONTENT.cases, key=number)


def shown(visitor: Visitor) -> list[str]:
    """The cases on a page, in their order."""
    return [given["value"] for tag, given in visitor.page.tags if tag == "input" and given.get("name") == "casus"]


def begun(server: Server, case: str, address: str = "/oefenen") -> Visitor:
    """Somebody who pressed the button of a case."""
    visitor = Visitor(server, address)
    visitor.send(dict(visitor.page.forms[f"oefen-{case}"].fields), "/gesprek")
    return visitor


def test_every_case_stands_there_with_what_it_is_about_and_for_whom(server: Server) -> None:
    visitor = Visitor(server, "/oefenen")
    assert visitor.answer.status == 200 and shown(visitor) == SORTED
    for case in CONTENT.cases.values():
        assert " ".join(case["kort"].split()) in visitor.page.text and case["titel"] in visitor.page.text
    links = [given.get("href", "") for tag, given in visitor.page.tags if tag == "a"]
    assert {"tel:112", "tel:08002000", "/", "/oefenen/team"} <= set(links)
    assert not [tag for tag, _ in visitor.page.tags if tag in ("script", "iframe")]
    assert CONTENT.say("oefening_kop") in visitor.page.text


@pytest.mark.parametrize("name", FILTERS)
def test_theme_role_and_step_choose_exactly_the_cases_that_have_them(server: Server, name: str) -> None:
    values = {value for case in CONTENT.cases.values() for value in case[FILTERS[name]]}
    for value in values:
        visitor = Visitor(server, f"/oefenen?{name}={value}")
        wanted = [key for key in SORTED if value in CONTENT.cases[key][FILTERS[name]]]
        assert shown(visitor) == wanted == [row["id"] for row in chosen(CONTENT.cases, {name: value})]
        picked = [given["value"] for tag, given in visitor.page.tags if tag == "option" and "selected" in given]
        assert picked == [value]


def test_what_is_asked_for_together_narrows_and_may_leave_nothing(server: Server) -> None:
    every = [(theme, step) for theme in {t for c in CONTENT.cases.values() for t in c["themas"]} for step in ("T1", "T2", "T3")]
    empty = [pair for pair in every if not chosen(CONTENT.cases, {"thema": pair[0], "trede": pair[1]})]
    assert empty
    visitor = Visitor(server, f"/oefenen?thema={empty[0][0]}&trede={empty[0][1]}")
    assert not shown(visitor) and CONTENT.say("oefenen_geen") in visitor.page.text


def test_a_case_can_be_looked_at_by_its_id(server: Server) -> None:
    assert shown(Visitor(server, "/oefenen?casus=C1")) == ["C1"]
    assert shown(Visitor(server, "/oefenen?casus=C999")) == SORTED


def test_nothing_else_is_read_from_the_address(server: Server) -> None:
    odd = call(server, "GET", "/oefenen?thema=%3Cscript%3Ealert(1)%3C/script%3E&rol=koning&casus=Jan%20Jansen&x=Pietersen")
    assert odd.status == 200
    assert not [word for word in ("alert", "koning", "Jansen", "Pietersen") if word in odd.text]


def test_a_doctor_is_addressed_as_one(server: Server) -> None:
    assert CONTENT.say("oefenen_uitleg_1", "huisarts") in Visitor(server, "/oefenen?rol=huisarts").page.text


@pytest.mark.parametrize("key", SORTED)
def test_a_case_begins_at_once(server: Server, key: str) -> None:
    visitor, case = begun(server, key), CONTENT.cases[key]
    first = next(iter(case["momenten"].values()))
    assert visitor.page.cards == ["oefening"]
    assert " ".join(case["begin"].split()) in visitor.page.text and first["vraag"] in visitor.page.text
    assert set(visitor.page.choices) == {*(option["titel"] for option in first["opties"].values()), "Dit is echt", "Stoppen met oefenen"}
    assert CONTENT.say("oefenen_begin") in visitor.page.said("gebruiker")[0]


def test_it_goes_on_as_any_rehearsal_and_stops_at_once_for_what_is_real(server: Server) -> None:
    visitor = begun(server, "C1")
    visitor.press(CONTENT.cases["C1"]["momenten"]["M1"]["opties"]["a"]["titel"])
    assert CONTENT.say("oefening_gevolg") in visitor.page.text
    visitor.say("dit is echt")
    assert CONTENT.say("oefening_echt_verder").partition(" 112")[0] in visitor.page.text
    assert "Dit is echt" not in visitor.page.choices


def test_a_case_that_is_not_there_gives_the_list(server: Server) -> None:
    visitor = Visitor(server, "/oefenen")
    fields = {**visitor.page.forms["oefen-C1"].fields, "casus": '"}/antwoord{"'}
    visitor.send(fields, "/gesprek")
    assert CONTENT.cases["C1"]["titel"] in " ".join(visitor.page.choices) and visitor.page.cards == ["oefening"]


@pytest.mark.parametrize(
    ("text", "card"),
    [
        ("Hij staat hier nu voor me met een mes en dreigt haar dood te steken.", "nood"),
        ("Een meisje in mijn klas heeft blauwe plekken", "signalen"),
    ],
)
def test_what_is_told_there_for_real_is_never_taken_for_a_rehearsal(server: Server, text: str, card: str) -> None:
    metadata = {"rol": "leerkracht", "gemeente": "dordrecht", "herkomst": "oefenen:C1"}
    kinds = types(server.client.say(secrets.token_hex(8), text, metadata))
    assert card in kinds and "oefening" not in kinds


def test_the_first_page_leads_there(server: Server) -> None:
    links = [given.get("href", "") for tag, given in Visitor(server, "/").page.tags if tag == "a"]
    assert "/oefenen" in links
