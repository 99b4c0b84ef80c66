"""The plain page: every card as real HTML, everything escaped, nothing from elsewhere, and only what counts now can be chosen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.server.links import Entry
from bot.server.page import KEYS, OPTIONAL_KEYS, STATIC, Bubble, Page, View, linked, numbers, prose, tel, web_address

CONTENT = Path(__file__).resolve().parents[2] / "content"
FILLED = {"vraag_na": "vraag_na {bij}", "ontkend": "ontkend {tekens}"}
TEXTS: dict[str, dict[str, str]] = {key: {"allen": FILLED.get(key, f"[{key}]")} for key in (*KEYS, *OPTIONAL_KEYS)}
TEXTS |= {"leeg": {"allen": "[leeg]"}, "storing": {"allen": "[storing] 0800-2000"}}
TEXTS["pagina_veld"] = {"allen": "[veld je]", "huisarts": "[veld u]"}
ROLES = {"leerkracht": "Titel leerkracht", "huisarts": "Titel huisarts"}
ORGANISATIONS = {
    "veilig_thuis": {"naam": "Veilig Thuis ZHZ", "bereik": [{"soort": "telefoon", "waarde": "0800-2000", "uren": "altijd"}]},
    "jgz": {"naam": "Jong JGZ", "bereik": [], "vraag_na_bij": "de gemeente"},
}
SOURCES = [
    {"naam": "Bron Een", "datum": "2024", "url": "https://een.example/a?b=1&c=2"},
    {"naam": "Bron Twee", "datum": "onbekend", "url": "stuk"},
]
REACH = [
    {"soort": "website", "waarde": "veiligthuis.example", "uren": ""},
    {"soort": "telefoon", "waarde": "0800-2000", "uren": "dag en nacht"},
    {"soort": "intern", "waarde": "loop binnen", "uren": ""},
    {"soort": "app", "waarde": "112NL", "uren": "als praten niet kan"},
]
OPTIONS = [
    {"id": "ja", "titel": "Optie ja", "payload": '/antwoord{"acuut":"ja"}'},
    {"id": "nee", "titel": "Optie nee", "payload": '/antwoord{"acuut":"nee"}'},
]
BUTTONS = [{"title": "Knop een", "payload": "/een"}, {"title": "Knop twee", "payload": "/twee"}]

CARDS: dict[str, dict[str, Any]] = {
    "vraag": {"type": "vraag", "id": "acuut", "opties": OPTIONS},
    "signalen": {
        "type": "signalen",
        "signalen": [{"id": "letsel", "titel": "Teken een", "ontkend": False}, {"id": "honger", "titel": "Teken twee", "ontkend": True}],
    },
    "routekaart": {
        "type": "routekaart",
        "contact": "veilig_thuis",
        "naam": "Veilig Thuis",
        "kop": "Kop van de kaart",
        "urgentie": "vandaag",
        "urgentie_titel": "Vandaag nog",
        "stap": 2,
        "stap_titel": "Stap twee",
        "melding_norm": True,
        "melding": "Zin over melden",
        "waarom": "Omdat",
        "bereik": REACH,
        "zeg": "Zeg dit",
        "deel": "Deel dit",
        "deel_niet": "Deel dat niet",
        "noteer": ["Noteer een", "Noteer twee"],
        "daarna": [
            {"contact": "jgz", "naam": "JGZ", "voorwaarde": "als het kan", "bereik": []},
            {"contact": "veilig_thuis", "voorwaarde": "als het moet"},
        ],
        "houdt_vast": "Jij houdt vast",
        "kader": "drang",
        "kader_titel": "Over drang",
        "bronnen": SOURCES,
        "controleer_lokaal": True,
    },
    "nood": {
        "type": "nood",
        "titel": "Titel nood",
        "eerst": "Eerst dit",
        "tekst": "Dan dat",
        "laten": "Laat dit",
        "contacten": [
            {"id": "nood_112", "naam": "112", "bereik": [{"soort": "telefoon", "waarde": "112", "uren": "altijd"}]},
            {"id": "veilig_thuis", "naam": "VT", "bereik": REACH},
        ],
        "bronnen": SOURCES,
    },
    "antwoord": {
        "type": "antwoord",
        "vraag": "vraag_anoniem",
        "titel": "Titel antwoord",
        "meer": "Nog meer",
        "bronnen": SOURCES,
        "controleer_lokaal": True,
        "vastleggen": ["Leg vast"],
        "niet_doen": ["Laat na"],
    },
    "contact": {
        "type": "contact",
        "id": "jgz",
        "naam": "Naam JGZ",
        "taak": "Taak",
        "wanneer": "Wanneer",
        "bereik": REACH,
        "kader": "dwang",
        "bronnen": SOURCES,
        "controleer_lokaal": True,
        "vraag_na_bij": "de gemeente",
    },
    "gesprek": {
        "type": "gesprek",
        "met": "kind",
        "openingszinnen": ["Zin een", "Zin twee"],
        "doen": ["Wel een", "Wel twee"],
        "laten": ["Niet een"],
        "wanneer_niet": ["Nooit als"],
        "bronnen": SOURCES,
    },
    "oefening": {
        "type": "oefening",
        "soort": "alles",
        "label": "Oefening, echt verzonnen",
        "casus": "C99",
        "titel": "Zomerkleren",
        "moment": "M1",
        "stap_titel": "Keuze een van vier",
        "inleiding": ["Een eerste zin", "Een tweede zin"],
        "verteld": ["Het begin", "Wat er anders is"],
        "denk": "Wat denk je",
        "denk_kop": "Denk even",
        "vraag": "Wat nu",
        "eigen_woorden": "Of in eigen woorden",
        "opties": [*OPTIONS, {"id": "stop", "titel": "Stop er mee", "payload": "/stop", "apart": True}],
        "koppen": {
            "goed": "Kop goed",
            "weg": "Kop weg",
            "jij": "Kop jij",
            "kaart": "Kop kaart",
            "samen": "Kop samen",
            "fout": "Kop fout",
            "leerpunten": "Kop leer",
            "teamvraag": "Kop team",
            "perspectieven": "Kop vak",
        },
        "terugkoppeling": {
            "keuze": "Gekozen",
            "goed": "Goede kant",
            "gevolg": "Dit gebeurt",
            "waarom": "Daarom",
            "beste": "Het beste",
            "waarom_beste": "Want dat",
            "regel": "De regel zelf",
            "zelfde": False,
        },
        "weg": [
            {
                "vraag": "Vraag een",
                "keuze": "Keus een",
                "advies": "Raad een",
                "contact": "Het team",
                "urgentie": "Vandaag",
                "trap": "vandaag",
                "zelfde": False,
            },
            {
                "vraag": "Vraag twee",
                "keuze": "Keus twee",
                "advies": "Keus twee",
                "contact": "Een collega",
                "urgentie": "Nu",
                "trap": "nu",
                "zelfde": True,
            },
        ],
        "fout": "Wat misgaat",
        "leerpunten": ["Leer een", "Leer twee"],
        "teamvraag": "Voor het team",
        "perspectieven": [{"rol": "Huisarts", "tekst": "Anders voor een arts"}],
        "lokaal": "Controleer dit",
        "pagina": {"titel": "Alles op een rij", "pad": "/oefenen"},
        "bronnen": SOURCES,
    },
    "kindcheck": {"type": "kindcheck", "zorg": "onbekend", "vervolg": ["Vraag eerst advies"], "bronnen": SOURCES},
    "notitie": {"type": "notitie", "tekst": "Regel een\nRegel twee", "titel_kort": "Voor een mail", "kort": "Kort\nen goed"},
}


class Dom(HTMLParser):
    """The tags of a page, flat, with their attributes, the text inside each, and what was left open."""

    VOID = frozenset({"meta", "link", "input", "br"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str], list[str]]] = []
        self.open: list[tuple[str, dict[str, str], list[str]]] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute twice on {tag}"
        row = (tag, {name: value or "" for name, value in attrs}, [])
        self.tags.append(row)
        if tag not in self.VOID:
            self.open.append(row)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID or tag == "path":
            return
        assert self.open and self.open[-1][0] == tag, f"</{tag}> closes {self.open[-1][0] if self.open else 'nothing'}"
        self.open.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}, []))

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        for row in self.open:
            row[2].append(data)

    def all(self, tag: str, **attrs: str) -> list[tuple[dict[str, str], str]]:
        """Attributes and squeezed text of the tags with these attribute values."""
        return [
            (a, " ".join("".join(words).split()))
            for name, a, words in self.tags
            if name == tag and all(a.get(k.rstrip("_")) == v for k, v in attrs.items())
        ]

    @property
    def words(self) -> str:
        return " ".join("".join(self.text).split())


@pytest.fixture
def page() -> Page:
    return Page(TEXTS, ORGANISATIONS, ROLES)


def asked(*reply: Bubble, **view: Any) -> View:
    return View([Bubble("routekaart", "Welkom"), Bubble("gebruiker", "Ik schrijf"), *reply], "tok", 3, **view)


def card(kind: str, text: str = "Tekst ernaast", **changes: Any) -> Bubble:
    return Bubble("routekaart", text, {**CARDS[kind], **changes})


def render(page: Page, view: View) -> Dom:
    return check(page.render(view))


def check(html: str) -> Dom:
    """What holds for every page, whatever is on it."""
    dom = Dom(html)
    names = [name for name, _, _ in dom.tags]
    assert not dom.open
    assert html.startswith("<!doctype html>") and dom.all("html", lang="nl") and names.count("h1") == 1 and names.count("main") == 1
    assert dom.all("meta", name="viewport") and dom.all("meta", name="referrer", content="no-referrer") and dom.all("title")[0][1]
    assert not {"script", "style", "img", "iframe", "object", "embed", "base"} & set(names)
    ids = [a["id"] for _, a, _ in dom.tags if "id" in a]
    assert len(ids) == len(set(ids))
    controls = {a["id"] for name, a, _ in dom.tags if name in ("textarea", "select")}
    assert controls == {a["for"] for a, _ in dom.all("label")}
    for name, a, words in dom.tags:
        assert not any(key.startswith("on") or key in ("style", "src", "srcset", "formaction") for key in a), (name, a)
        for key in ("aria-labelledby", "aria-describedby"):
            assert set(a.get(key, "").split()) <= set(ids), a
        if name == "a":
            assert re.match(r"(?:tel:\+?\d+|https?://|#|/)", a["href"]), a
            if a["href"].startswith("http"):
                assert "noreferrer" in a["rel"] and a["referrerpolicy"] == "no-referrer"
            if a["href"].startswith("#"):
                assert a["href"][1:] in ids
            assert "".join(words).strip()
        if name == "button":
            assert "".join(words).strip() and a["type"] == "submit"
        if name in ("h1", "h2", "h3", "summary", "label"):
            assert "".join(words).strip(), (name, a)
    assert [a["href"] for a, _ in dom.all("link")] == ["data:,", "/static/routekaart.css"]
    numbers_in_reach = [a["href"] for a, _ in dom.all("a")]
    assert "tel:112" in numbers_in_reach and "tel:08002000" in numbers_in_reach
    return dom


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def replaced(value: Any, word: str) -> Any:
    """The same value with every string in it (but the type) replaced."""
    if isinstance(value, str):
        return word
    if isinstance(value, list):
        return [replaced(item, word) for item in value]
    if isinstance(value, Mapping):
        return {key: item if key == "type" else replaced(item, word) for key, item in value.items()}
    return value


# -- cards --------------------------------------------------------------------------------------------------------------------------

#: ids, machine values and what a person already sees in another way
NOT_SHOWN = {
    "vraag",
    "id",
    "type",
    "contact",
    "urgentie",
    "kader",
    "met",
    "soort",
    "url",
    "payload",
    "zorg",
    "datum",
    "vraag_na_bij",
    "trap",
    "pad",
    "casus",
    "moment",
}


def shown_strings(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key not in NOT_SHOWN:
                yield from shown_strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from shown_strings(item)
    elif isinstance(value, str) and value:
        yield " ".join(value.split())


@pytest.mark.parametrize("kind", CARDS)
def test_every_card_shows_all_it_carries(page: Page, kind: str) -> None:
    words = render(page, asked(card(kind))).words
    if kind == "nood":  # in danger only what works at once
        assert "veiligthuis.example" not in words and "loop binnen" not in words
        words += " veiligthuis.example loop binnen"
    for text in shown_strings(CARDS[kind]):
        assert text in words, text


@pytest.mark.parametrize("kind", sorted(set(CARDS) - {"vraag"}))
def test_a_card_is_an_article_named_by_its_heading(page: Page, kind: str) -> None:
    dom = render(page, asked(card(kind)))
    articles = dom.all("article")
    assert len(articles) == 1
    heading = dom.all("h2", id=articles[0][0]["aria-labelledby"])
    assert heading and heading[0][1]


@pytest.mark.parametrize("kind", sorted(set(CARDS) - {"vraag", "antwoord"}))
def test_the_text_beside_a_card_is_not_repeated(page: Page, kind: str) -> None:
    assert "Tekst ernaast" not in render(page, asked(card(kind))).words


@pytest.mark.parametrize("kind", ["vraag", "antwoord"])
def test_the_text_is_the_content_of_a_question_and_an_answer(page: Page, kind: str) -> None:
    assert "Tekst ernaast" in render(page, asked(card(kind))).words


@pytest.mark.parametrize("kind", [*CARDS, "iets_nieuws"])
def test_a_card_with_nothing_in_it_shows_its_text(page: Page, kind: str) -> None:
    assert "Tekst ernaast" in render(page, asked(Bubble("routekaart", "Tekst ernaast", {"type": kind}))).words


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind, fields in CARDS.items() for key in fields if key != "type"])
def test_any_field_may_be_missing_or_empty(page: Page, kind: str, key: str) -> None:
    without = {k: v for k, v in CARDS[kind].items() if k != key}
    for custom in (without, {**without, key: None}, {**without, key: ""}, {**without, key: []}):
        render(page, asked(Bubble("routekaart", "Tekst ernaast", custom)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "naam", "titel", "bereik", "soort", "waarde", "url"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(sorted(CARDS)), data=st.data())
def test_oddly_shaped_fields_never_break_the_page(kind: str, data: st.DataObject) -> None:
    custom = {key: (value if key == "type" else data.draw(JSON)) for key, value in CARDS[kind].items()}
    Page(TEXTS, ORGANISATIONS, ROLES).render(asked(Bubble("routekaart", "Tekst", custom)))


def test_route_card_who_when_how(page: Page) -> None:
    dom = render(page, asked(card("routekaart")))
    assert dom.all("h2")[0][1] == "Kop van de kaart"
    assert dom.all("p", class_="chip")[0][1].endswith("Vandaag nog")
    call = dom.all("a", class_="bel")
    assert call == [({"class": "bel", "href": "tel:08002000"}, "Veilig Thuis 0800-2000")]
    assert dom.all("blockquote")[0][1] == "Zeg dit"
    assert [a["href"] for a, _ in dom.all("a", class_="buiten")] == ["https://veiligthuis.example", "https://een.example/a?b=1&c=2"]


def test_route_card_marks_the_step_in_words_and_for_screen_readers(page: Page) -> None:
    dom = render(page, asked(card("routekaart")))
    current = [text for a, text in dom.all("li") if a.get("aria-current") == "step"]
    assert current == ["2"] and "Stap twee" in dom.words
    outside = render(page, asked(card("routekaart", stap=None)))
    assert "[kaart_stap]" not in outside.words and "Over drang" not in outside.words


@pytest.mark.parametrize(("norm", "key"), [(True, "[melding_norm]"), (None, "[melding_in_gesprek]"), (False, "[geen_melding]")])
def test_route_card_always_has_a_sentence_about_reporting(page: Page, norm: bool | None, key: str) -> None:
    assert key in render(page, asked(card("routekaart", melding="", melding_norm=norm))).words


def test_route_card_of_the_bare_contract(page: Page) -> None:
    """Ids only, as the contract has it: names and numbers come from the organisations."""
    bare = {
        "type": "routekaart",
        "contact": "jgz",
        "urgentie": "deze_week",
        "stap": 1,
        "melding_norm": False,
        "waarom": "Omdat",
        "daarna": ["veilig_thuis"],
    }
    dom = render(page, asked(Bubble("routekaart", "x", bare)))
    assert dom.all("h2")[0][1] == "Jong JGZ" and "Deze week" in dom.words
    assert "vraag_na de gemeente" in dom.words
    assert "Veilig Thuis ZHZ" in dom.words and dom.all("a", class_="nummer", href="tel:08002000")


def test_emergency_card_has_both_numbers_as_big_buttons_before_its_text(page: Page) -> None:
    dom = render(page, asked(card("nood")))
    assert [a["href"] for a, _ in dom.all("a", class_="bel")] == ["tel:112", "tel:08002000"]
    assert dom.words.index("Eerst dit") < dom.words.rindex("0800-2000") < dom.words.index("Dan dat")


def test_emergency_card_tells_what_to_do_before_who_else_there_is(page: Page) -> None:
    more = [*CARDS["nood"]["contacten"], {"id": "lijn", "naam": "Lijn", "bereik": [{"soort": "telefoon", "waarde": "113"}]}]
    dom = render(page, asked(card("nood", contacten=more)))
    assert [a["href"] for a, _ in dom.all("a", class_="bel")] == ["tel:112", "tel:08002000", "tel:113"]
    assert dom.words.index("Dan dat") < dom.words.index("Laat dit") < dom.words.index("Lijn 113")


def test_emergency_contact_without_a_number_is_still_named(page: Page) -> None:
    row = {"id": "huisarts", "naam": "Eigen huisarts", "bereik": [{"soort": "balie", "waarde": "bel de praktijk"}]}
    words = render(page, asked(card("nood", contacten=[row]))).words
    assert "Eigen huisarts bel de praktijk" in words


def test_emergency_card_with_ids_only_keeps_the_words(page: Page) -> None:
    dom = render(page, asked(Bubble("routekaart", "Bel 112.", {"type": "nood", "contacten": ["nood_112", "veilig_thuis"]})))
    assert "Bel 112." in dom.words and dom.all("a", class_="bel", href="tel:08002000")


def test_sources_are_folded_and_only_web_addresses_are_links(page: Page) -> None:
    details = render(page, asked(card("contact"))).all("details")
    assert len(details) == 1 and "open" not in details[0][0]
    assert "[kaart_bronnen] (2)" in details[0][1] and "Bron Een, 2024" in details[0][1] and "onbekend" not in details[0][1]


def test_denied_signs_say_so_in_words(page: Page) -> None:
    assert [text for _, text in render(page, asked(card("signalen"))).all("li")][-2:] == ["Teken een", "ontkend Teken twee"]


def test_signs_ask_only_when_there_is_something_to_choose(page: Page) -> None:
    assert "[signalen_vraag]" not in render(page, asked(card("signalen"))).words
    assert "[signalen_vraag]" in render(page, asked(card("signalen", opties=OPTIONS))).words


@pytest.mark.parametrize(("worry", "key"), [(True, "zorg"), (False, "geen_zorg"), ("onbekend", "onbekend"), (None, "onbekend")])
def test_kindcheck_outcome(page: Page, worry: object, key: str) -> None:
    assert f"[kindcheck_{key}]" in render(page, asked(card("kindcheck", zorg=worry))).words


def test_kindcheck_does_not_say_what_the_route_card_behind_it_says(page: Page) -> None:
    both = asked(Bubble("routekaart", "Omdat", {"type": "kindcheck", "zorg": True, "vervolg": "veilig_thuis"}), card("routekaart"))
    assert render(page, both).words.count("Omdat") == 1
    alone = asked(Bubble("routekaart", "Omdat", {"type": "kindcheck", "zorg": False, "vervolg": "collega"}))
    assert "Omdat" in render(page, alone).words


# -- a rehearsal -------------------------------------------------------------------------------------------------------------------


def rehearsal(**custom: Any) -> Bubble:
    return Bubble(
        "routekaart", "Tekst ernaast", {"type": "oefening", "casus": "C1", "titel": "Zomerkleren", "label": "Verzonnen", **custom}
    )


def test_a_rehearsal_of_the_bare_contract(page: Page) -> None:
    back = {"keuze": "Gekozen", "beste": "Het beste", "waarom": "Daarom"}
    custom = {"type": "oefening", "casus": "Zomerkleren", "moment": "Een jongen komt binnen", "opties": OPTIONS, "terugkoppeling": back}
    dom = render(page, asked(Bubble("routekaart", "Tekst ernaast", custom)))
    for words in ("Zomerkleren", "Een jongen komt binnen", *back.values(), "[oefening_beste]", "[oefening_waarom]"):
        assert words in dom.words
    assert "Tekst ernaast" not in dom.words and len(dom.all("button", name="keuze")) == 2


def test_a_rehearsal_says_in_words_that_it_is_one_on_every_card(page: Page) -> None:
    for custom in (
        {"verteld": ["Er was"]},
        {"vraag": "Bedoel je dit?"},
        {"terugkoppeling": {"keuze": "x"}},
        {"weg": [{"keuze": "x"}]},
        {"inleiding": ["Kies"]},
    ):
        dom = render(page, asked(rehearsal(**custom)))
        assert dom.all("p", class_="etiket")[0][1] == "Verzonnen", custom
        bare = {key: value for key, value in rehearsal(**custom).custom.items() if key != "label"}  # type: ignore[union-attr]
        assert "[oefening_kop]" in render(page, asked(Bubble("routekaart", "x", bare))).words


def test_what_is_real_and_stopping_stand_apart_from_the_answers(page: Page) -> None:
    stop = {"id": "stop", "titel": "Stop", "payload": "/stop", "apart": True}
    dom = render(page, asked(rehearsal(vraag="Wat nu?", opties=[*OPTIONS, stop])))
    groups = dom.all("div", role="group")
    assert [words for _, words in groups] == ["Optie ja Optie nee", "Stop"]
    assert dom.all("div", id=groups[0][0]["aria-labelledby"])[0][1] == "Wat nu?"
    assert [a["class"] for a, words in dom.all("button", value="/stop")] == ["rustig"]
    closed = render(page, asked(rehearsal(opties=[*OPTIONS, stop]), Bubble("gebruiker", "ja"), Bubble("routekaart", "Dank")))
    assert "Optie nee" in closed.words and not closed.all("button", value="/stop") and "Stop" not in closed.words


def test_a_case_to_choose_shows_its_line_in_its_button(page: Page) -> None:
    case = {"id": "casus:C1", "titel": "Zomerkleren", "uitleg": "Een jongen in T-shirt", "payload": "/c1"}
    dom = render(page, asked(rehearsal(inleiding=["Kies"], opties=[case])))
    assert dom.all("button", value="/c1")[0][1] == "Zomerkleren Een jongen in T-shirt"


def test_the_same_station_is_joined_and_another_stands_beside_the_advice(page: Page) -> None:
    heads = {"jij": "Jij", "kaart": "Kaart", "samen": "Jij en de kaart"}
    way = [
        {"vraag": "Een", "keuze": "Wachten", "advies": "Bellen", "contact": "Team", "urgentie": "Vandaag", "zelfde": False},
        {"vraag": "Twee", "keuze": "Praten", "advies": "Praten", "contact": "Ouders", "urgentie": "Deze week", "zelfde": True},
    ]
    dom = render(page, asked(rehearsal(weg=way, koppen=heads)))
    stations = [(a["class"], words) for a, words in dom.all("p") if a.get("class", "").startswith("halte")]
    assert stations == [("halte jij", "Jij Wachten"), ("halte lijn", "Kaart Bellen"), ("halte samen", "Jij en de kaart Praten")]
    assert [words for _, words in dom.all("li") if words.startswith(("Een", "Twee"))] == [
        "Een Jij Wachten Kaart Bellen Team, vandaag",
        "Twee Jij en de kaart Praten Ouders, deze week",
    ]


def test_who_chose_what_the_map_chooses_reads_so_once(page: Page) -> None:
    back = {"keuze": "Bellen", "beste": "Bellen", "waarom": "Daarom", "zelfde": True}
    dom = render(page, asked(rehearsal(terugkoppeling=back, koppen={"zelfde": "Dit kiest de kaart ook."})))
    assert dom.words.count("Bellen") == 1 and "Dit kiest de kaart ook." in dom.words


@pytest.mark.parametrize("path", ["https://kwaad.example", "//kwaad.example", "javascript:x", "/a b", "/oefenen?x=1", ""])
def test_a_card_leads_to_a_page_of_this_server_only(page: Page, path: str) -> None:
    assert "Ergens" not in render(page, asked(rehearsal(vraag="Wat nu?", pagina={"titel": "Ergens", "pad": path}))).words


def test_the_end_of_a_rehearsal_goes_on_paper_and_a_moment_of_it_does_not(page: Page) -> None:
    end = render(page, asked(rehearsal(vraag="Wat nu?"), rehearsal(weg=[{"keuze": "x"}])))
    assert len([a for _, a, _ in end.tags if "druk" in a.get("class", "").split()]) == 1
    assert "[kaart_print]" in end.words and "[kaart_print]" not in render(page, asked(rehearsal(vraag="Wat nu?"))).words


def test_an_answer_does_not_say_its_title_twice(page: Page) -> None:
    dom = render(page, asked(card("antwoord", text="Titel antwoord\n- Een\n- Twee\n[controleer_lokaal]")))
    assert dom.words.count("Titel antwoord") == 1 and dom.words.count("[controleer_lokaal]") == 1
    assert {"Een", "Twee"} <= {text for _, text in dom.all("li")}


# -- safety of what is shown --------------------------------------------------------------------------------------------------------

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "' onclick='x",
    "</textarea></title><b>x",
    "{{ 7*7 }}",
]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("kind", CARDS)
def test_every_field_is_escaped(page: Page, kind: str, attack: str) -> None:
    bubble = Bubble("routekaart", attack, replaced(CARDS[kind], attack), replaced(BUTTONS, attack))
    html = page.render(asked(Bubble("routekaart", attack), bubble, draft=attack, notice=attack, gemeente=attack, rol=attack))
    check(html)
    assert attack not in html or attack in ("javascript:alert(1)", "{{ 7*7 }}")


@pytest.mark.parametrize("attack", ATTACKS)
def test_user_text_token_and_content_are_escaped(attack: str) -> None:
    texts = {key: {"allen": attack} for key in TEXTS}
    page = Page(texts, roles={attack: attack})
    check(page.render(View([Bubble("gebruiker", attack, {"type": attack})], attack, 1)))
    check(page.render(View([], attack, 0)))
    check(page.error("storing", 500))


def test_a_user_cannot_make_a_card_or_a_link(page: Page) -> None:
    dom = render(page, View([Bubble("gebruiker", "bel 0900-1234 nu", dict(CARDS["nood"]), list(BUTTONS))], "t", 1))
    assert not dom.all("article") and not dom.all("a", href="tel:09001234") and "Knop een" not in dom.words


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://a b", "aangeleverd stuk", "", None, {"a": 1}, 7]
)
def test_only_web_addresses_become_links(address: object) -> None:
    assert web_address(address) is None


def test_web_addresses() -> None:
    assert web_address("veiligthuis.nl") == "https://veiligthuis.nl"
    assert web_address("http://a.example/b?c=d") == "http://a.example/b?c=d"


def test_the_style_sheet_asks_for_nothing_else() -> None:
    css = (STATIC / "routekaart.css").read_text("utf8")
    assert not re.search(r"url\(|@import|@font-face|https?:", css)
    for feature in ("prefers-color-scheme: dark", "prefers-reduced-motion", "forced-colors: active", "@media print", ":focus-visible"):
        assert feature in css


# -- choosing and answering ---------------------------------------------------------------------------------------------------------


def choices(dom: Dom) -> list[str]:
    return [a["value"] for a, _ in dom.all("button", name="keuze")]


def test_the_form_posts_what_is_needed(page: Page) -> None:
    dom = render(page, asked(card("vraag"), draft="\n half af"))
    form = dom.all("form", id="gesprek")[0][0]
    assert form["method"] == "post" and form["action"] == "/gesprek#nieuw"
    assert [a["value"] for a, _ in dom.all("input", name="token")] == ["tok"] * 4
    assert dom.all("input", name="beurt")[0][0]["value"] == "3"
    field = dom.all("textarea", name="bericht")[0][0]
    assert field["maxlength"] == "2000" and field["autocomplete"] == "off" and field["spellcheck"] == "false" and field["lang"] == "nl"
    assert "required" not in field  # a choice is sent without any text
    assert {a["action"] for a, _ in dom.all("form")} == {"/gesprek#nieuw", "/opnieuw", "/stop", "/verlaat"}
    assert "\n\n half af</textarea>" in page.render(asked(draft="\n half af"))  # the parser drops the first line break


def test_a_choice_sends_the_payload_with_one_tap(page: Page) -> None:
    dom = render(page, asked(card("vraag")))
    assert choices(dom) == ['/antwoord{"acuut":"ja"}', '/antwoord{"acuut":"nee"}']
    assert all(a["form"] == "gesprek" and a["type"] == "submit" for a, _ in dom.all("button", name="keuze"))
    group = next(a for a, _ in dom.all("div", role="group"))
    assert [text for _, text in dom.all("div", id=group["aria-labelledby"])] == ["Tekst ernaast"]


def test_options_and_equal_buttons_are_offered_once(page: Page) -> None:
    same = [{"title": o["titel"], "payload": o["payload"]} for o in OPTIONS]
    bubble = Bubble("routekaart", "Vraag", dict(CARDS["vraag"]), [*same, {"title": "Terug", "payload": "/terug"}])
    assert choices(render(page, asked(bubble))) == [*(o["payload"] for o in OPTIONS), "/terug"]


def test_only_the_last_question_and_the_last_card_can_be_chosen(page: Page) -> None:
    old = Bubble("routekaart", "Oude vraag", {"type": "vraag", "opties": [{"titel": "Oud", "payload": "/oud"}]})
    first = Bubble("routekaart", "x", dict(CARDS["contact"]), [{"title": "Vervolg een", "payload": "/v1"}])
    second = Bubble("routekaart", "x", dict(CARDS["gesprek"]), [{"title": "Vervolg twee", "payload": "/v2"}])
    view = View([old, Bubble("gebruiker", "ja"), first, second, card("vraag")], "t", 2)
    dom = render(page, view)
    assert choices(dom) == ["/v2", *(o["payload"] for o in OPTIONS)]
    assert "Oud" in dom.words and "Vervolg een" in dom.words  # earlier ones stay readable


def test_nothing_of_an_earlier_reply_can_be_chosen(page: Page) -> None:
    dom = render(page, View([card("vraag"), Bubble("gebruiker", "hm"), Bubble("routekaart", "Gewone tekst")], "t", 2))
    assert choices(dom) == [] and "Optie ja" in dom.words


def test_an_ended_conversation_offers_only_a_new_start(page: Page) -> None:
    dom = render(page, View([Bubble("routekaart", "Gewist"), card("vraag")], "t", 0, ended=True))
    assert not dom.all("form") and not dom.all("button") and dom.all("a", class_="knop", href="/")


def test_the_role_is_asked_once_and_need_not_be_chosen(page: Page) -> None:
    dom = render(page, View([Bubble("routekaart", "Welkom")], "t", 0, rol="huisarts", gemeente="dordrecht"))
    options = dom.all("option")
    assert [a["value"] for a, _ in options] == ["", "leerkracht", "huisarts"] and "selected" in options[2][0]
    assert dom.all("input", name="gemeente")[0][0]["value"] == "dordrecht"
    assert not render(page, asked()).all("select")
    assert not render(Page(TEXTS), View([], "t", 0)).all("select")


# -- the page around it -------------------------------------------------------------------------------------------------------------


def test_the_newest_reply_is_where_the_browser_lands(page: Page) -> None:
    dom = render(page, asked(card("nood"), card("vraag")))
    landing = dom.all("div", id="nieuw")
    assert len(landing) == 1 and "Titel nood" in landing[0][1] and "Optie ja" not in landing[0][1]
    assert render(page, View([Bubble("routekaart", "Welkom")], "t", 0)).all("div", id="nieuw")[0][1].endswith("Welkom")


@pytest.mark.parametrize(("notice", "shown"), [("leeg", "[leeg]"), ("Een hele zin.", "Een hele zin.")])
def test_a_notice_is_an_alert_at_the_field_and_where_the_browser_lands(page: Page, notice: str, shown: str) -> None:
    dom = render(page, asked(card("vraag"), notice=notice))
    assert dom.all("div", id="nieuw", role="alert") == [
        ({"class": "melding-pagina", "role": "alert", "id": "nieuw", "tabindex": "-1"}, shown)
    ]
    assert "nieuw" in dom.all("textarea")[0][0]["aria-describedby"].split()


@pytest.mark.parametrize("bubbles", [[], [Bubble("gebruiker", "hallo")], [Bubble("routekaart", "")]])
def test_the_skip_link_always_leads_somewhere(page: Page, bubbles: list[Bubble]) -> None:
    render(page, View(bubbles, "t", 0))


def test_the_conversation_is_a_log_that_says_who_spoke(page: Page) -> None:
    dom = render(page, asked(Bubble("routekaart", "Antwoord")))
    log = dom.all("div", role="log")[0]
    assert (
        log[0]["aria-label"] == "[pagina_gesprek]"
        and "[pagina_jij_zei] Ik schrijf" in log[1]
        and "[pagina_routekaart_zei] Antwoord" in log[1]
    )


def test_words_for_the_role_fall_back_to_everyone(page: Page) -> None:
    assert "[veld u]" in render(page, asked(rol="huisarts")).words
    assert "[veld je]" in render(page, asked(rol="wijkteam")).words
    assert "[pagina_verstuur]" in render(page, asked(rol="huisarts")).words


def test_leaving_the_page_goes_where_it_is_told(page: Page) -> None:
    other = Page(TEXTS, exit_url="https://weer.example")
    assert "https://weer.example" in other.error("storing", 500)
    assert "weer.example" not in page.error("storing", 500)


def test_leaving_a_conversation_erases_it_on_the_way_out(page: Page) -> None:
    dom = render(page, asked())
    assert dom.all("form", action="/verlaat")
    assert not dom.all("a", href="https://www.buienradar.nl")


def test_the_last_route_card_is_the_one_to_print(page: Page) -> None:
    dom = render(page, asked(card("routekaart", kop="Oud"), card("routekaart", kop="Nieuw"), card("notitie")))
    assert [text for a, text in dom.all("div") if "druk" in a.get("class", "").split() and "Nieuw" in text]
    assert not [text for a, text in dom.all("div") if "druk" in a.get("class", "").split() and "Oud" in text]
    assert [text for a, text in dom.all("div") if "druk" in a.get("class", "").split() and "Regel een" in text], (
        "the note goes on paper too"
    )
    assert dom.all("body", class_="met-kaart") and dom.words.count("[kaart_print]") == 1
    assert not render(page, asked(card("contact"))).all("body", class_="met-kaart")


def test_both_texts_of_a_note_can_be_copied(page: Page) -> None:
    dom = render(page, asked(card("notitie", uitleg="Twee teksten.")))
    assert [text for _, text in dom.all("div", class_="notitie-tekst")] == ["Regel een Regel twee", "Kort en goed"]
    assert "Voor een mail" in dom.words and "Twee teksten." in dom.words


def test_a_note_is_read_in_whole_lines_and_copied_as_it_is_sent(page: Page) -> None:
    parts = [
        {"kop": "Stap 1", "regels": [{"merk": "Feit", "tekst": "Gezien"}, {"merk": "", "tekst": "Plek: [plek]"}]},
        {"regels": "vreemd"},
        3,
    ]
    dom = render(page, asked(card("notitie", delen=parts, kort_delen=None)))
    assert [text for _, text in dom.all("section")] == ["Stap 1Feit: GezienPlek: [plek]"]
    boxes = dom.all("textarea", class_="overnemen")
    assert [text for _, text in boxes] == ["Regel een Regel twee", "Kort en goed"]
    assert all("readonly" in given and "name" not in given for given, _ in boxes), "nothing of it is sent"
    labels = {given["for"] for given, _ in dom.all("label")}
    assert {given["id"] for given, _ in boxes} <= labels


def test_an_error_page_keeps_the_numbers_and_leads_back(page: Page) -> None:
    dom = check(page.error("storing", 500))
    assert "[storing]" in dom.words and dom.all("a", class_="knop", href="/") and dom.all("main")[0][0]["data-status"] == "500"


# -- small pieces -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("112", "tel:112"),
        ("0800-2000", "tel:08002000"),
        ("0900-44 45 444", "tel:09004445444"),
        ("(078) 20 200 20", "tel:0782020020"),
        ("+31 247 247 247", "tel:+31247247247"),
    ],
)
def test_phone_numbers(written: str, address: str) -> None:
    assert numbers(written) == [written] and tel(written) == address


@pytest.mark.parametrize("written", ["112NL", "via de receptie", "bel 112", "", "veiligthuis.nl"])
def test_what_is_no_phone_number(written: str) -> None:
    assert numbers(written) == []


def test_two_numbers_in_one_value() -> None:
    assert numbers("113 of 0800-0113") == ["113", "0800-0113"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bel 112.", ["112"]),
        ("Bel 0800-2000 24 uur per dag", ["0800-2000"]),
        ("LECK: 0900-44 45 444, altijd", ["0900-44 45 444"]),
        ("0800-266 64 36 en 020-261 52 75", ["0800-266 64 36", "020-261 52 75"]),
        ("de 112NL-app, 1120 keer, 2112, 20-112", []),
        ("113 of 0800-0113", ["113", "0800-0113"]),
    ],
)
def test_numbers_in_a_sentence_become_links_whole_or_not_at_all(text: str, found: list[str]) -> None:
    dom = Dom(f"<p>{linked(text)}</p>")
    assert [words for _, words in dom.all("a")] == found and "".join(dom.text) == text


def test_prose_keeps_paragraphs_lines_and_lists() -> None:
    assert prose("Een\nTwee\n\n- a\n- b\nDrie <3") == "<p>Een<br>Twee</p><ul><li>a</li><li>b</li></ul><p>Drie &lt;3</p>"
    assert prose("") == "" and prose(None) == ""


def test_every_text_that_is_used_is_listed(page: Page) -> None:
    """So that the check of the content can be trusted."""
    used: set[str] = set()

    class Recorder(dict[str, dict[str, str]]):
        def get(self, key: str, default: Any = None) -> Any:  # type: ignore[override]
            used.add(key)
            return super().get(key, default)

    recording = Page(Recorder(TEXTS), ORGANISATIONS, ROLES)
    recording.render(View([], "t", 0))
    recording.render(View([], "t", 0, entry=Entry("huisarts", "dordrecht"), link="x"))
    recording.error("storing", 500)
    recording.bad_link("link_verlopen", 410)
    for kind in CARDS:
        for changes in (
            {},
            {"melding": "", "melding_norm": None},
            {"melding": "", "melding_norm": True},
            {"melding": "", "melding_norm": False},
        ):
            recording.render(asked(card(kind, **changes), Bubble("routekaart", "x", {"type": "nood"})))
    for custom in (
        {**CARDS["gesprek"], "met": "ouders"},
        {"type": "kindcheck", "zorg": True},
        {"type": "kindcheck", "zorg": False},
        {**CARDS["signalen"], "opties": OPTIONS},
        {"type": "oefening", "casus": "x", "terugkoppeling": dict.fromkeys(("keuze", "goed", "gevolg", "waarom", "beste", "regel"), "x")},
    ):
        recording.render(asked(Bubble("routekaart", "x", custom)))
    assert used - {"storing", "link_verlopen"} == {*KEYS, *OPTIONAL_KEYS}


def test_missing_texts_leave_a_page_that_works() -> None:
    html = Page({}).render(asked(card("routekaart"), card("vraag")))
    assert choices(Dom(html)) and 'href="tel:112"' in html
    assert Page.missing({}) == list(KEYS) and Page.missing(TEXTS) == []


@pytest.mark.skipif(not (CONTENT / "teksten.yml").exists(), reason="content/teksten.yml is not there")
def test_the_content_has_every_text_of_the_page() -> None:
    assert Page.missing(yaml.safe_load((CONTENT / "teksten.yml").read_text("utf8"))) == []
