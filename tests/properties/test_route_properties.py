"""What must always hold of an advice (ontwerp §4, facts sheet R1-R12), over all situations."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import signs
from bot.core.route import OWN_FUNCTION, RULES, acute, advise, parents_unsafe
from bot.core.situation import OPTIONS, Situation
from tests.situations import SIGNS, careful, situations, urgency

MANY = settings(max_examples=1500, deadline=None)

#: what makes a situation riskier, from anything to this
RISKIER = [
    ("structureel", "ja"),
    ("onthulling", "ja"),
    ("acuut", "ja"),
    ("hulp_aanvaard", "nee"),
    ("hulp_werkt", "nee"),
    ("hulp_mogelijk", "nee"),
    ("eerder_gemeld", "ja"),
]
#: questions about safety, and their reassuring answer
REASSURING = {
    "acuut": "nee", "structureel": "nee", "onthulling": "nee", "gesprek_onveilig": "nee", "eerder_gemeld": "nee", "kinderen_veilig": "ja", "steun": "ja",
    "kinderen": "nee", "zwanger": "nee", "vermoeden": "nee", "hulp_mogelijk": "ja", "hulp_aanvaard": "ja", "hulp_werkt": "ja",
}  # fmt: skip


@MANY
@given(situations())
def test_danger_is_now_whatever_else_is_known(s: Situation) -> None:
    for danger in (s.with_(gevaar=True), s.with_(acuut="ja"), s.with_(signalen=s.signalen | {"geweld_nu"})):
        advice = advise(danger)
        assert advice.urgentie == "nu"
        assert advice.contact in ("nood_112", "veilig_thuis", "ziekenhuis")
        assert "nood_112" in (advice.contact, *(n.contact for n in advice.daarna))


@MANY
@given(situations(), st.sampled_from(RISKIER))
def test_a_risk_factor_never_makes_the_advice_milder(s: Situation, change: tuple[str, str]) -> None:
    before, after = advise(s), advise(s.with_(**{change[0]: change[1]}))
    assert urgency(after.urgentie) >= urgency(before.urgentie)
    assert careful(after.melding_norm) >= careful(before.melding_norm)


@MANY
@given(situations(), st.sampled_from(SIGNS))
def test_a_sign_never_makes_the_advice_milder(s: Situation, sign: str) -> None:
    before, after = advise(s), advise(s.with_(signalen=s.signalen | {sign}))
    assert urgency(after.urgentie) >= urgency(before.urgentie)
    assert careful(after.melding_norm) >= careful(before.melding_norm)


@MANY
@given(situations(), st.sampled_from(sorted(REASSURING)))
def test_not_knowing_is_never_milder_than_the_reassuring_answer(s: Situation, question: str) -> None:
    calm = advise(s.with_(**{question: REASSURING[question]}))
    for unknown in ("weet_niet",) if question not in ("acuut", "structureel") else ("weet_niet", None):
        unsure = advise(s.with_(**{question: unknown}))
        assert urgency(unsure.urgentie) >= urgency(calm.urgentie), (question, unknown)
        assert careful(unsure.melding_norm) >= careful(calm.melding_norm), (question, unknown)


@MANY
@given(situations(), st.sampled_from(["collega", "houder"]))
def test_a_suspected_colleague_takes_the_other_route(s: Situation, who: str) -> None:
    advice = advise(s.with_(verdachte=who, zelf=None))
    if not acute(s):
        assert advice.contact in (
            "bestuur_vertrouwensinspecteur",
            "houder",
            "politie",
            "leidinggevende",
            "veilig_thuis",
            "aandachtsfunctionaris",
        )
        assert advice.stap is None
        assert advice.urgentie in ("vandaag", "nu")
    assert advice.contact != "ouders" and advice.ouders_later


def test_the_colleague_route_per_sector() -> None:
    def to(rol: str, who: str = "collega") -> str:
        return advise(Situation(rol=rol, acuut="nee", verdachte=who)).contact

    assert to("leerkracht") == to("intern_begeleider") == "bestuur_vertrouwensinspecteur"
    assert to("kinderopvang") == "houder"
    assert to("kinderopvang", "houder") == "politie"
    assert to("huisarts") == to("wijkteam") == to("jgz") == to("ander_beroep") == "leidinggevende"
    assert to("geen_beroep") == "veilig_thuis"


@MANY
@given(situations())
def test_unsafe_talks_with_parents_are_never_suggested(s: Situation) -> None:
    advice = advise(s)
    if parents_unsafe(s):
        assert advice.ouders_later
        assert advice.contact != "ouders"
        assert all(n.contact != "ouders" for n in advice.daarna)


@MANY
@given(
    situations(),
    st.sampled_from(["politie", "ggz", "schoolmaatschappelijk_werk", "leerplicht", "veilig_thuis", "ziekenhuis", "aandachtsfunctionaris"]),
)
def test_nobody_is_sent_to_their_own_function(s: Situation, eigen: str) -> None:
    for case in (s, s.with_(eigen=eigen)):
        advice = advise(case)
        own = OWN_FUNCTION.get(case.rol or "", frozenset()) | ({case.eigen} if case.eigen else set())
        assert advice.contact not in own
        assert not own & {n.contact for n in advice.daarna}


@MANY
@given(situations())
def test_an_advice_is_always_whole(s: Situation) -> None:
    advice = advise(s)
    assert advice == advise(s)
    assert advice.stap in (None, 1, 2, 3, 4, 5)
    assert advice.kader in ("vrijwillig", "drang", "dwang")
    assert advice.regel and advice.sectie.startswith(("§", "R"))
    assert advice.contact not in [n.contact for n in advice.daarna]
    if s.zelf is not None or s.rol == "geen_beroep":
        assert advice.stap is None or acute(s)
    else:
        assert advice.contact not in ("raad_kinderbescherming", "openbaar_ministerie", "reclassering")


@pytest.mark.parametrize("sign", SIGNS)
def test_every_sign_changes_a_question_or_the_advice(sign: str) -> None:
    from bot.core.questions import next_question

    bases = [
        Situation(rol=rol, acuut="nee", structureel="nee", onthulling="nee", voortgang=v, school_soort="po", concreet=True)
        for rol in ("leerkracht", "huisarts", "wijkteam")
        for v in ("niets", "overlegd", "gewogen")
    ]
    changed = [
        b for b in bases
        if advise(b) != advise(b.with_(signalen=frozenset({sign}))) or next_question(b) != next_question(b.with_(signalen=frozenset({sign})))
    ]  # fmt: skip
    assert changed, f"{sign} changes nothing: do not read it"


@pytest.mark.parametrize("question", [q for q in OPTIONS if q != "rol"])
def test_every_question_can_change_the_advice(question: str) -> None:
    base = Situation(
        rol="huisarts" if question == "leeftijd" else "leerkracht", acuut="nee", structureel="nee", onthulling="nee", concreet=True
    )
    tries = [
        base,
        base.with_(signalen=frozenset({"letsel"})),
        base.with_(voortgang="overlegd"),
        base.with_(voortgang="ouders_gesproken"),
        base.with_(voortgang="gewogen", hulp_mogelijk="ja", hulp_aanvaard="ja"),
        base.with_(kindcheck=True, acuut=None, kinderen="ja"),
        base.with_(kindcheck=True, acuut=None, kinderen="ja", zwanger="nee", kinderen_veilig="ja"),
        base.with_(kindcheck=True, acuut=None, kinderen="ja", zwanger="nee", steun="ja"),
    ]
    assert any(len({advise(b.with_(**{question: o})) for o in OPTIONS[question]}) > 1 for b in tries)


def test_rules_that_are_more_urgent_stand_higher_for_the_same_person() -> None:
    ids = [r.id for r in RULES]
    assert ids.index("gevaar") < ids.index("collega") < ids.index("structureel") < ids.index("overleggen")
    assert RULES[-1].when(Situation()), "the last rule takes everything"
    assert set(signs.ERBIJ) <= set(SIGNS)
