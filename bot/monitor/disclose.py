"""What of the counts may be shown: pure functions, no store and no clock.

The rule, for every number apart: (municipality, kind, value, period) has a number `noise` of its own, drawn once and for ever (a keyed hash of
those four), and what is shown is

    near(true + noise), a multiple of 5, where true >= 5 and near(true + noise) >= 5; else nothing but "<5"

- **A cell under 5 is never shown**, whatever the noise.
- **Periods are fixed**: a day, a calendar month, a calendar year; they nest and never overlap otherwise. Only a period that is over and that
  nothing is added to any more (`CLOSED_DAYS`) and that is kept whole is shown, so a number never changes between two looks.
- **Nothing is added up for the reader and no exact total is shown**: a month is not the sum of its days as shown, it has noise of its own.

Why it can't be subtracted back. The noise is a two-sided geometric one, `P(n) = (1-a)/(1+a) * a^|n|` with `a = exp(-EPSILON)`, so every whole
number can occur (in this program up to about 500 either way). Take any counts, all that is shown of them, and a cell under 5. Give that cell any
other value under 5 and change the sums that hold it accordingly: each shown number keeps a noise with which it comes out as it did. Where a shown
sum would fall under 5, raise another cell of it: a cell that shows "<5" may be larger, hidden by its noise. So no arithmetic on what is shown,
however clever, rules out any value of a small cell: neither a shown number nor a "<5" gives an upper bound to calculate with.

What is left is chance. A cell under 5 touches the noise of two numbers, those of its month and its year (its own day is "<5" whatever it is). Who
knows **every other count** of that year shifts the odds between two neighbouring values by at most a factor `exp(2 * EPSILON)`, about 2, and guesses a
value of 0 to 4 right in fewer than 35 of 100 cases (20 is blind). One exception, for that all-knowing one only: that a sum is shown at all tells
that it is 5 or more, so where all other counts of the month are known and fewer than 5, it is up to 60 of 100.
`tests/unit/test_monitor_attack.py` does these attacks, also on ways of showing that fail.

Source of the method: the geometric mechanism (Ghosh, Roughgarden & Sundararajan 2009), with the rule of 5 on top. Kinds are kept apart, so this
holds for each kind; an attacker who knows that one person makes up a cell in several kinds gets as many chances.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

THRESHOLD = 5
BASE = 5
#: the strength of the noise of one number: its spread is about 4
EPSILON = 1 / 3
#: a day is added to until the end of the next one (`recorder`), and shown from the day after
CLOSED_DAYS = 2
KEPT_YEARS = 2
DAY, MONTH, YEAR = SORTS = ("dag", "maand", "jaar")
_WRITTEN = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)


@dataclass(frozen=True, order=True)
class Period:
    """A calendar day, month or year: its first and its last day."""

    first: date
    last: date

    @property
    def sort(self) -> str:
        """One of `SORTS`."""
        if self.first == self.last:
            return DAY
        return MONTH if self.first.month == self.last.month else YEAR

    def __str__(self) -> str:
        return {DAY: f"{self.first:%Y-%m-%d}", MONTH: f"{self.first:%Y-%m}", YEAR: f"{self.first:%Y}"}[self.sort]


def period(written: str) -> Period | None:
    """The period of "2026", "2026-11" or "2026-11-21"; None for anything else."""
    found = _WRITTEN.fullmatch(written)
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return Period(first, first)
    if month:
        return Period(first, date(first.year, month, monthrange(first.year, month)[1]))
    return Period(first, date(first.year, 12, 31))


def kept_from(today: date) -> date:
    """The first day that is kept."""
    if (today.month, today.day) == (2, 29):
        return date(today.year - KEPT_YEARS, 3, 1)
    return today.replace(year=today.year - KEPT_YEARS)


def may_show(asked: Period, today: date) -> bool:
    """Whether a period is over, nothing is added to it any more, and none of it was thrown away."""
    return asked.first >= kept_from(today) and asked.last <= today - timedelta(days=CLOSED_DAYS)


def periods(sort: str, today: date) -> list[Period]:
    """All periods of a sort that may be shown, newest first. Depends on the calendar only, never on what was counted."""
    first, found = kept_from(today), []
    if sort == DAY:
        found = [Period(d, d) for n in range((today - first).days + 1) for d in [first + timedelta(days=n)]]
    elif sort == MONTH:
        found = [p for y in range(first.year, today.year + 1) for m in range(1, 13) if (p := period(f"{y}-{m:02}"))]
    elif sort == YEAR:
        found = [p for y in range(first.year, today.year + 1) if (p := period(str(y)))]
    return [p for p in reversed(found) if may_show(p, today)]


def noise(key: bytes, gemeente: str, kind: str, value: str, when: Period) -> int:
    """The noise of one number: the same for ever under the same key, and without the key as good as drawn by chance."""
    name = "\0".join((gemeente, kind, value, str(when)))
    drawn = int.from_bytes(hmac.new(key, name.encode(), hashlib.sha256).digest(), "big")
    sign, rest = (1 if drawn & 1 else -1), (drawn >> 1) + 1
    # rest / 2^255 is even over (0, 1]; the size n has P(size >= n) = a^n, so n = floor(log(u) / log(a))
    size = math.floor((255 * math.log(2) - math.log(rest)) / EPSILON)
    # zero would come up with both signs: the negative zero is drawn again from the next hash, which makes it two-sided geometric
    if size == 0 and sign < 0:
        return noise(hashlib.sha256(key).digest(), gemeente, kind, value, when)
    return sign * size


def shown(true: int, drawn: int) -> int | None:
    """What is shown of a number with this noise: a multiple of `BASE`, or None for "<5"."""
    near = (true + drawn + BASE // 2) // BASE * BASE
    return near if true >= THRESHOLD and near >= THRESHOLD else None


def published(key: bytes, gemeente: str, kind: str, value: str, when: Period, true: int) -> int | None:
    """What is shown of a count. The period must be one that may be shown."""
    return shown(true, noise(key, gemeente, kind, value, when))
