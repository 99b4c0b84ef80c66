"""Every statement has a source, every source is known, and somebody looked at it not too long ago."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from tools.content.nodes import Document, Folder, Place
from tools.content.report import Report
from tools.content.style import STYLE

SOURCES = "bronnen.yml"
WARN_AFTER, FAIL_AFTER = 365, 730


def check(folder: Folder, report: Report, today: date) -> None:
    """Codes and ages. `today` is given from outside, so that a test does not fail by growing old."""
    known = {str(code) for code in folder.data(SOURCES)}
    without = {str(key) for key in folder.data(STYLE).get("zonder_bron") or ()}
    for document in folder.files.values():
        for place, row in blocks(document.data):
            _codes(document, place, row, known, without, report)
            if "gecontroleerd" in row:
                _age(document, place, row["gecontroleerd"], today, report)


def blocks(value: Any, place: Place = ()) -> Iterator[tuple[Place, Mapping[Any, Any]]]:
    """Every mapping in a file, from the top down, with its place."""
    if isinstance(value, Mapping):
        yield place, value
        for key, inner in value.items():
            yield from blocks(inner, (*place, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from blocks(inner, (*place, index))


def _codes(document: Document, place: Place, row: Mapping[Any, Any], known: set[str], without: set[str], report: Report) -> None:
    codes = row.get("bronnen")
    if not isinstance(codes, list):
        return
    if not codes and place and str(place[0]) not in without and document.name != STYLE:
        report.add("zonder_bron", document, (*place, "bronnen"), id=".".join(map(str, place)))
    seen: set[str] = set()
    for index, code in enumerate(codes):
        if str(code) not in known:
            report.add("bron_onbekend", document, (*place, "bronnen", index), bron=code)
        if str(code) in seen:
            report.add("bron_dubbel", document, (*place, "bronnen", index), bron=code)
        seen.add(str(code))


def _age(document: Document, place: Place, value: Any, today: date, report: Report) -> None:
    try:
        checked = date.fromisoformat(str(value))
    except ValueError:
        return  # the form of the date is reported already
    where, days = (*place, "gecontroleerd"), (today - checked).days
    name = ".".join(map(str, place)) or document.name
    if days > FAIL_AFTER:
        report.add("te_oud", document, where, id=name, datum=value)
    elif days > WARN_AFTER:
        report.add("oud", document, where, id=name, datum=value)
    elif days < 0:
        report.add("toekomst", document, where, id=name, datum=value, vandaag=today.isoformat())
