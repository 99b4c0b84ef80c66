"""`/metrics`: figures of the process for who hosts it, in the text format of Prometheus. Nothing of municipalities, roles, pages or answers.

The counts of `/monitor` are suppressed, so a figure here may not tell what they hide. Requests and conversations go down to a multiple of
`COARSE`, failures go up to a multiple of `FEW` (the first one is seen at once), and paths are only told apart as conversation or not.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.server.channels import same
from bot.shelf import ShelfDown

TOKEN_VARIABLE = "ROUTEKAART_METRICS_TOKEN"
METRICS_PATHS = ("/metrics",)
COARSE = 10
FEW = 5
#: seconds; upper edges of the histogram
BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
#: where somebody says something
TALK = ("/gesprek", "/gesprek/zeg", "/webhooks/rest/webhook")
#: always all of them: a line that appears would tell of the first request
PARTS = ("talk", "other")
STATUSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
TYPE = "text/plain; version=0.0.4; charset=utf-8"


def down(number: float) -> int:
    """To a multiple of `COARSE`."""
    return int(number) // COARSE * COARSE


def up(number: int) -> int:
    """To a multiple of `FEW`."""
    return -(-number // FEW) * FEW


def memory() -> int:
    """Bytes of memory that the process holds now; where the system does not tell, the most it ever held."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


class Figures:
    """What is counted of requests. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.requests: Counter[tuple[str, str]] = Counter()
        self.failures = 0
        self.turns = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0

    def add(self, path: str, status: int, seconds: float) -> None:
        """One request that was answered."""
        part = "talk" if path in TALK else "other"
        self.requests[part, f"{status // 100}xx"] += 1
        self.failures += status >= 500
        if part == "talk":
            self.turns[bisect_left(BUCKETS, seconds)] += 1
            self.seconds += seconds

    def text(self, open_: int, counting: bool) -> str:
        """All figures. `open_`: conversations in memory; `counting`: whether the store of the monitor took the last batch."""
        use = resource.getrusage(resource.RUSAGE_SELF)
        lines: list[str] = []

        def figure(name: str, sort: str, about: str, *values: tuple[str, float]) -> None:
            lines.extend((f"# HELP {name} {about}", f"# TYPE {name} {sort}"))
            lines.extend(f"{name}{label} {value}" for label, value in values)

        figure(
            "routekaart_requests_total", "counter", f"Requests answered, down to a multiple of {COARSE}.",
            *((f'{{part="{part}",status="{status}"}}', down(self.requests[part, status])) for part in PARTS for status in STATUSES),
        )  # fmt: skip
        figure(
            "routekaart_failures_total", "counter", f"Requests that failed here (5xx), up to a multiple of {FEW}.", ("", up(self.failures))
        )
        figure("routekaart_conversations_open", "gauge", f"Conversations in memory, down to a multiple of {COARSE}.", ("", down(open_)))
        figure("routekaart_monitor_store_up", "gauge", "Whether the counts of the last minute could be kept.", ("", int(counting)))
        figure("process_resident_memory_bytes", "gauge", "Resident memory size in bytes.", ("", memory()))
        figure("process_cpu_seconds_total", "counter", "User and system CPU time in seconds.", ("", round(use.ru_utime + use.ru_stime, 2)))
        name = "routekaart_turn_duration_seconds"
        lines.extend((f"# HELP {name} Seconds to answer a message; counts down to a multiple of {COARSE}.", f"# TYPE {name} histogram"))
        total, running = sum(self.turns), 0
        for edge, count in zip((*BUCKETS, "+Inf"), self.turns, strict=True):
            running += count
            lines.append(f'{name}_bucket{{le="{edge}"}} {down(running)}')
        mean = self.seconds / total if down(total) else 0.0
        lines.extend((f"{name}_sum {round(mean * down(total), 2)}", f"{name}_count {down(total)}"))
        return "\n".join(lines) + "\n"


class Metrics:
    """The route, and the watch over requests. Without a token there is neither."""

    def __init__(self, open_: Callable[[], Awaitable[int]], counting: Callable[[], bool], token: str | None = None) -> None:
        self.token = token if token is not None else os.environ.get(TOKEN_VARIABLE, "")
        self.figures = Figures()
        self._open = open_
        self._counting = counting

    def attach(self, app: Sanic) -> None:
        """Add the route, where there is a token."""
        if not self.token:
            return
        app.add_route(self.show, METRICS_PATHS[0], methods=["GET"], name="metrics")

        async def begin(request: Request) -> None:
            request.ctx.began = self.figures.clock()

        async def end(request: Request, reply: HTTPResponse) -> None:
            began = getattr(request.ctx, "began", None)
            if began is not None:
                self.figures.add(request.path, reply.status, self.figures.clock() - began)

        app.register_middleware(begin, "request")
        app.register_middleware(end, "response")

    async def show(self, request: Request) -> HTTPResponse:
        """The figures, for who holds the token."""
        if not same(request.headers.get("Authorization"), f"Bearer {self.token}"):
            return response.text("", status=401, headers={"WWW-Authenticate": "Bearer"})
        try:
            open_ = await self._open()
        except ShelfDown:
            open_ = 0
        return response.raw(self.figures.text(open_, self._counting()).encode(), content_type=TYPE)
