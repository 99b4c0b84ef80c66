"""Counts in a real PostgreSQL: many workers, crashes, lost answers, wrong clocks. In every one of them each count comes in exactly once."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import psycopg2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.content import load_content
from bot.dialogue.state import State
from bot.monitor.clock import day_of
from bot.monitor.counts import DATABASE_VARIABLE, Cell, StoreError, from_environment
from bot.monitor.disclose import Period
from bot.monitor.events import Event
from bot.monitor.postgres import COUNTS_LOCK, RIGHTS, TABLES, PostgresCounts
from bot.monitor.recorder import Recorder, Turn, today
from tests import engines
from tests.engines import PostgresServer, could_not_run, faked, postgres_server
from tests.line import Line, line

ROOT = Path(__file__).resolve().parents[2]
CONTENT = load_content()
BEGUN = Event("gesprek", "begonnen")
#: for what is expected to fail: long enough for a busy machine to answer, short enough to wait for
PATIENCE = 2.0


def new() -> str:
    """The id of a new batch."""
    return str(uuid.uuid4())


def around(day: date) -> Period:
    """A period around a day."""
    return Period(day - timedelta(days=400), day + timedelta(days=400))


def begun(store: PostgresCounts) -> int:
    """All conversations that were counted."""
    return store.totals("dordrecht", around(today())).get(BEGUN, 0)


def cells(n: int = 1) -> dict[Cell, int]:
    """So many conversations of today."""
    return {Cell(today(), "dordrecht", BEGUN): n}


@pytest.fixture
def store(postgres_url: str) -> Iterator[PostgresCounts]:
    """The counts in an empty database."""
    made = PostgresCounts(postgres_url)
    yield made
    made.close()


def through(between: Line, url: str, target: PostgresServer) -> str:
    """The address of the same database over a line."""
    return url.replace(f":{target.port}/", f":{between.port}/")


# -- many workers ------------------------------------------------------------------------------------------------------------------

WORKER = """
import asyncio, sys
from bot.content import load_content
from bot.dialogue.state import State
from bot.monitor.counts import from_environment
from bot.monitor.recorder import Recorder, Turn
first = Turn()
first.note(State().slots(), [{"event": "slot", "name": "gelezen", "value": "1"}, {"event": "slot", "name": "gemeente", "value": "dordrecht"}])
it = Recorder(from_environment(), load_content())
print(it.store.key().hex(), flush=True)
sys.stdin.readline()
for batch in range(int(sys.argv[1])):
    for n in range(3):
        asyncio.run(it.turn(f"{batch}-{n}", first, []))
    it.flush()
print(it.today(), it.waiting(), it.lost, flush=True)
it.close()
"""


def worker(url: str, batches: int, more: dict[str, str] | None = None) -> subprocess.Popen[str]:
    """A process that counts three conversations a batch, once it is told to begin."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), DATABASE_VARIABLE: url, "ROUTEKAART_MONITOR_FILE": "", **(more or {})}
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", WORKER, str(batches)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT,
    )  # fmt: skip


def first_line(process: subprocess.Popen[str]) -> str:
    """What it says first."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_workers_that_start_and_count_at_once_share_tables_and_key_and_lose_nothing(postgres_url: str) -> None:
    workers = [worker(postgres_url, 20) for _ in range(3)]
    keys = {first_line(one) for one in workers}
    for one in workers:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    said = [one.communicate(timeout=120)[0].split() for one in workers]
    assert [words[1:] for words in said] == [["0", "0"]] * 3
    store = PostgresCounts(postgres_url)
    assert keys == {store.key().hex()}
    assert begun(store) == 3 * 20 * 3


def test_batches_of_many_cells_in_any_order_do_not_block_each_other(postgres_url: str) -> None:
    events = [Event("vraag", name) for name in CONTENT.questions]
    several = [PostgresCounts(postgres_url) for _ in range(8)]

    def add(n: int) -> None:
        order = events if n % 2 else events[::-1]
        several[n].add({Cell(today(), "dordrecht", event): 1 for event in order}, new())

    with ThreadPoolExecutor(len(several)) as pool:
        for _ in range(5):
            list(pool.map(add, range(len(several))))
    assert several[0].totals("dordrecht", around(today())) == dict.fromkeys(events, 40)


# -- crashes and cuts ----------------------------------------------------------------------------------------------------------------

FIRST = Turn()
FIRST.note(
    State().slots(), [{"event": "slot", "name": "gelezen", "value": "1"}, {"event": "slot", "name": "gemeente", "value": "dordrecht"}]
)


def counting(recorders: list[Recorder], until: threading.Event) -> tuple[Counter[int], list[threading.Thread]]:
    """Each recorder counts conversations and hands over as fast as it can, until told; how many each counted."""
    counted: Counter[int] = Counter()

    def go_on(n: int) -> None:
        while not until.is_set():
            asyncio.run(recorders[n].turn(f"{n}-{counted[n]}", FIRST, []))
            counted[n] += 1
            recorders[n].flush()
            time.sleep(0.005)

    threads = [threading.Thread(target=go_on, args=(n,)) for n in range(len(recorders))]
    for thread in threads:
        thread.start()
    return counted, threads


def exactly_once(url: str, disturb: Callable[[PostgresCounts], None], **more: float) -> None:
    """Workers that count while something is done to them: all that they counted is there, and nothing more."""
    recorders = [Recorder(PostgresCounts(url, **more), CONTENT) for _ in range(3)]
    reader, enough = PostgresCounts(url), threading.Event()
    reader.now()
    counted, threads = counting(recorders, enough)
    try:
        disturb(reader)
    finally:
        enough.set()
        for thread in threads:
            thread.join()
    deadline = time.monotonic() + 60
    while sum(it.flush() for it in recorders) < len(recorders) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert sum(counted.values()) > 0
    assert [it.waiting() for it in recorders] == [0, 0, 0]
    assert begun(reader) == sum(counted.values())
    assert [it.lost for it in recorders] == [0, 0, 0]
    for it in recorders:
        it.close()
    reader.close()


def growing(reader: PostgresCounts, by: int = 20) -> None:
    """Wait until more has come in."""
    before, deadline = None, time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            now = begun(reader)
        except StoreError:
            now = None
        if before is None:
            before = now
        elif now is not None and now >= before + by:
            return
        time.sleep(0.02)
    raise AssertionError("nothing comes in")


def test_a_restart_and_a_crash_in_the_middle_lose_and_double_nothing(tmp_path: Path) -> None:
    with postgres_server(tmp_path) as engine:

        def disturb(reader: PostgresCounts) -> None:
            growing(reader)
            engine.restart()
            growing(reader)
            engine.kill()
            engine.start()
            growing(reader)

        exactly_once(engine.url, disturb)


def test_connections_that_are_cut_again_and_again_lose_and_double_nothing(postgres_engine: PostgresServer, postgres_url: str) -> None:
    name = postgres_url.rsplit("/", 1)[1]

    def disturb(reader: PostgresCounts) -> None:
        for _ in range(30):
            growing(reader, by=2)
            postgres_engine.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    exactly_once(postgres_url, disturb)


def test_answers_that_are_lost_lose_and_double_nothing(postgres_engine: PostgresServer, postgres_url: str) -> None:
    with line(postgres_engine.port) as between:

        def disturb(_: PostgresCounts) -> None:
            for marker in [b"; COMMIT", b"INSERT INTO partij", b"SELECT clock_timestamp"] * 10:
                before, deadline = between.lost, time.monotonic() + 30
                between.lose_answer_to(marker)
                while between.lost == before and time.monotonic() < deadline:
                    time.sleep(0.005)
                assert between.lost == before + 1

        # the reader of the test goes the same way, and reads again where its answer was the one that got lost
        exactly_once(through(between, postgres_url, postgres_engine), disturb)


@pytest.mark.parametrize(("marker", "there"), [(b"; COMMIT", 3), (b"INSERT INTO partij", 0)])
def test_a_batch_whose_receipt_was_lost_counts_once(postgres_engine: PostgresServer, postgres_url: str, marker: bytes, there: int) -> None:
    with line(postgres_engine.port) as between:
        store, batch, direct = PostgresCounts(through(between, postgres_url, postgres_engine)), new(), PostgresCounts(postgres_url)
        direct.now()
        between.lose_answer_to(marker)
        with pytest.raises(StoreError):
            store.add(cells(3), batch)
        assert between.lost == 1
        assert begun(direct) == there, "all of it or nothing"
        assert store.add(cells(3), batch) == 0
        assert begun(direct) == 3
        between.lose_answer_to(marker)
        store.add(cells(3), second := new())
        assert between.lost == 2, "on a connection that was there it tries again by itself"
        assert begun(direct) == 6
        store.add(cells(3), second)
        assert begun(direct) == 6


@pytest.mark.parametrize("how", ["frozen", "silent", "down"])
def test_a_server_that_does_not_answer_is_waited_for_no_longer_than_asked(how: str, tmp_path: Path) -> None:
    with postgres_server(tmp_path) as engine, line(engine.port) as between:
        store = PostgresCounts(through(between, engine.url, engine), seconds=PATIENCE)
        it = Recorder(store, CONTENT)
        asyncio.run(it.turn("een", FIRST, []))
        assert it.flush()
        asyncio.run(it.turn("twee", FIRST, []))
        if how == "frozen":
            with engine.frozen():
                assert not it.flush()  # on the connection that there was
                assert not it.flush()  # on a new one
        else:
            if how == "silent":
                between.silence()
            else:
                between.down()
            assert not it.flush()
            assert not it.flush()
            between.restore()
        deadline = time.monotonic() + 30
        while not it.flush() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert begun(store) == 2


# -- what may be seen ------------------------------------------------------------------------------------------------------------------


def test_who_reads_waits_for_what_is_being_added(postgres_engine: PostgresServer, postgres_url: str, store: PostgresCounts) -> None:
    store.add(cells(), new())
    name = postgres_url.rsplit("/", 1)[1]
    writer = PostgresCounts(postgres_url)
    entered, leave = threading.Event(), threading.Event()
    real = writer._call

    def slow(do: Callable[..., object]) -> object:
        def on(db: object) -> object:
            rows = db.rows  # type: ignore[attr-defined]

            def late(statements: str, values: tuple[object, ...] = ()) -> object:
                if statements.endswith("COMMIT"):
                    entered.set()
                    leave.wait(30)
                return rows(statements, values)

            db.rows = late  # type: ignore[attr-defined]
            return do(db)

        return real(on)

    writer._call = slow  # type: ignore[method-assign,assignment]
    with ThreadPoolExecutor(2) as pool:
        adding = pool.submit(writer.add, cells(), new())
        assert entered.wait(30)
        reading = pool.submit(begun, store)
        deadline = time.monotonic() + 2.5  # the patience for a lock is three seconds
        waits = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' AND wait_event = 'advisory'"
        while postgres_engine.run(waits) == [(0,)] and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not reading.done()
        leave.set()
        assert adding.result() == 0
        assert reading.result() == 2


def test_a_worker_that_hangs_while_adding_blocks_no_reader_for_ever(postgres_url: str, store: PostgresCounts) -> None:
    store.add(cells(), new())
    stuck = psycopg2.connect(postgres_url)
    with stuck.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock_shared({COUNTS_LOCK})")
        with pytest.raises(StoreError, match="55P03"):
            begun(store)
        PostgresCounts(postgres_url).add(cells(), new())  # who adds does not wait for it
    stuck.rollback()
    assert begun(store) == 2
    stuck.close()


# -- clocks ------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [-40, 3])
def test_a_worker_whose_clock_is_days_off_counts_on_the_day_of_the_database(postgres_url: str, days: int) -> None:
    wrong = faked(days * 24 * 3600)
    if wrong is None:
        could_not_run("libfaketime", engines.NOT_RUN["libfaketime"])
    one = worker(postgres_url, 2, wrong)
    first_line(one)
    said, _ = one.communicate("\n", timeout=120)
    store = PostgresCounts(postgres_url)
    now = day_of(store.now())
    may_show_from = date.fromisoformat(said.split()[0])
    assert (now - may_show_from).days == max(-days, 0), "a clock that is ahead shows nothing early"
    assert sum(store.totals("dordrecht", Period(day, day)).get(BEGUN, 0) for day in (now - timedelta(days=1), now)) == 6
    assert begun(store) == 6


def test_a_database_whose_clock_is_off_decides_and_what_it_closed_stays_so(tmp_path: Path) -> None:
    ahead = faked(5 * 24 * 3600)
    if ahead is None:
        could_not_run("libfaketime", engines.NOT_RUN["libfaketime"])
    with postgres_server(tmp_path) as engine:
        it = Recorder(PostgresCounts(engine.url), CONTENT)
        asyncio.run(it.turn("een", FIRST, []))
        assert it.flush()
        day = day_of(it.store.now())
        engine.stop()
        engine.environment = ahead or {}
        engine.start()
        assert (day_of(PostgresCounts(engine.url).now()) - day).days in (5, 6)
        assert PostgresCounts(engine.url).add({Cell(day, "dordrecht", BEGUN): 7}, new()) == 7, "closed"
        asyncio.run(it.turn("twee", FIRST, []))
        it.flush()
        assert it.flush()
        assert it.store.totals("dordrecht", Period(day, day)) == {BEGUN: 1}
        assert begun(PostgresCounts(engine.url)) == 2
        assert it.today() == today(), "the worker's clock is behind: it shows nothing early"


# -- what a host sets ------------------------------------------------------------------------------------------------------------------


def refused(url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is said at the start."""
    monkeypatch.setenv(DATABASE_VARIABLE, url)
    with pytest.raises(StoreError) as caught:
        from_environment()
    return str(caught.value)


def test_what_only_a_person_can_mend_is_said_at_the_start_without_the_secret(
    postgres_engine: PostgresServer, postgres_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    secret, port = postgres_engine.password, postgres_engine.port
    wrong = {
        postgres_url.replace(secret, secret + "x"): "password",
        postgres_url.replace("//routekaart:", "//nobody:"): "user",
        postgres_url + "_weg": "no such database",
        postgres_url + "?sslmode=require": "encrypted",
        postgres_url.replace("postgresql://", "postgresql+psycopg2://"): "must begin with postgresql://",
        postgres_url.replace("postgresql://", "mysql://"): "must begin with postgresql://",
        postgres_url + "?iets=anders": "not an address",
        f"postgresql://routekaart:{secret}%zz@127.0.0.1:{port}/x": "not an address",
        f"postgresql://routekaart:{secret}@[::1/x": "not an address",
        f"postgresql://127.0.0.1:{port}/x": "password",
    }
    for url, why in wrong.items():
        said = refused(url, monkeypatch)
        assert why in said and said.startswith(DATABASE_VARIABLE), (why, said)
        assert secret not in said and "127.0.0.1" not in said.replace("user:password@127.0.0.1", ""), said
    assert secret not in caplog.text


def test_a_server_that_is_not_there_yet_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with postgres_server(tmp_path) as engine:
        engine.stop()
        monkeypatch.setenv(DATABASE_VARIABLE, engine.url)
        it = Recorder(from_environment(), CONTENT)
        assert "counts wait: OperationalError" in caplog.text
        asyncio.run(it.turn("een", FIRST, []))
        assert not it.flush()
        with pytest.raises(StoreError):
            it.today()
        engine.start()
        assert it.flush()
        assert it.store.totals("dordrecht", around(today())) == {BEGUN: 1}
        assert engine.password not in caplog.text and str(engine.port) not in caplog.text


def test_a_user_with_the_least_rights_can_count_and_nothing_more(postgres_engine: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    url = postgres_engine.database()
    name = url.rsplit("/", 1)[1]
    admin = postgres_engine.admin_url.rsplit("/", 1)[0] + f"/{name}"
    user = f"teller_{name}"
    postgres_engine.run(
        TABLES, f"CREATE ROLE {user} LOGIN PASSWORD '{postgres_engine.password}'", RIGHTS.format(user=user), url=admin,
    )  # fmt: skip
    monkeypatch.setenv(DATABASE_VARIABLE, url.replace("//routekaart:", f"//{user}:"))
    store = from_environment()
    store.add(cells(2), new())
    store.forget(today() - timedelta(days=9))
    assert len(store.key()) == 32
    assert store.totals("dordrecht", around(today())) == {BEGUN: 2}
    least = str(os.environ[DATABASE_VARIABLE])
    for statement in (
        "UPDATE sleutel SET sleutel = ''",
        "DELETE FROM sleutel",
        "DROP TABLE telling",
        "CREATE TABLE t (n int)",
        "TRUNCATE telling",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            postgres_engine.run(statement, url=least)
    nothing = postgres_engine.database()
    monkeypatch.setenv(DATABASE_VARIABLE, nothing.replace("//routekaart:", f"//{user}:"))
    with pytest.raises(StoreError, match="too few rights"):
        from_environment()


def test_it_works_behind_a_pooler_that_mixes_transactions(postgres_url: str) -> None:
    """What a pooler does between two transactions: the session of before is gone, with all that was set in it."""
    store = PostgresCounts(postgres_url)
    store.add(cells(), new())
    assert store._connection is not None
    left = store._connection.rows(
        "SELECT current_setting('statement_timeout'), (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())"
    )
    assert left == [("0", 0)], "no setting and no lock outlives its transaction"


def certificates(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate that vouches for itself, for this machine under a name, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(timezone.utc)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    certificate, private = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    private.chmod(0o600)
    return certificate, private


def test_an_encrypted_connection_is_checked_as_the_address_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, private = certificates(tmp_path, "localhost")
    other, _ = certificates(tmp_path, "elders.example")
    with postgres_server(tmp_path) as engine:
        home = Path(engine.command[2]).parent
        for file in (certificate, private):
            shutil.copy2(file, home)
            if engine.user:
                shutil.chown(home / file.name, engine.user, engine.user)
        engine.command += ["-c", "ssl=on", "-c", f"ssl_cert_file={home / certificate.name}", "-c", f"ssl_key_file={home / private.name}"]
        engine.restart()
        right = engine.url.replace("@127.0.0.1", "@localhost") + "?sslmode=verify-full&sslrootcert="
        monkeypatch.setenv(DATABASE_VARIABLE, right + str(certificate))
        store = from_environment()
        store.add(cells(), new())
        assert isinstance(store, PostgresCounts) and begun(store) == 1
        assert engine.run("SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'routekaart'") == [
            (True,)
        ]
        for url in (right + str(other), right + str(tmp_path / "weg.pem"), right.replace("@localhost", "@127.0.0.1") + str(certificate)):
            assert "encrypted" in refused(url, monkeypatch)
