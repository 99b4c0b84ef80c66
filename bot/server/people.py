"""The channel for people: the page at `/`, a conversation as a plain form, without JavaScript, cookie or anything in the address.

The token in the form is opaque and issued here (random, signed with a key of this process); what it opens lives in memory and expires with the
conversation. A form sent twice is answered once: each page carries its turn number.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.content import load_content
from bot.content.load import DEFAULT_MAP
from bot.core.situation import ROLES
from bot.dialogue.rehearsing import ENTRY as REHEARSAL_ENTRY
from bot.privacy.masking import mask
from bot.server.channels import Desk, readable
from bot.server.limits import Limiter
from bot.server.links import Entry
from bot.server.memory_store import IDLE_SECONDS
from bot.server.page import Bubble, Page, View
from bot.server.welcome import beginning, welcome

PATHS = ("/", "/gesprek", "/opnieuw", "/stop", "/verlaat")
#: what only a form of our own page may send: another site could hand a visitor a conversation that it reads along with
TALK = PATHS[1:4]
#: what a browser says of a form on a page of another site (the Origin header says nothing where the referrer policy hides it)
FOREIGN = ("cross-site", "same-site")
MOST_CHARACTERS = 2000
MOST_SESSIONS = 20_000
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


@dataclass
class Session:
    """One conversation of one browser tab. Kept in memory only. `gemeente` and `herkomst` are those of the entry; `entry`: of a link."""

    sender: str
    used: float
    rol: str | None = None
    gemeente: str | None = DEFAULT_MAP
    herkomst: str = "pagina"
    entry: Entry | None = None
    turn: int = 0
    bubbles: list[Bubble] = field(default_factory=list)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Sessions:
    """Tokens and what they open. `clock` gives seconds; `kind` is what a token opens."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, kind: type[Session] = Session) -> None:
        self._key = secrets.token_bytes(32)
        self._kind = kind
        self._open: OrderedDict[str, Session] = OrderedDict()
        self.clock = clock

    def issue(self, entry: Entry | None = None) -> str:
        """A new token, which carries how somebody came in by a link. Nothing is kept for it until it is used."""
        value = secrets.token_urlsafe(24)
        if entry is not None:
            value += "~" + entry.written()
        return f"{value}.{self._sign(value)}"

    def entry(self, token: str) -> Entry | None:
        """The entry that a genuine token carries."""
        _, carried, written = token.partition(".")[0].partition("~")
        return Entry.read(written) if carried and self.genuine(token) else None

    def _sign(self, value: str) -> str:
        return hmac.new(self._key, value.encode(), hashlib.sha256).hexdigest()[:32]

    def genuine(self, token: str) -> bool:
        """Whether this server issued the token."""
        value, _, signature = token.partition(".")
        return bool(value) and hmac.compare_digest(self._sign(value).encode(), signature.encode())

    def get(self, token: str, create: bool) -> Session | None:
        """The session of a genuine token; `create` opens it at its first use."""
        self.expire()
        if not self.genuine(token):
            return None
        session = self._open.get(token)
        if session is None and create:
            session = self._open[token] = self._kind(sender=secrets.token_hex(16), used=self.clock())
            entry = self.entry(token)
            if entry is not None:
                session.entry, session.rol, session.gemeente, session.herkomst = entry, entry.rol, entry.gemeente, entry.herkomst
            if len(self._open) > MOST_SESSIONS:
                self._open.popitem(last=False)
        if session is not None:
            session.used = self.clock()
            self._open.move_to_end(token)
        return session

    def close(self, token: str) -> Session | None:
        """Forget a session now."""
        return self._open.pop(token, None)

    def expire(self) -> None:
        """Drop every session that was idle too long."""
        limit = self.clock() - IDLE_SECONDS
        while self._open:
            token, session = next(iter(self._open.items()))
            if session.used > limit:
                return
            del self._open[token]


class People:
    """The routes of the page."""

    def __init__(self, desk: Desk, forget: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.desk = desk
        self.forget = forget
        self.content = load_content()
        roles = {rol: str(row["titel"]) for rol, row in self.content.questions["rol"]["opties"].items()}
        self.page = Page(self.content.texts, roles=roles, exit_url=EXIT_URL, maps=frozenset(self.content.maps))
        self.sessions = Sessions(clock)
        self.per_session = Limiter(burst=6, per_second=0.5, clock=clock)
        self.per_address = Limiter(burst=120, per_second=20, clock=clock)

    def attach(self, app: Sanic) -> None:
        """Add the routes. `GET /` is answered by a middleware, because Rasa's own app holds that route."""
        app.add_route(self.say, "/gesprek", methods=["POST"], name="gesprek")
        app.add_route(self.start_over, "/opnieuw", methods=["POST"], name="opnieuw")
        app.add_route(self.stop, "/stop", methods=["POST"], name="stop")
        app.add_route(self.leave, "/verlaat", methods=["POST"], name="verlaat")
        app.static("/static", str(STATIC), name="static")

        async def opening(request: Request) -> HTTPResponse | None:
            if request.path in TALK and request.method == "POST" and request.headers.get("Sec-Fetch-Site") in FOREIGN:
                return self._show(self._view(self.sessions.issue(), None, notice="andere_site"), 403)
            if request.path in PATHS and request.method in ("GET", "HEAD"):
                return self._show(self._view(self.sessions.issue(), None))
            return None

        app.register_middleware(opening, "request")

    # -- routes -----------------------------------------------------------------------------------------------------------------

    async def say(self, request: Request) -> HTTPResponse:
        """One message or choice."""
        form = request.form or {}
        token, written, chosen = form.get("token") or "", form.get("bericht") or "", form.get("keuze") or ""
        turn = int(t) if (t := form.get("beurt") or "").isdigit() and len(t) < 9 else 0
        if not self.per_address.allow(request.ip or "?"):
            return self._show(self._view(token, self.sessions.get(token, create=False), notice="te_snel", draft=written), 429)
        session = self.sessions.get(token, create=turn == 0)
        if session is None:
            return self._show(self._view(self.sessions.issue(self.sessions.entry(token)), None, notice="verlopen", draft=written))
        if not self.per_session.allow(session.sender):
            return self._show(self._view(token, session, notice="te_snel", draft=written), 429)
        if session.lock.locked():
            return self._show(self._view(token, session, notice="te_snel", draft=written), 429)
        async with session.lock:
            if session.turn == 0 and form.get("begin") in BEGINNINGS:
                session.herkomst = str(form.get("begin"))
                written = written if readable(written) else self.content.say(BEGINNINGS[session.herkomst])
                if session.herkomst == REHEARSAL_ENTRY and form.get("casus") in self.content.cases:
                    session.herkomst += f":{form.get('casus')}"
            return await self._turn(token, session, turn, written, chosen, form.get("rol"))

    async def _turn(self, token: str, session: Session, turn: int, written: str, chosen: str, rol: str | None) -> HTTPResponse:
        if turn != session.turn:
            return self._show(self._view(token, session, draft="" if turn < session.turn else written))
        if rol in ROLES and not session.rol:
            session.rol = rol
        if len(written) > MOST_CHARACTERS and not chosen:
            return self._show(self._view(token, session, notice="te_lang", draft=written), 413)
        text = chosen or written
        if not text.strip():
            return self._show(self._view(token, session, notice="leeg"))
        if session.turn == 0:
            session.herkomst = beginning(self.content, chosen) or session.herkomst
        title = self._title_of(session, chosen) if chosen else None
        metadata = {k: v for k, v in {"rol": session.rol, "gemeente": session.gemeente, "herkomst": session.herkomst}.items() if v}
        replies = await self.desk.handle(session.sender, text, metadata, "pagina")
        said = {r.get("text") for r in replies}
        if self.content.say("opnieuw", session.rol) in said:
            session.bubbles.clear()
        else:
            session.bubbles.append(Bubble("gebruiker", title or mask(text), None, []))
        session.bubbles += [Bubble("routekaart", r.get("text", ""), r.get("custom"), r.get("buttons", [])) for r in replies]
        session.turn += 1
        if self.content.say("gestopt", session.rol) in said:
            self.sessions.close(token)
            last = session.bubbles[-1:]
            return self._show(View(last, self.sessions.issue(session.entry), 0, None, "", session.rol, True))
        return self._show(self._view(token, session))

    async def start_over(self, request: Request) -> HTTPResponse:
        """A new conversation; the old one is erased."""
        return self._erase(request, ended=False)

    async def stop(self, request: Request) -> HTTPResponse:
        """Erase the conversation."""
        return self._erase(request, ended=True)

    async def leave(self, request: Request) -> HTTPResponse:
        """Erase the conversation and go to a neutral page."""
        self._erase(request, ended=True)
        return response.redirect(EXIT_URL, status=303, headers=HEADERS)

    def first_page(self, entry: Entry, link: str) -> HTTPResponse:
        """The page that a link opens; the only one that knows its token."""
        view = self._view(self.sessions.issue(entry), None)
        view.link = link
        return self._show(view)

    # -- helpers ----------------------------------------------------------------------------------------------------------------

    def _erase(self, request: Request, ended: bool) -> HTTPResponse:
        token = (request.form or {}).get("token") or ""
        session, entry = self.sessions.close(token), self.sessions.entry(token)
        if session:
            self.forget(session.sender)
        if entry is not None and not ended:
            return self._show(self._view(self.sessions.issue(entry), None))
        bubbles = [Bubble("routekaart", self.content.say("gestopt", session.rol if session else None), None, [])] if ended else []
        return self._show(View(bubbles, self.sessions.issue(), 0, None, "", session.rol if session else None, ended))

    def _title_of(self, session: Session, payload: str) -> str | None:
        for bubble in reversed(session.bubbles):
            for b in bubble.buttons:
                if b.get("payload") == payload:
                    return str(b.get("title"))
        return None

    def _view(self, token: str, session: Session | None, notice: str | None = None, draft: str = "") -> View:
        if session is None:
            token = token if self.sessions.genuine(token) else self.sessions.issue()
            entry = self.sessions.entry(token)
            return View(self._opening(None, entry), token, 0, notice, draft, entry.rol if entry else None, False, entry=entry)
        opening, entry = self._opening(session.rol, session.entry), session.entry
        return View([*opening, *session.bubbles], token, session.turn, notice, draft, session.rol, False, entry=entry)

    def _opening(self, rol: str | None, entry: Entry | None) -> list[Bubble]:
        rol = entry.rol if entry else rol
        bubbles = [Bubble("routekaart", self.content.say(key, rol), None, []) for key in ("opening_1", "opening_2")]
        return [*bubbles, *welcome(self.content, entry)] if entry else bubbles

    def _show(self, view: View, status: int = 200) -> HTTPResponse:
        return response.html(self.page.render(view), status=status, headers=HEADERS)
