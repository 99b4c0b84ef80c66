"""`/oefenen`: the cases to rehearse on a page, to choose from by theme, role or step of the ladder. Works without JavaScript.

A case is begun by a form of its own, with a token of its own, as an ordinary conversation of the channel for people that starts in that case
(`begin=oefenen`, `casus`). The address holds a choice from fixed lists, never anything about somebody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, FileSystemLoader
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.content.load import Content
from bot.core.situation import ROLES
from bot.server.page import TEMPLATES, linked, prose, tel
from bot.server.people import EXIT_URL, HEADERS, People

REHEARSE_PATHS = ("/oefenen",)
#: what can be asked for in the address -> the field of a case that holds it
FILTERS = {"thema": "themas", "rol": "rollen", "trede": "trede"}
STEPS = ("T1", "T2", "T3")


def number(case: str) -> tuple[int, str]:
    """The order of ids: C2 before C10."""
    digits = "".join(c for c in case if c.isdigit())
    return (int(digits) if digits else 0, case)


def chosen(cases: Mapping[str, Mapping[str, Any]], wanted: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """The cases that fit all of `wanted` (keys of `FILTERS`, empty where anything does), in the order of their ids."""
    rows = [cases[key] for key in sorted(cases, key=number)]
    return [row for row in rows if all(not value or value in row[FILTERS[name]] for name, value in wanted.items())]


class RehearsePage:
    """The page. `people`: the channel whose conversations it begins."""

    def __init__(self, people: People) -> None:
        self.people = people
        self._env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
        self._env.filters.update(prose=prose, linked=linked, tel=tel)

    def attach(self, app: Sanic) -> None:
        """Add the route."""
        app.add_route(self.show, REHEARSE_PATHS[0], methods=["GET", "HEAD"], name="oefenen")

    def render(self, asked: Mapping[str, str]) -> str:
        """The page for what is asked: keys of `FILTERS`, or `casus` for one case; what is not on a list is not read."""
        content = self.people.content
        lists = self._lists(content)
        wanted = {name: value if (value := asked.get(name, "")) in {row["id"] for row in rows} else "" for name, rows in lists.items()}
        rol = wanted["rol"] or None
        one = content.cases.get(asked.get("casus", ""))
        rows: Sequence[Mapping[str, Any]] = [one] if one else chosen(content.cases, wanted)
        return self._env.get_template("oefenen.html").render(
            t=lambda key, **fill: content.say(key, rol, **fill) if key in content.texts else "",
            lists=lists,
            wanted=wanted,
            one=one,
            rows=[self._row(content, row) for row in rows],
            rol=rol or "",
            exit_url=EXIT_URL,
            css_url="/static/routekaart.css",
        )

    def _row(self, content: Content, case: Mapping[str, Any]) -> dict[str, Any]:
        titles = content.questions["rol"]["opties"]
        return {
            "id": case["id"],
            "titel": case["titel"],
            "kort": case["kort"],
            "rollen": [str(titles[rol]["titel"]) for rol in case["rollen"]],
            "themas": [content.say(f"oefenen_thema_{theme}") for theme in case["themas"]],
            "token": self.people.sessions.issue(),
        }

    def _lists(self, content: Content) -> dict[str, list[dict[str, str]]]:
        """What can be chosen, as far as there is a case for it."""
        cases, titles = content.cases.values(), content.questions["rol"]["opties"]
        themes = sorted({theme for row in cases for theme in row["themas"]})
        ladder = {row["id"]: str(row["naam"]) for row in content.ladders["drietrap"]}
        return {
            "thema": sorted(({"id": key, "titel": content.say(f"oefenen_thema_{key}")} for key in themes), key=lambda row: row["titel"]),
            "rol": [{"id": rol, "titel": str(titles[rol]["titel"])} for rol in ROLES if any(rol in row["rollen"] for row in cases)],
            "trede": [{"id": step, "titel": f"{step[1:]}. {ladder[step]}"} for step in STEPS if any(step in row["trede"] for row in cases)],
        }

    async def show(self, request: Request) -> HTTPResponse:
        """Theme, role, step or case from the address; nothing else is read of it."""
        asked = {name: str(request.args.get(name) or "") for name in (*FILTERS, "casus")}
        return response.html(self.render(asked), headers=HEADERS)
