"""The conversation walked exhaustively over the option ids: every question has words, every answer leads on, every path ends at a contact.

No Rasa and no text: `bot.dialogue` with buttons only. Starts are every role with each kind of story.
"""

from __future__ import annotations

from itertools import product

import pytest

from bot.cards import Cards
from bot.content import load_content
from bot.core.questions import LIMIT
from bot.core.route import advise
from bot.core.situation import OPTIONS, ROLES
from bot.dialogue.flow import card_due, next_step
from bot.dialogue.reading import Message, answer, read
from bot.dialogue.replies import replies
from bot.dialogue.state import State

CONTENT = load_content()
CARDS = Cards(CONTENT)
MAPS = frozenset(CONTENT.maps)
STORIES = {
    "vaag": {},
    "lichamelijk": {"signalen": frozenset({"letsel", "slaan"})},
    "verwaarlozing": {"signalen": frozenset({"honger", "zorgmijdend", "eerdere_zorgen"})},
    "thuis": {"signalen": frozenset({"partnergeweld", "getuige_geweld"})},
    "seksueel": {"signalen": frozenset({"seksueel_misbruik"})},
    "eer": {"signalen": frozenset({"uithuwelijking"})},
    "baby": {"signalen": frozenset({"letsel_baby"}), "leeftijd": "0-1"},
    "suicide": {"signalen": frozenset({"suicidale_uiting"})},
    "kindcheck": {"kindcheck": True, "signalen": frozenset({"ouder_verslaving"})},
    "kindcheck_geweld": {"kindcheck": True, "signalen": frozenset({"partnergeweld"})},
    "collega": {"verdachte": "collega"},
    "gevaar": {"gevaar": True, "acuut": "ja", "nood_open": True},
    **{f"zelf_{z}": {"zelf": z} for z in ("kind", "slachtoffer", "overbelast", "suicide", "gevoelens")},
}
#: the open and control questions, which do not count as deciding questions
FREE = {"bellen": ("ja", "hulp", "geen_gevaar"), "bevestig_signalen": ("ja", "nee"), "toelichting": ("niets", "verteld")}


def options(question: str) -> tuple[str, ...]:
    """The options of a question."""
    return FREE.get(question) or OPTIONS[question]


@pytest.mark.parametrize(("rol", "story"), list(product([*ROLES, None], STORIES)))
def test_every_path_ends_at_a_contact(rol: str | None, story: str) -> None:
    start = State(gestart=True, verteld=True, gemeente="dordrecht").with_(rol=rol, **STORIES[story])
    seen: set[State] = set()
    todo = [(start, 0)]
    cards = 0
    while todo:
        state, depth = todo.pop()
        if state in seen:
            continue
        seen.add(state)
        assert depth <= LIMIT + 7, "a path that does not end"
        assert state.gevraagd <= LIMIT
        question = next_step(state)
        if question is None:
            assert card_due(state)
            advice = advise(state.situatie)
            assert CONTENT.organisation(advice.contact, state.gemeente)
            assert CARDS.reach(state, advice.contact)
            cards += 1
            continue
        assert CARDS.question(state, question)["text"] or question == "bevestig_signalen"
        for option in options(question):
            after = answer(state.with_(open_vraag=question), question, option)
            assert after != state
            replies(after, CARDS)
            todo.append((after.with_(afslag=None, open_vraag=None, beantwoord=()), depth + 1))
    assert cards


@pytest.mark.parametrize("rol", ROLES)
def test_back_start_over_danger_and_a_question_work_from_every_question(rol: str) -> None:
    state = State(gestart=True, verteld=True).with_(rol=rol, signalen=frozenset({"letsel"}), bevestigd="ja")
    steps = 0
    while (question := next_step(state)) is not None:
        steps += 1
        assert steps < 20
        state = state.with_(open_vraag=question)
        danger = read(state, Message(f"d{steps}", "hij heeft een mes", "acuut_gevaar", 0.9, danger=True), CONTENT.questions, MAPS)
        assert danger.afslag == "nood" and next_step(danger) == "bellen"
        assert replies(danger, CARDS)[0]["custom"]["type"] == "nood"
        asked = read(state, Message(f"q{steps}", "kan dat anoniem?", "vraag_anoniem", 0.9), CONTENT.questions, MAPS)
        assert asked.afslag == "vraag_anoniem" and next_step(asked) == question
        fresh = state.fresh()
        assert fresh.situatie.rol == state.situatie.rol and not fresh.situatie.signalen
        if state.beantwoord:
            back = read(state, Message(f"b{steps}", "terug", "terug", 0.9), CONTENT.questions, MAPS)
            assert next_step(back) == state.beantwoord[-1]
            assert answer(back, state.beantwoord[-1], options(state.beantwoord[-1])[0]).terug_naar is None
        calm = {"acuut": "nee", "structureel": "nee", "onthulling": "nee"}.get(question, options(question)[-1])
        state = answer(state, question, calm).with_(afslag=None)
    assert card_due(state)


def test_reading_a_message_twice_changes_nothing() -> None:
    first = read(State(), Message("1", "ik maak me zorgen", "zorg_delen", 0.9, affirmed=frozenset({"letsel"})), CONTENT.questions, MAPS)
    assert read(first, Message("1", "iets anders", "acuut_gevaar", 0.9, danger=True), CONTENT.questions, MAPS) is first


def test_danger_that_is_taken_back_goes_on_with_the_route() -> None:
    state = State().with_(rol="leerkracht")
    state = read(
        state, Message("1", "ze vechten nu", "acuut_gevaar", 0.9, affirmed=frozenset({"geweld_nu"}), danger=True), CONTENT.questions, MAPS
    )
    state = answer(state, "bellen", "geen_gevaar")
    assert not state.situatie.gevaar and "geweld_nu" not in state.situatie.signalen and state.situatie.acuut == "nee"
    assert next_step(state) not in ("bellen", "acuut", None)


def test_state_survives_the_slots() -> None:
    state = State(gestart=True, ontkend=("honger",), beantwoord=("acuut",)).with_(
        rol="jgz", signalen=frozenset({"letsel", "slaan"}), gevaar=True
    )
    assert State.from_slots(state.slots()) == state
