"""A rehearsal in the conversation: own words, danger, what is real, questions in between, and leaving."""

from __future__ import annotations

from itertools import count

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.cards import Cards
from bot.content import load_content
from bot.dialogue import rehearsing as r
from bot.dialogue.flow import card_due, next_step
from bot.dialogue.reading import Message, read
from bot.dialogue.replies import replies
from bot.dialogue.state import State
from bot.rehearsal import own_words

CONTENT = load_content()
CARDS = Cards(CONTENT)
MAPS = frozenset(CONTENT.maps)
NUMBERS = count(1)


class Played:
    """A conversation without Rasa: says, presses, and keeps the last messages."""

    def __init__(self, state: State | None = None) -> None:
        self.state = state or State()
        self.said: list[dict[str, object]] = []

    def _read(self, message: Message) -> Played:
        self.state = read(self.state, message, CONTENT.questions, MAPS)
        self.said = replies(self.state, CARDS)
        self.state = self.state.after_turn_off()
        return self

    def says(
        self, text: str, intent: str = "zorg_delen", confidence: float = 0.4, danger: bool = False, signs: tuple[str, ...] = ()
    ) -> Played:
        return self._read(Message(f"m{next(NUMBERS)}", text, intent, confidence, danger=danger, affirmed=frozenset(signs)))

    def presses(self, **button: str) -> Played:
        return self._read(Message(f"m{next(NUMBERS)}", "", "antwoord", 1.0, button=button))

    @property
    def card(self) -> dict[str, object]:
        return dict(self.said[-1].get("custom") or {})  # type: ignore[call-overload]


@pytest.fixture
def case() -> Played:
    """At the first moment of C1."""
    return Played().says("ik wil oefenen", "oefenen", 0.9).presses(oefening="casus:C1")


def test_own_words_are_checked_before_anything_is_said_of_them(case: Played) -> None:
    case.says("ik zet het op papier en ga even langs de ib er")
    assert case.card["bedoeld"] == ["c"] and "terugkoppeling" not in case.card
    assert (
        case.says("ja", "bevestigen", 0.9).card["terugkoppeling"]["keuze"] == CONTENT.cases["C1"]["momenten"]["M1"]["opties"]["c"]["titel"]
    )  # type: ignore[index]


def test_a_guess_that_is_refused_gives_the_choice_again(case: Played) -> None:
    case.says("ik zet het op papier en ga even langs de ib er").says("nee", "ontkennen", 0.9)
    assert case.card["moment"] == "M1" and case.state.oefening == ("C1",)


def test_an_unforeseen_answer_is_not_called_wrong(case: Played) -> None:
    case.says("xqzt brrr plomp", "nlu_fallback", 0.1)
    assert case.said[0]["text"] == CONTENT.say("oefening_onvoorzien")
    assert case.card["moment"] == "M1"


def test_a_letter_or_number_is_a_choice(case: Played) -> None:
    assert "terugkoppeling" in case.says("2").card
    assert case.state.oefening == ("C1", "M1.b")


def test_danger_comes_first_and_belongs_to_the_case_only_when_the_user_says_so(case: Played) -> None:
    case.says("hij staat hier met een mes", "acuut_gevaar", 0.9, danger=True)
    assert case.said[0]["custom"]["type"] == "nood" and next_step(case.state) == "bellen"  # type: ignore[index]
    assert not case.state.situatie.gevaar
    options = [option["id"] for option in CARDS.question(case.state, "bellen")["custom"]["opties"]]
    assert "oefening" in options
    back = case.presses(bellen="oefening")
    assert back.card["type"] == "oefening" and back.state.oefening == ("C1",) and not back.state.situatie.gevaar


@pytest.mark.parametrize("option", ["ja", "hulp"])
def test_danger_that_is_not_of_the_case_ends_the_rehearsal(case: Played, option: str) -> None:
    case.says("hij staat hier met een mes", "acuut_gevaar", 0.9, danger=True).presses(bellen=option)
    assert not r.rehearsing(case.state) and case.state.situatie.acuut == "ja" and case.state.situatie.gevaar
    assert card_due(case.state) or next_step(case.state)


def test_danger_that_is_said_to_be_real_stays_danger(case: Played) -> None:
    case.says("hij staat hier met een mes", "acuut_gevaar", 0.9, danger=True).says("dit is echt", "nlu_fallback", 0.1)
    assert not r.rehearsing(case.state) and case.state.situatie.gevaar and case.state.situatie.acuut == "ja"
    assert next_step(case.state) == "bellen"


def test_until_that_is_answered_nothing_is_taken_in_as_a_real_case(case: Played) -> None:
    case.says("hij staat hier met een mes", "acuut_gevaar", 0.9, danger=True)
    case.says("ze heeft overal blauwe plekken", "zorg_delen", 0.9, signs=("letsel",))
    assert next_step(case.state) == "bellen" and not case.state.situatie.signalen and r.rehearsing(case.state)
    again = case.says("en nu slaat hij haar", "acuut_gevaar", 0.9, danger=True)
    assert again.said[0]["custom"]["type"] == "nood" and not again.state.situatie.gevaar  # type: ignore[index]
    assert not case.presses(bellen="oefening").state.situatie.gevaar


@pytest.mark.parametrize("text", ["het is echt lastig om te kiezen", "dit is echt een dilemma", "ik zou nu echt eerst overleggen"])
def test_the_word_echt_alone_ends_no_rehearsal(case: Played, text: str) -> None:
    assert r.rehearsing(case.says(text).state)


def test_what_was_typed_is_kept_in_no_cache() -> None:
    before = own_words._prepared.cache_info().currsize
    own_words.guess("mijn heel eigen verhaal over een gezin", OPTIONS, blind)
    ways = sum(1 + len(row["zo_gezegd"]) for row in OPTIONS.values())
    assert own_words._prepared.cache_info().currsize <= before + ways


def test_outside_a_rehearsal_the_emergency_question_knows_no_rehearsal() -> None:
    state = Played().says("hij staat hier met een mes", "acuut_gevaar", 0.9, danger=True).state
    assert "oefening" not in [option["id"] for option in CARDS.question(state, "bellen")["custom"]["opties"]]


@pytest.mark.parametrize("text", ["dit is echt", "het is geen oefening", "Dit is echt gebeurd!", "nu even serieus"])
def test_what_is_real_ends_the_rehearsal_at_once(case: Played, text: str) -> None:
    case.says(text, "nlu_fallback", 0.1)
    assert not r.rehearsing(case.state) and case.state.gestart
    assert case.said[0]["text"] == CONTENT.say("oefening_echt_verder")
    assert next_step(case.state) == "acuut" or next_step(case.state) == "toelichting"


def test_a_real_worry_told_with_it_is_taken_in(case: Played) -> None:
    case.says("dit is echt, een meisje in mijn klas heeft striemen", "zorg_delen", 0.9, signs=("letsel",))
    assert not r.rehearsing(case.state) and case.state.situatie.signalen == {"letsel"} and case.state.verteld


def test_the_button_does_the_same(case: Played) -> None:
    assert not r.rehearsing(case.presses(oefening=r.IT_IS_REAL).state)


def test_a_child_that_tells_is_heard_in_a_rehearsal_too(case: Played) -> None:
    case.says("ik ben 12 en mijn vader slaat mij", "zelf_kind", 0.9)
    assert not r.rehearsing(case.state) and case.state.situatie.zelf == "kind"
    assert [card["custom"]["id"] for card in case.said if "custom" in card][:1] == ["kindertelefoon"]  # type: ignore[index]


def test_a_question_is_answered_and_the_case_goes_on(case: Played) -> None:
    case.says("mag dat eigenlijk van de avg?", "vraag_delen_info", 0.9)
    assert case.said[0]["custom"]["type"] == "antwoord"  # type: ignore[index]
    assert case.card["type"] == "oefening" and case.card["moment"] == "M1"


def test_a_rehearsal_never_asks_or_advises_for_a_real_case(case: Played) -> None:
    assert next_step(case.state) is None and not card_due(case.state)


def test_leaving_brings_back_the_case_that_was_being_told() -> None:
    played = Played(State(gestart=True, verteld=True).with_(rol="leerkracht", signalen=frozenset({"letsel"}), bevestigd="ja"))
    open_question = next_step(played.state)
    played.says("ik wil oefenen", "oefenen", 0.9).presses(oefening="casus:C1").presses(oefening=r.LEAVE)
    assert next_step(played.state) == open_question and played.state.situatie.signalen == {"letsel"}


def test_starting_over_and_stopping_work_from_inside(case: Played) -> None:
    over = Played(case.state).says("opnieuw beginnen", "opnieuw_beginnen", 0.9)
    assert not r.rehearsing(over.state)
    assert not r.rehearsing(Played(case.state).says("stop maar", "stoppen", 0.9).state)


def test_a_theme_or_a_name_chooses_a_case() -> None:
    played = Played().says("ik wil oefenen", "oefenen", 0.9)
    assert "C1" in str(Played(played.state).says("armoede").card["opties"])
    assert Played(played.state).says("zomerkleren in december").card["casus"] == "C1"
    assert Played(played.state).says("c1").card["casus"] == "C1"


# -- own words alone ------------------------------------------------------------------------------------------------------------

OPTIONS = {
    "a": {"titel": "Ik bel vandaag Veilig Thuis", "zo_gezegd": ["veilig thuis bellen", "vandaag bellen"]},
    "b": {"titel": "Ik wacht tot morgen", "zo_gezegd": ["nog even wachten", "morgen kijk ik verder"]},
}


def blind(text: str) -> NDArray[np.float64]:
    """An encoder that knows nothing."""
    return np.zeros(4)


def all_alike(text: str) -> NDArray[np.float64]:
    """An encoder to which everything is the same."""
    return np.ones(4)


def test_a_denial_of_what_an_option_does_is_put_to_the_player_beside_the_other() -> None:
    assert own_words.guess("veilig thuis bellen", OPTIONS, all_alike)[0] == "a"
    assert set(own_words.guess("ik ga veilig thuis niet bellen", OPTIONS, all_alike)) == {"a", "b"}


def test_nothing_is_guessed_where_nothing_is_alike_and_two_where_two_are() -> None:
    assert own_words.guess("", OPTIONS, blind) == ()
    assert own_words.guess("iets heel anders", OPTIONS, blind) == ()
    same = {"a": OPTIONS["a"], "b": OPTIONS["a"]}
    assert own_words.guess("veilig thuis bellen", same, blind) == ("a", "b")


def test_two_that_are_hard_to_tell_apart_are_shown_by_their_own_titles(case: Played) -> None:
    state = case.state.with_(oefening_bij="bedoel:a+b")
    titles = [row["titel"] for key, row in CONTENT.cases["C1"]["momenten"]["M1"]["opties"].items() if key in "ab"]
    shown = replies(state.with_(afslag=r.SHOW), CARDS)[-1]
    assert [button["title"] for button in shown["buttons"]][:2] == titles and all(title in shown["text"] for title in titles)
    played = Played(state).presses(oefening="b")
    assert played.state.oefening == ("C1", "M1.b")
    assert Played(state).says("ja", "bevestigen", 0.9).state.oefening == ("C1",), "yes to two says nothing"
