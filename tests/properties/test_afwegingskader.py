"""The afwegingskader, all answers of all sectors enumerated (facts sheet §2.3, §2.4, R3, R4)."""

from __future__ import annotations

from itertools import product

import pytest

from bot.core.afwegingskader import NORM
from bot.core.route import advise
from bot.core.situation import JA_NEE_WN, Situation

PROFESSIONALS = {
    "leerkracht": "onderwijs",
    "intern_begeleider": "onderwijs",
    "huisarts": "huisarts",
    "wijkteam": "wijkteam",
    "kinderopvang": "kinderopvang",
    "jgz": "jgz",
    "ander_beroep": "ander",
}


@pytest.mark.parametrize("rol", PROFESSIONALS)
def test_acute_structural_and_disclosure(rol: str) -> None:
    education = PROFESSIONALS[rol] == "onderwijs"
    for acuut, structureel, onthulling in product(JA_NEE_WN, repeat=3):
        s = Situation(rol=rol, acuut=acuut, structureel=structureel, onthulling=onthulling, concreet=True, voortgang="vastgelegd")
        doubt = "weet_niet" in (acuut, structureel)
        expected = True if "ja" in (acuut, structureel, onthulling) or (doubt and education) else None if doubt else False
        advice = advise(s)
        assert advice.melding_norm is expected, (acuut, structureel, onthulling)
        if expected is not False:
            assert advice.contact in ("veilig_thuis", "nood_112") and advice.urgentie in ("vandaag", "nu")
        else:
            assert advice.contact != "veilig_thuis" or rol == "huisarts"


@pytest.mark.parametrize("rol", PROFESSIONALS)
def test_help(rol: str) -> None:
    for mogelijk, aanvaard, werkt in product(JA_NEE_WN, repeat=3):
        s = Situation(
            rol=rol, acuut="nee", structureel="nee", onthulling="nee", concreet=True, voortgang="gewogen", vermoeden="ja",
            hulp_mogelijk=mogelijk, hulp_aanvaard=aanvaard, hulp_werkt=werkt,
        )  # fmt: skip
        advice = advise(s)
        if "nee" in (mogelijk, aanvaard, werkt) or mogelijk == "weet_niet":
            assert advice.melding_norm is True, (mogelijk, aanvaard, werkt)
        elif aanvaard == "weet_niet":
            assert advice.melding_norm is None
        else:
            assert advice.melding_norm is False
        if advice.melding_norm is not False:
            assert advice.contact == "veilig_thuis" and advice.urgentie == "vandaag"
        assert advice.stap == 5


@pytest.mark.parametrize("rol", PROFESSIONALS)
def test_is_there_a_suspicion_left(rol: str) -> None:
    base = Situation(rol=rol, acuut="nee", structureel="nee", onthulling="nee", concreet=True, voortgang="ouders_gesproken")
    assert advise(base.with_(vermoeden="weet_niet")).contact == "veilig_thuis"
    left = advise(base.with_(vermoeden="nee"))
    assert (left.urgentie, left.melding_norm) == ("rustig", False)
    assert advise(base.with_(vermoeden="ja")).stap == 4


def test_doubt_in_education_counts_as_yes_and_elsewhere_is_decided_in_the_call() -> None:
    for sector, table in NORM.items():
        for question in ("acuut", "structureel"):
            assert table[question]["weet_niet"] is (True if sector == "onderwijs" else None)
            assert table[question]["ja"] is True and table[question]["nee"] is False


def test_bystanders_have_no_professional_norm() -> None:
    for acuut, structureel in product(JA_NEE_WN, repeat=2):
        advice = advise(Situation(rol="geen_beroep", acuut=acuut, structureel=structureel, concreet=True))
        assert advice.contact in ("veilig_thuis", "nood_112")
