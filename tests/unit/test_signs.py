"""Reading signs: what is told, what is denied, what only looks like a sign."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from bot.nlu.denial import Denials
from bot.nlu.examples import Example
from bot.nlu.signs import LEXICON, SignReader, compile_rule, lexicon_ids, load_lexicon, mentions, split_patterns
from bot.nlu.text import normalise

ROOT = Path(__file__).resolve().parents[2]
READER = SignReader()


def read(text: str) -> tuple[set[str], set[str]]:
    """The affirmed and the denied signs of a text, by the lexicon alone."""
    signs = READER.read(text)
    return {s.id for s in signs if not s.denied}, {s.id for s in signs if s.denied}


AFFIRMED = [
    ("er zit een blauwe plek op zijn bovenarm", "letsel"),
    ("Hij heeft striemen op zijn rug.", "letsel"),
    ("ze kwam binnen met een gebroken pols", "letsel"),
    ("bont en blauw is ie", "letsel"),
    ("er zit een brandwond op haar hand", "brandwond"),
    ("de sigaret is op zijn arm uitgedrukt", "brandwond"),
    ("een baby van 8 weken met een blauwe plek op de wang", "letsel_baby"),
    ("ik heb de baby door elkaar geschud", "letsel_baby"),
    ("hij krijgt thuis klappen van zijn vader", "slaan"),
    ("mama slaat haar met de pollepel", "slaan"),
    ("papa trekt hem aan zijn oren", "slaan"),
    ("ze hebben al drie afspraken bij de tandarts gemist", "medische_zorg_ontbreekt"),
    ("elke maandag heeft ze buikpijn", "lichamelijke_klachten"),
    ("hij komt zonder ontbijt op school", "honger"),
    ("zijn broodtrommel is leeg", "honger"),
    ("ze pikt eten van andere kinderen", "honger"),
    ("het jongetje stinkt naar urine", "onverzorgd"),
    ("al weken luizen en niemand doet er wat aan", "onverzorgd"),
    ("in de winter op slippers naar school", "kleding"),
    ("schoenen twee maten te klein", "kleding"),
    ("het huis is vies, overal vuilniszakken", "vuil_huis"),
    ("de peuter zit hele avonden alleen thuis", "alleen_gelaten"),
    ("vader noemt hem een mislukkeling", "kleineren"),
    ("ze wordt thuis uitgescholden", "kleineren"),
    ("moeder negeert de baby volkomen", "negeren"),
    ("zij zorgt voor haar broertje en zusje", "parentificatie"),
    ("hij is erg teruggetrokken", "teruggetrokken"),
    ("zijn gedrag is ineens veranderd", "gedragsverandering"),
    ("hij heeft driftbuien in de klas", "agressief"),
    ("ze is bang voor haar stiefvader", "bang_voor_ouder"),
    ("hij durft niet naar huis", "niet_naar_huis"),
    ("haar cijfers kelderen", "leerachterstand"),
    ("hij spijbelt de hele maand al", "verzuim"),
    ("zij is weer weggelopen van huis", "weglopen"),
    ("ze krast met een passer in haar arm", "zelfbeschadiging"),
    ("hij zegt dat hij niet meer wil leven", "suicidale_uiting"),
    ("ze plast weer in bed", "bedplassen"),
    ("kleuter masturbeert in de kring", "seksueel_gedrag"),
    ("ze is door haar oom misbruikt", "seksueel_misbruik"),
    ("er gaan naaktfoto's van haar rond", "online_misbruik"),
    ("de kinderen zien hoe papa mama slaat", "getuige_geweld"),
    ("mijn man slaat mij", "partnergeweld"),
    ("haar ex stalkt haar", "partnergeweld"),
    ("het is een vechtscheiding", "vechtscheiding"),
    ("moeder is verslaafd aan alcohol", "ouder_verslaving"),
    ("vader rook naar drank bij het ophalen", "ouder_verslaving"),
    ("moeder heeft een psychose gehad", "ouder_psychisch"),
    ("moeder is licht verstandelijk beperkt", "ouder_lvb"),
    ("ze hebben schulden en de deurwaarder komt", "schulden_armoede"),
    ("ze slapen in de auto sinds de ontruiming", "huisvesting"),
    ("het gezin leeft geisoleerd", "isolement"),
    ("ouders weigeren elke hulp", "zorgmijdend"),
    ("er was vorig jaar al een melding bij Veilig Thuis", "eerdere_zorgen"),
    ("zij is zwanger en drinkt elke dag wijn", "zwangerschap_risico"),
    ("ze wordt uitgehuwelijkt aan een neef", "uithuwelijking"),
    ("de familie spreekt van eerwraak", "eergeweld"),
    ("ze is bang dat haar dochter besneden wordt", "genitale_verminking"),
    ("ze heeft mij in vertrouwen verteld dat opa aan haar zit", "onthulling"),
    ("hij heeft een mes bij zich", "wapen"),
    ("hij dreigt haar te vermoorden", "doodsbedreiging"),
    ("ik hoor de kinderen gillen en hij slaat haar nu", "geweld_nu"),
    ("mijn dochter is spoorloos", "vermist"),
    ("ze is bewusteloos", "medische_nood"),
]

DENIED = [
    ("ik zie geen blauwe plekken", "letsel"),
    ("nergens een plekje te bekennen", "letsel"),
    ("blauwe plekken heb ik niet gezien", "letsel"),
    ("geen schrammen, geen striemen", "letsel"),
    ("er zijn geen littekens of striemen te zien", "letsel"),
    ("slaan doet ze niet", "slaan"),
    ("ze wordt niet geslagen", "slaan"),
    ("hij slaat de kinderen niet", "slaan"),
    ("niemand slaat daar", "slaan"),
    ("hij heeft nog nooit een klap gekregen", "slaan"),
    ("geen honger, geen luizen", "honger"),
    ("geen honger, geen luizen", "onverzorgd"),
    ("de broodtrommel is gevuld", "honger"),
    ("hij heeft altijd genoeg eten bij zich", "honger"),
    ("ze ziet er verzorgd uit", "onverzorgd"),
    ("het kind is netjes gekleed", "kleding"),
    ("het huis is schoon en opgeruimd", "vuil_huis"),
    ("ze is niet bang voor haar vader", "bang_voor_ouder"),
    ("er is altijd iemand thuis", "alleen_gelaten"),
    ("nooit een hard woord", "kleineren"),
    ("hij is altijd op tijd", "verzuim"),
    ("ze spijbelt nooit", "verzuim"),
    ("zonder drank of drugs", "ouder_verslaving"),
    ("er is geen drank in huis", "ouder_verslaving"),
    ("geen sprake van huiselijk geweld", "partnergeweld"),
    ("hij heeft geen mes", "wapen"),
    ("ze snijdt zich niet", "zelfbeschadiging"),
    ("ze wil niet dood", "suicidale_uiting"),
    ("geen seksueel misbruik", "seksueel_misbruik"),
]

NOTHING = [
    "welke stappen heeft de meldcode?",
    "hallo, kun je mij helpen?",
    "wat is het nummer van Veilig Thuis",
    "ik ben leerkracht van groep 4",
    "het was mijn schuld niet",
    "hij is vorige week geslaagd voor zijn examen",
    "het weer is vandaag prachtig",
    "mag ik dit opschrijven in het dossier?",
    "ik wil graag opnieuw beginnen",
    "bedankt voor de uitleg",
]


@pytest.mark.parametrize(("text", "sign"), AFFIRMED)
def test_affirmed(text: str, sign: str) -> None:
    assert sign in read(text)[0]


@pytest.mark.parametrize(("text", "sign"), DENIED)
def test_denied(text: str, sign: str) -> None:
    affirmed, denied = read(text)
    assert sign in denied
    assert sign not in affirmed


@pytest.mark.parametrize("text", NOTHING)
def test_no_sign(text: str) -> None:
    assert read(text)[0] == set()


@pytest.mark.parametrize(
    "text",
    [
        "ik weet niet of hij geslagen wordt",
        "moeder ontkent dat zij hem geslagen heeft",
        "hij wordt niet alleen geslagen, ook opgesloten",
    ],
)
def test_doubt_and_a_parent_who_denies_deny_nothing(text: str) -> None:
    assert "slaan" in read(text)[0]


def test_affirmed_beside_denied() -> None:
    affirmed, denied = read("geen blauwe plekken, wel een brandwond op zijn arm")
    assert "brandwond" in affirmed
    assert "letsel" in denied
    assert "letsel" not in affirmed


def test_affirmed_wins_where_both_are_said() -> None:
    assert [s.denied for s in READER.read("Gisteren geen blauwe plekken. Vandaag een striem op zijn rug.") if s.id == "letsel"] == [False]


def test_a_denial_ends_at_maar() -> None:
    text = normalise("hij heeft geen honger maar hij stinkt")
    denials = Denials(text)
    assert denials.denied(text.index("honger"), text.index("honger") + 6)
    assert not denials.denied(text.index("stinkt"), len(text))


def test_span_is_in_the_text() -> None:
    text = "Vandaag zag ik een blauwe plek op zijn arm."
    for sign in READER.read(text):
        assert text[sign.start : sign.end] == sign.text


def test_lexicon_is_well_formed_and_complete() -> None:
    assert len(load_lexicon()) > 1000
    titles = yaml.safe_load((ROOT / "content" / "signalen.yml").read_text("utf8"))
    assert set(lexicon_ids()) == set(titles)


def test_every_sign_has_patterns_and_no_empty_block() -> None:
    for sign, entry in yaml.safe_load(LEXICON.read_text("utf8")).items():
        if sign != "_groepen":
            assert entry.get("patronen"), sign
            for key, block in entry.items():
                assert block is True if key == "gemis" else all(split_patterns(block)), sign


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("hij heeft vaak geen eten bij zich", "honger"),
        ("hij heeft geen brood bij zich", "honger"),
        ("ze krijgt niet genoeg te eten", "honger"),
        ("ze is niet goed verzorgd", "onverzorgd"),
        ("hij ziet er niet echt verzorgd uit", "onverzorgd"),
        ("ze heeft geen schone kleren aan", "kleding"),
        ("hij heeft geen warme jas", "kleding"),
        ("er is niet altijd iemand thuis", "alleen_gelaten"),
        ("ze is niet altijd op tijd", "verzuim"),
        ("moeder heeft geen geld voor eten", "schulden_armoede"),
        ("vader was niet nuchter", "ouder_verslaving"),
        ("hij heeft geen bed", "huisvesting"),
        ("ze was altijd vrolijk en nu niet meer", "teruggetrokken"),
        ("ze ademt bijna niet", "medische_nood"),
        ("ze komen nooit op de controles", "medische_zorg_ontbreekt"),
        ("vader slaat moeder", "partnergeweld"),
        ("vader zegt dat hij haar vermoordt", "doodsbedreiging"),
    ],
)
def test_what_should_be_there_and_is_not_is_told_and_never_denied(text: str, sign: str) -> None:
    assert {mention.kind for mention in mentions(text) if mention.id == sign} - {"weak"} == {"affirmed"}


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("hij heeft altijd genoeg eten bij zich", "honger"),
        ("geen zorgen over eten, hij heeft brood bij zich", "honger"),
        ("niet vies, goed verzorgd", "onverzorgd"),
        ("hij wordt niet geslagen en is goed verzorgd", "onverzorgd"),
        ("hij is nooit te laat", "verzuim"),
        ("ze hebben geen gebrek aan geld", "schulden_armoede"),
        ("moeder is al een jaar nuchter", "ouder_verslaving"),
        ("ze zijn nooit alleen thuis", "alleen_gelaten"),
        ("niemand doet hem iets", "slaan"),
    ],
)
def test_what_is_there_stays_denied(text: str, sign: str) -> None:
    assert {mention.kind for mention in mentions(text) if mention.id == sign} == {"denied"}


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("ik wil het gezin niet kapot maken", "doodsbedreiging"),
        ("ik ben bang om iets kapot te maken", "doodsbedreiging"),
        ("niemand doet iets", "slaan"),
        ("ik durf het bijna niet te zeggen", "bang_voor_ouder"),
    ],
)
def test_what_the_writer_says_of_their_own_doubt_is_no_sign(text: str, sign: str) -> None:
    assert {mention.kind for mention in mentions(text) if mention.id == sign} <= {"weak"}


@pytest.mark.parametrize("pattern", ["(open", "een?", "woord ..", ".. woord"])
def test_bad_pattern_is_named(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        compile_rule(pattern)


def test_save_and_load(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    examples = [Example(text, "zorg_delen", f"w{i % 3}-x", signs=(sign,)) for i, (text, sign) in enumerate(AFFIRMED * 3)] + [
        Example(text, "hulp_vragen", f"w{i % 3}-y") for i, text in enumerate(NOTHING * 3)
    ]
    vectors = rng.normal(size=(len(examples), 8)).astype(np.float32)
    reader = SignReader(folds=3, max_features=2000).fit(examples, vectors)
    reader.save(tmp_path)
    again = SignReader.load(tmp_path)
    for i in range(0, len(examples), 25):
        first, second = reader.read(examples[i].text, vectors[i]), again.read(examples[i].text, vectors[i])
        assert [(s.id, s.denied, s.start, s.end) for s in first] == [(s.id, s.denied, s.start, s.end) for s in second]
    assert reader.read("   ") == []
    assert any(reader.read(e.text, v) for e, v in zip(examples, vectors, strict=True))
