"""Hazards of the conversation: danger that is overtaken by something else, getting stuck, and what outlives a case. Without Rasa and without a model."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from bot.cards import Cards
from bot.content import load_content
from bot.content.load import read_yaml
from bot.core.situation import Situation
from bot.dialogue.flow import next_step
from bot.dialogue.reading import Message, answer, read
from bot.dialogue.rehearsing import CHOOSING, SCENE
from bot.dialogue.replies import replies
from bot.dialogue.state import START_OVER, STOP, State

CONTENT = load_content()
CARDS = Cards(CONTENT)
MAPS = frozenset(CONTENT.maps)
NUMBERS = count(1)
INTENTS = sorted(next(iter(row)) if isinstance(row, dict) else row for row in read_yaml(CONTENT.folder.parent / "domain.yml")["intents"])
TOLD = Situation(rol="leerkracht", signalen=frozenset({"letsel"}), acuut="nee")
#: where a conversation can be when danger is told
MOMENTS = {
    "begin": State(),
    "a question open": State(situatie=TOLD, gestart=True, verteld=True, bevestigd="ja", open_vraag="voortgang"),
    "asked whether it was read right": State(situatie=TOLD, gestart=True, verteld=True, open_vraag="bevestig_signalen"),
    "correcting what was read": State(situatie=TOLD, gestart=True, verteld=True, bevestigd="nee", open_vraag="toelichting"),
    "not understood twice": State(gestart=True, keuze_open=("zorg_delen", "hulp_vragen"), niet_begrepen=2, open_vraag="keuze"),
    "the emergency question open": State(situatie=TOLD, gestart=True, verteld=True, nood_open=True, open_vraag="bellen"),
    "after the card": State(situatie=TOLD, gestart=True, verteld=True, bevestigd="ja", kaart="x"),
    "danger was taken back": State(situatie=TOLD, gestart=True, verteld=True, bevestigd="ja", beantwoord=("bellen",)),
    "choosing a case to rehearse": State(oefening_bij=CHOOSING),
    "in a rehearsal": State(oefening=("C1",), oefening_bij=SCENE),
    "the user's own need": State(situatie=Situation(zelf="slachtoffer"), gestart=True, verteld=True),
}


def said(state: State, text: str, intent: str = "zorg_delen", confidence: float = 0.9, **more: object) -> State:
    """The state after a message."""
    return read(state, Message(f"g{next(NUMBERS)}", text, intent, confidence, **more), CONTENT.questions, MAPS)  # type: ignore[arg-type]


@pytest.mark.parametrize("moment", MOMENTS)
def test_danger_goes_before_whatever_else_a_message_was_read_as(moment: str) -> None:
    for intent in INTENTS:
        after = said(MOMENTS[moment], "hij slaat haar nu en de deur zit op slot", intent, 0.99, danger=True)
        first = replies(after, CARDS)[0]
        assert first["custom"]["type"] == "nood", intent
        assert next_step(after) == "bellen", intent


def test_the_emergency_question_stays_open_until_it_is_answered() -> None:
    state = said(State(), "hij slaat haar nu", "acuut_gevaar", danger=True).after_turn_off()
    for text, intent in (("kan dat anoniem?", "vraag_anoniem"), ("wat doet veilig thuis", "taak_organisatie"), ("qwzx", "nlu_fallback")):
        state = said(state, text, intent).after_turn_off()
        assert state.situatie.gevaar and state.situatie.acuut == "ja", text
        assert next_step(state) == "bellen", text


def test_an_answer_that_was_given_is_not_overwritten_by_what_is_read_between_the_lines() -> None:
    state = answer(State(situatie=TOLD, gestart=True, verteld=True), "acuut", "weet_niet")
    after = said(state, "er is geen gevaar volgens mij, hij heeft honger", facts={"acuut": "nee"}, affirmed=frozenset({"honger"}))
    assert after.situatie.acuut == "weet_niet"
    assert "honger" in after.situatie.signalen


def test_whether_it_goes_on_is_never_taken_from_the_text_alone() -> None:
    state = said(State().with_(rol="leerkracht"), "dit was een keer", affirmed=frozenset({"letsel"}), facts={"structureel": "nee"})
    assert state.situatie.structureel is None, "it decides between a colleague and a report: always asked"


def test_the_second_time_in_a_row_that_nothing_was_understood_a_human_is_offered() -> None:
    once = said(State(), "qwzx brrr", "nlu_fallback", 0.1)
    twice = said(once.after_turn_off(), "plomp xq", "nlu_fallback", 0.1)
    (card,) = replies(twice, CARDS)
    assert card["custom"]["type"] == "contact" and card["custom"]["id"] == "veilig_thuis"
    assert "0800-2000" in card["text"]


def full() -> State:
    """A conversation in which everything is known."""
    s = Situation(
        rol="huisarts", eigen="poh", signalen=frozenset({"letsel", "slaan"}), gevaar=True, acuut="ja", structureel="ja", onthulling="ja", verdachte="ouder",
        leeftijd="4-12", voortgang="gewogen", gesprek_onveilig="ja", kindcheck=True, kinderen="ja", kinderen_veilig="nee", concreet=True,
    )  # fmt: skip
    return State(
        situatie=s, gemeente="dordrecht", herkomst="widget", gestart=True, verteld=True, ontkend=("honger",), terzijde=("vuil_huis",), getoond=("letsel",),
        bevestigd="ja", nood_open=True, nood_soort="geweld", beantwoord=("acuut",), gevraagd=3, kaart="kaart", oefening=("C1",), oefening_bij=SCENE,
    )  # fmt: skip


@pytest.mark.parametrize("ending", [START_OVER, STOP])
def test_nothing_of_one_child_comes_along_to_the_next(ending: str) -> None:
    after = full().with_(afslag=ending).after_turn_off()
    kept = {name: value for name, value in after.slots().items() if value not in (None, [], False, 0)}
    assert set(kept) <= {"rol", "eigen", "gemeente", "herkomst", "gestart", "einde"}, kept


def _every_sign() -> Iterator[str]:
    yield from CONTENT.signs


def test_a_sign_that_was_taken_away_can_be_told_again() -> None:
    for sign in _every_sign():
        state = State(situatie=Situation(rol="leerkracht", signalen=frozenset({sign})), gestart=True, verteld=True)
        gone = said(state, "", "antwoord", 1.0, button={"signaal_weg": sign})
        assert sign not in gone.situatie.signalen
        assert sign in said(gone, "toch wel", affirmed=frozenset({sign})).situatie.signalen, "one wrong tap does not silence it"


def test_the_words_for_who_is_in_need_come_with_a_number_in_the_first_reply() -> None:
    for intent, number in (
        ("zelf_kind", "0800-0432"),
        ("zelf_slachtoffer", "0800-2000"),
        ("zelf_overbelast", "0800-2000"),
        ("suicide_uiting", "113"),
    ):
        state = said(State(), "ik durf niet naar huis", intent)
        words = " ".join(card["text"] for card in replies(state, CARDS))
        assert "112" in words and number in words, intent
