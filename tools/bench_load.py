"""The load of the bench: one journey, recorded once from this project, and many users who repeat it over the `rest` channel.

A turn is timed from sending the request to the last byte of the answer; reading the JSON is outside the clock.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

from tools import measures

#: seconds for one turn
TURN_SECONDS = 60.0
#: a user who gets this many errors in a row stops, and so does the bench
ERRORS_IN_A_ROW = 5
#: a journey that did not reach the card by then is broken; one that is shorter, or has fewer buttons, is no journey to measure
MAX_TURNS, MIN_TURNS, MIN_BUTTONS = 16, 7, 2
CARD = re.compile(rb'"type":\s*"routekaart"')

HELLO = "hallo"
STORY = "Ik maak me zorgen over een meisje uit mijn klas. Ze is de laatste tijd erg stil en heeft steeds dezelfde vieze kleren aan."
MORE = "Ze trekt haar mouwen over haar handen en schrikt als iemand naast haar komt staan, dat zie ik al een paar weken."
QUESTION = "mag ik anoniem blijven"
THANKS = "dank je wel"
#: after the answer to this question the user asks something in between
QUESTION_AFTER = "acuut"
#: the answer to a question, typed
TYPED = {"toelichting": MORE, "acuut": "nee hoor"}
#: the answer to a question, as the option whose payload is sent; of any other question the first of `OTHERWISE` that it has
CHOSEN = {"bevestig_signalen": "ja", "rol": "leerkracht", "structureel": "nee", "voortgang": "overlegd", "bellen": "geen_gevaar"}
OTHERWISE = ("nee", "weet_niet")


class BenchError(Exception):
    """A step of the bench failed; the text says which and what to do."""


class NoAnswer(Exception):
    """A request was not answered with status 200; the text is a code."""


@dataclass(frozen=True)
class Target:
    """Where a system listens. `token` is empty where the channel takes none."""

    url: str
    token: str = ""

    def post(self, sender: str, message: str) -> bytes:
        """Send one message; the body of the answer. Raises NoAnswer."""
        address = f"{self.url}/webhooks/rest/webhook" + (f"?token={quote(self.token)}" if self.token else "")
        data = json.dumps({"sender": sender, "message": message}).encode()
        request = Request(address, data=data, method="POST", headers={"Content-Type": "application/json"})
        try:
            with _OPENER.open(request, timeout=TURN_SECONDS) as answer:
                return bytes(answer.read())
        except HTTPError as error:
            error.close()
            raise NoAnswer(f"status {error.code}") from None
        except URLError as error:
            raise NoAnswer(type(error.reason).__name__) from None
        except (OSError, HTTPException, ValueError) as error:
            raise NoAnswer(type(error).__name__) from None

    def say(self, sender: str, message: str) -> list[dict[str, Any]]:
        """Send one message; the messages of the reply. Raises NoAnswer, also where the answer is no list of objects."""
        return reply_of(self.post(sender, message))


#: past any proxy: everything here is on this machine
_OPENER = build_opener(ProxyHandler({}))


def reply_of(body: bytes) -> list[dict[str, Any]]:
    """The messages of an answer. Raises NoAnswer where it is no list of objects."""
    try:
        answer = json.loads(body)
    except ValueError:
        raise NoAnswer("not JSON") from None
    if not isinstance(answer, list) or not all(isinstance(message, dict) for message in answer):
        raise NoAnswer("not a list of objects")
    return answer


# -- the journey -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Turn:
    """What is sent, and how many bytes this project answered when the journey was recorded."""

    text: str
    size: int

    @property
    def button(self) -> bool:
        """Whether this is a payload and not typed text."""
        return self.text.startswith("/")


def record(target: Target, sender: str) -> tuple[Turn, ...]:
    """Walk the journey once: hello, story, answers, a question in between, the card, its first follow-up, thanks. Raises BenchError."""
    turns: list[Turn] = []

    def say(text: str) -> list[dict[str, Any]]:
        try:
            body = target.post(sender, text)
            reply = reply_of(body)
        except NoAnswer as error:
            raise BenchError(f"recording the journey: turn {len(turns) + 1} was not answered ({error})") from None
        turns.append(Turn(text, len(body)))
        return reply

    say(HELLO)
    reply, asked = say(STORY), False
    while "routekaart" not in types(reply):
        if len(turns) >= MAX_TURNS:
            raise BenchError(f"recording the journey: no routekaart after {MAX_TURNS} turns; the last reply held {types(reply)}")
        question = open_question(reply)
        reply = say(answer_to(question, reply))
        if question == QUESTION_AFTER and not asked and "routekaart" not in types(reply):
            asked = True
            reply = say(QUESTION)
    for follow_up in payloads(reply)[:1]:
        say(follow_up)
    say(THANKS)
    buttons = sum(turn.button for turn in turns)
    if len(turns) < MIN_TURNS or buttons < MIN_BUTTONS:
        raise BenchError(
            f"recording the journey: only {len(turns)} turns, {buttons} by button; give STORY in tools/bench_load.py more to ask about"
        )
    return tuple(turns)


def types(reply: Sequence[dict[str, Any]]) -> list[str]:
    """The card types of a reply; `tekst` for plain text."""
    return [str((message.get("custom") or {}).get("type") or "tekst") for message in reply]


def open_question(reply: Sequence[dict[str, Any]]) -> str:
    """The id of the question that a reply ends with; signs that are to be confirmed count as `bevestig_signalen`. Raises BenchError."""
    last = (reply[-1].get("custom") or {}) if reply else {}
    if last.get("type") == "vraag" and isinstance(last.get("id"), str):
        return str(last["id"])
    if last.get("type") == "signalen":
        return "bevestig_signalen"
    raise BenchError(f"recording the journey: a reply without a question or card ({types(reply)})")


def payloads(reply: Sequence[dict[str, Any]]) -> list[str]:
    """What the buttons of a reply send."""
    return [str(button["payload"]) for message in reply for button in message.get("buttons") or [] if button.get("payload")]


def answer_to(question: str, reply: Sequence[dict[str, Any]]) -> str:
    """What the user sends: text, or a payload that the reply offers as a button. Raises BenchError."""
    if question in TYPED:
        return TYPED[question]
    offered = payloads(reply)
    wanted = [CHOSEN[question]] if question in CHOSEN else list(OTHERWISE)
    for option in wanted:
        for payload in offered:
            if chosen_by(payload).get(question) == option:
                return payload
    answers = [payload for payload in offered if question in chosen_by(payload)]
    if question in CHOSEN or not answers:
        raise BenchError(f"recording the journey: question {question} has no button for {wanted}")
    return answers[0]


def chosen_by(payload: str) -> dict[str, Any]:
    """The question and option in a payload such as `/antwoord{"rol": "huisarts"}`; empty where it holds none."""
    _, brace, rest = payload.partition("{")
    try:
        found = json.loads(brace + rest)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


# -- many users ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """One turn: how long it took (s), how many bytes came back, what went wrong (a code, or None), whether the reply held the card."""

    seconds: float
    size: int = 0
    error: str | None = None
    empty: bool = False
    button: bool = False
    card: bool = False


@dataclass(frozen=True)
class Load:
    """All turns of one concurrency, the seconds that they took together, and the processor seconds of the server's processes."""

    users: int
    rounds: int
    samples: tuple[Sample, ...]
    seconds: float
    cpu: float = 0.0


def together(loads: Sequence[Load]) -> Load:
    """One load of several with the same users."""
    return Load(
        users=loads[0].users,
        rounds=sum(load.rounds for load in loads),
        samples=tuple(sample for load in loads for sample in load.samples),
        seconds=sum(load.seconds for load in loads),
        cpu=sum(load.cpu for load in loads),
    )


@dataclass(frozen=True)
class Figures:
    """What is reported of a load. Times in ms, of answered turns, `cpu` a turn; None where nothing was answered."""

    users: int
    turns: int
    p50: float | None
    p95: float | None
    p50_typed: float | None
    p50_button: float | None
    per_second: float | None
    cpu: float | None
    errors: int
    empty: int
    reply_bytes: float | None
    cards: int
    journeys: int


def figures(load: Load) -> Figures:
    """The figures of a load."""
    good = [sample for sample in load.samples if sample.error is None]

    def ms(percent: float, samples: Sequence[Sample]) -> float | None:
        return measures.percentile([sample.seconds * 1000 for sample in samples], percent)

    return Figures(
        users=load.users,
        turns=len(load.samples),
        p50=ms(50, good),
        p95=ms(95, good),
        p50_typed=ms(50, [sample for sample in good if not sample.button]),
        p50_button=ms(50, [sample for sample in good if sample.button]),
        per_second=len(good) / load.seconds if good and load.seconds > 0 else None,
        cpu=load.cpu * 1000 / len(load.samples) if load.samples else None,
        errors=len(load.samples) - len(good),
        empty=sum(sample.empty for sample in good),
        reply_bytes=measures.mean([sample.size for sample in good]),
        cards=sum(sample.card for sample in good),
        journeys=load.users * load.rounds,
    )


@dataclass
class _Shared:
    """What the users of one load have in common."""

    stop: threading.Event = field(default_factory=threading.Event)
    failed: list[str] = field(default_factory=list)


Post = Callable[[str, str], bytes]


def run_load(post: Post, turns: Sequence[Turn], users: int, rounds: int, prefix: str) -> Load:
    """Let `users` users walk the journey `rounds` times at once, each round a conversation of its own.

    Raises BenchError when a user gets too many errors in a row. On an interrupt the users stop after the turn they are in.
    """
    shared = _Shared()
    start = threading.Barrier(users + 1)
    kept: list[list[Sample]] = [[] for _ in range(users)]

    def user(number: int) -> None:
        start.wait()
        for turn_round in range(rounds):
            _walk(post, turns, f"{prefix}-{users}-{number}-{turn_round}", kept[number], shared)

    threads = [threading.Thread(target=user, args=(number,), daemon=True) for number in range(users)]
    for thread in threads:
        thread.start()
    start.wait()
    started = time.perf_counter()
    try:
        for thread in threads:
            thread.join()
    finally:
        shared.stop.set()
    seconds = time.perf_counter() - started
    if shared.failed:
        raise BenchError(f"{ERRORS_IN_A_ROW} requests in a row were not answered ({shared.failed[0]})")
    return Load(users, rounds, tuple(sample for samples in kept for sample in samples), seconds)


def _walk(post: Post, turns: Sequence[Turn], sender: str, kept: list[Sample], shared: _Shared) -> None:
    """One journey; its samples go to `kept`."""
    for turn in turns:
        if shared.stop.is_set():
            return
        kept.append(_sample(post, sender, turn))
        last = kept[-ERRORS_IN_A_ROW:]
        if len(last) == ERRORS_IN_A_ROW and all(sample.error for sample in last):
            shared.failed.append(str(last[-1].error))
            shared.stop.set()


def _sample(post: Post, sender: str, turn: Turn) -> Sample:
    started = time.perf_counter()
    try:
        body = post(sender, turn.text)
        seconds = time.perf_counter() - started
        reply = reply_of(body)
    except NoAnswer as error:
        return Sample(time.perf_counter() - started, error=str(error), button=turn.button)
    return Sample(seconds, len(body), empty=not reply, button=turn.button, card=CARD.search(body) is not None)
