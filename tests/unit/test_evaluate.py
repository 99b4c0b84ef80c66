"""The evaluation against a small fake server that speaks the contract."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tools import evaluate
from tools.contract_client import Client, ContractError, running_server
from tools.evaluate import ROOT, Message, Route, answer_to, default_files, read_set, reading, walk
from tools.measures import Ratio

TOKEN = "token&of a=test"
Json = dict[str, Any]


class FakeServer:
    """Answers from tables; everything that was said is kept in `said` and (with `mask` blanked) in the tracker."""

    def __init__(self) -> None:
        self.parses: dict[str, Json] = {}
        self.replies: list[list[Json]] = []  # the n-th reply of every conversation; the last one stays
        self.mask = "Bo"
        self.said: dict[str, list[Json]] = {}
        self.broken = ""  # a path that answers 500
        self._lock = threading.Lock()

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Json) -> tuple[int, Any]:
        if (method, path) == ("GET", "/"):
            return 200, "ready"
        if query.get("token") != [TOKEN]:
            return 401, {}
        if self.broken and path.startswith(self.broken):
            return 500, {"message": body}
        if (method, path) == ("POST", "/model/parse"):
            return 200, self.parses.get(body["text"], {"text": body["text"], "entities": [], "intent_ranking": []})
        if (method, path) == ("POST", "/webhooks/rest/webhook"):
            with self._lock:
                turns = self.said.setdefault(body["sender"], [])
                turns.append(body)
            return 200, self.replies[min(len(turns), len(self.replies)) - 1] if self.replies else []
        if method == "GET" and path.startswith("/conversations/") and path.endswith("/tracker"):
            turns = self.said[unquote(path.split("/")[2])]
            events = [{"event": "user", "text": turn["message"].replace(self.mask, "[x]")} for turn in turns]
            return 200, {"events": [{"event": "action", "name": "action_listen"}, *events]}
        return 404, {}

    def texts(self) -> list[list[str]]:
        """What was said, per conversation."""
        return [[turn["message"] for turn in turns] for turns in self.said.values()]


class Handler(BaseHTTPRequestHandler):
    fake: FakeServer

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, body: Json) -> None:
        address = urlsplit(self.path)
        status, answer = self.fake.answer(self.command, address.path, parse_qs(address.query), body)
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Keeps quiet."""


@pytest.fixture
def fake() -> FakeServer:
    return FakeServer()


@pytest.fixture
def url(fake: FakeServer) -> Iterator[str]:
    handler = type("OneFakeHandler", (Handler,), {"fake": fake})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def client(url: str) -> Client:
    return Client(url, TOKEN)


def question(id_: str, *options: str) -> Json:
    return {
        "text": "t",
        "custom": {"type": "vraag", "id": id_, "opties": [{"id": o, "titel": o, "payload": f"/{id_}:{o}"} for o in options]},
    }


def card(**fields: Any) -> Json:
    filled = {"contact": "jgz", "urgentie": "vandaag", "stap": 2, "melding_norm": False, "waarom": "w", "zeg": "z"}
    return {"text": "t", "custom": {"type": "routekaart", **filled, "bereik": ["b"], "noteer": "n", "bronnen": ["b"], **fields}}


EXPECTED: Json = {"contact": ["jgz"], "niet_contact": [], "urgentie": ["vandaag"], "stap": [2], "melding_norm": False, "nood": None}


def message_row(**changed: Any) -> Json:
    row = {"id": "M1", "rol": "jgz", "tekst": "Bo is stil", "intent": ["zorg_delen"], "signalen": [], "ontkend": [], "gevaar": False}
    return {**row, "organisaties": [], "pii": [], **changed}


def route_row(**changed: Any) -> Json:
    return {"id": "R1", "feiten": {"rol": "jgz"}, "start": "begin", "verwacht": EXPECTED, "waarom": "w", **changed}


def write(path: Path, *rows: Json) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


# -- the client ------------------------------------------------------------------------------------------------------------------


def test_the_client_speaks_the_contract(client: Client, fake: FakeServer) -> None:
    fake.parses["Bo"] = {"gevaar": True}
    fake.replies = [[{"text": "hoi"}]]
    assert client.is_ready()
    assert client.parse("Bo") == {"gevaar": True}
    assert client.say("a/b ?", "Bo en ik", {"rol": "jgz"}) == [{"text": "hoi"}]
    assert client.say("a/b ?", "meer") == [{"text": "hoi"}]
    assert fake.said["a/b ?"][0] == {"sender": "a/b ?", "message": "Bo en ik", "metadata": {"rol": "jgz"}}
    assert "metadata" not in fake.said["a/b ?"][1]
    assert client.user_texts("a/b ?") == ["[x] en ik", "meer"]


def test_an_error_of_the_client_tells_neither_token_nor_text(client: Client, fake: FakeServer) -> None:
    fake.broken = "/model"
    with pytest.raises(ContractError) as error:
        client.parse("iets geheims")
    assert str(error.value) == "POST /model/parse: status 500"
    with pytest.raises(ContractError, match="401"):
        Client(client.url, "wrong").user_texts("x")
    with pytest.raises(ContractError, match="POST /webhooks/rest/webhook"):
        Client("http://127.0.0.1:9", TOKEN).say("x", "y")
    assert not Client("http://127.0.0.1:9", TOKEN).is_ready()
    assert not Client("nonsense", TOKEN).is_ready()


def test_an_answer_of_the_wrong_shape_is_an_error(client: Client, fake: FakeServer) -> None:
    fake.parses["x"] = ["no object"]  # type: ignore[assignment]
    fake.replies = ["no list of objects"]  # type: ignore[list-item]
    with pytest.raises(ContractError, match="not an object"):
        client.parse("x")
    with pytest.raises(ContractError, match="not a list"):
        client.say("x", "y")


SERVER_SCRIPT = """
import os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
        self.wfile.write(b'{"events": []}' if "token=" + os.environ["ROUTEKAART_API_TOKEN"] in self.path else b"")
assert os.environ["RASA_TELEMETRY_ENABLED"] == "false"
HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Handler).serve_forever()
"""


def fake_repository(root: Path, script: str) -> Path:
    (root / "bot").mkdir()
    (root / "bot" / "__init__.py").touch()
    (root / "bot" / "server.py").write_text(script, encoding="utf-8")
    return root


def test_a_server_is_started_and_stopped(tmp_path: Path) -> None:
    with running_server(fake_repository(tmp_path, SERVER_SCRIPT), seconds=20) as client:
        assert client.user_texts("x") == []
    assert not client.is_ready()


def test_a_server_that_fails_to_start_says_why(tmp_path: Path) -> None:
    with (
        pytest.raises(ContractError, match=r"exit code 3\)\nno model"),
        running_server(fake_repository(tmp_path, "print('no model'); exit(3)")),
    ):
        pass


def test_a_server_that_never_answers_is_stopped(tmp_path: Path) -> None:
    root = fake_repository(tmp_path, "import time; time.sleep(60)")
    with pytest.raises(ContractError, match="did not answer within 1 seconds"), running_server(root, seconds=1):
        pass


# -- reading the sets ------------------------------------------------------------------------------------------------------------


def test_a_set_is_told_by_its_fields(tmp_path: Path) -> None:
    messages = read_set(write(tmp_path / "m.jsonl", message_row(soort="extra")), "m")
    routes = read_set(write(tmp_path / "r.jsonl", route_row(), route_row(id="R2", vervolg=["meer"])), "r")
    assert [type(item) for item in (*messages.messages, *routes.routes)] == [Message, Route, Route]
    assert [route.further for route in routes.routes] == [(), ("meer",)]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{", "not JSON"),
        ("[]", "not an object"),
        ("{}", "neither a message"),
        (message_row(intent=[]), "`intent` is empty"),
        (message_row(signalen="letsel"), "`signalen`"),
        (message_row(gevaar=None), "`gevaar`"),
        (message_row(pii=[" "]), "`pii`"),
        (message_row(), "occurs twice"),
        (route_row(), "messages and routes"),
        (route_row(feiten={"acuut": True}), "`feiten`"),
        (route_row(verwacht={**EXPECTED, "stap": None}), "`stap`"),
        (route_row(verwacht={**EXPECTED, "nood": "ja"}), "`nood`"),
        (route_row(vervolg="meer"), "`vervolg`"),
    ],
)
def test_a_bad_line_is_named_and_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str], row: Json | str, problem: str) -> None:
    line = row if isinstance(row, str) else json.dumps(row)
    path = tmp_path / "set.jsonl"
    path.write_text(f"{json.dumps(message_row())}\n\n{line}\n", encoding="utf-8")
    assert evaluate.main(["--url", "http://127.0.0.1:9", "--token", TOKEN, str(path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"{path}:3: ")
    assert problem in error
    assert "Bo is stil" not in error


def test_a_missing_or_empty_file_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate.main([str(tmp_path / "none.jsonl")]) == 2
    (tmp_path / "empty.jsonl").write_text("\n", encoding="utf-8")
    assert evaluate.main([str(tmp_path / "empty.jsonl")]) == 2
    error = capsys.readouterr().err
    assert "none.jsonl: cannot be read" in error
    assert "empty.jsonl: holds no" in error


def test_default_files_are_the_samples_beside_the_repository_else_the_own_sets(tmp_path: Path) -> None:
    own = tmp_path / "main" / "tests" / "evaluation"
    own.mkdir(parents=True)
    write(own / "x.jsonl", message_row())
    assert default_files(tmp_path / "main") == [own / "x.jsonl"]
    samples = tmp_path / "shared" / "eval"
    samples.mkdir(parents=True)
    write(samples / "b.jsonl", message_row())
    write(samples / "a.jsonl", message_row())
    assert default_files(tmp_path / "main") == [samples / "a.jsonl", samples / "b.jsonl"]


def test_the_own_sets_can_be_read() -> None:
    sets = evaluate.read_sets(sorted((ROOT / "tests" / "evaluation").glob("*.jsonl")))
    sizes = {one.name.removesuffix(".jsonl"): (len(one.messages), len(one.routes)) for one in sets}
    assert sizes == {"algemeen": (430, 0), "berichten": (30, 0), "routes": (0, 10), "veiligheid": (620, 0)}
    for message in [message for one in sets for message in one.messages]:
        assert all(string.lower() in message.text.lower() for string in message.pii), message.id


# -- messages --------------------------------------------------------------------------------------------------------------------


def test_reading_of_an_answer() -> None:
    read = reading(
        {
            "intent": {"name": "nlu_fallback", "confidence": 0.3},
            "intent_ranking": [{"name": "nlu_fallback"}, {"name": "a"}, {"name": "b"}],
            "entities": [
                {"entity": "signaal", "value": "letsel"},
                {"entity": "signaal", "value": "honger", "ontkend": True},
                {"entity": "signaal", "value": "kleding", "ontkend": False},
                {"entity": "organisatie", "value": "jgz"},
                {"entity": "leeftijd", "value": 4},
            ],
            "gevaar": True,
        }
    )
    assert read.intents == ("nlu_fallback", "a", "b")
    assert [sorted(ids) for ids in (read.signs, read.denied, read.organisations)] == [["kleding", "letsel"], ["honger"], ["jgz"]]
    assert read.danger
    assert reading({}).intent == ""


def test_measures_of_messages_per_file_and_over_all(client: Client, fake: FakeServer, tmp_path: Path) -> None:
    fake.parses["Bo is stil"] = {
        "intent": {"name": "zorg_delen"},
        "intent_ranking": [{"name": "zorg_delen"}],
        "entities": [{"entity": "signaal", "value": "teruggetrokken"}],
        "gevaar": True,
    }
    first = write(tmp_path / "a.jsonl", message_row(signalen=["teruggetrokken"], pii=["Bo"]))
    second = write(tmp_path / "b.jsonl", message_row(tekst="help Bo nu", intent=["acuut_gevaar"], gevaar=True))
    report = evaluate.evaluate(client, evaluate.read_sets([first, second]))
    assert list(report.messages) == ["a.jsonl", "b.jsonl", "all"]
    one, other, both = report.messages.values()
    assert both["intent right first"] == Ratio(1, 2)
    assert both["signals F1"] == 1.0
    assert one["denied signals F1"] is None
    assert both["macro recall over intents"] == 0.5
    assert (both["gevaar recall"], both["gevaar precision"]) == (Ratio(0, 1), Ratio(0, 1))
    assert (one["pii strings masked"], one["ordinary words masked"]) == (Ratio(1, 1), Ratio(0, 2))
    assert (other["pii strings masked"], other["ordinary words masked"]) == (Ratio(0, 0), Ratio(1, 3))
    assert isinstance(both["parse time p95 (ms)"], float)
    assert not report.unanswered
    assert len(fake.said) == 2  # a conversation for each message


def test_a_call_without_an_answer_is_listed_and_ends_with_1(
    url: str, fake: FakeServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.broken = "/conversations"
    path = write(tmp_path / "a.jsonl", message_row(pii=["Bo"]))
    assert evaluate.main(["--url", url, "--token", TOKEN, str(path)]) == 1
    out = capsys.readouterr().out
    assert "  a.jsonl  M1  GET /conversations/.../tracker: status 500" in out
    assert "pii strings masked" in out


# -- routes ----------------------------------------------------------------------------------------------------------------------


def route(facts: dict[str, str] | None = None, further: tuple[str, ...] = ()) -> Route:
    return Route("R1", {"rol": "jgz", "acuut": "nee"} if facts is None else facts, "begin", further, EXPECTED)


def test_the_runner_answers_every_kind_of_question(client: Client, fake: FakeServer) -> None:
    signs = {"text": "t", "custom": {"type": "signalen", "signalen": []}, "buttons": [{"payload": "/s:nee"}, {"payload": "/s:ja"}]}
    fake.replies = [
        [{"text": "t", "custom": {"type": "nood"}}, question("acuut", "ja", "nee", "weet_niet")],  # from the facts
        [question("steun", "ja", "nee", "weet_niet")],  # unknown
        [question("gewogen", "ja", "nee")],  # unknown, without weet_niet
        [question("toelichting")],  # the next further text
        [question("toelichting", "niets")],  # no further text left
        [question("keuze", "advies_vragen", "zorg_delen")],
        [signs],  # alone they ask
        [signs, question("acuut", "nee", "ja")],  # beside a question they are only shown
        [{"text": "hoi"}],  # asks nothing
        [question("bellen", "hulp", "geen_gevaar")],  # nothing fits
        [question("rol", "x"), card()],  # stops here
        [question("acuut", "nee")],
    ]
    done = walk(client, route(further=("en nog dit",)), "s")
    assert fake.texts() == [
        [
            "begin",
            "/acuut:nee",
            "/steun:weet_niet",
            "/gewogen:nee",
            "en nog dit",
            "meer weet ik niet",
            "/keuze:zorg_delen",
            "/s:ja",
            "/acuut:nee",
            "wat moet ik nu doen?",
            "/bellen:hulp",
        ]
    ]
    metadata = [turn.get("metadata") for turn in fake.said["s"]]
    assert metadata == [{"gemeente": "dordrecht", "rol": "jgz"}] + [None] * 10
    assert (done.asked, done.turns, done.first_reply) == (9, 11, ["nood", "vraag"])
    assert done.card is not None and done.card["contact"] == "jgz"


def test_the_runner_stops_after_25_turns(client: Client, fake: FakeServer) -> None:
    fake.replies = [[question("acuut", "ja", "nee")]]
    done = walk(client, route(), "s")
    assert (done.turns, len(fake.said["s"]), done.card) == (25, 25, None)


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        ({"custom": {"type": "signalen", "opties": [{"id": "nee", "payload": "/n"}, {"id": "ja", "payload": "/j"}]}}, "/j"),
        ({"custom": {"type": "signalen"}, "buttons": [{"payload": "/s_ja"}]}, "/s_ja"),
        ({"custom": {"type": "signalen"}, "buttons": [{"payload": "/klopt"}, {"payload": "/jazeker_niet"}]}, "/klopt"),
        ({"custom": {"type": "signalen"}}, "ja"),
        (question("bevestig_signalen", "nee", "ja"), "/bevestig_signalen:ja"),
        (question("rol"), "meer weet ik niet"),
        ({"text": "t"}, None),
        ({"custom": None}, None),
    ],
)
def test_answer_to_one_message(message: Json, answer: str | None) -> None:
    assert answer_to([message], {}, []) == answer


# -- the whole -------------------------------------------------------------------------------------------------------------------


def test_the_command_prints_an_aligned_table_and_no_texts(
    url: str, fake: FakeServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.replies = [[question("acuut", "ja", "nee")], [card(contact="politie", zeg="")]]
    messages = write(tmp_path / "messages.jsonl", message_row(pii=["Bo"]))
    routes = write(tmp_path / "routes.jsonl", route_row(), route_row(id="R22"))
    result = tmp_path / "out.json"
    arguments = ["--url", url, "--token", TOKEN, "--json", str(result), str(messages), str(routes)]
    assert evaluate.main(arguments) == 0
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert lines[0].split() == ["messages.jsonl"]
    assert len({len(line) for line in lines[: lines.index("")]}) == 1
    assert "routes right                 0.000 (0/2)" in lines
    assert "questions asked on average           1.0" in lines
    assert lines[-3:] == ["routes that failed, and on what", "  routes.jsonl  R1   contact, zeg", "  routes.jsonl  R22  contact, zeg"]
    assert "stil" not in out and TOKEN not in out
    written = json.loads(result.read_text(encoding="utf-8"))
    assert written["routes"]["routes.jsonl"] == {"routes": 2, "routes right": 0.0, "questions asked on average": 1.0}
    assert written["messages"]["messages.jsonl"]["pii strings masked"] == 1.0
    assert written["routes_failed"][0] == {"file": "routes.jsonl", "id": "R1", "fields": ["contact", "zeg"]}
    assert evaluate.main(arguments) == 0
    steady = [line for line in lines if "parse time" not in line]
    assert [line for line in capsys.readouterr().out.splitlines() if "parse time" not in line] == steady


def test_files_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    paths = [tmp_path / folder / "x.jsonl" for folder in "ab"]
    for path in paths:
        path.parent.mkdir()
        write(path, message_row())
    assert [one.name for one in evaluate.read_sets(paths)] == [str(path) for path in paths]


def test_no_server_at_the_address_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "a.jsonl", message_row())
    assert evaluate.main(["--url", "http://127.0.0.1:9", "--token", TOKEN, str(path)]) == 1
    assert "no assistant answers" in capsys.readouterr().err


def test_without_an_address_the_server_of_the_repository_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(evaluate, "ROOT", fake_repository(tmp_path, "print('not built'); raise SystemExit(4)"))
    path = write(tmp_path / "a.jsonl", message_row())
    assert evaluate.main([str(path)]) == 1
    assert "not built" in capsys.readouterr().err


def test_an_address_needs_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROUTEKAART_API_TOKEN", raising=False)
    with pytest.raises(SystemExit) as ending:
        evaluate.main(["--url", "http://127.0.0.1:9"])
    assert ending.value.code == 2
