"""Counts in a file on a disk that is really full: a file system of a megabyte, mounted for the test (Linux, as root)."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.content import load_content
from bot.dialogue.state import State
from bot.monitor.counts import BATCH_DAYS, Cell, SqliteCounts, StoreError
from bot.monitor.disclose import Period
from bot.monitor.events import Event
from bot.monitor.recorder import Recorder, Turn, today
from tests.clock import Clock
from tests.engines import could_not_run

CONTENT = load_content()
EVENTS = [Event("vraag", name) for name in CONTENT.questions]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """An empty disk of one megabyte."""
    place = tmp_path / "schijf"
    place.mkdir()
    why = "only root on Linux can make a disk that is small" if sys.platform != "linux" or os.geteuid() != 0 else ""
    if not why:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True, text=True, check=False)
        why = "" if done.returncode == 0 else f"mount: {' '.join(done.stderr.split())}"
    if why:
        could_not_run("a small disk", why)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk: Path) -> Path:
    """Leave no room at all."""
    filler = disk / "vol"
    with filler.open("ab", buffering=0) as out:
        for size in (65_536, 4096, 1):
            try:
                while out.write(b"x" * size) == size:
                    pass
            except OSError:
                continue
    assert os.statvfs(disk).f_bavail == 0
    return filler


def whole(path: Path) -> dict[tuple[str, str], int]:
    """All counts as another program reads them; the file is sound."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {(gemeente, value): n for gemeente, value, n in file.execute("SELECT gemeente, waarde, aantal FROM telling")}


def asked(it: Recorder, sender: str) -> None:
    """A conversation in every municipality in which every question was asked: thousands of cells."""
    for gemeente in CONTENT.maps:
        for question in CONTENT.questions:
            made = Turn()
            made.note(State(gelezen="1", gemeente=gemeente).slots(), [])
            asyncio.run(it.turn(f"{sender}-{gemeente}-{question}", made, [{"text": "", "custom": {"type": "vraag", "id": question}}]))


def test_a_full_disk_leaves_nothing_half_written_and_counting_goes_on_when_there_is_room(disk: Path) -> None:
    path = disk / "telling.db"
    store = SqliteCounts(path)
    it = Recorder(store, CONTENT)
    asked(it, "een")
    assert it.flush()
    before = whole(path)
    assert before == {(gemeente, event.value): 1 for gemeente in CONTENT.maps for event in EVENTS}
    filler = fill(disk)
    asked(it, "twee")
    waiting = it.waiting()
    for _ in range(3):
        assert not it.flush()
        assert whole(path) == before and it.waiting() == waiting
    assert store.totals("dordrecht", Period(today(), today())) == {event: before["dordrecht", event.value] for event in EVENTS}, (
        "it can still be read"
    )
    asked(it, "drie")
    filler.unlink()
    assert it.flush()
    assert whole(path) == dict.fromkeys(before, 3)
    assert it.waiting() == it.lost == 0


def test_a_disk_that_fills_up_while_counting_takes_whole_batches_only(disk: Path) -> None:
    path = disk / "telling.db"
    clock = Clock(today())
    store = SqliteCounts(path, clock.now)
    batch = {("dordrecht", Event("vraag", f"v{n}-{'x' * 100}")): 1 for n in range(200)}
    came: list[int] = []

    def until_full() -> None:
        for n in range(1000):
            cells = {Cell(clock.day(), gemeente, Event(event.kind, f"{n}{event.value}")): 1 for (gemeente, event) in batch}
            store.add(cells, str(uuid.uuid4()))
            came.append(n)

    with pytest.raises(StoreError):
        until_full()
    assert 1 < len(came) < 1000
    assert len(whole(path)) == len(batch) * len(came)
    assert {value.split("v")[0] for _, value in whole(path)} == {str(n) for n in came}
    store.close()
    again = SqliteCounts(path, clock.now)  # a server that starts again finds it as it was
    assert len(whole(path)) == len(batch) * len(came)
    assert len(again.key()) == 32


def test_throwing_away_on_a_full_disk_is_all_or_nothing(disk: Path) -> None:
    path, clock = disk / "telling.db", Clock(today())
    store = SqliteCounts(path, clock.now)
    for n in range(20):
        store.add({Cell(clock.day(), "dordrecht", Event("vraag", f"{n}-{m}-{'x' * 60}")): 1 for m in range(100)}, str(n))
        clock.go(days=1)
    before = whole(path)
    filler = fill(disk)
    try:
        store.forget(clock.day() - timedelta(days=BATCH_DAYS))
        assert len(whole(path)) < len(before)
    except StoreError:
        assert whole(path) == before
    filler.unlink()
    store.forget(clock.day())
    assert whole(path) == {}


def test_a_server_starts_on_a_full_disk_with_the_counts_it_has(disk: Path) -> None:
    path = disk / "telling.db"
    first = SqliteCounts(path)
    first.add({Cell(today(), "dordrecht", EVENTS[0]): 3}, "een")
    key = first.key()
    first.close()
    filler = fill(disk)
    again = SqliteCounts(path)
    assert again.key() == key
    it = Recorder(again, CONTENT)
    asked(it, "een")
    assert not it.flush()
    filler.unlink()
    assert it.flush()
    assert whole(path)["dordrecht", EVENTS[0].value] == 4
