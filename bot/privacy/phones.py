"""Phone numbers in every notation, spoken ones too. Public lines (`data/openbare_nummers.txt`, 0800, 0900) stay."""

from __future__ import annotations

import re

from bot.privacy import tokens
from bot.privacy.dutch_numbers import CARDINAL, CARDINALS, has_digit, plain
from bot.privacy.lexicon import DATA

#: what people put between digits
_GAP = r"[\s.\-/()‐‑‒–—−_]{0,3}"


def _flexible(digits: str) -> str:
    return _GAP.join(digits)


def _public_numbers() -> list[str]:
    """The digits of every public line of the data file, in national notation or with its country code."""
    lines = (DATA / "openbare_nummers.txt").read_text("utf8").splitlines()
    numbers = (line.split("#")[0] for line in lines)
    return [digits for number in numbers if (digits := "".join(filter(str.isdigit, number)))]


PUBLIC = tuple(_public_numbers())
_PUBLIC_LITERAL = "|".join(_flexible(number) for number in sorted(PUBLIC, key=len, reverse=True))
#: source of a pattern for any public line, in any notation
PUBLIC_LINE = (
    rf"\+?\(?(?:{_PUBLIC_LITERAL})(?!\d)|0[89]0[069]{_GAP}\d{{4}}(?!\d)|0[89]0[069]{_GAP}(?:\d{_GAP}){{6}}\d(?!\d)"
    r"|14 ?0\d{2,3}(?!\d)"
)
_NUMERIC_DATE = r"\d{1,2}[-/.]\d{1,2}[-/.](?:(?:19|20)\d\d|\d\d(?![-/. ]?\d))(?!\d)|(?:19|20)\d\d-\d{1,2}-\d{1,2}(?!\d)"
_ZERO = r"(?:0|(?<!\w)[oO](?=\W{0,2}6))"

_PHONE = re.compile(
    rf"(?P<token>{tokens.ANY})"
    rf"|(?<![\d])(?P<keep>{PUBLIC_LINE}|{_NUMERIC_DATE})"
    r"|(?P<phone>"
    rf"(?:\+|(?<!\d)00){_GAP}31{_GAP}(?:0{_GAP})?[1-9](?:{_GAP}\d){{8}}\d*"
    rf"|(?<!\d)31{_GAP}6(?:{_GAP}\d){{8}}(?!\d)"
    rf"|(?:\+|(?<!\d)00){_GAP}[1-9](?:{_GAP}\d){{7,12}}\d*"
    rf"|(?<!\d)\(?{_ZERO}{_GAP}6(?:{_GAP}\d){{6,8}}\d*"
    rf"|(?<!\d)\(?0{_GAP}[1-9](?:{_GAP}\d){{8}}\d*"
    r"|(?<!\d)\(?0[1-9]\d{1,2}\)?[\s-]\d{6,7}(?!\d)"
    r"|(?<![\d.,])6[\s-]\d(?:[\s-]?\d){7}(?!\d)"
    r")",
    re.IGNORECASE,
)
#: fewer digits are enough where the words before say that a number follows
_SAID = re.compile(
    r"(?P<said>\b(?:tel|telefoon(?:nummer|nr)?|telnr|bel|bellen|mob|mobiel|nummer|nr|app|whatsapp|06)\b[^\d\n\[\]]{0,15})"
    rf"(?!{_NUMERIC_DATE}|{PUBLIC_LINE})\d(?:[\s.-]{{0,2}}\d){{5,9}}(?!\d)",
    re.IGNORECASE,
)

#: the longest word for a number, or one digit, and nothing else: were `achttien` also `acht` and `tien`, or 12 also 1 and 2, a long row could be
#: read in more ways than there is time for (what was looked ahead at is not tried again: Python's patterns know no atomic group before 3.11)
_SPOKEN_ITEM = rf"(?=(?P<item>{CARDINAL}|\d))(?P=item)"
_SPOKEN = re.compile(rf"(?<!\w)(?:plus\s|0|nul|zes(?=\W))(?:[\s,.\-]{{0,3}}{_SPOKEN_ITEM}){{4,}}(?!\w)")
_SPOKEN_PART = re.compile(rf"{CARDINAL}|\d+")
_SHORTEST_SPOKEN = 9
_LONGEST_SPOKEN = 14


def is_public(digits: str) -> bool:
    """Whether these digits are a line that anybody may call: it identifies nobody."""
    return digits in PUBLIC or digits.startswith(("0800", "0900", "0906", "0909"))


def _mask_phone(match: re.Match[str]) -> str:
    if match["token"] or match["keep"]:
        return match[0]
    opened = match[0].startswith("(") and ")" not in match[0]
    return ("(" if opened else "") + tokens.PHONE


def _mask_spoken(text: str) -> str:
    low = plain(text)
    if "nul" not in low and "plus" not in low and "0" not in low and "zes" not in low:
        return text
    parts = []
    done = 0
    for match in _SPOKEN.finditer(low):
        items = _SPOKEN_PART.findall(match[0])
        digits = "".join(item if item.isdigit() else str(CARDINALS[item]) for item in items)
        in_words = any(not item.isdigit() for item in items)
        if match[0].startswith("zes") and (len(digits) != _SHORTEST_SPOKEN or digits.startswith("678")):
            continue  # without its zero only a mobile number; counting on from six is none
        if in_words and _SHORTEST_SPOKEN <= len(digits) <= _LONGEST_SPOKEN and not is_public(digits):
            parts += [text[done : match.start()], tokens.PHONE]
            done = match.end()
    return "".join([*parts, text[done:]])


def mask_phones(text: str) -> str:
    """`text` with personal phone numbers as `[telefoon]`."""
    if has_digit(text):
        text = _PHONE.sub(_mask_phone, text)
        text = _SAID.sub(lambda match: match["said"] + tokens.PHONE, text)
    return _mask_spoken(text)
