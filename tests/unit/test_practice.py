"""Who works in a doctor's practice without being a doctor, and doctors on duty: recognised, and sent to the right person (§0 R7, §2.4, §10 L3)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards import Cards
from bot.content import load_content
from bot.core.route import URGENCIES, acute, advise, seen
from bot.core.situation import IN_PRACTICE, ON_DUTY, Situation
from bot.dialogue.flow import next_step
from bot.dialogue.lookup import lookup
from bot.dialogue.reading import Message, answer, read
from bot.dialogue.replies import replies
from bot.dialogue.state import State
from tests.situations import careful, situations

CONTENT = load_content()
CARDS = Cards(CONTENT)
MAPS = frozenset(CONTENT.maps)
LECK = "0900-44 45 444"


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("ik ben poh-ggz, client drinkt", "poh"),
        ("Ik ben praktijkondersteuner", "poh"),
        ("POH hier, ik zag vandaag een moeder", "poh"),
        ("Ik ben doktersassistente, baby met blauwe plek", "doktersassistent"),
        ("als triagist hoor ik een huilend kind", "doktersassistent"),
        ("ik ben doktersassistente op de hap", "doktersassistent"),
        ("ik ben SEH-arts", "seh"),
        ("ik ben arts op de spoedeisende hulp", "seh"),
        ("ik heb dienst op de HAP, peuter met brandwond", "huisartsenpost"),
        ("ik ben waarnemend huisarts en zie een jongen", "waarnemer"),
        ("ik ben huisarts", None),
        ("mijn doktersassistente zag een blauwe plek", None),
        ("de poh vertelde dat moeder drinkt", None),
        ("moeder was gisteren op de hap", None),
        ("ik ben geen poh", None),
        ("", None),
    ],
)
def test_a_function_is_read_where_the_writer_speaks_of_themself(text: str, function: str | None) -> None:
    assert lookup().function(text) == function


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ik denk dat moeder de klachten verzint", True),
        ("volgens mij verzint ze zijn ziekte", True),
        ("de koorts lijkt me opgewekt door vader", True),
        ("ik denk aan falsificatie", True),
        ("hij verzint een smoes voor zijn blauwe plek", False),
        ("het kind is ziek en heeft koorts", False),
    ],
)
def test_an_illness_that_is_made_up_is_read(text: str, found: bool) -> None:
    assert lookup().falsification(text) is found


def said(state: State, text: str, **changes: object) -> State:
    values = {"id": text, "text": text, "intent": "zorg_delen", "confidence": 0.9, **changes}
    return read(state, Message(**values), CONTENT.questions, MAPS)  # type: ignore[arg-type]


@pytest.mark.parametrize("rol", ["huisarts", "leerkracht", "jgz"])
def test_at_falsification_parents_are_never_spoken_first(rol: str) -> None:
    state = said(State(situatie=Situation(rol=rol)), "Een kind met steeds klachten. Ik denk dat moeder de klachten verzint.")
    assert state.situatie.gesprek_onveilig == "ja" and state.gestart
    (card,) = replies(state, CARDS)
    assert "vertrouwensarts" in card["text"] and "0800-2000" in card["text"]
    for progress in ("niets", "vastgelegd", "overlegd"):
        advice = advise(state.situatie.with_(acuut="nee", structureel="nee", onthulling="nee", voortgang=progress))
        assert advice.ouders_later and "ouders" not in (advice.contact, *(n.contact for n in advice.daarna))


def test_danger_goes_before_a_falsification() -> None:
    state = said(State(situatie=Situation(rol="huisarts")), "Moeder verzint de klachten, het kind is nu bewusteloos.", danger=True)
    assert state.afslag == "nood"


def test_a_hospital_doctor_follows_the_doctors_order() -> None:
    state = said(
        State(situatie=Situation(rol="ander_beroep")), "Ik ben SEH-arts. Een baby met een blauwe plek.", facts={"eigen": "ziekenhuis"}
    )
    assert (state.situatie.rol, state.situatie.eigen, state.situatie.doctor) == ("huisarts", "seh", True)
    advice = advise(state.situatie.with_(signalen=frozenset({"letsel_baby"}), acuut="nee"))
    assert advice.contact == "ziekenhuis"
    assert "eigen ziekenhuis" in CARDS.route(state, advice)["text"]


@settings(max_examples=600, deadline=None)
@given(situations(professional=True), st.sampled_from(IN_PRACTICE))
def test_who_is_no_doctor_never_gets_the_line_for_doctors_and_never_a_milder_card(s: Situation, function: str) -> None:
    doctor = s.with_(rol="huisarts", eigen=None)
    helper = doctor.with_(eigen=function)
    theirs, mine = advise(doctor), advise(helper)
    assert mine.contact != "leck" and "leck" not in {n.contact for n in mine.daarna}
    assert careful(mine.melding_norm) >= careful(theirs.melding_norm)
    assert URGENCIES.index(mine.urgentie) >= URGENCIES.index(theirs.urgentie)
    card = CARDS.route(State(situatie=helper), mine)
    assert LECK not in json.dumps(card)
    if seen(helper) and helper.verdachte not in ("collega", "houder") and helper.jeugdbeschermer != "ja":
        assert mine.urgentie in ("nu", "vandaag")
    if not acute(helper) and helper.signalen & {"letsel_baby"} and helper.verdachte not in ("collega", "houder"):
        assert mine.contact == "huisarts"


@settings(max_examples=300, deadline=None)
@given(situations(professional=True), st.sampled_from(ON_DUTY))
def test_who_is_on_duty_hands_over_by_name_and_date(s: Situation, duty: str) -> None:
    s = s.with_(rol="huisarts", eigen=duty)
    advice = advise(s)
    assert CONTENT.say("overdracht_dienst") in CARDS.route(State(situatie=s), advice)["custom"]["houdt_vast"]
    plain = advise(s.with_(eigen=None))
    assert (advice.urgentie, advice.melding_norm, advice.stap) == (plain.urgentie, plain.melding_norm, plain.stap)


@pytest.mark.parametrize("function", IN_PRACTICE)
@pytest.mark.parametrize("kind", ["baby", "geweld", "medisch", "suicide", "kindcheck", "standaard"])
def test_the_emergency_card_of_who_assists_names_the_doctor_not_the_line_for_doctors(function: str, kind: str) -> None:
    s = Situation(rol="huisarts", eigen=function, gevaar=True, acuut="ja")
    card = CARDS.emergency(State(situatie=s, nood_soort=kind))
    assert LECK not in json.dumps(card)
    assert card["custom"]["contacten"][0]["id"] == "nood_112"
    if kind == "baby":
        assert "huisarts" in {c["id"] for c in card["custom"]["contacten"]}
        assert "arts erbij" in card["text"]


def test_a_doctor_keeps_the_line_for_doctors() -> None:
    s = Situation(rol="huisarts", signalen=frozenset({"letsel_baby"}), acuut="nee")
    assert "leck" in {n.contact for n in advise(s).daarna}
    assert LECK in json.dumps(CARDS.route(State(situatie=s), advise(s)))


def test_suicidal_talk_of_a_parent_asks_for_the_children_when_the_danger_is_taken_back() -> None:
    text = "Vader is depressief en wil niet meer leven. Peuter thuis."
    state = said(
        State(situatie=Situation(rol="huisarts")), text, danger=True, danger_kind="suicide", affirmed=frozenset({"ouder_psychisch"})
    )
    assert state.afslag == "nood" and advise(state.situatie).contact == "nood_112" and advise(state.situatie).melding_norm is True
    calm = answer(state.with_(afslag=None), "bellen", "geen_gevaar")
    assert "suicidale_uiting" in calm.situatie.signalen and calm.situatie.kindcheck
    assert next_step(calm.with_(afslag=None)) in ("kinderen", "kinderen_veilig")
    assert advise(calm.situatie).urgentie in ("vandaag", "nu")
