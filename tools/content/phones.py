"""Telephone numbers and addresses on the web: only those that are known, never one that somebody thought up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.content.nodes import Document, Folder
from tools.content.passages import passages
from tools.content.report import Report

NUMBERS = "nummers.yml"
#: what reads as a telephone number: a short one (112, 14 078), or a long one that begins with 0, (0 or +
_PHONE = re.compile(r"(?<![\w.,/-])(?:\+\d|\(?0)\d[\d ()\-]{3,}\d(?![\w-])|(?<![\w.,/-])(?:14 ?0\d{2,3}|11[2-9])(?!\w|[.,]\d|\.[a-z]| ?%)")
_SITE = re.compile(r"(?<![\w@.])(?:[\w-]+\.)+(?:nl|nu|org|eu|com|net|be)\b(?!@)", re.IGNORECASE)
#: numbers that are never masked, whatever they look like (`bot/privacy/phones.py`)
_ALWAYS_PUBLIC = re.compile(r"^0?(?:800|900|906|909)|^\d{1,5}$")


def digits(number: str) -> str:
    """A number without the way it is written."""
    return re.sub(r"[^\d+]", "", number)


def check(folder: Folder, report: Report, public: Path | None = None) -> None:
    """Every number and site in content. `public`: the list of numbers that masking leaves alone."""
    if NUMBERS not in folder.files:
        return  # reported already
    national = {digits(str(key)) for key in folder.data(NUMBERS)}
    local = {d.name: {digits(str(key)) for key in d.data.get("nummers") or ()} for d in folder.inside("routekaarten")}
    sites = known_sites(folder)
    for passage in passages(folder):
        known = national | local.get(passage.document.name, set())
        for number in numbers_in(passage.text):
            if digits(number) not in known:
                report.at("nummer_onbekend", passage.document.name, passage.line(number), id=passage.id, nummer=number)
        for found in _SITE.finditer(passage.text):
            if _bare(found.group()) not in sites:
                report.at("site_onbekend", passage.document.name, passage.line(found.group()), id=passage.id, site=found.group())
    _unsourced(folder, report)
    if public and public.exists():
        _masked(folder, public, report)


def numbers_in(text: str) -> Iterator[str]:
    """Everything in a text that reads as a telephone number."""
    for found in _PHONE.finditer(text):
        yield found.group().strip(" -")


def _bare(site: str) -> str:
    return re.sub(r"^www\.", "", site.lower())


def known_sites(folder: Folder) -> set[str]:
    """The sites of organisations, of municipalities, and of sources."""
    texts = [str(row.get("url", "")) + " " + " ".join(row.get("urls_extra") or ()) for _, _, row in folder.entries("bronnen.yml")]
    texts += [str(way.get("waarde", "")) for way in _ways(folder)]
    return {_bare(found.group()) for text in texts for found in _SITE.finditer(re.sub(r"https?://", " ", text))}


def _ways(folder: Folder) -> Iterator[Mapping[str, object]]:
    rows = [row for _, _, row in folder.entries("organisaties.yml")]
    rows += [row for d in folder.inside("routekaarten") for row in (d.data.get("functies") or {}).values() if isinstance(row, Mapping)]
    for row in rows:
        yield from (way for way in row.get("bereik") or () if isinstance(way, Mapping))


def _unsourced(folder: Folder, report: Report) -> None:
    """A small text with a number in it states a fact, so it has a source."""
    for document, place, row in folder.entries("teksten.yml"):
        stated = " ".join(str(value) for key, value in row.items() if key not in ("bronnen", "controleer_lokaal"))
        if next(numbers_in(stated), None) and not row.get("bronnen"):
            report.add("nummer_zonder_bron", document, place, id=place[0])


def _masked(folder: Folder, public: Path, report: Report) -> None:
    """An ordinary number that is not in the list of masking would be hidden when a user types it."""
    spared = {digits(line.split("#")[0]) for line in public.read_text("utf8").splitlines()}
    rows: list[tuple[Document, tuple[str, ...], str]] = [(folder.files[NUMBERS], (str(key),), str(key)) for key in folder.data(NUMBERS)]
    rows += [(d, ("nummers", str(key)), str(key)) for d in folder.inside("routekaarten") for key in d.data.get("nummers") or ()]
    for document, place, number in rows:
        if digits(number) not in spared and not _ALWAYS_PUBLIC.match(digits(number)):
            report.add("nummer_gemaskeerd", document, place, nummer=number)
