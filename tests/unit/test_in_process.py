"""The actions inside the server's own process behave to Rasa as an action server does."""

from __future__ import annotations

import asyncio
from typing import Any

import jsonschema
import pytest
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import ClientResponseError
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection

from actions.actions import QUESTIONS, all_actions
from bot.server.in_process import InProcessActions, compile_schema_check

TRACKER = {
    "sender_id": "iemand", "slots": {}, "events": [], "paused": False, "followup_action": None, "active_loop": {},
    "latest_action_name": None,
    "latest_message": {"text": "", "intent": {}, "entities": []},
}  # fmt: skip


def call(name: str) -> dict[str, Any]:
    """What Rasa sends to run an action."""
    return {"next_action": name, "sender_id": "iemand", "tracker": TRACKER, "domain": {}, "version": "3.6.21"}


class Speaks(Action):
    """Says one thing and sets one slot."""

    def name(self) -> str:
        return "action_zegt"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        dispatcher.utter_message(text="Hallo", json_message={"type": "notitie", "tekst": "x"}, buttons=[{"title": "Ja", "payload": "/ja"}])
        return [{"event": "slot", "timestamp": None, "name": "rol", "value": tracker.sender_id}]


class Refuses(Action):
    """Does not want to run."""

    def name(self) -> str:
        return "action_weigert"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        raise ActionExecutionRejection(self.name())


class Breaks(Action):
    """Fails."""

    def name(self) -> str:
        return "action_breekt"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        raise ZeroDivisionError


@pytest.fixture(scope="module")
def endpoint() -> InProcessActions:
    """The endpoint with three actions more."""
    made = InProcessActions()
    for action in (Speaks(), Refuses(), Breaks()):
        made.executor.register_action(action)
    return made


def test_an_action_gives_its_events_and_responses_together(endpoint: InProcessActions) -> None:
    result = asyncio.run(endpoint.request(method="post", json=call("action_zegt")))
    assert result["events"][0]["value"] == "iemand"
    response = result["responses"][0]
    assert (response["text"], response["custom"]["type"], response["buttons"][0]["payload"]) == ("Hallo", "notitie", "/ja")


def test_an_action_that_refuses_is_a_400_with_its_name(endpoint: InProcessActions) -> None:
    with pytest.raises(ClientResponseError) as refused:
        asyncio.run(endpoint.request(json=call("action_weigert")))
    assert refused.value.status == 400
    assert "action_weigert" in refused.value.text


def test_an_action_that_does_not_exist_is_a_404(endpoint: InProcessActions) -> None:
    with pytest.raises(ClientResponseError) as missing:
        asyncio.run(endpoint.request(json=call("action_bestaat_niet")))
    assert missing.value.status == 404


def test_an_action_that_fails_does_not_pass_for_one_that_did_nothing(endpoint: InProcessActions) -> None:
    with pytest.raises(Exception, match=r".*") as failed:
        asyncio.run(endpoint.request(json=call("action_breekt")))
    assert not isinstance(failed.value, AssertionError)


def test_every_action_of_the_project_is_there(endpoint: InProcessActions) -> None:
    names = [action.name() for action in all_actions()]
    assert len(set(names)) == len(names)
    assert {f"action_ask_{question}" for question in QUESTIONS} <= set(names)
    assert set(names) <= set(endpoint.executor.actions)


@pytest.fixture
def checked() -> Any:
    """The compiled check in place of Rasa's own; put back afterwards."""
    before = RemoteAction._validate_action_result
    compile_schema_check()
    yield RemoteAction("action_zegt", None)
    RemoteAction._validate_action_result = before  # type: ignore[method-assign]


GOOD: tuple[dict[str, Any], ...] = (
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "name": "rol", "value": "jgz"}], "responses": [{"text": "Hallo"}]},
    {"events": [{"event": "slot", "name": "rol", "value": None, "timestamp": 1.5}, {"event": "restart"}], "responses": []},
)
BAD: tuple[Any, ...] = (
    {"events": {}, "responses": []},
    {"events": [{"name": "rol"}], "responses": []},
    {"events": [{"event": "slot", "name": "rol"}], "responses": []},
    {"events": [{"event": "slot", "name": 3, "value": "jgz"}], "responses": []},
    {"events": [{"event": "slot", "name": "rol", "value": "jgz", "timestamp": "nu"}], "responses": []},
    {"events": [{"event": "verzonnen"}], "responses": []},
    {"events": ["slot"], "responses": []},
    {"events": [{"event": {}}], "responses": []},
    {"events": [], "responses": "Hallo"},
    {"events": [], "responses": ["Hallo"]},
    [],
    "Hallo",
)


@pytest.mark.parametrize("result", GOOD)
def test_a_good_result_passes_the_check(checked: RemoteAction, result: dict[str, Any]) -> None:
    assert checked._validate_action_result(result) is True


@pytest.mark.parametrize("result", BAD, ids=str)
def test_a_bad_result_is_refused_as_before(checked: RemoteAction, result: Any) -> None:
    with pytest.raises(jsonschema.ValidationError) as refused:
        checked._validate_action_result(result)
    assert "action_zegt" in refused.value.message


@pytest.mark.parametrize("result", [*GOOD, *BAD], ids=str)
def test_the_check_decides_as_the_stock_one_does(checked: RemoteAction, result: Any) -> None:
    def passes(check: Any) -> bool:
        try:
            return bool(check())
        except jsonschema.ValidationError:
            return False

    stock = passes(lambda: jsonschema.validate(result, RemoteAction.action_response_format_spec()) is None)
    assert passes(lambda: checked._validate_action_result(result)) is stock
