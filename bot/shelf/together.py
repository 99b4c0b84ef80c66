"""One turn writes everything at once: the conversation, the session with the reply, what it was counted for. All of it, or nothing.

Rasa saves a conversation in the middle of a turn. Within `together()` that is only noted down; `commit` writes it with the rest, if nobody else
wrote in between. A worker that dies before has changed nothing, and the same message can be answered again by another.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bot.shelf import Kept, Name, Shelf


class Together:
    """What one turn is about to write."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._changes: dict[Name, str | None] = {}
        self._expected: dict[Name, bytes | None] = {}

    def put(self, name: Name, text: str | None) -> None:
        """Note down what is to be kept; None: thrown away."""
        self._changes[name] = text

    async def read(self, name: Name, guard: bool = False) -> str | None:
        """What is kept, as this turn would leave it. `guard`: `commit` only writes if it is still so."""
        if name in self._changes:
            return self._changes[name]
        kept: Kept | None = await self.shelf.read(name)
        if guard:
            self._expected[name] = kept.mark if kept else None
        return kept.text if kept else None

    async def commit(self) -> bool:
        """Write everything; False where somebody else was first, and then nothing was written. Raises ShelfDown."""
        done = await self.shelf.write(self._changes, self._expected)
        self._changes = {}
        return done


#: the turn that is going on in this task; None: what is saved is written at once
_NOW: ContextVar[Together | None] = ContextVar("TOGETHER", default=None)


@contextmanager
def together(shelf: Shelf) -> Iterator[Together]:
    """Everything that is saved in this block waits for `commit`; what was not committed never was."""
    turn = Together(shelf)
    before = _NOW.set(turn)
    try:
        yield turn
    finally:
        _NOW.reset(before)


async def read(shelf: Shelf, name: Name) -> str | None:
    """What is kept under a name, as this turn would leave it."""
    turn = _NOW.get()
    if turn is not None:
        return await turn.read(name)
    kept = await shelf.read(name)
    return kept.text if kept else None


async def put(shelf: Shelf, name: Name, text: str | None) -> None:
    """Keep or throw away: with the turn that is going on, or at once."""
    turn = _NOW.get()
    if turn is not None:
        turn.put(name, text)
    else:
        await shelf.write({name: text}, {})
