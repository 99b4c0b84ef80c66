"""Runs last: over everything that was said in this session, in every test."""

from __future__ import annotations

from collections.abc import Callable

from bot.content import load_content
from tests.contract.support import LETSEL, Everything, Server, Talk, flaws, words

#: shorter texts may stand in the log by chance ("nee", "1")
LONG = 12


def test_every_reply_of_the_session_was_a_good_one(server: Server, seen: Everything, talk: Callable[..., Talk]) -> None:
    talk(rol="leerkracht").say(LETSEL)
    bad = [(text[:60], found) for text, reply in seen.replies if (found := flaws(reply))]
    assert not bad, bad[:10]


def test_no_turn_of_the_session_failed(server: Server, seen: Everything, talk: Callable[..., Talk]) -> None:
    talk(rol="leerkracht").say(LETSEL)
    failure = load_content().say("storing")
    failed = sorted({text[:60] for text, reply in seen.replies if failure in words(reply)})
    assert not failed, f"{len(failed)} texts met a failure: {failed[:10]}"
    lines = [line for line in server.log().splitlines() if " ERROR routekaart" in line]
    assert not lines, f"{len(lines)} errors in the log: {sorted({line.split(' ERROR ')[1] for line in lines})}"


def test_nothing_that_was_said_in_the_session_is_in_the_log(server: Server, seen: Everything, talk: Callable[..., Talk]) -> None:
    it = talk(rol="leerkracht")
    it.say(LETSEL)
    log = server.log()
    texts = {text.strip() for text in seen.texts if len(text.strip()) >= LONG}
    assert LETSEL in texts
    assert not [text[:60] for text in texts if text in log]
    assert it.sender not in log
