"""Tokens and what they open: on the shelf, one request at a time, written with the conversation, with a clock that is moved by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from bot.server.links import Entry
from bot.server.page import Bubble
from bot.server.sessions import Session, Sessions
from bot.shelf import IDLE_SECONDS, Name
from bot.shelf.memory import MemoryShelf
from bot.shelf.together import put
from tests.clock import Seconds

T = TypeVar("T")


@pytest.fixture
def clock() -> Seconds:
    """A clock that stands still."""
    return Seconds()


@pytest.fixture
def sessions(clock: Seconds) -> Sessions:
    """No session yet."""
    return Sessions(MemoryShelf(clock), "pagina")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Wait for it."""
    return asyncio.run(work)


async def use(sessions: Sessions, token: str, create: bool = True, **changes: Any) -> Session | None:
    """One request that changes the session."""
    async with sessions.hold(token, create) as held:
        if held.session is not None:
            for name, value in changes.items():
                setattr(held.session, name, value)
            assert await held.commit()
        return held.session


def test_every_token_is_another_and_genuine(sessions: Sessions) -> None:
    tokens = {sessions.issue() for _ in range(200)}
    assert len(tokens) == 200
    assert all(sessions.genuine(token) for token in tokens)


def test_a_token_of_another_server_or_a_changed_one_opens_nothing(sessions: Sessions) -> None:
    token = sessions.issue()
    value, _, signature = token.partition(".")
    others = (Sessions(MemoryShelf(), "pagina").issue(), Sessions(sessions.shelf, "pagina", b"k" * 32).issue())
    for forged in (*others, value, f"{value}.", f".{signature}", f"{value}x.{signature}", token[:-1], token + "0", "", ".", "é.é"):
        assert not sessions.genuine(forged), forged
        assert run(use(sessions, forged)) is None
        assert run(sessions.look(forged)) is None


def test_workers_that_share_a_key_know_each_others_tokens() -> None:
    shelf, key = MemoryShelf(), b"een sleutel die zij delen"
    one, two = Sessions(shelf, "widget", key), Sessions(shelf, "widget", key)
    token = one.issue(Entry("huisarts", "dordrecht", "zorgmail"))
    first = run(use(one, token, turn=1))
    second = run(use(two, token, create=False))
    assert first is not None and second is not None
    assert (second.sender, second.turn, second.rol) == (first.sender, 1, "huisarts")


def test_nothing_is_kept_for_a_token_until_it_is_used(sessions: Sessions) -> None:
    token = sessions.issue()
    assert run(sessions.look(token)) is None
    assert run(use(sessions, token, create=False)) is None
    made = run(use(sessions, token))
    assert made is not None
    assert run(sessions.look(token)) == made


def test_the_conversation_behind_a_token_cannot_be_told_from_it(sessions: Sessions) -> None:
    token = sessions.issue()
    session = run(use(sessions, token))
    assert session is not None
    assert session.sender not in token
    assert token.partition(".")[0] not in session.sender


def test_a_session_expires_when_nothing_happens(sessions: Sessions, clock: Seconds) -> None:
    token = sessions.issue()
    run(use(sessions, token))
    clock.now += IDLE_SECONDS - 1
    assert run(use(sessions, token, create=False)) is not None, "just in time, and used again"
    clock.now += IDLE_SECONDS - 1
    assert run(use(sessions, token, create=False)) is not None
    clock.now += IDLE_SECONDS + 1
    assert run(use(sessions, token, create=False)) is None


def test_one_that_is_used_does_not_keep_another_alive(sessions: Sessions, clock: Seconds) -> None:
    idle, busy = sessions.issue(), sessions.issue()
    run(use(sessions, idle))
    run(use(sessions, busy))
    clock.now += IDLE_SECONDS / 2
    run(use(sessions, busy))
    clock.now += IDLE_SECONDS / 2 + 1
    assert run(sessions.look(idle)) is None
    assert run(sessions.look(busy)) is not None


def test_a_session_is_read_as_it_was_written_also_by_another_version() -> None:
    session = Session(rol="jgz", turn=3, bubbles=[Bubble("routekaart", "Dag", {"type": "vraag"}, [{"title": "Ja", "payload": "/ja"}])])
    session.entry = Entry("huisarts", "dordrecht").written()
    again = Session.read(session.written())
    assert again == session
    assert again.link == Entry("huisarts", "dordrecht")
    assert Session.read(session.written().replace('"turn":3', '"turn":3,"nieuw":"later bedacht"')) == session
    assert Session.read('{"sender":"x"}').turn == 0


def test_what_was_not_committed_never_was(sessions: Sessions) -> None:
    async def half() -> None:
        async with sessions.hold(token, create=True) as held:
            assert held.session is not None
            await put(sessions.shelf, Name("gesprek", held.session.sender), "half gesprek")
            held.session.turn = 1
            raise KeyError

    token = sessions.issue()
    with pytest.raises(KeyError):
        run(half())
    assert run(sessions.look(token)) is None
    assert run(sessions.shelf.count("gesprek")) == 0


def test_the_conversation_is_written_with_its_session_and_read_before_that(sessions: Sessions) -> None:
    async def turn() -> Session:
        async with sessions.hold(token, create=True) as held:
            assert held.session is not None
            await put(sessions.shelf, Name("gesprek", held.session.sender), "gesprek")
            assert await sessions.shelf.count("gesprek") == 0
            assert await held.commit()
            return held.session

    token = sessions.issue()
    session = run(turn())
    assert run(sessions.look(token)) == session
    kept = run(sessions.shelf.read(Name("gesprek", session.sender)))
    assert kept is not None and kept.text == "gesprek"


def test_requests_of_one_session_wait_for_each_other(sessions: Sessions) -> None:
    async def add() -> None:
        async with sessions.hold(token, create=True) as held:
            assert held.session is not None
            before = held.session.turn
            await asyncio.sleep(0.002)
            held.session.turn = before + 1
            assert await held.commit()

    async def all_() -> None:
        await asyncio.gather(*(add() for _ in range(20)))

    token = sessions.issue()
    run(all_())
    session = run(sessions.look(token))
    assert session is not None and session.turn == 20
