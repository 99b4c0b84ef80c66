"""The content check: what stands in `content/` is in order, and whatever is damaged in it is found, with its file and line."""

from __future__ import annotations

import datetime
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cards import Cards
from bot.content.load import Content
from bot.content.schema import AUDIENCES, PerRole, Variants
from bot.core.situation import ROLES, SECTOR, Situation
from bot.dialogue.state import State
from tools.content import coverage, dutch, experts, phones
from tools.content.nodes import Folder, Loader
from tools.content.passages import passages
from tools.content.report import Problem, words
from tools.content_check import CONTENT, EXPERTS, check, main

#: the day of the check; growing old never fails a test
DAY = datetime.date(2026, 11, 21)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def real() -> list[Problem]:
    return check(Folder.read(CONTENT), DAY).problems


GONE = object()
Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class Copy:
    """A copy of the content in which something can be broken. Entries are found by their id, so that editors stay free to change the words."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, file: str) -> Any:
        """What a file holds."""
        return yaml.load((self.folder / file).read_text("utf8"), Loader=Loader)

    def save(self, file: str, data: Any) -> None:
        """Write a file, one line for each text."""
        (self.folder / file).write_text(yaml.dump(data, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=10**6), "utf8")

    def put(self, file: str, *place: Any, value: Any) -> None:
        """Change one value, or take it away (`GONE`)."""
        data = row = self.load(file)
        for step in place[:-1]:
            row = row[step]
        if value is GONE:
            del row[place[-1]]
        else:
            row[place[-1]] = value
        self.save(file, data)

    def append(self, file: str, text: str) -> int:
        """Add lines to a file; the number of the first of them."""
        path = self.folder / file
        before = path.read_text("utf8").rstrip("\n") + "\n"
        path.write_text(before + text, "utf8")
        return before.count("\n") + 1

    def problems(self, today: datetime.date = DAY) -> list[Problem]:
        """What the check finds."""
        return check(Folder.read(self.folder), today).problems

    def found(self, code: str, file: str, says: str) -> Problem:
        """The problem of a kind whose line in the file holds `says`; fails when it is not there."""
        problems, lines = self.problems(), (self.folder / file).read_text("utf8").splitlines()
        rows = [p for p in problems if p.code == code and p.file == f"content/{file}" and says in lines[p.line - 1]]
        assert rows, f"no {code} in content/{file} at {says!r}, but:\n" + "\n".join(str(p) for p in problems if p.error)
        assert rows[0].what and rows[0].mend and str(rows[0]).startswith(f"content/{file}:{rows[0].line}: ")
        return rows[0]


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    shutil.copytree(CONTENT, tmp_path / "content")
    return Copy(tmp_path / "content")


# -- the real content ------------------------------------------------------------------------------------------------------------


def test_the_content_of_this_project_is_in_order(real: list[Problem]) -> None:
    assert not [str(p) for p in real if p.error]


def test_the_list_for_experts_is_up_to_date() -> None:
    assert EXPERTS.read_text("utf8") == experts.page(Folder.read(CONTENT)), "run python -m tools.content_check --experts"


def test_every_id_of_the_catalogue_has_content() -> None:
    catalogue = yaml.safe_load((ROOT / "tests" / "catalogus.yml").read_text("utf8"))
    content = Content()
    trained = coverage.intents(ROOT / "domain.yml")
    assert set(catalogue["intents"]) <= set(trained)
    assert set(catalogue["intents"]) <= set(content.answers) | coverage.NO_ANSWER
    assert set(catalogue["signalen"]) == set(content.signs)
    for org in catalogue["organisaties"]:
        assert content.organisation(org)["taak"]
    for question, options in catalogue["vragen"].items():
        assert set(options) <= set(content.questions[question]["opties"]), question


def test_every_follow_up_becomes_a_button() -> None:
    content = Content()
    cards, state = Cards(content), State(situatie=Situation(rol="leerkracht"))
    lost = [(key, other) for key, row in content.answers.items() for other in row["vervolg"] if not cards.intent_button(state, other)]
    assert not lost


def test_an_intent_without_an_answer_is_handled_by_the_dialogue() -> None:
    code = "".join(path.read_text("utf8") for folder in ("bot/dialogue", "actions") for path in (ROOT / folder).glob("*.py"))
    unknown = [intent for intent in coverage.NO_ANSWER - {"antwoord"} if f'"{intent}"' not in code]
    assert not unknown


# -- ten kinds of damage ---------------------------------------------------------------------------------------------------------


def test_damage_1_a_missing_source(copy: Copy) -> None:
    copy.put("kaart.yml", "regels", "gevaar", "bronnen", value=["B37", "B999"])
    assert "B999" in copy.found("bron_onbekend", "kaart.yml", "B999").what


def test_damage_1_a_source_that_was_taken_away(copy: Copy) -> None:
    copy.put("bronnen.yml", "B37", value=GONE)
    copy.found("bron_onbekend", "antwoorden/melden.yml", "B37")


def test_damage_2_an_unknown_id(copy: Copy) -> None:
    copy.put("antwoorden/twijfels.yml", "vraag_fout", "vervolg", value=["vraag_bewijs", "vraag_die_er_niet_is"])
    assert "vraag_die_er_niet_is" in copy.found("vervolg_onbekend", "antwoorden/twijfels.yml", "- vraag_die_er_niet_is").what


RING = """
vraag_heen: {titel: "Heen", kort: {allen: "Heen."}, bronnen: [B37], controleer_lokaal: false,
  vervolg: [vraag_weer]}
vraag_weer: {titel: "Weer", kort: {allen: "Weer."}, bronnen: [B37], controleer_lokaal: false,
  vervolg: [vraag_heen]}
"""


def test_damage_3_a_dead_end(copy: Copy) -> None:
    """Two answers that lead to nothing but one another."""
    first = copy.append("antwoorden/bijzonder.yml", RING.lstrip("\n"))
    assert copy.found("doodlopend", "antwoorden/bijzonder.yml", "vervolg: [vraag_weer]").line == first + 1
    assert copy.found("doodlopend", "antwoorden/bijzonder.yml", "vervolg: [vraag_heen]").line == first + 3


LONG = "Dit is een zin die maar niet op wil houden en die steeds maar weer een stukje langer wordt tot niemand hem leest."


def test_damage_4_a_sentence_that_is_too_long(copy: Copy) -> None:
    copy.put("nood.yml", "tekst", "vermist", "allen", value=f"Bel nu 112. {LONG} Wacht niet.")
    assert "23" in copy.found("zin_te_lang", "nood.yml", LONG).what


def test_damage_5_jargon(copy: Copy) -> None:
    copy.put("gesprek.yml", "kind", "doen", 0, value="Kies een adequate plek.")
    assert "passend" in copy.found("jargon", "gesprek.yml", "adequate").mend


def test_damage_6_an_old_date(copy: Copy) -> None:
    copy.put("routekaarten/dordrecht.yml", "functies", "P1", "gecontroleerd", value="2024-01-01")
    copy.found("te_oud", "routekaarten/dordrecht.yml", "2024-01-01")


def test_damage_7_a_contact_without_reach(copy: Copy) -> None:
    copy.put("organisaties.yml", "slachtofferhulp", "bereik", value=[{"soort": "website", "waarde": "slachtofferhulp.nl"}])
    copy.put("organisaties.yml", "slachtofferhulp", "vraag_na_bij", value=None)
    copy.found("onbereikbaar", "organisaties.yml", "slachtofferhulp:")


def test_damage_8_a_wrong_type(copy: Copy) -> None:
    copy.put("signalen.yml", "letsel", "bronnen", value="B74")
    copy.found("soort_fout", "signalen.yml", "bronnen: B74")


def test_damage_9_a_duplicate_id(copy: Copy) -> None:
    line = copy.append("signalen.yml", 'letsel:\n  titel: "iets anders"\n  vorm: V1\n  bronnen: [F10]\n')
    problem = copy.found("dubbele_sleutel", "signalen.yml", "letsel:")
    assert problem.line == line
    first = (copy.folder / "signalen.yml").read_text("utf8").splitlines().index("letsel:") + 1
    assert str(first) in problem.what


def test_damage_10_an_invented_phone_number(copy: Copy) -> None:
    copy.put("organisaties.yml", "slachtofferhulp", "bereik", value=[{"soort": "telefoon", "waarde": "0900-0102"}])
    assert "0900-0102" in copy.found("nummer_onbekend", "organisaties.yml", "0900-0102").what


def test_damage_10_an_invented_number_in_a_sentence(copy: Copy) -> None:
    copy.put("teksten.yml", "mens", "allen", value="Bel Veilig Thuis: 0800-2001.")
    copy.found("nummer_onbekend", "teksten.yml", "0800-2001")


def test_damage_10_a_phone_field_that_does_not_exist(copy: Copy) -> None:
    copy.put("organisaties.yml", "slachtofferhulp", "telefoon", value="0900-0101")
    copy.found("veld_onbekend", "organisaties.yml", "telefoon:")


# -- and more --------------------------------------------------------------------------------------------------------------------

TALK = ("gesprek.yml", "kind", "doen", 0)
THANKS = ("teksten.yml", "dank")


@pytest.mark.parametrize(
    ("code", "place", "value", "says"),
    [
        # form
        ("veld_onbekend", ("signalen.yml", "letsel", "kan_oke"), "Niets.", "kan_oke"),
        ("veld_mist", ("structuren.yml", "O2", "naam"), GONE, "O2:"),
        ("leeg", ("signalen.yml", "brandwond", "titel"), "", "titel: ''"),
        ("leeg", ("signalen.yml", "brandwond", "bronnen"), [], "bronnen: []"),
        ("waarde_onbekend", ("organisaties.yml", "politie", "kader"), "kaderloos", "kaderloos"),
        ("soort_fout", ("organisaties.yml", "politie", "controleer_lokaal"), "nee", "controleer_lokaal: nee"),
        ("soort_fout", ("antwoorden/twijfels.yml", "vraag_fout", "vervolg"), "vraag_bewijs", "vervolg: vraag_bewijs"),
        ("soort_fout", ("gesprek.yml", "kind"), "Luister.", "kind: Luister."),
        ("soort_fout", ("stappen.yml", 2), ["Overleg."], "2:"),
        ("datum_vorm", ("bronnen.yml", "B01", "gecontroleerd"), "21 november", "21 november"),
        ("soort_fout", ("bronnen.yml", "B01", "gecontroleerd"), DAY, "gecontroleerd: 2026-11-21"),
        ("url_vorm", ("bronnen.yml", "B01", "url"), "www.augeo.nl", "www.augeo.nl"),
        ("broncode_vorm", ("nood.yml", "bronnen"), ["bron 37"], "bron 37"),
        ("veld_mist", ("teksten.yml", "dank", "allen"), GONE, "dank:"),
        ("tekst_of_varianten", ("signalen.yml", "honger", "kan_ook"), 3, "kan_ook: 3"),
        ("kort_of_gesprek", ("antwoorden/twijfels.yml", "vraag_fout", "kort"), GONE, "vraag_fout:"),
        ("naam_of_voluit", ("begrippen.yml", "begrippen", "disclosure", "naam"), GONE, "disclosure:"),
        ("sleutel_soort", ("signalen.yml", None), {"titel": "niets"}, "null:"),
        ("veld_onbekend", ("kaart.yml", "kopje"), {"allen": "Niets."}, "kopje:"),
        ("veld_onbekend", ("stappen.yml", "tandarts"), {1: {}}, "tandarts:"),
        ("id_vorm", ("antwoorden/twijfels.yml", "vraag_fout", "vervolg"), ["vraag bewijs"], "- vraag bewijs"),
        # sources and age
        ("zonder_bron", ("antwoorden/twijfels.yml", "vraag_fout", "bronnen"), [], "bronnen: []"),
        ("bron_dubbel", ("signalen.yml", "brandwond", "bronnen"), ["B122", "B122"], "- B122"),
        ("nummer_zonder_bron", ("teksten.yml", "leeg"), {"allen": "Bel 112."}, "leeg:"),
        ("toekomst", ("bronnen.yml", "B01", "gecontroleerd"), "2062-11-21", "2062-11-21"),
        ("oud", ("bronnen.yml", "B01", "gecontroleerd"), "2025-11-20", "2025-11-20"),
        # links
        ("organisatie_onbekend", ("nood.yml", "extra_contacten", "standaard"), {"allen": ["brandweer"]}, "- brandweer"),
        ("organisatie_onbekend", ("structuren.yml", "O1", "organisatie"), "veiligheidshuis", "organisatie: veiligheidshuis"),
        ("organisatie_onbekend", ("ladder.yml", "drietrap", 0, "organisaties"), ["brandweer"], "- brandweer"),
        ("organisatie_onbekend", ("routekaarten/dordrecht.yml", "functies", "P1", "organisatie"), "buurthuis", "organisatie: buurthuis"),
        ("optie_onbekend", ("vragen.yml", "bellen", "geruststellend"), "geen_gvaar", "geen_gvaar"),
        ("vorm_onbekend", ("signalen.yml", "letsel", "vorm"), "V9", "vorm: V9"),
        ("regel_onbekend", ("kaart.yml", "regels", "kind_nou"), {"waarom": {"allen": "A."}, "zeg": {"allen": "B."}, "bronnen": ["B37"]}, "kind_nou:"),
        ("woorden_missen", ("kaart.yml", "regels", "kind_nu"), GONE, "regels:"),
        ("woorden_missen", ("kaart.yml", "voorwaarden", "verergert"), GONE, "voorwaarden:"),
        ("gemeente_naam", ("routekaarten/dordrecht.yml", "gemeente"), "dordt", "gemeente: dordt"),
        ("begrip_mist", ("huisstijl.yml", "jargon", "acuut", "begrip"), "acute_onvielig", "begrip: acute_onvielig"),
        ("vervolg_zelf", ("antwoorden/twijfels.yml", "vraag_fout", "vervolg"), ["vraag_bewijs", "vraag_fout"], "- vraag_fout"),
        ("vervolg_veel", ("antwoorden/twijfels.yml", "vraag_fout", "vervolg"), [f"vraag_{x}" for x in ("bewijs", "vormen", "geheim", "online", "leeftijd")], "vervolg:"),
        ("bij_onbekend", ("antwoorden/twijfels.yml", "twijfel_D6", "bij"), ["vraag_foutje"], "- vraag_foutje"),
        ("gesprek_onbekend", ("antwoorden/twijfels.yml", "vraag_fout", "gesprek"), "praatje", "gesprek: praatje"),
        ("antwoord_onbekend", ("begrippen.yml", "begrippen", "disclosure", "antwoord"), "vraag_foutje", "antwoord: vraag_foutje"),
        ("vervolg_onbekend", ("opzoeken.yml", "na_teken"), ["vraag_foutje"], "- vraag_foutje"),
        ("teken_onbekend", ("opzoeken.yml", "tekens", "ltsel"), {"woorden": ["ltsel"]}, "ltsel:"),
        ("woord_dubbel", ("structuren.yml", "O1", "woorden"), ["zelfde woord", "zelfde woord"], "- zelfde woord"),
        ("teken_zonder_woorden", ("signalen.yml", "nieuw"), {"titel": "nieuw", "vorm": None, "bronnen": ["F10"]}, "nieuw:"),
        ("vraag_onbekend", ("vragen.yml", "nieuw"), {}, "nieuw:"),
        # words
        ("accolade", TALK, "Vraag {naampje}.", "{naampje}"),
        ("accolade", TALK, "Vraag {kind naar school.", "{kind naar"),
        ("gemiddeld_te_lang", TALK[:3], ["Deze zin heeft er precies zestien, en dat is er net een meer dan het mag zijn."], "doen:"),
        ("gemiddeld_lang", TALK[:3], ["Deze zin heeft er precies dertien, en dat is er net een meer."], "doen:"),
        ("belofte", TALK, "Zeg dat het goed komt. Het komt goed.", "Het komt goed."),
        ("oordeel", TALK, "Het zijn slechte ouders.", "slechte ouders"),
        ("melden_wegpraten", TALK, "Je hoeft niet te melden.", "hoeft niet te melden"),
        ("melden_door_routekaart", (*THANKS, "allen"), "Ik meld dit.", "Ik meld dit."),
        ("melden_door_routekaart", ("nood.yml", "tekst", "vermist", "allen"), "Ik doe een melding.", "Ik doe een melding."),
        ("melden_door_routekaart", (*THANKS, "allen"), "Wij bellen Veilig Thuis.", "Wij bellen"),
        ("je_voor_huisarts", (*THANKS, "huisarts"), "Dank je.", "huisarts: Dank je."),
        ("u_voor_anderen", (*THANKS, "allen"), "Dank u.", "allen: Dank u."),
        ("huisarts_mist", THANKS, {"allen": "Dank je."}, "allen: Dank je."),
        ("spreekt_aan", ("structuren.yml", "O16", "kort"), "Let zelf op, zoals je gewend bent.", "je gewend bent"),
        ("titel_te_lang", ("signalen.yml", "brandwond", "titel"), "een brandwond die er niet zomaar is", "er niet zomaar is"),
        ("site_onbekend", (*THANKS, "allen"), "Kijk op 113help.nl.", "113help.nl"),
        ("moeilijk_leesbaar", ("structuren.yml", "O16", "kort"), "Multidisciplinaire aanpak. " + "Aandachtsfunctionarissen coördineren casuïstiekoverleg. " * 10, "kort:"),
    ],
)  # fmt: skip
def test_other_damage(copy: Copy, code: str, place: tuple[Any, ...], value: Any, says: str) -> None:
    file, *inner = place
    copy.put(file, *inner, value=value)
    copy.found(code, file, says)


@pytest.mark.parametrize(
    ("code", "file", "place"),
    [
        ("id_mist", "signalen.yml", "wapen"),
        ("id_mist", "vragen.yml", "structureel"),
        ("id_mist", "organisaties.yml", "mda"),
        ("id_mist", "gesprek.yml", "kindcheck"),
        ("id_mist", "stappen.yml", 4),
        ("tekst_mist", "teksten.yml", "gestopt"),
        ("antwoord_mist", "antwoorden/bijzonder.yml", "vraag_cultuur"),
        ("begrip_mist", "begrippen.yml", "afkortingen"),
    ],
)
def test_what_the_program_needs_is_missed(copy: Copy, code: str, file: str, place: Any) -> None:
    copy.put(file, place, value=GONE)
    assert code in {p.code for p in copy.problems() if p.error}


def test_an_option_that_the_program_needs(copy: Copy) -> None:
    options = copy.load("vragen.yml")["structureel"]["opties"]
    options["soms"] = options.pop("weet_niet")
    copy.put("vragen.yml", "structureel", "opties", value=options)
    copy.found("optie_te_veel", "vragen.yml", "soms:")
    assert "optie_mist" in {p.code for p in copy.problems()}


def test_an_answer_that_is_too_long(copy: Copy) -> None:
    copy.put(
        "antwoorden/bijzonder.yml", "vraag_online", "kort", "huisarts", value=("Dit is een zin van zeven korte woorden. " * 11).strip()
    )
    assert "88" in copy.found("antwoord_te_lang", "antwoorden/bijzonder.yml", "huisarts: Dit is").what
    copy.put("antwoorden/bijzonder.yml", "vraag_online", "kort", "huisarts", value=("Dit is een zin van acht woorden hier. " * 10).strip())
    assert "antwoord_te_lang" not in {p.code for p in copy.problems()}


def test_an_answer_in_two_files(copy: Copy) -> None:
    copy.put("antwoorden/twijfels.yml", "vraag_cultuur", value=copy.load("antwoorden/bijzonder.yml")["vraag_cultuur"])
    assert "bijzonder.yml" in copy.found("dubbel_antwoord", "antwoorden/twijfels.yml", "vraag_cultuur:").what


def test_a_doubt_that_nobody_can_reach(copy: Copy) -> None:
    answer = {"titel": "Zomaar", "kort": {"allen": "Nee."}, "bronnen": ["B37"], "controleer_lokaal": False, "vervolg": ["zorg_delen"]}
    copy.put("antwoorden/twijfels.yml", "twijfel_D99", value=answer)
    copy.found("niet_te_vinden", "antwoorden/twijfels.yml", "twijfel_D99:")
    copy.put("antwoorden/twijfels.yml", "twijfel_D99", value={**answer, "bij": ["vraag_fout"]})
    assert "niet_te_vinden" not in {p.code for p in copy.problems()}


BLOCK = """
vraag_blok:
  titel: "Blok"
  kort:
    # uitleg
    allen: >-
      De eerste zin staat hier.
      De tweede zin begint hier en gaat op de
      volgende regel gewoon verder tot ze echt veel te lang is geworden voor wie haar lezen wil.
      Bel 0800-1111.
  bronnen: [B37]
  controleer_lokaal: false
  vervolg: [zorg_delen]
"""


def test_the_line_inside_a_text_of_several_lines(copy: Copy) -> None:
    first = copy.append("antwoorden/bijzonder.yml", BLOCK.lstrip("\n"))
    mine = {p.code: p.line - first for p in copy.problems() if p.file.endswith("bijzonder.yml") and p.line >= first}
    assert mine == {"zin_te_lang": 6, "nummer_onbekend": 8}


def test_unknown_missing_and_empty_files(copy: Copy) -> None:
    (copy.folder / "losse.yml").write_text("a: 1\n", "utf8")
    (copy.folder / "gesprek.yml").write_text("# niets\n", "utf8")
    (copy.folder / "stappen.yml").unlink()
    codes = {(p.code, p.file) for p in copy.problems()}
    assert {
        ("bestand_onbekend", "content/losse.yml"),
        ("geen_blok", "content/gesprek.yml"),
        ("bestand_mist", "content/stappen.yml"),
    } <= codes


def test_yaml_that_can_not_be_read(copy: Copy) -> None:
    line = copy.append("gesprek.yml", 'nog_een:\n  doen: ["a", "b"\n  laten: []\n')
    found = [p for p in copy.problems() if p.code == "onleesbaar"]
    assert [p.file for p in found] == ["content/gesprek.yml"] and found[0].line >= line


@pytest.mark.parametrize(
    "text",
    ["", "[", "a: [1, 2]\n", "- a\n- b\n", "12", "? [a]\n: b\n", "a: &x [*x]\n", "\x00", "a: 2026-99-99\n", "{}", "a: {b: {c: [d]}}"],
)
def test_no_file_is_so_broken_that_the_check_breaks(copy: Copy, text: str) -> None:
    for name in Folder.read(copy.folder).files:
        (copy.folder / name).write_text(text, "utf8")
    assert copy.problems()


@pytest.mark.parametrize("file", sorted(Folder.read(CONTENT).files))
def test_any_one_file_may_be_nonsense(copy: Copy, file: str) -> None:
    """Every entry another kind of value than it should have."""
    for nonsense in ("tekst", 3, None, ["a"], {"a": {"b": ["c"]}}):
        copy.save(file, dict.fromkeys(copy.load(file), nonsense))
        assert any(p.file == f"content/{file}" for p in copy.problems())


# -- another municipality --------------------------------------------------------------------------------------------------------

OWN_NUMBER = "010-123 45 67"


def _map(**way: str) -> dict[str, Any]:
    row = {"organisatie": "leck", "bereik": [way], "bronnen": ["S2"], "controleer_lokaal": True, "gecontroleerd": "2026-11-21"}
    return {"gemeente": "voorbeeld", "naam": "Voorbeeld", "status": "proef", "gecontroleerd": "2026-11-21", "functies": {"P1": row}}


def test_a_map_may_bring_its_own_numbers(copy: Copy) -> None:
    file, data = "routekaarten/voorbeeld.yml", _map(soort="telefoon", waarde=OWN_NUMBER)
    copy.save(file, data)
    copy.found("nummer_onbekend", file, OWN_NUMBER)
    own = {"wie": "wijkteam", "bronnen": ["S2"], "controleer_lokaal": True, "gecontroleerd": "2026-11-21"}
    copy.save(file, {**data, "nummers": {OWN_NUMBER: own}})
    assert {p.code for p in copy.problems() if p.file == f"content/{file}"} == {"nummer_gemaskeerd"}
    # what one municipality knows is not known in another
    copy.put("teksten.yml", "dank", "allen", value=f"Bel {OWN_NUMBER}.")
    copy.found("nummer_onbekend", "teksten.yml", OWN_NUMBER)


def test_a_map_in_which_somebody_can_not_be_reached(copy: Copy) -> None:
    """The national entry has a way; a map may not take it away for a website alone."""
    copy.save("routekaarten/voorbeeld.yml", _map(soort="website", waarde="kinderbescherming.nl"))
    copy.found("onbereikbaar", "routekaarten/voorbeeld.yml", "P1:")


# -- age -------------------------------------------------------------------------------------------------------------------------


def test_a_date_older_than_a_year_warns_and_than_two_years_fails(copy: Copy) -> None:
    for file in copy.folder.rglob("*.yml"):
        file.write_text(re.sub(r'gecontroleerd: "\d{4}-\d\d-\d\d"', 'gecontroleerd: "2026-11-21"', file.read_text("utf8")), "utf8")

    def on(day: str) -> tuple[int, int]:
        problems = copy.problems(datetime.date.fromisoformat(day))
        return sum(p.code == "te_oud" and p.error for p in problems), sum(p.code == "oud" and not p.error for p in problems)

    assert on("2026-11-21") == on("2027-11-21") == (0, 0)
    every = on("2027-11-22")[1]
    assert every > 100 and on("2027-11-22") == on("2028-11-20") == (0, every)
    assert on("2028-11-21") == (every, 0)


# -- the exceptions --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("kaart.yml", "regels", "gevaar", "zeg", "allen"), "Ik meld dit. Ik heb nu hulp nodig."),
        (("gesprek.yml", "kind", "openingszinnen", 0), "Ik doe een melding. Weet je dat?"),
        ((*THANKS, "allen"), "Zeg: “Ik meld dit bij Veilig Thuis.”"),
        ((*THANKS, "allen"), "Routekaart meldt niet. Dat doe jij."),
        (TALK, "Het is niet zijn schuld."),
        (TALK, "Bespreek drang en dwang."),
        (TALK, "Vraag naar een proeftuin (een plek waar het wordt uitgeprobeerd)."),
        ((*THANKS, "huisarts"), "Let op tekenen van suïcidaliteit."),
        (("teksten.yml", "mens", "allen"), "Bel 112, of kijk op 113.nl. Van 2015 tot 2016 duurde dat 28 dagen."),
    ],
)
def test_what_may_be_said(copy: Copy, place: tuple[Any, ...], value: str) -> None:
    file, *inner = place
    before = {(p.code, p.what) for p in copy.problems()}
    copy.put(file, *inner, value=value)
    assert {(p.code, p.what) for p in copy.problems()} <= before


def test_a_neighbour_gets_the_meaning_at_once(copy: Copy) -> None:
    """A word that a professional can ask for is explained in the text itself to others."""
    copy.put("antwoorden/bijzonder.yml", "vraag_online", "kort", "geen_beroep", value="Vraag het de aandachtsfunctionaris.")
    copy.found("jargon", "antwoorden/bijzonder.yml", "Vraag het de aandachtsfunctionaris.")
    copy.put(
        "antwoorden/bijzonder.yml",
        "vraag_online",
        "kort",
        "geen_beroep",
        value="Vraag het de aandachtsfunctionaris (die weet veel van de meldcode).",
    )
    assert "jargon" not in {p.code for p in copy.problems()}


# -- counting --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "count"),
    [("kind", 1), ("veiligheid", 3), ("actie", 2), ("adviezen", 3), ("aandachtsfunctionaris", 7), ("beïnvloeden", 4), ("geïnformeerd", 4), ("nieuwe", 2),
     ("mooie", 2), ("station", 3), ("seksueel", 3), ("reageren", 4), ("één", 1), ("ideeën", 3), ("team", 1), ("wijkteams", 2), ("KNMG", 4), ("112", 1),
     ("duo's", 2), ("OK-coach", 2), ("overleg", 3), ("acuut", 2), ("beide", 3), ("quarantaine", 4), ("sociaal", 3), ("begeleider", 4)],
)  # fmt: skip
def test_syllables(word: str, count: int) -> None:
    assert dutch.syllables(word) == count


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Bel 112. Is er gevaar? Bel ook!", [2, 3, 2]),
        ("Bel (078) 20 200 20, of 0900-44 45 444.", [5]),
        ("Kijk op 113.nl. Of niet.", [3, 2]),
        ("Er zijn ... kinderen, ongeveer ... jaar. We zijn hier: ... Wat nu?", [5, 3, 2]),
        ('Zeg: "Goed dat je het vertelt." Luister dan.', [6, 2]),
        ("Eerst dit; dan dat: zo kan het.", [7]),
        ("regel een\nregel twee", [2, 2]),
        ("", []),
        ("...", []),
    ],
)
def test_sentences_and_words(text: str, counts: list[int]) -> None:
    assert [len(dutch.words(sentence)) for sentence in dutch.sentences(text)] == counts


def test_readability_is_that_of_douma() -> None:
    # 2 sentences, 6 words, 8 syllables
    assert dutch.readability(["Het kind is thuis.", "Bel morgen."]) == pytest.approx(206.835 - 0.93 * 3 - 77 * 7 / 6)
    assert dutch.readability(["Het kind is thuis."]) > dutch.readability(
        ["De aandachtsfunctionaris coördineert multidisciplinaire casuïstiekbesprekingen."]
    )
    with pytest.raises(ValueError, match="no words"):
        dutch.readability(["..."])


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Bel 112 of 0800-2000.", ["112", "0800-2000"]),
        ("(078) 20 200 20 en +31 247 247 247", ["(078) 20 200 20", "+31 247 247 247"]),
        ("0900-44 45 444, dag en nacht", ["0900-44 45 444"]),
        ("06-12345678", ["06-12345678"]),
        ("bel 116", ["116"]),
        ("van 2015 tot 2016, 28 dagen, 0 tot 4 jaar, 24 weken, 90.000 kinderen, op 113.nl, app 112NL, 112,5", []),
    ],
)
def test_what_reads_as_a_telephone_number(text: str, numbers: list[str]) -> None:
    assert list(phones.numbers_in(text)) == numbers


# -- the command -----------------------------------------------------------------------------------------------------------------


def test_the_command_names_file_line_and_mend_and_fails(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    copy.put("signalen.yml", "letsel", "bronnen", value=["B998"])
    line = (copy.folder / "signalen.yml").read_text("utf8").splitlines().index("  - B998") + 1
    assert main(["--content", str(copy.folder), "--date", "2026-11-21"]) == 1
    assert f"content/signalen.yml:{line}: fout: De broncode B998 staat niet in bronnen.yml. Zet de bron" in capsys.readouterr().out


def test_warnings_do_not_fail(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    copy.put("bronnen.yml", "B01", "gecontroleerd", value="2025-11-20")
    assert main(["--content", str(copy.folder), "--date", "2026-11-21"]) == 0
    assert "let op" in capsys.readouterr().out


def test_a_file_of_the_wrong_form_comes_first(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    copy.put("signalen.yml", "letsel", "bronnen", value="B998")
    assert main(["--content", str(copy.folder)]) == 1
    assert words()["uitkomst"]["eerst"] in capsys.readouterr().out
    copy.put("signalen.yml", "letsel", "bronnen", value=["B998"])
    assert main(["--content", str(copy.folder)]) == 1
    assert words()["uitkomst"]["eerst"] not in capsys.readouterr().out


def test_odd_arguments_are_answered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--date", "gisteren"]) == 1
    assert main(["--content", str(tmp_path / "nergens")]) == 1
    assert "2026-11-21" in capsys.readouterr().out


def test_the_scores_of_all_texts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--readability"]) == 0
    lines = capsys.readouterr().out.splitlines()
    scores = [float(line.split()[0]) for line in lines[1:-1]]
    assert scores == sorted(scores) and len(scores) > 100


def test_make_content_runs_it() -> None:
    made = subprocess.run(["make", "-n", "content"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "tools.content_check" in made.stdout


# -- the parts -------------------------------------------------------------------------------------------------------------------


def test_every_reader_of_the_program_may_have_a_text() -> None:
    readers = set(ROLES) | set(SECTOR.values())
    assert set(AUDIENCES) == readers
    assert set(Variants.__fields__) == readers | {"allen", "zelf", "praktijk"}
    assert set(PerRole.__fields__) == readers | {"allen"}


def test_every_message_says_what_and_how() -> None:
    used = "".join(path.read_text("utf8") for folder in ("tools/content", "bot/content") for path in (ROOT / folder).glob("*.py"))
    for code, row in words()["meldingen"].items():
        assert row["soort"] in ("fout", "waarschuwing") and row["wat"] and row["doe"], code
        assert f'"{code}"' in used or code in ("oordeel", "belofte", "melden_wegpraten", "melden_door_routekaart"), f"{code} is never said"


def test_texts_are_found_with_their_speaker_and_reader() -> None:
    rows = {f"{p.document.name}:{p.id}": p for p in passages(Folder.read(CONTENT))}
    opening = rows["kaart.yml:regels.gevaar.zeg.allen"]
    assert opening.user_says and opening.audience == "allen"
    assert not rows["kaart.yml:regels.gevaar.waarom.huisarts"].user_says
    assert rows["kaart.yml:regels.gevaar.waarom.huisarts"].audience == "huisarts"
    assert rows["organisaties.yml:huisarts.taak"].audience is None
    assert rows["stappen.yml:huisarts.1.doen"].audience == "huisarts"
    assert rows["stappen.yml:1.doen"].audience == "allen"
    assert not any(".woorden" in key or ".bronnen" in key for key in rows)


def test_statements_for_experts_follow_the_sources(copy: Copy) -> None:
    def rows() -> dict[tuple[str, str], experts.Statement]:
        return {(row.file, row.id): row for row in experts.statements(Folder.read(copy.folder))}

    mine = ("signalen.yml", "partnergeweld")
    copy.put(*mine, "bronnen", value=["B88", "B94"])
    assert mine not in rows()
    copy.put(*mine, "bronnen", value=["B88", "F10"])
    assert rows()[mine].judged and not rows()[mine].local
    copy.put("structuren.yml", "O1", "controleer_lokaal", value=True)
    assert rows()["structuren.yml", "O1"].local
    assert ("nood.yml", "tekst.geweld") in rows()
    page = experts.page(Folder.read(copy.folder))
    assert f"| `partnergeweld` | {copy.load('signalen.yml')['partnergeweld']['titel']} | B88, F10 |" in page


# -- cases to rehearse -----------------------------------------------------------------------------------------------------------

CASE = "oefeningen/c01.yml"


def codes(copy: Copy, file: str = CASE) -> set[str]:
    """What is wrong with a file, by name."""
    return {p.code for p in copy.problems() if p.file == f"content/{file}" and p.error}


def test_a_moment_that_nobody_gets_to(copy: Copy) -> None:
    for option in ("a", "b", "c"):
        copy.put(CASE, "momenten", "M1", "opties", option, "naar", value="M3")
    assert "M2" in copy.found("casus_onbereikbaar", CASE, "M2:").what


def test_a_way_without_an_end(copy: Copy) -> None:
    copy.put(CASE, "momenten", "M4", "opties", "a", "naar", value="M2")
    assert "M4.a" in copy.found("casus_geen_einde", CASE, "naar: M2").what


def test_an_option_that_leads_to_no_moment(copy: Copy) -> None:
    copy.put(CASE, "momenten", "M4", "opties", "a", "naar", value="M9")
    assert "einde" in copy.found("casus_naar", CASE, "naar: M9").mend
    assert codes(copy) == {"casus_naar"}


@pytest.mark.parametrize(("option", "worth", "count"), [("a", "beste", 2), ("c", "redelijk", 0)])
def test_a_moment_has_one_best_option(copy: Copy, option: str, worth: str, count: int) -> None:
    copy.put(CASE, "momenten", "M1", "opties", option, "waarde", value=worth)
    assert f" {count} " in copy.found("casus_beste", CASE, "opties:").what
    assert codes(copy) == {"casus_beste"}


@pytest.mark.parametrize(("field", "value"), [("contact", "veilig_thuis"), ("urgentie", "nu"), ("melding_norm", True)])
def test_a_case_that_teaches_something_else_than_the_core_hears_what_the_core_says(copy: Copy, field: str, value: Any) -> None:
    copy.put(CASE, "momenten", "M1", "kern", field, value=value)
    problem = copy.found("casus_kern", CASE, "kern:")
    assert "De routekaart zegt: contact: intern_begeleider, urgentie: deze_week, melding_norm: false" in problem.what
    assert codes(copy) == {"casus_kern"}


def test_a_case_that_teaches_another_role_something_else_than_the_core(copy: Copy) -> None:
    wrong = {"huisarts": {"contact": "politie", "urgentie": "nu", "melding_norm": True}}
    copy.put(CASE, "momenten", "M1", "kern_per_rol", value=wrong)
    assert "contact: politie" in copy.found("casus_kern", CASE, "huisarts:").what


def test_a_case_in_which_choices_change_too_little(copy: Copy) -> None:
    for moment in ("M2", "M3"):
        copy.put(CASE, "momenten", moment, "scene_na", value=GONE)
    assert "1 keer" in copy.found("casus_scene_na", CASE, "momenten:").what


@pytest.mark.parametrize("choice", ["M4.a", "M2.a", "M9.a", "M1.d"])
def test_a_scene_after_a_choice_that_cannot_have_been_made(copy: Copy, choice: str) -> None:
    copy.put(CASE, "momenten", "M2", "scene_na", 0, "keuze", value=choice)
    assert "M1.a, M1.b, M1.c" in copy.found("casus_keuze", CASE, choice).mend


def test_a_theme_a_sign_an_answer_and_an_organisation_that_do_not_exist(copy: Copy) -> None:
    copy.put(CASE, "momenten", "M1", "situatie", "signalen", value=["kleding", "regenjas"])
    copy.put(CASE, "momenten", "M2", "kern", "contact", value="buurman")
    assert "regenjas" in copy.found("casus_teken", CASE, "regenjas").what
    assert "buurman" in copy.found("organisatie_onbekend", CASE, "buurman").what
    copy.put(CASE, "momenten", "M2", "situatie", "voortgang", value="bijna")
    assert "overlegd" in copy.found("waarde_onbekend", CASE, "bijna").mend
    copy.put(CASE, "themas", value=["weer"])
    assert "armoede" in copy.found("waarde_onbekend", CASE, "weer").mend


def test_two_cases_with_one_id_and_words_that_are_still_to_be_written(copy: Copy) -> None:
    copy.put("oefeningen/c02.yml", "id", value="C1")
    assert "c01.yml" in copy.found("casus_dubbel", "oefeningen/c02.yml", "id: C1").what
    copy.put(CASE, "teamvraag", value="[schrijf een vraag]")
    copy.found("casus_schrijf", CASE, "[schrijf")
