"""BSN, bank accounts, numbers of files and persons in systems, and other long numbers."""

from __future__ import annotations

import re

from bot.privacy import tokens
from bot.privacy.dutch_numbers import has_digit
from bot.privacy.phones import PUBLIC_LINE

_IBAN = re.compile(r"(?<![A-Za-z\d])[A-Za-z]{2}\d{2}(?:[ .-]?[A-Za-z\d]){11,30}(?![A-Za-z\d])")
_DUTCH_IBAN = re.compile(r"(?<![A-Za-z\d])NL[ .-]?\d\d[ .-]?[A-Z]{4}(?:[ .-]?\d){10}(?!\d)", re.IGNORECASE)
_BSN_WORD = re.compile(
    r"(?P<intro>\b(?:bsn|burger\s?service\s?n(?:ummer|r)|sofi(?:[ -]?n(?:ummer|r))?)\w*[^\d\n\[\]]{0,20})\d(?:[ .-]?\d){6,9}(?!\d)",
    re.IGNORECASE,
)
_ACCOUNT_WORD = re.compile(r"(?P<intro>\b(?:bank)?rekening(?:nummer|nr)?\b[^\d\n\[\]]{0,12})\d(?:[ .-]?\d){5,11}(?!\d)", re.IGNORECASE)
#: what has a number in some system: 'patiëntnummer', 'zaaknr.', 'klant-id'
_FILED = (
    r"(?:pati[eë]nt(?:en)?|pt|cli[eë]nt|leerling|studenten?|dossier|zaaks?|casus|meldings?|kenmerk|registratie|mutatie|polis|klant"
    r"|lid|order|bestel|factuur|paspoort|id|identiteits|vreemdelingen|v|big|agb|kamer|incident|proces|pv|bvh|epd|ehd|relatie|deelnemers?"
    r"|verzekerden|verzekerings|toegangs|inlog|volg)"
)
_FILE_WORD = re.compile(
    rf"(?P<intro>\b(?:{_FILED}[ -]?(?:nummer|nr|no|num|kenmerk|code|id)\b\.?|\b(?:dossier|kenmerk|bestelling|zaak|pv|polis)\b)"
    r"[^\w\n\[\]]{0,4}(?:(?:is|was|nr|nummer|no|van|met|:)[^\w\n\[\]]{1,3}){0,2})"
    r"(?P<code>[A-Za-z\d][A-Za-z\d./-]*)",
    re.IGNORECASE,
)
_GROUPED_BSN = re.compile(r"(?<![\d.,€-])(?:\d{3}([ .-])\d{3}\1\d{3}|\d{4}([ .-])\d{2}\2\d{3})(?![\d.,-]\d|\d)")
_LONG = re.compile(rf"(?P<keep>(?<!\d)(?:{PUBLIC_LINE}))|(?<![\d.,])\d{{7,}}(?!\d)")
_MONEY = re.compile(r"\s?(?:,\d\d|,-|euro|eur\b|€|keer|kilometer|km\b|stemmen|volgers|mensen|inwoners)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d(?:-(?:19|20)\d\d)?$")
_BSN_LENGTH = 9


def passes_eleven_test(digits: str) -> bool:
    """The check that every BSN passes: 9 a + 8 b + ... + 2 h - i is a multiple of eleven."""
    if len(digits) != _BSN_LENGTH or digits == "0" * _BSN_LENGTH:
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True)) % 11 == 0


def _is_iban(candidate: str) -> bool:
    compact = "".join(char for char in candidate.upper() if char.isalnum())
    if not compact.isascii():
        return False
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def _mask_file_number(match: re.Match[str]) -> str:
    code = match["code"].rstrip("./-")
    rest = match["code"][len(code) :]
    if sum(char.isdigit() for char in code) < 3 or _YEAR.match(code):
        return match[0]
    return match["intro"] + tokens.NUMBER + rest


def mask_introduced_numbers(text: str) -> str:
    """Numbers that a word in front of them gives away, and bank accounts: before anything reads their digits as a phone number."""
    if not has_digit(text):
        return text
    text = _DUTCH_IBAN.sub(tokens.NUMBER, text)
    text = _IBAN.sub(lambda match: tokens.NUMBER if _is_iban(match[0]) else match[0], text)
    text = _BSN_WORD.sub(lambda match: match["intro"] + tokens.BSN, text)
    text = _ACCOUNT_WORD.sub(lambda match: match["intro"] + tokens.NUMBER, text)
    return _FILE_WORD.sub(_mask_file_number, text)


def mask_bare_numbers(text: str) -> str:
    """What is left: a BSN by its check digit, and any number so long that it must belong to somebody or something."""
    if not has_digit(text):
        return text

    def grouped(match: re.Match[str]) -> str:
        digits = "".join(filter(str.isdigit, match[0]))
        return tokens.BSN if passes_eleven_test(digits) and not _MONEY.match(match.string, match.end()) else match[0]

    def long(match: re.Match[str]) -> str:
        amount = match[0].endswith("00000") or _MONEY.match(match.string, match.end())
        if amount or match["keep"]:
            return match[0]
        return tokens.BSN if passes_eleven_test(match[0]) else tokens.NUMBER

    text = _GROUPED_BSN.sub(grouped, text)
    return _LONG.sub(long, text)
