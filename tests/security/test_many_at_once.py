"""Many at the same moment, with Redis: a crowd (or somebody with a script) must not make a Redis that is fine count as one that is gone."""

from __future__ import annotations

import json
import secrets
import socket
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contract.support import Server, call, running
from tests.engines import redis_server

AT_ONCE = 200


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A worker on a Redis."""
    with redis_server(tmp_path_factory.mktemp("redis")) as engine:
        more = {"REDIS_URL": engine.url, "ROUTEKAART_SECRET": secrets.token_urlsafe(32), "ROUTEKAART_PROXIES": "1"}
        with running(tmp_path_factory.mktemp("crowded"), token=None, more=more) as server:
            yield server


def at_once(server: Server, requests: Sequence[bytes]) -> Counter[int]:
    """The statuses of requests that are all on the way at the same moment: every connection stands before the first is written on."""
    lines = [socket.create_connection(("127.0.0.1", server.port), timeout=60) for _ in requests]
    try:
        for line, request in zip(lines, requests, strict=True):
            line.sendall(request)
        return Counter(int(line.recv(65536).split(b" ", 2)[1]) for line in lines)
    finally:
        for line in lines:
            line.close()


def written(method: str, path: str, headers: dict[str, str], body: str = "") -> bytes:
    """A request as bytes."""
    said = {"Host": "x", "Connection": "close", **headers, **({"Content-Length": str(len(body.encode()))} if body else {})}
    return "\r\n".join([f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items()), "", body]).encode()


def test_a_crowd_is_answered_one_after_the_other(crowded: Server) -> None:
    def headers(number: int) -> dict[str, str]:
        return {"X-Forwarded-For": f"198.18.{number // 250}.{number % 250 + 1}"}

    tokens = [str(call(crowded, "POST", "/gesprek/begin", "{}", headers(number)).json["token"]) for number in range(AT_ONCE)]

    said = json.dumps({"nummer": 1, "bericht": "een kind heeft blauwe plekken"})
    messages = [written("POST", "/gesprek/zeg", {**headers(n), "X-Routekaart": token}, said) for n, token in enumerate(tokens)]
    assert at_once(crowded, messages) == {200: AT_ONCE}
    assert at_once(crowded, [written("GET", "/readyz", headers(n)) for n in range(AT_ONCE)]) == {200: AT_ONCE}
    assert "ShelfDown" not in crowded.log()


def test_who_waits_for_the_same_conversation_gets_its_one_answer(crowded: Server) -> None:
    """Many sending the same message at once: it is answered once, and everybody is told that answer."""
    token = str(call(crowded, "POST", "/gesprek/begin", "{}", {"X-Forwarded-For": "198.18.9.1"}).json["token"])
    answers: set[str] = set()

    def say(number: int) -> int:
        body = json.dumps({"nummer": 1, "bericht": "een kind heeft blauwe plekken"})
        answer = call(crowded, "POST", "/gesprek/zeg", body, {"X-Forwarded-For": f"198.18.10.{number + 1}", "X-Routekaart": token})
        answers.add(answer.text)
        return answer.status

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(say, range(20))) == {200}
    assert len(answers) == 1
