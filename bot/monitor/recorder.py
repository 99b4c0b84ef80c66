"""Counts turns, in the middle of conversations, without ever standing in their way.

What is counted waits in memory and goes to the store in batches; a store that fails keeps its batch waiting, and after a day the batch is dropped.
A conversation counts once for each kind and value: a number is a number of conversations, so five times the same person is not five. Which ones a
conversation has had is remembered in memory, for as long as the conversation itself may be (`Once`).
"""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.content.load import Content
from bot.dialogue.state import STOP, State
from bot.monitor.counts import Cell, Counts, StoreError
from bot.monitor.disclose import CLOSED_DAYS, kept_from
from bot.monitor.events import Event, events, failure, municipalities, municipality, vocabulary
from bot.server.logs import logger

LOG = logger("monitor")
ZONE = ZoneInfo("Europe/Amsterdam")
FLUSH_SECONDS = 60
IDLE_SECONDS = 30 * 60
MOST_CONVERSATIONS = 20_000


def today() -> date:
    """The day it is in the Netherlands."""
    return datetime.now(ZONE).date()


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


class Seen(Protocol):
    """Remembers what each conversation was counted for. Several workers need one that they share."""

    def first(self, sender: str, found: frozenset[Event]) -> frozenset[Event]:
        """Of these events the ones that this conversation was not counted for yet; it is from now on."""

    def expire(self) -> None:
        """Forget the conversations that are over."""

    def forget(self, sender: str) -> None:
        """Forget a conversation now."""


class Once:
    """In memory, for as long as a conversation may be idle. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._had: OrderedDict[str, tuple[float, frozenset[Event]]] = OrderedDict()

    def first(self, sender: str, found: frozenset[Event]) -> frozenset[Event]:
        """See `Seen`."""
        self.expire()
        _, had = self._had.pop(sender, (0.0, frozenset()))
        self._had[sender] = (self.clock(), had | found)
        if len(self._had) > MOST_CONVERSATIONS:
            self._had.popitem(last=False)
        return found - had

    def expire(self) -> None:
        """See `Seen`."""
        limit = self.clock() - IDLE_SECONDS
        while self._had and next(iter(self._had.values()))[0] <= limit:
            self._had.popitem(last=False)

    def forget(self, sender: str) -> None:
        """See `Seen`."""
        self._had.pop(sender, None)


class Recorder:
    """Counts, and hands over to the store. Nothing here raises: a conversation goes on whatever happens to the counts."""

    def __init__(self, store: Counts, content: Content, seen: Seen | None = None, day: Callable[[], date] = today) -> None:
        self.store = store
        self.words = vocabulary(content)
        self.known = municipalities(content)
        self.seen = seen or Once()
        self.day = day
        self.lost = 0
        self._waiting: Counter[Cell] = Counter()
        self._lock = threading.Lock()
        self._flushing = threading.Lock()

    def turn(self, sender: str, turn: Turn, said: Sequence[Mapping[str, Any]], failed: bool = False) -> None:
        """Count one turn of a conversation. `failed`: the user got the words for a failure of ours."""
        try:
            states = turn.states()
            before, after = states or (State(), State())
            found = failure() if failed else frozenset()
            if states:
                found |= events(before, after, said, self.words)
            day, gemeente = self.day(), municipality(after.gemeente, self.known)
            fresh = self.seen.first(sender, found)
            if after.einde == STOP:
                self.seen.forget(sender)
            with self._lock:
                self._waiting.update(Cell(day, gemeente, event) for event in fresh)
        except Exception as error:
            self.lost += 1
            LOG.error("not counted: %s", type(error).__name__)

    def flush(self) -> bool:
        """Hand over what waits, and throw away what is too old. May take seconds where a disk is slow: not for the thread that answers."""
        with self._flushing:
            now = self.day()
            with self._lock:
                batch, self._waiting = self._waiting, Counter()
            # a day that may be shown by now is not added to any more, or two looks would differ by one conversation
            late = [cell for cell in batch if cell.day <= now - timedelta(days=CLOSED_DAYS)]
            for cell in late:
                self.lost += batch.pop(cell)
            try:
                if batch:
                    self.store.add(batch)
                batch = Counter()
                self.store.forget(kept_from(now))
                return True
            except Exception as error:
                code = str(error) if isinstance(error, StoreError) else type(error).__name__
                LOG.error("counts wait: %s", code)
                with self._lock:
                    self._waiting.update(batch)
                return False
