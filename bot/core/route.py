"""The route: which one person to contact next, how soon, and by which rule (§2, §3, §6, §10, §12.1).

`RULES` is read from the top; the first rule that fits decides the contact. Rules that are more urgent stand higher. Urgency and norm
can only be raised by what else is known, never lowered: `advise` takes the most careful of all rules that fit and that ask for today or now.
No words here: a rule's id is the key of its words in `content/kaart.yml`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.core import kindcheck, signs
from bot.core.afwegingskader import Norm, norm, reporting_norm, strongest
from bot.core.situation import Situation

URGENCIES = ("rustig", "deze_week", "vandaag", "nu")
PRESSING = ("vandaag", "nu")

#: functions a role is itself, so never its next contact (contract §3)
OWN_FUNCTION: dict[str, frozenset[str]] = {
    "leerkracht": frozenset({"school"}),
    "intern_begeleider": frozenset({"intern_begeleider", "zorgcoordinator", "school"}),
    "huisarts": frozenset({"huisarts", "huisartsenpost"}),
    "wijkteam": frozenset({"jeugdteam"}),
    "kinderopvang": frozenset({"kinderopvang"}),
    "jgz": frozenset({"jgz"}),
}


@dataclass(frozen=True)
class Next:
    """A contact that follows, under a condition whose words stand in `content/kaart.yml` (`voorwaarden`)."""

    contact: str
    voorwaarde: str


@dataclass(frozen=True)
class Advice:
    """What the route card says, without words. `regel` and `sectie` tell which rule decided and where the facts sheet has it."""

    contact: str
    urgentie: str
    stap: int | None
    melding_norm: Norm
    kader: str
    regel: str
    sectie: str
    daarna: tuple[Next, ...]
    ouders_later: bool  # a talk with the parents is unsafe or not due: nothing on the card may suggest it


Contact = str | Callable[[Situation], str]


@dataclass(frozen=True)
class Rule:
    """`when` decides whether the rule fits; `step` overrides the step that follows from `voortgang` (0: the meldcode isn't the route)."""

    id: str
    section: str
    when: Callable[[Situation], bool]
    contact: Contact
    urgency: str
    step: int | None = None
    norm: Norm = False
    after: tuple[Next, ...] = ()
    fixed_norm: bool = False  # the norm of the rule, whatever the afwegingskader says (another route than the meldcode)
    doubt: bool = False  # counts as doubt about acute unsafety, whose meaning the afwegingskader gives per sector


# -- what the rules ask of a situation ------------------------------------------------------------------------------------------


def seen(s: Situation) -> bool:
    """Something observable was told."""
    return bool(s.signalen) or s.concreet


def acute(s: Situation) -> bool:
    """Danger now: told, answered, or a sign that is danger by itself (§10, R2)."""
    return s.gevaar or s.acuut == "ja" or bool(s.signalen & signs.ALARM) or (s.kindcheck and s.kinderen_veilig == "nee")


def disclosed(s: Situation) -> bool:
    """The child told it itself (N4)."""
    return s.onthulling == "ja" or "onthulling" in s.signalen


def acute_doubt(s: Situation) -> bool:
    """Not known whether there is danger now. In a kindcheck the question is whether the children are safe now (§3)."""
    return s.acuut == "weet_niet" or (s.acuut is None and not s.kindcheck)


def structural_doubt(s: Situation) -> bool:
    """Not known whether it goes on; where something was seen, not asked is not known (R4). An earlier report is a strong hint (§13 C2)."""
    unknown = s.structureel is None and seen(s) and (not s.kindcheck or _has(s, *signs.GEWELD_THUIS, *signs.KIND_GEDAAN))
    return s.structureel == "weet_niet" or unknown or s.eerder_gemeld == "ja"


def cautious(s: Situation) -> Situation:
    """The same situation with what is not known about safety filled in as doubt, so that silence is never the mild answer."""
    changes = {}
    if s.acuut is None and not s.kindcheck:
        changes["acuut"] = "weet_niet"
    if s.structureel != "ja" and structural_doubt(s):
        changes["structureel"] = "weet_niet"
    if disclosed(s):
        changes["onthulling"] = "ja"
    return s.with_(**changes) if changes else s


def parents_unsafe(s: Situation) -> bool:
    """Parents are not spoken first; Veilig Thuis decides with you who tells them when (§8.4). Doubt about it counts."""
    return (
        s.gesprek_onveilig in ("ja", "weet_niet")
        or bool(s.signalen & (signs.EER | signs.SEKSUEEL))
        or (s.gesprek_onveilig is None and bool(s.signalen & signs.GESPREK_RISICO))
        or (s.gesprek_onveilig is None and disclosed(s))
        or s.acuut == "weet_niet"
        or acute(s)
    )


def first_inside(s: Situation) -> str:
    """The first person inside the own organisation to think along (§2.2 step 2, §2.4). Doctors ask Veilig Thuis in every case."""
    if s.rol == "leerkracht":
        return {"po": "intern_begeleider", "vo": "zorgcoordinator", "mbo": "zorgcoordinator"}.get(s.school or "", "aandachtsfunctionaris")
    if s.rol == "huisarts":
        return "huisarts" if s.assists else "veilig_thuis"
    return "aandachtsfunctionaris"


def treating_doctor(s: Situation) -> str:
    """Who refers a child with an injury: a doctor calls the hospital, who assists a doctor goes to that doctor (§10 L3)."""
    return "huisarts" if s.assists else "ziekenhuis"


def helper(s: Situation) -> str:
    """Who starts the help: the neighbourhood team; for that team itself, the parents it helps (§6.1 T2, §13 C1)."""
    if s.rol == "wijkteam":
        return "aandachtsfunctionaris" if parents_unsafe(s) else "ouders"
    return "jeugdteam"


def talk_with(s: Situation) -> str:
    """Step 3: with whom. From 18, and in vocational education, the young person (§2.4 MBO)."""
    return "jeugdige" if s.leeftijd == "18+" or s.school == "mbo" else "ouders"


def colleague_contact(s: Situation) -> str:
    """Suspicion against somebody who works with children: another route than the meldcode (§2.4)."""
    if s.sector == "onderwijs":
        return "bestuur_vertrouwensinspecteur"
    if s.sector == "kinderopvang":
        return "politie" if s.verdachte == "houder" else "houder"
    return "veilig_thuis" if s.sector == "geen_beroep" else "leidinggevende"


def _kindcheck_worry(s: Situation) -> bool:
    return s.kindcheck and not kindcheck.nobody(s) and not kindcheck.fine(s)


def _has(s: Situation, *ids: str) -> bool:
    return not s.signalen.isdisjoint(ids)


_YOUNG = ("0-1", "2-3")
_DOCTORS = ("huisarts", "jgz")

GEVAAR = Next("nood_112", "gevaar")
NA_112 = Next("veilig_thuis", "na_112")
VT_ERGER = Next("veilig_thuis", "verergert")
VT_TODAY = Next("veilig_thuis", "zelfde_dag")
AF_MEE = Next("aandachtsfunctionaris", "licht_in")

# -- the rules, first match decides ---------------------------------------------------------------------------------------------

RULES: tuple[Rule, ...] = (
    # the user's own need (§12.1): never a meldcode step
    Rule("kind_nu", "§12.1 U1", lambda s: s.zelf == "kind" and acute(s), "nood_112", "nu", 0, False,
         (NA_112, Next("kindertelefoon", "praten")), True),
    Rule("kind", "§12.1 U1", lambda s: s.zelf == "kind", "veilig_thuis", "vandaag", 0, False,
         (Next("kindertelefoon", "praten"),), True),
    Rule("slachtoffer_nu", "§12.1 U2", lambda s: s.zelf == "slachtoffer" and acute(s), "nood_112", "nu", 0, False, (NA_112,), True),
    Rule("slachtoffer_seksueel", "§12 / §10 L7", lambda s: s.zelf == "slachtoffer" and _has(s, "seksueel_misbruik"),
         "centrum_seksueel_geweld", "vandaag", 0, False, (Next("veilig_thuis", "thuis_onveilig"), Next("slachtofferhulp", "praten")), True),
    Rule("slachtoffer", "§12.1 U2", lambda s: s.zelf == "slachtoffer", "veilig_thuis", "vandaag", 0, False,
         (Next("slachtofferhulp", "praten"), Next("huisarts", "lichamelijk")), True),
    Rule("overbelast_nu", "§10 L14", lambda s: s.zelf == "overbelast" and (acute(s) or _has(s, "letsel_baby")), "nood_112", "nu", 0, False, (NA_112,), True),
    Rule("overbelast", "§12.1 U3", lambda s: s.zelf == "overbelast", "veilig_thuis", "vandaag", 0, False,
         (Next("huisarts", "steun"), Next("jgz", "steun")), True),
    Rule("suicide_zelf_nu", "§12.1 U4", lambda s: s.zelf == "suicide" and acute(s), "nood_112", "nu", 0, False,
         (Next("lijn_113", "praten"),), True),
    Rule("suicide_zelf", "§12.1 U4", lambda s: s.zelf == "suicide", "lijn_113", "nu", 0, False, (Next("huisarts", "vandaag_arts"),), True),
    Rule("gevoelens_nu", "§12.1 U5", lambda s: s.zelf == "gevoelens" and acute(s), "nood_112", "nu", 0, False, (NA_112,), True),
    Rule("gevoelens", "§12.1 U5", lambda s: s.zelf == "gevoelens", "stop_it_now", "vandaag", 0, False, (Next("huisarts", "steun"),), True),

    # danger now (§10, R2); which number first depends on what the danger is
    Rule("gevaar_112", "§10 L1 L2 L4 L6 L11", lambda s: acute(s) and _has(s, *signs.ALARM, "suicidale_uiting"), "nood_112", "nu", norm=True,
         after=(NA_112,)),
    Rule("baby_geweigerd", "§13 C3", lambda s: s.professional and _has(s, "letsel_baby") and s.rol in _DOCTORS and s.hulp_aanvaard == "nee",
         lambda s: "huisarts" if s.assists else "veilig_thuis", "nu", norm=True, after=(Next("nood_112", "vertrek_baby"), Next("vertrouwensarts", "tegelijk"))),
    Rule("baby_arts", "§10 L3, §13 C3", lambda s: acute(s) and _has(s, "letsel_baby") and s.rol in _DOCTORS, treating_doctor, "nu", doubt=True,
         after=(Next("vertrouwensarts", "tegelijk"), Next("leck", "letsel_duiden"), VT_TODAY, GEVAAR)),
    Rule("baby", "§10 L3", lambda s: acute(s) and _has(s, "letsel_baby"), "veilig_thuis", "nu", doubt=True,
         after=(Next("huisarts", "arts_vandaag"), GEVAAR, AF_MEE)),
    Rule("eer_nu", "§10 L9", lambda s: acute(s) and bool(s.signalen & signs.EER), "veilig_thuis", "nu", norm=True,
         after=(Next("nood_112", "vertrek"), AF_MEE)),
    Rule("niet_naar_huis", "§10 L5", lambda s: acute(s) and _has(s, "niet_naar_huis") and not _has(s, *signs.ALARM), "veilig_thuis", "nu",
         norm=True, after=(Next("nood_112", "dreiging"), AF_MEE)),
    Rule("kindcheck_nu", "§3 vervolg, §10 L8", lambda s: s.kindcheck and acute(s), "nood_112", "nu", norm=True, after=(NA_112,)),
    Rule("gevaar", "§10, R2", acute, "nood_112", "nu", norm=True, after=(NA_112, AF_MEE)),

    # a suspected colleague is another route than the meldcode (§2.4)
    Rule("houder", "§2.4 kinderopvang", lambda s: s.verdachte in ("collega", "houder") and s.sector == "kinderopvang" and s.verdachte == "houder",
         "politie", "vandaag", 0, False, (Next("vertrouwensinspecteur", "advies_inspecteur"),), True),
    Rule("collega", "§2.4 verdachte is collega", lambda s: s.verdachte in ("collega", "houder"), colleague_contact, "vandaag", 0, False,
         (Next("vertrouwensinspecteur", "traag"), Next("politie", "strafbaar"), Next("veilig_thuis", "ook_thuis")), True),

    # an injury in a baby is never looked at again next week, also where it is not from today (§10 L3)
    Rule("baby_arts", "§10 L3, §13 C3", lambda s: s.professional and _baby_injury(s) and s.rol in _DOCTORS, treating_doctor, "vandaag", doubt=True,
         after=(Next("vertrouwensarts", "tegelijk"), Next("leck", "letsel_duiden"), VT_TODAY)),
    Rule("baby", "§10 L3", lambda s: s.professional and _baby_injury(s), "veilig_thuis", "vandaag", doubt=True,
         after=(Next("huisarts", "arts_vandaag"), AF_MEE)),

    # bystanders: no meldcode, Veilig Thuis is there for everyone (§2.4 vrijwilliger, §4)
    Rule("omstander_vandaag", "§4, §2.4 vrijwilliger", lambda s: s.rol == "geen_beroep" and _pressing(s), "veilig_thuis", "vandaag", 0, False,
         (Next("politie", "strafbaar"),), True),
    Rule("omstander", "§4, §2.4 vrijwilliger", lambda s: s.rol == "geen_beroep", "veilig_thuis", "deze_week", 0, False,
         (Next("jgz", "eigen_kind"),), True),

    # straight to Veilig Thuis today (§2.2, §2.3, §6.4 orange)
    Rule("eer", "§2.2, §8.4, §10 L9", lambda s: bool(s.signalen & signs.EER), "veilig_thuis", "vandaag", norm=True,
         after=(Next("lkha", "advies"), Next("politie", "vertrek_week"))),
    Rule("kind_tegen_kind_seksueel", "§2.4 kind tegen kind", lambda s: s.verdachte == "ander_kind" and _has(s, "seksueel_misbruik", "seksueel_gedrag"),
         "veilig_thuis", "vandaag", after=(Next("centrum_seksueel_geweld", "seksueel_geweld"), AF_MEE)),
    Rule("seksueel_misbruik", "§6.4, §8.4, §10 L7", lambda s: bool(s.signalen & signs.SEKSUEEL), "veilig_thuis", "vandaag", norm=True,
         after=(Next("centrum_seksueel_geweld", "zeven_dagen"), Next("politie", "zeden"))),
    Rule("thuis_onveilig", "§10 L5", lambda s: _has(s, "niet_naar_huis"), "veilig_thuis", "vandaag", doubt=True,
         after=(Next("nood_112", "dreiging"), AF_MEE)),
    Rule("letsel_arts", "§6.2 P14, §2.4 huisarts", lambda s: s.rol == "huisarts" and _has(s, "letsel", "brandwond") and s.leeftijd in _YOUNG,
         treating_doctor, "vandaag", doubt=True, after=(Next("vertrouwensarts", "tegelijk"), Next("leck", "letsel_duiden"), VT_TODAY)),
    Rule("structureel", "§2.3 A2, N1", lambda s: s.structureel == "ja", "veilig_thuis", "vandaag", after=(AF_MEE,)),
    Rule("onthulling", "§1 disclosure, N4, R3", disclosed, "veilig_thuis", "vandaag", after=(AF_MEE,)),
    Rule("acuut_twijfel", "R4, §2.3 A2", acute_doubt, "veilig_thuis", "vandaag", after=(AF_MEE,)),
    Rule("hulp_geweigerd", "§2.3 A4", lambda s: s.hulp_aanvaard == "nee", "veilig_thuis", "vandaag", 5, True,
         (Next("beschermingstafel", "inbreng"), AF_MEE)),
    Rule("hulp_werkt_niet", "§2.3 A5, N3", lambda s: s.hulp_werkt == "nee", "veilig_thuis", "vandaag", 5, True,
         (Next("beschermingstafel", "inbreng"), AF_MEE)),
    Rule("hulp_niet_mogelijk", "§2.3 A3, N2", lambda s: s.hulp_mogelijk == "nee", "veilig_thuis", "vandaag", 5, True, (AF_MEE,)),
    Rule("eerder_gemeld", "§13 C2, §9 D15", lambda s: s.eerder_gemeld == "ja" and s.structureel != "ja", "veilig_thuis", "vandaag",
         after=(AF_MEE,)),
    Rule("structureel_twijfel", "R4, §2.3 A2", structural_doubt, "veilig_thuis", "vandaag", after=(AF_MEE,)),
    Rule("online", "§10 L15", lambda s: _has(s, "online_misbruik"), "politie", "vandaag",
         after=(Next("helpwanted", "online"), AF_MEE, VT_ERGER)),
    # the kindcheck (§3)
    Rule("kindcheck_niemand", "§3 vervolg", lambda s: s.kindcheck and kindcheck.nobody(s) and not _has(s, "suicidale_uiting"), "collega", "rustig", 1),
    Rule("kindcheck_zwanger", "§3 ongeboren kind", lambda s: s.kindcheck and s.zwanger == "ja", lambda s: first_inside(s), "vandaag", 2,
         after=(Next("jgz", "zwanger"), Next("veilig_thuis", "advies"))),
    Rule("kindcheck_veilig", "§3 vervolg", lambda s: s.kindcheck and kindcheck.fine(s) and not _has(s, "suicidale_uiting"), "collega", "rustig", 1, after=(VT_ERGER,)),
    Rule("kindcheck_zorg", "§3 vervolg", _kindcheck_worry, lambda s: first_inside(s), "vandaag", 2,
         after=(Next("veilig_thuis", "advies"),)),

    Rule("suicidaliteit", "§10 L6", lambda s: _has(s, "suicidale_uiting"), lambda s: "ggz" if s.doctor else "huisarts", "vandaag",
         norm=False, after=(Next("lijn_113", "praten"), AF_MEE, Next("nood_112", "plan"))),
    Rule("ongeboren", "§3 ongeboren kind", lambda s: s.leeftijd == "ongeboren" or _has(s, "zwangerschap_risico"), "veilig_thuis", "vandaag",
         after=(Next("jgz", "zwanger"),)),
    Rule("jeugdbeschermer", "§6.2 P6", lambda s: s.jeugdbeschermer == "ja", "gecertificeerde_instelling", "vandaag", after=(VT_ERGER, AF_MEE)),

    # the meldcode step by step (§2.2)
    Rule("gesprek_onveilig", "§8.4", lambda s: s.voortgang == "overlegd" and s.gesprek_onveilig == "ja", "veilig_thuis", "vandaag", 3, None,
         (AF_MEE,)),
    Rule("gesprek_twijfel", "§8.4", lambda s: s.voortgang == "overlegd" and parents_unsafe(s), "veilig_thuis", "vandaag", 3, after=(AF_MEE,)),
    Rule("gesprek", "§2.2 stap 3", lambda s: s.voortgang == "overlegd", talk_with, "deze_week", 3, after=(VT_ERGER,)),
    Rule("geen_vermoeden", "§2.3 A1", lambda s: s.at_least("ouders_gesproken") and s.vermoeden == "nee", "aandachtsfunctionaris", "rustig",
         after=(VT_ERGER,)),
    Rule("vermoeden_twijfel", "§2.3 A1", lambda s: s.at_least("ouders_gesproken") and s.vermoeden == "weet_niet", "veilig_thuis", "vandaag"),
    Rule("wegen", "§2.2 stap 4", lambda s: s.voortgang == "ouders_gesproken", lambda s: first_inside(s) if s.rol == "huisarts" else "aandachtsfunctionaris",
         "deze_week", 4, after=(Next("veilig_thuis", "advies"),)),
    Rule("hulp_twijfel", "§2.3 A3 A4", lambda s: s.voortgang == "gewogen" and (s.hulp_mogelijk != "ja" or s.hulp_aanvaard != "ja"),
         "veilig_thuis", "vandaag", 5, None, (AF_MEE,)),
    Rule("hulp_werkt", "§2.3 A5", lambda s: s.voortgang == "gewogen" and s.hulp_werkt == "ja", helper, "rustig", 5, after=(VT_ERGER,)),
    Rule("hulp_starten", "§2.3 A4, §6.1 T2", lambda s: s.voortgang == "gewogen", helper, "deze_week", 5,
         after=(Next("veilig_thuis", "termijn"),)),
    Rule("kind_tegen_kind", "§2.4 kind tegen kind", lambda s: s.verdachte == "ander_kind", first_inside, "deze_week",
         after=(Next("veilig_thuis", "dwang"),)),
    Rule("overleggen", "§2.2 stap 2", seen, first_inside, "deze_week", after=(Next("veilig_thuis", "advies"), VT_ERGER)),
    Rule("gevoel", "§1 niet-pluisgevoel, §6.4 groen", lambda s: True, first_inside, "deze_week", after=(Next("veilig_thuis", "advies"),)),
)  # fmt: skip


def _baby_injury(s: Situation) -> bool:
    return _has(s, "letsel_baby") or (s.leeftijd == "0-1" and _has(s, "letsel", "brandwond"))


def _pressing(s: Situation) -> bool:
    c = cautious(s)
    return (
        c.acuut == "weet_niet"
        or c.structureel in ("ja", "weet_niet")
        or disclosed(s)
        or _urgent_sign(s)
        or bool(s.signalen & (signs.EER | signs.SEKSUEEL))
        or _baby_injury(s)
    )


def _urgent_sign(s: Situation) -> bool:
    return bool(s.signalen & signs.VANDAAG)


# -- from rule to advice ---------------------------------------------------------------------------------------------------------


def most_urgent(*urgencies: str) -> str:
    """The most urgent of some urgencies."""
    return max(urgencies, key=URGENCIES.index)


def _floor(s: Situation) -> str:
    """The least urgency that the situation asks, whatever rule decides the contact: doubt about a disclosure, an earlier report, an
    urgent sign or a child under 2 with a sign of neglect is not left until the end of the week."""
    if acute(s):
        return "nu"
    if "weet_niet" in (s.onthulling, s.eerder_gemeld):
        return "vandaag"
    if _urgent_sign(s) and not s.at_least("ouders_gesproken"):
        return "vandaag"
    if s.assists and seen(s):
        return "vandaag"  # goes to the doctor the same day, who asks Veilig Thuis in every case (§2.4)
    if s.leeftijd in _YOUNG and _has(s, "medische_zorg_ontbreekt", "onverzorgd", "vuil_huis"):
        return "vandaag"
    return "rustig"


def _step(s: Situation, rule: Rule) -> int | None:
    """The meldcode step the user is in (§2.2); a call to Veilig Thuis is at least step 2."""
    if rule.step == 0 or not s.professional or s.verdachte in ("collega", "houder"):
        return None
    if acute(s) or _baby_injury(s):
        return None  # the steps are skipped: safety first (§2.2)
    if rule.step is not None:
        return rule.step
    step = {None: 1, "niets": 1, "vastgelegd": 2, "overlegd": 3, "ouders_gesproken": 4, "gewogen": 5}[s.voortgang]
    return step if rule.contact in (first_inside,) and rule.id != "kindcheck_zorg" else max(2, step)


def _frame(s: Situation, rule: Rule) -> str:
    """vrijwillig, drang or dwang (§1 KA1-KA3): dwang where a court measure runs, drang where help is refused or fails."""
    if s.jeugdbeschermer == "ja":
        return "dwang"
    if rule.id in ("hulp_geweigerd", "hulp_werkt_niet"):
        return "drang"
    return "vrijwillig"


def own_function(s: Situation) -> frozenset[str]:
    """The organisations that the user is themself; who assists a doctor can go to that doctor."""
    own = frozenset() if s.assists else OWN_FUNCTION.get(s.rol or "", frozenset())
    return own | {s.eigen} if s.eigen else own


def _replace_own(s: Situation, contact: str) -> str:
    """Nobody is sent to their own function: the officer or, failing that, Veilig Thuis."""
    if contact not in own_function(s):
        return contact
    return next(c for c in ("aandachtsfunctionaris", "veilig_thuis", "leidinggevende") if c not in own_function(s))


#: follows after a case with sexual abuse also where the meldcode isn't the route (§10 L7)
CSG = Next("centrum_seksueel_geweld", "zeven_dagen")
#: the confidential inspector is there for schools and child care only (§2.4, §12)
INSPECTED = ("onderwijs", "kinderopvang")
MOST_AFTER = 6
#: doctors with an officer of their own in the house
HOSPITAL = ("seh", "ziekenhuis")


def _after(s: Situation, rule: Rule, contact: str) -> tuple[Next, ...]:
    """Who follows, in order, each once; the emergency number is always among them."""
    rows = list(rule.after)
    if acute(s) and s.verdachte in ("collega", "houder"):
        rows.append(Next(colleague_contact(s), "collega_daarna"))
    if s.professional and rule.step != 0:
        rows += [Next(org, "teken_" + sign) for sign in sorted(s.signalen) for org in signs.ERBIJ.get(sign, ())]
        if s.jeugdbeschermer in ("ja", "weet_niet"):
            rows.append(Next("gecertificeerde_instelling", "jeugdbeschermer"))
        rows.append(VT_ERGER)
    elif _has(s, "seksueel_misbruik"):
        rows.append(CSG)
    if (
        s.rol == "huisarts" and s.eigen not in HOSPITAL
    ):  # a practice has no officer: a colleague thinks along, or the doctor of the practice (§2.4)
        along = "huisarts" if s.assists else "collega"
        rows = [Next(along, row.voorwaarde) if row.contact == "aandachtsfunctionaris" else row for row in rows]
    barred = {contact} | own_function(s)
    if parents_unsafe(s):
        barred.add("ouders")
    if not s.professional:
        barred |= {"aandachtsfunctionaris", "leidinggevende"}
    if not (s.doctor or s.rol == "jgz"):
        barred.add("leck")  # for doctors only (§12)
    if s.sector not in INSPECTED:
        barred.add("vertrouwensinspecteur")
    kept: dict[str, Next] = {}
    for row in rows:
        if row.contact not in barred:
            kept.setdefault(row.contact, row)
    emergency = kept.pop("nood_112", GEVAAR)
    after = list(kept.values())[: MOST_AFTER - 1]
    if "nood_112" not in barred:
        after.insert(0 if emergency in rule.after and rule.after[0] == emergency else len(after), emergency)
    return tuple(after)


def _norm_of(s: Situation, rule: Rule) -> Norm:
    return norm(s.sector, "acuut", "weet_niet") if rule.doubt else rule.norm


def deciding_rule(s: Situation) -> Rule:
    """The first rule that fits."""
    return next(rule for rule in RULES if rule.when(s))


def advise(s: Situation) -> Advice:
    """The advice for a situation: a pure function, total over all situations."""
    rule = deciding_rule(s)
    contact = _replace_own(s, rule.contact if isinstance(rule.contact, str) else rule.contact(s))
    pressing = [r for r in RULES if r.urgency in PRESSING and r.when(s)] if not rule.fixed_norm else []
    if not s.professional:
        melding: Norm = False
    elif rule.fixed_norm:
        melding = rule.norm
    else:
        melding = strongest(_norm_of(s, rule), reporting_norm(cautious(s)), *(_norm_of(s, r) for r in pressing if not r.fixed_norm))
    return Advice(
        contact=contact,
        urgentie=most_urgent(rule.urgency, _floor(s), *(r.urgency for r in pressing)),
        stap=_step(s, rule),
        melding_norm=melding,
        kader=_frame(s, rule),
        regel=rule.id,
        sectie=rule.section,
        daarna=_after(s, rule, contact),
        ouders_later=parents_unsafe(s) or rule.id in ("collega", "houder"),
    )
