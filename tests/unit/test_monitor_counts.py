"""Keeping counts: batches, two years, a lost store, and one conversation that counts once."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.content import load_content
from bot.dialogue.state import STOP, State
from bot.monitor.counts import (
    BATCH_DAYS,
    DATABASE_VARIABLE,
    FILE_VARIABLE,
    Cell,
    Counts,
    MemoryCounts,
    SqliteCounts,
    StoreError,
    from_environment,
)
from bot.monitor.disclose import CLOSED_DAYS, Period, kept_from
from bot.monitor.events import Event
from bot.monitor.recorder import BATCH_SECONDS, Recorder, Turn
from bot.monitor.seen import KIND, SeenOnShelf
from bot.shelf import IDLE_SECONDS
from bot.shelf.memory import MemoryShelf
from tests.clock import Clock
from tests.stores.on_clock import on_clock

CONTENT = load_content()
DAY = date(2026, 11, 22)
BEGUN = Event("gesprek", "begonnen")


def month(day: date) -> Period:
    """A period around a day."""
    return Period(day - timedelta(days=400), day + timedelta(days=400))


def new() -> str:
    """The id of a new batch."""
    return str(uuid.uuid4())


@pytest.fixture
def clock() -> Clock:
    """Noon of `DAY`."""
    return Clock(DAY)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Counts:
    """Each store, on the clock of the test."""
    if request.param == "memory":
        return MemoryCounts(clock.now)
    if request.param == "sqlite":
        return SqliteCounts(tmp_path / "telling.db", clock.now)
    return on_clock(request.getfixturevalue("postgres_url"), clock)


def test_counts_add_up(store: Counts, clock: Clock) -> None:
    cell = Cell(DAY, "dordrecht", BEGUN)
    assert store.add({cell: 2, Cell(DAY, "arnhem", BEGUN): 7}, new()) == 0
    clock.go(days=1)
    assert store.add({cell: 3, Cell(DAY + timedelta(days=1), "dordrecht", BEGUN): 1}, new()) == 0
    assert store.totals("dordrecht", Period(DAY, DAY)) == {BEGUN: 5}
    assert store.totals("dordrecht", Period(DAY, DAY + timedelta(days=1))) == {BEGUN: 6}
    assert store.now() == clock.moment


def test_a_batch_counts_once_however_often_it_is_handed_over(store: Counts, clock: Clock) -> None:
    cell, one, other = Cell(DAY, "dordrecht", BEGUN), new(), new()
    for _ in range(3):
        store.add({cell: 2}, one)
    clock.go(days=1)
    store.add({cell: 2}, one)
    store.add({cell: 5}, other)
    assert store.totals("dordrecht", month(DAY)) == {BEGUN: 7}


def test_the_ids_of_batches_are_thrown_away(tmp_path: Path, clock: Clock) -> None:
    store = SqliteCounts(tmp_path / "telling.db", clock.now)
    for _ in range(3 * BATCH_DAYS):
        store.add({Cell(clock.day(), "dordrecht", BEGUN): 1}, new())
        clock.go(days=1)
    assert store._db.execute("SELECT count(*) FROM partij").fetchone() == (BATCH_DAYS + 1,)
    assert BATCH_DAYS > 2 * CLOSED_DAYS, "longer than a batch is handed over"


def test_only_today_and_yesterday_are_open(store: Counts) -> None:
    days = [DAY + timedelta(days=n) for n in range(-4, 5)]
    assert store.add({Cell(day, "dordrecht", BEGUN): 2 for day in days}, new()) == 2 * 7
    assert [day for day in days if store.totals("dordrecht", Period(day, day))] == [DAY - timedelta(days=1), DAY]


def test_what_is_too_old_is_gone(store: Counts) -> None:
    store.add({Cell(DAY - timedelta(days=n), "dordrecht", BEGUN): 1 for n in range(2)}, new())
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
    store = SqliteCounts(path, Clock(DAY).now)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    store.add({Cell(DAY, "dordrecht", Event("antwoord", "kwartelvraag")): 1}, new())
    assert b"kwartelvraag" in path.read_bytes()
    store.forget(DAY + timedelta(days=1))
    assert b"kwartelvraag" not in b"".join(p.read_bytes() for p in tmp_path.iterdir())


def test_a_store_that_cannot_be_opened_says_what_to_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FILE_VARIABLE, str(tmp_path / "nergens" / "telling.db"))
    with pytest.raises(StoreError, match=FILE_VARIABLE):
        from_environment()
    monkeypatch.delenv(FILE_VARIABLE)
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    assert isinstance(from_environment(), MemoryCounts)


def test_counts_stand_in_one_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FILE_VARIABLE, str(tmp_path / "telling.db"))
    monkeypatch.setenv(DATABASE_VARIABLE, "postgresql://iemand:geheim-woord@127.0.0.1/routekaart")
    with pytest.raises(StoreError, match="Leave one of them out") as caught:
        from_environment()
    assert "geheim-woord" not in str(caught.value) and not (tmp_path / "telling.db").exists()


def test_a_batch_goes_in_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "telling.db"
    store = SqliteCounts(path, Clock(DAY).now)
    store.add({Cell(DAY, "dordrecht", BEGUN): 1}, new())
    with sqlite3.connect(path) as other:
        other.execute("CREATE TRIGGER vol BEFORE INSERT ON telling WHEN NEW.waarde = 'laatste' BEGIN SELECT RAISE(ABORT, 'x'); END")
    with pytest.raises(StoreError):
        store.add({Cell(DAY, "dordrecht", BEGUN): 1, Cell(DAY, "dordrecht", Event("vraag", "laatste")): 1}, failed := new())
    assert store.totals("dordrecht", Period(DAY, DAY)) == {BEGUN: 1}
    with sqlite3.connect(path) as other:
        other.execute("DROP TRIGGER vol")
    store.add({Cell(DAY, "dordrecht", BEGUN): 1}, failed)
    assert store.totals("dordrecht", Period(DAY, DAY)) == {BEGUN: 2}, "its id was not kept either"


def test_a_file_of_before_batches_had_ids_is_used_as_it_is(tmp_path: Path) -> None:
    path, now = tmp_path / "telling.db", Clock(DAY)
    first = SqliteCounts(path, now.now)
    first.add({Cell(DAY, "dordrecht", BEGUN): 4}, new())
    key = first.key()
    first._db.execute("DROP TABLE partij")
    first.close()
    again = SqliteCounts(path, now.now)
    again.add({Cell(DAY, "dordrecht", BEGUN): 1}, new())
    assert again.totals("dordrecht", Period(DAY, DAY)) == {BEGUN: 5} and again.key() == key


# -- the recorder ----------------------------------------------------------------------------------------------------------------------


class Broken(MemoryCounts):
    """A store that fails as long as `down`; with `deaf` it does what it is asked and says that it failed."""

    down = True
    deaf = False

    def add(self, batch: Mapping[Cell, int], batch_id: str) -> int:
        late = super().add(batch, batch_id) if self.deaf else 0
        if self.down:
            raise StoreError("OperationalError")
        return super().add(batch, batch_id) + late


def turn(before: State, after: State) -> Turn:
    """A turn of one action."""
    made = Turn()
    made.note(before.slots(), [{"event": "slot", "name": name, "value": value} for name, value in after.changes(before).items()])
    return made


FIRST = turn(State(), State(gelezen="1", gemeente="dordrecht"))


def recorder(store: Counts, clock: Clock, **more: Any) -> Recorder:
    """A recorder on the clock of the test."""
    return Recorder(store, CONTENT, **{"day": clock.day, "steady": clock.steady, **more})


def count(it: Recorder, sender: str, made: Turn = FIRST, said: Sequence[Mapping[str, Any]] = (), failed: bool = False) -> None:
    """One turn of a conversation."""
    asyncio.run(it.turn(sender, made, said, failed))


def test_a_turn_is_the_slots_before_the_first_action_and_after_the_last() -> None:
    made = Turn()
    assert made.states() is None
    made.note({"gestart": None}, [{"event": "slot", "name": "gestart", "value": True}, {"event": "action", "name": "x"}])
    made.note({"gestart": True}, [{"event": "slot", "name": "afslag", "value": "nood"}])
    states = made.states()
    assert states == (State(), State(gestart=True, afslag="nood"))


def test_a_conversation_counts_once_and_another_one_too(store: Counts, clock: Clock) -> None:
    it = recorder(store, clock)
    for _ in range(5):
        count(it, "een")
    count(it, "twee")
    assert it.flush()
    assert store.totals("dordrecht", Period(DAY, DAY)) == {BEGUN: 2}


def test_what_a_conversation_was_counted_for_is_forgotten_with_it(clock: Clock) -> None:
    shelf = MemoryShelf(clock.steady)
    seen = SeenOnShelf(shelf)
    assert asyncio.run(seen.first("een", frozenset({BEGUN}))) == {BEGUN}
    assert asyncio.run(seen.first("een", frozenset({BEGUN}))) == set()
    clock.go(seconds=IDLE_SECONDS + 1)
    assert asyncio.run(shelf.count(KIND)) == 0
    it = recorder(MemoryCounts(clock.now), clock, seen=seen)
    count(it, "twee")
    assert asyncio.run(shelf.count(KIND)) == 1
    count(it, "twee", turn(State(gelezen="1", gestart=True), State(gelezen="2", einde=STOP)))
    assert asyncio.run(shelf.count(KIND)) == 0, "stopped is forgotten"
    count(it, "drie")
    asyncio.run(it.seen.forget("drie"))
    assert asyncio.run(shelf.count(KIND)) == 0


@pytest.mark.parametrize("deaf", [False, True])
def test_a_store_that_is_down_loses_nothing_within_a_day_and_counts_nothing_twice(clock: Clock, deaf: bool) -> None:
    store = Broken(clock.now)
    store.deaf = deaf
    it = recorder(store, clock)
    count(it, "een")
    assert not it.flush()
    count(it, "twee")
    clock.go(days=1)
    assert not it.flush()
    assert it.waiting() == 2
    store.down = False
    assert it.flush()
    assert it.flush()
    assert store.totals("dordrecht", Period(DAY, DAY)) == {BEGUN: 2}, "once, on its own day"
    assert it.waiting() == it.lost == 0


def test_a_batch_that_a_store_may_have_takes_in_nothing_more(clock: Clock) -> None:
    store = Broken(clock.now)
    it = recorder(store, clock)
    count(it, "een")
    count(it, "twee")
    assert len(it._batches) == 1
    assert not it.flush()
    count(it, "drie")
    assert [sum(batch.counts.values()) for batch in it._batches] == [2, 1]
    assert len({batch.id for batch in it._batches}) == 2


def test_what_waits_long_is_kept_apart_so_that_it_counts_on_its_own_day(clock: Clock) -> None:
    class Away(MemoryCounts):
        """Can't be reached at all."""

    store = Away(clock.now)

    def away() -> Any:
        raise StoreError("ConnectionRefused")

    it = recorder(store, clock)
    store.now = away
    for sender in ("een", "twee"):
        count(it, sender)
        clock.go(days=1)
        assert not it.flush()
    assert BATCH_SECONDS < 24 * 3600
    store.now = clock.now
    clock.go(seconds=-1)
    assert it.flush()
    assert [store.totals("dordrecht", Period(day, day)) for day in (DAY, DAY + timedelta(days=1))] == [{}, {BEGUN: 1}]
    assert it.lost == 1, "the first one's day was closed by then"


def test_a_day_that_may_be_shown_is_not_added_to_any_more(clock: Clock) -> None:
    store = Broken(clock.now)
    it = recorder(store, clock)
    count(it, "een")
    assert not it.flush()
    store.down = False
    clock.go(days=2)
    assert it.flush()
    assert store.totals("dordrecht", month(DAY)) == {}
    assert it.lost == 1
    count(it, "twee")
    clock.go(days=3)
    assert it.flush()
    assert store.totals("dordrecht", month(DAY)) == {}
    assert it.lost == 2 and it.waiting() == 0


@pytest.mark.parametrize("off", [-400, -2, -1, 1, 2, 400])
def test_a_worker_with_a_wrong_clock_counts_on_the_day_of_the_store(store: Counts, clock: Clock, off: int) -> None:
    wrong = Clock(DAY + timedelta(days=off))
    it = recorder(store, clock, day=wrong.day)
    count(it, "een")
    wrong.set(DAY)  # mended before it is handed over
    assert it.flush()
    wrong.set(DAY + timedelta(days=off))
    count(it, "twee")
    assert it.flush()
    assert store.totals("dordrecht", month(DAY)) == store.totals("dordrecht", Period(DAY, DAY)) == {BEGUN: 2}
    assert it.today() == DAY + timedelta(days=min(off, 0)), "a clock that is ahead shows nothing early"


@pytest.mark.parametrize("whose", ["store", "worker"])
def test_a_clock_that_is_far_ahead_throws_nothing_away(clock: Clock, whose: str, caplog: pytest.LogCaptureFixture) -> None:
    ahead = Clock(DAY)
    store = MemoryCounts(ahead.now if whose == "store" else clock.now)
    it = recorder(store, clock, day=clock.day if whose == "store" else ahead.day)
    count(it, "een")
    assert it.flush()
    assert not caplog.text
    ahead.set(DAY + timedelta(days=5000))
    assert it.flush()
    assert "clocks differ by 5000 days" in caplog.text
    assert store.totals("dordrecht", Period(DAY, DAY)) == {BEGUN: 1}
    ahead.set(DAY)
    clock.go(days=5000)
    ahead.set(clock.day())
    assert it.flush()
    assert store.totals("dordrecht", Period(DAY, DAY)) == {}, "after two years by both it is"


def test_nothing_that_goes_wrong_reaches_the_conversation(clock: Clock) -> None:
    class Bad:
        async def first(self, *_: Any) -> Any:
            raise ZeroDivisionError

    it = recorder(MemoryCounts(clock.now), clock, seen=Bad())
    count(it, "een")
    assert it.lost == 1


def test_a_failure_of_ours_counts_also_when_no_action_ran(store: Counts, clock: Clock) -> None:
    it = recorder(store, clock)
    count(it, "een", Turn(), failed=True)
    it.flush()
    assert store.totals("anders", Period(DAY, DAY)) == {Event("vastgelopen", "storing"): 1}


def test_the_last_of_it_is_handed_over_at_the_end(tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    it = recorder(SqliteCounts(tmp_path / "telling.db", clock.now), clock)
    count(it, "een")
    it.close()
    assert SqliteCounts(tmp_path / "telling.db").totals("dordrecht", Period(DAY, DAY)) == {BEGUN: 1}
    assert not caplog.text
    broken = recorder(Broken(clock.now), clock)
    count(broken, "een")
    broken.close()
    assert "counts are lost" in caplog.text


def test_a_full_disk_keeps_the_batch_waiting(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "telling.db"
    store = SqliteCounts(path, clock.now)
    store._db.execute("PRAGMA max_page_count = 5")
    it = recorder(store, clock)
    for n, question in enumerate(CONTENT.questions):
        made = Turn()
        made.note(State(gelezen="1").slots(), [])
        for gemeente in CONTENT.maps:
            made._after["gemeente"] = gemeente
            count(it, f"{n}{gemeente}", made, [{"text": "", "custom": {"type": "vraag", "id": question}}])
    waiting = it.waiting()
    assert waiting == len(CONTENT.questions) * len(CONTENT.maps)
    assert not it.flush(), "full"
    assert it.waiting() == waiting
    store._db.execute("PRAGMA max_page_count = 100000")
    assert it.flush()
    total = sum(sum(store.totals(g, Period(DAY, DAY)).values()) for g in CONTENT.maps)
    assert total == waiting
    assert os.path.exists(path)
