"""What a worker does beside answering, every so many seconds, until it is stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from sanic import Sanic

from bot.server.logs import logger

LOG = logger("server")


def every(app: Sanic, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Do some work again and again. What goes wrong is logged by its kind, and the next time it is tried again."""
    running: list[asyncio.Task[None]] = []

    async def again() -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await work()
            except Exception as error:
                LOG.error("not done: %s", type(error).__name__)

    async def begin(_app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        running.append(loop.create_task(again()))

    async def end(_app: Sanic, _loop: asyncio.AbstractEventLoop) -> None:
        for task in running:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    app.register_listener(begin, "after_server_start")
    app.register_listener(end, "before_server_stop")
