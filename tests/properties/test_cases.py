"""Every case to rehearse, played every way: it ends, it teaches what the core says, and it has words for all that can be chosen."""

from __future__ import annotations

import pytest

from bot.content import load_content
from bot.core.situation import Situation
from bot.dialogue import rehearsing as r
from bot.dialogue.state import State
from bot.nlu.organisations import read_organisations
from bot.rehearsal import play
from bot.rehearsal.cards import RehearsalCards

CONTENT = load_content()
CARDS = RehearsalCards(CONTENT)
CASES = sorted(CONTENT.cases)


def test_the_twelve_of_the_facts_sheet_are_there() -> None:
    assert sorted(CASES, key=lambda key: int(key[1:]))[:12] == [f"C{number}" for number in range(1, 13)]


@pytest.mark.parametrize("key", CASES)
def test_every_way_through_ends_and_every_moment_and_option_is_on_one(key: str) -> None:
    case = CONTENT.cases[key]
    ways = list(play.paths(case))
    assert ways
    used = {choice for way in ways for choice in way}
    assert used == {f"{moment}.{option}" for moment, row in case["momenten"].items() for option in row["opties"]}
    assert all(play.valid(case, way) for way in ways)


@pytest.mark.parametrize("key", CASES)
def test_each_moment_teaches_what_the_core_says(key: str) -> None:
    case = CONTENT.cases[key]
    for moment, row in case["momenten"].items():
        wanted = {None: row["kern"], **(row.get("kern_per_rol") or {})}
        for rol, kern in wanted.items():
            advice = play.taught(case, moment, rol)
            assert {"contact": advice.contact, "urgentie": advice.urgentie, "melding_norm": advice.melding_norm} == kern, (moment, rol)


@pytest.mark.parametrize("key", CASES)
def test_a_moment_has_one_best_option_and_something_good_to_say_of_each(key: str) -> None:
    case = CONTENT.cases[key]
    for row in case["momenten"].values():
        assert [option["waarde"] for option in row["opties"].values()].count(play.BEST) == 1
        assert all(option["goed"].strip() and option["waarom"].strip() and option["gevolg"].strip() for option in row["opties"].values())


@pytest.mark.parametrize("key", CASES)
def test_an_earlier_choice_changes_what_is_told_and_can_have_been_made(key: str) -> None:
    case = CONTENT.cases[key]
    ways = list(play.paths(case))
    changes = [(moment, later["keuze"]) for moment, row in case["momenten"].items() for later in row.get("scene_na") or ()]
    assert len(changes) >= 2
    for moment, choice in changes:
        before = [way[: [play.split(c)[0] for c in way].index(moment)] for way in ways if moment in [play.split(c)[0] for c in way]]
        assert any(choice in way for way in before), f"{choice} never comes before {moment}"


@pytest.mark.parametrize("key", CASES)
def test_where_it_cannot_wait_the_best_choice_or_its_rule_names_somebody_the_core_names(key: str) -> None:
    case, words = CONTENT.cases[key], CONTENT.organisation_words()
    for moment, row in case["momenten"].items():
        advice = play.taught(case, moment)
        if advice.urgentie in ("nu", "vandaag"):
            option = row["opties"][play.best(case, moment)]
            told = " ".join((option["titel"], option["gevolg"], option["waarom"], row["regel"]))
            named = {found.id for found in read_organisations(told, words)}
            assert named & {advice.contact, *(step.contact for step in advice.daarna)}, (moment, named, advice.contact)


@pytest.mark.parametrize("key", CASES)
def test_every_state_of_a_case_has_a_card_with_a_way_on(key: str) -> None:
    case = CONTENT.cases[key]
    for way in play.paths(case):
        state = r.pressed(r.begin(State()), r.CASE + key, CONTENT.cases)
        for choice in way:
            shown = CARDS.show(state)[-1]
            assert shown["custom"]["type"] == "oefening" and shown["custom"]["moment"] == play.split(choice)[0]
            assert shown["custom"]["opties"] and shown["buttons"] and shown["text"].strip()
            state = r.pressed(state, play.split(choice)[1], CONTENT.cases)
            back = CARDS.show(state)[-1]["custom"]
            assert (
                back["terugkoppeling"]["keuze"] and back["terugkoppeling"]["beste"] and back["terugkoppeling"]["waarom"] and back["bronnen"]
            )
            again = r.pressed(state, r.TRY_AGAIN, CONTENT.cases)
            assert play.moment_of(case, again.oefening[1:]) == play.split(choice)[0]
            state = r.pressed(state, r.GO_ON, CONTENT.cases)
        end = CARDS.show(state)[-1]["custom"]
        assert end["moment"] == play.END and len(end["weg"]) == len(way) and len(end["leerpunten"]) == 3 and end["teamvraag"]
        assert r.pressed(state, r.LEAVE, CONTENT.cases).oefening_bij is None


def test_a_case_tells_nothing_of_a_real_situation() -> None:
    """Playing leaves what is known of the real case as it was."""
    state = State().with_(signalen=frozenset({"letsel"}), gestart=True)
    for key in CASES:
        after = r.begin(state)
        for way in list(play.paths(CONTENT.cases[key]))[:3]:
            after = r.pressed(after, r.CASE + key, CONTENT.cases)
            for choice in way:
                after = r.pressed(r.pressed(after, play.split(choice)[1], CONTENT.cases), r.GO_ON, CONTENT.cases)
        assert after.situatie == state.situatie == Situation(signalen=frozenset({"letsel"}))
