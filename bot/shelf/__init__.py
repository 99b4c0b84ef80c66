"""What several workers have to know of each other, behind one small interface: texts that are kept for a while, locks, and buckets of turns.

Conversations, sessions and team rooms are texts on a shelf. `MemoryShelf` is for one process, `RedisShelf` for several workers on several
machines. Whoever keeps something names it by what only its owner knows (a token, a code): that is also what it is sealed with.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

#: seconds that a conversation and its session may be idle
IDLE_SECONDS = 30 * 60
#: seconds that a room of a team may be idle
ROOM_SECONDS = 3 * 60 * 60
#: kind of text -> seconds it is kept after it was last written
KINDS: Mapping[str, int] = {
    "gesprek": IDLE_SECONDS,  # a conversation as Rasa keeps it
    "pagina": IDLE_SECONDS,  # a session of the plain page
    "widget": IDLE_SECONDS,  # a session of the chat widget
    "geteld": IDLE_SECONDS,  # what a conversation was counted for
    "kamer": ROOM_SECONDS,  # a room of a team
    "eenmalig": ROOM_SECONDS,  # which room a form opened
}
#: of each kind a process in memory keeps no more than this; the oldest go first
MOST_KEPT = 20_000


class ShelfDown(RuntimeError):
    """The shelf can't be reached. Holds a code only."""


class LockTaken(RuntimeError):
    """Another request is busy with the same thing for longer than is worth waiting."""


@dataclass(frozen=True)
class Name:
    """What something is kept under. `kind`: of `KINDS`; `id`: known to its owner only."""

    kind: str
    id: str


@dataclass(frozen=True)
class Kept:
    """A text, and the mark of this version of it: another for every time it was written."""

    text: str
    mark: bytes


@dataclass(frozen=True)
class Bucket:
    """How often something may be done: `burst` times at once, then `per_second`."""

    name: str
    burst: int
    per_second: float


class Shelf(Protocol):
    """Every method may raise ShelfDown; what was to be written then was written wholly, or not at all."""

    async def read(self, name: Name) -> Kept | None:
        """What is kept under a name. Reading does not make it stay longer, so that what belongs together also expires together."""

    async def write(self, changes: Mapping[Name, str | None], expected: Mapping[Name, bytes | None]) -> bool:
        """Write all of it at once (None: throw away), if all that is expected is so: the mark of what was read, or None for nothing there.

        False, and nothing written, where it is not.
        """

    def lock(self, name: Name, patience: float) -> AbstractAsyncContextManager[None]:
        """One at a time. Raises LockTaken after so many seconds. A lock whose holder died opens by itself; `write` guards what it guarded."""

    async def allow(self, bucket: Bucket, key: str, cost: int = 1) -> bool:
        """Whether one more is allowed for a key; takes `cost` turns when it is (a cost above the burst counts as the burst)."""

    async def count(self, kind: str) -> int:
        """How many of a kind there are."""

    async def now(self) -> float:
        """Seconds on the one clock that all workers share."""

    async def up(self) -> bool:
        """Whether the shelf answers. Never raises."""

    def expire(self) -> None:
        """Drop what was idle too long, where that does not go by itself."""

    async def close(self) -> None:
        """Let go of connections."""
