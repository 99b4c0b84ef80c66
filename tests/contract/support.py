"""Speaks the contract to a running server: conversations, raw requests, and what a well-formed reply is.

Nothing here knows how the program is built; it starts `python -m bot.server` and talks HTTP.
"""

from __future__ import annotations

import ctypes
import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from tools.contract_client import Client, _free_port, _stop, _wait

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120.0
REPORT = "0800-2000"
Reply = list[dict[str, Any]]

_C = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_me() -> None:
    """Run in a new process before its program: it ends when the test session ends, also when that was killed (Linux)."""
    if _C is not None:
        _C.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


# -- servers -----------------------------------------------------------------------------------------------------------------------

#: put before everything else in a server's process: no socket and no name look-up beyond this machine, and each attempt written down
GUARD = """
import os, socket, sys
sys.modules["uvloop"] = None  # its sockets are not Python's: asyncio's own are
_record, _here = os.environ["OUTGOING_RECORD"], ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::", "", None)

def _note(what):
    with open(_record, "a", encoding="utf8") as record:
        record.write(repr(what) + "\\n")

def _refuse(real):
    def call(self, address, *rest):
        if isinstance(address, tuple) and address[0] not in _here:
            _note(address)
            raise OSError("refused: " + repr(address))
        return real(self, address, *rest)
    return call

for name in ("connect", "connect_ex"):
    setattr(socket.socket, name, _refuse(getattr(socket.socket, name)))

_sendto, _look_up = socket.socket.sendto, socket.getaddrinfo

def sendto(self, data, *rest):
    if rest and isinstance(rest[-1], tuple) and rest[-1][0] not in _here:
        _note(rest[-1])
        raise OSError("refused")
    return _sendto(self, data, *rest)

def getaddrinfo(host, *rest, **named):
    name = host.decode() if isinstance(host, bytes) else host
    if name not in _here:
        _note(name)
        raise socket.gaierror("refused: " + repr(name))
    return _look_up(host, *rest, **named)

socket.socket.sendto, socket.getaddrinfo = sendto, getaddrinfo
"""


@dataclass
class Server:
    """A running server. `record`: file with every attempt to leave this machine, where the server is guarded."""

    client: Client
    log_path: Path
    process: subprocess.Popen[bytes]
    record: Path | None = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.client.url.rsplit(":", 1)[1])

    @property
    def token(self) -> str:
        """Its API token; empty where it has none."""
        return self.client.token

    def log(self) -> str:
        """Everything that it wrote so far."""
        return self.log_path.read_text(encoding="utf8", errors="replace")

    def outgoing(self) -> list[str]:
        """What it tried to reach beyond this machine."""
        return self.record.read_text(encoding="utf8").splitlines() if self.record and self.record.exists() else []

    def stop(self) -> None:
        """Stop it, and wait until it has."""
        _stop(self.process)


def guard(folder: Path) -> dict[str, str]:
    """The environment that puts `GUARD` in a Python process; `folder` gets the guard and its record."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sitecustomize.py").write_text(GUARD, encoding="utf8")
    return {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "OUTGOING_RECORD": str(folder / "outgoing.txt")}


@contextmanager
def running(
    folder: Path,
    token: str | None,
    command: Sequence[str] = ("-m", "bot.server"),
    guarded: bool = False,
    more: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """A server with everything it writes at LOG_LEVEL=DEBUG in `folder`; stopped at the end. `token` None: the variable is not set.

    `more`: what else stands in its environment.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port, log = _free_port(), folder / "server.log"
    own = ("ROUTEKAART_API_TOKEN", "ROUTEKAART_LINK_KEYS", "ROUTEKAART_LINK_REVOKED", "HOST", "PORT", "RASA_TELEMETRY_ENABLED")
    environment = {k: v for k, v in os.environ.items() if k not in own}
    environment |= {"LOG_LEVEL": "DEBUG", "PYTHONPATH": str(ROOT), **(guard(folder / "guard") if guarded else {}), **(more or {})}
    if token is not None:
        environment["ROUTEKAART_API_TOKEN"] = token
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, *command, "--port", str(port)],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
            preexec_fn=end_with_me,
        )  # fmt: skip
        server = Server(
            Client(f"http://127.0.0.1:{port}", token or ""), log, process, folder / "guard" / "outgoing.txt" if guarded else None
        )
        try:
            problem = _wait(server.client, process, START_SECONDS)
            if problem:
                raise RuntimeError("\n".join([problem, *server.log().splitlines()[-20:]]))
            yield server
        finally:
            server.stop()


@dataclass(frozen=True)
class Answer:
    """An answer over HTTP. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)


def letters() -> str:
    """Eight letters that stand nowhere else; no figures, for a row of them is masked as a number."""
    return secrets.token_hex(4).translate(str.maketrans("0123456789", "ghijklmnop"))


def call(server: Server, method: str, path: str, body: bytes | str | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    """One request as it is, without following anything."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request(method, path, body.encode() if isinstance(body, str) else body, dict(headers or {}))
        reply = connection.getresponse()
        return Answer(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read().decode("utf8", errors="replace"))
    finally:
        connection.close()


def post_json(server: Server, path: str, body: Any, token: str | None = None) -> Answer:
    """POST `body` as JSON (a string is sent as it is), with `token` in the address, else the server's own."""
    address = f"{path}?{urlencode({'token': server.token if token is None else token})}"
    return call(server, "POST", address, body if isinstance(body, str) else json.dumps(body), {"Content-Type": "application/json"})


def hook(server: Server, body: Any) -> Answer:
    """A raw body to the `rest` channel, with the right token."""
    return post_json(server, "/webhooks/rest/webhook", body)


def tracker(server: Server, sender: str) -> dict[str, Any]:
    """The conversation as the API gives it: `events`, `slots`, ..."""
    address = f"/conversations/{quote(sender, safe='')}/tracker?{urlencode({'token': server.token, 'include_events': 'ALL'})}"
    found: dict[str, Any] = call(server, "GET", address).json
    return found


# -- conversations -----------------------------------------------------------------------------------------------------------------


@dataclass
class Everything:
    """All that was sent to the session's server and all that came back, for the tests about the whole session."""

    texts: list[str] = field(default_factory=list)
    replies: list[tuple[str, Reply]] = field(default_factory=list)


class Talk:
    """One conversation. Says things, chooses options, and knows which question is open."""

    def __init__(
        self, server: Server, seen: Everything, rol: str | None = None, gemeente: str | None = "dordrecht", sender: str | None = None
    ) -> None:
        self.server = server
        self.seen = seen
        self.sender = sender or secrets.token_hex(8)
        self.metadata = {k: v for k, v in {"rol": rol, "gemeente": gemeente}.items() if v}
        self.reply: Reply = []
        self.asked: list[str] = []

    def say(self, text: str) -> Reply:
        """Send a text (or a payload) and keep the reply."""
        self.seen.texts.append(text)
        self.reply = self.server.client.say(self.sender, text, self.metadata or None)
        self.seen.replies.append((text, self.reply))
        if self.open:
            self.asked.append(self.open)
        return self.reply

    @property
    def open(self) -> str | None:
        """The id of the question that the last reply asks."""
        return open_question(self.reply)

    @property
    def options(self) -> list[dict[str, str]]:
        """The options of the open question."""
        return asking(self.reply)[-1]["custom"]["opties"] if asking(self.reply) else []

    @property
    def card(self) -> dict[str, Any] | None:
        """The `routekaart` of the last reply."""
        return custom(self.reply, "routekaart")

    def payload(self, option: str) -> str:
        """What to send to choose an option of the open question."""
        found = [o["payload"] for o in self.options if o["id"] == option]
        assert found, f"no option {option!r} at {self.open}: {[o['id'] for o in self.options]}"
        return str(found[0])

    def press(self, option: str) -> Reply:
        """Choose an option of the open question."""
        return self.say(self.payload(option))

    def button(self, payload: str) -> Reply:
        """Press a button of the last reply."""
        assert payload in buttons(self.reply), f"no button {payload}: {buttons(self.reply)}"
        return self.say(payload)

    def on(self, answers: Mapping[str, str] | None = None, until: str = "", most: int = 16) -> Reply:
        """Answer the questions that come, until the question `until` is open or there is a card.

        `answers`: option id, or any text that is not an option id, for each question; else the mild answer of `MILD`.
        """
        for _ in range(most):
            question = self.open
            if question is None or question == until:
                break
            answer = (answers or {}).get(question) or MILD[question]
            ids = [o["id"] for o in self.options]
            self.press(answer) if answer in ids else self.say(answer)
        assert self.open == until if until else self.card, (
            f"came to {self.open or types(self.reply)}, not to {until or 'a card'}: {self.asked}"
        )
        return self.reply


#: an answer to every question that leads on without danger
MILD = {
    "bellen": "geen_gevaar", "toelichting": "niets", "bevestig_signalen": "ja", "rol": "leerkracht", "acuut": "nee", "structureel": "nee",
    "onthulling": "nee", "verdachte": "ouder", "leeftijd": "4-12", "voortgang": "niets", "gesprek_onveilig": "nee", "eerder_gemeld": "nee",
    "jeugdbeschermer": "nee", "school_soort": "po", "kinderen": "ja", "zwanger": "nee", "kinderen_veilig": "ja", "steun": "ja",
    "vermoeden": "ja",
    "hulp_mogelijk": "ja", "hulp_aanvaard": "ja", "hulp_werkt": "ja",
}  # fmt: skip


@dataclass(frozen=True)
class Road:
    """How to come to a question: who, what is told first, and answers that differ from `MILD`."""

    rol: str | None
    opening: str
    answers: Mapping[str, str] = field(default_factory=dict)


DANGER = "Hij staat hier nu voor me met een mes en dreigt haar dood te steken."
QUESTION = "Kan ik anoniem blijven als ik bel?"
LETSEL = "Bij een leerling zie ik telkens blauwe plekken op de rug."
DRINKT = "Ik wil de kindcheck doen bij een patiënt die veel te veel drinkt."
SLAAT = "Een kind krijgt vaak klappen."
GEVOEL = "Ik kan het niet goed uitleggen, maar er klopt iets niet bij een leerling van mij. Het voelt niet goed."

#: a way to every question that can be asked, by its id
ROADS: dict[str, Road] = {
    "toelichting": Road("leerkracht", "Hallo"),
    "bevestig_signalen": Road("leerkracht", LETSEL),
    "acuut": Road("leerkracht", LETSEL),
    "rol": Road(None, "Bij een kind zie ik telkens blauwe plekken op de rug."),
    "structureel": Road("kinderopvang", LETSEL),
    "voortgang": Road("kinderopvang", LETSEL),
    "onthulling": Road("kinderopvang", LETSEL),
    "gesprek_onveilig": Road("kinderopvang", "Een peuter is bang voor zijn moeder.", {"voortgang": "overlegd"}),
    "vermoeden": Road("kinderopvang", LETSEL, {"voortgang": "ouders_gesproken"}),
    "hulp_mogelijk": Road("wijkteam", "In een gezin is het huis erg vies.", {"voortgang": "gewogen"}),
    "hulp_aanvaard": Road("wijkteam", "In een gezin is het huis erg vies.", {"voortgang": "gewogen"}),
    "hulp_werkt": Road("wijkteam", "In een gezin is het huis erg vies.", {"voortgang": "gewogen"}),
    "eerder_gemeld": Road("jgz", "Bij dit gezin kwam vroeger al jeugdzorg over de vloer."),
    "jeugdbeschermer": Road("jgz", "Bij dit gezin kwam vroeger al jeugdzorg over de vloer."),
    "school_soort": Road("leerkracht", GEVOEL),
    "verdachte": Road("wijkteam", SLAAT),
    "kinderen": Road("huisarts", DRINKT),
    "kinderen_veilig": Road("huisarts", DRINKT),
    "zwanger": Road("huisarts", DRINKT),
    "steun": Road("huisarts", DRINKT),
    "leeftijd": Road("huisarts", "Ik zag op mijn spreekuur blauwe plekken op de rug van een kind."),
    "bellen": Road("leerkracht", DANGER),
}


def reach(server: Server, seen: Everything, question: str) -> Talk:
    """A new conversation in which `question` is open."""
    road = ROADS[question]
    talk = Talk(server, seen, road.rol)
    talk.say(road.opening)
    talk.on(road.answers, until=question)
    return talk


# -- what a reply holds ------------------------------------------------------------------------------------------------------------


def kind(message: Mapping[str, Any]) -> str | None:
    """The type of a message, None where it is plain text."""
    return (message.get("custom") or {}).get("type")


def types(reply: Reply) -> list[str | None]:
    """The types of the messages of a reply."""
    return [kind(m) for m in reply]


def custom(reply: Reply, type_: str) -> dict[str, Any] | None:
    """The first `custom` of a type."""
    return next((m["custom"] for m in reply if kind(m) == type_), None)


def the(reply: Reply, type_: str) -> dict[str, Any]:
    """The `custom` of a type that has to be in the reply."""
    found = custom(reply, type_)
    assert found is not None, f"no {type_} in {types(reply)}"
    return found


def asking(reply: Reply) -> Reply:
    """The messages that ask: a `vraag`, or `signalen` with options."""
    return [m for m in reply if kind(m) == "vraag" or (kind(m) == "signalen" and m["custom"].get("opties"))]


def open_question(reply: Reply) -> str | None:
    """The id of the question that a reply asks."""
    asks = asking(reply)
    return None if not asks else str(asks[-1]["custom"].get("id") or "bevestig_signalen")


def buttons(reply: Reply) -> list[str]:
    """The payloads of all buttons of a reply."""
    return [b["payload"] for m in reply for b in m.get("buttons") or []]


def words(reply: Reply) -> str:
    """All text of a reply."""
    return "\n".join(m["text"] for m in reply)


def without_sender(reply: Reply) -> Reply:
    """The reply of a conversation without whose it is, to compare two conversations."""
    return [{k: v for k, v in m.items() if k != "recipient_id"} for m in reply]


def leads_on(reply: Reply) -> bool:
    """No dead end: there is a question, a button, or a number to call."""
    return bool(asking(reply) or buttons(reply) or REPORT in words(reply) or "112" in words(reply))


# -- flaws of a reply against the contract -----------------------------------------------------------------------------------------

FIELDS: dict[str, tuple[str, ...]] = {
    "vraag": ("id", "opties"),
    "signalen": ("signalen",),
    "routekaart": (
        "contact", "urgentie", "stap", "melding_norm", "waarom", "bereik", "zeg", "deel", "deel_niet", "noteer", "daarna", "houdt_vast",
        "kader", "bronnen",
    ),
    "nood": ("contacten",),
    "antwoord": ("vraag", "bronnen"),
    "contact": ("id", "naam", "taak", "wanneer", "bereik", "kader", "bronnen"),
    "gesprek": ("met", "openingszinnen", "doen", "laten"),
    "oefening": ("casus", "moment", "opties"),
    "kindcheck": ("zorg", "vervolg"),
    "notitie": ("tekst", "kort", "titel"),
}  # fmt: skip


def flaws(reply: Any) -> list[str]:
    """What in a reply is not as the contract has it; empty for a good reply."""
    if not isinstance(reply, list) or not reply:
        return ["a reply is a list that is not empty"]
    found: list[str] = []
    for message in reply:
        if not isinstance(message, dict) or not isinstance(message.get("text"), str) or not message["text"].strip():
            found.append("a message is an object with text")
            continue
        if extra := set(message) - {"recipient_id", "text", "custom", "buttons"}:
            found.append(f"a message has only text, custom and buttons: {extra}")
        found += _flaws_of_buttons(message)
        if "custom" in message:
            found += _flaws_of_card(message)
    if found:
        return found
    asks = [i for i, m in enumerate(reply) if m in asking(reply)]
    if len(asks) > 1:
        found.append("at most one question")
    if asks and asks[-1] != len(reply) - 1:
        found.append("the question is the last message")
    if "nood" in types(reply)[1:]:
        found.append("the emergency card is the first message")
    check = custom(reply, "kindcheck")
    if check and check["zorg"] is not False and "routekaart" not in types(reply)[types(reply).index("kindcheck") :]:
        found.append("a kindcheck with a worry or unknown is followed by a card")
    return found


def _flaws_of_buttons(message: Mapping[str, Any]) -> list[str]:
    rows = message.get("buttons", [])
    if not isinstance(rows, list) or ("buttons" in message and not rows):
        return ["buttons are a list that is not empty"]
    bad = [b for b in rows if not all(isinstance(b.get(k), str) and b[k].strip() for k in ("title", "payload"))]
    return [f"a button has a title and a payload: {bad}"] if bad else []


def _flaws_of_card(message: Mapping[str, Any]) -> list[str]:
    card = message["custom"]
    type_ = card.get("type") if isinstance(card, dict) else None
    if type_ not in FIELDS:
        return [f"unknown type {type_!r}"]
    missing = [f for f in FIELDS[type_] if f not in card]
    if missing:
        return [f"{type_} without {', '.join(missing)}"]
    found = [f"{type_}: {flaw}" for flaw in _flaws_of_options(message, card)]
    if "bronnen" in card:
        rows = card["bronnen"]
        good = isinstance(rows, list) and all(isinstance(b, dict) and {"naam", "datum", "url"} <= set(b) and b["naam"] for b in rows)
        found += [] if good else [f"{type_}: a source is naam, datum, url"]
    if "bereik" in card:
        found += [f"{type_}: {flaw}" for flaw in _flaws_of_reach(card["bereik"])]
    return found + _CHECKS.get(type_, lambda *_: [])(message, card)


def _flaws_of_options(message: Mapping[str, Any], card: Mapping[str, Any]) -> list[str]:
    options = card.get("opties", [])
    if not isinstance(options, list):
        return ["options are a list"]
    for option in options:
        if not isinstance(option, dict) or not all(
            isinstance(option.get(k), str) and option[k].strip() for k in ("id", "titel", "payload")
        ):
            return [f"an option has id, titel and payload: {option}"]
    offered = {(b["title"], b["payload"]) for b in message.get("buttons", [])}
    return [f"the option {o['id']} is no button" for o in options if (o["titel"], o["payload"]) not in offered]


def _flaws_of_reach(ways: Any) -> list[str]:
    if not isinstance(ways, list) or not ways:
        return ["there is a way to reach it"]
    good = all(isinstance(w, dict) and {"soort", "waarde", "uren"} <= set(w) and str(w["soort"]) and str(w["waarde"]).strip() for w in ways)
    return [] if good else ["a way to reach somebody is soort, waarde, uren"]


def _route(message: Mapping[str, Any], card: Mapping[str, Any]) -> list[str]:
    found = []
    for name in ("contact", "waarom", "zeg", "deel", "deel_niet", "noteer", "houdt_vast"):
        if not isinstance(card[name], str) or not card[name].strip():
            found.append(f"routekaart: {name} is empty")
    allowed = {
        "urgentie": ("nu", "vandaag", "deze_week", "rustig"),
        "stap": (None, 1, 2, 3, 4, 5),
        "melding_norm": (True, False, None),
        "kader": ("vrijwillig", "drang", "dwang"),
    }
    found += [
        f"routekaart: {name} is {card[name]!r}"
        for name, values in allowed.items()
        if card[name] not in values or (card[name] is True and name == "stap")
    ]
    if not isinstance(card["daarna"], list) or not all(
        isinstance(d, dict) and d.get("contact") and d.get("voorwaarde") for d in card["daarna"]
    ):
        found.append("routekaart: each following contact has its condition")
    if not card["bronnen"]:
        found.append("routekaart: no sources")
    text = message["text"]
    found += [f"routekaart: the text leaves out {name}" for name in ("waarom", "zeg", "noteer") if card[name] not in text]
    found += [f"routekaart: the text leaves out how to reach it: {w['waarde']}" for w in card["bereik"] if w["waarde"] not in text]
    if "Routekaart meldt" not in text:
        found.append("routekaart: it does not say that the assistant files no report")
    if card["melding_norm"] is True and ("norm" not in text or "elden bij Veilig Thuis" not in text):
        found.append("routekaart: it does not say plainly that reporting is the norm")
    return found


def _emergency(message: Mapping[str, Any], card: Mapping[str, Any]) -> list[str]:
    rows = card["contacten"]
    if not isinstance(rows, list) or not rows or rows[0].get("id") != "nood_112":
        return ["nood: 112 comes first"]
    found = [f"nood: {row.get('id')}: {flaw}" for row in rows for flaw in _flaws_of_reach(row.get("bereik"))]
    return found + ([] if "112" in message["text"] else ["nood: the text has no 112"])


def _signs(message: Mapping[str, Any], card: Mapping[str, Any]) -> list[str]:
    rows = card["signalen"]
    good = isinstance(rows, list) and rows and all({"id", "titel", "ontkend"} <= set(r) and isinstance(r["ontkend"], bool) for r in rows)
    return [] if good and all(r["titel"] in message["text"] for r in rows) else ["signalen: each is id, titel, ontkend, and is in the text"]


def _talk(_: Mapping[str, Any], card: Mapping[str, Any]) -> list[str]:
    lists = all(isinstance(card[k], list) and card[k] for k in ("openingszinnen", "doen", "laten"))
    return [] if card["met"] in ("ouders", "kind") and lists else ["gesprek: met whom, and lists of lines"]


def _children(_: Mapping[str, Any], card: Mapping[str, Any]) -> list[str]:
    return [] if card["zorg"] in (True, False, "onbekend") else [f"kindcheck: zorg is {card['zorg']!r}"]


_CHECKS = {"routekaart": _route, "nood": _emergency, "signalen": _signs, "gesprek": _talk, "kindcheck": _children}


def wait_for(condition: Any, seconds: float = 10.0) -> bool:
    """Wait until `condition()` holds; whether it did."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return bool(condition())
