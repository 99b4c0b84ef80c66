"""Rooms in which a team rehearses one case together: a screen for who leads it, a phone for whoever likes. In memory only, and without names.

Nothing here knows of HTTP. A room knows its case, the way the team went so far, the phase, who chose what (by seat, never by name), hands that
were counted and the end of a timer. A choice can be changed until the moment is closed; only then is there a spread to look at. A room is gone
when it is closed, or three hours after somebody last did something in it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from bot.rehearsal import play

#: without the letters and digits that look like others (0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V)
ALPHABET = "ACDEFHJKMNPQRTWXY3479"
CODE_LENGTH = 6
#: what comes after the code to return to a seat, and to the screen; both are only shown to who has it
SEAT_LENGTH, LEADER_LENGTH = 3, 8
MOST_ROOMS = 300
MOST_SEATS = 40
#: hands that can be counted for one option
MOST_HANDS = 99
#: seconds after which a room in which nobody does anything is gone; looking is not doing
IDLE_SECONDS = 3 * 60 * 60
#: the longest timer (seconds)
MOST_TIMER = 60 * 60

SCENE, THINK, CHOOSE, SPREAD, FEEDBACK, DISCUSS, END = "scene", "think", "choose", "spread", "feedback", "discuss", "end"
#: the order within a moment
PHASES = (SCENE, THINK, CHOOSE, SPREAD, FEEDBACK, DISCUSS)
#: phases in which the choices of this moment are closed, and may be shown
CLOSED = (SPREAD, FEEDBACK, DISCUSS)
#: where one can go back to; never from the spread to choosing: a choice made after seeing the others is another choice
BACK = {THINK: SCENE, CHOOSE: THINK, FEEDBACK: SPREAD, DISCUSS: FEEDBACK}


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
    """One session of a team. `step` changes with every phase, `version` with everything that the screen shows, `round` with every case."""

    code: str
    case: play.Case
    leader: Seat
    clock: Callable[[], float]
    used: float
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
        return None if self.deadline is None else max(0, round(self.deadline - self.clock()))

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
        self.deadline = self.clock() + seconds if seconds else None
        return self._changed()

    def start(self, case: play.Case) -> bool:
        """Begin a case (anew) with the same people; nothing of the one before is kept."""
        self.case, self.choices, self.pick, self.round = case, (), None, self.round + 1
        self.votes.clear()
        self.hands.clear()
        return self._enter(SCENE)

    # -- what a seat can do -----------------------------------------------------------------------------------------------------

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
        self.used = self.clock()
        return True


@dataclass(frozen=True)
class Place:
    """What a token opens: a room, and the seat in it; `seat` None for the screen of who leads it."""

    room: Room
    seat: str | None


class Rooms:
    """All rooms, by code, and the tokens that open them. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MOST_ROOMS) -> None:
        self.clock = clock
        self.most = most
        self._key = secrets.token_bytes(32)
        self._rooms: dict[str, Room] = {}
        self._codes: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._rooms)

    def open(self, case: play.Case, once: str = "") -> Room:
        """A new room; its `leader` has the token. The same `once` again gives the same room: a form that was sent twice.

        Raises FullError: a room in use never makes way for another.
        """
        self.expire()
        for room in self._rooms.values():
            if once and room.leader.once == once:
                return room
        if len(self._rooms) >= self.most:
            raise FullError
        code = _new(CODE_LENGTH, self._rooms)
        room = Room(code, case, Seat(self._issue(code), _new(LEADER_LENGTH), once), self.clock, self.clock())
        self._rooms[code] = room
        return room

    def enter(self, written: str, once: str = "") -> str:
        """A token for what somebody typed: a code gives a new seat; with the word of a seat, or of the screen, after it the one there was.

        The same `once` again gives the same seat: a form that was sent twice. Raises NoRoomError or FullError.
        """
        self.expire()
        typed = "".join(letter for letter in written.upper() if letter.isalnum())
        room, word = self._rooms.get(typed[:CODE_LENGTH]), typed[CODE_LENGTH:]
        if room is None:
            raise NoRoomError
        if not word:
            return self._join(room, once)
        for seat in (room.leader, *room.seats.values()):
            if hmac.compare_digest(seat.word.encode(), word.encode()):
                return seat.token
        raise NoRoomError

    def place(self, token: str) -> Place | None:
        """What a token opens now."""
        self.expire()
        room = self._rooms.get(self._codes.get(token, "")) if self.genuine(token) else None
        if room is None:
            return None
        return Place(room, None if token == room.leader.token else token)

    def leave(self, token: str) -> None:
        """Give up a seat. The screen closes the room: it is gone, with everything in it."""
        place = self.place(token)
        if place is None:
            return
        if place.seat is None:
            self._forget(place.room)
        else:
            place.room.drop(place.seat)
            del self._codes[token]

    def expire(self) -> None:
        """Drop every room in which nobody did anything for too long."""
        limit = self.clock() - IDLE_SECONDS
        for room in [room for room in self._rooms.values() if room.used <= limit]:
            self._forget(room)

    def genuine(self, token: str) -> bool:
        """Whether this server issued the token, for a room that may be gone."""
        value, _, mark = token.partition(".")
        return bool(value) and hmac.compare_digest(self._sign(value).encode(), mark.encode())

    def _join(self, room: Room, once: str) -> str:
        for seat in room.seats.values():
            if once and seat.once == once:
                return seat.token
        if len(room.seats) >= MOST_SEATS:
            raise FullError
        token = self._issue(room.code)
        room.seats[token] = Seat(token, _new(SEAT_LENGTH, {seat.word for seat in room.seats.values()}), once)
        room.version += 1
        room.used = self.clock()
        return token

    def _forget(self, room: Room) -> None:
        for token in (room.leader.token, *room.seats):
            self._codes.pop(token, None)
        self._rooms.pop(room.code, None)

    def _issue(self, code: str) -> str:
        value = secrets.token_urlsafe(24)
        token = f"{value}.{self._sign(value)}"
        self._codes[token] = code
        return token

    def _sign(self, value: str) -> str:
        return hmac.new(self._key, value.encode(), hashlib.sha256).hexdigest()[:32]


def _new(length: int, taken: Collection[str] = ()) -> str:
    """Random letters of the alphabet that are not `taken`."""
    while True:
        made = "".join(secrets.choice(ALPHABET) for _ in range(length))
        if made not in taken:
            return made
