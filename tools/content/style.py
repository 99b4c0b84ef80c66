"""The house style of the texts: how long, how hard, and which words. The limits and the words stand in `content/huisstijl.yml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from tools.content import dutch
from tools.content.nodes import Folder
from tools.content.passages import Passage, passages
from tools.content.report import Report

STYLE = "huisstijl.yml"
#: lists of words that never stand in a text -> whether what the user says is exempt
FORBIDDEN = {"oordeel": False, "belofte": False, "melden_wegpraten": False, "melden_door_routekaart": True}
#: what the program fills in
FILLED_IN = frozenset({"contact", "functie", "kind", "tekens", "bij"})
#: said to a team around one screen, of several professions: je for all of them
TO_A_TEAM = frozenset({"team.yml"})
_GIVEN = re.compile(r"[(,]\s*([a-z_]+)=(?!=)")
_QUOTED = re.compile(r'"[^"]*"|“[^”]*”')
_JE = re.compile(r"\b(?:je|jij|jou|jouw|jezelf|jullie)\b", re.IGNORECASE)
_U = re.compile(r"\b(?:u|uw|uzelf)\b", re.IGNORECASE)
_BRACE = re.compile(r"\{([^{}]*)\}|[{}]")


def check(folder: Folder, report: Report, code: Path) -> None:
    """Every text of the folder. `code`: the program that fills in what stands between braces."""
    style = folder.data(STYLE)
    limits = style.get("grenzen") or {}
    if not limits:
        return  # the form of the file is reported already
    terms = {word: row for word, row in (style.get("jargon") or {}).items() if isinstance(row, Mapping)}
    foreign = set(style.get("andere_taal") or ())
    spelt = _spellings(terms)
    _marks(folder, terms, report)
    never = frozenset(map(str, style.get("nooit_voor_huisarts") or ()))
    fills = FILLED_IN | filled_by(code)
    for passage in passages(folder):
        _braces(passage, fills, report)
        if not foreign & set(passage.place):
            _length(passage, limits, report)
            _jargon(passage, terms, spelt, report)
            _forbidden(passage, style, report)
            _address(passage, never, report)


# -- length and readability ------------------------------------------------------------------------------------------------------


def _length(passage: Passage, limits: Mapping[str, int], report: Report) -> None:
    rows = [(sentence, len(dutch.words(sentence))) for string in passage.strings for sentence in dutch.sentences(string)]
    for sentence, count in rows:
        if count > limits["zin_hoogstens"]:
            line = passage.line(sentence)
            report.at(
                "zin_te_lang",
                passage.document.name,
                line,
                id=passage.id,
                woorden=count,
                hoogstens=limits["zin_hoogstens"],
                begin=_begin(sentence),
            )
    total = sum(count for _, count in rows)
    if passage.document.name == "signalen.yml" and passage.place[-1] == "titel" and total > limits["signaal_titel_hoogstens"]:
        report.add(
            "titel_te_lang", passage.document, passage.place, id=passage.id, woorden=total, hoogstens=limits["signaal_titel_hoogstens"]
        )
    if "kort" in passage.place and passage.document.name.startswith("antwoorden/") and total > limits["antwoord_hoogstens"]:
        report.add(
            "antwoord_te_lang", passage.document, passage.place, id=passage.id, woorden=total, hoogstens=limits["antwoord_hoogstens"]
        )
    if passage.label or not rows:
        return
    mean = dutch.average([count for _, count in rows])
    if mean > limits["gemiddeld_waarschuwing"]:
        code = "gemiddeld_te_lang" if mean > limits["gemiddeld_hoogstens"] else "gemiddeld_lang"
        report.add(
            code,
            passage.document,
            passage.place,
            id=passage.id,
            woorden=f"{mean:.1f}".replace(".", ","),
            streef=limits["gemiddeld_waarschuwing"],
        )
    if total >= limits["leesbaarheid_vanaf_woorden"]:
        score = round(dutch.readability(passage.strings))
        if score < limits["leesbaarheid_minstens"]:
            report.add(
                "moeilijk_leesbaar",
                passage.document,
                passage.place,
                id=passage.id,
                score=score,
                minstens=limits["leesbaarheid_minstens"],
            )


def scores(folder: Folder) -> Iterator[tuple[float, Passage]]:
    """The readability of every text that is long enough to have one."""
    style = folder.data(STYLE)
    least, foreign = style["grenzen"]["leesbaarheid_vanaf_woorden"], set(style["andere_taal"])
    for passage in passages(folder):
        if not passage.label and not foreign & set(passage.place) and len(dutch.words(passage.text)) >= least:
            yield dutch.readability(passage.strings), passage


def _begin(sentence: str) -> str:
    """Enough of a sentence to find it by."""
    every = sentence.split()
    return " ".join(every[:7]) + (" ..." if len(every) > 7 else "")


# -- words -----------------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=2_000)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these words or phrases, as whole words. An abbreviation in capitals is only found in capitals."""
    rows = [re.escape(word) if word.isupper() else f"(?i:{re.escape(word)})" for word in sorted(words, key=len, reverse=True)]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(rows)})(?![\w-])")


@lru_cache(maxsize=50_000)
def _hits(words: tuple[str, ...], text: str) -> tuple[str, ...]:
    """These words as they stand in a text, in order."""
    return tuple(found.group() for found in _pattern(words).finditer(text))


def _jargon(passage: Passage, terms: Mapping[str, Mapping[str, Any]], spelt: Mapping[str, str], report: Report) -> None:
    if passage.name or passage.title:
        return
    seen: set[str] = set()
    for text in _hits(tuple(spelt), passage.text):
        word = spelt.get(text) or spelt[text.lower()]
        row = terms[word]
        forms = (word, *map(str, row.get("vormen") or ()))
        if word not in seen and not _ordinary(row, passage) and not _marked(row, passage) and not _explained(passage.text, forms, row):
            report.at("jargon", passage.document.name, passage.line(text), id=passage.id, woord=text, uitleg=row.get("uitleg", ""))
        seen.add(word)


def _spellings(terms: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Every way of writing a word, with that word: as it is for an abbreviation in capitals, else in lower case."""
    rows = ((word, *map(str, row.get("vormen") or ())) for word, row in terms.items())
    return {(form if form.isupper() else form.lower()): forms[0] for forms in rows for form in forms}


def _ordinary(row: Mapping[str, Any], passage: Passage) -> bool:
    """An ordinary word for whoever reads this."""
    return passage.audience in (row.get("mag_bij") or ()) or bool(set(map(str, row.get("mag_in") or ())) & set(map(str, passage.place)))


def _marked(row: Mapping[str, Any], passage: Passage) -> bool:
    """Explained in the glossary, where any professional can ask for it. Others get the meaning at once."""
    return bool(row.get("begrip")) and passage.audience != "geen_beroep"


def _explained(text: str, forms: Sequence[str], row: Mapping[str, Any]) -> bool:
    """Whether the text says what the word means: behind the word, or by a phrase that does."""
    inner = rf"(?:{'|'.join(map(re.escape, forms))})"
    behind = re.search(
        rf"(?i)\b{inner}(?: \(|: |, dat is | betekent| is een )|\({inner}\)|\b(?:heet|heten) (?:de |het |een )?{inner}", text
    )
    by = [str(row.get("uitleg", "")), *map(str, row.get("uitgelegd_met") or ())]
    return bool(behind) or any(phrase and phrase.lower() in text.lower() for phrase in by)


def _marks(folder: Folder, terms: Mapping[str, Mapping[str, Any]], report: Report) -> None:
    """A word that is marked as explained elsewhere is explained there, and can be asked for by that name."""
    for word, row in terms.items():
        mark = row.get("begrip")
        if mark and str(mark) not in explained_ids(folder):
            report.add("begrip_mist", folder.files[STYLE], ("jargon", word, "begrip"), woord=word, begrip=mark)


def explained_ids(folder: Folder) -> set[str]:
    """Where a word can be explained: the glossary, the structures, the answers."""
    glossary = {str(key) for group in folder.data("begrippen.yml").values() if isinstance(group, Mapping) for key in group}
    return glossary | {str(key) for key in folder.data("structuren.yml")} | set(folder.answers)


def _forbidden(passage: Passage, style: Mapping[str, Any], report: Report) -> None:
    for group, user_may in FORBIDDEN.items():
        if user_may and passage.user_says:
            continue
        text = _QUOTED.sub(" ", passage.text) if user_may else passage.text
        rules = style.get(group) or {}
        harmless = tuple(map(str, rules.get("behalve") or ()))
        if harmless:
            text = _pattern(harmless).sub(" ", text)
        words = tuple(map(str, rules.get("woorden") or ()))
        for found in _hits(words, text) if words else ():
            report.at(group, passage.document.name, passage.line(found), id=passage.id, woord=found, liever=rules.get("zeg_liever", ""))


# -- je and u, braces ------------------------------------------------------------------------------------------------------------


def _address(passage: Passage, never: frozenset[str], report: Report) -> None:
    """A doctor is addressed with u, others with je; a text for all of them with neither. `never`: ids that no doctor gets to see."""
    if passage.user_says or passage.label:
        return
    text = _QUOTED.sub(" ", passage.text)
    je, u = _JE.search(text), _U.search(text)
    code, found = None, None
    if passage.audience in ("huisarts", "praktijk") and je:
        code, found = "je_voor_huisarts", je
    elif passage.audience not in ("huisarts", "praktijk", None) and u:
        code, found = "u_voor_anderen", u
    elif (
        passage.audience == "allen"
        and je
        and not (_for_doctor(passage) or never & set(passage.place) or passage.document.name in TO_A_TEAM)
    ):
        code, found = "huisarts_mist", je
    elif passage.audience is None and (je or u):
        code, found = "spreekt_aan", je or u
    if code and found:
        report.at(code, passage.document.name, passage.line(found.group()), id=passage.id, woord=found.group())


def _for_doctor(passage: Passage) -> bool:
    """Whether the same text stands there for doctors too. Steps and questions in special circumstances have their own way of saying so."""
    if passage.place[-1] != "allen":
        return True
    row: Any = passage.document.data
    for step in passage.place[:-1]:
        row = row[step]
    return "huisarts" in row


def filled_by(code: Path) -> frozenset[str]:
    """What the program may fill in: every name under which some call in it gives a value."""
    return frozenset(
        name for path in code.rglob("*.*") if path.suffix in (".py", ".html") for name in _GIVEN.findall(path.read_text("utf8"))
    )


def _braces(passage: Passage, fills: frozenset[str], report: Report) -> None:
    for found in _BRACE.finditer(passage.text):
        if found.group(1) not in fills:
            report.at(
                "accolade",
                passage.document.name,
                passage.line(found.group()),
                id=passage.id,
                woord=found.group(),
                mogelijk=", ".join(sorted(FILLED_IN)),
            )
