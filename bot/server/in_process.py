"""Custom actions in the same process: an action endpoint that calls the actions instead of a second server.

`RemoteAction` only calls `request(json=..., method="post")` and wants `{"events", "responses"}` back; that is what the executor of the SDK
gives. One schema check per action result is kept, with a validator that is compiled once (`compile_schema_check`).
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import lru_cache
from itertools import chain
from typing import Any

import jsonschema
import jsonschema.validators
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from actions.actions import all_actions
from bot.monitor.recorder import TURN

#: the kinds of error of the actions of this turn
FAILED: ContextVar[list[str]] = ContextVar("FAILED", default=[])  # noqa: B039 - set anew by the desk for each turn


class InProcessActions(EndpointConfig):
    """Runs the project's actions where Rasa expects an action server."""

    def __init__(self) -> None:
        super().__init__(url="in-process://actions")
        self.executor = ActionExecutor()
        for action in all_actions():
            self.executor.register_action(action)

    async def request(
        self, method: str = "post", subpath: Any = None, content_type: Any = None, compress: bool = False, **kwargs: Any
    ) -> Any:
        """Run one action call and give its events and responses."""
        try:
            result = await self.executor.run(kwargs["json"])
        except ActionExecutionRejection as rejected:
            raise ClientResponseError(400, "rejected", f'{{"action_name": "{rejected.action_name}"}}') from rejected
        except ActionNotFoundException as missing:
            raise ClientResponseError(404, "not found", "{}") from missing
        except Exception as error:  # Rasa goes on without the action; the desk has to know, so that the user keeps the numbers
            FAILED.get().append(type(error).__name__)
            raise
        given = result.dict() if hasattr(result, "dict") else result
        if (turn := TURN.get()) is not None:
            turn.note(kwargs["json"]["tracker"]["slots"], given["events"])
        return given


def compile_schema_check() -> None:
    """Check results of actions with a validator made once.

    Stock Rasa runs `jsonschema.validate` for each call, which first checks the constant schema against the meta-schema: two thirds of a turn.
    """
    schema = RemoteAction.action_response_format_spec()
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    whole = kind(schema)
    item = schema["properties"]["events"]["items"]
    common = {key: value for key, value in item.items() if key != "oneOf"}
    around = kind({**schema, "properties": {**schema["properties"], "events": {"type": "array", "items": common}}})
    by_event = {branch["properties"]["event"]["const"]: kind(branch) for branch in item["oneOf"]}
    if len(by_event) != len(item["oneOf"]):
        raise ValueError("the schema of action results has two forms of one event: choosing by its name is no longer the same check")

    def errors(result: Any) -> Any:
        """The same as `whole.iter_errors(result)`: an event can only have the form of its name, so only that one is tried."""
        events = result.get("events") if isinstance(result, dict) else None
        if isinstance(events, list) and all(
            isinstance(e, dict) and isinstance(e.get("event"), str) and e["event"] in by_event for e in events
        ):
            return chain(around.iter_errors(result), *(by_event[e["event"]].iter_errors(e) for e in events))
        return whole.iter_errors(result)

    def validate(self: RemoteAction, result: dict[str, Any]) -> bool:
        error = next(errors(result), None)
        if error is not None:
            error.message += f". Failed to validate the result of action {self.name()}"
            raise error
        return True

    RemoteAction._validate_action_result = validate  # type: ignore[method-assign]


def remember_event_types() -> None:
    """Look up the class of an event once a type: stock Rasa walks all event classes for every event of a conversation, at every turn."""
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))  # type: ignore[method-assign]
