"""`make load`: many people at once, at the pace of people, against this project with one worker and with two, and against stock Rasa.

`python -m tools.load [--quick] [--people 1,10,100,1000]` prints tables and writes `docs/belasting.md`; some 27 minutes, and four more
where stock Rasa has yet to be trained. `--quick` takes three minutes and writes nothing. `--page` writes the page again from the last full run.
Everything listens on loopback, and every child process is stopped at the end, whatever happens. Nothing is asserted on a time.

Exit code: 0 measured; 1 a step failed (the message says which); 2 a wrong option; 130 stopped by the user.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from tools import load_figures
from tools.bench import _stop, own_model, whole
from tools.bench_load import BenchError
from tools.bench_models import EPOCHS, QUICK_EPOCHS, stock_model
from tools.bench_report import machine
from tools.bench_servers import ROOT, with_codes
from tools.load_figures import KEPT_MINUTES, Pace, Point, Used
from tools.load_journeys import Journey, mean_think, mean_turns, plans
from tools.load_people import Crowd, Kept, long_conversation, record_all, run
from tools.load_report import NO_REDIS, NO_STOCK, ONE, STOCK, TWO, Found, page, summary, terminal
from tools.load_servers import Reading, System, has_redis, kept_stock, own, proportional, stock

PAGE = ROOT / "docs" / "belasting.md"
#: the last full run, so that the page can be written again without it
LAST = ROOT / ".cache" / "load.json"
PEOPLE = (1, 10, 100, 1000)
MOST_PEOPLE = 2000
STOCK_EPOCHS = 3
#: the soak: an hour in ten minutes
HOUR_QUICKER = 6.0
#: what stock Rasa can bear in the soak beside the others, on two cores
SOAK_PEOPLE, SOAK_PEOPLE_STOCK = 100, 40
#: seconds of a turn where as many conversations as possible are to be had: the server lets one conversation have a message every two seconds
SHORT_TURN = 2.2
#: the servers are let alone until they use less than this part of a core, or for so many seconds
AT_REST, REST_SECONDS = 0.1, 60.0
#: one long conversation: the same ten messages, again and again
LONG = (
    "Ik maak me zorgen over een meisje uit mijn klas, ze heeft steeds dezelfde vieze kleren aan.",
    "mag ik anoniem blijven",
    "ze is ook vaak erg stil",
    "wat is de verwijsindex",
    "wat moet ik opschrijven",
    "vorige week had ze geen eten mee",
    "wat doet veilig thuis",
    "mag ik dit met een collega bespreken",
    "ze komt vaak te laat op school",
    "dank je wel",
)
LONG_ENTRY = {"rol": "leerkracht", "gemeente": "dordrecht"}


@dataclass(frozen=True)
class Size:
    """How much is measured. Times in seconds; `alone`: with one person, who thinks `alone_quicker` times quicker: nobody else is there."""

    people: tuple[int, ...] = PEOPLE
    few: float = 60.0
    many: float = 45.0
    most: float = 60.0
    alone_quicker: float = 10.0
    conversations: int = 500
    stock_conversations: int = 50
    fill: float = 150.0
    fill_people: int = 100
    long_turns: int = 100
    long_talks: int = 3
    soak: float = 600.0
    soak_people: int = SOAK_PEOPLE
    soak_people_stock: int = SOAK_PEOPLE_STOCK

    def seconds(self, people: int) -> float:
        """How long so many people are measured."""
        return self.few if people <= 10 else self.many if people < 1000 else self.most


QUICK = Size(
    people=(1, 10), few=12, many=12, most=12, conversations=30, stock_conversations=5, fill=25, fill_people=15,
    long_turns=20, long_talks=1, soak=25, soak_people=20, soak_people_stock=10,
)  # fmt: skip


# -- letting people talk ---------------------------------------------------------------------------------------------------------


@dataclass
class Watched:
    """A load while it goes on: readings of the system and of the client's processor time, and what was answered at each."""

    system: System
    readings: list[tuple[float, Reading, float]] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    kept: Kept = field(default_factory=Kept)
    window: tuple[float, float] = (0.0, 0.0)

    def __call__(self, seconds: float, kept: Kept) -> None:
        """Note down what is used now."""
        reading = self.system.reading()
        turns = sum(sample.error is None for sample in kept.samples)
        self.readings.append((seconds, reading, time.process_time()))
        self.points.append(Point(seconds, turns, reading.rss, reading.redis_used))

    def used(self) -> Used:
        """From the first reading to the last."""
        (_, before, client), (_, after, client_after) = self.readings[0], self.readings[-1]
        return Used(before, after, client_after - client, proportional(self.system.children))


def talk(crowds: Sequence[tuple[System, Crowd]], journeys: Sequence[Journey], every: float) -> list[Watched]:
    """Let crowds talk to their systems, all at the same time. Raises BenchError where a system ended."""

    async def one(system: System, crowd: Crowd) -> Watched:
        watched = Watched(system)
        watched.kept, *window = await run(system.place, journeys, crowd, watched, every)
        watched.window = (window[0], window[1])
        return watched

    async def together() -> list[Watched]:
        return list(await asyncio.gather(*(one(system, crowd) for system, crowd in crowds)))

    found = asyncio.run(together())
    for system, _ in crowds:
        system.check()
    return found


def rest(systems: Sequence[System]) -> None:
    """Wait until nothing is left to do: what was asked of an overloaded server and then given up may still be worked on."""
    until = time.monotonic() + REST_SECONDS
    while time.monotonic() < until:
        before = [system.reading() for system in systems]
        time.sleep(1.0)
        after = [system.reading() for system in systems]
        if all((b.cpu - a.cpu) / (b.at - a.at) < AT_REST for a, b in zip(before, after, strict=True)):
            return


# -- the parts -------------------------------------------------------------------------------------------------------------------


def fill(systems: Sequence[System], journeys: Sequence[Journey], size: Size) -> list[load_figures.Fill]:
    """What conversations take that are kept: many, as quick as the limits allow, side by side."""
    say(f"memory of {size.conversations} conversations (stock Rasa: {size.stock_conversations}), at most {size.fill:.0f} s ...")
    quicker, turns = mean_think(journeys) / SHORT_TURN, mean_turns(journeys)
    crowds = []
    for system in systems:
        count = size.stock_conversations if system.id == STOCK else size.conversations
        people = max(1, size.fill_people * count // size.conversations)
        crowds.append((system, Crowd(people, size.fill, quicker, f"fill-{system.id}", count)))
    found = talk(crowds, journeys, every=5.0 if size.fill > 100 else 1.0)
    rest(systems)
    return [load_figures.fill(w.system.id, w.points, turns, sum(s.error is not None for s in w.kept.samples)) for w in found]


def long(systems: Sequence[System], size: Size) -> list[load_figures.Long]:
    """One long conversation at a time a person, the systems side by side: there is time enough between two messages."""
    say(f"conversations of {size.long_turns} turns ...")
    texts = [LONG[number % len(LONG)] for number in range(size.long_turns)]

    async def together() -> list[Kept]:
        talks = []
        for row, system in enumerate(systems):
            for number in range(size.long_talks):
                talks.append(_later(row + number * len(systems), system, texts))
        return list(await asyncio.gather(*talks))

    async def _later(place: int, system: System, texts: Sequence[str]) -> Kept:
        # spread, so that one is not in the way of another
        await asyncio.sleep(place * SHORT_TURN / (len(systems) * size.long_talks))
        return await long_conversation(system.place, LONG_ENTRY, texts, SHORT_TURN, 60_000 + place, f"long-{place}")

    kept = asyncio.run(together())
    found = []
    for row, system in enumerate(systems):
        system.check()
        found.append(load_figures.long(system.id, kept[row * size.long_talks : (row + 1) * size.long_talks], size.long_turns))
    return found


def phases(systems: Sequence[System], journeys: Sequence[Journey], size: Size) -> list[load_figures.Phase]:
    """So many people at once: few at all systems side by side, many at one system after another."""
    found = []
    for people in size.people:
        quicker = size.alone_quicker if people == 1 else 1.0
        rounds = [systems] if people <= 10 else [[system] for system in systems]
        for group in rounds:
            say(f"{people} at once, {size.seconds(people):.0f} s: {', '.join(system.place.name for system in group)} ...")
            crowds = [(system, Crowd(people, size.seconds(people), quicker, f"{people}")) for system in group]
            for w in talk(crowds, journeys, every=size.seconds(people)):
                found.append(load_figures.phase(w.system.id, people, quicker, w.kept, w.window, w.used()))
            rest(group)
    return found


def soak(systems: Sequence[System], journeys: Sequence[Journey], size: Size) -> list[load_figures.Soak]:
    """An hour of people in ten minutes, all systems side by side, with fresh processes."""
    say(f"soak of {size.soak / 60:.1f} minutes, {HOUR_QUICKER:.0f} times quicker than people ...")
    crowds = []
    for system in systems:
        people = size.soak_people_stock if system.id == STOCK else size.soak_people
        crowds.append((system, Crowd(people, size.soak, HOUR_QUICKER, f"soak-{system.id}")))
    warm = min(KEPT_MINUTES * 60 / HOUR_QUICKER, size.soak / 2)
    found = talk(crowds, journeys, every=10.0)
    return [load_figures.soak(w.system.id, c.people, HOUR_QUICKER, w.points, w.kept, warm) for w, (_, c) in zip(found, crowds, strict=True)]


# -- the whole -------------------------------------------------------------------------------------------------------------------


def start(stack: ExitStack, model: Path | None, quicker: float = 1.0) -> list[System]:
    """Start all systems that can be had."""
    say("starting one worker ...")
    systems = [stack.enter_context(own(ONE, 1, redis=False, quicker=quicker))]
    if has_redis():
        say("starting two workers and Redis ...")
        systems.append(stack.enter_context(own(TWO, 2, redis=True, quicker=quicker)))
    if model is not None:
        systems.append(stack.enter_context(stock(STOCK, model)))
    return systems


def load(size: Size, quick: bool, epochs: int | None, command: str) -> None:
    """Start, measure, print; write the page unless it is a quick run."""
    own_model()
    where = machine(date.today().isoformat())
    model = kept_stock((STOCK_EPOCHS, QUICK_EPOCHS, EPOCHS)) if epochs is None else None
    if model is None and not quick:
        model, _ = stock_model(epochs or STOCK_EPOCHS)
    missing = [code for code, is_there in ((NO_REDIS, has_redis()), (NO_STOCK, model is not None)) if not is_there]
    for code in missing:
        say(f"not run: {code}")
    begun = time.monotonic()
    with ExitStack() as stack:
        # a quick run is over before anything expires, so it needs no fresh processes for the soak
        systems = start(stack, model, HOUR_QUICKER if quick else 1.0)
        try:
            say("recording the conversations ...")
            journeys = asyncio.run(record_all(systems[0].place, plans(), "record"))
            filled = fill(systems, journeys, size)
            longs = long(systems, size)
            loads = phases(systems, journeys, size)
            soaks = soak(systems, journeys, size) if quick else []
        except BenchError as error:
            raise BenchError(with_codes(str(error), [running for system in systems for running in system.children])) from None
    if not quick:
        with ExitStack() as stack:
            soaks = soak(start(stack, model, HOUR_QUICKER), journeys, size)
    pace = Pace(mean_turns(journeys), mean_think(journeys))
    minutes = (time.monotonic() - begun) / 60
    found = Found(where, command, minutes, pace, [summary(j) for j in journeys], loads, longs, filled, soaks, missing)
    print("\n" + terminal(found), flush=True)
    if quick:
        print("\nNothing was written: --quick. So little was measured that the figures are for working on this tool only.", flush=True)
        return
    LAST.parent.mkdir(exist_ok=True)
    LAST.write_text(json.dumps(asdict(found)) + "\n", encoding="utf8")
    write(asdict(found))


def write(found: dict[str, object]) -> None:
    """Write the page of a run."""
    PAGE.write_text(page(found), encoding="utf8")
    print(f"\nWritten: {PAGE.relative_to(ROOT)}", flush=True)


def rewrite() -> None:
    """Write the page again from the last full run. Raises BenchError where there was none."""
    try:
        found = json.loads(LAST.read_text(encoding="utf8"))
    except (OSError, ValueError):
        raise BenchError("there was no full run yet: run make load") from None
    write(found)


def say(text: str) -> None:
    """Progress."""
    print(f"Load: {text}", flush=True)


def counts(text: str) -> tuple[int, ...]:
    """Reads numbers of people, such as `1,10`; in order."""
    return tuple(sorted({whole(MOST_PEOPLE)(part) for part in text.split(",")}))


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(
        prog="tools.load", description="Measures this project under the load of many people, beside stock Rasa."
    )
    parser.add_argument("--people", type=counts, help=f"people at once (default {','.join(map(str, PEOPLE))}; with --quick 1,10)")
    parser.add_argument("--quick", action="store_true", help="three minutes; nothing is written")
    parser.add_argument("--epochs", type=whole(EPOCHS), help=f"epochs of stock Rasa (default: those of a kept model, else {STOCK_EPOCHS})")
    parser.add_argument("--page", action="store_true", help="only write the page again, from the last full run")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = parse(given)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGHUP, _stop)
    try:
        if options.page:
            rewrite()
            return 0
        size = QUICK if options.quick else Size()
        size = Size(**{**asdict(size), "people": options.people}) if options.people else size
        load(size, options.quick, options.epochs, " ".join(["python -m tools.load", *given]))
    except BenchError as error:
        print(f"Load stopped. {error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("Load stopped by the user; every process it started is stopped too.", file=sys.stderr, flush=True)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
