"""Redis and PostgreSQL away, back, hanging, with a full disk: danger is always answered, and nothing that was answered is lost or done twice."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.contract.page import Visitor
from tests.contract.support import Answer, Server, call, post_json
from tests.engines import PostgresServer, RedisServer, could_not_run, postgres_server, redis_server
from tests.faults.people import DANGER, STORY, Person, Workers, kinds, workers

EMERGENCY = "112"


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis that keeps its data over a restart."""
    with redis_server(tmp_path_factory.mktemp("redis"), appendonly=True) as engine:
        yield engine


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A PostgreSQL of this module."""
    with postgres_server(tmp_path_factory.mktemp("postgres")) as engine:
        yield engine


@pytest.fixture(scope="module")
def database(postgres: PostgresServer) -> str:
    """A database for the counts."""
    return postgres.database()


@pytest.fixture(scope="module")
def one(redis: RedisServer, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """One worker on both."""
    with workers(tmp_path_factory.mktemp("workers"), {"REDIS_URL": redis.url, "DATABASE_URL": database}, count=1) as them:
        yield them


@pytest.fixture
def server(one: Workers) -> Server:
    """The worker itself."""
    return one.servers[0]


def comes_back(ask: Callable[[], Answer], status: int = 200) -> None:
    """Wait until it is answered again."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if ask().status == status:
            return
        time.sleep(0.1)
    raise AssertionError("not back")


def ready(server: Server) -> Answer:
    """What the host asks."""
    return call(server, "GET", "/readyz")


@contextmanager
def down(redis: RedisServer, server: Server) -> Iterator[None]:
    """Redis is killed meanwhile, and started again after."""
    redis.kill()
    assert ready(server).status == 503
    try:
        yield
    finally:
        redis.restart()
        comes_back(lambda: ready(server))


def rest(server: Server, sender: str, text: str) -> list[dict[str, object]]:
    """One message over the contract."""
    answer = post_json(server, "/webhooks/rest/webhook", {"sender": sender, "message": text, "metadata": {"rol": "leerkracht"}})
    assert answer.status == 200
    found: list[dict[str, object]] = answer.json
    return found


def typed(visitor: Visitor) -> list[str]:
    """What the page shows as said by the user."""
    return [" ".join(bubble.split()).removeprefix("Jij schreef: ") for bubble in visitor.page.said("gebruiker")]


def test_without_redis_danger_gets_the_emergency_card_on_every_way_in(one: Workers, redis: RedisServer, server: Server) -> None:
    talking, page = Person(one), Visitor(server)
    talking.walk(3)
    page.say(STORY)
    with down(redis, server):
        for person in (talking, Person(one)):
            status, answer = person.once(DANGER)
            assert status == 503
            assert kinds(answer["berichten"]) == {"nood"}
            assert EMERGENCY in answer["berichten"][0]["text"]
        for visitor in (page, Visitor(server)):
            visitor.send(visitor.filled(DANGER))
            assert visitor.answer.status == 503
            assert "nood" in visitor.page.cards
            assert visitor.page.draft == DANGER
        assert kinds(rest(server, "rest-gevaar", DANGER)) == {"nood"}
        assert call(server, "GET", "/healthz").status == 200
    reply = talking.say(DANGER)
    assert "nood" in kinds(reply), "and in the conversation itself once it can be kept again"


def test_without_redis_anything_else_gets_a_clear_answer_and_is_answered_once_after(
    one: Workers, redis: RedisServer, server: Server
) -> None:
    reference, person = Person(one), Person(one)
    reference.walk()
    person.walk(1)
    page = Visitor(server)
    page.say(STORY)
    with down(redis, server):
        status, answer = person.once("nee hoor")
        assert (status, answer["fout"]) == (503, "storing")
        assert "0800-2000" in answer["tekst"] and EMERGENCY in answer["tekst"]
        assert "berichten" not in answer
        page.send(page.filled("Ze is ook vaak alleen."))
        assert page.answer.status == 503
        assert "0800-2000" in page.page.text
        assert page.page.draft == "Ze is ook vaak alleen."
        said = rest(server, "rest-gewoon", STORY)
        assert "0800-2000" in str(said[0]["text"])
    person.walk()
    assert json.dumps(person.replies) == json.dumps(reference.replies)
    assert person.retold == 0
    again = page.send(page.filled(page.page.draft))
    assert again.status == 200
    assert typed(page) == [STORY, "Ze is ook vaak alleen."], "the conversation of before is still there"


def test_a_redis_that_hangs_does_not_keep_danger_waiting(one: Workers, redis: RedisServer, server: Server) -> None:
    person = Person(one)
    person.say(STORY)
    with redis.frozen():
        status, answer = person.once(DANGER)
        assert (status, kinds(answer["berichten"])) == (503, {"nood"})
    comes_back(lambda: ready(server))
    assert "nood" in kinds(person.say(DANGER))


def test_a_redis_that_lost_everything_is_told_again_by_the_widget_and_the_page_keeps_what_was_typed(tmp_path: Path) -> None:
    with redis_server(tmp_path / "redis") as forgetful, workers(tmp_path / "workers", {"REDIS_URL": forgetful.url}, count=1) as them:
        reference, person, page = Person(them), Person(them), Visitor(them.servers[0])
        reference.walk()
        person.walk(4)
        page.say(STORY)
        forgetful.kill()
        forgetful.restart()
        comes_back(lambda: ready(them.servers[0]))
        person.walk()
        assert person.retold == 1
        assert json.dumps(person.replies) == json.dumps(reference.replies)
        page.send(page.filled(DANGER))
        assert page.page.draft == DANGER
        assert "nood" in page.page.cards, "expired, but danger is read"
        page.send(page.filled(page.page.draft))
        assert "nood" in page.page.cards
        assert typed(page) == [DANGER]


def test_with_every_store_down_also_at_the_start_the_emergency_card_comes(
    tmp_path: Path, redis: RedisServer, postgres: PostgresServer, database: str
) -> None:
    redis.kill()
    postgres.kill()
    try:
        with workers(tmp_path, {"REDIS_URL": redis.url, "DATABASE_URL": database}, count=1) as them:
            server = them.servers[0]
            assert ready(server).status == 503
            status, answer = Person(them).once(DANGER)
            assert (status, kinds(answer["berichten"])) == (503, {"nood"})
            visitor = Visitor(server)
            visitor.send(visitor.filled(DANGER))
            assert "nood" in visitor.page.cards
            assert kinds(rest(server, "rest", DANGER)) == {"nood"}
            assert "REDIS_URL" in server.log(), "who hosts it is told what is missing"
            redis.restart()
            postgres.restart()
            comes_back(lambda: ready(server))
            person = Person(them)
            person.say(STORY)
            assert "routekaart" in kinds(person.to_the_card()), "and it goes on by itself"
    finally:
        if not redis.answers():
            redis.restart()
        if not postgres.answers():
            postgres.restart()


def test_without_postgresql_people_talk_on_and_are_counted_once_after(tmp_path: Path, redis: RedisServer, postgres: PostgresServer) -> None:
    url = postgres.database()
    with workers(tmp_path, {"REDIS_URL": redis.url, "DATABASE_URL": url}, count=1) as them:
        postgres.kill()
        people = [Person(them) for _ in range(3)]
        for person in people:
            person.say(STORY)
            person.to_the_card()
        postgres.restart()
        them.servers[0].process.terminate()
        them.servers[0].process.wait(30)
        rows = postgres.run("SELECT soort, waarde, SUM(aantal) FROM telling GROUP BY soort, waarde", url=url)
    cards = [count for kind, _, count in rows if kind == "contact"]
    assert cards == [3], rows


# -- a full disk --------------------------------------------------------------------------------------------------------------------


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own of so many megabytes; needs root (Linux)."""
    folder.mkdir(parents=True)
    mounted = os.geteuid() == 0 and shutil.which("mount") is not None
    if mounted:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
        )
        mounted = done.returncode == 0
    if not mounted:
        raise could_not_run("a small file system", "mounting one needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)


def fill(folder: Path) -> Path:
    """Fill the file system to the last byte."""
    path = folder / "vol"
    with path.open("wb", buffering=0) as file:
        for piece in (1 << 16, 1 << 10, 1):
            try:
                while True:
                    file.write(b"x" * piece)
            except OSError:
                continue
    return path


def test_a_full_disk_of_redis_is_an_outage_and_no_loss(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "disk", 8) as disk,
        redis_server(disk / "redis", appendonly=True) as redis,
        workers(tmp_path / "workers", {"REDIS_URL": redis.url}, count=1) as them,
    ):
        person = Person(them)
        person.walk(2)
        full = fill(disk)
        status, answer = person.once("nee hoor")
        deadline = time.monotonic() + 20
        while status == 200 and time.monotonic() < deadline:  # what Redis had room for is answered
            person.number += 1
            status, answer = person.once("nee hoor")
        assert status == 503
        status, answer = person.once(DANGER)
        assert (status, kinds(answer["berichten"])) == (503, {"nood"})
        full.unlink()
        if not redis.answers():
            redis.restart()
        assert "nood" in kinds(person.say(DANGER))
        assert person.retold == 0


def test_a_full_disk_under_the_counts_and_the_log_stops_nobody(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 2) as disk:
        (disk / "logs").mkdir()
        counts = disk / "telling.db"
        with workers(disk / "logs", {"ROUTEKAART_MONITOR_FILE": str(counts)}, count=1) as them:
            fill(disk)
            person = Person(them)
            person.say(STORY)
            assert "routekaart" in kinds(person.to_the_card())
            assert "nood" in kinds(Person(them).say(DANGER))
