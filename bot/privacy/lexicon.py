"""The word lists of `data/`, read once, and how a written word is looked up in them.

Lookups ignore case and accents (`Zoë`, `zoe`), never guess, and keep nothing of what was looked up: a cache would be a list of names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parent / "data"

_LETTERS: Final = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe"}
)


def key(word: str) -> str:
    """The form under which a word is looked up: lower case, no accents, straight apostrophes."""
    lowered = word.lower()
    if lowered.isascii():
        return lowered
    decomposed = unicodedata.normalize("NFD", lowered.translate(_LETTERS))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _lines(name: str) -> list[str]:
    lines = (DATA / name).read_text("utf8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def _words(name: str) -> frozenset[str]:
    return frozenset(key(word) for line in _lines(name) for word in line.split())


@cache
def sections(name: str) -> dict[str, frozenset[str]]:
    """The `[kop]` lists of one data file."""
    found: dict[str, set[str]] = {}
    current = ""
    for line in _lines(name):
        if line.startswith("[") and line.rstrip().endswith("]"):
            current = line.strip()[1:-1]
            found[current] = set()
        else:
            found[current].update(key(word) for word in line.split())
    return {heading: frozenset(words) for heading, words in found.items()}


def _phrases(name: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Phrases of one line each, by their first word, longest first."""
    return _by_first_word(key(line) for line in _lines(name))


def _by_first_word(phrases: Iterable[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in phrases:
        phrase = tuple(line.split())
        found.setdefault(phrase[0], []).append(phrase)
    return {first: tuple(sorted(several, key=len, reverse=True)) for first, several in found.items()}


_AMBIGUOUS: Final = sections("dubbelzinnig.txt")
#: names that are so common as a word that a preposition before them says nothing
SUBJECT_NAMES: Final = _AMBIGUOUS["onderwerp"]
#: words that are a name when their surroundings say so
CONTEXT_NAMES: Final = _AMBIGUOUS["context"] | SUBJECT_NAMES
#: words so common that only 'ze heet ...' or a capital within a sentence makes them a name
RARE_NAMES: Final = _AMBIGUOUS["zelden"]
#: words that are a first name wherever they stand
FIRST_NAMES: Final = _words("voornamen.txt") - CONTEXT_NAMES - RARE_NAMES
SURNAMES: Final = _words("achternamen.txt")
_SURROUNDINGS: Final = frozenset(word for words in sections("omgeving.txt").values() for word in words)
#: words that are never a name by themselves
ORDINARY: Final = (_words("gewoon.txt") | _SURROUNDINGS) - FIRST_NAMES - CONTEXT_NAMES - RARE_NAMES
PLACES: Final = frozenset(word.replace("-", " ") for word in _words("plaatsen.txt")) | _words("plaatsen.txt")
ORGANISATIONS: Final = _phrases("organisaties.txt")
#: places of more than one word, in the same form
LONG_PLACES: Final = _by_first_word(place for place in PLACES if " " in place)

_ENDINGS: Final = (
    *("ing", "ingen", "heid", "heden", "lijk", "lijke", "elijks", "tje", "tjes", "pje", "pjes", "jes", "etjes", "isch", "ische"),
    *("iteit", "iteiten", "loos", "loze", "baar", "bare", "schap", "schappen", "achtig", "achtige", "atie", "aties", "eren", "eerd"),
    *("eert", "erij", "nis", "ende", "enden", "zame", "zaam", "vol", "volle", "tisch", "ologie", "isme", "ment", "menten", "teur"),
    *("kunde", "kundige", "gever", "nemer", "ster", "sters", "ling", "lingen", "lings", "sel", "sels", "dom", "waarts", "matig"),
    *("matige", "aars", "genoot", "er", "tste", "dste"),
)
#: written small, a word with such an ending is a verb, an adjective or a plural rather than a name that no list knows
_SMALL_ENDINGS: Final = (
    *("t", "d", "de", "te", "en", "ge", "ig", "els", "ers", "ens", "tie", "ties", "rij", "lijks", "ch", "rs", "ts", "ks", "ns"),
    *("aal", "ele", "age"),
)
_SHORTEST_STEM: Final = 3
_SHORTEST_HEAD: Final = 4
_LONGEST_WORD: Final = 40


_SPELLINGS: Final = (
    *(("dj", "j"), ("kh", "k"), ("th", "t"), ("ph", "f"), ("ck", "k"), ("sh", "ch"), ("oua", "wa"), ("ou", "oe")),
    *(("aa", "a"), ("ee", "e"), ("ij", "i"), ("y", "i")),
)
_DOUBLED: Final = re.compile(r"(.)\1+")
_SILENT_END: Final = re.compile(r"(?<=...)(?:ie$|h$)")
_SHORTEST_VARIANT: Final = 5


def _sound(word: str) -> str:
    """A key without the spellings that vary between bearers of one name: `djordy` and `jordi`, `jaylynn` and `jailin`."""
    for written, heard in _SPELLINGS:
        word = word.replace(written, heard)
    return _SILENT_END.sub(lambda match: "i" if match[0] == "ie" else "", _DOUBLED.sub(r"\1", word))


_SOUNDS: Final = frozenset(_sound(name) for name in FIRST_NAMES if len(name) >= _SHORTEST_VARIANT - 1)


def resembles_name(word: str) -> bool:
    """Whether a key that no list knows is another spelling of a listed first name."""
    return _SHORTEST_VARIANT <= len(word) <= _LONGEST_WORD and not is_known_word(word) and _sound(word) in _SOUNDS


def is_known_word(word: str) -> bool:
    """Whether a key is an ordinary Dutch word of the list, or one of the words that only sometimes are a name."""
    return word in ORDINARY or word in CONTEXT_NAMES or word in RARE_NAMES or word in PLACES


#: letters that Dutch words don't have and names from elsewhere do; 'ü', 'ö', 'ç' and 'ñ' also stand in words that Dutch borrowed
_FOREIGN: Final = frozenset("şğıłńśćżźąęåøæșțřžšěčůýđőűãõŞĞİŁŃŚĆŻŹĄĘÅØÆȘȚŘŽŠĚČŮÝĐŐŰÃÕ")


def has_foreign_letter(word: str) -> bool:
    """Whether a word is spelled with a letter that no Dutch word has."""
    return not word.isascii() and not _FOREIGN.isdisjoint(word)


#: how surnames are built and hardly any word is; checked against a dictionary of Dutch
_SURNAME_ENDINGS: Final = (
    *("sma", "stra", "inga", "inck", "ckx", "aert", "aerts", "eyn", "eyns", "eijn", "eijns", "steijn", "steyn", "stein", "huijzen"),
    *("meijer", "meyer", "meier", "bergh", "berghe", "berghs", "hoff", "veldt", "hoeven", "horst", "ssens", "nssen", "oglu"),
    *("ovic", "evic", "wski", "nski", "lski", "rski", "icki", "ecki", "acki", "wska", "nska", "wicz", "czyk", "czak", "enko", "chuk"),
    *("czuk", "escu", "yan", "aoui", "oui", "idi", "shvili", "poulos", "akis", "zadeh", "pour", "ullah", "singh", "nath", "persad"),
    *("sson", "gaard", "uyse", "uyze", "eecke", "oeck", "aeck", "eeck", "ouck", "ijck", "nckel", "kerke", "ghem", "egem", "eghem"),
    *("aele", "aere", "voort", "donck", "ovski", "ovsky", "ovska", "khani"),
)
#: endings that are words too ('sportveld'): only where the rest is no word
_SURNAME_HEADS: Final = ("veld", "kamp", "broek", "brink", "dijk", "wijk", "berg", "hout", "bosch", "man", "mans", "hof", "huis")
_SHORTEST_SURNAME: Final = 5


def is_surname_shaped(word: str) -> bool:
    """Whether a key that no list knows is built as a surname: `wiersinga`, `bleijswijk`, `kovalenko`."""
    if len(word) < _SHORTEST_SURNAME or len(word) > _LONGEST_WORD or word in ORDINARY or word in PLACES:
        return False
    if word.endswith(_SURNAME_ENDINGS) or "uy" in word:
        return True
    for head in _SURNAME_HEADS:
        rest = word[: -len(head)]
        if word.endswith(head) and len(rest) >= _SHORTEST_STEM:
            return not (looks_ordinary(rest) or looks_ordinary(rest.removesuffix("s")) or rest + "en" in ORDINARY)
    return False


def is_name_shaped(word: str) -> bool:
    """Whether a key that no list knows could be a name although it is written small."""
    return not looks_ordinary(word) and not word.endswith(_SMALL_ENDINGS) and word.isalpha()


#: endings of a small word that, after 'mevrouw', may still be a verb or an adjective; a plural can't stand there
_VERB_ENDINGS: Final = ("t", "d", "de", "te", "en", "ig", "ge")


def can_follow_title(word: str) -> bool:
    """Whether a key that no list knows, small and right after 'mevrouw', is a name rather than a verb or an adjective."""
    return not looks_ordinary(word) and not word.endswith(_VERB_ENDINGS) and word.isalpha()


def looks_ordinary(word: str) -> bool:
    """Whether a key is, by its ending or as a compound, more likely a word than a name."""
    if is_known_word(word) or len(word) > _LONGEST_WORD:
        return True
    if any(word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM for ending in _ENDINGS):
        return True
    return any(word[cut:] in ORDINARY for cut in range(_SHORTEST_STEM, len(word) - _SHORTEST_HEAD + 1))
