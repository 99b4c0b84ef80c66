"""Rooms of a team: no choice lost or counted twice, no spread before it is closed, nothing left of a room that is gone; with a clock set by hand."""

from __future__ import annotations

import gc
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, precondition, rule

from bot.content import load_content
from bot.rehearsal import play
from bot.server import team_rooms as rooms
from bot.server.team_rooms import ALPHABET, CODE_LENGTH, IDLE_SECONDS, MOST_HANDS, MOST_SEATS, FullError, NoRoomError, Room, Rooms

CASES = load_content().cases
CASE = CASES["C1"]


class Clock:
    """Seconds, set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def to_choosing(room: Room) -> None:
    """To the first question."""
    assert room.forward() and room.forward()
    assert room.phase == rooms.CHOOSE


# -- examples ----------------------------------------------------------------------------------------------------------------------


def test_a_code_has_no_letter_that_looks_like_another_and_is_typed_as_one_likes() -> None:
    assert not set(ALPHABET) & set("0O1IL2Z5S6G8BUV")
    all_ = Rooms(Clock())
    codes = [all_.open(CASE).code for _ in range(200)]
    assert len(set(codes)) == 200
    assert all(len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) for code in codes)
    for written in (codes[0], codes[0].lower(), f" {codes[0][:3]}-{codes[0][3:]} "):
        place = all_.place(all_.enter(written))
        assert place is not None and place.seat is not None and place.room.code == codes[0]


@pytest.mark.parametrize("written", ["", "A", "AAAAAA", "00000000000", "é" * 6, "\0", "A" * 10_000])
def test_a_code_of_no_room_opens_nothing(written: str) -> None:
    all_ = Rooms(Clock())
    room = all_.open(CASE)
    if room.code == written:
        pytest.skip("one in 85 million")
    with pytest.raises(NoRoomError):
        all_.enter(written)
    with pytest.raises(NoRoomError):
        all_.enter(room.code + "XXX" + written)


def test_tokens_are_of_this_server_and_of_one_place() -> None:
    all_ = Rooms(Clock())
    room, other = all_.open(CASE), all_.open(CASE)
    seat = all_.enter(room.code)
    assert all_.place(seat) == rooms.Place(room, seat)
    assert all_.place(room.leader.token) == rooms.Place(room, None)
    assert not other.vote(seat, other.question, "a")
    for forged in ("", ".", seat[:-1], seat + "0", seat.partition(".")[0], "é.é", Rooms(Clock()).open(CASE).leader.token):
        assert all_.place(forged) is None, forged


def test_a_room_has_a_last_seat_and_the_server_a_last_room() -> None:
    all_ = Rooms(Clock(), most=2)
    room, _ = all_.open(CASE), all_.open(CASE)
    with pytest.raises(FullError):
        all_.open(CASE)
    tokens = [all_.enter(room.code) for _ in range(MOST_SEATS)]
    with pytest.raises(FullError):
        all_.enter(room.code)
    assert all_.enter(room.code + room.seats[tokens[0]].word) == tokens[0], "who is in can always come back"
    all_.leave(tokens[1])
    all_.enter(room.code)


def test_a_form_that_is_sent_twice_opens_one_room_and_one_seat() -> None:
    all_ = Rooms(Clock())
    room = all_.open(CASE, "x")
    assert all_.open(CASE, "x") is room and all_.open(CASE, "y") is not room and all_.open(CASE) is not all_.open(CASE)
    seat = all_.enter(room.code, "x")
    assert all_.enter(room.code, "x") == seat != room.leader.token and all_.enter(room.code, "y") != seat
    assert all_.enter(room.code) != all_.enter(room.code)
    assert len(room.seats) == 4


def test_a_late_choice_never_counts_for_another_question() -> None:
    all_ = Rooms(Clock())
    room = all_.open(CASE)
    seat = all_.enter(room.code)
    to_choosing(room)
    asked = room.question
    assert room.vote(seat, asked, "a")
    for pick in (None, "a", None, None, None, None):
        room.forward(pick)
    assert room.phase == rooms.CHOOSE and room.moment == "M2"
    assert not room.vote(seat, asked, "a")
    room.start(CASE)
    to_choosing(room)
    assert room.moment == "M1" and not room.vote(seat, asked, "a"), "the same moment of another round"
    assert room.answers() == 0


def test_who_leaves_takes_an_open_choice_along_and_leaves_a_closed_one_as_a_number() -> None:
    all_ = Rooms(Clock())
    room = all_.open(CASE)
    seats = [all_.enter(room.code) for _ in range(3)]
    to_choosing(room)
    for seat in seats:
        assert room.vote(seat, room.question, "b")
    all_.leave(seats[0])
    assert room.answers() == 2
    assert room.vote(all_.enter(room.code), room.question, "a"), "who comes in again chooses once more, and counts once"
    room.forward()
    all_.leave(seats[1])
    assert room.spread() == {"a": 1, "b": 2, "c": 0}


def test_one_cannot_go_back_to_choosing_once_the_spread_was_seen() -> None:
    room = Rooms(Clock()).open(CASE)
    to_choosing(room)
    assert room.spread() is None and room.most() is None
    room.forward()
    assert room.spread() == {"a": 0, "b": 0, "c": 0}
    assert not room.back()
    assert not room.forward("z") and not room.forward(), "an option must be picked"
    assert room.forward("b") and room.back() and room.forward("c") and room.pick == "c"


def test_hands_are_numbers_within_reason_and_only_while_it_is_open() -> None:
    room = Rooms(Clock()).open(CASE)
    assert not room.count_hands({"a": 1})
    to_choosing(room)
    assert room.count_hands({"a": 3, "b": 0}) and room.count_hands({"a": 2})
    assert not room.count_hands({"a": -1}) and not room.count_hands({"z": 1}) and not room.count_hands({"b": MOST_HANDS + 1})
    room.forward()
    assert room.spread() == {"a": 2, "b": 0, "c": 0}
    assert not room.count_hands({"a": 5})


def test_a_timer_ends_by_the_clock_of_the_server_and_with_its_phase() -> None:
    clock = Clock()
    room = Rooms(clock).open(CASE)
    assert room.left() is None
    assert room.set_timer(120) and room.left() == 120
    clock.now += 119
    assert room.left() == 1
    clock.now += 500
    assert room.left() == 0
    room.set_timer(60)
    room.forward()
    assert room.left() is None
    assert not room.set_timer(-1) and not room.set_timer(10**6)


@pytest.mark.parametrize("case", CASES)
def test_every_way_through_every_case_can_be_led_to_its_end(case: str) -> None:
    for path in play.paths(CASES[case]):
        room = Rooms(Clock()).open(CASES[case])
        for choice in path:
            assert room.moment == play.split(choice)[0]
            while room.phase != rooms.SPREAD:
                assert room.forward()
            assert room.forward(play.split(choice)[1]) and room.forward() and room.forward()
        assert room.phase == rooms.END and room.choices == path and not room.forward() and not room.back()


def test_looking_does_not_keep_a_room_alive() -> None:
    clock = Clock()
    all_ = Rooms(clock)
    room = all_.open(CASE)
    seat = all_.enter(room.code)
    clock.now += IDLE_SECONDS - 1
    assert all_.place(seat) and all_.place(room.leader.token)
    clock.now += 1
    assert all_.place(seat) is None and len(all_) == 0


def test_nothing_of_a_room_is_left_after_its_end() -> None:
    all_ = Rooms(Clock())
    room = all_.open(CASE)
    seat = all_.enter(room.code)
    to_choosing(room)
    room.vote(seat, room.question, "a")
    code, leader, word = room.code, room.leader.token, room.seats[seat].word
    all_.leave(leader)
    assert all_.place(leader) is None and all_.place(seat) is None and len(all_) == 0
    with pytest.raises(NoRoomError):
        all_.enter(code + word)
    del room
    gc.collect()
    assert not [thing for thing in gc.get_objects() if isinstance(thing, Room) and thing.code == code]
    assert not [value for value in vars(all_).values() if code in repr(value) or seat in repr(value)]


# -- anything that people do, in any order ------------------------------------------------------------------------------------------


class Session(RuleBasedStateMachine):
    """One room beside a plain account of it: who is in, what each chose last while it was open."""

    seats = Bundle("seats")

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.all = Rooms(self.clock)
        self.old: set[str] = set()
        self.begin()

    def begin(self) -> None:
        """A room in which nothing happened yet, beside another."""
        self.room = self.all.open(CASE)
        self.other = self.all.open(CASES["C2"])
        self.inside: set[str] = set()
        self.chosen: dict[str, str] = {}
        self.hands: Counter[str] = Counter()
        self.closed: dict[str, int] | None = None
        self.gone = False

    def in_use(self) -> bool:
        """Whether the room is still there."""
        return not self.gone

    @precondition(in_use)
    @rule(target=seats)
    def join(self) -> Any:
        """Somebody comes in."""
        try:
            token = self.all.enter(self.room.code)
        except FullError:
            assert len(self.inside) == MOST_SEATS
            return multiple()
        assert token not in self.inside
        self.inside.add(token)
        return token

    @precondition(in_use)
    @rule(seat=seats, option=st.sampled_from("aabbccdz"), stale=st.sampled_from([False, False, False, True]))
    def vote(self, seat: str, option: str, stale: bool) -> None:
        """Somebody chooses, perhaps for a question of before."""
        counts = self.room.vote(seat, "0.M1" if stale else self.room.question, option)
        assert counts == (not stale and self.room.phase == rooms.CHOOSE and option in self.room.options and seat in self.inside)
        if counts:
            self.chosen[seat] = option

    @precondition(in_use)
    @rule(seat=seats)
    def lose_the_page_and_return(self, seat: str) -> None:
        """By the letters of the seat: the same place, the same choice."""
        if seat in self.inside:
            before = self.room.vote_of(seat)
            assert self.all.enter(self.room.code + self.room.seats[seat].word) == seat
            assert self.room.vote_of(seat) == before

    @precondition(in_use)
    @rule(seat=consumes(seats))
    def leave(self, seat: str) -> None:
        """For good: what is closed stays, what is open goes along."""
        self.all.leave(seat)
        self.inside.discard(seat)
        if self.closed is None:
            self.chosen.pop(seat, None)
        assert self.all.place(seat) is None

    @precondition(in_use)
    @rule(numbers=st.dictionaries(st.sampled_from("abc"), st.integers(0, 30)))
    def count_hands(self, numbers: dict[str, int]) -> None:
        """Hands, counted anew."""
        numbers = {option: number for option, number in numbers.items() if option in self.room.options}
        if self.room.count_hands(numbers):
            self.hands.update({option: number - self.hands[option] for option, number in numbers.items()})

    @precondition(in_use)
    @rule(pick=st.sampled_from("abc"))
    def forward(self, pick: str) -> None:
        """On to the next phase, and at the end to a case anew."""
        before = self.room.phase
        moved = self.room.forward(pick)
        if before == rooms.END:
            assert not moved and self.room.start(CASE)
        if before == rooms.CHOOSE and moved:
            votes = Counter(self.chosen.values())
            self.closed = {option: votes[option] + self.hands[option] for option in self.room.options}
        if before == rooms.END or (moved and self.room.phase in (rooms.SCENE, rooms.END)):
            self.closed = None
            self.chosen.clear()
            self.hands.clear()

    @precondition(in_use)
    @rule()
    def back(self) -> None:
        """One phase back, where that is fair."""
        self.room.back()

    @precondition(in_use)
    @rule()
    def reload_the_screen(self) -> None:
        """The screen comes back by its token, or by its letters."""
        assert self.all.place(self.room.leader.token) == rooms.Place(self.room, None)
        assert self.all.enter(self.room.code + self.room.leader.word) == self.room.leader.token

    @precondition(in_use)
    @rule(seconds=st.integers(1, IDLE_SECONDS // 4))
    def wait(self, seconds: int) -> None:
        """Time passes; a room in which nobody did anything for too long is gone."""
        self.clock.now += seconds
        self.all.expire()
        self.gone = self.all.place(self.room.leader.token) is None
        assert self.gone == (self.clock.now - self.room.used >= IDLE_SECONDS)

    @precondition(in_use)
    @rule(sure=st.integers(0, 9))
    def close(self, sure: int) -> None:
        """The session is closed (not too often, or nothing else happens)."""
        if sure == 0:
            self.all.leave(self.room.leader.token)
            self.gone = True

    @precondition(lambda self: self.gone)
    @rule()
    def another_session(self) -> None:
        """After its end a new room begins; the seats of the old one are worth nothing in it."""
        self.old |= self.inside | {self.room.leader.token}
        self.all.leave(self.other.leader.token)
        self.begin()

    @invariant()
    def everything_counts_once(self) -> None:
        """No choice lost, none counted twice, none shown before it is closed; the other room knows of nothing."""
        assert all(self.all.place(token) is None for token in self.old)
        if self.gone:
            assert self.all.place(self.room.leader.token) is None
            assert all(self.all.place(seat) is None for seat in self.inside)
            with pytest.raises(NoRoomError):
                self.all.enter(self.room.code)
            return
        assert set(self.room.seats) == self.inside
        words = [seat.word for seat in self.room.seats.values()]
        assert len(set(words)) == len(words)
        assert self.room.spread() == self.closed
        if self.closed is None:
            assert self.room.most() is None
            assert self.room.answers() == len(self.chosen) + sum(self.hands.values())
        assert all(self.room.vote_of(seat) == self.chosen.get(seat) for seat in self.inside)
        assert not self.other.seats and not self.other.votes


Session.TestCase.settings = settings(max_examples=150, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck))
TestSession = Session.TestCase
