"""The way in and out: one message of the conversation, masked before anything else sees it.

`Desk` is what both channels use: it masks, lets a payload through only when the last reply offered it, and collects the reply with text, card and
buttons of a message together. `ContractChannel` is Rasa's `rest` channel of the contract, behind the token.
"""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from actions.actions import message_of
from bot.cards import Cards, payload
from bot.content import load_content
from bot.core.situation import ROLES, Situation
from bot.dialogue.reading import AWAY, read
from bot.dialogue.state import State
from bot.monitor.recorder import TURN, Recorder, Turn
from bot.privacy.masking import mask
from bot.server.in_process import FAILED
from bot.server.logs import logger
from bot.server.sessions import AT_ONCE
from bot.shelf import LockTaken, Name, Shelf, ShelfDown
from bot.shelf.together import together

LOG = logger("gesprek")
#: characters of one message that are read; of a longer one the beginning and the end
READ_CHARACTERS = 4000
#: one word, perhaps with JSON behind it: what a button sends, not what a person says
PAYLOAD_SHAPE = re.compile(r"/+\s*[\w:. -]{0,40}\w(\s*\{.*\})?", re.DOTALL)
NOT_UNDERSTOOD = "/nlu_fallback"
#: how a button begins that takes a sign away
SIGN_AWAY = payload(AWAY, "").removesuffix('"}')
#: a "word" that no human writes; cutting it in words takes time that grows with its square
_ENDLESS = re.compile(r"(\S{200})(?=\S)")
METADATA = ("rol", "gemeente", "herkomst")
#: of a message that is not answered the beginning and the end are searched for danger
ALARM_CHARACTERS = 2000
#: seconds that a message waits for the one before it
LOCK_PATIENCE = 30.0


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


def readable(text: str, most: int = READ_CHARACTERS) -> str:
    """A text that can be read and kept: valid Unicode, the two ends of what is longer than `most`, empty where there is nothing to see in it."""
    text = _ENDLESS.sub(r"\1 ", text.encode("utf-8", "replace").decode("utf-8"))
    if len(text) > most:
        text = text[: most // 2] + "\n" + text[-most // 2 :]
    return text if any(c.isprintable() and not c.isspace() for c in text) else ""


class Desk:
    """Handles one message of a conversation with the agent of the app. `closed`: whether the host has closed the assistant."""

    def __init__(self, agent: Any, counts: Recorder | None = None, closed: Callable[[], bool] = lambda: False) -> None:
        self.agent = agent
        self.counts = counts
        self.closed = closed
        self.content = load_content()
        self._cards = Cards(self.content)

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
        """The reply to a message; never empty, never an exception for what a user typed. Raises ShelfDown: then nothing was answered or kept."""
        if self.closed():
            return [{"recipient_id": sender, "text": self.content.say("gesloten")}]
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
        except ShelfDown:
            raise
        except Exception as error:  # whatever happens, the user keeps the numbers and the log keeps a code only
            LOG.error("turn failed: %s", type(error).__name__)
            failed.append("")
        else:
            if failed:
                LOG.error("action failed: %s", ", ".join(failed))
            elif not output.messages:
                LOG.error("empty reply")
                failed.append("")
        await self._count(sender, turn, output, failed=bool(failed))
        if not failed:
            return output.messages
        alarm = [{"recipient_id": sender, **row} for row in await self.alarm(text, metadata)]
        return [*output.messages, *alarm, {"recipient_id": sender, "text": self.content.say("storing")}]

    async def alarm(self, text: str, metadata: Any = None) -> list[dict[str, Any]]:
        """The emergency card for a message that can't be answered in its conversation: expired, too long, or no shelf to find it on.

        Empty where no danger is read. Needs nothing but the model, keeps nothing, and never raises.
        """
        try:
            typed = readable(text, ALARM_CHARACTERS)
            if not typed or typed.lstrip().startswith("/") or self.closed():
                return []
            parsed = await self.agent.parse_message(mask(typed))
            if not parsed.get("gevaar"):
                return []
            known = known_metadata(metadata)
            rol = known.get("rol")
            before = State(Situation(rol=rol if rol in ROLES else None), gemeente=known.get("gemeente"))
            message = message_of(SimpleNamespace(latest_message={**parsed, "message_id": "alarm"}, events=[]))
            after = read(before, message, self.content.questions, frozenset(self.content.maps))
            card = self._cards.emergency(after.with_(nood_soort=after.nood_soort or parsed.get("gevaar_soort") or "standaard"))
            return [{key: card[key] for key in ("text", "custom") if card.get(key)}]
        except Exception as error:
            LOG.error("no alarm: %s", type(error).__name__)
            return []

    async def _count(self, sender: str, turn: Turn, output: Reply, failed: bool = False) -> None:
        if self.counts is not None:
            await self.counts.turn(sender, turn, output.messages, failed)

    async def _not_offered(self, text: str) -> str:
        """A payload that was not offered triggers nothing; danger in it is still looked for, and other text behind a slash is text."""
        shaped = PAYLOAD_SHAPE.fullmatch(text) is not None
        while text.startswith("/"):
            text = text.lstrip("/").lstrip()
        if not shaped or not text:
            return text
        parsed = await self.agent.parse_message(mask(text))
        return text if parsed.get("gevaar") else NOT_UNDERSTOOD


def same(given: str | None, secret: str) -> bool:
    """Compare a secret without telling how much of it was right."""
    return hmac.compare_digest((given or "").encode("utf8", "replace"), secret.encode())


class ContractChannel(InputChannel):
    """Rasa's `rest` channel as the contract wants it: behind the token, metadata cut to the known keys, no text in any log."""

    def __init__(self, token: str, shelf: Shelf) -> None:
        self.token = token
        self.shelf = shelf
        self._turns = asyncio.Semaphore(AT_ONCE)

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
            sender = data["sender"][:200].encode("utf8", "replace").decode("utf8")
            return response.json(await self._answer(desk, sender, data.get("message"), data.get("metadata")))

        return routes

    async def _answer(self, desk: Desk, sender: str, message: Any, metadata: Any) -> list[dict[str, Any]]:
        """One message of a sender at a time, whichever worker it reaches. Without a shelf there is still the alarm."""
        try:
            async with self.shelf.lock(Name("gesprek", sender), LOCK_PATIENCE), self._turns:
                with together(self.shelf) as turn:
                    replies = await desk.handle(sender, message, metadata, "rest")
                    await turn.commit()
                    return replies
        except (ShelfDown, LockTaken) as error:
            LOG.error("not answered: %s", type(error).__name__)
            alarm = await desk.alarm(message if isinstance(message, str) else "", metadata)
            return [{"recipient_id": sender, **row} for row in alarm or [{"text": desk.content.say("storing")}]]
