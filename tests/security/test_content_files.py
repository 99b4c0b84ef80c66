"""Content files of an editor, or of who got hold of one: too deep, too large, references, tags, letters that are none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.load import FOLDER, MOST_CHARACTERS, MOST_DEPTH, ContentError, bounded, read_yaml
from tools.content.nodes import read

ROOT = Path(__file__).resolve().parents[2]
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(12)
)
BOMBS = {
    "references": LAUGHS,
    "itself": "a: &a\n  b: *a\n",
    "merged": "a: &a {x: 1}\nb:\n  <<: *a\n",
    "brackets": "[" * 100_000,
    "brackets and back": "[" * 5000 + "]" * 5000,
    "braces": "{a: " * 100_000,
    "indented": "\n".join(" " * n + "- " for n in range(200)),
    "large": "a: " + "b" * MOST_CHARACTERS,
}
TAGS = ("a: !!python/object/apply:os.system ['true']", "!!python/name:os.system", "a: !!python/tuple [1]", "a: !eigen 1")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file to write in."""
    return tmp_path / "bestand.yml"


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_by_name(file: Path, name: str) -> None:
    file.write_text(BOMBS[name], "utf8")
    with pytest.raises(ContentError, match=r"^bestand\.yml: "):
        read_yaml(file)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_does_not_end_the_check_of_the_content(file: Path, name: str) -> None:
    """In a process of its own: what it guards against ends the process without a word."""
    file.write_text(BOMBS[name], "utf8")
    script = f"from pathlib import Path; from tools.content.nodes import read; print('broken' if read(Path({str(file)!r}), 'x').broken else 'read')"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0
    assert done.stdout.strip() == "broken"


@pytest.mark.parametrize("text", TAGS)
def test_a_tag_makes_nothing(file: Path, text: str) -> None:
    file.write_text(text, "utf8")
    with pytest.raises(ContentError):
        read_yaml(file)


@pytest.mark.parametrize("data", [b"a: \xff\xfe", b"a: \x00", b"\x00\x01", b"- [", b"a: 2026-13-45", b"? [a]\n: b\n? {c: d}\n: e"])
def test_what_can_not_be_read_says_which_file(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    with pytest.raises(ContentError, match=r"^bestand\.yml: "):
        read_yaml(file)


def test_the_limits_are_far_above_the_content_that_is_there() -> None:
    for path in sorted(FOLDER.rglob("*.yml")):
        text = path.read_text("utf8")
        assert len(text) * 10 < MOST_CHARACTERS, path.name
        bounded(text)
        assert read(path, path.name).broken is None
    assert MOST_DEPTH >= 20


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="abc:-[]{}&*!#|>?,'\" \n\t%@`~0\\", max_size=200))
def test_any_text_is_read_or_refused_and_nothing_else(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "willekeurig.yml"
    path.write_text(text, "utf8")
    try:
        read_yaml(path)
        said = path.name
    except ContentError as error:
        said = str(error)
    assert said.startswith(path.name)
