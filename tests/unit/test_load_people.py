"""The people of the load against real servers: this project with its trained model, the empty route of the bench, and lines that fail."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psutil
import pytest
from redis import Redis

from tests.engines import could_not_run
from tests.line import line
from tools import load_figures, load_people, load_servers
from tools.bench import floor_system
from tools.bench_load import BenchError, Turn
from tools.bench_servers import free_port
from tools.load import Watched, talk
from tools.load_journeys import Journey, Line, plans
from tools.load_people import Crowd, Kept, Place, RestTalk, WidgetTalk
from tools.load_report import ONE
from tools.load_servers import System
from tools.train import model_path


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    if not model_path().exists():
        pytest.fail("There is no trained model for these sources. Run: make train", pytrace=False)
    with load_servers.own(ONE, 1, redis=False) as running:
        yield running
    assert all(child.process.poll() is not None for child in running.children)


@pytest.fixture(scope="module")
def journeys(system: System) -> list[Journey]:
    return asyncio.run(load_people.record_all(system.place, plans(), "record"))


def named(journeys: list[Journey], name: str) -> Journey:
    return next(journey for journey in journeys if journey.name == name)


def sent(place: Place, journey: Journey, person: int = 1) -> Kept:
    """A conversation without any thinking; with as few turns as the limit of the server allows at once."""
    crowd = Crowd(1, 60.0, quicker=10_000, seed=f"{person}", conversations=1)
    kept, _, _ = asyncio.run(load_people.run(place, [journey], crowd))
    return kept


def test_people_get_the_conversations_that_were_recorded(system: System, journeys: list[Journey]) -> None:
    assert {journey.name for journey in journeys} == {plan.name for plan in plans()}
    assert all(line.kinds and line.words for journey in journeys for line in journey.lines)
    (watched,) = talk([(system, Crowd(10, 4.0, quicker=40, seed="some"))], journeys, every=1.0)
    kept = watched.kept
    assert load_figures.counted(kept.samples) == {}
    assert kept.conversations >= 10
    assert len(watched.points) >= 4
    assert [point.turns for point in watched.points] == sorted(point.turns for point in watched.points)
    found = load_figures.phase(system.id, 10, 40, kept, watched.window, watched.used())
    assert found.turns > 10
    assert found.cpu_ms is not None and found.p50 is not None
    assert found.rss > 100_000_000
    assert found.cpu_ms > 0.1


def test_a_reply_of_another_kind_is_an_error_and_ends_the_conversation(system: System, journeys: list[Journey]) -> None:
    right = named(journeys, "alleen_een_vraag")
    wrong = replace(right, lines=(replace(right.lines[0], kinds=("nood:",)), *right.lines[1:]))
    assert [sample.error for sample in sent(system.place, wrong).samples] == ["another reply"]
    kept = sent(system.place, right)
    assert [sample.error for sample in kept.samples] == [None] * len(right.lines)
    assert kept.finished == 1


def test_a_lost_answer_is_asked_for_again_and_neither_lost_nor_doubled(
    system: System, journeys: list[Journey], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_people, "PAUSES", (0.1,))
    journey = named(journeys, "alleen_een_vraag")
    with line(int(system.place.urls[0].rpartition(":")[2])) as between:
        between.lose_answer_to(b'"nummer": 2')
        kept = sent(Place("line", (f"http://127.0.0.1:{between.port}",)), journey)
        assert between.lost == 1
    assert [sample.error for sample in kept.samples] == [None] * len(journey.lines)
    assert sum(kept.refused.values()) == 1


def test_who_is_asked_to_wait_waits_and_is_answered(system: System) -> None:
    texts = ["mag ik anoniem blijven"] * 8
    kept = asyncio.run(load_people.long_conversation(system.place, {"rol": "leerkracht"}, texts, 0.0, 7, "long"))
    assert [sample.error for sample in kept.samples] == [None] * 8
    assert kept.refused["status 429"] > 0
    assert max(sample.seconds for sample in kept.samples) >= load_people.BUSY_SECONDS - 0.1  # the waiting is part of it


def test_the_server_tells_people_apart_by_their_addresses(system: System) -> None:
    async def begin(addresses: list[str]) -> list[int]:
        async with load_people.world(system.place, "addresses") as there:
            return [(await there.post("/gesprek/begin", {}, 10.0, **{"X-Forwarded-For": address}))[0] for address in addresses]

    assert set(asyncio.run(begin([load_people.address_of(number) for number in range(1000, 1200)]))) == {200}
    assert 429 in asyncio.run(begin([load_people.address_of(2000)] * 400))


def test_a_conversation_that_the_server_does_not_know_is_lost_at_once(system: System) -> None:
    async def out_of_step() -> None:
        async with load_people.world(system.place, "step") as there:
            one = WidgetTalk(there, {}, load_people.address_of(3000))
            await one.say("hallo")
            one.number += 5
            with pytest.raises(load_people.Lost, match="status 409"):
                await one.say("hallo")
            assert not there.kept.refused

    asyncio.run(out_of_step())


def test_where_nobody_listens_people_give_up_and_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_people, "PAUSES", (0.05,))
    monkeypatch.setattr(load_people, "GIVE_UP", 0.3)
    place, journey = Place("nobody", (f"http://127.0.0.1:{free_port()}",)), Journey("x", 1, {}, (Line("hallo"), Line("dag")))
    kept, _, _ = asyncio.run(load_people.run(place, [journey], Crowd(2, 60.0, quicker=10_000)))
    assert [sample.error for sample in kept.samples] == ["gave up"] * 2 * load_people.MOST_UNANSWERED
    assert sum(kept.refused.values()) > 6
    with pytest.raises(BenchError, match=r"recording .* not answered"):
        asyncio.run(load_people.record_all(place, plans()[:1], "record"))


def test_what_is_not_answered_by_the_end_counts_with_the_time_that_was_waited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_people, "DRAIN", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = Place("silent", (f"http://127.0.0.1:{silent.getsockname()[1]}",))
        crowd = Crowd(3, 0.5, quicker=10_000)
        kept, began, ended = asyncio.run(load_people.run(place, [Journey("x", 1, {}, (Line("hallo"),))], crowd))
    assert [sample.error for sample in kept.samples] == ["not answered by the end"] * 3
    assert all(sample.began + sample.seconds >= ended for sample in kept.samples)
    assert ended - began >= 0.5


def test_the_rest_channel_is_asked_once_and_its_reply_is_not_compared() -> None:
    journey = Journey("x", 1, {}, (Line("hallo", ("iets anders:",)), Line("/tik")))
    with floor_system((Turn("hallo", 400), Turn("/tik", 4000))) as floor:
        kept = sent(Place("floor", (floor.target.url,), widget=False), journey)
        assert [sample.error for sample in kept.samples] == [None, None]

        async def refused() -> None:
            async with load_people.world(Place("floor", (f"{floor.target.url}/elders",), widget=False), "x") as there:
                with pytest.raises(load_people.Unanswered, match=r"status 404"):
                    await RestTalk(there).say("hallo")

        asyncio.run(refused())


def test_a_system_that_ended_is_named(system: System) -> None:
    with floor_system((Turn("hallo", 400),)) as floor:
        one = System("x", Place("x", (floor.target.url,), widget=False), floor.children)
        one.check()
        assert one.reading().rss > 1_000_000
        floor.children[0].process.kill()
        floor.children[0].process.wait(20)
        with pytest.raises(BenchError, match="stopped"):
            one.check()
    system.check()


def test_watching_keeps_what_was_used_between_two_moments() -> None:
    here = System("x", Place("x", ()), ())
    watched = Watched(here)
    watched(0.0, Kept())
    watched(1.0, Kept(samples=[load_people.Sample(0.0, 0.1, 1), load_people.Sample(0.0, 0.1, 2, error="gave up")]))
    assert [(point.seconds, point.turns) for point in watched.points] == [(0.0, 0), (1.0, 1)]
    assert watched.used().client >= 0


def test_redis_writes_nothing_and_ends_with_the_load() -> None:
    if not load_servers.has_redis():
        raise could_not_run("redis-server", "redis-server is missing")
    before = set(os.listdir())
    with load_servers.redis_server() as (running, port):
        pid = running.process.pid
        first = load_servers.used_by_redis(port)
        Redis(host="127.0.0.1", port=port).set("x", "y" * 1_000_000)
        assert load_servers.used_by_redis(port) > first + 900_000
    deadline = time.monotonic() + 20
    while psutil.pid_exists(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not psutil.pid_exists(pid)
    assert set(os.listdir()) == before


def test_memory_shared_by_processes_is_counted_for_its_part(system: System) -> None:
    found: Any = load_servers.proportional(system.children)
    if found is not None:  # Linux only
        assert 0 < found <= system.reading().rss * 1.05
