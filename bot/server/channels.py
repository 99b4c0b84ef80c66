"""The way in and out: one message of the conversation, masked before anything else sees it.

`Desk` is what both channels use: it masks, lets a payload through only when the last reply offered it, and collects the reply with text, card and
buttons of a message together. `ContractChannel` is Rasa's `rest` channel of the contract, behind the token.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.cards import payload
from bot.content import load_content
from bot.dialogue.reading import AWAY
from bot.monitor.recorder import TURN, Recorder, Turn
from bot.privacy.masking import mask
from bot.server.in_process import FAILED
from bot.server.logs import logger

LOG = logger("gesprek")
#: characters of one message that are read; of a longer one the beginning and the end
READ_CHARACTERS = 4000
#: one word, perhaps with JSON behind it: what a button sends, not what a person says
PAYLOAD_SHAPE = re.compile(r"/+\s*[\w:. -]{0,40}\w(\s*\{.*\})?", re.DOTALL)
NOT_UNDERSTOOD = "/nlu_fallback"
#: how a button begins that takes a sign away
SIGN_AWAY = payload(AWAY, "").removesuffix('"}')
METADATA = ("rol", "gemeente", "herkomst")


class Reply(CollectingOutputChannel):
    """Collects a reply: one JSON object a message, with `text`, `custom` and `buttons` together (the stock one splits them)."""

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        row = {"recipient_id": recipient_id, "text": message.get("text") or ""}
        if message.get("custom"):
            row["custom"] = message["custom"]
        if message.get("buttons"):
            row["buttons"] = message["buttons"]
        self.messages.append(row)


def known_metadata(metadata: Any) -> dict[str, str]:
    """Only the known keys, only short strings."""
    if not isinstance(metadata, Mapping):
        return {}
    return {k: mask(v) for k in METADATA if isinstance(v := metadata.get(k), str) and len(v) <= 40}


def readable(text: str) -> str:
    """A text that can be read and kept: valid Unicode, not too long, empty where there is nothing to see in it."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    if len(text) > READ_CHARACTERS:
        text = text[: READ_CHARACTERS // 2] + "\n" + text[-READ_CHARACTERS // 2 :]
    return text if any(c.isprintable() and not c.isspace() for c in text) else ""


class Desk:
    """Handles one message of a conversation with the agent of the app."""

    def __init__(self, agent: Any, counts: Recorder | None = None) -> None:
        self.agent = agent
        self.counts = counts
        self.content = load_content()

    async def offered(self, sender: str) -> set[str]:
        """The payloads that the last reply offered: its buttons, and taking away a sign that it showed."""
        tracker = await self.agent.tracker_store.retrieve(sender)
        found: set[str] = set()
        signs_only = False
        for event in reversed(tracker.events if tracker else []):
            if event.type_name == "user":
                if not (event.text or "").startswith(SIGN_AWAY):
                    break
                signs_only = True  # of several signs that were shown each can be taken away in turn
            elif event.type_name == "bot":
                data = event.data or {}
                if not signs_only:
                    found.update(b["payload"] for b in data.get("buttons") or [] if b.get("payload"))
                found.update(payload(AWAY, row["id"]) for row in (data.get("custom") or {}).get("signalen") or [] if not row.get("ontkend"))
        return found

    async def handle(self, sender: str, text: Any, metadata: Any, channel: str) -> list[dict[str, Any]]:
        """The reply to a message; never empty, never an exception for what a user typed."""
        typed = readable(text) if isinstance(text, str) else ""
        text = typed.strip()
        if text.startswith("/") and typed not in await self.offered(sender):
            text = await self._not_offered(text)
        if not text.startswith("/"):
            text = mask(text)
        if not text:
            return [{"recipient_id": sender, "text": self.content.say("leeg")}]
        output = Reply()
        failed: list[str] = []
        FAILED.set(failed)
        turn = Turn()
        TURN.set(turn)
        message = UserMessage(text, output, sender, input_channel=channel, metadata=known_metadata(metadata))
        try:
            await self.agent.handle_message(message)
        except Exception as error:  # whatever happens, the user keeps the numbers and the log keeps a code only
            LOG.error("turn failed: %s", type(error).__name__)
            self._count(sender, turn, output, failed=True)
            return [*output.messages, {"recipient_id": sender, "text": self.content.say("storing")}]
        if failed:
            LOG.error("action failed: %s", ", ".join(failed))
            self._count(sender, turn, output, failed=True)
            return [*output.messages, {"recipient_id": sender, "text": self.content.say("storing")}]
        if not output.messages:
            LOG.error("empty reply")
            self._count(sender, turn, output, failed=True)
            return [{"recipient_id": sender, "text": self.content.say("storing")}]
        self._count(sender, turn, output)
        return output.messages

    def _count(self, sender: str, turn: Turn, output: Reply, failed: bool = False) -> None:
        if self.counts is not None:
            self.counts.turn(sender, turn, output.messages, failed)

    async def _not_offered(self, text: str) -> str:
        """A payload that was not offered triggers nothing; danger in it is still looked for, and other text behind a slash is text."""
        shaped = PAYLOAD_SHAPE.fullmatch(text) is not None
        while text.startswith("/"):
            text = text.lstrip("/").lstrip()
        if not shaped or not text:
            return text
        read = await self.agent.parse_message(mask(text))
        return text if read.get("gevaar") else NOT_UNDERSTOOD


def same(given: str | None, secret: str) -> bool:
    """Compare a secret without telling how much of it was right."""
    return hmac.compare_digest((given or "").encode(), secret.encode())


class ContractChannel(InputChannel):
    """Rasa's `rest` channel as the contract wants it: behind the token, metadata cut to the known keys, no text in any log."""

    def __init__(self, token: str) -> None:
        self.token = token

    @classmethod
    def name(cls) -> str:
        return "rest"

    def blueprint(self, on_new_message: Any) -> Blueprint:
        """`POST /webhook` (mounted under /webhooks/rest)."""
        routes = Blueprint("contract_rest")

        @routes.route("/", methods=["GET"])
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            if not same(request.args.get("token"), self.token):
                return response.json({"error": "token"}, status=401)
            data = request.json
            if not isinstance(data, dict) or not isinstance(data.get("sender"), str) or not data["sender"].strip():
                return response.json({"error": "expected a JSON object with sender, message"}, status=400)
            desk: Desk = request.app.ctx.desk
            return response.json(await desk.handle(data["sender"][:200], data.get("message"), data.get("metadata"), "rest"))

        return routes
