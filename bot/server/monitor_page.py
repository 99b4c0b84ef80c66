"""`/monitor`: the counts of a municipality in a period, as pictures, tables and CSV, for who holds the token. Works without JavaScript.

The token comes in an Authorization header or in a form that is sent, never in an address. Without `ROUTEKAART_MONITOR_TOKEN` there is no page.
What is shown comes from `bot.monitor.report` only, which lets nothing through that `bot.monitor.disclose` does not show.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, FileSystemLoader
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.content.load import DEFAULT_MAP, Content, pick, read_yaml
from bot.monitor import events as e
from bot.monitor.counts import StoreError
from bot.monitor.disclose import BASE, DAY, MONTH, SORTS, Period, may_show, period, periods
from bot.monitor.recorder import FLUSH_SECONDS, Recorder
from bot.monitor.report import NotShownError, Report, largest, report, written
from bot.server.background import every
from bot.server.channels import same
from bot.server.page import TEMPLATES, linked, prose, tel
from bot.server.people import EXIT_URL, FOREIGN, HEADERS, address
from bot.shelf import Shelf
from bot.shelf.limits import Limiter
from bot.shelf.memory import MemoryShelf

TOKEN_VARIABLE = "ROUTEKAART_MONITOR_TOKEN"
#: a token that people could guess would show everything behind it
LEAST_CHARACTERS = 16
FILE = "monitor.yml"
PAGE, CSV = MONITOR_PATHS = ("/monitor", "/monitor/csv")


class MonitorSetupError(ValueError):
    """A token that is too short; says what to do."""


def token_from_environment() -> str:
    """The token, or "". Raises MonitorSetupError."""
    token = os.environ.get(TOKEN_VARIABLE, "")
    if token and len(token) < LEAST_CHARACTERS:
        raise MonitorSetupError(
            f'{TOKEN_VARIABLE} is shorter than {LEAST_CHARACTERS} characters. Make one: python3 -c "import secrets; print(secrets.token_urlsafe(24))"'
        )
    return token


class Words:
    """What ids are called on the page."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.own: Mapping[str, Any] = read_yaml(content.folder / FILE)

    def say(self, key: str, **values: object) -> str:
        """A text of `monitor.yml`, else one of `teksten.yml`. Raises ContentError."""
        text = pick(self.own.get(key), None)
        if text is None:
            return self.content.say(key)
        return text.format(**values) if values else text

    def gemeente(self, name: str) -> str:
        """A municipality."""
        row = self.content.maps.get(name)
        return self.say("gemeente_anders") if row is None else str(row.get("naam") or row.get("gemeente") or name.capitalize())

    def when(self, when: Period) -> str:
        """A period as people write it."""
        month = self.say("maanden").split()[when.first.month - 1]
        if when.sort == DAY:
            return f"{when.first.day} {month} {when.first.year}"
        return f"{month} {when.first.year}" if when.sort == MONTH else str(when.first.year)

    def value(self, kind: str, value: str) -> str:
        """A value of a kind."""
        content = self.content
        own = pick(self.own.get(f"waarde_{kind}_{value}"), None) or pick(self.own.get(f"waarde_{value}"), None)
        if own:
            return own
        if kind == e.ROLE:
            return str(content.questions["rol"]["opties"][value]["titel"])
        if kind == e.STEP:
            return str(content.steps[int(value)]["titel"])
        if kind == e.CONTACT:
            return str(content.organisation(value, e.ELSEWHERE)["naam"])
        if kind == e.URGENCY:
            return str(content.card["urgentie"][value])
        if kind in (e.REHEARSAL, e.REHEARSED):
            return f"{value}. {content.cases[value]['titel']}"
        if kind == e.ANSWERED:
            return str(content.answers[value].get("titel") or value)
        return str(pick(content.questions[value]["tekst"], None))


class MonitorPage:
    """The routes. `shelf`: where guesses of the token are limited."""

    def __init__(self, counts: Recorder, content: Content, token: str | None = None, shelf: Shelf | None = None) -> None:
        self.counts = counts
        self.token = token_from_environment() if token is None else token
        self.words = Words(content)
        #: guesses of the token, for each address
        self.guesses = Limiter(shelf or MemoryShelf(), "monitor", burst=10, per_second=0.1)
        self._env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
        self._env.filters.update(prose=prose, linked=linked, tel=tel)
        self.up = True

    def attach(self, app: Sanic) -> None:
        """Add the routes where there is a token; hand over the counts every minute and at the end either way."""
        if self.token:
            app.add_route(self.show, PAGE, methods=["GET", "POST"], name="monitor")
            app.add_route(self.csv, CSV, methods=["GET", "POST"], name="monitor_csv")

        async def last(_app: Sanic, _loop: object) -> None:
            await asyncio.get_running_loop().run_in_executor(None, self.counts.close)

        every(app, FLUSH_SECONDS, self.flush)
        app.register_listener(last, "after_server_stop")

    async def flush(self) -> None:
        """Hand over what was counted, beside the thread that answers."""
        self.up = await asyncio.get_running_loop().run_in_executor(None, self.counts.flush)

    # -- routes -----------------------------------------------------------------------------------------------------------------

    async def show(self, request: Request) -> HTTPResponse:
        """The page; the question for the token where there is none."""
        if refused := await self._refused(request):
            return refused
        try:
            made = await self._report(request)
        except NotShownError:
            return self._page("niet_te_tonen", 404, **self._choice(request))
        except StoreError:
            return self._page("teller_weg", 503, **self._choice(request))
        return self._page("", 200, made, **self._choice(request, made))

    async def csv(self, request: Request) -> HTTPResponse:
        """The same numbers as CSV."""
        if refused := await self._refused(request):
            return refused
        try:
            made = await self._report(request)
        except NotShownError:
            return response.text(self.words.say("niet_te_tonen"), status=404)
        except StoreError:
            return response.text(self.words.say("teller_weg"), status=503)
        name = f"routekaart-{made.gemeente}-{made.when}.csv"
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
        return response.raw(written(made).encode(), content_type="text/csv; charset=utf-8", headers=headers)

    # -- who may see it ---------------------------------------------------------------------------------------------------------

    async def _refused(self, request: Request) -> HTTPResponse | None:
        """The answer to who holds no token; None for who does."""
        if request.headers.get("Sec-Fetch-Site") in FOREIGN:
            return self._page("andere_site", 403)
        given = str(request.headers.get("Authorization") or "").removeprefix("Bearer ") or _field(request, "token")
        if not given:
            return self._page("", 200 if request.method == "GET" and request.path == PAGE else 401)
        if same(given, self.token):
            return None
        return self._page("geen_toegang", 401) if await self.guesses.allow(address(request)) else self._page("te_snel", 429)

    # -- what is shown ----------------------------------------------------------------------------------------------------------

    async def _report(self, request: Request) -> Report:
        """Raises NotShownError and StoreError."""
        loop = asyncio.get_running_loop()
        today = await loop.run_in_executor(None, self.counts.today)
        gemeente = self._gemeente(request)
        asked = _field(request, "periode")
        when = period(asked) if asked else next(iter(periods(MONTH, today)), None)
        if when is None or not may_show(when, today):
            raise NotShownError
        return await loop.run_in_executor(None, report, self.counts.store, self.counts.words, gemeente, when, today)

    def _gemeente(self, request: Request) -> str:
        """Raises NotShownError for what is counted nowhere."""
        asked = _field(request, "gemeente") or (DEFAULT_MAP if DEFAULT_MAP in self.counts.known else e.ELSEWHERE)
        if asked not in self.counts.known:
            raise NotShownError
        return asked

    def _choice(self, request: Request, made: Report | None = None) -> dict[str, Any]:
        """What can be chosen, and what was."""
        today = self.counts.day()
        return {
            "token": _field(request, "token") if request.method == "POST" else "",
            "gemeenten": [(name, self.words.gemeente(name)) for name in self.counts.known],
            "perioden": [(sort, [(str(p), self.words.when(p)) for p in periods(sort, today)]) for sort in reversed(SORTS)],
            "gekozen": (made.gemeente, str(made.when)) if made else (_field(request, "gemeente"), _field(request, "periode")),
        }

    def _page(self, notice: str, status: int, made: Report | None = None, **more: Any) -> HTTPResponse:
        page = self._env.get_template("monitor.html").render(
            t=self.words.say, words=self.words, made=made, notice=notice, largest=largest, base=BASE,
            exit_url=EXIT_URL, css_url="/static/routekaart.css", css_monitor="/static/monitor.css", known="perioden" in more, **more,
        )  # fmt: skip
        return response.html(page, status=status, headers=HEADERS)


def _field(request: Request, name: str) -> str:
    """A field of the form that was sent; of the address only where nothing was sent, and never the token."""
    if request.method == "POST":
        return str((request.form or {}).get(name) or "")
    return "" if name == "token" else str(request.args.get(name) or "")
