"""Where the counts stand: one table of day, municipality, kind, value and a number. SQLite in a file, or in memory where no file is named.

A store knows nothing of conversations. Another database is another `Counts`; what it is given has passed the fixed lists of `events`.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from bot.monitor.disclose import Period
from bot.monitor.events import Event

#: name of the file; without it counts live in memory and a restart forgets them
FILE_VARIABLE = "ROUTEKAART_MONITOR_FILE"
KEY_BYTES = 32
_TABLES = """
CREATE TABLE IF NOT EXISTS telling (
    dag TEXT NOT NULL, gemeente TEXT NOT NULL, soort TEXT NOT NULL, waarde TEXT NOT NULL, aantal INTEGER NOT NULL CHECK (aantal > 0),
    PRIMARY KEY (dag, gemeente, soort, waarde)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sleutel (een INTEGER PRIMARY KEY CHECK (een = 1), sleutel BLOB NOT NULL);
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
    """A store. Every method may raise StoreError, and `add` then has added nothing."""

    def add(self, batch: Mapping[Cell, int]) -> None:
        """Add a batch, all of it or nothing."""

    def totals(self, gemeente: str, when: Period) -> Mapping[Event, int]:
        """The exact counts of a period, to be shown through `disclose` only."""

    def forget(self, before: date) -> None:
        """Throw away every day before this one, for good."""

    def key(self) -> bytes:
        """The key of the noise: made once, never changed as long as the counts stand."""

    def close(self) -> None:
        """Let go of the file."""


class MemoryCounts:
    """Counts that a restart forgets."""

    def __init__(self) -> None:
        self._counts: Counter[Cell] = Counter()
        self._key = secrets.token_bytes(KEY_BYTES)

    def add(self, batch: Mapping[Cell, int]) -> None:
        """See `Counts`."""
        self._counts.update(batch)

    def totals(self, gemeente: str, when: Period) -> Mapping[Event, int]:
        """See `Counts`."""
        found: Counter[Event] = Counter()
        for cell, count in list(self._counts.items()):
            if cell.gemeente == gemeente and when.first <= cell.day <= when.last:
                found[cell.event] += count
        return found

    def forget(self, before: date) -> None:
        """See `Counts`."""
        for cell in [cell for cell in self._counts if cell.day < before]:
            del self._counts[cell]

    def key(self) -> bytes:
        """See `Counts`."""
        return self._key

    def close(self) -> None:
        """See `Counts`."""


class SqliteCounts:
    """Counts in a file that only its owner can read. What is thrown away is overwritten in the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        try:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._db = sqlite3.connect(path, timeout=5.0, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA secure_delete = ON")
            self._db.executescript(_TABLES)
            self._db.execute("INSERT OR IGNORE INTO sleutel VALUES (1, ?)", (secrets.token_bytes(KEY_BYTES),))
        except (OSError, sqlite3.Error) as error:
            raise StoreError(type(error).__name__) from None

    def add(self, batch: Mapping[Cell, int]) -> None:
        """See `Counts`."""
        rows = [(c.day.isoformat(), c.gemeente, c.event.kind, c.event.value, int(n)) for c, n in sorted(batch.items()) if n > 0]
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    self._db.executemany(_ADD, rows)
                    self._db.execute("COMMIT")
                except BaseException:
                    if self._db.in_transaction:  # a full disk may have rolled back already
                        self._db.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise StoreError(type(error).__name__) from None

    def totals(self, gemeente: str, when: Period) -> Mapping[Event, int]:
        """See `Counts`."""
        with self._lock:
            try:
                rows = self._db.execute(_SUM, (gemeente, when.first.isoformat(), when.last.isoformat())).fetchall()
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
    """The store that the environment asks for. Raises StoreError for a file that can't be used."""
    path = os.environ.get(FILE_VARIABLE)
    if not path:
        return MemoryCounts()
    try:
        return SqliteCounts(Path(path))
    except StoreError as error:
        raise StoreError(
            f"{FILE_VARIABLE}: {path} can't be used as a file for counts ({error}). Name a file in a folder that this user may write."
        ) from None
