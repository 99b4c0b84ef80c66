"""Streets, house numbers and postcodes.

A word with the ending of a street (`merelstraat`) is one wherever it stands; endings that ordinary words share (`-weg`, `-hof`, `-slag`)
need a house number, or a capital after 'op de', 'aan het'. Towns and districts stay.
"""

from __future__ import annotations

import re

from bot.privacy import tokens
from bot.privacy.dutch_numbers import CARDINAL, has_digit
from bot.privacy.lexicon import FIRST_NAMES, ORGANISATIONS, PLACES, is_known_word, is_name_shaped, key, sections

_LISTS = sections("straten.txt")
_NO_STREET = _LISTS["geen straat"]
_PREFIXES = _LISTS["voorvoegsel"]
_COUNTED = _LISTS["geteld"]
_PARTICLES = frozenset(("van", "de", "der", "den", "het", "'t", "ter", "ten"))
_SHORTEST_STEM = 2
_LONGEST_STREET = 4

#: two letters that follow a year or an amount in running text and so are no postcode
_NO_POSTCODE = frozenset(
    [
        *("in", "is", "en", "op", "of", "je", "me", "ze", "we", "he", "zo", "ik", "nu", "al", "te", "ga", "om", "ja", "ni", "nl", "er"),
        *("na", "mn", "zn", "dr", "vt", "gr", "ll", "kg", "km", "cm", "mm", "mg", "ml", "jr", "ha", "mw", "hr", "co", "gb", "mb", "kb"),
        *("hz", "am", "pm", "vo", "po", "so", "va", "zg", "ca", "ad", "nr", "et", "un", "el", "de", "la", "le", "ts", "ax", "os", "as"),
        *("my", "it", "at", "to", "us", "up", "no", "be", "do", "go", "hi", "if", "an", "by", "ie"),
    ]
)
#: never issued, for what they stood for
_NEVER_POSTCODE = frozenset(("sa", "sd", "ss"))


def _stem(look: str, endings: tuple[str, ...]) -> int:
    """How many letters stand before the longest of these endings; 0 where the word has none of them."""
    return min((len(look) - len(ending) for ending in endings if look.endswith(ending)), default=0)


_WORD = r"[^\W\d_]+(?:['’.-][^\W\d_]+)*"
_ADDITION = r"(?:\s?-?\s?(?:(?:bis|hs|huis|rood|rd|zwart|zw|[1-9](?:e|de)?\s?hoog)(?!\w)|[a-zA-Z](?!\w|\.\w)|[IVX]{1,4}(?!\w|\.\w)))?"
_NUMBER = rf"(?:\d{{1,5}}(?:\s?(?:-|/)\s?\d{{1,4}})?{_ADDITION}(?!\w|[.,:]\d)|(?!een\b|één\b){CARDINAL}(?!\w))"
_HOUSE = re.compile(rf"\s+(?:nr\.?\s?|nummer\s|huisnummer\s)?{_NUMBER}", re.IGNORECASE)
_LANE = re.compile(rf"\s+(?:van\s+(?:de[nr]?\s+|het\s+)?|der\s+|des\s+)(?:verenigde\s+|nieuwe\s+)?{_WORD}", re.IGNORECASE)
#: the side of a street: 'Dubbeldamseweg zuid', 'Noordendijk oz'
_SIDE = re.compile(r"[\s-](?:noord|oost|zuid|west|noordzijde|zuidzijde|oostzijde|westzijde|nz|oz|zz|wz)(?![\w-])", re.IGNORECASE)
#: streets called after a year: 'plein 1940-45 nr 3', 'Plein 1953'
_YEAR_STREET = re.compile(
    rf"(?<!\w)(?:plein|laan|straat|singel|weg)\s(?:van\s)?(?:'\d\d|(?:19|20)\d\d)(?:\s?[-/]\s?'?\d{{2,4}})?(?![\d-])(?:{_HOUSE.pattern})?",
    re.IGNORECASE,
)
_HOUSE_WORD = re.compile(rf"(?P<intro>(?<!\w)huis\s?(?:nummer|nr\.?)\s?:?\s(?:is\s|was\s)?){_NUMBER}", re.IGNORECASE)
#: 'ze wonen op nummer 23', 'mensen op nr 14'
_AT_NUMBER = re.compile(
    rf"(?P<intro>\b(?:op|naast|van|tegenover|bij)\s)(?:nummer|nr\.?)\s?{_NUMBER}(?=\s(?:in|aan|op|van)\s(?:de|het)\s\S|\W*$|\swoont|\swonen)",
    re.IGNORECASE,
)
_HOUSE_AFTER_POSTCODE = re.compile(
    rf"(?P<postcode>\[postcode\],?\s(?:en\s)?)(?:nr\.?\s|nummer\s)?\d{{1,4}}{_ADDITION}(?![\w:/-]|[.,]\d)(?!%)", re.IGNORECASE
)
_WORDS = re.compile(rf"(?P<token>{tokens.ANY})|(?<![\w'’-])(?P<word>[^\W\d_][^\W\d_'’-]*(?:['’-][^\W\d_]+)*)\.?")
_STRONG = tuple(_LISTS["uitgang"])
_WEAK = tuple(_LISTS["losse uitgang"])
_ANY_ENDING = _STRONG + _WEAK
_ROAD = tuple(_LISTS["wegen"])
#: said of a home without a number these are the name of a street: 'ze wonen op de singel'
_LONE = frozenset(("singel", "dreef", "steeg", "gracht", "kade", "vest", "wal", "haven", "dijk"))
_ABBREVIATED = ("str", "ln", "pln")
_AT_THE = re.compile(
    r"\b(?:op|aan|in|van|uit|naar|langs|bij|richting|over|tegenover|achter|hoek|tot)\s+(?:de|het|'t|den)\s+$", re.IGNORECASE
)
_LIVES = re.compile(
    rf"\b(?:{'|'.join(sorted(_LISTS['bewoning']))})\b[\s:]{{1,2}}(?:is\s+|nu\s+|samen\s+|daar\s+)?"
    r"(?:op|aan|in|naar|bij|te)?\s*(?:de\s+|het\s+|'t\s+)?$",
    re.IGNORECASE,
)
_ADDRESS_BEFORE = re.compile(r"\b(op|aan|van|bij|naar|adres|woonadres|huisadres)\s?(?:is|:)?\s*$", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\s+(?:nr\.?\s?)?\d{2,4}\s?[a-zA-Z]?(?![\w:/%-]|[.,]\d)")
_SHORTEST_UNKNOWN = 5
_BESIDE_STREET = re.compile(r"(?:\[adres\]\s?(?:/|en|hoek|met)\s?|\bhoek\s(?:van\s)?(?:de\s|het\s)?)$")
_LAST_WORD = re.compile(rf"({_WORD})\.?\s+$")
_POSTCODE = re.compile(r"(?<![\d\w.,-])(?P<digits>[1-9]\d{3})(?P<gap>\s?)(?P<letters>[A-Za-z]{2})(?![\w'’])")
_POSTCODE_DIGITS = re.compile(r"(?P<intro>\bpostcode\b[^\d\n\[\]]{0,8})\d{4}(?!\d)", re.IGNORECASE)
#: what shows that 'na' or 'in' after four digits are the letters of a postcode
_AFTER_POSTCODE = re.compile(
    r",?\s(?:nr\.?|nummer|huis\s?(?:nummer|nr))\s\d|,?\s(?:te\s|in\s)?(?:dordrecht|dordt|zwijndrecht|papendrecht|sliedrecht)\b",
    re.IGNORECASE,
)
_PLACE_BEFORE_POSTCODE = re.compile(rf"(?<!\w)[A-ZÀ-Þ]{_WORD}(?:\s{_WORD}){{0,2}}\s\d{{1,5}}\s?[a-zA-Z]?,?\s(?=\[postcode\])")


def _mask_postcode(match: re.Match[str]) -> str:
    letters, spaced = match["letters"], bool(match["gap"])
    year = 1900 <= int(match["digits"]) <= 2099
    if not year and letters.lower() not in _NEVER_POSTCODE and _AFTER_POSTCODE.match(match.string, match.end()):
        return tokens.POSTCODE
    if letters.lower() in _NEVER_POSTCODE or (letters.lower() in _NO_POSTCODE and (not letters.isupper() or year)):
        return match[0]
    if spaced and not letters.isupper() and year:
        return match[0]
    return tokens.POSTCODE


def _prefix_start(text: str, start: int) -> int:
    """Where the words before a street word begin that belong to it: `Burgemeester de Raadt|singel`, `korte parallel|weg`."""
    before = text[max(0, start - 60) : start]
    words = list(re.finditer(rf"{_WORD}\.?", before))
    chosen = start
    for word in reversed(words[-_LONGEST_STREET:]):
        gap = before[word.end() : chosen - (start - len(before))]
        if gap.strip() or "\n" in gap or not gap:
            break
        look = key(word[0].rstrip("."))
        name_like = (word[0][0].isupper() or look in FIRST_NAMES or is_name_shaped(look)) and not is_known_word(look) and look not in PLACES
        if not (look in _PREFIXES or name_like):
            break
        chosen = start - len(before) + word.start()
    # a particle or preposition can't open the name of a street
    while chosen < start:
        opening = re.match(rf"({_WORD}\.?)\s+", text[chosen:start])
        if not opening or key(opening[1]) not in _PARTICLES:
            break
        chosen += opening.end()
    return chosen


def _is_counted(text: str, end: int) -> bool:
    following = re.match(rf"\s?({_WORD})", text[end : end + 24])
    return bool(following) and key(following[1]) in _COUNTED  # type: ignore[index]


def _is_street(word: str, look: str, before: str, *, housed: bool) -> bool:
    """Whether a word with the ending of a street is one, given the text before it and whether a house number follows."""
    capital = word[0].isupper() and not word.isupper()
    if look in PLACES or (look,) in ORGANISATIONS.get(look, ()):
        return False
    if _stem(look, _STRONG) >= _SHORTEST_STEM:
        verb = look.endswith("slaan") and not (housed and _AT_THE.search(before))
        return look not in _NO_STREET and not verb
    if look in _LONE and _AT_THE.search(before) and _LIVES.search(before):
        return True
    if look in _NO_STREET:  # 'Korte Kade 9', 'aan de Singel 14'
        prefixed = _LAST_WORD.search(before)
        if prefixed and key(prefixed[1]) in _PREFIXES - _PARTICLES:
            return housed
        return capital and (housed or look.endswith(_STRONG)) and _AT_THE.search(before) is not None
    known = is_known_word(look)
    if _stem(look, _WEAK) <= _SHORTEST_STEM or (known and not capital):
        return False
    if housed or known:
        return housed
    if _BESIDE_STREET.search(before) and capital:
        return True
    if _LIVES.search(before) is not None and (capital or _AT_THE.search(before) is not None):
        return True
    return _AT_THE.search(before) is not None and (capital or look.endswith(_ROAD))


def _street_end(match: re.Match[str], text: str) -> int | None:
    """Where the street that this word belongs to ends, its house number included; None where it is no street."""
    word = match["word"]
    if not word.lower().endswith(_ANY_ENDING) and not text[match.end() : match.end() + 2].strip(" ").isdigit():
        return None  # nearly every word
    look = key(word)
    lane = _LANE.match(text, match.end()) if look == "laan" else None
    name_end = lane.end() if lane else match.end() if look.endswith(_ABBREVIATED) else match.end("word")
    ending = lane is not None or look.endswith(_ANY_ENDING)
    before = text[max(0, match.start() - 40) : match.start()]
    house = _HOUSE.match(text, name_end)
    if house and _is_counted(text, house.end()):
        house = None
    if lane or (ending and _is_street(word, look, before, housed=house is not None)):
        if not house and (side := _SIDE.match(text, name_end)) is not None:
            house = _HOUSE.match(text, side.end())
            return house.end() if house else side.end()
        return house.end() if house else name_end
    known = is_known_word(look) and (not word[0].isupper() or look in PLACES)
    if house and not known and len(look) > _SHORTEST_STEM and _LIVES.search(before):
        return house.end()
    if house and word[0].isupper() and len(look) >= _SHORTEST_UNKNOWN and _LONG_NUMBER.match(text, name_end):
        # a name that nothing is known of, with a house number: 'aan Bleijenhoek 31', 'op Sterrenburg 145'
        at = _ADDRESS_BEFORE.search(before)
        if at and (not known or (look in PLACES and at[1].lower() in ("op", "aan"))):
            return house.end()
    return None


def _mask_house_after_postcode(match: re.Match[str]) -> str:
    return match[0] if _is_counted(match.string, match.end()) else match["postcode"] + tokens.ADDRESS


def _mask_streets(text: str) -> str:
    parts = []
    done = 0
    for match in _WORDS.finditer(text):
        if match["token"] or match.start() < done:
            continue
        end = _street_end(match, text)
        if end is None:
            continue
        parts += [text[done : max(done, _prefix_start(text, match.start()))], tokens.ADDRESS]
        done = end
    return "".join([*parts, text[done:]])


def mask_addresses(text: str) -> str:
    """`text` with streets as `[adres]` (the house number with it) and postcodes as `[postcode]`."""
    if has_digit(text):
        text = _POSTCODE.sub(_mask_postcode, text)
        text = _POSTCODE_DIGITS.sub(lambda match: match["intro"] + tokens.POSTCODE, text)
        text = _HOUSE_AFTER_POSTCODE.sub(_mask_house_after_postcode, text)
        text = _HOUSE_WORD.sub(lambda match: match["intro"] + tokens.ADDRESS, text)
        text = _YEAR_STREET.sub(tokens.ADDRESS, text)
        text = _PLACE_BEFORE_POSTCODE.sub(f"{tokens.ADDRESS} ", text)
        text = _AT_NUMBER.sub(lambda match: match["intro"] + tokens.ADDRESS, text)
    return _mask_streets(text)
