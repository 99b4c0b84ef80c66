"""How often something may be done, on the shelf. Where the shelf is down each process keeps its own buckets: a limit never stands in the way of help."""

from __future__ import annotations

from bot.shelf import Bucket, Shelf, ShelfDown
from bot.shelf.memory import Buckets


class Limiter:
    """`burst` times at once, then `per_second`; a bucket for each key. `name`: another for each limiter."""

    def __init__(self, shelf: Shelf, name: str, burst: int, per_second: float) -> None:
        self.shelf = shelf
        self.bucket = Bucket(name, burst, per_second)
        self._own = Buckets()

    async def allow(self, key: str, cost: int = 1) -> bool:
        """Whether one more is allowed for `key`; takes `cost` turns when it is."""
        try:
            return await self.shelf.allow(self.bucket, key, cost)
        except ShelfDown:
            return self._own.allow(self.bucket, key, cost)
