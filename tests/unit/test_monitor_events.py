"""What a turn adds to the counts: every kind once, nothing that is not on the list, never a word that somebody typed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.content import load_content
from bot.core.route import advise
from bot.dialogue.state import STOP, State
from bot.monitor.events import KINDS, Event, events, failure, municipalities, municipality, vocabulary
from bot.server.monitor_page import Words

CONTENT = load_content()
WORDS = vocabulary(CONTENT)
GOING = State(gelezen="1", gestart=True, verteld=True, gemeente="dordrecht").with_(rol="leerkracht")


def found(before: State, after: State, *cards: dict[str, Any]) -> set[tuple[str, str]]:
    """The events of a turn in which these cards were given."""
    return {(e.kind, e.value) for e in events(before, after, [{"text": "x", "custom": card} for card in cards], WORDS)}


def test_a_first_message_is_a_conversation_a_role_and_a_way() -> None:
    after = State(gelezen="1", gestart=True).with_(rol="huisarts")
    assert found(State(), after) == {("gesprek", "begonnen"), ("rol", "huisarts"), ("route", "zorg")}
    assert found(after, after) == set(), "the second message is no conversation"


def test_a_role_counts_when_it_is_told() -> None:
    before = State(gelezen="1", gestart=True)
    assert found(before, before.with_(rol="jgz")) == {("rol", "jgz")}


CARDS: list[tuple[dict[str, Any], set[tuple[str, str]]]] = [
    (
        {"type": "routekaart", "contact": "veilig_thuis", "urgentie": "vandaag", "stap": 5},
        {("contact", "veilig_thuis"), ("urgentie", "vandaag"), ("stap", "5")},
    ),
    (
        {"type": "routekaart", "contact": "nood_112", "urgentie": "nu", "stap": None},
        {("contact", "nood_112"), ("urgentie", "nu"), ("stap", "geen")},
    ),
    ({"type": "vraag", "id": "acuut"}, {("vraag", "acuut")}),
    ({"type": "signalen", "id": "bevestig_signalen"}, {("vraag", "bevestig_signalen")}),
    ({"type": "signalen", "signalen": []}, set()),
    ({"type": "antwoord", "vraag": "vraag_anoniem"}, {("antwoord", "vraag_anoniem")}),
    ({"type": "antwoord", "vraag": "vraag_anoniem", "antwoord": "twijfel_D28"}, {("antwoord", "twijfel_D28")}),
    ({"type": "gesprek", "met": "ouders"}, {("antwoord", "gesprek_ouders")}),
    ({"type": "contact", "id": "politie"}, {("antwoord", "contact_zoeken")}),
    ({"type": "kindcheck", "zorg": True}, {("kindcheck", "onbekend")}),
    ({"type": "oefening", "soort": "moment", "casus": "C1"}, {("oefening", "C1")}),
    ({"type": "oefening", "soort": "einde", "casus": "C1"}, {("oefening", "C1"), ("oefening_af", "C1")}),
    ({"type": "oefening", "soort": "kiezen", "casus": None}, set()),
    ({"type": "nood"}, {("route", "nood")}),
    ({"type": "notitie", "tekst": "x"}, set()),
    ({"type": "antwoord", "vraag": "Joris de Wit"}, set()),
    ({"type": "routekaart", "contact": "Joris", "urgentie": "Joris", "stap": "Joris"}, set()),
]


@pytest.mark.parametrize(("card", "expected"), CARDS)
def test_each_card_counts_what_it_is(card: dict[str, Any], expected: set[tuple[str, str]]) -> None:
    assert found(GOING, GOING, card) == expected


def test_every_card_that_the_rules_can_give_is_on_the_list() -> None:
    assert {"veilig_thuis", "nood_112", advise(GOING.situatie).contact} <= set(WORDS["contact"])
    for key, row in CONTENT.card["regels"].items():
        assert not row.get("contact") or row["contact"] in WORDS["contact"], key


def test_ways() -> None:
    fresh = State(gelezen="1")
    assert found(fresh, fresh.with_(kindcheck=True, gestart=True)) == {("route", "kindcheck")}
    assert found(fresh, fresh.with_(oefening_bij="kiezen")) == {("route", "oefenen")}
    assert found(fresh, fresh.with_(zelf="kind", gestart=True)) == {("route", "niet_beroep")}
    assert ("route", "vraag") in found(fresh, fresh, {"type": "antwoord", "vraag": "vraag_anoniem"})
    assert ("route", "vraag") not in found(GOING, GOING, {"type": "antwoord", "vraag": "vraag_anoniem"})


def test_not_understood_and_stuck() -> None:
    once, asked = GOING.with_(niet_begrepen=1), GOING.with_(open_vraag="acuut")
    assert found(asked, asked.with_(niet_begrepen=1)) == {("niet_begrepen", "acuut")}
    assert found(once, once.with_(niet_begrepen=2)) == {("niet_begrepen", "geen"), ("vastgelopen", "twee_keer")}
    assert failure() == {Event("vastgelopen", "storing")}


def test_stopped_with_a_case_open_and_no_card() -> None:
    stopped = GOING.with_(afslag=STOP).after_turn_off()
    assert found(GOING, stopped) == {("vastgelopen", "gestopt_zonder_kaart")}
    assert found(GOING.with_(kaart="x"), stopped) == set(), "the advice was given"
    assert found(GOING.with_(nood_open=True), stopped) == set(), "somebody is calling"
    assert found(State(gelezen="1"), State(gelezen="1", einde=STOP)) == set(), "nothing was opened"


VALUES = st.one_of(st.none(), st.text(max_size=12), st.integers(), st.booleans(), st.lists(st.text(max_size=3), max_size=2))
ODD = st.dictionaries(
    st.sampled_from(["type", "id", "vraag", "antwoord", "contact", "urgentie", "stap", "casus", "soort", "met", "x"]), VALUES
)
TYPES = st.sampled_from(["routekaart", "vraag", "signalen", "antwoord", "gesprek", "contact", "kindcheck", "oefening", "nood", "x"])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # drawing is slow on a busy machine
@given(st.lists(st.builds(lambda kind, rest: {**rest, "type": kind}, TYPES, ODD), max_size=4))
def test_whatever_a_card_holds_only_the_list_is_counted(cards: list[dict[str, Any]]) -> None:
    for kind, value in found(State(), GOING, *cards):
        assert value in WORDS[kind]


@given(st.text(), st.text(max_size=40))
def test_no_typed_word_is_a_value(word: str, gemeente: str) -> None:
    before = State(gelezen="1", gemeente=gemeente, open_vraag=word, kaart=word)
    for kind, value in found(before, before.with_(niet_begrepen=1, herkomst=word)):
        assert value in WORDS[kind]
    assert municipality(gemeente, municipalities(CONTENT)) in municipalities(CONTENT)


def test_every_kind_has_values_and_every_value_a_name() -> None:
    words = Words(CONTENT)
    assert set(WORDS) == set(KINDS)
    for kind in KINDS:
        assert words.say(f"soort_{kind}") and words.say(f"uitleg_{kind}")
        names = [words.value(kind, value) for value in WORDS[kind]]
        assert all(names) and len(set(names)) == len(names), kind
        assert len(set(WORDS[kind])) == len(WORDS[kind]), kind
    assert json.dumps(WORDS), "plain strings"
