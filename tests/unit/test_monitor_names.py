"""A thousand conversations full of names, numbers and addresses; then every store, log and figure is searched for any of it.

The conversations go through the desk, the masking, the actions, the counts and a real SQLite file or PostgreSQL. Only Rasa's reading of a text and its choice of
action are stood in for, which makes a thousand of them take seconds; `tests/contract/test_monitor.py` does the same on the whole program.
"""

from __future__ import annotations

import asyncio
import io
import logging
import random
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.content import load_content
from bot.dialogue.flow import next_step
from bot.dialogue.state import State
from bot.monitor.counts import Cell, SqliteCounts
from bot.monitor.disclose import CLOSED_DAYS, Period
from bot.monitor.events import KINDS, municipalities, vocabulary
from bot.monitor.postgres import PostgresCounts
from bot.monitor.recorder import Recorder, today
from bot.monitor.report import report, written
from bot.server.channels import Desk
from bot.server.in_process import InProcessActions
from bot.server.logs import CodesOnly
from bot.server.metrics import Figures
from tests.engines import PostgresServer

CONTENT = load_content()
CONVERSATIONS = 1000
FIRST = ("Joris", "Fatma", "Anneke", "Quinten", "Zoë", "Mehmet", "Sjoukje", "Priscilla", "Darius", "Yvonne")
LAST = ("Kwartelstra", "van Zandvlietstein", "Özdemirel", "Brouwerhof", "ter Wijnbergen", "El Amraniki")
SENTENCES = (
    "{naam} komt al weken met blauwe plekken op school",
    "de moeder van {naam} is bereikbaar op {nummer}",
    "{naam} woont op de Kerkstraat {huis} in Dordrecht",
    "mail me op {voor}@{huis}kwartelschool.nl over {naam}",
    "kan ik anoniem blijven als ik over {naam} bel?",
    "{naam}, geboren 12-03-201{cijfer}, durft niet naar huis",
    "ik snap er niks van {naam} qwzx {nummer}",
)
INTENTS = (
    "zorg_delen", "kindcheck_doen", "nlu_fallback", "vraag_anoniem", "oefenen", "bevestigen", "ontkennen", "weet_niet", "contact_zoeken",
    "gesprek_ouders", "stoppen", "opnieuw_beginnen", "acuut_gevaar", "rol_noemen", "advies_vragen", "samenvatting_vragen", "zelf_overbelast",
)  # fmt: skip


class Nobody:
    """No conversation is kept: every reply offers its buttons in this program only."""

    async def retrieve(self, sender: str) -> None:
        return None


class Agent:
    """Runs the actions of a turn as the rules do, on a reading that is drawn by chance."""

    def __init__(self, chance: random.Random) -> None:
        self.tracker_store = Nobody()
        self.actions = InProcessActions()
        self.chance = chance
        self.slots: dict[str, dict[str, Any]] = {}
        self.count = 0

    async def handle_message(self, message: Any) -> None:
        self.count += 1
        intent = self.chance.choice(INTENTS)
        read = {
            "text": message.text, "intent": {"name": intent, "confidence": 0.9}, "message_id": str(self.count), "metadata": message.metadata,
            "entities": [{"entity": "signaal", "value": self.chance.choice(sorted(CONTENT.signs)), "confidence_entity": 0.9}] * self.chance.randint(0, 1),
            "intent_ranking": [{"name": "vraag_anoniem", "confidence": 0.4}], "gevaar": self.chance.random() < 0.05,
        }  # fmt: skip
        slots = self.slots.setdefault(message.sender_id, {})
        events: list[dict[str, Any]] = [{"event": "user", "text": message.text}]

        async def run(action: str) -> None:
            tracker = {
                "sender_id": message.sender_id,
                "slots": dict(slots),
                "latest_message": read,
                "events": list(events),
                "active_loop": {},
            }
            result = await self.actions.request(
                json={"next_action": action, "sender_id": message.sender_id, "tracker": tracker, "domain": {}}
            )
            for event in result["events"]:
                if event["event"] == "slot":
                    slots[event["name"]] = event["value"]
            for said in result["responses"]:
                events.append({"event": "bot", "text": said["text"]})
                await message.output_channel.send_response(
                    message.sender_id, {"text": said["text"], "custom": said["custom"], "buttons": said["buttons"]}
                )

        await run("action_lees_bericht")
        await run("validate_routekaart_form")
        if slots.get("afslag"):
            await run("action_afslag")
        step = next_step(State.from_slots(slots))
        await run(f"action_ask_{step}" if step else "action_routekaart")


class Memory(logging.Handler):
    """Everything that is logged, at any level, as the program writes it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(CodesOnly())
        self.text = io.StringIO()

    def emit(self, record: logging.LogRecord) -> None:
        self.text.write(self.format(record) + "\n")


@pytest.fixture
def log() -> Iterator[Memory]:
    """The log of the test."""
    handler, root = Memory(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


def spoken(chance: random.Random) -> tuple[str, tuple[str, ...]]:
    """A message, and what in it may stand nowhere."""
    first, last = chance.choice(FIRST), chance.choice(LAST)
    number = f"06{chance.randint(10_000_000, 99_999_999)}"
    house = str(chance.randint(100, 999))
    text = chance.choice(SENTENCES).format(
        naam=f"{first} {last}", nummer=number, huis=house, voor=first.lower(), cijfer=chance.randint(0, 9)
    )
    return text, (text, first, last, last.split()[-1], number, f"Kerkstraat {house}", "kwartelschool", "12-03-201")


class Both(SqliteCounts):
    """A file, and the same in a database."""

    def __init__(self, path: Path, other: PostgresCounts) -> None:
        super().__init__(path)
        self.other = other

    def add(self, batch: Mapping[Cell, int], batch_id: str) -> int:
        assert self.other.add(batch, batch_id) == 0
        return super().add(batch, batch_id)


def test_a_thousand_conversations_leave_no_name_number_or_sentence(
    tmp_path: Path, log: Memory, postgres_engine: PostgresServer, postgres_url: str
) -> None:
    chance, figures = random.Random(8), Figures()
    database = PostgresCounts(postgres_url)
    store = Both(tmp_path / "telling.db", database)
    counts, agent = Recorder(store, CONTENT), Agent(chance)
    desk = Desk(agent, counts)
    never: set[str] = set()
    senders = [f"{chance.getrandbits(128):032x}" for _ in range(CONVERSATIONS)]
    places = [*sorted(CONTENT.maps), "nergenshuizen", "Kwartelstra"]

    async def talk() -> None:
        for sender in senders:
            told = {
                "rol": chance.choice(("leerkracht", "huisarts", "wijkteam", "Kwartelstra")),
                "gemeente": chance.choice(places),
                "herkomst": "Kwartelstra",
            }
            for _ in range(chance.randint(1, 5)):
                text, parts = spoken(chance)
                never.update(parts)
                replies = await desk.handle(sender, text, told, "pagina")
                assert replies
                figures.add("/gesprek", 200, chance.random())
            if chance.random() < 0.05:
                counts.flush()

    asyncio.run(talk())
    assert counts.flush()
    assert not counts.lost
    first, last = today() - timedelta(days=1), today()
    words, kept = vocabulary(CONTENT), Period(first, last)
    found = {event for gemeente in municipalities(CONTENT) for event in store.totals(gemeente, kept)}
    assert {event.kind for event in found} >= set(KINDS) - {"oefening", "oefening_af"}, "all that is counted was met"
    assert all(event.value in words[event.kind] for event in found)
    begun = sum(n for g in municipalities(CONTENT) for e, n in store.totals(g, kept).items() if e.kind == "gesprek")
    assert begun == CONVERSATIONS
    pages = "".join(
        written(report(store, words, g, Period(d, d), last + timedelta(days=CLOSED_DAYS)))
        for g in municipalities(CONTENT)
        for d in (first, last)
    )
    assert all(database.totals(g, kept) == store.totals(g, kept) for g in municipalities(CONTENT))
    store.close()
    database.close()
    kept_text = b"".join(p.read_bytes() for p in tmp_path.iterdir()).decode("utf8", "replace")
    tables = [str(name) for (name,) in postgres_engine.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", url=postgres_url)]
    assert sorted(tables) == ["partij", "sleutel", "telling"]
    rows = "\n".join(str(postgres_engine.run(f"SELECT * FROM {name}", url=postgres_url)) for name in tables) + postgres_engine.log()
    places_to_look = {
        "file": kept_text,
        "database": rows,
        "log": log.text.getvalue(),
        "figures": figures.text(CONVERSATIONS, True),
        "csv": pages,
    }
    assert "veilig_thuis" in kept_text and "veilig_thuis" in rows and "<5" in pages and "routekaart" in places_to_look["figures"], (
        "there is something to search"
    )
    for name, text in places_to_look.items():
        lower = text.casefold()
        assert not [word for word in never if word.casefold() in lower], name
        assert not [sender for sender in senders if sender in text], name
    assert ":" not in "".join(line.split(",")[1] for line in pages.splitlines()), "no time of day"
