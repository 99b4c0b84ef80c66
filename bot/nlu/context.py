"""About whom and when: whether a sign that a text mentions is about this child or family, now or recently.

Only such signs count for the advice (issue of the labelling guide, `docs/annotatie.md`). What is about somebody else, long over, from a
parent's own youth or only feared is understood but not counted. Reads the words around a mention, in normalised text, within its sentence;
a word that brings the sentence back to now ("nu weer", "nog steeds", "sindsdien elke") keeps the sign.
"""

from __future__ import annotations

import re
from typing import Literal

Reason = Literal["ander", "vroeger", "ouder_als_kind", "gevreesd"]

_PARENT = (
    r"(?:vader|moeder|papa|mama|pa|ma|ouders?|stiefvader|stiefmoeder|hij|zij|ze|ie|ik|client\w*|patient\w*|mevrouw|meneer|mw|dhr|oma|opa)"
)
_CUES: tuple[tuple[Reason, re.Pattern[str]], ...] = (
    (
        "ouder_als_kind",
        re.compile(
            rf"\b(?:als kind(?:je)?|in (?:haar|zijn|d'r|m'n|mijn|hun) (?:eigen )?(?:jeugd|kindertijd)|(?:eigen|zware|rotte|zelfde) jeugd|"
            rf"(?:vroeger|toen) zelf|zelf (?:ook )?(?:als kind|vroeger|toen|geslagen|mishandeld|misbruikt|uit huis geplaatst|verwaarloosd|mee opgegroeid)|"
            rf"{_PARENT} (?:\w+ ){{0,3}}zelf (?:ook )?(?:vroeger|klappen|thuis)|van (?:haar|zijn) (?:eigen )?(?:vader|moeder|ouders) (?:\w+ ){{0,3}}(?:vroeger|toen))\b"
        ),
    ),
    (
        "gevreesd",
        re.compile(
            r"\b(?:stel (?:dat|je voor|nou)|wat als|hypothetisch|theoretisch|in theorie|bang dat (?:hij|zij|ze|het|er|ie|de|dit)|vrees dat|voor je het weet|straks (?:slaat|gaat|doet|raakt|is|wordt)|"
            r"zou(?:den)? kunnen|had kunnen|als (?:hij|zij|ze|een (?:kind|leerling|ouder|client)) (?:\w+ ){0,4}(?:zou|ooit|straks)|mocht (?:hij|zij|ze|het|er|een)|oefen\w*|rollenspel|casus)\b"
        ),
    ),
    (
        "ander",
        re.compile(
            r"\b(?:een ander (?:kind|gezin|meisje|jongetje)|andere? (?:leerling|gezin|school|klas)|buur(?:jongen|meisje|kind)\w*|op (?:het nieuws|tv|netflix)|in (?:de|een|het) (?:film|serie|boek|krant|nieuws|toneelstuk|musical|spel|game)|"
            r"filmpje|documentaire|podcast|fortnite|roman|thriller|(?:een|zijn|haar) (?:vriendin|vriendje|klasgenoo\w+) van)\b"
        ),
    ),
    (
        "vroeger",
        re.compile(
            r"\b(?:vroeger|destijds|ooit|indertijd|jaren? geleden|(?:twee|drie|vier|vijf|zes|zeven|acht|tien|\d+) jaar (?:geleden|terug)|jaren terug|in (?:19|20)[012]\d|"
            r"verleden|vorige (?:relatie|man|partner|vriend|school)|is (?:nu |al |allang |inmiddels )*(?:voorbij|over|gestopt|afgesloten|klaar|achter de rug|nuchter|clean)|"
            r"(?:afgesloten|afgerond)|toen (?:hij|zij|ze|ie) (?:nog )?(?:klein|baby|peuter|kleuter|\w+ was)|al (?:jaren|lang) (?:nuchter|clean|gestopt|niet meer|geen))\b"
        ),
    ),
)
_NOW = re.compile(
    r"\b(?:nu (?:weer|ook|nog|al|opnieuw)|nog (?:steeds|altijd)|weer (?:begonnen|opnieuw|terug)|opnieuw|sindsdien|sinds (?:kort|vorige|een|de|gister|maandag)|vandaag|gister\w*|vanmorgen|vanochtend|vannacht|vanmiddag|"
    r"afgelopen (?:week|maand|nacht|weekend)|vorige week|deze week|de laatste (?:tijd|weken|maanden)|elke (?:dag|week|avond)|iedere (?:dag|week|avond))\b"
)
_BREAK = re.compile(r"[.!?;\n]|\bmaar\b|\bnu\b")


def stretch(text: str, start: int, end: int) -> str:
    """The part of the sentence around `start:end` that "maar", "nu" or a full stop closes off on either side."""
    left = max((m.end() for m in _BREAK.finditer(text, 0, start)), default=0)
    right = min((m.start() for m in _BREAK.finditer(text, end)), default=len(text))
    return text[left:right]


def aside(text: str, start: int, end: int) -> Reason | None:
    """Why the mention at `start:end` of normalised text does not count for this child now; None where it counts."""
    around = stretch(text, start, end)
    if _NOW.search(around):
        return None
    return next((reason for reason, cue in _CUES if cue.search(around)), None)
