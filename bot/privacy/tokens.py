"""What masked data is replaced with, and how to see that something was masked already."""

from __future__ import annotations

import re

NAME = "[naam]"
ADDRESS = "[adres]"
POSTCODE = "[postcode]"
PHONE = "[telefoon]"
EMAIL = "[e-mail]"
ACCOUNT = "[account]"
PLATE = "[kenteken]"
BIRTH_DATE = "[geboortedatum]"
BSN = "[bsn]"
NUMBER = "[nummer]"

ALL: tuple[str, ...] = (NAME, ADDRESS, POSTCODE, PHONE, EMAIL, ACCOUNT, PLATE, BIRTH_DATE, BSN, NUMBER)

#: source of a pattern that matches any token; families put it first in an alternation to step over what is masked already
ANY = r"\[(?:" + "|".join(re.escape(token[1:-1]) for token in ALL) + r")\]"
