"""What stands around a word, and whether that makes it a name: the questions that the rules for names ask.

The lists are in `data/omgeving.txt`; `row` is the message, `index` the place of the word in it.
"""

from __future__ import annotations

from bot.privacy.dutch_numbers import CARDINALS
from bot.privacy.lexicon import FIRST_NAMES, ORDINARY, sections
from bot.privacy.words import Row

_LISTS = sections("omgeving.txt")
CALLED = _LISTS["heten"]
CALLS = _LISTS["noemen"]
TITLES = _LISTS["titel"]
FAMILY = _LISTS["gezin"]
PEOPLE = _LISTS["mens"]
RELATED = _LISTS["verwant"]
OWNS = _LISTS["bezit"]
DETERMINERS = _LISTS["lidwoord"]
PREPOSITIONS = _LISTS["voorzetsel"]
CONJUNCTIONS = _LISTS["voegwoord"]
VERBS = _LISTS["werkwoord"]
COPULAS = _LISTS["koppel"]
GROUPS = _LISTS["groep"]
SCHOOLS = _LISTS["school"]
SCHOOL_WORDS = _LISTS["schoolwoord"]
MONTHS = _LISTS["tijd"]
SMALL_WORDS = _LISTS["kort"]

ARTICLES = frozenset(("de", "het", "een", "'n", "'n", "n", "t", "den", "der", "des", "ne", "geen", "elke", "deze", "dit"))
_NAME_WORDS = frozenset(("naam", "voornaam", "achternaam", "roepnaam", "voornamen", "namen", "bijnaam", "koosnaam", "schuilnaam", "alias"))
_PRONOUNS = _LISTS["wie heet"]
_THINGS = _LISTS["wat heet"]
_AND = frozenset(("en", "of", "and"))
_TELLS = frozenset(("vertelde", "vertelt", "zei", "zegt", "vroeg", "vraagt", "appte", "appt", "belde", "belt", "fluisterde", "riep"))
_TOLD = frozenset(("dat", "me", "mij", "ons", "tegen", "aan", "of", "hoe", "wat", "ineens"))
_MAIN_CLAUSE = frozenset(("en", "maar", "want", "of"))
_PERSONAL = frozenset(("ze", "zij", "hij"))
_WORRIED = frozenset(("zorgen", "ongerust", "bezorgd", "ongeruster", "bezorgder"))
_HOW = frozenset(("hoe", "zoals", "waar"))
_AGE_UNITS = frozenset(("jaar", "jr", "jaren", "mnd", "maanden", "maand", "weken", "wk", "wkn"))


_SURROUNDING = frozenset(word for words in _LISTS.values() for word in words)
_LONGEST_PLAIN = 6


def is_plain_word(word: str, *, titled: bool = False) -> bool:
    """Whether an ordinary word says nothing about its surroundings and, but after a title, is as short as such surnames are: 'post'."""
    return (titled or len(word) <= _LONGEST_PLAIN) and word not in _SURROUNDING


def is_called(row: Row, index: int) -> bool:
    """'heet X', 'heet ze X', 'genaamd X', 'mijn naam is X', 'naam: X', 'noemen we haar X'."""
    previous = row.before(index)
    word = row.word(previous)
    if word in CALLED:
        return True
    earlier = row.word(previous - 1)
    if word in ("is", "was") and earlier in _NAME_WORDS:
        return True
    if row.mark(previous) == ":" and earlier in _NAME_WORDS:
        return True
    return word in _PRONOUNS and (earlier in CALLED or (row.word(previous - 2) in CALLED and earlier in DETERMINERS))


def names_a_thing(row: Row, index: int) -> bool:
    """'dat heet X', 'het heet X', 'de school heet X': the name of a thing, a law or a service."""
    previous = row.before(index)
    earlier = row.word(previous - 1)
    return row.word(previous) in CALLED and (earlier in _THINGS or earlier in SCHOOLS or earlier in GROUPS)


def is_introduced(row: Row, index: int) -> bool:
    """'ze heet X.', 'mijn dochter heet X en': the name of a person and nothing behind it, so that even an ordinary word is a name."""
    previous = row.before(index)
    if row.word(previous) not in CALLED or row.word(previous - 2) in _HOW or row.word(previous - 3) in _HOW:
        return False
    if row.word(previous - 1) not in _PERSONAL and row.word(previous - 1) not in PEOPLE:
        return False
    return row.at(index + 1) is None or row.mark(index + 1) in (",", ".", "(", "!") or row.word(index + 1) in _AND


def is_named_by_others(row: Row, index: int) -> bool:
    """'noemt haar X', 'ik ben X', 'met X' as the opening of a message: fits a name with a capital."""
    previous = row.before(index)
    word, earlier = row.word(previous), row.word(previous - 1)
    if word == "ben" and "ik" in (earlier, row.word(previous + 2)):
        return True
    if word == "met" and previous <= 2:
        return True
    return word in CALLS or ((word in _PRONOUNS or word == "zich") and earlier in CALLS)


def follows_title(row: Row, index: int) -> bool:
    """'juf X', 'mw. X', 'oom X'."""
    return row.word(row.before(index)) in TITLES


def follows_person(row: Row, index: int) -> bool:
    """'mijn nichtje X'."""
    return row.word(row.before(index)) in PEOPLE


def follows_person_and_comma(row: Row, index: int) -> bool:
    """'een meisje, X,', 'leerling (X)', 'meisje 8, X,', 'jongen van 7, X,'."""
    previous = row.before(index)
    if row.mark(previous) not in (",", "(", "-", ":"):
        return False
    if _is_number(row, previous - 1):
        return row.word(previous - 2) in PEOPLE or (row.word(previous - 2) == "van" and row.word(previous - 3) in PEOPLE)
    return row.word(previous - 1) in PEOPLE


def follows_person_of(row: Row, index: int) -> bool:
    """'moeder van X'."""
    previous = row.before(index)
    return row.word(previous) == "van" and (row.word(previous - 1) in PEOPLE or row.word(previous - 1) in RELATED)


def follows_determiner(row: Row, index: int) -> bool:
    """'de X', 'mijn X', 'witte X': a noun, unless the word before is itself a person ('de kleine X')."""
    previous = row.before(index)
    word = row.word(previous)
    if not word:
        piece = row.at(previous)
        return piece is not None and piece.kind == "number"
    if word in PEOPLE:
        return False
    if word in DETERMINERS:
        return True
    adjective = word.endswith("e") and len(word) > 3 and word in ORDINARY
    return adjective and not (word in VERBS or word in CONJUNCTIONS or word in PREPOSITIONS or word in SMALL_WORDS or word in COPULAS)


def follows_article(row: Row, index: int) -> bool:
    """'de X'."""
    return row.word(row.before(index)) in ARTICLES


def follows_link(row: Row, index: int) -> bool:
    """A preposition, conjunction or verb stands before: where a bare noun can't stand and a name can."""
    word = row.word(row.before(index))
    return word in PREPOSITIONS or (word in CONJUNCTIONS and word not in _AND) or word in VERBS


def is_worried_about(row: Row, index: int) -> bool:
    """'zorgen om X en', 'ongerust over X.': and nothing behind it that would make X a noun."""
    previous = row.before(index)
    if row.word(previous) not in ("om", "over") or row.word(previous - 1) not in _WORRIED:
        return False
    return row.at(index + 1) is None or row.word(index + 1) in _AND or row.mark(index + 1) in (",", ".", "(")


def is_telling(row: Row, index: int) -> bool:
    """'gisteren vertelde X dat', 'zei X tegen mij'."""
    return row.word(row.before(index)) in _TELLS and row.word(index + 1) in _TOLD


def opens_clause(row: Row, index: int) -> bool:
    """Whether the word, with 'mijn' or 'de' before it, is where a main clause begins: after it comes the verb, not an object."""
    previous = row.before(index)
    if row.word(previous) in DETERMINERS:
        previous = row.before(previous)
    piece = row.at(previous)
    return piece is None or piece.kind in ("mark", "break") or piece.key in _MAIN_CLAUSE


def stands_beside_name(row: Row, index: int) -> bool:
    """'[naam] en X', '[naam], X', 'X en jayden'; not 'X en [naam]', which would let names spread to the left, one a pass."""
    previous = row.before(index)
    joined = row.word(previous) in _AND or row.mark(previous) in (",", "&", "+", "/")
    if joined and row.is_name(previous - 1):
        return True
    after = row.word(index + 1) in _AND or row.mark(index + 1) in ("&", "+", "/")
    return after and row.word(index + 2) in FIRST_NAMES


def _is_number(row: Row, index: int) -> bool:
    piece = row.at(index)
    return piece is not None and (piece.kind == "number" or (piece.key in CARDINALS and piece.key != "een"))


def has_age(row: Row, end: int) -> bool:
    """'X (7)', 'X, 7 jaar', 'X van 7', 'X 7 jr', 'X (groep 5)': `end` is the index after the name."""
    opening = row.mark(end)
    if opening == "(":
        return _is_number(row, end + 1) or row.word(end + 1) in GROUPS
    if opening == ",":
        return _is_number(row, end + 1) and (row.word(end + 2) in _AGE_UNITS or row.mark(end + 2) == ",")
    if row.word(end) == "van":
        return _is_number(row, end + 1)
    return _is_number(row, end) and row.word(end + 1) in _AGE_UNITS


def has_group(row: Row, end: int) -> bool:
    """'X uit groep 5', 'X van de brugklas', 'X in mijn klas', 'X bij mij in de klas'."""
    if row.word(end) == "bij" and row.word(end + 1) in ("mij", "ons", "me", "hem", "haar"):
        end += 2
    if row.word(end) not in ("uit", "van", "in"):
        return False
    return row.word(end + 1) in GROUPS or (row.word(end + 1) in DETERMINERS and row.word(end + 2) in GROUPS)


def owns_relative(row: Row, end: int) -> bool:
    """'X zijn moeder', 'X d'r broertje'."""
    return row.word(end) in OWNS and (row.word(end + 1) in RELATED or row.word(end + 1) in PEOPLE)


def has_verb(row: Row, end: int) -> bool:
    """'X zit', also 'X (7) zit' and 'X niet' don't count."""
    return row.word(end) in VERBS


def acts(row: Row, end: int) -> bool:
    """A verb of doing or telling follows; the commonest verbs follow any noun and say too little."""
    return has_verb(row, end) and row.word(end) not in COPULAS


def is_subject(row: Row, end: int) -> bool:
    """Anything after the word that makes a bare word a person."""
    return has_verb(row, end) or has_age(row, end) or has_group(row, end) or owns_relative(row, end)
