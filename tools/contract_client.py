"""Talks to the assistant over its contract: the HTTP API and the `rest` channel, nothing else.

An error names the call and what went wrong, never the token, a text or a reply: those may hold what somebody told.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

#: seconds that a server may take before `GET /` answers
START_SECONDS = 120.0


class ContractError(Exception):
    """The assistant did not answer, or not as the contract has it."""


class Client:
    """A client of one running assistant. Safe to use from several threads.

    `url`: address of the server without a path; `token`: its ROUTEKAART_API_TOKEN; `timeout`: seconds for one call.
    """

    def __init__(self, url: str, token: str, timeout: float = 60.0) -> None:
        self.url = url.rstrip("/")
        self.token = token
        self.timeout = timeout
        self._opener = _opener(self.url)

    def parse(self, text: str) -> dict[str, Any]:
        """What the assistant reads in one message: the answer of `POST /model/parse`."""
        answer = self._call("POST", "/model/parse", {"text": text})
        if not isinstance(answer, dict):
            raise ContractError("POST /model/parse: the answer is not an object")
        return answer

    def say(self, sender: str, text: str, metadata: dict[str, str] | None = None) -> list[dict[str, Any]]:
        """Sends one message in the conversation `sender` and returns the messages of the reply."""
        body: dict[str, Any] = {"sender": sender, "message": text}
        if metadata is not None:
            body["metadata"] = metadata
        answer = self._call("POST", "/webhooks/rest/webhook", body)
        if not isinstance(answer, list) or not all(isinstance(message, dict) for message in answer):
            raise ContractError("POST /webhooks/rest/webhook: the answer is not a list of objects")
        return answer

    def user_texts(self, sender: str) -> list[str]:
        """The texts of the user as the conversation `sender` keeps them (masked), also those from before a restart."""
        answer = self._call("GET", f"/conversations/{quote(sender, safe='')}/tracker", include_events="ALL")
        events = answer.get("events") if isinstance(answer, dict) else None
        if not isinstance(events, list):
            raise ContractError("GET /conversations/.../tracker: the answer has no events")
        return [str(event.get("text") or "") for event in events if isinstance(event, dict) and event.get("event") == "user"]

    def is_ready(self) -> bool:
        """Whether `GET /` answers 200: the assistant can talk."""
        try:
            with self._opener.open(self.url + "/", timeout=min(self.timeout, 5.0)) as answer:
                return bool(answer.status == 200)
        except (OSError, HTTPException, ValueError):  # ValueError: no address at all
            return False

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None, **query: str) -> Any:
        address = f"{self.url}{path}?{urlencode({**query, 'token': self.token})}"
        data = None if body is None else json.dumps(body).encode()
        request = Request(address, data=data, method=method, headers={"Content-Type": "application/json"})
        name = f"{method} {'/conversations/.../tracker' if path.startswith('/conversations/') else path}"
        try:
            with self._opener.open(request, timeout=self.timeout) as answer:
                return json.loads(answer.read())
        except HTTPError as error:
            error.close()
            raise ContractError(f"{name}: status {error.code}") from None
        except URLError as error:
            raise ContractError(f"{name}: {type(error.reason).__name__}") from None
        except ValueError:
            raise ContractError(f"{name}: the answer is not JSON") from None
        except (OSError, HTTPException) as error:
            raise ContractError(f"{name}: {type(error).__name__}") from None


def _opener(url: str) -> OpenerDirector:
    """Goes past any proxy for a server on this machine."""
    local = urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
    return build_opener(ProxyHandler({})) if local else build_opener()


@contextmanager
def running_server(root: Path, seconds: float = START_SECONDS) -> Iterator[Client]:
    """Starts the assistant of the repository `root` on a free port with a random token, and stops it at the end.

    Raises ContractError when `GET /` does not answer 200 within `seconds`, with the end of what the server printed.
    """
    port, token = _free_port(), secrets.token_urlsafe(24)
    environment = {**os.environ, "ROUTEKAART_API_TOKEN": token, "RASA_TELEMETRY_ENABLED": "false"}
    command = [sys.executable, "-m", "bot.server", "--port", str(port)]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, cwd=root, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            client = Client(f"http://127.0.0.1:{port}", token)
            problem = _wait(client, process, seconds)
            if problem:
                log.seek(0)
                tail = log.read().decode(errors="replace").splitlines()[-20:]
                raise ContractError("\n".join([problem, *tail]))
            yield client
        finally:
            _stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(client: Client, process: subprocess.Popen[bytes], seconds: float) -> str | None:
    """Waits until the server can talk; what went wrong, or None."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return f"the server stopped at once (exit code {process.returncode})"
        if client.is_ready():
            return None
        time.sleep(0.2)
    return f"the server did not answer within {seconds:.0f} seconds"


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the server and what it started: its process group is its own."""
    for ending in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.killpg(process.pid, ending)
        try:
            process.wait(10.0)
        except subprocess.TimeoutExpired:
            continue
