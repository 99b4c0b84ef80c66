"""The channel for people: the page at `/`, a conversation as a plain form, without JavaScript, cookie or anything in the address.

The token in the form is opaque and issued here; what it opens stands on the shelf and expires with the conversation (`sessions`). A form sent twice
is answered once: each page carries its turn number. A message that can't be answered in its conversation is searched for danger all the same.
"""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from typing import Any

from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.content import load_content
from bot.core.situation import ROLES
from bot.dialogue.rehearsing import ENTRY as REHEARSAL_ENTRY
from bot.privacy.masking import mask
from bot.server.channels import Desk, readable
from bot.server.links import Entry
from bot.server.logs import logger
from bot.server.page import Bubble, Page, View
from bot.server.sessions import ATTEMPTS, Open, Session, Sessions
from bot.server.static_files import StaticFiles
from bot.server.welcome import beginning, welcome
from bot.shelf import LockTaken, Shelf, ShelfDown
from bot.shelf.limits import Limiter

LOG = logger("pagina")
PATHS = ("/", "/gesprek", "/opnieuw", "/stop", "/verlaat")
#: what only a form of our own page may send: another site could hand a visitor a conversation that it reads along with
TALK = PATHS[1:4]
#: what a browser says of a form on a page of another site (the Origin header says nothing where the referrer policy hides it)
FOREIGN = ("cross-site", "same-site")
MOST_CHARACTERS = 2000
#: how some proxies write an address: with brackets, or with the port of the connection, which is another for each
WITH_PORT = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::\d{1,5})?|(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}")
#: so many characters are read for one turn of the limit of an address
COST_CHARACTERS = 250
#: of a longer conversation the page shows the end
MOST_BUBBLES = 200
#: pages that begin a conversation of their own kind: origin -> the sentence that opens it where the user wrote none
BEGINNINGS = {"kindcheck": "kindcheck_begin", REHEARSAL_ENTRY: "oefenen_begin"}
STATIC = Path(__file__).with_name("static")
#: where "leave this page" goes; a neutral page that many people open (`EXIT_URL` changes it)
EXIT_URL = os.environ.get("EXIT_URL", "https://www.buienradar.nl/")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self' {exit}; base-uri 'none'; frame-ancestors 'none'".replace(
        "{exit}", EXIT_URL.rstrip("/")
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}


class People:
    """The routes of the page."""

    def __init__(self, desk: Desk, shelf: Shelf, forget: Callable[[str], Awaitable[None]], key: bytes | None = None) -> None:
        """`forget`: throws away everything of a conversation; `key`: signs the tokens."""
        self.desk = desk
        self.forget = forget
        self.content = load_content()
        roles = {rol: str(row["titel"]) for rol, row in self.content.questions["rol"]["opties"].items()}
        self.page = Page(self.content.texts, roles=roles, exit_url=EXIT_URL, maps=frozenset(self.content.maps))
        self.sessions = Sessions(shelf, "pagina", key)
        self.per_session = Limiter(shelf, "gesprek", burst=6, per_second=0.5)
        self.per_address = Limiter(shelf, "adres", burst=120, per_second=20)
        #: conversations that begin
        self.beginnings = Limiter(shelf, "begin", burst=120, per_second=1)

    def attach(self, app: Sanic) -> None:
        """Add the routes. `GET /` is answered by a middleware, because Rasa's own app holds that route."""
        app.add_route(self.say, "/gesprek", methods=["POST"], name="gesprek")
        app.add_route(self.start_over, "/opnieuw", methods=["POST"], name="opnieuw")
        app.add_route(self.stop, "/stop", methods=["POST"], name="stop")
        app.add_route(self.leave, "/verlaat", methods=["POST"], name="verlaat")
        StaticFiles(STATIC).attach(app)

        async def opening(request: Request) -> HTTPResponse | None:
            if self.desk.closed():
                return None  # the guard says so
            if request.path in TALK and request.method == "POST" and request.headers.get("Sec-Fetch-Site") in FOREIGN:
                return self._show(self._view(self.sessions.issue(), None, notice="andere_site"), 403)
            if request.path in PATHS and request.method in ("GET", "HEAD"):
                return self._show(self._view(self.sessions.issue(), None))
            return None

        app.register_middleware(opening, "request")

    # -- routes -----------------------------------------------------------------------------------------------------------------

    async def say(self, request: Request) -> HTTPResponse:
        """One message or choice."""
        form = Form(request)
        who = address(request)
        if not await self.per_address.allow(who, turns(form.written)):
            return await self._not_now(form, "te_snel", 429)
        try:
            for _ in range(ATTEMPTS):
                async with self.sessions.hold(form.token, create=form.turn == 0) as held:
                    shown = await self._answer(form, held, who)
                    if shown is not None:
                        return shown
            raise LockTaken
        except (ShelfDown, LockTaken) as error:
            LOG.error("not answered: %s", type(error).__name__)
            return await self._not_kept(form)

    async def _answer(self, form: Form, held: Open, who: str) -> HTTPResponse | None:
        """The page after this form; None where another worker answered meanwhile. `who`: the address."""
        session = held.session
        if session is None:
            token = self.sessions.issue(self.sessions.entry(form.token))
            return self._show(self._view(token, None, "verlopen", form.written, await self._alarm(form)))
        allowed = await self.per_session.allow(session.sender) and (session.turn > 0 or await self.beginnings.allow(who))
        if not allowed:
            return self._show(self._view(form.token, session, "te_snel", form.written, await self._alarm(form)), 429)
        if form.turn != session.turn:
            if self._answered(session, form):
                return self._show(self._view(form.token, session))
            return self._show(self._view(form.token, session, None, form.written, await self._alarm(form)))
        if len(form.chosen or form.written) > MOST_CHARACTERS:
            return self._show(self._view(form.token, session, "te_lang", form.written, await self._alarm(form)), 413)
        ended = await self._turn(session, form)
        if ended is None:
            return self._show(self._view(form.token, session, "leeg"))
        if ended:
            held.session = None
        if not await held.commit():
            return None
        if ended:
            return self._show(View(session.bubbles[-1:], self.sessions.issue(session.link), 0, None, "", session.rol, True))
        return self._show(self._view(form.token, session))

    async def _turn(self, session: Session, form: Form) -> bool | None:
        """Answer one message in its session; whether the conversation was ended by it, None where there is nothing to answer."""
        written, begin = form.written, form.get("begin")
        if session.turn == 0 and begin in BEGINNINGS:
            session.herkomst = begin
            written = written if readable(written) else self.content.say(BEGINNINGS[begin])
            if begin == REHEARSAL_ENTRY and form.get("casus") in self.content.cases:
                session.herkomst += f":{form.get('casus')}"
        if (rol := form.get("rol")) in ROLES and not session.rol:
            session.rol = rol
        text = form.chosen or written
        if not text.strip():
            return None
        if session.turn == 0:
            session.herkomst = beginning(self.content, form.chosen) or session.herkomst
        title = self._title_of(session, form.chosen) if form.chosen else None
        metadata = {k: v for k, v in {"rol": session.rol, "gemeente": session.gemeente, "herkomst": session.herkomst}.items() if v}
        replies = await self.desk.handle(session.sender, text, metadata, "pagina")
        said = {r.get("text") for r in replies}
        if self.content.say("opnieuw", session.rol) in said:
            session.bubbles.clear()
        else:
            session.bubbles.append(Bubble("gebruiker", title or mask(text), None, []))
        session.bubbles = [*session.bubbles, *_bubbles(replies)][-MOST_BUBBLES:]
        session.turn += 1
        return self.content.say("gestopt", session.rol) in said

    def _answered(self, session: Session, form: Form) -> bool:
        """Whether a form of an earlier turn is one that was sent twice: then what was answered is shown. On a page one went back to, it may be new."""
        said = [bubble.text for bubble in session.bubbles if bubble.van == "gebruiker"]
        return form.turn < session.turn and (bool(form.chosen) or not form.written.strip() or mask(form.written) in said)

    async def _alarm(self, form: Form) -> list[Bubble]:
        """The emergency card, where a message that is not answered tells of danger."""
        replies = await self.desk.alarm(form.written, {"rol": form.get("rol")} if form.get("rol") in ROLES else None)
        return [Bubble("gebruiker", mask(readable(form.written[:MOST_CHARACTERS])), None, []), *_bubbles(replies)] if replies else []

    async def _not_now(self, form: Form, notice: str, status: int) -> HTTPResponse:
        """The page as it was, with what was typed still in it."""
        try:
            session = await self.sessions.look(form.token)
        except ShelfDown:
            return await self._not_kept(form)
        return self._show(self._view(form.token, session, notice, form.written), status)

    async def _not_kept(self, form: Form) -> HTTPResponse:
        """The shelf can't be reached: the emergency card where there is danger, and the same form to send again."""
        token = form.token if self.sessions.genuine(form.token) else self.sessions.issue()
        view = self._view(token, None, "storing", form.written, await self._alarm(form))
        view.turn = form.turn
        return self._show(view, 503)

    async def start_over(self, request: Request) -> HTTPResponse:
        """A new conversation; the old one is erased."""
        return await self._erase(request, ended=False)

    async def stop(self, request: Request) -> HTTPResponse:
        """Erase the conversation."""
        return await self._erase(request, ended=True)

    async def leave(self, request: Request) -> HTTPResponse:
        """Erase the conversation and go to a neutral page."""
        await self._erase(request, ended=True)
        return response.redirect(EXIT_URL, status=303, headers=HEADERS)

    def first_page(self, entry: Entry, link: str) -> HTTPResponse:
        """The page that a link opens; the only one that knows its token."""
        view = self._view(self.sessions.issue(entry), None)
        view.link = link
        return self._show(view)

    # -- helpers ----------------------------------------------------------------------------------------------------------------

    async def _erase(self, request: Request, ended: bool) -> HTTPResponse:
        token = Form(request).token
        entry, session, said = self.sessions.entry(token), None, "gestopt"
        try:
            session = await erase(self.sessions, token, self.forget)
        except (ShelfDown, LockTaken) as error:
            LOG.error("not erased: %s", type(error).__name__)
            said, ended = "niet_gewist", True
        if entry is not None and not ended:
            return self._show(self._view(self.sessions.issue(entry), None))
        rol = session.rol if session else None
        bubbles = [Bubble("routekaart", self.content.say(said, rol), None, [])] if ended else []
        return self._show(View(bubbles, self.sessions.issue(), 0, None, "", rol, ended))

    def _title_of(self, session: Session, payload: str) -> str | None:
        for bubble in reversed(session.bubbles):
            for b in bubble.buttons:
                if b.get("payload") == payload:
                    return str(b.get("title"))
        return None

    def _view(self, token: str, session: Session | None, notice: str | None = None, draft: str = "", more: Sequence[Bubble] = ()) -> View:
        """A page; `more`: bubbles of this page only."""
        if session is None:
            token = token if self.sessions.genuine(token) else self.sessions.issue()
            entry = self.sessions.entry(token)
            return View([*self._opening(None, entry), *more], token, 0, notice, draft, entry.rol if entry else None, False, entry=entry)
        opening = self._opening(session.rol, session.link)
        return View([*opening, *session.bubbles, *more], token, session.turn, notice, draft, session.rol, False, entry=session.link)

    def _opening(self, rol: str | None, entry: Entry | None) -> list[Bubble]:
        rol = entry.rol if entry else rol
        bubbles = [Bubble("routekaart", self.content.say(key, rol), None, []) for key in ("opening_1", "opening_2")]
        return [*bubbles, *welcome(self.content, entry)] if entry else bubbles

    def _show(self, view: View, status: int = 200) -> HTTPResponse:
        return response.html(self.page.render(view), status=status, headers=HEADERS)


class Form:
    """What a form of the page sends."""

    def __init__(self, request: Request) -> None:
        self._form = request.form or {}
        self.token, self.written, self.chosen = self.get("token"), self.get("bericht"), self.get("keuze")
        turn = self.get("beurt")
        self.turn = int(turn) if turn.isascii() and turn.isdigit() and len(turn) < 9 else 0

    def get(self, name: str) -> str:
        """A field; empty where it is not there."""
        return str(self._form.get(name) or "")


async def erase(sessions: Sessions, token: str, forget: Callable[[str], Awaitable[None]]) -> Session | None:
    """Throw away a session and its conversation, after the message in hand; what it was. Raises ShelfDown and LockTaken: then it is still there."""
    for _ in range(ATTEMPTS):
        async with sessions.hold(token, create=False) as held:
            session, held.session = held.session, None
            if session is None:
                return None
            await forget(session.sender)
            if await held.commit():
                return session
    raise LockTaken


def address(request: Request) -> str:
    """Who asks, for limits only: behind proxies that are trusted (`ROUTEKAART_PROXIES`) the address that they tell. Of IPv6 the network of one home.

    Nothing else of what a proxy may tell is believed: a visitor could send it too.
    """
    told = str(request.ip or "?")
    if proxies := getattr(request.app.ctx, "proxies", 0):
        forwarded = [part.strip() for part in ",".join(request.headers.getall("x-forwarded-for", [])).split(",")]
        told = forwarded[-proxies] if len(forwarded) >= proxies and forwarded[-proxies] else told
    if with_port := WITH_PORT.fullmatch(told):
        told = with_port[1] or with_port[2]
    try:
        found = ip_address(told)
    except ValueError:
        return told[:64]
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    return str(found) if isinstance(found, IPv4Address) else str(IPv6Network((found, 64), strict=False))


def turns(text: str) -> int:
    """What a message costs of the limit of an address: reading takes longer the longer it is."""
    return 1 + len(text) // COST_CHARACTERS


def _bubbles(replies: Sequence[Mapping[str, Any]]) -> list[Bubble]:
    return [Bubble("routekaart", r.get("text", ""), r.get("custom"), r.get("buttons", [])) for r in replies]
