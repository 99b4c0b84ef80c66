"""What the host asks of a worker, and what he may not hear."""

from __future__ import annotations

from tests.contract.support import Server, call


def test_a_worker_that_runs_says_so_without_a_token(server: Server) -> None:
    assert call(server, "GET", "/healthz").json == {"status": "ok"}
    answer = call(server, "GET", "/readyz")
    assert answer.status == 200
    assert answer.json == {"status": "ready"}
    assert answer.headers["cache-control"] == "no-store"


def test_nothing_else_is_told(server: Server) -> None:
    for path in ("/healthz", "/readyz"):
        assert call(server, "HEAD", path).status == 200
        assert call(server, "POST", path).status == 405
        assert not {"server", "x-powered-by"} & set(call(server, "GET", path).headers)
