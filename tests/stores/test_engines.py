"""The engines that the other tests stand on: they start, keep what they promise, and end with the session however that ends."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2
import pytest
import redis

from tests import engines
from tests.engines import PostgresServer, RedisServer, could_not_run, faked, postgres_server, redis_server
from tests.line import line

ROOT = Path(__file__).resolve().parents[2]


def listens(port: int) -> bool:
    """Whether anything listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(true: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def test_redis_forgets_or_keeps_as_asked(tmp_path: Path) -> None:
    for appendonly in (False, True):
        with redis_server(tmp_path / str(appendonly), appendonly=appendonly) as engine:
            redis.Redis.from_url(engine.url).set("a", "1")
            engine.kill()
            assert not engine.answers()
            engine.start()
            assert (redis.Redis.from_url(engine.url).get("a") == b"1") is appendonly
        assert not listens(engine.port)


def test_redis_with_a_password_lets_nobody_else_in(tmp_path: Path) -> None:
    with redis_server(tmp_path, password="welkom-hier") as engine:
        assert engine.answers()
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=engine.port).ping()


def test_redis_that_is_frozen_takes_connections_and_is_silent(redis_engine: RedisServer) -> None:
    with redis_engine.frozen():
        assert listens(redis_engine.port)
        with pytest.raises(redis.TimeoutError):
            redis.Redis(port=redis_engine.port, socket_timeout=0.3).ping()
    assert redis_engine.answers()


def test_postgres_keeps_what_was_committed_over_a_crash_and_a_restart(tmp_path: Path) -> None:
    with postgres_server(tmp_path) as engine:
        engine.run("CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)", url=engine.url)
        engine.kill()
        with pytest.raises(psycopg2.OperationalError):
            engine.run("SELECT 1")
        engine.start()
        engine.restart()
        assert engine.run("SELECT n FROM t", url=engine.url) == [(1,)]
        home = Path(next(part for part in engine.command if part.endswith("/data"))).parent
        assert home.exists()
    assert not home.exists() and not listens(engine.port)


def test_each_database_is_empty_and_its_user_is_nobody_special(postgres_engine: PostgresServer, postgres_url: str) -> None:
    other = postgres_engine.database()
    postgres_engine.run("CREATE TABLE t (n int)", url=other)
    assert postgres_engine.run("SELECT to_regclass('t')", url=postgres_url) == [(None,)]
    assert postgres_engine.run("SELECT rolsuper FROM pg_roles WHERE rolname = current_user", url=postgres_url) == [(False,)]
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(postgres_url.replace(postgres_engine.password, "anders"))


SESSION = """
import sys, time
from pathlib import Path
from tests.engines import postgres_server, redis_server
with {name}_server(Path(sys.argv[1])) as engine:
    print(engine.port, Path(engine.command[2]).parent, flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent ended")
@pytest.mark.parametrize("name", ["redis", "postgres"])
def test_an_engine_ends_with_a_session_that_is_killed(name: str, tmp_path: Path, redis_engine: RedisServer, postgres_url: str) -> None:
    session = subprocess.Popen(
        [sys.executable, "-c", SESSION.format(name=name), str(tmp_path / name)],
        cwd=ROOT, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": "/tmp"},
    )  # fmt: skip
    assert session.stdout is not None
    port, home = session.stdout.readline().decode().split(" ", 1)
    assert listens(int(port))
    session.send_signal(signal.SIGKILL)
    session.wait()
    assert until(lambda: not listens(int(port)))
    if name == "postgres":
        shutil.rmtree(home.strip())  # the one thing that a killed session leaves: for a day


def test_what_is_missing_skips_the_test_fails_in_ci_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "NOT_RUN", {})
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="could not run: niets"):
        could_not_run("niets", "niets is missing")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="could not run: niets"):
        could_not_run("niets", "niets is missing")
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    assert isinstance(could_not_run("niets", "niets is missing"), engines.EngineMissing)
    assert engines.NOT_RUN == {"niets": "niets is missing"}


def test_a_program_under_a_false_clock_sees_it() -> None:
    environment = faked(7200)
    if environment is None:
        could_not_run("libfaketime", engines.NOT_RUN["libfaketime"])
    program = "import time; print(time.time(), time.monotonic())"
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=True
    )
    wall, steady = (float(part) for part in done.stdout.split())
    assert 7000 < wall - time.time() < 7300
    assert abs(steady - time.monotonic()) < 300, "what measures durations is as it is"


def test_a_line_loses_one_answer_to_what_was_done(redis_engine: RedisServer) -> None:
    with line(redis_engine.port) as between:
        client = redis.Redis(port=between.port, socket_timeout=5.0, retry_on_timeout=False)
        assert client.ping()
        between.lose_answer_to(b"INCR")
        with pytest.raises(redis.ConnectionError):
            client.incr("n")
        assert between.lost == 1
        assert client.get("n") == b"1", "it was done, and the next one passes"
        between.silence()
        with pytest.raises(redis.TimeoutError):
            redis.Redis(port=between.port, socket_timeout=0.3).ping()
        between.down()
        between.restore()
        assert client.ping()
        between.down()
        with pytest.raises(redis.ConnectionError):
            client.ping()
        between.restore()
        assert client.ping()
