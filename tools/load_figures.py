"""The figures of `make load`, as pure functions over what was measured. What there is too little of has no value (None), never a guess."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from tools import measures
from tools.load_people import Kept, Sample
from tools.load_servers import Reading

#: answers that a percentile needs: fewer say nothing of the slowest one in twenty, or in a hundred
LEAST_P95, LEAST_P99 = 20, 100
#: a worker is planned for this part of a core; the rest is for a busy minute
SHARE = 0.7
#: minutes that a conversation is kept after its last message
KEPT_MINUTES = 30.0


@dataclass(frozen=True)
class Phase:
    """One load on one system. Times in ms from the tap to the answer; processor time in ms a turn and in cores; memory in bytes after it.

    `turns` were begun while it was measured; `errors` are those of them without the right answer, by kind; `refused` are answers that were
    tried again (429 among them). `client`: processor time of the client in cores; `late`: ms that it ran behind at worst, of a hundred times
    but one.
    """

    system: str
    people: int
    quicker: float
    seconds: float
    turns: int
    per_second: float | None
    p50: float | None
    p95: float | None
    p99: float | None
    errors: Mapping[str, int]
    refused: Mapping[str, int]
    cpu_ms: float | None
    redis_cpu_ms: float | None
    cores: float
    rss: int
    pss: int | None
    redis_used: int
    conversations: int
    finished: int
    client: float
    late: float | None


@dataclass(frozen=True)
class Used:
    """What was used between two readings, by a system (two readings of it) and by the client (processor seconds)."""

    before: Reading
    after: Reading
    client: float
    pss: int | None = None


def phase(system: str, people: int, quicker: float, kept: Kept, window: tuple[float, float], used: Used) -> Phase:
    """The figures of a load. `window`: when measuring began and ended (perf_counter); what began outside of it is left out."""
    began, ended = window
    inside = [s for s in kept.samples if began <= s.began < ended]
    seconds = used.after.at - used.before.at
    # who waits until the end waited at least that long; leaving them out would make a system look quicker the fewer it answers
    times = [s.seconds * 1000 for s in inside]
    finished = sum(s.error is None and used.before.at <= s.began + s.seconds < used.after.at for s in kept.samples)
    cpu, redis_cpu = used.after.cpu - used.before.cpu, used.after.redis_cpu - used.before.redis_cpu
    return Phase(
        system=system,
        people=people,
        quicker=quicker,
        seconds=ended - began,
        turns=len(inside),
        per_second=finished / seconds if seconds > 0 else None,
        p50=measures.percentile(times, 50),
        p95=at_least(times, 95, LEAST_P95),
        p99=at_least(times, 99, LEAST_P99),
        errors=counted(inside),
        refused=dict(sorted(kept.refused.items())),
        cpu_ms=cpu * 1000 / finished if finished else None,
        redis_cpu_ms=redis_cpu * 1000 / finished if finished and used.after.redis_rss else None,
        cores=cpu / seconds if seconds > 0 else 0.0,
        rss=used.after.rss,
        pss=used.pss,
        redis_used=used.after.redis_used,
        conversations=kept.conversations,
        finished=kept.finished,
        client=used.client / seconds if seconds > 0 else 0.0,
        late=at_least([late * 1000 for late in kept.late], 99, LEAST_P99),
    )


def counted(samples: Sequence[Sample]) -> dict[str, int]:
    """The errors of samples by kind."""
    return dict(sorted(Counter(s.error for s in samples if s.error is not None).items()))


def at_least(values: Sequence[float], percent: float, least: int) -> float | None:
    """A percentile; None of fewer than `least` values."""
    return measures.percentile(values, percent) if len(values) >= least else None


# -- growth ----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A straight line through points: how much y grows with one x, and the standard error of that (None of fewer than three points)."""

    slope: float
    error: float | None


def line(points: Sequence[tuple[float, float]]) -> Line | None:
    """The line of least squares through points (x, y); None where there is none."""
    n = len(points)
    if n < 2:
        return None
    mean_x, mean_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    across = sum((x - mean_x) ** 2 for x, _ in points)
    if across == 0:
        return None
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / across
    if n < 3:
        return Line(slope, None)
    rest = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in points)
    return Line(slope, sqrt(rest / (n - 2) / across))


@dataclass(frozen=True)
class Long:
    """A long conversation, some of them side by side: ms of a turn (median) in the first ten turns, in the middle, in the last ten."""

    system: str
    turns: int
    talks: int
    first: float | None
    middle: float | None
    last: float | None
    growth: float | None  # ms with every turn
    errors: int


def long(system: str, talks: Sequence[Kept], turns: int) -> Long:
    """The figures of a long conversation. The first turn is left out: it makes the conversation."""
    good = [s for kept in talks for s in kept.samples if s.error is None and s.turn > 1]
    ten = max(1, turns // 10)

    def median(first: int, last: int) -> float | None:
        return measures.percentile([s.seconds * 1000 for s in good if first <= s.turn <= last], 50)

    middle = (turns - ten) // 2
    found = line([(s.turn, s.seconds * 1000) for s in good])
    return Long(
        system=system,
        turns=turns,
        talks=len(talks),
        first=median(2, ten + 1),
        middle=median(middle + 1, middle + ten),
        last=median(turns - ten + 1, turns),
        growth=found.slope if found else None,
        errors=sum(s.error is not None for kept in talks for s in kept.samples),
    )


# -- what a host needs -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pace:
    """How people talk: turns of a conversation, and seconds of a turn with the thinking (means)."""

    turns: float
    seconds: float

    @property
    def minutes(self) -> float:
        """How long a conversation lasts."""
        return self.turns * self.seconds / 60


@dataclass(frozen=True)
class Cost:
    """What was measured: processor ms a turn of a worker and of Redis, bytes of a worker, bytes of a conversation that is kept."""

    cpu_ms: float
    redis_cpu_ms: float
    worker: float
    conversation: float


@dataclass(frozen=True)
class Capacity:
    """What so many people at once need. Memory in bytes; `conversations_hour`: how many conversations begin in an hour."""

    people: int
    conversations_hour: float
    turns_second: float
    workers: int
    workers_memory: float
    kept: float
    redis_memory: float
    redis_cores: float


def people_per_worker(cpu_ms: float, pace: Pace, share: float = SHARE) -> float:
    """People at once that keep a worker busy for `share` of a core: arithmetic, not a measurement."""
    return share * 1000 * pace.seconds / cpu_ms


def capacity(people: int, pace: Pace, cost: Cost) -> Capacity:
    """What `people` at once need: arithmetic from the figures of a few, not a measurement."""
    an_hour = people * 60 / pace.minutes
    kept = people * (1 + KEPT_MINUTES / pace.minutes)
    workers = max(1, ceil(people / people_per_worker(cost.cpu_ms, pace)))
    second = people / pace.seconds
    return Capacity(
        people=people,
        conversations_hour=an_hour,
        turns_second=second,
        workers=workers,
        workers_memory=workers * cost.worker,
        kept=kept,
        redis_memory=kept * cost.conversation,
        redis_cores=second * cost.redis_cpu_ms / 1000,
    )


# -- memory ----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """What a system used at a moment of a load: seconds since measuring began, turns answered, open since the start; bytes."""

    seconds: float
    turns: int
    rss: int
    redis_used: int = 0


@dataclass(frozen=True)
class Fill:
    """What conversations that are kept take. Bytes for each, with the standard error; None where it can't be told."""

    system: str
    conversations: float
    rss: float | None
    rss_error: float | None
    redis: float | None
    errors: int

    @property
    def spread(self) -> float | None:
        """Twice the standard error: in 95 of 100 runs it is not further off than that."""
        return None if self.rss_error is None else 2 * self.rss_error


def fill(system: str, points: Sequence[Point], turns: float, errors: int, skip: float = 0.2) -> Fill:
    """What a conversation of `turns` turns adds. The first part of the points is left out: a program that just started grows by itself."""
    kept = list(points)[int(len(points) * skip) :]
    rss = line([(point.turns / turns, point.rss) for point in kept])
    redis = line([(point.turns / turns, point.redis_used) for point in kept])
    return Fill(
        system=system,
        conversations=points[-1].turns / turns if points else 0.0,
        rss=rss.slope if rss else None,
        rss_error=rss.error if rss else None,
        redis=redis.slope if redis and any(point.redis_used for point in kept) else None,
        errors=errors,
    )


@dataclass(frozen=True)
class Soak:
    """Memory through an hour of people. Bytes: at the start, when what is old began to go, at the end; growth an hour of people since then."""

    system: str
    people: int
    minutes: float
    turns: int
    start: int
    warm: int
    end: int
    most: int
    growth: float | None
    growth_error: float | None
    redis_end: int
    redis_growth: float | None
    errors: Mapping[str, int]

    @property
    def spread(self) -> float | None:
        """Twice the standard error of the growth."""
        return None if self.growth_error is None else 2 * self.growth_error

    @property
    def flat(self) -> bool:
        """Whether it grew no more than chance would make of it."""
        return self.growth is not None and self.spread is not None and self.growth <= self.spread


def soak(system: str, people: int, quicker: float, points: Sequence[Point], kept: Kept, warm_seconds: float) -> Soak:
    """The figures of a soak. `warm_seconds`: after that, what is old goes as fast as what is new comes."""
    late = [point for point in points if point.seconds >= warm_seconds] or list(points[-1:])
    hour = 3600 / quicker
    rss = line([(point.seconds, point.rss) for point in late])
    redis = line([(point.seconds, point.redis_used) for point in late])
    return Soak(
        system=system,
        people=people,
        minutes=points[-1].seconds / 60,
        turns=points[-1].turns,
        start=points[0].rss,
        warm=late[0].rss,
        end=points[-1].rss,
        most=max(point.rss for point in points),
        growth=rss.slope * hour if rss else None,
        growth_error=rss.error * hour if rss and rss.error is not None else None,
        redis_end=points[-1].redis_used,
        redis_growth=redis.slope * hour if redis and points[-1].redis_used else None,
        errors=counted(kept.samples),
    )
