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
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from tools.bench_load import BenchError, Figures, Target, Turn, figures, record, run_load
from tools.bench_models import EPOCHS, QUICK_EPOCHS, Training, own_training, project, stock_config, stock_model
from tools.bench_report import FLOOR, OURS, STOCK, Result, machine, page, terminal
from tools.bench_servers import ROOT, Child, child, environment, free_port, memory, run_to_end, wait_until_ready, with_codes

PAGE = ROOT / "docs" / "bench.md"
USERS = (1, 8)
ROUNDS = 15
QUICK_ROUNDS = 2
MOST_USERS = 64
MOST_ROUNDS = 1000

Journey = Sequence[Turn]


def load_all(target: Target, turns: Journey, users: Sequence[int], rounds: int, children: Sequence[Child]) -> tuple[Figures, ...]:
    """For each number of users a round to warm up and the rounds that count. Raises BenchError with the end of the logs."""
    found = []
    for count in users:
        say(f"  {count} at once: {count * rounds * len(turns)} turns ...")
        prefix = f"bench-{secrets.token_hex(4)}"
        try:
            run_load(target.post, turns, count, 1, f"{prefix}-warm")
            found.append(figures(run_load(target.post, turns, count, rounds, prefix)))
        except BenchError as error:
            raise BenchError(with_codes(f"{children[0].name}: {error}", children)) from None
    return tuple(found)


def measure_own(users: Sequence[int], rounds: int, training: Training | None) -> tuple[Result, Journey]:
    """Serve this project, record the journey, and measure it."""
    from tools.train import model_path

    model = model_path()
    if not model.exists():
        raise BenchError("there is no trained model for the present sources: run make train")
    port, token = free_port(), secrets.token_urlsafe(24)
    started = time.perf_counter()
    say("this project: starting ...")
    env = environment(ROUTEKAART_API_TOKEN=token)
    with child(OURS, ["-m", "bot.server", "--host", "127.0.0.1", "--port", str(port)], ROOT, env) as server:
        target = Target(f"http://127.0.0.1:{port}", token)
        ready = wait_until_ready(target, [server], started)
        turns = record(target, f"bench-{secrets.token_hex(4)}")
        loads = load_all(target, turns, users, rounds, [server])
        missing = [f for f in loads if f.cards < f.journeys and not f.errors]
        if missing:
            problem = (
                f"{OURS}: {missing[0].cards} cards in {missing[0].journeys} journeys; every one should reach it, as the recorded one did"
            )
            raise BenchError(with_codes(problem, [server]))
        return Result(OURS, loads, memory([server]), ready, training, model.stat().st_size), turns


def measure_stock(model: Path, training: Training, turns: Journey, users: Sequence[int], rounds: int) -> Result:
    """Serve stock Rasa with an action server of its own, and measure it with the recorded journey."""
    port, actions_port = free_port(), free_port()
    endpoints = f'action_endpoint:\n  url: "http://127.0.0.1:{actions_port}/webhook"\n'
    with ExitStack() as stack:
        folder = stack.enter_context(project(stock_config(EPOCHS), endpoints))
        started = time.perf_counter()
        say("stock Rasa: starting ...")
        serve = ["-m", "rasa", "run", "--model", str(model), "--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
        serve += ["--interface", "127.0.0.1", "--port", str(port)]
        act = ["-m", "rasa_sdk", "--actions", "actions.actions", "--port", str(actions_port)]
        children = [
            stack.enter_context(child(STOCK, serve, folder, environment())),
            stack.enter_context(child("action server", act, folder, environment())),
        ]
        target = Target(f"http://127.0.0.1:{port}")
        ready = wait_until_ready(target, children, started)
        loads = load_all(target, turns, users, rounds, children)
        return Result(STOCK, loads, memory(children), ready, training, model.stat().st_size)


def measure_floor(turns: Journey, users: Sequence[int], rounds: int) -> Result:
    """Serve the empty route, and measure it with the recorded journey."""
    port = free_port()
    with TemporaryDirectory(prefix="routekaart-bench-") as folder:
        sizes = Path(folder) / "sizes.json"
        sizes.write_text(json.dumps({turn.text: turn.size for turn in turns}), encoding="utf8")
        started = time.perf_counter()
        say("floor: starting ...")
        arguments = ["-m", "tools.bench_floor", "--port", str(port), "--sizes", str(sizes)]
        with child(FLOOR, arguments, Path(folder), environment()) as server:
            target = Target(f"http://127.0.0.1:{port}")
            ready = wait_until_ready(target, [server], started)
            loads = load_all(target, turns, users, rounds, [server])
            return Result(FLOOR, loads, memory([server]), ready)


def bench(users: Sequence[int], rounds: int, quick: bool, command: str) -> None:
    """Train what is not trained yet, measure the three systems one after the other, print and write the report."""
    where = machine(date.today().isoformat())
    epochs = QUICK_EPOCHS if quick else EPOCHS
    model, stock_training = stock_model(epochs)
    own = own_training(measure=not quick)
    say("warming the disk: one start of Python with Rasa that is not measured ...")
    run_to_end("importing Rasa", ["-c", "import rasa.core.agent, rasa.server, rasa_sdk, sanic"], ROOT, environment(), 300.0)
    ours, turns = measure_own(users, rounds, own)
    stock = measure_stock(model, stock_training, turns, users, rounds)
    results = [ours, stock, measure_floor(turns, users, rounds)]
    notes = [f"QUICK RUN: stock Rasa with {epochs} epochs, {rounds} rounds. For working on the bench only."] if quick else []
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
    options = parser.parse_args(arguments)
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
        bench(options.users, options.rounds, options.quick, " ".join(["python -m tools.bench", *given]))
    except BenchError as error:
        print(f"Bench stopped. {error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("Bench stopped by the user; every process it started is stopped too.", file=sys.stderr, flush=True)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
