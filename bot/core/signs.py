"""What a sign does to the route, beyond being shown: one row a sign, every sign of the catalogue has at least one effect.

A sign proves nothing by itself (§10); these effects make the route more careful, never milder. Words and names of signs live in
`content/signalen.yml`; here stands only what they change.
"""

from __future__ import annotations

#: each raises danger by itself: 112 first (§10 L1, L2, L4, L11)
ALARM = frozenset({"wapen", "doodsbedreiging", "geweld_nu", "vermist", "medische_nood"})

#: straight to Veilig Thuis, also in step 2, never parents first (§2.2, §10 L9)
EER = frozenset({"uithuwelijking", "eergeweld", "genitale_verminking"})

#: suspected or told: Veilig Thuis today (§6.4 orange, §10 L7)
SEKSUEEL = frozenset({"seksueel_misbruik"})

#: read from text, one of these changes the contact by itself
DECIDES_ALONE = (
    EER | SEKSUEEL | {"letsel_baby", "niet_naar_huis", "zwangerschap_risico", "online_misbruik", "suicidale_uiting", "onthulling"}
)

#: a talk with the parents may endanger someone: asked before step 3 is advised (§8.4). With `EER` and `SEKSUEEL` it is not even asked.
GESPREK_RISICO = frozenset(
    {"partnergeweld", "getuige_geweld", "bang_voor_ouder", "niet_naar_huis", "onthulling", "ouder_psychisch", "seksueel_gedrag", "slaan"}
)

#: concerns the adult: starts the kindcheck for who works with adults (§3)
KINDCHECK = frozenset({"ouder_verslaving", "ouder_psychisch", "ouder_lvb", "partnergeweld", "zwangerschap_risico", "huisvesting"})
#: done to the child: then the ordinary route, not the kindcheck
KIND_GEDAAN = (
    SEKSUEEL
    | EER
    | ALARM
    | {
        "letsel",
        "brandwond",
        "letsel_baby",
        "slaan",
        "kleineren",
        "bang_voor_ouder",
        "niet_naar_huis",
        "onthulling",
        "medische_zorg_ontbreekt",
    }
)

#: violence between adults at home: goes on or comes back more often than not, asked in a kindcheck too (§1 V6, §13 C8)
GEWELD_THUIS = frozenset({"partnergeweld", "getuige_geweld"})

#: harm done by a person: who is it? asked where the text does not tell (§2.4)
DADER = frozenset({"slaan", "seksueel_misbruik", "seksueel_gedrag", "kleineren", "online_misbruik"})

#: running or earlier involvement: is there a jeugdbeschermer, was it reported before? (§6.2 P6, §9 D15)
EERDER = frozenset({"eerdere_zorgen"})

#: avoids or refuses help: is help accepted? (§2.3 A4)
GEEN_HULP = frozenset({"zorgmijdend"})

#: organisations that come into the picture by a sign; added to what follows on the card (§6.2, §7 O15, §12)
ERBIJ: dict[str, tuple[str, ...]] = {
    "letsel": ("huisarts",),
    "brandwond": ("huisarts",),
    "letsel_baby": ("ziekenhuis",),
    "medische_zorg_ontbreekt": ("jgz", "huisarts"),
    "lichamelijke_klachten": ("jgz",),
    "honger": ("jeugdteam",),
    "onverzorgd": ("jgz",),
    "kleding": ("jeugdteam",),
    "vuil_huis": ("jeugdteam",),
    "negeren": ("jgz",),
    "parentificatie": ("jeugdteam",),
    "teruggetrokken": ("schoolmaatschappelijk_werk",),
    "gedragsverandering": ("schoolmaatschappelijk_werk",),
    "agressief": ("schoolmaatschappelijk_werk",),
    "leerachterstand": ("samenwerkingsverband",),
    "verzuim": ("leerplicht",),
    "weglopen": ("jongerenwerk",),
    "zelfbeschadiging": ("huisarts", "lijn_113"),
    "suicidale_uiting": ("huisarts", "lijn_113"),
    "bedplassen": ("jgz",),
    "seksueel_gedrag": ("jgz",),
    "seksueel_misbruik": ("centrum_seksueel_geweld",),
    "online_misbruik": ("helpwanted", "politie"),
    "partnergeweld": ("slachtofferhulp",),
    "vechtscheiding": ("jeugdteam",),
    "ouder_verslaving": ("ggz",),
    "ouder_psychisch": ("ggz",),
    "ouder_lvb": ("jeugdteam",),
    "schulden_armoede": ("jeugdteam",),
    "huisvesting": ("jeugdteam",),
    "isolement": ("sociale_context",),
    "zwangerschap_risico": ("jgz",),
    "eerdere_zorgen": ("gecertificeerde_instelling",),
    "uithuwelijking": ("buitenlandse_zaken",),
    "geweld_nu": ("politie",),
}

#: asks for somebody today even where nothing else does (§10 L6, L15)
VANDAAG = frozenset(
    {"suicidale_uiting", "zelfbeschadiging", "online_misbruik", "alleen_gelaten", "weglopen", "letsel", "brandwond", "slaan"}
)
