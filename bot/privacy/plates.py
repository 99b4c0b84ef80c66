"""Dutch licence plates, with or without hyphens; any plate after the word for it."""

from __future__ import annotations

import re

from bot.privacy import tokens
from bot.privacy.dutch_numbers import has_digit

#: the groups of the Dutch sidecodes, L a letter and D a digit
_SIDECODES = (
    "LL DD DD", "DD DD LL", "DD LL DD", "LL DD LL", "LL LL DD", "DD LL LL", "DD LLL D", "D LLL DD", "LL DDD L", "L DDD LL",
    "LLL DD L", "L DD LLL", "D LL DDD", "DDD LL D",
)  # fmt: skip


def _pattern(separator: str, but: str = "") -> str:
    codes = (code.replace("L", "[A-Z]").replace("D", r"\d").replace(" ", separator) for code in _SIDECODES if code != but)
    return r"(?<![\w-])(?:" + "|".join(codes) + r")(?![\w-])"


_WITH_HYPHENS = re.compile(_pattern("-"), re.IGNORECASE)
_IN_CAPITALS = re.compile(_pattern(" ") + "|" + _pattern("", but="DD DD LL"))  # 1234AB is a postcode
_INTRODUCED = re.compile(
    r"\b(?:kenteken(?:plaat)?|nummerbord|nummerplaat|kent\.)"
    r"[^\w\n\[\]]{0,3}(?:(?:is|was|met|van|de|het|zijn|haar|auto|nr|nummer|iets|ongeveer|volgens|mij|ik|dacht|denk|eindigt|begint|op|die"
    r"|geloof)[^\w\[\]]{1,2}){0,6}"
    r"(?P<plate>(?=[\w -]{0,9}\d)(?=[\w -]{0,9}[A-Za-z])[A-Za-z\d]{1,8}(?:[ -][A-Za-z\d]{1,4}){0,2})(?!\w)",
    re.IGNORECASE,
)


def _mask_introduced(match: re.Match[str]) -> str:
    words = match["plate"].split(" ")
    while words and not any(char.isdigit() for char in words[-1]) and len(words) > 1 and len(words[-1]) > 2:
        words.pop()  # 'kenteken 12-ab-34 was': the verb isn't the plate
    plate = " ".join(words)
    return match[0][: match.start("plate") - match.start()] + tokens.PLATE + match["plate"][len(plate) :]


def mask_plates(text: str) -> str:
    """`text` with licence plates as `[kenteken]`."""
    if not has_digit(text):
        return text
    text = _WITH_HYPHENS.sub(tokens.PLATE, text)
    text = _IN_CAPITALS.sub(tokens.PLATE, text)
    return _INTRODUCED.sub(_mask_introduced, text)
