"""The desk: what reaches the agent, what comes back, and what the log gets; with an agent made of cardboard."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered, Event, UserUttered

from bot.content import load_content
from bot.server.channels import NOT_UNDERSTOOD, READ_CHARACTERS, ContractChannel, Desk, Reply, known_metadata, same

OFFERED = '/antwoord{"acuut":"nee"}'
IDENTIFYING = "Anneke van der Meulen, 06-48151623"


class Agent:
    """Keeps the messages it gets; answers with one message, or does what it is told."""

    def __init__(self, events: Sequence[Event] = (), does: Callable[[UserMessage], Any] | None = None) -> None:
        self.got: list[UserMessage] = []
        self.does = does
        self.tracker = SimpleNamespace(events=list(events)) if events else None
        self.tracker_store = SimpleNamespace(retrieve=self._retrieve)

    async def _retrieve(self, _: str) -> Any:
        return self.tracker

    async def parse_message(self, text: str) -> dict[str, Any]:
        return {"text": text, "gevaar": False}

    async def handle_message(self, message: UserMessage) -> None:
        self.got.append(message)
        if self.does is not None:
            done = self.does(message)
            if asyncio.iscoroutine(done):
                await done
            return
        assert message.output_channel is not None
        await message.output_channel.send_response(message.sender_id, {"text": "Dank je."})


def say(agent: Agent, text: Any, metadata: Any = None) -> list[dict[str, Any]]:
    """One message at the desk."""
    return asyncio.run(Desk(agent).handle("iemand", text, metadata, "rest"))


def offering(*payloads: str) -> list[Event]:
    """A conversation whose last reply offers these payloads."""
    return [UserUttered("Hallo"), BotUttered("Is er gevaar?", {"buttons": [{"title": "x", "payload": p} for p in payloads]})]


def test_an_ordinary_message_reaches_the_agent_and_the_reply_comes_back() -> None:
    agent = Agent()
    assert say(agent, "het huis is vies") == [{"recipient_id": "iemand", "text": "Dank je."}]
    assert [m.text for m in agent.got] == ["het huis is vies"]
    assert agent.got[0].sender_id == "iemand"
    assert agent.got[0].input_channel == "rest"


def test_what_identifies_somebody_never_reaches_the_agent() -> None:
    agent = Agent()
    say(agent, "het gaat om " + IDENTIFYING)
    assert "Meulen" not in agent.got[0].text
    assert "48151623" not in agent.got[0].text
    assert "het gaat om" in agent.got[0].text


def test_an_offered_payload_goes_through_as_it_is() -> None:
    agent = Agent(offering(OFFERED))
    say(agent, OFFERED)
    assert agent.got[0].text == OFFERED


@pytest.mark.parametrize(
    "payload",
    [
        "/restart",
        "/stoppen",
        '/antwoord{"acuut":"ja"}',
        OFFERED + IDENTIFYING,
        "//restart",
        "/ /restart",
        "/",
        " /restart",
        "\n/stoppen",
        "\u2003/stoppen",
        " " + OFFERED + IDENTIFYING,
    ],
)
def test_a_payload_that_was_not_offered_never_reaches_the_agent_as_one(payload: str) -> None:
    agent = Agent(offering(OFFERED))
    reply = say(agent, payload)
    assert reply
    assert reply[0]["text"].strip()
    for message in agent.got:
        assert message.text == NOT_UNDERSTOOD or not message.text.startswith("/")
        assert "Meulen" not in message.text


def test_danger_in_what_looks_like_a_payload_still_reaches_the_agent_as_text() -> None:
    class Alarmed(Agent):
        """Reads danger in everything."""

        async def parse_message(self, text: str) -> dict[str, Any]:
            return {"text": text, "gevaar": True}

    agent = Alarmed(offering(OFFERED))
    say(agent, "/hij slaat haar nu")
    assert [m.text for m in agent.got] == ["hij slaat haar nu"]


def test_only_the_last_reply_offers() -> None:
    agent = Agent([*offering(OFFERED), UserUttered("iets anders"), BotUttered("Dank je.")])
    say(agent, OFFERED)
    assert not [m for m in agent.got if m.text.startswith("/") and m.text != NOT_UNDERSTOOD]


def test_all_messages_of_the_last_reply_offer() -> None:
    desk = Desk(Agent([*offering("/een"), BotUttered("En dit", {"buttons": [{"title": "y", "payload": "/twee"}]}), BotUttered("klaar")]))
    assert asyncio.run(desk.offered("iemand")) == {"/een", "/twee"}
    assert asyncio.run(Desk(Agent()).offered("iemand")) == set()


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00\x07", "\u200b\u00a0", None, 5, {"a": 1}, ["x"], True, "/", "///"])
def test_nothing_to_read_is_answered_without_the_agent(text: Any) -> None:
    agent = Agent()
    assert say(agent, text)[0]["text"] == load_content().say("leeg")
    assert agent.got == []


def test_of_a_very_long_message_the_beginning_and_the_end_are_read() -> None:
    agent = Agent()
    say(agent, "begin " + "vul " * 20_000 + "einde")
    read = agent.got[0].text
    assert read.startswith("begin")
    assert read.endswith("einde")
    assert len(read) <= READ_CHARACTERS + 1


def test_three_thousand_characters_are_read_whole() -> None:
    agent = Agent()
    text = "zorg " * 600
    say(agent, text)
    assert len(agent.got[0].text.split()) == 600


def test_when_the_agent_fails_the_user_gets_the_numbers_and_the_log_a_code(caplog: pytest.LogCaptureFixture) -> None:
    def fail(message: UserMessage) -> None:
        raise KeyError(f"geheim {message.text}")

    with caplog.at_level(logging.DEBUG):
        reply = say(Agent(does=fail), "kwartelpad")
    assert reply[-1]["text"] == load_content().say("storing")
    assert "112" in reply[-1]["text"]
    assert "0800-2000" in reply[-1]["text"]
    assert "KeyError" in caplog.text
    assert "geheim" not in caplog.text
    assert "kwartelpad" not in caplog.text


def test_what_was_said_before_the_failure_is_kept() -> None:
    async def half(message: UserMessage) -> None:
        assert message.output_channel is not None
        await message.output_channel.send_response("iemand", {"text": "Eerst dit."})
        raise RuntimeError

    reply = say(Agent(does=half), "kwartelpad")
    assert [m["text"] for m in reply] == ["Eerst dit.", load_content().say("storing")]


def test_no_answer_is_empty() -> None:
    reply = say(Agent(does=lambda _: None), "kwartelpad")
    assert reply == [{"recipient_id": "iemand", "text": load_content().say("storing")}]


def test_text_card_and_buttons_of_a_message_stay_together() -> None:
    buttons, card = [{"title": "Ja", "payload": "/ja"}], {"type": "vraag", "id": "acuut"}

    async def answer(message: UserMessage) -> None:
        assert message.output_channel is not None
        await message.output_channel.send_response("iemand", {"text": "Is er gevaar?", "custom": card, "buttons": buttons})
        await message.output_channel.send_response("iemand", {"text": "Dank je.", "custom": {}, "buttons": []})

    reply = say(Agent(does=answer), "Hallo")
    assert reply == [
        {"recipient_id": "iemand", "text": "Is er gevaar?", "custom": card, "buttons": buttons},
        {"recipient_id": "iemand", "text": "Dank je."},
    ]
    assert Reply().messages == [], "each reply is collected by itself"


@pytest.mark.parametrize("metadata", [None, "x", 5, ["rol"], [("rol", "jgz")]])
def test_metadata_that_is_no_object_is_nothing(metadata: Any) -> None:
    assert known_metadata(metadata) == {}


def test_only_known_short_texts_of_the_metadata_are_passed_on() -> None:
    agent = Agent()
    given = {"rol": "jgz", "gemeente": {"naam": "dordrecht"}, "herkomst": "x" * 41, "naam": "Anneke", "slots": {"acuut": "nee"}}
    say(agent, "Hallo", given)
    assert agent.got[0].metadata == {"rol": "jgz"}
    assert known_metadata({"rol": "leerkracht", "gemeente": "dordrecht", "herkomst": "widget"}) == {
        "rol": "leerkracht",
        "gemeente": "dordrecht",
        "herkomst": "widget",
    }


def test_metadata_cannot_carry_a_number_or_an_address() -> None:
    assert "48151623" not in str(known_metadata({"herkomst": "bel 06-48151623", "rol": "x", "gemeente": "a.meulen@voorbeeld.nl"}))
    assert "meulen@" not in str(known_metadata({"herkomst": "a.meulen@voorbeeld.nl"}))


def test_a_secret_is_only_the_same_when_it_is() -> None:
    assert same("geheim", "geheim")
    for given in (None, "", "gehei", "geheim ", "GEHEIM", "é"):
        assert not same(given, "geheim"), given


def test_the_channel_of_the_contract_is_called_rest() -> None:
    assert ContractChannel.name() == "rest"
