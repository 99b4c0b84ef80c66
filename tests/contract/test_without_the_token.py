"""Started without the token there is the page and nothing else; and no request leaves the machine, whatever is done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.page import Visitor
from tests.contract.support import DANGER, LETSEL, Server, call, guard, running


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The program without a token, in a process that can reach nothing but this machine and writes down what it tries."""
    with running(tmp_path_factory.mktemp("alone"), token=None, guarded=True) as server:
        yield server


@pytest.mark.parametrize("query", ["", "?token=", "?token=None", "?token=x"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/webhooks/rest/webhook"), ("GET", "/webhooks/rest/"), ("POST", "/model/parse"), ("GET", "/conversations/x/tracker"),
        ("POST", "/conversations/x/messages"), ("GET", "/status"), ("GET", "/version"), ("GET", "/domain"), ("POST", "/model/train"),
        ("PUT", "/model"),
    ],
)  # fmt: skip
def test_without_the_variable_there_is_no_api(alone: Server, method: str, path: str, query: str) -> None:
    body = json.dumps({"sender": "x", "message": "Hallo", "text": "Hallo"})
    answer = call(alone, method, path + query, body, {"Content-Type": "application/json"})
    assert answer.status == 404
    assert "intent" not in answer.text
    assert "recipient_id" not in answer.text
    assert "Traceback" not in answer.text


def test_people_can_talk_without_a_token(alone: Server) -> None:
    visitor = Visitor(alone)
    visitor.say(DANGER)
    assert visitor.page.cards[0] == "nood"
    visitor.press("Ik bel")
    assert "routekaart" in visitor.page.cards


def test_the_answers_of_this_server_carry_the_headers_too(alone: Server) -> None:
    for method, path in (("GET", "/"), ("GET", "/nergens"), ("POST", "/gesprek"), ("POST", "/model/parse"), ("DELETE", "/stop")):
        answer = call(alone, method, path)
        assert answer.headers.get("cache-control") == "no-store", path
        assert answer.headers.get("x-content-type-options") == "nosniff", path
        assert "content-security-policy" in answer.headers, path
        assert not [h for h in answer.headers if h.startswith("access-control-") or h == "set-cookie"], path


TRY = """
import asyncio, socket, urllib.request

def attempt(what):
    try:
        what()
    except Exception:
        pass

async def dial():
    await asyncio.open_connection("192.0.2.4", 443)

attempt(lambda: socket.create_connection(("192.0.2.1", 80), timeout=1))
attempt(lambda: urllib.request.urlopen("http://example.invalid/", timeout=1))
attempt(lambda: asyncio.run(dial()))
attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.3", 53)))
with socket.socket() as here:
    here.bind(("127.0.0.1", 0)); here.listen()
    socket.create_connection(here.getsockname(), timeout=1).close()
"""


def test_the_watch_over_outgoing_requests_sees_them(tmp_path: Path) -> None:
    environment = guard(tmp_path)
    subprocess.run([sys.executable, "-c", TRY], env={**os.environ, **environment}, check=True, timeout=60)
    record = (tmp_path / "outgoing.txt").read_text(encoding="utf8")
    assert [a for a in ("192.0.2.1", "example.invalid", "192.0.2.3", "192.0.2.4") if a not in record] == []
    assert "127.0.0.1" not in record


def test_no_request_leaves_the_machine_from_start_to_stop(alone: Server) -> None:
    visitor = Visitor(alone)
    visitor.say(LETSEL)
    visitor.say("kan ik anoniem blijven als ik bel?")
    visitor.press("Klopt")
    visitor.leave("/stop")
    alone.stop()
    assert alone.process.poll() is not None
    assert "is ready" in alone.log()
    assert alone.outgoing() == []
