"""`docs/beveiliging.md` tells of tests that are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "beveiliging.md").read_text("utf8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TEXT)))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_each_test_that_is_named_is_there(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text("utf8"))
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert any(function.startswith("test_") for function in functions)
    assert not name or name in functions


def test_each_finding_names_a_test_or_says_that_it_is_accepted() -> None:
    rows = re.findall(r"^\| (F\d+) \|.*$", TEXT, re.MULTILINE)
    assert rows == [f"F{number}" for number in range(1, len(rows) + 1)]
    assert len(rows) >= 20
    for line in re.findall(r"^\| F\d+ \|.*$", TEXT, re.MULTILINE):
        assert "`tests/" in line or "geaccepteerd" in line, line[:20]
