"""The child processes of the bench: started on loopback in a session of their own, measured, and stopped whatever happens.

Of what a child printed only codes are shown: levels, loggers, kinds of exceptions. A log of stock Rasa may hold what was typed.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil  # type: ignore[import-untyped,unused-ignore]

from tools.bench_load import BenchError, NoAnswer, Target

ROOT = Path(__file__).resolve().parents[1]
#: seconds until a server must have given its first good answer
READY_SECONDS = 180.0
PROBE = "goedemorgen"
#: seconds between two lines of progress
PROGRESS_SECONDS = 60.0
_EPOCH = re.compile(r"Epochs:[^\r\n]*?(\d+)/(\d+) \[")
_LEVEL = re.compile(r"\b(DEBUG|INFO|WARNING|ERROR|CRITICAL)\b")
_LOGGER = re.compile(r"\b(?:rasa|rasa_sdk|sanic|routekaart|bot|actions|tools|tensorflow|asyncio|apscheduler|root)(?:\.\w+)*\b")
_KIND = re.compile(r"^(?:\w+\.)*(\w*(?:Error|Exception|Exit|Interrupt))\b")
#: variables of the caller that would make a child something else than what is measured
_LEFT_OUT = frozenset(
    (
        "ROUTEKAART_API_TOKEN",
        "HOST",
        "PORT",
        "LOG_LEVEL",
        "SANIC_WORKERS",
        "SANIC_HOST",
        "ACTION_SERVER_SANIC_WORKERS",
        "RASA_CACHE_DIRECTORY",
    )
)


@dataclass(frozen=True)
class Child:
    """A running child process: its name in messages, the process, its log."""

    name: str
    process: subprocess.Popen[bytes]
    log: IO[bytes]

    def codes(self, lines: int = 12) -> list[str]:
        """The end of its log, codes only."""
        return codes(self._tail())[-lines:]

    def epoch(self) -> str:
        """How far a training is, as its progress bar has it; empty where it shows none."""
        found = _EPOCH.findall(self._tail())
        return f", epoch {found[-1][0]} of {found[-1][1]}" if found else ""

    def _tail(self) -> str:
        size = os.fstat(self.log.fileno()).st_size
        begin = max(0, size - 200_000)
        return os.pread(self.log.fileno(), size - begin, begin).decode(errors="replace")


def codes(log: str) -> list[str]:
    """What may be shown of a log: level and logger of warnings and worse, and kinds of exceptions; never a message, path or value."""
    found = []
    for line in log.splitlines():
        kind, level = _KIND.match(line), _LEVEL.search(line)
        if kind:
            found.append(kind[1])
        elif level and level[1] in ("WARNING", "ERROR", "CRITICAL"):
            logger = _LOGGER.search(line)
            found.append(f"{level[1]} {logger[0]}" if logger else level[1])
    return found


def environment(**extra: str) -> dict[str, str]:
    """The environment of a child: telemetry off, this project importable, loopback only."""
    kept = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    fixed = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
    return {**kept, **fixed, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "SANIC_HOST": "127.0.0.1", **extra}


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def child(name: str, arguments: Sequence[str], folder: Path, env: Mapping[str, str]) -> Iterator[Child]:
    """Run `python ARGUMENTS` in `folder` for as long as the context lasts."""
    with tempfile.TemporaryFile() as log:
        command = [sys.executable, *arguments]
        process = subprocess.Popen(
            command, cwd=folder, env=dict(env), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield Child(name, process, log)
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes], patience: float = 10.0) -> None:
    """End a child and everything it started (its process group is its own); an interrupt waits until that is done."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        for ending in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, ending)
            except (ProcessLookupError, PermissionError):  # nobody left; macOS says so in the second way
                break
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_to_end(name: str, arguments: Sequence[str], folder: Path, env: Mapping[str, str], seconds: float) -> float:
    """Run a child until it is done; the seconds it took. Raises BenchError when it fails or takes longer than `seconds`."""
    started = time.perf_counter()
    with child(name, arguments, folder, env) as running:
        status = None
        while status is None:
            left = started + seconds - time.perf_counter()
            try:
                status = running.process.wait(max(0.0, min(left, PROGRESS_SECONDS)))
            except subprocess.TimeoutExpired:
                if left <= PROGRESS_SECONDS:
                    raise BenchError(with_codes(f"{name}: not done within {seconds:.0f} s", [running])) from None
                print(f"  {name}: {(time.perf_counter() - started) / 60:.0f} min{running.epoch()}", flush=True)
        if status:
            raise BenchError(with_codes(f"{name}: failed (exit code {status})", [running]))
    return time.perf_counter() - started


def wait_until_ready(target: Target, children: Sequence[Child], started: float, seconds: float = READY_SECONDS) -> float:
    """Seconds from `started` (perf_counter) to the first good answer. Raises BenchError when a child ends or none comes in time."""
    tries = 0
    last = "no answer"
    while time.perf_counter() - started < seconds:
        for running in children:
            if running.process.poll() is not None:
                raise BenchError(with_codes(f"{running.name}: stopped (exit code {running.process.returncode})", [running]))
        tries += 1
        try:
            reply = target.say(f"bench-ready-{tries}", PROBE)
        except NoAnswer as error:
            last = str(error)
        else:
            if any(message.get("text") for message in reply):
                return time.perf_counter() - started
            last = "empty reply"
        time.sleep(0.1)
    raise BenchError(with_codes(f"{children[0].name}: no good answer within {seconds:.0f} s ({last})", children))


def with_codes(problem: str, children: Sequence[Child]) -> str:
    """A message with the end of the logs, codes only."""
    rows = [f"  {running.name}: {code}" for running in children for code in running.codes()]
    return "\n".join([problem, *rows])


def memory(children: Sequence[Child]) -> int:
    """Resident memory in bytes of the children and all their descendants, added up."""
    return int(_sum(children, lambda process: process.memory_info().rss))


def cpu_seconds(children: Sequence[Child]) -> float:
    """Processor time in seconds that the children and all their descendants have used so far."""
    return _sum(children, lambda process: sum(process.cpu_times()[:2]))


def _sum(children: Sequence[Child], measure: Callable[[psutil.Process], float]) -> float:
    """Adds up a measure of the process trees; what ended meanwhile counts for nothing."""
    total = 0.0
    for running in children:
        try:
            root = psutil.Process(running.process.pid)
            family = [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
        for process in family:
            try:
                total += measure(process)
            except psutil.NoSuchProcess:
                continue
    return total
