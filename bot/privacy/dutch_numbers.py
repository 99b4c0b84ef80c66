"""Numbers as Dutch words: for phone numbers read aloud, birth dates and house numbers in dictated text.

Everything here works on lower-case text without accents on the e (`één` is normalised by `plain`).
"""

from __future__ import annotations

import re

_UNITS = ("nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen")
_TEENS = ("tien", "elf", "twaalf", "dertien", "veertien", "vijftien", "zestien", "zeventien", "achttien", "negentien")
_TENS = {
    "twintig": 20,
    "dertig": 30,
    "veertig": 40,
    "vijftig": 50,
    "zestig": 60,
    "zeventig": 70,
    "tachtig": 80,
    "negentig": 90,
}
_ORDINALS = {
    "eerste": 1, "tweede": 2, "derde": 3, "vierde": 4, "vijfde": 5, "zesde": 6, "zevende": 7, "achtste": 8, "negende": 9,
    "tiende": 10, "elfde": 11, "twaalfde": 12, "dertiende": 13, "veertiende": 14, "vijftiende": 15, "zestiende": 16,
    "zeventiende": 17, "achttiende": 18, "negentiende": 19, "twintigste": 20, "dertigste": 30,
}  # fmt: skip


_DIGIT = re.compile(r"\d")


def has_digit(text: str) -> bool:
    """Whether there is any digit in a text: what spares most messages the patterns for numbers."""
    return _DIGIT.search(text) is not None


def plain(text: str) -> str:
    """Lower case, `é`, `è` and `ë` as `e`: as long as the input, so that positions stay valid."""
    lowered = text.lower()
    if len(lowered) != len(text):  # some capitals (such as a Turkish dotted one) grow in lower case
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    return lowered.translate({0xE9: "e", 0xE8: "e", 0xEB: "e"})


def _cardinals() -> dict[str, int]:
    values = {word: number for number, word in enumerate(_UNITS + _TEENS)}
    for ten, value in _TENS.items():
        values[ten] = value
        for number, unit in enumerate(_UNITS[1:], start=1):
            values[f"{unit}en{ten}"] = value + number
    return values


#: every cardinal from `nul` to `negenennegentig`
CARDINALS: dict[str, int] = _cardinals()
#: every ordinal that a day of the month needs
ORDINALS: dict[str, int] = _ORDINALS | {f"{word}ste": value for word, value in CARDINALS.items() if 20 < value < 32}


def _alternatives(words: dict[str, int]) -> str:
    return "(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + ")"


CARDINAL = _alternatives(CARDINALS)
#: a day of the month in words
DAY = _alternatives({word: value for word, value in (CARDINALS | ORDINALS).items() if 1 <= value <= 31})
#: a year in words: `tweeduizend(en)(zestien)`, `negentienhonderd vijfentachtig`, `twintig zestien`
YEAR = (
    rf"(?:tweeduizend(?:\s?en)?(?:\s?{CARDINAL})?|negentien\s?honderd(?:\s?en)?(?:\s?{CARDINAL})?"
    rf"|(?:twintig|negentien)\s{CARDINAL})"
)
