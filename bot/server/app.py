"""Puts the program together: the agent with its store and in-process actions, the contract behind the token, and the page."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

from sanic import Sanic, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.content import load_content
from bot.monitor import counts
from bot.monitor.recorder import Recorder
from bot.server.channels import ContractChannel, Desk, readable, same
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
from bot.server.widget_routes import CHANNEL, WIDGET_PATHS, Widget

LOG = logger("server")
TOKEN_VARIABLE = "ROUTEKAART_API_TOKEN"
#: the part of Rasa's HTTP API that the contract knows; the rest (loading and training models, ...) is not reachable at all
API = ("/model/parse", "/conversations/", "/status", "/version")
BODY_LIMIT = 100_000
SWEEP_SECONDS = 60
#: the method of a request that Sanic could not read; its error handler follows
UNREAD = "NONE"
#: what is understood of nothing
NOTHING_READ = {
    "text": "",
    "intent": {"name": "nlu_fallback", "confidence": 1.0},
    "intent_ranking": [{"name": name, "confidence": 0.0} for name in ("nlu_fallback", "zorg_delen", "hulp_vragen")],
    "entities": [],
    "gevaar": False,
}


def load_agent(model: Path) -> tuple[Any, Any]:
    """The agent of a model of this project, and the store that keeps its conversations."""
    from rasa.core.agent import Agent

    from bot.server.in_process import InProcessActions, compile_schema_check, remember_event_types
    from bot.server.memory_store import ExpiringStore

    compile_schema_check()
    remember_event_types()
    store = ExpiringStore(None)
    agent = Agent.load(str(model), tracker_store=store, action_endpoint=InProcessActions())
    if not agent.is_ready():
        raise RuntimeError("the model could not be loaded: run make train")
    return agent, store


def make_app(agent: Any, store: Any, token: str | None = None) -> Sanic:
    """The Sanic app. `token`: opens the contract channel and Rasa's HTTP API; without it they do not exist."""
    if token:
        import rasa.server

        app = rasa.server.create_app(agent=agent, auth_token=token, cors_origins="")
    else:
        app = Sanic("routekaart", configure_logging=False)
        app.ctx.agent = agent
    app.config.REQUEST_MAX_SIZE = BODY_LIMIT
    app.config.RESPONSE_TIMEOUT = 60
    app.config.REQUEST_TIMEOUT = 30
    app.config.FALLBACK_ERROR_FORMAT = "text"
    recorder = Recorder(counts.from_environment(), load_content())
    app.ctx.desk = Desk(agent, recorder)

    def forget(sender: str) -> None:
        store.forget(sender)
        recorder.seen.forget(sender)

    people = People(app.ctx.desk, forget)
    people.attach(app)
    KindcheckPage(people).attach(app)
    RehearsePage(people).attach(app)
    app.ctx.team = TeamRoutes(people.content)
    app.ctx.team.attach(app)
    MapRoutes(MapPages(people.content, EXIT_URL), HEADERS).attach(app)
    links = LinkPages(people, Links.from_environment())
    links.attach(app)
    app.ctx.links = links
    widget = Widget(people, links=links)
    widget.attach(app)
    app.ctx.widget = widget
    app.ctx.monitor = MonitorPage(recorder, people.content)
    app.ctx.monitor.attach(app)
    _sweep(app, store, people, widget)
    app.ctx.metrics = Metrics(lambda: _open(store), lambda: bool(app.ctx.monitor.up))
    app.ctx.metrics.attach(app)
    _guard(app, token)
    _errors(app, people)
    if token:
        from rasa.core import channels

        channels.channel.register([ContractChannel(token)], app, route="/webhooks/")
    return app


async def _open(store: Any) -> int:
    """How many conversations there are."""
    return len(await store.keys())


def _sweep(app: Sanic, store: Any, people: People, widget: Widget) -> None:
    """What has expired is dropped every minute, also when nobody comes by."""

    async def sweep(_app: Sanic) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            store.expire()
            people.sessions.expire()
            widget.sessions.expire()
            app.ctx.team.rooms.expire()

    app.add_task(sweep)


def _guard(app: Sanic, token: str | None) -> None:
    """Nothing of Rasa's API without the token, and nothing of it beyond the contract."""

    async def guard(request: Request) -> HTTPResponse | None:
        path = request.path
        if request.method == UNREAD:
            return None
        if path in CHANNEL and request.method == "OPTIONS":
            return response.empty()  # whether the asking site may go on is told by the headers
        ours = (
            is_link(path)
            or path in PATHS
            or path in KINDCHECK_PATHS
            or path in REHEARSE_PATHS
            or path in TEAM_PATHS
            or path in MAP_PATHS
            or path in WIDGET_PATHS
            or (path in MONITOR_PATHS and app.ctx.monitor.token)
            or (path in METRICS_PATHS and app.ctx.metrics.token)
            or path.startswith(("/static/", "/webhooks/rest"))
        )
        if ours:
            return None
        if not token or not path.startswith(API):
            return await _not_found(request)
        if not same(request.args.get("token"), token):
            return response.json({"error": "token"}, status=401)
        if path == "/model/parse":
            return await _parse(request)
        return None

    async def headers(request: Request, reply: HTTPResponse) -> None:
        for name in [n for n in reply.headers if n.lower().startswith("access-control-")]:
            reply.headers.pop(name)  # Rasa's app lets other sites read; this one does not
        for name, value in HEADERS.items():
            if name == "Cache-Control" and request.path.startswith("/static/") and reply.status == 200:
                reply.headers[name] = "public, max-age=3600"
            else:
                reply.headers[name] = value
        app.ctx.widget.allow(request, reply)
        app.ctx.team.policy(request, reply)

    @app.before_server_start
    async def last(_app: Sanic, _loop: object) -> None:
        app.response_middleware.append(headers)  # after those of Rasa

    app.register_middleware(guard, "request")


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


def token_from_environment() -> str | None:
    """The token that opens the API, or None."""
    return os.environ.get(TOKEN_VARIABLE) or None
