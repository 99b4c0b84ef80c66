"""What a message asks to have explained: a word of the field, a way of working, a topic or doubt, or what one sign may mean.

Plain patterns from `content/` (`woorden` of terms, answers and signs, and `opzoeken.yml`); nothing is learned and nothing is decided about a
case. `bot.dialogue.reading` decides when this goes before the intent that was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.content.load import Content, load_content
from bot.nlu.organisations import read_organisations
from bot.nlu.text import compile_pattern, normalise

#: a question for the meaning of a word is at most this long; more tells something too
MEANING_WORDS = 9
#: an abbreviation in capitals ("OM", "GI") is one only in a question this short
ABBREVIATION_WORDS = 5
#: a message of at most this many words that names something is a search, also without a question word
SEARCH_WORDS = 3
#: a wish for a human is at most this long; more tells something too
HUMAN_WORDS = 7
#: and who does not want a computer says no more than this
NO_COMPUTER_WORDS = 14
#: "laat maar" is this short; with more words it is said why
BACKS_OUT_WORDS = 4
#: turn-offs for a term and for one sign: this, and its id behind it
TERM = "begrip:"
SIGN = "teken:"


@dataclass(frozen=True)
class Asked:
    """What was found in a text. `question`: it asks something. `meaning`: turn-off for the one term whose meaning is asked. `term`: turn-off for
    the first term that is named, `structure`: whether that is a way of working rather than a word. `topic`: id of an answer known by its words.
    `sign`: id of the sign whose possible meaning is asked."""

    question: bool = False
    meaning: str | None = None
    term: str | None = None
    structure: bool = False
    topic: str | None = None
    sign: str | None = None


class Lookup:
    """Finds terms, topics and signs by the words of a content."""

    def __init__(self, content: Content) -> None:
        spec = content.looking_up
        self.terms, self.answers = content.terms, content.answers
        #: words that name an organisation are left to the intent: "wat doet Veilig Thuis met mijn melding" asks for more than a name
        self.named_only = frozenset(t for t, row in content.terms.items() if row["soort"] != "structuur" and content.is_organisation(t))
        self.words: Mapping[str, Sequence[str]] = {term: row["woorden"] for term, row in content.terms.items()}
        self.topics = {key: _any(row["woorden"]) for key, row in content.answers.items() if row.get("woorden")}
        self.signs = {key: _any(row["woorden"]) for key, row in spec["tekens"].items()}
        self.meaning, self.about_sign = _any(spec["betekenis"]), _any(spec["teken_vraag"])
        self.openers = frozenset(spec["vraagwoorden"])
        self.functions = {key: _any(patterns) for key, patterns in spec["functies"].items()}
        self.falsified = _any(spec["falsificatie"])
        self.suicide = _any(spec["suicidaal"])
        self.human, self.computer = _any(spec["mens"]), _any(spec["geen_computer"])
        self.leaving, self.own = _any(spec["afhaken"]), _any(spec["eigen_kind"])

    def function(self, text: str) -> str | None:
        """The function in a doctor's practice or on duty that the writer tells to have; the first that fits."""
        norm = normalise(text).replace("-", " ")
        return next((key for key, pattern in self.functions.items() if pattern.search(norm)), None)

    def falsification(self, text: str) -> bool:
        """Whether the text tells of an illness that a parent brings about or makes up (§8.4)."""
        return self.falsified.search(normalise(text)) is not None

    def suicidal(self, text: str) -> bool:
        """Whether the text says in plain words that somebody thinks of suicide (§10 L6)."""
        return self.suicide.search(normalise(text)) is not None

    def wants_a_human(self, text: str) -> bool:
        """Whether a short text asks for a human."""
        norm = normalise(text)
        return len(norm.split()) <= HUMAN_WORDS and self.human.search(norm) is not None

    def wants_no_computer(self, text: str) -> bool:
        """Whether a short text says that the writer does not want to talk to a computer."""
        norm = normalise(text)
        return len(norm.split()) <= NO_COMPUTER_WORDS and self.computer.search(norm) is not None

    def backs_out(self, text: str) -> bool:
        """Whether a few words say "never mind" rather than "stop"."""
        norm = normalise(text)
        return len(norm.split()) <= BACKS_OUT_WORDS and self.leaving.search(norm) is not None

    def own_child(self, text: str) -> bool:
        """Whether a text is about a child of the writer."""
        return self.own.search(normalise(text)) is not None

    def read(self, text: str) -> Asked:
        """What a text asks to have explained."""
        norm = normalise(text)
        words = re.findall(r"[\w']+", norm)
        if not words:
            return Asked()
        question = "?" in norm or words[0] in self.openers
        named = list(dict.fromkeys(found.id for found in read_organisations(text, self.words) if found.id in self.terms))
        others = [t for t in named if t not in self.named_only]
        meaning = None
        if len(words) <= MEANING_WORDS and self.meaning.search(norm):
            short = [t for t in re.findall(r"[\w&+/-]+", text) if t in self.terms] if len(words) <= ABBREVIATION_WORDS else []
            asked = named if others else short
            meaning = self.turn_off(asked[0]) if len(asked) == 1 else None
        term = next((t for t in others if self.terms[t]["soort"] == "structuur"), others[0] if len(others) == 1 else None)
        return Asked(
            question=question or len(words) <= SEARCH_WORDS,
            meaning=meaning,
            term=self.turn_off(term) if term else None,
            structure=term is not None and self.terms[term]["soort"] == "structuur",
            topic=_longest(self.topics, norm),
            sign=_longest(self.signs, norm) if self.about_sign.search(norm) else None,
        )

    def turn_off(self, term: str) -> str:
        """The turn-off that explains a term: itself, or the answer that says more of it."""
        return str(self.terms[term].get("antwoord") or TERM + term)


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(compile_pattern(normalise(p)).pattern for p in patterns))


def _longest(patterns: Mapping[str, re.Pattern[str]], norm: str) -> str | None:
    """The id of which the words take up most of the text; the first of equals."""
    best, length = None, 0
    for key, pattern in patterns.items():
        for match in pattern.finditer(norm):
            if match.end() - match.start() > length:
                best, length = key, match.end() - match.start()
    return best


@lru_cache(maxsize=1)
def lookup() -> Lookup:
    """The lookup for the content of this project."""
    return Lookup(load_content())
