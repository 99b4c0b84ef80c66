"""The load without a server: its conversations, its pace, its figures, its sums, its words. No time is asserted."""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from bot import shelf
from bot.shelf import Name
from bot.shelf.memory import MemoryShelf
from tools import load, load_figures, load_journeys, load_people, load_report, load_servers, load_worker
from tools.bench_load import BenchError
from tools.bench_report import machine
from tools.bench_servers import ROOT
from tools.load_figures import Cost, Fill, Long, Pace, Phase, Point, Soak, Used
from tools.load_journeys import Journey, Line, Plan
from tools.load_people import Kept, Sample
from tools.load_report import ONE, STOCK, TWO, Found
from tools.load_servers import Reading

# -- the conversations -------------------------------------------------------------------------------------------------------------


def asks(question: str, *options: str) -> dict[str, Any]:
    payloads = [f'/antwoord{{"{question}":"{option}"}}' for option in options]
    return {"text": "een vraag", "custom": {"type": "vraag", "id": question}, "buttons": [{"title": "x", "payload": p} for p in payloads]}


CARD = {"text": "de kaart", "custom": {"type": "routekaart"}, "buttons": [{"title": "meer", "payload": "/gesprek_ouders"}]}
ANSWER = {"text": "een antwoord", "custom": {"type": "antwoord"}}


def walked(plan: Plan, *replies: list[dict[str, Any]]) -> tuple[Journey, list[str]]:
    """A plan walked against replies that come whatever is said, the last one again and again; and what was said."""
    left, said = list(replies), []

    async def say(text: str) -> list[dict[str, Any]]:
        said.append(text)
        return left.pop(0) if len(left) > 1 else left[0]

    return asyncio.run(load_journeys.record(plan, say)), said


UNTIL = {"until": "routekaart", "choose": {"rol": "huisarts"}, "say": {"acuut": "nee hoor"}, "aside": {"acuut": "mag ik anoniem blijven"}}


def test_a_conversation_is_walked_with_what_is_offered() -> None:
    journey, said = walked(
        Plan("x", 2, ["mijn verhaal", UNTIL, {"tap": "gesprek_"}, "dank je"], {"rol": "leerkracht"}, "routekaart"),
        [{"text": "goed dat je dit zegt"}, asks("rol", "leerkracht", "huisarts")],
        [asks("acuut", "ja", "nee")],
        [asks("structureel", "ja", "nee")],
        [ANSWER, asks("structureel", "ja", "nee")],
        [asks("leeftijd", "0-3", "weet_niet")],
        [asks("steun", "vier", "vijf")],
        [CARD],
        [ANSWER],
        [ANSWER],
    )
    assert said == [
        "mijn verhaal",
        '/antwoord{"rol":"huisarts"}',
        "nee hoor",
        "mag ik anoniem blijven",
        '/antwoord{"structureel":"nee"}',
        '/antwoord{"leeftijd":"weet_niet"}',
        '/antwoord{"steun":"vier"}',
        "/gesprek_ouders",
        "dank je",
    ]
    assert [line.text for line in journey.lines] == said
    assert (journey.weight, journey.entry) == (2, {"rol": "leerkracht"})
    assert journey.lines[0].kinds == ("tekst:", "vraag:rol")
    assert journey.lines[0].words == 9  # five, two, and the titles of two buttons
    assert [line.tapped for line in journey.lines] == [False, True, False, False, True, True, True, True, False]


@pytest.mark.parametrize(
    ("plan", "reply", "problem"),
    [
        (Plan("x", 1, ["a", {"tap": "niet_er"}]), [CARD], "no button with niet_er"),
        (Plan("x", 1, ["a", UNTIL]), [ANSWER], "without a question"),
        (Plan("x", 1, ["a", UNTIL]), [], "without a question"),
        (Plan("x", 1, ["a", UNTIL]), [asks("rol", "leerkracht")], "rol has no button"),
        (Plan("x", 1, ["a", UNTIL]), [asks("steun", "vier")], "not at its end"),
        (Plan("x", 1, ["a"], ends="nood"), [CARD], "never came to nood"),
    ],
)
def test_a_conversation_that_goes_another_way_stops_the_load(plan: Plan, reply: list[dict[str, Any]], problem: str) -> None:
    with pytest.raises(BenchError, match=problem):
        walked(plan, reply)


def test_the_file_of_conversations_is_well_formed() -> None:
    plans = load_journeys.plans()
    assert len({plan.name for plan in plans}) == len(plans) > 5
    assert all(plan.weight > 0 and plan.steps and plan.ends for plan in plans)
    assert {"nood", "oefening", "routekaart"} <= {plan.ends for plan in plans}


def test_a_slip_in_the_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yml"
    for text in ("x: {weight: 1, ends: nood}", "x: {weight: veel, steps: [a], ends: nood}", "x: 3"):
        file.write_text(text, encoding="utf8")
        with pytest.raises(BenchError, match=r"wrong\.yml"):
            load_journeys.plans(file)


# -- the pace ----------------------------------------------------------------------------------------------------------------------

TYPED, TAPPED = Line("zes woorden om te gaan typen"), Line("/antwoord{}")
JOURNEYS = [
    Journey("a", 3, {}, (replace(TYPED, words=40), replace(TAPPED, words=10), TYPED)),
    Journey("b", 1, {}, (replace(TAPPED, words=400), TYPED)),
]


def test_who_reads_or_types_more_takes_longer() -> None:
    assert load_journeys.median_seconds(40, TAPPED) - load_journeys.median_seconds(0, TAPPED) == pytest.approx(10)
    assert load_journeys.median_seconds(0, TYPED) - load_journeys.median_seconds(0, TAPPED) == pytest.approx(10 - load_journeys.TAP_SECONDS)


def test_the_pace_is_drawn_again_from_the_same_seed_and_within_bounds() -> None:
    def drawn(seed: str, read: int) -> list[float]:
        chance = random.Random(seed)
        return [load_journeys.think(chance, read, TYPED) for _ in range(500)]

    assert drawn("1", 40) == drawn("1", 40) != drawn("2", 40)
    middle = sorted(drawn("1", 40))[250]
    assert middle == pytest.approx(load_journeys.median_seconds(40, TYPED), rel=0.15)
    assert set(drawn("1", 100_000)) == {load_journeys.MOST_SECONDS}
    assert min(drawn("1", 40)) >= load_journeys.LEAST_SECONDS


def test_the_mean_pace_is_that_of_many_draws() -> None:
    chance = random.Random("mean")
    turns = [(40, JOURNEYS[0].lines[1], 3), (10, JOURNEYS[0].lines[2], 3), (400, JOURNEYS[1].lines[1], 1)]
    draws = [(load_journeys.think(chance, read, line), weight) for read, line, weight in turns for _ in range(4000)]
    mean = sum(seconds * weight for seconds, weight in draws) / sum(weight for _, weight in draws)
    assert load_journeys.mean_think(JOURNEYS) == pytest.approx(mean, rel=0.03)
    assert load_journeys.mean_turns(JOURNEYS) == pytest.approx((3 * 3 + 2) / 4)
    assert load_journeys.mean_think([]) == load_journeys.BEGIN_SECONDS


def test_conversations_are_chosen_by_weight() -> None:
    chance = random.Random("weights")
    found = Counter(load_journeys.choose(chance, JOURNEYS).name for _ in range(2000))
    assert found["a"] / 2000 == pytest.approx(0.75, abs=0.05)


def test_everybody_has_an_address_of_their_own() -> None:
    found = {load_people.address_of(person) for person in range(70_000)}
    assert len(found) == 70_000
    assert all(address.startswith("10.") and max(map(int, address.split("."))) < 256 for address in found)


# -- figures of a load -------------------------------------------------------------------------------------------------------------


def reading(at: float, cpu: float = 0.0, rss: int = 1000, redis_cpu: float = 0.0, redis: int = 0) -> Reading:
    return Reading(at=at, cpu=cpu, redis_cpu=redis_cpu, rss=rss, redis_rss=redis, redis_used=redis)


def test_figures_of_a_load() -> None:
    samples = [Sample(9.0, 0.5, 1)]  # began before it was measured, ended then: no time of it, but work
    samples += [Sample(8.0, 1.0, 1)]  # nothing of it
    samples += [Sample(10.0 + i / 100, 0.010 + i / 1000, 1) for i in range(100)]
    samples += [Sample(19.0, 60.0, 2, error="gave up"), Sample(19.5, 20.0, 3, error="not answered by the end"), Sample(21.0, 1.0, 1)]
    kept = Kept(samples=samples, refused=Counter({"status 429": 2}), late=[0.001] * 99 + [0.5], conversations=4, finished=1)
    used = Used(reading(9.25, cpu=1.0), reading(19.25, cpu=2.01, rss=5000, redis_cpu=0.101, redis=70), client=0.5, pss=4000)
    found = load_figures.phase("x", 7, 1.0, kept, (10.0, 20.0), used)
    assert (found.turns, found.seconds, found.people) == (102, 10.0, 7)
    assert found.per_second == pytest.approx(10.1)
    assert found.cpu_ms == pytest.approx(10)
    assert found.redis_cpu_ms == pytest.approx(1)
    assert found.cores == pytest.approx(0.101)
    assert found.client == pytest.approx(0.05)
    assert found.late == pytest.approx(1)
    assert found.p50 == pytest.approx(60)
    assert found.p99 == pytest.approx(20_000)  # who still waits at the end counts with the time so far
    assert found.errors == {"gave up": 1, "not answered by the end": 1}
    assert found.refused == {"status 429": 2}
    assert (found.rss, found.pss, found.redis_used) == (5000, 4000, 70)


def test_too_few_turns_have_no_slowest() -> None:
    kept = Kept(samples=[Sample(10.0, 0.01, 1)] * 19)
    used = Used(reading(10), reading(20), 0.0)
    few = load_figures.phase("x", 1, 1.0, kept, (10.0, 20.0), used)
    assert few.p50 == pytest.approx(10)
    assert (few.p95, few.p99, few.late, few.redis_cpu_ms) == (None, None, None, None)
    more = load_figures.phase("x", 1, 1.0, Kept(samples=kept.samples * 2), (10.0, 20.0), used)
    assert more.p95 == pytest.approx(10)
    assert more.p99 is None
    nothing = load_figures.phase("x", 1, 1.0, Kept(), (10.0, 20.0), used)
    assert (nothing.turns, nothing.p50, nothing.cpu_ms, nothing.per_second) == (0, None, None, 0.0)


def test_a_line_through_points() -> None:
    straight = load_figures.line([(x, 3 + 2 * x) for x in range(5)])
    assert straight is not None
    assert straight.slope == pytest.approx(2)
    assert straight.error == pytest.approx(0, abs=1e-9)
    crooked = load_figures.line([(0, 0), (1, 1), (2, 0), (3, 1)])
    assert crooked is not None
    assert crooked.slope == pytest.approx(0.2)
    assert crooked.error == pytest.approx(0.2828, abs=1e-3)
    assert load_figures.line([(1, 2)]) is load_figures.line([(1, 2), (1, 3)]) is None
    assert load_figures.line([(1, 2), (2, 3)]) == load_figures.Line(pytest.approx(1), None)


def test_a_long_conversation_is_compared_with_its_own_beginning() -> None:
    talks = [Kept(samples=[Sample(0.0, 0.010 + 0.001 * turn, turn) for turn in range(1, 101)]) for _ in range(3)]
    talks[0].samples[0] = Sample(0.0, 5.0, 1)  # the first turn makes the conversation
    found = load_figures.long("x", talks, 100)
    assert (found.turns, found.talks, found.errors) == (100, 3, 0)
    assert found.first == pytest.approx(16)
    assert found.middle == pytest.approx(60)
    assert found.last == pytest.approx(105)
    assert found.growth == pytest.approx(1)
    broken = load_figures.long("x", [Kept(samples=[Sample(0.0, 1.0, 1), Sample(0.0, 1.0, 2, error="gave up")])], 100)
    assert (broken.first, broken.last, broken.growth, broken.errors) == (None, None, None, 1)


def test_memory_of_conversations_is_a_slope_without_the_beginning() -> None:
    points = [
        Point(i, turns=80 * i, rss=9_000_000 if i < 4 else 1_000_000 + 50_000 * 10 * i, redis_used=60_000 * 10 * i) for i in range(21)
    ]
    found = load_figures.fill("x", points, turns=8, errors=0)
    assert found.conversations == pytest.approx(200)
    assert found.rss == pytest.approx(50_000)
    assert found.spread == pytest.approx(0, abs=1)
    assert found.redis == pytest.approx(60_000)
    without = load_figures.fill("x", [replace(point, redis_used=0) for point in points], turns=8, errors=0)
    assert without.redis is None
    assert load_figures.fill("x", [], 8, 0).rss is None


def soaked(growth: float, wobble: int) -> Soak:
    """Memory that comes up in the first half of ten minutes, and then grows by so many bytes a second."""
    points = [
        Point(s, s * 20, int(900e6 + min(s, 300) * 1e5 + max(0, s - 300) * growth + (wobble if s // 10 % 2 else -wobble)), 5000)
        for s in range(0, 601, 10)
    ]
    return load_figures.soak("x", 100, 6.0, points, Kept(samples=[Sample(0, 1, 1, error="gave up")]), 300)


def test_growth_of_an_hour_is_told_apart_from_coming_up_and_from_chance() -> None:
    grown = soaked(growth=1000, wobble=10)
    assert grown.growth == pytest.approx(600_000, rel=0.01)
    assert grown.growth is not None
    assert not grown.flat
    assert (grown.start, grown.warm, grown.end) == tuple(pytest.approx(mb * 1e6, abs=20) for mb in (900, 930, 930.3))
    assert grown.errors == {"gave up": 1}
    assert soaked(growth=0, wobble=100_000).flat
    assert soaked(growth=1, wobble=100_000).flat
    assert not replace(grown, growth=None).flat
    assert not replace(grown, growth_error=None).flat


# -- what a host needs -------------------------------------------------------------------------------------------------------------

PACE = Pace(turns=8, seconds=30)


def test_people_for_one_worker() -> None:
    assert PACE.minutes == pytest.approx(4)
    # 10 ms in every 30 s keep 1/3000 of a core busy
    assert load_figures.people_per_worker(10, PACE, share=1.0) == pytest.approx(3000)
    assert load_figures.people_per_worker(10, PACE) == pytest.approx(2100)


def test_the_sum_of_a_host() -> None:
    cost = Cost(cpu_ms=10, redis_cpu_ms=0.5, worker=900e6, conversation=60e3)
    found = load_figures.capacity(10_000, PACE, cost)
    assert found.workers == 5
    assert found.workers_memory == pytest.approx(4.5e9)
    assert found.conversations_hour == pytest.approx(150_000)
    assert found.turns_second == pytest.approx(10_000 / 30)
    assert found.kept == pytest.approx(85_000)  # those that go on, and half an hour of those that are done
    assert found.redis_memory == pytest.approx(5.1e9)
    assert found.redis_cores == pytest.approx(1 / 6)
    assert load_figures.capacity(1, PACE, cost).workers == 1


def a_phase(system: str, people: int, cpu_ms: float, errors: Mapping[str, int] | None = None) -> Phase:
    redis = system == TWO
    return Phase(
        system=system, people=people, quicker=1.0, seconds=60.0, turns=1234, per_second=3.5, p50=12.5, p95=40.0, p99=None, errors=errors or {},
        refused={"status 429": 3, "timeout": 1}, cpu_ms=cpu_ms, redis_cpu_ms=0.4 if redis else None, cores=0.1, rss=1_800_000_000, pss=1_500_000_000,
        redis_used=61_000_000 if redis else 0, conversations=10, finished=9, client=0.05, late=2.0,
    )  # fmt: skip


def test_the_sum_is_made_of_the_costliest_load_without_errors() -> None:
    phases = [
        a_phase(TWO, 10, 99),
        a_phase(TWO, 100, 11),
        a_phase(TWO, 1000, 12),
        a_phase(TWO, 2000, 50, {"gave up": 1}),
        a_phase(ONE, 100, 77),
    ]
    found = load_report.needs(TWO, phases, [Fill(TWO, 1000, 9e3, 1e3, 60e3, 0)], PACE, workers=2)
    assert found is not None
    assert (found.cost.cpu_ms, found.people, found.cost.worker) == (12, 1000, 900_000_000)
    assert found.cost.conversation == 60e3
    few = load_report.needs(TWO, phases[:1], [], PACE, workers=2)
    assert few is not None
    assert (few.cost.cpu_ms, few.cost.conversation) == (99, 0)
    assert load_report.needs(TWO, phases[3:], [], PACE, workers=2) is None


# -- the report --------------------------------------------------------------------------------------------------------------------


def some_run(missing: tuple[str, ...] = ()) -> Found:
    systems = [system for system in (ONE, TWO, STOCK) if not (system == TWO and missing)]
    return Found(
        where=machine("2026-01-03"),
        command="python -m tools.load",
        minutes=33.3,
        pace=PACE,
        journeys=[load_report.summary(journey) for journey in JOURNEYS],
        phases=[a_phase(system, people, 10, {"gave up": 7} if system == STOCK else None) for system in systems for people in (1, 100)],
        longs=[Long(system, 100, 3, 20.0, 30.0, 31.5, 0.123, 0) for system in systems],
        fills=[Fill(system, 1000.0, 55_500.0, 100.0, 60e3 if system == TWO else None, 0) for system in systems],
        soaks=[replace(soaked(1000 if system == STOCK else 0, 10), system=system) for system in systems],
        missing=list(missing),
    )


def test_the_page_holds_what_was_measured_and_no_paths() -> None:
    found = some_run()
    page = load_report.page(json.loads(json.dumps(asdict(found))))
    for part in (
        "2026-01-03",
        f"{found.where.cores} kernen",
        "rasa 3.6.21",
        "| twee werkers, één Redis | 100 | 1.234 | 3,50 | 12,5 | 40,0 | - | 0 | 3 | 1 × te laat |",
        "7 × opgegeven",
        "0,12",
        "55,5",
        "**2.100 mensen tegelijk**",
        "(de duurste meting zonder fouten, bij 100 mensen)",
        "150.000",
        "geen groei te zien boven het toeval",
        "het geheugen groeide nog, 0,60 MB",
        "`a`: 75,0 %, 3 beurten, waarvan 1 getikt",
    ):
        assert part in page, part
    for path in (str(ROOT), str(Path.home()), sys.prefix, "/tmp/"):
        assert path == "/" or path not in page
    assert "niet gedraaid" not in page
    assert not re.search(r"\{\{|\{%|None|nan|\n\n\n", page)
    tables = re.findall(r"(?m)^\|.*\|$(?:\n^\|.*\|$)+", page)
    assert len(tables) == 6
    for table in tables:
        assert len({row.count("|") for row in table.splitlines()}) == 1


def test_the_page_says_what_was_not_run() -> None:
    page = load_report.page(json.loads(json.dumps(asdict(some_run((load_report.NO_REDIS,))))))
    assert "niet gedraaid:** twee werkers" in page
    assert "daarvoor, GB" in page
    assert "not run: two workers" in load_report.terminal(some_run((load_report.NO_REDIS,)))


def test_a_run_without_anything_has_no_sums() -> None:
    empty = replace(some_run(), phases=[], longs=[], fills=[], soaks=[])
    page = load_report.page(json.loads(json.dumps(asdict(empty))))
    assert "mensen die Routekaart in het drukste uur openen" not in page


def test_numbers_as_a_dutch_reader_writes_them() -> None:
    assert [load_report.dutch(v) for v in (None, 7, 0.0, 1.234, 12.34, 123.4, 1234.5, 1234567.0)] == [
        "-", "7", "0,00", "1,23", "12,3", "123", "1.234", "1.234.567",
    ]  # fmt: skip
    assert load_report.dutch(61_500_000, 1e6) == "61,5"


def test_the_terminal_shows_every_part() -> None:
    shown = load_report.terminal(some_run())
    for part in ("two workers, Redis", "stock Rasa", "7 x gave up", "1 x timeout", "soak", "2100 people for one worker"):
        assert part in shown


# -- the command -------------------------------------------------------------------------------------------------------------------


def test_options() -> None:
    assert (load.parse([]).people, load.parse([]).quick, load.parse([]).page) == (None, False, False)
    assert load.parse(["--people", "100,1,100"]).people == (1, 100)
    for wrong in (["--people", "0"], ["--people", "1,x"], ["--people", "1000000"], ["--epochs", "0"]):
        with pytest.raises(SystemExit) as error:
            load.parse(wrong)
        assert error.value.code == 2


def test_every_number_of_people_is_measured_for_a_bounded_time() -> None:
    for size in (load.Size(), load.QUICK):
        ramp = 60.0  # more than a mean turn
        longest = sum(
            (size.seconds(people) + ramp + load_people.DRAIN + load.REST_SECONDS) * (1 if people <= 10 else 3) for people in size.people
        )
        assert longest + size.fill + size.soak + size.long_turns * (load.SHORT_TURN + 1) < 3600


def test_the_page_is_written_again_from_the_last_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(load, "LAST", tmp_path / "last.json")
    monkeypatch.setattr(load, "PAGE", ROOT / "docs" / "belasting-proef.md")
    with pytest.raises(BenchError, match="run make load"):
        load.rewrite()
    load.LAST.write_text(json.dumps(asdict(some_run())), encoding="utf8")
    try:
        load.rewrite()
        assert load.PAGE.read_text(encoding="utf8") == load_report.page(json.loads(load.LAST.read_text(encoding="utf8")))
    finally:
        load.PAGE.unlink(missing_ok=True)


def test_the_settings_of_the_caller_change_nothing_that_is_measured() -> None:
    env = {"PATH": "p", "ROUTEKAART_CLOSED_FILE": "x", "REDIS_URL": "redis://elders", "DATABASE_URL": "y", "ROUTEKAART_SECRET": "z"}
    assert load_servers.clean(env, ROUTEKAART_PROXIES="1") == {"PATH": "p", "ROUTEKAART_PROXIES": "1"}


# -- a worker that forgets sooner --------------------------------------------------------------------------------------------------


def test_a_worker_of_the_soak_forgets_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    before = dict(shelf.KINDS)
    monkeypatch.setattr(load_worker, "serve", lambda: None)
    now = 0.0

    async def kept_for(seconds: float) -> bool:
        nonlocal now
        kept, name = MemoryShelf(lambda: now), Name("gesprek", "x")
        await kept.write({name: "tekst"}, {name: None})
        now += seconds
        return await kept.read(name) is not None

    try:
        load_worker.sooner(6.0)
        assert {kind: seconds / 6 for kind, seconds in before.items()} == shelf.KINDS
        assert asyncio.run(kept_for(shelf.IDLE_SECONDS / 6 - 1))
        assert not asyncio.run(kept_for(shelf.IDLE_SECONDS / 6 + 1))
    finally:
        shelf.KINDS.update(before)  # type: ignore[attr-defined]
    assert asyncio.run(kept_for(shelf.IDLE_SECONDS / 6 + 1))


def test_a_worker_of_the_soak_says_how_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["load_worker", "--port", "1"])
    with pytest.raises(SystemExit, match="usage"):
        load_worker.main()
