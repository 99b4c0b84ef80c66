"""The stations and lines of the route map, from the content of a municipality and from what the core advises.

Everything that both the drawing and the table show comes from here, so that they cannot say different things.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.content.load import ELSEWHERE, Content, pick, read_yaml
from bot.core.situation import ROLES
from bot.server.map_drawing import Stop, Zone
from bot.server.map_routes import COLOURS, EVERYWHERE, Calls, calls, own_functions
from bot.server.page import numbers, web_address

#: the line of the escalation ladder -> how soon, as the core calls it
HOW_SOON = {"rood": "nu", "oranje": "vandaag", "geel": "deze_week", "groen": "deze_week"}
#: frames that are no rung of the ladder: a line of their own
ASIDE = ("nood", "medisch", "straf")
#: behind what has not been confirmed for this place
MARK = "*"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Station:
    """An organisation or function as this reader meets it. `key`: the id of the function in the municipality's map (P1), else of the
    organisation; several functions may be the same organisation."""

    key: str
    org: str
    name: str
    short: str
    task: str
    when: str
    frame: str
    reach: tuple[Mapping[str, Any], ...]
    sources: tuple[str, ...]
    local: bool
    checked: str

    @property
    def phone(self) -> str:
        """The number to show on the drawing: the first that is not 112, which is always in sight, unless there is no other."""
        found = [n for way in self.reach for n in way["nummers"]]
        return next((n for n in found if n != "112"), found[0] if found else "")


def first_words(text: str) -> str:
    """The first sentence of a text; after a question also what answers it."""
    sentences = re.split(r"(?<=[.!?])\s+", text.strip())
    kept = sentences[:1]
    while kept and kept[-1].endswith("?") and len(kept) < len(sentences):
        kept.append(sentences[len(kept)])
    return " ".join(kept)


def functions(content: Content, gemeente: str | None) -> dict[str, Row]:
    """The functions that a municipality fills in, by their id in its map."""
    return dict((content.maps.get(content.municipality(gemeente)) or {}).get("functies") or {})


def stations(content: Content, gemeente: str | None, rol: str | None) -> list[Station]:
    """Everybody on the map of a municipality, in its own order and then in that of organisaties.yml."""
    rows = functions(content, gemeente)
    made: list[Station] = []
    done: set[str] = set()
    for key, row in rows.items():
        org = str(row["organisatie"])
        known = content.organisation(org, gemeente if org not in done else ELSEWHERE)
        if org in done:  # a second function of the same kind: its own words over the national ones
            per_role = {**(known.get("wanneer_per_rol") or {}), **(row.get("wanneer") or {})}
            known = {
                **known,
                **{k: v for k, v in row.items() if v not in (None, "", [])},
                "wanneer_per_rol": per_role,
                "wanneer": known.get("wanneer"),
            }
        made.append(_station(content, key, org, known, rol))
        done.add(org)
    for org in content.organisation_words():
        if org not in done:
            made.append(_station(content, org, org, content.organisation(org, gemeente), rol))
    return made


def _station(content: Content, key: str, org: str, row: Row, rol: str | None) -> Station:
    when = pick(row.get("wanneer_per_rol"), rol) if rol else None
    return Station(
        key=key,
        org=org,
        name=str(row["naam"]),
        short=str(row.get("kort") or row["naam"]),
        task=str(row["taak"]),
        when=str(when or row.get("wanneer") or ""),
        frame=str(row.get("kader") or ""),
        reach=tuple(_reach(content, row, rol)),
        sources=tuple(row.get("bronnen") or ()),
        local=bool(row.get("controleer_lokaal")),
        checked=str(row.get("gecontroleerd") or ""),
    )


def _reach(content: Content, row: Row, rol: str | None) -> Iterable[dict[str, Any]]:
    """The ways to reach somebody; where no number is known, whom to ask for it."""
    ways = list(row.get("bereik") or [])
    for way in ways:
        kind, what = str(way["soort"]), str(way["waarde"])
        found = numbers(what) if kind == "telefoon" else []
        url = web_address(what) if kind in ("website", "chat") else None
        yield {"soort": kind, "waarde": what, "uren": str(way.get("uren") or ""), "nummers": found, "url": url}
    if row.get("vraag_na_bij") and not any(way["soort"] in ("telefoon", "intern") for way in ways):
        asked = content.say("vraag_na", rol, bij=str(row["vraag_na_bij"]))
        yield {"soort": "navraag", "waarde": asked, "uren": "", "nummers": [], "url": None}


# -- the ladders -------------------------------------------------------------------------------------------------------------------


def ladders(content: Content) -> dict[str, list[Row]]:
    """The three-step ladder and the escalation ladder (content/ladder.yml)."""
    rows: dict[str, list[Row]] = read_yaml(content.folder / "ladder.yml")
    return rows


def badges(ids: Sequence[str]) -> dict[str, str]:
    """A short sign for each line: its number, else as many letters as tell it apart from the others."""
    made = {}
    for line in ids:
        digits = "".join(c for c in line if c.isdigit())
        size = next((n for n in range(1, len(line)) if sum(other.startswith(line[:n]) for other in ids) == 1), len(line))
        made[line] = digits or line[:size].capitalize()
    return made


class Lines:
    """The zones of both sheets for a municipality and a role."""

    def __init__(self, content: Content, gemeente: str | None, rol: str | None) -> None:
        self.content = content
        self.rol = rol
        self.ladders = ladders(content)
        self.calls: Calls = calls(rol, tuple(content.signs))
        everyone = stations(content, gemeente, rol)
        self.by_org: dict[str, Station] = {}
        for station in everyone:
            self.by_org.setdefault(station.org, station)
        self.stations = self._shown(everyone, set(functions(content, gemeente)))
        self.escalation = self._escalation()
        self.ground = self._ground()

    def _shown(self, everyone: Sequence[Station], local: set[str]) -> list[Station]:
        """Without a role everybody; with one the functions of the municipality, the ladders, and whom the advice of that role can name."""
        if self.rol is None:
            return list(everyone)
        wanted = self.calls.reached | {org for rows in self.ladders.values() for row in rows for org in row["organisaties"]}
        own = own_functions(self.rol)
        return [s for s in everyone if s.key in local or (s.org in wanted and s.org not in own)]

    def say(self, key: str, **values: str) -> str:
        """A fixed text for this role."""
        return self.content.say(key, self.rol, **values)

    def names(self, orgs: Iterable[str]) -> str:
        """Short names, as an enumeration."""
        return ", ".join(self.by_org[org].short for org in orgs if org in self.by_org)

    def changes_everywhere(self) -> bool:
        """Whether a professional can change to Veilig Thuis and to 112 from every station; the drawing then says so once."""
        roles = [self.rol] if self.rol else [rol for rol in ROLES if rol != "geen_beroep"]
        found = (calls(rol, tuple(self.content.signs)).after.items() for rol in roles)
        return all({*rows, contact} >= EVERYWHERE for after in found for contact, rows in after)

    # -- with whom one begins ------------------------------------------------------------------------------------------------------

    def colours(self, org: str) -> tuple[str, ...]:
        """The lines of the escalation ladder that stop at an organisation: where the core names it first, and where the ladder itself does."""
        found = set(self.calls.first.get(org, ()))
        if self.rol != "geen_beroep" and org not in own_functions(self.rol):
            found |= {row["id"] for row in self.ladders["escalatie"] if org in row["organisaties"]}
        return tuple(c for c in COLOURS if c in found)

    def _escalation(self) -> list[Zone]:
        rungs = {row["id"]: row for row in self.ladders["escalatie"]}
        signs = badges(list(rungs))
        zones = []
        for colour in COLOURS:
            row = rungs[colour]
            here = [s for s in self.by_org.values() if self.colours(s.org)[:1] == (colour,)]
            here.sort(key=lambda s: (s.org != "nood_112", s.org not in EVERYWHERE, -len(self.colours(s.org))))
            soon = self.content.card["urgentie"][HOW_SOON[colour]]
            stops = tuple(self._first_stop(s) for s in here)
            zones.append(
                Zone(colour, row["naam"], soon, first_words(row["uitleg"]), stops, badge=signs[colour], local=row["controleer_lokaal"])
            )
        return zones

    def _first_stop(self, station: Station) -> Stop:
        follows = self.names(self.calls.follows(station.org))
        return Stop(
            key=station.key,
            name=station.name,
            lines=self.colours(station.org),
            phone=station.phone,
            small=first_words(station.when),
            then=self.say("kaartpagina_dan", namen=follows) if follows else "",
            big=station.org in EVERYWHERE,
            local=station.local,
        )

    # -- who does what ---------------------------------------------------------------------------------------------------------------

    def rungs(self, station: Station) -> tuple[str, ...]:
        """The rungs of the three-step ladder where an organisation stands: those that name it, else those of its frame."""
        rows = self.ladders["drietrap"]
        named = tuple(row["id"] for row in rows if station.org in row["organisaties"])
        if named or station.frame in ASIDE:
            return named
        return tuple(row["id"] for row in rows if station.frame in row["kader"]) or tuple(row["id"] for row in rows)

    def line(self, station: Station) -> str:
        """The zone of the second sheet in which an organisation stands: the last of its rungs, else the line of its frame."""
        return (self.rungs(station) or (station.frame,))[-1]

    def _ground(self) -> list[Zone]:
        rows = self.ladders["drietrap"]
        signs = badges([row["id"] for row in rows])
        zones = []
        for row in rows:
            here = [s for s in self.stations if self.line(s) == row["id"]]
            order = {org: n for n, org in enumerate(row["organisaties"])}
            here.sort(key=lambda s: (order.get(s.org, len(order)), self.rungs(s)))
            frames = " → ".join(self.say("kader_" + frame) for frame in row["kader"])
            stops = tuple(self._stop(s, self.rungs(s)) for s in here)
            zones.append(
                Zone(
                    row["id"],
                    row["naam"],
                    frames,
                    first_words(row["uitleg"]),
                    stops,
                    badge=signs[row["id"]],
                    local=row["controleer_lokaal"],
                )
            )
        for frame in ASIDE:
            here = [s for s in self.stations if self.line(s) == frame]
            title = self.say("kaartpagina_lijn_" + frame)
            if here:
                zones.append(Zone(frame, title, "", "", tuple(self._stop(s, (frame,)) for s in here), aside=True, badge=title[:1]))
        return zones

    def _stop(self, station: Station, lines: tuple[str, ...]) -> Stop:
        return Stop(
            key=station.key,
            name=station.name,
            lines=lines,
            phone=station.phone,
            small=first_words(station.task),
            near=station.org in self.calls.reached,
            big=station.org in EVERYWHERE,
            local=station.local,
        )

    # -- the same, for the table -----------------------------------------------------------------------------------------------------

    def place(self, station: Station) -> list[str]:
        """Where a station stands in who calls whom, as sentences."""
        said = []
        titles = {row["id"]: str(row["naam"]).split(":")[0] for row in self.ladders["escalatie"]}
        if colours := self.colours(station.org):
            said.append(self.say("kaartpagina_eerst", lijnen=", ".join(titles[c].lower() for c in colours)))
        if conditions := self.calls.conditions(station.org):
            if before := self.names(contact for contact, orgs in self.calls.own.items() if station.org in orgs):
                said.append(self.say("kaartpagina_na", namen=before))
            words = (pick(self.content.card["voorwaarden"].get(c), self.rol) or "" for c in conditions)
            said += [w for w in dict.fromkeys(words) if w]
        return said or [self.say("kaartpagina_ver")]
