"""Everything the program can mean has words: intents, questions and their options, signs, organisations, small texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.cards import FOLLOW_UPS
from bot.core.questions import QUESTIONS
from bot.core.route import OWN_FUNCTION, RULES
from bot.core.signs import ERBIJ
from bot.core.situation import OPTIONS
from tools.content.nodes import Folder, Loader
from tools.content.report import Report

#: intents that get no text of their own: what they say is an answer to the question, or where the conversation goes
#: (`bot/dialogue/reading.py`, `flow.py`), or they have a reply of their own in `bot/dialogue/replies.py`
NO_ANSWER = frozenset(
    {
        "bevestigen", "ontkennen", "weet_niet", "terug", "opnieuw_beginnen", "stoppen", "antwoord", "nlu_fallback", "zorg_delen", "acuut_gevaar",
        "kind_vertelt", "suicide_uiting", "zelf_slachtoffer", "zelf_kind", "zelf_overbelast", "collega_zorg", "advies_vragen", "rol_noemen",
        "kindcheck_doen", "gesprek_ouders", "gesprek_kind", "contact_zoeken", "taak_organisatie", "samenvatting_vragen",
    }
)  # fmt: skip
#: questions that fill no field of the situation -> their options; None where they are made from something else
CONVERSATION = {
    "bevestig_signalen": ("ja", "nee"), "toelichting": None, "keuze": None, "bellen": ("ja", "hulp", "geen_gevaar", "oefening"),
    "vastgelegd": ("ja", "nee"), "overlegd": ("ja", "nee"), "ouders_gesproken": ("ja", "nee", "kan_niet"), "gewogen": ("ja", "nee"),
}  # fmt: skip
#: the talks that can be prepared
TALKS = ("ouders", "ouders_huisarts", "ouders_melding", "kind", "kindcheck")
#: how the dialogue asks for a small text of `teksten.yml`; the pages list theirs (`bot/server/page.py`)
_ASKED = re.compile(r"""\b(?:(?:say|text)\(state, ?|labelled\()["']([a-z][a-z0-9_]*)["'](?= ?[,)])""")


def check(folder: Folder, report: Report, root: Path) -> None:
    """All ids. `root`: the project, for the intents it trains, the words it reads and the code that asks for texts."""
    _intents(folder, report, root / "domain.yml")
    _questions(folder, report)
    _signs(folder, report, root / "bot" / "nlu" / "lexicon" / "signalen.yml")
    _organisations(folder, report, root / "bot" / "nlu" / "lexicon" / "feiten.yml")
    _missing("gesprek.yml", folder, TALKS, report)
    _missing("stappen.yml", folder, range(1, 6), report)
    _texts(folder, report, root / "bot")


def _missing(name: str, folder: Folder, needed: Iterable[object], report: Report) -> None:
    """Entries that a file must have."""
    document = folder.files.get(name)
    for key in needed:
        if document and key not in folder.data(name):
            report.add("id_mist", document, (), id=key, bestand=name)


@lru_cache(maxsize=4)
def _yaml(text: str) -> Any:
    return yaml.load(text, Loader=Loader)


def intents(domain: Path) -> list[str]:
    """The intents of a Rasa domain."""
    rows = (_yaml(domain.read_text("utf8")) or {}).get("intents") or []
    return [str(next(iter(row))) if isinstance(row, Mapping) else str(row) for row in rows]


def _intents(folder: Folder, report: Report, domain: Path) -> None:
    answers = set(folder.answers)
    for intent in intents(domain):
        if intent not in answers and intent not in NO_ANSWER:
            report.at("antwoord_mist", "antwoorden", 1, intent=intent)


def _questions(folder: Folder, report: Report) -> None:
    document = folder.files.get("vragen.yml")
    if document is None:
        return
    needed: dict[str, tuple[str, ...] | None] = {**CONVERSATION, **{q: OPTIONS[q] for q in QUESTIONS}}
    _missing("vragen.yml", folder, needed, report)
    for _, place, row in folder.entries("vragen.yml"):
        if place[0] not in needed:
            report.add("vraag_onbekend", document, place, vraag=place[0])
            continue
        options, expected = row.get("opties") or {}, needed[str(place[0])] or ()
        for option in expected:
            if option not in options:
                report.add("optie_mist", document, (*place, "opties"), vraag=place[0], optie=option)
        for option in options if needed[str(place[0])] is not None else ():
            if option not in expected:
                report.add("optie_te_veel", document, (*place, "opties", option), vraag=place[0], optie=option)


def _signs(folder: Folder, report: Report, lexicon: Path) -> None:
    document = folder.files.get("signalen.yml")
    if document is None:
        return
    read = {str(key) for key in _yaml(lexicon.read_text("utf8")) if not str(key).startswith("_")}
    shown = set(map(str, folder.data("signalen.yml")))
    for sign in sorted(read - shown):
        report.add("id_mist", document, (), id=sign, bestand="signalen.yml")
    for sign in sorted(shown - read):
        report.add("teken_zonder_woorden", document, (sign,), id=sign)


def _organisations(folder: Folder, report: Report, lexicon: Path) -> None:
    """Everybody the core can send somebody to, and everybody who is recognised in text."""
    fixed = {rule.contact for rule in RULES if isinstance(rule.contact, str)}
    after = {step.contact for rule in RULES for step in rule.after}
    own = {org for functions in OWN_FUNCTION.values() for org in functions}
    by_sign = {org for orgs in ERBIJ.values() for org in orgs}
    read = set(_yaml(lexicon.read_text("utf8")).get("organisaties") or ())
    _missing("organisaties.yml", folder, sorted(fixed | after | own | by_sign | read), report)


def _texts(folder: Folder, report: Report, code: Path) -> None:
    """Small texts that the code asks for by name."""
    document = folder.files.get("teksten.yml")
    for key in sorted(asked_for(code)):
        if document and key not in folder.data("teksten.yml"):
            report.add("tekst_mist", document, (), id=key)


def asked_for(code: Path) -> set[str]:
    """The names of the small texts in the dialogue and on its buttons, as far as they are written out."""
    texts = [path.read_text("utf8") for path in sorted([*code.glob("*.py"), *(code / "dialogue").glob("*.py")])]
    return {name for text in texts for name in _ASKED.findall(text)} | set(FOLLOW_UPS.values())
