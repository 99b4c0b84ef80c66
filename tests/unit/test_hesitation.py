"""Who hesitates is met, not corrected; a guess throws nothing away."""

from __future__ import annotations

import pytest

from bot.cards import Cards
from bot.content import load_content
from bot.core.situation import Situation
from bot.dialogue.flow import next_step
from bot.dialogue.reading import LOSES, LOSES_SURE, Message, read
from bot.dialogue.replies import replies
from bot.dialogue.state import State

CONTENT = load_content()
MAPS = frozenset({"dordrecht"})
TOLD = State(
    situatie=Situation(signalen=frozenset({"letsel"})),
    gestart=True,
    verteld=True,
    bevestigd="ja",
    beantwoord=("bevestig_signalen",),
    open_vraag="acuut",
)


def after(state: State, text: str, intent: str, confidence: float = 0.9) -> State:
    return read(state, Message("1", text, intent, confidence, ranking=(intent,)), CONTENT.questions, MAPS)


@pytest.mark.parametrize("intent", ["weet_niet", "ontkennen", "nlu_fallback"])
@pytest.mark.parametrize(
    "text",
    [
        "tja ik twijfel nog",
        "pff, best moeilijk dit",
        "ik durf het amper op te schrijven",
        "misschien zie ik spoken",
        "weet niet of dit hier hoort",
    ],
)
def test_who_hesitates_at_the_start_is_invited_to_tell(text: str, intent: str) -> None:
    state = after(State(), text, intent)
    assert state.afslag == "zorg_delen" and next_step(state) == "toelichting"
    assert "gevoel is genoeg" in replies(state, Cards(CONTENT))[-1]["text"]


@pytest.mark.parametrize("text", ["tja ik twijfel nog", "pff, best moeilijk dit"])
def test_later_the_same_words_are_an_answer(text: str) -> None:
    state = after(TOLD, text, "weet_niet")
    assert state.situatie.acuut == "weet_niet"


def test_the_first_time_that_nothing_is_understood_asks_nobody_to_be_clear() -> None:
    texts = CONTENT.questions["keuze"]["tekst"]
    first, later = after(State(), "grmbl", "nlu_fallback", 0.2), after(TOLD, "grmbl", "nlu_fallback", 0.2)
    assert next_step(first) == next_step(later) == "keuze"
    assert Cards(CONTENT).choice(first)["text"].startswith(texts["eerste"])
    assert Cards(CONTENT).choice(later)["text"].startswith(texts["in_gesprek"])
    again = after(first.with_(gelezen=None), "grmbl", "nlu_fallback", 0.2)
    assert Cards(CONTENT).choice(again)["text"].startswith(texts["tweede"])


@pytest.mark.parametrize("intent", sorted(LOSES))
def test_what_takes_away_is_offered_where_it_is_a_guess_and_done_where_it_is_not(intent: str) -> None:
    guess = after(TOLD, "wacht ik moet zo lesgeven", intent, LOSES_SURE - 0.01)
    assert guess.situatie == TOLD.situatie and guess.keuze_open[1] == intent
    card = Cards(CONTENT).choice(guess)
    assert {"id": intent, "titel": CONTENT.questions["keuze"]["titels"][intent], "payload": f"/{intent}"} in card["custom"]["opties"]
    assert after(TOLD, "wacht ik moet zo lesgeven", intent, LOSES_SURE).keuze_open == ()
