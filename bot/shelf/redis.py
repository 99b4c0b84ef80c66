"""The shelf that several workers share: Redis 6 or newer. Everything is sealed, stands under a hash, and goes by itself when its time is over.

Redis's clock is the only one that counts here, so a worker whose clock is wrong neither keeps nor throws away too much.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from redis import asyncio as engine
from redis.asyncio.lock import Lock
from redis.exceptions import AuthenticationError, LockError, RedisError, ResponseError
from redis.exceptions import ConnectionError as ConnectionLost

from bot.server.logs import logger
from bot.shelf import KINDS, Bucket, Kept, LockTaken, Name, ShelfDown
from bot.shelf.seal import BrokenSeal, Seal

LOG = logger("redis")
#: seconds for one command, and for a connection
COMMAND_SECONDS, CONNECT_SECONDS = 2.0, 1.0
#: seconds in which nothing is asked of a Redis that did not answer: a reply must not wait for it again and again
REST_SECONDS = 0.5
#: seconds after which the lock of a worker that died opens; a turn takes far less, and one that takes longer is guarded by `write`
LOCK_SECONDS = 4.0
LOCK_POLL_SECONDS = 0.02
MOST_CONNECTIONS = 64
_MARK = 8
_PAGE = 1000

#: KEYS: those expected, then those to change. ARGV: how many are expected, their marks ("" for nothing there), then seconds and value of each
#: change ("" to throw away)
_WRITE = """
local expected = tonumber(ARGV[1])
for i = 1, expected do
  if redis.call('GETRANGE', KEYS[i], 0, 7) ~= ARGV[1 + i] then return 0 end
end
for i = expected + 1, #KEYS do
  local at = 2 + expected + 2 * (i - expected - 1)
  if ARGV[at + 1] == '' then redis.call('DEL', KEYS[i])
  else redis.call('SET', KEYS[i], ARGV[at + 1], 'EX', tonumber(ARGV[at])) end
end
return 1
"""
#: ARGV: burst, per second, milliseconds until a bucket is full again and can be forgotten, turns to take
_ALLOW = """
local t = redis.call('TIME')
local now = tonumber(t[1]) + tonumber(t[2]) / 1000000
local burst, per_second = tonumber(ARGV[1]), tonumber(ARGV[2])
local cost = math.min(burst, tonumber(ARGV[4]))
local kept = redis.call('HMGET', KEYS[1], 'left', 'when')
local left, when = tonumber(kept[1]) or burst, tonumber(kept[2]) or now
left = math.min(burst, left + math.max(0, now - when) * per_second)
local allowed = 0
if left >= cost then allowed = 1; left = left - cost end
redis.call('HSET', KEYS[1], 'left', tostring(left), 'when', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return allowed
"""
_FOREVER = 3_600_000
T = TypeVar("T")


class RedisShelf:
    """See `Shelf`. `url`: where Redis is; `secret`: the same for all workers."""

    def __init__(self, url: str, secret: str) -> None:
        self.seal = Seal(secret)
        pool = engine.BlockingConnectionPool.from_url(
            url,
            max_connections=MOST_CONNECTIONS,
            timeout=COMMAND_SECONDS,
            socket_timeout=COMMAND_SECONDS,
            socket_connect_timeout=CONNECT_SECONDS,
        )
        self._redis: engine.Redis[bytes] = engine.Redis(connection_pool=pool)
        self._write = self._redis.register_script(_WRITE)
        self._allow = self._redis.register_script(_ALLOW)
        self._rest_until = 0.0

    async def read(self, name: Name) -> Kept | None:
        """See `Shelf`."""
        place = self._place(name)
        found = await self._ask(lambda: self._redis.get(place))
        if found is None:
            return None
        try:
            return Kept(self.seal.open(name, found[_MARK:]), found[:_MARK])
        except BrokenSeal:
            LOG.error("seal broken, thrown away: %s", name.kind)
            await self._ask(lambda: self._redis.delete(place))
            return None

    async def write(self, changes: Mapping[Name, str | None], expected: Mapping[Name, bytes | None]) -> bool:
        """See `Shelf`. A write whose answer was lost and that is tried again is False: the reader then finds what it wrote itself."""
        arguments: list[bytes | int] = [len(expected), *(mark or b"" for mark in expected.values())]
        for name, text in changes.items():
            value = b"" if text is None else os.urandom(_MARK) + self.seal.close(name, text)
            arguments += [KINDS[name.kind], value]
        places = [self._place(name) for name in (*expected, *changes)]
        return bool(await self._ask(lambda: self._write(keys=places, args=arguments)))

    @asynccontextmanager
    async def lock(self, name: Name, patience: float) -> AsyncIterator[None]:
        """See `Shelf`."""
        place = self.seal.place("slot", f"{name.kind} {name.id}")
        lock = Lock(self._redis, place, timeout=LOCK_SECONDS, sleep=LOCK_POLL_SECONDS, blocking_timeout=patience)
        if not await self._ask(lock.acquire):
            raise LockTaken
        try:
            yield
        finally:
            try:
                await lock.release()
            except (RedisError, LockError, OSError, asyncio.TimeoutError):
                pass  # it opens by itself

    async def allow(self, bucket: Bucket, key: str, cost: int = 1) -> bool:
        """See `Shelf`. The key is not kept: a hash of it is, until the bucket is full again."""
        full = int(1000 * bucket.burst / bucket.per_second) + 1000 if bucket.per_second else _FOREVER
        place = self.seal.place("emmer", f"{bucket.name} {key}")
        return bool(await self._ask(lambda: self._allow(keys=[place], args=[bucket.burst, bucket.per_second, full, cost])))

    async def count(self, kind: str) -> int:
        """See `Shelf`. Walks over all keys: for figures, not for every request."""

        async def walk() -> int:
            return sum([1 async for _ in self._redis.scan_iter(match=f"rk:{kind}:*", count=_PAGE)])

        return await self._ask(walk)

    async def now(self) -> float:
        """See `Shelf`."""
        seconds, micro = await self._ask(self._redis.time)
        return float(seconds + micro / 1_000_000)

    async def up(self) -> bool:
        """See `Shelf`."""
        try:
            return bool(await self._ask(self._redis.ping))
        except ShelfDown:
            return False

    def expire(self) -> None:
        """See `Shelf`: Redis does."""

    async def close(self) -> None:
        """See `Shelf`."""
        await self._redis.close()
        await self._redis.connection_pool.disconnect()

    async def check(self) -> str | None:
        """At the start: what is wrong with the settings, or None. Raises ShelfDown where Redis can't be reached now: that may pass."""
        try:
            await self._redis.ping()
            info = await self._redis.info("server")
        except (AuthenticationError, ResponseError):
            return "REDIS_URL: Redis refuses this user or password, or this user may not PING and INFO. Mend the URL or the rights."
        except (RedisError, OSError, asyncio.TimeoutError) as error:
            raise ShelfDown(type(error).__name__) from None
        version = tuple(int(part) for part in str(info["redis_version"]).split(".")[:2])
        return None if version >= (6, 0) else "REDIS_URL: this Redis is older than 6.0. Use a newer one."

    def _place(self, name: Name) -> str:
        return self.seal.place(name.kind, name.id)

    async def _ask(self, command: Callable[[], Awaitable[T] | Any]) -> T:
        """The answer to a command. Raises ShelfDown, at once where Redis did not answer a moment ago.

        A connection that Redis closed meanwhile (a restart) is made again once: every command here may be given twice.
        """
        if time.monotonic() < self._rest_until:
            raise ShelfDown("rests")
        try:
            try:
                answer: T = await command()
            except ConnectionLost:
                await self._redis.connection_pool.disconnect(inuse_connections=False)
                answer = await command()
            return answer
        except (RedisError, OSError, asyncio.TimeoutError) as error:
            self._rest_until = time.monotonic() + REST_SECONDS
            LOG.error("no answer: %s", type(error).__name__)
            raise ShelfDown(type(error).__name__) from None
