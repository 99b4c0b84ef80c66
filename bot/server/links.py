"""Signed links: a role, a municipality and who gave the link, with an end date and a signature; nothing about a person or a case.

A link is kept by nobody: all it says stands in its token, and the signature shows that we made it. It opens as often as it is used, until
it expires or its id is on the list of revoked links. The token, in two parts of URL-safe base64 without padding:

    body   version (1 byte), key id (4), issued (4) and expires (4, both in seconds since 1970), link id (6), "rol|gemeente|herkomst"
    mark   HMAC-SHA256 over the letters of the body; always 43 letters, and the last is never one that a mail program leaves off

`ROUTEKAART_LINK_KEYS`: the keys, "new,old"; the first signs, all verify. `ROUTEKAART_LINK_REVOKED`: a file of link ids, one a line.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from bot.core.situation import ROLES
from bot.server.logs import logger

LOG = logger("links")
KEYS_VARIABLE = "ROUTEKAART_LINK_KEYS"
REVOKED_VARIABLE = "ROUTEKAART_LINK_REVOKED"
#: a command that prints a good key
MAKE_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
KEY_LENGTH = 32
#: different characters in a key; a made key has about 30
KEY_VARIETY = 12
VERSION = 1
DAY = 24 * 60 * 60
MOST_SECONDS = 366 * DAY
ID_BYTES = 6
ID = re.compile(rf"[0-9a-f]{{{2 * ID_BYTES}}}")
#: a municipality or a giver, as in the names of the files of `content/routekaarten/`
NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
UNKNOWN_GIVER = "link"
_HEAD = struct.Struct(">B4sII6s")
_MARK = 43
_SHAPE = re.compile(rf"[A-Za-z0-9_-]{{30,200}}[A-Za-z0-9_-]{{{_MARK}}}")
_PURPOSE = b"routekaart link\0"


class Reason(Enum):
    """Why a link does not open anything. The value is the code of the widget's channel and of the log."""

    EMPTY = "leeg"
    ALTERED = "veranderd"
    KEY = "sleutel"
    EXPIRED = "verlopen"
    REVOKED = "ingetrokken"
    OFF = "uit"


class BadLink(ValueError):
    """A link that opens nothing. `rol`: for whom it was, where the signature is ours."""

    def __init__(self, reason: Reason, rol: str | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.rol = rol


class LinkSetupError(RuntimeError):
    """Keys or list of revoked links that can't be used; the text says what to mend. `code`: for who says it in other words."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Entry:
    """How somebody came in. `gemeente` may be one without a map; `herkomst`: a short id of who gave the link."""

    rol: str
    gemeente: str
    herkomst: str = UNKNOWN_GIVER

    def __post_init__(self) -> None:
        """Raises ValueError naming the field that is not of the right form."""
        if self.rol not in ROLES:
            raise ValueError("rol")
        for name in ("gemeente", "herkomst"):
            if not NAME.fullmatch(getattr(self, name)):
                raise ValueError(name)

    def written(self) -> str:
        """As one text."""
        return f"{self.rol}|{self.gemeente}|{self.herkomst}"

    @classmethod
    def read(cls, text: str) -> Entry:
        """The entry of `written`. Raises ValueError for anything else."""
        return cls(*text.split("|", 2)) if text.count("|") == 2 else cls("", "")


@dataclass(frozen=True)
class Link:
    """A link that was verified, or is about to be signed. Times in whole seconds since 1970; `id` names it on the list of revoked links."""

    entry: Entry
    issued: int
    expires: int
    id: str


class Keys:
    """The signing keys, by the id that stands in a token. The first signs."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Raises LinkSetupError for a key that is too short or too simple to be safe."""
        for number, key in enumerate(keys, 1):
            if len(key) < KEY_LENGTH:
                text = f"key {number} has {len(key)} characters, at least {KEY_LENGTH} are needed"
                raise LinkSetupError("kort", f"{KEYS_VARIABLE}: {text}. Make one with: {MAKE_KEY}")
            if len(set(key)) < KEY_VARIETY:
                raise LinkSetupError("eenvoudig", f"{KEYS_VARIABLE}: key {number} is too easy to guess. Make one with: {MAKE_KEY}")
        self._first = self.name(keys[0]) if keys else b""
        self._keys: Mapping[bytes, bytes] = {self.name(key): key.encode() for key in keys}

    @staticmethod
    def name(key: str) -> bytes:
        """What a key is called in a token; tells nothing about the key."""
        return hashlib.sha256(b"routekaart key id\0" + key.encode()).digest()[:4]

    @classmethod
    def from_environment(cls) -> Keys:
        """From `ROUTEKAART_LINK_KEYS`; none where it is not set. Raises LinkSetupError."""
        return cls([key for part in os.environ.get(KEYS_VARIABLE, "").split(",") if (key := part.strip())])

    def __bool__(self) -> bool:
        return bool(self._keys)

    def sign(self, link: Link) -> str:
        """The token of a link. Raises LinkSetupError where there is no key."""
        if not self:
            raise LinkSetupError("geen", f"{KEYS_VARIABLE} is not set. Make a key with: {MAKE_KEY}")
        head = _HEAD.pack(VERSION, self._first, link.issued, link.expires, bytes.fromhex(link.id))
        body = _letters(head + link.entry.written().encode("ascii"))
        return body + _mark(self._keys[self._first], body)

    def read(self, token: str) -> Link:
        """What a token says, if one of these keys signed exactly this. Expiry and revocation are not looked at. Raises BadLink."""
        if not token:
            raise BadLink(Reason.EMPTY)
        if not _SHAPE.fullmatch(token):
            raise BadLink(Reason.ALTERED)
        body, mark = token[:-_MARK], token[-_MARK:]
        try:
            data = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
            version, name, issued, expires, id_ = _HEAD.unpack_from(data)
        except (ValueError, struct.error):
            raise BadLink(Reason.ALTERED) from None
        if version != VERSION:
            raise BadLink(Reason.ALTERED)
        key = self._keys.get(name)
        if key is None:
            raise BadLink(Reason.KEY)
        if not hmac.compare_digest(_mark(key, body), mark):
            raise BadLink(Reason.ALTERED)
        try:
            entry = Entry.read(data[_HEAD.size :].decode("ascii"))
        except ValueError:
            raise BadLink(Reason.ALTERED) from None
        return Link(entry, issued, expires, id_.hex())


class Revoked:
    """The ids of revoked links, from a file that is read again when it changes. Empty lines and what follows a # do not count."""

    def __init__(self, path: Path | None = None) -> None:
        """Raises LinkSetupError where the file can't be read or holds a line that is no link id: such a link would stay open unseen."""
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._ids: frozenset[str] = frozenset()
        if path is None:
            return
        try:
            self._seen = self._state()
            self._ids, wrong = self._read()
        except (OSError, UnicodeDecodeError) as error:
            text = f"cannot read the list of revoked links ({type(error).__name__}). Make an empty file there, or mend its rights"
            raise LinkSetupError("lijst", f"{REVOKED_VARIABLE}: {text}.") from None
        if wrong:
            text = f"line {wrong[0]} is no link id ({2 * ID_BYTES} of the characters 0-9 a-f). See docs/links.md"
            raise LinkSetupError("lijst_regel", f"{REVOKED_VARIABLE}: {text}.")

    @classmethod
    def from_environment(cls) -> Revoked:
        """The list that `ROUTEKAART_LINK_REVOKED` names, or an empty one. Raises LinkSetupError."""
        path = os.environ.get(REVOKED_VARIABLE)
        return cls(Path(path) if path else None)

    def __contains__(self, id_: str) -> bool:
        self._refresh()
        return id_ in self._ids

    def _refresh(self) -> None:
        """What was read last stays in force while the file is away or unreadable: a revoked link does not come back by accident."""
        if self._path is None:
            return
        try:
            state = self._state()
            if state == self._seen:
                return
            self._ids, wrong = self._read()
        except (OSError, UnicodeDecodeError) as error:
            if self._seen is not None:
                LOG.error("list of revoked links not readable, the last one stays: %s", type(error).__name__)
                self._seen = None
            return
        self._seen = state
        if wrong:
            LOG.error("list of revoked links: line %s is no link id", wrong[0])

    def _state(self) -> tuple[int, int, int]:
        assert self._path is not None
        found = self._path.stat()
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self) -> tuple[frozenset[str], list[int]]:
        """The ids, and the numbers of the lines that hold none."""
        assert self._path is not None
        ids, wrong = set(), []
        for number, line in enumerate(self._path.read_text("utf8").splitlines(), 1):
            word = line.partition("#")[0].strip().lower()
            if ID.fullmatch(word):
                ids.add(word)
            elif word:
                wrong.append(number)
        return frozenset(ids), wrong


class Links:
    """Makes links and opens them. `clock` gives seconds since 1970."""

    def __init__(self, keys: Keys, revoked: Revoked | None = None, clock: Callable[[], float] = time.time) -> None:
        self.keys = keys
        self._revoked = revoked or Revoked()
        self._clock = clock

    @classmethod
    def from_environment(cls) -> Links:
        """With the keys and the list of the environment. Raises LinkSetupError."""
        return cls(Keys.from_environment(), Revoked.from_environment())

    def make(self, entry: Entry, seconds: int) -> tuple[str, Link]:
        """A new token and its link. Raises ValueError for a time that is not positive or over a year, LinkSetupError without a key."""
        if not 0 < seconds <= MOST_SECONDS:
            raise ValueError("geldig")
        now = int(self._clock())
        link = Link(entry, now, now + seconds, secrets.token_hex(ID_BYTES))
        return self.keys.sign(link), link

    def open(self, token: str) -> Link:
        """The link of a token that counts now. Nothing changes by it. Raises BadLink."""
        if not self.keys:
            raise BadLink(Reason.OFF)
        link = self.keys.read(token)
        if link.id in self._revoked:
            raise BadLink(Reason.REVOKED, link.entry.rol)
        if self._clock() >= link.expires:
            raise BadLink(Reason.EXPIRED, link.entry.rol)
        return link


def _letters(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _mark(key: bytes, body: str) -> str:
    """Over the letters, not over what they stand for: two spellings of the same bytes are not the same link."""
    return _letters(hmac.new(key, _PURPOSE + body.encode("ascii"), hashlib.sha256).digest())
