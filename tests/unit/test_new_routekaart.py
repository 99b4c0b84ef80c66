"""A new municipality: the template, its name, and that a file is all it takes."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from bot.cards import Cards
from bot.content import schema
from bot.content.load import ELSEWHERE, FOLDER, Content
from bot.core.route import advise
from bot.core.situation import Situation
from bot.dialogue.reading import Message, read
from bot.dialogue.state import State
from tools import new_routekaart
from tools.content.nodes import Folder
from tools.content_check import check
from tools.new_routekaart import LONGEST, OddName, create, main, suggestion

TODAY = "2026-11-21"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the content to write in."""
    return Path(shutil.copytree(FOLDER, tmp_path / "content"))


def problems(content: Path, name: str = "nieuwdorp.yml") -> list[str]:
    """What the content check has against one map."""
    found = check(Folder.read(content), date.fromisoformat(TODAY)).problems
    return [str(p) for p in found if p.file.endswith("/" + name)]


def fill(path: Path) -> None:
    """The template as an editor leaves it, with all its comments: what must not stay empty is filled, the rest is left."""
    text = path.read_text("utf8")
    text = re.sub(r"^naam:", 'naam: "Nieuwdorp"', text, flags=re.M)
    text = re.sub(r"^( *)gecontroleerd:(?= |$)", rf'\1gecontroleerd: "{TODAY}"', text, flags=re.M)
    path.write_text(text.replace("bronnen: []", "bronnen: [S1]"), "utf8")


def fill_in_first(path: Path) -> None:
    """The first function filled in whole, by taking away the # of the examples."""
    text = path.read_text("utf8").replace("      # leerkracht:", "      leerkracht:").replace("      # huisarts:", "      huisarts:")
    text = text.replace('# - {soort: telefoon, waarde: "het nummer"', '- {soort: telefoon, waarde: "14 099"')
    text = text.replace('# "het nummer": {wie:', '"14 099": {wie:')
    first, rest = text.split("  P2:", 1)
    first = first.replace("    naam: ", '    naam: "Buurtteam Nieuwdorp"', 1).replace("    kader: ", "    kader: vrijwillig", 1)
    first = first.replace("    taak: ", '    taak: "Het team denkt mee met gezinnen."', 1)
    path.write_text(first + "  P2:" + rest, "utf8")


def test_a_new_map_is_a_commented_template_with_its_own_id(tmp_path: Path) -> None:
    path = create("nieuwdorp", tmp_path)
    text = path.read_text("utf8")
    assert path == tmp_path / "nieuwdorp.yml"
    assert yaml.safe_load(text)["gemeente"] == "nieuwdorp"
    assert new_routekaart.PLACEHOLDER not in text
    fields = {"organisatie", *schema.Function.__fields__} - {"naam_toen", "wie_erbij"}
    explained = {line.strip().split(":")[0] for line in text.splitlines() if "#" in line.partition(":")[2]}
    assert fields <= explained, f"no word about {fields - explained}"
    assert {"gemeente", "naam", "status", "gecontroleerd"} <= explained
    assert [line for line in text.splitlines() if line.startswith("nummers:")]


def test_it_offers_what_the_map_of_dordrecht_fills_in(tmp_path: Path) -> None:
    offered = {row["organisatie"] for row in yaml.safe_load(create("nieuwdorp", tmp_path).read_text("utf8"))["functies"].values()}
    known = set(yaml.safe_load((FOLDER / "organisaties.yml").read_text("utf8")))
    dordrecht = yaml.safe_load((FOLDER / "routekaarten" / "dordrecht.yml").read_text("utf8"))["functies"].values()
    everywhere = {"raad_kinderbescherming", "politie", "openbaar_ministerie", "sociale_context"}
    assert offered <= known
    assert {row["organisatie"] for row in dordrecht} - everywhere <= offered


def test_unfilled_it_is_refused_line_by_line_and_filled_it_is_accepted(content: Path) -> None:
    path = create("nieuwdorp", content / "routekaarten")
    refused = problems(content)
    lines = path.read_text("utf8").splitlines()
    for start in ("naam:", "gecontroleerd:", "    bronnen: []", "    gecontroleerd:"):
        line = next(number for number, text in enumerate(lines, 1) if text.startswith(start))
        assert any(p.startswith(f"content/routekaarten/nieuwdorp.yml:{line}:") for p in refused), f"nothing about line {line}"
    fill(path)
    assert problems(content) == []
    fill_in_first(path)
    assert problems(content) == []


def test_a_number_without_a_source_is_refused(content: Path) -> None:
    path = create("nieuwdorp", content / "routekaarten")
    fill(path)
    fill_in_first(path)
    path.write_text(path.read_text("utf8").replace('"14 099": {wie:', '"14 098": {wie:'), "utf8")
    assert any("14 099" in p for p in problems(content))


def test_a_file_is_all_it_takes(content: Path) -> None:
    path = create("nieuwdorp", content / "routekaarten")
    before = Content(content)
    national = before.organisation("jeugdteam", ELSEWHERE)
    assert before.organisation("jeugdteam", "nieuwdorp")["naam"] == national["naam"], "empty lines are the national default"
    assert before.organisation("jeugdteam", "nieuwdorp")["wanneer_per_rol"] == national["wanneer_per_rol"]
    fill(path)
    fill_in_first(path)
    after = Content(content)
    cards = Cards(after)
    message = Message("1", "hallo", "begroeten", 0.9, metadata={"gemeente": "nieuwdorp", "rol": "huisarts"})
    state = read(State(), message, after.questions, frozenset(after.maps))
    text = cards.contact(state, "jeugdteam")["text"]
    for said in (
        "Buurtteam Nieuwdorp",
        "Het team denkt mee met gezinnen.",
        "Als het gezin steun wil.",
        "14 099",
        after.say("controleer_lokaal"),
    ):
        assert said in text
    s = Situation(rol="leerkracht", acuut="nee", structureel="nee", signalen=frozenset({"honger"}), voortgang="niets", leeftijd="4-12")
    card = cards.route(state.with_(situatie=s), advise(s))
    assert "Buurtteam Nieuwdorp" in card["text"]
    assert after.say("gemeente_anders") not in card["text"]
    assert after.organisation("jeugdteam", "dordrecht") == before.organisation("jeugdteam", "dordrecht")


def test_a_map_without_functions_is_the_national_default(content: Path) -> None:
    (content / "routekaarten" / "leegdorp.yml").write_text("gemeente: leegdorp\nfuncties:\n", "utf8")
    assert Content(content).organisation("jgz", "leegdorp")["naam"] == "Jeugdgezondheidszorg"


def test_it_never_overwrites(tmp_path: Path) -> None:
    path = create("nieuwdorp", tmp_path)
    path.write_text("werk van een redacteur", "utf8")
    with pytest.raises(FileExistsError):
        create("nieuwdorp", tmp_path)
    assert path.read_text("utf8") == "werk van een redacteur"


ODD = [
    *(
        "",
        "  ",
        "Den Haag",
        "den haag",
        "DORDRECHT",
        "../buiten",
        "a/b",
        "a\\b",
        ".verborgen",
        "-x",
        "x-",
        "x--y",
        "súdwest",
        "123",
        "x.yml",
    ),
    *("a\nb", "x\n", "a'b", "$(x)", "anders", "x" * (LONGEST + 1)),
]


@pytest.mark.parametrize("name", ODD)
def test_an_odd_name_is_refused_with_a_reason_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "content" / "routekaarten"
    folder.mkdir(parents=True)
    with pytest.raises(OddName) as told:
        create(name, folder)
    assert len(str(told.value)) > 30
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


@pytest.mark.parametrize(
    ("name", "better"),
    [("Den Haag", "den-haag"), ("Súdwest-Fryslân", "sudwest-fryslan"), ("'s-Hertogenbosch", "s-hertogenbosch"), ("../x", "x"), ("123", "")],
)
def test_a_name_that_would_do_is_suggested(name: str, better: str) -> None:
    assert suggestion(name) == better
    if better:
        new_routekaart.check_name(better)


def test_the_command_tells_what_went_wrong(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(new_routekaart.create, "__defaults__", (tmp_path,))
    assert main(["Nieuw", "Dorp"]) == 1
    assert "NAME=nieuw-dorp" in capsys.readouterr().err
    assert main([]) == 1
    assert "Voor welke gemeente?" in capsys.readouterr().err
    assert main(["nieuwdorp"]) == 0
    assert "nieuwdorp.yml" in capsys.readouterr().out
    assert main(["nieuwdorp"]) == 1
    assert "bestaat al" in capsys.readouterr().err
