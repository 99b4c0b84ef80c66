"""Plain words of suicide in a story are heard, whatever the story was read as (feiten §10 L6)."""

from __future__ import annotations

import pytest

from bot.cards import Cards
from bot.content import load_content
from bot.dialogue.reading import Message, read
from bot.dialogue.replies import replies
from bot.dialogue.state import State

CONTENT = load_content()
MAPS = frozenset(CONTENT.maps)


def told(text: str, intent: str = "zorg_delen", signs: tuple[str, ...] = (), denied: tuple[str, ...] = (), rol: str = "huisarts") -> State:
    message = Message("1", text, intent, 0.9, affirmed=frozenset(signs), denied=frozenset(denied), metadata={"rol": rol})
    return read(State(), message, CONTENT.questions, MAPS)


@pytest.mark.parametrize(
    "text",
    [
        "vader, depressief, zegt niet meer te willen leven, geen plan. peuter van 2 thuis",
        "mijn patiënt denkt aan zelfdoding maar heeft geen plan",
        "ze wil dood zegt ze tegen haar dochter",
        "een leerling zei dat hij niet meer wil leven",
        "suïcidale moeder met twee kinderen",
    ],
)
@pytest.mark.parametrize("intent", ["zorg_delen", "kindcheck_doen", "nlu_fallback"])
def test_the_line_for_it_comes_in_the_first_reply(text: str, intent: str) -> None:
    state = told(text, intent, ("ouder_psychisch",) if "vader" in text or "moeder" in text else ())
    assert state.afslag == "suicide_uiting" and state.situatie.zelf is None
    assert "lijn_113" in [card["custom"]["id"] for card in replies(state, Cards(CONTENT)) if "custom" in card]


@pytest.mark.parametrize(
    "text",
    ["vader is dood, het kind is verdrietig", "de hond ging dood", "ze kunnen niet meer van dit geld leven", "ik maak me dood ongerust"],
)
def test_other_words_with_death_or_life_in_them_are_none(text: str) -> None:
    assert told(text).afslag == "zorg_delen"


def test_what_is_denied_or_long_ago_is_none() -> None:
    assert told("ze wil niet dood zegt ze", denied=("suicidale_uiting",)).afslag != "suicide_uiting"


def test_a_question_about_it_stays_a_question() -> None:
    assert told("wat doe ik als iemand niet meer wil leven?", "vraag_ouderproblemen").afslag == "vraag_ouderproblemen"
