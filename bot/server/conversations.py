"""Conversations that expire: nothing of a conversation outlives 30 idle minutes, "stoppen" or "opnieuw".

Rasa's own stores keep what should be forgotten. This one puts a conversation on the shelf (memory, or Redis), with everything else its turn writes.
Texts are masked once more before they are kept, for the ways into Rasa that are not our channels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.state import START_OVER, STOP
from bot.privacy.masking import mask
from bot.shelf import Name, Shelf
from bot.shelf.together import put, read

KIND = "gesprek"
#: beyond this many events only the newest part is kept, so that a long conversation stays as quick as a short one
MOST_EVENTS = 400
#: a button of ours; anything else that begins with a slash is somebody's text
PAYLOAD = re.compile(r'/[a-z_]+(\{"[a-z_]+":"[a-z0-9_+-]+"\})?')
KEPT_EVENTS = 200


class Conversations(TrackerStore, SerializedTrackerAsText):
    """Keeps conversations as text on a shelf."""

    def __init__(self, domain: Any, shelf: Shelf, event_broker: Any = None, **_: Any) -> None:
        super().__init__(domain, event_broker)
        self.shelf = shelf

    async def forget(self, sender_id: str) -> None:
        """Drop a conversation now."""
        await put(self.shelf, Name(KIND, sender_id), None)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep a conversation, without what must not be kept."""
        await self.stream_events(tracker)
        events = list(tracker.events)
        ended = tracker.slots["einde"].value if "einde" in tracker.slots else None
        if ended == STOP and _listens(tracker):
            await self.forget(tracker.sender_id)
            return
        if ended == START_OVER and _listens(tracker):
            self._replace(tracker, _summary(tracker))
        elif len(events) > MOST_EVENTS:
            start = next((i for i in range(len(events) - KEPT_EVENTS, len(events)) if isinstance(events[i], UserUttered)), 0)
            self._replace(tracker, [*_summary(tracker, loop_only_if_kept=events[start:]), *events[start:]])
        _mask_texts(tracker.events)
        await put(self.shelf, Name(KIND, tracker.sender_id), self.serialise_tracker(tracker))

    def _replace(self, tracker: DialogueStateTracker, events: list[Event]) -> None:
        short = DialogueStateTracker.from_events(tracker.sender_id, events, self.domain.slots)
        tracker.events.clear()
        tracker.events.extend(short.events)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation, or None when it never was or has expired."""
        text = await read(self.shelf, Name(KIND, sender_id))
        return None if text is None else self.deserialise_tracker(sender_id, text)

    async def keys(self) -> Iterable[str]:
        """Nobody can list conversations: their names are known to their owners only."""
        return []


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
