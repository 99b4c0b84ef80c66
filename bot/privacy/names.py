"""Names of people: where a name begins, and how far it goes on."""

from __future__ import annotations

from bot.privacy import surroundings as around
from bot.privacy import tokens
from bot.privacy.first_names import is_elsewhere, is_first_name
from bot.privacy.lexicon import FIRST_NAMES, LONG_PLACES, ORDINARY, ORGANISATIONS, is_known_word
from bot.privacy.surnames import PARTICLES, Surnames, is_fixed, is_listed
from bot.privacy.words import ABBREVIATIONS, Piece, Row, read_row

#: a range of pieces: the first one and the one after the last
Span = tuple[int, int]

#: ordinary words that, written small, open no name and give none away: most of a message
_INERT = frozenset(word for word in ORDINARY - around.TITLES - around.FAMILY - PARTICLES if len(word) > 1)
#: names of organisations and places, by their first word
_PHRASES = {word: ORGANISATIONS.get(word, ()) + LONG_PLACES.get(word, ()) for word in ORGANISATIONS.keys() | LONG_PLACES.keys()}
_WHERE = frozenset(("op", "in", "naar", "uit", "langs"))
_NOT_INITIALS = frozenset(
    [
        *("bv", "nv", "om", "vs", "ib", "ha", "vt", "jt", "gi", "ps", "nb", "ots", "jgz", "amk", "ggz", "ggd", "vog", "avg", "cjg", "jb"),
        *("mdo", "zat", "bso", "sbo", "vso", "wmo", "nji", "sis", "id", "tv", "pc", "cv", "wc", "gps", "eu", "nl", "uu", "mr", "ob", "bb"),
    ]
)
_BEFORE_INITIALS = around.PREPOSITIONS | frozenset(("om", "casus", "zorgen", "ken", "dat", "sprak", "heet", "zegt", "zei"))
_SHOUTED_TITLES = frozenset(("mr", "ms", "ds", "ir"))  # MR is the medezeggenschapsraad
_UNCLEAR_TITLES = frozenset(("dr", "hr"))  # 'in dr broek' is 'haar'


def _organisations(row: Row) -> frozenset[int]:
    """The places of all words that belong to the name of an organisation, a school, a book or a product."""
    taken: set[int] = set()
    for index, piece in enumerate(row.pieces):
        phrases = _PHRASES.get(piece.key)
        if phrases is None:
            continue
        surname = row.word(index - 1) == "van"  # 'van den Bosch'
        for phrase in ORGANISATIONS.get(piece.key, ()) if surname else phrases:
            if all(row.word(index + offset) == part for offset, part in enumerate(phrase)):
                taken.update(range(index, index + len(phrase)))
                break
    return frozenset(taken)


class _Reader:
    """Reads a message once, left to right; what was found stands in `row.named` for the words that follow."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.taken = _organisations(row)
        self.surnames = Surnames(row, self.taken)

    def find(self) -> list[Span]:
        """All names, left to right and apart."""
        found: list[Span] = []
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

    def _at(self, index: int) -> Span | None:
        piece = self.row.pieces[index]
        if index in self.taken:
            return None
        if piece.text == tokens.NAME:
            end = self._extend(index + 1)
            return (index + 1, end) if end > index + 1 else None
        if not piece.is_word or (piece.key in _INERT and not piece.capital):
            return None
        rules = (self._after_title, self._by_initials, self._by_first_name, self._by_surname)
        return next((span for rule in rules if (span := rule(index)) is not None), None)

    def _extend(self, index: int) -> int:
        """How far a name goes on after a first name: more first names, an initial, a surname, '-Santos'."""
        while (piece := self.row.at(index)) is not None and self.row.touches(index - 1, index) and index not in self.taken:
            if piece.is_word and piece.key in FIRST_NAMES and piece.key not in around.MONTHS:
                index += 1
                continue
            end = self._hyphenated_end(index)
            if end == index and self.surnames.particles_end(index) == index:
                end = self.surnames.initials_end(index)
            if end == index:
                end = self.surnames.end(index)
            if end == index:
                break
            index = end
        return index

    def _hyphenated_end(self, index: int) -> int:
        """After a masked part: '[naam]-Santos'."""
        before, hyphen, part = self.row.at(index - 1), self.row.at(index), self.row.at(index + 1)
        if before is None or hyphen is None or part is None or hyphen.text != "-" or not part.is_word or not part.capital:
            return index
        return index + 2 if hyphen.start == before.end and part.start == hyphen.end else index

    # -- the ways a name can begin -----------------------------------------------------------------------

    def _by_first_name(self, index: int) -> Span | None:
        return (index, self._extend(index + 1)) if is_first_name(self.row, index) else None

    def _after_title(self, index: int) -> Span | None:
        """'meneer X', 'mw. Van der X', 'familie X', 'meneer S.': the title itself stays."""
        title = self.row.pieces[index]
        if title.key not in around.TITLES and title.key not in around.FAMILY:
            return None
        start = index + 1 + (self.row.mark(index + 1) == "." and title.key in ABBREVIATIONS)
        piece = self.row.at(start)
        if piece is None or not piece.is_word or start in self.taken or not self.row.touches(start - 1, start):
            return None
        if not self._is_title(title, piece) or (piece.key == "van" and is_first_name(self.row, start + 1)):
            return None
        initials = self.surnames.initials_end(start)
        if initials > start and self.surnames.particles_end(start) == start:
            return start, self._extend(initials)
        if len(piece.key) == 1 and piece.capital and not self._is_code(start):
            return start, self._extend(start + 1)
        end = self.surnames.end(start, titled=True)
        return (start, self._extend(end)) if end > start else None

    def _is_title(self, title: Piece, following: Piece) -> bool:
        if title.shouted and not self.row.shouting and title.key in _SHOUTED_TITLES:
            return False
        return following.capital or title.key not in _UNCLEAR_TITLES or not is_known_word(following.key)

    def _is_code(self, index: int) -> bool:
        """Whether a letter is the beginning of a code: 'G3P2'."""
        letter, following = self.row.at(index), self.row.at(index + 1)
        return letter is not None and following is not None and following.kind == "number" and following.start == letter.end

    def _by_initials(self, index: int) -> Span | None:
        """'r. kooiman', 'J.P. de Vries', 'J de Wit', and 'M.K.' where a person stands before or a comma behind."""
        piece = self.row.pieces[index]
        if len(piece.key) != 1:
            return None
        start = self.surnames.initials_end(index)
        bare = start == index
        end = self.surnames.end(index + 1 if bare else start)
        last = self.row.at(end - 1)
        letters = "".join(self.surnames.particles(index, start))
        if letters in _NOT_INITIALS:
            return None
        if last is not None and last.text == "." and end > start and self.surnames.particles_end(index + 1 if bare else start) < end - 1:
            return (index, end) if piece.capital else None  # 'J. de V.'
        if end > start + bare and last is not None:
            sure = piece.capital and last.capital and is_listed(last) if bare else last.capital or is_listed(last)
            if sure:
                return index, self._extend(end)
        if bare or not piece.capital:
            return None
        person = around.follows_person(self.row, index) or around.follows_person_of(self.row, index)
        person = person or around.follows_person_and_comma(self.row, index)
        person = person or around.has_age(self.row, start) or around.has_group(self.row, start) or around.owns_relative(self.row, start)
        person = person or (len(letters) > 1 and not self.row.shouting and self.row.word(self.row.before(index)) in _BEFORE_INITIALS)
        return (index, start) if person or (len(letters) > 1 and self.row.mark(start) in (",", "(")) else None

    def _by_surname(self, index: int) -> Span | None:
        """A surname on its own: 'zegt Kuipers', 'Van Leeuwen-Santos', 'De Graaf belt', 'van der linden'."""
        start = self.surnames.particles_end(index)
        if start > index:
            return self._by_particles(index, start)
        piece = self.row.pieces[index]
        if not piece.capital or not is_listed(piece) or is_elsewhere(piece.key) or (piece.shouted and not self.row.shouting):
            return None
        if self.row.word(self.row.before(index)) in around.SCHOOLS:
            return None
        person = around.is_subject(self.row, index + 1)
        if self.row.mark(index + 1) == "," and (behind := self.row.at(index + 2)) is not None and behind.capital:  # 'Bosman, Ricardo'
            initials = self.surnames.initials_end(index + 2)
            if initials > index + 2:
                return index, initials
            if behind.key in FIRST_NAMES and not self.row.word(index + 3):
                return index, index + 1
        if is_known_word(piece.key):
            found = person and not piece.first and not around.follows_article(self.row, index)
        else:
            found = person or not piece.first
        return (index, self._extend(index + 1)) if found else None

    def _by_particles(self, index: int, start: int) -> Span | None:
        opening, last = self.row.pieces[index], self.row.at(start)
        if last is None or not last.is_word or len(last.key) == 1 or start in self.taken or not self.row.touches(start - 1, start):
            return None  # one letter: 'V.O.G.'
        particles = self.surnames.particles(index, start)
        if is_fixed(particles) and self.surnames.is_surname(start, particles):
            return index, self._extend(start + 1)
        if particles[0] == "van" and not opening.capital:  # 'het kind van Van Rooij': the first one is no part of the name
            index += 1
        previous = self.row.word(self.row.before(index))
        acting = around.is_subject(self.row, start + 1)
        if not self._is_particled(last, particles, previous, opened=opening.capital, first=opening.first, acting=acting):
            return None
        return index, self._extend(start + 1)

    def _is_particled(self, last: Piece, particles: tuple[str, ...], previous: str, *, opened: bool, first: bool, acting: bool) -> bool:
        """Whether a word after particles that also open other things is a surname."""
        listed, known, person = is_listed(last), is_known_word(last.key), previous in around.PEOPLE
        if listed and person and not known:
            return True
        if opened and listed and last.capital and not last.shouted and (not first or acting):  # 'Van Wijngaarden is de naam'
            return previous not in around.SCHOOLS
        if not last.capital or last.shouted or is_elsewhere(last.key) or is_elsewhere(" ".join((*particles, last.key))):
            return False
        if previous in around.SCHOOLS or (previous in _WHERE and particles[0] == "de" and not opened):
            return False
        if opened:
            return listed or (particles[0] != "de" and not first and not known)
        return listed and (person or (not known and particles[0] in ("de", "den", "van")))


def mask_names(text: str) -> str:
    """`text` with the names of people as `[naam]`."""
    row = read_row(text)
    parts = []
    done = 0
    for start, end in _Reader(row).find():
        parts += [text[done : row.pieces[start].start], tokens.NAME]
        done = row.pieces[end - 1].end
    return "".join([*parts, text[done:]])
