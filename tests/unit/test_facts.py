"""Facts told in the text. A wrong fact sends someone the wrong way, so half of the table is about what must not be read."""

from __future__ import annotations

import re
import time

import pytest

from bot.core.situation import OPTIONS
from bot.nlu import facts
from bot.nlu.facts import Patterns, group, lexicon, pattern, read_facts, steps

AGE: list[tuple[str, str | None]] = [
    ("jongen van 9 met striemen", "4-12"),
    ("jongen, 6 jr, blauwe plek", "4-12"),
    ("6 jr", "4-12"),
    ("zes jaar", "4-12"),
    ("Het gaat om een meisje, 14 jaar oud", "13-17"),
    ("een zesjarige jongen", "4-12"),
    ("Yusuf van 12 komt in dezelfde trui", "4-12"),
    ("bram van elf zegt niks meer", "4-12"),
    ("haar zoon jelle van acht mag niet naar buiten", "4-12"),
    ("Damian (11) sloopt bushokjes", "4-12"),
    ("ll Kiara 15, spijbelt", "13-17"),
    ("Teun, 10, vader drinkt", "4-12"),
    ("hij is pas zeven", "4-12"),
    ("kindje van anderhalf", "0-1"),
    ("meisje 2;10 met afscheiding", "2-3"),
    ("peuter van 2,5", "2-3"),
    ("zuigeling 6 weken met hematoom", "0-1"),
    ("kind 10 mnd met brandwond", "0-1"),
    ("baby van 7 weken", "0-1"),
    ("hij is 4 maanden en heeft een plekje", "0-1"),
    ("kindje van 26 maanden", "2-3"),
    ("bijna 4", None),
    ("een kind van bijna 4", "2-3"),
    ("de baby huilt de hele dag", "0-1"),
    ("een dreumes met een blauwe plek", "2-3"),
    ("peuter met luieruitslag", "2-3"),
    ("die kleuter zegt niks", "4-12"),
    ("een puber die wegloopt", "13-17"),
    ("jongen uit groep 6", "4-12"),
    ("meisje gr 7", "4-12"),
    ("leerling uit de brugklas", "13-17"),
    ("Ifrah uit de brugklas, elf jaar oud", "4-12"),
    ("leerling uit 3 havo", "13-17"),
    ("student van 19", "18+"),
    ("onze oudste dochter is 18", "18+"),
    ("mevrouw is 20 weken zwanger en drinkt", "ongeboren"),
    ("ze is in verwachting en gebruikt", "ongeboren"),
    ("mw, 22 wkn, blauw oog", "ongeboren"),
    ("28 weken, van de trap geduwd zegt ze", "ongeboren"),
    ("baby in haar buik en ze rookt", "ongeboren"),
    ("ze is 17 en zwanger", "13-17"),
    ("2 kinderen van 3 en 11", "2-3"),
    ("pte 42 jr, depressief, kinderen van 5 en 7", "4-12"),
    ("Sem (8) en Lotte (3)", "2-3"),
    ("een leerling van 15, haar zusje is 3", "13-17"),
    ("peuter met gips, moeder is zwanger", "2-3"),
    ("ik ben 12 en mijn vader slaat me", "4-12"),
    # no age of the child
    ("al 6 jaar ken ik dit gezin", None),
    ("6 jaar geleden was er ook al iets", None),
    ("moeder van 36 met depressie", None),
    ("moeder van 3", None),
    ("juf, 6 jaar ervaring", None),
    ("ik ben 34 jaar juf", None),
    ("ze zijn 4 jaar uit elkaar", None),
    ("kind drie dagen niet op school", None),
    ("toen ik acht was sloeg hij mij", None),
    ("hij huilde als een baby", None),
    ("het is geen kleuter meer", None),
    ("over 3 weken moeten ze eruit", None),
    ("bel 112 of stap 3", None),
    ("een van 4 broers", None),
    ("hij is 3 keer weggelopen", None),
    ("cijfers van 7,4 naar 4,9", None),
    ("het kind is een lieverd", None),
    ("gezin van 5", None),
    ("klinkt als een kasteel met een gracht", None),
    ("stel dat een kind van 6 geslagen wordt", None),
]

ROLE: list[tuple[str, str | None, str | None]] = [
    ("ik ben juf", "leerkracht", None),
    ("ik ben leerkracht in groep 4", "leerkracht", None),
    ("Als juf zie ik dit vaker", "leerkracht", None),
    ("mag ik als mentor zelf bellen", "leerkracht", None),
    ("ik sta voor groep 3", "leerkracht", None),
    ("er is een meisje in mijn groep 5", "leerkracht", None),
    ("ik werk op een basisschool", "leerkracht", None),
    ("docent wiskunde op het vo", "leerkracht", None),
    ("conciërge", "leerkracht", None),
    ("ib'er", "intern_begeleider", None),
    ("ik ben de intern begeleider hier op school", "intern_begeleider", None),
    ("hoi, zoco hier, heb 5 min", "intern_begeleider", "zorgcoordinator"),
    ("huisarts hier, vraag over een patientje", "huisarts", None),
    ("poh-ggz", "huisarts", None),
    ("triagist op de HAP", "huisarts", None),
    ("wij van het wijkteam komen er al jaren", "wijkteam", None),
    ("ik loop stage bij het wijkteam", "wijkteam", None),
    ("ik ben gezinscoach", "wijkteam", None),
    ("ik ben maatschappelijk werker bij het wijkteam", "wijkteam", None),
    ("ik werk op een bso en zie een jongen van 7", "kinderopvang", None),
    ("Ik ben Ria, gastouder", "kinderopvang", None),
    ("pedagogisch medewerker", "kinderopvang", None),
    ("bij ons op de peutergroep komt hij elke maandag", "kinderopvang", None),
    ("ik ben jeugdarts", "jgz", None),
    ("ben verpleegkundige bij het consultatiebureau", "jgz", None),
    ("wijkagent", "ander_beroep", "politie"),
    ("ik ben wijkagent in Dordrecht", "ander_beroep", "politie"),
    ("ik ben psychiater bij Antes", "ander_beroep", "ggz"),
    ("ik ben leerplichtambtenaar", "ander_beroep", "leerplicht"),
    ("ik ben smw'er op twee scholen", "ander_beroep", "schoolmaatschappelijk_werk"),
    ("jongerenwerker, ik run de inloop", "ander_beroep", "jongerenwerk"),
    ("ik ben arts op de SEH", "ander_beroep", "ziekenhuis"),
    ("medewerker Veilig Thuis", "ander_beroep", "veilig_thuis"),
    ("ik ben verloskundige", "ander_beroep", None),
    ("Ik ben kraamverzorgster", "ander_beroep", None),
    ("schuldhulpverlener", "ander_beroep", None),
    ("ik ben aandachtsfunctionaris", None, "aandachtsfunctionaris"),
    ("ik ben maar de buurvrouw", "geen_beroep", None),
    ("opa", "geen_beroep", None),
    ("Opa van Fleur.", "geen_beroep", None),
    ("als opa van twee meisjes maak ik me zorgen", "geen_beroep", None),
    ("ik ben voetbaltrainer en zie dat een jongen mager is", "geen_beroep", None),
    ("mijn kleinzoon heeft blauwe plekken", "geen_beroep", None),
    ("ik ben moeder en leerkracht", "leerkracht", None),
    # not the writer
    ("ik ben bang voor de juf", None, None),
    ("de juf is bang", None, None),
    ("juf zegt dat hij slaapt in de klas", None, None),
    ("mijn moeder is leerkracht", None, None),
    ("mijn broer werkt als agent", None, None),
    ("als vader thuiskomt ben ik bang", None, None),
    ("als vader van Kim thuiskomt ben ik bang", None, None),
    ("ik ben geen juf", None, None),
    ("ik ben verpleegkundige", None, None),
    ("ik werk met hem", None, None),
    ("ik ben bij de huisarts geweest", None, None),
    ("moeder van leerling drinkt", None, None),
    ("moeder van 36 met depressie", None, None),
    ("broertje van 6 slaat", None, None),
    ("leerling uit 3 havo", None, None),
    ("de huisarts, kinderarts en het cb", None, None),
    ("wijkagent wat kan die doen", None, None),
    ("meester loopt langs WEG", None, None),
]

FACTS: list[tuple[str, str, str | None]] = [
    ("school_soort", "jongetje uit groep 6", "po"),
    ("school_soort", "ik ben mentor van 2 vmbo", "vo"),
    ("school_soort", "leerling op de havo", "vo"),
    ("school_soort", "ik ben docent op het mbo", "mbo"),
    ("school_soort", "een student op het roc", "mbo"),
    ("school_soort", "zusje in groep 4, broer op het vmbo", None),
    ("school_soort", "een gezin in de wijk", None),
    ("voortgang", "genoteerd, nog niet overlegd", "vastgelegd"),
    ("voortgang", "ik ben juf van groep 5 en heb alles genoteerd, nog niet overlegd", "vastgelegd"),
    ("voortgang", "ik heb het al besproken met de ib'er", "overlegd"),
    ("voortgang", "VT gebeld voor advies", "overlegd"),
    ("voortgang", "in het mdo besproken", "overlegd"),
    ("voortgang", "we hebben met de ouders gesproken", "ouders_gesproken"),
    ("voortgang", "ik heb gisteren een gesprek met de ouders gehad", "ouders_gesproken"),
    ("voortgang", "we hebben met de ouders gesproken en samen gewogen", "gewogen"),
    ("voortgang", "afwegingskader ingevuld met mijn team", "gewogen"),
    ("voortgang", "stap 1 t/m 3 afgevinkt", "ouders_gesproken"),
    ("voortgang", "nog niemand verteld", "niets"),
    ("voortgang", "nog niks gedaan", "niets"),
    ("voortgang", "ik heb er nog met niemand over gepraat", "niets"),
    ("voortgang", "morgen ga ik het bespreken met de ib'er", None),
    ("voortgang", "ik wil het bespreken met mijn leidinggevende", None),
    ("voortgang", "moet ik het eerst met de ouders bespreken", None),
    ("voortgang", "heb ik het wel goed genoteerd?", None),
    ("voortgang", "ze heeft het nog niemand verteld", None),
    ("voortgang", "Het gesprek met de ouders is volgende week", None),
    ("voortgang", "de politie heeft met de ouders gesproken", None),
    ("voortgang", "nog niet besproken met de ib'er", None),
    ("voortgang", "dat staat niet in het dossier", None),
    ("voortgang", "wat is stap 3", None),
    ("voortgang", "met wie bespreek ik dit", None),
    ("onthulling", "hij heeft mij zelf verteld dat papa hem slaat", "ja"),
    ("onthulling", "ze vertelde aan mijn collega dat haar stiefvader haar slaat", "ja"),
    ("onthulling", "hij zei ineens in de auto papa doet met de riem", "ja"),
    ("onthulling", "hij heeft zelf niks gezegd", "nee"),
    ("onthulling", "ze wil er niks over kwijt", "nee"),
    ("onthulling", "moeder vertelde dat vader slaat", None),
    ("onthulling", "buurvrouw zegt dat papa hem slaat", None),
    ("onthulling", "wat als een kind mij vertelt dat papa slaat", None),
    ("onthulling", "hij vertelde dat hij gevallen was", None),
    ("structureel", "hij wordt al jaren geslagen", "ja"),
    ("structureel", "het is de vierde keer dat ze blauwe plekken heeft", "ja"),
    ("structureel", "elke week weer raak", "ja"),
    ("structureel", "het is structureel", "ja"),
    ("structureel", "het was eenmalig", "nee"),
    ("structureel", "moeder zegt dat het eenmalig was", None),
    ("structureel", "elke ochtend hoofdpijn", None),
    ("structureel", "is het structureel?", None),
    ("structureel", "hij komt al jaren bij mij in de praktijk", None),
    ("structureel", "ik ben vroeger jarenlang geslagen", None),
    ("acuut", "er is nu geen gevaar", "nee"),
    ("acuut", "er is nu niets acuuts", "nee"),
    ("acuut", "hij is veilig bij oma", "nee"),
    ("acuut", "ik denk dat hij veilig is bij oma", None),
    ("acuut", "is hij veilig bij oma?", None),
    ("acuut", "hij is niet veilig bij oma", None),
    ("acuut", "hij is veilig bij oma tot vanavond", None),
    ("acuut", "moeder zegt dat er geen gevaar is", None),
    ("acuut", "het is niet zo dat er geen gevaar is", None),
    ("acuut", "ik kan niet zeggen dat er geen gevaar is", None),
    ("acuut", "ik geloof niet dat hij buiten gevaar is", None),
    ("acuut", "het is nooit zonder gevaar, zeker niet geen gevaar", None),
    ("acuut", "er is geen gevaar, maar dat klopt niet", None),
    ("acuut", "mijn collega vindt dat er geen gevaar is", None),
    ("acuut", "volgens de directeur is er geen acuut gevaar", None),
    ("acuut", "oma zegt dat ze veilig zijn", None),
    ("acuut", "er is nu geen gevaar, ze zit hier naast me te tekenen", "nee"),
    ("acuut", "nee niet acuut, het is vandaag rustig", "nee"),
    ("kinderen_veilig", "het is niet zo dat de kinderen veilig zijn bij oma", None),
    ("kinderen_veilig", "de buurvrouw vindt dat de kinderen veilig zijn", None),
    ("acuut", "hij staat met een mes voor de deur", None),
    ("acuut", "zijn ze veilig thuis", None),
    ("kinderen_veilig", "de kinderen zijn veilig bij hun oma", "ja"),
    ("kinderen_veilig", "de kinderen zijn niet veilig", "nee"),
    ("kinderen_veilig", "zijn de kinderen veilig?", None),
    ("kinderen_veilig", "volgens mij zijn de kinderen veilig", None),
    ("verdachte", "vader slaat hem met een riem", "ouder"),
    ("verdachte", "hij krijgt klappen van zijn stiefvader", "ouder"),
    ("verdachte", "mijn collega slaat kinderen", "collega"),
    ("verdachte", "een stagiair knijpt de peuters", "collega"),
    ("verdachte", "de trainer zit aan de meisjes", "collega"),
    ("verdachte", "ze wordt geslagen door de juf", "collega"),
    ("verdachte", "de houder slaat zelf kinderen", "houder"),
    ("verdachte", "een klasgenoot slaat hem elke dag", "ander_kind"),
    ("verdachte", "onze zoon wordt gepest", "ander_kind"),
    ("verdachte", "mijn collega zag dat vader hem slaat", "ouder"),
    ("verdachte", "de juf zegt dat moeder hem slaat", "ouder"),
    ("verdachte", "hij slaat de juf", None),
    ("verdachte", "vader slaat niet", None),
    ("verdachte", "mijn collega is lief", None),
    ("verdachte", "wat als mijn collega een kind slaat", None),
    ("eerder_gemeld", "er ligt al een melding bij VT", "ja"),
    ("eerder_gemeld", "ik heb vorig jaar al gemeld", "ja"),
    ("eerder_gemeld", "school heeft eerder gemeld", "ja"),
    ("eerder_gemeld", "er is nog nooit gemeld over dit gezin", "nee"),
    ("eerder_gemeld", "geen eerdere meldingen", "nee"),
    ("eerder_gemeld", "hij is ziek gemeld", None),
    ("eerder_gemeld", "ik wil nu melden", None),
    ("eerder_gemeld", "ik heb nog nooit gemeld", None),
    ("jeugdbeschermer", "er is een gezinsvoogd", "ja"),
    ("jeugdbeschermer", "het gezin heeft een ots", "ja"),
    ("jeugdbeschermer", "de jeugdbeschermer weet het", "ja"),
    ("jeugdbeschermer", "de kinderen staan onder toezicht", "ja"),
    ("jeugdbeschermer", "geen jeugdbeschermer betrokken", "nee"),
    ("jeugdbeschermer", "wat doet een gezinsvoogd", None),
    ("jeugdbeschermer", "er dreigt een ots", None),
    ("jeugdbeschermer", "vroeger had ze een gezinsvoogd", None),
    ("kinderen", "mw heeft 2 kinderen", "ja"),
    ("kinderen", "alleenstaande moeder met depressie", "ja"),
    ("kinderen", "dhr heeft geen kinderen", "nee"),
    ("kinderen", "ik weet niet of er kinderen zijn", None),
    ("zwanger", "ze is zwanger", "ja"),
    ("zwanger", "ze is niet zwanger", "nee"),
    ("zwanger", "misschien is ze zwanger", None),
    ("zwanger", "ze was vorig jaar zwanger", None),
    ("zwanger", "ik ben zelf zwanger maar het gaat om een leerling", None),
    ("hulp_aanvaard", "ouders weigeren alle hulp", "nee"),
    ("hulp_aanvaard", "moeder houdt alles af", "nee"),
    ("hulp_aanvaard", "het gezin wil geen hulp", "nee"),
    ("hulp_aanvaard", "ouders staan open voor hulp", "ja"),
    ("hulp_aanvaard", "wat als ouders hulp weigeren", None),
    ("hulp_aanvaard", "mogen ouders hulp weigeren?", None),
    ("hulp_aanvaard", "ouders weigeren geen hulp", None),
    ("hulp_aanvaard", "Gezin accepteert hulp op papier en frustreert die", None),
    ("hulp_werkt", "de termijn is om en er is niets veranderd", "nee"),
    ("hulp_werkt", "de hulp werkt niet", "nee"),
    ("hulp_werkt", "wat als de hulp niet werkt", None),
    ("steun", "oma springt altijd bij", "ja"),
    ("steun", "ze heeft geen netwerk", "nee"),
    ("steun", "springt oma bij?", None),
]


@pytest.mark.parametrize(("text", "expected"), AGE)
def test_age(text: str, expected: str | None) -> None:
    assert read_facts(text).get("leeftijd") == expected


@pytest.mark.parametrize(("text", "role", "own"), ROLE)
def test_role_of_the_writer(text: str, role: str | None, own: str | None) -> None:
    read = read_facts(text)
    assert (read.get("rol"), read.get("eigen")) == (role, own)


@pytest.mark.parametrize(("fact", "text", "expected"), FACTS)
def test_facts(fact: str, text: str, expected: str | None) -> None:
    assert read_facts(text).get(fact) == expected


@pytest.mark.parametrize("fact", sorted(set(OPTIONS) - {"rol", "leeftijd", "gesprek_onveilig", "vermoeden", "hulp_mogelijk"}))
def test_every_readable_fact_is_in_the_table(fact: str) -> None:
    rows = [expected for name, _, expected in FACTS if name == fact]
    assert None in rows
    assert any(rows)


@pytest.mark.parametrize(
    ("fact", "text", "expected"), [row for row in FACTS if row[2] is not None and row[0] not in ("school_soort", "zwanger", "kinderen")]
)
def test_supposed_is_not_told(fact: str, text: str, expected: str) -> None:
    """The same words in a supposition or a rehearsal tell nothing."""
    for start in ("stel dat ", "Rollenspel: ", "ik wil oefenen: "):
        assert fact not in read_facts(start + text), start


def test_several_facts_at_once() -> None:
    text = "Ik ben juf van groep 6. Jongen van 9 wordt al maanden geslagen door zijn vader, heeft hij mij zelf verteld. Met de ib'er besproken."
    assert read_facts(text) == {
        "rol": "leerkracht",
        "school_soort": "po",
        "leeftijd": "4-12",
        "structureel": "ja",
        "onthulling": "ja",
        "verdachte": "ouder",
        "voortgang": "overlegd",
    }


def test_typing_as_people_do() -> None:
    assert read_facts("NOG NIEMAND VERTELD")["voortgang"] == "niets"
    assert read_facts("één kind, meisje van 7")["leeftijd"] == "4-12"
    assert read_facts("ik ben Conciërge")["rol"] == "leerkracht"
    assert read_facts("de ib’er weet ervan, besproken met de ib’er")["voortgang"] == "overlegd"


def test_danger_is_never_read_here() -> None:
    for text in ("er is gevaar", "acuut gevaar nu", "hij heeft een mes en slaat haar nu", "ja er is gevaar", "het is acuut"):
        assert read_facts(text).get("acuut") != "ja"


@pytest.mark.parametrize("text", ["", "  ", "?", "...", "🙂", "\n\n", "(((", "a" * 3000, "ik ben " * 400, "6 " * 500, "½ﬁİ jongen van 6"])
def test_no_text_breaks_it(text: str) -> None:
    read = read_facts(text)
    for fact, option in read.items():
        assert fact == "eigen" or option in OPTIONS[fact]
    assert group(text) is None or 1 <= group(text) <= 8
    assert set(steps(text)) <= {1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jongen groep 6", 6),
        ("groep zes", 6),
        ("gr. 7", 7),
        ("GROEP 3/4", 3),
        ("groep 1 en 2", 1),
        ("een groep van 8 kinderen", None),
        ("groep 8 kinderen", None),
        ("groep 12", None),
        ("een gracht", None),
        ("de groep is druk", None),
        ("", None),
    ],
)
def test_group(text: str, expected: int | None) -> None:
    assert group(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wat is stap 3", [3]),
        ("stap drie", [3]),
        ("stap 1 t/m 3", [1, 2, 3]),
        ("stappen 1 en 2", [1, 2]),
        ("stap 4, daarna stap 5", [4, 5]),
        ("de derde stap", [3]),
        ("de 2e stap", [2]),
        ("de eerste stap van de meldcode", [1]),
        ("wat is mijn eerste stap", []),
        ("stap voor stap", []),
        ("de vijf stappen", []),
        ("stap 12", []),
        ("stap 0", []),
        ("", []),
    ],
)
def test_steps(text: str, expected: list[int]) -> None:
    assert steps(text) == expected


def test_lexicon_is_well_formed() -> None:
    """Every fact and option is one of the core, every guard exists, every pattern compiles."""
    guards = {**lexicon()["wachters"], **lexicon()["wachters_eigen"]}
    for row in guards.values():
        assert row["waar"] in ("voor", "na", "bijzin", "zin", "zinvoor", "in")
        Patterns(row["patronen"])
    for fact, spec in lexicon()["feiten"].items():
        assert set(spec["opties"]) <= set(OPTIONS[fact])
        assert spec.get("wint") in (None, "hoogste", *OPTIONS[fact])
        for row in spec["opties"].values():
            assert set(row.get("wachters", ())) <= {"ontkend", *guards}
            Patterns([*row["patronen"], *row.get("zinniet", ())])
    assert "ja" not in lexicon()["feiten"]["acuut"]["opties"]
    for role in (*lexicon()["rol"]["titels"], *lexicon()["rol"]["werkplek"]):
        assert role in OPTIONS["rol"]
    for option in lexicon()["leeftijd"]["woorden"]:
        assert option in OPTIONS["leeftijd"]
    for question, options in lexicon()["antwoorden"]["extra"].items():
        for patterns in options.values():
            Patterns(patterns)
        if question in OPTIONS:
            assert {name.removesuffix("_zwak") for name in options} <= set(OPTIONS[question])


def _matches(source: str, text: str) -> bool:
    return Patterns([source]).search(text)


def test_pattern_language() -> None:
    assert _matches("blauwe plek*", "een blauwe plekken op")
    assert not _matches("blauwe plek*", "lichtblauwe plekken")
    assert _matches("(papa|mijn vader) slaat", "mijn vader slaat")
    for text in ("heb kind", "heb een kind"):
        assert _matches("heb een? kind", text)
    for text in ("al niet meer gemeld", "al gemeld"):
        assert _matches("al (niet meer|nooit)? gemeld", text)
    assert _matches("heb .. gedaan", "heb het al gisteren gedaan")
    assert not _matches("heb .. gedaan", "heb a b c d e gedaan")
    assert _matches("hij (nog)?", "hij")
    assert _matches("ib er", "ib'er")
    assert _matches("<verwant> slaat", "oma slaat")
    with pytest.raises(ValueError, match="onbekend"):
        pattern("<onbekend_ding> slaat")


def test_needles_never_lose_a_match() -> None:
    """The plain strings required beforehand must be in whatever the regular expression matches."""
    texts = [text for _, text, _ in FACTS] + [text for text, _ in AGE] + [text for text, *_ in ROLE]
    for option in facts.options():
        for item in option.patterns.items:
            for text in texts:
                if item.regex.search(text):
                    assert item.possible(text), (item.regex.pattern, text)


def test_no_words_for_users_in_the_module() -> None:
    source = (facts.LEXICON.parents[1] / "facts.py").read_text("utf8")
    assert not re.search(r'"[A-Z][a-z]+ [a-z]+ [a-z]+ [a-z]+[.?!]"', source)


def test_fast() -> None:
    text = "Jongen van 9 uit groep 6, hij wordt al maanden geslagen door zijn vader en met de ib'er besproken, ouders houden alles af"
    read_facts(text)
    start = time.process_time()
    for _ in range(50):
        read_facts(text)
    assert (time.process_time() - start) / 50 < 0.006
