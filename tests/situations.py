"""Situations for tests: a strategy over all of them, and the order in which answers are more careful."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.core.afwegingskader import Norm
from bot.core.route import URGENCIES
from bot.core.situation import OPTIONS, ZELF, Situation
from bot.dialogue.state import State  # noqa: F401  (importing the package checks that the core stands alone first)

SIGNS = [
    "letsel",
    "brandwond",
    "letsel_baby",
    "slaan",
    "medische_zorg_ontbreekt",
    "lichamelijke_klachten",
    "honger",
    "onverzorgd",
    "kleding",
    "vuil_huis",
    "alleen_gelaten",
    "kleineren",
    "negeren",
    "parentificatie",
    "teruggetrokken",
    "gedragsverandering",
    "agressief",
    "bang_voor_ouder",
    "niet_naar_huis",
    "leerachterstand",
    "verzuim",
    "weglopen",
    "zelfbeschadiging",
    "suicidale_uiting",
    "bedplassen",
    "seksueel_gedrag",
    "seksueel_misbruik",
    "online_misbruik",
    "getuige_geweld",
    "partnergeweld",
    "vechtscheiding",
    "ouder_verslaving",
    "ouder_psychisch",
    "ouder_lvb",
    "schulden_armoede",
    "huisvesting",
    "isolement",
    "zorgmijdend",
    "eerdere_zorgen",
    "zwangerschap_risico",
    "uithuwelijking",
    "eergeweld",
    "genitale_verminking",
    "onthulling",
    "wapen",
    "doodsbedreiging",
    "geweld_nu",
    "vermist",
    "medische_nood",
]


@st.composite
def situations(draw: st.DrawFn, professional: bool | None = None) -> Situation:
    """Any situation at all; with `professional`, only of people who work under the meldcode."""
    values: dict[str, object] = {q: draw(st.one_of(st.none(), st.sampled_from(options))) for q, options in OPTIONS.items()}
    if professional:
        values["rol"] = draw(st.sampled_from([r for r in OPTIONS["rol"] if r != "geen_beroep"]))
    zelf = None if professional else draw(st.one_of(st.none(), st.none(), st.none(), st.sampled_from(ZELF)))
    return Situation(
        signalen=frozenset(draw(st.lists(st.sampled_from(SIGNS), max_size=4))),
        gevaar=draw(st.sampled_from([False, False, False, True])),
        zelf=zelf,
        kindcheck=draw(st.sampled_from([False, False, True])),
        concreet=draw(st.booleans()),
        **values,  # type: ignore[arg-type]
    )


def careful(norm: Norm) -> int:
    """The order of norms: False, decided in the call, True."""
    return {False: 0, None: 1, True: 2}[norm]


def urgency(name: str) -> int:
    """The order of urgencies."""
    return URGENCIES.index(name)
