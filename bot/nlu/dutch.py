"""Dutch words and lemmas: with `nl_core_news_sm` when it is installed, otherwise a blank spaCy pipeline and simplemma.

The model package is not on the package index (it is a release of the spaCy models), so it can never be required; which of the two a
model was trained with is recorded, because lemmas that differ between training and running make reading worse without a word.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import Protocol

MODEL = "nl_core_news_sm"
BLANK = "blank"


@dataclass(frozen=True)
class Word:
    """A word of a text: as written, its lemma, and where it starts (character offset)."""

    text: str
    lemma: str
    start: int


class Analyser(Protocol):
    """Cuts a text in words with lemmas. `variant` says with what."""

    variant: str

    def words(self, text: str) -> list[Word]: ...


class _Model:
    def __init__(self) -> None:
        import spacy

        self._nlp = spacy.load(MODEL, exclude=["parser", "ner"])
        self.variant = f"{MODEL} {self._nlp.meta.get('version', '')}".strip()

    def words(self, text: str) -> list[Word]:
        return [Word(t.text, (t.lemma_ or t.text).lower(), t.idx) for t in self._nlp(text) if not t.is_space]


class _Blank:
    variant = BLANK

    def __init__(self) -> None:
        import spacy
        from simplemma import Lemmatizer
        from simplemma.strategies import DefaultStrategy
        from simplemma.strategies.dictionaries.stream_dictionary_factory import StreamDictionaryFactory

        self._nlp = spacy.blank("nl")
        # the same lemmas as simplemma.lemmatize, from a dictionary that takes 5 MB of memory instead of 40
        self._lemma = Lemmatizer(lemmatization_strategy=DefaultStrategy(dictionary_factory=StreamDictionaryFactory())).lemmatize

    def words(self, text: str) -> list[Word]:
        return [Word(t.text, self._lemma(t.text.lower(), lang="nl"), t.idx) for t in self._nlp.make_doc(text) if not t.is_space]


def installed() -> bool:
    """Whether the Dutch model package can be imported."""
    return importlib.util.find_spec(MODEL) is not None


def analyser() -> Analyser:
    """The best analyser this machine has."""
    return _Model() if installed() else _Blank()
