"""Names of people: where a name begins, and how far it goes (double names, initials, 'van der', surnames)."""

from __future__ import annotations

from bot.privacy import surroundings as around
from bot.privacy import tokens
from bot.privacy.first_names import is_elsewhere, is_first_name
from bot.privacy.lexicon import CONTEXT_NAMES, FIRST_NAMES, LONG_PLACES, ORDINARY, ORGANISATIONS, RARE_NAMES, SURNAMES, is_known_word, is_name_shaped, looks_ordinary, sections
from bot.privacy.words import ABBREVIATIONS, Piece, Row, read_row

_PARTICLES = sections("omgeving.txt")["tussenvoegsel"]
_FIXED = sections("omgeving.txt")["vast tussenvoegsel"]
#: ordinary words that, written small, open no name and give none away: most of a message
_INERT = ORDINARY - around.TITLES - around.FAMILY - _PARTICLES - CONTEXT_NAMES - RARE_NAMES - frozenset("vd")
_LONGEST_PARTICLES = 3
_SHORTEST_SURNAME = 3
_MOST_INITIALS = 8  # pieces: four letters and their full stops
_APOSTROPHES = ("'", "’", "‘", "`", "´")
_WHERE = frozenset("op in naar uit langs".split())
_NOT_INITIALS = frozenset("bv nv om vs ib ha vt jt gi ps nb".split())
_AFTER_NOUN = frozenset("van die uit dat".split())
_SHOUTED_TITLES = frozenset("mr ms ds ir".split())  # MR is the medezeggenschapsraad
_UNCLEAR_TITLES = frozenset(("dr", "hr"))  # 'in dr broek' is 'haar'


def _organisations(row: Row) -> frozenset[int]:
    """The places of all words that belong to the name of an organisation, a school, a book or a product."""
    taken: set[int] = set()
    for index, piece in enumerate(row.pieces):
        for phrase in ORGANISATIONS.get(piece.key, ()) + LONG_PLACES.get(piece.key, ()):
            if all(row.word(index + offset) == part for offset, part in enumerate(phrase)):
                taken.update(range(index, index + len(phrase)))
                break
    return frozenset(taken)


def _is_fixed(particles: tuple[str, ...]) -> bool:
    """Whether these particles open a surname and nothing else: 'van der', 'v.d.', 'ter'."""
    opening = particles[:2] in (("van", "der"), ("van", "den"), ("v", "d"), ("op", "den"))
    return opening or any(particle in _FIXED for particle in particles)


class _Reader:
    """Reads a message once, left to right; what was found stands in `row.named` for the words that follow."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.taken = _organisations(row)

    # -- surnames ------------------------------------------------------------------------------------

    def _particles_end(self, index: int) -> int:
        """The index after 'van', 'van der', 'de', ...; `index` itself where none stands."""
        end = index
        for _ in range(_LONGEST_PARTICLES):
            word = self.row.word(end)
            if end > index and not self._adjacent(end):
                break
            if word in _PARTICLES:
                end += 1
            elif end > index and self.row.mark(end) in _APOSTROPHES and self.row.word(end + 1) in ("t", "n"):
                end += 2
            elif word in ("v", "d") and self.row.mark(end + 1) in (".", "/"):
                end += 2
            elif word == "d" and self.row.mark(end - 1) == "/":
                end += 1
            else:
                break
        return end

    def _adjacent(self, index: int) -> bool:
        return self.row.touches(index - 1, index)

    def _listed_surname(self, piece: Piece) -> bool:
        if "-" not in piece.key:
            return piece.key in SURNAMES
        parts = zip(piece.key.split("-"), piece.text.split("-"))
        return any(part in SURNAMES and written[:1].isupper() for part, written in parts)

    def _surname(self, index: int, *, particles: tuple[str, ...], titled: bool) -> bool:
        """Whether the word at `index` is a surname, right after a name, a title or particles."""
        piece = self.row.at(index)
        if piece is None or not piece.is_word or index in self.taken or len(piece.key) < 2:
            return False
        word = piece.key
        listed = self._listed_surname(piece) or word in FIRST_NAMES
        fixed = _is_fixed(particles)
        capital = piece.capital and not piece.first and not (piece.shouted and not self.row.shouting)
        if word in around.SMALL_WORDS and not (listed and (capital or fixed)):
            return False
        if capital:
            if particles:
                return listed or not is_known_word(word)
            return listed or word in CONTEXT_NAMES or word in RARE_NAMES or not (is_known_word(word) or is_elsewhere(word))
        if word in around.VERBS or word in around.MONTHS:
            return False
        if not listed:
            unknown = not looks_ordinary(word) and not is_elsewhere(word) and len(word) >= _SHORTEST_SURNAME
            if not fixed:
                unknown = unknown and is_name_shaped(word)
            closed = not particles and (around.is_subject(self.row, index + 1) or self.row.mark(index + 1) in (",", "("))
            return unknown and (fixed or titled or closed or particles in (("van", "de"), ("van",)))
        if not is_known_word(word) or fixed or (titled and not particles):
            return True
        return bool(particles) and self.row.word(index + 1) not in _AFTER_NOUN

    def _surname_end(self, index: int, *, titled: bool = False) -> int:
        """The index after the surname that begins at `index`, its particles included; `index` where there is none."""
        if not self._adjacent(index) and not titled:
            return index
        start = self._particles_end(index)
        particles = tuple(self.row.word(place) for place in range(index, start) if self.row.word(place))
        initials = self._initials_end(start) if particles else start
        if initials > start:
            return initials
        if start in self.taken or not self._surname(start, particles=particles, titled=titled):
            return index
        return start + 1

    def _initials_end(self, index: int) -> int:
        """The index after 'J.', 'J.P.'; `index` where there are no initials."""
        end = index
        while end < index + _MOST_INITIALS and len(self.row.word(end)) == 1 and self.row.mark(end + 1) == "." and self.row.at(end + 1).start == self.row.at(end).end:  # type: ignore[union-attr]
            end += 2
        return end

    # -- whole names -----------------------------------------------------------------------------------

    def _extend(self, index: int) -> int:
        """How far a name goes on after a first name: more first names, an initial, a surname."""
        while (piece := self.row.at(index)) is not None and self._adjacent(index) and index not in self.taken:
            if piece.is_word and piece.key in FIRST_NAMES and piece.key not in around.MONTHS:
                index += 1
                continue
            if piece.text == "-" and (following := self.row.at(index + 1)) is not None and following.is_word and following.capital:
                if piece.start == self.row.at(index - 1).end and following.start == piece.end:  # type: ignore[union-attr]
                    index += 2
                    continue
                break
            initials = self._initials_end(index)
            if initials > index and self._particles_end(index) == index:
                index = initials
                continue
            end = self._surname_end(index)
            if end == index:
                break
            index = end
        return index

    def _after_title(self, index: int) -> tuple[int, int] | None:
        """'meneer X', 'mw. Van der X', 'familie X': where the name begins and ends."""
        if self.row.word(index) not in around.TITLES and self.row.word(index) not in around.FAMILY:
            return None
        title = self.row.pieces[index]
        start = index + 1 + (self.row.mark(index + 1) == "." and title.key in ABBREVIATIONS)
        piece = self.row.at(start)
        if piece is None or not piece.is_word or start in self.taken or not self.row.touches(start - 1, start):
            return None
        if title.shouted and not self.row.shouting and title.key in _SHOUTED_TITLES:
            return None
        if title.key in _UNCLEAR_TITLES and not piece.capital and is_known_word(piece.key):
            return None
        if self.row.word(start) == "van" and is_first_name(self.row, start + 1):
            return None
        initials = self._initials_end(start)
        if initials > start and self._particles_end(start) == start:
            return start, self._extend_surname(initials)
        if len(piece.key) == 1 and piece.capital and not self._glued_to_number(start):
            return start, self._extend_surname(start + 1)
        end = self._surname_end(start, titled=True)
        return (start, self._extend(end)) if end > start else None

    def _glued_to_number(self, index: int) -> bool:
        piece, following = self.row.at(index), self.row.at(index + 1)
        return piece is not None and following is not None and following.kind == "number" and following.start == piece.end

    def _extend_surname(self, index: int) -> int:
        return self._extend(index) if self._adjacent(index) else index

    def _by_initials(self, index: int) -> tuple[int, int] | None:
        """'r. kooiman', 'J.P. de Vries', and 'M.K.' where a person stands before or a comma behind."""
        start = self._initials_end(index)
        if start == index:
            return self._by_bare_initial(index)
        letters = "".join(self.row.word(place) for place in range(index, start))
        end = self._surname_end(start, titled=False)
        if end > start:
            last = self.row.at(end - 1)
            if last is not None and (last.capital or self._listed_surname(last)) and letters not in _NOT_INITIALS:
                return index, self._extend(end)
        capital = self.row.at(index).capital  # type: ignore[union-attr]
        person = around.follows_person(self.row, index) or around.follows_person_of(self.row, index)
        if capital and letters not in _NOT_INITIALS and (person or (len(letters) > 1 and self.row.mark(start) in (",", "("))):
            return index, start
        return None

    def _by_bare_initial(self, index: int) -> tuple[int, int] | None:
        """'J de Wit': a capital letter and a listed surname."""
        piece = self.row.pieces[index]
        if len(piece.key) != 1 or not piece.capital:
            return None
        end = self._surname_end(index + 1)
        last = self.row.at(end - 1)
        listed = last is not None and end > index + 1 and last.capital and self._listed_surname(last)
        return (index, self._extend(end)) if listed else None

    def _by_surname(self, index: int) -> tuple[int, int] | None:
        """A surname on its own: 'Van Leeuwen-Santos', 'De Graaf belt', 'van der linden', 'zegt Kuipers'."""
        piece = self.row.at(index)
        if piece is None or not piece.is_word:
            return None
        start = self._particles_end(index)
        if start > index:
            return self._by_particles(index, start)
        if not piece.capital or not self._listed_surname(piece) or is_elsewhere(piece.key):
            return None
        if (piece.shouted and not self.row.shouting) or self.row.word(self.row.before(index)) in around.SCHOOLS:
            return None
        if piece.first:
            found = not is_known_word(piece.key) and around.is_subject(self.row, index + 1)
        else:
            found = not is_known_word(piece.key) or (not around.follows_article(self.row, index) and around.is_subject(self.row, index + 1))
        return (index, self._extend(index + 1)) if found else None

    def _by_particles(self, index: int, start: int) -> tuple[int, int] | None:
        opening, last = self.row.at(index), self.row.at(start)
        if opening is None or last is None or not last.is_word or not self._adjacent(start) or start in self.taken:
            return None
        particles = tuple(self.row.word(place) for place in range(index, start) if self.row.word(place))
        fixed = _is_fixed(particles)
        listed = self._listed_surname(last)
        if fixed and self._surname(start, particles=particles, titled=False):
            return index, self._extend(start + 1)
        if particles[0] == "van" and not opening.capital:  # 'het kind van Van Rooij': the first one is no part of the name
            index += 1
        previous = self.row.word(self.row.before(index))
        if listed and previous in around.PEOPLE and not is_known_word(last.key):
            return index, self._extend(start + 1)
        if not last.capital or last.shouted or is_elsewhere(" ".join((*particles, last.key))):
            return None
        if previous in around.SCHOOLS or is_elsewhere(last.key) or (previous in _WHERE and particles[0] == "de" and not opening.capital):
            return None
        if opening.capital and (listed or (particles[0] != "de" and not opening.first and not is_known_word(last.key))):
            return index, self._extend(start + 1)
        person = previous in around.PEOPLE and listed
        if person or (listed and not is_known_word(last.key) and particles[0] in ("de", "den", "van")):
            return index, self._extend(start + 1)
        return None

    def _by_first_name(self, index: int) -> tuple[int, int] | None:
        return (index, self._extend(index + 1)) if is_first_name(self.row, index) else None

    def find(self) -> list[tuple[int, int]]:
        """All names, as ranges of pieces, left to right and apart."""
        found: list[tuple[int, int]] = []
        index = 0
        while index < len(self.row):
            span = self._at(index)
            if span is None:
                index += 1
                continue
            found.append(span)
            self.row.named.update(range(*span))
            index = span[1]
        return found

    def _at(self, index: int) -> tuple[int, int] | None:
        if index in self.taken:
            return None
        if self.row.pieces[index].text == tokens.NAME:
            end = self._extend(index + 1)
            return (index + 1, end) if end > index + 1 else None
        piece = self.row.pieces[index]
        if not piece.is_word or (piece.key in _INERT and not piece.capital):
            return None
        rules = (self._after_title, self._by_initials, self._by_first_name, self._by_surname)
        return next((span for rule in rules if (span := rule(index)) is not None), None)


def mask_names(text: str) -> str:
    """`text` with the names of people as `[naam]`."""
    row = read_row(text)
    parts = []
    done = 0
    for start, end in _Reader(row).find():
        parts += [text[done : row.pieces[start].start], tokens.NAME]
        done = row.pieces[end - 1].end
    return "".join([*parts, text[done:]])
