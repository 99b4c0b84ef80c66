"""`docs/openapi.yml` is true: it names every route of the running program and no other, and what it names is let through."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.server.app import PAGES
from bot.server.health import HEALTH_PATHS
from bot.server.metrics import METRICS_PATHS
from bot.server.monitor_page import MONITOR_PATHS
from bot.server.widget_routes import CHANNEL
from tests.contract.support import Server, call

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docs" / "openapi.yml"
METHODS = ("get", "head", "post", "put", "delete", "patch", "options")
#: an example for each parameter of a path
FILLED = {"link": "AbCd", "bestand": "routekaart.css", "gesprek": "proef-openapi"}
#: what a program may ask for only with the token in the address
BEHIND_TOKEN = ("/webhooks/rest/webhook", "/model/parse", "/status", "/version", "/conversations/")


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """The file."""
    made: dict[str, Any] = yaml.safe_load(FILE.read_text("utf8"))
    return made


def filled(path: str) -> str:
    """A path with examples in it."""
    return re.sub(r"\{(\w+)\}", lambda found: FILLED[found[1]], path)


def ask(house: Server, known: dict[str, str], method: str, path: str) -> int:
    """The status of a bare request, from somebody who holds every token."""
    address = filled(path) + (f"?token={house.token}" if path.startswith(BEHIND_TOKEN) else "")
    bearer = known["metrics"] if path in METRICS_PATHS else known["monitor"]
    body = "{}" if method in ("post", "put", "patch") else None
    return call(house, method.upper(), address, body, {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}).status


def test_every_path_that_the_program_lets_through_is_described(described: dict[str, Any]) -> None:
    paths = set(described["paths"])
    there = {*PAGES, *CHANNEL, *HEALTH_PATHS, *MONITOR_PATHS, *METRICS_PATHS, "/l", "/l/{link}", "/static/{bestand}"}
    there |= {"/webhooks/rest/", "/webhooks/rest/webhook", "/model/parse", "/status", "/version", "/conversations/{gesprek}/tracker"}
    assert paths == there


def test_every_operation_that_is_described_is_there_and_no_other(house: Server, known: dict[str, str], described: dict[str, Any]) -> None:
    """What is not described is refused: 404 or 405; what is described is neither, but where the file says that it can be."""
    wrong = []
    for path, operations in described["paths"].items():
        for method in METHODS:
            status = ask(house, known, method, path)
            if method in operations and str(status) not in operations[method]["responses"]:
                wrong.append(f"{method.upper()} {path}: {status} is not described")
            if method in operations and status == 405:
                wrong.append(f"{method.upper()} {path}: not there")
            if method not in operations and status not in (401, 404, 405) and not (method == "options" and status in (200, 204)):
                wrong.append(f"{method.upper()} {path}: {status}, and not described")
    assert not wrong


def test_routes_of_rasa_that_are_not_described_are_not_there(house: Server, described: dict[str, Any]) -> None:
    import rasa.server

    known = {
        re.sub(r"<[^>]+>", "{gesprek}", "/" + route.path.lstrip("/"))
        for route in rasa.server.create_app(agent=None, auth_token="x").router.routes
    }
    assert len(known) > 10
    for path in sorted(known - set(described["paths"])):
        for method in ("GET", "POST", "PUT", "DELETE"):
            answer = call(house, method, f"{filled(path)}?token={house.token}", "{}" if method != "GET" else None)
            assert answer.status in (404, 405), f"{method} {path}"


def test_every_reference_and_every_tag_is_there(described: dict[str, Any]) -> None:
    text = FILE.read_text("utf8")
    for kind, name in re.findall(r"#/components/(\w+)/(\w+)", text):
        assert name in described["components"][kind], name
    for kind in ("schemas", "responses"):
        for name in described["components"][kind]:
            assert f"#/components/{kind}/{name}" in text, f"{name} is used nowhere"
    tags = {tag["name"] for tag in described["tags"]}
    for operations in described["paths"].values():
        for operation in operations.values():
            assert set(operation["tags"]) <= tags
            assert operation["summary"].strip()
            assert "500" not in operation["responses"]
