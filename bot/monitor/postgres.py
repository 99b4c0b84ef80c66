"""Counts in PostgreSQL, which all workers share.

Workers add at the same time; each transaction takes a lock of its own kind first. Adding takes it together (shared), reading takes it alone, so
whoever reads waits for what is being added, and what is added afterwards looks at the clock afterwards: nothing comes into a day once it was shown.

Nothing here waits for ever: a connection is never waited for longer than `SECONDS`, and the server itself ends what a worker left behind. After
any error the connection is dropped and a new one is made. Every setting holds for one transaction only, so a pooler may stand in between.

What a user of the database needs: to own the database (then the tables are made here), or on tables made before `RIGHTS`.
"""

from __future__ import annotations

import secrets
import select
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import psycopg2
from psycopg2.extensions import POLL_OK, POLL_READ, POLL_WRITE, parse_dsn

from bot.monitor.clock import day_of
from bot.monitor.counts import BATCH_DAYS, DATABASE_VARIABLE, KEY_BYTES, Cell, StoreError, still_open
from bot.monitor.disclose import Period
from bot.monitor.events import Event
from bot.server.logs import logger

LOG = logger("monitor")
SCHEMES = ("postgresql", "postgres")
#: seconds for one call of this module, connecting included
SECONDS = 8.0
#: numbers of the two locks, ours alone: of the counts, and of making the tables
COUNTS_LOCK, TABLES_LOCK = 0x526F7574656B0001, 0x526F7574656B0002
#: what the least of users needs, where somebody else made the tables
RIGHTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON telling TO {user};
GRANT SELECT, INSERT, DELETE ON partij TO {user};
GRANT SELECT, INSERT ON sleutel TO {user};
"""
TABLES = """
CREATE TABLE IF NOT EXISTS telling (
    dag date NOT NULL, gemeente text NOT NULL, soort text NOT NULL, waarde text NOT NULL, aantal bigint NOT NULL CHECK (aantal > 0),
    PRIMARY KEY (dag, gemeente, soort, waarde)
);
CREATE TABLE IF NOT EXISTS sleutel (een smallint PRIMARY KEY CHECK (een = 1), sleutel bytea NOT NULL);
CREATE TABLE IF NOT EXISTS partij (id text PRIMARY KEY, dag date NOT NULL);
"""
_BEGIN = (
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL statement_timeout = '5s'; SET LOCAL lock_timeout = '3s'; "
    "SET LOCAL idle_in_transaction_session_timeout = '10s'; "
)
_THERE = "SELECT count(to_regclass(name)) FROM unnest(ARRAY['telling', 'sleutel', 'partij']) AS name"
_ADD = (
    "INSERT INTO telling AS t VALUES {rows} "
    "ON CONFLICT (dag, gemeente, soort, waarde) DO UPDATE SET aantal = t.aantal + excluded.aantal"
)  # fmt: skip
_SUM = (
    "SELECT soort, waarde, sum(aantal)::bigint FROM telling WHERE gemeente = %s AND dag BETWEEN %s AND %s GROUP BY soort, waarde"
)  # fmt: skip
#: what the server or the driver says where only a person can mend it. It has no code for these, and speaks the language of the server: where
#: that is none of these words, the worker starts and the counts wait.
_REFUSED: Mapping[str, tuple[str, ...]] = {
    "the user or the password is refused": ("password authentication failed", "authentication failed", "no password supplied", "role "),
    "there is no such database": ("database ",),
    "the server lets nobody in from here (pg_hba.conf)": ("no pg_hba.conf entry",),
    "the user has too few rights; let it own the database, or see docs/beheer.md": ("permission denied",),
    "no encrypted connection as asked for (sslmode, certificate)": ("does not support ssl", "sslmode", "certificate"),
}
#: how the codes begin of a connection that is no more: the driver's own (no answer at all), the server stops, it became a copy that can't be written
_GONE = ("OperationalError", "InterfaceError", "57P", "08", "25006")
Answer = TypeVar("Answer")


class PostgresCounts:
    """See `Counts`. Safe to use from several threads; one call at a time. `seconds`: how long a call may take."""

    def __init__(self, url: str, seconds: float = SECONDS) -> None:
        self._url = url
        self._seconds = seconds
        self._lock = threading.Lock()
        self._connection: _Connection | None = None
        self._ready = False

    @classmethod
    def checked(cls, url: str) -> PostgresCounts:
        """The counts of a database. Raises StoreError for what a person has to mend; a server that does not answer is waited for later."""
        try:
            if urlsplit(url).scheme not in SCHEMES:
                raise StoreError(
                    f"{DATABASE_VARIABLE}: must begin with postgresql://, as in postgresql://user:password@127.0.0.1/routekaart."
                )
            parse_dsn(url)
        except (ValueError, psycopg2.ProgrammingError):
            raise StoreError(
                f"{DATABASE_VARIABLE}: is not an address of a database; special characters in a password are written as %xx."
            ) from None
        made = cls(url)
        try:
            made.now()
        except _RefusedError as refused:
            raise StoreError(f"{DATABASE_VARIABLE}: {refused.why}.") from None
        except StoreError as error:
            LOG.error("counts wait: %s", error)
        return made

    def now(self) -> datetime:
        """See `Counts`."""
        return self._call(lambda db: _moment(db.rows("SELECT clock_timestamp()")[0][0]))

    def add(self, batch: Mapping[Cell, int], batch_id: str) -> int:
        """See `Counts`."""

        def add(db: _Connection) -> int:
            found = db.rows(
                f"{_BEGIN} SELECT pg_advisory_xact_lock_shared({COUNTS_LOCK}); INSERT INTO partij VALUES "
                "(%s, (clock_timestamp() AT TIME ZONE 'Europe/Amsterdam')::date) ON CONFLICT DO NOTHING RETURNING clock_timestamp()",
                (batch_id,),
            )
            if not found:
                db.rows("ROLLBACK")
                return 0
            today = day_of(_moment(found[0][0]))
            kept, late = still_open(batch, today)
            rows = [db.written("(%s, %s, %s, %s, %s)", (c.day, c.gemeente, c.event.kind, c.event.value, n)) for c, n in kept.items()]
            counted = _ADD.format(rows=", ".join(rows)) + "; " if rows else ""
            old = db.written("DELETE FROM partij WHERE dag < %s", (today - timedelta(days=BATCH_DAYS),))
            db.rows(f"{counted}{old}; COMMIT")
            return late

        return self._call(add)

    def totals(self, gemeente: str, when: Period) -> Mapping[Event, int]:
        """See `Counts`."""

        def read(db: _Connection) -> Mapping[Event, int]:
            rows = db.rows(f"{_BEGIN} SELECT pg_advisory_xact_lock({COUNTS_LOCK}); {_SUM}", (gemeente, when.first, when.last))
            db.rows("COMMIT")
            return {Event(kind, value): int(count) for kind, value, count in rows}

        return self._call(read)

    def forget(self, before: date) -> None:
        """See `Counts`."""
        self._call(lambda db: db.rows(f"{_BEGIN} DELETE FROM telling WHERE dag < %s; COMMIT", (before,)))

    def key(self) -> bytes:
        """See `Counts`."""
        return self._call(_key)

    def close(self) -> None:
        """See `Counts`."""
        with self._lock:
            self._drop()

    def _call(self, do: Callable[[_Connection], Answer]) -> Answer:
        """Do something on the connection, which is made where there is none. Raises StoreError, and drops the connection.

        A connection that was there may have died while nobody used it: then once more on a new one. Whatever is done may be done twice; of a batch
        the second time does nothing.
        """
        with self._lock:
            until = time.monotonic() + self._seconds
            if self._connection is not None:
                try:
                    return self._once(do, until)
                except StoreError as error:
                    if time.monotonic() >= until or not str(error).startswith(_GONE):
                        raise
            return self._once(do, until)

    def _once(self, do: Callable[[_Connection], Answer], until: float) -> Answer:
        with self._as_codes():
            if self._connection is None:
                self._connection = _Connection(self._url, until)
            self._connection.until = until
            if not self._ready:
                _make_tables(self._connection)
                self._ready = True
            return do(self._connection)

    @contextmanager
    def _as_codes(self) -> Iterator[None]:
        """What goes wrong as a code: what the driver says may hold an address, a user or a row."""
        try:
            yield
        except BaseException as error:
            self._drop()
            if not isinstance(error, psycopg2.Error | OSError | ValueError):
                raise
            code = str(getattr(error, "pgcode", None) or type(error).__name__)
            why = _refused(error)
            raise (_RefusedError(code, why) if why else StoreError(code)) from None

    def _drop(self) -> None:
        self._ready = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _RefusedError(StoreError):
    """The server answers, but does not want us."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(code)
        self.why = why


class _Connection:
    """A connection on which no wait is longer than `until` (of the monotonic clock). Raises what the driver raises, and TimeoutError."""

    def __init__(self, url: str, until: float) -> None:
        self.until = until
        self._db = psycopg2.connect(url, async_=1, application_name="routekaart")
        try:
            self._wait()
            self._cursor = self._db.cursor()
        except BaseException:
            self._db.close()
            raise

    def rows(self, statements: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of the last of these statements."""
        self._cursor.execute(statements, tuple(values) or None)
        self._wait()
        return list(self._cursor.fetchall()) if self._cursor.description else []

    def written(self, statement: str, values: Sequence[object]) -> str:
        """A statement with its values in it, to be sent with others."""
        return self._cursor.mogrify(statement, tuple(values)).decode()

    def close(self) -> None:
        """Leave; the server undoes what was under way."""
        try:
            self._db.close()
        except psycopg2.Error:
            return

    def _wait(self) -> None:
        while (state := self._db.poll()) != POLL_OK:
            left = self.until - time.monotonic()
            reading, writing = [self._db] if state == POLL_READ else [], [self._db] if state == POLL_WRITE else []
            if left <= 0 or not any(select.select(reading, writing, [], left)):
                raise TimeoutError


def _moment(given: object) -> datetime:
    """A moment as the driver gives it. Raises ValueError."""
    if not isinstance(given, datetime) or given.tzinfo is None:
        raise ValueError("no moment")
    return given


def _make_tables(db: _Connection) -> None:
    """The tables, where one of them is missing; one worker at a time."""
    if db.rows(_THERE)[0][0] == 3:
        return
    db.rows(f"{_BEGIN} SELECT pg_advisory_xact_lock({TABLES_LOCK}); {TABLES} COMMIT")


def _key(db: _Connection) -> bytes:
    """The key that stands there; made by whoever is first."""
    for _ in range(2):
        found = db.rows("SELECT sleutel FROM sleutel")
        if found:
            return bytes(found[0][0])
        db.rows("INSERT INTO sleutel VALUES (1, %s) ON CONFLICT DO NOTHING", (psycopg2.Binary(secrets.token_bytes(KEY_BYTES)),))
    raise ValueError("no key")


def _refused(error: BaseException) -> str:
    """Why a server does not want us, where it is clear that waiting won't help; else empty."""
    said = str(error).casefold()
    if getattr(error, "pgcode", None) == "42501":
        said = "permission denied"
    elif not isinstance(error, psycopg2.OperationalError) or getattr(error, "pgcode", None):
        return ""
    for why, words in _REFUSED.items():
        if any(word in said and (not word.endswith(" ") or "does not exist" in said) for word in words):
            return why
    return ""
