"""Sends invented requests to every operation of an OpenAPI file, and looks at what comes back. Run by `tools.fuzz`, in an environment of its own.

Reads a job as JSON from standard input and writes one JSON line for each operation. Cases are made by schemathesis (half of them well formed, half
broken on purpose); about half get something that is true (a token, a turn, a code, a link), because a request that is refused at the door
tests the door only. An answer is wrong where it is a 5xx that is not documented, a status or shape that the file does not know, without the headers
that every answer carries, or where it holds a trace, a path, a secret or the words of somebody else.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from schemathesis.generation import GenerationMode

#: what would tell of the inside of the program
INSIDE = re.compile(
    r"Traceback \(most recent|File \"[^\"]+\", line \d|site-packages|/bot/server/|/tools/|\.venv/|Error: |Exception|<class '|0x[0-9a-f]{8,}|sqlite3?\.|redis\.exceptions"
)
#: on every answer; the two that differ by address are looked at apart
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}
SHAPES = ("status_code_conformance", "content_type_conformance", "response_schema_conformance")
#: operations that may say that there is no room: the only 5xx that is an answer
MAY_BE_FULL = frozenset({"POST /oefenen/team/begin"})
#: rounds with other seeds, where the first made too few different cases or met a limit too often
ROUNDS = 10
MOST_FINDINGS = 5
FORM, TALK = "application/x-www-form-urlencoded", "application/json"
JUNK = st.dictionaries(st.text(min_size=1, max_size=12), st.text(max_size=40), max_size=3)


@dataclass
class Known:
    """What is true on this server, to be mixed into the cases."""

    job: dict[str, Any]
    chance: random.Random
    #: page token -> its turn and what its last reply offered
    pages: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    widgets: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    #: (code, token) of screens and seats
    places: list[tuple[str, str]] = field(default_factory=list)
    steps: dict[str, str] = field(default_factory=dict)

    def sometimes(self, part: float) -> bool:
        """True in about this part of the calls."""
        return self.chance.random() < part


@dataclass
class Count:
    """What came of one operation."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    found: int = 0
    slowest: float = 0.0

    @property
    def reached(self) -> int:
        """Cases that came beyond the limits."""
        return self.cases - self.statuses[429]

    def note(self, what: str) -> None:
        """A finding; only the first few of an operation are kept in full."""
        self.found += 1
        if len(self.findings) < MOST_FINDINGS and what not in self.findings:
            self.findings.append(what)


class Fuzzer:
    """One run against one server."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job
        self.url = job["url"]
        self.known = Known(job, random.Random(job["seed"]))
        self.session = requests.Session()
        self.session.trust_env = False
        self.schema = schemathesis.openapi.from_path(job["openapi"])
        self.schema.config.update(base_url=self.url)
        self.checks = CHECKS.get_by_names(list(SHAPES))

    def run(self) -> None:
        """Every operation, one line of JSON for each."""
        for found in self.schema.get_all_operations():
            operation = found.ok()
            name = f"{operation.method.upper()} {operation.path}"
            if self.job["only"] and not re.search(self.job["only"], name):
                continue
            count = Count()
            for turn in range(ROUNDS):
                if count.reached >= self.job["cases"]:
                    break
                self._round(operation, name, count, self.job["cases"] - count.reached, self.job["seed"] + turn)
            row = {
                "operation": name, "cases": count.cases, "reached": count.reached, "statuses": dict(sorted(count.statuses.items())),
                "found": count.found, "findings": count.findings, "slowest": round(count.slowest, 2),
            }  # fmt: skip
            print(json.dumps(row), flush=True)

    def _round(self, operation: Any, name: str, count: Count, most: int, number: int) -> None:
        modes = [GenerationMode.POSITIVE]
        if operation.body or list(operation.iter_parameters()):
            modes.append(GenerationMode.NEGATIVE)
        for mode in modes:

            @seed(number)
            @settings(
                max_examples=max(20, most // len(modes) + 1), database=None, deadline=None, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(operation.as_strategy(generation_mode=mode), JUNK)
            def one(case: Any, junk: dict[str, str]) -> None:
                self._send(case, junk, name, count)

            try:
                one()
            except Exception as error:  # a broken case is the fault of this program, and has to be seen
                if "Unable to satisfy" not in str(error) and type(error).__name__ != "Unsatisfiable":
                    count.note(f"not sent: {type(error).__name__}: {str(error)[:160]}")

    def _send(self, case: Any, junk: dict[str, str], name: str, count: Count) -> None:
        headers = {str(k): v for k, v in (case.headers or {}).items() if _can_be_sent(k, v)}
        case.headers = headers
        self._true(case, name, headers)
        # an address for each case: otherwise the limits are all that is tested
        headers["X-Forwarded-For"] = ".".join(str(self.known.chance.randrange(1, 255)) for _ in range(4))
        if self.known.sometimes(0.3) and isinstance(case.query, dict):
            case.query = {**junk, **case.query}
        began = time.monotonic()
        try:
            answer = case.call(session=self.session, timeout=60, allow_redirects=False)
        except requests.exceptions.InvalidHeader:
            return
        except (requests.RequestException, ValueError) as error:
            count.cases += 1
            count.note(f"no answer: {type(error).__name__}")
            return
        count.cases += 1
        count.statuses[answer.status_code] += 1
        count.slowest = max(count.slowest, time.monotonic() - began)
        self._look(case, answer, name, count)
        self._remember(name, answer, headers)

    # -- what is true -----------------------------------------------------------------------------------------------------------

    def _true(self, case: Any, name: str, headers: dict[str, Any]) -> None:
        known, secrets = self.known, self.job["secrets"]
        path = case.operation.path
        if known.sometimes(0.8):
            headers.pop("Sec-Fetch-Site", None)
        if known.sometimes(0.7):
            headers.pop("Origin", None)
        body = case.body if isinstance(case.body, dict) else None
        if path in ("/gesprek", "/opnieuw", "/stop", "/verlaat") and body is not None and known.sometimes(0.6):
            token, (turn, offered) = known.chance.choice(list(known.pages.items()) or [(self._page_token(), (0, []))])
            body.update({"token": token, "beurt": str(turn)})
            self._choose(body, offered)
        if path in ("/gesprek/zeg", "/gesprek/einde") and known.sometimes(0.6):
            token, (turn, offered) = known.chance.choice(list(known.widgets.items()) or [(self._widget_token(), (0, []))])
            headers["X-Routekaart"] = token
            if body is not None and path.endswith("zeg"):
                body["nummer"] = turn + 1
                self._choose(body, offered)
        if path.startswith("/oefenen/") and known.sometimes(0.6):
            self._place(body, headers)
        if body is not None and path.startswith("/oefenen/team/begin") and known.sometimes(0.5):
            body["casus"] = known.chance.choice(self.job["casus"])
        if path == "/monitor" or path.startswith("/monitor/"):
            if body is not None and known.sometimes(0.8):
                body["token"] = secrets["monitor"]
            elif known.sometimes(0.8):
                headers["Authorization"] = "Bearer " + secrets["monitor"]
        if path == "/metrics" and known.sometimes(0.8):
            headers["Authorization"] = "Bearer " + secrets["metrics"]
        if path.startswith(("/webhooks/", "/model/", "/conversations/", "/status", "/version")) and known.sometimes(0.9):
            case.query = {**(case.query if isinstance(case.query, dict) else {}), "token": secrets["api"]}
        if "{link}" in path and known.sometimes(0.5):
            link = known.chance.choice(self.job["links"])
            case.path_parameters = {"link": link if known.sometimes(0.5) else self._bent(link)}
        if "{bestand}" in path and known.sometimes(0.4):
            case.path_parameters = {"bestand": known.chance.choice(self.job["files"])}
        if "{gesprek}" in path and known.sometimes(0.4):
            case.path_parameters = {"gesprek": f"proef-{known.chance.randrange(20)}"}
        if isinstance(case.query, dict):
            for key, values in self.job["values"].items():
                if key in case.query and known.sometimes(0.5):
                    case.query[key] = known.chance.choice(values)

    def _choose(self, body: dict[str, Any], offered: list[str]) -> None:
        """Mostly something to say; sometimes one of the buttons that were offered."""
        body.pop("keuze", None) if self.known.sometimes(0.6) else None
        if offered and self.known.sometimes(0.4):
            body["keuze"] = self.known.chance.choice(offered)
        elif self.known.sometimes(0.5):
            body["bericht"] = self.known.chance.choice(self.job["texts"])

    def _place(self, body: dict[str, Any] | None, headers: dict[str, Any]) -> None:
        """A screen or a seat of a room, a step that fits, or a code to come in with."""
        if len(self.known.places) < 6:
            self._open_room()
        if not self.known.places:
            return
        code, token = self.known.chance.choice(self.known.places)
        headers["X-Routekaart-Team"] = token
        if body is None:
            return
        if self.known.sometimes(0.3):
            body.pop("token", None)
            body["code"] = code
        else:
            body.update({"token": token, "stap": self.known.steps.get(token, "1")})
            body["doe"] = (
                self.known.chance.choice(("verder", "verder", "terug", "handen", "klok", "casus", "x"))
                if self.known.sometimes(0.95)
                else "sluit"
            )

    def _bent(self, text: str) -> str:
        at = self.known.chance.randrange(len(text))
        return text[:at] + self.known.chance.choice("aA0-_.~%|") + text[at + 1 :]

    # -- what was given -----------------------------------------------------------------------------------------------------------

    def _own(self, method: str, path: str, **more: Any) -> requests.Response:
        """A request of ours, from an address of its own."""
        address = ".".join(str(self.known.chance.randrange(1, 255)) for _ in range(4))
        return self.session.request(
            method, self.url + path, headers={"X-Forwarded-For": address, **more.pop("headers", {})}, timeout=60, **more
        )

    def _page_token(self) -> str:
        self._remember("GET /", self._own("GET", "/"), {})
        return next(reversed(self.known.pages), "")

    def _widget_token(self) -> str:
        token = str(self._own("POST", "/gesprek/begin", json={}).json()["token"])
        self.known.widgets[token] = (0, [])
        return token

    def _open_room(self) -> None:
        made = self._own("POST", "/oefenen/team/begin", data={"casus": self.known.chance.choice(self.job["casus"])})
        self._remember("POST /oefenen/team/begin", made, {})

    def _remember(self, name: str, answer: Any, headers: dict[str, Any]) -> None:
        """Tokens, turns and offers of an answer, for cases that come after."""
        known = self.known
        if name.startswith(("POST /gesprek/zeg", "POST /gesprek/begin")) and answer.status_code == 200:
            data = answer.json()
            token = data.get("token") or headers.get("X-Routekaart")
            if token:
                offered = [b["payload"] for row in data.get("berichten") or [] for b in row.get("buttons") or [] if b.get("payload")]
                known.widgets[token] = (data["nummer"], offered)
        elif name.startswith("POST /gesprek/einde"):
            known.widgets.pop(str(headers.get("X-Routekaart")), None)
        elif name in ("POST /gesprek", "GET /", "POST /opnieuw"):
            token, turn = (re.search(rf'name="{field}" value="([^"]*)"', answer.text) for field in ("token", "beurt"))
            if token and turn and turn[1].isdigit():
                offered = [unescape(p) for p in re.findall(r'name="keuze" value="([^"]*)"', answer.text)]
                known.pages[unescape(token[1])] = (int(turn[1]), offered)
        elif "/oefenen/" in name and answer.status_code == 200:
            token = re.search(r'name="token" value="([^"]+)"', answer.text)
            step = re.search(r'name="stap" value="([^"]+)"', answer.text)
            code = re.search(r"\b[ACDEFHJKMNPQRTWXY3479]{3} ?[ACDEFHJKMNPQRTWXY3479]{3}\b", answer.text)
            if token:
                known.places.append((code[0] if code else "", unescape(token[1])))
                known.steps[unescape(token[1])] = step[1] if step else "1"
        for pool in (known.pages, known.widgets):
            while len(pool) > 40:
                del pool[next(iter(pool))]
        while len(known.places) > 30:
            _, token_ = known.places.pop(0)
            self._own("POST", "/oefenen/team/scherm", data={"token": token_, "doe": "sluit"})

    # -- what came back -----------------------------------------------------------------------------------------------------------

    def _look(self, case: Any, answer: Any, name: str, count: Count) -> None:
        status, text = answer.status_code, answer.text
        if status >= 500 and not (status == 503 and name in MAY_BE_FULL):
            count.note(f"{status}: {self._told(case)}")
        static = "/static/" in answer.request.path_url
        if not static and (inside := INSIDE.search(text)) and inside[0] not in self._sent(answer):
            count.note(f"inside: {inside[0]!r} with {status}")
        for word in self.job["canaries"]:
            if word in text:
                count.note("words of somebody else")
        sent = self._sent(answer)
        for label, secret in self.job["secrets"].items():
            if secret in text and secret not in sent:
                count.note(f"secret: {label}")
        given = {k.lower(): " ".join(v) for k, v in answer.headers.items()}
        missing = [k for k, v in HEADERS.items() if v not in given.get(k, "")]
        if "default-src 'none'" not in given.get("content-security-policy", ""):
            missing.append("content-security-policy")
        if not (static and status in (200, 304)) and given.get("cache-control") != "no-store":
            missing.append("cache-control")
        if missing:
            count.note(f"headers missing with {status}: {', '.join(missing)}")
        if "set-cookie" in given:
            count.note("cookie")
        if "/gesprek/" not in name and not static and any(h.startswith("access-control") for h in given):
            count.note("another site may read")
        try:
            case.validate_response(answer, checks=self.checks)
        except BaseException as error:
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise
            told = [str(e).splitlines()[0] for e in getattr(error, "exceptions", [error])]
            count.note(f"{status}: {'; '.join(told)[:160]}")

    @staticmethod
    def _sent(answer: Any) -> str:
        request, body = answer.request, answer.request.body
        body = body.decode("utf8", "replace") if isinstance(body, bytes) else body if isinstance(body, str) else ""
        return " ".join((requests.utils.unquote(request.url or ""), requests.utils.unquote(body), *map(str, request.headers.values())))

    @staticmethod
    def _told(case: Any) -> str:
        return json.dumps({"path": case.path_parameters, "query": case.query, "body": case.body}, default=repr)[:400]


def _can_be_sent(name: object, value: object) -> bool:
    """Whether a client can put it in a request at all; what it can't is tried by hand in tests/security/test_raw_http.py."""
    text = f"{name}{value}"
    return isinstance(value, str) and text.isascii() and not any(c in text for c in "\r\n\0") and value == value.strip()


if __name__ == "__main__":
    Fuzzer(json.load(sys.stdin)).run()
