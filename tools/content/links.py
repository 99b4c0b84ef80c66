"""Nothing points at what is not there: between the files, and from the code to the files. And nobody is left without a next step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.cards import FOLLOW_UPS, MOST_FOLLOW_UPS
from bot.core.route import RULES
from bot.core.signs import ERBIJ
from tools.content.nodes import Document, Folder, Place
from tools.content.report import Report
from tools.content.sources import blocks

#: a way that leads to a person by itself; a website or chat alone does not. `balie`: the user knows the place, as with a general practice
DIRECT = frozenset({"telefoon", "intern", "app", "balie"})
#: blocks of `opzoeken.yml` with the buttons that come after something
AFTER = frozenset({"na_contact", "na_stap", "na_gesprek", "na_begrip", "na_teken"})
#: fields that hold organisation ids
ORGANISATION_FIELDS = ("organisatie", "organisaties", "contacten")


def check(folder: Folder, report: Report) -> None:
    """All references."""
    _organisations(folder, report)
    _reach(folder, report)
    _answers(folder, report)
    _dead_ends(folder, report)
    _lookup(folder, report)
    _questions(folder, report)
    _card(folder, report)
    _signs(folder, report)
    _terms(folder, report)
    _maps(folder, report)


# -- organisations ---------------------------------------------------------------------------------------------------------------


def _organisations(folder: Folder, report: Report) -> None:
    known = set(folder.data("organisaties.yml"))
    for document in folder.files.values():
        for place, row in blocks(document.data):
            for name in ORGANISATION_FIELDS:
                for where, org in _named(row.get(name), (*place, name)):
                    if org not in known:
                        report.add("organisatie_onbekend", document, where, organisatie=org)
    for kind, row in (folder.data("nood.yml").get("extra_contacten") or {}).items():
        for rol, orgs in row.items() if isinstance(row, Mapping) else ():
            for where, org in _named(orgs, ("extra_contacten", kind, rol)):
                if org not in known:
                    report.add("organisatie_onbekend", folder.files["nood.yml"], where, organisatie=org)


def _named(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, list):
        yield from (((*place, index), org) for index, org in enumerate(value) if isinstance(org, str))


def _reach(folder: Folder, report: Report) -> None:
    """No organisation, in no municipality, without a person to reach or somebody to ask for the way."""
    national = folder.data("organisaties.yml")
    for document, place, row in folder.entries("organisaties.yml"):
        if not _reachable(row.get("bereik"), row.get("vraag_na_bij")):
            report.add("onbereikbaar", document, place, organisatie=place[0])
    for document in folder.inside("routekaarten"):
        rows = dict(document.data.get("functies") or {})
        where: dict[str, Place] = {key: ("functies", key) for key in rows}
        if isinstance(document.data.get("beschermingstafel"), Mapping):
            rows["beschermingstafel"], where["beschermingstafel"] = document.data["beschermingstafel"], ("beschermingstafel",)
        for key, row in rows.items():
            if isinstance(row, Mapping):
                base = national.get(row.get("organisatie")) or {}
                if not _reachable(row.get("bereik") or base.get("bereik"), row.get("vraag_na_bij") or base.get("vraag_na_bij")):
                    report.add("onbereikbaar", document, where[key], organisatie=row.get("organisatie"))


def _reachable(ways: Any, ask_at: Any) -> bool:
    return bool(ask_at) or any(isinstance(way, Mapping) and way.get("soort") in DIRECT and way.get("waarde") for way in ways or ())


# -- answers ---------------------------------------------------------------------------------------------------------------------


def offers() -> set[str]:
    """What can be offered as a button beside answers: what the program does. Anything else would be left out without a word."""
    return set(FOLLOW_UPS)


def _answers(folder: Folder, report: Report) -> None:
    """`vervolg` and `bij`: to what exists, not to itself, not twice, and not more than fit."""
    known = set(folder.answers) | offers()
    reached: set[str] = set()
    rows = [*folder.entries("antwoorden", "structuren.yml"), *_glossary(folder)]
    for document, place, row in rows:
        follow = row.get("vervolg") or []
        for index, other in enumerate(follow):
            where = (*place, "vervolg", index)
            if other not in known:
                report.add("vervolg_onbekend", document, where, id=place[-1], vervolg=other)
            if other == place[-1] or other in follow[:index]:
                report.add("vervolg_zelf", document, where, id=place[-1], vervolg=other)
            reached.add(other)
        if len(follow) > MOST_FOLLOW_UPS:
            report.add("vervolg_veel", document, (*place, "vervolg"), id=place[-1], hoogstens=MOST_FOLLOW_UPS)
        if row.get("antwoord") and row["antwoord"] not in folder.answers:
            report.add("antwoord_onbekend", document, (*place, "antwoord"), id=place[-1], antwoord=row["antwoord"])
        for index, other in enumerate(row.get("bij") or ()):
            if other not in known:
                report.add("bij_onbekend", document, (*place, "bij", index), id=place[-1], bij=other)
    for document, place, row in folder.entries("antwoorden"):
        if row.get("gesprek") and row["gesprek"] not in folder.data("gesprek.yml"):
            report.add("gesprek_onbekend", document, (*place, "gesprek"), id=place[0], gesprek=row["gesprek"])
        if row.get("bij_onveilig") and row["bij_onveilig"] not in folder.answers:
            report.add("vervolg_onbekend", document, (*place, "bij_onveilig"), id=place[0], vervolg=row["bij_onveilig"])
        doubt = str(place[0]).startswith(("twijfel_", "onderwerp_"))
        if doubt and not row.get("bij") and not row.get("woorden") and place[0] not in reached:
            report.add("niet_te_vinden", document, place, id=place[0])


def _glossary(folder: Folder) -> Iterator[tuple[Document, Place, Mapping[Any, Any]]]:
    """The entries of the glossary, which stand in groups."""
    for group, rows in folder.data("begrippen.yml").items():
        for key, row in rows.items() if isinstance(rows, Mapping) else ():
            if isinstance(row, Mapping):
                yield folder.files["begrippen.yml"], (group, key), row


def _dead_ends(folder: Folder, report: Report) -> None:
    """From every answer a few buttons lead to something the program does: the route, a talk, a person. A ring of answers is a dead end."""
    answers = folder.answers
    leads = {key: [*map(str, row.get("vervolg") or ())] for key, row in answers.items()}
    for key, row in answers.items():
        for other in row.get("bij") or ():
            leads.setdefault(str(other), []).append(key)
    alive = offers() - set(answers)
    grown = True
    while grown:
        more = {key for key, follow in leads.items() if key not in alive and alive & set(follow)}
        alive |= more
        grown = bool(more)
    for document, place, _ in folder.entries("antwoorden"):
        if place[0] not in alive:
            report.add("doodlopend", document, (*place, "vervolg"), id=place[0])


def _lookup(folder: Folder, report: Report) -> None:
    """What `opzoeken.yml` offers exists, for organisations and signs that exist."""
    document = folder.files.get("opzoeken.yml")
    if document is None:
        return
    data, known = folder.data("opzoeken.yml"), set(folder.answers) | offers()
    for place, row in blocks(data):
        for key, value in row.items():
            where = (*place, key)
            if where[0] in AFTER:
                for spot, other in _named(value, where) if isinstance(value, list) else ():
                    if other not in known:
                        report.add("vervolg_onbekend", document, spot, id=key, vervolg=other)
            if place == ("na_contact", "per_organisatie") and key not in folder.data("organisaties.yml"):
                report.add("organisatie_onbekend", document, where, organisatie=key)
            if place == ("tekens",) and key not in folder.data("signalen.yml"):
                report.add("teken_onbekend", document, where, id=key)


# -- questions, card, signs, glossary, maps --------------------------------------------------------------------------------------


def _questions(folder: Folder, report: Report) -> None:
    """What "yes", "no" and the calming answer mean are options of the same question."""
    for document, place, row in folder.entries("vragen.yml"):
        options = set(row.get("opties") or ())
        for name in ("bevestigen", "ontkennen", "geruststellend"):
            if row.get(name) is not None and row[name] not in options:
                report.add("optie_onbekend", document, (*place, name), veld=name, optie=row[name], vraag=place[0])


def _card(folder: Folder, report: Report) -> None:
    """Every rule of the core has words, and every word belongs to a rule; the same for the conditions of what comes after."""
    document = folder.files.get("kaart.yml")
    if document is None:
        return
    data = folder.data("kaart.yml")
    rules = {rule.id for rule in RULES}
    conditions = {step.voorwaarde for rule in RULES for step in rule.after} | {"teken_" + sign for sign in ERBIJ}
    for name, needed in (("regels", rules), ("voorwaarden", conditions)):
        present = set(data.get(name) or ())
        for key in sorted(needed - present):
            report.add("woorden_missen", document, (name,), soort=name, id=key)
        for key in sorted(map(str, present - needed)):
            # a condition may also be added by the core outside its table
            if name == "regels" or key.startswith("teken_"):
                report.add("regel_onbekend", document, (name, key), soort=name, id=key)


def _signs(folder: Folder, report: Report) -> None:
    shapes = set(folder.data("begrippen.yml").get("vormen") or {}) | {"gezin", None}
    for document, place, row in folder.entries("signalen.yml"):
        if row.get("vorm") not in shapes:
            report.add("vorm_onbekend", document, (*place, "vorm"), vorm=row.get("vorm"), id=place[0])


def _terms(folder: Folder, report: Report) -> None:
    """A way of writing leads to one entry of the glossary, and to one structure: two would be a guess."""
    for rows in (list(_glossary(folder)), list(folder.entries("structuren.yml"))):
        first: dict[str, Place] = {}
        for document, place, row in rows:
            for index, word in enumerate(row.get("woorden") or ()):
                if str(word) in first:
                    report.add(
                        "woord_dubbel", document, (*place, "woorden", index), woord=word, eerste=".".join(map(str, first[str(word)]))
                    )
                first.setdefault(str(word), place)


def _maps(folder: Folder, report: Report) -> None:
    """A map is named after its municipality."""
    for document in folder.inside("routekaarten"):
        stem = document.name.split("/")[-1].rsplit(".", 1)[0]
        if document.data.get("gemeente") is not None and document.data["gemeente"] != stem:
            report.add("gemeente_naam", document, ("gemeente",), gemeente=document.data["gemeente"], bestand=stem)
