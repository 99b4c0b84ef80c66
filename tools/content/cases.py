"""Can every case to rehearse be played to an end, and does it teach what the core says?

Only cases whose form is in order are looked at: the rest would be guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.core.situation import OPTIONS
from bot.rehearsal import play
from tools.content.nodes import Document, Folder, Place
from tools.content.report import Report

#: what the template of `make new-casus` leaves to be written
UNWRITTEN = "[schrijf"
LEAST_CHANGES = 2
Case = Mapping[str, Any]


def check(folder: Folder, report: Report) -> None:
    """All cases of `oefeningen/`. Called after the form was checked."""
    broken = {problem.file for problem in report.errors}
    signs, organisations = set(folder.data("signalen.yml")), set(folder.data("organisaties.yml"))
    first: dict[str, str] = {}
    for document in folder.inside("oefeningen"):
        case: Case = document.data
        if report.prefix + document.name in broken:
            continue
        if case["id"] in first:
            report.add("casus_dubbel", document, ("id",), id=case["id"], eerste=first[case["id"]])
        first.setdefault(case["id"], document.name)
        _unwritten(document, report)
        known = _known(document, signs, organisations, report)
        ways = _ways(document, report)
        _options(document, report)
        _scenes(document, ways, report)
        if known:
            _core(document, report)


# -- what it names ---------------------------------------------------------------------------------------------------------------


def _unwritten(document: Document, report: Report) -> None:
    for number, line in enumerate(document.source, 1):
        if UNWRITTEN in f" {line}".partition(" #")[0]:
            report.at("casus_schrijf", document.name, number)


def _known(document: Document, signs: set[Any], organisations: set[Any], report: Report) -> bool:
    """Whether signs, answers and organisations exist, so that the core can be asked."""
    fine = True
    for place, row in _situations(document.data):
        for name, value in row.items():
            if name == "signalen":
                for index, sign in enumerate(value or ()):
                    if sign not in signs:
                        fine = False
                        report.add("casus_teken", document, (*place, name, index), teken=sign)
            elif name in OPTIONS and value is not None and value not in OPTIONS[name]:
                fine = False
                report.add("waarde_onbekend", document, (*place, name), veld=name, waarde=value, mogelijk=", ".join(OPTIONS[name]))
    for moment, row in document.data["momenten"].items():
        for place, taught in _taught(moment, row):
            if taught["contact"] not in organisations:
                report.add("organisatie_onbekend", document, (*place, "contact"), organisatie=taught["contact"])
    return fine


def _situations(case: Case) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    yield ("situatie",), case["situatie"]
    for moment, row in case["momenten"].items():
        yield ("momenten", moment, "situatie"), row["situatie"]


def _taught(moment: str, row: Mapping[str, Any]) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    yield ("momenten", moment, "kern"), row["kern"]
    for rol, taught in (row.get("kern_per_rol") or {}).items():
        yield ("momenten", moment, "kern_per_rol", rol), taught


# -- how it is played ------------------------------------------------------------------------------------------------------------


def _ways(document: Document, report: Report) -> list[tuple[str, ...]]:
    """Every way through; none where one leads nowhere. Says which moments nobody gets to."""
    case: Case = document.data
    moments, leads = case["momenten"], True
    for moment, row in moments.items():
        for key, option in row["opties"].items():
            if option["naar"] not in (*moments, play.END):
                leads = False
                possible = ", ".join([*moments, play.END])
                report.add("casus_naar", document, ("momenten", moment, "opties", key, "naar"), naar=option["naar"], mogelijk=possible)
    if not leads:
        return []
    seen, todo = {play.first(case)}, [play.first(case)]
    while todo:
        for option in moments[todo.pop()]["opties"].values():
            if option["naar"] != play.END and option["naar"] not in seen:
                seen.add(option["naar"])
                todo.append(option["naar"])
    for moment in moments:
        if moment not in seen:
            report.add("casus_onbereikbaar", document, ("momenten", moment), moment=moment)
    try:
        return list(play.paths(case))
    except ValueError as error:
        report.add("casus_geen_einde", document, _loop(case), weg=str(error).partition(": ")[2].partition(" comes")[0])
        return []


def _loop(case: Case) -> Place:
    """The first option that leads back to an earlier moment of the file, or to its own."""
    order = list(case["momenten"])
    for moment, row in case["momenten"].items():
        for key, option in row["opties"].items():
            if option["naar"] in order and order.index(option["naar"]) <= order.index(moment):
                return ("momenten", moment, "opties", key, "naar")
    return ("momenten",)


def _options(document: Document, report: Report) -> None:
    for moment, row in document.data["momenten"].items():
        best = [key for key, option in row["opties"].items() if option["waarde"] == play.BEST]
        if len(best) != 1:
            report.add("casus_beste", document, ("momenten", moment, "opties"), moment=moment, aantal=len(best))


def _scenes(document: Document, ways: list[tuple[str, ...]], report: Report) -> None:
    """What an earlier choice changes: often enough, and only by choices that can have been made before that moment."""
    total = 0
    for moment, row in document.data["momenten"].items():
        before = {choice for way in ways for choice in _before(way, moment)}
        for index, later in enumerate(row.get("scene_na") or ()):
            total += 1
            if ways and later["keuze"] not in before:
                place = ("momenten", moment, "scene_na", index, "keuze")
                possible = ", ".join(sorted(before)) or "-"
                report.add("casus_keuze", document, place, keuze=later["keuze"], moment=moment, mogelijk=possible)
    if total < LEAST_CHANGES:
        report.add("casus_scene_na", document, ("momenten",), aantal=total, minstens=LEAST_CHANGES)


def _before(way: tuple[str, ...], moment: str) -> tuple[str, ...]:
    """The choices made on a way before a moment; none where it does not come there."""
    places = [play.split(choice)[0] for choice in way]
    return way[: places.index(moment)] if moment in places else ()


# -- what it teaches -------------------------------------------------------------------------------------------------------------


def _core(document: Document, report: Report) -> None:
    """The next contact, how soon, and the norm: as the core has them for what is known at that moment."""
    case: Case = document.data
    for moment, row in case["momenten"].items():
        for place, taught in _taught(moment, row):
            rol = str(place[-1]) if place[-2] == "kern_per_rol" else None
            advice = play.taught(case, moment, rol)
            core = {"contact": advice.contact, "urgentie": advice.urgentie, "melding_norm": advice.melding_norm}
            if dict(taught) != core:
                report.add("casus_kern", document, place, moment=moment, casus=_words(taught), kern=_words(core), regel=advice.regel)


def _words(taught: Mapping[str, Any]) -> str:
    """As it is written in the file."""
    norm = {True: "true", False: "false", None: "null"}[taught["melding_norm"]]
    return f"contact: {taught['contact']}, urgentie: {taught['urgentie']}, melding_norm: {norm}"
