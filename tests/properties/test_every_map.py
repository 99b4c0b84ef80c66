"""Another municipality is another file: what holds for the advice of one map holds for every map, and for a municipality without one.

Every map of `content/routekaarten` is found by itself, so a new file is tested without a new line here.
"""

from __future__ import annotations

import json
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from bot.cards import Card, Cards
from bot.content import load_content
from bot.content.load import ELSEWHERE
from bot.core.route import RULES, Advice, advise
from bot.core.situation import OPTIONS, ROLES, ZELF, Situation
from bot.dialogue.reading import Message, read
from bot.dialogue.state import State
from bot.server.page import Bubble, Page, View
from tests.situations import SIGNS, situations

CONTENT = load_content()
CARDS = Cards(CONTENT)
#: a municipality that has no map
UNKNOWN = "nergenshuizen"
PLACES = [*CONTENT.maps, UNKNOWN]
#: what is true of Dordrecht only, and of its region only, whatever the map says today
DORDRECHT_ONLY = ("dordrecht", "r-newt", "jong dordt", "samendordt")
REGION_ONLY = (
    "zuid-holland zuid",
    "zhz",
    "jong jgz",
    "ok-coach",
    "drechtsteden",
    "albert schweitzer",
    "20 200 20",
    "jeugdbescherming west",
)
#: national lines that everyone has to find under the same number, wherever they are
NATIONAL = ("nood_112", "veilig_thuis", "vertrouwensarts", "politie", "lijn_113", "kindertelefoon", "centrum_seksueel_geweld", "leck")
#: a person, or who knows the person
TO_A_PERSON = {"telefoon", "intern", "balie", "navraag"}


def _spread(rol: str | None) -> list[Situation]:
    """Situations of a role: each sign at each step of the meldcode, the kindcheck, another child, a colleague, the user's own need."""
    base = Situation(rol=rol, acuut="nee", structureel="nee", concreet=True, onthulling="nee", gesprek_onveilig="nee")
    found = [Situation(rol=rol), base, base.with_(concreet=False)]
    for sign, step, going_on in product(SIGNS, OPTIONS["voortgang"], ("nee", "weet_niet")):
        found.append(base.with_(signalen=frozenset({sign}), voortgang=step, structureel=going_on, leeftijd="4-12"))
    for sign in SIGNS:
        found.append(base.with_(signalen=frozenset({sign}), gevaar=True))
    for sign, age in product(("letsel", "zwangerschap_risico", "honger"), OPTIONS["leeftijd"]):
        found.append(base.with_(signalen=frozenset({sign}), leeftijd=age))
    found.append(base.with_(signalen=frozenset({"letsel_baby"}), leeftijd="0-1", hulp_aanvaard="nee"))
    for question in ("acuut", "structureel", "onthulling", "eerder_gemeld", "jeugdbeschermer", "gesprek_onveilig", "school_soort"):
        for option, step in product(OPTIONS[question], ("niets", "overlegd", "ouders_gesproken")):
            found.append(base.with_(**{"voortgang": step, question: option}))
    for asked in product(*(OPTIONS[q] for q in ("vermoeden", "hulp_mogelijk", "hulp_aanvaard", "hulp_werkt"))):
        answers = dict(zip(("vermoeden", "hulp_mogelijk", "hulp_aanvaard", "hulp_werkt"), asked, strict=True))
        found += [base.with_(voortgang=step, **answers) for step in ("ouders_gesproken", "gewogen")]
    for asked in product(*(OPTIONS[q] for q in ("kinderen", "zwanger", "kinderen_veilig", "steun"))):
        found.append(base.with_(kindcheck=True, **dict(zip(("kinderen", "zwanger", "kinderen_veilig", "steun"), asked, strict=True))))
    for who, sign in product(OPTIONS["verdachte"], ("slaan", "seksueel_misbruik")):
        found.append(base.with_(verdachte=who, signalen=frozenset({sign})))
    for who, danger, sign in product(ZELF, (False, True), ("seksueel_misbruik", "letsel_baby", "kleineren")):
        found.append(base.with_(zelf=who, gevaar=danger, signalen=frozenset({sign})))
    return found


@cache
def advices(rol: str | None) -> tuple[tuple[Situation, Advice], ...]:
    """Every different advice in the spread of a role, with a situation that leads to it."""
    kept: dict[Advice, Situation] = {}
    for s in _spread(rol):
        kept.setdefault(advise(s), s)
    return tuple((s, advice) for advice, s in kept.items())


def said(card: Card, sources: bool = True) -> str:
    """All that a card says, in lower case; without `sources` not the names of the documents it rests on."""
    custom = {k: v for k, v in (card.get("custom") or {}).items() if sources or k != "bronnen"}
    text = "\n".join(line for line in card["text"].split("\n") if sources or not line.startswith(CONTENT.say("kaart_bronnen")))
    return json.dumps([text, custom, card.get("buttons")], ensure_ascii=False).lower()


def test_the_spread_meets_every_rule() -> None:
    met = {advice.regel for rol in (*ROLES, None) for _, advice in advices(rol)}
    assert met == {rule.id for rule in RULES}


def test_the_maps_are_more_than_one() -> None:
    assert len(CONTENT.maps) > 1
    assert UNKNOWN not in CONTENT.maps
    assert ELSEWHERE not in CONTENT.maps


@pytest.mark.parametrize("name", CONTENT.maps)
def test_a_map_tells_what_it_is(name: str) -> None:
    local = CONTENT.maps[name]
    assert local["gemeente"] == name, "the id is the name of the file"
    assert local["naam"]
    assert local["status"]
    assert local["gecontroleerd"]
    assert local["functies"]
    for row in local["functies"].values():
        assert "controleer_lokaal" in row, row["organisatie"]
    if local["status"].startswith("landelijke kaart"):
        assert all(row["controleer_lokaal"] for row in local["functies"].values()), "nobody there has confirmed anything yet"


@pytest.mark.parametrize(("place", "rol"), list(product(PLACES, (*ROLES, None))))
def test_every_advice_has_somebody_there_who_can_be_reached(place: str, rol: str | None) -> None:
    for s, advice in advices(rol):
        state = State(situatie=s, gemeente=place)
        custom = CARDS.route(state, advice)["custom"]
        for who in (custom, *custom["daarna"]):
            assert who["naam"]
            assert TO_A_PERSON & {way["soort"] for way in who["bereik"]}, (advice.regel, who["contact"])
            assert all(way["waarde"] for way in who["bereik"])
            assert CARDS.contact(state, who["contact"])["text"]


@pytest.mark.parametrize(("place", "rol"), list(product([p for p in PLACES if p != "dordrecht"], (*ROLES, None))))
def test_nothing_of_dordrecht_shows_elsewhere(place: str, rol: str | None) -> None:
    cards = [CARDS.route(State(situatie=s, gemeente=place), advice) for s, advice in advices(rol)]
    state = State(situatie=Situation(rol=rol), gemeente=place)
    cards += [CARDS.contact(state, org) for org in CONTENT.organisation_words()]
    cards.append(CARDS.emergency(state))
    near = place in CONTENT.maps and CONTENT.maps[place]["regio"] == CONTENT.maps["dordrecht"]["regio"]
    barred = DORDRECHT_ONLY if near else DORDRECHT_ONLY + REGION_ONLY
    for card in cards:
        words = said(card)
        assert not [x for x in barred if x in words], (card["custom"].get("contact") or card["custom"].get("id"), words)


def _own_words(name: str) -> set[str]:
    """What only the map of `name` says: its name, and the names, numbers and addresses that are not the national ones."""
    found = {CONTENT.maps[name]["naam"]}
    for row in CONTENT.maps[name]["functies"].values():
        org = row["organisatie"]
        national = CONTENT.organisation(org, ELSEWHERE)
        local = CONTENT.organisation(org, name)
        found |= {local["naam"]} - {national["naam"]}
        found |= {str(b["waarde"]) for b in local["bereik"]} - {str(b["waarde"]) for b in national["bereik"]}
    return {words.lower() for words in found}


@pytest.mark.parametrize("name", CONTENT.maps)
def test_no_map_shows_in_another(name: str) -> None:
    own = _own_words(name)
    home = said(CARDS.contact(State(gemeente=name), "gemeente")) + "".join(
        said(CARDS.contact(State(gemeente=name), row["organisatie"])) for row in CONTENT.maps[name]["functies"].values()
    )
    assert any(words in home for words in own), "the map changes nothing"
    for place in PLACES:
        region = {CONTENT.maps[p]["regio"] for p in (name, place) if p in CONTENT.maps}
        if place == name or (len(region) == 1 and place != UNKNOWN and "onbekend" not in region):
            continue  # a municipality may name the region it is part of
        state = State(situatie=Situation(rol="wijkteam"), gemeente=place)
        for org in CONTENT.organisation_words():
            words = said(CARDS.contact(state, org), sources=False)
            assert not [x for x in own if x in words], (place, org)


@pytest.mark.parametrize("place", PLACES)
def test_national_numbers_are_the_same_everywhere(place: str) -> None:
    def phones(org: str, where: str) -> list[str]:
        return [b["waarde"] for b in CONTENT.organisation(org, where)["bereik"] if b["soort"] == "telefoon"]

    for org in CONTENT.organisation_words():
        national = phones(org, UNKNOWN)
        if national:
            assert phones(org, place) == national, org
    assert all(phones(org, place) for org in NATIONAL)
    assert "112" in phones("nood_112", place)
    assert phones("veilig_thuis", place) == ["0800-2000"]
    assert CONTENT.organisation("aandachtsfunctionaris", place)["naam"] == "Aandachtsfunctionaris"


@settings(max_examples=300, deadline=None)
@given(situations(), st.sampled_from(PLACES))
def test_any_situation_has_a_whole_card_in_any_place(s: Situation, place: str) -> None:
    advice = advise(s)
    custom = CARDS.route(State(situatie=s, gemeente=place), advice)["custom"]
    assert custom["contact"] == advice.contact, "the place changes names, never the advice"
    for who in (custom, *custom["daarna"]):
        assert TO_A_PERSON & {way["soort"] for way in who["bereik"]}, (place, who["contact"])


# -- the quiet line ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rol", [*ROLES, None])
def test_a_place_without_a_map_is_told_so_once_on_every_card(rol: str | None) -> None:
    line = CONTENT.say("gemeente_anders", rol)
    for s, advice in advices(rol):
        assert CARDS.route(State(situatie=s, gemeente=UNKNOWN), advice)["text"].count(line) == 1
        assert all(line not in CARDS.route(State(situatie=s, gemeente=name), advice)["text"] for name in CONTENT.maps)
    state = State(situatie=Situation(rol=rol), gemeente=UNKNOWN)
    assert line in CARDS.contact(state, "jeugdteam")["text"]
    assert line in CARDS.contact(state, "veilig_thuis")["text"]
    assert line not in CARDS.contact(state, "kindertelefoon")["text"], "the same everywhere"


@pytest.mark.parametrize("place", PLACES)
def test_what_is_not_confirmed_is_marked_in_the_text_and_on_the_page(place: str) -> None:
    page = Page(CONTENT.texts)
    state = State(situatie=Situation(rol="leerkracht"), gemeente=place)
    line = CONTENT.say("controleer_lokaal")
    marked = 0
    for org in CONTENT.organisation_words():
        card = CARDS.contact(state, org)
        unsure = bool(CONTENT.organisation(org, place).get("controleer_lokaal"))
        marked += unsure
        html = page.render(View([Bubble("gebruiker", "?"), Bubble("routekaart", card["text"], card["custom"])], "t", 1, rol="leerkracht"))
        assert (line in card["text"]) is unsure, org
        assert (line in html) is unsure, org
    assert marked


@pytest.mark.parametrize("place", PLACES)
def test_the_route_card_marks_who_comes_after_too(place: str) -> None:
    page = Page(CONTENT.texts)
    after = confirmed = 0
    for s, advice in advices("leerkracht"):
        state = State(situatie=s, gemeente=place)
        card = CARDS.route(state, advice)
        quiet = card["custom"]["lokaal"]
        unsure = [
            o for o in (advice.contact, *(n.contact for n in advice.daarna)) if CONTENT.organisation(o, place).get("controleer_lokaal")
        ]
        assert quiet == "" or quiet in card["text"]
        assert "\n" not in quiet, "one line"
        if s.professional:
            assert bool(quiet) is (bool(unsure) or place == UNKNOWN), advice.regel
        if unsure and advice.contact not in unsure and s.professional and place != UNKNOWN:
            after += 1
            assert all(CONTENT.organisation(o, place)["naam"] in quiet for o in unsure)
        confirmed += not quiet
        if after == 1 or advice.regel == "hulp_starten":
            html = page.render(
                View([Bubble("gebruiker", "?"), Bubble("routekaart", card["text"], card["custom"])], "t", 1, rol="leerkracht")
            )
            assert str(escape(quiet)) in html
    assert after or place == UNKNOWN
    assert confirmed or place == UNKNOWN, "a line on every card is read on none"


# -- the entry chooses ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES)
def test_metadata_choose_the_map(place: str) -> None:
    message = Message("1", "hallo", "begroeten", 0.9, metadata={"gemeente": place})
    state = read(State(), message, CONTENT.questions, frozenset(CONTENT.maps))
    assert state.gemeente == (place if place in CONTENT.maps else ELSEWHERE)
    assert CONTENT.municipality(state.gemeente) == CONTENT.municipality(place)


def test_veilig_thuis_has_the_name_of_its_region_only_there() -> None:
    for place in PLACES:
        name = CONTENT.organisation("veilig_thuis", place)["naam"]
        region = CONTENT.maps[place]["regio"] if place in CONTENT.maps else None
        assert name in ("Veilig Thuis", f"Veilig Thuis {region}"), place
    assert CONTENT.organisation("veilig_thuis", "dordrecht")["naam"] == "Veilig Thuis Zuid-Holland Zuid"
    assert CONTENT.organisation("veilig_thuis", UNKNOWN)["naam"] == "Veilig Thuis"
