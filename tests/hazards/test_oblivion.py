"""The last stations of a message: what is left of it in the program while a conversation goes on, after it was stopped, and when nobody came back.

The memory of the running server is searched (`memory.py`), and everything that stands in Redis. That words of an open conversation are found shows
that the search can find.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis as plain

from bot.content import load_content
from tests.contract.page import Visitor
from tests.contract.support import LETSEL, Server, call, hook, letters, running
from tests.engines import RedisServer, redis_server
from tests.hazards import memory
from tests.hazards.conftest import COMMAND, House

#: rare enough to stand nowhere else; the first is a name and is masked, as is the number
NAME, NUMBER = "Kwartelstra", "06-48151623"
SECRET = secrets.token_urlsafe(32)


def story(mark: str) -> str:
    """Something that somebody might type, with a word of its own."""
    return f"{LETSEL} De buurvrouw zei {mark}. Hij heet Joris {NAME}, telefoon {NUMBER}."


def mark() -> str:
    """A word that stands nowhere else and is no name."""
    return "pimpel" + letters()


@dataclass
class Searched:
    """A server whose memory can be searched, and the Redis it keeps things in (None: it keeps them itself)."""

    server: Server
    folder: Path
    engine: RedisServer | None = None

    def holders(self, *words: str) -> dict[str, list[str]]:
        """See `memory.ask`."""
        return memory.ask(self.folder, *words)

    def begin(self) -> dict[str, str]:
        """The header of a new conversation of the widget."""
        answer = call(self.server, "POST", "/gesprek/begin", json.dumps({"gemeente": "dordrecht"}))
        return {"X-Routekaart": answer.json["token"]}

    def say(self, token: dict[str, str], number: int, text: str) -> int:
        """One message of the widget; its status."""
        body = json.dumps({"nummer": number, "bericht": text, "gemeente": "dordrecht"})
        return call(self.server, "POST", "/gesprek/zeg", body, token).status


@pytest.fixture(scope="module")
def with_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searched]:
    """A server that keeps conversations in Redis."""
    folder = tmp_path_factory.mktemp("searched")
    with redis_server(folder / "redis") as engine:
        more = {memory.VARIABLE: str(folder), "REDIS_URL": engine.url, "ROUTEKAART_SECRET": SECRET}
        with running(folder / "server", secrets.token_urlsafe(24), COMMAND, more=more) as server:
            yield Searched(server, folder, engine)


@pytest.fixture(params=["memory", "redis"])
def searched(request: pytest.FixtureRequest) -> Searched:
    """A server that keeps conversations itself, and one that keeps them in Redis."""
    if request.param == "redis":
        found: Searched = request.getfixturevalue("with_redis")
        return found
    house: House = request.getfixturevalue("house")
    return Searched(house.server, house.folder)


def test_a_name_is_nowhere_in_the_program_once_the_message_was_answered(searched: Searched) -> None:
    """By the page, the widget and the contract; also where it was refused."""
    word = mark()
    Visitor(searched.server).say(story(word))
    token = searched.begin()
    assert searched.say(token, 1, story(word)) == 200
    assert searched.say(token, 7, story(word)) == 409
    assert searched.say({"X-Routekaart": "x"}, 2, story(word)) == 410
    hook(searched.server, {"sender": secrets.token_hex(4), "message": story(word)})
    found = searched.holders(NAME, NUMBER[3:], word)
    assert found[NAME] == [] and found[NUMBER[3:]] == []
    if searched.engine is None:
        assert found[word], "what is no name is still there, so that the conversation can go on: the search does find"
    else:
        assert found[word] == [], "between two messages the worker itself knows nothing of a conversation"


def test_after_stopping_nothing_of_it_is_left_anywhere_in_the_program(searched: Searched) -> None:
    pressed, typed, left, closed = mark(), mark(), mark(), mark()
    before = in_redis(searched)
    visitor = Visitor(searched.server)
    visitor.say(story(pressed))
    visitor.leave("/stop")
    visitor = Visitor(searched.server)
    visitor.say(story(typed))
    visitor.say("stoppen")
    visitor = Visitor(searched.server)
    visitor.say(story(left))
    visitor.send(dict(visitor.page.forms["/verlaat"].fields), "/verlaat")
    assert visitor.answer.status == 303
    token = searched.begin()
    assert searched.say(token, 1, story(closed)) == 200
    # as a browser sends it while the page closes: without a header, as plain text
    assert call(searched.server, "POST", "/gesprek/einde", json.dumps({"token": token["X-Routekaart"]})).status == 204
    assert searched.holders(pressed, typed, left, closed) == {pressed: [], typed: [], left: [], closed: []}
    assert in_redis(searched) == before, "and nothing of them in Redis, not even sealed"


def test_in_redis_no_word_stands_that_anybody_can_read(with_redis: Searched) -> None:
    word = mark()
    token = with_redis.begin()
    assert with_redis.say(token, 1, story(word)) == 200
    assert with_redis.engine is not None
    client = _client(with_redis.engine)
    kept = b"\n".join(key + b" " + (client.dump(key) or b"") for key in client.scan_iter())
    assert b"rk:gesprek:" in kept and b"rk:widget:" in kept, "the conversation does stand there"
    for words in (word, NAME, "blauwe", "leerkracht", "dordrecht", "letsel", token["X-Routekaart"][:20], "127.0.0.1", SECRET):
        assert words.encode() not in kept, words
    assert all(0 < client.ttl(key) <= 3 * 3600 for key in client.scan_iter()), "and nothing stays for ever"
    assert all(client.ttl(key) <= 30 * 60 for key in client.scan_iter("rk:gesprek:*"))


def test_where_erasing_fails_it_is_said(with_redis: Searched) -> None:
    """Nobody may think that it is gone while it is not. Last here: this Redis comes back empty."""
    assert with_redis.engine is not None
    visitor = Visitor(with_redis.server)
    visitor.say(story(mark()))
    with_redis.engine.kill()
    try:
        visitor.leave("/stop")
        said = load_content().say("niet_gewist")
        assert said.partition(".")[0] in visitor.page.text
        assert load_content().say("gestopt").partition(".")[0] not in visitor.page.text
        assert {"tel:112", "tel:08002000"} <= {given.get("href") for tag, given in visitor.page.tags if tag == "a"}
    finally:
        with_redis.engine.restart()


def in_redis(searched: Searched) -> set[bytes]:
    """Everything in Redis but the buckets of the limits, which know no conversation."""
    keys = _client(searched.engine).scan_iter() if searched.engine else ()
    return {key for key in keys if b":emmer:" not in key}


def _client(engine: RedisServer) -> plain.Redis[bytes]:
    return plain.Redis.from_url(engine.url)
