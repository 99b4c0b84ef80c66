"""Understanding free-text answers: the meaning is the option, never the polarity of the sentence."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.core.situation import OPTIONS
from bot.nlu.answers import flat, read_answer

CONTENT = Path(__file__).resolve().parents[2] / "content" / "vragen.yml"

YES_NO = {"ja": {"titel": "Ja"}, "nee": {"titel": "Nee"}}
YES_NO_UNKNOWN = {**YES_NO, "weet_niet": {"titel": "Weet ik niet"}}


def _yes_no(calm: str | None, unknown: bool = True) -> dict[str, Any]:
    return {"opties": YES_NO_UNKNOWN if unknown else YES_NO, "bevestigen": "ja", "ontkennen": "nee", "geruststellend": calm}


def _choice(**titles: str) -> dict[str, Any]:
    return {"opties": {k: {"titel": v} for k, v in titles.items()}, "bevestigen": None, "ontkennen": None, "geruststellend": None}


#: bare specs without any phrases: what the reader knows by itself
OWN: dict[str, dict[str, Any]] = {
    "bevestig_signalen": {
        "opties": {"ja": {"titel": "Klopt"}, "nee": {"titel": "Aanpassen"}},
        "bevestigen": "ja",
        "ontkennen": "nee",
        "geruststellend": None,
    },
    "toelichting": {
        "opties": {"niets": {"titel": "Ik kan niets aanwijzen"}},
        "bevestigen": None,
        "ontkennen": "niets",
        "geruststellend": None,
    },
    "keuze": _choice(
        zorg_delen="Ik maak me zorgen over een kind", hulp_vragen="Ik heb een vraag", contact_zoeken="Ik wil met een mens praten"
    ),
    "bellen": {
        "opties": {
            "ja": {"titel": "Ik bel"},
            "hulp": {"titel": "Ik wil weten wat ik moet zeggen"},
            "geen_gevaar": {"titel": "Er is geen gevaar meer"},
            "oefening": {"titel": "Hoort bij de oefening"},
        },
        "bevestigen": "ja",
        "ontkennen": "hulp",
        "geruststellend": "geen_gevaar",
    },
    "voortgang": {
        **_choice(
            niets="Nog niets",
            vastgelegd="Ik heb het opgeschreven",
            overlegd="Besproken met een collega",
            ouders_gesproken="Ook met de ouders gesproken",
            gewogen="Ook gewogen: is melden nodig?",
        ),
        "ontkennen": "niets",
    },
    "rol": _choice(
        leerkracht="Leerkracht of docent",
        intern_begeleider="Intern begeleider of zorgcoördinator",
        huisarts="Huisarts of praktijkondersteuner",
        wijkteam="Wijkteam",
        kinderopvang="Kinderopvang",
        jgz="Jeugdarts of jeugdverpleegkundige",
        ander_beroep="Ander beroep",
        geen_beroep="Geen beroep",
    ),
    "leeftijd": {
        "opties": {
            "ongeboren": {"titel": "Nog niet geboren"},
            "0-1": {"titel": "0 of 1 jaar"},
            "2-3": {"titel": "2 of 3 jaar"},
            "4-12": {"titel": "4 tot en met 12 jaar"},
            "13-17": {"titel": "13 tot en met 17 jaar"},
            "18+": {"titel": "18 jaar of ouder"},
        },
        "bevestigen": None,
        "ontkennen": None,
        "geruststellend": None,
    },
    "school_soort": _choice(po="Basisschool", vo="Middelbare school", mbo="Mbo"),
    "verdachte": _choice(
        ouder="Iemand thuis of uit de familie",
        collega="Een collega",
        houder="De houder",
        ander_kind="Een ander kind",
        onbekend="Weet ik niet",
    ),
    "acuut": _yes_no("nee"),
    "structureel": _yes_no("nee"),
    "onthulling": _yes_no("nee"),
    "gesprek_onveilig": _yes_no("nee"),
    "eerder_gemeld": _yes_no("nee"),
    "jeugdbeschermer": _yes_no(None),
    "kinderen": _yes_no("nee"),
    "zwanger": _yes_no("nee"),
    "kinderen_veilig": _yes_no("ja"),
    "steun": _yes_no("ja"),
    "vermoeden": _yes_no("nee"),
    "hulp_mogelijk": _yes_no("ja"),
    "hulp_aanvaard": _yes_no("ja"),
    "hulp_werkt": _yes_no("ja"),
    "vastgelegd": _yes_no(None, unknown=False),
    "overlegd": _yes_no(None, unknown=False),
    "ouders_gesproken": {
        "opties": {**YES_NO, "kan_niet": {"titel": "Dat kan nu niet veilig"}},
        "bevestigen": "ja",
        "ontkennen": "nee",
        "geruststellend": None,
    },
    "gewogen": _yes_no(None, unknown=False),
}

CONTENT_SPECS: dict[str, dict[str, Any]] = yaml.safe_load(CONTENT.read_text("utf8")) if CONTENT.exists() else {}
SPECS = [pytest.param(OWN, id="own")] + ([pytest.param(CONTENT_SPECS, id="content")] if CONTENT_SPECS else [])

#: questions with a reassuring option that yes or no can mean: what a bare yes, no and a hedge towards either means
SAFETY = {q: s["geruststellend"] for q, s in OWN.items() if s["geruststellend"] in ("ja", "nee")}

SENTENCES: list[tuple[str, str, str | None]] = [
    # acuut: ja = there is danger
    ("acuut", "nee hoor, hij zit veilig bij oma", "nee"),
    ("acuut", "hij is veilig", "nee"),
    ("acuut", "het is niet veilig", "ja"),
    ("acuut", "het is daar nooit veilig", "ja"),
    ("acuut", "ze is niet in gevaar", "nee"),
    ("acuut", "nee, niks wat daarop wijst", "nee"),
    ("acuut", "nu niet", "nee"),
    ("acuut", "nee er is nu niks aan de hand ze zitten op school en ik heb ze vanmorgen nog gezien", "nee"),
    ("acuut", "nu niet maar vanavond wel", "ja"),
    ("acuut", "niet nu maar vanavond thuis wel", "ja"),
    ("acuut", "ja hij staat nog voor de deur", "ja"),
    ("acuut", "ja dat denk ik wel", "ja"),
    ("acuut", "ja volgens mij wel maar ik weet het niet zeker", "ja"),
    ("acuut", "volgens mij niet", "weet_niet"),
    ("acuut", "nee dat denk ik niet", "weet_niet"),
    ("acuut", "ik hoop het niet", "weet_niet"),
    ("acuut", "ze lijkt veilig", "weet_niet"),
    ("acuut", "moeder zegt dat het veilig is", "weet_niet"),
    ("acuut", "niet echt", "weet_niet"),
    ("acuut", "voor zover ik weet niet", "weet_niet"),
    ("acuut", "ja wat is gevaar hè, dat weet ik toch niet", "weet_niet"),
    ("acuut", "geen idee eerlijk gezegd", "weet_niet"),
    ("acuut", "dat zou kunnen", "weet_niet"),
    ("acuut", "gevaar? nee, echt niet", "nee"),
    ("acuut", "ja, eh nee toch", "ja"),
    ("acuut", "nee, het is niet veilig", "ja"),
    ("acuut", "ja hij is veilig", "ja"),
    ("acuut", "ja en nee", "ja"),
    ("acuut", "absoluut niet", "nee"),
    ("acuut", "zeker weten", "ja"),
    ("acuut", "helemaal niet veilig daar", "ja"),
    ("acuut", "onveilig is het zeker", "ja"),
    ("acuut", "ik weet niet wat ik nu moet doen", None),
    ("acuut", "ik weet niet of hij veilig is", "weet_niet"),
    ("acuut", "nee?", "weet_niet"),
    ("acuut", "nee toch?", "weet_niet"),
    ("acuut", "ik zou zeggen van niet", "weet_niet"),
    ("acuut", "nee, tenminste niet dat ik zie", "weet_niet"),
    ("acuut", "nee maar straks moet ze wel naar huis", "weet_niet"),
    ("acuut", "nee hij is bij zijn vader en die heeft gedronken", "weet_niet"),
    ("acuut", "op school is ze veilig", "weet_niet"),
    ("acuut", "dat weet je nooit bij hem", "weet_niet"),
    ("acuut", "ik ben bang van wel", "ja"),
    ("acuut", "ja, ze durft niet naar huis", "ja"),
    ("acuut", "er is altijd gevaar daar", "ja"),
    ("acuut", "alles is rustig nu", "nee"),
    ("acuut", "moet ik niet eerst met zijn moeder praten?", None),
    ("acuut", "hoe bedoel je veilig", None),
    ("acuut", "ik heb veilig thuis al gebeld", None),
    ("acuut", "hij heeft ook nog een broertje dat blauwe plekken heeft", None),
    ("acuut", "ja hallo ben je er nog", None),
    ("acuut", "mijn ex staat beneden met een honkbalknuppel, de kinderen liggen te slapen, ik durf het licht niet aan te doen", None),
    ("acuut", "No-show bij de kinderarts, no-show bij de audioloog, en niemand belt terug", None),
    # kinderen_veilig: ja = safe
    ("kinderen_veilig", "hij is veilig", "ja"),
    ("kinderen_veilig", "ze zijn veilig bij oma", "ja"),
    ("kinderen_veilig", "ja hoor oma past op ze", "ja"),
    ("kinderen_veilig", "niet veilig", "nee"),
    ("kinderen_veilig", "het is niet veilig daar", "nee"),
    ("kinderen_veilig", "ze zijn alleen thuis", "nee"),
    ("kinderen_veilig", "ja maar het is niet veilig", "nee"),
    ("kinderen_veilig", "ik denk het wel", "weet_niet"),
    ("kinderen_veilig", "volgens mij niet", "nee"),
    ("kinderen_veilig", "ik hoop het", "weet_niet"),
    ("kinderen_veilig", "ja, zegt ze", "weet_niet"),
    ("kinderen_veilig", "waar zijn ze dan?", None),
    ("structureel", "Ja. Al een jaar of vier.", "ja"),
    ("structureel", "jup, elke week", "ja"),
    ("structureel", "dit is al de derde keer", "ja"),
    ("structureel", "sinds de scheiding", "ja"),
    ("structureel", "nee eenmalig", "nee"),
    ("structureel", "nee dit was de eerste keer", "nee"),
    ("structureel", "vermoedelijk eenmalig", "weet_niet"),
    ("structureel", "nee, al jaren", "ja"),
    ("structureel", "hoe lang moet dat dan duren?", None),
    ("onthulling", "Ja, dat zei hij letterlijk zo, uit zichzelf.", "ja"),
    ("onthulling", "hij heeft het tegen mij gezegd", "ja"),
    ("onthulling", "nee ze heeft zelf niks gezegd, het is puur wat ik zie", "nee"),
    ("onthulling", "ze wil er niks over kwijt", "nee"),
    ("onthulling", "misschien half", "weet_niet"),
    ("gesprek_onveilig", "ja, vader slaat haar dan", "ja"),
    ("gesprek_onveilig", "ik ben bang dat ze verdwijnen", "ja"),
    ("gesprek_onveilig", "dat is niet veilig", "ja"),
    ("gesprek_onveilig", "nee hoor, goed contact", "nee"),
    ("gesprek_onveilig", "denk het niet", "weet_niet"),
    ("eerder_gemeld", "ja vorig jaar", "ja"),
    ("eerder_gemeld", "er ligt al een melding", "ja"),
    ("eerder_gemeld", "nooit gemeld", "nee"),
    ("eerder_gemeld", "nee volgens mij niet", "weet_niet"),
    ("jeugdbeschermer", "ja een gezinsvoogd", "ja"),
    ("jeugdbeschermer", "er is een ots", "ja"),
    ("jeugdbeschermer", "nee, geen jb'er betrokken, alleen lpa", "nee"),
    ("jeugdbeschermer", "ja, eh nee toch", "nee"),
    ("jeugdbeschermer", "kweenie hoor", "weet_niet"),
    ("kinderen", "twee", "ja"),
    ("kinderen", "2", "ja"),
    ("kinderen", "0", "nee"),
    ("kinderen", "nee geen kinderen", "nee"),
    ("kinderen", "ja een zoontje van 3", "ja"),
    ("kinderen", "niet uitgevraagd", "weet_niet"),
    ("zwanger", "ja 20 weken", "ja"),
    ("zwanger", "ze is niet zwanger", "nee"),
    ("zwanger", "volgens mij niet", "weet_niet"),
    ("zwanger", "nee is ze niet", "nee"),
    ("steun", "haar moeder springt bij, dus ja", "ja"),
    ("steun", "ja, oma kookt elke dag", "ja"),
    ("steun", "nee niemand", "nee"),
    ("steun", "ze staat er alleen voor", "nee"),
    ("steun", "denk het wel", "weet_niet"),
    ("vermoeden", "nee het was een ongeluk", "nee"),
    ("vermoeden", "ik blijf me zorgen maken", "ja"),
    ("vermoeden", "ja, het klopt niet", "ja"),
    ("vermoeden", "volgens mij niet", "weet_niet"),
    ("hulp_mogelijk", "nee dat kunnen wij niet", "nee"),
    ("hulp_mogelijk", "dat is te zwaar voor ons", "nee"),
    ("hulp_mogelijk", "ja we kunnen hulp inzetten", "ja"),
    ("hulp_mogelijk", "ja dat denk ik wel", "weet_niet"),
    ("hulp_aanvaard", "nee ze weigeren alles", "nee"),
    ("hulp_aanvaard", "ze houden alles af", "nee"),
    ("hulp_aanvaard", "ja ze staan open voor hulp", "ja"),
    ("hulp_aanvaard", "ja en amen maar er gebeurt niks", "nee"),
    ("hulp_aanvaard", "ja dat denk ik wel", "weet_niet"),
    ("hulp_werkt", "nee er is niets veranderd", "nee"),
    ("hulp_werkt", "de termijn is om en er is niets veranderd", "nee"),
    ("hulp_werkt", "ja de hulp werkt goed", "ja"),
    ("hulp_werkt", "ik hoop het", "weet_niet"),
    ("vastgelegd", "ja, heb ik eigenhandig opgeschreven om 14.32", "ja"),
    ("vastgelegd", "nee daar is vooralsnog niks van opgeschreven", "nee"),
    ("vastgelegd", "nog niet", "nee"),
    ("vastgelegd", "staat in het dossier", "ja"),
    ("overlegd", "ja met de ib", "ja"),
    ("overlegd", "nog niet", "nee"),
    ("overlegd", "nee met niemand", "nee"),
    ("overlegd", "besproken met mijn duo", "ja"),
    ("ouders_gesproken", "nee nog niet", "nee"),
    ("ouders_gesproken", "ja moeder gesproken", "ja"),
    ("ouders_gesproken", "dat kan nu niet veilig", "kan_niet"),
    ("ouders_gesproken", "dat is te gevaarlijk", "kan_niet"),
    ("gewogen", "ja met de aandachtsfunctionaris", "ja"),
    ("gewogen", "nee nog niet", "nee"),
    ("gewogen", "afwegingskader ingevuld", "ja"),
    ("gewogen", "nog niet gewogen", "nee"),
    ("voortgang", "nope nog niemand verteld", "niets"),
    ("voortgang", "genoteerd, nog niet overlegd", "vastgelegd"),
    ("voortgang", "Jazeker, daar heb ik maandag al met onze ib'er over gezeten", "overlegd"),
    ("voortgang", "heb het er met mijn duo over gehad maar nog niet met ouders", "overlegd"),
    ("voortgang", "ook met de ouders gesproken", "ouders_gesproken"),
    ("voortgang", "ja, stap 1 t/m 3 afgevinkt", "ouders_gesproken"),
    ("voortgang", "alles besproken en gewogen", "gewogen"),
    ("voortgang", "moet ik dat opschrijven?", None),
    ("rol", "juf", "leerkracht"),
    ("rol", "docent wiskunde op het vo", "leerkracht"),
    ("rol", "ib'er", "intern_begeleider"),
    ("rol", "wijkagent", "ander_beroep"),
    ("rol", "verpleegkundige op de SEH", "ander_beroep"),
    ("rol", "ik ben moeder en leerkracht", "leerkracht"),
    ("rol", "jeugdverpleegkundige bij de ggd", "jgz"),
    ("rol", "gezinscoach", "wijkteam"),
    ("rol", "opa van fleur", "geen_beroep"),
    ("rol", "bij de ggd", "jgz"),
    ("rol", "wat maakt dat uit?", None),
    ("leeftijd", "6", "4-12"),
    ("leeftijd", "2", "2-3"),
    ("leeftijd", "zes", "4-12"),
    ("leeftijd", "7 weken", "0-1"),
    ("leeftijd", "18 maanden", "0-1"),
    ("leeftijd", "bijna 4", "2-3"),
    ("leeftijd", "nog geen 1", "0-1"),
    ("leeftijd", "2,5", "2-3"),
    ("leeftijd", "3 1/2 jaar ongeveer", "2-3"),
    ("leeftijd", "een jaar of 8", "4-12"),
    ("leeftijd", "6 en 9", "4-12"),
    ("leeftijd", "2 en 14", "2-3"),
    ("leeftijd", "groep 6", "4-12"),
    ("leeftijd", "24 weken zwanger", "ongeboren"),
    ("leeftijd", "19", "18+"),
    ("school_soort", "vmbo", "vo"),
    ("school_soort", "roc", "mbo"),
    ("school_soort", "groep 6", "po"),
    ("school_soort", "3 havo", "vo"),
    ("verdachte", "zijn vader", "ouder"),
    ("verdachte", "ja van me stiefvader", "ouder"),
    ("verdachte", "een collega van mij", "collega"),
    ("verdachte", "niet zijn vader maar een juf", "collega"),
    ("verdachte", "niet de vader maar de stiefvader", "ouder"),
    ("verdachte", "een jongen uit de klas", "ander_kind"),
    ("verdachte", "de vader of de meester, weet ik niet", "onbekend"),
    ("verdachte", "weet ik niet", "onbekend"),
    ("bevestig_signalen", "ja zo heb ik het bedoeld", "ja"),
    ("bevestig_signalen", "Klopt helemaal alleen is het hun tweede en niet de eerste", "ja"),
    ("bevestig_signalen", "nee geen blauwe plekken", "nee"),
    ("bevestig_signalen", "klopt niet", "nee"),
    ("bevestig_signalen", "bijlange niet dat hebt ge verkeerd verstaan", "nee"),
    ("bellen", "ja", "ja"),
    ("bellen", "nee", "hulp"),
    ("bellen", "ik bel nu", "ja"),
    ("bellen", "wat moet ik zeggen", "hulp"),
    ("bellen", "wat moet ik dan zeggen?", "hulp"),
    ("bellen", "nee er is geen gevaar meer", "geen_gevaar"),
    ("bellen", "volgens mij is er geen gevaar meer", "hulp"),
    ("bellen", "het is maar een oefening", "oefening"),
    ("toelichting", "ik kan niks aanwijzen", "niets"),
    ("toelichting", "weet niet", "niets"),
    ("toelichting", "hij is zo stil de laatste tijd", None),
    ("toelichting", "blauwe plekken op zijn arm", None),
    ("keuze", "ik heb een vraag", "hulp_vragen"),
    ("keuze", "de laatste", "contact_zoeken"),
    ("keuze", "optie een", "zorg_delen"),
    ("keuze", "iets heel anders", None),
]


@pytest.mark.parametrize("specs", SPECS)
@pytest.mark.parametrize(("question", "text", "expected"), SENTENCES)
def test_sentences(specs: dict[str, dict[str, Any]], question: str, text: str, expected: str | None) -> None:
    assert read_answer(question, specs[question], text) == expected


@pytest.mark.parametrize("specs", SPECS)
@pytest.mark.parametrize("question", sorted(OWN))
def test_bare_yes_and_no(specs: dict[str, dict[str, Any]], question: str) -> None:
    spec = specs[question]
    for text in ("ja", "Ja.", "jaaa", "jawel", "jazeker", "yep", "yes", "inderdaad"):
        assert read_answer(question, spec, text) == spec["bevestigen"], text
    for text in ("nee", "Nee!", "neeee", "neen", "nope", "nee hoor", "welnee"):
        assert read_answer(question, spec, text) == spec["ontkennen"], text


@pytest.mark.parametrize("specs", SPECS)
@pytest.mark.parametrize("question", sorted(SAFETY))
def test_hedges_about_safety(specs: dict[str, dict[str, Any]], question: str) -> None:
    """Towards the reassuring option a hedge is weet_niet, towards the alarming one it stays the alarming option."""
    spec = specs[question]
    yes = ("ja dat denk ik wel", "volgens mij wel", "ik denk het wel", "ja, denk ik", "ja waarschijnlijk", "lijkt me wel")
    no = ("nee dat denk ik niet", "volgens mij niet", "ik geloof het niet", "nee, geloof ik", "waarschijnlijk niet", "lijkt me niet")
    for texts, option in ((yes, "ja"), (no, "nee")):
        for text in texts:
            expected = "weet_niet" if spec["geruststellend"] == option else option
            assert read_answer(question, spec, text) == expected, text


@pytest.mark.parametrize("specs", SPECS)
@pytest.mark.parametrize("question", sorted(q for q, s in OWN.items() if "weet_niet" in s["opties"]))
def test_does_not_know(specs: dict[str, dict[str, Any]], question: str) -> None:
    for text in (
        "weet ik niet",
        "geen idee",
        "ja dat weet ik niet",
        "nee weet ik niet",
        "geen flauw idee hoor",
        "misschien",
        "kweenie",
        "idk",
    ):
        assert read_answer(question, specs[question], text) == "weet_niet", text


@pytest.mark.parametrize("specs", SPECS)
@pytest.mark.parametrize("question", sorted(OWN))
def test_numbers_follow_the_order(specs: dict[str, dict[str, Any]], question: str) -> None:
    spec = specs[question]
    words = ("eerste", "tweede", "derde", "vierde", "vijfde", "zesde", "zevende", "achtste")
    for number, option in enumerate(spec["opties"], start=1):
        texts = [f"optie {number}", f"de {words[number - 1]}", f"nummer {number}"]
        if question not in ("leeftijd", "kinderen"):  # there a bare number is an age, or how many
            texts.append(str(number))
        for text in texts:
            assert read_answer(question, spec, text) == option, text
    assert read_answer(question, spec, "optie 19") is None


@pytest.mark.parametrize("specs", SPECS)
@pytest.mark.parametrize("question", sorted(OWN))
def test_titles_and_ids(specs: dict[str, dict[str, Any]], question: str) -> None:
    spec = specs[question]
    for option, body in spec["opties"].items():
        titles = [body["titel"], *(body.get("titel_per_rol") or {}).values()]
        for text in (option, *titles, body["titel"].upper(), f"{body['titel']}."):
            assert read_answer(question, spec, text) == option, text


def test_the_specs_here_know_every_question_of_the_core() -> None:
    assert set(OPTIONS) <= set(OWN)
    for question, options in OPTIONS.items():
        assert tuple(OWN[question]["opties"]) == options


@pytest.mark.skipif(not CONTENT_SPECS, reason="content/vragen.yml is not there")
def test_every_phrase_of_the_content_is_its_own_option() -> None:
    wrong = []
    for question, spec in CONTENT_SPECS.items():
        for option, body in (spec.get("opties") or {}).items():
            for phrase in (option, body["titel"], *(body.get("titel_per_rol") or {}).values(), *body.get("woorden", ())):
                read = read_answer(question, spec, str(phrase))
                if read != option:
                    wrong.append((question, option, phrase, read))
    assert wrong == []


@pytest.mark.skipif(not CONTENT_SPECS, reason="content/vragen.yml is not there")
def test_no_phrase_of_the_content_stands_under_two_options() -> None:
    for question, spec in CONTENT_SPECS.items():
        seen: dict[str, str] = {}
        for option, body in (spec.get("opties") or {}).items():
            for phrase in body.get("woorden", ()):
                assert seen.setdefault(flat(phrase), option) == option, (question, phrase)


def test_phrases_of_the_question_count_and_a_longer_one_wins() -> None:
    spec = _yes_no("nee")
    spec["opties"] = {
        "ja": {"titel": "Ja", "woorden": ["niet pluis"]},
        "nee": {"titel": "Nee", "woorden": ["pluis", "logeert bij de buren"]},
    }
    assert read_answer("iets_nieuws", spec, "het is daar niet pluis") == "ja"
    assert read_answer("iets_nieuws", spec, "hij logeert bij de buren") == "nee"
    # a denied reassurance is the alarming option, a denied alarm is no reassurance
    assert read_answer("iets_nieuws", spec, "hij is niet meer pluis") == "ja"


def test_negated_phrase_never_reassures() -> None:
    spec = {
        "opties": {
            "ja": {"titel": "Ja", "woorden": ["elke dag"]},
            "nee": {"titel": "Nee", "woorden": ["eenmalig"]},
            "weet_niet": {"titel": "?"},
        },
        "bevestigen": "ja",
        "ontkennen": "nee",
        "geruststellend": "nee",
    }
    assert read_answer("iets_nieuws", spec, "het is niet elke dag") is None
    assert read_answer("iets_nieuws", spec, "dit is niet eenmalig") == "ja"


def test_intent_decides_where_words_do_not() -> None:
    spec = OWN["acuut"]
    text = "zo staat het ook in mijn dossier"
    assert read_answer("acuut", spec, text) is None
    assert read_answer("acuut", spec, text, "bevestigen", 0.9) == "ja"
    assert read_answer("acuut", spec, text, "bevestigen", 0.4) is None
    assert read_answer("acuut", spec, "daar heb ik geen blik op", "weet_niet", 0.8) == "weet_niet"
    assert read_answer("acuut", spec, " ".join(["woord"] * 13), "bevestigen", 0.99) is None
    assert read_answer("acuut", spec, "moet ik dat dan melden", "bevestigen", 0.99) is None
    assert read_answer("rol", OWN["rol"], "zo is dat", "bevestigen", 0.99) is None


def test_words_beat_the_intent() -> None:
    assert read_answer("acuut", OWN["acuut"], "het is niet veilig", "ontkennen", 0.99) == "ja"
    assert read_answer("kinderen_veilig", OWN["kinderen_veilig"], "hij is veilig", "ontkennen", 0.99) == "ja"


def test_other_questions_take_the_last_clear_answer() -> None:
    assert read_answer("jeugdbeschermer", OWN["jeugdbeschermer"], "nee wacht, ja toch wel") == "ja"
    assert read_answer("bevestig_signalen", OWN["bevestig_signalen"], "ja, eh nee toch") == "nee"


@pytest.mark.parametrize("text", ["", "   ", "...", "?", "🙂", "\n", "12345678901234567890", "(", "*", "<ja>"])
def test_nothing_is_no_answer_and_no_error(text: str) -> None:
    for question, spec in OWN.items():
        if text != "<ja>":
            assert read_answer(question, spec, text) is None


def test_always_an_option_of_the_question() -> None:
    texts = ["ja", "nee", "weet ik niet", "hij is veilig", "6 jaar", "ik ben juf", "misschien", "volgens mij niet", "vader", "2"]
    for question, spec in OWN.items():
        for text in texts:
            assert read_answer(question, spec, text) in (None, *spec["opties"])


def test_spec_without_phrases_or_poles() -> None:
    assert read_answer("x", {"opties": {}}, "ja") is None
    assert read_answer("x", {"opties": {"a": {"titel": "Appel"}, "b": {}}}, "appel") == "a"
    assert read_answer("x", {"opties": {"a": {"titel": "Appel"}}}, "ja") is None


def test_fast() -> None:
    spec = CONTENT_SPECS.get("acuut", OWN["acuut"])
    text = "nee hoor, hij zit nu veilig bij zijn oma in Zwijndrecht en daar blijft hij slapen tot zondag"
    read_answer("acuut", spec, text)
    start = time.process_time()
    for _ in range(50):
        read_answer("acuut", spec, text)
    assert (time.process_time() - start) / 50 < 0.005
