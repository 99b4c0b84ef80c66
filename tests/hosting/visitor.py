"""A visitor who comes in through the proxy, over TLS: plain requests, and the conversation as the chat widget holds it (widget/src/talk.ts).

A message is sent again with its number until it is answered; a server that forgot the conversation is told it again.
"""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.contract.support import Answer
from tests.hosting.stage import Stage, connect

HTTPS = 8443
#: seconds between attempts, and until the visitor gives up
PAUSE, PATIENCE = 0.5, 60.0


@dataclass
class Visitor:
    """Somebody with a browser. `name`: of the site; `certificate`: who vouches for it."""

    stage: Stage
    name: str
    certificate: Path

    def ask(
        self, method: str, path: str, body: bytes | str | None = None, headers: Mapping[str, str] | None = None, name: str | None = None
    ) -> Answer:
        """One request through the proxy. Raises OSError or HTTPException where nobody answers."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        connection = http.client.HTTPConnection(name or self.name, timeout=40)
        try:
            connection.sock = context.wrap_socket(connect(self.stage, HTTPS, 5), server_hostname=self.name)
            connection.request(method, path, body.encode() if isinstance(body, str) else body, dict(headers or {}))
            reply = connection.getresponse()
            return Answer(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read().decode("utf8", errors="replace"))
        finally:
            connection.close()


@dataclass
class Chat:
    """The widget on an open page. `lost` counts how often it had to begin anew, `tries` how often it had to send again."""

    visitor: Visitor
    entry: Mapping[str, str]
    token: str = ""
    number: int = 0
    said: list[dict[str, str]] = field(default_factory=list)
    last: dict[str, Any] = field(default_factory=dict)
    lost: int = 0
    tries: int = 0

    def say(self, text: str = "", choice: str = "") -> dict[str, Any]:
        """One message or choice; the answer to it. Raises TimeoutError where none came in time."""
        turn = {"keuze": choice} if choice else {"bericht": text}
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer = self._deliver(turn)
            if answer is not None:
                self.said.append(turn)
                self.last = answer
                return answer
            time.sleep(PAUSE)
        raise TimeoutError(f"no answer to message {len(self.said) + 1}")

    def _deliver(self, turn: Mapping[str, str]) -> dict[str, Any] | None:
        """One attempt: open where there is no token, tell again what was forgotten, then this turn."""
        if not self.token and not self._open():
            return None
        for told in self.said[self.number :]:
            if self._send(told) is None:
                return None
        return self._send(turn)

    def _open(self) -> bool:
        answer = self._try("begin", self.entry, {"Content-Type": "text/plain"})
        if answer is None or answer.status != 200:
            return False
        self.token, self.number = answer.json["token"], 0
        return True

    def _send(self, turn: Mapping[str, str]) -> dict[str, Any] | None:
        answer = self._try(
            "zeg", {**self.entry, **turn, "nummer": self.number + 1}, {"Content-Type": "application/json", "X-Routekaart": self.token}
        )
        if answer is None:
            return None
        if answer.status in (410, 409):
            self.token, self.number, self.lost = "", 0, self.lost + 1
            return None
        if answer.status == 429 or answer.status >= 500:
            time.sleep(PAUSE)
            return None
        assert answer.status == 200, (answer.status, answer.text[:300])
        self.number += 1
        found: dict[str, Any] = answer.json
        return found

    def _try(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Answer | None:
        self.tries += 1
        try:
            return self.visitor.ask("POST", f"/gesprek/{path}", json.dumps(body), headers)
        except (OSError, http.client.HTTPException):
            return None

    # -- to the card ------------------------------------------------------------------------------------------------------------

    def cards(self) -> list[str]:
        """The kinds of card in the last answer."""
        return [row["custom"]["type"] for row in self.last["berichten"] if row.get("custom")]

    def choose(self) -> dict[str, Any]:
        """The next choice: what is read is right, nobody is in danger now, and the rest is the first that is offered."""
        buttons = [b for row in self.last["berichten"] for b in row.get("buttons", ())]
        assert buttons, self.last
        wanted = next((b for b in buttons if b["payload"] == '/antwoord{"acuut":"nee"}'), buttons[0])
        return self.say(choice=wanted["payload"])

    def to_the_card(self) -> None:
        """Go on until the route card is there."""
        for _ in range(12):
            if "routekaart" in self.cards():
                return
            self.choose()
        raise AssertionError(f"no card after {len(self.said)} messages")
