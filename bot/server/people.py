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
from bot.core.situation import ROLES
from bot.privacy.masking import mask
from bot.server.channels import Desk
from bot.server.limits import Limiter
from bot.server.memory_store import IDLE_SECONDS
from bot.server.page import Bubble, Page, View

PATHS = ("/", "/gesprek", "/opnieuw", "/stop", "/verlaat")
MOST_CHARACTERS = 2000
MOST_SESSIONS = 20_000
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
    """One conversation of one browser tab. Kept in memory only."""

    sender: str
    used: float
    rol: str | None = None
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

    def issue(self) -> str:
        """A new token. Nothing is kept for it until it is used."""
        value = secrets.token_urlsafe(24)
        return f"{value}.{self._sign(value)}"

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
        self.page = Page(self.content.texts, roles=roles, exit_url=EXIT_URL)
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
            return self._show(self._view(self.sessions.issue(), None, notice="verlopen", draft=written))
        if not self.per_session.allow(session.sender):
            return self._show(self._view(token, session, notice="te_snel", draft=written), 429)
        if session.lock.locked():
            return self._show(self._view(token, session, notice="te_snel", draft=written), 429)
        async with session.lock:
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
        title = self._title_of(session, chosen) if chosen else None
        metadata = {k: v for k, v in {"rol": session.rol, "gemeente": "dordrecht", "herkomst": "pagina"}.items() if v}
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
            return self._show(View(last, self.sessions.issue(), 0, None, "", session.rol, True))
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

    # -- helpers ----------------------------------------------------------------------------------------------------------------

    def _erase(self, request: Request, ended: bool) -> HTTPResponse:
        session = self.sessions.close((request.form or {}).get("token") or "")
        if session:
            self.forget(session.sender)
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
            return View(self._opening(), token, 0, notice, draft, None, False)
        return View([*self._opening(session.rol), *session.bubbles], token, session.turn, notice, draft, session.rol, False)

    def _opening(self, rol: str | None = None) -> list[Bubble]:
        return [Bubble("routekaart", self.content.say(key, rol), None, []) for key in ("opening_1", "opening_2")]

    def _show(self, view: View, status: int = 200) -> HTTPResponse:
        return response.html(self.page.render(view), status=status, headers=HEADERS)
