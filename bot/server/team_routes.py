"""`/oefenen/team` and `/oefenen/mee`: a team rehearses around a screen. Works without JavaScript; a script only spares the pressing of "Vernieuw".

A token opens the screen or a seat. It travels in a form field or a header, never in an address that is sent: the script keeps it behind the # of
the page, so that a reload and a bookmark work; without script the page says with which letters to come back. Nothing is typed here but codes and
numbers, nothing is logged, and no cookie is set. Rooms stand on the shelf, so any worker can answer; where the shelf can't be reached a page holds
what was pressed, to press it again. Nothing that is sent twice is done twice.
"""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable

from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.content.load import Content
from bot.server.logs import logger
from bot.server.people import EXIT_URL, FOREIGN, HEADERS, address
from bot.server.team_page import TeamPages
from bot.server.team_rooms import CHOOSE, MOST_HANDS, MOST_SEATS, FullError, NoRoomError, Place, Room, Rooms
from bot.server.widget_schools import URL_VARIABLE
from bot.shelf import LockTaken, Shelf, ShelfDown
from bot.shelf.limits import Limiter

LOG = logger("team")
START, BEGIN, SCREEN, PHONE, PAPER = "/oefenen/team", "/oefenen/team/begin", "/oefenen/team/scherm", "/oefenen/mee", "/oefenen/team/uitdeel"
TEAM_PATHS = (START, BEGIN, SCREEN, PHONE, PAPER)
#: how the script asks for a page
TOKEN_HEADER = "X-Routekaart-Team"
#: what a form of these pages may hold, beside the hands; and how long each can be
FIELDS = ("token", "stap", "doe", "alleen", "optie", "minuten", "casus", "vraag", "keuze", "code", "eenmalig")
HANDS = "handen_"
ONCE = re.compile(r"[A-Za-z0-9_-]{16,40}")
MOST_CHARACTERS = 100
POLICY = (
    f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self' {EXIT_URL.rstrip('/')}; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


class TeamRoutes:
    """The routes. `key`: signs the tokens of rooms, the same for all workers that share the shelf."""

    def __init__(self, content: Content, shelf: Shelf, key: bytes | None = None) -> None:
        self.content = content
        self.rooms = Rooms(shelf, content.cases, key)
        self.pages = TeamPages(content, EXIT_URL)
        #: a team comes in from one address all at once; guessing a code of six takes longer than a room lives
        self.per_address = Limiter(shelf, "team_adres", burst=80, per_second=1)
        #: in the three hours that a room is kept, one address can open fewer than half of all rooms there can be
        self.new_rooms = Limiter(shelf, "team_nieuw", burst=40, per_second=0.01)
        self.per_token = Limiter(shelf, "team_plek", burst=30, per_second=4)

    def attach(self, app: Sanic) -> None:
        """Add the routes."""
        app.add_route(self.start, START, methods=["GET", "HEAD"], name="team")
        app.add_route(self._or_again(self.begin), BEGIN, methods=["POST"], name="team_begin")
        app.add_route(self._or_again(self.screen), SCREEN, methods=["GET", "HEAD", "POST"], name="team_scherm")
        app.add_route(self._or_again(self.phone), PHONE, methods=["GET", "HEAD", "POST"], name="team_mee")
        app.add_route(self.paper, PAPER, methods=["GET", "HEAD"], name="team_uitdeel")

    def policy(self, request: Request, reply: HTTPResponse) -> None:
        """Let the pages of a team load their own script; called after every other header was set."""
        if request.path in TEAM_PATHS:
            reply.headers["Content-Security-Policy"] = POLICY

    # -- routes -----------------------------------------------------------------------------------------------------------------

    async def start(self, request: Request) -> HTTPResponse:
        """`?casus=` chooses a case beforehand; nothing else is read from the address."""
        return self._show(self.pages.start(case=str(request.args.get("casus") or "")))

    async def begin(self, request: Request) -> HTTPResponse:
        """A new room, and its screen."""
        if refused := self._foreign(request):
            return refused
        case = self.content.cases.get(_field(request, "casus"))
        if case is None:
            return self._show(self.pages.start(), 400)
        if not await self.new_rooms.allow(address(request)):
            return self._show(self.pages.start(notice=self.pages.say("te_snel"), case=case["id"]), 429)
        try:
            room = await self.rooms.open(case, _once(request))
        except FullError:
            return self._show(self.pages.start(notice=self.pages.say("vol"), case=case["id"]), 503)
        return self._screen(request, room)

    async def screen(self, request: Request) -> HTTPResponse:
        """The screen of who leads: as it is (GET with a token in the header), or after something was done (POST)."""

        def press(place: Place) -> None:
            if place.seat is None:
                self._do(request, place.room)

        if turned_away := await self._turned_away(request, joining=False):
            return turned_away
        place = await self._use(request, press)
        if place is None or place.seat is not None or place.room.over:
            return self._show(self.pages.over(), 410)
        return self._screen(request, place.room)

    async def phone(self, request: Request) -> HTTPResponse:
        """A phone: coming in with a code, choosing, leaving, or just looking."""

        def press(place: Place) -> None:
            if place.seat is not None and _field(request, "doe") == "weg":
                place.room.drop(place.seat)
            elif place.seat is not None:
                place.room.vote(place.seat, _field(request, "vraag"), _field(request, "keuze"))

        if turned_away := await self._turned_away(request, joining=True):
            return turned_away
        place = await self._use(request, press)
        if place is None or place.seat is None:
            return self._show(self.pages.over(), 410)
        if place.seat not in place.room.seats:
            return self._show(self.pages.over("weg"), 410)
        return self._phone(request, place.room, place.seat)

    async def paper(self, request: Request) -> HTTPResponse:
        """The hand-out of a case."""
        case = self.content.cases.get(str(request.args.get("casus") or ""))
        return self._show(self.pages.paper(case)) if case else self._show(self.pages.start(), 404)

    # -- what is done -----------------------------------------------------------------------------------------------------------

    def _do(self, request: Request, room: Room) -> None:
        """One press on the screen. A press that was meant for an earlier step (pressed twice, sent again by a reload) does nothing."""
        deed = _field(request, "alleen") or _field(request, "doe")
        if deed == "sluit":
            room.close()
        if _field(request, "stap") != str(room.step):
            return
        if room.phase == CHOOSE and deed in ("verder", "handen"):
            room.count_hands({option: n for option in room.options if (n := _number(request, HANDS + option)) is not None})
        if deed == "verder":
            room.forward(_field(request, "optie"))
        elif deed == "terug":
            room.back()
        elif deed == "klok" and (minutes := _number(request, "minuten")) is not None:
            room.set_timer(60 * minutes)
        elif deed == "casus" and (case := self.content.cases.get(_field(request, "casus"))):
            room.start(case)

    async def _use(self, request: Request, press: Callable[[Place], None]) -> Place | None:
        """What the token of a request opens, after what was pressed."""
        if request.method == "POST":
            return await self.rooms.change(_token(request), press)
        return await self.rooms.look(_token(request))

    async def _turned_away(self, request: Request, joining: bool) -> HTTPResponse | None:
        """The answer to who holds no place yet, comes from another site or asks too often; None for who may go on."""
        if request.method != "POST" and TOKEN_HEADER not in request.headers:
            return self._show(self.pages.start(joining))
        if refused := self._foreign(request):
            return refused
        if request.method == "POST" and not _field(request, "token"):
            return await self._enter(request)
        token = _token(request)
        if not await self.per_token.allow(token if self.rooms.genuine(token) else address(request)):
            return self._show(self.pages.start(joining, notice=self.pages.say("te_snel")), 429)
        return None

    async def _enter(self, request: Request) -> HTTPResponse:
        """Come in, or back, with a code."""
        joining, typed = request.path == PHONE, _field(request, "code")[:40]

        def refuse(key: str, status: int, **values: object) -> HTTPResponse:
            return self._show(self.pages.start(joining, notice=self.pages.say(key, **values), code=typed), status)

        if not await self.per_address.allow(address(request)):
            return refuse("te_snel", 429)
        try:
            place = await self.rooms.enter(typed, _once(request))
        except NoRoomError:
            return refuse("geen_code", 404)
        except FullError:
            return refuse("vol_sessie", 409, aantal=MOST_SEATS)
        return self._phone(request, place.room, place.seat) if place.seat else self._screen(request, place.room)

    # -- helpers ----------------------------------------------------------------------------------------------------------------

    def _or_again(self, handler: Callable[[Request], Awaitable[HTTPResponse]]) -> Callable[[Request], Awaitable[HTTPResponse]]:
        """The handler, with a page for when the shelf can't be reached, or the room is in use for too long: it sends the same once more."""

        async def answer(request: Request) -> HTTPResponse:
            try:
                return await handler(request)
            except (ShelfDown, LockTaken) as error:
                LOG.error("not done: %s", type(error).__name__)
                return self._show(self.pages.again(request.path, _pressed(request)), 503)

        return answer

    def _screen(self, request: Request, room: Room) -> HTTPResponse:
        return self._fresh(request, f'"{room.code}-{room.version}"', lambda: self.pages.screen(room, self._address(request)))

    def _phone(self, request: Request, room: Room, seat: str) -> HTTPResponse:
        mark = f'"{room.code}-{room.step}-{room.vote_of(seat) or ""}"'
        return self._fresh(request, mark, lambda: self.pages.phone(room, seat, self._address(request)))

    def _fresh(self, request: Request, mark: str, make: Callable[[], str]) -> HTTPResponse:
        """The page, or nothing where the browser has it already."""
        if request.method != "POST" and request.headers.get("If-None-Match") == mark:
            return response.empty(status=304, headers={**HEADERS, "ETag": mark})
        return response.html(make(), headers={**HEADERS, "ETag": mark})

    def _foreign(self, request: Request) -> HTTPResponse | None:
        if request.headers.get("Sec-Fetch-Site") not in FOREIGN:
            return None
        return self._show(self.pages.start(request.path == PHONE, notice=self.pages.say("andere_site")), 403)

    def _address(self, request: Request) -> str:
        """Where a phone goes to, as people type it."""
        public = os.environ.get(URL_VARIABLE, "").rstrip("/").partition("://")[2] or str(request.host)
        return public + PHONE

    def _show(self, page: str, status: int = 200) -> HTTPResponse:
        return response.html(page, status=status, headers=HEADERS)


def _field(request: Request, name: str) -> str:
    return str((request.form or {}).get(name) or "")


def _token(request: Request) -> str:
    """What opens a place: in the form, or in the header that the script sends."""
    return _field(request, "token") if request.method == "POST" else str(request.headers.get(TOKEN_HEADER) or "")


def _pressed(request: Request) -> dict[str, str]:
    """The fields of a form of these pages, to send them again."""
    names = [name for name in request.form or {} if name in FIELDS or name.startswith(HANDS)]
    return {name[:MOST_CHARACTERS]: _field(request, name)[:MOST_CHARACTERS] for name in names}


def _once(request: Request) -> str:
    """What makes a form this one: a new random value on every page. A reload without script sends the same form again."""
    once = _field(request, "eenmalig")
    return once if ONCE.fullmatch(once) else ""


def _number(request: Request, name: str) -> int | None:
    """A small number of a form, or None."""
    value = _field(request, name)
    return int(value) if value.isascii() and value.isdigit() and len(value) <= len(str(MOST_HANDS)) else None
