"""Figures of the process in the text format of Prometheus."""

from __future__ import annotations

import re

from bot.server.metrics import BUCKETS, COARSE, Figures, down, memory, up

LINE = re.compile(r'[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.e+]+')


def lines(it: Figures, open_: int = 0) -> dict[str, float]:
    """Name with labels -> number."""
    return {k: float(v) for k, v in (line.rsplit(" ", 1) for line in it.text(open_, True).splitlines() if not line.startswith("#"))}


def test_every_line_is_well_formed_and_every_name_has_a_type() -> None:
    it = Figures()
    it.add("/gesprek", 200, 0.2)
    named: set[str] = set()
    for line in it.text(3, False).splitlines():
        if line.startswith("# TYPE"):
            named.add(line.split()[2])
        elif not line.startswith("#"):
            assert LINE.fullmatch(line), line
            assert re.sub(r"_(bucket|sum|count)$", "", re.split(r"[{ ]", line)[0]) in named or line.split()[0] in named, line


def test_a_histogram_grows_to_its_count() -> None:
    it = Figures()
    for n in range(200):
        it.add("/gesprek/zeg", 200, n / 10)
    found = lines(it)
    name = "routekaart_turn_duration_seconds"
    buckets = [found[f'{name}_bucket{{le="{edge}"}}'] for edge in (*BUCKETS, "+Inf")]
    assert buckets == sorted(buckets)
    assert buckets[-1] == found[f"{name}_count"] == 200
    assert buckets[BUCKETS.index(1.0)] == 10, "0.0 to 1.0 are eleven"
    assert abs(found[f"{name}_sum"] - sum(n / 10 for n in range(200))) < 1


def test_other_requests_are_not_turns_and_a_failure_is_seen_at_once() -> None:
    it = Figures()
    for _ in range(40):
        it.add("/routekaart", 200, 1.0)
    assert lines(it)["routekaart_turn_duration_seconds_count"] == 0
    assert lines(it)['routekaart_requests_total{part="other",status="2xx"}'] == 40
    assert lines(it)["routekaart_failures_total"] == 0
    it.add("/gesprek", 500, 1.0)
    assert lines(it)["routekaart_failures_total"] == 5


def test_rounding() -> None:
    assert [down(n) for n in (0, 9, 10, 19, 20)] == [0, 0, COARSE, COARSE, 2 * COARSE]
    assert [up(n) for n in (0, 1, 5, 6)] == [0, 5, 5, 10]


def test_memory_is_that_of_a_program_with_python_in_it() -> None:
    assert 1_000_000 < memory() < 2**40
