"""`/kindcheck`: the kindcheck on a page of its own, for who works with adults (feiten §3). Works without JavaScript.

The page says when, which questions and what follows, from `content/kindcheck.yml`; its form begins an ordinary conversation of the channel for
people, with `begin=kindcheck`, so that the questions, the safety and the outcome are those of the core.
"""

from __future__ import annotations

from jinja2 import Environment, FileSystemLoader
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.core.situation import ROLES
from bot.server.map_stations import MARK
from bot.server.page import MAX_LENGTH, TEMPLATES, linked, prose, tel
from bot.server.people import EXIT_URL, HEADERS, People

KINDCHECK_PATHS = ("/kindcheck",)


class KindcheckPage:
    """The page. `people`: the channel whose conversations it begins."""

    def __init__(self, people: People) -> None:
        self.people = people
        titles = people.content.questions["rol"]["opties"]
        self._roles = [{"id": rol, "titel": str(titles[rol]["titel"])} for rol in ROLES if rol != "geen_beroep"]
        self._env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
        self._env.filters.update(prose=prose, linked=linked, tel=tel)

    def attach(self, app: Sanic) -> None:
        """Add the route."""
        app.add_route(self.show, KINDCHECK_PATHS[0], methods=["GET", "HEAD"], name="kindcheck")

    def render(self, token: str, rol: str | None = None) -> str:
        """The page, with a role chosen already where `rol` is one that can be."""
        content = self.people.content
        return self._env.get_template("kindcheck.html").render(
            content.kindcheck,
            t=lambda key: content.say(key) if key in content.texts else "",
            token=token,
            rol=rol,
            rollen=self._roles,
            mark=MARK,
            exit_url=EXIT_URL,
            css_url="/static/routekaart.css",
            map_css_url="/static/kaart.css",
            max_length=MAX_LENGTH,
        )

    async def show(self, request: Request) -> HTTPResponse:
        """`?rol=` may choose the role; nothing else is read from the address."""
        return response.html(self.render(self.people.sessions.issue(), request.args.get("rol")), headers=HEADERS)
