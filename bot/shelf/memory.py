"""The shelf of one process: what is kept stands in memory, and is gone with the process. `clock` gives seconds."""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from weakref import WeakValueDictionary

from bot.shelf import KINDS, MOST_KEPT, Bucket, Kept, LockTaken, Name

MOST_BUCKETS = 10_000


@dataclass(frozen=True)
class _Entry:
    written: float
    kept: Kept


class MemoryShelf:
    """See `Shelf`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MOST_KEPT) -> None:
        self.clock = clock
        self.most = most
        #: oldest first; everything of a kind is kept equally long
        self._kept: dict[str, OrderedDict[str, _Entry]] = {kind: OrderedDict() for kind in KINDS}
        self._locks: WeakValueDictionary[Name, asyncio.Lock] = WeakValueDictionary()
        self._buckets = Buckets(clock)
        self._written = 0

    async def read(self, name: Name) -> Kept | None:
        """See `Shelf`."""
        self.expire()
        entry = self._kept[name.kind].get(name.id)
        return entry.kept if entry else None

    async def write(self, changes: Mapping[Name, str | None], expected: Mapping[Name, bytes | None]) -> bool:
        """See `Shelf`."""
        self.expire()
        for name, mark in expected.items():
            entry = self._kept[name.kind].get(name.id)
            if (entry.kept.mark if entry else None) != mark:
                return False
        for name, text in changes.items():
            kind = self._kept[name.kind]
            kind.pop(name.id, None)
            if text is not None:
                self._written += 1
                kind[name.id] = _Entry(self.clock(), Kept(text, self._written.to_bytes(8, "big")))
                if len(kind) > self.most:
                    kind.popitem(last=False)
        return True

    @asynccontextmanager
    async def lock(self, name: Name, patience: float) -> AsyncIterator[None]:
        """See `Shelf`."""
        lock = self._locks.get(name)
        if lock is None:
            lock = self._locks[name] = asyncio.Lock()
        try:
            await asyncio.wait_for(lock.acquire(), patience)
        except asyncio.TimeoutError:
            raise LockTaken from None
        try:
            yield
        finally:
            lock.release()

    async def allow(self, bucket: Bucket, key: str, cost: int = 1) -> bool:
        """See `Shelf`."""
        return self._buckets.allow(bucket, key, cost)

    async def count(self, kind: str) -> int:
        """See `Shelf`."""
        self.expire()
        return len(self._kept[kind])

    async def now(self) -> float:
        """See `Shelf`."""
        return self.clock()

    async def up(self) -> bool:
        """See `Shelf`."""
        return True

    def expire(self) -> None:
        """See `Shelf`."""
        now = self.clock()
        for kind, entries in self._kept.items():
            while entries and next(iter(entries.values())).written <= now - KINDS[kind]:
                entries.popitem(last=False)
        self._buckets.expire()

    async def close(self) -> None:
        """See `Shelf`."""


class Buckets:
    """Buckets of turns that refill, one for each key; of each bucket at most `MOST_BUCKETS` keys, the one used longest ago goes first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MOST_BUCKETS) -> None:
        self.clock = clock
        self.most = most
        self._left: dict[Bucket, OrderedDict[str, tuple[float, float]]] = {}

    def allow(self, bucket: Bucket, key: str, cost: int = 1) -> bool:
        """Whether one more is allowed for `key`; takes `cost` turns when it is."""
        cost = min(cost, bucket.burst)
        keys, now = self._left.setdefault(bucket, OrderedDict()), self.clock()
        self._forget(bucket, keys, now)
        left, when = keys.pop(key, (float(bucket.burst), now))
        left = min(float(bucket.burst), left + (now - when) * bucket.per_second)
        allowed = left >= cost
        keys[key] = (left - cost if allowed else left, now)
        if len(keys) > self.most:
            keys.popitem(last=False)
        return allowed

    def expire(self) -> None:
        """Forget every key that limits nothing any more."""
        now = self.clock()
        for bucket, keys in self._left.items():
            self._forget(bucket, keys, now)

    def _forget(self, bucket: Bucket, keys: OrderedDict[str, tuple[float, float]], now: float) -> None:
        """A bucket that is full again is as good as none, and its key may be somebody's address."""
        full = bucket.burst / bucket.per_second if bucket.per_second else math.inf
        while keys and next(iter(keys.values()))[1] <= now - full:
            keys.popitem(last=False)
