"""Two workers on one Redis: killed, restarted, with a wrong clock, with a new model. Nobody loses an answer, and nobody gets one twice."""

from __future__ import annotations

import json
import tarfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.server import model_file
from tests.contract.support import call
from tests.engines import NOT_RUN, RedisServer, could_not_run, faked, redis_server
from tests.faults.people import DANGER, STORY, TURNS, Person, Workers, all_at_once, kinds, workers
from tools.train import model_path

PEOPLE = 50


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis of this module."""
    with redis_server(tmp_path_factory.mktemp("redis")) as engine:
        yield engine


@pytest.fixture(scope="module")
def two(redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """Two workers, of which some tests kill one."""
    with workers(tmp_path_factory.mktemp("workers"), {"REDIS_URL": redis.url}) as them:
        yield them


@pytest.fixture
def both(two: Workers) -> Workers:
    """Two workers that live."""
    while len([s for s in two.servers if s.process.poll() is None]) < 2:
        two.start()
    return two


def bare(replies: list[list[dict[str, object]]]) -> str:
    """Replies as one text, to compare."""
    return json.dumps(replies, sort_keys=True)


def test_a_conversation_goes_on_at_any_worker(both: Workers) -> None:
    alone = Person(both)
    undisturbed = bare(alone.walk())
    assert "routekaart" in kinds(alone.to_the_card())
    assert alone.refusals.count(409) + alone.refusals.count(410) == 0
    others = all_at_once([Person(both).walk for _ in range(8)])
    assert {bare(replies) for replies in others} == {undisturbed}


def test_one_worker_is_killed_while_fifty_people_talk(both: Workers) -> None:
    """Everybody gets the replies of a conversation in which nothing happened: none lost, none twice, none told again."""
    reference = bare(Person(both).walk())
    people = [Person(both) for _ in range(PEOPLE)]
    victim = next(s for s in both.servers if s.process.poll() is None)
    killed_at: list[int] = []

    def kill() -> None:
        while sum(len(p.replies) for p in people) < PEOPLE * 2:
            time.sleep(0.005)
        both.kill(victim)
        killed_at.append(sum(len(p.replies) for p in people))

    watcher = threading.Thread(target=kill, daemon=True)
    watcher.start()
    walked = all_at_once([person.walk for person in people])
    watcher.join(5)
    assert killed_at and killed_at[0] < PEOPLE * TURNS * 0.8, "it was killed in the middle"
    assert [bare(replies) == reference for replies in walked] == [True] * PEOPLE
    assert sum(p.retold for p in people) == 0
    assert not {409, 410} & {status for p in people for status in p.refusals}


def test_the_same_message_at_two_workers_at_once_is_answered_once(both: Workers) -> None:
    person = Person(both)
    person.walk(2)
    answers = all_at_once([lambda: person.once("nee hoor, niks aan de hand") for _ in range(6)])
    assert [status for status, _ in answers] == [200] * 6
    assert len({json.dumps(body, sort_keys=True) for _, body in answers}) == 1
    assert answers[0][1]["nummer"] == 3


def test_a_worker_that_is_stopped_finishes_what_it_began(both: Workers) -> None:
    server = both.start()
    both.servers.remove(server)  # asked by this test only
    alone = Workers(both.folder, both.environment)
    alone.servers = [server]
    people = [Person(alone) for _ in range(6)]
    for person in people:
        person._begin()
    answers: list[int] = []
    threads = [threading.Thread(target=lambda p=person: answers.append(p.once(STORY)[0])) for person in people]
    for thread in threads:
        thread.start()
    time.sleep(0.05)  # some are in hand by then, some are not; what was answered must be the same either way
    server.process.terminate()
    for thread in threads:
        thread.join(30)
    server.process.wait(30)
    assert server.process.returncode == 0
    for person in people:  # what was cut off before it was taken in is sent again, to the others
        person.workers = both
        assert person.say(STORY)
        assert person.retold == 0


@pytest.mark.parametrize("seconds", [7200, -86400])
def test_a_worker_with_a_wrong_clock_neither_forgets_nor_keeps_too_much(both: Workers, seconds: int) -> None:
    wrong = faked(seconds)
    if wrong is None:
        raise could_not_run("libfaketime", NOT_RUN["libfaketime"])
    reference = bare(Person(both).walk())
    right = next(s for s in both.servers if s.process.poll() is None)
    server = both.start(**wrong)
    pair = Workers(both.folder, both.environment)
    pair.servers = [right, server]
    try:
        person = Person(pair)
        assert bare(person.walk()) == reference
        assert person.retold == 0
    finally:
        both.servers.remove(server)
        both.kill(server)


def other_model(folder: Path) -> Path:
    """A model that is another: with one more slot, as a newer version of the assistant might have."""
    made = folder / "nieuw.tar.gz"
    with tarfile.open(model_path()) as old:
        old.extractall(folder / "model")
    changed = 0
    for path in (folder / "model").rglob("domain.yml"):
        text = path.read_text(encoding="utf8")
        path.write_text(
            text.replace(
                "\nslots:\n",
                "\nslots:\n  later_bedacht:\n    type: any\n    influence_conversation: false\n    mappings:\n    - type: custom\n",
                1,
            ),
            encoding="utf8",
        )
        changed += path.read_text(encoding="utf8") != text
    assert changed
    with tarfile.open(made, "w:gz") as new:
        for part in sorted((folder / "model").iterdir()):
            new.add(part, part.name)
    model_file.write(made)
    return made


def test_a_new_model_while_people_talk(both: Workers, tmp_path: Path) -> None:
    """Half-way a conversation the workers are replaced, one after the other; it goes on where it was, and new ones use the new model."""
    reference = Person(both)
    reference.walk()
    halfway = [Person(both) for _ in range(5)]
    for person in halfway:
        person.walk(3)
    before = list(both.servers)
    model = other_model(tmp_path)
    for old in before:
        if old.process.poll() is None:
            new = both.start(ROUTEKAART_MODEL=str(model))
            old.process.terminate()
            old.process.wait(30)
            status = call(new, "GET", f"/status?token={both.token}").json
            assert status["model_file"] == model.name
    for person in halfway:
        person.walk()
        assert bare(person.replies) == bare(reference.replies)
        assert person.retold == 0
        assert "routekaart" in kinds(person.to_the_card())
    fresh = Person(both)
    assert bare(fresh.walk()) == bare(reference.replies)
    assert "nood" in kinds(Person(both).say(DANGER))
