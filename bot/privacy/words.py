"""A message as a row of words, numbers, marks and tokens: what the rules for names look at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.privacy import tokens
from bot.privacy.lexicon import key, sections

_PIECE = re.compile(rf"(?P<token>{tokens.ANY})|(?P<word>[^\W\d_]+(?:['’`´ʼ-][^\W\d_]+)*)|(?P<number>\d+)|(?P<break>\n)|(?P<mark>[^\w\s]|_)")
_ENDS_SENTENCE = frozenset('.!?:…•|"“”„«»')
#: abbreviations before a name: their full stop ends no sentence
ABBREVIATIONS = sections("omgeving.txt")["afkorting"]
_QUOTES = frozenset("'‘’\"“”„«»")
_MOSTLY_CAPITALS = 0.6


@dataclass(slots=True)
class Piece:
    """One piece of a message.

    `key` is the form for lookups, `kind` one of token, word, number, break, mark. `first` is true for a word that opens a sentence,
    whose capital therefore says nothing.
    """

    text: str
    key: str
    kind: str
    start: int
    end: int
    first: bool = False

    @property
    def is_word(self) -> bool:
        """Whether this is a word."""
        return self.kind == "word"

    @property
    def capital(self) -> bool:
        """Whether it is written with a capital."""
        return self.text[0].isupper()

    @property
    def shouted(self) -> bool:
        """Whether it is written in capitals only, as an abbreviation is."""
        return len(self.text) > 1 and self.text.isupper()


@dataclass(slots=True)
class Row:
    """All pieces of a message, with bounds-safe access.

    `shouting` is true where nearly all is in capitals; `named` holds the places that were found to be names so far.
    """

    pieces: list[Piece]
    shouting: bool
    named: set[int] = field(default_factory=set)
    _words: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self._words = [piece.key if piece.kind == "word" else "" for piece in self.pieces]

    def __len__(self) -> int:
        return len(self.pieces)

    def at(self, index: int) -> Piece | None:
        """The piece at an index, None outside the message."""
        return self.pieces[index] if 0 <= index < len(self.pieces) else None

    def word(self, index: int) -> str:
        """The lookup form of the word at an index, an empty string where there is none."""
        return self._words[index] if 0 <= index < len(self._words) else ""

    def mark(self, index: int) -> str:
        """The mark at an index, an empty string where there is none."""
        piece = self.at(index)
        return piece.text if piece is not None and piece.kind == "mark" else ""

    def is_name(self, index: int) -> bool:
        """Whether a name was masked or found at this index."""
        piece = self.at(index)
        return piece is not None and (piece.text == tokens.NAME or index in self.named)

    def before(self, index: int) -> int:
        """The index of the piece before, over quotes and the full stop of an abbreviation."""
        previous = index - 1
        if self.word(previous):
            return previous
        while self.mark(previous) in _QUOTES:
            previous -= 1
        if self.mark(previous) == "." and self.word(previous - 1) in ABBREVIATIONS:
            previous -= 1
        return previous

    def touches(self, left: int, right: int) -> bool:
        """Whether only a space stands between two pieces."""
        first, second = self.at(left), self.at(right)
        return first is not None and second is not None and second.start - first.end <= 1 and second.kind != "break"


def read_row(text: str) -> Row:
    """Cut a message in pieces."""
    pieces: list[Piece] = []
    first = True
    capitals = words = 0
    for match in _PIECE.finditer(text):
        kind = match.lastgroup or "mark"
        piece_text = match[0]
        if kind == "word":
            piece = Piece(piece_text, key(piece_text), kind, match.start(), match.end(), first)
            words += 1
            capitals += len(piece_text) > 1 and piece_text.isupper()
            first = False
        else:
            piece = Piece(piece_text, piece_text, kind, match.start(), match.end())
            if kind == "break":
                first = True
            elif kind == "mark" and piece_text in _ENDS_SENTENCE:
                abbreviated = pieces and (pieces[-1].key in ABBREVIATIONS or (len(pieces[-1].key) == 1 and pieces[-1].is_word))
                first = piece_text != "." or not abbreviated
            elif kind in ("token", "number"):
                first = False
        pieces.append(piece)
    return Row(pieces, words > 1 and capitals > words * _MOSTLY_CAPITALS)
