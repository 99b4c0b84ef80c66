"""Does every file hold what it may hold: readable YAML, no key twice, and the models of `bot/content/schema.py`."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ValidationError, parse_obj_as

from bot.content import schema
from tools.content.nodes import Document, Folder, Place
from tools.content.report import Report, words

#: findings after which the other checks would trip over what they read: first these, then the rest
SHAPELESS = frozenset({"onleesbaar", "geen_blok", "sleutel_soort", "soort_fout", "tekst_of_varianten", "leeg"})
#: what pydantic calls the expected kind -> its name in `meldingen.yml`
KINDS = {"str": "tekst", "list": "lijst", "dict": "blok", "bool": "bool", "integer": "getal", "none": "leeg"}


@lru_cache(maxsize=1)
def field_names() -> frozenset[str]:
    """Every name of a field in any model, to guess what a misspelt one should be."""
    models = [m for _, m in inspect.getmembers(schema) if type(m) is type(BaseModel)]
    return frozenset(name for model in models for name in model.__fields__)


def check(folder: Folder, report: Report) -> bool:
    """Everything about the form of the files. Whether the other checks can go on: every value is of the kind it should be."""
    for name in sorted(schema.FILES):
        if not name.endswith("/") and name not in folder.files:
            report.at("bestand_mist", name, 1)
    for document in folder.files.values():
        _file(document, report)
    _double_answers(folder, report)
    return not any(problem.code in SHAPELESS for problem in report.problems)


def _file(document: Document, report: Report) -> None:
    if document.broken:
        report.at("onleesbaar", document.name, document.broken.line, reden=document.broken.reason)
        return
    for line, key, first in document.doubles:
        report.at("dubbele_sleutel", document.name, line, sleutel=key, eerste=first)
    if not isinstance(document.data, Mapping) or not document.data:
        report.add("geen_blok", document, ())
        return
    cut = schema.parts(document.name, document.data)
    if cut is None:
        report.add("bestand_onbekend", document, ())
        return
    for place, model, value in cut:
        _part(document, place, model, value, report)


def _part(document: Document, place: Place, model: Any, value: Any, report: Report) -> None:
    if place and not isinstance(place[-1], (str, int)):
        report.add("sleutel_soort", document, place, sleutel=place[-1])
        return
    if model is None:
        report.add("veld_onbekend", document, place, veld=place[-1], lijkt=_looks_like(str(place[-1])))
        return
    try:
        parse_obj_as(model, value)
    except ValidationError as error:
        for row in error.errors():
            where = tuple(step for step in row["loc"] if step not in ("__root__", "__key__"))
            _error(document, (*place, *where), row, report)


def _error(document: Document, place: Place, row: Mapping[str, Any], report: Report) -> None:
    """A finding of pydantic in the words of the editors."""
    kind, known = str(row["type"]), words()["meldingen"]
    field = place[-1] if place else document.name
    if kind == "value_error.missing":
        report.add("veld_mist", document, place, veld=field)
    elif kind == "value_error.extra":
        report.add("veld_onbekend", document, place, veld=field, lijkt=_looks_like(str(field)))
    elif kind in ("type_error.none.not_allowed", "value_error.any_str.min_length", "value_error.list.min_items"):
        report.add("leeg", document, place, veld=field)
    elif kind == "value_error.const":
        ctx = row.get("ctx", {})
        report.add("waarde_onbekend", document, place, veld=field, waarde=ctx.get("given"), mogelijk=", ".join(ctx.get("permitted", ())))
    elif kind == "value_error.str.regex":
        report.add("broncode_vorm" if "bronnen" in place else "id_vorm", document, place, veld=field)
    elif kind == "value_error" and row["msg"] in known:
        report.add(row["msg"], document, place, veld=field)
    else:
        expected = KINDS.get(kind.split(".")[1] if "." in kind else "", "")
        report.add("soort_fout", document, place, veld=field, soort=words()["soorten"].get(expected, row["msg"]))


def _looks_like(name: str) -> str:
    close = difflib.get_close_matches(name, field_names(), 1, 0.7)
    return words()["lijkt_op"].format(naam=close[0]) if close else ""


def _double_answers(folder: Folder, report: Report) -> None:
    """An id in two files of `antwoorden/`: the last file would silently win."""
    first: dict[Any, str] = {}
    for document, place, _ in folder.entries("antwoorden"):
        if place[0] in first:
            report.add("dubbel_antwoord", document, place, sleutel=place[0], eerste=first[place[0]])
        first.setdefault(place[0], document.name)
