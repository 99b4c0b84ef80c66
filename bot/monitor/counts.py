"""Where the counts stand: one table of day, municipality, kind, value and a number. In PostgreSQL (`postgres`), in a file (SQLite), or in memory.

A store knows nothing of conversations. Another database is another `Counts`; what it is given has passed the fixed lists of `events`.

Two things a store sees to itself, by its own clock and in the same transaction as the counts. *A batch counts once*: its id is kept for some
days, so a batch whose receipt was lost can be handed over again. *A day that may be shown is closed*: what comes later is left out, and so is a
day that is still to come. So neither a worker that tries again nor one with a wrong clock changes a number that somebody has seen.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.monitor import clock
from bot.monitor.clock import day_of
from bot.monitor.disclose import CLOSED_DAYS, Period
from bot.monitor.events import Event

#: name of the file; without it and without a database, counts live in memory and a restart forgets them
FILE_VARIABLE = "ROUTEKAART_MONITOR_FILE"
DATABASE_VARIABLE = "DATABASE_URL"
KEY_BYTES = 32
#: days that the id of a batch is kept; a batch is not handed over any more after `CLOSED_DAYS`
BATCH_DAYS = 7
_TABLES = """
CREATE TABLE IF NOT EXISTS telling (
    dag TEXT NOT NULL, gemeente TEXT NOT NULL, soort TEXT NOT NULL, waarde TEXT NOT NULL, aantal INTEGER NOT NULL CHECK (aantal > 0),
    PRIMARY KEY (dag, gemeente, soort, waarde)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sleutel (een INTEGER PRIMARY KEY CHECK (een = 1), sleutel BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS partij (id TEXT PRIMARY KEY, dag TEXT NOT NULL) WITHOUT ROWID;
"""
_ADD = """
INSERT INTO telling VALUES (?, ?, ?, ?, ?)
ON CONFLICT (dag, gemeente, soort, waarde) DO UPDATE SET aantal = aantal + excluded.aantal
"""
_SUM = "SELECT soort, waarde, SUM(aantal) FROM telling WHERE gemeente = ? AND dag BETWEEN ? AND ? GROUP BY soort, waarde"


class StoreError(RuntimeError):
    """The store could not be read or written. Holds a code only."""


@dataclass(frozen=True, order=True)
class Cell:
    """What a count belongs to."""

    day: date
    gemeente: str
    event: Event


class Counts(Protocol):
    """A store. Every method may raise StoreError, and `add` then has added all of it or nothing: hand over the same batch with the same id again."""

    def now(self) -> datetime:
        """The moment by the clock of the store: the one that decides which day it is."""

    def add(self, batch: Mapping[Cell, int], batch_id: str) -> int:
        """Add a batch, once whatever happens; how many counts were left out because their day is closed or still to come."""

    def totals(self, gemeente: str, when: Period) -> Mapping[Event, int]:
        """The exact counts of a period, to be shown through `disclose` only. No count that was under way when this began comes after it."""

    def forget(self, before: date) -> None:
        """Throw away every day before this one, for good."""

    def key(self) -> bytes:
        """The key of the noise: made once, never changed as long as the counts stand, the same for all workers."""

    def close(self) -> None:
        """Let go of the file or the connection."""


def still_open(batch: Mapping[Cell, int], today: date) -> tuple[dict[Cell, int], int]:
    """The counts of a batch that may be added on this day, in a fixed order, and how many may not."""
    kept = {cell: int(n) for cell, n in sorted(batch.items()) if n > 0 and today - timedelta(days=CLOSED_DAYS) < cell.day <= today}
    return kept, sum(n for n in batch.values() if n > 0) - sum(kept.values())


class MemoryCounts:
    """Counts that a restart forgets. `moment` is its clock."""

    def __init__(self, moment: Callable[[], datetime] = clock.now) -> None:
        self._counts: Counter[Cell] = Counter()
        self._key = secrets.token_bytes(KEY_BYTES)
        self._had: dict[str, date] = {}
        self._lock = threading.Lock()
        self.now = moment

    def add(self, batch: Mapping[Cell, int], batch_id: str) -> int:
        """See `Counts`."""
        with self._lock:
            if batch_id in self._had:
                return 0
            today = day_of(self.now())
            self._had = {had: day for had, day in self._had.items() if day >= today - timedelta(days=BATCH_DAYS)} | {batch_id: today}
            kept, late = still_open(batch, today)
            self._counts.update(kept)
            return late

    def totals(self, gemeente: str, when: Period) -> Mapping[Event, int]:
        """See `Counts`."""
        found: Counter[Event] = Counter()
        with self._lock:
            for cell, count in self._counts.items():
                if cell.gemeente == gemeente and when.first <= cell.day <= when.last:
                    found[cell.event] += count
        return found

    def forget(self, before: date) -> None:
        """See `Counts`."""
        with self._lock:
            for cell in [cell for cell in self._counts if cell.day < before]:
                del self._counts[cell]

    def key(self) -> bytes:
        """See `Counts`."""
        return self._key

    def close(self) -> None:
        """See `Counts`."""


class SqliteCounts:
    """Counts in a file that only its owner can read. What is thrown away is overwritten in the file. `moment` is its clock."""

    def __init__(self, path: Path, moment: Callable[[], datetime] = clock.now) -> None:
        self.path = path
        self.now = moment
        self._lock = threading.Lock()
        try:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._db = sqlite3.connect(path, timeout=5.0, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA secure_delete = ON")
            self._db.executescript(_TABLES)
            if not self._db.execute("SELECT 1 FROM sleutel").fetchone():  # a disk that is full now is no reason not to start
                self._db.execute("INSERT OR IGNORE INTO sleutel VALUES (1, ?)", (secrets.token_bytes(KEY_BYTES),))
        except (OSError, sqlite3.Error) as error:
            raise StoreError(type(error).__name__) from None

    def add(self, batch: Mapping[Cell, int], batch_id: str) -> int:
        """See `Counts`."""
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    late = self._add(batch, batch_id)
                    self._db.execute("COMMIT")
                    return late
                except BaseException:
                    self._undo()
                    raise
            except sqlite3.Error as error:
                raise StoreError(type(error).__name__) from None

    def _add(self, batch: Mapping[Cell, int], batch_id: str) -> int:
        today = day_of(self.now())
        if not self._db.execute("INSERT OR IGNORE INTO partij VALUES (?, ?)", (batch_id, today.isoformat())).rowcount:
            return 0
        kept, late = still_open(batch, today)
        self._db.executemany(_ADD, [(c.day.isoformat(), c.gemeente, c.event.kind, c.event.value, n) for c, n in kept.items()])
        self._db.execute("DELETE FROM partij WHERE dag < ?", ((today - timedelta(days=BATCH_DAYS)).isoformat(),))
        return late

    def _undo(self) -> None:
        if self._db.in_transaction:  # a full disk may have rolled back already
            self._db.execute("ROLLBACK")

    def totals(self, gemeente: str, when: Period) -> Mapping[Event, int]:
        """See `Counts`."""
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")  # after who is writing, so that nothing of a closed day is still to come
                try:
                    rows = self._db.execute(_SUM, (gemeente, when.first.isoformat(), when.last.isoformat())).fetchall()
                finally:
                    self._undo()
            except sqlite3.Error as error:
                raise StoreError(type(error).__name__) from None
        return {Event(kind, value): count for kind, value, count in rows}

    def forget(self, before: date) -> None:
        """See `Counts`."""
        with self._lock:
            try:
                self._db.execute("DELETE FROM telling WHERE dag < ?", (before.isoformat(),))
            except sqlite3.Error as error:
                raise StoreError(type(error).__name__) from None

    def key(self) -> bytes:
        """See `Counts`."""
        with self._lock:
            try:
                return bytes(self._db.execute("SELECT sleutel FROM sleutel").fetchone()[0])
            except (sqlite3.Error, TypeError) as error:
                raise StoreError(type(error).__name__) from None

    def close(self) -> None:
        """See `Counts`."""
        with self._lock:
            self._db.close()


def from_environment() -> Counts:
    """The store that the environment asks for. Raises StoreError that says what to mend; a database that can't be reached yet is no error."""
    path, url = os.environ.get(FILE_VARIABLE, "").strip(), os.environ.get(DATABASE_VARIABLE, "").strip()
    if path and url:
        raise StoreError(f"{DATABASE_VARIABLE} and {FILE_VARIABLE}: counts stand in one place. Leave one of them out.")
    if url:
        from bot.monitor.postgres import PostgresCounts

        return PostgresCounts.checked(url)
    if not path:
        return MemoryCounts()
    try:
        return SqliteCounts(Path(path))
    except StoreError as error:
        raise StoreError(
            f"{FILE_VARIABLE}: {path} can't be used as a file for counts ({error}). Name a file in a folder that this user may write."
        ) from None
