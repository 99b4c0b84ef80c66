"""Tokens of the plain page and what they open, with a clock that is moved by hand."""

from __future__ import annotations

import pytest

from bot.server.memory_store import IDLE_SECONDS
from bot.server.people import Sessions


class Clock:
    """Seconds, set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    """No session yet."""
    return Sessions(clock)


def test_every_token_is_another_and_genuine(sessions: Sessions) -> None:
    tokens = {sessions.issue() for _ in range(200)}
    assert len(tokens) == 200
    assert all(sessions.genuine(token) for token in tokens)


def test_a_token_of_another_server_or_a_changed_one_is_not_genuine(sessions: Sessions) -> None:
    token = sessions.issue()
    value, _, signature = token.partition(".")
    for forged in (
        Sessions().issue(),
        value,
        f"{value}.",
        f".{signature}",
        f"{value}x.{signature}",
        token[:-1],
        token + "0",
        "",
        ".",
        "é.é",
    ):
        assert not sessions.genuine(forged), forged
        assert sessions.get(forged, create=True) is None


def test_nothing_is_kept_for_a_token_until_it_is_used(sessions: Sessions) -> None:
    token = sessions.issue()
    assert sessions.get(token, create=False) is None
    session = sessions.get(token, create=True)
    assert session is not None
    assert sessions.get(token, create=False) is session


def test_the_conversation_behind_a_token_cannot_be_told_from_it(sessions: Sessions) -> None:
    token = sessions.issue()
    session = sessions.get(token, create=True)
    assert session is not None
    assert session.sender not in token
    assert token.partition(".")[0] not in session.sender


def test_a_session_expires_when_nothing_happens(sessions: Sessions, clock: Clock) -> None:
    token = sessions.issue()
    sessions.get(token, create=True)
    clock.now += IDLE_SECONDS - 1
    assert sessions.get(token, create=False) is not None, "just in time, and used again"
    clock.now += IDLE_SECONDS - 1
    assert sessions.get(token, create=False) is not None
    clock.now += IDLE_SECONDS + 1
    assert sessions.get(token, create=False) is None


def test_one_that_is_used_does_not_keep_another_alive(sessions: Sessions, clock: Clock) -> None:
    idle, busy = sessions.issue(), sessions.issue()
    sessions.get(idle, create=True)
    sessions.get(busy, create=True)
    clock.now += IDLE_SECONDS / 2
    sessions.get(busy, create=False)
    clock.now += IDLE_SECONDS / 2 + 1
    assert sessions.get(idle, create=False) is None
    assert sessions.get(busy, create=False) is not None


def test_a_closed_session_is_gone(sessions: Sessions) -> None:
    token = sessions.issue()
    session = sessions.get(token, create=True)
    assert sessions.close(token) is session
    assert sessions.get(token, create=False) is None
    assert sessions.close(token) is None
