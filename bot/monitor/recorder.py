"""Counts turns, in the middle of conversations, without ever standing in their way.

What is counted waits in memory and goes to the store in batches. Each batch has an id, and a batch that a store may have taken without saying so
stays as it is and is handed over again under that id. After two days it is dropped.
On which day a batch counts is told by the clock of the store, less the time that the batch has waited: the clock of a worker may be wrong.
A conversation counts once for each kind and value: a number is a number of conversations, so five times the same person is not five. Which ones a
conversation has had is remembered for as long as the conversation itself may be (`SeenOnShelf`).
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bot.content.load import Content
from bot.dialogue.state import STOP, State
from bot.monitor.clock import ZONE, day_of, today
from bot.monitor.counts import Cell, Counts, StoreError
from bot.monitor.disclose import CLOSED_DAYS, kept_from
from bot.monitor.events import Event, events, failure, municipalities, municipality, vocabulary
from bot.monitor.seen import SeenOnShelf
from bot.server.logs import logger
from bot.shelf.memory import MemoryShelf

__all__ = ["TURN", "ZONE", "Batch", "Recorder", "Turn", "today"]

LOG = logger("monitor")
FLUSH_SECONDS = 60
#: a batch that could not be handed over yet takes in no more after this, so that it counts on the right day
BATCH_SECONDS = 10 * 60
DAY_SECONDS = 24 * 3600


class Turn:
    """The slots before the first action of a turn and after the last one, as the actions saw them."""

    def __init__(self) -> None:
        self._before: dict[str, Any] | None = None
        self._after: dict[str, Any] = {}

    def note(self, slots: Mapping[str, Any], changes: Iterable[Mapping[str, Any]]) -> None:
        """One action: the slots it was given, and the events it gave."""
        if self._before is None:
            self._before = dict(slots)
        self._after = {**slots, **{str(e.get("name")): e.get("value") for e in changes if e.get("event") == "slot"}}

    def states(self) -> tuple[State, State] | None:
        """The state before and after; None where no action ran."""
        return None if self._before is None else (State.from_slots(self._before), State.from_slots(self._after))


#: the turn that is going on; None where nobody counts
TURN: ContextVar[Turn | None] = ContextVar("TURN", default=None)


@dataclass
class Batch:
    """What was counted since a moment of the steady clock. `tried`: a store may have it already, so nothing is added any more."""

    since: float
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    counts: Counter[tuple[str, Event]] = field(default_factory=Counter)
    tried: bool = False

    def cells(self, day: date) -> Mapping[Cell, int]:
        """The counts as those of a day."""
        return {Cell(day, gemeente, event): n for (gemeente, event), n in self.counts.items()}


class Recorder:
    """Counts, and hands over to the store. Nothing here raises: a conversation goes on whatever happens to the counts.

    `day`: the day by the clock of this worker, which throws nothing away and shows nothing by itself; `steady`: seconds, whatever clocks are set to.
    """

    def __init__(
        self,
        store: Counts,
        content: Content,
        seen: SeenOnShelf | None = None,
        day: Callable[[], date] = today,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store = store
        self.words = vocabulary(content)
        self.known = municipalities(content)
        self.seen = seen or SeenOnShelf(MemoryShelf())
        self.day = day
        self.steady = steady
        self.lost = 0
        self._batches: deque[Batch] = deque()
        self._lock = threading.Lock()
        self._flushing = threading.Lock()

    async def turn(self, sender: str, turn: Turn, said: Sequence[Mapping[str, Any]], failed: bool = False) -> None:
        """Count one turn of a conversation. `failed`: the user got the words for a failure of ours."""
        try:
            states = turn.states()
            before, after = states or (State(), State())
            found = failure() if failed else frozenset()
            if states:
                found |= events(before, after, said, self.words)
            gemeente = municipality(after.gemeente, self.known)
            fresh = await self.seen.first(sender, found)
            if after.einde == STOP:
                await self.seen.forget(sender)
            if fresh:
                self._wait(Counter((gemeente, event) for event in fresh))
        except Exception as error:
            self.lost += 1
            LOG.error("not counted: %s", type(error).__name__)

    def _wait(self, counts: Counter[tuple[str, Event]]) -> None:
        """Add to the batch that is being made, or to a new one."""
        now = self.steady()
        with self._lock:
            last = self._batches[-1] if self._batches else None
            if last is None or last.tried or now - last.since > BATCH_SECONDS:
                last = Batch(now)
                self._batches.append(last)
            last.counts.update(counts)

    def waiting(self) -> int:
        """How many counts wait to be handed over."""
        with self._lock:
            return sum(sum(batch.counts.values()) for batch in self._batches)

    def today(self) -> date:
        """The day that decides what may be shown: that of the store, or of this worker where that is earlier. Raises StoreError."""
        return min(day_of(self.store.now()), self.day())

    def flush(self) -> bool:
        """Hand over what waits, and throw away what is too old; whether the store is up to date now.

        May take seconds where a disk or a database is slow: not for the thread that answers.
        """
        with self._flushing:
            try:
                self._drop_late()
                moment = self.store.now()
                while batch := self._next():
                    counted = day_of(moment - timedelta(seconds=self.steady() - batch.since))
                    self.lost += self.store.add(batch.cells(counted), batch.id)
                    with self._lock:
                        self._batches.popleft()
                self._forget(moment)
                return True
            except Exception as error:
                LOG.error("counts wait: %s", str(error) if isinstance(error, StoreError) else type(error).__name__)
                return False

    def close(self) -> None:
        """Hand over for the last time and let go of the store."""
        if not self.flush() and self.waiting():
            LOG.error("counts are lost: the store did not take them before the end")
        try:
            self.store.close()
        except Exception as error:
            LOG.error("counts: %s at the end", type(error).__name__)

    def _next(self) -> Batch | None:
        """The oldest batch, which takes in nothing from now on."""
        with self._lock:
            batch = self._batches[0] if self._batches else None
            if batch:
                batch.tried = True
            return batch

    def _drop_late(self) -> None:
        """Batches that have waited until their day was closed."""
        with self._lock:
            while self._batches and self.steady() - self._batches[0].since > CLOSED_DAYS * DAY_SECONDS:
                self.lost += sum(self._batches.popleft().counts.values())

    def _forget(self, moment: datetime) -> None:
        """Throw away what is too old by both clocks, for it can't be undone."""
        store, own = day_of(moment), self.day()
        if abs((store - own).days) > 1:
            LOG.error("clocks differ by %d days", abs((store - own).days))
        self.store.forget(kept_from(min(store, own)))
