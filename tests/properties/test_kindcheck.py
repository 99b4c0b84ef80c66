"""The kindcheck enumerated: every answer to every question, for every role, gives the row of the table of feiten §3, and never a milder one.

The table is written here once more, in words of the field, so that core, conversation and page are held against something that is not the code.
"""

from __future__ import annotations

from itertools import product

import pytest

from bot.cards import Cards
from bot.content import load_content
from bot.core import signs
from bot.core.kindcheck import OUTCOMES, outcome
from bot.core.route import advise
from bot.core.situation import JA_NEE_WN, ROLES, Situation
from bot.dialogue.flow import next_step
from bot.dialogue.reading import KINDCHECK_ENTRY, Message, answer, read
from bot.dialogue.state import State

CONTENT = load_content()
CARDS = Cards(CONTENT)
MAPS = frozenset(CONTENT.maps)
ASKED = ("kinderen", "zwanger", "kinderen_veilig", "steun")
PROFESSIONALS = tuple(rol for rol in ROLES if rol != "geen_beroep")
#: what an adult patient or client may have, and nothing
TROUBLES = (
    frozenset(),
    frozenset({"ouder_verslaving"}),
    frozenset({"ouder_psychisch"}),
    frozenset({"ouder_lvb", "huisvesting"}),
)
SERIOUS = {"rustig": 0, "deze_week": 1, "vandaag": 2, "nu": 3}


def expected(kinderen: str, zwanger: str, veilig: str, steun: str) -> str:
    """The row of §3: danger, a worry (or not clear), safe with support, or nobody to be worried about."""
    if veilig == "nee":
        return "gevaar"
    if kinderen == "nee" and zwanger == "nee":
        return "niemand"
    if (kinderen, zwanger, veilig, steun) == ("ja", "nee", "ja", "ja"):
        return "veilig"
    return "zorg"


def case(rol: str, trouble: frozenset[str], answers: tuple[str, ...]) -> Situation:
    return Situation(rol=rol, kindcheck=True, signalen=trouble, **dict(zip(ASKED, answers, strict=True)))


@pytest.mark.parametrize("rol", PROFESSIONALS)
def test_every_outcome_is_that_of_the_table(rol: str) -> None:
    for trouble, answers in product(TROUBLES, product(JA_NEE_WN, repeat=4)):
        s = case(rol, trouble, answers)
        kinderen, zwanger, veilig, steun = answers
        row, advice = expected(kinderen, zwanger, veilig, steun), advise(s)
        found = outcome(s)
        assert found in OUTCOMES
        assert ("zorg" if found == "onbekend" else found) == row, answers
        if row == "gevaar":
            assert (advice.contact, advice.urgentie, advice.melding_norm) == ("nood_112", "nu", True)
            assert advice.daarna[0].contact == "veilig_thuis"
        elif row == "zorg":
            assert advice.urgentie == "vandaag"
            first = "veilig_thuis" if rol == "huisarts" else advice.contact
            assert advice.contact == first
            assert "veilig_thuis" in (advice.contact, *(step.contact for step in advice.daarna))
            assert (advice.stap or 0) >= 2
        else:
            assert (advice.contact, advice.urgentie, advice.stap) == ("collega", "rustig", 1)


@pytest.mark.parametrize("rol", PROFESSIONALS)
def test_not_knowing_is_never_milder_than_a_reassuring_answer(rol: str) -> None:
    """For each question: "don't know" and not asked are at least as serious as the calm answer."""
    calm = {"kinderen": ("nee", "ja"), "zwanger": ("nee",), "kinderen_veilig": ("ja",), "steun": ("ja",)}
    for trouble, answers in product(TROUBLES, product(JA_NEE_WN, repeat=4)):
        given = dict(zip(ASKED, answers, strict=True))
        for question, reassuring in calm.items():
            for option in reassuring:
                known = Situation(rol=rol, kindcheck=True, signalen=trouble, **{**given, question: option})
                for unknown in ("weet_niet", None):
                    unsure = known.with_(**{question: unknown})
                    assert SERIOUS[advise(unsure).urgentie] >= SERIOUS[advise(known).urgentie], (given, question, unknown)


@pytest.mark.parametrize("rol", PROFESSIONALS)
def test_a_sign_on_the_child_itself_is_never_settled_by_the_answers_of_the_adult(rol: str) -> None:
    for sign, answers in product(sorted(signs.KIND_GEDAAN), product(JA_NEE_WN, repeat=4)):
        advice = advise(case(rol, frozenset({"ouder_verslaving", sign}), answers))
        assert SERIOUS[advice.urgentie] >= SERIOUS["vandaag"], (sign, answers)


def test_a_suicidal_patient_is_seen_today_also_without_children() -> None:
    advice = advise(case("huisarts", frozenset({"suicidale_uiting"}), ("nee", "nee", "ja", "ja")))
    assert (advice.contact, advice.urgentie) == ("ggz", "vandaag")


# -- the conversation -----------------------------------------------------------------------------------------------------------


def begun(rol: str | None, text: str = "Ik wil de kindcheck doen", intent: str = "vraag_kindcheck_uitleg") -> State:
    """What the page /kindcheck begins with."""
    metadata = {"herkomst": KINDCHECK_ENTRY, **({"rol": rol} if rol else {})}
    return read(State(), Message("1", text, intent, 0.4, metadata=metadata), CONTENT.questions, MAPS).with_(afslag=None)


@pytest.mark.parametrize("rol", [*PROFESSIONALS, None])
def test_the_conversation_asks_at_most_five_questions_and_ends_at_the_row(rol: str | None) -> None:
    for answers in product(JA_NEE_WN, repeat=4):
        if answers[0] == "nee" and answers[2:] != ("ja", "ja"):
            continue  # no children: nothing to ask about them
        given = {**dict(zip(ASKED, answers, strict=True)), "rol": "ander_beroep", "acuut": "nee"}
        state, asked = begun(rol), []
        while (question := next_step(state)) is not None:
            if question == "bellen":
                break
            asked.append(question)
            assert question in given, f"{question} is no question of the kindcheck"
            state = answer(state.with_(open_vraag=question), question, given[question]).with_(afslag=None, open_vraag=None)
        assert len(asked) <= 5 and len(set(asked)) == len(asked)
        # a question that was not asked could not change the outcome: filling it in gives the same row
        full = expected(*answers)
        found = outcome(state.situatie)
        found = "zorg" if found == "onbekend" else found
        assert found == full or (found == "zorg" and full == "gevaar" and "kinderen_veilig" not in asked), (answers, asked)
        if full == "gevaar" and "kinderen_veilig" in asked:
            assert state.nood_open


def test_the_first_question_is_about_the_children_and_can_be_put_to_the_client() -> None:
    state = begun("huisarts")
    assert next_step(state) == "kinderen"
    for question in ASKED:
        card = CARDS.question(state, question)
        assert CONTENT.questions[question]["zeg"] in card["text"]


def test_a_first_message_of_danger_or_a_question_is_heard_on_this_page_too() -> None:
    danger = read(
        State(),
        Message("1", "hij staat hier met een mes", "acuut_gevaar", 0.9, danger=True, metadata={"herkomst": KINDCHECK_ENTRY}),
        CONTENT.questions,
        MAPS,
    )
    assert danger.afslag == "nood"
    asked = read(
        State(), Message("1", "mag ik dit delen?", "vraag_delen_info", 0.9, metadata={"herkomst": KINDCHECK_ENTRY}), CONTENT.questions, MAPS
    )
    assert asked.afslag == "vraag_delen_info" and asked.situatie.kindcheck


def test_what_was_read_is_shown_but_takes_no_turn() -> None:
    state = read(
        State(),
        Message(
            "1",
            "hij drinkt",
            "zorg_delen",
            0.9,
            affirmed=frozenset({"ouder_verslaving"}),
            metadata={"herkomst": KINDCHECK_ENTRY, "rol": "wijkteam"},
        ),
        CONTENT.questions,
        MAPS,
    ).with_(afslag=None)
    assert next_step(state) == "kinderen"


# -- the page -------------------------------------------------------------------------------------------------------------------


def test_the_page_tells_the_rows_of_the_core_most_serious_first() -> None:
    rows = [row["id"] for row in CONTENT.kindcheck["uitkomsten"]]
    assert rows == [row for row in OUTCOMES if row != "onbekend"]


def test_the_page_gives_the_wording_of_every_question_that_is_asked() -> None:
    told = {row["hoort_bij"]: row["zeg"] for row in CONTENT.kindcheck["vragen"] if row.get("hoort_bij")}
    assert told == {question: CONTENT.questions[question]["zeg"] for question in ASKED}
