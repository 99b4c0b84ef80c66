"""Whether a word of a message is somebody's first name.

Four kinds of words: a first name of the list (always), a name that is a word too (`roos`: only in a name-like place), a word that hardly
ever is a name (`mei`: after 'heet', or with a capital within a sentence), and a word that no list knows (only where a name must stand).
"""

from __future__ import annotations

from bot.privacy import surroundings as around
from bot.privacy.lexicon import (
    CONTEXT_NAMES,
    FIRST_NAMES,
    ORGANISATIONS,
    PLACES,
    RARE_NAMES,
    SUBJECT_NAMES,
    SURNAMES,
    has_foreign_letter,
    is_known_word,
    is_name_shaped,
    is_surname_shaped,
    looks_ordinary,
    resembles_name,
)
from bot.privacy.words import Piece, Row

_ANY_NAMES = FIRST_NAMES | CONTEXT_NAMES | RARE_NAMES
_CERTAIN = frozenset(("ene", "zekere"))
_SAINTS = frozenset(("sint", "st", "san", "santa", "sinte"))
_DIMINUTIVES = ("etje", "tje", "je", "ke")
_SHORTEST_BASE = 3
_SHORTEST_POSSESSIVE = 5
_OURS = frozenset(("ons", "onze", "kleine", "die"))
_ABBREVIATION = 3
_SHORTEST_UNKNOWN = 3
_BEFORE_MONTH = frozenset(("in", "sinds", "vanaf", "tot", "eind", "begin", "half", "medio", "per", "na", "voor"))
_LIMITS = frozenset(("max", "min"))
_INVERTED = frozenset(("ik", "je", "jij", "u", "we", "wij"))
_NAMELESS = frozenset(("onbekend", "anoniem", "geheim", "privé", "prive", "zelfde", "hetzelfde"))


def is_elsewhere(word: str) -> bool:
    """Whether a key names a place, an organisation, a day or a month."""
    return word in PLACES or (word,) in ORGANISATIONS.get(word, ()) or word in around.MONTHS


def _is_possessive(row: Row, index: int, piece: Piece) -> bool:
    """`anna's`, `Daans`, `milans moeder`, `floors vader`."""
    word = piece.key
    if "'" in word:  # also a Turkish ending: `Fatma'nın`
        base = word.partition("'")[0]
        return (base in FIRST_NAMES and len(base) >= _SHORTEST_BASE) or (base in CONTEXT_NAMES and row.word(index + 1) in around.RELATED)
    if not word.endswith("s") or len(word) < _SHORTEST_POSSESSIVE or is_known_word(word):
        return False
    base = word[:-1]
    owned = row.word(index + 1)
    if base in FIRST_NAMES and (piece.capital or (owned and owned not in around.VERBS and not is_known_word(base))):
        return True
    related = owned in around.RELATED or owned in around.PEOPLE or owned in around.DETERMINERS
    return related and (base in FIRST_NAMES or (base in CONTEXT_NAMES and not around.follows_article(row, index)))


def _is_pet_name(row: Row, index: int, piece: Piece) -> bool:
    """`Pietertje`, `onze pietertje`."""
    word = piece.key
    if is_known_word(word) or not word.endswith(_DIMINUTIVES):
        return False
    stems = (word[: -len(ending)] for ending in _DIMINUTIVES if word.endswith(ending))
    if not any(len(stem) >= _SHORTEST_BASE and stem in FIRST_NAMES for stem in stems):
        return False
    ours = row.word(row.before(index)) in _OURS
    return piece.capital or ours or around.follows_person(row, index) or around.is_subject(row, index + 1) or around.is_called(row, index)


def _is_compound(piece: Piece) -> bool:
    """`sem-jan`, `ex-Kevin`, `Anne-Fleur`."""
    written = piece.text.split("-")
    parts = piece.key.split("-")
    if len(parts) < 2:
        return False
    if parts[0] in FIRST_NAMES and len(parts[0]) >= _SHORTEST_BASE and (piece.capital or not is_known_word(parts[-1])):
        return True
    if any(part in FIRST_NAMES and text[:1].isupper() and not text.isupper() for part, text in zip(parts, written, strict=False)):
        return True
    if not all(part in _ANY_NAMES for part in parts):
        return False
    return all(text[:1].isupper() for text in written) or any(part in FIRST_NAMES for part in parts)


def _is_institution(row: Row, index: int, piece: Piece) -> bool:
    """'basisschool Willem', 'Johannes College', 'sint Maarten'."""
    previous = row.word(row.before(index))
    if previous in _SAINTS:
        return True
    return piece.capital and (previous in around.SCHOOLS or row.word(index + 1) in around.SCHOOL_WORDS)


def _is_month(row: Row, index: int, word: str) -> bool:
    following = index + 2 if row.mark(index + 1) == "." else index + 1
    neighbours = (row.at(index - 1), row.at(following))
    dated = any(piece is not None and piece.kind == "number" for piece in neighbours)
    return word in around.MONTHS and (dated or row.word(index - 1) in _BEFORE_MONTH)


def _listed(row: Row, index: int, piece: Piece) -> bool:
    if _is_month(row, index, piece.key):
        return False
    if piece.shouted and not row.shouting and len(piece.text) <= _ABBREVIATION:
        return around.is_called(row, index) or around.follows_person(row, index) or around.follows_title(row, index)
    return True


def _opens_full_name(row: Row, index: int, piece: Piece) -> bool:
    """'Mark Berg is coach', 'Mei Lin Chen werkt': a capital that says nothing, but the next word has one too and can be a surname."""
    following = row.at(index + 1)
    if following is None or not piece.capital or piece.shouted or row.shouting or not row.touches(index, index + 1):
        return False
    if not following.is_word or not following.capital or following.shouted or is_elsewhere(following.key) or len(following.key) == 1:
        return False
    if piece.key in RARE_NAMES and following.key in FIRST_NAMES and following.key not in SURNAMES:  # 'Ben Fatima haar juf'
        return False
    return following.key in SURNAMES or following.key in _ANY_NAMES or not looks_ordinary(following.key)


def _has_surname(row: Row, index: int) -> bool:
    """'merel Oosterhuis', 'merel wiersma', 'roos van der zee', 'storm de Wit': a name that is a word too, before a surname."""
    following = row.at(index + 1)
    if following is None or not following.is_word or following.shouted or not row.touches(index, index + 1):
        return False
    if (following.key == "van" and row.word(index + 2) in ("der", "den", "de")) or following.key in ("de", "van", "el"):
        last = row.at(index + 2 + (row.word(index + 2) in ("der", "den", "de")))
        fixed = row.word(index + 2) in ("der", "den") and following.key == "van"
        return last is not None and last.is_word and (fixed or (last.capital and not last.shouted and last.key in SURNAMES))
    listed = following.key in SURNAMES and following.key not in FIRST_NAMES
    if following.capital:
        return (listed or is_surname_shaped(following.key)) and not is_elsewhere(following.key)
    return (listed and not looks_ordinary(following.key)) or is_surname_shaped(following.key)


def _is_paired(row: Row, index: int) -> bool:
    """'Wolf en Bear', both with a capital."""
    other = row.at(index + 2)
    if row.word(index + 1) not in ("en", "and") or other is None or not other.is_word or not other.capital or other.shouted:
        return False
    return other.key in _ANY_NAMES or not (looks_ordinary(other.key) or is_elsewhere(other.key))


def _is_called_a_word(row: Row, index: int, piece: Piece) -> bool:
    """'het meisje heet Zon', 'bijnaam: Kikker': an ordinary word as a name."""
    word = piece.key
    if not around.is_called(row, index) or around.names_a_thing(row, index) or (piece.shouted and not row.shouting):
        return False
    if is_elsewhere(word) or word in around.SMALL_WORDS or word in around.VERBS or word in _NAMELESS or len(word) < _SHORTEST_UNKNOWN:
        return False
    if word in around.TITLES or word in around.PEOPLE or word in around.FAMILY or word in around.SCHOOLS or word in around.DETERMINERS:
        return False
    return (piece.capital and not piece.first and not row.shouting) or around.is_introduced(row, index)


def _by_context(row: Row, index: int, piece: Piece) -> bool:
    if around.is_called(row, index) or _opens_full_name(row, index, piece):
        return True
    following = row.at(index + 1)
    if piece.key in _LIMITS and following is not None and following.kind == "number":
        return False
    capital = piece.capital and not piece.first and not piece.shouted
    if capital:
        return not around.follows_article(row, index)
    if piece.capital and not row.shouting and not piece.shouted and _is_paired(row, index):
        return True
    if _has_surname(row, index) and not around.follows_determiner(row, index):
        return True
    if row.word(index + 1) in _INVERTED and row.word(row.before(index)) in around.CONJUNCTIONS:
        return False  # 'hoe toon ik aan'
    if around.follows_title(row, index):
        return True
    if around.follows_determiner(row, index):
        return False
    if around.follows_person(row, index) or around.follows_person_and_comma(row, index) or around.stands_beside_name(row, index):
        return True
    if around.is_subject(row, index + 1) or around.follows_person_of(row, index):
        return True
    return piece.key not in SUBJECT_NAMES and not piece.shouted and around.follows_link(row, index)


def _by_exception(row: Row, index: int, piece: Piece) -> bool:
    if around.is_called(row, index):
        return piece.key not in around.SMALL_WORDS
    if _opens_full_name(row, index, piece) and not around.follows_article(row, index):
        return True
    if is_elsewhere(piece.key) or piece.shouted:
        return False
    if around.follows_title(row, index) and (piece.capital or around.has_verb(row, index + 1)):
        return piece.key not in around.VERBS or piece.capital
    if around.is_worried_about(row, index) and piece.key not in around.VERBS and piece.key not in around.SMALL_WORDS:
        return True
    if not piece.capital and around.follows_person(row, index):  # 'mijn dochter mei is ziek'
        plain = piece.key not in around.VERBS and piece.key not in around.SMALL_WORDS
        return plain and around.opens_clause(row, row.before(index)) and around.is_subject(row, index + 1)
    if not piece.capital or around.follows_article(row, index):
        return False
    return not piece.first or around.is_subject(row, index + 1) or (not row.shouting and _is_paired(row, index))


def _unlisted(row: Row, index: int, piece: Piece) -> bool:
    word = piece.key
    if _is_called_a_word(row, index, piece):
        return True
    if is_known_word(word) or is_elsewhere(word) or word in around.SMALL_WORDS or len(word) < _SHORTEST_UNKNOWN:
        return False
    if has_foreign_letter(piece.text):
        return True
    if around.is_called(row, index) and not (piece.shouted and not row.shouting):
        return piece.capital or not (looks_ordinary(word) or around.names_a_thing(row, index))
    if piece.shouted and not row.shouting:
        return False
    if piece.capital and not row.shouting:
        return _unlisted_capital(row, index, piece)
    return _unlisted_small(row, index, piece)


def _unlisted_capital(row: Row, index: int, piece: Piece) -> bool:
    end = index + 1
    if any(char.isupper() for char in piece.text.replace("-", "")[1:] if not piece.text.count("-")):
        return False  # ParnaSys
    if piece.first:
        person = around.acts(row, end) or around.has_age(row, end) or around.has_group(row, end) or around.owns_relative(row, end)
        return person and not looks_ordinary(piece.key)
    if around.follows_person(row, index) or around.follows_person_and_comma(row, index) or around.is_named_by_others(row, index):
        return True
    if not piece.shouted and around.stands_beside_name(row, index):  # 'Quinten en Jesmer': the ending says nothing here
        return True
    if around.follows_article(row, index) or looks_ordinary(piece.key):
        return False
    return around.follows_link(row, index) or around.stands_beside_name(row, index) or around.is_subject(row, end)


def _unlisted_small(row: Row, index: int, piece: Piece) -> bool:
    end = index + 1
    if not is_name_shaped(piece.key) or around.follows_determiner(row, index):
        return False
    if around.follows_person_of(row, index) or around.is_telling(row, index):
        return True
    if around.follows_person_and_comma(row, index) and row.mark(end) in (",", ")"):
        return True
    if row.mark(row.before(index)) == "," and row.mark(end) == "," and around.acts(row, end + 1):
        return True
    if row.word(row.before(index)) in _CERTAIN:
        return True
    if around.follows_person(row, index):
        told = around.owns_relative(row, end) or around.has_age(row, end)
        return told or (around.acts(row, end) and around.opens_clause(row, row.before(index)))
    if around.opens_clause(row, index) and around.has_age(row, end):
        return True
    alone = around.opens_clause(row, index) or around.follows_link(row, index)
    return alone and (around.owns_relative(row, end) or around.has_group(row, end))


def is_first_name(row: Row, index: int) -> bool:
    """Whether the word at `index` is a first name in this message."""
    piece = row.at(index)
    if piece is None or not piece.is_word or _is_institution(row, index, piece):
        return False
    word = piece.key
    if "-" in word and word in PLACES:
        return False
    if word in FIRST_NAMES:
        return _listed(row, index, piece)
    if word in CONTEXT_NAMES or (resembles_name(word) and not is_elsewhere(word)):
        return _by_context(row, index, piece)
    if word in RARE_NAMES:
        return _by_exception(row, index, piece)
    return _is_possessive(row, index, piece) or _is_pet_name(row, index, piece) or _is_compound(piece) or _unlisted(row, index, piece)
