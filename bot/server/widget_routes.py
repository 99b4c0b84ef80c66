"""The channel of the chat widget, and the pages it stands on: `/chat` and `/demo`.

The widget runs on pages of others, so it gets JSON and no cookie. `POST /gesprek/begin` issues an opaque token (signed here, nothing is
kept for it until it is used); it travels in a header. Messages are numbered by the client: a number that was answered before gets the
same answer again, so a retry after a lost connection neither loses nor doubles. Which sites may ask stands in `widget_schools`;
everything else (masking, limits, nothing in a log, expiry) is that of the channel for people.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from sanic import Sanic, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.core.situation import ROLES
from bot.privacy.masking import mask
from bot.server.channels import readable
from bot.server.link_routes import WORDS, LinkPages
from bot.server.links import BadLink, Entry
from bot.server.logs import logger
from bot.server.page import TEMPLATES
from bot.server.people import HEADERS, MOST_CHARACTERS, STATIC, People, address, erase, turns
from bot.server.sessions import ATTEMPTS, Open, Session, Sessions
from bot.server.welcome import beginning, welcome
from bot.server.widget_schools import URL_VARIABLE, School, Schools
from bot.server.widget_words import NO_TEXT, own_words, page_words, widget_words
from bot.shelf import LockTaken, ShelfDown

LOG = logger("widget")
CHANNEL = ("/gesprek/begin", "/gesprek/zeg", "/gesprek/einde")
PAGES = ("/chat", "/demo")
WIDGET_PATHS = (*CHANNEL, *PAGES)
ASSETS = "/static/widget/"
BUNDLE = STATIC / "widget" / "routekaart-chat.js"
TOKEN_HEADER = "X-Routekaart"
#: bytes of one request: a message of the most characters, in any writing, with room for the rest
MOST_BYTES = 16_000
#: seconds after which a refused message may be sent again
WAIT_SECONDS = 3
#: how long a browser may remember that it may ask (seconds)
PREFLIGHT_SECONDS = 3600
VERSION = re.compile(rb"routekaart-chat (\d+\.\d+\.\d+)")
#: our own pages: scripts and requests of this server only; a page that frames them gets nothing
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


@dataclass(frozen=True)
class Bundle:
    """The built widget: `path` to load it from; `mark` in it changes with every byte; `integrity` as browsers check it."""

    version: str
    mark: str
    path: str
    integrity: str


def bundle(file: Path = BUNDLE) -> Bundle:
    """What the built file is. Raises RuntimeError where it is missing or has no version: it is part of the project."""
    data = file.read_bytes() if file.exists() else b""
    found = VERSION.search(data)
    if not found:
        raise RuntimeError(f"{file.name} is missing or not built by this project: run make widget")
    version, digest = found.group(1).decode(), hashlib.sha384(data)
    mark = f"{version}-{digest.hexdigest()[:8]}"
    return Bundle(version, mark, f"{ASSETS}{file.name}?v={mark}", "sha384-" + base64.b64encode(digest.digest()).decode())


class Widget:
    """The routes. `people`: the channel whose desk, limits and content are shared; `links`: how signed links are opened."""

    def __init__(self, people: People, links: LinkPages, schools: Schools | None = None, key: bytes | None = None) -> None:
        """`key`: signs the tokens."""
        self.people = people
        self.links = links
        self.schools = schools or Schools.load(people.content.folder)
        self.sessions = Sessions(people.sessions.shelf, "widget", key)
        self.words = widget_words(people.content)
        self.bundle = bundle()
        self.exit_url = os.environ.get("EXIT_URL") or str(own_words(people.content)[NO_TEXT]["url"])
        self._pages = _Pages(self)
        texts = people.content.texts
        self._stopped = {str(text) for key, text in texts["gestopt"].items() if key != "bronnen"}
        self._restarted = {str(text) for key, text in texts["opnieuw"].items() if key != "bronnen"}

    def attach(self, app: Sanic) -> None:
        """Add the routes."""
        app.add_route(self.begin, CHANNEL[0], methods=["POST"], name="widget_begin")
        app.add_route(self.say, CHANNEL[1], methods=["POST"], name="widget_zeg")
        app.add_route(self.end, CHANNEL[2], methods=["POST"], name="widget_einde")
        app.add_route(self._pages.chat, PAGES[0], methods=["GET", "HEAD"], name="widget_chat")
        app.add_route(self._pages.demo, PAGES[1], methods=["GET", "HEAD"], name="widget_demo")

    # -- the channel ------------------------------------------------------------------------------------------------------------

    async def begin(self, request: Request) -> HTTPResponse:
        """A token, the words, and where "leave this page" goes. A site that is not on the list may read one thing: that it is not."""
        if not await self._in_time(request):
            return self._no("te_snel", 429, wacht=WAIT_SECONDS)
        data = _body(request)
        school = self._school(request, data)
        if school is None:
            return response.json({"fout": "herkomst"}, status=403)
        rol, gemeente = self._entry(data, school)
        entry, told = self._link(data)
        if entry is not None:
            rol, gemeente = entry.rol, entry.gemeente
        known = {"rol": rol, "gemeente": gemeente, "versie": self.bundle.version, "verlaat": self.exit_url}
        return response.json({"token": self.sessions.issue(entry), "nummer": 0, "woorden": self.words, **known, **told})

    def _link(self, data: dict[str, Any]) -> tuple[Entry | None, dict[str, Any]]:
        """What a signed link in `begin` says, and what the widget shows of it first. One that opens nothing is said, and the talk goes on without."""
        if "link" not in data:
            return None, {}
        given = data["link"]
        try:
            entry = self.links.links.open(given if isinstance(given, str) else "").entry
        except BadLink as bad:
            text = self.people.content.say(WORDS[bad.reason][0], bad.rol)
            return None, {"link": bad.reason.value, "berichten": [{"text": text}]}
        said = [{"text": bubble.text, "buttons": bubble.buttons} for bubble in welcome(self.people.content, entry)]
        return entry, {"link": "open", "berichten": said}

    async def say(self, request: Request) -> HTTPResponse:
        """One message (`bericht`) or choice (`keuze`) with its number."""
        if not await self._in_time(request):
            return self._no("te_snel", 429, wacht=WAIT_SECONDS)
        data = _body(request)
        school = self._school(request, data)
        if school is None:
            return response.json({"fout": "herkomst"}, status=403)
        number, written, chosen = data.get("nummer"), data.get("bericht", ""), data.get("keuze", "")
        if (
            isinstance(number, bool)
            or not isinstance(number, int)
            or number < 1
            or not isinstance(written, str)
            or not isinstance(chosen, str)
        ):
            return _shape()
        more = turns(written) - 1  # one was taken above
        if more and not await self.people.per_address.allow(address(request), more):
            return self._no("te_snel", 429, wacht=WAIT_SECONDS)
        said = _Said(request.headers.get(TOKEN_HEADER) or "", number, written, chosen, *self._entry(data, school), address(request))
        # a task of its own: the turn is finished and remembered also when the connection is lost in the middle of it
        return await asyncio.shield(asyncio.get_running_loop().create_task(self._answer(said)))

    async def _answer(self, said: _Said) -> HTTPResponse:
        """The answer to a message; the same one again for a number that was answered before."""
        try:
            for _ in range(ATTEMPTS):
                async with self.sessions.hold(said.token, create=said.number == 1) as held:
                    answer = await self._held(said, held)
                    if answer is not None:
                        return answer
            raise LockTaken
        except (ShelfDown, LockTaken) as error:
            LOG.error("not answered: %s", type(error).__name__)
            return self._no("storing", 503, **await self._alarm(said))

    async def _held(self, said: _Said, held: Open) -> HTTPResponse | None:
        """None where another worker answered meanwhile."""
        talk = held.session
        if talk is None:
            return self._no("verlopen", 410, **await self._alarm(said))
        if said.number == talk.turn and talk.reply is not None:
            return response.json(talk.reply)
        if said.number != talk.turn + 1:
            return response.json({"fout": "nummer", "nummer": talk.turn, **await self._alarm(said)}, status=409)
        if len(said.written) > MOST_CHARACTERS or len(said.chosen) > MOST_CHARACTERS:
            return self._no("te_lang", 413, **await self._alarm(said))
        if not readable(said.chosen or said.written):
            return self._no("leeg", 400)
        allowed = await self.people.per_session.allow(talk.sender)
        if not allowed or (talk.turn == 0 and not await self.people.beginnings.allow(said.who)):
            return self._no("te_snel", 429, wacht=WAIT_SECONDS)
        if talk.turn == 0 and talk.entry is None:
            talk.rol, talk.gemeente = said.rol, said.gemeente
        answer = await self._turn(talk, said.number, said.chosen or said.written, bool(said.chosen))
        talk.turn, talk.reply = said.number, answer
        return response.json(answer) if await held.commit() else None

    async def _alarm(self, said: _Said) -> dict[str, Any]:
        """The emergency card beside a refusal, where the message tells of danger."""
        replies = await self.people.desk.alarm(said.written, {"rol": said.rol} if said.rol else None)
        return {"berichten": replies} if replies else {}

    async def _turn(self, talk: Session, number: int, text: str, button: bool) -> dict[str, Any]:
        origin = talk.link.herkomst if talk.link else "widget"
        origin = (beginning(self.people.content, text) if number == 1 and button else None) or origin
        metadata = {k: v for k, v in {"rol": talk.rol, "gemeente": talk.gemeente, "herkomst": origin}.items() if v}
        replies = await self.people.desk.handle(talk.sender, text, metadata, "widget")
        shown = [{key: row[key] for key in ("text", "custom", "buttons") if row.get(key)} for row in replies]
        if talk.rol is None:
            talk.rol = await self._role(talk.sender)
        answer: dict[str, Any] = {"nummer": number, "berichten": shown, "rol": talk.rol}
        if not button:
            answer["gelezen"] = mask(text)
        said = {row.get("text") for row in replies}
        if said & self._stopped:
            answer["einde"] = "gestopt"
        elif said & self._restarted:
            answer["einde"] = "opnieuw"
        return answer

    async def end(self, request: Request) -> HTTPResponse:
        """Erase the conversation. The token may stand in the body: what a browser sends while it leaves carries no headers of ours."""
        if not await self._in_time(request):
            return self._no("te_snel", 429, wacht=WAIT_SECONDS)
        data = _body(request)
        if self._school(request, data) is None:
            return response.json({"fout": "herkomst"}, status=403)
        token = request.headers.get(TOKEN_HEADER) or data.get("token")
        if isinstance(token, str):
            try:
                await erase(self.sessions, token, self.people.forget)
            except (ShelfDown, LockTaken) as error:
                LOG.error("not erased: %s", type(error).__name__)  # its page is gone, so nobody can open what is left until it expires
        return response.empty()

    # -- who may ask ------------------------------------------------------------------------------------------------------------

    def allow(self, request: Request, reply: HTTPResponse) -> None:
        """Put on a reply what lets pages of a school use it; called after every other header was set."""
        path = request.path
        if path.startswith(ASSETS) and reply.status in (200, 304):
            fresh = "max-age=31536000, immutable" if request.args.get("v") == self.bundle.mark else "max-age=300"
            reply.headers.update(
                {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": f"public, {fresh}"}
            )
        elif path in PAGES and reply.status == 200:
            reply.headers["Content-Security-Policy"] = PAGE_POLICY
        elif path in CHANNEL:
            reply.headers["Vary"] = "Origin"
            origin = request.headers.get("Origin")
            # that a site is not on the list is the one thing it may read
            if origin and (self.schools.listed(origin) or (path == CHANNEL[0] and reply.status == 403)):
                reply.headers["Access-Control-Allow-Origin"] = origin
                if request.method == "OPTIONS":
                    reply.headers.update(
                        {
                            "Access-Control-Allow-Methods": "POST",
                            "Access-Control-Allow-Headers": f"content-type, {TOKEN_HEADER.lower()}",
                            "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
                        }
                    )

    def _school(self, request: Request, data: dict[str, Any]) -> School | None:
        name = data.get("school")
        return self.schools.school(request.headers.get("Origin"), request.host, name if isinstance(name, str) else None)

    async def _in_time(self, request: Request) -> bool:
        return await self.people.per_address.allow(address(request))

    def _entry(self, data: dict[str, Any], school: School) -> tuple[str | None, str | None]:
        """Role and municipality: what the widget names, else what is known of the school."""
        rol, gemeente = data.get("rol"), data.get("gemeente")
        rol = rol if rol in ROLES else school.rol
        if not isinstance(gemeente, str) or not re.fullmatch(r"[a-z0-9-]{1,40}", gemeente):
            gemeente = school.gemeente
        return rol, gemeente

    async def _role(self, sender: str) -> str | None:
        """The role as the conversation knows it, once it was told: the widget then speaks in the same form."""
        tracker = await self.people.desk.agent.tracker_store.retrieve(sender)
        slot = tracker.slots.get("rol") if tracker else None
        return slot.value if slot is not None and slot.value in ROLES else None

    # -- what went wrong --------------------------------------------------------------------------------------------------------

    def _no(self, key: str, status: int, **more: Any) -> HTTPResponse:
        return response.json({"fout": key, "tekst": self.people.content.say(key), **more}, status=status)

    def failed(self, status: int) -> HTTPResponse:
        """The answer to a request that went wrong before it reached a route, or in it."""
        key = {400: "vorm", 404: "vorm", 405: "vorm"}.get(status)
        return response.json({"fout": key}, status=status) if key else self._no("te_lang" if status == 413 else "storing", status)


@dataclass(frozen=True)
class _Said:
    """What a widget sent: a message or a choice, with its number and the token. `rol` and `gemeente`: what counts for a new
    conversation; `who`: the address."""

    token: str
    number: int
    written: str
    chosen: str
    rol: str | None
    gemeente: str | None
    who: str


class _Pages:
    """`/chat`, for who gets a link, and `/demo`, an invented school."""

    def __init__(self, widget: Widget) -> None:
        self.widget = widget
        self._words = page_words(widget.people.content)
        self._env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)

    async def chat(self, request: Request) -> HTTPResponse:
        """The widget alone. The address may name role, municipality and school, or hold a signed link; nothing about a case."""
        if "link" in request.args:
            return self._linked(str(request.args.get("link")))
        return self._show("chat.html", {name: value for name in ("rol", "gemeente", "school") if (value := self._known(request, name))})

    def _linked(self, token: str) -> HTTPResponse:
        """The widget of a signed link; without script the plain page of the same link is one tap away."""
        try:
            entry = self.widget.links.links.open(token).entry
        except BadLink as bad:
            return self.widget.links.refused(bad)
        return self._show("chat.html", {"rol": entry.rol, "gemeente": entry.gemeente, "link": token}, plain="/l/" + token)

    async def demo(self, request: Request) -> HTTPResponse:
        """The widget on a page of an invented school, with the lines to embed it."""
        public = os.environ.get(URL_VARIABLE, "").rstrip("/") or f"{request.scheme}://{request.host}"
        return self._show("demo.html", {"gemeente": "dordrecht", "rol": "leerkracht", "school": "voorbeeld"}, public=public)

    def _known(self, request: Request, name: str) -> str:
        value = str(request.args.get(name) or "")
        if name == "rol":
            return value if value in ROLES else ""
        if name == "gemeente":
            return value if value in self.widget.people.content.maps else ""
        return value if re.fullmatch(r"[a-z0-9-]{1,40}", value) else ""

    def _show(self, template: str, given: dict[str, str], **more: Any) -> HTTPResponse:
        made = self._env.get_template(template).render(t=self._words, bundle=self.widget.bundle, given=given, **more)
        return response.html(made, headers={**HEADERS, "Content-Security-Policy": PAGE_POLICY})


def _body(request: Request) -> dict[str, Any]:
    """The JSON of a request, whatever type it says it has; empty where there is none. Raises SanicException for another shape or size."""
    if len(request.body) > MOST_BYTES:
        raise SanicException("too large", status_code=413)
    if not request.body:
        return {}
    try:
        data = json.loads(request.body.decode("utf8", "strict"))
    except (ValueError, RecursionError):
        raise SanicException("not valid JSON", status_code=400) from None
    if not isinstance(data, dict):
        raise SanicException("not an object", status_code=400)
    return data


def _shape() -> HTTPResponse:
    return response.json({"fout": "vorm"}, status=400)
