"""Whatever is sent: a clear message, no trace, other conversations untouched, the server alive, and nothing of it in the log."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.contract.support import LETSEL, Answer, Server, Talk, asking, call, flaws, hook, post_json, tracker

MARK = "kwezelbrood"
#: what would betray the inside of the program
TRACE = ("Traceback", 'File "', "site-packages", "Exception", "sanic", "Sanic", "rasa.", "Error:")

TEXTS = {
    "empty": "",
    "spaces": " \n\t  \r\n ",
    "no_break_spaces": "\u00a0\u2003\u200b",
    "three_thousand_characters": (MARK + " ") * 250,
    "one_long_word": MARK + "a" * 3000,
    "thirty_thousand_characters": (MARK + "\n") * 2500,
    "emoji": "😡😡👶🏽🏳️‍🌈",
    "script": f"<script>alert('{MARK}')</script><img src=x onerror=alert(1)>",
    "control_characters": f"\x00\x07{MARK}\x1b[31m\x7f\x08",
    "right_to_left": f"\u202e{MARK}\u202c שלום עולם مرحبا",
    "lone_surrogate": f"{MARK} \ud83d",
    "combining": MARK + "\u0301" * 500,
    "json": json.dumps({"intent": {"name": MARK}, "entities": [{"entity": "acuut", "value": "nee"}]}),
    "template": f"{{{{{MARK}}}}} {{tekens}} %s %(x)s ${{x}}",
    "sql": f"'; DROP TABLE {MARK}; --",
    "path": f"../../etc/passwd {MARK}",
    "numbers": "0" * 400,
}


@pytest.fixture
def bystander(server: Server, at: Callable[[str], Talk]) -> Iterator[None]:
    """Another conversation, halfway: it has to be the same afterwards, and go on."""
    it = at("acuut")
    before = tracker(server, it.sender)
    yield
    after = tracker(server, it.sender)
    assert after["events"] == before["events"]
    assert after["slots"] == before["slots"]
    it.press("weet_niet")
    assert not flaws(it.reply)


@pytest.fixture(autouse=True)
def nothing_in_the_log(server: Server) -> Iterator[None]:
    """No test of this file leaves its mark in the log, and the server lives on."""
    before = len(server.log())
    yield
    assert MARK not in server.log()[before:]
    assert call(server, "GET", "/").status == 200


def assert_clear(answer: Answer) -> None:
    """A message for people or programs, without a look inside."""
    assert answer.text.strip()
    assert not [t for t in TRACE if t in answer.text], answer.text[:400]
    assert len(answer.text) < 20_000


@pytest.mark.parametrize("name", TEXTS)
def test_any_text_gets_an_answer(server: Server, bystander: None, talk: Callable[..., Talk], name: str) -> None:
    it = talk(rol="leerkracht")
    reply = it.say(TEXTS[name])
    assert not flaws(reply)
    assert_clear(Answer(200, {}, json.dumps(reply)))
    assert "nood" not in json.dumps(reply)


@pytest.mark.parametrize("name", TEXTS)
def test_any_text_halfway_keeps_the_conversation_going(at: Callable[[str], Talk], name: str) -> None:
    it = at("acuut")
    buttons = {o["id"]: o["payload"] for o in it.options}
    reply = it.say(TEXTS[name])
    assert not flaws(reply)
    if it.open is None or it.open == "acuut":
        it.say(buttons["weet_niet"])
        assert it.open not in ("acuut", "keuze"), "the buttons that stand there still work"


@pytest.mark.parametrize("message", [5, 0, 1.5, True, None, {"a": MARK}, [MARK], [[]], {}], ids=str)
def test_a_message_that_is_not_a_text_is_answered(server: Server, bystander: None, message: Any) -> None:
    answer = hook(server, {"sender": "geen-tekst", "message": message})
    assert answer.status == 200
    assert not flaws(answer.json)
    assert_clear(answer)


def test_a_missing_message_is_answered(server: Server) -> None:
    answer = hook(server, {"sender": "geen-bericht"})
    assert answer.status == 200
    assert not flaws(answer.json)


@pytest.mark.parametrize("sender", [None, "", "  ", 5, ["x"], {"a": 1}, True], ids=str)
def test_a_sender_that_is_not_a_name_is_refused(server: Server, bystander: None, sender: Any) -> None:
    answer = hook(server, {"sender": sender, "message": MARK})
    assert answer.status == 400
    assert answer.json["error"]
    assert_clear(answer)


def test_a_missing_sender_is_refused_and_joins_nobody(server: Server, bystander: None) -> None:
    answer = hook(server, {"message": MARK})
    assert answer.status == 400
    assert answer.json["error"]
    assert MARK not in json.dumps(tracker(server, "default"))


def test_an_odd_sender_is_a_conversation_like_another(server: Server, bystander: None) -> None:
    for sender in ("../../x", "a b&c=d?e#f", "x" * 5000, "😡", f"{MARK}\n"):
        answer = hook(server, {"sender": sender, "message": LETSEL})
        assert answer.status == 200, sender[:20]
        assert not flaws(answer.json)
        assert asking(answer.json)


@pytest.mark.parametrize(
    "body",
    [
        '{"sender": "x", "message": ',
        "niet eens json " + MARK,
        "",
        "[1, 2]",
        '"tekst"',
        "null",
        "12",
        "\x00\x01",
        "{'sender': 'x'}",
        "[" * 5000,
    ],
    ids=["cut", "words", "empty", "list", "text", "null", "number", "bytes", "quotes", "deep"],
)
@pytest.mark.parametrize("path", ["/webhooks/rest/webhook", "/model/parse"])
def test_json_that_is_none_is_refused_clearly(server: Server, bystander: None, path: str, body: str) -> None:
    answer = post_json(server, path, body)
    assert 400 <= answer.status < 500, answer.text[:200]
    assert answer.json
    assert_clear(answer)


@pytest.mark.parametrize("text", [5, None, True, {"a": MARK}, [MARK]], ids=str)
def test_reading_something_that_is_not_a_text_is_refused_or_answered(server: Server, text: Any) -> None:
    answer = post_json(server, "/model/parse", {"text": text})
    assert answer.status in (200, 400, 422), answer.text[:200]
    assert_clear(answer)


@pytest.mark.parametrize("name", TEXTS)
def test_reading_any_text_gives_an_intent_and_says_whether_there_is_danger(server: Server, name: str) -> None:
    answer = post_json(server, "/model/parse", {"text": TEXTS[name]})
    assert answer.status == 200
    read = answer.json
    assert read["intent"]["name"]
    assert 0 <= read["intent"]["confidence"] <= 1
    assert read["gevaar"] is False


def test_reading_gives_what_the_contract_says(server: Server) -> None:
    read = post_json(
        server,
        "/model/parse",
        {
            "text": "Een meisje uit groep 5 komt steeds zonder jas en met honger op school. Geen blauwe plekken. Moet ik Veilig Thuis bellen?"
        },
    ).json
    assert len(read["intent_ranking"]) >= 3
    signs = {e["value"]: e.get("ontkend", False) for e in read["entities"] if e["entity"] == "signaal"}
    assert signs.get("honger") is False
    assert signs.get("letsel", True) is True
    assert "veilig_thuis" in [e["value"] for e in read["entities"] if e["entity"] == "organisatie"]
    assert "5" in [e["value"] for e in read["entities"] if e["entity"] == "groep"]
    assert read["gevaar"] is False
    assert post_json(server, "/model/parse", {"text": "Hij slaat haar nu, ze bloedt"}).json["gevaar"] is True


@pytest.mark.parametrize("path", ["/webhooks/rest/webhook", "/model/parse"])
@pytest.mark.parametrize("token", ["fout", "", "é", "x" * 5000], ids=["wrong", "empty", "accent", "long"])
def test_a_wrong_token_opens_nothing(server: Server, bystander: None, path: str, token: str) -> None:
    answer = post_json(server, path, {"sender": "x", "message": MARK, "text": MARK}, token=token)
    assert answer.status == 401
    assert_clear(answer)
    assert "intent" not in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/webhooks/rest/webhook"),
        ("POST", "/model/parse"),
        ("GET", "/conversations/x/tracker"),
        ("GET", "/status"),
        ("GET", "/version"),
    ],
)
def test_without_a_token_nothing_opens(server: Server, bystander: None, method: str, path: str) -> None:
    answer = call(server, method, path, json.dumps({"sender": "x", "message": MARK, "text": MARK}), {"Content-Type": "application/json"})
    assert answer.status == 401
    assert_clear(answer)
    header = call(server, method, path, "{}", {"Content-Type": "application/json", "Authorization": f"Bearer {server.token}"})
    assert header.status in (401, 404), "the token belongs in the address, not anywhere"


def test_a_token_given_twice_with_a_wrong_one_first_opens_nothing(server: Server) -> None:
    answer = call(server, "POST", f"/webhooks/rest/webhook?token=fout&token={server.token}", "{}")
    assert answer.status == 401


@pytest.mark.parametrize(
    "metadata",
    [
        {"onbekend": MARK},
        {"rol": {"diep": {"dieper": [MARK]}}},
        {"rol": MARK * 20, "gemeente": MARK * 100, "herkomst": MARK * 1000},
        {"x" + str(i): MARK for i in range(3000)},
        {"rol": "koning", "gemeente": 5, "herkomst": None},
        {"signalen": ["letsel"], "acuut": "nee", "gevaar": False, "is_intent": True, "intent": "stoppen"},
        MARK,
        [MARK],
        5,
    ],
    ids=["unknown", "nested", "long", "many", "wrong", "slots", "text", "list", "number"],
)
def test_metadata_that_is_not_known_is_not_read_and_not_kept(
    server: Server, bystander: None, talk: Callable[..., Talk], metadata: Any
) -> None:
    it = talk()
    answer = hook(server, {"sender": it.sender, "message": "Hallo", "metadata": metadata})
    assert answer.status == 200
    assert not flaws(answer.json)
    kept = tracker(server, it.sender)
    user = next(e for e in kept["events"] if e["event"] == "user")
    assert set(user["metadata"]) <= {"rol", "gemeente", "herkomst", "model_id", "assistant_id"}
    assert MARK * 20 not in json.dumps(kept)
    assert kept["slots"]["rol"] is None
    assert not kept["slots"].get("signalen")
    assert not kept["slots"].get("acuut")


@pytest.mark.parametrize("path", ["/webhooks/rest/webhook", "/gesprek"])
def test_a_body_that_is_far_too_large_is_refused(server: Server, bystander: None, path: str) -> None:
    answer = call(server, "POST", f"{path}?token={server.token}", MARK * 50_000, {"Content-Type": "application/json"})
    assert answer.status == 413
    assert_clear(answer)


def test_methods_that_do_not_fit_are_refused_clearly(server: Server) -> None:
    for method, path in (("PUT", "/"), ("DELETE", "/gesprek"), ("GET", f"/webhooks/rest/webhook?token={server.token}"), ("PATCH", "/stop")):
        answer = call(server, method, path)
        assert 400 <= answer.status < 500, (method, path, answer.status)
        assert_clear(answer)
