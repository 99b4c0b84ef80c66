"""`/healthz` and `/readyz`: for who hosts it. Codes only; nothing of conversations, and nothing that helps an attacker."""

from __future__ import annotations

from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.shelf import Shelf

ALIVE, READY = HEALTH_PATHS = ("/healthz", "/readyz")


class Health:
    """The routes. A worker that is not ready still gives the emergency card: a balancer should only leave it out where another one is ready."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def attach(self, app: Sanic) -> None:
        """Add the routes."""
        app.add_route(self.alive, ALIVE, methods=["GET", "HEAD"], name="healthz")
        app.add_route(self.ready, READY, methods=["GET", "HEAD"], name="readyz")

    async def alive(self, _: Request) -> HTTPResponse:
        """The process answers."""
        return response.json({"status": "ok"})

    async def ready(self, _: Request) -> HTTPResponse:
        """The model is loaded (or there would be no answer at all) and the shelf answers."""
        if await self.shelf.up():
            return response.json({"status": "ready"})
        return response.json({"status": "not ready", "missing": ["redis"]}, status=503)
