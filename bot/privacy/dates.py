"""Birth dates, in digits and in words. Other dates stay: they tell when something was seen or said.

A date counts as a birth date when the words around it say so, when it follows a name or a child, or when it is a complete date of
some years back that nothing marks as the date of an event.
"""

from __future__ import annotations

import re

from bot.privacy import tokens
from bot.privacy.dutch_numbers import DAY, YEAR, has_digit, plain

#: a complete date up to this year, without words of an event, is read as somebody's birth date; later ones are mostly events
LAST_YEAR_ASSUMED_BIRTH = 2022
_CENTURY_TURN = 30
_BEFORE = 60
_AFTER = 30

_MONTH = (
    r"(?:januarie?|jan|februarie?|feb|maart|mrt|april|apr|mei|juni|jun|juli|jul|augustus|aug|september|sept|sep|oktober|okt|oct"
    r"|november|nov|december|dec|january|february|march|may|june|july|august|october)\.?"
)
_MONTH_WORD = re.compile(rf"\b{_MONTH}")
_YEAR_AFTER_MONTH = rf"(?:\s?,?\s?(?:'?(?P<wordyear>(?:19|20)\d\d|\d\d(?!\s?(?:uur|u\b|:)))(?!\d)|(?P<spokenyear>{YEAR})(?!\w)))?"
_DATE = re.compile(
    rf"(?P<token>{tokens.ANY})"
    r"|(?<![\d./-])(?P<iso>(?:19|20)\d\d)(?P<isosep>[-/.])\d{1,2}(?P=isosep)\d{1,2}(?![\d-])"
    r"|(?<![\d./-])\d{1,2}\s?(?P<sep>[-/.])\s?\d{1,2}(?:\s?(?P=sep)\s?'?(?P<year>(?:19|20)\d\d|\d\d))?(?!\d|[-/]\d|\.\d)"
    rf"|(?<!\w)(?:\d{{1,2}}\s?(?:e|ste|de)?|{DAY})\s?(?:van\s)?{_MONTH}(?!\w){_YEAR_AFTER_MONTH}"
    rf"|(?<!\w)(?P<month>{_MONTH}\s'?(?:(?:19|20)\d\d|\d\d)(?!\d))"
    r"|(?<!\d)(?P<compact>\d{8}|\d{6})(?!\d)"
)
_BORN_BEFORE = re.compile(
    r"(?:\bgeb(?:oren|oorte\w*|\.|\s?dat\w*)?(?!\w)|\bgebdat\w*|\bg\.d\.|\bjarig\b|\bverjaar\w*|\bbirth\w*|\bborn\b|\bdob\b)"
    r"[^.!?\n\]]{0,30}$|[*°]\s?$"
)
_BORN_AFTER = re.compile(r"[^.!?\n\d\[]{0,24}\b(?:geboren|jarig|verjaar\w*|ter wereld)\b")
_FOLLOWS_PERSON = re.compile(
    r"(?:\[naam\]|\b(?:jongen|meisje|zoon|zoontje|dochter|dochtertje|kind|kindje|baby|peuter|kleuter|leerling|ll|pt|patient|moeder|vader"
    r"|client|clientje)\b)[\s,(;:/–-]{0,4}(?:van\s)?$"
)
_EVENT_BEFORE = re.compile(
    r"\b(?:op|sinds|vanaf|tot|dd|d\.d\.?|datum|per|voor|rond|gesprek\w*|gemeld|melding\w*|afspraak|besluit|zitting|overleg|mdo|brief|mail"
    r"|incident|versie|verslag|notitie|van|vorige|laatste)[\s:(]{1,3}(?:de\s|het\s|(?:maan|dins|woens|donder|vrij|zater|zon)dag\s)?$"
)


def _full_year(match: re.Match[str]) -> int | None:
    digits = match["iso"] or match["year"] or match["wordyear"]
    if digits is None:
        return LAST_YEAR_ASSUMED_BIRTH if match["spokenyear"] else None
    year = int(digits)
    if year >= 100:
        return year
    return year + (2000 if year <= _CENTURY_TURN else 1900)


def _is_birth_date(match: re.Match[str], low: str) -> bool:
    before = low[max(0, match.start() - _BEFORE) : match.start()]
    after = low[match.end() : match.end() + _AFTER]
    if _BORN_BEFORE.search(before) or _BORN_AFTER.match(after):
        return True
    year = _full_year(match)
    if match["compact"] or match["month"] or year is None:
        return False
    if _FOLLOWS_PERSON.search(before):
        return True
    if _EVENT_BEFORE.search(before):
        return False
    two_digits = (match["year"] or match["wordyear"] or "    ").strip()
    return year <= LAST_YEAR_ASSUMED_BIRTH and len(two_digits) != 2


def mask_birth_dates(text: str) -> str:
    """`text` with birth dates as `[geboortedatum]`."""
    low = plain(text)
    if not (has_digit(low) or _MONTH_WORD.search(low)):
        return text
    parts = []
    done = 0
    for match in _DATE.finditer(low):
        if match["token"] or not _is_birth_date(match, low):
            continue
        parts += [text[done : match.start()], tokens.BIRTH_DATE]
        done = match.end()
    return "".join([*parts, text[done:]])
