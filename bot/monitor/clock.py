"""The moment and the day it is in the Netherlands."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Amsterdam")


def now() -> datetime:
    """The moment by the clock of this machine."""
    return datetime.now(ZONE)


def day_of(moment: datetime) -> date:
    """The day of a moment (which knows its zone)."""
    return moment.astimezone(ZONE).date()


def today() -> date:
    """The day by the clock of this machine."""
    return day_of(now())
