"""A team around a screen, over HTTP as browsers without script do it and as the script asks: what is shown when, to whom, and what is refused."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest

from bot.content import load_content
from bot.content.load import read_yaml
from bot.server.people import HEADERS
from bot.server.team_routes import BEGIN, PAPER, PHONE, SCREEN, START, TEAM_PATHS, TOKEN_HEADER
from tests.contract.page import FORM, Page
from tests.contract.support import Answer, Server, call, running, wait_for
from tests.engines import RedisServer, redis_server

CONTENT = load_content()
CASE = CONTENT.cases["C1"]
WORDS = read_yaml(CONTENT.folder / "team.yml")


def say(key: str, **values: object) -> str:
    """A text of the team."""
    return str(WORDS[key]["allen"]).format(**values)


@dataclass
class Place:
    """A screen or a phone: a browser that holds a page."""

    server: Server
    path: str
    answer: Answer

    @property
    def page(self) -> Page:
        """What is shown."""
        return Page(self.answer.text)

    @property
    def token(self) -> str:
        """What the forms carry."""
        return next(given["value"] for tag, given in self.page.tags if given.get("name") == "token")

    @property
    def step(self) -> str:
        """The step of the forms on a screen."""
        return next(given["value"] for tag, given in self.page.tags if given.get("name") == "stap")

    @property
    def question(self) -> str:
        """What a choice on a phone is about."""
        return next(given["value"] for tag, given in self.page.tags if given.get("name") == "vraag")

    def send(self, **fields: str) -> Place:
        """Press something."""
        self.answer = post(self.server, self.path, {"token": self.token, **fields})
        return self

    def do(self, deed: str, **fields: str) -> Place:
        """Press something of the screen."""
        return self.send(stap=self.step, doe=deed, **fields)

    def look(self, **headers: str) -> Answer:
        """What the script asks."""
        return call(self.server, "GET", self.path, headers={TOKEN_HEADER: self.token, **headers})


def post(server: Server, path: str, fields: dict[str, str], **headers: str) -> Answer:
    return call(server, "POST", path, urlencode(fields), {"Content-Type": FORM, **headers})


def begin(server: Server, case: str = "C1") -> tuple[Place, str]:
    """A screen, and the code on it."""
    screen = Place(server, SCREEN, post(server, BEGIN, {"casus": case}))
    assert screen.answer.status == 200
    found = re.search(r'class="code">([A-Z0-9]{3}) ([A-Z0-9]{3})<', screen.answer.text)
    assert found
    return screen, "".join(found.groups())


def join(server: Server, code: str) -> Place:
    """A phone that came in."""
    phone = Place(server, PHONE, post(server, PHONE, {"code": code}))
    assert phone.answer.status == 200, phone.answer.text
    return phone


def refreshed(phone: Place) -> Place:
    """Pressed "Vernieuw"."""
    return phone.send()


def to_choosing(screen: Place) -> Place:
    return screen.do("verder").do("verder")


def test_each_page_works_without_script_and_says_that_it_is_a_rehearsal_and_where_to_go_with_something_real(server: Server) -> None:
    screen, code = begin(server)
    pages = [call(server, "GET", START), call(server, "GET", PHONE), call(server, "GET", SCREEN), join(server, code).answer]
    for answer in pages:
        page = Page(answer.text)
        links = [given.get("href", "") for tag, given in page.tags if tag == "a"]
        assert answer.status == 200 and say("label") in page.text
        assert say("echt") in page.text and "/" in links and "tel:112" in links and "tel:08002000" in links
    assert all(case["titel"] in Page(pages[0].text).text for case in CONTENT.cases.values())
    assert say("label") in screen.page.text


def test_headers_are_those_of_the_other_pages_and_only_own_scripts_run(server: Server) -> None:
    screen, code = begin(server)
    phone = join(server, code)
    for answer in (call(server, "GET", START), screen.answer, phone.answer, screen.look(), call(server, "GET", f"{PAPER}?casus=C1")):
        for name, value in HEADERS.items():
            if name != "Content-Security-Policy":
                assert answer.headers[name.lower()] == value
        policy = answer.headers["content-security-policy"]
        assert (
            "default-src 'none'" in policy
            and "script-src 'self';" in policy
            and "unsafe" not in policy
            and "frame-ancestors 'none'" in policy
        )
        assert "set-cookie" not in answer.headers
        page = Page(answer.text)
        scripts = [given for tag, given in page.tags if tag == "script"]
        assert all(given["src"].startswith("/static/team/team.js?v=") for given in scripts)
        assert not [given for _, given in page.tags if any(name.startswith("on") or name == "style" for name in given)]


def test_from_the_scene_to_the_end_nothing_is_told_too_early(server: Server) -> None:
    screen, code = begin(server)
    phones = [join(server, code.lower()), join(server, f"{code[:3]}-{code[3:]}")]
    moment = CASE["momenten"]["M1"]
    titles = [option["titel"] for option in moment["opties"].values()]
    told = [option[key] for option in moment["opties"].values() for key in ("gevolg", "waarom", "goed")]
    spread = say("verdeling_kop")

    assert CASE["begin"] in screen.page.text and titles[0] not in screen.page.text
    screen.do("verder")
    assert moment["denk"] in screen.page.text and titles[0] not in screen.page.text
    assert titles[0] not in refreshed(phones[0]).page.text and say("kijk") in phones[0].page.text
    screen.do("verder")
    assert moment["vraag"] in screen.page.text and all(title in screen.page.text for title in titles)
    for phone, option in zip(phones, "ab", strict=True):
        assert all(title in refreshed(phone).page.text for title in titles)
        phone.send(vraag=phone.question, keuze=option)
        assert say("binnen", letter=option.upper()) in phone.page.text
    screen.send()
    assert say("antwoorden", aantal=2) in screen.page.text
    for place in (screen, *phones):
        assert spread not in place.page.text and not any(line in place.page.text for line in told)
    screen.do("verder", handen_c="3")
    assert spread in screen.page.text and say("verdeling_van", aantal=3, van=5) in screen.page.text
    assert not any(line in screen.page.text for line in told)
    assert [given["value"] for tag, given in screen.page.tags if given.get("type") == "radio" and "checked" in given] == ["c"]
    screen.do("verder", optie="a")
    assert all(line in screen.page.text for line in told) and moment["regel"] in screen.page.text
    screen.do("verder")
    assert all(line in screen.page.text for line in CASE["gespreksvragen"])
    assert all(say(f"gouden_{n}") in screen.page.text for n in range(1, 6))
    for phone in phones:
        text = refreshed(phone).page.text
        assert not any(line in text for line in told) and spread not in text and CASE["begeleider"] not in text
    screen.do("verder")
    later = CASE["momenten"]["M2"]["scene_na"][0]
    assert later["keuze"] == "M1.a" and CASE["momenten"]["M2"]["scene"] in screen.page.text and later["tekst"] in screen.page.text
    for _ in range(30):
        if CASE["teamvraag"] in screen.page.text:
            break
        screen.do("verder", optie="a")
    assert all(line in screen.page.text for line in CASE["leerpunten"]) and CASE["fout"] in screen.page.text
    assert say("klaar") in refreshed(phones[0]).page.text


def test_a_choice_can_be_changed_until_it_is_closed_and_then_not(server: Server) -> None:
    screen, code = begin(server)
    phone = join(server, code)
    to_choosing(screen)
    question = refreshed(phone).question
    for option in "abb":
        phone.send(vraag=question, keuze=option)
    screen.do("verder")
    assert say("verdeling_van", aantal=1, van=1) in screen.page.text
    phone.send(vraag=question, keuze="c")
    assert say("dicht", letter="B") in phone.page.text
    screen.send()
    assert say("verdeling_van", aantal=1, van=1) in screen.page.text and say("verdeling_van", aantal=0, van=1) in screen.page.text


def test_a_press_that_is_sent_twice_does_nothing_twice(server: Server) -> None:
    screen, _ = begin(server)
    step = screen.step
    for _ in range(3):
        screen.send(stap=step, doe="verder")
    assert CASE["momenten"]["M1"]["denk"] in screen.page.text
    assert CASE["momenten"]["M1"]["vraag"] not in screen.page.text


def test_a_page_that_is_reloaded_without_script_opens_nothing_twice(server: Server) -> None:
    start = Page(call(server, "GET", START).text)
    first, again = (Place(server, SCREEN, post(server, BEGIN, {**start.forms[BEGIN].fields, "casus": "C1"})) for _ in range(2))
    assert first.token == again.token
    code = re.search(r'class="code">([A-Z0-9 ]+)<', first.answer.text)
    form = Page(call(server, "GET", PHONE).text).forms[PHONE].fields
    assert code
    tokens = {Place(server, PHONE, post(server, PHONE, {**form, "code": code.group(1)})).token for _ in range(2)}
    assert len(tokens) == 1


def test_the_script_gets_a_page_only_when_it_changed(server: Server) -> None:
    screen, code = begin(server)
    phone = join(server, code)
    for place in (screen, phone):
        first = place.look()
        again = place.look(**{"If-None-Match": first.headers["etag"]})
        assert first.status == 200 and (again.status, again.text) == (304, "")
    mark = {"If-None-Match": screen.look().headers["etag"]}
    to_choosing(screen)
    assert screen.look(**mark).status == 200
    mine = {"If-None-Match": phone.look().headers["etag"]}
    other = join(server, code)
    other.send(vraag=refreshed(other).question, keuze="a")
    assert phone.look(**mine).status == 304, "what others chose is nothing for a phone"


def test_who_returns_by_letters_has_the_same_place(server: Server) -> None:
    screen, code = begin(server)
    phone = join(server, code)
    to_choosing(screen)
    phone.send(vraag=refreshed(phone).question, keuze="b")
    mine = re.search(r'class="code klein">([A-Z0-9 ]+)<', phone.answer.text)
    led = re.search(r'class="code klein">([A-Z0-9 ]+)<', screen.answer.text)
    assert mine and led
    back = Place(server, PHONE, post(server, PHONE, {"code": mine.group(1)}))
    assert back.token == phone.token and say("binnen", letter="B") in back.page.text
    again = Place(server, SCREEN, post(server, SCREEN, {"code": led.group(1)}))
    assert again.token == screen.token and say("antwoorden", aantal=1) in again.page.text
    assert led.group(1) not in phone.answer.text


def test_a_phone_is_no_screen_and_a_screen_no_phone(server: Server) -> None:
    screen, code = begin(server)
    phone = join(server, code)
    assert post(server, SCREEN, {"token": phone.token, "stap": screen.step, "doe": "verder"}).status == 410
    assert post(server, SCREEN, {"token": phone.token, "doe": "sluit"}).status == 410
    assert post(server, PHONE, {"token": screen.token, "keuze": "a"}).status == 410
    assert screen.look().status == 200 and phone.look().status == 200


def test_closed_is_gone_for_everybody(server: Server) -> None:
    screen, code = begin(server)
    phone, leader = join(server, code), screen.token
    token = phone.token
    screen.do("sluit")
    assert screen.answer.status == 410 and say("voorbij_kop") in screen.page.text
    for path, held in ((PHONE, token), (SCREEN, leader)):
        gone = call(server, "GET", path, headers={TOKEN_HEADER: held})
        assert gone.status == 410 and say("voorbij") in Page(gone.text).text and held not in gone.text
    assert post(server, PHONE, {"code": code}).status == 404


def test_leaving_gives_the_seat_up(server: Server) -> None:
    screen, code = begin(server)
    phone = join(server, code)
    screen.send()
    assert say("telefoons", aantal=1) in screen.page.text
    phone.send(doe="weg")
    assert phone.answer.status == 410 and say("weg_kop") in phone.page.text
    screen.send()
    assert say("telefoons", aantal=0) in screen.page.text


@pytest.mark.parametrize("path", [BEGIN, SCREEN, PHONE])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_forms_of_other_sites_are_refused(server: Server, path: str, site: str) -> None:
    screen, code = begin(server)
    for fields in ({"casus": "C1", "code": code}, {"token": screen.token, "stap": screen.step, "doe": "verder"}):
        answer = post(server, path, fields, **{"Sec-Fetch-Site": site})
        assert answer.status == 403 and screen.token not in answer.text
    assert CASE["begin"] in screen.send().page.text


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"code": ""},
        {"code": "AAAAAA"},
        {"code": "<script>alert(1)</script>"},
        {"code": "A" * 5000},
        {"token": "x"},
        {"token": "é", "keuze": "a"},
        {"token": "x" * 5000, "doe": "verder", "stap": "1"},
    ],
)
@pytest.mark.parametrize("path", [SCREEN, PHONE])
def test_nonsense_is_refused_in_plain_words(server: Server, path: str, fields: dict[str, str]) -> None:
    answer = post(server, path, fields)
    assert answer.status in (404, 410)
    assert "<script>alert" not in answer.text and Page(answer.text).text


@pytest.mark.parametrize(
    "fields",
    [
        {"doe": "verder", "stap": "x"},
        {"doe": "casus", "casus": "C99"},
        {"doe": "klok", "minuten": "-1"},
        {"doe": "klok", "minuten": "²"},
        {"doe": "klok", "minuten": "99999999999999999999"},
        {"doe": "iets"},
        {"doe": "verder", "optie": "z"},
        {"doe": "terug"},
    ],
)
def test_a_screen_stays_as_it_is_where_something_can_not_be_done(server: Server, fields: dict[str, str]) -> None:
    screen, _ = begin(server)
    screen.do("verder", optie="q").do("verder").do("verder", handen_a="x", handen_b="1e9", handen_c="-3")
    assert say("verdeling_geen") in screen.page.text
    step = screen.step
    screen.send(**{"stap": step, **fields})
    assert screen.answer.status == 200 and screen.step == step


def test_wrong_cases_and_methods(server: Server) -> None:
    assert post(server, BEGIN, {"casus": "C99"}).status == 400
    assert call(server, "GET", f"{PAPER}?casus=%3Cscript%3E").status == 404
    assert call(server, "GET", f"{START}?casus=%3Cscript%3Ealert(1)%3C/script%3E").status == 200
    assert call(server, "POST", START, "").status in (404, 405)


@pytest.mark.parametrize("case", CONTENT.cases)
def test_the_hand_out_has_the_answers_on_its_second_sheet_only(server: Server, case: str) -> None:
    answer = call(server, "GET", f"{PAPER}?casus={case}")
    row = CONTENT.cases[case]
    assert answer.status == 200
    first, second = (Page(part).text for part in answer.text.split('<section class="blad vel"')[1:])
    for moment in row["momenten"].values():
        assert moment["vraag"] in first and moment["regel"] not in first and moment["regel"] in second
        for option in moment["opties"].values():
            assert option["titel"] in first and option["waarom"] not in first and option["waarom"] in second
    assert row["teamvraag"] in second and row["begeleider"] not in first + second


def test_nothing_of_it_is_in_the_log(server: Server) -> None:
    screen, code = begin(server)
    phone = join(server, code)
    to_choosing(screen)
    phone.send(vraag=refreshed(phone).question, keuze="b")
    log = server.log()
    for secret in (code, screen.token, phone.token, CASE["begin"][:40], CASE["momenten"]["M1"]["opties"]["b"]["titel"]):
        assert secret not in log


def test_no_token_stands_in_an_address(server: Server) -> None:
    screen, code = begin(server)
    phone = join(server, code)
    for place in (screen, phone):
        for _, given in place.page.tags:
            for name in ("href", "action", "src"):
                assert place.token not in given.get(name, "") and code not in given.get(name, "")
        assert all(form.method == "post" for form in place.page.forms.values())
    assert all(path.startswith("/oefenen/") for path in TEAM_PATHS)


def test_a_nonsense_of_letters_in_the_header_is_no_error(server: Server) -> None:
    for token in ("x", "ACDEFH.x.y", "a" * 500, "%00"):
        assert call(server, "GET", PHONE, headers={TOKEN_HEADER: token}).status == 410


# -- two workers on one Redis --------------------------------------------------------------------------------------------------------


@dataclass
class Shared:
    """Two workers and the Redis they share."""

    redis: RedisServer
    servers: list[Server]

    def elsewhere(self, place: Place, turn: int = 1) -> Place:
        """The same page, that goes on at another worker."""
        place.server = self.servers[(self.servers.index(place.server) + turn) % 2]
        return place


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """Two workers that answer, on a Redis that keeps what it has over a restart."""
    folder = tmp_path_factory.mktemp("shared")
    secret = secrets.token_hex(16)
    with ExitStack() as stack:
        engine = stack.enter_context(redis_server(folder / "redis", appendonly=True))
        more = {"REDIS_URL": engine.url, "ROUTEKAART_SECRET": secret}
        servers = [stack.enter_context(running(folder / str(i), token=None, more=more)) for i in range(2)]
        yield Shared(engine, servers)


def test_twelve_phones_on_two_workers_are_each_counted_once(shared: Shared) -> None:
    screen, code = begin(shared.servers[0])
    with ThreadPoolExecutor(12) as at_once:
        phones = list(at_once.map(lambda i: join(shared.servers[i % 2], code), range(12)))
        to_choosing(screen)
        shared.elsewhere(screen)

        def choose(i: int) -> None:
            """Change one's mind, each time at another worker; the last press is sent twice."""
            phone = phones[i]
            question = refreshed(phone).question
            for option in ("b", "c", "abc"[i % 3], "abc"[i % 3]):
                shared.elsewhere(phone).send(vraag=question, keuze=option)
                assert phone.answer.status == 200

        list(at_once.map(choose, range(12)))
    screen.send()
    assert say("telefoons", aantal=12) in screen.page.text and say("antwoorden", aantal=12) in screen.page.text
    screen.do("verder", handen_a="3")
    text = shared.elsewhere(screen).send().page.text
    assert all(say("verdeling_van", aantal=n, van=15) in text for n in (7, 4))
    assert say("verdeling_keuzes", aantal=15) in screen.answer.text


def test_who_comes_back_or_reloads_is_at_home_at_any_worker(shared: Shared) -> None:
    start = Page(call(shared.servers[0], "GET", START).text)
    fields = {**start.forms[BEGIN].fields, "casus": "C1"}
    screens = [Place(server, SCREEN, post(server, BEGIN, fields)) for server in shared.servers]
    assert screens[0].token == screens[1].token
    led = re.search(r'class="code klein">([A-Z0-9 ]+)<', screens[0].answer.text)
    assert led
    assert Place(shared.servers[1], SCREEN, post(shared.servers[1], SCREEN, {"code": led.group(1)})).token == screens[0].token
    mark = screens[0].look().headers["etag"]
    assert shared.elsewhere(screens[0]).look(**{"If-None-Match": mark}).status == 304
    screens[1].do("sluit")
    assert screens[0].look().status == 410


def test_while_redis_is_away_a_page_says_so_and_sends_the_same_again(shared: Shared) -> None:
    screen, code = begin(shared.servers[0])
    phone = join(shared.servers[1], code)
    to_choosing(screen)
    question = refreshed(phone).question
    start = Page(call(shared.servers[0], "GET", START).text)
    late = {**start.forms[BEGIN].fields, "casus": "C2"}
    pressed = {"token": phone.token, "vraag": question, "keuze": "b"}
    counted = {"token": screen.token, "stap": screen.step, "doe": "verder", "handen_c": "3"}
    joining = {**Page(call(shared.servers[0], "GET", PHONE).text).forms[PHONE].fields, "code": code}
    sent = [(PHONE, pressed), (SCREEN, counted), (BEGIN, late), (PHONE, joining)]
    shared.redis.kill()
    try:
        kept = []
        for path, fields in sent:
            answer = post(shared.servers[0], path, {**fields, "iets": "anders"})
            page = Page(answer.text)
            links = [given.get("href", "") for tag, given in page.tags if tag == "a"]
            assert answer.status == 503 and CONTENT.say("storing") in page.text and "tel:112" in links and "tel:08002000" in links
            assert page.forms[path].fields == fields and page.forms[path].method == "post"
            kept.append((path, page.forms[path].fields))
        looked = phone.look()
        assert looked.status == 503 and not Page(looked.text).forms.get(PHONE) and phone.token not in looked.text
        assert [call(shared.servers[1], "GET", path).status for path in (START, PHONE, f"{PAPER}?casus=C1")] == [200] * 3
        assert post(shared.servers[0], PHONE, {"code": "geen"}).status == 404
    finally:
        shared.redis.start()
    assert wait_for(lambda: phone.look().status == 200)
    for path, fields in kept * 2:
        assert post(shared.servers[1], path, fields).status == 200
    text = screen.send().page.text
    assert say("verdeling_van", aantal=1, van=4) in text and say("verdeling_van", aantal=3, van=4) in text
    assert say("telefoons", aantal=2) in text, "who came in twice by one form sits there once"
    for server in shared.servers:
        assert not [secret for secret in (code, screen.token, phone.token) if secret in server.log()]
