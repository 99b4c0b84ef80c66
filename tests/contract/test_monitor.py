"""`/monitor` and `/metrics` on the running program: who may see them, what they show, and that nothing that was said is in them."""

from __future__ import annotations

import csv
import io
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bot.monitor.counts import FILE_VARIABLE, Cell, SqliteCounts
from bot.monitor.disclose import periods
from bot.monitor.events import Event
from bot.monitor.recorder import today
from bot.server import metrics, monitor_page
from tests.clock import Clock
from tests.contract.page import FORM, Page, Visitor
from tests.contract.support import Answer, Server, call, hook, running

TOKEN, HOST_TOKEN = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
SMALL_EVENT, LARGE_EVENT = Event("contact", "politie"), Event("rol", "jgz")
PRIVATE = ("Kwartelstra", "48151623", "Kerkstraat 12", "kwartelschool")
TOLD = "Mijn leerling Joris Kwartelstra (06-48151623, Kerkstraat 12, joris@kwartelschool.nl) heeft blauwe plekken."


@dataclass
class Watched:
    """A server with a monitor, and the file of its counts."""

    server: Server
    path: Path


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """The program with both tokens and a file in which last month was busy."""
    folder = tmp_path_factory.mktemp("monitor")
    path = folder / "telling.db"
    month = periods("maand", today())[0]
    clock = Clock(month.first)
    store = SqliteCounts(path, clock.now)
    store.add({Cell(clock.day(), "dordrecht", SMALL_EVENT): 4}, "klein")
    for _ in range(20):
        store.add({Cell(clock.day(), "dordrecht", LARGE_EVENT): 30}, str(clock.day()))
        clock.go(days=1)
    store.close()
    more = {FILE_VARIABLE: str(path), monitor_page.TOKEN_VARIABLE: TOKEN, metrics.TOKEN_VARIABLE: HOST_TOKEN}
    with running(folder / "server", token=secrets.token_urlsafe(24), more=more) as server:
        yield Watched(server, path)


def post(server: Server, path: str = "/monitor", headers: dict[str, str] | None = None, **fields: str) -> Answer:
    """A form that is sent."""
    return call(server, "POST", path, urlencode(fields), {"Content-Type": FORM, **(headers or {})})


def bearer(server: Server, path: str, token: str) -> Answer:
    """A page with the token in a header."""
    return call(server, "GET", path, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("path", ["/monitor", "/monitor/csv", "/metrics"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_their_variables_they_do_not_exist(server: Server, path: str, method: str) -> None:
    assert call(server, method, path).status == 404
    assert bearer(server, path, server.token).status == 404


def test_the_page_asks_for_the_token_and_shows_nothing_without(watched: Watched) -> None:
    page = call(watched.server, "GET", "/monitor")
    assert page.status == 200
    assert 'type="password"' in page.text
    for answer in (page, post(watched.server), post(watched.server, token="x" * 20), bearer(watched.server, "/monitor", "x")):
        assert "<table" not in answer.text
        assert "Dordrecht" not in answer.text
    assert post(watched.server, token="x" * 20).status == 401


@pytest.mark.parametrize("query", [f"?token={TOKEN}", f"?token={TOKEN}&gemeente=dordrecht"])
@pytest.mark.parametrize("path", ["/monitor", "/monitor/csv", "/metrics"])
def test_a_token_in_the_address_opens_nothing(watched: Watched, path: str, query: str) -> None:
    answer = call(watched.server, "GET", path + query)
    assert "<table" not in answer.text and "jgz" not in answer.text and "routekaart_" not in answer.text


def test_the_two_tokens_do_not_open_each_other(watched: Watched) -> None:
    assert bearer(watched.server, "/metrics", TOKEN).status == 401
    assert bearer(watched.server, "/monitor", HOST_TOKEN).status == 401
    assert bearer(watched.server, "/metrics", watched.server.token).status == 401


@pytest.mark.parametrize("way", ["form", "header"])
def test_who_has_the_token_sees_tables_of_last_month(watched: Watched, way: str) -> None:
    answer = post(watched.server, token=TOKEN) if way == "form" else bearer(watched.server, "/monitor", TOKEN)
    assert answer.status == 200
    page = Page(answer.text)
    tags = [name for name, _ in page.tags]
    assert tags.count("table") >= 2 and tags.count("caption") == tags.count("table")
    assert "Jeugdarts" in page.text
    assert "script" not in tags and not [1 for _, attributes in page.tags if "style" in attributes]
    assert all(a.get("aria-hidden") == "true" for name, a in page.tags if name == "svg"), "the table tells it too"
    assert not [a for name, a in page.tags if TOKEN in str(a) and not (name == "input" and a.get("type") == "hidden")]
    assert (TOKEN in answer.text) is (way == "form")
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def rows(answer: Answer) -> dict[tuple[str, str], str]:
    """The CSV: kind and value -> what is shown."""
    assert answer.status == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    return {(row["soort"], row["waarde"]): row["aantal"] for row in csv.DictReader(io.StringIO(answer.text))}


def test_csv_and_page_say_the_same_and_hide_what_is_small(watched: Watched) -> None:
    month = str(periods("maand", today())[0])
    by_form = rows(post(watched.server, "/monitor/csv", token=TOKEN, gemeente="dordrecht", periode=month))
    by_header = rows(bearer(watched.server, f"/monitor/csv?gemeente=dordrecht&periode={month}", TOKEN))
    assert by_form == by_header
    assert by_form["contact", "politie"] == "<5"
    shown = by_form["rol", "jgz"]
    assert abs(int(shown) - 600) < 60 and int(shown) % 5 == 0
    assert f">{shown}<" in post(watched.server, token=TOKEN, gemeente="dordrecht", periode=month).text
    assert set(rows(post(watched.server, "/monitor/csv", token=TOKEN, gemeente="arnhem", periode=month)).values()) == {"<5"}


def test_what_is_not_over_or_nowhere_is_not_shown(watched: Watched) -> None:
    now = today()
    for asked in (str(now), f"{now:%Y-%m}", str(now - timedelta(days=1)), "1999", "x", "2026-11-01..2026-11-03"):
        answer = post(watched.server, token=TOKEN, gemeente="dordrecht", periode=asked)
        assert answer.status == 404 and "<table" not in answer.text, asked
    assert post(watched.server, "/monitor/csv", token=TOKEN, gemeente="elders", periode="").status == 404


def test_a_form_of_another_site_is_refused(watched: Watched) -> None:
    assert post(watched.server, headers={"Sec-Fetch-Site": "cross-site"}, token=TOKEN).status == 403


def test_a_conversation_is_counted_and_nothing_of_it_is_kept(watched: Watched) -> None:
    visitor = Visitor(watched.server)
    visitor.say(TOLD)
    visitor.press("Klopt")
    sender = "Kwartelstra-" + secrets.token_hex(4)
    for text in (TOLD, "kan ik anoniem blijven als ik over Joris Kwartelstra bel?", "qwzx Kwartelstra"):
        hook(
            watched.server,
            {"sender": sender, "message": text, "metadata": {"rol": "leerkracht", "gemeente": "dordrecht", "herkomst": "Kwartelstra"}},
        )
    figures = bearer(watched.server, "/metrics", HOST_TOKEN).text
    page = post(watched.server, token=TOKEN).text
    watched.server.stop()
    with sqlite3.connect(watched.path) as file:
        counted = {
            (day, kind, value): n
            for day, kind, value, n in file.execute("SELECT dag, soort, waarde, aantal FROM telling WHERE gemeente = 'dordrecht'")
        }
        columns = [row[1] for row in file.execute("PRAGMA table_info(telling)")]
    assert columns == ["dag", "gemeente", "soort", "waarde", "aantal"]
    now = str(today())
    assert counted[now, "gesprek", "begonnen"] == 2
    assert counted[now, "route", "zorg"] == 2
    assert counted[now, "antwoord", "vraag_anoniem"] == 1
    assert all(len(day) == len("2026-11-22") and date.fromisoformat(day) for day, _, _ in counted)
    kept = watched.path.read_bytes().decode("utf8", "replace")
    for text in (kept, figures, page, watched.server.log()):
        assert not [word for word in (*PRIVATE, sender, "Joris") if word in text]
        assert text is page or TOKEN not in text
    assert "dordrecht" not in figures and "leerkracht" not in figures
