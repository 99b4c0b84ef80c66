"""What `make load` measures: workers of this project, one alone or two on one Redis, and stock Rasa; all on loopback, all ended at the end."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

import psutil  # type: ignore[import-untyped,unused-ignore]

from tools.bench_load import BenchError
from tools.bench_models import CACHE, content_hash, stock_config
from tools.bench_servers import READY_SECONDS, ROOT, Child, child, cpu_seconds, environment, free_port, memory, stop, with_codes
from tools.load_people import Place

#: variables of the caller that begin so, or are one of these, would make a worker something else than what is measured
OWN_VARIABLES = "ROUTEKAART_"
STORES = ("REDIS_URL", "DATABASE_URL", "EXIT_URL", "PUBLIC_URL")
REDIS_SECONDS = 20.0
_OPENER = build_opener(ProxyHandler({}))


@dataclass(frozen=True)
class System:
    """A running system. `children`: what answers; `redis`: the Redis beside it and its port, where there is one."""

    id: str
    place: Place
    children: Sequence[Child]
    redis: Child | None = None
    redis_port: int = 0

    def reading(self) -> Reading:
        """What it uses now."""
        beside = [self.redis] if self.redis else []
        return Reading(
            at=time.perf_counter(),
            cpu=cpu_seconds(self.children),
            redis_cpu=cpu_seconds(beside),
            rss=memory(self.children),
            redis_rss=memory(beside),
            redis_used=used_by_redis(self.redis_port) if self.redis else 0,
        )

    def check(self) -> None:
        """Raises BenchError where a process of it has ended."""
        for running in [*self.children, *([self.redis] if self.redis else [])]:
            if running.process.poll() is not None:
                raise BenchError(with_codes(f"{running.name}: stopped (exit code {running.process.returncode})", [running]))


@dataclass(frozen=True)
class Reading:
    """What a system uses at a moment (perf_counter): processor seconds since its start, and bytes."""

    at: float
    cpu: float
    redis_cpu: float
    rss: int
    redis_rss: int
    redis_used: int


def used_by_redis(port: int) -> int:
    """Bytes that Redis says it uses for what it keeps, its own overhead included."""
    return int(_redis(port).info("memory")["used_memory"])


def _redis(port: int) -> Any:
    from redis import Redis

    return Redis(host="127.0.0.1", port=port, socket_timeout=5)


def proportional(children: Sequence[Child]) -> int | None:
    """Memory in bytes with shared pages counted for their part (PSS); None where the system does not say."""
    total = 0
    for running in children:
        try:
            process = psutil.Process(running.process.pid)
            for one in [process, *process.children(recursive=True)]:
                total += one.memory_full_info().pss
        except (psutil.Error, AttributeError):
            return None
    return total


def clean(env: Mapping[str, str], **extra: str) -> dict[str, str]:
    """An environment without settings of this project, but for those given."""
    kept = {name: value for name, value in env.items() if not name.startswith(OWN_VARIABLES) and name not in STORES}
    return {**kept, **extra}


# -- starting --------------------------------------------------------------------------------------------------------------------


def has_redis() -> bool:
    """Whether there is a Redis to start here."""
    return shutil.which("redis-server") is not None


@contextmanager
def redis_server() -> Iterator[tuple[Child, int]]:
    """A Redis that writes nothing to disk, and its port. Raises BenchError."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with tempfile.TemporaryDirectory(prefix="routekaart-load-") as folder, tempfile.TemporaryFile() as log:
        try:
            process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        except OSError as error:
            raise BenchError(f"Redis could not be started ({type(error).__name__})") from None
        try:
            _wait_for_redis(process, port)
            yield Child("Redis", process, log), port
        finally:
            stop(process)


def _wait_for_redis(process: subprocess.Popen[bytes], port: int) -> None:
    from redis.exceptions import RedisError

    until = time.monotonic() + REDIS_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            _redis(port).ping()
            return
        except RedisError:
            time.sleep(0.05)
    raise BenchError("Redis did not come up")


@contextmanager
def own(name: str, workers: int, redis: bool, quicker: float = 1.0) -> Iterator[System]:
    """This project with so many workers. `quicker`: conversations expire so many times sooner. Raises BenchError."""
    with ExitStack() as stack:
        beside, redis_port, more = None, 0, {}
        if redis:
            beside, redis_port = stack.enter_context(redis_server())
            more = {"REDIS_URL": f"redis://127.0.0.1:{redis_port}/0", "ROUTEKAART_SECRET": secrets.token_urlsafe(32)}
        env = clean(environment(), ROUTEKAART_PROXIES="1", LOG_LEVEL="WARNING", **more)
        children, ports = [], []
        for number in range(workers):
            ports.append(free_port())
            what = ["bot.server"] if quicker == 1 else ["tools.load_worker", "--quicker", str(quicker)]
            arguments = ["-m", *what, "--host", "127.0.0.1", "--port", str(ports[-1])]
            label = f"{name}, worker {number + 1}" if workers > 1 else name
            children.append(stack.enter_context(child(label, arguments, ROOT, env)))
        urls = tuple(f"http://127.0.0.1:{port}" for port in ports)
        for url, running in zip(urls, children, strict=True):
            _wait_for_worker(url, running)
        yield System(name, Place(name, urls), children, beside, redis_port)


def _wait_for_worker(url: str, running: Child) -> None:
    until = time.monotonic() + READY_SECONDS
    request = Request(f"{url}/gesprek/begin", data=json.dumps({}).encode(), method="POST")
    while time.monotonic() < until:
        if running.process.poll() is not None:
            raise BenchError(with_codes(f"{running.name}: stopped (exit code {running.process.returncode})", [running]))
        try:
            with _OPENER.open(request, timeout=5) as answer:
                answer.read()
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise BenchError(with_codes(f"{running.name}: not ready within {READY_SECONDS:.0f} s", [running]))


def kept_stock(epochs: Sequence[int], cache: Path = CACHE) -> Path | None:
    """A stock model that was trained before for these sources, with the first of `epochs` that there is; None where there is none.

    The epochs change how it was trained, not the work of a turn.
    """
    for number in epochs:
        model = cache / f"stock-{number}-{content_hash(ROOT, stock_config(number))}.tar.gz"
        if model.exists():
            return model
    return None


@contextmanager
def stock(name: str, model: Path) -> Iterator[System]:
    """Stock Rasa with an action server of its own, as the bench starts it. Raises BenchError."""
    from tools.bench import stock_system
    from tools.bench_models import Training

    with stock_system(model, Training(0.0, 0, "")) as running:
        yield System(name, Place(name, (running.target.url,), widget=False), running.children)
