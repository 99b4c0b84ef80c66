"""When the professional norm says that a report to Veilig Thuis is needed: the afwegingskader as a table (§2.3, §2.4).

`NORM[sector][question][answer]` is True (reporting is the norm), None (decided today in the call with Veilig Thuis) or False (this
answer alone does not ask for it). Questions: A2 acute and structural unsafety, N4 disclosure, A3-A5 help. A1 (is there a suspicion
left) never asks for a report by itself. Sources: B03, B04, B08, B09, B92.
"""

from __future__ import annotations

from bot.core.situation import Situation

Answer = str | None
Norm = bool | None

_A2_DOUBT_IS_DECIDED_IN_THE_CALL: dict[Answer, Norm] = {"ja": True, "weet_niet": None, "nee": False}
_A2_DOUBT_COUNTS_AS_YES: dict[Answer, Norm] = {"ja": True, "weet_niet": True, "nee": False}
_DISCLOSURE: dict[Answer, Norm] = {"ja": True, "weet_niet": False, "nee": False}  # R3, N4
_HELP_NO_IS_REPORT: dict[Answer, Norm] = {"ja": False, "weet_niet": None, "nee": True}
_HELP_UNSURE_IS_REPORT: dict[Answer, Norm] = {"ja": False, "weet_niet": True, "nee": True}  # A3 "nee of onzeker"
_HELP_NOT_YET_KNOWN: dict[Answer, Norm] = {"ja": False, "weet_niet": False, "nee": True}  # A5: help is only starting


def _table(a2: dict[Answer, Norm]) -> dict[str, dict[Answer, Norm]]:
    return {
        "acuut": a2,
        "structureel": a2,
        "onthulling": _DISCLOSURE,
        "hulp_mogelijk": _HELP_UNSURE_IS_REPORT,
        "hulp_aanvaard": _HELP_NO_IS_REPORT,
        "hulp_werkt": _HELP_NOT_YET_KNOWN,
    }


#: §2.4: in education (and leerplicht) "ja of twijfel" on A2 is the text of the frame; elsewhere doubt is decided in the call (R4)
NORM: dict[str, dict[str, dict[Answer, Norm]]] = {
    "onderwijs": _table(_A2_DOUBT_COUNTS_AS_YES),
    "huisarts": _table(_A2_DOUBT_IS_DECIDED_IN_THE_CALL),
    "wijkteam": _table(_A2_DOUBT_IS_DECIDED_IN_THE_CALL),
    "kinderopvang": _table(_A2_DOUBT_IS_DECIDED_IN_THE_CALL),
    "jgz": _table(_A2_DOUBT_IS_DECIDED_IN_THE_CALL),
    "ander": _table(_A2_DOUBT_IS_DECIDED_IN_THE_CALL),
}

QUESTIONS = ("acuut", "structureel", "onthulling", "hulp_mogelijk", "hulp_aanvaard", "hulp_werkt")


def strongest(*norms: Norm) -> Norm:
    """The most careful of some norms: True before None before False."""
    if True in norms:
        return True
    return None if None in norms else False


def norm(sector: str, question: str, answer: Answer) -> Norm:
    """One cell of the table; a question that was not asked says nothing here (the route treats it as unknown where that matters)."""
    if answer is None or sector == "geen_beroep":
        return False
    return NORM[sector][question][answer]


def reporting_norm(s: Situation) -> Norm:
    """The norm that follows from all answers together. Help questions only count in the order of the frame: A4 after A3, A5 after A4."""
    norms = [norm(s.sector, q, getattr(s, q)) for q in ("acuut", "structureel", "onthulling")]
    norms += [norm(s.sector, q, getattr(s, q)) for q in ("hulp_mogelijk", "hulp_aanvaard", "hulp_werkt") if _weighs(s, q)]
    return strongest(*norms)


def _weighs(s: Situation, question: str) -> bool:
    """A plain "nee" on a help question always counts; doubt only once the case has been weighed (§2.3: the questions of step 5)."""
    return getattr(s, question) == "nee" or s.voortgang == "gewogen"
