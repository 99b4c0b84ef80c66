"""`mask`: a message without the data that identify people.

The families run in a fixed order, the most specific notation first, so that a bank account is not read as a phone number nor the name of
a street as the name of a person. The row is repeated until nothing changes: a name can become visible by the one masked beside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from bot.privacy import tokens
from bot.privacy.addresses import mask_addresses
from bot.privacy.contact import mask_contact
from bot.privacy.dates import mask_birth_dates
from bot.privacy.names import mask_names
from bot.privacy.numbers import mask_bare_numbers, mask_introduced_numbers
from bot.privacy.phones import mask_phones
from bot.privacy.plates import mask_plates

#: one function a family, each `str -> str`; the order matters
FAMILIES: tuple[Callable[[str], str], ...] = (
    mask_contact,
    mask_introduced_numbers,
    mask_plates,
    mask_birth_dates,
    mask_phones,
    mask_bare_numbers,
    mask_addresses,
    mask_names,
)
#: passes that are made before a text is masked bluntly. What people write needs one, and one more to see that nothing is left.
MOST_PASSES = 8
_ANYBODY = re.compile(rf"(?P<token>{tokens.ANY})|(?P<number>\d(?:[\d\s.,/-]*\d)?)|(?P<name>[^\W\d_]*[A-ZÀ-ÖØ-Þ]\w*)")


def mask_once(text: str) -> str:
    """One pass of all families."""
    for family in FAMILIES:
        text = family(text)
    return text


def mask(text: str) -> str:
    """`text` with names, addresses, numbers and the like replaced by tokens such as `[naam]`.

    Pure, total and idempotent: `mask(mask(text)) == mask(text)`. The result is in Unicode's composed form (NFC), as accents typed in two
    parts would hide a name. Every pass that changes something replaces text by a token, and tokens are never touched. A text in which each pass
    uncovers one more name is a list of people, or made to keep the program busy: it loses every capital and every number at once.
    """
    text = unicodedata.normalize("NFC", text)
    for prepare in (str, _bluntly):
        text = prepare(text)
        for _ in range(MOST_PASSES):
            masked = mask_once(text)
            if masked == text:
                return text
            text = masked
    return tokens.NAME


def _bluntly(text: str) -> str:
    """`text` without any number, and without any word that holds a capital."""
    return _ANYBODY.sub(lambda match: match["token"] or (tokens.NUMBER if match["number"] else tokens.NAME), text)
