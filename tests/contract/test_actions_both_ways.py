"""The actions in the server's own process and on a separate action server give the same events and the same messages."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
import yaml

from tests.contract.support import DANGER, LETSEL, ROOT, Server, Talk, _free_port, _stop, end_with_me, tracker, wait_for


@dataclass
class ActionServer:
    """`python -m rasa_sdk` with the actions of this project."""

    url: str

    def call(self, body: dict[str, Any]) -> tuple[int, Any]:
        """Run one action; status and answer."""
        request = Request(self.url + "/webhook", json.dumps(body).encode(), {"Content-Type": "application/json"})
        try:
            with urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read())
        except HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def is_ready(self) -> bool:
        """Whether it answers."""
        try:
            with urlopen(self.url + "/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


@pytest.fixture(scope="module")
def action_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ActionServer]:
    """The action server of the ordinary set-up (`rasa run actions`)."""
    port, log = _free_port(), tmp_path_factory.mktemp("actions") / "log.txt"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "rasa_sdk", "--actions", "actions.actions", "--port", str(port)],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            start_new_session=True, preexec_fn=end_with_me,
        )  # fmt: skip
        server = ActionServer(f"http://127.0.0.1:{port}")
        try:
            assert wait_for(server.is_ready, 120), log.read_text(encoding="utf8", errors="replace")[-3000:]
            yield server
        finally:
            _stop(process)


@pytest.fixture(scope="module")
def in_process() -> Any:
    """The executor of the server's own process."""
    from bot.server.in_process import InProcessActions

    return InProcessActions()


@pytest.fixture(scope="module")
def domain() -> dict[str, Any]:
    """The domain as the server sends it along."""
    found: dict[str, Any] = yaml.safe_load((Path(ROOT) / "domain.yml").read_text(encoding="utf8"))
    return found


def names(domain: dict[str, Any]) -> list[str]:
    """Every action of the domain."""
    return [name for name in domain["actions"] if name.startswith(("action_", "validate_"))]


def recorded(server: Server, talk: Callable[..., Talk]) -> dict[str, dict[str, Any]]:
    """Conversations as the server keeps them, at different moments; also with a message that is still to be read or a turn-off to take."""
    moments: dict[str, dict[str, Any]] = {}

    def keep(name: str, it: Talk, **slots: Any) -> None:
        state = tracker(server, it.sender)
        moments[name] = {**state, "slots": {**state["slots"], **slots}}

    it = talk(rol="leerkracht")
    it.say(LETSEL)
    keep("told", it)
    keep("told, not read yet", it, gelezen=None, signalen=None, gestart=None, verteld=None, open_vraag=None)
    it.on({}, until="acuut")
    keep("a question is open", it)
    it.say("kan ik anoniem blijven als ik bel?")
    keep("a question was asked", it, afslag="vraag_anoniem")
    it.on({"acuut": "weet_niet"})
    keep("the card was given", it)
    keep("the card is due", it, kaart=None)
    keep("a note is asked", it, afslag="samenvatting_vragen")
    it.say(DANGER)
    keep("danger", it, afslag="nood")
    keep("danger, not read yet", it, gelezen=None, nood_open=None, gevaar=None, acuut=None)
    other = talk(rol="huisarts")
    other.say("Ik wil de kindcheck doen bij een patiënt die veel te veel drinkt.")
    keep("kindcheck", other)
    other.say("nee")
    keep("not understood", other, niet_begrepen=2, keuze_open=["zorg_delen", "contact_zoeken"], afslag="niet_begrepen")
    return moments


def body(name: str, moment: dict[str, Any], domain: dict[str, Any]) -> dict[str, Any]:
    """What Rasa sends to run an action."""
    return {"next_action": name, "sender_id": moment["sender_id"], "tracker": moment, "domain": domain, "version": "3.6.21"}


def test_every_action_gives_the_same_in_both_places(
    server: Server, talk: Callable[..., Talk], action_server: ActionServer, in_process: Any, domain: dict[str, Any]
) -> None:
    said = moved = 0
    for moment, state in recorded(server, talk).items():
        for name in names(domain):
            asked = body(name, state, domain)
            here = asyncio.run(in_process.request(method="post", json=json.loads(json.dumps(asked))))
            status, there = action_server.call(asked)
            assert status == 200, f"{name} when {moment}: {there}"
            here = json.loads(json.dumps(here))
            assert here["events"] == there["events"], f"{name} when {moment}"
            assert here["responses"] == there["responses"], f"{name} when {moment}"
            said += bool(here["responses"])
            moved += bool(here["events"])
    assert said > 50, "the actions said something"
    assert moved > 50, "the actions did something"


def test_reading_a_message_changes_the_state_in_both_places(
    server: Server, talk: Callable[..., Talk], action_server: ActionServer, in_process: Any, domain: dict[str, Any]
) -> None:
    state = recorded(server, talk)["told, not read yet"]
    asked = body("action_lees_bericht", state, domain)
    _, there = action_server.call(asked)
    here = asyncio.run(in_process.request(method="post", json=asked))
    for events in (there["events"], here["events"]):
        slots = {e["name"]: e["value"] for e in events if e["event"] == "slot"}
        assert "letsel" in slots["signalen"]
        assert slots["gestart"] is True


def test_an_action_that_does_not_exist_is_refused_in_both_places(
    server: Server, talk: Callable[..., Talk], action_server: ActionServer, in_process: Any, domain: dict[str, Any]
) -> None:
    from rasa.utils.endpoints import ClientResponseError

    it = talk(rol="leerkracht")
    it.say(LETSEL)
    asked = body("action_bestaat_niet", tracker(server, it.sender), domain)
    status, _ = action_server.call(asked)
    with pytest.raises(ClientResponseError) as refused:
        asyncio.run(in_process.request(method="post", json=asked))
    assert refused.value.status == status == 404


def test_every_action_of_the_domain_is_registered_in_both_places(
    action_server: ActionServer, in_process: Any, domain: dict[str, Any]
) -> None:
    with urlopen(action_server.url + "/actions", timeout=10) as answer:
        there = {row["name"] for row in json.loads(answer.read())}
    here = set(in_process.executor.actions)
    assert set(names(domain)) <= here
    assert set(names(domain)) <= there
