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


@pytest.mark.parametrize("text", ["laat maar", "laat ook maar zitten", "vergeet het maar", "nou laat maar"])
def test_never_mind_wipes_nothing(text: str) -> None:
    state = after(TOLD, text, "stoppen", 0.97)
    assert state.situatie == TOLD.situatie and "stoppen" in state.keuze_open and state.einde is None
    assert Cards(CONTENT).choice(state)["text"].startswith(CONTENT.questions["keuze"]["tekst"]["afhaken"])


@pytest.mark.parametrize("text", ["stop", "weg", "moet dicht hij komt eraan", "wis alles", "laat maar ik ben weg"])
def test_who_says_stop_is_wiped_at_once(text: str) -> None:
    assert after(TOLD, text, "stoppen", 0.97).after_turn_off().situatie.signalen == frozenset()


def test_who_asks_whom_to_call_gets_somebody_before_all_is_answered() -> None:
    asked = after(TOLD, "wie moet ik nou bellen", "advies_vragen")
    assert "0800-2000" in replies(asked, Cards(CONTENT))[0]["text"]
    colleague = asked.with_(verdachte="collega")
    assert replies(colleague, Cards(CONTENT)) == [], "another route"
    assert replies(asked.with_(zelf="kind"), Cards(CONTENT)) == []


def test_a_child_that_is_not_understood_gets_no_words_of_professionals() -> None:
    child = State(situatie=Situation(zelf="kind"), gestart=True, verteld=True)
    first = read(child, Message("1", "grmbl", "nlu_fallback", 0.2, ranking=("melding_doen", "vraag_cultuur")), CONTENT.questions, MAPS)
    assert {option["id"] for option in Cards(CONTENT).choice(first)["custom"]["opties"]} == {"contact_zoeken", "stoppen"}
    assert "Kindertelefoon" in Cards(CONTENT).choice(first)["text"]
    second = read(first, Message("2", "grmbl", "nlu_fallback", 0.2), CONTENT.questions, MAPS)
    assert [card["custom"]["id"] for card in replies(second, Cards(CONTENT))] == ["kindertelefoon", "veilig_thuis"]


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("ze schrok heel erg toen ik m'n hand opstak", "overbelast", "standaard"),
        ("ik heb mijn dochter door elkaar geschud", "overbelast", "overbelast"),
        ("het meisje zegt dat ze niet veilig is", "kind_zelf", "standaard"),
        ("mijn vader slaat mij, ik kan niet naar huis", "kind_zelf", "kind_zelf"),
        ("de moeder is bedreigd", "slachtoffer", "standaard"),
        ("mijn man staat met een mes voor me", "slachtoffer", "slachtoffer"),
    ],
)
def test_a_professional_in_whose_words_danger_is_read_is_not_taken_for_the_one_in_need(text: str, kind: str, expected: str) -> None:
    message = Message("1", text, "acuut_gevaar", 0.9, danger=True, danger_kind=kind)
    state = read(State(situatie=Situation(rol="leerkracht")), message, CONTENT.questions, MAPS)
    assert state.nood_open and state.nood_soort == expected
    assert (state.situatie.zelf is None) == (expected == "standaard")
    unknown = read(State(), message, CONTENT.questions, MAPS)
    assert unknown.nood_soort == kind, "who is not known is taken at their word"


@pytest.mark.parametrize(
    ("text", "confidence", "zelf"),
    [
        ("ze schrok heel erg toen ik m'n hand opstak", 0.63, None),
        ("ik ben bang dat ik haar iets aandoe", 0.96, "overbelast"),
        ("ik heb mijn zoon geslagen", 0.63, "overbelast"),
    ],
)
def test_a_teacher_is_an_overburdened_parent_only_where_that_is_plain(text: str, confidence: float, zelf: str | None) -> None:
    message = Message("1", text, "zelf_overbelast", confidence, affirmed=frozenset({"bang_voor_ouder"}))
    assert read(State(situatie=Situation(rol="leerkracht")), message, CONTENT.questions, MAPS).situatie.zelf == zelf
