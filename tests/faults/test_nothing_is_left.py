"""A thousand conversations full of names: none of those names stands in any store, log, figure or count, while they go on and after."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis as plain

from tests.contract.page import Visitor
from tests.contract.support import call
from tests.engines import postgres_server, redis_server
from tests.faults.people import Person, workers

CONVERSATIONS = 1000
MONITOR, METRICS = "bekijk-de-aantallen-0123", "meet-de-machine-0123"
#: names that stand nowhere in the program, its content or its documentation
FIRST = ("Zebedeus", "Quirijntje", "Wolfertine", "Hildegondus", "Yfkeline", "Xaveriusje", "Oktaviaan", "Ulbertha")
LAST = ("Kwastelaar", "Vlinderbos", "Zwaluwenburgh", "Quispelaere", "Droogendijck", "Ypenstroom", "Wouwermansz", "Fluitekruid")
STREET = ("Pimpernellaan", "Kwikstaartsingel", "Wolvenmeent")
NUMBERS = ("06-48151623", "078-6135792", "111222333")


def stories(number: int) -> list[str]:
    """What one person tells."""
    pick = random.Random(number)
    first, last, street, phone = pick.choice(FIRST), pick.choice(LAST), pick.choice(STREET), pick.choice(NUMBERS)
    return [
        f"Ik maak me zorgen over {first} {last} uit groep 5, {first.lower()} woont aan de {street} {number % 90 + 1} en heeft honger.",
        f"De moeder van {first} heet {last.lower()}, haar nummer is {phone} en ze mailt met {first}.{last}@{street}.nl.",
    ]


def traces() -> list[str]:
    """What must not be found, in lower case."""
    digits = [number.replace("-", "") for number in NUMBERS]
    return [word.lower() for word in (*FIRST, *LAST, *STREET, *NUMBERS, *digits)]


def found(where: str, text: str) -> list[str]:
    """The traces in a text."""
    low = text.lower()
    return [f"{where}: {word}" for word in traces() if word in low]


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Everything that can be read after a thousand conversations, by where it stands."""
    folder = tmp_path_factory.mktemp("niets")
    where: dict[str, str] = {}
    with (
        redis_server(folder / "redis", appendonly=True, more=["--loglevel", "debug", "--slowlog-log-slower-than", "0"]) as redis,
        postgres_server(folder / "postgres", more=["log_statement=all"]) as postgres,
    ):
        url = postgres.database()
        environment = {
            "REDIS_URL": redis.url,
            "DATABASE_URL": url,
            "ROUTEKAART_MONITOR_TOKEN": MONITOR,
            "ROUTEKAART_METRICS_TOKEN": METRICS,
        }
        with workers(folder / "workers", environment, count=2) as them:

            def tell(number: int) -> None:
                person = Person(them)
                for text in stories(number):
                    person.say(text)

            with ThreadPoolExecutor(8) as pool:
                list(pool.map(tell, range(CONVERSATIONS)))
            page = Visitor(them.servers[0])
            for text in stories(1):
                page.say(text)
            for number, server in enumerate(them.servers):
                where[f"metrics {number}"] = call(server, "GET", "/metrics", headers={"Authorization": f"Bearer {METRICS}"}).text
                where[f"monitor {number}"] = call(server, "GET", "/monitor", headers={"Authorization": f"Bearer {MONITOR}"}).text
            client = plain.Redis.from_url(redis.url)
            keys = list(client.scan_iter(count=1000))
            where["redis keys"] = repr(keys)
            where["redis values"] = repr([client.get(k) if client.type(k) == b"string" else client.hgetall(k) for k in keys])
            where["redis slow log"] = repr(client.slowlog_get(10_000))
            where["redis how many"] = str(len([k for k in keys if b":gesprek:" in k]))
            client.close()
        where["workers"] = them.log()
        where["counts"] = repr(postgres.run("SELECT * FROM telling", url=url))
        where["postgres log"] = postgres.log()
    for path in sorted((folder / "redis").rglob("*")):
        if path.is_file():
            where[f"file {path.name}"] = path.read_bytes().decode("latin1")
    return where


def test_there_was_something_to_find(searched: dict[str, str]) -> None:
    assert int(searched["redis how many"]) >= CONVERSATIONS
    assert "telling" in searched["postgres log"]
    assert "dordrecht" in searched["counts"]
    assert len(searched["workers"]) > 1000
    assert any(name.endswith(".aof") for name in searched)
    assert found("a story", json.dumps(stories(3)))


def test_no_name_number_or_address_is_found_anywhere(searched: dict[str, str]) -> None:
    assert not [trace for where, text in searched.items() for trace in found(where, text)]


def test_the_program_itself_does_not_hold_these_names() -> None:
    """Else finding one would say nothing."""
    root = Path(__file__).resolve().parents[2]
    texts = "".join(path.read_text(encoding="utf8") for path in sorted((root / "content").rglob("*.yml")))
    assert not found("content", texts)
