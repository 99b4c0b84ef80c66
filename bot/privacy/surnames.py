"""Where a surname ends that begins at some word: its particles ('van der'), its initials, and whether the last word is a surname.

A surname is only looked for where one can stand: after a first name, a title, initials or particles. `taken` holds the places of words
that belong to the name of an organisation.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.privacy import surroundings as around
from bot.privacy.first_names import is_elsewhere
from bot.privacy.lexicon import (
    CONTEXT_NAMES,
    FIRST_NAMES,
    ORDINARY,
    RARE_NAMES,
    SURNAMES,
    can_follow_title,
    is_known_word,
    is_name_shaped,
    is_surname_shaped,
    looks_ordinary,
    sections,
)
from bot.privacy.words import Piece, Row

PARTICLES = sections("omgeving.txt")["tussenvoegsel"]
_FIXED = sections("omgeving.txt")["vast tussenvoegsel"]
_COMMON_SURNAMES = sections("omgeving.txt")["achternaam"]
_FIXED_PAIRS = (("van", "der"), ("van", "den"), ("v", "d"), ("op", "den"))
_MOSTLY_SURNAMES = (("van", "de"), ("van",), ("den",), ("ter",), ("ten",))
_MOST_PARTICLES = 3
_MOST_INITIALS = 4
_SHORTEST = 3
_APOSTROPHES = ("'", "’", "‘", "`", "´")
_AFTER_NOUN = frozenset(("van", "die", "uit", "dat"))
_ARTICLES = (("de",), ("den",))
_SINGULAR = around.TITLES | {"familie", "fam"}
_TWO = 2
_PLACED = frozenset(("in", "op", "aan", "uit", "onder", "over", "voor", "bij"))
_PLACED_BEFORE = frozenset(("den", "der", "ten", "t"))


def is_listed(piece: Piece) -> bool:
    """Whether a word, or a capitalised part of it, is in the list of surnames."""
    if "-" not in piece.key:
        return piece.key in SURNAMES
    parts = zip(piece.key.split("-"), piece.text.split("-"), strict=False)
    return any(part in SURNAMES and written[:1].isupper() for part, written in parts)


def is_fixed(particles: tuple[str, ...]) -> bool:
    """Whether these particles open a surname and nothing else: 'van der', 'v.d.'."""
    return particles[:2] in _FIXED_PAIRS or any(particle in _FIXED for particle in particles)


@dataclass(slots=True, frozen=True)
class Surnames:
    """The surnames of one message."""

    row: Row
    taken: frozenset[int]

    def particles_end(self, index: int) -> int:
        """The index after 'van', 'van der', "van 't", 'v.d.', 'v/d'; `index` itself where no particle stands."""
        row, end = self.row, index
        for _ in range(_MOST_PARTICLES):
            word = row.word(end)
            if end > index and not row.touches(end - 1, end):
                break
            if word in PARTICLES or (word == "d" and row.mark(end - 1) == "/"):
                end += 1
            elif self._opens_short_particle(end, first=end == index):
                end += 2
            elif end == index and self._opens_place(end):
                end += 1
            else:
                break
        return end

    def _opens_short_particle(self, index: int, *, first: bool) -> bool:
        """'v.', 'd.', 'v/', and "'t" after another particle: two pieces each."""
        if self.row.word(index) in ("v", "d"):
            if not first and self.row.word(index - 1) and self.row.pieces[index].capital:
                return False  # 'J. de V.'
            return self.row.mark(index + 1) in (".", "/")
        return not first and self.row.mark(index) in _APOSTROPHES and self.row.word(index + 1) in ("t", "n")

    def _opens_place(self, index: int) -> bool:
        """'in 't Veld', 'uit den Bogaard': a preposition as the first particle, before a word with a capital."""
        row = self.row
        if row.word(index) not in _PLACED:
            return False
        bare = row.mark(index + 1) in _APOSTROPHES
        article, last = row.word(index + 1 + bare), row.at(index + 2 + bare)
        return article.lstrip("'") in _PLACED_BEFORE and last is not None and last.is_word and last.capital and not last.shouted

    def particles(self, index: int, end: int) -> tuple[str, ...]:
        """The words of the particles between two places."""
        return tuple(word for place in range(index, end) if (word := self.row.word(place)))

    def initials_end(self, index: int) -> int:
        """The index after 'J.', 'J.P.'; `index` where there are no initials."""
        end = index
        for _ in range(_MOST_INITIALS):
            letter, stop = self.row.at(end), self.row.at(end + 1)
            if letter is None or stop is None or not letter.is_word or len(letter.key) != 1 or stop.text != "." or stop.start != letter.end:
                break
            end += 2
        return end

    def end(self, index: int, *, titled: bool = False) -> int:
        """The index after the surname that begins at `index`, its particles included; `index` where there is none."""
        if not titled and not self.row.touches(index - 1, index):
            return index
        start = self.particles_end(index)
        if start > index and (initials := self.initials_end(start)) > start:
            return initials
        return start + 1 if self.is_surname(start, self.particles(index, start), titled=titled) else index

    def is_surname(self, index: int, particles: tuple[str, ...], *, titled: bool = False) -> bool:
        """Whether the word at `index` is a surname, right after a name, a title or particles."""
        piece = self.row.at(index)
        if piece is None or not piece.is_word or index in self.taken or len(piece.key) == 1:
            return False
        capital = piece.capital and not piece.first and not (piece.shouted and not self.row.shouting)
        listed = is_listed(piece) or piece.key in FIRST_NAMES
        if piece.key in around.SMALL_WORDS and not (listed and (capital or is_fixed(particles))):
            return False
        if capital:
            return listed or self._is_unlisted_capital(piece.key, index, particles, titled=titled)
        if piece.key in around.VERBS or piece.key in around.MONTHS:
            return False
        return self._is_small(index, particles, titled=titled) if listed else self._is_unlisted_small(index, particles, titled=titled)

    def _is_unlisted_capital(self, word: str, index: int, particles: tuple[str, ...], *, titled: bool) -> bool:
        if not particles:
            if word in CONTEXT_NAMES or word in RARE_NAMES or is_surname_shaped(word):
                return True
            return not (is_elsewhere(word) or (word in ORDINARY and not around.is_plain_word(word, titled=titled)))
        if is_fixed(particles):
            return True  # 'van der Zee'
        if particles == ("van",) and len(word) == _TWO:
            return not is_elsewhere(word)  # 'van Es', 'van Os'
        if particles in _ARTICLES and word not in around.PEOPLE and word not in around.FAMILY and word not in around.GROUPS:
            return not is_elsewhere(word)  # 'Jan de Beer'
        opening = self.row.at(index - len(particles))
        return not is_known_word(word) or (titled and opening is not None and opening.capital)  # 'meneer Van Boven'

    def _is_small(self, index: int, particles: tuple[str, ...], *, titled: bool) -> bool:
        """A listed surname without a capital, which may be an ordinary word ('de boer') as well."""
        word = self.row.word(index)
        if not is_known_word(word) or is_fixed(particles) or (titled and not particles):
            return True
        if not particles:
            return word in _COMMON_SURNAMES
        return self.row.word(index + 1) not in _AFTER_NOUN  # 'kevin de kok van de kantine'

    def _is_unlisted_small(self, index: int, particles: tuple[str, ...], *, titled: bool) -> bool:
        word = self.row.word(index)
        if is_fixed(particles) and particles != ("op", "den") and word not in around.SMALL_WORDS and len(word) >= _SHORTEST:
            return True
        if is_elsewhere(word) or len(word) < _SHORTEST:
            return False
        if is_surname_shaped(word):
            return True
        if looks_ordinary(word):
            return False
        if is_fixed(particles):
            return True
        if (
            titled
            and self.row.word(index - len(particles) - 1) in _SINGULAR
            and (can_follow_title(word) or (around.has_verb(self.row, index + 1) and not particles))
        ):
            return True
        closed = not particles and (around.is_subject(self.row, index + 1) or self._is_closed(index + 1))
        return is_name_shaped(word) and (titled or closed or particles in _MOSTLY_SURNAMES)

    def _is_closed(self, index: int) -> bool:
        """Whether nothing follows, or a mark."""
        return self.row.at(index) is None or self.row.mark(index) in (",", "(", ".", ")", ";")
