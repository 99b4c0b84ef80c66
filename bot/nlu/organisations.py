"""Organisations and functions that a text mentions, by their many names.

Words come from `content/organisaties.yml` (what an editor wrote) and from `lexicon/feiten.yml` (more ways in which people write them,
patterns where the words around decide, and look-alikes that are none). Matching is on words: written together or apart
("wijk team"), with plural, possessive and compound endings ("jeugdteammedewerker"), and from seven letters with one typing error.
The longest mention wins, mentions never overlap, and the writer's own job ("ik ben smw'er") is no mention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.nlu import facts
from bot.nlu.text import normalise

#: from this many letters a word may hold one typing error, be written apart, or carry a compound
LETTERS = 7
#: words of which a mention may consist
SPAN = 6
#: letters of the longest name
LONGEST = 60
_ENDINGS = ("s", "en", "n", "je", "jes", "tje", "tjes", "es")
_GENERIC = frozenset("de het een ouders deouders school deschool collega eencollega kind hetkind hetkindzelf deoudersofverzorgers".split())
_DETERMINERS = frozenset("de het een mijn mn m me onze ons haar zijn z d die dat met op bij naar van in 0".split())
_TOKEN = re.compile(r"[^\W_]+")
_GLUE = re.compile(r"[ \t\-'.’/&+]{0,3}")
_NONE = "-"


@dataclass(frozen=True)
class Found:
    """A mention: organisation id and its span in the given text."""

    id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class _Token:
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class _Hit:
    id: str
    start: int
    end: int
    exact: bool


def _fold(text: str) -> tuple[str, list[int]]:
    """The normalised text with for each character its place in the given text (normalising may change the length)."""
    norm = normalise(text)
    if len(norm) == len(text):
        return norm, list(range(len(text) + 1))
    parts: list[str] = []
    places: list[int] = []
    for index, char in enumerate(text):
        folded = normalise(char)
        parts.append(folded)
        places += [index] * len(folded)
    return "".join(parts), [*places, len(text)]


def _deletions(word: str) -> Iterator[str]:
    for index in range(len(word)):
        yield word[:index] + word[index + 1 :]


def _one_error(left: str, right: str) -> bool:
    """Whether two different words are one insertion, deletion, substitution or swap of neighbours apart."""
    if abs(len(left) - len(right)) > 1:
        return False
    if len(left) == len(right):
        wrong = [i for i in range(len(left)) if left[i] != right[i]]
        if len(wrong) == 1:
            return True
        return len(wrong) == 2 and wrong[1] == wrong[0] + 1 and left[wrong[0]] == right[wrong[1]] and left[wrong[1]] == right[wrong[0]]
    short, long = sorted((left, right), key=len)
    return any(short == cut for cut in _deletions(long))


class _Matcher:
    """All words of all organisations, indexed for one vocabulary."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        spec = facts.lexicon()
        self.keys: dict[str, str] = {}
        self.forms: dict[str, set[tuple[str, ...]]] = {}
        self.capitals: dict[str, str] = {}
        for source in (words, spec["organisaties"]):
            for organisation, phrases in source.items():
                for phrase in phrases:
                    self._add(str(organisation), str(phrase))
        for phrase in spec["organisaties_niet"]:
            self._add(_NONE, str(phrase))
        self.heads = {key[:2] for key in self.keys}
        self.misspelt: dict[str, set[str]] = {}
        for key, organisation in self.keys.items():
            determined = all(form[0] in _DETERMINERS for form in self.forms[key])
            if len(key) >= LETTERS and organisation != _NONE and not key.isdigit() and not determined:
                for cut in (key, *_deletions(key)):
                    self.misspelt.setdefault(cut, set()).add(key)
        self.patterns = tuple((str(org), facts.Patterns(rows)) for org, rows in spec["organisaties_patronen"].items())

    def _add(self, organisation: str, phrase: str) -> None:
        tokens = tuple(_TOKEN.findall(normalise(phrase)))
        key = "".join(tokens)
        if not key or (key in _GENERIC and organisation != _NONE):
            return
        if phrase.isupper() and phrase.isalpha() and len(phrase) <= 3:
            self.capitals.setdefault(phrase, organisation)
            return
        # look-alikes are read last and win; otherwise who comes first (the content) keeps the word
        if organisation == _NONE or key not in self.keys:
            self.keys[key] = organisation
        self.forms.setdefault(key, set()).add(tokens)

    def lookup(self, tokens: Sequence[_Token], joined: str, glued: bool) -> tuple[str, bool] | None:
        """Organisation for some words in a row, and whether it is written exactly so."""
        apart = len(tokens) > 1 and not glued
        # an ending is part of the last word ("politie en" is no plural), unless an apostrophe ties it ("vt's")
        stems = (key for key in self._stems(joined) if key == joined or glued or len(joined) - len(key) < len(tokens[-1].text))
        for key in stems:
            organisation = self.keys.get(key)
            same = tuple(t.text for t in tokens) in self.forms.get(key, ())
            # "officier en" is no "officieren": a look-alike holds only as it is written
            if organisation is not None and (same or (organisation != _NONE and self._holds(key, tokens, apart))):
                return organisation, key == joined
        if len(joined) < LETTERS or joined.isdigit():
            return None
        if len(tokens) == 1:
            for end in range(len(joined) - 3, LETTERS - 1, -1):
                organisation = self.keys.get(joined[:end])
                if organisation not in (None, _NONE):
                    return organisation, False
        # apart and misspelt: two words that are long enough to be parts of one, or a name of several words
        if len(tokens) == 1 or min(len(token.text) for token in tokens) >= (3 if len(joined) >= 12 else 4):
            return self._with_error(joined, len(tokens) > 1)
        return None

    @staticmethod
    def _holds(key: str, tokens: Sequence[_Token], apart: bool) -> bool:
        """Whether a name may be written so: short ones only as one word, long ones apart in parts of three letters or more."""
        return not apart or (len(key) >= LETTERS and min(len(token.text) for token in tokens) >= 3)

    @staticmethod
    def _stems(joined: str) -> Iterator[str]:
        yield joined
        for ending in _ENDINGS:
            if joined.endswith(ending) and len(joined) - len(ending) >= 5:
                yield joined[: -len(ending)]

    def _with_error(self, joined: str, apart: bool) -> tuple[str, bool] | None:
        candidates = {key for cut in (joined, *_deletions(joined)) for key in self.misspelt.get(cut, ())}
        for key in sorted(candidates):
            if key[0] == joined[0] and (not apart or len(key) >= 9) and _one_error(joined, key):
                return self.keys[key], False
        return None

    def hits(self, norm: str, original: str, places: Sequence[int]) -> Iterator[_Hit]:
        """All possible mentions, overlapping ones too."""
        tokens = [_Token(m.start(), m.end(), m.group()) for m in _TOKEN.finditer(norm)]
        shouting = original.isupper()
        for first, token in enumerate(tokens):
            capital = None if shouting else self.capitals.get(original[places[token.start] : places[token.end - 1] + 1])
            if capital:
                yield _Hit(capital, token.start, token.end, True)
            if token.end - token.start > LONGEST or (token.text[:2] not in self.heads and len(token.text) > 1):
                continue
            joined, glued = "", True
            for last in range(first, min(first + SPAN, len(tokens))):
                if last > first:
                    glue = norm[tokens[last - 1].end : tokens[last].start]
                    digits = tokens[last - 1].text.isdigit() and tokens[last].text.isdigit()
                    if not (_GLUE.fullmatch(glue) or (digits and len(glue) <= 2)) or ("." in glue and " " in glue):
                        break
                    glued = glued and " " not in glue
                joined += tokens[last].text
                if len(joined) > LONGEST:
                    break
                found = self.lookup(tokens[first : last + 1], joined, glued)
                if found:
                    yield _Hit(found[0], token.start, tokens[last].end, found[1])
        for organisation, patterns in self.patterns:
            for match in patterns.finditer(norm):
                yield _Hit(organisation, match.start(), match.end(), False)


@lru_cache(maxsize=8)
def _matcher(words: tuple[tuple[str, tuple[str, ...]], ...]) -> _Matcher:
    return _Matcher(dict(words))


# -- "veilig thuis": the organisation, or being safe at home -------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _safe_at_home() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What stands before the plain words, and what follows the organisation."""
    spec = {name: "(?:" + "|".join(words) + ")" for name, words in facts.lexicon()["veilig_thuis"].items()}
    before = re.compile(rf"\b(?:{spec['ervoor']}|{spec['onderwerp']}\s+{spec['werkwoord']})\s*$")
    return before, re.compile(rf"\s*{spec['erna']}\b")


def _plain_words(norm: str, original: str, hit: _Hit, places: Sequence[int]) -> bool:
    """Whether "veilig thuis" only says that somebody is safe at home."""
    if hit.id != "veilig_thuis" or not re.fullmatch(r"veilig\W?\s?th?u?i?u?s", norm[hit.start : hit.end]):
        return False
    written = original[places[hit.start] : places[hit.end - 1] + 1]
    if re.match(r"Veilig\W?\s?T", written) or " " not in written:
        return False
    before, after = _safe_at_home()
    return not after.match(norm, hit.end) and before.search(norm[: hit.start]) is not None


def _own_jobs(text: str, norm: str) -> list[tuple[int, int]]:
    """Spans where the writer names the own job; one or two words alone may as well be what is looked for."""
    if len(_TOKEN.findall(norm)) <= 2:
        return []
    # a message that only says what somebody is names no other organisation
    return [(0, len(norm)) if job.bare else (job.start, job.end) for job in facts.read_jobs(text) if not job.relation]


def read_organisations(text: str, words: Mapping[str, Sequence[Any]]) -> list[Found]:
    """The organisations and functions that the text mentions, in order, without overlap.

    `words`: organisation id -> ways of writing it (name and `woorden` of the content).
    """
    if not text.strip():
        return []
    matcher = _matcher(tuple((str(org), tuple(str(word) for word in rows)) for org, rows in words.items()))
    norm, places = _fold(text)
    own = _own_jobs(text, norm) if len(norm) == len(text) else []
    kept: list[_Hit] = []
    for hit in sorted(matcher.hits(norm, text, places), key=lambda h: (h.start - h.end, h.id != _NONE, not h.exact, h.start)):
        if any(hit.start < other.end and other.start < hit.end for other in kept):
            continue
        if _plain_words(norm, text, hit, places) or any(a <= hit.start and hit.end <= b for a, b in own):
            hit = _Hit(_NONE, hit.start, hit.end, hit.exact)
        kept.append(hit)
    found = []
    for hit in sorted(kept, key=lambda h: h.start):
        if hit.id != _NONE:
            start, end = places[hit.start], places[hit.end - 1] + 1
            found.append(Found(hit.id, start, end, text[start:end]))
    return found
