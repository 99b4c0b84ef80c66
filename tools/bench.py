"""`make bench`: this project beside stock Rasa and beside an empty web route, with the same turns, in one run on one machine.

`python -m tools.bench [--users 1,8] [--rounds N] [--quick]` prints tables and writes `docs/bench.md`. `--quick` is for who works on the
bench: stock Rasa is trained for 5 epochs, few rounds, nothing is written. Nothing is asserted on a time. Everything listens on loopback
only, and every child process is stopped at the end, whatever happens.

Exit code: 0 measured; 1 a step failed (the message says which); 2 a wrong option; 130 stopped by the user.
"""

from __future__ import annotations

import argparse
import json
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from tools.bench_load import BenchError, Figures, Load, Target, Turn, figures, record, run_load, together
from tools.bench_models import EPOCHS, QUICK_EPOCHS, Training, own_training, project, stock_config, stock_model
from tools.bench_report import FLOOR, OURS, STOCK, Result, machine, page, terminal
from tools.bench_servers import ROOT, Child, child, cpu_seconds, environment, free_port, memory, run_to_end, wait_until_ready, with_codes

PAGE = ROOT / "docs" / "bench.md"
USERS = (1, 8)
ROUNDS = 15
QUICK_ROUNDS = 2
#: the systems take turns in so many blocks
BLOCKS = 5
MOST_USERS = 64
MOST_ROUNDS = 1000

Journey = Sequence[Turn]


@dataclass(frozen=True)
class System:
    """A running system: where it listens, the processes it is made of, how long it took to its first good answer (s)."""

    name: str
    target: Target
    children: Sequence[Child]
    ready: float
    training: Training | None = None
    model_size: int | None = None


# -- the three systems -----------------------------------------------------------------------------------------------------------


def own_model() -> Path:
    """The model that `make train` made. Raises BenchError."""
    from tools.train import model_path

    model = model_path()
    if not model.exists():
        raise BenchError("there is no trained model for the present sources: run make train")
    return model


@contextmanager
def own_system(training: Training | None) -> Iterator[System]:
    """This project, as `make serve` starts it."""
    model = own_model()
    port, token = free_port(), secrets.token_urlsafe(24)
    target = Target(f"http://127.0.0.1:{port}", token)
    say(f"starting {OURS} ...")
    started = time.perf_counter()
    arguments = ["-m", "bot.server", "--host", "127.0.0.1", "--port", str(port)]
    with child(OURS, arguments, ROOT, environment(ROUTEKAART_API_TOKEN=token)) as server:
        ready = wait_until_ready(target, [server], started)
        yield System(OURS, target, [server], ready, training, model.stat().st_size)


@contextmanager
def stock_system(model: Path, training: Training) -> Iterator[System]:
    """Stock Rasa with an action server of its own, in a project folder outside the tree."""
    port, actions_port = free_port(), free_port()
    target = Target(f"http://127.0.0.1:{port}")
    endpoints = f'action_endpoint:\n  url: "http://127.0.0.1:{actions_port}/webhook"\n'
    serve = ["-m", "rasa", "run", "--model", str(model), "--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    serve += ["--interface", "127.0.0.1", "--port", str(port)]
    act = ["-m", "rasa_sdk", "--actions", "actions.actions", "--port", str(actions_port)]
    say(f"starting {STOCK} ...")
    with project(stock_config(EPOCHS), endpoints) as folder:
        started = time.perf_counter()
        with child(STOCK, serve, folder, environment()) as server, child("action server", act, folder, environment()) as actions:
            ready = wait_until_ready(target, [server, actions], started)
            yield System(STOCK, target, [server, actions], ready, training, model.stat().st_size)


@contextmanager
def floor_system(turns: Journey) -> Iterator[System]:
    """The empty route, which answers as many bytes as were recorded."""
    port = free_port()
    target = Target(f"http://127.0.0.1:{port}")
    say(f"starting {FLOOR} ...")
    with TemporaryDirectory(prefix="routekaart-bench-") as folder:
        sizes = Path(folder) / "sizes.json"
        sizes.write_text(json.dumps({turn.text: turn.size for turn in turns}), encoding="utf8")
        started = time.perf_counter()
        arguments = ["-m", "tools.bench_floor", "--port", str(port), "--sizes", str(sizes)]
        with child(FLOOR, arguments, Path(folder), environment()) as server:
            yield System(FLOOR, target, [server], wait_until_ready(target, [server], started))


# -- measuring -------------------------------------------------------------------------------------------------------------------


def measure(systems: Sequence[System], turns: Journey, users: Sequence[int], rounds: int) -> list[Result]:
    """Measure the running systems in turn, block by block, so that other work on the machine weighs on all alike."""
    found: dict[str, list[Figures]] = {system.name: [] for system in systems}
    for count in users:
        say(f"{count} at once: {count * rounds * len(turns)} turns for each system ...")
        blocks: dict[str, list[Load]] = {system.name: [] for system in systems}
        for system in systems:
            one_block(system, turns, count, 1)
        for size in block_sizes(rounds):
            for system in systems:
                blocks[system.name].append(one_block(system, turns, count, size))
        for system in systems:
            found[system.name].append(figures(together(blocks[system.name])))
    return [Result(s.name, tuple(found[s.name]), memory(s.children), s.ready, s.training, s.model_size) for s in systems]


def block_sizes(rounds: int) -> list[int]:
    """The rounds in at most `BLOCKS` blocks of about the same size."""
    number = min(BLOCKS, rounds)
    return [rounds // number + (block < rounds % number) for block in range(number)]


def one_block(system: System, turns: Journey, users: int, rounds: int) -> Load:
    """Some rounds of one system. Raises BenchError with the end of its logs."""
    before = cpu_seconds(system.children)
    try:
        load = run_load(system.target.post, turns, users, rounds, f"bench-{secrets.token_hex(4)}")
    except BenchError as error:
        raise BenchError(with_codes(f"{system.name}: {error}", system.children)) from None
    return replace(load, cpu=cpu_seconds(system.children) - before)


def check_own(result: Result) -> None:
    """Every journey of this project ends like the recorded one, or the figures are of something else. Raises BenchError."""
    for f in result.loads:
        if f.cards < f.journeys and not f.errors:
            raise BenchError(f"{OURS}: {f.cards} cards in {f.journeys} journeys; every one should reach it, as the recorded one did")


def bench(users: Sequence[int], rounds: int, quick: bool, command: str, epochs: int | None = None) -> None:
    """Train what is not trained yet, start the three systems, measure them, print and write the report."""
    own_model()
    epochs = epochs or (QUICK_EPOCHS if quick else EPOCHS)
    where = machine(date.today().isoformat())
    model, stock_training = stock_model(epochs)
    own = own_training(measure=epochs == EPOCHS)
    say("warming the disk: one start of Python with Rasa that is not measured ...")
    run_to_end("importing Rasa", ["-c", "import rasa.core.agent, rasa.server, rasa_sdk, sanic"], ROOT, environment(), 300.0)
    with ExitStack() as stack:
        ours = stack.enter_context(own_system(own))
        turns = record(ours.target, f"bench-{secrets.token_hex(4)}")
        stock = stack.enter_context(stock_system(model, stock_training))
        floor = stack.enter_context(floor_system(turns))
        results = measure([ours, stock, floor], turns, users, rounds)
    check_own(results[0])
    notes = [f"QUICK RUN: stock Rasa with {epochs} epochs, {rounds} rounds. For working on the bench only."] if quick else []
    if not quick and epochs != EPOCHS:
        notes = [f"Stock Rasa was trained for {epochs} epochs instead of {EPOCHS}: that changes its training time, not the work of a turn."]
    print("\n" + terminal(where, command, results, notes), flush=True)
    if quick:
        print("\nNothing was written: --quick.", flush=True)
        return
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(where, command, results, turns, epochs, notes), encoding="utf8")
    print(f"\nWritten: {PAGE.relative_to(ROOT)}", flush=True)


def say(text: str) -> None:
    """Progress."""
    print(f"Bench: {text}", flush=True)


def whole(most: int) -> Callable[[str], int]:
    """Reads a whole number from 1 to `most`."""

    def read(text: str) -> int:
        if not text.strip().isdecimal() or not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {most}")
        return int(text)

    return read


def counts(text: str) -> tuple[int, ...]:
    """Reads numbers of users, such as `1,8`."""
    return tuple(dict.fromkeys(whole(MOST_USERS)(part) for part in text.split(",")))


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(prog="tools.bench", description="Measures this project beside stock Rasa and an empty web route.")
    parser.add_argument("--users", type=counts, default=USERS, help="users at once, such as 1,8 (default)")
    parser.add_argument("--rounds", type=whole(MOST_ROUNDS), help=f"journeys of each user (default {ROUNDS}, with --quick {QUICK_ROUNDS})")
    parser.add_argument("--quick", action="store_true", help=f"stock Rasa with {QUICK_EPOCHS} epochs; nothing is written")
    parser.add_argument("--epochs", type=whole(EPOCHS), help=f"epochs of stock Rasa (default {EPOCHS}, which takes about an hour)")
    options = parser.parse_args(arguments)
    options.epochs = options.epochs or (QUICK_EPOCHS if options.quick else EPOCHS)
    options.rounds = options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS)
    return options


def _stop(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = parse(given)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGHUP, _stop)
    try:
        bench(options.users, options.rounds, options.quick, " ".join(["python -m tools.bench", *given]), options.epochs)
    except BenchError as error:
        print(f"Bench stopped. {error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("Bench stopped by the user; every process it started is stopped too.", file=sys.stderr, flush=True)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
