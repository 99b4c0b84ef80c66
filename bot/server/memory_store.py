"""Conversations in memory that expire: nothing of a conversation outlives 30 idle minutes, "stoppen" or "opnieuw".

Rasa's own in-memory store never forgets. Texts are masked once more before they are kept, for the ways into Rasa that are not our channels.
"""

from __future__ import annotations

import json
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.state import START_OVER, STOP
from bot.privacy.masking import mask

IDLE_SECONDS = 30 * 60
#: beyond this many events only the newest part is kept, so that a long conversation stays as quick as a short one
MOST_EVENTS = 400
#: a button of ours; anything else that begins with a slash is somebody's text
PAYLOAD = re.compile(r'/[a-z_]+(\{"[a-z_]+":"[a-z0-9_+-]+"\})?')
KEPT_EVENTS = 200


class ExpiringStore(TrackerStore, SerializedTrackerAsText):
    """Keeps trackers as text, oldest first; what is idle too long is dropped at every use. `clock` gives seconds."""

    def __init__(
        self,
        domain: Any,
        event_broker: Any = None,
        idle_seconds: float = IDLE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        **_: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self.idle_seconds = float(idle_seconds)
        self.clock = clock
        self._kept: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def expire(self) -> None:
        """Drop every conversation that was idle too long."""
        limit = self.clock() - self.idle_seconds
        while self._kept:
            sender, (used, _) = next(iter(self._kept.items()))
            if used > limit:
                return
            del self._kept[sender]

    def forget(self, sender_id: str) -> None:
        """Drop a conversation now."""
        self._kept.pop(sender_id, None)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep a conversation, without what must not be kept."""
        self.expire()
        await self.stream_events(tracker)
        events = list(tracker.events)
        ended = tracker.slots["einde"].value if "einde" in tracker.slots else None
        if ended == STOP and _listens(tracker):
            self.forget(tracker.sender_id)
            return
        if ended == START_OVER and _listens(tracker):
            self._replace(tracker, _summary(tracker))
        elif len(events) > MOST_EVENTS:
            start = next((i for i in range(len(events) - KEPT_EVENTS, len(events)) if isinstance(events[i], UserUttered)), 0)
            self._replace(tracker, [*_summary(tracker, loop_only_if_kept=events[start:]), *events[start:]])
        _mask_texts(tracker.events)
        self._kept[tracker.sender_id] = (self.clock(), self.serialise_tracker(tracker))
        self._kept.move_to_end(tracker.sender_id)

    def _replace(self, tracker: DialogueStateTracker, events: list[Event]) -> None:
        short = DialogueStateTracker.from_events(tracker.sender_id, events, self.domain.slots)
        tracker.events.clear()
        tracker.events.extend(short.events)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation, or None when it never was or has expired."""
        self.expire()
        if sender_id not in self._kept:
            return None
        return self.deserialise_tracker(sender_id, self._kept[sender_id][1])

    async def keys(self) -> Iterable[str]:
        """The ids of the conversations that are kept."""
        self.expire()
        return list(self._kept)


def _listens(tracker: DialogueStateTracker) -> bool:
    """Whether the turn is over."""
    return tracker.latest_action_name == "action_listen"


def _summary(tracker: DialogueStateTracker, loop_only_if_kept: list[Event] | None = None) -> list[Event]:
    """The state of a conversation as a few events, without anything that was said."""
    events: list[Event] = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
    events += [SlotSet(name, slot.value) for name, slot in tracker.slots.items() if slot.value not in (None, [], False) and name != "einde"]
    if tracker.active_loop_name:
        events += [ActiveLoop(tracker.active_loop_name)]
    if loop_only_if_kept is None:
        events += [ActionExecuted(tracker.active_loop_name or "action_listen"), ActionExecuted("action_listen")]
    return events


def _mask_texts(events: Iterable[Event]) -> None:
    for event in events:
        if isinstance(event, UserUttered) and event.text and not PAYLOAD.fullmatch(event.text):
            event.text = mask(event.text)
            event.parse_data["text"] = event.text


def size(store: ExpiringStore) -> int:
    """Bytes of text kept, for measuring."""
    return sum(len(json.dumps(text)) for _, text in store._kept.values())
