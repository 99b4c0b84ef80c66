"""Attacks on what the monitor shows. The attacker reads every page, every CSV and every period, and knows how it is made; not the key.

Four attacks. *Bounds* (`pinned`): from what a shown number allows, with whole numbers and every sum between days, months, years and kinds, what can each
cell still be? Tried first on three ways of showing that look safe and are not: there it finds cells, so it can find them. *A bold guesser* who
takes the noise to be no larger than it is nineteen times in twenty. *One who knows everything else*: every other count, exactly. And *two looks*:
the same page twice, with something in between.
"""

from __future__ import annotations

import asyncio
import math
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from bot.content import load_content
from bot.dialogue.state import State
from bot.monitor.counts import Cell, Counts, MemoryCounts, SqliteCounts
from bot.monitor.disclose import (
    BASE,
    CLOSED_DAYS,
    EPSILON,
    SORTS,
    THRESHOLD,
    Period,
    kept_from,
    may_show,
    noise,
    period,
    periods,
    published,
    shown,
)
from bot.monitor.events import Event, vocabulary
from bot.monitor.recorder import Recorder, Turn
from bot.monitor.report import SMALL, NotShownError, report, written
from bot.server.metrics import COARSE, FEW, Figures, down, up
from tests.clock import Clock
from tests.stores.on_clock import on_clock

#: values that a small cell must keep open in the attack by bounds: all of 0 to 4
OPEN_VALUES = 5
WIDE = 10_000

# -- a small world -----------------------------------------------------------------------------------------------------------------------
# Two months of three days. Conversations have a role (always, one of two), and a card with one contact (of two) in some of them. So days add up to months,
# months to the year, roles to conversations, and a contact is never more than the conversations.

DAYS = tuple(date(2025, m, d) for m in (1, 2) for d in (3, 4, 5))
VALUES = ("gesprek", "rol_a", "rol_b", "contact_a", "contact_b")
LEAVES = tuple((day, value) for day in DAYS for value in VALUES)
INDEX = {leaf: i for i, leaf in enumerate(LEAVES)}
PERIODS = tuple(p for day in DAYS for p in [Period(day, day)]) + tuple(p for w in ("2025-01", "2025-02", "2025") if (p := period(w)))
World = Mapping[tuple[date, str], int]
Pages = Mapping[tuple[Period, str], "int | None"]
#: the numbers that what is shown leaves possible: from, to
Meaning = Callable[["int | None", Period], tuple[float, float]]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Counts, mostly small, that could come of conversations."""
    size = st.one_of(st.integers(0, 4), st.integers(0, 4), st.integers(0, 30))
    world: dict[tuple[date, str], int] = {}
    for day in DAYS:
        a, b = draw(size), draw(size)
        world |= {(day, "rol_a"): a, (day, "rol_b"): b, (day, "gesprek"): a + b}
        first = draw(st.integers(0, a + b))
        world |= {(day, "contact_a"): first, (day, "contact_b"): draw(st.integers(0, a + b - first))}
    return world


def total(world: World, when: Period, value: str) -> int:
    """The exact count of a period."""
    return sum(n for (day, v), n in world.items() if v == value and when.first <= day <= when.last)


def pages(world: World, show: Callable[[int, Period, str], int | None]) -> Pages:
    """Everything that is shown."""
    return {(p, v): show(total(world, p, v), p, v) for p in PERIODS for v in VALUES}


def ours(key: bytes) -> Callable[[int, Period, str], int | None]:
    """The way of the monitor."""
    return lambda n, p, v: published(key, "dordrecht", "soort", v, p, n)


def known(seen: Pages, meaning: Meaning) -> tuple[list[LinearConstraint], Bounds]:
    """What the attacker knows: the meaning of each shown number as bounds on a sum of cells, and how kinds hang together."""
    rows, low, high = [], [], []
    for (when, value), count in seen.items():
        row = np.zeros(len(LEAVES))
        for day in DAYS:
            row[INDEX[day, value]] = when.first <= day <= when.last
        least, most = meaning(count, when)
        rows, low, high = [*rows, row], [*low, least], [*high, most]
    for day in DAYS:
        parts = {"rol_a": 1, "rol_b": 1, "gesprek": -1}, {"contact_a": 1, "contact_b": 1, "gesprek": -1}
        for part, least in zip(parts, (0, -WIDE), strict=True):
            row = np.zeros(len(LEAVES))
            for value, sign in part.items():
                row[INDEX[day, value]] = sign
            rows, low, high = [*rows, row], [*low, least], [*high, 0]
    return [LinearConstraint(np.array(rows), low, high)], Bounds(0, WIDE)


def pinned(world: World, seen: Pages, meaning: Meaning, fewer: int) -> list[tuple[date, str]]:
    """The cells of 1 to 4 for which fewer than so many values are left, the true one among them."""
    constraints, bounds = known(seen, meaning)
    found = []
    for leaf, true in world.items():
        if not 0 < true < THRESHOLD:
            continue
        aim = np.zeros(len(LEAVES))
        aim[INDEX[leaf]] = 1
        least = milp(aim, constraints=constraints, bounds=bounds, integrality=np.ones(len(LEAVES)))
        most = milp(-aim, constraints=constraints, bounds=bounds, integrality=np.ones(len(LEAVES)))
        if least.status == 2:  # nothing fits: the attacker supposed something that is not so
            continue
        assert least.success and most.success, (least.message, most.message)
        low, high = round(least.fun), round(-most.fun)
        if low <= true <= high and high - low + 1 < fewer:
            found.append(leaf)
    return found


# -- ways that fail ----------------------------------------------------------------------------------------------------------------------


def only_hidden(n: int, when: Period, value: str) -> int | None:
    """Small cells hidden, the rest as it is."""
    return n if n >= THRESHOLD else None


def nearest(n: int, when: Period, value: str) -> int | None:
    """Small cells hidden, the rest to the nearest multiple of five."""
    return None if n < THRESHOLD else (n + BASE // 2) // BASE * BASE


def by_chance(key: bytes) -> Callable[[int, Period, str], int | None]:
    """Small cells hidden, the rest up or down to a multiple of five by chance: unbiased, and the same every time."""

    def show(n: int, when: Period, value: str) -> int | None:
        drawn = noise(key, "dordrecht", "kans", value, when) % BASE
        return None if n < THRESHOLD else (n + drawn) // BASE * BASE

    return show


def means(reach: int) -> Meaning:
    """What a number means that is at most `reach` off, where small ones are hidden."""

    def meaning(count: int | None, when: Period) -> tuple[float, float]:
        return (0, THRESHOLD - 1) if count is None else (max(THRESHOLD, count - reach), count + reach)

    return meaning


def even(**sizes: int) -> World:
    """The same day six times."""
    return {(day, value): sizes.get(value, 0) for day in DAYS for value in VALUES}


#: all of one role, as many as can be hidden on each day
FULL = even(gesprek=4, rol_a=4)
#: a quiet day among busy ones
QUIET: World = {**even(gesprek=20, rol_a=10, rol_b=10), (DAYS[0], "gesprek"): 12, (DAYS[0], "rol_a"): 2}


def test_the_attack_breaks_hiding_alone() -> None:
    assert (DAYS[0], "rol_a") in pinned(QUIET, pages(QUIET, only_hidden), means(0), fewer=2), "12 less 10"


def test_the_attack_breaks_rounding_to_the_nearest() -> None:
    broken = [
        world
        for size in range(1, 5)
        for world in [even(gesprek=size, rol_a=size)]
        if pinned(world, pages(world, nearest), means(2), OPEN_VALUES)
    ]
    assert broken


def test_the_attack_breaks_rounding_by_chance() -> None:
    broken = [n for n in range(8) if pinned(FULL, pages(FULL, by_chance(bytes([n]) * 32)), means(BASE - 1), OPEN_VALUES)]
    assert broken, "twelve days of four are 24: shown as 25 or 20, and as the sum of what is hidden no more than 24"


# -- bounds on ours ----------------------------------------------------------------------------------------------------------------------


def possible(count: int | None, when: Period) -> tuple[float, float]:
    """What a number of ours leaves possible, for certain: the noise has no end, so 5 or more, or anything at all."""
    return (0, WIDE) if count is None else (THRESHOLD, WIDE)


def test_what_is_possible_is_indeed_possible() -> None:
    for count in (None, 5, 10, 100):
        low, high = possible(count, PERIODS[0])
        for true in (int(low), int(low) + 1, 17, 60):
            assert any(shown(true, n) == count for n in range(-400, 401)), (count, true)
        assert count is None or all(shown(true, n) != count for true in range(int(low)) for n in range(-400, 401))
        assert high == WIDE


@settings(max_examples=15, deadline=None)
@given(worlds(), st.binary(min_size=32, max_size=32))
def test_no_small_cell_is_pinned_by_everything_that_is_shown(world: World, key: bytes) -> None:
    assert pinned(world, pages(world, ours(key)), possible, OPEN_VALUES) == []


@pytest.mark.parametrize("world", [FULL, QUIET])
@pytest.mark.parametrize("seed", range(3))
def test_nor_where_the_other_ways_broke(world: World, seed: int) -> None:
    assert pinned(world, pages(world, ours(bytes([seed]) * 32)), possible, OPEN_VALUES) == []


# -- a bold guesser ------------------------------------------------------------------------------------------------------------------------

#: noise is larger than this less than once in twenty
USUAL = next(n for n in range(99) if 2 * math.exp(-EPSILON * (n + 1)) / (1 + math.exp(-EPSILON)) < 0.05)


def bold(count: int | None, when: Period) -> tuple[float, float]:
    """What a number of ours means to who supposes that the noise is of a usual size. A day that is hidden is taken to be small."""
    reach = USUAL + BASE // 2
    if count is None:
        return (0, THRESHOLD - 1) if when.sort == SORTS[0] else (0, THRESHOLD - 1 + reach)
    return max(THRESHOLD, count - reach), count + reach


@settings(max_examples=15, deadline=None)
@given(worlds(), st.integers(0, 2**32))
def test_who_supposes_usual_noise_pins_hardly_anything(world: World, seed: int) -> None:
    small = sum(0 < n < THRESHOLD for n in world.values())
    found = pinned(world, pages(world, ours(seed.to_bytes(32, "big"))), bold, fewer=2)
    assert len(found) <= max(1, small // 10), found


# -- one who knows everything else --------------------------------------------------------------------------------------------------------


@cache
def chance(n: int) -> float:
    """How probable a noise is, by the formula of `disclose`."""
    a = math.exp(-EPSILON)
    return (1 - a) / (1 + a) * a ** abs(n)


def outcomes(true: int) -> Mapping[int | None, float]:
    """How probable each way is in which a number may be shown."""
    found: Counter[int | None] = Counter()
    for n in range(-150, 151):
        found[shown(true, n)] += chance(n)
    return found


def right(rest_of_month: int, rest_of_year: int) -> float:
    """How often the best guess of a day of 0 to 4 is right, with all other days known, from its month and its year as shown."""
    month = [outcomes(rest_of_month + x) for x in range(THRESHOLD)]
    year = [outcomes(rest_of_month + rest_of_year + x) for x in range(THRESHOLD)]
    both = {(m, y) for x in range(THRESHOLD) for m in month[x] for y in year[x]}
    return sum(max(month[x].get(m, 0.0) * year[x].get(y, 0.0) for x in range(THRESHOLD)) for m, y in both) / THRESHOLD


def test_its_own_day_tells_nothing_of_a_small_cell() -> None:
    assert {shown(x, n) for x in range(THRESHOLD) for n in range(-400, 401)} == {None}


@pytest.mark.parametrize("more", [0, 1, 3, 100])
@pytest.mark.parametrize("rest", [0, 1, 2, 4, 5, 7, 20, 53])
def test_who_knows_every_other_count_still_guesses(rest: int, more: int) -> None:
    # a blind guess is right in 0.20; where the other counts are so few that a sum only just gets to be shown, that tells too
    assert right(rest, more) < (0.35 if rest >= THRESHOLD else 0.6)


def test_the_odds_between_neighbours_shift_by_a_known_factor() -> None:
    for true in range(THRESHOLD, 60):
        one, other = outcomes(true), outcomes(true + 1)
        for seen in set(one) | set(other):
            if min(one.get(seen, 0), other.get(seen, 0)) > 1e-12:
                assert abs(math.log(one[seen] / other[seen])) <= EPSILON + 1e-6


# -- two looks, and the rest -----------------------------------------------------------------------------------------------------------------


def test_noise_is_drawn_as_the_formula_says() -> None:
    drawn = Counter(noise(b"k" * 32, "dordrecht", "soort", str(i), PERIODS[0]) for i in range(20_000))
    for n in range(-6, 7):
        expected = 20_000 * chance(n)
        assert abs(drawn[n] - expected) < 5 * math.sqrt(expected), n
    assert abs(sum(n * c for n, c in drawn.items())) / 20_000 < 0.15, "no lean"


def test_each_number_has_noise_of_its_own_that_never_changes() -> None:
    names = [("dordrecht", "a", "b"), ("arnhem", "a", "b"), ("dordrecht", "b", "b"), ("dordrecht", "a", "c"), ("dordrechta", "", "b")]
    drawn = [tuple(noise(bytes([k]) * 32, *name, p) for k in range(40)) for name in names for p in PERIODS]
    assert len(set(drawn)) == len(drawn)
    assert drawn == [tuple(noise(bytes([k]) * 32, *name, p) for k in range(40)) for name in names for p in PERIODS]


@given(st.integers(0, 4), st.integers(-500, 500))
def test_a_cell_under_five_is_never_shown(true: int, drawn: int) -> None:
    assert shown(true, drawn) is None


@given(st.integers(0, 3000), st.integers(-500, 500))
def test_what_is_shown_is_a_multiple_of_five_near_the_count(true: int, drawn: int) -> None:
    count = shown(true, drawn)
    if count is not None:
        assert count >= BASE and count % BASE == 0 and abs(count - true - drawn) <= BASE // 2


TODAY = date(2026, 11, 22)


@given(st.dates(date(2023, 1, 1), date(2029, 12, 31)))
def test_only_whole_calendar_periods_that_are_over_and_kept_can_be_chosen(today: date) -> None:
    for sort in SORTS:
        for when in periods(sort, today):
            assert when.sort == sort and period(str(when)) == when and may_show(when, today)
            assert when.last <= today - timedelta(days=CLOSED_DAYS)
            assert when.first >= kept_from(today)


@pytest.mark.parametrize("asked", ["2026-11", "2026", "2026-11-21", "2026-11-22", "2024-11", "2024", "2030", "2020-01-01"])
def test_a_period_that_may_not_be_shown_is_refused(asked: str) -> None:
    when = period(asked)
    assert when is not None
    with pytest.raises(NotShownError):
        report(MemoryCounts(), {"soort": ("a",)}, "dordrecht", when, TODAY)


@pytest.mark.parametrize(
    "asked", ["", "2026-13", "2026-1", "2026-02-30", "2026-11-20..2026-11-21", "0000", "week 3", "２０２６", "2026-11-200"]
)
def test_no_period_of_ones_own_making(asked: str) -> None:
    assert period(asked) is None


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Counts, Clock]:
    """Each store, and its clock."""
    clock = Clock(TODAY)
    if request.param == "memory":
        return MemoryCounts(clock.now), clock
    if request.param == "sqlite":
        return SqliteCounts(tmp_path / "telling.db", clock.now), clock
    return on_clock(request.getfixturevalue("postgres_url"), clock), clock


@pytest.mark.parametrize("off", [-3, -1, 0, 1, 3])
def test_two_looks_at_a_page_are_the_same_whatever_happens_in_between(store: tuple[Counts, Clock], off: int) -> None:
    """`off`: the days that the clock of the second worker is wrong."""
    counts, clock = store
    content = load_content()
    words = vocabulary(content)
    it = Recorder(counts, content, day=clock.day, steady=clock.steady)
    first = Turn()
    first.note(
        State().slots(), [{"event": "slot", "name": "gelezen", "value": "1"}, {"event": "slot", "name": "gemeente", "value": "dordrecht"}]
    )

    def look(when: Period, today: date) -> str:
        return written(report(counts, words, "dordrecht", when, today))

    day = Period(TODAY, TODAY)
    for n in range(40):
        asyncio.run(it.turn(f"vandaag{n}", first, []))
    late = Recorder(counts, content, day=lambda: clock.day() + timedelta(days=off), steady=clock.steady)
    asyncio.run(late.turn("te laat", first, []))
    it.flush()
    clock.go(days=CLOSED_DAYS)
    assert it.today() == TODAY + timedelta(days=CLOSED_DAYS)
    assert late.today() <= it.today(), "nobody shows a day sooner"
    before = look(day, it.today())
    late.flush()
    asyncio.run(it.turn("overmorgen", first, []))
    asyncio.run(late.turn("overmorgen", first, []))
    it.flush()
    late.flush()
    clock.set(kept_from(TODAY + timedelta(days=730)) + timedelta(days=729))
    assert may_show(day, clock.day())
    it.flush()
    late.flush()
    assert look(day, clock.day()) == before
    assert counts.totals("dordrecht", day) == {Event("gesprek", "begonnen"): 40}


def test_pages_and_csv_hold_nothing_but_what_may_be_shown() -> None:
    words = {"soort": tuple(f"w{n}" for n in range(40))}
    day = Period(date(2026, 10, 5), date(2026, 10, 5))
    store = MemoryCounts(Clock(day.first).now)
    store.add({Cell(day.first, "dordrecht", Event("soort", f"w{n}")): n for n in range(1, 40)}, str(uuid.uuid4()))
    for when in (day, period("2026-10")):
        assert when is not None
        made = report(store, {**words, "gesprek": ("begonnen",)}, "dordrecht", when, TODAY)
        rows = made.kinds["soort"]
        assert all(row.count is None for row in rows[:THRESHOLD])
        assert [row.count for row in rows] == [published(store.key(), "dordrecht", "soort", f"w{n}", when, n) for n in range(40)]
        counts = [line.split(",")[-1] for line in written(made).splitlines()[1:]]
        assert all(c == SMALL or int(c) % BASE == 0 for c in counts)
        assert "total" not in written(made)


# -- the figures for the host ------------------------------------------------------------------------------------------------------------------


@given(st.integers(0, 500), st.integers(0, 60), st.integers(0, 60))
def test_the_figures_of_the_process_hide_small_numbers_too(turns: int, failures: int, open_: int) -> None:
    """Any two numbers of requests that go down to the same multiple, or of failures that go up to the same, give the same figures."""

    def figures(talks: int, failed: int, conversations: int) -> dict[str, str]:
        it = Figures()
        for _ in range(talks):
            it.add("/gesprek", 200, 0.04)
        for _ in range(failed):
            it.add("/iets", 500, 0.04)
        lines = it.text(conversations, True).splitlines()
        return dict(line.rsplit(" ", 1) for line in lines if not line.startswith(("#", "process_")))

    here = figures(turns, failures, open_)
    assert here == figures(down(turns), failures, down(open_)), "as if the rest had not been there"
    assert here["routekaart_failures_total"] == str(up(failures))
    assert int(here["routekaart_conversations_open"]) % COARSE == 0
    for name, value in here.items():
        if "requests" in name or ("duration" in name and not name.endswith("_sum")):
            assert int(value) % COARSE == 0, name
    assert up(1) == up(4) == FEW
    assert set(here) == set(figures(0, 0, 0)), "no line appears with the first request"
    assert not [name for name in here if "dordrecht" in name or "rol" in name or "/" in name]
