"""The note: from what was said, a factual text for the user's own record and a shorter one for secure mail (§2.2 vastleggen, §2.4 huisarts).

No names: what only the writer knows stands as a placeholder between square brackets; such a line has no mark, so that nothing has to be taken
away once it is filled in. Only signs that were shown to the user and not taken back count as told; what was read and not shown asks to be
checked. A question that was not asked is "niet besproken", never an answer. The texts are plain ASCII in lines of at most `WIDTH` characters, so
that they survive secure mail; a screen shows the same lines unbroken (`Part`). Words come from `content/notitie.yml`.
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
class Row:
    """A line as a screen shows it. `merk`: what kind of knowledge it is; empty where it is to be filled in, or says nothing about the case."""

    merk: str
    tekst: str

    def __str__(self) -> str:
        return f"{self.merk}: {self.tekst}" if self.merk else self.tekst


@dataclass(frozen=True)
class Part:
    """Lines that belong together, under a heading or (empty) none."""

    kop: str
    regels: tuple[Row, ...]


@dataclass(frozen=True)
class Note:
    """Both texts with their headings: `delen` for the record, `kort_delen` for secure mail; `tekst` and `kort` are these as plain text."""

    titel: str
    delen: tuple[Part, ...]
    titel_kort: str
    kort_delen: tuple[Part, ...]

    @property
    def tekst(self) -> str:
        """The text for the record."""
        return _text(self.delen)

    @property
    def kort(self) -> str:
        """The text for secure mail."""
        return _text(self.kort_delen)


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
        head = [Row("", self._say("kop")), *([self._mark("let_op", "gevaar")] if self._danger() else [])]
        parts = [Part("", tuple(head))]
        parts += [Part(self._pick(self.words["koppen"][part]), tuple(getattr(self, "_" + part)())) for part in self._parts()]
        return Note(self._pick(self.words["titel"]), tuple(parts), self._pick(self.words["titel_kort"]), tuple(self._mail()))

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

    def _mail(self) -> list[Part]:
        head = [Row("", self._say("kort_kop"))]
        if self.s.professional:
            head.append(Row("", self._say("kort_delen")))
        if self._danger() or self.advice.urgentie in ("nu", "vandaag"):
            head.append(self._mark("let_op", "kort_spoed"))
        rows: list[Row] = []
        if self.s.zelf is None:
            rows += [self._marked(mark, self._joined(ids) + ".") for mark, ids in self._told().items() if ids]
            rows += self._denied() + self._unconfirmed()
        if self._on_meldcode():
            asked = [*WEIGHED, *(KINDCHECK if self.s.kindcheck else ())]
            rows += [self._answer(q) for q in asked if self._value(q) is not None]
            rows += self._open(self.given[q]["titel"] for q in asked if self._value(q) is None)
            rows += [self._norm(), self._fill("advies_vt")]
        if self._parts() == COLLEAGUE:
            rows.append(self._fill("leiding_wie"))
        rows += [self._fill("kort_afspraak")] if self.s.professional else []
        closing = [self._fill(key) for key in ("kort_vraag", *(["kort_houder"] if self.s.professional else []), "kort_geen_melding")]
        parts = (head, rows, [*closing, self._mark("afspraak", "vervolg_erger")])
        return [Part("", tuple(part)) for part in parts if part]

    # -- the parts --------------------------------------------------------------------------------------------------------------

    def _bevindingen(self) -> list[Row]:
        rows = [self._mark(mark, "teken_" + mark, tekens=self._sign(i)) for mark, ids in self._told().items() for i in ids]
        rows += self._denied() + self._unconfirmed()
        if not self._confirmed():
            rows.append(self._fill("geen_teken"))
        if self._value("leeftijd") is not None:
            rows.append(self._answer("leeftijd"))
        if self.s.rol == "huisarts" and self._on_meldcode():
            rows.append(self._fill("onderzoek_baby" if "letsel_baby" in self.s.signalen else "onderzoek"))
            rows += [self._fill(sign) for sign in ASKED_BY_DOCTOR if sign in self.s.signalen]
        if self.s.signalen & INJURY:
            rows.append(self._fill("letsel"))
        rows.append(self._fill("letterlijk_uitleg" if self.s.signalen & EXPLAINED else "letterlijk"))
        return [*rows, self._fill("tegen")] if self._on_meldcode() else rows

    def _kindcheck(self) -> list[Row]:
        if not self.s.kindcheck and all(self._value(q) is None for q in KINDCHECK):
            return [self._mark("open", "kindcheck_niet")]
        rows = [self._answer(q) for q in KINDCHECK if self._value(q) is not None]
        open_ = [self.given[q]["titel"] for q in KINDCHECK if self._value(q) is None]
        rows += self._open([*open_, *([self._say("mantelzorgcheck")] if self.s.doctor else [])])
        return [*rows, self._fill("kinderen_in_huis")]

    def _advies(self) -> list[Row]:
        rows = self._progress("advies", "overlegd")
        if self.s.rol != "huisarts" or self.s.assists:
            return [*rows, self._fill("advies_collega"), self._fill("advies_vt")]
        young = "letsel_baby" in self.s.signalen or (bool(self.s.signalen & INJURY) and self.s.leeftijd in YOUNG)
        injured = ["kinderarts"] if young else []
        return [*rows, *(self._fill(key) for key in (*injured, "advies_vt", "advies_collega", "advies_waarom_niet"))]

    def _gesprek(self) -> list[Row]:
        rows = self._progress("gesprek", "ouders_gesproken")
        if self.advice.ouders_later:
            rows.append(self._fill("gesprek_wacht"))
        return [*rows, self._fill("gesprek_wie"), self._fill("gesprek_toestemming")]

    def _anderen(self) -> list[Row]:
        done = [self._mark("feit", "anderen_ja")] if self.s.at_least("gewogen") else []
        return [*done, self._fill("anderen_wie")]

    def _weging(self) -> list[Row]:
        known = [q for q in (*WEIGHED, *WHERE_KNOWN, "vermoeden") if self._value(q) is not None]
        open_ = self._open(self.given[q]["titel"] for q in WEIGHED if q not in known)
        return [*(self._answer(q) for q in known), *open_, self._norm(), self._fill("grondslag")]

    def _besluit(self) -> list[Row]:
        help_ = [self._answer(q) for q in HELP if self._value(q) is not None]
        return [self._fill("besluit_melden"), *help_, self._fill("besluit_hulp")]

    def _leiding(self) -> list[Row]:
        return [self._fill("leiding_wie"), self._fill("leiding_bewaren")]

    def _vervolg(self) -> list[Row]:
        name = self.content.organisation(self.advice.contact, self.state.gemeente)["naam"]
        when = self.content.card["urgentie"][self.advice.urgentie]
        rows = [self._fill("vervolg_eerst", naam=name, wanneer=when)]
        if self.s.professional:
            duty = ["vervolg_dienst"] if self.s.eigen in ON_DUTY else []
            rows += [self._fill(key) for key in ("vervolg_houder", *duty, "vervolg_datum")]
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

    def _denied(self) -> list[Row]:
        ids = [i for i in self.state.ontkend if i in self.content.signs and i not in self.s.signalen]
        return [self._mark("niet", "ontkend", tekens=self._joined(ids))] if ids else []

    def _unconfirmed(self) -> list[Row]:
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

    def _norm(self) -> Row:
        return self._mark("duiding", {True: "norm_ja", None: "norm_gesprek", False: "norm_open"}[self.advice.melding_norm])

    # -- words ------------------------------------------------------------------------------------------------------------------

    def _pick(self, entry: Any) -> str:
        reader = "zelf" if self.s.zelf else "praktijk" if self.s.assists else ""
        return pick(entry, self.s.rol, reader) or ""

    def _say(self, key: str, **values: str) -> str:
        text = self._pick(self.words["regels"][key])
        return text.format(**values) if values else text

    def _mark(self, mark: str, key: str, **values: str) -> Row:
        return self._marked(mark, self._say(key, **values))

    def _marked(self, mark: str, text: str) -> Row:
        return Row(self.words["merk"][mark], _capital(text))

    def _fill(self, key: str, **values: str) -> Row:
        """A line to fill in; without a mark."""
        return Row("", _capital(self._say(key, **values)))

    def _open(self, titles: Iterable[str]) -> list[Row]:
        """What was not spoken of, in one line."""
        joined = "; ".join(titles)
        return [self._marked("open", joined + ".")] if joined else []

    def _answer(self, question: str) -> Row:
        """A question whose answer is known, with that answer and what kind of knowledge it is."""
        row, usual, value = self.given[question], self.given["standaard"], self._value(question)
        if value is None:
            raise ValueError(f"no answer to {question}")
        said = row.get(value) or usual[value]
        if self._answered(question):
            return self._marked(row["soort"], f"{row['titel']}: {said}.")
        return self._marked("nakijken", f"{row['titel']}: {self.given['gelezen'].format(antwoord=said)}.")

    def _progress(self, part: str, step: str) -> list[Row]:
        """How far a step has come; what was only read in the text is to be checked, and what was not asked is among the lines to fill in."""
        answered = "voortgang" in self.state.beantwoord
        if self.s.at_least(step):
            return [self._mark("feit" if answered else "nakijken", part + "_ja")]
        return [self._mark("feit", part + "_nee")] if answered else []

    def _sign(self, sign: str) -> str:
        return str(self.content.signs[sign]["titel"])

    def _joined(self, ids: Iterable[str]) -> str:
        return "; ".join(self._sign(i) for i in ids)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _text(parts: Iterable[Part]) -> str:
    blocks = (
        [row for line in ([part.kop] if part.kop else []) + [str(row) for row in part.regels] for row in wrapped(line)] for part in parts
    )
    return "\n\n".join("\n".join(block) for block in blocks)
