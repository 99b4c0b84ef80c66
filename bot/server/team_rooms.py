"""Rooms in which a team rehearses one case together: a screen for who leads it, a phone for whoever likes. On the shelf only, and without names.

Nothing here knows of HTTP. A room knows its case, the way the team went so far, the phase, who chose what (by seat, never by name), hands that
were counted and the end of a timer. A choice can be changed until the moment is closed; only then is there a spread to look at. A room is gone
when it is closed, or three hours after somebody last did something in it.

A room is one text on the shelf, under its code. It is read anew for every request and changed by one request at a time, so it does not matter
which worker answers. Whoever comes in by the bare code is somebody new: without names nothing tells a phone that lost its page from another one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import astuple, dataclass, field, fields
from typing import TypeVar

from bot.rehearsal import play
from bot.shelf import LockTaken, Name, Shelf

#: without the letters and digits that look like others (0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V)
ALPHABET = "ACDEFHJKMNPQRTWXY3479"
CODE_LENGTH = 6
#: what comes after the code to return to a seat, and to the screen; both are only shown to who has it
SEAT_LENGTH, LEADER_LENGTH = 3, 8
MOST_ROOMS = 300
MOST_SEATS = 40
#: hands that can be counted for one option
MOST_HANDS = 99
#: the longest timer (seconds)
MOST_TIMER = 60 * 60
#: kinds of text on the shelf: a room under its code, and the code of the room that a form opened
KIND, FORM = "kamer", "eenmalig"
#: seconds that a request waits for others of the same room
PATIENCE_SECONDS = 5.0
#: attempts when another worker, whose lock ran out, wrote in between
ATTEMPTS = 3

SCENE, THINK, CHOOSE, SPREAD, FEEDBACK, DISCUSS, END = "scene", "think", "choose", "spread", "feedback", "discuss", "end"
#: the order within a moment
PHASES = (SCENE, THINK, CHOOSE, SPREAD, FEEDBACK, DISCUSS)
#: phases in which the choices of this moment are closed, and may be shown
CLOSED = (SPREAD, FEEDBACK, DISCUSS)
#: where one can go back to; never from the spread to choosing: a choice made after seeing the others is another choice
BACK = {THINK: SCENE, CHOOSE: THINK, FEEDBACK: SPREAD, DISCUSS: FEEDBACK}
T = TypeVar("T")


class NoRoomError(LookupError):
    """There is no room, or no seat, of that code."""


class FullError(RuntimeError):
    """No more rooms, or no more seats in this one."""


@dataclass
class Seat:
    """A place in a room. `word` comes after the code of the room to return to it. `once`: of the form that made it, so that it makes one only."""

    token: str
    word: str
    once: str = ""


@dataclass
class Room:
    """One session of a team. `step` changes with every phase, `version` with everything that is done, `round` with every case.

    `now`: seconds on the clock that all workers share, when it was read; `deadline` is of the same clock. `over`: closed, and not to be kept.
    """

    code: str
    case: play.Case
    leader: Seat
    now: float = field(default=0.0, compare=False)
    choices: tuple[str, ...] = ()
    pick: str | None = None
    phase: str = SCENE
    step: int = 1
    version: int = 1
    round: int = 1
    deadline: float | None = None
    seats: dict[str, Seat] = field(default_factory=dict)
    #: moment -> token of the seat -> option
    votes: dict[str, dict[str, str]] = field(default_factory=dict)
    #: moment -> option -> hands
    hands: dict[str, dict[str, int]] = field(default_factory=dict)
    over: bool = False

    def written(self) -> str:
        """As one text; the case by its id."""
        kept = {**vars(self), "case": self.case["id"], "leader": astuple(self.leader), "seats": [astuple(s) for s in self.seats.values()]}
        return json.dumps({name: value for name, value in kept.items() if name not in ("now", "over")}, separators=(",", ":"))

    @classmethod
    def read(cls, text: str, cases: Mapping[str, play.Case], now: float) -> Room | None:
        """The room of `written`, also of an older or newer version of this program; None where that has another case by this id, or none."""
        known = {f.name for f in fields(cls)}
        kept = {name: value for name, value in json.loads(text).items() if name in known}
        case, choices = cases.get(kept["case"]), tuple(kept["choices"])
        if case is None or not play.valid(case, choices):
            return None
        seats = {seat.token: seat for seat in (Seat(*row) for row in kept["seats"])}
        room = cls(**{**kept, "case": case, "choices": choices, "leader": Seat(*kept["leader"]), "seats": seats, "now": now})
        fits = (room.moment == play.END) == (room.phase == END) and room.pick in (None, *room.options)
        return room if fits else None

    # -- what is so -------------------------------------------------------------------------------------------------------------

    @property
    def moment(self) -> str:
        """The moment in hand, or `play.END`."""
        return play.moment_of(self.case, self.choices)

    @property
    def question(self) -> str:
        """What a vote must name to be one for the question in hand: the round and the moment."""
        return f"{self.round}.{self.moment}"

    @property
    def options(self) -> tuple[str, ...]:
        """The options of the moment in hand; none at the end."""
        return () if self.moment == play.END else tuple(self.case["momenten"][self.moment]["opties"])

    def vote_of(self, seat: str) -> str | None:
        """What a seat chose in the moment in hand."""
        return self.votes.get(self.moment, {}).get(seat)

    def answers(self) -> int:
        """How many chose so far, not what."""
        return len(self.votes.get(self.moment, {})) + sum(self.hands.get(self.moment, {}).values())

    def spread(self) -> dict[str, int] | None:
        """How many chose each option; None as long as it can still change."""
        if self.phase not in CLOSED:
            return None
        votes = list(self.votes.get(self.moment, {}).values())
        hands = self.hands.get(self.moment, {})
        return {option: votes.count(option) + hands.get(option, 0) for option in self.options}

    def most(self) -> str | None:
        """The option with most choices, the first of those that are equal; None where nobody chose, or it is still open."""
        spread = self.spread() or {}
        return max(spread, key=lambda option: spread[option]) if any(spread.values()) else None

    def left(self) -> int | None:
        """Whole seconds until the timer ends, 0 when it has; None without a timer."""
        return None if self.deadline is None else max(0, round(self.deadline - self.now))

    # -- what who leads it can do -----------------------------------------------------------------------------------------------

    def forward(self, pick: str | None = None) -> bool:
        """To the next phase. From the spread on it takes the option the team goes on with. Whether that could be done."""
        if self.phase == END:
            return False
        if self.phase == SPREAD:
            if pick not in self.options:
                return False
            self.pick = pick
        if self.phase == DISCUSS:
            self.choices, self.pick = (*self.choices, f"{self.moment}.{self.pick}"), None
            return self._enter(END if self.moment == play.END else SCENE)
        return self._enter(PHASES[PHASES.index(self.phase) + 1])

    def back(self) -> bool:
        """To the phase before, as far as that is fair (`BACK`)."""
        return self.phase in BACK and self._enter(BACK[self.phase])

    def count_hands(self, numbers: Mapping[str, int]) -> bool:
        """Take hands as they were counted, for the options that are named, while choosing goes on. Whether all of it could be used."""
        fits = all(option in self.options and 0 <= number <= MOST_HANDS for option, number in numbers.items())
        if self.phase != CHOOSE or not fits:
            return False
        self.hands.setdefault(self.moment, {}).update(numbers)
        return self._changed()

    def set_timer(self, seconds: int) -> bool:
        """Start a timer anew; 0 takes it away."""
        if not 0 <= seconds <= MOST_TIMER:
            return False
        self.deadline = self.now + seconds if seconds else None
        return self._changed()

    def start(self, case: play.Case) -> bool:
        """Begin a case (anew) with the same people; nothing of the one before is kept."""
        self.case, self.choices, self.pick, self.round = case, (), None, self.round + 1
        self.votes.clear()
        self.hands.clear()
        return self._enter(SCENE)

    def close(self) -> None:
        """End it for everybody: nothing of it is kept."""
        self.over = self._changed()

    # -- what a seat can do -----------------------------------------------------------------------------------------------------

    def sit(self, seat: Seat) -> None:
        """Somebody comes in."""
        self.seats[seat.token] = seat
        self._changed()

    def vote(self, seat: str, question: str, option: str) -> bool:
        """Choose, or choose otherwise. Whether it counts: only for the question in hand, while it is open."""
        if self.phase != CHOOSE or question != self.question or option not in self.options or seat not in self.seats:
            return False
        self.votes.setdefault(self.moment, {})[seat] = option
        return self._changed()

    def drop(self, seat: str) -> None:
        """Somebody leaves for good: what was closed stays a number, an open choice goes along."""
        self.seats.pop(seat, None)
        if self.phase not in CLOSED:
            self.votes.get(self.moment, {}).pop(seat, None)
        self._changed()

    # -- parts ------------------------------------------------------------------------------------------------------------------

    def _enter(self, phase: str) -> bool:
        self.phase, self.deadline = phase, None
        self.step += 1
        return self._changed()

    def _changed(self) -> bool:
        self.version += 1
        return True


@dataclass(frozen=True)
class Place:
    """What a token opens: a room, and the seat in it; `seat` None for the screen of who leads it."""

    room: Room
    seat: str | None

    @property
    def token(self) -> str:
        """What opens it."""
        return self.seat or self.room.leader.token


class Rooms:
    """All rooms on a shelf, and the tokens that open them: `CODE.value.signature`. Every method may raise ShelfDown.

    `cases`: by id; `key`: signs the tokens, the same for all workers that share the shelf; `most`: how many rooms there can be, on all of them.
    """

    def __init__(self, shelf: Shelf, cases: Mapping[str, play.Case], key: bytes | None = None, most: int = MOST_ROOMS) -> None:
        self.shelf = shelf
        self.cases = cases
        self.most = most
        self._key = key or secrets.token_bytes(32)

    async def open(self, case: play.Case, once: str = "") -> Room:
        """A new room; its `leader` has the token. The same `once` again gives the same room: a form that was sent twice.

        Raises FullError: a room in use never makes way for another. Raises LockTaken where the form is being answered elsewhere all the time.
        """
        form = Name(FORM, once)
        for _ in range(ATTEMPTS):
            known = await self.shelf.read(form) if once else None
            room = (await self._load(known.text))[0] if known else None
            if room is not None and room.leader.once == once:
                return room
            if await self.shelf.count(KIND) >= self.most:
                raise FullError
            code = _new(CODE_LENGTH)
            room = Room(code, case, Seat(self._issue(code), _new(LEADER_LENGTH), once), await self.shelf.now())
            expected = {Name(KIND, code): None, **({form: known.mark if known else None} if once else {})}
            if await self._save(room, expected):
                return room
        raise LockTaken

    async def enter(self, written: str, once: str = "") -> Place:
        """What somebody typed: a code gives a new seat; with the word of a seat, or of the screen, after it the place there was.

        The same `once` again gives the same seat: a form that was sent twice. Raises NoRoomError, FullError or LockTaken.
        """
        typed = "".join(letter for letter in written.upper() if letter.isalnum())
        code, word = typed[:CODE_LENGTH], typed[CODE_LENGTH:]
        if len(code) < CODE_LENGTH or not set(code) <= set(ALPHABET):
            raise NoRoomError
        if not word:
            return await self._alter(code, lambda room: Place(room, self._join(room, once)))
        room, _ = await self._load(code)
        for seat in (room.leader, *room.seats.values()) if room else ():
            if room and hmac.compare_digest(seat.word.encode(), word.encode()):
                return Place(room, None if seat is room.leader else seat.token)
        raise NoRoomError

    async def look(self, token: str) -> Place | None:
        """What a token opens now, to show and not to change. Looking is not doing: it does not keep a room."""
        room = (await self._load(_code(token)))[0] if self.genuine(token) else None
        return _place(room, token) if room else None

    async def change(self, token: str, deed: Callable[[Place], object]) -> Place | None:
        """Do something in what a token opens, one request at a time, and keep it if it changed anything; what it opens then.

        None where there is no such place (any more). `deed` is done again, on the room as it is by then, where another worker wrote in between.
        Raises LockTaken.
        """
        if not self.genuine(token):
            return None

        def done(room: Room) -> Place | None:
            place = _place(room, token)
            if place is not None:
                deed(place)
            return place

        try:
            return await self._alter(_code(token), done)
        except NoRoomError:
            return None

    async def leave(self, token: str) -> None:
        """Give up a seat. The screen closes the room: it is gone, with everything in it. Raises LockTaken."""
        await self.change(token, lambda place: place.room.drop(place.seat) if place.seat else place.room.close())

    def genuine(self, token: str) -> bool:
        """Whether these workers issued the token, for a room that may be gone."""
        value, _, mark = token.rpartition(".")
        return bool(value) and token.isascii() and hmac.compare_digest(self._sign(value), mark)

    # -- parts ------------------------------------------------------------------------------------------------------------------

    async def _alter(self, code: str, deed: Callable[[Room], T]) -> T:
        """Read, do, write. Raises NoRoomError and LockTaken, and what the deed raises."""
        name = Name(KIND, code)
        for _ in range(ATTEMPTS):
            async with self.shelf.lock(name, PATIENCE_SECONDS):
                room, mark = await self._load(code)
                if room is None:
                    raise NoRoomError
                before = room.version
                done = deed(room)
                if room.version == before or await self._save(room, {name: mark}):
                    return done
        raise LockTaken

    async def _load(self, code: str) -> tuple[Room | None, bytes | None]:
        """A room as it is now, and the mark of this version of it."""
        kept = await self.shelf.read(Name(KIND, code))
        if kept is None:
            return None, None
        return Room.read(kept.text, self.cases, await self.shelf.now()), kept.mark

    async def _save(self, room: Room, expected: Mapping[Name, bytes | None]) -> bool:
        """Keep a room, or throw it away when it is over; what its form opened is kept as long as the room."""
        changes = {Name(KIND, room.code): None if room.over else room.written()}
        if room.leader.once:
            changes[Name(FORM, room.leader.once)] = None if room.over else room.code
        return await self.shelf.write(changes, expected)

    def _join(self, room: Room, once: str) -> str:
        """The token of a seat: a new one, or the one that this form made before. Raises FullError."""
        for seat in room.seats.values():
            if once and seat.once == once:
                return seat.token
        if len(room.seats) >= MOST_SEATS:
            raise FullError
        token = self._issue(room.code)
        room.sit(Seat(token, _new(SEAT_LENGTH, {seat.word for seat in room.seats.values()}), once))
        return token

    def _issue(self, code: str) -> str:
        value = f"{code}.{secrets.token_urlsafe(24)}"
        return f"{value}.{self._sign(value)}"

    def _sign(self, value: str) -> str:
        return hmac.new(self._key, value.encode(), hashlib.sha256).hexdigest()[:32]


def _code(token: str) -> str:
    """The code of the room that a token is for."""
    return token.partition(".")[0]


def _place(room: Room, token: str) -> Place | None:
    """What a genuine token opens in its room, if it still does."""
    if hmac.compare_digest(token, room.leader.token):
        return Place(room, None)
    return Place(room, token) if token in room.seats else None


def _new(length: int, taken: Collection[str] = ()) -> str:
    """Random letters of the alphabet that are not `taken`."""
    while True:
        made = "".join(secrets.choice(ALPHABET) for _ in range(length))
        if made not in taken:
            return made
