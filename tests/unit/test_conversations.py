"""The store that forgets: idle conversations, stopped ones, what came before starting over, and everything that identifies somebody."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.server import conversations
from bot.server.conversations import KEPT_EVENTS, KIND, MOST_EVENTS, Conversations
from bot.shelf import IDLE_SECONDS
from bot.shelf.memory import MemoryShelf
from tests.clock import Seconds

SLOTS = ("rol", "acuut", "signalen", "einde", "gemeente")
DOMAIN = Domain.from_dict(
    {
        "intents": ["zorg_delen"],
        "slots": {name: {"type": "any", "mappings": [{"type": "custom"}]} for name in SLOTS},
        "actions": ["action_afslag", "action_opnieuw", "action_stoppen"],
        "forms": {"routekaart_form": {"required_slots": []}},
    }
)
IDENTIFYING = "Anneke van der Meulen, 06-48151623, a.meulen@voorbeeldschool.nl"


@pytest.fixture
def clock() -> Seconds:
    """A clock that stands still."""
    return Seconds()


@pytest.fixture
def store(clock: Seconds) -> Conversations:
    """An empty store."""
    return Conversations(DOMAIN, MemoryShelf(clock))


def turn(text: str, *after: Event) -> list[Event]:
    """One message with what follows it."""
    said = UserUttered(text, intent={"name": "zorg_delen", "confidence": 1.0}, parse_data={"text": text, "intent": {"name": "zorg_delen"}})
    return [said, *after, BotUttered("Dank je."), ActionExecuted("action_listen")]


def keep(store: Conversations, sender: str, events: Sequence[Event]) -> None:
    """Save a conversation with these events."""
    tracker = DialogueStateTracker.from_events(
        sender, [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen"), *events], DOMAIN.slots
    )
    asyncio.run(store.save(tracker))


def kept(store: Conversations, sender: str) -> DialogueStateTracker | None:
    """The conversation as the store gives it."""
    return asyncio.run(store.retrieve(sender))


def everything(store: Conversations) -> str:
    """All that the store holds, as text."""
    assert isinstance(store.shelf, MemoryShelf)
    return json.dumps([entry.kept.text for entry in store.shelf._kept[KIND].values()], ensure_ascii=False)


def names(store: Conversations) -> list[str]:
    """Of the conversations that are kept."""
    assert isinstance(store.shelf, MemoryShelf)
    store.shelf.expire()
    return list(store.shelf._kept[KIND])


def texts(tracker: DialogueStateTracker | None) -> list[Any]:
    """What the user said."""
    return [e.text for e in tracker.events if isinstance(e, UserUttered)] if tracker else []


def test_a_conversation_is_kept_with_its_slots(store: Conversations) -> None:
    keep(store, "a", turn("het huis is vies", SlotSet("acuut", "nee")))
    again = kept(store, "a")
    assert texts(again) == ["het huis is vies"]
    assert again is not None
    assert again.get_slot("acuut") == "nee"
    assert kept(store, "b") is None
    assert names(store) == ["a"]


def test_a_conversation_is_forgotten_when_nothing_happens(store: Conversations, clock: Seconds) -> None:
    keep(store, "a", turn("het huis is vies"))
    clock.now += IDLE_SECONDS - 1
    assert kept(store, "a") is not None
    clock.now += 2
    assert kept(store, "a") is None
    assert names(store) == []
    assert "vies" not in everything(store), "gone from memory, not only out of sight"


def test_the_idle_time_is_half_an_hour() -> None:
    assert IDLE_SECONDS == 30 * 60


def test_each_message_starts_the_time_again(store: Conversations, clock: Seconds) -> None:
    for _ in range(4):
        keep(store, "a", turn("het huis is vies"))
        clock.now += IDLE_SECONDS - 10
    assert kept(store, "a") is not None


def test_any_use_of_the_store_drops_what_was_idle(store: Conversations, clock: Seconds) -> None:
    keep(store, "old", turn("het huis is vies"))
    clock.now += IDLE_SECONDS / 2
    keep(store, "new", turn("een kind is stil"))
    clock.now += IDLE_SECONDS / 2 + 1
    keep(store, "third", turn("weer een ander verhaal"))
    assert "vies" not in everything(store)
    assert sorted(names(store)) == ["new", "third"]


def test_forgetting_one_keeps_the_others(store: Conversations) -> None:
    keep(store, "a", turn("het huis is vies"))
    keep(store, "b", turn("een kind is stil"))
    asyncio.run(store.forget("a"))
    asyncio.run(store.forget("nobody"))
    assert kept(store, "a") is None
    assert texts(kept(store, "b")) == ["een kind is stil"]


@pytest.mark.parametrize("text", [IDENTIFYING, "het gaat om " + IDENTIFYING, "/" + IDENTIFYING, "/antwoord " + IDENTIFYING])
def test_what_identifies_somebody_is_never_kept(store: Conversations, text: str) -> None:
    keep(store, "a", turn(text))
    held = everything(store)
    assert "zorg_delen" in held
    assert not [part for part in ("Meulen", "48151623", "voorbeeldschool") if part in held]


def stopped() -> list[Event]:
    """What ends a conversation, however the project marks it."""
    return [SlotSet("einde", getattr(conversations, "STOP", "stoppen")), ActionExecuted("action_stoppen")]


def restarted() -> list[Event]:
    """What starts a new case, however the project marks it."""
    return [SlotSet("einde", getattr(conversations, "START_OVER", "opnieuw")), ActionExecuted("action_opnieuw"), SlotSet("acuut", None)]


def test_a_stopped_conversation_is_not_kept(store: Conversations) -> None:
    keep(store, "a", turn("het huis is vies"))
    keep(store, "a", [*turn("het huis is vies"), *turn("stoppen", *stopped())])
    assert kept(store, "a") is None
    assert "vies" not in everything(store)


def test_starting_over_keeps_who_the_user_is_and_nothing_of_the_case(store: Conversations) -> None:
    old = turn("het huis is vies", SlotSet("rol", "jgz"), SlotSet("gemeente", "dordrecht"), SlotSet("acuut", "nee"))
    keep(store, "a", [*old, *turn("opnieuw beginnen", *restarted())])
    again = kept(store, "a")
    assert again is not None
    assert "vies" not in everything(store)
    assert again.get_slot("rol") == "jgz"
    assert again.get_slot("acuut") is None
    assert texts(again) == []


def test_after_starting_over_the_new_case_is_kept(store: Conversations) -> None:
    keep(store, "a", [*turn("het huis is vies", SlotSet("rol", "jgz")), *turn("opnieuw beginnen", *restarted())])
    again = kept(store, "a")
    assert again is not None
    for event in turn("een kind is stil", SlotSet("acuut", "nee")):
        again.update(event)
    asyncio.run(store.save(again))
    once_more = kept(store, "a")
    assert texts(once_more) == ["een kind is stil"]
    assert once_more is not None
    assert once_more.get_slot("acuut") == "nee"


def test_a_long_conversation_is_cut_and_keeps_what_is_known(store: Conversations) -> None:
    events: list[Event] = turn("helemaal het begin", SlotSet("rol", "jgz"), SlotSet("signalen", ["letsel"]))
    number = 0
    while len(events) <= MOST_EVENTS:
        number += 1
        events += turn(f"bericht {number}")
    keep(store, "a", events)
    again = kept(store, "a")
    assert again is not None
    assert len(again.events) <= KEPT_EVENTS + 30
    assert again.get_slot("rol") == "jgz"
    assert again.get_slot("signalen") == ["letsel"]
    assert texts(again)[-1] == f"bericht {number}"
    assert "helemaal het begin" not in everything(store)


def test_a_conversation_of_ordinary_length_is_not_cut(store: Conversations) -> None:
    events = [event for number in range(20) for event in turn(f"bericht {number}")]
    keep(store, "a", events)
    assert len(texts(kept(store, "a"))) == 20
