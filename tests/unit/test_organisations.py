"""Organisations and functions in a text, by their many names."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from bot.nlu.facts import lexicon
from bot.nlu.organisations import Found, read_organisations

CONTENT = Path(__file__).resolve().parents[2] / "content" / "organisaties.yml"

#: a few words as content/organisaties.yml has them; the lexicon adds the rest
WORDS = {
    "veilig_thuis": ["Veilig Thuis", "vt", "0800-2000"],
    "politie": ["Politie", "wijkagent"],
    "jeugdteam": ["Wijkteam", "jeugdteam", "ok-coach"],
    "huisarts": ["Huisarts", "dokter"],
    "ouders": ["De ouders of verzorgers", "De ouders", "ouders"],
    "school": ["De school van het kind", "De school", "school"],
    "mda": ["MDA++"],
    "leck": ["LECK", "0900-44 45 444"],
}

MENTIONS: list[tuple[str, list[str]]] = [
    ("bel de raad maar even, of kijk of de raad er iets mee doet", ["raad_kinderbescherming", "raad_kinderbescherming"]),
    ("vt is al gebeld", ["veilig_thuis"]),
    ("Veilig-Thuis belde", ["veilig_thuis"]),
    ("moet ik veiligthuis bellen", ["veilig_thuis"]),
    ("nummer veilig tuis", ["veilig_thuis"]),
    ("is Veilig Thuis ook 's nachts open", ["veilig_thuis"]),
    ("het nummer 0800-2000", ["veilig_thuis"]),
    ("de vertrouwens arts van de regio", ["vertrouwensarts"]),
    ("mag ik de smw'er vragen", ["schoolmaatschappelijk_werk"]),
    ("het smw en de ib-er weten het", ["schoolmaatschappelijk_werk", "intern_begeleider"]),
    ("dat ligt bij de ib'er", ["intern_begeleider"]),
    ("de zoco zit ziek thuis", ["zorgcoordinator"]),
    ("haar voogd zegt niks", ["gecertificeerde_instelling"]),
    ("de jb'er heeft voicemail", ["gecertificeerde_instelling"]),
    ("er zit een gezinsvoogt op", ["gecertificeerde_instelling"]),
    ("wat doet het CSG", ["centrum_seksueel_geweld"]),
    ("de leerplichtambtenaar belt", ["leerplicht"]),
    ("leer plicht ambtenaar of de leerplicht, wie is dat", ["leerplicht", "leerplicht"]),
    ("de schoolarts en het consultatieburo", ["jgz", "jgz"]),
    ("naar de wijk team gaan", ["jeugdteam"]),
    ("zo'n jeugdteamvrouwtje", ["jeugdteam"]),
    ("wijkteams en jeugdteams", ["jeugdteam", "jeugdteam"]),
    ("de politieagent kwam", ["politie"]),
    ("de polietie belt", ["politie"]),
    ("ik heb 113 gebeld en 112", ["lijn_113", "nood_112"]),
    ("kinder bescherming of Raad voor de Kinderbescherming", ["raad_kinderbescherming", "raad_kinderbescherming"]),
    ("het zorg- en veiligheidshuis", ["zorg_veiligheidshuis"]),
    ("MDA++ en ZVH", ["mda", "zorg_veiligheidshuis"]),
    ("de GI en het OM", ["gecertificeerde_instelling", "openbaar_ministerie"]),
    ("slagtofferhulp", ["slachtofferhulp"]),
    ("stop it now, is dat een lijn", ["stop_it_now"]),
    ("de kinder telefoon", ["kindertelefoon"]),
    ("besproken met mijn collega", ["collega"]),
    ("mijn leidinggevende wist het niet", ["leidinggevende"]),
    ("onze bazin en de directeuren", ["leidinggevende", "leidinggevende"]),
    ("de crèche en de bso", ["kinderopvang", "kinderopvang"]),
    ("seh of kinderarts bellen", ["ziekenhuis", "ziekenhuis"]),
    ("in zorg bij de ggz-instelling", ["ggz"]),
    ("de vertrouwensinspecteur bellen", ["bestuur_vertrouwensinspecteur"]),
    ("zegt de juf, maar school weet van niks", ["school", "school"]),
    ("huisarts, kinderarts en het cb zien dit kind", ["huisarts", "ziekenhuis", "jgz"]),
    ("mevrouw van de gemeente", ["gemeente"]),
    ("LECK bellen", ["leck"]),
    # no mention
    ("school", []),
    ("op school is hij stil", []),
    ("naar school gaan", []),
    ("de ouders zijn lief", []),
    ("ouders", []),
    ("hij is veilig thuis", []),
    ("is hij veilig thuis", []),
    ("het is niet veilig thuis", []),
    ("ze zijn weer veilig thuis gekomen", []),
    ("een veilige thuissituatie", []),
    ("de politieke partij", []),
    ("positie van de baby", []),
    ("de gemeenteraad en de ondernemingsraad", []),
    ("goede raad is duur", []),
    ("ambulante begeleiding", []),
    ("mijn schoonzuster past op", []),
    ("hij gaat naar college", []),
    ("directe zorgen", []),
    ("wss slaat hij haar", []),
    ("het gaat om een kind, af en toe om de dag", []),
    ("HIJ IS AF", []),
    ("doktertje spelen", []),
    ("naar de tandarts", []),
    ("Sophia heeft popo pijn", []),
    ("", []),
    ("   ", []),
]

OWN_JOB: list[tuple[str, list[str]]] = [
    ("ik ben smw'er en wil de politie bellen", ["politie"]),
    ("Ik werk bij de GGZ en maak me zorgen", []),
    ("wij van het wijkteam hebben de huisarts gebeld", ["huisarts"]),
    ("als wijkagent zie ik dit vaker, vt doet niks", ["veilig_thuis"]),
    ("mag ik als huisarts zelf bellen", []),
    ("huisarts, solo, 34 jr in het vak", []),
    ("leerplichtambtenaar, 14 jaar in het vak", []),
    ("ik ben juf en de huisarts zegt niks", ["huisarts"]),
    ("huisarts", ["huisarts"]),  # one word alone may as well be what is looked for
]


def _ids(text: str) -> list[str]:
    return [found.id for found in read_organisations(text, WORDS)]


@pytest.mark.parametrize(("text", "expected"), MENTIONS)
def test_mentions(text: str, expected: list[str]) -> None:
    assert _ids(text) == expected


@pytest.mark.parametrize(("text", "expected"), OWN_JOB)
def test_own_job_is_no_mention(text: str, expected: list[str]) -> None:
    assert _ids(text) == expected


def test_span_is_that_of_the_given_text() -> None:
    text = "Vraag aan ’t  Wijk-Team of de POLITIE’s wijkagent in café ½ﬁ, bel dan vt."
    found = read_organisations(text, WORDS)
    assert found[0] == Found("jeugdteam", 14, 23, "Wijk-Team")
    for mention in found:
        assert text[mention.start : mention.end] == mention.text
    assert [mention.id for mention in found] == ["jeugdteam", "politie", "politie", "veilig_thuis"]


def test_longest_mention_wins_and_none_overlap() -> None:
    words = {"veilig_thuis": ["Veilig Thuis"], "vertrouwensarts": ["arts van Veilig Thuis"], "huisarts": ["arts"]}
    text = "de arts van veilig thuis en de arts"
    found = read_organisations(text, words)
    assert [(m.id, m.text) for m in found] == [("vertrouwensarts", "arts van veilig thuis"), ("huisarts", "arts")]
    for left, right in pairwise(found):
        assert left.end <= right.start


def test_one_typing_error_from_seven_letters() -> None:
    words = {"iets": ["kwakkelaar", "boefje"]}
    for text in ("kwakelaar", "kwakkellaar", "kwakkelaer", "kwakkealar", "kwakkelaars", "kwakkelaartje", "kwakkel aar"):
        assert [m.id for m in read_organisations(f"bel de {text} even", words)] == ["iets"], text
    for text in ("kwakklr", "twakkelaar", "boefjo", "kwakkel"):
        assert read_organisations(f"bel de {text} even", words) == [], text


def test_short_names_only_as_a_word() -> None:
    assert _ids("de invtoer en vtx") == []
    assert _ids("v.t. of VT's of vt-melding") == ["veilig_thuis", "veilig_thuis", "veilig_thuis"]


def test_other_vocabulary_other_result() -> None:
    assert read_organisations("bel de zwaan", {}) == []
    assert [m.id for m in read_organisations("bel de zwaan", {"vogel": ["zwaan"]})] == ["vogel"]


@pytest.mark.parametrize("text", ["?", "🙂", "(((", "a" * 3000, "ik ben " * 400, "1 2 " * 500, "İ½ﬁ politie", "veilig thuis " * 100])
def test_no_text_breaks_it(text: str) -> None:
    for mention in read_organisations(text, WORDS):
        assert text[mention.start : mention.end] == mention.text


def test_lexicon_words_find_their_own_organisation() -> None:
    """Every word of the lexicon is read as its own organisation, inside a sentence."""
    wrong = []
    for organisation, words in lexicon()["organisaties"].items():
        for word in words:
            ids = [mention.id for mention in read_organisations(f"wat doet {word} nu", {})]
            if ids != [organisation]:
                wrong.append((organisation, word, ids))
    assert wrong == []


def test_look_alikes_of_the_lexicon_are_none() -> None:
    for phrase in lexicon()["organisaties_niet"]:
        assert read_organisations(f"en {phrase} dan", {}) == [], phrase


@pytest.mark.skipif(not CONTENT.exists(), reason="content/organisaties.yml is not there")
def test_words_of_the_content_find_their_own_organisation() -> None:
    rows = yaml.safe_load(CONTENT.read_text("utf8"))
    words = {organisation: [row["naam"], *row.get("woorden", ())] for organisation, row in rows.items()}
    total, wrong = 0, []
    for organisation, names in words.items():
        for name in names[1:]:
            total += 1
            if {mention.id for mention in read_organisations(f"wat doet {name} nu", words)} != {organisation}:
                wrong.append((organisation, name))
    # a few words can't be told apart ("wss" is also "waarschijnlijk"), or stand under two organisations
    assert len(wrong) <= total * 0.02, wrong


def test_fast() -> None:
    text = "Leerling van 9, huisarts en wijkteam weten ervan, de leerplichtambtenaar belt en vt zegt dat de raad het moet doen"
    read_organisations(text, WORDS)
    start = time.process_time()
    for _ in range(50):
        read_organisations(text, WORDS)
    assert (time.process_time() - start) / 50 < 0.006
