"""The conversations of `make load`: real ones, recorded once from this project over the channel of the widget, and the pace of people.

`tools/load_journeys.yml` says what people type and tap. A conversation is recorded by walking it; the load then repeats it, and every reply has
to be of the same kind as the recorded one: a message that was lost, doubled or answered in another conversation shows.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import NormalDist
from typing import Any

import yaml

from tools.bench_load import BenchError, chosen_by, payloads, types

FILE = Path(__file__).with_suffix(".yml")
MOST_TURNS = 24
OTHERWISE = ("nee", "weet_niet")

#: The pace of a person is assumed, not measured. Median seconds of a turn: to begin, to read the last reply, and to tap or to type on a phone.
BEGIN_SECONDS = 2.0
WORDS_READ = 4.0  # a second
TAP_SECONDS = 2.0
WORDS_TYPED = 0.6  # a second
#: how much people differ: the standard deviation of the logarithm
SPREAD = 0.5
#: nobody is slower or quicker than this (seconds, before a pace is applied)
LEAST_SECONDS, MOST_SECONDS = 1.0, 180.0

Reply = list[dict[str, Any]]
Say = Callable[[str], Awaitable[Reply]]


@dataclass(frozen=True)
class Line:
    """One turn: what is sent, the kinds of the recorded reply, and how many words that reply had."""

    text: str
    kinds: tuple[str, ...] = ()
    words: int = 0

    @property
    def tapped(self) -> bool:
        """Whether this is a payload and not typed text."""
        return self.text.startswith("/")


@dataclass(frozen=True)
class Journey:
    """A recorded conversation."""

    name: str
    weight: float
    entry: Mapping[str, str]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Plan:
    """What somebody is going to say, before it is known what is answered."""

    name: str
    weight: float
    steps: Sequence[str | Mapping[str, Any]]
    entry: Mapping[str, str] = field(default_factory=dict)
    ends: str = ""


def plans(file: Path = FILE) -> list[Plan]:
    """The plans of the file. Raises BenchError for one that is not well formed."""
    rows = yaml.safe_load(file.read_text(encoding="utf8"))
    try:
        return [
            Plan(name, float(row["weight"]), list(row["steps"]), dict(row.get("entry") or {}), row["ends"]) for name, row in rows.items()
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise BenchError(f"{file.name}: a conversation is not well formed ({type(error).__name__}: {error})") from None


# -- recording -------------------------------------------------------------------------------------------------------------------


async def record(plan: Plan, say: Say) -> Journey:
    """Walk a plan. Raises BenchError where it can't be walked or does not end as it should."""
    lines: list[Line] = []
    reply: Reply = []

    async def send(text: str) -> None:
        nonlocal reply
        if len(lines) >= MOST_TURNS:
            raise BenchError(f"recording {plan.name}: not at its end after {MOST_TURNS} turns")
        reply = await say(text)
        lines.append(Line(text, kinds(reply), words(reply)))

    for step in plan.steps:
        if isinstance(step, str):
            await send(step)
        elif "tap" in step:
            await send(offered(plan, reply, str(step["tap"])))
        else:
            asides = dict(step.get("aside") or {})
            while step["until"] not in types(reply):
                question = open_question(plan, reply)
                await send(answer(plan, step, question, reply))
                if question in asides and step["until"] not in types(reply):
                    await send(asides.pop(question))
    if plan.ends and not any(kind.partition(":")[0] == plan.ends for line in lines for kind in line.kinds):
        raise BenchError(f"recording {plan.name}: it never came to {plan.ends}")
    return Journey(plan.name, plan.weight, plan.entry, tuple(lines))


def kinds(reply: Reply) -> tuple[str, ...]:
    """What kind of reply this is: card types, and which question; the words are left out, which may vary."""
    return tuple(f"{kind}:{(row.get('custom') or {}).get('id') or ''}" for kind, row in zip(types(reply), reply, strict=True))


def words(reply: Reply) -> int:
    """The words of a reply that a person reads, titles of buttons among them."""
    shown = [str(row.get("text") or "") for row in reply]
    shown += [str(button.get("title") or "") for row in reply for button in row.get("buttons") or []]
    return sum(len(text.split()) for text in shown)


def offered(plan: Plan, reply: Reply, part: str) -> str:
    """The first payload of a reply with `part` in it. Raises BenchError."""
    for payload in payloads(reply):
        if part in payload:
            return payload
    raise BenchError(f"recording {plan.name}: no button with {part} in a reply of {types(reply)}")


def open_question(plan: Plan, reply: Reply) -> str:
    """The question that a reply ends with. Raises BenchError."""
    last = (reply[-1].get("custom") or {}) if reply else {}
    if last.get("type") == "vraag" and isinstance(last.get("id"), str):
        return str(last["id"])
    if last.get("type") == "signalen":
        return "bevestig_signalen"
    raise BenchError(f"recording {plan.name}: a reply without a question or the card ({types(reply)})")


def answer(plan: Plan, step: Mapping[str, Any], question: str, reply: Reply) -> str:
    """What is sent to a question: own words, or a payload that is offered. Raises BenchError."""
    said, chosen = step.get("say") or {}, step.get("choose") or {}
    if question in said:
        return str(said[question])
    answers = [payload for payload in payloads(reply) if question in chosen_by(payload)]
    for option in [chosen[question]] if question in chosen else OTHERWISE:
        for payload in answers:
            if chosen_by(payload)[question] == option:
                return payload
    if question in chosen or not answers:
        raise BenchError(f"recording {plan.name}: question {question} has no button for what is chosen")
    return answers[0]


# -- the pace of people ----------------------------------------------------------------------------------------------------------


def median_seconds(read: int, line: Line) -> float:
    """The median of the seconds between a reply of `read` words and the next message."""
    act = TAP_SECONDS if line.tapped else len(line.text.split()) / WORDS_TYPED
    return BEGIN_SECONDS + read / WORDS_READ + act


def think(chance: random.Random, read: int, line: Line) -> float:
    """Seconds that somebody takes between a reply of `read` words and this line: lognormal around the median, within bounds."""
    drawn = chance.lognormvariate(0.0, SPREAD) * median_seconds(read, line)
    return min(MOST_SECONDS, max(LEAST_SECONDS, drawn))


def think_times(journeys: Sequence[Journey]) -> list[tuple[float, float]]:
    """Median seconds and weight of every turn but the first of each journey."""
    return [(median_seconds(before.words, line), j.weight) for j in journeys for before, line in zip(j.lines, j.lines[1:], strict=False)]


def mean_think(journeys: Sequence[Journey]) -> float:
    """The mean seconds between a reply and the next message, as drawn by `think`, bounds included."""
    draws = [NormalDist().inv_cdf((i + 0.5) / 200) for i in range(200)]
    factors = [2.718281828459045 ** (SPREAD * z) for z in draws]
    rows = think_times(journeys)
    total = sum(weight for _, weight in rows)
    bounded = (min(MOST_SECONDS, max(LEAST_SECONDS, median * f)) * weight for median, weight in rows for f in factors)
    return sum(bounded) / (len(factors) * total) if total else BEGIN_SECONDS


def mean_turns(journeys: Sequence[Journey]) -> float:
    """The mean number of turns of a conversation."""
    return sum(len(j.lines) * j.weight for j in journeys) / sum(j.weight for j in journeys)


def choose(chance: random.Random, journeys: Sequence[Journey]) -> Journey:
    """A journey, by weight."""
    return chance.choices(journeys, [j.weight for j in journeys])[0]
