"""What `make load` says: tables for the terminal, and the page `docs/belasting.md`, whose words stand in `tools/templates/belasting.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tools import load_figures
from tools.bench_report import Machine, Row, aligned, head, number
from tools.load_figures import KEPT_MINUTES, LEAST_P95, LEAST_P99, SHARE, Capacity, Cost, Fill, Long, Pace, Phase, Soak
from tools.load_journeys import BEGIN_SECONDS, SPREAD, TAP_SECONDS, WORDS_READ, WORDS_TYPED, Journey

TEMPLATES = Path(__file__).with_name("templates")
#: the systems, as they are called in figures
ONE, TWO, STOCK = "one worker", "two workers, Redis", "stock Rasa"
NO_REDIS = "two workers, because there is no redis-server here"
NO_STOCK = "stock Rasa, because no model of it was kept for these sources; a full run trains one"
#: an answer that asks for patience, among those that were tried again
PATIENCE_ASKED = "status 429"
#: people at once in the table of what a host needs; beyond what was measured
AT_ONCE = (100, 1_000, 10_000, 100_000)
#: figures from fewer people than this are only used for that table where there are no others: too few turns
ENOUGH_PEOPLE = 100


@dataclass(frozen=True)
class Found:
    """Everything that was measured. `missing`: what was not run, in words."""

    where: Machine
    command: str
    minutes: float
    pace: Pace
    journeys: Sequence[Mapping[str, Any]]
    phases: Sequence[Phase]
    longs: Sequence[Long]
    fills: Sequence[Fill]
    soaks: Sequence[Soak]
    missing: Sequence[str]


def summary(journey: Journey) -> dict[str, Any]:
    """What the page says of a conversation."""
    tapped = sum(line.tapped for line in journey.lines)
    return {"name": journey.name, "weight": journey.weight, "turns": len(journey.lines), "tapped": tapped}


# -- what a host needs -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Needs:
    """What the table of a host is reckoned from: a system, its measured cost, people for one worker, and the rows."""

    system: str
    people: int
    cost: Cost
    per_worker: float
    rows: Sequence[Capacity]


def needs(system: str, phases: Sequence[Phase], fills: Sequence[Fill], pace: Pace, workers: int) -> Needs | None:
    """From the costliest load of a system that had no errors; None where there is none."""
    good = [p for p in phases if p.system == system and p.cpu_ms and not p.errors]
    usable = [p for p in good if p.people >= ENOUGH_PEOPLE] or good[-1:]
    if not usable:
        return None
    worst = max(usable, key=lambda p: p.cpu_ms or 0.0)
    kept = next((fill for fill in fills if fill.system == system), None)
    conversation = (kept.redis if kept and kept.redis is not None else kept.rss if kept else None) or 0.0
    cost = Cost(worst.cpu_ms or 0.0, worst.redis_cpu_ms or 0.0, max(p.rss for p in usable) / workers, max(0.0, conversation))
    rows = [load_figures.capacity(people, pace, cost) for people in AT_ONCE]
    return Needs(system, worst.people, cost, load_figures.people_per_worker(cost.cpu_ms, pace), rows)


# -- the terminal ----------------------------------------------------------------------------------------------------------------


def kinds(found: Mapping[str, int]) -> str:
    """Counts by kind, in a cell."""
    return ", ".join(f"{count} x {kind}" for kind, count in found.items()) or "0"


def others(refused: Mapping[str, int]) -> str:
    """What was sent again for another reason than that the server asked for patience."""
    return kinds({kind: count for kind, count in refused.items() if kind != PATIENCE_ASKED})


def phases_table(phases: Sequence[Phase]) -> list[Row]:
    """A row for each load."""
    rows: list[Row] = [
        ("system", "people", "turns", "turns/s", "p50 ms", "p95 ms", "p99 ms", "CPU ms", "cores", "memory MB", "PSS MB", "Redis MB",
         "client cores", "client late ms", "429", "errors", "tried again"),
    ]  # fmt: skip
    for p in phases:
        rows.append((
            p.system, str(p.people), str(p.turns), number(p.per_second), number(p.p50), number(p.p95), number(p.p99), number(p.cpu_ms),
            number(p.cores), number(p.rss, 1e6), number(p.pss, 1e6), number(p.redis_used or None, 1e6), number(p.client), number(p.late),
            str(p.refused.get(PATIENCE_ASKED, 0)), kinds(p.errors), others(p.refused),
        ))  # fmt: skip
    return rows


def longs_table(longs: Sequence[Long]) -> list[Row]:
    """A row for each system."""
    rows: list[Row] = [("long conversation", "turns", "first ten ms", "middle ms", "last ten ms", "growth ms/turn", "errors")]
    for found in longs:
        times = (number(found.first), number(found.middle), number(found.last), number(found.growth))
        rows.append((found.system, str(found.turns), *times, str(found.errors)))
    return rows


def fills_table(fills: Sequence[Fill]) -> list[Row]:
    """A row for each system."""
    rows: list[Row] = [("memory of 1,000 conversations", "measured with", "server MB", "+- MB", "Redis MB", "errors")]
    for f in fills:
        server = (number(f.rss, 1e3), number(f.spread, 1e3), number(f.redis, 1e3))
        rows.append((f.system, f"{f.conversations:.0f}", *server, str(f.errors)))
    return rows


def soaks_table(soaks: Sequence[Soak]) -> list[Row]:
    """A row for each system."""
    rows: list[Row] = [
        ("soak", "people", "turns", "start MB", "warm MB", "end MB", "growth MB/h", "+- MB/h", "Redis MB", "Redis MB/h", "errors"),
    ]  # fmt: skip
    for s in soaks:
        rows.append((
            s.system, str(s.people), str(s.turns), number(s.start, 1e6), number(s.warm, 1e6), number(s.end, 1e6), number(s.growth, 1e6),
            number(s.spread, 1e6), number(s.redis_end or None, 1e6), number(s.redis_growth, 1e6), kinds(s.errors),
        ))  # fmt: skip
    return rows


def needs_table(found: Needs) -> list[Row]:
    """A row for each number of people."""
    rows: list[Row] = [
        ("reckoned: people at once", "conversations/h", "turns/s", "workers", "their memory GB", "kept", "in Redis GB", "Redis cores")
    ]
    for row in found.rows:
        rows.append((
            f"{row.people}", f"{row.conversations_hour:.0f}", number(row.turns_second), str(row.workers), number(row.workers_memory, 1e9),
            f"{row.kept:.0f}", number(row.redis_memory, 1e9), number(row.redis_cores),
        ))  # fmt: skip
    return rows


def terminal(found: Found) -> str:
    """The whole report for the terminal."""
    tables = [phases_table(found.phases), longs_table(found.longs), fills_table(found.fills), soaks_table(found.soaks)]
    parts = [head(found.where, found.command), *(aligned(table) for table in tables)]
    for system, workers in ((ONE, 1), (TWO, 2)):
        what = needs(system, found.phases, found.fills, found.pace, workers)
        if what:
            parts.append(
                f"{system}: {what.per_worker:.0f} people for one worker at {SHARE:.0%} of a core (reckoned from {what.people} people)"
            )
            parts.append(aligned(needs_table(what)))
    parts += [f"not run: {what}" for what in found.missing]
    parts.append(
        f"{found.minutes:.0f} minutes; a turn every {found.pace.seconds:.0f} s a person, {found.pace.turns:.1f} turns a conversation"
    )
    return "\n\n".join(parts)


# -- the page --------------------------------------------------------------------------------------------------------------------


def dutch(value: float | None, unit: float = 1.0) -> str:
    """A count, or a measure in `unit`, as a Dutch reader writes it, with as many decimals as say something."""
    if value is None:
        return "-"
    if (isinstance(value, int) and unit == 1) or abs(value / unit) >= 1000:
        return f"{value / unit:,.0f}".replace(",", ".")
    return number(value, unit).replace(".", ",")


def plain(value: float) -> str:
    """A number that was chosen, with the decimals that it has, at most one."""
    return f"{round(value, 1):g}".replace(".", ",")


def _read(rows: Sequence[Mapping[str, Any]], kind: Any) -> list[Any]:
    return [kind(**row) for row in rows]


def page(found: Mapping[str, Any]) -> str:
    """The text of `docs/belasting.md` for a run, given as plain data. Raises TypeError or KeyError where a run of another shape was kept."""
    pace = Pace(**found["pace"])
    phases, fills = _read(found["phases"], Phase), _read(found["fills"], Fill)
    env = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    env.filters.update(n=dutch, plain=plain)
    weights = sum(row["weight"] for row in found["journeys"])
    return env.get_template("belasting.md").render(
        where=found["where"],
        command=found["command"],
        minutes=found["minutes"],
        pace=pace,
        assumed={
            "begin": BEGIN_SECONDS,
            "read": WORDS_READ,
            "tap": TAP_SECONDS,
            "type": WORDS_TYPED,
            "spread": SPREAD,
            "kept": KEPT_MINUTES,
            "share": SHARE * 100,
            "least95": LEAST_P95,
            "least99": LEAST_P99,
        },
        journeys=[{**row, "share": 100 * row["weight"] / weights} for row in found["journeys"]],
        phases=phases,
        longs=_read(found["longs"], Long),
        fills=fills,
        soaks=_read(found["soaks"], Soak),
        needs={system: asdict(what) for system, count in ((ONE, 1), (TWO, 2)) if (what := needs(system, phases, fills, pace, count))},
        missing=list(found["missing"]),
        one=ONE,
        two=TWO,
        stock=STOCK,
        no_redis=NO_REDIS,
        patience=PATIENCE_ASKED,
    )
