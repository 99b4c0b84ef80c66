"""The people of `make load`: one asyncio client that lets many of them talk at once, each at a person's pace.

Over the channel of the widget a person does what `widget/src/talk.ts` does: messages with a number, the same number again after a lost
connection or a refusal, patience where the server asks for it. Over Rasa's `rest` channel a message is sent once. The time of a turn runs
from the tap to the answer, waiting and sending again included.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp

from tools.bench_load import BenchError
from tools.load_journeys import Journey, Line, Plan, Reply, choose, kinds, mean_think, record, think

HEADER = "X-Routekaart"
#: as in widget/src/talk.ts: seconds to wait for one answer, seconds between attempts, seconds to wait where the server does not say
PATIENCE = 20.0
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
BUSY_SECONDS = 3.0
#: seconds after which a person gives up, on either channel
GIVE_UP = 60.0
#: seconds that are waited at the end of a load for what is under way
DRAIN = 20.0
#: seconds between two looks at how late this client itself is
HEARTBEAT = 0.1
#: a person who gets this many unanswered turns in a row leaves
MOST_UNANSWERED = 3


class Unanswered(Exception):
    """A message got no answer; the text is a code."""


@dataclass(frozen=True)
class Place:
    """A system as the client sees it. `urls`: its workers, one is drawn for each request; `widget`: which channel."""

    name: str
    urls: tuple[str, ...]
    widget: bool = True


@dataclass(frozen=True)
class Sample:
    """One turn: when it began and how long it took (s, perf_counter), which turn of its conversation, what went wrong (a code)."""

    began: float
    seconds: float
    turn: int
    tapped: bool = False
    error: str | None = None


@dataclass
class Kept:
    """What one load leaves. `refused`: answers that were not yet one, by kind; `late`: seconds that this client's own clock ran behind."""

    samples: list[Sample] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    late: list[float] = field(default_factory=list)
    conversations: int = 0
    finished: int = 0


class Talk(Protocol):
    """A conversation as one person has it."""

    async def say(self, text: str) -> Reply:
        """Send a message. Raises Unanswered."""


@dataclass
class World:
    """What the people of one load share."""

    http: aiohttp.ClientSession
    place: Place
    kept: Kept
    chance: random.Random

    async def post(self, path: str, data: Any, seconds: float, **headers: str) -> tuple[int, Any]:
        """One request to a worker that is drawn; status and body. Raises Unanswered."""
        url = self.chance.choice(self.place.urls) + path
        body = json.dumps(data).encode()
        try:
            async with self.http.post(url, data=body, headers=headers, timeout=aiohttp.ClientTimeout(total=seconds)) as answer:
                read = await answer.read()
                status = answer.status
        except asyncio.TimeoutError:
            raise Unanswered("timeout") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Unanswered(type(error).__name__) from None
        try:
            return status, json.loads(read)
        except ValueError:
            raise Unanswered(f"status {status}, not JSON") from None


class WidgetTalk:
    """The channel of the widget. `address`: what a proxy in front would say of where it comes from."""

    def __init__(self, world: World, entry: dict[str, str], address: str) -> None:
        self.world = world
        self.entry = entry
        self.address = address
        self.token = ""
        self.number = 0

    async def say(self, text: str) -> Reply:
        """Send a message as often as it takes. Raises Unanswered."""
        until = time.perf_counter() + GIVE_UP
        attempt = 0
        while True:
            try:
                reply = await self._once(text, until)
            except Unanswered as problem:
                self.world.kept.refused[str(problem)] += 1
                pause = PAUSES[min(attempt, len(PAUSES) - 1)]
                attempt += 1
            except _Wait as wait:
                self.world.kept.refused[f"status {wait.status}"] += 1
                pause = wait.seconds
            else:
                self.number += 1
                return reply
            if time.perf_counter() + pause >= until:
                raise Unanswered("gave up")
            await asyncio.sleep(pause)

    async def _once(self, text: str, until: float) -> Reply:
        if not self.token:
            status, data = await self._post("/gesprek/begin", self.entry, until, "text/plain")
            if status != 200:
                raise _problem(status, data)
            self.token = str(data["token"])
        said = {"keuze" if text.startswith("/") else "bericht": text}
        status, data = await self._post("/gesprek/zeg", {**self.entry, **said, "nummer": self.number + 1}, until, "application/json")
        if status != 200:
            raise _problem(status, data)
        return list(data["berichten"])

    async def _post(self, path: str, data: Any, until: float, kind: str) -> tuple[int, Any]:
        patience = max(0.1, min(PATIENCE, until - time.perf_counter()))
        headers = {"Content-Type": kind, "X-Forwarded-For": self.address}
        if path != "/gesprek/begin":
            headers[HEADER] = self.token
        return await self.world.post(path, data, patience, **headers)


class _Wait(Exception):
    def __init__(self, status: int, seconds: float) -> None:
        super().__init__(status)
        self.status, self.seconds = status, seconds


class Lost(Exception):
    """The server does not want this message, or has forgotten the conversation; the text is a code."""


def _problem(status: int, data: Any) -> Exception:
    """What a status that is not 200 means to the widget: wait, begin anew, or try again."""
    if status == 429:
        wait = data.get("wacht") if isinstance(data, dict) else None
        return _Wait(status, float(wait) if isinstance(wait, (int, float)) else BUSY_SECONDS)
    return Lost(f"status {status}") if 400 <= status < 500 else Unanswered(f"status {status}")


class RestTalk:
    """Rasa's `rest` channel. `sender` is drawn for each conversation."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sender = f"load-{world.chance.getrandbits(64):x}"

    async def say(self, text: str) -> Reply:
        """Send a message once. Raises Unanswered."""
        data = {"sender": self.sender, "message": text}
        status, reply = await self.world.post("/webhooks/rest/webhook", data, GIVE_UP, **{"Content-Type": "application/json"})
        if status != 200 or not isinstance(reply, list):
            raise Unanswered(f"status {status}")
        return reply


@asynccontextmanager
async def world(place: Place, seed: str) -> AsyncIterator[World]:
    """A client. Every request has a connection of its own: between two messages of a person a server has closed the last one."""
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(connector=connector, trust_env=False, auto_decompress=True) as http:
        yield World(http, place, Kept(), random.Random(seed))


def talk_of(there: World, entry: dict[str, str], person: int) -> Talk:
    """A new conversation of a person, who has an address of their own."""
    return WidgetTalk(there, entry, address_of(person)) if there.place.widget else RestTalk(there)


def address_of(person: int) -> str:
    """An address for a person, of a network that nobody has on the internet."""
    return f"10.{person >> 16 & 255}.{person >> 8 & 255}.{person & 255}"


# -- recording -------------------------------------------------------------------------------------------------------------------


async def record_all(place: Place, plans: Sequence[Plan], seed: str) -> list[Journey]:
    """Walk all plans at once, each a person. Raises BenchError."""

    async def one(there: World, plan: Plan, person: int) -> Journey:
        talk = talk_of(there, dict(plan.entry), person)
        try:
            return await record(plan, talk.say)
        except (Unanswered, Lost) as problem:
            raise BenchError(f"recording {plan.name}: a message was not answered ({problem})") from None

    async with world(place, seed) as there:
        return list(await asyncio.gather(*(one(there, plan, number) for number, plan in enumerate(plans))))


# -- a load ----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Crowd:
    """How many people, for how many seconds after they have all begun, how much quicker than people they think, and the seed."""

    people: int
    seconds: float
    quicker: float = 1.0
    seed: str = "1"
    #: conversations after which it ends, also before its seconds are over
    conversations: int | None = None


Watch = Callable[[float, Kept], None]


async def run(
    place: Place, journeys: Sequence[Journey], crowd: Crowd, watch: Watch | None = None, every: float = 10.0
) -> tuple[Kept, float, float]:
    """Let a crowd talk; what it leaves, and when measuring began and ended (perf_counter): after everybody began, and before the last wait.

    `watch` is called when measuring begins, `every` so many seconds after that, and at the end.
    """
    async with world(place, crowd.seed) as there:
        stop = asyncio.Event()
        ramp = mean_think(journeys) / crowd.quicker
        people = [asyncio.create_task(_person(there, journeys, crowd, number, ramp, stop)) for number in range(crowd.people)]
        beat = asyncio.create_task(_heartbeat(there.kept))
        try:
            await _wait(stop, ramp)
            began = time.perf_counter()
            if watch:
                watch(0.0, there.kept)
            while not all(person.done() for person in people) and (left := began + crowd.seconds - time.perf_counter()) > 0:
                await asyncio.wait(people, timeout=min(every, left))
                if watch:
                    watch(time.perf_counter() - began, there.kept)
            ended = time.perf_counter()
            stop.set()
            await asyncio.wait(people, timeout=DRAIN)
        finally:
            stop.set()
            for task in (*people, beat):
                task.cancel()
            results = await asyncio.gather(*people, beat, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, asyncio.CancelledError):
            raise result
    return there.kept, began, ended


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    """Wait, or less where everybody stops."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except asyncio.TimeoutError:
        return


async def _heartbeat(kept: Kept) -> None:
    """How late this client is with what it has to do: times shorter than that say nothing of the server."""
    while True:
        due = time.perf_counter() + HEARTBEAT
        await asyncio.sleep(HEARTBEAT)
        kept.late.append(max(0.0, time.perf_counter() - due))


async def _person(there: World, journeys: Sequence[Journey], crowd: Crowd, number: int, ramp: float, stop: asyncio.Event) -> None:
    """One conversation after another, begun somewhere within the first mean turn."""
    chance = random.Random(f"{crowd.seed}-{number}")
    await _wait(stop, chance.uniform(0, ramp))
    unanswered = 0
    while not stop.is_set() and unanswered < MOST_UNANSWERED:
        if crowd.conversations is not None and there.kept.conversations >= crowd.conversations:
            break
        journey = choose(chance, journeys)
        there.kept.conversations += 1
        good = await _conversation(there, journey, crowd, number, chance, stop)
        unanswered = 0 if good else unanswered + 1
        await _wait(stop, think(chance, 0, journey.lines[0]) / crowd.quicker)


async def _conversation(there: World, journey: Journey, crowd: Crowd, number: int, chance: random.Random, stop: asyncio.Event) -> bool:
    """One conversation, until its end or the first turn without the answer it should have; whether there was no such turn."""
    talk = talk_of(there, dict(journey.entry), number)
    for place, line in enumerate(journey.lines, start=1):
        if place > 1:
            await _wait(stop, think(chance, journey.lines[place - 2].words, line) / crowd.quicker)
        if stop.is_set():
            return True
        sample = await _turn(there, talk, line, place)
        there.kept.samples.append(sample)
        if sample.error:
            return False
    there.kept.finished += 1
    return True


async def _turn(there: World, talk: Talk, line: Line, place: int) -> Sample:
    began = time.perf_counter()
    error = None
    try:
        reply = await talk.say(line.text)
    except (Unanswered, Lost) as problem:
        error = str(problem)
    except asyncio.CancelledError:
        # the load is over: what was not answered by then counts with the time that was waited
        there.kept.samples.append(Sample(began, time.perf_counter() - began, place, line.tapped, "not answered by the end"))
        raise
    else:
        if there.place.widget and kinds(reply) != line.kinds:
            error = "another reply"
    return Sample(began, time.perf_counter() - began, place, line.tapped, error)


# -- one long conversation -------------------------------------------------------------------------------------------------------


async def long_conversation(place: Place, entry: dict[str, str], texts: Sequence[str], pause: float, person: int, seed: str) -> Kept:
    """One conversation of as many turns as there are texts, with a fixed pause between two turns (s)."""
    async with world(place, seed) as there:
        talk = talk_of(there, entry, person)
        for number, text in enumerate(texts, start=1):
            began = time.perf_counter()
            error = None
            try:
                await talk.say(text)
            except (Unanswered, Lost) as problem:
                error = str(problem)
            there.kept.samples.append(Sample(began, time.perf_counter() - began, number, False, error))
            if error:
                break
            await asyncio.sleep(pause)
        return there.kept
