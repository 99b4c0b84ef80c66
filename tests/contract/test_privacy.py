"""What is kept, shown and logged: masked texts, cut metadata, codes in the log and nothing else, no cookie, nothing for another site."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from tests.contract.page import FORM, Visitor
from tests.contract.support import (
    DANGER,
    LETSEL,
    REPORT,
    Answer,
    Everything,
    Server,
    Talk,
    buttons,
    call,
    custom,
    flaws,
    hook,
    kind,
    letters,
    post_json,
    running,
    tracker,
    words,
)  # fmt: skip

IDENTIFYING = "Mijn collega Anneke van der Meulen, tel. 06-48151623, annekemeulen@voorbeeldschool.nl, woont aan de Kerkstraat 12, 3311 AB."
PARTS = ("Meulen", "48151623", "annekemeulen", "voorbeeldschool", "Kerkstraat 12", "3311 AB")
CONTENT_POLICY = ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'")


def mark() -> str:
    """A word that stands nowhere else."""
    return "kwartel" + letters()


# -- what is stored and shown back -----------------------------------------------------------------------------------------------------


def test_names_numbers_and_addresses_are_masked_in_what_is_kept(server: Server, talk: Callable[..., Talk]) -> None:
    it = talk(rol="leerkracht")
    it.say(LETSEL + " " + IDENTIFYING)
    kept = json.dumps(tracker(server, it.sender), ensure_ascii=False)
    assert "blauwe plekken" in kept, "the worry itself is kept"
    assert not [p for p in PARTS if p in kept]


def test_names_and_numbers_are_masked_at_every_moment_of_the_talk(server: Server, at: Callable[[str], Talk]) -> None:
    for question in ("toelichting", "acuut", "voortgang", "bellen"):
        it = at(question)
        it.say(IDENTIFYING)
        kept = json.dumps(tracker(server, it.sender), ensure_ascii=False)
        assert not [p for p in PARTS if p in kept], question


def test_names_behind_a_payload_are_masked_too(server: Server, at: Callable[[str], Talk]) -> None:
    it = at("acuut")
    for text in ("/zorg_delen " + IDENTIFYING, it.payload("nee") + " " + IDENTIFYING, "/" + IDENTIFYING):
        it.say(text)
    kept = json.dumps(tracker(server, it.sender), ensure_ascii=False)
    assert not [p for p in PARTS if p in kept]


def test_nothing_that_identifies_comes_back_in_a_reply(talk: Callable[..., Talk]) -> None:
    it = talk(rol="leerkracht")
    replies = [it.say(LETSEL + " " + IDENTIFYING)]
    replies.append(it.on({"acuut": "weet_niet"}))
    replies.append(it.button("/samenvatting_vragen"))
    assert custom(replies[-1], "notitie")
    assert not [p for p in PARTS for r in replies if p in json.dumps(r, ensure_ascii=False)]


@pytest.mark.parametrize("path", ["messages", "tracker/events", "execute", "trigger_intent", "predict", "story"])
def test_there_is_no_way_in_past_the_channel(server: Server, talk: Callable[..., Talk], path: str) -> None:
    it = talk(rol="leerkracht")
    it.say(LETSEL)
    before = tracker(server, it.sender)["events"]
    for body in (
        {"text": DANGER, "sender": "user"},
        {"event": "user", "text": DANGER},
        {"name": "action_routekaart"},
        {"name": "opnieuw_beginnen"},
    ):
        assert post_json(server, f"/conversations/{it.sender}/{path}", body).status == 404
    assert tracker(server, it.sender)["events"] == before


def test_reading_alone_gives_the_masked_text_back(server: Server) -> None:
    answer = post_json(server, "/model/parse", {"text": LETSEL + " " + IDENTIFYING})
    assert answer.status == 200
    assert not [p for p in PARTS if p in answer.text]


def test_the_page_shows_the_masked_text(server: Server) -> None:
    visitor = Visitor(server)
    visitor.say(LETSEL + " " + IDENTIFYING)
    assert "blauwe plekken" in visitor.page.said("gebruiker")[0]
    assert not [p for p in PARTS if p in visitor.answer.text]


def test_metadata_is_cut_to_what_is_known(server: Server, talk: Callable[..., Talk]) -> None:
    it, word = talk(), mark()
    body = {
        "sender": it.sender,
        "message": "Hallo",
        "metadata": {"rol": "jgz", "gemeente": "dordrecht", "herkomst": "widget", "naam": word, "rest": {"naam": word}},
    }
    hook(server, body)
    events = tracker(server, it.sender)["events"]
    metadata = next(e["metadata"] for e in events if e["event"] == "user")
    assert {k: metadata.get(k) for k in ("rol", "gemeente", "herkomst")} == {"rol": "jgz", "gemeente": "dordrecht", "herkomst": "widget"}
    assert word not in json.dumps(events)


# -- the log ---------------------------------------------------------------------------------------------------------------------------


def test_nothing_of_any_text_is_in_the_log(server: Server, talk: Callable[..., Talk]) -> None:
    word = mark()
    it = talk(rol="leerkracht", sender="gesprek-" + word)
    for text in (
        f"{word} {LETSEL}",
        f"klopt {word}",
        f"/stoppen {word}",
        f"/{word}",
        f"{DANGER} {word}",
        f'/antwoord{{"{word}":"{word}"}}',
        f"stoppen {word}",
        word * 300,
    ):
        it.say(text)
    hook(server, {"sender": word, "message": word, "metadata": {"herkomst": word, word: word}})
    hook(server, f'{{"sender": "{word}')
    post_json(server, "/model/parse", {"text": f"{word} hij slaat haar nu"})
    post_json(server, "/model/parse", {"text": {word: word}})
    post_json(server, "/webhooks/rest/webhook", {"sender": word, "message": word}, token=word)
    for path in (
        f"/{word}",
        f"/conversations/{word}/tracker?token={server.token}",
        f"/static/{word}",
        f"/?q={word}",
        f"/webhooks/{word}/webhook",
    ):
        call(
            server, "GET", path, headers={"User-Agent": word, "Referer": f"http://{word}/", "Cookie": f"a={word}", "X-Forwarded-For": word}
        )
    visitor = Visitor(server)
    visitor.send(visitor.filled(f"{word} {LETSEL}"))
    visitor.send({"token": word, "beurt": word, "bericht": word, "keuze": word, "rol": word})
    visitor.leave("/stop")
    log = server.log()
    assert log.count(" DEBUG ") > 100, "the log is at DEBUG, so this says something"
    assert word not in log
    assert server.token not in log


def test_the_log_holds_codes_of_this_project_and_no_lines_of_others(server: Server, talk: Callable[..., Talk]) -> None:
    it = talk(rol="leerkracht")
    it.say(LETSEL)
    rows = [line for line in server.log().splitlines() if " DEBUG rasa" in line]
    assert rows
    assert all(line.split(" DEBUG ")[1].split()[1] == "line" for line in rows), "of other libraries only where it was"


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same program with an advice that always fails, with words in the failure."""
    folder = tmp_path_factory.mktemp("broken")
    script = folder / "broken_server.py"
    script.write_text(
        "import bot.core.route as route\n"
        "def advise(situation):\n"
        "    raise ValueError('kapotteketel in de uitleg: ' + repr(situation))\n"
        "route.advise = advise\n"
        "from bot.server.__main__ import main\n"
        "main()\n",
        encoding="utf8",
    )
    with running(folder, token=secrets.token_urlsafe(24), command=(str(script),)) as server:
        yield server


def test_when_an_action_fails_the_user_gets_the_numbers_and_the_log_gets_no_words(broken: Server, seen: Everything) -> None:
    word = mark()
    it = Talk(broken, Everything(), "leerkracht")
    failed = []
    for text in (f"{LETSEL} {word}", f"klopt {word}", f"weet ik niet {word}", f"{word} wat moet ik doen?"):
        reply = it.say(text)
        assert not flaws(reply)
        failed += [reply] if not (it.open or buttons(reply)) else []
    assert failed, "the failure was met"
    assert all(REPORT in words(reply) and "112" in words(reply) for reply in failed), "the numbers stay in reach when everything else fails"
    log = broken.log()
    assert "ValueError" in log, "the kind of the failure is in the log"
    assert word not in log
    assert "kapotteketel" not in log


def test_danger_gets_its_card_also_when_the_advice_fails(broken: Server) -> None:
    it = Talk(broken, Everything(), "leerkracht")
    reply = it.say(DANGER)
    assert kind(reply[0]) == "nood"
    reply = it.say(it.payload("ja")) if it.open else it.say("ja")
    assert not flaws(reply)
    assert "112" in words(reply), "half a reply is no reply: the numbers belong in it"
    assert REPORT in words(reply)


def test_the_page_keeps_the_numbers_when_an_action_fails(broken: Server) -> None:
    visitor = Visitor(broken)
    for text in (LETSEL, "klopt", "weet ik niet"):
        answer = visitor.say(text)
        assert answer.status == 200
        assert REPORT in visitor.page.text
        assert "112" in visitor.page.text
        assert "Traceback" not in answer.text
        assert "kapotteketel" not in answer.text


def test_the_broken_server_is_the_only_difference(at: Callable[[str], Talk]) -> None:
    it = at("acuut")
    it.on({"acuut": "weet_niet"})
    assert it.card is not None


# -- headers ---------------------------------------------------------------------------------------------------------------------------


def answers(server: Server) -> dict[str, Answer]:
    """One answer of every kind."""
    form, json_ = {"Content-Type": FORM}, {"Content-Type": "application/json"}
    elsewhere = {"Origin": "https://elders.example"}
    token = f"token={server.token}"
    return {
        "page": call(server, "GET", "/", headers=elsewhere),
        "head": call(server, "HEAD", "/"),
        "form": call(server, "POST", "/gesprek", urlencode({"bericht": "Hallo"}), {**form, **elsewhere}),
        "too long": call(server, "POST", "/gesprek", urlencode({"bericht": "a" * 50_000}), form),
        "start over": call(server, "POST", "/opnieuw", "", form),
        "stop": call(server, "POST", "/stop", "", form),
        "style": call(server, "GET", "/static/routekaart.css", headers=elsewhere),
        "no such style": call(server, "GET", "/static/geheim.css"),
        "not found": call(server, "GET", "/nergens", headers=elsewhere),
        "method": call(server, "DELETE", "/gesprek"),
        "options": call(server, "OPTIONS", "/gesprek", headers={**elsewhere, "Access-Control-Request-Method": "POST"}),
        "options of the hook": call(
            server, "OPTIONS", "/webhooks/rest/webhook", headers={**elsewhere, "Access-Control-Request-Method": "POST"}
        ),
        "too large": call(server, "POST", "/gesprek", "a" * 200_000, form),
        "hook": call(
            server, "POST", f"/webhooks/rest/webhook?{token}", json.dumps({"sender": "kop", "message": "Hallo"}), {**json_, **elsewhere}
        ),
        "hook health": call(server, "GET", "/webhooks/rest/", headers=elsewhere),
        "hook refused": call(server, "POST", "/webhooks/rest/webhook", "{}", {**json_, **elsewhere}),
        "parse": call(server, "POST", f"/model/parse?{token}", json.dumps({"text": "Hallo"}), {**json_, **elsewhere}),
        "tracker": call(server, "GET", f"/conversations/kop/tracker?{token}", headers=elsewhere),
        "refused": call(server, "GET", "/status", headers=elsewhere),
    }


@pytest.fixture(scope="module")
def one_of_each(server: Server) -> dict[str, Answer]:
    """The answers, asked once."""
    return answers(server)


def test_nothing_is_set_as_a_cookie(one_of_each: dict[str, Answer]) -> None:
    assert not [name for name, answer in one_of_each.items() if "set-cookie" in answer.headers]


def test_every_answer_says_that_it_must_not_be_kept(one_of_each: dict[str, Answer]) -> None:
    assert not [
        name for name, answer in one_of_each.items() if name != "style" and "no-store" not in answer.headers.get("cache-control", "")
    ]


def test_every_answer_carries_the_security_headers(one_of_each: dict[str, Answer]) -> None:
    for name, answer in one_of_each.items():
        assert answer.headers.get("x-content-type-options") == "nosniff", name
        assert answer.headers.get("referrer-policy") == "no-referrer", name
        assert not [p for p in CONTENT_POLICY if p not in answer.headers.get("content-security-policy", "")], name
        assert "unsafe" not in answer.headers["content-security-policy"], name


def test_no_other_site_may_read_an_answer(one_of_each: dict[str, Answer]) -> None:
    for name, answer in one_of_each.items():
        assert not [h for h in answer.headers if h.startswith("access-control-")], name


# -- what is not there -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/model/train"), ("PUT", "/model"), ("DELETE", "/model"), ("GET", "/model"), ("POST", "/model/test/stories"),
        ("POST", "/model/test/intents"), ("POST", "/model/predict"), ("GET", "/domain"), ("GET", "/conversations"),
        ("GET", "/webhooks/rest2/"),
        ("POST", "/webhooks/callback/webhook"), ("GET", "/webhooks/socketio/"), ("GET", "/docs"), ("GET", "/.git/config"),
        ("GET", "/endpoints.yml"),
        ("GET", "/MODEL/parse"), ("GET", "//model/train"), ("POST", "/webhooks/rest/../../model/train"), ("GET", "/static/../app.py"),
        ("GET", "/static/%2e%2e/app.py"), ("GET", "/static/..%2fapp.py"), ("GET", "/static//etc/passwd"),
    ],
)  # fmt: skip
def test_the_api_ends_where_the_contract_ends_even_with_the_token(server: Server, method: str, path: str) -> None:
    answer = call(server, method, f"{path}?token={server.token}", "{}" if method != "GET" else None)
    assert answer.status == 404, answer.text[:200]
    assert "Traceback" not in answer.text
    assert "import" not in answer.text


def test_one_conversation_cannot_be_read_under_another_name(server: Server, talk: Callable[..., Talk]) -> None:
    it, word = talk(rol="leerkracht"), mark()
    it.say(f"{LETSEL} {word}")
    for name in ("x", it.sender.upper(), it.sender + "x", it.sender[:-1]):
        answer = call(server, "GET", f"/conversations/{quote(name)}/tracker?token={server.token}")
        assert word not in answer.text


def test_no_model_or_conversation_is_written_to_disk(server: Server, talk: Callable[..., Talk]) -> None:
    word = mark()
    talk(rol="leerkracht").say(f"{LETSEL} {word}")
    root = Path(__file__).resolve().parents[2]
    new = [
        p
        for p in [*root.glob("*"), *root.glob(".rasa/**/*"), *server.log_path.parent.glob("*")]
        if p.is_file() and p.stat().st_size < 20_000_000
    ]
    assert not [p.name for p in new if word.encode() in p.read_bytes()]
