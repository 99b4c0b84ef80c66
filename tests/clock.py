"""Clocks that are set by hand."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.monitor.clock import ZONE, day_of


class Clock:
    """Noon of a day. The moment by the wall (`now`, `day`) and the steady seconds (`steady`) go on together with `go`."""

    def __init__(self, day: date) -> None:
        self.moment = datetime.combine(day, time(12), ZONE)
        self.seconds = 1000.0

    def now(self) -> datetime:
        """The moment."""
        return self.moment

    def day(self) -> date:
        """Its day."""
        return day_of(self.moment)

    def steady(self) -> float:
        """Seconds since some moment."""
        return self.seconds

    def go(self, **passing: float) -> None:
        """Let time pass: days=..., hours=..., seconds=..."""
        by = timedelta(**passing)
        self.moment += by
        self.seconds += by.total_seconds()

    def set(self, day: date) -> None:
        """Put the clock on the wall at noon of another day; no time passes."""
        self.moment = datetime.combine(day, time(12), ZONE)


class Seconds:
    """Seconds that stand still until they are set: `clock.now += 5`."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now
