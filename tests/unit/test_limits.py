"""The bucket of turns, with a clock that stands still until it is moved."""

from __future__ import annotations

from bot.shelf import Bucket
from bot.shelf.memory import Buckets
from tests.clock import Seconds


class Limiter:
    """A bucket in memory."""

    def __init__(self, burst: int, per_second: float, clock: Seconds, keys: int = 10_000) -> None:
        self.buckets, self.bucket = Buckets(clock, keys), Bucket("een", burst, per_second)

    def allow(self, key: str) -> bool:
        """One more turn."""
        return self.buckets.allow(self.bucket, key)


def test_a_burst_is_allowed_and_then_no_more() -> None:
    limiter = Limiter(burst=3, per_second=0.5, clock=Seconds())
    assert [limiter.allow("a") for _ in range(5)] == [True, True, True, False, False]


def test_turns_come_back_with_time() -> None:
    clock = Seconds()
    limiter = Limiter(burst=2, per_second=0.5, clock=clock)
    assert [limiter.allow("a") for _ in range(3)] == [True, True, False]
    clock.now += 1.9
    assert not limiter.allow("a")
    clock.now += 0.2
    assert limiter.allow("a")
    assert not limiter.allow("a")


def test_a_refused_turn_costs_nothing() -> None:
    clock = Seconds()
    limiter = Limiter(burst=1, per_second=1, clock=clock)
    assert limiter.allow("a")
    for _ in range(50):
        assert not limiter.allow("a")
        clock.now += 0.01
    clock.now += 0.51
    assert limiter.allow("a")


def test_waiting_long_gives_no_more_than_the_burst() -> None:
    clock = Seconds()
    limiter = Limiter(burst=2, per_second=10, clock=clock)
    limiter.allow("a")
    clock.now += 3600
    assert [limiter.allow("a") for _ in range(3)] == [True, True, False]


def test_one_key_does_not_slow_down_another() -> None:
    limiter = Limiter(burst=1, per_second=0.1, clock=Seconds())
    assert limiter.allow("a")
    assert not limiter.allow("a")
    assert limiter.allow("b")


def test_only_so_many_keys_are_kept_and_the_oldest_go_first() -> None:
    limiter = Limiter(burst=1, per_second=0.001, clock=Seconds(), keys=3)
    for key in "abcd":
        assert limiter.allow(key)
    assert not limiter.allow("d")
    assert not limiter.allow("c")
    assert limiter.allow("a"), "forgotten, so it starts again"


def test_a_key_that_is_used_stays_while_strangers_come_and_go() -> None:
    limiter = Limiter(burst=1, per_second=0.001, clock=Seconds(), keys=3)
    assert limiter.allow("busy")
    for number in range(20):
        limiter.allow(str(number))
        assert not limiter.allow("busy"), "a flood of others must not free it"
