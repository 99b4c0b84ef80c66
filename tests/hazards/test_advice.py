"""Hazards of the advice and its words. What is expected stands here as it stands in the facts sheet, not as the code defines it: a test that asks
the code what is unsafe does not notice when the code forgets it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.cards import Cards
from bot.content import load_content
from bot.content.load import read_yaml
from bot.core import kindcheck
from bot.core.questions import next_question
from bot.core.route import acute, advise
from bot.core.situation import OPTIONS, ROLES, Situation
from bot.dialogue.replies import replies
from bot.dialogue.state import State
from tests.situations import careful, situations, urgency

CONTENT = load_content()
CARDS = Cards(CONTENT)
MANY = settings(max_examples=400, deadline=None)
#: §8.4: with one of these a talk with the parents may endanger somebody, until it is known that it does not
TALK_MAY_HARM = ("partnergeweld", "getuige_geweld", "bang_voor_ouder", "niet_naar_huis", "onthulling", "ouder_psychisch", "slaan")
#: §2.2, §8.4, §10: parents never come first, whatever was answered
NEVER_PARENTS_FIRST = ("uithuwelijking", "eergeweld", "genitale_verminking", "seksueel_misbruik")
HONOUR = NEVER_PARENTS_FIRST[:3]
INJURY = ("letsel", "brandwond")
#: §10 L6, L15, §6.4: somebody today, also where nothing else presses
CANNOT_WAIT = ("suicidale_uiting", "zelfbeschadiging", "online_misbruik", "alleen_gelaten", "weglopen", "letsel", "brandwond", "slaan")
#: §3: what was done to a child is not settled by what an adult answers
DONE_TO_A_CHILD = (
    "letsel", "brandwond", "letsel_baby", "slaan", "kleineren", "bang_voor_ouder", "niet_naar_huis", "onthulling", "medische_zorg_ontbreekt",
    "seksueel_misbruik", "uithuwelijking", "eergeweld", "genitale_verminking",
)  # fmt: skip
#: who is there day and night, and which routes lead to somebody else than Veilig Thuis (§12.1, §2.4)
DAY_AND_NIGHT = "0800-2000"
INSIDE = ("aandachtsfunctionaris", "intern_begeleider", "zorgcoordinator")
ANOTHER_LINE = ("suicide_zelf", "suicide_zelf_nu", "gevoelens", "houder")


def card(s: Situation, gemeente: str | None = None) -> dict[str, object]:
    """The route card of a situation."""
    return CARDS.route(State(situatie=s, gemeente=gemeente, gestart=True), advise(s))


# -- who, and when --------------------------------------------------------------------------------------------------------------------


def calm() -> Iterator[Situation]:
    """Situations in which every answer about safety reassures, for every role and every step: what is asked for today then comes from elsewhere."""
    for rol, voortgang, checks in product(ROLES, [*OPTIONS["voortgang"], None], (False, True)):
        yield Situation(
            rol=rol, voortgang=voortgang, kindcheck=checks, concreet=True, acuut="nee", structureel="nee", onthulling="nee", eerder_gemeld="nee",
            gesprek_onveilig="nee", jeugdbeschermer="nee", kinderen="ja", kinderen_veilig="ja", zwanger="nee", steun="ja", vermoeden="ja",
            hulp_mogelijk="ja", hulp_aanvaard="ja", hulp_werkt="ja", verdachte="ouder",
        )  # fmt: skip


def test_an_injury_of_a_baby_is_never_left_for_later() -> None:
    """§10 L3: the same day, also with a good story and a small mark."""
    for s in calm():
        for baby in (s.with_(signalen=frozenset({"letsel_baby"})), *(s.with_(signalen=frozenset({i}), leeftijd="0-1") for i in INJURY)):
            assert advise(baby).urgentie in ("nu", "vandaag"), baby


@pytest.mark.parametrize("sign", CANNOT_WAIT)
def test_a_sign_that_cannot_wait_is_not_left_for_later(sign: str) -> None:
    """§10: until the parents were spoken, somebody hears it today, however calm everything else sounds."""
    for s in calm():
        if s.voortgang in (None, "niets", "vastgelegd", "overlegd"):
            assert advise(s.with_(signalen=frozenset({sign}))).urgentie in ("nu", "vandaag"), s


@pytest.mark.parametrize("answer", ["weet_niet", None])
@pytest.mark.parametrize("question", ["acuut", "structureel"])
def test_not_knowing_about_safety_is_a_call_today(question: str, answer: str | None) -> None:
    """R4: doubt is treated as yes, the same day, in every sector. Not asked is not known."""
    for s in calm():
        if s.kindcheck or s.rol == "geen_beroep":
            continue  # the kindcheck asks for the safety of the children instead; who is no professional has no norm
        advice = advise(s.with_(**{question: answer}))
        assert advice.urgentie in ("nu", "vandaag"), s
        assert "veilig_thuis" in (advice.contact, *(n.contact for n in advice.daarna))
        assert advice.melding_norm is not False, "at least decided in the call"


@pytest.mark.parametrize("sign", DONE_TO_A_CHILD)
def test_the_kindcheck_never_says_that_all_is_well_where_something_was_done_to_a_child(sign: str) -> None:
    for kinderen, zwanger in (("ja", "nee"), ("nee", "nee")):
        for rol in ("huisarts", "wijkteam", "ander_beroep", "jgz"):
            answers: dict[str, Any] = {"kinderen": kinderen, "zwanger": zwanger, "kinderen_veilig": "ja", "steun": "ja"}
            s = Situation(rol=rol, kindcheck=True, signalen=frozenset({"ouder_verslaving", sign}), **answers)
            assert kindcheck.outcome(s) not in ("veilig", "niemand"), (sign, kinderen)


@pytest.mark.parametrize("sign", HONOUR)
def test_honour_and_forced_marriage_go_to_veilig_thuis_before_anybody_at_home(sign: str) -> None:
    """§2.2, §10 L9: straight to Veilig Thuis, in every step and however calm everything else sounds."""
    for s in calm():
        if s.professional:
            advice = advise(s.with_(signalen=frozenset({sign})))
            assert (advice.contact, advice.urgentie, advice.melding_norm) == ("veilig_thuis", "vandaag", True), s
            assert advice.ouders_later and "ouders" not in [n.contact for n in advice.daarna]


@MANY
@given(situations(professional=True), st.sampled_from([*TALK_MAY_HARM, *NEVER_PARENTS_FIRST]))
def test_where_a_talk_at_home_may_harm_nothing_leads_to_the_parents(s: Situation, sign: str) -> None:
    s = s.with_(signalen=s.signalen | {sign})
    if sign in TALK_MAY_HARM:
        s = s.with_(gesprek_onveilig=None if s.gesprek_onveilig == "nee" else s.gesprek_onveilig)
    state = State(situatie=s, gestart=True)
    made = CARDS.route(state, advise(s))
    assert "ouders" not in (made["custom"]["contact"], *(row["contact"] for row in made["custom"]["daarna"]))
    assert "/gesprek_ouders" not in [b["payload"] for b in made["buttons"]]
    asked = replies(state.with_(afslag="gesprek_ouders"), CARDS)
    assert [c["custom"]["type"] for c in asked] == ["antwoord"], "who asks for that talk hears why not yet, and gets no opening sentence"


@MANY
@given(situations())
def test_the_emergency_number_and_somebody_for_day_and_night_stand_on_every_route_card(s: Situation) -> None:
    made = card(s)
    whole = json.dumps(made["custom"], ensure_ascii=False)
    assert "112" in str(made["text"]) and '"112"' in whole
    if advise(s).regel not in ANOTHER_LINE:
        assert DAY_AND_NIGHT in whole, "whoever is named may be out, also at night"


@MANY
@given(situations())
def test_a_bystander_who_asks_for_the_kindcheck_is_asked_and_advised_as_any_other(s: Situation) -> None:
    """The kindcheck is for who works with adults. For somebody else it may not take away a question or make the advice milder."""
    other = s.with_(rol="geen_beroep", zelf=None, kindcheck=False, kinderen_veilig=None)
    checking = other.with_(kindcheck=True)
    assert urgency(advise(checking).urgentie) >= urgency(advise(other).urgentie)
    assert careful(advise(checking).melding_norm) >= careful(advise(other).melding_norm)
    if next_question(other) == "acuut":
        assert next_question(checking) == "acuut"


@MANY
@given(situations(professional=True))
def test_whether_somebody_is_safe_now_is_the_first_thing_that_is_asked(s: Situation) -> None:
    s = s.with_(acuut=None, gevaar=False, kinderen_veilig=None)
    assume(not acute(s))
    first = "kinderen" if s.kindcheck and s.kinderen is None else "kinderen_veilig" if s.kindcheck and s.kinderen != "nee" else "acuut"
    asked: list[str | None] = [next_question(s)]
    if asked == ["rol"]:
        asked.append(next_question(s.with_(rol="leerkracht"), 1))
    assert first in asked or (asked[-1] is None and advise(s).urgentie in ("vandaag", "nu")), asked


# -- the emergency card ----------------------------------------------------------------------------------------------------------------

KINDS = [None, *(k for k in CONTENT.emergency["tekst"])]


@pytest.mark.parametrize("rol", [*ROLES, None])
@pytest.mark.parametrize("kind", KINDS)
def test_the_emergency_card_begins_with_112(kind: str | None, rol: str | None) -> None:
    for zelf in (None, "kind", "slachtoffer", "overbelast", "suicide", "gevoelens"):
        made = CARDS.emergency(State(situatie=Situation(rol=rol, zelf=zelf), nood_soort=kind))
        contacts = made["custom"]["contacten"]
        assert [c["id"] for c in contacts][:2] == ["nood_112", "veilig_thuis"]
        assert next(w["waarde"] for w in contacts[0]["bereik"]) == "112"
        assert "112" in made["custom"]["eerst"], "before anything else there is to read"
        assert made["custom"]["eerst"] in made["text"]


@pytest.mark.parametrize("rol", [*ROLES, None])
@pytest.mark.parametrize("kind", KINDS)
def test_there_are_words_for_the_phone_in_every_emergency(kind: str | None, rol: str | None) -> None:
    said = CARDS.emergency_words(State(situatie=Situation(rol=rol), nood_soort=kind))
    assert said and "{" not in said


# -- words -----------------------------------------------------------------------------------------------------------------------------


@MANY
@given(situations(professional=True))
def test_where_reporting_is_the_norm_the_card_says_so_and_takes_nothing_back(s: Situation) -> None:
    advice, made = advise(s), card(s)
    said = str(made["text"]).lower()
    if advice.melding_norm is True and s.verdachte not in ("collega", "houder"):
        assert "is hier de norm van" in said
        assert "alleen advies vragen is dan niet genoeg" in said
    talking_out = read_yaml(CONTENT.folder / "huisstijl.yml")["melden_wegpraten"]["woorden"]
    assert not [words for words in talking_out if words in said]


@MANY
@given(situations())
def test_every_route_card_says_that_nothing_was_reported(s: Situation) -> None:
    made = card(s)
    assert "Routekaart meldt ni" in str(made["text"]) or "Routekaart meldt nooit" in str(made["text"])


@MANY
@given(
    situations(professional=True), st.sampled_from(["leerkracht", "intern_begeleider", "wijkteam", "kinderopvang", "jgz", "ander_beroep"])
)
def test_who_finds_nobody_in_the_own_house_is_told_to_call(s: Situation, rol: str) -> None:
    """R7: one person never carries it alone, and consultation (the first two steps) never puts off a call."""
    s = s.with_(
        rol=rol,
        gevaar=False,
        signalen=s.signalen - {"geweld_nu", "wapen"},
        acuut="nee",
        structureel="nee",
        kinderen_veilig=None,
        kindcheck=False,
        voortgang=s.voortgang if s.voortgang in ("niets", "vastgelegd") else None,
        vermoeden=None,
    )
    if advise(s).contact in INSIDE and s.verdachte not in ("collega", "houder"):
        assert DAY_AND_NIGHT in str(card(s)["text"]), "also where the card is copied as text"


def test_the_contacts_inside_the_own_house_are_met() -> None:
    """What the test above is about happens: else it would say nothing."""
    met = {advise(Situation(rol=rol, acuut="nee", school_soort=school)).contact for rol in ROLES for school in ("po", "vo", None)}
    assert met >= set(INSIDE)


# -- who is in need ----------------------------------------------------------------------------------------------------------------------

#: an answer that is meant for everybody whose language is not read
LANGUAGES = ("English", "Deutsch", "Türkçe", "Polski", "العربية", "Українська", "Papiamentu")


@pytest.mark.parametrize("rol", [*ROLES, None])
def test_who_writes_in_another_language_gets_the_numbers_in_it(rol: str | None) -> None:
    (made,) = replies(State(situatie=Situation(rol=rol), afslag="andere_taal"), CARDS)
    lines = {line.partition(":")[0]: line for line in str(made["text"]).split("\n")}
    for language in LANGUAGES:
        line = lines.get(language) or next(line for line in lines.values() if language in line)
        assert "112" in line and DAY_AND_NIGHT in line, language


#: §12.1: the words for who is in need take the blame away, or at least are glad that it was said
IN_NEED = ("kind_direct", "slachtoffer_direct", "overbelast_direct", "suicide_zelf", "gevoelens_direct")


@pytest.mark.parametrize("rol", [*ROLES, None])
@pytest.mark.parametrize("key", IN_NEED)
def test_who_is_in_need_is_met_warmly_before_anything_else_and_gets_112(key: str, rol: str | None) -> None:
    said = CONTENT.say(key, rol)
    assert said.startswith("Goed dat "), "first that it is good that they say it"
    assert "112" in said
