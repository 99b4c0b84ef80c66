"""The channel of the chat widget over HTTP: numbers, retries, who may ask, limits, erasing; and the pages and the file it serves.

The server is the real one with an agent of cardboard, once as visitors get it and once with Rasa's own API beside it.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import http.client
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered, UserUttered
from sanic import Sanic
from sanic.touchup import TouchUp

from bot.content import load_content
from bot.content.load import ContentError, read_yaml
from bot.server.app import make_app
from bot.server.people import EXIT_URL
from bot.server.widget_routes import BUNDLE, CHANNEL, MOST_BYTES, TOKEN_HEADER, bundle
from bot.server.widget_schools import Schools
from bot.server.widget_words import NO_TEXT, own_words, widget_words
from bot.settings import Settings
from bot.shelf import IDLE_SECONDS
from bot.shelf.limits import Limiter
from bot.shelf.memory import MemoryShelf
from tools.widget_words import main as words_main

ROOT = Path(__file__).resolve().parents[2]
SCHOOL, OTHER, STRANGER = "https://school.example", "https://andere.example", "https://vreemd.example"
OFFERED = '/antwoord{"acuut":"nee"}'
#: a message that takes a while to answer
SLOW = "langzaam"
MOST_GZIP = 20 * 1024


class Agent:
    """Keeps the messages it gets and the conversations they belong to; answers with a question."""

    def __init__(self) -> None:
        self.got: list[UserMessage] = []
        self.forgotten: list[str] = []
        self.events: dict[str, list[Any]] = {}
        self.rol: str | None = None
        self.tracker_store = SimpleNamespace(retrieve=self._retrieve, forget=self._forget)

    async def _retrieve(self, sender: str) -> Any:
        return SimpleNamespace(events=self.events.get(sender, []), slots={"rol": SimpleNamespace(value=self.rol)})

    async def _forget(self, sender: str) -> None:
        self.forgotten.append(sender)

    async def parse_message(self, text: str) -> dict[str, Any]:
        return {"text": text, "gevaar": False}

    async def handle_message(self, message: UserMessage) -> None:
        if message.text == SLOW:
            await asyncio.sleep(0.4)
        self.got.append(message)
        said = {"stop": load_content().say("gestopt"), "opnieuw": load_content().say("opnieuw")}.get(message.text or "")
        buttons = [{"title": "Nee", "payload": OFFERED}]
        reply = {"text": said or f"antwoord {len(self.got)}", "custom": {"type": "vraag", "id": "acuut", "opties": []}, "buttons": buttons}
        self.events.setdefault(message.sender_id, []).extend([UserUttered(message.text), BotUttered(reply["text"], {"buttons": buttons})])
        assert message.output_channel is not None
        await message.output_channel.send_response(message.sender_id, reply)


class Answer:
    """What came back."""

    def __init__(self, reply: http.client.HTTPResponse) -> None:
        self.status = reply.status
        self.headers = {k.lower(): v for k, v in reply.getheaders()}
        self.text = reply.read().decode("utf8")

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)


class House:
    """A running server."""

    def __init__(self, agent: Agent, app: Sanic, port: int) -> None:
        self.agent, self.app, self.port = agent, app, port
        self.widget = app.ctx.widget
        self.shelf: MemoryShelf = app.ctx.widget.sessions.shelf

    def call(self, method: str, path: str, body: str | bytes | None = None, **headers: str) -> Answer:
        """One request. Header names: with _ for -."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            data = body.encode() if isinstance(body, str) else body
            connection.request(method, path, data, {k.replace("_", "-"): v for k, v in headers.items()})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def post(self, path: str, data: Any = None, **headers: str) -> Answer:
        """A JSON request to the channel."""
        return self.call("POST", "/gesprek/" + path, json.dumps(data if data is not None else {}), **headers)

    def begin(self, data: Any = None, **headers: str) -> str:
        """A token."""
        return str(self.post("begin", data, **headers).json["token"])

    def say(self, token: str, number: int, text: str = "hallo", **more: Any) -> Answer:
        """One message."""
        return self.post("zeg", {"nummer": number, "bericht": text, **more}, X_Routekaart=token)


_touched: list[Sanic] = []
_touch_up = TouchUp.run


def _once(app: Sanic) -> None:
    """Sanic rewrites its own classes at the start, and can do that once a process only."""
    if not _touched:
        _touched.append(app)
        _touch_up(app)


@pytest.fixture(scope="module", params=[None, "geheim"], ids=["as visitors get it", "with Rasa's API"])
def running(request: pytest.FixtureRequest) -> Iterator[House]:
    agent = Agent()
    Sanic._app_registry.clear()
    schools = Schools.read(
        {
            "school": {"naam": "School", "herkomst": [SCHOOL], "gemeente": "rotterdam", "rol": "leerkracht"},
            "andere": {"naam": "Andere", "herkomst": [OTHER]},
        }
    )
    app = make_app(agent, MemoryShelf(), Settings(api_token=request.param or ""), schools)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    loop, ready = asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        server = await app.create_server(host="127.0.0.1", port=port, return_asyncio_server=True, access_log=False)
        await server.startup()
        await server.before_start()
        await server.start_serving()
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.create_task(serve())
        loop.run_forever()

    with mock.patch.object(TouchUp, "run", side_effect=_once):
        threading.Thread(target=run, daemon=True).start()
        assert ready.wait(20)
    yield House(agent, app, port)
    loop.call_soon_threadsafe(loop.stop)


def few(burst: int) -> Limiter:
    """A limit of its own that does not fill again."""
    return Limiter(MemoryShelf(), "proef", burst, 0)


@pytest.fixture
def house(running: House) -> Iterator[House]:
    """The server, with nothing of an earlier test in it and limits that only their own test meets."""
    people = running.widget.people
    people.per_address, people.per_session = few(10_000), few(100)
    clock = running.shelf.clock
    running.agent.got.clear()
    running.agent.forgotten.clear()
    running.agent.rol = None
    yield running
    running.shelf.clock = clock


# -- numbers and retries -----------------------------------------------------------------------------------------------------------


def test_a_conversation_counts_its_messages(house: House) -> None:
    token = house.begin()
    for number in (1, 2, 3):
        answer = house.say(token, number, f"bericht {number}")
        assert answer.status == 200
        assert answer.json["nummer"] == number
        assert answer.json["berichten"][0]["buttons"]
    assert [m.text for m in house.agent.got] == ["bericht 1", "bericht 2", "bericht 3"]
    assert len({m.sender_id for m in house.agent.got}) == 1


def test_the_same_number_again_gets_the_same_answer_and_is_handled_once(house: House) -> None:
    token = house.begin()
    first = house.say(token, 1)
    assert house.say(token, 1).json == first.json
    assert house.say(token, 2).status == 200
    assert house.say(token, 2, "iets anders").json["nummer"] == 2
    assert len(house.agent.got) == 2


def test_a_message_whose_connection_was_lost_is_answered_once(house: House) -> None:
    token = house.begin()
    body = json.dumps({"nummer": 1, "bericht": SLOW})
    with socket.create_connection(("127.0.0.1", house.port)) as line:
        head = f"POST /gesprek/zeg HTTP/1.1\r\nHost: localhost\r\n{TOKEN_HEADER}: {token}\r\nContent-Length: {len(body)}\r\n\r\n"
        line.sendall((head + body).encode())
        time.sleep(0.1)
    answer = house.say(token, 1, SLOW)
    assert answer.status == 200
    time.sleep(0.5)
    assert len(house.agent.got) == 1
    assert house.say(token, 2).json["nummer"] == 2


def test_a_retry_while_the_first_is_still_being_answered_gets_that_answer(house: House) -> None:
    token = house.begin()
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(house.say(token, 1, SLOW))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [a.status for a in answers] == [200, 200, 200]
    assert answers[0].json == answers[1].json == answers[2].json
    assert len(house.agent.got) == 1


@pytest.mark.parametrize("number", [3, 99, 10**9])
def test_a_number_that_does_not_follow_is_refused_with_the_last_one(house: House, number: int) -> None:
    token = house.begin()
    house.say(token, 1)
    answer = house.say(token, number)
    assert answer.status == 409
    assert answer.json == {"fout": "nummer", "nummer": 1}
    assert len(house.agent.got) == 1


@pytest.mark.parametrize(
    "data",
    [{}, *({"nummer": n, "bericht": "x"} for n in (0, "1", True, 1.5)), {"nummer": 1, "bericht": 5}, {"nummer": 1, "keuze": ["x"]}],
)
def test_what_has_not_the_shape_of_a_message_is_refused(house: House, data: Any) -> None:
    answer = house.post("zeg", data, X_Routekaart=house.begin())
    assert answer.status == 400
    assert answer.json == {"fout": "vorm"}


@pytest.mark.parametrize("path", CHANNEL)
@pytest.mark.parametrize("body", ["{", "[1]", "null", '"x"', b"\xff\xfe", "[" * 5000])
def test_a_body_that_is_no_json_object_is_refused_without_a_trace(house: House, path: str, body: str | bytes) -> None:
    answer = house.call("POST", path, body)
    assert answer.status == 400
    assert answer.json == {"fout": "vorm"}


@pytest.mark.parametrize("path", CHANNEL)
def test_only_posting_is_possible(house: House, path: str) -> None:
    answer = house.call("GET", path)
    assert answer.status == 405
    assert answer.json == {"fout": "vorm"}


# -- what is said ------------------------------------------------------------------------------------------------------------------


def test_what_was_typed_comes_back_masked_and_reaches_the_agent_masked(house: House) -> None:
    answer = house.say(house.begin(), 1, "Anneke van der Meulen, 06-48151623, is bang")
    assert "Meulen" not in json.dumps(answer.json)
    assert "48151623" not in json.dumps(answer.json)
    assert answer.json["gelezen"].endswith("is bang")
    assert "Meulen" not in (house.agent.got[0].text or "")


def test_a_choice_works_when_it_was_offered_only(house: House) -> None:
    token = house.begin()
    house.say(token, 1)
    answer = house.post("zeg", {"nummer": 2, "keuze": OFFERED}, X_Routekaart=token)
    assert answer.status == 200
    assert "gelezen" not in answer.json
    assert house.agent.got[-1].text == OFFERED
    house.post("zeg", {"nummer": 3, "keuze": "/restart"}, X_Routekaart=token)
    assert house.agent.got[-1].text != "/restart"


def test_role_and_municipality_come_from_the_widget_and_are_kept(house: House) -> None:
    token = house.begin()
    house.say(token, 1, rol="huisarts", gemeente="arnhem")
    house.say(token, 2, rol="leerkracht", gemeente="heerlen")
    for message in house.agent.got:
        assert message.metadata == {"rol": "huisarts", "gemeente": "arnhem", "herkomst": "widget"}


@pytest.mark.parametrize("data", [{"rol": "baas", "gemeente": "<script>"}, {"rol": 5, "gemeente": ["x"]}, {"gemeente": "x" * 41}])
def test_an_odd_role_or_municipality_is_left_out(house: House, data: Any) -> None:
    assert house.say(house.begin(), 1, **data).status == 200
    assert house.agent.got[0].metadata == {"herkomst": "widget"}


def test_a_role_that_was_told_is_told_to_the_widget(house: House) -> None:
    token = house.begin()
    assert house.say(token, 1).json["rol"] is None
    house.agent.rol = "huisarts"
    assert house.say(token, 2, "ik ben huisarts").json["rol"] == "huisarts"


@pytest.mark.parametrize(("typed", "ends"), [("stop", "gestopt"), ("opnieuw", "opnieuw"), ("hallo", None)])
def test_the_widget_hears_when_the_conversation_ends_in_words(house: House, typed: str, ends: str | None) -> None:
    assert house.say(house.begin(), 1, typed).json.get("einde") == ends


def test_begin_brings_the_words_and_the_way_out(house: House) -> None:
    given = house.post("begin", {"rol": "huisarts"}).json
    assert given["woorden"] == widget_words(load_content())
    assert given["verlaat"] == EXIT_URL
    assert given["rol"] == "huisarts"
    assert given["nummer"] == 0


def test_nothing_is_kept_for_a_token_until_it_is_used(house: House) -> None:
    def kept() -> int:
        return asyncio.run(house.shelf.count("widget"))

    before = kept()
    token = house.begin()
    assert kept() == before
    house.say(token, 1)
    assert kept() == before + 1


# -- unknown and ended conversations -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "x", "~.~", "abc.def"])
def test_an_unknown_conversation_gets_a_clear_answer(house: House, token: str) -> None:
    answer = house.call("POST", "/gesprek/zeg", json.dumps({"nummer": 1, "bericht": "x"}), X_Routekaart=token)
    assert answer.status == 410
    assert answer.json == {"fout": "verlopen", "tekst": load_content().say("verlopen")}
    assert house.agent.got == []


def test_an_expired_conversation_is_told_so_and_a_new_one_begins(house: House) -> None:
    token = house.begin()
    house.say(token, 1)
    house.shelf.clock = lambda: time.monotonic() + IDLE_SECONDS + 5
    assert house.say(token, 2).json["fout"] == "verlopen"
    assert house.say(house.begin(), 1).status == 200


def test_a_token_of_the_plain_page_opens_nothing_here(house: House) -> None:
    assert house.say(house.widget.people.sessions.issue(), 1).status == 410


@pytest.mark.parametrize("how", ["header", "body"])
def test_ending_erases_at_once(house: House, how: str) -> None:
    token = house.begin()
    house.say(token, 1)
    sender = house.agent.got[0].sender_id
    ended = (
        house.post("einde", {}, X_Routekaart=token) if how == "header" else house.post("einde", {"token": token}, Content_Type="text/plain")
    )
    assert ended.status == 204
    assert house.agent.forgotten == [sender]
    assert house.say(token, 2).status == 410


def test_ending_while_an_answer_is_being_made_leaves_nothing_behind(house: House) -> None:
    token = house.begin()
    thread = threading.Thread(target=lambda: house.say(token, 1, SLOW))
    thread.start()
    time.sleep(0.15)
    assert house.post("einde", {"token": token}).status == 204
    thread.join()
    sender = house.agent.got[0].sender_id
    assert house.agent.forgotten == [sender]
    assert house.say(token, 2).status == 410, "erased after the answer that was being made"


@pytest.mark.parametrize("data", [{}, {"token": 5}, {"token": "onzin"}])
def test_ending_what_is_not_there_is_no_error(house: House, data: Any) -> None:
    assert house.post("einde", data).status == 204


# -- limits ------------------------------------------------------------------------------------------------------------------------


def test_too_quick_is_said_and_costs_no_number(house: House) -> None:
    house.widget.people.per_session = few(2)
    token = house.begin()
    assert [house.say(token, n).status for n in (1, 2, 3)] == [200, 200, 429]
    answer = house.say(token, 3)
    assert answer.json["fout"] == "te_snel"
    assert answer.json["wacht"] > 0
    assert house.say(token, 2).status == 200, "what was answered can still be asked for"
    house.widget.people.per_session = few(2)
    assert house.say(token, 3).json["nummer"] == 3


@pytest.mark.parametrize("path", CHANNEL)
def test_an_address_has_its_limit(house: House, path: str) -> None:
    house.widget.people.per_address = few(1)
    house.call("POST", path, "{}")
    assert house.call("POST", path, "{}").status == 429


def test_a_message_that_is_too_long_is_refused_with_words_and_can_be_shortened(house: House) -> None:
    token = house.begin()
    answer = house.say(token, 1, "x" * 2001)
    assert answer.status == 413
    assert answer.json["tekst"] == load_content().say("te_lang")
    assert house.say(token, 1, "x" * 2000).status == 200


def test_nothing_to_read_is_refused_with_words(house: House) -> None:
    answer = house.say(house.begin(), 1, " \n\u200b ")
    assert answer.status == 400
    assert answer.json == {"fout": "leeg", "tekst": load_content().say("leeg")}


@pytest.mark.parametrize("size", [MOST_BYTES + 1, 150_000])
def test_a_body_that_is_too_large_is_refused(house: House, size: int) -> None:
    answer = house.call("POST", "/gesprek/zeg", "x" * size)
    assert answer.status == 413
    assert answer.json["fout"] == "te_lang"


# -- who may ask -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("own", ["http://127.0.0.1:{port}", "https://127.0.0.1:{port}"])
def test_our_own_pages_may_always(house: House, own: str) -> None:
    assert house.post("begin", {}, Origin=own.format(port=house.port)).status == 200


def test_a_school_on_the_list_may_and_its_settings_count(house: House) -> None:
    for data in ({"school": "school"}, {}):
        answer = house.post("begin", data, Origin=SCHOOL)
        assert answer.status == 200
        assert answer.headers["access-control-allow-origin"] == SCHOOL
        assert "Origin" in answer.headers["vary"]
        assert (answer.json["rol"], answer.json["gemeente"]) == ("leerkracht", "rotterdam")
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    ("origin", "school"),
    [
        *((STRANGER, None), (STRANGER, "school"), (OTHER, "school"), (SCHOOL, "onbekend")),
        *(("null", None), (SCHOOL + ":8443", None), ("http://school.example", None)),
    ],
)
def test_another_site_is_told_that_it_is_not_on_the_list(house: House, origin: str, school: str | None) -> None:
    data = {"school": school} if school else {}
    answer = house.post("begin", data, Origin=origin)
    assert answer.status == 403
    assert answer.json == {"fout": "herkomst"}
    assert answer.headers["access-control-allow-origin"] == origin, "so that the widget can say why"
    said = house.post("zeg", {**data, "nummer": 1, "bericht": "x"}, Origin=origin, X_Routekaart=house.begin())
    assert said.status == 403
    assert house.agent.got == []
    assert house.post("einde", data, Origin=origin).status == 403


def test_a_stranger_cannot_read_anything_else(house: House) -> None:
    for path in ("zeg", "einde"):
        assert "access-control-allow-origin" not in house.post(path, {"nummer": 1, "bericht": "x"}, Origin=STRANGER).headers
    for path in ("/", "/chat", "/gesprek"):
        assert "access-control-allow-origin" not in house.call("GET", path, Origin=SCHOOL).headers


def test_a_browser_that_asks_beforehand_is_told_what_it_may(house: House) -> None:
    asks = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "x-routekaart,content-type"}
    allowed = house.call("OPTIONS", "/gesprek/zeg", Origin=SCHOOL, **asks)
    assert allowed.status < 300
    assert allowed.headers["access-control-allow-origin"] == SCHOOL
    assert TOKEN_HEADER.lower() in allowed.headers["access-control-allow-headers"]
    assert "access-control-allow-origin" not in house.call("OPTIONS", "/gesprek/zeg", Origin=STRANGER, **asks).headers


def test_every_answer_of_the_channel_is_not_to_be_kept(house: House) -> None:
    token = house.begin()
    for answer in (house.post("begin"), house.say(token, 1), house.say("x", 1), house.post("einde", {"token": token})):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in answer.headers


# -- the list of schools -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        {"herkomst": [SCHOOL]},
        {"naam": "x", "herkomst": []},
        {"naam": "x", "herkomst": ["*"]},
        {"naam": "x", "herkomst": ["https://*.example"]},
        {"naam": "x", "herkomst": [SCHOOL + "/"]},
        {"naam": "x", "herkomst": ["http://school.example"]},
        {"naam": "x", "herkomst": SCHOOL},
        {"naam": "x", "herkomst": [SCHOOL], "rol": "baas"},
        {"naam": "x", "herkomst": [SCHOOL], "oorsprong": "x"},
    ],
)
def test_a_school_that_is_not_well_formed_stops_the_start(row: Any) -> None:
    with pytest.raises(ContentError, match=r"scholen\.yml: mis"):
        Schools.read({"mis": row})


def test_the_list_that_is_served_is_well_formed() -> None:
    Schools.read(read_yaml(ROOT / "content" / "scholen.yml"))


def test_the_list_may_stand_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "eigen.yml"
    file.write_text('eigen: {naam: "Eigen", herkomst: ["https://eigen.example"]}', "utf8")
    monkeypatch.setenv("ROUTEKAART_SCHOLEN", str(file))
    monkeypatch.setenv("PUBLIC_URL", "https://routekaart.example/")
    schools = Schools.load()
    assert schools.listed("https://eigen.example")
    assert schools.own("https://routekaart.example", "127.0.0.1:5005"), "behind a proxy that changes the host"
    assert not schools.own("https://routekaart.example.evil", "127.0.0.1:5005")
    assert schools.own("https://127.0.0.1", "127.0.0.1:443") is False
    assert schools.own("http://school.example:80", "school.example")


# -- the pages and the file --------------------------------------------------------------------------------------------------------


def test_the_file_is_served_with_its_version_for_every_site(house: House) -> None:
    built = bundle()
    answer = house.call("GET", built.path)
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "immutable" in answer.headers["cache-control"]
    digest = base64.b64encode(hashlib.sha384(answer.text.encode()).digest()).decode()
    assert built.integrity == "sha384-" + digest
    assert "immutable" not in house.call("GET", "/static/widget/routekaart-chat.js?v=oud").headers["cache-control"]


@pytest.mark.parametrize("path", ["/chat", "/demo", "/chat?rol=huisarts&gemeente=dordrecht"])
def test_the_pages_load_exactly_that_file_under_a_strict_policy(house: House, path: str) -> None:
    answer = house.call("GET", path)
    assert answer.status == 200
    assert f'src="{bundle().path}" integrity="{bundle().integrity}" crossorigin="anonymous"' in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "style=" not in answer.text
    assert not re.search(r"<script(?! src=)", answer.text)
    assert "tel:112" in answer.text, "also before the script runs"


def test_the_address_of_the_page_takes_known_values_only(house: House) -> None:
    assert '<routekaart-chat rol="huisarts" gemeente="dordrecht">' in house.call("GET", "/chat?rol=huisarts&gemeente=dordrecht").text
    odd = house.call("GET", "/chat?rol=baas&gemeente=%22%3E%3Cscript%3E&school=%22onload=x").text
    assert "<routekaart-chat>" in odd


def test_the_demo_shows_the_lines_to_embed(house: House) -> None:
    page = house.call("GET", "/demo").text
    assert "&lt;script src=&#34;" in page or '&lt;script src="' in page
    assert bundle().integrity in page.split("<pre")[1]


def test_the_file_is_small_and_keeps_to_itself() -> None:
    data = BUNDLE.read_bytes()
    text = data.decode("utf8")
    assert len(gzip.compress(data, 9)) <= MOST_GZIP
    for never in (
        "localStorage",
        "sessionStorage",
        "document.cookie",
        "indexedDB",
        "innerHTML",
        "insertAdjacentHTML",
        "eval(",
        "importScripts",
    ):
        assert never not in text, never
    assert set(re.findall(r"https?://[\w.-]+", text)) <= {EXIT_URL.rstrip("/"), "http://www.w3.org"}


def test_the_words_in_the_file_are_those_of_the_content() -> None:
    assert words_main(["--check"]) == 0, "make widget"
    text = BUNDLE.read_text("utf8")
    for key, value in widget_words(load_content()).items():
        for words in [value] if isinstance(value, str) else value:
            assert words in text.replace('\\"', '"'), f"{key}: make widget"


def test_the_way_out_is_the_same_everywhere() -> None:
    assert own_words(load_content())[NO_TEXT]["url"] == EXIT_URL


def test_no_sentence_for_users_stands_in_the_program() -> None:
    dutch = re.compile(r"\b(?:je|jij|jouw|u|uw|het|een|niet|bel|bericht is|verstuur|kopieer|gesprek met)\b", re.IGNORECASE)
    for file in sorted((ROOT / "widget" / "src").glob("*.ts")):
        code = re.sub(r"^\s*(?://|\*|/\*).*$", "", file.read_text("utf8"), flags=re.MULTILINE)
        for literal in re.findall(r'"[^"\n]*"|`[^`]*`', code):
            assert not (len(literal.split()) > 2 and dutch.search(literal)), f"{file.name}: {literal}"


# -- taking a sign away ------------------------------------------------------------------------------------------------------------


def test_a_sign_that_was_shown_can_be_taken_away_and_then_another() -> None:
    from bot.server.channels import Desk

    away = ['/antwoord{"signaal_weg":"letsel"}', '/antwoord{"signaal_weg":"honger"}']
    shown = [{"id": "letsel", "ontkend": False}, {"id": "honger", "ontkend": False}, {"id": "vuil_huis", "ontkend": True}]
    events: list[Any] = [
        BotUttered("eerder", {"buttons": [{"payload": "/oud"}]}),
        UserUttered("hij heeft honger"),
        BotUttered("Ik lees", {"custom": {"type": "signalen", "signalen": shown}}),
        BotUttered("Is er gevaar?", {"buttons": [{"payload": "/nee"}]}),
    ]

    def offered(*more: Any) -> set[str]:
        agent = Agent()
        agent.events["iemand"] = [*events, *more]
        return asyncio.run(Desk(agent).offered("iemand"))

    assert offered() == {*away, "/nee"}
    again = (UserUttered(away[0]), BotUttered("Is er gevaar?", {"buttons": [{"payload": "/ja"}]}))
    assert offered(*again) == {*away, "/ja"}
    assert offered(*again, UserUttered("nee"), BotUttered("goed")) == set()
