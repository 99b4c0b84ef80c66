"""Text that is made to keep the program busy: every pattern reads it in a time that grows with its length, not with a power of it.

One thread answers everybody, so one message that takes minutes is a server that is gone. Each list is read in a process of its own that is ended
when it does not come to an end: that is a test of hanging, not of speed. Before, a thousand zeros and a letter took longer than anybody waited.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.privacy.masking import mask
from bot.server.channels import READ_CHARACTERS, readable

ROOT = Path(__file__).resolve().parents[2]
#: seconds in which all texts of one test are read: hundreds of times what they take, and nothing to what they took
PATIENCE = 120
LENGTH = 2000
#: found by trying all pairs of eighty pieces of text, one after the other and in turns
HANGING = (
    "0" * 1000 + "a" * 1000, "0" * 1000 + "Jan " * 250, "@" * 1000 + "-" * 1000, "-" * 1000 + "@" * 1000, "@a" * 500 + "-" * 1000, "@a1" * 600, "@aé" * 600,
    "@straat" * 280, "Jan, 06 " * 250, "achttien" * 240 + "x", "nul" + "achttien" * 200 + "x", "nul" + "0" * 1500 + "x", "plus " + "een" * 600 + "x",
)  # fmt: skip
UNITS = (
    "a", "A", "1", "0", " ", "-", ".", "@", "'", '"', "(", "_", "/", "#", "+", ",", "Jan ", "van de ", "A.", "a@a.", "06 ", "06-", "1-", "12-12-", "straat ",
    "1234 AB ", "NL12", "twee ", "honderd", "zes en ", "https://", "www.", "meneer ", "ik heet ", "\n", "é", "İ", "e\u0301", "[naam] ", "kenteken ", "bsn ",
    "insta ", "een ", "januari ", "1 jan ", "geb. ", "de heer ", "mijn naam is ",
)  # fmt: skip
READ = """
import json, sys
from bot.privacy.masking import mask
for text in json.load(sys.stdin):
    mask(text)
print("done")
"""


def done(texts: list[str]) -> bool:
    """Whether masking comes to an end on all of them."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", READ], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    try:
        return "done" in process.communicate(json.dumps(texts), PATIENCE)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return False


@pytest.mark.parametrize("text", HANGING, ids=lambda text: text[:12] + "-" + text[-4:])
def test_masking_comes_to_an_end_on_what_made_it_hang(text: str) -> None:
    assert done([text])


def test_masking_comes_to_an_end_on_one_piece_after_another() -> None:
    halves = [(one * LENGTH)[: LENGTH // 2] + (other * LENGTH)[: LENGTH // 2] for one in UNITS for other in UNITS[::5]]
    assert done(halves)


def test_masking_comes_to_an_end_on_pieces_in_turns() -> None:
    assert done([((one + other) * LENGTH)[:LENGTH] for one in UNITS for other in UNITS[::5]])


@pytest.mark.parametrize("text", ["Jan, 06 " * 250, "@a1" * 600, "Jan Piet Klaas " * 100, "Mevrouw De Vries, 12-03-2011, " * 60])
def test_a_text_in_which_each_pass_uncovers_more_is_masked_all_the_same(text: str) -> None:
    masked = mask(text)
    assert mask(masked) == masked
    for word in ("Jan", "Piet", "Vries", "2011", "@a1"):
        assert word not in masked


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("bel me op nul zes twaalf vierendertig zesenvijftig achtenzeventig", "[telefoon]"),
        ("mijn nummer is 06 twaalf 34 zesenvijftig 78", "[telefoon]"),
        ("plus een en dertig zes een twee drie vier vijf zes zeven acht", ""),
        ("stuur het naar jan punt de-vries apenstaartje gmail punt com", "[e-mail]"),
        ("volg @jan.de.vries@piet_123 op insta", "[account][account]"),
    ],
)
def test_what_was_masked_before_the_mend_still_is(said: str, hidden: str) -> None:
    masked = mask(said)
    assert hidden in masked
    assert "vierendertig zesenvijftig" not in masked
    assert "gmail" not in masked


@pytest.mark.parametrize("unit", ["._", "_", "{", ",", "-", "a", "1", "NL12,"])
def test_what_has_no_spaces_is_broken_up_before_it_is_read(unit: str) -> None:
    """The tokenizer takes the signs off a word one by one: thousands of them cost seconds."""
    shown = readable((unit * READ_CHARACTERS)[:READ_CHARACTERS])
    assert max(map(len, shown.split())) <= 250
    assert "".join(shown.split())[:1000] == (unit * READ_CHARACTERS)[:1000]
    assert readable("https://www.voorbeeld.nl/" + "a" * 150) == "https://www.voorbeeld.nl/" + "a" * 150
