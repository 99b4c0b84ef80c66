"""The route map and the rules, drawn and as tables: both complete, both the same, for every municipality and role, and true to the core."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from itertools import product
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content import load_content
from bot.content.load import ELSEWHERE
from bot.core.afwegingskader import QUESTIONS as WEIGHED
from bot.core.questions import QUESTIONS
from bot.core.route import RULES, advise, deciding_rule
from bot.core.situation import OPTIONS, ROLES, ZELF, Situation
from bot.server.map_drawing import NARROW, WIDE, Sheet, Stop, Zone, aside_sheet, ground_sheet, ladder_sheet, measure, rule_sheet, wrap
from bot.server.map_page import MAP_PATHS, MapPages, MapRoutes
from bot.server.map_routes import calls, own_functions
from bot.server.map_rulebook import Rulebook
from bot.server.map_rules import Way, opened, situation
from bot.server.map_stations import MARK, Lines, badges, first_words, functions, ladders
from tests.situations import situations

CONTENT = load_content()
SIGNS = tuple(CONTENT.signs)
MAPS = [*CONTENT.maps, ELSEWHERE]
READERS: list[str | None] = [None, *ROLES]
EXIT = "https://weg.example/"


@cache
def pages() -> MapPages:
    return MapPages(CONTENT, EXIT)


@cache
def the_map(gemeente: str, rol: str | None) -> str:
    return pages().map(gemeente, rol)


@cache
def the_rules() -> str:
    return pages().rules()


class Seen(HTMLParser):
    """A page as a reader meets it: its tags, its drawings, its tables."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.drawings: list[dict[str, Any]] = []
        self.rows: list[dict[str, Any]] = []  # of tables: id, cells
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attrs}
        self.tags.append((tag, given))
        if tag not in ("meta", "link", "input", "path", "rect", "circle", "br"):
            self._open.append(tag)
        if tag == "svg":
            self.drawings.append({"given": given, "title": "", "desc": "", "text": []})
        if tag == "tr":
            self.rows.append({"given": given, "text": ""})

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {k: v or "" for k, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "svg" in self._open:
            here = self._open[-1]
            if here in ("title", "desc"):
                self.drawings[-1][here] += data
            elif here == "text":
                self.drawings[-1]["text"].append(data)
        elif "tr" in self._open:
            self.rows[-1]["text"] += data
        if data.strip():
            self.text.append(data.strip())


def bare(text: str) -> str:
    """Without spaces, because a drawing breaks names over lines."""
    return re.sub(r"\s", "", text)


def drawn(seen: Seen, kind: str) -> str:
    """All words in the drawings of a kind (smal, breed), without spaces."""
    return bare("".join(word for d in seen.drawings if kind in d["given"]["class"].split() for word in d["text"]))


# -- complete, and the same in the drawing and the table -------------------------------------------------------------------------


@pytest.mark.parametrize("gemeente", MAPS)
@pytest.mark.parametrize("rol", [None, "leerkracht", "huisarts", "geen_beroep"])
def test_every_function_of_the_map_is_in_the_drawings_and_in_the_table(gemeente: str, rol: str | None) -> None:
    seen = Seen(the_map(gemeente, rol))
    rows = {row["given"].get("id"): row["text"] for row in seen.rows}
    wanted = {s.key: s for s in Lines(CONTENT, gemeente, rol).stations}
    assert set(functions(CONTENT, gemeente)) <= set(wanted)
    if rol is None:
        assert {s.org for s in wanted.values()} >= set(CONTENT.organisation_words())
    for key, station in wanted.items():
        assert bare(station.name) in drawn(seen, "smal"), key
        assert bare(station.name) in drawn(seen, "breed"), key
        row = bare(rows[f"wie-{key}"])
        for part in (station.name, station.task, station.when, *station.sources, *(way["waarde"] for way in station.reach)):
            assert bare(part) in row, (key, part)
        year, month, day = station.checked.split("-")
        assert f"{day}-{month}-{year}" in row
        assert station.reach, f"{key}: no way to reach and nobody to ask"


def test_two_functions_that_are_the_same_organisation_both_have_a_station() -> None:
    both = [key for key, row in CONTENT.maps["dordrecht"]["functies"].items() if row["organisatie"] == "gecertificeerde_instelling"]
    assert len(both) == 2
    named = {s.key: s.name for s in Lines(CONTENT, "dordrecht", None).stations}
    assert len({named[key] for key in both}) == 2


@pytest.mark.parametrize("rol", READERS)
def test_what_is_not_confirmed_is_marked_in_the_table_and_on_the_drawing_and_nothing_else_is(rol: str | None) -> None:
    lines = Lines(CONTENT, "dordrecht", rol)
    seen = Seen(the_map("dordrecht", rol))
    rows = {row["given"].get("id"): row["text"] for row in seen.rows}
    said = CONTENT.say("controleer_lokaal", rol)
    assert any(s.local for s in lines.stations)
    assert any(not s.local for s in lines.stations)
    for station in lines.stations:
        assert (said in rows[f"wie-{station.key}"]) is station.local
        assert (bare(station.name) + MARK in drawn(seen, "smal")) is station.local, station.key


@pytest.mark.parametrize("gemeente", MAPS)
def test_both_ladders_are_lines_and_rows(gemeente: str) -> None:
    seen = Seen(the_map(gemeente, "leerkracht"))
    table = bare("".join(row["text"] for row in seen.rows))
    for rows in ladders(CONTENT).values():
        for row in rows:
            assert bare(row["naam"]) in drawn(seen, "smal")
            assert bare(row["naam"]) in drawn(seen, "breed")
            assert bare(row["uitleg"]) in table


def test_the_ladders_name_organisations_and_sources_that_exist() -> None:
    rows = ladders(CONTENT)
    assert [row["id"] for row in rows["drietrap"]] == ["T1", "T2", "T3"]
    assert [row["id"] for row in rows["escalatie"]] == ["groen", "geel", "oranje", "rood"]
    for row in [*rows["drietrap"], *rows["escalatie"]]:
        assert CONTENT.source_list(row["bronnen"])
        assert all(CONTENT.organisation(org) for org in row["organisaties"])
        assert isinstance(row["controleer_lokaal"], bool)
        for frame in row["kader"]:
            assert CONTENT.say("kader_" + frame)


# -- who calls whom is what the core says ----------------------------------------------------------------------------------------


@settings(max_examples=3000, deadline=None)
@given(situations(), st.sampled_from(ROLES))
def test_whom_the_core_names_stands_on_the_map_of_that_role(s: Situation, rol: str) -> None:
    s = s.with_(rol=rol, zelf=s.zelf if rol == "geen_beroep" else None)
    advice, known = advise(s), calls(rol, SIGNS)
    assert advice.contact in known.first, advice
    assert advice.regel in known.rules[advice.contact], advice
    assert {step.contact for step in advice.daarna} <= known.reached, advice


def test_the_map_of_all_roles_holds_that_of_each() -> None:
    together = calls(None, SIGNS)
    for rol in ROLES:
        one = calls(rol, SIGNS)
        assert one.reached <= together.reached
        for contact, colours in one.first.items():
            assert set(colours) <= set(together.first[contact])
            assert set(one.rules[contact]) <= set(together.rules[contact])
            assert set(one.follows(contact)) <= set(together.follows(contact))


@pytest.mark.parametrize("rol", ROLES)
def test_the_emergency_line_begins_with_112_and_stops_at_veilig_thuis(rol: str) -> None:
    red, *_ = Lines(CONTENT, "dordrecht", rol).escalation
    assert red.line == "rood"
    assert red.stops[0].key == "nood_112"
    assert next(stop for stop in red.stops if stop.name.startswith("Veilig Thuis")).big
    assert all("rood" in stop.lines for stop in red.stops)


@pytest.mark.parametrize("rol", ROLES)
def test_the_filter_shows_whom_this_role_begins_with_and_never_itself(rol: str) -> None:
    lines = Lines(CONTENT, "dordrecht", rol)
    first = {s.org for s in lines.stations for zone in lines.escalation for stop in zone.stops if stop.key == s.key}
    assert set(calls(rol, SIGNS).first) <= first
    assert not first & own_functions(rol)


def test_the_filter_makes_a_difference() -> None:
    def first(rol: str) -> set[str]:
        return {stop.key for zone in Lines(CONTENT, "dordrecht", rol).escalation for stop in zone.stops}

    assert "intern_begeleider" in first("leerkracht") - first("huisarts") - first("intern_begeleider")
    assert "houder" in first("kinderopvang") - first("leerkracht")
    assert "P14" in first("huisarts") - first("leerkracht")
    assert "P1" in first("leerkracht") - first("wijkteam")
    texts = {rol: the_map("dordrecht", rol) for rol in ROLES}
    assert len(set(texts.values())) == len(ROLES)
    for rol, html in texts.items():
        assert CONTENT.questions["rol"]["opties"][rol]["titel"] in "".join(Seen(html).text)


def test_a_doctor_is_addressed_with_u() -> None:
    page = the_map("dordrecht", "huisarts").split('<details class="bronnen"')[0]  # names of sources are not ours
    words = set(re.findall(r"[a-z]+", " ".join(Seen(page).text).lower()))
    assert not words & {"je", "jij", "jou", "jouw"}
    assert "u" in words


# -- another municipality ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gemeente", [m for m in MAPS if m != "dordrecht"])
def test_the_stations_of_another_municipality_have_no_name_of_dordrecht(gemeente: str) -> None:
    for station in Lines(CONTENT, gemeente, None).stations:
        for text in (station.name, station.task, station.when, *(way["waarde"] for way in station.reach)):
            assert not re.search(r"Dordrecht|Dordt|Drechtsteden|Zuid-Holland Zuid|Jong JGZ", text), (station.key, text)


def test_a_municipality_without_a_map_says_so() -> None:
    assert CONTENT.say("gemeente_anders") in "".join(Seen(the_map(ELSEWHERE, None)).text)
    assert "Veilig Thuis Zuid" not in the_map(ELSEWHERE, None)


# -- the drawing as a drawing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("html", [lambda: the_map("dordrecht", None), lambda: the_map(ELSEWHERE, "leerkracht"), lambda: the_rules()])
def test_a_drawing_is_plain_svg_with_a_title_and_words_for_who_does_not_see_it(html: Any) -> None:
    page = html()
    seen = Seen(page)
    found = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(found) == len(seen.drawings) >= 6
    for source, drawing in zip(found, seen.drawings, strict=True):
        tree = ElementTree.fromstring(source)  # well formed
        names = {element.tag.split("}")[1] for element in tree.iter()}
        assert names <= {"svg", "title", "desc", "path", "rect", "circle", "text"}
        assert not [a for element in tree.iter() for a in element.attrib if a.startswith("on") or a in ("style", "href")]
        given = drawing["given"]
        assert given["role"] == "img"
        title, desc = given["aria-labelledby"].split()
        assert drawing["title"]
        assert drawing["desc"]
        assert f'id="{title}"' in source
        assert f'id="{desc}"' in source
    ids = [g["id"] for _, g in seen.tags if "id" in g]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("html", [lambda: the_map("dordrecht", None), lambda: the_rules()])
def test_the_page_needs_no_script_and_nothing_from_elsewhere(html: Any) -> None:
    seen = Seen(html())
    assert not [tag for tag, _ in seen.tags if tag in ("script", "iframe", "object", "embed", "base", "img", "style")]
    assert not [a for _, g in seen.tags for a in g if a.startswith("on") or a == "style"]
    assert all(g["href"].startswith(("/static/", "data:")) for tag, g in seen.tags if tag == "link")
    assert all(g["action"].startswith("/") for tag, g in seen.tags if tag == "form")
    outward = [g for tag, g in seen.tags if tag == "a" and g["href"].startswith("http")]
    assert all("noreferrer" in g["rel"] for g in outward)


@pytest.mark.parametrize("html", [lambda: the_map("dordrecht", "leerkracht"), lambda: the_rules()])
def test_every_table_has_a_caption_and_heads_with_a_scope(html: Any) -> None:
    seen = Seen(html())
    tags = [tag for tag, _ in seen.tags]
    assert tags.count("table") == tags.count("caption") >= 2
    heads = [g.get("scope") for tag, g in seen.tags if tag == "th"]
    assert set(heads) <= {"col", "row", "rowgroup"}
    assert {"col", "row"} <= set(heads)
    page = html()
    assert "{" not in re.sub(r"<[^>]*>", "", page), "a value that was not filled in"
    assert "None" not in page


@cache
def sheets() -> tuple[tuple[str, Sheet], ...]:
    """All drawings, made once."""
    return tuple(_sheets())


def _sheets() -> Iterator[tuple[str, Sheet]]:
    """Every drawing of every map for every role, and those of the rules, at both sizes."""
    book = Rulebook(CONTENT)
    for width in (NARROW, WIDE):
        for gemeente in MAPS:
            for rol in READERS:
                lines = Lines(CONTENT, gemeente, rol)
                main, aside = [z for z in lines.ground if not z.aside], [z for z in lines.ground if z.aside]
                yield f"{gemeente} {rol} begin", ladder_sheet(width, "Start", lines.escalation, MARK)
                yield f"{gemeente} {rol} wie", ground_sheet(width, "Start", main, MARK)
                yield f"{gemeente} {rol} naast", aside_sheet(width, "", aside, MARK)
        for zones in [*book.rule_zones(), *book.question_zones(), *book.norm_zones()]:
            yield zones[0].title, rule_sheet(width, "Start", zones, MARK)


_SIZE = {"kop": 15.0, "naam": 14.0, "nummer": 14.0, "klein": 12.0, "dan": 12.0, "start-naam": 15.0}


def test_words_stay_on_the_sheet_and_off_each_other() -> None:
    for name, sheet in sheets():
        columns: dict[float, list[tuple[float, str, float]]] = {}
        for shape in sheet.words:
            kind = shape.cls.split()[0]
            if kind not in _SIZE:
                continue
            size = 17.0 if "groot" in shape.cls else _SIZE[kind]
            assert shape.x >= 0 and 0 < shape.y < sheet.height, (name, shape)
            wide = measure(shape.text, size, kind not in ("klein", "dan"))
            assert shape.x + wide <= sheet.width, (name, shape.text)
            columns.setdefault(shape.x, []).append((shape.y, shape.text, size))
        for words in columns.values():
            for (above, one, _), (below, two, size) in zip(sorted(words), sorted(words)[1:], strict=False):
                assert below - above >= size, (name, one, two)


def test_every_station_lies_on_the_lines_that_stop_there() -> None:
    for name, sheet in sheets():
        tracks: dict[str, list[tuple[float, float, float]]] = {}
        for shape in sheet.tracks:
            kind, line = shape.cls.split()
            if kind == "rail":
                x, y1 = (float(v) for v in re.match(r"M([\d.]+) ([\d.]+)", shape.d).groups())  # type: ignore[union-attr]
                if "H" in shape.d:  # runs aside first: what counts is where it comes down
                    x, y1 = (float(v) for v in re.search(r"([\d.]+) ([\d.]+)V", shape.d).groups())  # type: ignore[union-attr]
                tracks.setdefault(line, []).append((x, y1, float(shape.d.split("V")[1])))
        for dot in (m for m in sheet.marks if m.kind == "circle"):
            line = dot.cls.split()[1]
            lines = [line] if line in tracks else [next(iter(tracks))]  # a rule has the colour of its urgency on a line of its own
            assert any(abs(x - dot.x) < 0.1 and y1 <= dot.y <= y2 + 0.1 for key in lines for x, y1, y2 in tracks[key]), (name, dot)


def test_a_zone_that_is_cut_over_two_columns_loses_no_station() -> None:
    stops = tuple(Stop(f"s{n}", f"Station{n}", ("T1",)) for n in range(9))
    sheet = ground_sheet(WIDE, "Start", [Zone("T1", "Lijn", "", "", stops, badge="1")], MARK)
    names = [w.text for w in sheet.words if w.cls == "naam"]
    assert sorted(names) == sorted(s.name for s in stops)
    assert len({w.x for w in sheet.words if w.cls == "naam"}) == 2


@given(st.text(alphabet="abcdefghij -/", max_size=120), st.floats(30, 300))
def test_wrapping_keeps_every_letter_and_fits(text: str, width: float) -> None:
    lines = wrap(text, width, 14)
    assert bare("".join(lines)) == bare(text)
    for line in lines:
        assert (
            measure(line, 14) <= width or not re.search(r"[ ]|[-/]\S", line.strip()) or measure(re.split(r"(?<=[-/])", line)[0], 14) > width
        )


def test_small_helpers() -> None:
    assert badges(["groen", "geel", "oranje", "rood"]) == {"groen": "Gr", "geel": "Ge", "oranje": "O", "rood": "R"}
    assert badges(["T1", "T2"]) == {"T1": "1", "T2": "2"}
    assert first_words("Een. Twee.") == "Een."
    assert first_words("Is dat zo? Bel dan. Meer.") == "Is dat zo? Bel dan."
    assert first_words("") == ""


# -- the rules -----------------------------------------------------------------------------------------------------------------------


def test_every_rule_is_in_the_drawings_and_in_the_table_with_its_source_and_a_line_to_sign() -> None:
    seen = Seen(the_rules())
    rows = {row["given"].get("id"): row["text"] for row in seen.rows}
    for kind in ("smal", "breed"):
        words = drawn(seen, kind)
        at = -1
        for number, rule in enumerate(RULES, 1):
            found = words.find(f"{number}.{rule.id}", at + 1)
            assert found > at, (kind, number, rule.id)
            at = found
    for number, rule in enumerate(RULES, 1):
        row = rows[f"regel-{number}"]
        words = CONTENT.card["regels"][rule.id]
        for part in (rule.id, rule.section, words["waarom"]["allen"], *words["bronnen"]):
            assert bare(part) in bare(row), (rule.id, part)
        for key in ("naam", "datum", "handtekening"):
            assert CONTENT.say("regelpagina_" + key) in row
    assert len([id_ for id_ in rows if id_ and id_.startswith("regel-")]) == len(RULES)


def test_every_question_and_every_answer_is_in_the_drawings_and_in_the_table() -> None:
    seen = Seen(the_rules())
    table = bare("".join(row["text"] for row in seen.rows))
    assert set(WEIGHED) <= set(QUESTIONS)
    for question in QUESTIONS:
        row = CONTENT.questions[question]
        for words in (drawn(seen, "smal"), drawn(seen, "breed"), table):
            assert bare(row["tekst"]["allen"]) in words, question
            for option in OPTIONS[question]:
                assert bare(str(row["opties"][option]["titel"])) in words, (question, option)
        assert question in table


def test_the_assessment_frame_is_shown_for_every_sector_with_every_answer() -> None:
    book = Rulebook(CONTENT)
    shown = ", ".join(table.roles for table in book.norms)
    assert all(CONTENT.card["functies"][rol] in shown for rol in ROLES if rol != "geen_beroep")
    for table in book.norms:
        assert len(table.rows) == sum(len(OPTIONS[question]) for question in WEIGHED)
    school, others = book.norms
    asked = CONTENT.questions["acuut"]
    doubt = (asked["tekst"]["allen"], asked["opties"]["weet_niet"]["titel"])
    assert (*doubt, CONTENT.say("regelpagina_norm_ja")) in school.rows
    assert (*doubt, CONTENT.say("regelpagina_norm_gesprek")) in others.rows


def combinations(way: Way) -> Iterator[Situation]:
    """The situations that a way stands for."""
    for values in product(*(v for _, v in way.facts)):
        told = []
        for (kind, _), value in zip(way.facts, values, strict=True):
            told.append({"gelezen": ("gevaar", "ja"), "geantwoord": ("acuut", "ja")}[value] if kind == "nu" else (kind, value))
        yield situation(told)


def test_what_is_said_of_a_rule_is_what_it_does() -> None:
    for row in opened(SIGNS):
        assert row.outcomes, row.rule.id
        for way in row.ways:
            for s in combinations(way):
                assert deciding_rule(s) is row.rule, (row.number, row.rule.id, way)


def test_every_rule_says_how_one_comes_to_it() -> None:
    always = [row.rule.id for row in opened(SIGNS) if not any(way.facts for way in row.ways)]
    assert always == [RULES[-1].id]


@settings(max_examples=300, deadline=None)
@given(situations())
def test_every_contact_a_rule_can_name_is_told(s: Situation) -> None:
    rol = s.rol or "ander_beroep"
    s = s.with_(rol=rol, zelf=s.zelf if rol == "geen_beroep" and s.zelf in ZELF else None)
    rule, advice = deciding_rule(s), advise(s)
    row = next(row for row in opened(SIGNS) if row.rule is rule)
    assert (rol, advice.contact) in {(r, outcome.contact) for outcome in row.outcomes for r in outcome.roles}, advice


# -- asked for over the web ------------------------------------------------------------------------------------------------------------


def ask(routes: MapRoutes, **args: str) -> tuple[int, str]:
    """The status and the page for what stands in the address."""
    answer = asyncio.run(routes.map(SimpleNamespace(args=args)))  # type: ignore[arg-type]
    return answer.status, (answer.body or b"").decode()


@pytest.fixture
def routes() -> MapRoutes:
    """Nothing made yet."""
    return MapRoutes(pages(), {"X-Test": "1"})


def test_without_anything_in_the_address_the_own_municipality_is_shown(routes: MapRoutes) -> None:
    assert ask(routes) == (200, the_map("dordrecht", None))
    assert ask(routes, gemeente="", rol="") == (200, the_map("dordrecht", None))
    assert ask(routes, gemeente="rotterdam", rol="jgz") == (200, the_map("rotterdam", "jgz"))
    assert ask(routes, gemeente=ELSEWHERE)[0] == 200


@pytest.mark.parametrize(
    "value",
    ["<script>alert(1)</script>", '"><img src=x>', "../../etc", "Dordrecht", "x" * 500, "{waarde}", "💥", "Bel-0900-1234", "Bel 112 niet"],
)
@pytest.mark.parametrize("key", ["rol", "gemeente"])
def test_an_unknown_value_gets_a_clear_page_and_is_escaped(routes: MapRoutes, key: str, value: str) -> None:
    status, page = ask(routes, **{key: value})
    assert status == 404
    assert "<script" not in page
    assert "<img" not in page
    assert len(page) < 30_000
    seen = Seen(page)
    shown = value == "Dordrecht"
    assert any(value[:40] in text for text in seen.text) == shown, "what could not be a name is a stranger's text on our page"
    assert [g for tag, g in seen.tags if tag == "option" and g.get("value") == "leerkracht"], "the choice of what is there"
    assert "tel:112" in {g.get("href") for tag, g in seen.tags if tag == "a"}


def test_a_page_is_made_once_also_when_many_ask_at_the_same_time() -> None:
    made: list[tuple[str, str | None]] = []

    class Counting(MapPages):
        def map(self, gemeente: str, rol: str | None) -> str:
            made.append((gemeente, rol))
            return f"{gemeente} {rol}"

    async def many() -> None:
        routes = MapRoutes(Counting(CONTENT, EXIT), {})
        asked = [SimpleNamespace(args={"rol": rol}) for rol in ("jgz", "jgz", "wijkteam", "jgz", "onbekend", "wijkteam")]
        await asyncio.gather(*(routes.map(request) for request in asked))  # type: ignore[arg-type]
        await routes.map(SimpleNamespace(args={"rol": "jgz", "gemeente": "dordrecht"}))  # type: ignore[arg-type]

    asyncio.run(many())
    assert sorted(made, key=str) == [("dordrecht", "jgz"), ("dordrecht", "wijkteam")]


def test_the_guard_lets_the_pages_through() -> None:
    assert set(MAP_PATHS) == {"/routekaart", "/routekaart/regels"}
    answer = asyncio.run(MapRoutes(pages(), {"X-Test": "1"}).rules(SimpleNamespace(args={})))  # type: ignore[arg-type]
    assert answer.status == 200
    assert answer.headers["X-Test"] == "1"
