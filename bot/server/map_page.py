"""`/routekaart`: the map of a municipality, drawn and as a table, and `/routekaart/regels`: the rules of the core for sign-off.

Everything is made from `content/` and from what the core answers; nothing here is drawn or written by hand. A page depends on the municipality and
the role only, so each is made once and kept. Making one takes some tenths of a second and happens in a thread, beside the conversations.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Hashable
from typing import Any

from jinja2 import Environment, FileSystemLoader
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.content.load import DEFAULT_MAP, ELSEWHERE, Content
from bot.core.questions import LIMIT
from bot.core.situation import ROLES
from bot.server.map_drawing import NARROW, WIDE, Sheet, Zone, aside_sheet, ground_sheet, ladder_sheet, rule_sheet
from bot.server.map_routes import HOW_URGENT
from bot.server.map_rulebook import Rulebook
from bot.server.map_stations import MARK, Lines
from bot.server.page import TEMPLATES, linked, prose, tel, web_address

MAP_PATHS = ("/routekaart", "/routekaart/regels")
#: an unknown value is shown back where it could be a name; anything else would be a stranger's words, or number, on our page
SHOWN = re.compile(r"[A-Za-z][A-Za-z-]{0,39}")


class MapPages:
    """Renders the pages; pure but for reading the templates. `exit_url` is where "leave this page" goes."""

    def __init__(
        self, content: Content, exit_url: str, css_url: str = "/static/routekaart.css", map_css_url: str = "/static/kaart.css"
    ) -> None:
        self.content = content
        self._fixed = {"exit_url": exit_url, "css_url": css_url, "map_css_url": map_css_url, "mark": MARK}
        self._env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
        self._env.filters.update(prose=prose, linked=linked, tel=tel)

    def _say(self, rol: str | None) -> Callable[..., str]:
        def say(key: str, **values: str) -> str:
            return self.content.say(key, rol, **values) if key in self.content.texts else ""

        return say

    # -- which maps there are --------------------------------------------------------------------------------------------------------

    def municipality(self, given: str | None) -> str | None:
        """The id of a map that was asked for; the default where none was, None where there is no such map."""
        if not given:
            return self.content.municipality(None)
        return given if given in self.content.maps or given == ELSEWHERE else None

    @staticmethod
    def role(given: str | None) -> str | None:
        """The id of a role that was asked for, None where there is no such role."""
        return given if given in ROLES else None

    def _choices(self, gemeente: str | None, rol: str | None) -> dict[str, Any]:
        """What the form offers."""
        options = self.content.questions["rol"]["opties"]
        maps = [{"id": key, "naam": row["naam"]} for key, row in self.content.maps.items()]
        maps.append({"id": ELSEWHERE, "naam": self.content.say("kaartpagina_elders")})
        roles = [{"id": role, "titel": str(options[role]["titel"])} for role in ROLES]
        return {"gemeenten": maps, "rollen": roles, "gemeente": gemeente, "rol": rol}

    # -- the map ---------------------------------------------------------------------------------------------------------------------

    def map(self, gemeente: str, rol: str | None) -> str:
        """The page of a municipality, for a role or for all together. Both must be known ids."""
        lines = Lines(self.content, gemeente, rol)
        say = self._say(rol)
        local = self.content.maps.get(gemeente)
        start = say("kaartpagina_start", functie=self.content.card["functies"][rol]) if rol else say("kaartpagina_start_allen")
        names = [say(key) for key in ("contact_taak", "contact_wanneer", "kaart_kader", "kaart_bereik")]
        titles = [say("kaartpagina_kol_wie"), *names, say("kaartpagina_kol_plek"), say("kaartpagina_kol_nagekeken")]
        codes = [code for station in lines.stations for code in station.sources]
        codes += [code for rows in lines.ladders.values() for row in rows for code in row["bronnen"]]
        return self._env.get_template("map.html").render(
            self._fixed,
            **self._choices(gemeente, rol),
            t=say,
            titel=say("kaartpagina_titel", naam=local["naam"]) if local else say("kaartpagina_titel_landelijk"),
            rol_titel=self.content.questions["rol"]["opties"][rol]["titel"] if rol else "",
            status=self._status(gemeente, say),
            elders=say("kaartpagina_wie_elders", naam=self.content.maps[DEFAULT_MAP]["naam"]) if gemeente != DEFAULT_MAP else "",
            begin=self._sheets(ladder_sheet, start, lines.escalation, say, "kaartpagina_svg_begin"),
            ground=self._sheets(
                ground_sheet, say("kaartpagina_start_samen"), [z for z in lines.ground if not z.aside], say, "kaartpagina_svg_wie"
            ),
            aside=self._sheets(aside_sheet, "", [z for z in lines.ground if z.aside], say, "kaartpagina_svg_wie"),
            overstap=lines.changes_everywhere(),
            koppen=titles,
            groepen=self._groups(lines, say),
            ladder=self._ladder(lines, say),
            ladder_koppen=[
                say("kaartpagina_kol_lijn"),
                say("kaartpagina_kol_betekent"),
                say("kaart_kader"),
                say("kaartpagina_kol_wie_hoort"),
                say("kaart_bronnen"),
            ],
            bronnen=self.sources(codes),
        )

    def _status(self, gemeente: str, say: Callable[..., str]) -> str:
        local = self.content.maps.get(gemeente)
        if not local:
            return say("gemeente_anders")
        return say("kaartpagina_status", status=str(local.get("status", "")), datum=_date(str(local.get("gecontroleerd", ""))))

    def sources(self, codes: list[str]) -> list[dict[str, Any]]:
        """The sources behind codes, in the order of the codes' names, with a link only where there is one."""
        rows = self.content.source_list(sorted(set(codes), key=_code_order))
        return [{**row, "url": web_address(row["url"])} for row in rows]

    @staticmethod
    def _sheets(make: Callable[..., Sheet], start: str, zones: list[Zone], say: Callable[..., str], key: str) -> dict[str, Any]:
        """A drawing for a phone and one for a desktop or paper, and the same in words for who does not see it."""
        told = [
            say("kaartpagina_svg_lijn", lijn=zone.title, namen=", ".join(stop.name for stop in zone.stops)) for zone in zones if zone.stops
        ]
        stops = [stop for zone in zones for stop in zone.stops]
        return {
            "narrow": make(NARROW, start, zones, MARK),
            "wide": make(WIDE, start, zones, MARK),
            "desc": say(key, lijnen=" ".join(told)),
            "far": any(not stop.near for stop in stops),
            "local": any(stop.local for stop in stops) or any(zone.local for zone in zones),
        }

    def _groups(self, lines: Lines, say: Callable[..., str]) -> list[dict[str, Any]]:
        """The rows of the table, under the same lines as in the drawing."""
        by_key = {station.key: station for station in lines.stations}
        groups = []
        for zone in lines.ground:
            rows = [
                {
                    "station": station,
                    "kader": say("kader_" + station.frame),
                    "plek": lines.place(station),
                    "nagekeken": _date(station.checked),
                }
                for station in (by_key[stop.key] for stop in zone.stops)
            ]
            groups.append({"titel": zone.title, "tag": zone.tag, "rijen": rows})
        return groups

    def _ladder(self, lines: Lines, say: Callable[..., str]) -> list[dict[str, Any]]:
        return [
            {
                "naam": row["naam"],
                "uitleg": row["uitleg"],
                "kader": " → ".join(say("kader_" + frame) for frame in row["kader"]),
                "wie": lines.names(row["organisaties"]),
                "bronnen": row["bronnen"],
                "lokaal": row["controleer_lokaal"],
            }
            for rows in (lines.ladders["escalatie"][::-1], lines.ladders["drietrap"])
            for row in rows
        ]

    # -- the rules -------------------------------------------------------------------------------------------------------------------

    def rules(self) -> str:
        """The page of the rules: questions, assessment frame and rules, drawn, as tables, and with a line to sign for each rule."""
        book = Rulebook(self.content)
        say = self._say(None)
        titles = [say("regelpagina_kol_" + key) for key in ("regel", "wanneer", "advies", "woorden", "herkomst", "akkoord")]

        def drawn(sheets: list[list[Zone]], start: str) -> list[dict[str, Any]]:
            return [{**self._sheets(rule_sheet, start, zones, say, "regelpagina_svg"), "titel": zones[0].title} for zones in sheets]

        return self._env.get_template("map_rules.html").render(
            self._fixed,
            t=say,
            boek=book,
            hoogstens=str(LIMIT),
            vragen=drawn(book.question_zones(), say("regelpagina_start_vragen")),
            kader=drawn(book.norm_zones(), say("regelpagina_start_regels")),
            regels=drawn(book.rule_zones(), say("regelpagina_start_regels")),
            vraag_koppen=[say("regelpagina_kol_vraag"), say("regelpagina_kol_antwoorden"), say("kaart_bronnen")],
            kader_koppen=[say("regelpagina_kol_vraag"), say("regelpagina_kol_antwoord"), say("regelpagina_kol_norm")],
            kader_bronnen=self.content.texts["regelpagina_kader_uitleg"].get("bronnen", []),
            regel_koppen=titles,
            kleuren=[{"id": colour, "titel": self.content.card["urgentie"][urgency]} for urgency, colour in HOW_URGENT.items()],
            bronnen=self.sources(book.sources()),
        )

    def unknown(self, key: str, value: str) -> str:
        """The page for a municipality or role that is not there; `key` is its text."""
        say = self._say(None)
        return self._env.get_template("map_unknown.html").render(
            self._fixed, **self._choices(None, None), t=say, message=say(key, waarde=value if SHOWN.fullmatch(value) else "?")
        )


class MapRoutes:
    """The routes of the map, and the pages they keep."""

    def __init__(self, pages: MapPages, headers: dict[str, str]) -> None:
        self.pages = pages
        self.headers = headers
        self._kept: dict[Hashable, str] = {}
        self._making = asyncio.Lock()

    def attach(self, app: Sanic) -> None:
        """Add the routes."""
        app.add_route(self.map, "/routekaart", methods=["GET", "HEAD"], name="kaartpagina")
        app.add_route(self.rules, "/routekaart/regels", methods=["GET", "HEAD"], name="regelpagina")

    async def map(self, request: Request) -> HTTPResponse:
        """The map; a municipality or role that is not known gets a page that says so."""
        asked, who = request.args.get("gemeente"), request.args.get("rol")
        gemeente = self.pages.municipality(asked)
        if gemeente is None:
            return self._html(self.pages.unknown("kaartpagina_onbekende_gemeente", str(asked)), 404)
        rol = self.pages.role(who)
        if who and rol is None:
            return self._html(self.pages.unknown("kaartpagina_onbekende_rol", str(who)), 404)
        return self._html(await self._once((gemeente, rol), lambda: self.pages.map(str(gemeente), rol)))

    async def rules(self, _: Request) -> HTTPResponse:
        """The rules."""
        return self._html(await self._once("regels", self.pages.rules))

    async def _once(self, key: Hashable, make: Callable[[], str]) -> str:
        """A page that is made once, whoever asks for it at the same time."""
        if key not in self._kept:
            async with self._making:
                if key not in self._kept:
                    self._kept[key] = await asyncio.to_thread(make)
        return self._kept[key]

    def _html(self, page: str, status: int = 200) -> HTTPResponse:
        return response.html(page, status=status, headers=self.headers)


def _date(day: str) -> str:
    """2026-11-21 as people write it here: 21-11-2026."""
    parts = day.split("-")
    return "-".join(reversed(parts)) if len(parts) == 3 else day


def _code_order(code: str) -> tuple[str, float, str]:
    letters = "".join(c for c in code if c.isalpha() and c.isupper())
    number = "".join(c for c in code if c.isdigit() or c == ".")
    return letters, float(number or 0), code
