"""People who talk to several workers at once, through whatever balancer: each request goes to another worker, and to the next where none answers.

They do what the widget does (widget/src/talk.ts): number their messages, send one again until it is answered, and tell everything again to
servers that forgot it.
"""

from __future__ import annotations

import http.client
import itertools
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.contract.support import MILD, Server, open_question, running

SECRET = "een geheim dat alle werkers delen 9f27b1c4d8e6"
#: seconds that somebody goes on trying to get one message answered
PATIENCE = 60.0
STORY = "Een meisje uit mijn klas heeft al een paar weken dezelfde vieze kleren aan en ze heeft vaak honger."
DANGER = "De stiefvader slaat hem nu, hij staat hier bloedend voor de deur."
#: how many messages a whole walk has, and what is typed in it instead of chosen
TURNS = 8
TYPED = {"acuut": "nee hoor", "toelichting": "verder niets"}


class NotAnswered(AssertionError):
    """A message that was not answered in time."""


class Workers:
    """Several workers of one assistant. `urls`: in the order in which they are asked in turn."""

    def __init__(self, folder: Path, environment: Mapping[str, str], token: str = "") -> None:
        self.folder = folder
        self.environment = {"ROUTEKAART_PROXIES": "1", "ROUTEKAART_SECRET": SECRET, **environment}
        self.token = token or secrets.token_urlsafe(24)
        self.servers: list[Server] = []
        self._stack = ExitStack()
        self._turn = itertools.count()
        self._names = itertools.count()

    def start(self, **more: str) -> Server:
        """One more worker. `more`: what else stands in its environment."""
        folder = self.folder / f"worker{next(self._names)}"
        server = self._stack.enter_context(running(folder, self.token, more={**self.environment, **more}))
        self.servers.append(server)
        return server

    def kill(self, server: Server) -> None:
        """As a machine that loses power."""
        server.process.kill()
        server.process.wait()

    def close(self) -> None:
        """Stop all of them."""
        self._stack.close()

    def log(self) -> str:
        """Everything that all of them wrote."""
        return "\n".join(path.read_text(encoding="utf8", errors="replace") for path in sorted(self.folder.glob("*/server.log")))

    def ask(self, method: str, path: str, body: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], str]:
        """One request, as a balancer passes it on: to the next worker that answers. Raises OSError where none does."""
        ports = [server.port for server in self.servers if server.process.poll() is None]
        at = next(self._turn)
        error: Exception = OSError("no worker")
        for port in [ports[(at + i) % len(ports)] for i in range(len(ports))]:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            try:
                connection.request(method, path, body.encode(), dict(headers))
                reply = connection.getresponse()
                return reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read().decode("utf8")
            except (OSError, http.client.HTTPException) as failed:
                error = failed
            finally:
                connection.close()
        raise OSError(type(error).__name__)


@contextmanager
def workers(folder: Path, environment: Mapping[str, str], count: int = 2) -> Iterator[Workers]:
    """So many workers, stopped at the end."""
    them = Workers(folder, environment)
    try:
        for _ in range(count):
            them.start()
        yield them
    finally:
        them.close()


@dataclass
class Person:
    """Somebody with the widget open. `retold`: how often everything was told again; `alarms`: cards that came beside a refusal."""

    workers: Workers
    number: int = 0
    token: str = ""
    said: list[str] = field(default_factory=list)
    replies: list[list[dict[str, Any]]] = field(default_factory=list)
    retold: int = 0
    alarms: list[list[dict[str, Any]]] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)
    address: str = field(default_factory=lambda: ".".join(["10", *(str(secrets.randbelow(256)) for _ in range(3))]))

    def say(self, text: str) -> list[dict[str, Any]]:
        """Send a message until it is answered; the messages of the reply. Raises NotAnswered."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                reply = self._send(text)
            except OSError:
                time.sleep(0.2)
                continue
            if reply is not None:
                self.said.append(text)
                self.replies.append(reply)
                return reply
        raise NotAnswered(f"message {len(self.said) + 1}")

    def once(self, text: str) -> tuple[int, dict[str, Any]]:
        """Send a message one time; the status and the answer."""
        if not self.token:
            self._begin()
        said = {"keuze": text} if text.startswith("/") else {"bericht": text}
        status, _, body = self._post("zeg", {**said, "nummer": self.number + 1, "gemeente": "dordrecht"})
        return status, json.loads(body)

    def _send(self, text: str) -> list[dict[str, Any]] | None:
        status, data = self.once(text)
        if status == 200:
            self.number += 1
            found: list[dict[str, Any]] = data["berichten"]
            return found
        self.refusals.append(status)
        if data.get("berichten"):
            self.alarms.append(data["berichten"])
        if status in (409, 410):
            self._retell()
        else:
            time.sleep(float(data.get("wacht") or 0.3))
        return None

    def _retell(self) -> None:
        """The workers forgot this conversation: tell it again."""
        told, self.said, self.replies = self.said, [], []
        self.token, self.number = "", 0
        self.retold += 1
        for text in told:
            self.say(text)

    def _begin(self) -> None:
        _, _, body = self._post("begin", {"gemeente": "dordrecht"})
        self.token, self.number = json.loads(body)["token"], 0

    def _post(self, what: str, data: Mapping[str, Any]) -> tuple[int, dict[str, str], str]:
        headers = {
            "Content-Type": "application/json",
            "X-Forwarded-For": self.address,
            **({"X-Routekaart": self.token} if self.token else {}),
        }
        return self.workers.ask("POST", f"/gesprek/{what}", json.dumps(data), headers)

    def walk(self, until: int = TURNS) -> list[list[dict[str, Any]]]:
        """Tell a story and answer what is asked, always alike, until so many messages were answered. All replies."""
        while len(self.said) < until:
            self.say(self._next())
        return self.replies

    def _next(self) -> str:
        if not self.replies:
            return STORY
        question = open_question(self.replies[-1])
        if question is None:
            return "dank je wel"
        return TYPED.get(question) or option(self.replies[-1], MILD[question])

    def to_the_card(self, most: int = 20) -> list[dict[str, Any]]:
        """Answer what is asked with "weet niet", "nee" or the first option, until the card is there; the last reply."""
        for _ in range(most):
            reply = self.replies[-1]
            if kinds(reply) & {"routekaart"}:
                return reply
            offered = [o for message in reply for o in (message.get("custom") or {}).get("opties", [])]
            assert offered, f"no question and no card: {kinds(reply)}, {open_question(reply)}"
            by_id = {o["id"]: o["payload"] for o in offered}
            self.say(next((by_id[i] for i in ("geen_gevaar", "leerkracht", "nee", "weet_niet", "ja") if i in by_id), offered[0]["payload"]))
        raise AssertionError("no card")


def kinds(reply: Sequence[Mapping[str, Any]]) -> set[str]:
    """The types of the cards in a reply."""
    return {str((message.get("custom") or {}).get("type")) for message in reply}


def option(reply: Sequence[Mapping[str, Any]], id_: str) -> str:
    """The payload of an option of a reply; empty where there is no such option."""
    for message in reply:
        for row in (message.get("custom") or {}).get("opties") or []:
            if row["id"] == id_:
                return str(row["payload"])
    return ""


def all_at_once(work: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do everything at the same time; the results, or the error of the first that failed."""
    results: list[Any] = [None] * len(work)
    errors: list[BaseException] = []

    def do(at: int) -> None:
        try:
            results[at] = work[at]()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=do, args=(at,), daemon=True) for at in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(4 * PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "somebody never got an answer"
    if errors:
        raise errors[0]
    return results
