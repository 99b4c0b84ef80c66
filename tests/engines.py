"""Real Redis and PostgreSQL for tests, on this machine only and never mocked; each ends with the test session, also when that is killed.

Debian's packages are installed where a program is missing and that can be done (as root, with apt-get). What can't be had makes its tests say
"could not run" and names it once more at the end of the run (`tests/conftest.py`); with CI=true that is a failure.

    with redis_server(tmp_path) as redis:        # or the fixture `redis_engine`
        redis.url; redis.kill(); redis.restart()

An engine ends with the thread that started it (Linux), so start it in the main thread of a test.
"""

from __future__ import annotations

import ctypes
import glob
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from tools.contract_client import _free_port

#: seconds for each command of the set-up, for an engine to start, and for one to stop by itself
INSTALL_SECONDS, START_SECONDS, STOP_SECONDS = 300, 60, 20
POLICY = Path("/usr/sbin/policy-rc.d")
#: the user that PostgreSQL runs as where the tests run as root, which it refuses to
POSTGRES_USER = "postgres"
#: what its folders are called, and after how many seconds those of a session that was killed are removed
HOME, OLD_SECONDS = "routekaart-pg-", 24 * 3600
#: what could not be run in this session: name -> why
NOT_RUN: dict[str, str] = {}

_C = ctypes.CDLL(None) if sys.platform == "linux" else None


class EngineMissing(RuntimeError):
    """A program is not there and could not be installed; says which, and why."""


class EngineFailed(RuntimeError):
    """An engine did not start; holds the end of its log."""


# -- the programs ------------------------------------------------------------------------------------------------------------------


@cache
def _installed(package: str) -> str:
    """Install a package of Debian, tried once a session; what stood in the way, empty when it is there now."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return f"'sudo apt-get install {package}' installs it"
    print(f"\nSetting up: {package} for the tests (apt-get, up to a minute) ...", file=sys.__stderr__, flush=True)
    ours = not POLICY.exists()
    if ours:  # Debian starts what it installs; nothing here needs its service
        POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="utf8")
        POLICY.chmod(0o755)
    try:
        for command in (["update"], ["install", "-y", "--no-install-recommends", package]):
            try:
                done = subprocess.run(
                    [apt, "-q", "-o", "DPkg::Lock::Timeout=120", *command],
                    capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS, stdin=subprocess.DEVNULL,
                    env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                return f"apt-get {command[0]} took more than {INSTALL_SECONDS} seconds"
            # an index that could not be read anew is no reason to stop: the old one may do
            if done.returncode and command[0] == "install":
                return f"apt-get: {' '.join(done.stderr.split())[-300:]}"
    finally:
        if ours:
            POLICY.unlink()
    return ""


def _need(name: str, package: str, find: Callable[[], str | None]) -> str:
    """The path of a program or library. Where it can't be had, the test that asks could not run."""
    path = find()
    problem = "" if path else _installed(package)
    if not problem and not path:
        path = find()
        problem = "" if path else "it was installed, but it can't be found"
    if path and not problem:
        return path
    raise could_not_run(name, f"{name} is missing; {problem}")


def could_not_run(name: str, why: str) -> Exception:
    """Note it for the end of the run, and end the test with it: skipped, or failed with CI=true. Outside a test: an EngineMissing to raise."""
    NOT_RUN[name] = why
    if "PYTEST_CURRENT_TEST" in os.environ:
        if os.environ.get("CI") == "true":
            pytest.fail(f"could not run: {why}", pytrace=False)
        pytest.skip(f"could not run: {why}")
    return EngineMissing(why)


def _redis() -> str:
    return _need("redis-server", "redis-server", lambda: shutil.which("redis-server"))


def _postgres() -> Path:
    """The folder of the programs of Debian's newest PostgreSQL, else of the one on the PATH."""

    def find() -> str | None:
        found = [
            path for path in glob.glob("/usr/lib/postgresql/*/bin") if Path(path, "initdb").exists() and Path(path, "postgres").exists()
        ]
        if found:
            return max(found, key=lambda path: int(path.split("/")[4]) if path.split("/")[4].isdigit() else 0)
        other = shutil.which("initdb")
        return str(Path(other).resolve().parent) if other else None

    return Path(_need("postgresql", "postgresql", find))


def faked(seconds: int) -> dict[str, str] | None:
    """The environment in which a program's clock is off by so many seconds, but counts on as it does; None where libfaketime can't be had."""

    def find() -> str | None:
        return next(iter(sorted(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1"))), None)

    path = find() or (find() if not _installed("libfaketime") else None)
    if path is None:
        NOT_RUN["libfaketime"] = "a clock that is wrong could not be tried; 'sudo apt-get install libfaketime' installs it"
        return None
    return {
        "LD_PRELOAD": path,
        "FAKETIME": f"{seconds:+d}s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",  # its older name
        "NO_FAKE_STAT": "1",
    }


# -- engines -----------------------------------------------------------------------------------------------------------------------


def _ending_with_me(how: signal.Signals) -> Callable[[], None]:
    """Run in the process of an engine before its program: it gets this signal when the session ends, however that ended (Linux)."""

    def end() -> None:
        if _C is not None:
            _C.prctl(1, int(how))  # PR_SET_PDEATHSIG

    return end


def _alive(process: psutil.Process) -> bool:
    """Whether a process still does anything; one that nobody has taken note of yet (a zombie) does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


class Engine:
    """A running server. `url` stays the same over a restart."""

    #: what makes it stop in order, without waiting for who is connected
    end = signal.SIGTERM

    def __init__(self, command: Sequence[str], port: int, log: Path, url: str, user: str | None = None) -> None:
        self.command = list(command)
        self.port = port
        self.log_path = log
        self.url = url
        self.user = user
        #: what is added to the environment of its process, such as a false clock (`faked`)
        self.environment: Mapping[str, str] = {}
        self.process: subprocess.Popen[bytes] | None = None

    def answers(self) -> bool:
        """Whether it can be used."""
        raise NotImplementedError

    def log(self) -> str:
        """Everything that it wrote so far."""
        return self.log_path.read_text(encoding="utf8", errors="replace")

    def start(self) -> None:
        """Start it, and wait until it can be used. Raises EngineFailed."""
        with self.log_path.open("ab") as out:
            as_user = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
            self.process = subprocess.Popen(
                self.command, cwd="/", stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", **self.environment}, preexec_fn=_ending_with_me(self.end), **as_user,  # type: ignore[call-overload]
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            if self.answers():
                return
            time.sleep(0.05)
        self.kill()
        raise EngineFailed("\n".join(["an engine did not start:", *self.log().splitlines()[-20:]]))

    def stop(self) -> None:
        """Stop it in order, and wait until it has. What is stopped already stays so."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGCONT)
        self.process.send_signal(self.end)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it and every process of it at once, as a crash does."""
        if self.process is None:
            return
        try:
            everything = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        except psutil.NoSuchProcess:
            everything = []
        for one in everything:
            try:
                one.kill()
            except psutil.NoSuchProcess:
                continue
        self.process.wait(STOP_SECONDS)
        deadline = time.monotonic() + STOP_SECONDS
        while any(_alive(one) for one in everything) and time.monotonic() < deadline:
            time.sleep(0.01)

    def restart(self) -> None:
        """Stop it if it runs, and start it again on its port with what it kept."""
        self.stop()
        self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Meanwhile it accepts connections and never answers (Redis), as a machine that hangs."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


class RedisServer(Engine):
    """A Redis."""

    def answers(self) -> bool:
        """See `Engine`."""
        client = redis.Redis.from_url(self.url, socket_timeout=2.0)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


class PostgresServer(Engine):
    """A PostgreSQL. `url` is a database that its user owns; `admin_url` is of the superuser."""

    end = signal.SIGINT

    def __init__(self, command: Sequence[str], port: int, log: Path, password: str, user: str | None) -> None:
        super().__init__(command, port, log, f"postgresql://routekaart:{password}@127.0.0.1:{port}/routekaart", user)
        self.password = password
        self.admin_url = f"postgresql://beheer:{password}@127.0.0.1:{port}/postgres"
        self._databases = 0

    def answers(self) -> bool:
        """See `Engine`."""
        try:
            psycopg2.connect(self.admin_url, connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def run(self, *statements: str, url: str = "") -> list[tuple[object, ...]]:
        """Run statements one by one, as superuser unless `url` says otherwise; the rows of the last one."""
        connection = psycopg2.connect(url or self.admin_url, connect_timeout=10)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    def database(self) -> str:
        """The URL of a new empty database of the same user."""
        self._databases += 1
        name = f"routekaart_{self._databases}"
        self.run(f"CREATE DATABASE {name} OWNER routekaart")
        return f"postgresql://routekaart:{self.password}@127.0.0.1:{self.port}/{name}"

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """See `Engine`: nobody new gets in, and who is connected gets no answer."""
        assert self.process is not None
        everything = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children()]
        for one in everything:
            one.suspend()
        try:
            yield
        finally:
            for one in everything:
                one.resume()


@contextmanager
def redis_server(
    folder: Path, port: int | None = None, appendonly: bool = False, password: str = "", more: Sequence[str] = ()
) -> Iterator[RedisServer]:
    """A Redis that keeps its data in `folder`: with `appendonly` each write before it is answered, else nothing. `more`: its own options."""
    program, port = _redis(), port or _free_port()
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder.resolve()), "--save", "", "--daemonize", "no",
        "--appendonly", "yes" if appendonly else "no", "--appendfsync", "always", *(["--requirepass", password] if password else []), *more,
    ]  # fmt: skip
    engine = RedisServer(command, port, folder / "redis.log", f"redis://{f':{password}@' if password else ''}127.0.0.1:{port}/0")
    try:
        engine.start()
        yield engine
    finally:
        engine.kill()


@contextmanager
def postgres_server(folder: Path, port: int | None = None, more: Sequence[str] = ()) -> Iterator[PostgresServer]:
    """A new PostgreSQL with its log in `folder`, its data in a folder of its own that is removed at the end. `more`: settings (`name=value`)."""
    programs, port = _postgres(), port or _free_port()
    folder.mkdir(parents=True, exist_ok=True)
    user = POSTGRES_USER if os.geteuid() == 0 else None
    for old in Path(tempfile.gettempdir()).glob(f"{HOME}*"):
        if time.time() - old.stat().st_mtime > OLD_SECONDS:
            shutil.rmtree(old, ignore_errors=True)
    # not under `folder`: what pytest makes is closed to other users, and the name of a socket must be short
    home = Path(tempfile.mkdtemp(prefix=HOME))
    engine = None
    try:
        if user:
            shutil.chown(home, user, user)
        password = _make_cluster(programs, home, user)
        settings = [
            "listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={home}", "fsync=off", "shared_buffers=16MB",
            "max_connections=60", "timezone=UTC", "log_timezone=UTC", *more,
        ]  # fmt: skip
        command = [str(programs / "postgres"), "-D", str(home / "data"), *(part for setting in settings for part in ("-c", setting))]
        engine = PostgresServer(command, port, folder / "postgres.log", password, user)
        engine.start()
        engine.run(f"CREATE ROLE routekaart LOGIN PASSWORD '{password}'", "CREATE DATABASE routekaart OWNER routekaart")
        yield engine
    finally:
        if engine:
            engine.kill()
        shutil.rmtree(home, ignore_errors=True)


def _make_cluster(programs: Path, home: Path, user: str | None) -> str:
    """Make an empty cluster in `home`/data; the password of its superuser `beheer`. Raises EngineFailed."""
    password = secrets.token_hex(16)
    secret = home / "password"
    secret.write_text(password + "\n", encoding="utf8")
    secret.chmod(0o600)
    if user:
        shutil.chown(secret, user, user)
    as_user = {"user": user, "group": user, "extra_groups": []} if user else {}
    done = subprocess.run(
        [
            str(programs / "initdb"), "-D", str(home / "data"), "-U", "beheer", f"--pwfile={secret}", "--auth=scram-sha-256", "--no-sync",
            "--locale=C", "--encoding=UTF8",
        ],
        cwd="/", capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=INSTALL_SECONDS, **as_user,  # type: ignore[call-overload]
    )  # fmt: skip
    secret.unlink()
    if done.returncode:
        raise EngineFailed(f"initdb: {' '.join(done.stderr.split())[-300:]}")
    return password


# -- fixtures (tests/conftest.py makes them known) -----------------------------------------------------------------------------------


@pytest.fixture
def redis_engine(tmp_path: Path) -> Iterator[RedisServer]:
    """An empty Redis that writes nothing to disk, for one test."""
    with redis_server(tmp_path / "redis") as engine:
        yield engine


@pytest.fixture(scope="session")
def postgres_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """One PostgreSQL for the whole session: to be used, not to be stopped. `postgres_engine.database()` makes an empty database."""
    with postgres_server(tmp_path_factory.mktemp("postgres")) as engine:
        yield engine


@pytest.fixture
def postgres_url(postgres_engine: PostgresServer) -> str:
    """An empty database for one test."""
    return postgres_engine.database()
