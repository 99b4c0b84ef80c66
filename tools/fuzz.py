"""`make fuzz`: every route of docs/openapi.yml with invented requests, against a server of its own with every door open.

Starts the program on this machine with every token set (and with Redis, where `--redis` names one), lets two people talk, and sends at least
`--cases` requests to each operation. Then it looks whether those two can go on as if nothing had happened, and whether anything stands in the log that
should not. What sends the requests (`tools/fuzz_cases.py`, schemathesis) lives in an environment of its own, `.tools/fuzz`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request

from bot.content import load_content
from bot.core.situation import ROLES
from bot.server.links import DAY, Entry, Keys, Links
from tools.contract_client import Client, ContractError, _free_port, _opener, _stop, _wait

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "bot" / "server" / "static"
OPENAPI = ROOT / "docs" / "openapi.yml"
REQUIREMENTS = ROOT / "tools" / "fuzz_requirements.txt"
ENVIRONMENT = ROOT / ".tools" / "fuzz"
UV = ROOT / ".tools" / "bin" / "uv"
CASES = 1000
START_SECONDS = 120.0
#: a line of our own log: a time, a level, a logger and a code; nothing else may stand there
LOG_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?:DEBUG|INFO|WARNING|ERROR|CRITICAL) [\w.]+ .{0,120}")
OWN_LINE = re.compile(r"Routekaart(?: is ready|:) .*")
#: words that nobody else writes, and that masking leaves alone
CANARIES = ("zorbelkwast", "trufelknoester", "wimpelgrauw")
TEXTS = (
    "Een jongen uit mijn klas heeft weer blauwe plekken.", "Ik heb een niet pluis gevoel.", "Hij slaat haar nu, ze bloedt.", "Wat is een wijkteam?",
    "opnieuw", "terug", "stop", "nee", "ja dat denk ik wel", "Kan ik anoniem blijven?", "/antwoord{\"acuut\":\"nee\"}", "06 12345678", "<b>x</b>",
)  # fmt: skip


class NotHad(RuntimeError):
    """What sends the requests can't be installed here."""


@dataclass
class Outcome:
    """Of a whole run."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def found(self) -> int:
        """How many answers were wrong, and what else was."""
        return sum(row["found"] for row in self.rows) + len(self.problems)


def python_of_the_fuzzer() -> Path:
    """The Python with schemathesis in it, made where there is none. Raises NotHad."""
    python = ENVIRONMENT / "bin" / "python"
    mark = ENVIRONMENT / ".ready"
    wanted = REQUIREMENTS.read_text("utf8")
    if python.exists() and mark.exists() and mark.read_text("utf8") == wanted:
        return python
    uv = str(UV) if UV.exists() else "uv"
    print("Fuzzing: setting up schemathesis (45 MB) ...", flush=True)
    steps = (
        [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(ENVIRONMENT)],
        [uv, "pip", "install", "--quiet", "--python", str(python), "--require-hashes", "-r", str(REQUIREMENTS)],
    )
    for step in steps:
        try:
            done = subprocess.run(step, capture_output=True, timeout=300, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotHad(type(error).__name__) from None
        if done.returncode:
            raise NotHad("the package index can't be reached, or does not have these versions")
    mark.write_text(wanted, "utf8")
    return python


@dataclass
class House:
    """A running server with every door open."""

    client: Client
    log: Path
    secrets: Mapping[str, str]
    links: list[str]

    def ask(self, method: str, path: str, data: bytes | None = None, headers: Mapping[str, str] | None = None) -> str:
        """The body of an answer. Raises OSError for one that is an error."""
        request = Request(self.client.url + path, data=data, method=method, headers=dict(headers or {}))
        with _opener(self.client.url).open(request, timeout=60) as answer:
            return str(answer.read().decode("utf8"))


@contextmanager
def open_house(redis: str = "") -> Iterator[House]:
    """The program with every token set, one proxy in front (so that each case can come from an address of its own). Raises ContractError."""
    known = {name: secrets.token_urlsafe(32) for name in ("api", "monitor", "metrics", "links", "secret")}
    port = _free_port()
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "LOG_LEVEL": "INFO",
        "TF_CPP_MIN_LOG_LEVEL": "3", "ROUTEKAART_API_TOKEN": known["api"], "ROUTEKAART_MONITOR_TOKEN": known["monitor"],
        "ROUTEKAART_METRICS_TOKEN": known["metrics"], "ROUTEKAART_LINK_KEYS": known["links"], "ROUTEKAART_PROXIES": "1",
    }  # fmt: skip
    for name in ("REDIS_URL", "DATABASE_URL", "ROUTEKAART_CLOSED_FILE", "ROUTEKAART_LINK_REVOKED", "ROUTEKAART_SECRET"):
        environment.pop(name, None)
    if redis:
        environment |= {"REDIS_URL": redis, "ROUTEKAART_SECRET": known["secret"]}
    links = Links(Keys([known["links"]]))
    made = [links.make(Entry(rol, "dordrecht", "proef"), DAY)[0] for rol in ROLES[:3]]
    with tempfile.TemporaryDirectory(prefix="routekaart-fuzz-") as folder:
        log = Path(folder) / "server.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot.server", "--port", str(port)],
                cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            try:
                client = Client(f"http://127.0.0.1:{port}", known["api"])
                if problem := _wait(client, process, START_SECONDS):
                    raise ContractError("\n".join([problem, *log.read_text("utf8", "replace").splitlines()[-10:]]))
                yield House(client, log, known, made)
            finally:
                _stop(process)


class Bystanders:
    """Two people who talk while it happens: one with a widget, one over REST. What they say must never reach anybody else."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.sender = secrets.token_hex(16)
        begun = json.loads(house.ask("POST", "/gesprek/begin", b"{}"))
        self.token = str(begun["token"])
        said = self._say(1, f"Een kind op school heeft blauwe plekken, {CANARIES[0]}.")
        house.client.say(self.sender, f"Ik maak me zorgen om een kind, {CANARIES[1]}.")
        if CANARIES[0] not in said["gelezen"] or CANARIES[1] not in " ".join(house.client.user_texts(self.sender)):
            raise ContractError("the words of the bystanders are masked: this run would prove nothing")

    def _say(self, number: int, text: str) -> dict[str, Any]:
        body = json.dumps({"nummer": number, "bericht": text}).encode()
        answer: dict[str, Any] = json.loads(self.house.ask("POST", "/gesprek/zeg", body, {"X-Routekaart": self.token}))
        return answer

    def problems(self) -> list[str]:
        """What is not as they left it."""
        found = []
        try:
            if CANARIES[0] not in self._say(1, "nog eens").get("gelezen", ""):
                found.append("the widget of a bystander does not get its own answer again")
            if self._say(2, "nee").get("nummer") != 2:
                found.append("the widget of a bystander can't go on")
            texts = self.house.client.user_texts(self.sender)
            if len(texts) != 1 or CANARIES[1] not in texts[0]:
                found.append("the conversation of a bystander was changed")
        except (OSError, ValueError, ContractError) as error:
            found.append(f"a bystander gets no answer: {type(error).__name__}")
        return found


def log_problems(log: str, secrets_: Mapping[str, str]) -> list[str]:
    """What stands in a log that should not."""
    found = []
    for line in log.splitlines():
        if not (LOG_LINE.fullmatch(line) or OWN_LINE.fullmatch(line)):
            found.append(f"log: a line that is not ours: {line[:100]!r}")
    for word in (*CANARIES, *secrets_.values()):
        if word in log:
            found.append("log: words or a secret")
    failed = re.findall(r"(?:request|turn|action) failed: (\w+)", log)
    found += [f"log: failed with {kind} ({failed.count(kind)}x)" for kind in sorted(set(failed))]
    return list(dict.fromkeys(found))[:20]


def fuzz(cases: int, redis: str = "", only: str = "", seed: int = 1) -> Outcome:
    """A whole run. Raises NotHad and ContractError."""
    python = python_of_the_fuzzer()
    outcome = Outcome()
    content = load_content()
    with open_house(redis) as house:
        bystanders = Bystanders(house)
        job = {
            "url": house.client.url, "openapi": str(OPENAPI), "cases": cases, "seed": seed, "only": only, "secrets": dict(house.secrets),
            "links": house.links, "canaries": CANARIES, "texts": TEXTS, "casus": sorted(content.cases), "files": _files(),
            "values": {"rol": [*ROLES], "gemeente": [*content.maps, "anders"], "casus": sorted(content.cases), "link": house.links, "periode": ["2026-10", "2025"]},
        }  # fmt: skip
        process = subprocess.Popen(
            [str(python), str(ROOT / "tools" / "fuzz_cases.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        process.stdin.write(json.dumps(job))
        process.stdin.close()
        for line in process.stdout:
            outcome.rows.append(json.loads(line))
            print(_line(outcome.rows[-1]), flush=True)
        if process.wait():
            outcome.problems.append("the fuzzer stopped: " + " ".join(process.stderr.read().splitlines()[-2:])[:300])
        outcome.problems += bystanders.problems()
        outcome.problems += log_problems(house.log.read_text("utf8", "replace"), house.secrets)
    outcome.problems += [
        f"{row['operation']}: {row['reached']} cases of {cases} came beyond the limits" for row in outcome.rows if row["reached"] < cases
    ]
    return outcome


def _files() -> list[str]:
    return [path.relative_to(STATIC).as_posix() for path in sorted(STATIC.rglob("*")) if path.is_file()]


def _line(row: Mapping[str, Any]) -> str:
    statuses = " ".join(f"{status}:{count}" for status, count in row["statuses"].items())
    return (
        f"{row['operation']:48} {row['reached']:5} of {row['cases']:5}  wrong {row['found']:4}  slowest {row['slowest']:5.2f} s  {statuses}"
    )


def main() -> int:
    """The command line: 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="tools.fuzz", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=CASES, help="for each operation, beyond the limits")
    parser.add_argument("--redis", default="", help="URL of a Redis to use; default: in memory")
    parser.add_argument("--only", default="", help="operations whose name (GET /chat) fits this pattern")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    try:
        outcome = fuzz(given.cases, given.redis, given.only, given.seed)
    except NotHad as error:
        print(f"Fuzzing: not run, because schemathesis can't be installed ({error}).")
        return 1 if os.environ.get("CI") == "true" else 0
    except ContractError as error:
        print(f"Fuzzing: {error}")
        return 1
    for row in outcome.rows:
        for finding in row["findings"]:
            print(f"{row['operation']}: {finding}")
    for problem in outcome.problems:
        print(problem)
    print(f"\n{len(outcome.rows)} operations, {sum(row['cases'] for row in outcome.rows)} cases, {outcome.found} wrong")
    return 1 if outcome.found else 0


if __name__ == "__main__":
    sys.exit(main())
