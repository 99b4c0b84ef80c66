"""Rate limits in memory: a bucket of turns that refills. The clock is given, so that tests need not wait."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable


class Limiter:
    """`burst` turns at once, then `per_second`; a bucket for each key, at most `keys` of them kept."""

    def __init__(self, burst: int, per_second: float, clock: Callable[[], float] = time.monotonic, keys: int = 10_000) -> None:
        self.burst = burst
        self.per_second = per_second
        self.clock = clock
        self.keys = keys
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allow(self, key: str) -> bool:
        """Whether one more turn is allowed for `key`; takes it when it is."""
        now = self.clock()
        left, when = self._buckets.pop(key, (float(self.burst), now))
        left = min(float(self.burst), left + (now - when) * self.per_second)
        allowed = left >= 1.0
        self._buckets[key] = (left - 1.0 if allowed else left, now)
        if len(self._buckets) > self.keys:
            self._buckets.popitem(last=False)
        return allowed
