"""The shelf, in memory and on a real Redis: what is kept, for how long, who may write, one at a time; and what Redis gets to see."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import redis as plain
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.shelf import KINDS, Bucket, LockTaken, Name, Shelf, ShelfDown
from bot.shelf import redis as redis_shelf
from bot.shelf.limits import Limiter
from bot.shelf.memory import MemoryShelf
from bot.shelf.redis import RedisShelf
from bot.shelf.seal import BrokenSeal, Seal
from tests.engines import RedisServer

SECRET = "een geheim dat lang genoeg is om te tellen 0123456789"
STORY = "Het meisje uit groep vier heeft blauwe plekken op haar arm."
NAME = Name("gesprek", "afzender-7f3a")
Work = Callable[[Shelf], Awaitable[Any]]


@pytest.fixture(params=["memory", "redis"])
def do(request: pytest.FixtureRequest) -> Iterator[Callable[[Work], Any]]:
    """Runs some work with a shelf, in a loop of its own; the same shelf every time within a test."""
    if request.param == "memory":
        shelf = MemoryShelf()
        yield lambda work: asyncio.run(_await(work, shelf))
        return
    engine: RedisServer = request.getfixturevalue("redis_engine")

    async def fresh(work: Work) -> Any:
        shelf = RedisShelf(engine.url, SECRET)
        try:
            return await work(shelf)
        finally:
            await shelf.close()

    yield lambda work: asyncio.run(fresh(work))


async def _await(work: Work, shelf: Shelf) -> Any:
    return await work(shelf)


def test_what_is_written_is_read_until_it_is_thrown_away(do: Callable[[Work], Any]) -> None:
    async def work(shelf: Shelf) -> None:
        assert await shelf.read(NAME) is None
        assert await shelf.write({NAME: STORY, Name("widget", "x"): "ë\n\0 😀"}, {})
        kept, other = await shelf.read(NAME), await shelf.read(Name("widget", "x"))
        assert kept is not None and kept.text == STORY
        assert other is not None and other.text == "ë\n\0 😀"
        assert (await shelf.count("gesprek"), await shelf.count("widget"), await shelf.count("pagina")) == (1, 1, 0)
        assert await shelf.write({NAME: None}, {})
        assert await shelf.read(NAME) is None

    do(work)


def test_a_name_of_another_kind_or_owner_is_another(do: Callable[[Work], Any]) -> None:
    async def work(shelf: Shelf) -> None:
        await shelf.write({NAME: STORY}, {})
        assert [await shelf.read(n) for n in (Name("pagina", NAME.id), Name(NAME.kind, NAME.id + " "), Name(NAME.kind, ""))] == [None] * 3

    do(work)


def test_a_write_that_expects_something_else_writes_nothing(do: Callable[[Work], Any]) -> None:
    async def work(shelf: Shelf) -> None:
        other = Name("widget", "w")
        assert await shelf.write({NAME: "een"}, {NAME: None})
        assert not await shelf.write({NAME: "twee", other: "twee"}, {NAME: None}), "it is there by now"
        kept = await shelf.read(NAME)
        assert kept is not None and kept.text == "een"
        assert await shelf.read(other) is None
        assert await shelf.write({NAME: "een", other: "drie"}, {NAME: kept.mark})
        assert not await shelf.write({NAME: "vier"}, {NAME: kept.mark}), "written again, though the text is the same"
        assert not await shelf.write({NAME: None}, {Name("widget", "niets"): kept.mark})
        assert not await shelf.write({other: "vijf"}, {other: None})
        assert [k.text for k in (await shelf.read(NAME), await shelf.read(other)) if k] == ["een", "drie"]

    do(work)


def test_of_many_who_read_the_same_one_may_write(do: Callable[[Work], Any]) -> None:
    async def work(shelf: Shelf) -> None:
        await shelf.write({NAME: "0"}, {})
        for number in range(5):
            kept = await shelf.read(NAME)
            assert kept is not None
            won = await asyncio.gather(*(shelf.write({NAME: f"{number}.{i}"}, {NAME: kept.mark}) for i in range(20)))
            assert sum(won) == 1

    do(work)


def test_one_at_a_time_and_not_for_ever(do: Callable[[Work], Any]) -> None:
    inside: list[int] = []
    most: list[int] = []

    async def work(shelf: Shelf) -> None:
        async def one(number: int) -> None:
            async with shelf.lock(NAME, patience=10):
                inside.append(number)
                most.append(len(inside))
                await asyncio.sleep(0.01)
                inside.remove(number)

        await asyncio.gather(*(one(number) for number in range(10)))
        async with shelf.lock(NAME, patience=1), shelf.lock(Name("pagina", NAME.id), patience=0.2):
            with pytest.raises(LockTaken):
                async with shelf.lock(NAME, patience=0.2):
                    pass
        async with shelf.lock(NAME, patience=0.2):
            pass

    do(work)
    assert len(most) == 10
    assert set(most) == {1}


def test_a_bucket_gives_its_burst_and_fills_again(do: Callable[[Work], Any]) -> None:
    async def work(shelf: Shelf) -> None:
        quick = Bucket("snel", 3, 50)
        assert [await shelf.allow(Bucket("traag", 2, 0), "a") for _ in range(4)] == [True, True, False, False]
        assert await shelf.allow(Bucket("traag", 2, 0), "b")
        assert await shelf.allow(Bucket("anders", 2, 0), "a")
        assert await shelf.allow(quick, "a")
        for _ in range(20):
            await shelf.allow(quick, "a")
        await asyncio.sleep(0.1)
        assert await shelf.allow(quick, "a")

    do(work)


def test_its_clock_goes_forward(do: Callable[[Work], Any]) -> None:
    async def work(shelf: Shelf) -> None:
        before = await shelf.now()
        await asyncio.sleep(0.05)
        assert 0.03 < await shelf.now() - before < 5
        assert await shelf.up()

    do(work)


def test_in_memory_the_oldest_go_first_when_it_is_full() -> None:
    async def work() -> None:
        shelf = MemoryShelf(most=3)
        for i in range(3):
            await shelf.write({Name("pagina", str(i)): "x"}, {})
        await shelf.write({Name("pagina", "0"): "x"}, {})
        await shelf.write({Name("pagina", "3"): "x"}, {})
        assert [(await shelf.read(Name("pagina", str(i)))) is not None for i in range(4)] == [True, False, True, True]

    asyncio.run(work())


# -- what Redis gets to see ---------------------------------------------------------------------------------------------------------


def everything(engine: RedisServer) -> bytes:
    """All keys and values, as who has Redis reads them."""
    client = plain.Redis.from_url(engine.url)
    found = b""
    for key in client.scan_iter():
        kind = client.type(key)
        value = client.get(key) if kind == b"string" else repr(client.hgetall(key)).encode()
        found += key + b" " + (value or b"") + b"\n"
    client.close()
    return found


def test_redis_sees_no_text_no_name_and_no_address(redis_engine: RedisServer) -> None:
    async def work() -> None:
        shelf = RedisShelf(redis_engine.url, SECRET)
        await shelf.write({Name(kind, f"naam-{kind}"): STORY for kind in KINDS}, {})
        await shelf.allow(Bucket("adres", 5, 1), "203.0.113.77")
        async with shelf.lock(Name("pagina", "naam-pagina"), 1):
            seen = everything(redis_engine)
        await shelf.close()
        assert seen.count(b"rk:") == len(KINDS) + 2
        for secret in (STORY, "meisje", "naam-", "203.0.113", SECRET):
            assert secret.encode() not in seen, secret

    asyncio.run(work())


def test_everything_in_redis_expires_and_writing_starts_the_time_again(redis_engine: RedisServer) -> None:
    client = plain.Redis.from_url(redis_engine.url)

    async def work() -> None:
        shelf = RedisShelf(redis_engine.url, SECRET)
        await shelf.write({Name(kind, "x"): STORY for kind in KINDS}, {})
        await shelf.allow(Bucket("adres", 120, 20), "a")
        await shelf.allow(Bucket("nooit", 1, 0), "a")
        for kind, seconds in KINDS.items():
            place = shelf.seal.place(kind, "x")
            assert seconds - 5 <= client.ttl(place) <= seconds, kind
            client.expire(place, 60)
            await shelf.read(Name(kind, "x"))
            assert client.ttl(place) <= 60, "looking is not using"
            await shelf.write({Name(kind, "x"): STORY}, {})
            assert client.ttl(place) > 60
        assert all(client.pttl(key) > 0 for key in client.scan_iter()), "nothing stays for ever"
        await shelf.close()

    asyncio.run(work())
    client.close()


def test_what_was_changed_in_redis_is_not_read(redis_engine: RedisServer) -> None:
    client = plain.Redis.from_url(redis_engine.url)

    async def work() -> None:
        shelf = RedisShelf(redis_engine.url, SECRET)
        place = shelf.seal.place(NAME.kind, NAME.id)
        await shelf.write({NAME: STORY, Name("gesprek", "ander"): "van een ander"}, {})
        client.set(place, client.get(shelf.seal.place("gesprek", "ander")) or b"")
        assert await shelf.read(NAME) is None, "the text of another conversation"
        assert client.get(place) is None
        client.set(place, b"x")
        assert await shelf.read(NAME) is None
        await shelf.close()

    asyncio.run(work())
    client.close()


def test_who_has_another_secret_finds_nothing(redis_engine: RedisServer) -> None:
    async def work() -> None:
        ours, theirs = RedisShelf(redis_engine.url, SECRET), RedisShelf(redis_engine.url, SECRET + "!")
        await ours.write({NAME: STORY}, {})
        assert await theirs.read(NAME) is None
        await ours.close()
        await theirs.close()

    asyncio.run(work())


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200).filter(lambda t: t == t.encode("utf8", "ignore").decode()), st.integers(0, 10_000), st.integers(1, 255))
def test_a_seal_opens_for_its_name_only_and_not_when_one_byte_is_changed(text: str, at: int, change: int) -> None:
    seal = Seal(SECRET)
    sealed = seal.close(NAME, text)
    assert seal.open(NAME, sealed) == text
    altered = bytearray(sealed)
    altered[at % len(altered)] ^= change
    for name, value in (
        (NAME, bytes(altered)),
        (Name("gesprek", "x"), sealed),
        (Name("pagina", NAME.id), sealed),
        (NAME, sealed[: at % len(sealed)]),
    ):
        with pytest.raises(BrokenSeal):
            seal.open(name, value)


def test_keys_for_different_purposes_differ() -> None:
    seal = Seal(SECRET)
    keys = [seal.key("a", "b"), seal.key("ab"), seal.key("a", "b", ""), seal.key("b", "a"), Seal(SECRET + "x").key("a", "b")]
    assert len(set(keys)) == len(keys)


# -- Redis away ---------------------------------------------------------------------------------------------------------------------


def test_without_redis_every_use_says_so_and_it_comes_back_by_itself(redis_engine: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_shelf, "REST_SECONDS", 0.0)

    async def work() -> None:
        shelf = RedisShelf(redis_engine.url, SECRET)
        await shelf.write({NAME: STORY}, {})
        redis_engine.kill()
        for use in (
            lambda: shelf.read(NAME),
            lambda: shelf.write({NAME: "x"}, {}),
            lambda: shelf.allow(Bucket("a", 1, 1), "x"),
            lambda: shelf.count("gesprek"),
            shelf.now,
        ):
            with pytest.raises(ShelfDown):
                await use()
        with pytest.raises(ShelfDown):
            async with shelf.lock(NAME, 1):
                pass
        assert not await shelf.up()
        redis_engine.restart()
        assert await shelf.up()
        assert await shelf.write({NAME: "weer"}, {})
        await shelf.close()

    asyncio.run(work())


def test_a_redis_that_hangs_is_not_waited_for_again_and_again(redis_engine: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_shelf, "COMMAND_SECONDS", 0.3)
    monkeypatch.setattr(redis_shelf, "REST_SECONDS", 60.0)

    async def work() -> None:
        shelf = RedisShelf(redis_engine.url, SECRET)
        await shelf.up()
        with redis_engine.frozen():
            with pytest.raises(ShelfDown):
                await shelf.read(NAME)
            with pytest.raises(ShelfDown, match="rests"):
                await shelf.read(NAME)
        await shelf.close()

    asyncio.run(work())


def test_limits_go_on_without_redis_each_worker_for_itself(redis_engine: RedisServer) -> None:
    async def work() -> None:
        shelf = RedisShelf(redis_engine.url, SECRET)
        limiter = Limiter(shelf, "proef", 2, 0)
        redis_engine.kill()
        assert [await limiter.allow("a") for _ in range(4)] == [True, True, False, False]
        await shelf.close()

    asyncio.run(work())


def test_settings_that_cannot_work_are_told_from_a_redis_that_is_away(redis_engine: RedisServer) -> None:
    async def check(url: str) -> str | None:
        shelf = RedisShelf(url, SECRET)
        try:
            return await shelf.check()
        finally:
            await shelf.close()

    assert asyncio.run(check(redis_engine.url)) is None
    client = plain.Redis.from_url(redis_engine.url)
    word = secrets.token_hex(8)
    client.config_set("requirepass", word)
    told = asyncio.run(check(redis_engine.url))
    assert told is not None and told.startswith("REDIS_URL: ")
    client.close()
    redis_engine.kill()
    with pytest.raises(ShelfDown):
        asyncio.run(check(redis_engine.url))
