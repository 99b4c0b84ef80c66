"""Who may come where: the parts of Rasa's API, methods, slashes, tokens of another kind, and other sites."""

from __future__ import annotations

import itertools
import json
import re

import pytest

from tests.contract.support import Server, call

#: guesses are limited for each address
ADDRESSES = itertools.count(1)
PAGE_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/model/parse/"), ("POST", "/model/parse/x"), ("POST", "//model/parse"), ("GET", "/status/"), ("GET", "/statusx"),
        ("GET", "/version/x"), ("POST", "/model/train"), ("PUT", "/model"), ("DELETE", "/model"), ("GET", "/domain"), ("POST", "/model/predict"),
        ("POST", "/conversations/x/tracker/events"), ("PUT", "/conversations/x/tracker/events"), ("POST", "/conversations/x/messages"),
        ("POST", "/conversations/x/execute"), ("POST", "/conversations/x/trigger_intent"), ("POST", "/conversations/x/predict"),
        ("GET", "/conversations/x/story"), ("GET", "/conversations"), ("GET", "/conversations/x"), ("GET", "/webhooks/rest/webhook/x"),
        ("GET", "/webhooks/rest2"), ("GET", "/kindcheck/"), ("GET", "/monitor/"), ("GET", "/metrics/"), ("GET", "/healthz/"),
    ],
)  # fmt: skip
def test_beyond_the_contract_there_is_nothing_even_with_the_token(house: Server, method: str, path: str) -> None:
    body = "{}" if method in ("POST", "PUT") else None
    answer = call(house, method, f"{path}?token={house.token}", body, {"Content-Type": "application/json"})
    assert answer.status in (404, 405), answer.text[:200]
    assert "Error" not in answer.text
    assert "3.6" not in answer.text, "the version of a library"


@pytest.mark.parametrize("method", ["NONE", "HEAD", "OPTIONS", "PATCH", "PROPFIND"])
@pytest.mark.parametrize("path", ["/model/train", "/status", "/version", "/conversations/x/tracker", "/domain"])
def test_another_method_opens_nothing(house: Server, method: str, path: str) -> None:
    answer = call(house, method, path, headers={"X-Forwarded-For": f"198.51.100.{next(ADDRESSES)}"})
    assert answer.status >= 400 or not answer.text
    assert not [h for h in answer.headers if h.startswith("access-control-")]


@pytest.mark.parametrize(
    "body", ['{"text": 5}', '{"text": null}', "[]", "5", "", '{"text": "\\ud800"}', "{", '{"text": ' + '"a"' + "}" * 9]
)
def test_reading_never_tells_of_the_inside(house: Server, body: str) -> None:
    answer = call(house, "POST", f"/model/parse?token={house.token}", body, {"Content-Type": "application/json"})
    assert answer.status in (200, 400)
    assert set(answer.json) == {"error"} or "intent" in answer.json


@pytest.mark.parametrize(
    "path", ["/status", "/version", "/conversations/x/tracker", "/model/parse", "/webhooks/rest/webhook", "/metrics", "/monitor/csv"]
)
def test_the_token_of_one_door_opens_no_other(house: Server, known: dict[str, str], path: str) -> None:
    own = {"/metrics": "metrics", "/monitor/csv": "monitor"}.get(path, "api")
    for name in ("api", "monitor", "metrics", "links"):
        if name == own:
            continue
        method, body = ("POST", "{}") if path in ("/model/parse", "/webhooks/rest/webhook") else ("GET", None)
        from_another = {"Authorization": f"Bearer {known[name]}", "X-Forwarded-For": f"198.51.100.{next(ADDRESSES)}"}
        answer = call(house, method, f"{path}?token={known[name]}", body, from_another)
        assert answer.status == 401, name
        assert known[own] not in answer.text


def test_a_wrong_code_is_told_nothing_but_that(house: Server, known: dict[str, str]) -> None:
    """Not whether it was nearly right, and not another time for another length."""
    wrong = ("", "x", known["api"][:-1], known["api"] + "x", known["api"].swapcase(), known["metrics"])
    assert {call(house, "GET", f"/status?token={code}").text for code in wrong} == {'{"error":"token"}'}
    assert {call(house, "GET", "/metrics", headers={"Authorization": f"Bearer {code}"}).text for code in (*wrong[:2], known["api"])} == {""}


def test_guessing_at_the_counts_is_limited(house: Server, known: dict[str, str]) -> None:
    from_one = {"X-Forwarded-For": "203.0.113.77", **PAGE_FORM}
    statuses = [call(house, "POST", "/monitor", "token=mis", from_one).status for _ in range(20)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert call(house, "POST", "/monitor", f"token={known['monitor']}", from_one).status in (200, 404), "who holds it is let in"


# -- other sites ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["null", "https://vreemd.example", "http://127.0.0.1", "https://school.example.vreemd.example"])
@pytest.mark.parametrize("path", ["/gesprek/begin", "/gesprek/zeg", "/gesprek/einde"])
def test_a_site_that_is_not_on_the_list_gets_nothing(house: Server, path: str, origin: str) -> None:
    answer = call(house, "POST", path, json.dumps({"nummer": 1, "bericht": "hallo"}), {"Origin": origin})
    assert answer.status == 403
    assert answer.json == {"fout": "herkomst"}
    assert "access-control-allow-credentials" not in answer.headers


def test_a_proxy_header_of_a_visitor_makes_no_site_our_own(house: Server) -> None:
    """The address of a visitor may come from a proxy; which site this is may not."""
    for header in ("X-Forwarded-Host", "Forwarded", "X-Host"):
        value = "host=vreemd.example;for=1.2.3.4" if header == "Forwarded" else "vreemd.example"
        headers = {"Origin": "https://vreemd.example", header: value, "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
        assert call(house, "POST", "/gesprek/begin", "{}", headers).status == 403, header
    demo = call(
        house, "GET", "/demo", headers={"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "vreemd.example", "X-Forwarded-Path": "/x"}
    )
    assert "vreemd.example" not in demo.text


@pytest.mark.parametrize(
    "path", ["/gesprek", "/opnieuw", "/stop", "/monitor", "/oefenen/team/begin", "/oefenen/team/scherm", "/oefenen/mee"]
)
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_another_site_does_nothing(house: Server, path: str, site: str) -> None:
    answer = call(house, "POST", path, "bericht=hallo&beurt=0&token=x", {**PAGE_FORM, "Sec-Fetch-Site": site})
    assert answer.status == 403
    assert "hallo" not in answer.text


@pytest.mark.parametrize(
    "path",
    ["/", "/chat", "/demo", "/kindcheck", "/oefenen", "/routekaart", "/oefenen/team", "/oefenen/mee", "/l/x", "/monitor", "/nergens"],
)
def test_no_page_can_be_framed_or_run_what_is_not_ours(house: Server, path: str) -> None:
    answer = call(house, "GET", path)
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy.get("script-src", "'none'") in ("'none'", "'self'")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", answer.text), "a handler in the page"
    assert "<style" not in answer.text
