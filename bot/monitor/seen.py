"""What each conversation was counted for, on the shelf: for as long as the conversation itself, sealed like it, and written together with its turn."""

from __future__ import annotations

from bot.monitor.events import Event
from bot.shelf import Name, Shelf
from bot.shelf.together import put, read

KIND = "geteld"


class SeenOnShelf:
    """Remembers what each conversation was counted for; the shelf forgets it with the conversation."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    async def first(self, sender: str, found: frozenset[Event]) -> frozenset[Event]:
        """Of these events the ones that this conversation was not counted for yet; it is from now on."""
        had = set((await read(self.shelf, Name(KIND, sender)) or "").splitlines())
        fresh = frozenset(event for event in found if _line(event) not in had)
        if fresh:
            await put(self.shelf, Name(KIND, sender), "\n".join(sorted(had | {_line(event) for event in fresh})))
        return fresh

    async def forget(self, sender: str) -> None:
        """Forget a conversation now."""
        await put(self.shelf, Name(KIND, sender), None)


def _line(event: Event) -> str:
    return f"{event.kind}={event.value}"
