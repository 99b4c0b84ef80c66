"""The note: from what was said, a factual text for the user's own record and a shorter one for secure mail (§2.2 vastleggen, §2.4 huisarts).

No names: what only the writer knows stands as a placeholder between square brackets. Only signs that were shown to the user and not taken back
count as told; what was read and not shown asks to be checked. A question that was not asked is "niet besproken", never an answer. Plain ASCII,
lines of at most `WIDTH` characters, so that it survives secure mail. Words come from `content/notitie.yml`.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.content.load import Content, pick
from bot.core.route import Advice, acute
from bot.core.situation import ON_DUTY
from bot.dialogue.state import State

#: characters of a line
WIDTH = 70
#: parts of the note, in order. The doctor's order is that of the KNMG (§2.4), that of others the basic model (§2.2).
DOCTOR = ("bevindingen", "kindcheck", "advies", "gesprek", "anderen", "weging", "besluit", "vervolg")
BASIC = ("bevindingen", "advies", "gesprek", "weging", "besluit", "vervolg")
BASIC_KINDCHECK = ("bevindingen", "kindcheck", "advies", "gesprek", "weging", "besluit", "vervolg")
COLLEAGUE = ("bevindingen", "leiding", "vervolg")
BYSTANDER = ("bevindingen", "vervolg")
#: who speaks of themself gets whom to call, no record of what was told
SELF = ("vervolg",)

#: kinds of knowledge of a sign, in the order of the note
MARKS = ("feit", "verteld", "duiding")
KINDCHECK = ("kinderen", "kinderen_veilig", "zwanger", "steun")
WEIGHED = ("acuut", "structureel", "onthulling")
HELP = ("hulp_mogelijk", "hulp_aanvaard", "hulp_werkt")
#: shown where an answer is known; not asking them says nothing
WHERE_KNOWN = ("eerder_gemeld", "jeugdbeschermer", "gesprek_onveilig")
INJURY = frozenset({"letsel", "brandwond", "letsel_baby"})
#: an injury at this age is seen by a paediatrician the same day (§6.2 P14, §10 L3)
YOUNG = ("0-1", "2-3")
#: signs that ask a doctor for answers of their own (§10 L6, §13 C6 C8, §3)
ASKED_BY_DOCTOR = ("partnergeweld", "suicidale_uiting", "zwangerschap_risico")
#: an explanation was given, or something was denied (§9 D23, §13 C8)
EXPLAINED = INJURY | {"partnergeweld"}

_PLACEHOLDER = re.compile(r"\[[^\]]*\]")
_GLUE = "\x1f"
_PUNCTUATION = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "–": "-", "—": "-", "·": ";", "•": "-"})


@dataclass(frozen=True)
class Note:
    """Both texts with their headings: `tekst` for the record, `kort` for secure mail."""

    titel: str
    tekst: str
    titel_kort: str
    kort: str


def plain(text: str) -> str:
    """A text in ASCII: letters without their accents, typographic marks as ordinary ones."""
    flat = unicodedata.normalize("NFKD", text.translate(_PUNCTUATION))
    return flat.encode("ascii", "ignore").decode()


def wrapped(line: str) -> list[str]:
    """A line broken at `WIDTH`; never inside a placeholder."""
    glued = _PLACEHOLDER.sub(lambda found: found.group().replace(" ", _GLUE), plain(line))
    rows = textwrap.wrap(glued, WIDTH, break_long_words=False, break_on_hyphens=False)
    return [row.replace(_GLUE, " ") for row in rows]


def write(content: Content, state: State, advice: Advice) -> Note:
    """The note of a conversation that came to its card."""
    return _Writer(content, state, advice).note()


class _Writer:
    def __init__(self, content: Content, state: State, advice: Advice) -> None:
        self.content, self.state, self.advice = content, state, advice
        self.s, self.words = state.situatie, content.note
        self.given: Mapping[str, Any] = self.words["antwoorden"]

    # -- the two texts ----------------------------------------------------------------------------------------------------------

    def note(self) -> Note:
        """Both texts."""
        rows = [self._say("kop")]
        if self._danger():
            rows.append(self._mark("let_op", "gevaar"))
        for part in self._parts():
            rows += ["", self._pick(self.words["koppen"][part]), *getattr(self, "_" + part)()]
        return Note(self._pick(self.words["titel"]), _text(rows), self._pick(self.words["titel_kort"]), _text(self._mail()))

    def _parts(self) -> tuple[str, ...]:
        if self.s.zelf is not None:
            return SELF
        if not self.s.professional:
            return BYSTANDER
        if self.s.verdachte in ("collega", "houder"):
            return COLLEAGUE
        if self.s.rol == "huisarts":
            return DOCTOR
        return BASIC_KINDCHECK if self.s.kindcheck else BASIC

    def _mail(self) -> list[str]:
        rows = [self._say("kort_kop")]
        if self.s.professional:
            rows.append(self._say("kort_delen"))
        if self._danger() or self.advice.urgentie in ("nu", "vandaag"):
            rows.append(self._mark("let_op", "kort_spoed"))
        if self.s.zelf is None:
            rows += ["", *(self._marked(mark, self._joined(ids) + ".") for mark, ids in self._told().items() if ids)]
            rows += self._denied() + self._unconfirmed()
        if self._on_meldcode():
            asked = [*WEIGHED, *(KINDCHECK if self.s.kindcheck else ())]
            rows += [self._answer(q) for q in asked if self._value(q) is not None]
            open_ = [self.given[q]["titel"] for q in asked if self._value(q) is None]
            rows += [self._mark("open", "kort_niet", tekens="; ".join(open_))] if open_ else []
            rows += [self._norm(), self._mark("invullen", "advies_vt")]
        if self._parts() == COLLEAGUE:
            rows.append(self._mark("invullen", "leiding_wie"))
        rows += [self._mark("invullen", "kort_afspraak")] if self.s.professional else []
        closing = [self._say(key) for key in ("kort_vraag", *(["kort_houder"] if self.s.professional else []), "kort_geen_melding")]
        return [*rows, "", *closing, self._mark("afspraak", "vervolg_erger")]

    # -- the parts --------------------------------------------------------------------------------------------------------------

    def _bevindingen(self) -> list[str]:
        rows = [self._mark(mark, "teken_" + mark, tekens=self._sign(i)) for mark, ids in self._told().items() for i in ids]
        rows += self._denied() + self._unconfirmed()
        if not self._confirmed():
            rows.append(self._mark("invullen", "geen_teken"))
        if self._value("leeftijd") is not None:
            rows.append(self._answer("leeftijd"))
        if self.s.rol == "huisarts" and self._on_meldcode():
            rows.append(self._mark("invullen", "onderzoek_baby" if "letsel_baby" in self.s.signalen else "onderzoek"))
            rows += [self._mark("invullen", sign) for sign in ASKED_BY_DOCTOR if sign in self.s.signalen]
        if self.s.signalen & INJURY:
            rows.append(self._mark("invullen", "letsel"))
        rows.append(self._mark("invullen", "woorden"))
        if self.s.signalen & EXPLAINED:
            rows.append(self._mark("invullen", "uitleg"))
        return [*rows, self._mark("invullen", "tegen")] if self._on_meldcode() else rows

    def _kindcheck(self) -> list[str]:
        known = self.s.kindcheck or any(self._value(q) is not None for q in KINDCHECK)
        rows = [self._answer(q) for q in KINDCHECK] if known else [self._mark("open", "kindcheck_niet")]
        rows.append(self._mark("invullen", "kinderen_in_huis"))
        return [*rows, self._mark("open", "mantelzorgcheck")] if self.s.doctor else rows

    def _advies(self) -> list[str]:
        rows = [self._progress("advies", "overlegd")]
        if self.s.rol != "huisarts" or self.s.assists:
            return [*rows, self._mark("invullen", "advies_collega"), self._mark("invullen", "advies_vt")]
        young = "letsel_baby" in self.s.signalen or (bool(self.s.signalen & INJURY) and self.s.leeftijd in YOUNG)
        injured = ["kinderarts"] if young else []
        return [*rows, *(self._mark("invullen", key) for key in ("advies_vt", "advies_collega", "advies_waarom_niet", *injured))]

    def _gesprek(self) -> list[str]:
        rows = [self._progress("gesprek", "ouders_gesproken")]
        if self.advice.ouders_later:
            rows.append(self._mark("invullen", "gesprek_wacht"))
        return [*rows, self._mark("invullen", "gesprek_wie"), self._mark("invullen", "gesprek_toestemming")]

    def _anderen(self) -> list[str]:
        done = self.s.at_least("gewogen")
        first = self._mark("feit", "anderen_ja") if done else self._mark("open", "anderen_niet")
        return [first, self._mark("invullen", "anderen_wie")]

    def _weging(self) -> list[str]:
        asked = [*WEIGHED, *(q for q in (*WHERE_KNOWN, "vermoeden") if self._value(q) is not None)]
        return [*(self._answer(q) for q in asked), self._norm(), self._mark("invullen", "grondslag")]

    def _besluit(self) -> list[str]:
        help_ = [self._answer(q) for q in HELP if self._value(q) is not None] or [self._mark("open", "hulp_niet")]
        return [self._mark("invullen", "besluit_melden"), *help_, self._mark("invullen", "besluit_hulp")]

    def _leiding(self) -> list[str]:
        return [self._mark("invullen", "leiding_wie"), self._mark("invullen", "leiding_bewaren")]

    def _vervolg(self) -> list[str]:
        name = self.content.organisation(self.advice.contact, self.state.gemeente)["naam"]
        when = self.content.card["urgentie"][self.advice.urgentie]
        rows = [self._mark("invullen", "vervolg_eerst", naam=name, wanneer=when)]
        if self.s.professional:
            rows.append(self._mark("invullen", "vervolg_houder"))
            if self.s.eigen in ON_DUTY:
                rows.append(self._mark("invullen", "vervolg_dienst"))
            rows.append(self._mark("invullen", "vervolg_datum"))
        return [*rows, self._mark("afspraak", "vervolg_erger")]

    # -- what is known ----------------------------------------------------------------------------------------------------------

    def _danger(self) -> bool:
        return acute(self.s)

    def _on_meldcode(self) -> bool:
        return self.s.professional and self.s.verdachte not in ("collega", "houder")

    def _confirmed(self) -> frozenset[str]:
        """Signs that the user saw read back and did not take away."""
        return self.s.signalen & set(self.state.getoond) if self.state.bevestigd != "nee" else frozenset()

    def _told(self) -> dict[str, list[str]]:
        """The confirmed signs by their mark, in the order of the marks."""
        known = self._confirmed()
        return {mark: [i for i in self.words["tekens_" + mark] if i in known] for mark in MARKS}

    def _denied(self) -> list[str]:
        ids = [i for i in self.state.ontkend if i in self.content.signs and i not in self.s.signalen]
        return [self._mark("niet", "ontkend", tekens=self._joined(ids))] if ids else []

    def _unconfirmed(self) -> list[str]:
        ids = sorted(self.s.signalen - self._confirmed())
        return [self._mark("nakijken", "onbevestigd", tekens=self._joined(ids))] if ids else []

    def _value(self, question: str) -> str | None:
        """The answer as far as it is known; danger that was told is never a "nee"."""
        if question == "acuut" and self._danger():
            return "ja"
        if question == "onthulling" and "onthulling" in self._confirmed():
            return "ja"
        value: str | None = getattr(self.s, question)
        return value

    def _answered(self, question: str) -> bool:
        asked = ("bellen", "acuut", "kinderen_veilig") if question == "acuut" and self._danger() else (question,)
        return bool(set(asked) & set(self.state.beantwoord)) or (question == "onthulling" and "onthulling" in self._confirmed())

    def _norm(self) -> str:
        return self._mark("duiding", {True: "norm_ja", None: "norm_gesprek", False: "norm_open"}[self.advice.melding_norm])

    # -- words ------------------------------------------------------------------------------------------------------------------

    def _pick(self, entry: Any) -> str:
        reader = "zelf" if self.s.zelf else "praktijk" if self.s.assists else ""
        return pick(entry, self.s.rol, reader) or ""

    def _say(self, key: str, **values: str) -> str:
        text = self._pick(self.words["regels"][key])
        return text.format(**values) if values else text

    def _mark(self, mark: str, key: str, **values: str) -> str:
        return self._marked(mark, self._say(key, **values))

    def _marked(self, mark: str, text: str) -> str:
        return f"{self.words['merk'][mark]}: {text[:1].upper()}{text[1:]}"

    def _answer(self, question: str) -> str:
        """One question with its answer, and what kind of knowledge that is."""
        row, usual, value = self.given[question], self.given["standaard"], self._value(question)
        if value is None:
            return self._marked("open", row["titel"] + ".")
        said = row.get(value) or usual[value]
        if self._answered(question):
            return self._marked(row["soort"], f"{row['titel']}: {said}.")
        return self._marked("nakijken", f"{row['titel']}: {self.given['gelezen'].format(antwoord=said)}.")

    def _progress(self, part: str, step: str) -> str:
        """How far a step has come; what was only read in the text is to be checked."""
        answered = "voortgang" in self.state.beantwoord
        if self.s.at_least(step):
            return self._mark("feit" if answered else "nakijken", part + "_ja")
        return self._mark("feit", part + "_nee") if answered else self._mark("open", part + "_niet")

    def _sign(self, sign: str) -> str:
        return str(self.content.signs[sign]["titel"])

    def _joined(self, ids: Iterable[str]) -> str:
        return "; ".join(self._sign(i) for i in ids)


def _text(rows: Iterable[str]) -> str:
    return "\n".join(line for row in rows for line in (wrapped(row) or [""])).strip()
