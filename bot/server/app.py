"""Puts the program together: the agent with its conversations on the shelf and in-process actions, the contract behind the token, and the pages."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

from sanic import Sanic, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.content import load_content
from bot.monitor import counts
from bot.monitor.recorder import Recorder
from bot.monitor.seen import SeenOnShelf
from bot.server import http_guard, logs
from bot.server.background import every
from bot.server.channels import ContractChannel, Desk, readable, same
from bot.server.conversations import KIND as CONVERSATIONS
from bot.server.conversations import Conversations
from bot.server.forgetting import FORGET_SECONDS, forget_words
from bot.server.health import HEALTH_PATHS, Health
from bot.server.kindcheck_page import KINDCHECK_PATHS, KindcheckPage
from bot.server.link_routes import LinkPages, is_link
from bot.server.links import BadLink, Links, Reason
from bot.server.logs import logger
from bot.server.map_page import MAP_PATHS, MapPages, MapRoutes
from bot.server.metrics import METRICS_PATHS, Metrics
from bot.server.monitor_page import MONITOR_PATHS, MonitorPage
from bot.server.people import EXIT_URL, HEADERS, PATHS, People
from bot.server.rehearse_page import REHEARSE_PATHS, RehearsePage
from bot.server.team_routes import TEAM_PATHS, TeamRoutes
from bot.server.widget_routes import CHANNEL, Widget
from bot.server.widget_routes import PAGES as WIDGET_PAGES
from bot.server.widget_schools import Schools
from bot.settings import Settings
from bot.shelf import Shelf
from bot.shelf.memory import MemoryShelf
from bot.shelf.redis import RedisShelf

LOG = logger("server")
#: the part of Rasa's HTTP API that the contract knows; the rest (loading and training models, ...) is not reachable at all
PARSE, CONVERSATIONS_PREFIX = "/model/parse", "/conversations/"
API = (PARSE, CONVERSATIONS_PREFIX, "/status", "/version")
#: of conversations only reading one: the rest of Rasa's API goes around the danger check and the offered payloads
TRACKER = re.compile(r"/conversations/[^/]+/tracker")
BODY_LIMIT = 100_000
SWEEP_SECONDS = 60
#: the method of a request that Sanic could not read; its error handler follows
UNREAD = "NONE"
#: what people look at
PAGES = (*PATHS, *KINDCHECK_PATHS, *REHEARSE_PATHS, *TEAM_PATHS, *MAP_PATHS, *WIDGET_PAGES)
#: what is understood of nothing
NOTHING_READ = {
    "text": "",
    "intent": {"name": "nlu_fallback", "confidence": 1.0},
    "intent_ranking": [{"name": name, "confidence": 0.0} for name in ("nlu_fallback", "zorg_delen", "hulp_vragen")],
    "entities": [],
    "gevaar": False,
}


def load_agent(model: Path, shelf: Shelf) -> Any:
    """The agent of a model of this project, with its conversations on the shelf."""
    from rasa.core.agent import Agent

    from bot.server.in_process import InProcessActions, compile_schema_check, remember_event_types

    compile_schema_check()
    remember_event_types()
    conversations = Conversations(None, shelf)
    agent = Agent.load(str(model), tracker_store=conversations, action_endpoint=InProcessActions())
    if not agent.is_ready():
        raise RuntimeError("the model could not be loaded: run make train")
    # Rasa wraps a store in one that keeps conversations in memory, for ever, when the store fails
    conversations.domain = agent.domain
    agent.tracker_store = agent.processor.tracker_store = conversations
    forget_words(agent)
    return agent


def make_shelf(settings: Settings) -> Shelf:
    """Redis where it is set, else the memory of this process."""
    return RedisShelf(settings.redis_url, settings.secret) if settings.redis_url else MemoryShelf()


def make_app(agent: Any, shelf: Shelf, settings: Settings, schools: Schools | None = None) -> Sanic:
    """The Sanic app. With `settings.api_token` the contract channel and Rasa's HTTP API are open; without it they do not exist."""
    token = settings.api_token
    if token:
        import rasa.server

        app = rasa.server.create_app(agent=agent, auth_token=token, cors_origins="")
    else:
        app = Sanic("routekaart", configure_logging=False)
        app.ctx.agent = agent
    logs.only_ours()
    http_guard.attach(app)
    app.config.REQUEST_MAX_SIZE = BODY_LIMIT
    app.config.RESPONSE_TIMEOUT = 60
    app.config.REQUEST_TIMEOUT = 30
    app.config.FALLBACK_ERROR_FORMAT = "text"
    app.ctx.proxies = settings.proxies

    def key(purpose: str) -> bytes | None:
        """What all workers of one shelf sign with; None: a key of this process."""
        return shelf.seal.key(purpose) if isinstance(shelf, RedisShelf) else None

    seen = SeenOnShelf(shelf)
    recorder = Recorder(counts.from_environment(), load_content(), seen)
    app.ctx.desk = Desk(agent, recorder, settings.closed)

    async def forget(sender: str) -> None:
        await agent.tracker_store.forget(sender)
        await seen.forget(sender)

    people = People(app.ctx.desk, shelf, forget, key("pagina"))
    people.attach(app)
    KindcheckPage(people).attach(app)
    RehearsePage(people).attach(app)
    app.ctx.team = TeamRoutes(people.content, shelf, key("kamer"))
    app.ctx.team.attach(app)
    MapRoutes(MapPages(people.content, EXIT_URL), HEADERS).attach(app)
    links = LinkPages(people, Links.from_environment())
    links.attach(app)
    app.ctx.links = links
    widget = Widget(people, links, schools, key("widget"))
    widget.attach(app)
    app.ctx.widget = widget
    app.ctx.monitor = MonitorPage(recorder, people.content, shelf=shelf)
    app.ctx.monitor.attach(app)
    app.ctx.metrics = Metrics(lambda: shelf.count(CONVERSATIONS), lambda: bool(app.ctx.monitor.up))
    app.ctx.metrics.attach(app)
    Health(shelf).attach(app)
    _sweep(app, shelf)
    _guard(app, token)
    _errors(app, people)
    if token:
        from rasa.core import channels

        channels.channel.register([ContractChannel(token, shelf)], app, route="/webhooks/")
    return app


def _sweep(app: Sanic, shelf: Shelf) -> None:
    """What has expired is dropped every minute, also when nobody comes by."""

    async def sweep() -> None:
        shelf.expire()

    async def words() -> None:
        await asyncio.to_thread(forget_words, app.ctx.agent)

    async def close(_app: Sanic, _loop: object) -> None:
        await shelf.close()

    every(app, SWEEP_SECONDS, sweep)
    every(app, FORGET_SECONDS, words)
    app.register_listener(close, "after_server_stop")


def _guard(app: Sanic, token: str) -> None:
    """Nothing of Rasa's API without the token, and nothing of it beyond the contract."""

    async def guard(request: Request) -> HTTPResponse | None:
        path = request.path
        if request.method == UNREAD:
            return None
        if path in CHANNEL and request.method == "OPTIONS":
            return response.empty()  # whether the asking site may go on is told by the headers
        page = is_link(path) or path in PAGES
        if page and app.ctx.desk.closed():
            return response.html(app.ctx.people.page.error("gesloten", 503), status=503, headers=HEADERS)
        ours = (
            page
            or path in CHANNEL
            or path in HEALTH_PATHS
            or (path in MONITOR_PATHS and app.ctx.monitor.token)
            or (path in METRICS_PATHS and app.ctx.metrics.token)
            or path.startswith(("/static/", "/webhooks/rest"))
        )
        if ours:
            return None
        reading = request.method in ("GET", "HEAD") and TRACKER.fullmatch(path)
        if not token or not (path in (PARSE, "/status", "/version") or reading):
            return await _not_found(request)
        if not same(request.args.get("token"), token):
            return response.json({"error": "token"}, status=401)
        if path == PARSE:
            return await _parse(request)
        return None

    async def headers(request: Request, reply: HTTPResponse) -> HTTPResponse | None:
        if request.path.startswith(API) and reply.status >= 400 and _tells(reply):
            reply.body = b'{"error": "failed"}'  # Rasa's own tell of exceptions
        for name in [n for n in reply.headers if n.lower().startswith("access-control-")]:
            reply.headers.pop(name)  # Rasa's app lets other sites read; this one does not
        for name, value in HEADERS.items():
            if name == "Cache-Control" and request.path.startswith("/static/") and reply.status == 200:
                reply.headers[name] = "public, max-age=3600"
            else:
                reply.headers[name] = value
        app.ctx.widget.allow(request, reply)
        app.ctx.team.policy(request, reply)
        return None

    @app.before_server_start
    async def quiet(_app: Sanic, _loop: object) -> None:
        logs.only_ours()

    @app.before_server_start
    async def last(_app: Sanic, _loop: object) -> None:
        app.response_middleware.append(headers)  # after those of Rasa

    app.register_middleware(guard, "request")


def _tells(reply: HTTPResponse) -> bool:
    """Whether an error tells more than its kind."""
    try:
        return set(json.loads(reply.body or b"{}")) != {"error"}
    except (ValueError, TypeError):
        return True


async def _parse(request: Request) -> HTTPResponse:
    """Understanding one message (contract §1): Rasa's own answer, with a clear message for what is not a message."""
    if request.method != "POST":
        return response.json({"error": "method not allowed"}, status=405)
    try:
        data = request.json
    except SanicException:
        return response.json({"error": "not valid JSON"}, status=400)
    text = data.get("text") if isinstance(data, dict) else None
    if not isinstance(text, str):
        return response.json({"error": "expected a JSON object with text"}, status=400)
    text = readable(text)
    if not text:
        return response.json(NOTHING_READ)
    return response.json(await request.app.ctx.agent.parse_message(text))


async def _not_found(request: Request) -> HTTPResponse:
    people: People = request.app.ctx.people
    return response.html(
        people.page.error("niet_gevonden" if "niet_gevonden" in people.content.texts else "storing", 404), status=404, headers=HEADERS
    )


def _errors(app: Sanic, people: People) -> None:
    """Every error is a clear message without a trace; the log gets its kind only."""
    app.ctx.people = people

    async def failed(request: Request, error: Exception) -> HTTPResponse:
        status = getattr(error, "status_code", None) or getattr(error, "status", None) or 500
        if not isinstance(error, SanicException) or status >= 500:
            LOG.error("request failed: %s", type(error).__name__)
        if request is not None and request.path in CHANNEL:
            failure: HTTPResponse = app.ctx.widget.failed(status)
            return failure
        if request is not None and request.path.startswith(("/webhooks", *API)):
            kind = {400: "not valid JSON", 404: "not found", 405: "method not allowed", 413: "too large"}.get(status, "failed")
            return response.json({"error": kind}, status=status)
        if status == 413 and (request is None or request.method == UNREAD):  # an address too long to be read: nothing else of ours is long
            long: HTTPResponse = app.ctx.links.refused(BadLink(Reason.ALTERED))
            return long
        key = "te_lang" if status == 413 else "storing"
        return response.html(people.page.error(key, status), status=status, headers=HEADERS)

    app.error_handler.add(Exception, failed)
