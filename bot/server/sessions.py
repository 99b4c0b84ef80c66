"""Tokens that this server issues, and the session behind each: which conversation, how far it is, and the reply that was given last.

A token is opaque and signed; nothing is kept for it until it is used. What it opens stands on the shelf under the token itself, so only who holds
it can open it. A session is changed by one request at a time, and written together with its conversation (`together`).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields
from typing import Any

from bot.content.load import DEFAULT_MAP
from bot.server.links import Entry
from bot.server.page import Bubble
from bot.shelf import Name, Shelf
from bot.shelf.together import Together, together

#: seconds that a request waits for another one of the same session: longer than a turn, shorter than a page waits
PATIENCE_SECONDS = 8.0
#: turns at the same moment; more wait for their turn. Each reads on the one thread, and while hundreds do, no answer of Redis is heard in time
AT_ONCE = 8
#: attempts when another worker, whose lock ran out, wrote in between
ATTEMPTS = 3


@dataclass
class Session:
    """One conversation of one browser tab. `gemeente` and `herkomst` are those of the entry; `entry`: of a link, as `Entry.written`.

    `turn`: the number of the last message; `bubbles`: what the plain page shows; `reply`: the answer to the last message of a widget.
    """

    sender: str = field(default_factory=lambda: secrets.token_hex(16))
    rol: str | None = None
    gemeente: str | None = None
    herkomst: str = "pagina"
    entry: str | None = None
    turn: int = 0
    bubbles: list[Bubble] = field(default_factory=list)
    reply: dict[str, Any] | None = None

    @property
    def link(self) -> Entry | None:
        """How somebody came in by a link."""
        return Entry.read(self.entry) if self.entry else None

    def written(self) -> str:
        """As one text."""
        return json.dumps({**vars(self), "bubbles": [vars(b) for b in self.bubbles]}, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> Session:
        """The session of `written`, also one that an older or newer version of this program wrote."""
        known = {f.name for f in fields(cls)}
        given = {name: value for name, value in json.loads(text).items() if name in known}
        given["bubbles"] = [Bubble(**bubble) for bubble in given.get("bubbles") or []]
        return cls(**given)


@dataclass
class Open:
    """A session that one request holds: `session` is None where there is none (any more)."""

    session: Session | None
    _name: Name
    _turn: Together

    async def commit(self) -> bool:
        """Write the session with everything its turn saved. False where another worker was first: nothing was written then."""
        self._turn.put(self._name, self.session.written() if self.session else None)
        return await self._turn.commit()


class Sessions:
    """Tokens and what they open. `kind`: of `shelf.KINDS`; `key`: signs the tokens, the same for all workers that share the shelf."""

    def __init__(self, shelf: Shelf, kind: str, key: bytes | None = None) -> None:
        self.shelf = shelf
        self.kind = kind
        self._key = key or secrets.token_bytes(32)
        self._turns = asyncio.Semaphore(AT_ONCE)

    def issue(self, entry: Entry | None = None) -> str:
        """A new token, which carries how somebody came in by a link."""
        value = secrets.token_urlsafe(24)
        if entry is not None:
            value += "~" + entry.written()
        return f"{value}.{self._sign(value)}"

    def entry(self, token: str) -> Entry | None:
        """The entry that a genuine token carries."""
        _, carried, written = token.partition(".")[0].partition("~")
        return Entry.read(written) if carried and self.genuine(token) else None

    def genuine(self, token: str) -> bool:
        """Whether these workers issued the token."""
        value, _, signature = token.partition(".")
        return bool(value) and token.isascii() and hmac.compare_digest(self._sign(value).encode(), signature.encode())

    async def look(self, token: str) -> Session | None:
        """The session of a genuine token, to show and not to change. Raises ShelfDown."""
        kept = await self.shelf.read(Name(self.kind, token)) if self.genuine(token) else None
        return Session.read(kept.text) if kept else None

    @asynccontextmanager
    async def hold(self, token: str, create: bool) -> AsyncIterator[Open]:
        """The session of a genuine token, for one request at a time; `create` opens it at its first use.

        Raises ShelfDown, and LockTaken where another request of the same session is not done in time.
        """
        name = Name(self.kind, token)
        if not self.genuine(token):
            with together(self.shelf) as turn:
                yield Open(None, name, turn)
            return
        async with self.shelf.lock(name, PATIENCE_SECONDS), self._turns:
            with together(self.shelf) as turn:
                text = await turn.read(name, guard=True)
                session = Session.read(text) if text is not None else self._new(token) if create else None
                yield Open(session, name, turn)

    def _new(self, token: str) -> Session:
        """A session that was never used."""
        entry = self.entry(token)
        if entry is None:
            return Session(gemeente=DEFAULT_MAP if self.kind == "pagina" else None)
        return Session(rol=entry.rol, gemeente=entry.gemeente, herkomst=entry.herkomst, entry=entry.written())

    def _sign(self, value: str) -> str:
        return hmac.new(self._key, value.encode(), hashlib.sha256).hexdigest()[:32]
