"""One municipality in one period as it may be shown: every count through `disclose`, nothing else of the store."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.monitor.counts import Counts
from bot.monitor.disclose import MONTH, THRESHOLD, Period, may_show, periods, published
from bot.monitor.events import BEGUN, CONVERSATION, Event, Vocabulary

#: how a small number is written
SMALL = f"<{THRESHOLD}"
#: months in the picture of conversations through time
MONTHS = 12
COLUMNS = ("gemeente", "periode", "soort", "waarde", "aantal")


@dataclass(frozen=True)
class Row:
    """A value and what is shown of its count; None is fewer than five."""

    value: str
    count: int | None


@dataclass(frozen=True)
class Report:
    """What is shown: the rows of every kind, in the order of the vocabulary, and the conversations of the last closed months."""

    gemeente: str
    when: Period
    kinds: dict[str, tuple[Row, ...]]
    months: tuple[tuple[Period, int | None], ...]


class NotShownError(ValueError):
    """A period that is not over, not kept whole, or no period at all."""


def report(store: Counts, words: Vocabulary, gemeente: str, when: Period, today: date) -> Report:
    """What may be shown. Raises NotShownError, and StoreError where the store can't be read."""
    if not may_show(when, today):
        raise NotShownError(str(when))
    key, totals = store.key(), store.totals(gemeente, when)

    def show(event: Event, at: Period, count: int) -> int | None:
        return published(key, gemeente, event.kind, event.value, at, count)

    kinds = {
        kind: tuple(Row(value, show(event, when, totals.get(event, 0))) for value in values for event in [Event(kind, value)])
        for kind, values in words.items()
    }
    begun = Event(CONVERSATION, BEGUN)
    last = reversed(periods(MONTH, today)[:MONTHS])
    months = tuple((month, show(begun, month, store.totals(gemeente, month).get(begun, 0))) for month in last)
    return Report(gemeente, when, kinds, months)


def written(made: Report) -> str:
    """The report as CSV (RFC 4180): the ids of kinds and values, a multiple of five or "<5"."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(COLUMNS)
    for kind, rows in made.kinds.items():
        lines.writerows((made.gemeente, str(made.when), kind, row.value, SMALL if row.count is None else row.count) for row in rows)
    return out.getvalue()


def largest(rows: Sequence[Row]) -> int:
    """The largest number shown; 1 where there is none."""
    return max((row.count for row in rows if row.count), default=1)
