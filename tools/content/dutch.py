"""Counting in Dutch text: sentences, words, syllables, and a score for readability."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

#: a number as people write it counts as one word
_NUMBER = re.compile(r"(?<=\d)[ \-](?=\d)|(?<=\()(?=\d)")
#: dots that leave something open ("er zijn … kinderen") end a sentence only before a capital
_END = re.compile(r"""(?<=[.!?])["”’')\]]*\s+(?=\S)|(?<=…)["”’')\]]*\s+(?=["“‘(]?[A-Z])|\n+""")
_WORD = re.compile(r"[^\W_]+(?:[-'’.&@/+_][^\W_]+)*")
#: vowels that are said together, the longest first
_TOGETHER = re.compile(r"aai|ooi|oei|ieuw|eeuw|aa|ee|oo|uu|ie|oe|eu|ou|au|ei|ij|ui|ai|oi|ae|[aeiouy]")
#: parts of words that keep a foreign spelling -> as they sound
_FOREIGN = {"eau": "o", "team": "tiem", "coach": "kootsj", "qu": "kw"}
#: letters with a dieresis begin a syllable of their own; other accents change nothing
_PLAIN = str.maketrans({"à": "a", "á": "a", "â": "a", "è": "e", "é": "e", "ê": "e", "ì": "i", "í": "i", "î": "i", "ò": "o", "ó": "o", "ô": "o", "ù": "u", "ú": "u", "û": "u"})  # fmt: skip
_DIERESIS = {"ä": "|a", "ë": "|e", "ï": "|i", "ö": "|o", "ü": "|u"}


@lru_cache(maxsize=20_000)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, as they stand. A colon or semicolon ends none; a new line does."""
    whole = text.replace("...", "…")
    return tuple(part.strip() for part in _END.split(whole) if words(part))


@lru_cache(maxsize=50_000)
def words(text: str) -> tuple[str, ...]:
    """The words of a text; a phone number, a web address and a compound with a hyphen are one each."""
    return tuple(_WORD.findall(_NUMBER.sub("_", text).replace("__", "_")))


@lru_cache(maxsize=20_000)
def syllables(word: str) -> int:
    """How many syllables a Dutch word has, by its groups of vowels; at least one. Letters of an abbreviation and digits count one each.

    Dutch is spelt so regularly that this comes closer than hyphenation, which never breaks off a single letter: "acute" has three, not two.
    """
    if not re.search(r"[^\W\d_]", word):
        return 1
    if word.isupper() and len(word) > 1:
        return len(re.findall(r"[^\W_]", word))
    plain = word.lower().translate(_PLAIN)
    for letter, split in _DIERESIS.items():
        plain = plain.replace(letter, split)
    for spelt, said in _FOREIGN.items():
        plain = plain.replace(spelt, said)
    plain = re.sub(r"^y(?=[aeiou])|(?<=[aeiou])y(?=[aeiou])", "j", plain)
    # -io-, -ia-, -iu- are two ("station", "sociaal", "medium"); -ea- and -eo- too ("reageren", "theorie")
    plain = re.sub(r"i(?=[aou])|(?<=[^e])e(?=[ao])|u(?=[aeo])", lambda m: m.group() + "|", plain)
    # a prefix that ends in a vowel, before another vowel
    plain = re.sub(r"^(ge|be)(?=ïn|i[^ej]|u[^ui]|o[^e])", r"\1|", plain)
    return max(1, len(_TOGETHER.findall(plain)))


def average(counts: Sequence[int]) -> float:
    """The mean of some counts; 0 for none."""
    return sum(counts) / len(counts) if counts else 0.0


def readability(parts: Iterable[str]) -> float:
    """Flesch-Douma of texts that are read together: 206.835 - 0.93 words per sentence - 77 syllables per word. Higher reads easier:
    above 60 is plain, below 45 is hard. Raises ValueError where there are no words."""
    rows = [words(sentence) for text in parts for sentence in sentences(text)]
    every = [word for row in rows for word in row]
    if not every:
        raise ValueError("no words to read")
    return 206.835 - 0.93 * len(every) / len(rows) - 77 * sum(map(syllables, every)) / len(every)
