"""Measures the assistant over its contract: `python -m tools.evaluate [--url URL --token TOKEN] [--json OUT] [FILES...]`.

Reads sets of messages and sets of routes (JSON lines, told apart by their fields), asks a running assistant or one that it starts
itself, and prints the measures per file and over all. It judges nothing: there are no thresholds. Texts are never printed.
Parse times are those of a client with one other call under way.

Exit code: 0 measured; 1 the assistant could not be started, or left calls without an answer (listed); 2 a wrong file or option.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from tools import measures
from tools.contract_client import Client, ContractError, running_server
from tools.measures import Counts, Ratio

ROOT = Path(__file__).resolve().parents[1]
WORKERS = 2
MAX_TURNS = 25
MUNICIPALITY = "dordrecht"
#: what the runner of the routes types, fixed by the description of the evaluation
NOTHING_MORE = "meer weet ik niet"
WHAT_NOW = "wat moet ik nu doen?"
#: measures that are no share: one decimal will do
TENTHS = frozenset({"parse time p50 (ms)", "parse time p95 (ms)", "questions asked on average"})

Value = Ratio | float | int | None
Json = dict[str, Any]
Item = TypeVar("Item")
Result = TypeVar("Result")


# -- the sets --------------------------------------------------------------------------------------------------------------------


class BadLine(Exception):
    """A file or line that is not as the format has it; says which."""


class _BadRow(Exception):
    """What is wrong with a line, without its place."""


@dataclass(frozen=True)
class Message:
    """One message of a set and what should be read in it."""

    id: str
    text: str
    intents: tuple[str, ...]
    signs: frozenset[str]
    denied: frozenset[str]
    danger: bool
    organisations: frozenset[str]
    pii: tuple[str, ...]


@dataclass(frozen=True)
class Route:
    """One route of a set: the facts to answer from, the first message, further ones, and the card that should come."""

    id: str
    facts: Mapping[str, str]
    start: str
    further: tuple[str, ...]
    expected: Mapping[str, Any]


@dataclass(frozen=True)
class EvaluationSet:
    """The items of one file: messages or routes, never both."""

    name: str
    messages: tuple[Message, ...] = ()
    routes: tuple[Route, ...] = ()


def read_sets(paths: Sequence[Path]) -> list[EvaluationSet]:
    """Reads all files. Raises BadLine at the first line that is wrong."""
    plain = Counter(path.name for path in paths)
    return [read_set(path, path.name if plain[path.name] == 1 else str(path)) for path in paths]


def read_set(path: Path, name: str) -> EvaluationSet:
    """Reads one file of JSON lines; empty lines are skipped."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadLine(f"{path}: cannot be read ({getattr(error, 'strerror', None) or 'not UTF-8'})") from None
    messages: list[Message] = []
    routes: list[Route] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            item = _item(line)
            if item.id in seen:
                raise _BadRow(f"id {item.id!r} occurs twice")
            if isinstance(item, Message):
                messages.append(item)
            else:
                routes.append(item)
            if messages and routes:
                raise _BadRow("messages and routes in one file")
        except _BadRow as error:
            raise BadLine(f"{path}:{number}: {error}") from None
        seen.add(item.id)
    if not seen:
        raise BadLine(f"{path}: holds no messages and no routes")
    return EvaluationSet(name, tuple(messages), tuple(routes))


def _item(line: str) -> Message | Route:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise _BadRow(f"not JSON ({error.msg}, column {error.colno})") from None
    if not isinstance(row, dict):
        raise _BadRow("not an object")
    if "tekst" in row:
        return _message(row)
    if "start" in row:
        return _route(row)
    raise _BadRow("neither a message (`tekst`) nor a route (`start`)")


def _message(row: Json) -> Message:
    intents = _strings(row, "intent")
    if not intents:
        raise _BadRow("`intent` is empty")
    return Message(
        id=_string(row, "id"),
        text=_string(row, "tekst"),
        intents=intents,
        signs=frozenset(_strings(row, "signalen")),
        denied=frozenset(_strings(row, "ontkend")),
        danger=_flag(row, "gevaar"),
        organisations=frozenset(_strings(row, "organisaties")),
        pii=_strings(row, "pii"),
    )


def _route(row: Json) -> Route:
    facts, expected = row.get("feiten"), row.get("verwacht")
    if not isinstance(facts, dict) or not all(isinstance(option, str) for option in facts.values()):
        raise _BadRow("`feiten` is not an object of strings")
    if not isinstance(expected, dict):
        raise _BadRow("`verwacht` is not an object")
    for name in ("contact", "niet_contact", "urgentie"):
        _strings(expected, name)
    steps = expected.get("stap")
    if not isinstance(steps, list) or not all(type(step) is int for step in steps):
        raise _BadRow("`stap` is not a list of whole numbers")
    for name in ("melding_norm", "nood"):
        if name not in expected or not isinstance(expected[name], bool | None):
            raise _BadRow(f"`{name}` is not true, false or null")
    further = _strings(row, "vervolg") if "vervolg" in row else ()
    return Route(_string(row, "id"), facts, _string(row, "start"), further, expected)


def _string(row: Json, name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str):
        raise _BadRow(f"`{name}` is not a string")
    return value


def _strings(row: Json, name: str) -> tuple[str, ...]:
    value = row.get(name)
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise _BadRow(f"`{name}` is not a list of strings")
    return tuple(value)


def _flag(row: Json, name: str) -> bool:
    value = row.get(name)
    if not isinstance(value, bool):
        raise _BadRow(f"`{name}` is not true or false")
    return value


def default_files(root: Path) -> list[Path]:
    """The samples beside the repository where they exist, else the project's own sets."""
    return sorted((root.parent / "shared" / "eval").glob("*.jsonl")) or sorted((root / "tests" / "evaluation").glob("*.jsonl"))


# -- messages --------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """What the assistant read in one message. `stored` and `seconds` are None where the call got no answer."""

    intents: tuple[str, ...] = ()
    signs: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    danger: bool = False
    seconds: float | None = None
    stored: str | None = None
    errors: tuple[str, ...] = ()

    @property
    def intent(self) -> str:
        """The first prediction; empty where there is none."""
        return self.intents[0] if self.intents else ""


def reading(answer: Json, seconds: float | None = None) -> Reading:
    """Turns an answer of `/model/parse` into a reading."""
    entities = [entity for entity in _objects(answer.get("entities")) if isinstance(entity.get("value"), str)]
    signs = [entity for entity in entities if entity.get("entity") == "signaal"]
    first = answer.get("intent")
    ranking = [*([first] if isinstance(first, dict) else []), *_objects(answer.get("intent_ranking"))]
    return Reading(
        intents=tuple(dict.fromkeys(row["name"] for row in ranking if isinstance(row.get("name"), str))),
        signs=frozenset(entity["value"] for entity in signs if not entity.get("ontkend")),
        denied=frozenset(entity["value"] for entity in signs if entity.get("ontkend")),
        organisations=frozenset(entity["value"] for entity in entities if entity.get("entity") == "organisatie"),
        danger=answer.get("gevaar") is True,
        seconds=seconds,
    )


def read_message(client: Client, message: Message) -> Reading:
    """Parses one message, timed."""
    begin = time.perf_counter()
    try:
        answer = client.parse(message.text)
    except ContractError as error:
        return Reading(errors=(str(error),))
    return reading(answer, time.perf_counter() - begin)


def stored_text(client: Client, message: Message, sender: str) -> str | ContractError:
    """What is stored of one message, said in a conversation of its own."""
    try:
        client.say(sender, message.text)
        return "\n".join(client.user_texts(sender))
    except ContractError as error:
        return error


def message_measures(pairs: Sequence[tuple[Message, Reading]]) -> dict[str, Value]:
    """All measures of messages, by name, in the order of printing."""
    intents = [(message.intents, read.intents) for message, read in pairs]
    firsts = [(message.intents, read.intent) for message, read in pairs]
    signs = measures.set_counts((message.signs, read.signs) for message, read in pairs)
    denied = measures.set_counts((message.denied, read.denied) for message, read in pairs)
    danger = measures.flag_counts((message.danger, read.danger) for message, read in pairs)
    outside = measures.out_of_scope(firsts)
    stored = [(message, read.stored) for message, read in pairs if read.stored is not None]
    times = [read.seconds * 1000 for _, read in pairs if read.seconds is not None]
    return {
        "messages": len(pairs),
        "intent right first": measures.intent_within(intents, 1),
        "intent right within three": measures.intent_within(intents, 3),
        **_triple("signals", signs),
        **_triple("denied signals", denied),
        "affirmed read as denied": measures.read_as_denied((message.signs, message.denied, read.denied) for message, read in pairs),
        "organisations F1": measures.set_counts((message.organisations, read.organisations) for message, read in pairs).f1,
        "macro recall over intents": measures.macro_recall(firsts),
        "gevaar recall": danger.recall,
        "gevaar precision": danger.precision,
        "out of scope recall": outside.recall,
        "out of scope false rejection": outside.false_rejection,
        "pii strings masked": measures.total(measures.pii_masked(message.text, text, message.pii) for message, text in stored),
        "ordinary words masked": measures.total(measures.ordinary_masked(message.text, text, message.pii) for message, text in stored),
        "parse time p50 (ms)": measures.percentile(times, 50),
        "parse time p95 (ms)": measures.percentile(times, 95),
    }


def _triple(name: str, counts: Counts) -> dict[str, Value]:
    return {f"{name} precision": counts.precision, f"{name} recall": counts.recall, f"{name} F1": counts.f1}


# -- routes ----------------------------------------------------------------------------------------------------------------------


@dataclass
class Walk:
    """How one route went. `first_reply`: the card types of the first reply; `asked`: questions that the runner was asked."""

    first_reply: list[str | None] = field(default_factory=list)
    card: Json | None = None
    asked: int = 0
    turns: int = 0
    error: str | None = None


def walk(client: Client, route: Route, sender: str) -> Walk:
    """Walks one route: answers from its facts until the first `routekaart`, at most `MAX_TURNS` messages."""
    done = Walk()
    further = list(route.further)
    metadata = {"gemeente": MUNICIPALITY} | ({"rol": route.facts["rol"]} if "rol" in route.facts else {})
    text = route.start
    try:
        while done.turns < MAX_TURNS:
            reply = client.say(sender, text, None if done.turns else metadata)
            done.turns += 1
            cards = [card_of(message) for message in reply]
            if done.turns == 1:
                done.first_reply = [card.get("type") for card in cards]
            done.card = next((card for card in cards if card.get("type") == "routekaart"), None)
            if done.card is not None:
                return done
            answer = answer_to(reply, route.facts, further)
            done.asked += answer is not None
            text = WHAT_NOW if answer is None else answer
    except ContractError as error:
        done.error = str(error)
    return done


def card_of(message: Json) -> Json:
    """The `custom` object of a message; empty for plain text."""
    custom = message.get("custom")
    return custom if isinstance(custom, dict) else {}


def answer_to(reply: Sequence[Json], facts: Mapping[str, str], further: list[str]) -> str | None:
    """What to send after a reply, None where it asks nothing. Takes the next of `further` for an open question.

    Beyond the description: where neither the fact nor `weet_niet` nor `nee` is an option, the first option is taken.
    """
    for message in reversed(reply):
        card = card_of(message)
        if card.get("type") == "vraag":
            question, options = str(card.get("id")), _objects(card.get("opties"))
            if question == "toelichting" or not options:
                return further.pop(0) if further else NOTHING_MORE
            wanted = {"keuze": "zorg_delen", "bevestig_signalen": "ja"}.get(question) or facts.get(question)
            return _choose(options, [wanted, "weet_niet", "nee"])
    for message in reversed(reply):
        if card_of(message).get("type") == "signalen":
            return _confirm(message)
    return None


def _choose(options: Sequence[Json], wanted: Iterable[str | None]) -> str:
    """The payload of the first wanted option that is offered, else that of the first option."""
    offered = {str(option.get("id")): option for option in reversed(options)}
    chosen = next((offered[option] for option in wanted if option in offered), options[0])
    return str(chosen.get("payload") or chosen.get("titel") or chosen.get("id"))


def _confirm(message: Json) -> str:
    """How to say yes to signs that stand alone: the option `ja`, else the button whose payload has it, else the first."""
    options = _objects(card_of(message).get("opties"))
    if options:
        return _choose(options, ["ja"])
    payloads = [str(button["payload"]) for button in _objects(message.get("buttons")) if button.get("payload")]
    return next((payload for payload in payloads if re.search(r"(?<![^\W_])ja(?![^\W_])", payload)), payloads[0] if payloads else "ja")


def _objects(value: object) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def route_failures(route: Route, done: Walk) -> list[str]:
    """The fields of a walked route that are wrong."""
    return measures.failed_fields(route.expected, done.first_reply, done.card)


def route_measures(pairs: Sequence[tuple[Route, Walk]]) -> dict[str, Value]:
    """All measures of routes, by name, in the order of printing."""
    right = [not route_failures(route, done) for route, done in pairs]
    return {
        "routes": len(pairs),
        "routes right": Ratio(sum(right), len(right)),
        "questions asked on average": measures.mean([done.asked for _, done in pairs]),
    }


# -- running ---------------------------------------------------------------------------------------------------------------------


@dataclass
class Report:
    """Everything measured: a column of values per file and one over all, wrong routes by field, and calls without an answer."""

    messages: dict[str, dict[str, Value]] = field(default_factory=dict)
    routes: dict[str, dict[str, Value]] = field(default_factory=dict)
    failed: list[tuple[str, str, list[str]]] = field(default_factory=list)
    unanswered: list[tuple[str, str, str]] = field(default_factory=list)

    def as_json(self) -> Json:
        """The same as plain JSON values; a ratio is its value."""
        return {
            "messages": {name: {key: _number(value) for key, value in column.items()} for name, column in self.messages.items()},
            "routes": {name: {key: _number(value) for key, value in column.items()} for name, column in self.routes.items()},
            "routes_failed": [{"file": name, "id": id_, "fields": fields} for name, id_, fields in self.failed],
            "unanswered": [{"file": name, "id": id_, "call": call} for name, id_, call in self.unanswered],
        }


def evaluate(client: Client, sets: Sequence[EvaluationSet]) -> Report:
    """Measures all sets. Conversations get ids that no earlier run used."""
    report, run = Report(), secrets.token_hex(6)
    read: list[tuple[Message, Reading]] = []
    walked: list[tuple[Route, Walk]] = []
    for index, one in enumerate(sets):
        if one.messages:
            pairs = _read_set(client, one, f"evaluate-{run}-{index}")
            report.messages[one.name] = message_measures(pairs)
            report.unanswered += [(one.name, message.id, error) for message, result in pairs for error in result.errors]
            read += pairs
        if one.routes:
            walks = _walk_set(client, one, f"evaluate-{run}-{index}")
            report.routes[one.name] = route_measures(walks)
            failures = [(route.id, route_failures(route, done)) for route, done in walks]
            report.failed += [(one.name, id_, fields) for id_, fields in failures if fields]
            report.unanswered += [(one.name, route.id, done.error) for route, done in walks if done.error]
            walked += walks
    if len(report.messages) > 1:
        report.messages["all"] = message_measures(read)
    if len(report.routes) > 1:
        report.routes["all"] = route_measures(walked)
    return report


def _read_set(client: Client, one: EvaluationSet, prefix: str) -> list[tuple[Message, Reading]]:
    """Parses all messages first and says them after that, so that parse times hold nothing but parsing."""
    readings = _in_pool(lambda message: read_message(client, message), one.messages)
    stored = _in_pool(lambda row: stored_text(client, row[1], f"{prefix}-{row[0]}"), list(enumerate(one.messages)))
    return [(message, _with_stored(read, text)) for message, read, text in zip(one.messages, readings, stored, strict=True)]


def _with_stored(read: Reading, text: str | ContractError) -> Reading:
    if isinstance(text, ContractError):
        return replace(read, errors=(*read.errors, str(text)))
    return replace(read, stored=text)


def _walk_set(client: Client, one: EvaluationSet, prefix: str) -> list[tuple[Route, Walk]]:
    walks = _in_pool(lambda row: walk(client, row[1], f"{prefix}-{row[0]}"), list(enumerate(one.routes)))
    return list(zip(one.routes, walks, strict=True))


def _in_pool(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, items))


# -- printing --------------------------------------------------------------------------------------------------------------------


def _number(value: Value) -> float | int | None:
    value = value.value if isinstance(value, Ratio) else value
    return round(value, 6) if isinstance(value, float) else value


def cell(value: Value, digits: int = 3) -> str:
    """One value of the table: a share with its counts, a number, or a dash where there is nothing to measure."""
    if isinstance(value, Ratio):
        return "-" if value.value is None else f"{value.value:.{digits}f} ({value.part}/{value.whole})"
    if isinstance(value, float):
        return f"{value:.{digits}f}"
    return "-" if value is None else str(value)


def table(columns: Mapping[str, Mapping[str, Value]]) -> list[str]:
    """Lines of an aligned table: a row per measure, a column per file."""
    names = list(columns)
    rows = [["", *names]] + [[key, *(cell(columns[name][key], 1 if key in TENTHS else 3) for name in names)] for key in columns[names[0]]]
    widths = [max(len(row[place]) for row in rows) for place in range(len(names) + 1)]
    return ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows]


def render(report: Report) -> str:
    """The report as text; ids and fields only, no texts."""
    lines: list[str] = []
    for columns in (report.messages, report.routes):
        if columns:
            lines += [*table(columns), ""]
    for title, rows in (
        ("routes that failed, and on what", [(name, id_, ", ".join(fields)) for name, id_, fields in report.failed]),
        ("calls without an answer", report.unanswered),
    ):
        if rows:
            widths = [max(len(row[place]) for row in rows) for place in (0, 1)]
            lines += [title, *(f"  {name.ljust(widths[0])}  {id_.ljust(widths[1])}  {what}" for name, id_, what in rows), ""]
    return "\n".join(lines).rstrip()


# -- command line ----------------------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.evaluate", description="Measures the assistant over its contract.")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILES", help="JSON lines; default: the samples, else tests/evaluation")
    parser.add_argument("--url", help="a running server; without it one is started and stopped")
    parser.add_argument("--token", default=os.environ.get("ROUTEKAART_API_TOKEN"), help="default: $ROUTEKAART_API_TOKEN")
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write the measures as JSON")
    options = parser.parse_args(arguments)
    if options.url and not options.token:
        parser.error("--url needs --token or ROUTEKAART_API_TOKEN")
    try:
        sets = read_sets(options.files or default_files(ROOT))
        if not sets:
            raise BadLine("no files to evaluate")
    except BadLine as error:
        print(error, file=sys.stderr)
        return 2
    try:
        with _server(options.url, options.token) as client:
            report = evaluate(client, sets)
    except ContractError as error:
        print(error, file=sys.stderr)
        return 1
    print(render(report))
    if options.json:
        try:
            options.json.write_text(json.dumps(report.as_json(), indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            print(f"{options.json}: cannot be written ({error.strerror})", file=sys.stderr)
            return 2
    return 1 if report.unanswered else 0


def _server(url: str | None, token: str | None) -> AbstractContextManager[Client]:
    if not url:
        return running_server(ROOT)
    client = Client(url, token or "")
    if not client.is_ready():
        raise ContractError(f"no assistant answers at {url}")
    return nullcontext(client)


def _terminated(_signal: int, _frame: object) -> NoReturn:
    raise SystemExit(143)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _terminated)  # so that the server that was started is stopped too
    sys.exit(main())
