"""Keeping counts: batches, two years, a lost store, and one conversation that counts once."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.content import load_content
from bot.dialogue.state import STOP, State
from bot.monitor.counts import FILE_VARIABLE, Cell, Counts, MemoryCounts, SqliteCounts, StoreError, from_environment
from bot.monitor.disclose import Period, kept_from
from bot.monitor.events import Event
from bot.monitor.recorder import IDLE_SECONDS, Once, Recorder, Turn

CONTENT = load_content()
DAY = date(2026, 11, 22)
BEGUN = Event("gesprek", "begonnen")


def month(day: date) -> Period:
    """A period around a day."""
    return Period(day - timedelta(days=400), day + timedelta(days=400))


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Counts:
    """Each store."""
    return MemoryCounts() if request.param == "memory" else SqliteCounts(tmp_path / "telling.db")


def test_counts_add_up(store: Counts) -> None:
    cell = Cell(DAY, "dordrecht", BEGUN)
    store.add({cell: 2, Cell(DAY, "arnhem", BEGUN): 7})
    store.add({cell: 3, Cell(DAY + timedelta(days=1), "dordrecht", BEGUN): 1})
    assert store.totals("dordrecht", Period(DAY, DAY)) == {BEGUN: 5}
    assert store.totals("dordrecht", Period(DAY, DAY + timedelta(days=1))) == {BEGUN: 6}


def test_what_is_too_old_is_gone(store: Counts) -> None:
    store.add({Cell(DAY - timedelta(days=n), "dordrecht", BEGUN): 1 for n in range(3)})
    store.forget(DAY)
    assert store.totals("dordrecht", month(DAY)) == {BEGUN: 1}


def test_two_years() -> None:
    assert kept_from(date(2026, 11, 22)) == date(2024, 11, 22)
    assert kept_from(date(2028, 2, 29)) == date(2026, 3, 1)


def test_the_key_stays(tmp_path: Path, store: Counts) -> None:
    assert store.key() == store.key() and len(store.key()) == 32
    first = SqliteCounts(tmp_path / "sleutel.db")
    key = first.key()
    first.close()
    assert SqliteCounts(tmp_path / "sleutel.db").key() == key
    assert SqliteCounts(tmp_path / "ander.db").key() != key


def test_only_the_owner_can_read_the_file_and_deleted_rows_leave_it(tmp_path: Path) -> None:
    path = tmp_path / "telling.db"
    store = SqliteCounts(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    store.add({Cell(DAY, "dordrecht", Event("antwoord", "kwartelvraag")): 1})
    assert b"kwartelvraag" in path.read_bytes()
    store.forget(DAY + timedelta(days=1))
    assert b"kwartelvraag" not in b"".join(p.read_bytes() for p in tmp_path.iterdir())


def test_a_store_that_cannot_be_opened_says_what_to_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FILE_VARIABLE, str(tmp_path / "nergens" / "telling.db"))
    with pytest.raises(StoreError, match=FILE_VARIABLE):
        from_environment()
    monkeypatch.delenv(FILE_VARIABLE)
    assert isinstance(from_environment(), MemoryCounts)


def test_a_batch_goes_in_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "telling.db"
    store = SqliteCounts(path)
    store.add({Cell(DAY, "dordrecht", BEGUN): 1})
    with sqlite3.connect(path) as other:
        other.execute("CREATE TRIGGER vol BEFORE INSERT ON telling WHEN NEW.waarde = 'laatste' BEGIN SELECT RAISE(ABORT, 'x'); END")
    with pytest.raises(StoreError):
        store.add({Cell(DAY, "dordrecht", BEGUN): 1, Cell(DAY, "dordrecht", Event("vraag", "laatste")): 1})
    assert store.totals("dordrecht", Period(DAY, DAY)) == {BEGUN: 1}


# -- the recorder ----------------------------------------------------------------------------------------------------------------------


class Broken(MemoryCounts):
    """A store that fails as long as `down`."""

    down = True

    def add(self, batch: Mapping[Cell, int]) -> None:
        if self.down:
            raise StoreError("OperationalError")
        super().add(batch)


class Today:
    """A day that is set by hand."""

    def __init__(self) -> None:
        self.now = DAY

    def __call__(self) -> date:
        return self.now


def turn(before: State, after: State) -> Turn:
    """A turn of one action."""
    made = Turn()
    made.note(before.slots(), [{"event": "slot", "name": name, "value": value} for name, value in after.changes(before).items()])
    return made


FIRST = turn(State(), State(gelezen="1", gemeente="dordrecht"))


def recorder(store: Counts, today: Today | None = None, **more: Any) -> Recorder:
    """A recorder on a day that is set by hand."""
    return Recorder(store, CONTENT, day=today or Today(), **more)


def test_a_turn_is_the_slots_before_the_first_action_and_after_the_last() -> None:
    made = Turn()
    assert made.states() is None
    made.note({"gestart": None}, [{"event": "slot", "name": "gestart", "value": True}, {"event": "action", "name": "x"}])
    made.note({"gestart": True}, [{"event": "slot", "name": "afslag", "value": "nood"}])
    states = made.states()
    assert states == (State(), State(gestart=True, afslag="nood"))


def test_a_conversation_counts_once_and_another_one_too() -> None:
    store = MemoryCounts()
    it = recorder(store)
    for _ in range(5):
        it.turn("een", FIRST, [])
    it.turn("twee", FIRST, [])
    assert it.flush()
    assert store.totals("dordrecht", Period(DAY, DAY)) == {BEGUN: 2}


def test_what_a_conversation_was_counted_for_is_forgotten_with_it() -> None:
    now = [0.0]
    once = Once(lambda: now[0])
    assert once.first("een", frozenset({BEGUN})) == {BEGUN}
    assert once.first("een", frozenset({BEGUN})) == set()
    now[0] += IDLE_SECONDS
    once.expire()
    assert not once._had
    it = recorder(MemoryCounts(), seen=once)
    it.turn("twee", FIRST, [])
    it.turn("twee", turn(State(gelezen="1", gestart=True), State(gelezen="2", einde=STOP)), [])
    assert not once._had, "stopped is forgotten"
    it.turn("drie", FIRST, [])
    it.seen.forget("drie")
    assert not once._had


def test_a_store_that_is_down_loses_nothing_within_a_day_and_breaks_nothing() -> None:
    store, today = Broken(), Today()
    it = recorder(store, today)
    it.turn("een", FIRST, [])
    assert not it.flush()
    today.now += timedelta(days=1)
    assert not it.flush()
    store.down = False
    assert it.flush()
    assert it.flush()
    assert store.totals("dordrecht", Period(DAY, DAY)) == {BEGUN: 1}, "once, on its own day"


def test_a_day_that_may_be_shown_is_not_added_to_any_more() -> None:
    store, today = Broken(), Today()
    it = recorder(store, today)
    it.turn("een", FIRST, [])
    assert not it.flush()
    store.down, today.now = False, DAY + timedelta(days=2)
    assert it.flush()
    assert store.totals("dordrecht", month(DAY)) == {}
    assert it.lost == 1


def test_nothing_that_goes_wrong_reaches_the_conversation() -> None:
    class Bad:
        def first(self, *_: Any) -> Any:
            raise ZeroDivisionError

    it = Recorder(MemoryCounts(), CONTENT, seen=Bad(), day=Today())  # type: ignore[arg-type]
    it.turn("een", FIRST, [])
    assert it.lost == 1


def test_a_failure_of_ours_counts_also_when_no_action_ran() -> None:
    store = MemoryCounts()
    it = recorder(store)
    it.turn("een", Turn(), [], failed=True)
    it.flush()
    assert store.totals("anders", Period(DAY, DAY)) == {Event("vastgelopen", "storing"): 1}


def test_a_full_disk_keeps_the_batch_waiting(tmp_path: Path) -> None:
    path = tmp_path / "telling.db"
    store = SqliteCounts(path)
    store._db.execute("PRAGMA max_page_count = 4")
    it = recorder(store)
    for n, question in enumerate(CONTENT.questions):
        made = Turn()
        made.note(State(gelezen="1").slots(), [])
        for gemeente in CONTENT.maps:
            made._after["gemeente"] = gemeente
            it.turn(f"{n}{gemeente}", made, [{"text": "", "custom": {"type": "vraag", "id": question}}])
    waiting = sum(it._waiting.values())
    assert waiting == len(CONTENT.questions) * len(CONTENT.maps)
    assert not it.flush(), "full"
    assert sum(it._waiting.values()) == waiting
    store._db.execute("PRAGMA max_page_count = 100000")
    assert it.flush()
    total = sum(sum(store.totals(g, Period(DAY, DAY)).values()) for g in CONTENT.maps)
    assert total == waiting
    assert os.path.exists(path)
