"""Rooms of a team: no choice lost or counted twice, no spread before it is closed, nothing left of a room that is gone.

Each test runs in memory, with a clock set by hand, and on a real Redis, where the time that things are kept is moved instead. Two workers take
turns: whatever is done, the next thing is done by the other one.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
import redis as plain
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, precondition, rule, run_state_machine_as_test

from bot.content import load_content
from bot.rehearsal import play
from bot.server import team_rooms as rooms
from bot.server.team_rooms import (
    ALPHABET,
    CODE_LENGTH,
    FORM,
    KIND,
    MOST_HANDS,
    MOST_SEATS,
    FullError,
    NoRoomError,
    Place,
    Room,
    Rooms,
    Seat,
)
from bot.shelf import KINDS, ROOM_SECONDS, LockTaken, Name, Shelf, ShelfDown
from bot.shelf import redis as redis_shelf
from bot.shelf.memory import MemoryShelf
from bot.shelf.redis import RedisShelf
from tests.clock import Seconds
from tests.engines import RedisServer, redis_server

CASES = load_content().cases
CASE = CASES["C1"]
T = TypeVar("T")


class Hall:
    """Rooms on one shelf as two workers have them, taking turns."""

    def __init__(self, shelves: list[Shelf]) -> None:
        self.loop = asyncio.new_event_loop()
        self.key = secrets.token_bytes(32)
        self.shelves = shelves
        self.workers = [Rooms(shelf, CASES, self.key) for shelf in shelves]
        self._turns = itertools.cycle(self.workers)

    def later(self, seconds: float) -> None:
        """Time passes."""
        raise NotImplementedError

    def kept(self) -> int:
        """How many texts of any kind there are, and anything else."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of it."""
        for shelf in self.shelves:
            self.run(shelf.close())
        self.loop.close()

    @property
    def next(self) -> Rooms:
        """The worker whose turn it is."""
        return next(self._turns)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for it."""
        return self.loop.run_until_complete(work)

    def all(self, *works: Coroutine[Any, Any, T]) -> list[T]:
        """Everything at once."""

        async def gathered() -> list[T]:
            return list(await asyncio.gather(*works))

        return self.run(gathered())

    # -- what one worker does ---------------------------------------------------------------------------------------------------

    def open(self, case: play.Case = CASE, once: str = "") -> Room:
        return self.run(self.next.open(case, once))

    def enter(self, written: str, once: str = "") -> str:
        return self.run(self.next.enter(written, once)).token

    def look(self, token: str) -> Place | None:
        return self.run(self.next.look(token))

    def room(self, token: str) -> Room:
        """The room that a token opens."""
        place = self.look(token)
        assert place is not None
        return place.room

    def do(self, token: str, deed: Callable[[Room], Any]) -> Any:
        """Change the room of a token; what the deed said of it."""
        return self.run(do(self.next, token, deed))

    def vote(self, seat: str, option: str) -> bool:
        """Choose in the question in hand."""
        return bool(self.do(seat, lambda room: room.vote(seat, room.question, option)))

    def leave(self, token: str) -> None:
        self.run(self.next.leave(token))


async def do(worker: Rooms, token: str, deed: Callable[[Room], Any]) -> Any:
    """What came of it."""
    said: list[Any] = []
    assert await worker.change(token, lambda place: said.append(deed(place.room)))
    return said[-1]


class InMemory(Hall):
    """In memory of one process."""

    def __init__(self) -> None:
        self.clock = Seconds()
        self.shelf = MemoryShelf(self.clock)
        super().__init__([self.shelf, self.shelf])

    def later(self, seconds: float) -> None:
        self.clock.now += seconds

    def kept(self) -> int:
        return sum(self.run(self.shelf.count(kind)) for kind in KINDS)


class OnRedis(Hall):
    """On Redis, with a secret of its own."""

    def __init__(self, engine: RedisServer) -> None:
        secret = secrets.token_hex(16)
        self.client = plain.Redis.from_url(engine.url)
        super().__init__([RedisShelf(engine.url, secret), RedisShelf(engine.url, secret)])

    def later(self, seconds: float) -> None:
        for key in self.client.scan_iter():
            left = self.client.pttl(key) - int(1000 * seconds)
            self.client.pexpire(key, left) if left > 0 else self.client.delete(key)

    def kept(self) -> int:
        return int(self.client.dbsize())

    def close(self) -> None:
        self.client.flushdb()
        self.client.close()
        super().close()


@pytest.fixture(params=["memory", "redis"])
def hall(request: pytest.FixtureRequest) -> Iterator[Hall]:
    """No room yet."""
    made: Hall = InMemory() if request.param == "memory" else OnRedis(request.getfixturevalue("redis_engine"))
    yield made
    made.close()


def fresh(case: play.Case = CASE) -> Room:
    """A room that stands on no shelf."""
    return Room("ACDEFH", case, Seat("token", "HFEDCAAC"))


def to_choosing(room: Room) -> None:
    """To the first question."""
    assert room.forward() and room.forward()
    assert room.phase == rooms.CHOOSE


# -- coming in ---------------------------------------------------------------------------------------------------------------------


def test_a_code_has_no_letter_that_looks_like_another_and_is_typed_as_one_likes(hall: Hall) -> None:
    assert not set(ALPHABET) & set("0O1IL2Z5S6G8BUV")
    codes = [hall.open().code for _ in range(100)]
    assert len(set(codes)) == 100
    assert all(len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) for code in codes)
    for written in (codes[0], codes[0].lower(), f" {codes[0][:3]}-{codes[0][3:]} "):
        place = hall.look(hall.enter(written))
        assert place is not None and place.seat is not None and place.room.code == codes[0]


def test_a_code_that_is_in_use_is_never_given_to_another_room(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    first = hall.open()
    real, chosen = rooms._new, [first.code]
    monkeypatch.setattr(rooms, "_new", lambda length, taken=(): chosen.pop() if chosen and length == CODE_LENGTH else real(length, taken))
    second = hall.open(CASES["C2"])
    assert not chosen and second.code != first.code
    assert hall.room(first.leader.token).case is CASE


@pytest.mark.parametrize("written", ["", "A", "AAAAAA", "00000000000", "é" * 6, "\0", "A" * 10_000, "\ud800" * 6], ids=range(8))
def test_a_code_of_no_room_opens_nothing(hall: Hall, written: str) -> None:
    room = hall.open()
    if room.code == written:
        pytest.skip("one in 85 million")
    with pytest.raises(NoRoomError):
        hall.enter(written)
    with pytest.raises(NoRoomError):
        hall.enter(room.code + "XXX" + written)
    assert not hall.room(room.leader.token).seats


def test_tokens_are_of_these_workers_and_of_one_place(hall: Hall) -> None:
    room, other = hall.open(), hall.open()
    seat, gone = hall.enter(room.code), hall.enter(room.code)
    hall.leave(gone)
    for _ in hall.workers:
        assert hall.look(seat) == Place(hall.room(room.leader.token), seat)
        assert hall.look(room.leader.token) == Place(hall.room(seat), None)
    assert not hall.do(other.leader.token, lambda there: there.forward() and there.forward() and there.vote(seat, there.question, "a"))
    stranger = hall.run(Rooms(hall.shelves[0], CASES).open(CASE)).leader.token
    swapped = other.code + seat[CODE_LENGTH:]
    for forged in (
        "",
        ".",
        seat[:-1],
        seat + "0",
        seat.rpartition(".")[0],
        "é.é",
        "x.\udcff",
        gone,
        stranger,
        swapped,
        seat + ".",
        room.code,
    ):
        assert hall.look(forged) is None, forged
        assert hall.next.genuine(forged) == (forged == gone), forged
        assert hall.run(hall.next.change(forged, lambda _: pytest.fail("it opens something"))) is None


def test_a_room_has_a_last_seat_and_the_server_a_last_room(hall: Hall) -> None:
    for worker in hall.workers:
        worker.most = 2
    room, _ = hall.open(), hall.open()
    with pytest.raises(FullError):
        hall.open()
    tokens = [hall.enter(room.code) for _ in range(MOST_SEATS)]
    with pytest.raises(FullError):
        hall.enter(room.code)
    assert hall.enter(room.code + hall.room(tokens[0]).seats[tokens[0]].word) == tokens[0], "who is in can always come back"
    hall.leave(tokens[1])
    hall.enter(room.code)
    hall.leave(room.leader.token)
    hall.open()


def test_a_form_that_is_sent_twice_opens_one_room_and_one_seat(hall: Hall) -> None:
    room = hall.open(once="x")
    token = room.leader.token
    assert hall.open(once="x").leader == room.leader
    assert len({token, hall.open(once="y").leader.token, hall.open().leader.token, hall.open().leader.token}) == 4
    seat = hall.enter(room.code, "x")
    assert hall.enter(room.code, "x") == seat != token and hall.enter(room.code, "y") != seat
    assert hall.enter(room.code) != hall.enter(room.code)
    assert len(hall.room(token).seats) == 4
    hall.do(token, Room.forward)
    assert hall.open(once="x").phase == rooms.THINK
    hall.leave(token)
    assert hall.open(once="x").leader.token != token, "of a room that is over"


def test_a_form_opens_no_room_of_somebody_else(hall: Hall) -> None:
    other = hall.open(once="y")
    hall.run(hall.shelves[0].write({Name(FORM, "x"): other.code}, {}))
    opened = hall.open(once="x")
    assert opened.code != other.code
    assert hall.open(once="x").leader == opened.leader


def test_a_form_that_arrives_at_both_workers_at_once_opens_one_room_and_one_seat(hall: Hall) -> None:
    opened = hall.all(*(hall.next.open(CASE, "x") for _ in range(6)))
    assert len({room.leader.token for room in opened}) == 1
    assert hall.run(hall.shelves[0].count(KIND)) == 1
    seats = hall.all(*(hall.next.enter(opened[0].code, "x") for _ in range(6)))
    assert len({place.token for place in seats}) == 1 == len(hall.room(opened[0].leader.token).seats)


# -- choosing ----------------------------------------------------------------------------------------------------------------------


def test_a_late_choice_never_counts_for_another_question(hall: Hall) -> None:
    opened = hall.open()
    seat, leader = hall.enter(opened.code), opened.leader.token
    hall.do(leader, to_choosing)
    asked = hall.room(leader).question
    assert hall.do(seat, lambda room: room.vote(seat, asked, "a"))
    for pick in (None, "a", None, None, None, None):
        hall.do(leader, lambda room, pick=pick: room.forward(pick))
    room = hall.room(leader)
    assert room.phase == rooms.CHOOSE and room.moment == "M2"
    assert not hall.do(seat, lambda room: room.vote(seat, asked, "a"))
    hall.do(leader, lambda room: room.start(CASE))
    hall.do(leader, to_choosing)
    assert hall.room(leader).moment == "M1"
    assert not hall.do(seat, lambda room: room.vote(seat, asked, "a")), "the same moment of another round"
    assert hall.room(leader).answers() == 0


def test_who_leaves_takes_an_open_choice_along_and_leaves_a_closed_one_as_a_number(hall: Hall) -> None:
    opened = hall.open()
    leader = opened.leader.token
    seats = [hall.enter(opened.code) for _ in range(3)]
    hall.do(leader, to_choosing)
    assert all(hall.vote(seat, "b") for seat in seats)
    hall.leave(seats[0])
    assert hall.room(leader).answers() == 2
    assert hall.vote(hall.enter(opened.code), "a"), "who comes in again chooses once more, and counts once"
    hall.do(leader, Room.forward)
    hall.leave(seats[1])
    assert hall.room(leader).spread() == {"a": 1, "b": 2, "c": 0}


def test_twelve_phones_at_once_on_two_workers_are_each_counted_once(hall: Hall) -> None:
    opened = hall.open()
    leader = opened.leader.token
    places = hall.all(*(hall.next.enter(opened.code, f"formulier-{i}") for i in range(12)))
    seats = [place.token for place in places]
    words = {seat.word for seat in hall.room(leader).seats.values()}
    assert len(set(seats)) == len(words) == 12
    hall.do(leader, to_choosing)
    question = hall.room(leader).question
    chosen = {seat: "abc"[i % 3] for i, seat in enumerate(seats)}

    async def choose(seat: str) -> list[bool]:
        """Change one's mind twice; each press is sent to another worker, the last one to both."""
        sent = [
            (self_, seat, option)
            for self_, option in zip(itertools.cycle(hall.workers), ("b", "c", chosen[seat], chosen[seat]), strict=False)
        ]
        return [await do(worker, who, lambda room, o=option: room.vote(seat, question, o)) for worker, who, option in sent]

    hands = do(hall.next, leader, lambda room: room.count_hands({"a": 3}))
    said = hall.all(*(choose(seat) for seat in seats), hands)
    assert said[:12] == [[True] * 4] * 12
    room = hall.room(leader)
    assert room.answers() == 15 and room.spread() is None
    assert {seat: room.vote_of(seat) for seat in seats} == chosen
    hall.do(leader, Room.forward)
    assert hall.room(leader).spread() == {"a": 7, "b": 4, "c": 4}


def test_choices_that_come_in_while_it_is_closed_count_or_are_refused_and_nothing_between(hall: Hall) -> None:
    opened = hall.open()
    leader = opened.leader.token
    seats = [hall.enter(opened.code) for _ in range(12)]
    hall.do(leader, to_choosing)
    question = hall.room(leader).question
    works = [do(hall.next, seat, lambda room, seat=seat: room.vote(seat, question, "a")) for seat in seats]
    works.insert(6, do(hall.next, leader, Room.forward))
    said = hall.all(*works)
    assert said.pop(6) is True
    spread = hall.room(leader).spread()
    assert spread is not None and spread["a"] == sum(said)
    assert [hall.room(leader).vote_of(seat) for seat in seats] == ["a" if counted else None for counted in said]


def test_one_cannot_go_back_to_choosing_once_the_spread_was_seen() -> None:
    room = fresh()
    to_choosing(room)
    assert room.spread() is None and room.most() is None
    room.forward()
    assert room.spread() == {"a": 0, "b": 0, "c": 0}
    assert not room.back()
    assert not room.forward("z") and not room.forward(), "an option must be picked"
    assert room.forward("b") and room.back() and room.forward("c") and room.pick == "c"


def test_hands_are_numbers_within_reason_and_only_while_it_is_open() -> None:
    room = fresh()
    assert not room.count_hands({"a": 1})
    to_choosing(room)
    assert room.count_hands({"a": 3, "b": 0}) and room.count_hands({"a": 2})
    assert not room.count_hands({"a": -1}) and not room.count_hands({"z": 1}) and not room.count_hands({"b": MOST_HANDS + 1})
    room.forward()
    assert room.spread() == {"a": 2, "b": 0, "c": 0}
    assert not room.count_hands({"a": 5})


def test_a_timer_ends_by_the_clock_of_the_shelf_and_with_its_phase() -> None:
    hall = InMemory()
    leader = hall.open().leader.token
    assert hall.room(leader).left() is None
    assert hall.do(leader, lambda room: room.set_timer(120)) and hall.room(leader).left() == 120
    hall.later(119)
    assert hall.room(leader).left() == 1
    hall.later(500)
    assert hall.room(leader).left() == 0
    hall.do(leader, lambda room: room.set_timer(60))
    hall.do(leader, Room.forward)
    assert hall.room(leader).left() is None
    assert not hall.do(leader, lambda room: room.set_timer(-1) or room.set_timer(10**6))
    hall.close()


def test_both_workers_count_the_same_time_down(hall: Hall) -> None:
    leader = hall.open().leader.token
    hall.do(leader, lambda room: room.set_timer(3000))
    assert all(2940 <= (hall.room(leader).left() or 0) <= 3000 for _ in hall.workers)


# -- as it is kept -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
def test_every_way_through_every_case_can_be_led_to_its_end_and_is_kept_whole(case: str) -> None:
    for path in play.paths(CASES[case]):
        room = fresh(CASES[case])
        room.sit(Seat("een.1.x", "ACD", "formulier"))

        def again(room: Room) -> Room:
            """As the next request has it."""
            read = Room.read(room.written(), CASES, room.now)
            assert read == room
            return read

        for choice in path:
            assert room.moment == play.split(choice)[0]
            while room.phase != rooms.SPREAD:
                if room.phase == rooms.CHOOSE:
                    assert room.vote("een.1.x", room.question, "b") and room.count_hands({"a": 2}) and room.set_timer(60)
                    room = again(room)
                assert room.forward()
                room = again(room)
            assert (room.spread() or {})["b"] == 1 and (room.spread() or {})["a"] == 2
            for pick in (play.split(choice)[1], None, None):
                assert room.forward(pick)
                room = again(room)
        assert room.phase == rooms.END and room.choices == path and not room.forward() and not room.back()


def test_a_room_of_another_version_of_the_program_is_read_where_its_case_is_known() -> None:
    room = fresh()
    to_choosing(room)
    kept = json.loads(room.written())
    assert Room.read(json.dumps({**kept, "later_bedacht": [1]}), CASES, 0.0) == room
    del kept["hands"]
    assert Room.read(json.dumps(kept), CASES, 0.0) == room
    for change in ({"case": "C99"}, {"choices": ["M1.z"]}, {"choices": ["M9.a"]}, {"pick": "z"}, {"phase": rooms.END}):
        assert Room.read(json.dumps({**kept, **change}), CASES, 0.0) is None, change


def test_a_room_whose_case_this_worker_does_not_have_is_none_and_stays_for_who_has(hall: Hall) -> None:
    opened = hall.open()
    seat = hall.enter(opened.code)
    other = Rooms(hall.shelves[0], {"C2": CASES["C2"]}, hall.key)
    assert hall.run(other.look(seat)) is None
    assert hall.run(other.change(seat, lambda place: place.room.close())) is None
    with pytest.raises(NoRoomError):
        hall.run(other.enter(opened.code))
    assert hall.look(seat) is not None


def test_looking_does_not_keep_a_room_alive_and_doing_does(hall: Hall) -> None:
    opened, used = hall.open(once="x"), hall.open(once="y")
    seat = hall.enter(opened.code)
    hall.later(ROOM_SECONDS - 60)
    assert hall.look(seat) and hall.look(opened.leader.token)
    assert hall.enter(opened.code + opened.leader.word) == opened.leader.token
    assert not hall.do(seat, lambda room: room.vote(seat, room.question, "a")), "nothing is asked yet"
    assert hall.do(used.leader.token, Room.forward)
    hall.later(60)
    assert hall.look(seat) is None and hall.look(opened.leader.token) is None
    assert hall.look(used.leader.token) is not None
    assert hall.open(once="y").leader == used.leader, "its form is known as long as the room"
    assert hall.run(hall.shelves[0].count(KIND)) == 1 == hall.run(hall.shelves[0].count(FORM))
    hall.later(ROOM_SECONDS)
    assert hall.kept() == 0


def test_nothing_of_a_room_is_left_after_its_end(hall: Hall) -> None:
    room = hall.open(once="formulier-1")
    leader, code = room.leader.token, room.code
    seat = hall.enter(code, "formulier-2")
    hall.do(leader, to_choosing)
    hall.vote(seat, "a")
    word = hall.room(leader).seats[seat].word
    hall.leave(leader)
    assert hall.look(leader) is None and hall.look(seat) is None
    with pytest.raises(NoRoomError):
        hall.enter(code + word)
    assert hall.kept() == 0
    del room
    gc.collect()
    assert not [thing for thing in gc.get_objects() if isinstance(thing, Room) and thing.code == code]
    for thing in (*hall.workers, *hall.shelves):
        assert not [value for value in vars(thing).values() if code in repr(value) or seat in repr(value)]


# -- Redis -------------------------------------------------------------------------------------------------------------------------


def test_redis_sees_no_code_no_token_and_no_choice(redis_engine: RedisServer) -> None:
    hall = OnRedis(redis_engine)
    room = hall.open(once="formulier-1")
    seat = hall.enter(room.code, "formulier-2")
    hall.do(room.leader.token, to_choosing)
    hall.vote(seat, "b")
    seen = b"".join(key + (hall.client.get(key) or b"") for key in hall.client.scan_iter())
    assert seen.count(b"rk:") == 2
    for secret in (room.code, room.leader.word, room.leader.token, seat, "formulier", "M1", rooms.CHOOSE):
        assert secret.encode() not in seen, secret
    hall.close()


def test_a_worker_whose_lock_ran_out_does_it_again_on_what_another_wrote(redis_engine: RedisServer) -> None:
    hall = OnRedis(redis_engine)
    opened = hall.open()
    leader = opened.leader.token
    slow, quick = hall.enter(opened.code), hall.enter(opened.code)
    hall.do(leader, to_choosing)
    times: list[int] = []

    async def elsewhere() -> None:
        shelf = RedisShelf(redis_engine.url, secret)
        await do(Rooms(shelf, CASES, hall.key), quick, lambda room: room.vote(quick, room.question, "b"))
        await shelf.close()

    def sleepy(room: Room) -> bool:
        times.append(room.version)
        if len(times) == 1:  # its lock is gone, and another worker comes in between
            hall.client.delete(*hall.client.scan_iter(match="rk:slot:*"))
            thread = threading.Thread(target=lambda: asyncio.run(elsewhere()))
            thread.start()
            thread.join()
        return room.vote(slow, room.question, "a")

    secret = hall.shelves[0].seal._secret.decode()  # type: ignore[attr-defined]
    assert hall.do(slow, sleepy)
    assert len(times) == 2 and times[1] == times[0] + 1
    room = hall.room(leader)
    assert (room.vote_of(slow), room.vote_of(quick)) == ("a", "b")
    hall.close()


def test_who_waits_too_long_for_a_room_is_told(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "PATIENCE_SECONDS", 0.1)
    opened = hall.open()

    async def busy() -> None:
        async with hall.shelves[0].lock(Name(KIND, opened.code), 1):
            with pytest.raises(LockTaken):
                await hall.workers[1].enter(opened.code)
            assert await hall.workers[1].look(opened.leader.token), "looking waits for nobody"

    hall.run(busy())
    hall.enter(opened.code)


def test_without_redis_every_use_says_so_and_the_room_is_still_there_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_shelf, "REST_SECONDS", 0.0)
    with redis_server(tmp_path, appendonly=True) as engine:
        hall = OnRedis(engine)
        opened = hall.open(once="x")
        leader, seat = opened.leader.token, hall.enter(opened.code)
        hall.do(leader, to_choosing)
        assert hall.vote(seat, "b")
        engine.kill()
        for use in (
            lambda: hall.open(once="y"),
            lambda: hall.enter(opened.code),
            lambda: hall.enter(opened.code + opened.leader.word),
            lambda: hall.look(seat),
            lambda: hall.vote(seat, "c"),
            lambda: hall.leave(leader),
        ):
            with pytest.raises(ShelfDown):
                use()
        assert hall.look("niet van hier") is None
        with pytest.raises(NoRoomError):
            hall.enter("geen code")
        engine.start()
        assert hall.room(leader).vote_of(seat) == "b"
        assert hall.vote(seat, "c") and hall.open(once="x").leader == opened.leader
        hall.close()


# -- anything that people do, in any order ------------------------------------------------------------------------------------------


class Session(RuleBasedStateMachine):
    """One room beside a plain account of it: who is in, what each chose last while it was open."""

    seats = Bundle("seats")

    def __init__(self, hall: Hall) -> None:
        super().__init__()
        self.hall = hall
        self.old: set[str] = set()
        self.begin()

    def teardown(self) -> None:
        """Leave nothing."""
        self.hall.close()

    def begin(self) -> None:
        """A room in which nothing happened yet, beside another."""
        opened = self.hall.open()
        self.code, self.leader, self.word = opened.code, opened.leader.token, opened.leader.word
        self.other = self.hall.open(CASES["C2"]).leader.token
        self.inside: set[str] = set()
        self.chosen: dict[str, str] = {}
        self.hands: Counter[str] = Counter()
        self.closed: dict[str, int] | None = None
        self.gone = False
        self.idle = 0

    def in_use(self) -> bool:
        """Whether the room is still there."""
        return not self.gone

    @property
    def room(self) -> Room:
        """As it is now."""
        return self.hall.room(self.leader)

    def do(self, deed: Callable[[Room], bool]) -> bool:
        """Press something of the screen, which keeps the room if it did anything."""
        done = bool(self.hall.do(self.leader, deed))
        self.idle = 0 if done else self.idle
        return done

    @precondition(in_use)
    @rule(target=seats)
    def join(self) -> Any:
        """Somebody comes in."""
        try:
            token = self.hall.enter(self.code)
        except FullError:
            assert len(self.inside) == MOST_SEATS
            return multiple()
        assert token not in self.inside
        self.inside.add(token)
        self.idle = 0
        return token

    @precondition(in_use)
    @rule(seat=seats, option=st.sampled_from("aabbccdz"), stale=st.sampled_from([False, False, False, True]))
    def vote(self, seat: str, option: str, stale: bool) -> None:
        """Somebody chooses, perhaps for a question of before."""
        room, counts = self.room, []
        self.hall.run(
            self.hall.next.change(seat, lambda place: counts.append(place.room.vote(seat, "0.M1" if stale else room.question, option)))
        )
        assert (seat in self.inside) == bool(counts)
        if counts:
            assert counts == [not stale and room.phase == rooms.CHOOSE and option in room.options]
            if counts[0]:
                self.chosen[seat] = option
                self.idle = 0

    @precondition(in_use)
    @rule(seat=seats)
    def lose_the_page_and_return(self, seat: str) -> None:
        """By the letters of the seat: the same place, the same choice."""
        if seat in self.inside:
            before = self.room
            assert self.hall.enter(self.code + before.seats[seat].word) == seat
            assert self.room.vote_of(seat) == before.vote_of(seat)

    @precondition(in_use)
    @rule(seat=consumes(seats))
    def leave(self, seat: str) -> None:
        """For good: what is closed stays, what is open goes along."""
        self.hall.leave(seat)
        if seat in self.inside:
            self.idle = 0
        self.inside.discard(seat)
        if self.closed is None:
            self.chosen.pop(seat, None)
        assert self.hall.look(seat) is None

    @precondition(in_use)
    @rule(numbers=st.dictionaries(st.sampled_from("abc"), st.integers(0, 30)))
    def count_hands(self, numbers: dict[str, int]) -> None:
        """Hands, counted anew."""
        options = self.room.options
        numbers = {option: number for option, number in numbers.items() if option in options}
        if self.do(lambda room: room.count_hands(numbers)):
            self.hands.update({option: number - self.hands[option] for option, number in numbers.items()})

    @precondition(in_use)
    @rule(pick=st.sampled_from("abc"))
    def forward(self, pick: str) -> None:
        """On to the next phase, and at the end to a case anew."""
        before = self.room.phase
        moved = self.do(lambda room: room.forward(pick))
        if before == rooms.END:
            assert not moved and self.do(lambda room: room.start(CASE))
        room = self.room
        if before == rooms.CHOOSE and moved:
            votes = Counter(self.chosen.values())
            self.closed = {option: votes[option] + self.hands[option] for option in room.options}
        if before == rooms.END or (moved and room.phase in (rooms.SCENE, rooms.END)):
            self.closed = None
            self.chosen.clear()
            self.hands.clear()

    @precondition(in_use)
    @rule()
    def back(self) -> None:
        """One phase back, where that is fair."""
        self.do(Room.back)

    @precondition(in_use)
    @rule()
    def reload_the_screen(self) -> None:
        """The screen comes back by its token, or by its letters."""
        place = self.hall.look(self.leader)
        assert place is not None and place.seat is None
        assert self.hall.enter(self.code + self.word) == self.leader

    @precondition(in_use)
    @rule(minutes=st.integers(1, ROOM_SECONDS // 240))
    def wait(self, minutes: int) -> None:
        """Time passes; a room in which nobody did anything for too long is gone."""
        self.hall.later(60 * minutes)
        self.idle += 60 * minutes
        self.gone = self.hall.look(self.leader) is None
        assert self.gone == (self.idle >= ROOM_SECONDS)

    @precondition(in_use)
    @rule(sure=st.integers(0, 9))
    def close(self, sure: int) -> None:
        """The session is closed (not too often, or nothing else happens)."""
        if sure == 0:
            self.hall.leave(self.leader)
            self.gone = True

    @precondition(lambda self: self.gone)
    @rule()
    def another_session(self) -> None:
        """After its end a new room begins; the seats of the old one are worth nothing in it."""
        self.old |= self.inside | {self.leader}
        self.hall.leave(self.other)
        self.begin()

    @invariant()
    def everything_counts_once(self) -> None:
        """No choice lost, none counted twice, none shown before it is closed; the other room knows of nothing."""
        assert all(self.hall.look(token) is None for token in self.old)
        if self.gone:
            assert self.hall.look(self.leader) is None
            assert all(self.hall.look(seat) is None for seat in self.inside)
            with pytest.raises(NoRoomError):
                self.hall.enter(self.code)
            return
        room, other = self.room, self.hall.look(self.other)
        assert set(room.seats) == self.inside
        words = [seat.word for seat in room.seats.values()]
        assert len(set(words)) == len(words)
        assert room.spread() == self.closed
        if self.closed is None:
            assert room.most() is None
            assert room.answers() == len(self.chosen) + sum(self.hands.values())
        assert all(room.vote_of(seat) == self.chosen.get(seat) for seat in self.inside)
        assert other is None or not (other.room.seats or other.room.votes)


def often(examples: int, steps: int) -> settings:
    """How many sessions, of how many steps."""
    return settings(max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck))


def test_whatever_people_do_everything_counts_once_in_memory() -> None:
    run_state_machine_as_test(lambda: Session(InMemory()), settings=often(150, 60))


def test_whatever_people_do_everything_counts_once_on_redis(redis_engine: RedisServer) -> None:
    run_state_machine_as_test(lambda: Session(OnRedis(redis_engine)), settings=often(25, 50))
