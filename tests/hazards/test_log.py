"""The hazard log itself: whole rows in a fixed order, tests that exist and are collected, places that exist, and tables that follow from the rows."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from tools.hazards import GUIDE_WORDS, LOG, REMOVALS, ROOT, Line, Proof, lines, matrix, removals, table, taken_out, written

WAY = ROOT / "docs" / "weg-van-een-bericht.md"
#: the least number of lines whose control was taken out to see its test fail
LEAST_REMOVALS = 10


@lru_cache(maxsize=1)
def log() -> str:
    """The hazard log."""
    return LOG.read_text(encoding="utf8")


def named(text: str) -> list[Proof]:
    """Every test that a document names."""
    return Proof.all_in(text)


@lru_cache(maxsize=1)
def collected() -> frozenset[str]:
    """What pytest collects of the files that the documents name: path::name, without parameters."""
    files = sorted({proof.path for text in (log(), WAY.read_text(encoding="utf8")) for proof in named(text) if proof.path.endswith(".py")})
    assert all((ROOT / file).is_file() for file in files), [file for file in files if not (ROOT / file).is_file()]
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:warnings", *files]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    return frozenset(line.partition("[")[0] for line in done.stdout.splitlines() if "::" in line)


def test_the_log_is_in_order() -> None:
    found = lines(log())
    assert len(found) > 100
    assert [line.id for line in found] == [f"G{n:02d}" for n in range(1, len(found) + 1)]
    for line in found:
        assert line.word in GUIDE_WORDS, line.id
        assert all(line.cells), f"{line.id}: an empty cell"
    assert not {hazard for hazard, times in Counter(line.what for line in found).items() if times > 1}, "a hazard that stands there twice"


@pytest.mark.parametrize("line", lines(LOG.read_text(encoding="utf8")), ids=lambda line: line.id)
def test_every_line_names_a_test_that_exists_and_is_collected(line: Line) -> None:
    assert line.proofs, "a hazard without a test"
    for proof in line.proofs:
        assert _exists(proof), f"{proof.path}: no {proof.name!r}"


def test_every_station_of_a_message_names_tests_that_exist() -> None:
    found = named(WAY.read_text(encoding="utf8"))
    assert len(found) > 15
    for proof in found:
        assert _exists(proof), f"{proof.path}: no {proof.name!r}"


def _exists(proof: Proof) -> bool:
    """A test of pytest that is collected, or one of a browser or of the widget by the beginning of its title."""
    if proof.path.endswith(".py"):
        return f"{proof.path}::{proof.name}" in collected()
    text = (ROOT / proof.path).read_text(encoding="utf8")
    return any(f"test({quote}{proof.name}" in text for quote in "\"'`")


def test_a_test_that_does_not_exist_is_noticed() -> None:
    assert _exists(Proof("test_the_log_is_in_order", "tests/hazards/test_log.py")) is (
        "tests/hazards/test_log.py::test_the_log_is_in_order" in collected()
    )
    for name, path in (("test_nothing_of_the_kind", "tests/unit/test_danger.py"), ("no such title", "tests/browser/lost.test.mjs")):
        assert not _exists(Proof(name, path)), name


@pytest.mark.parametrize("document", [LOG, WAY], ids=lambda path: path.name)
def test_every_file_and_page_it_names_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf8")
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert (document.parent / link).exists(), link
    for name in re.findall(r"`((?:bot|content|docs|tests|tools|widget)/[\w./-]+)`", text):
        assert (ROOT / name).exists(), name


def test_other_lines_that_a_line_points_at_are_there() -> None:
    known = {line.id for line in lines(log())}
    assert set(re.findall(r"\bG\d{2,3}\b", log())) <= known


# -- the tables that follow ------------------------------------------------------------------------------------------------------------


def test_the_tables_below_follow_from_the_lines_and_the_removals() -> None:
    assert written(log(), removals()) == log(), "python -m tools.hazards --write"


def test_the_table_of_guide_words_holds_every_line_once() -> None:
    found = re.findall(r"\bG\d{2,3}\b", matrix(lines(log())))
    assert sorted(found) == sorted(line.id for line in lines(log()))


def test_every_removal_can_be_made_and_uses_the_test_of_its_line() -> None:
    by_id = {line.id: line for line in lines(log())}
    for removal in removals():
        assert removal.hazard in by_id, removal.hazard
        whole = (ROOT / removal.file).read_text(encoding="utf8")
        assert taken_out(whole, removal) != whole
        path, _, name = removal.test.partition("::")
        assert Proof(name.partition("[")[0], path) in by_id[removal.hazard].proofs, (
            f"{removal.hazard}: {removal.test} is not the test of its line"
        )
    assert len({removal.hazard for removal in removals()}) >= LEAST_REMOVALS
    assert REMOVALS.name in table(removals()) or all(removal.what in table(removals()) for removal in removals())
