"""The rehearsal of the compose file: the same processes with the same settings, on this machine, confined as the file says (`stage.py`).

A visitor talks through the proxy, over TLS, while each part is stopped and started again. Afterwards every log, Redis and the disk of PostgreSQL
are read for what was typed. The tests of this file use one set-up, in the order in which they stand.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import http.client
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg2
import pytest
import redis

from tests.hosting.reading import compose, image, read_env
from tests.hosting.stage import START_SECONDS, Stage, needs
from tests.hosting.test_config import WORKERS, begin
from tests.hosting.visitor import HTTPS, Chat, Visitor
from tools.train import model_path

NAME = "routekaart.example"
#: what is typed; none of these words may be found anywhere afterwards
TOLD = (
    "Sterre Kwartelpad uit mijn klas heeft alweer blauwe plekken, ik heb het nog aan niemand verteld",
    "Juul Zwaluwstaart komt steeds zonder ontbijt binnen en draagt dezelfde kapotte schoenen",
    "het broertje van Fleur Hazelaar durft maandagochtend niemand meer aan te kijken",
    "Boris Lindeboom zit vol schrammen, zijn buurman Egbert belde mij op 06-48213977",
    "Wietske Duinroos slaapt tijdens rekenen en ruikt naar urine",
    "Mees Appelgaard verstopt zijn polsen onder lange mouwen sinds de herfstvakantie",
)
DANGER = "hij dreigt hier met een mes en slaat het meisje, ik hoor haar gillen"
DRAFT = "Pien Wilgenroos huilt elke donderdag als oma Truus haar ophaalt"
#: letters that a word needs to be looked for: shorter ones stand in other words
_LEAST = 5
#: part -> how it ends before it starts again
ENDS = {"app1": "stop", "app2": "kill", "redis": "stop", "postgres": "stop", "proxy": "stop"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """deploy/ of an installation that begin.sh made, with a certificate of its own."""
    needs()
    return begin(tmp_path_factory.mktemp("rehearsal"), NAME, "--proef")


@pytest.fixture(scope="module")
def stage(folder: Path) -> Iterator[Stage]:
    """Everything, running."""
    if not model_path().exists():
        pytest.fail("There is no trained model for these sources. Run: make train", pytrace=False)
    services = compose(folder, read_env(folder / ".env"))
    made = Stage(folder.parent / "stage", services, image(), needs())
    try:
        made.open()
        made.start("redis", "postgres")
        made.start("proxy", *WORKERS)
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def visitor(stage: Stage, folder: Path) -> Visitor:
    """Somebody with a browser."""
    return Visitor(stage, NAME, folder / "lokaal" / "tls" / "tls.crt")


def chat(visitor: Visitor) -> Chat:
    """The widget on the page of a teacher."""
    return Chat(visitor, {"rol": "leerkracht", "gemeente": "dordrecht"})


def reachable(stage: Stage, url: str) -> str:
    """A URL of the compose file with an address where it has a name: names are known inside a service only."""
    host = urlsplit(url).hostname or ""
    return url.replace(f"@{host}:", f"@{stage.address(host)}:")


def words(*texts: str) -> set[str]:
    """What of a text would tell something if it stood in a log."""
    return {word for text in texts for word in re.findall(r"[^\W_]+", text.lower()) if len(word) >= _LEAST}


# -- what visitors get ---------------------------------------------------------------------------------------------------------------


def test_the_widget_comes_through_the_proxy_whole(visitor: Visitor) -> None:
    page = visitor.ask("GET", "/demo")
    assert page.status == 200 and "<routekaart-chat" in page.text
    found = re.search(r'src="(?:https://[^/"]+)?(/static/widget/routekaart-chat\.js\?v=[^"]+)"', page.text)
    assert found, "the page loads no widget"
    bundle = visitor.ask("GET", html.unescape(found.group(1)))
    assert bundle.status == 200 and "immutable" in bundle.headers["cache-control"]
    integrity = "sha384-" + base64.b64encode(hashlib.sha384(bundle.text.encode()).digest()).decode()
    assert integrity in html.unescape(page.text), "the bytes are not those of the code that schools embed"
    assert f"https://{NAME}" in html.unescape(page.text), "the code to embed names the address that visitors know"


def test_only_what_holds_no_secret_is_compressed(stage: Stage, visitor: Visitor) -> None:
    page = visitor.ask("GET", "/", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in page.headers
    with stage.inside():
        raw = socket.create_connection((stage.address("proxy", "voor"), HTTPS), 5)
    context = ssl.create_default_context(cafile=str(visitor.certificate))
    connection = http.client.HTTPConnection(NAME)
    connection.sock = context.wrap_socket(raw, server_hostname=NAME)
    connection.request("GET", "/static/widget/routekaart-chat.js", headers={"Accept-Encoding": "gzip"})
    reply = connection.getresponse()
    assert reply.getheader("Content-Encoding") == "gzip"
    assert b"routekaart-chat" in gzip.decompress(reply.read())
    connection.close()


def test_headers_are_there_once(visitor: Visitor) -> None:
    for path in ("/", "/chat", "/routekaart", "/bestaat-niet"):
        answer = visitor.ask("GET", path)
        assert answer.headers["strict-transport-security"].startswith("max-age=31536000"), path
        for name in ("content-security-policy", "referrer-policy", "x-content-type-options"):
            assert answer.headers[name].count(answer.headers[name].split(";")[0]) == 1, (path, name)
        assert answer.headers["server"] == "nginx", "no version"
        assert "set-cookie" not in answer.headers


def test_what_is_not_for_outside_is_not_there(visitor: Visitor, folder: Path) -> None:
    token = read_env(folder / ".env")["ROUTEKAART_METRICS_TOKEN"]
    for path in ("/metrics", "/healthz", "/readyz", "/webhooks/rest/webhook", "/model/parse", "/status", "/conversations/a/tracker"):
        for method in ("GET", "POST"):
            assert visitor.ask(method, path, headers={"Authorization": f"Bearer {token}"}).status == 404, path


def test_other_names_and_plain_http_lead_nowhere(stage: Stage, visitor: Visitor) -> None:
    assert visitor.ask("GET", "/", name="andere.example").status == 421
    with stage.inside():
        raw = socket.create_connection((stage.address("proxy", "voor"), 8080), 5)
    connection = http.client.HTTPConnection(NAME)
    connection.sock = raw
    connection.request("POST", "/gesprek", "bericht=" + TOLD[0])
    reply = connection.getresponse()
    assert reply.status == 301 and reply.getheader("Location") == f"https://{NAME}/gesprek"
    connection.close()


def test_what_is_too_much_is_refused_in_words(visitor: Visitor) -> None:
    by_proxy = visitor.ask("POST", "/gesprek", b"a" * 200_000)
    assert by_proxy.status == 413 and "112" in by_proxy.text and "content-security-policy" in by_proxy.headers
    by_app = visitor.ask("POST", "/gesprek", b"a" * 110_000, {"Content-Type": "application/x-www-form-urlencoded"})
    assert by_app.status == 413 and "112" in by_app.text
    assert visitor.ask("GET", "/l/" + "a" * 20_000).status in (400, 414)


def test_a_visitor_is_told_apart_by_the_address_that_the_proxy_saw(stage: Stage, visitor: Visitor) -> None:
    # who writes an address of its own on every request still has one bucket: with a new one each time nothing would be refused
    guess = {"Authorization": "Bearer fout"}
    status = [visitor.ask("GET", "/monitor", None, {**guess, "X-Forwarded-For": f"198.51.100.{i}"}).status for i in range(20)]
    assert 429 in status, status


def test_a_conversation_comes_to_its_card(visitor: Visitor) -> None:
    talk = chat(visitor)
    talk.say(TOLD[0])
    talk.to_the_card()
    assert (talk.lost, talk.tries) == (0, len(talk.said) + 1), "nothing had to be sent twice"


def test_the_plain_page_works_too(visitor: Visitor) -> None:
    page = visitor.ask("GET", "/")
    token = re.search(r'name="token" value="([^"]+)"', page.text)
    assert token
    answer = _form(visitor, token.group(1), 0, TOLD[1])
    assert answer.status == 200 and "noodbalk" in answer.text
    assert "Zwaluwstaart" not in answer.text, "a name is masked"


def _form(visitor: Visitor, token: str, turn: int, text: str) -> Any:
    body = urlencode({"token": token, "beurt": str(turn), "bericht": text, "rol": "leerkracht"})
    return visitor.ask("POST", "/gesprek", body, {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"})


def test_a_link_made_in_the_container_opens(stage: Stage, visitor: Visitor) -> None:
    code, said = stage.run(
        "app1", ["python", "-m", "tools.link", "--rol", "huisarts", "--gemeente", "dordrecht", "--geldig", "90d", "--herkomst", "proef"]
    )
    assert code == 0, said
    made = said.splitlines()[0]
    assert made.startswith(f"https://{NAME}/l/")
    page = visitor.ask("GET", urlsplit(made).path)
    assert page.status == 200 and "KNMG" in page.text


# -- each part goes and comes back -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", list(ENDS))
def test_a_conversation_goes_on_while_a_part_is_started_again(stage: Stage, visitor: Visitor, part: str) -> None:
    talk = chat(visitor)
    talk.say(TOLD[0])
    if ENDS[part] == "kill":
        stage.kill(part)
    else:
        stage.stop(part)
    if part in (*WORKERS, "postgres"):
        talk.choose()  # the others answer
    elif part == "redis":
        _danger_without_redis(visitor)
    else:
        with pytest.raises(ConnectionRefusedError):
            visitor.ask("GET", "/")
    stage.start(part)
    talk.say(TOLD[1 + list(ENDS).index(part)])
    talk.to_the_card()
    assert (talk.lost > 0) == (part == "redis"), "only Redis keeps conversations"


def _danger_without_redis(visitor: Visitor) -> None:
    """Nothing can be kept; danger is still found, and what to do in danger is told."""
    began = visitor.ask("POST", "/gesprek/begin", "{}", {"Content-Type": "text/plain"})
    assert began.status == 200
    answer = visitor.ask(
        "POST",
        "/gesprek/zeg",
        json.dumps({"nummer": 1, "bericht": DANGER}),
        {"Content-Type": "application/json", "X-Routekaart": began.json["token"]},
    )
    assert answer.status == 503
    assert '"nood"' in answer.text and "112" in answer.text
    calm = visitor.ask("GET", "/")
    assert calm.status == 200 and "112" in calm.text


def test_workers_that_stop_finish_what_they_have_in_hand(stage: Stage, visitor: Visitor) -> None:
    """While people write, one worker after the other is started anew: nobody loses a message."""
    stop, wrong, answered = threading.Event(), [], []

    def write() -> None:
        while not stop.is_set():
            talk = chat(visitor)
            try:
                talk.say(TOLD[2])
                talk.choose()
            except Exception as error:
                wrong.append(repr(error))
                return
            answered.append(talk)

    people = [threading.Thread(target=write) for _ in range(3)]
    for person in people:
        person.start()
    try:
        time.sleep(1)
        for worker in WORKERS:
            stage.stop(worker)
            stage.start(worker)
    finally:
        stop.set()
        for person in people:
            person.join(90)
    assert wrong == []
    assert len(answered) >= 6 and not any(talk.lost for talk in answered)


def test_the_plain_page_keeps_the_text_when_redis_forgot(stage: Stage, visitor: Visitor) -> None:
    token = re.search(r'name="token" value="([^"]+)"', visitor.ask("GET", "/").text)
    assert token
    _form(visitor, token.group(1), 0, TOLD[5])
    stage.stop("redis")
    stage.start("redis")
    for _ in range(20):  # a worker that has not noticed yet that Redis is back says so first, and keeps the text as well
        answer = _form(visitor, token.group(1), 1, DRAFT)
        assert "Pien Wilgenroos" in html.unescape(answer.text), "what was typed is still in its field"
        if answer.status == 200:
            return
        time.sleep(0.5)
    raise AssertionError(f"still {answer.status}")


def test_without_any_worker_the_numbers_are_there(stage: Stage, visitor: Visitor) -> None:
    for worker in WORKERS:
        stage.stop(worker)
    try:
        answer = visitor.ask("POST", "/gesprek", "bericht=" + TOLD[3], {"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status == 502
        assert "112" in answer.text and "0800-2000" in answer.text and "<script" not in answer.text
        assert answer.headers["cache-control"] == "no-store"
    finally:
        stage.start(*WORKERS)


def test_the_switch_closes_and_opens_without_a_restart(stage: Stage, visitor: Visitor, folder: Path) -> None:
    switch = folder / "lokaal" / "schakelaar" / "dicht"
    switch.touch()
    try:
        talk = chat(visitor)
        said = talk.say(TOLD[4])
        assert "112" in json.dumps(said) and talk.cards() == []
    finally:
        switch.unlink()
    talk = chat(visitor)
    talk.say(TOLD[4])
    assert talk.cards() != []


# -- what they may do ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["proxy", "app1", "redis", "postgres"])
def test_a_part_may_do_no_more_than_the_file_says(stage: Stage, part: str) -> None:
    service = stage.services[part]
    code, said = stage.run(
        part,
        ["sh", "-c", "for d in / /etc /usr /var /app /opt /home /root; do touch $d/proef 2>/dev/null && echo wrote $d; done; touch /tmp/proef && echo memory; exit 0"],
    )  # fmt: skip
    assert (code, said.split("\n")[:-1]) == (0, ["memory"])
    rows = dict(re.findall(r"^(\w+):[ \t]*(.*)$", Path(f"/proc/{stage.running[part].pid}/status").read_text(encoding="utf8"), re.MULTILINE))
    uid, gid = service.ids
    assert set(rows["Uid"].split()) == {str(uid)} and set(rows["Gid"].split()) == {str(gid)} and rows["Groups"].strip() in ("", str(gid))
    assert {rows[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert rows["NoNewPrivs"] == "1"
    limits = Path(f"/proc/{stage.running[part].pid}/limits").read_text(encoding="utf8")
    assert re.search(r"Max core file size\s+0\s+0\s", limits)


def test_no_part_has_a_way_to_the_world(stage: Stage) -> None:
    for part in stage.services:
        with stage.inside(part), pytest.raises(OSError, match="unreachable"):
            socket.create_connection(("192.0.2.1", 443), 2)


def test_visitors_reach_the_proxy_and_nothing_behind_it(stage: Stage) -> None:
    for part, port in (("app1", 5005), ("redis", 6379), ("postgres", 5432)):
        with stage.inside(), pytest.raises(OSError, match=r"unreachable|timed out"):
            socket.create_connection((stage.address(part), port), 2)


def test_the_limits_leave_room(stage: Stage) -> None:
    for part, service in stage.services.items():
        most = stage.most_used(part)
        assert 0 < most < 0.9 * service.memory, f"{part} used {most >> 20} MB of {service.memory >> 20}"


# -- what is left behind ---------------------------------------------------------------------------------------------------------------


def test_redis_holds_nothing_that_can_be_read(stage: Stage, visitor: Visitor) -> None:
    talk = chat(visitor)
    talk.say(TOLD[0])
    talk.say(TOLD[1])
    with stage.inside("app1"):
        client = redis.Redis.from_url(reachable(stage, stage.services["app1"].environment["REDIS_URL"]))
        keys = list(client.scan_iter())
        kept = [bytes(client.get(key) or b"") for key in keys if client.type(key) == b"string"]
        left = [client.ttl(key) for key in keys]
        with pytest.raises(redis.ResponseError):
            client.config_get("*")
        with pytest.raises(redis.ResponseError):
            client.keys("*")
        client.close()
    assert len(kept) > 1 and sum(map(len, kept)) > 2000, "the conversation is there"
    everything = b"\n".join([*keys, *kept]).lower()
    assert [word for word in words(*TOLD, DANGER, DRAFT) if word.encode() in everything] == []
    assert talk.token.encode() not in everything
    assert all(seconds > 0 for seconds in left), "everything expires"
    with stage.inside("app1"), pytest.raises(redis.RedisError):
        redis.Redis(host=stage.address("redis")).ping()


def test_postgres_holds_counts_and_no_stories(stage: Stage) -> None:
    for worker in WORKERS:
        stage.stop(worker)  # a worker that stops writes down what it still has
    with stage.inside("app1"):
        connection = psycopg2.connect(reachable(stage, stage.services["app1"].environment["DATABASE_URL"]))
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
            assert cursor.fetchall() == [(False,)]
            cursor.execute("SELECT soort, waarde, aantal FROM telling")
            rows = cursor.fetchall()
        connection.close()
    assert sum(number for kind, _, number in rows if kind == "gesprek") >= 5, rows
    assert [word for word in words(*TOLD, DANGER, DRAFT) if word in repr(rows).lower()] == []
    stage.start(*WORKERS)


def test_nothing_that_was_typed_is_on_disk_or_in_a_log(stage: Stage, visitor: Visitor) -> None:
    began = time.monotonic()
    for part in reversed(list(stage.running)):
        stage.stop(part)  # what they say at the end is read as well
    assert time.monotonic() - began < START_SECONDS
    typed = words(*TOLD, DANGER, DRAFT)
    assert len(typed) > 40
    for part in stage.services:
        log = stage.log(part).lower()
        assert log, f"{part} wrote nothing at all"
        assert [word for word in typed if word in log] == [], part
        assert "172.29.54.1" not in log.replace("172.29.54.10", ""), f"{part} tells the address of a visitor"
        assert "client:" not in log and "198.51.100." not in log, f"{part} tells of a visitor"
        assert "x-routekaart" not in log and "token" not in log, part
    for path in (stage.folder / "volumes").rglob("*"):
        if path.is_file():
            kept = path.read_bytes().lower()
            assert [word for word in typed if word.encode() in kept] == [], path


def test_the_logs_are_lines_that_a_machine_can_read(stage: Stage) -> None:
    for worker in WORKERS:
        for line in stage.log(worker).splitlines():
            assert {"time", "level", "logger", "text"} <= set(json.loads(line)), line
    told = [json.loads(line) for line in stage.log("proxy").splitlines() if line.startswith("{")]
    assert told and {row["status"] for row in told} <= {502, 503, 504}
    assert all(set(row) == {"time", "status", "deel", "seconden", "werkers"} for row in told)
    assert {"gesprek"} <= {row["deel"] for row in told} <= {"anders", "pagina", "gesprek", "oefenen", "static", "link", "monitor"}
