"""Whether something that a text mentions is denied there: "geen blauwe plekken", "slaan doet ze niet", "nooit een hard woord".

Works on normalised text (`bot.nlu.text.normalise`), on the words around a mention. A denial reaches forward and backward for a few words,
never over the end of a sentence, over "maar", "wel" or "behalve", or into a new statement with a subject of its own. Not every negative word
denies: "ik weet niet of", "niet alleen", "niet normaal" leave the mention standing, and a parent who denies ("moeder ontkent dat") denies
nothing: only what the writer states counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)?|[.!?;:\n,()\"…-]")
_HARD = frozenset(".!?;:\n…")
# A negative word that says nothing about the mention: doubt, ability, judgement, more than that, first time and so on.
_PSEUDO = re.compile(
    r"\b(?:"
    r"(?:weet|weten|wist|snap|begrijp|zeg|zegt|zeggen|vraag|bedoel|beweer)\s+(?:\w+\s+){0,2}niet(?=\s+(?:of|hoe|wat|waar|waarom|wie|dat|meer|goed|zeker)\b)"
    r"|weet\s+(?:\w+\s+){0,2}niet|weten\s+niet|wist\s+niet"
    r"|niet\s+(?:zeker|bewijzen|hard\s+maken|uitsluiten|uit\s+te\s+sluiten|goed|okee?|ok|normaal|fijn|leuk|best|netjes|pluis|lekker|gezond|veilig|kloppen|klopt|waar"
    r"|langer|alleen|enkel|zomaar|slechts|zuinig|mis|voor\s+(?:niks|niets|het\s+eerst|de\s+eerste)|vergeten|anders|loslaten|eens|zelden|kinderachtig|te\s+filmen|te\s+geloven"
    r"|tegen|verder|los|bij\s+stil|van\s+slapen|kan|durf\w*|mogen|mag|wil|wilt|wilde|wou|kunnen|kon|konden|vertrouw\w*|aanzien|aangezien|verteld|doorvertellen|vertellen"
    r"|zeggen|praten|over\s+praten|weten|horen|op\s+de\s+eerste|geloven|geloof\w*|gek|raar|vreemd|toevallig|om\s+aan\s+te\s+zien|meer\s+(?:slapen|aan|tegen|eten|naar|uit))"
    r"|(?:klopt|kan|kon|kunnen|durf|durft|durfde|mag|mocht|vertrouw|geloof|gelooft|helpt|hielp|snapt|slaap|slaapt)\s+(?:\w+\s+){0,2}(?:niet|nooit|niemand)"
    r"|(?:er\s+)?is\s+niet\s+van|of\s+niet|toch\s+niet\s+(?:normaal|goed)|geen\s+(?:idee|flauw|toeval|wonder|grapje|geintje|moer|reet|zin|vertrouwen|bewijs|oog|raad|uitweg|twijfel|kleinigheid|probleem"
    r"|mening|tijd|excuus|keus|keuze|rust|wettige|goede?|verklaring|gehoor|reactie|antwoord|contact|oogcontact)"
    r"|niks\s+(?:aan|mee|over|tegen|van)|niets\s+(?:aan|mee|over|tegen|van)|niemand\s+(?:weet|mag|gelooft|doet|grijpt|luistert|helpt|iets|vertellen|iemand)"
    r"|(?:mag|moet|moeten|aan|tegen)\s+niemand|nooit\s+(?:meer\s+naar|genoeg|goed|zo\s+erg|vergeten|uit)|niet\s+meer\s+(?:naar|hoeft|wil)"
    r"|waarom\s+niet|zo\s+niet|als\s+niet|hoezo\s+niet|liever\s+niet|nog\s+niet\s+(?:met|gemeld|besproken|verteld|overlegd|zo\s+lang)|niet\s+gemeld|niet\s+thuis|niet\s+op\s+school"
    r")\b"
)
_FORWARD = {
    "geen": 6,
    "gene": 5,
    "gin": 5,
    "ginne": 5,
    "geenerlei": 5,
    "zonder": 5,
    "nergens": 6,
    "noch": 4,
    "nooit": 6,
    "niet": 5,
    "nie": 4,
    "nit": 4,
    "niets": 3,
    "niks": 4,
    "niemand": 5,
    "nimmer": 5,
    "evenmin": 5,
    "nul": 2,
    "amper": 3,
    "uitgesloten": 0,
}
_BACKWARD = {
    "niet": 6,
    "nie": 5,
    "nit": 5,
    "nooit": 6,
    "nergens": 5,
    "niks": 4,
    "niets": 4,
    "geen": 0,
    "uitgesloten": 6,
    "ontbreken": 3,
    "nihil": 3,
    "negatief": 4,
    "geenszins": 5,
    "niemand": 3,
}
# Words after which a denial no longer holds.
_STOP = frozenset(
    "maar wel alleen behalve want omdat terwijl hoewel echter doch toch enkel uitgezonderd tenzij totdat zodra sinds sindsdien waardoor zodat daarom dus juist integendeel "
    "ondanks ofschoon vandaar".split()
)
_SUBJECT = frozenset(
    "hij ie zij ze ik k we wij jullie er dat die dit het t mijn m'n mn haar zijn z'n zn d'r dr moeder vader papa mama pap mam ma pa de een n onze ons oma opa kind kinderen "
    "toen dan nu soms vaak elke iedere steeds gister gisteren vandaag vanmorgen vannacht volgens als wat waar".split()
)
_LIST_STEP = 5


@dataclass(frozen=True)
class _Word:
    text: str
    start: int
    end: int


def _words(text: str) -> list[_Word]:
    return [_Word(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]


class Denials:
    """The denials of one normalised text; made once, asked per mention."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._list = _words(text)
        masked = [(m.start(), m.end()) for m in _PSEUDO.finditer(text)]
        self._negators = [
            i
            for i, w in enumerate(self._list)
            if (w.text in _FORWARD or w.text in _BACKWARD) and not any(a <= w.start < b for a, b in masked)
        ]

    def denied(self, start: int, end: int) -> bool:
        """Whether the mention at `start:end` is denied by a negative word outside it (two of them cancel each other)."""
        if not self._negators:
            return False
        inside = [i for i, w in enumerate(self._list) if w.start < end and w.end > start]
        if not inside:
            return False
        first, last = inside[0], inside[-1]
        hits = 0
        for i in self._negators:
            if (i < first and self._reaches_forward(i, first)) or (i > last and self._reaches_back(i, last)):
                hits += 1
        return hits > 0 and not self._doubled(first, last)

    def _doubled(self, first: int, last: int) -> bool:
        """ "Niet zonder blauwe plekken", "nooit zonder": two negative words side by side."""
        return first >= 2 and self._list[first - 1].text == "zonder" and self._list[first - 2].text in {"niet", "nooit", "nie"}

    def _reaches_forward(self, i: int, first: int) -> bool:
        left = _FORWARD.get(self._list[i].text, 0)
        if not left:
            return False
        in_list = self._list[i].text in {"geen", "gene", "gin", "noch", "niet", "nooit", "nergens"}
        j = i + 1
        while j < first:
            word = self._list[j].text
            if word in _HARD or word in _STOP:
                return False
            if word in {",", "en", "of"}:
                follower = self._list[j + 1].text if j + 1 < len(self._list) else ""
                listed = in_list or (self._list[i].text == "zonder" and word == "of")
                if not listed or (follower in _SUBJECT and j + 1 != first and not (self._list[i].text == "geen" and word == "of")):
                    return False
                left = _LIST_STEP
            elif word == "dat" and self._list[i].text not in {"niet", "geen"}:
                return False
            elif left <= 0:
                return False
            else:
                left -= 1
            j += 1
        return True

    def _reaches_back(self, i: int, last: int) -> bool:
        left = _BACKWARD.get(self._list[i].text, 0)
        for j in range(i - 1, last, -1):
            word = self._list[j].text
            if word in _HARD or word in _STOP or word in {",", "en", "of", "als", "die", "dat", "om", "(", '"', "-"} or left <= 0:
                return False
            left -= 1
        return left > 0
