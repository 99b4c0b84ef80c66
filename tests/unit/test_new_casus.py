"""A new case to rehearse: the template, its name, what the check says of it until it is written, and how it reads."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml
from pydantic import parse_obj_as

from bot.content.load import FOLDER, Content
from bot.content.schema import Case, CaseOption, Moment
from bot.rehearsal import play
from bot.rehearsal.cards import RehearsalCards
from tools import case_text, new_casus
from tools.content.cases import UNWRITTEN
from tools.content.nodes import Folder
from tools.content_check import check
from tools.new_casus import create, main, next_id
from tools.new_routekaart import LONGEST, OddName

DAY = date(2026, 11, 21)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the content to write in."""
    return Path(shutil.copytree(FOLDER, tmp_path / "content"))


def write(path: Path) -> None:
    """The template as an editor leaves it: every bracket written, each with other words."""
    words = iter(f"Zin nummer {number} van deze casus." for number in range(1, 200))
    path.write_text(re.sub(r"\[schrijf[^\]]*\]", lambda _: next(words), path.read_text("utf8")), "utf8")


def test_a_new_case_has_the_form_of_a_case_and_the_next_id(content: Path) -> None:
    folder = content / "oefeningen"
    wanted = next_id(folder)
    path = create("de-lege-trommel", folder)
    case = yaml.safe_load(path.read_text("utf8"))
    parse_obj_as(Case, case)
    assert case["id"] == wanted and wanted not in Content(FOLDER).cases
    assert new_casus.PLACEHOLDER not in path.read_text("utf8")
    assert next_id(folder) == f"C{int(wanted[1:]) + 1}"


def test_the_first_case_of_a_folder_is_the_first(tmp_path: Path) -> None:
    assert next_id(tmp_path) == "C1"


def test_the_template_shows_every_field_that_is_needed(tmp_path: Path) -> None:
    text = create("nieuw", tmp_path).read_text("utf8")
    for model in (Case, Moment, CaseOption):
        for name, field in model.__fields__.items():
            assert not field.required or f"{name}:" in text, name


def test_unwritten_every_bracket_is_named_and_nothing_else_and_written_it_is_accepted(content: Path) -> None:
    path = create("de-lege-trommel", content / "oefeningen")
    found = [p for p in check(Folder.read(content), DAY).problems if p.file.endswith("/de-lege-trommel.yml") and p.error]
    lines = [number for number, line in enumerate(path.read_text("utf8").splitlines(), 1) if UNWRITTEN in line.partition(" #")[0]]
    unwritten = [line for line in lines if not path.read_text("utf8").splitlines()[line - 1].startswith("#")]
    assert [p.line for p in found if p.code == "casus_schrijf"] == unwritten
    assert {p.code for p in found} == {"casus_schrijf"}
    write(path)
    assert not [str(p) for p in check(Folder.read(content), DAY).errors if p.file.endswith("/de-lege-trommel.yml")]


def test_a_written_case_can_be_played_to_every_end(content: Path) -> None:
    write(path := create("de-lege-trommel", content / "oefeningen"))
    loaded = Content(content)
    case = loaded.cases[yaml.safe_load(path.read_text("utf8"))["id"]]
    told = "\n".join(case_text.text(case, RehearsalCards(loaded)))
    for way in play.paths(case):
        assert ": " + " ".join(way) in told
    for row in case["momenten"].values():
        assert row["vraag"] in told and all(option["gevolg"] in told for option in row["opties"].values())


def test_it_never_overwrites(tmp_path: Path) -> None:
    path = create("nieuw", tmp_path)
    path.write_text("id: C7\n", "utf8")
    with pytest.raises(FileExistsError):
        create("nieuw", tmp_path)
    assert path.read_text("utf8") == "id: C7\n"


@pytest.mark.parametrize(
    "name", ["", "  ", "Een Casus", "../buiten", "a/b", ".verborgen", "-x", "x.yml", "súdwest", "a\nb", "$(x)", "x" * (LONGEST + 1)]
)
def test_an_odd_name_is_refused_with_a_reason_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(OddName) as told:
        create(name, tmp_path)
    assert len(str(told.value)) > 30 and not list(tmp_path.iterdir())


def test_the_commands_say_what_went_wrong(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(new_casus.create, "__defaults__", (tmp_path,))
    assert main(["Lege", "Trommel"]) == 1 and "NAME=lege-trommel" in capsys.readouterr().err
    assert main([]) == 1 and "make new-casus" in capsys.readouterr().err
    assert main(["lege-trommel"]) == 0 and "lege-trommel.yml" in capsys.readouterr().out
    assert main(["lege-trommel"]) == 1 and "bestaat al" in capsys.readouterr().err
    assert case_text.main(["bestaat-niet"]) == 1 and "c01" in capsys.readouterr().err
    assert case_text.main(["C1"]) == 0 and Content(FOLDER).cases["C1"]["titel"] in capsys.readouterr().out
