"""The measures of the evaluation, as pure functions over plain values.

Every function takes what was expected and what was read, and knows nothing of files, HTTP or printing. A measure without anything
to divide by is None, never 0 or 1: an empty set says nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from math import ceil
from typing import Any, NamedTuple

#: intents that are out of scope; `nlu_fallback` is none of them, it asks what was meant
OUT_OF_SCOPE = frozenset({"buiten_bereik", "andere_taal"})

#: fields of a route card that may not be empty, in the order of the evaluation's description
FILLED = ("waarom", "bereik", "zeg", "noteer", "bronnen")

#: parts of Dutch family names that identify nobody by themselves ("De Graaf" masked as "De [naam]" is masked)
PARTICLES = frozenset(["de", "den", "der", "des", "di", "du", "el", "het", "la", "le", "op", "s", "t", "te", "ten", "ter", "van", "von"])


class Ratio(NamedTuple):
    """`part` of `whole`, both counts."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share in 0..1; None where `whole` is 0."""
        return self.part / self.whole if self.whole else None


class Counts(NamedTuple):
    """Counts of a micro average: right ones, predicted ones and expected ones."""

    hit: int
    predicted: int
    expected: int

    @property
    def precision(self) -> Ratio:
        """Right ones among the predicted."""
        return Ratio(self.hit, self.predicted)

    @property
    def recall(self) -> Ratio:
        """Right ones among the expected."""
        return Ratio(self.hit, self.expected)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None where nothing was expected and nothing predicted."""
        whole = self.predicted + self.expected
        return 2 * self.hit / whole if whole else None


def total(ratios: Iterable[Ratio]) -> Ratio:
    """The pooled ratio: parts over wholes."""
    rows = list(ratios)
    return Ratio(sum(row.part for row in rows), sum(row.whole for row in rows))


# -- intents ---------------------------------------------------------------------------------------------------------------------


def intent_within(pairs: Iterable[tuple[Sequence[str], Sequence[str]]], n: int) -> Ratio:
    """How often one of the first `n` predictions is an acceptable one. `pairs`: acceptable intents, predictions best first."""
    hits = [not set(acceptable).isdisjoint(ranking[:n]) for acceptable, ranking in pairs]
    return Ratio(sum(hits), len(hits))


def macro_recall(pairs: Iterable[tuple[Sequence[str], str]]) -> float | None:
    """Mean over intents of the share that was read right, each message counted under its best (first) label.

    Right is what it is elsewhere: the prediction is one of the acceptable intents. `pairs`: acceptable intents, prediction.
    """
    by_intent: defaultdict[str, list[bool]] = defaultdict(list)
    for acceptable, predicted in pairs:
        by_intent[acceptable[0]].append(predicted in acceptable)
    return mean([sum(hits) / len(hits) for hits in by_intent.values()])


class OutOfScope(NamedTuple):
    """`recall`: out-of-scope messages read so; `false_rejection`: messages in scope read as out of scope."""

    recall: Ratio
    false_rejection: Ratio


def out_of_scope(pairs: Iterable[tuple[Sequence[str], str]]) -> OutOfScope:
    """Out of scope by the best label; in scope only where no acceptable label is out of scope. `pairs`: acceptable, prediction."""
    outside: list[bool] = []
    inside: list[bool] = []
    for acceptable, predicted in pairs:
        rejected = predicted in OUT_OF_SCOPE
        if acceptable[0] in OUT_OF_SCOPE:
            outside.append(rejected)
        elif OUT_OF_SCOPE.isdisjoint(acceptable):
            inside.append(rejected)
    return OutOfScope(Ratio(sum(outside), len(outside)), Ratio(sum(inside), len(inside)))


# -- signs, organisations, danger ------------------------------------------------------------------------------------------------


def set_counts(pairs: Iterable[tuple[AbstractSet[str], AbstractSet[str]]]) -> Counts:
    """Micro counts over messages. `pairs`: expected ids, predicted ids."""
    rows = list(pairs)
    return Counts(
        hit=sum(len(expected & predicted) for expected, predicted in rows),
        predicted=sum(len(predicted) for _, predicted in rows),
        expected=sum(len(expected) for expected, _ in rows),
    )


def read_as_denied(rows: Iterable[tuple[AbstractSet[str], AbstractSet[str], AbstractSet[str]]]) -> Ratio:
    """Signs that the text affirms but that were read as denied.

    `rows`: affirmed in the text, denied in the text, read as denied. A sign that the text both affirms (one child) and denies
    (another) is left out.
    """
    kept = [(affirmed - denied, read) for affirmed, denied, read in rows]
    return Ratio(sum(len(affirmed & read) for affirmed, read in kept), sum(len(affirmed) for affirmed, _ in kept))


def flag_counts(pairs: Iterable[tuple[bool, bool]]) -> Counts:
    """Counts of a yes-no reading. `pairs`: expected, predicted."""
    rows = list(pairs)
    return Counts(
        hit=sum(expected and predicted for expected, predicted in rows),
        predicted=sum(predicted for _, predicted in rows),
        expected=sum(expected for expected, _ in rows),
    )


# -- masking ---------------------------------------------------------------------------------------------------------------------


def words(text: str) -> list[str]:
    """The words of a text: runs of letters, digits and underscores, without case."""
    return re.findall(r"\w+", _nfc(text).casefold())


def pii_masked(text: str, stored: str, pii: Iterable[str]) -> Ratio:
    """How many of the `pii` strings of `text` are gone from what was `stored`.

    A string is not masked when it still stands there as whole words, or when one of its words does (half a name is a name too):
    more often than the text has that word outside its pii. Particles of names don't count. "Daans" holds "Daan".
    """
    strings = list(pii)
    allowed = Counter(words(_without(text, strings)))
    left = Counter(words(stored)) - allowed
    return Ratio(sum(not _survives(text, stored, string, left) for string in strings), len(strings))


def ordinary_masked(text: str, stored: str, pii: Iterable[str]) -> Ratio:
    """How many of the ordinary words of `text`, those outside its `pii` strings, are gone from what was `stored`."""
    ordinary = Counter(words(_without(text, pii)))
    gone = ordinary - Counter(words(stored))
    return Ratio(gone.total(), ordinary.total())


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _pattern(string: str) -> re.Pattern[str]:
    """Finds a pii string as whole words: any white space between them, in any case, or written the same with the s of a genitive."""
    exact = r"\s+".join(re.escape(part) for part in _nfc(string).split())
    return re.compile(rf"(?<!\w)(?:(?i:{exact})|{exact}s)(?!\w)")


def _without(text: str, pii: Iterable[str]) -> str:
    """The text with every pii string blanked; the longest go first, so that a part never breaks the whole."""
    left = _nfc(text)
    for string in sorted(pii, key=len, reverse=True):
        left = _pattern(string).sub(" ", left)
    return left


def _survives(text: str, stored: str, string: str, left: Mapping[str, int]) -> bool:
    found = _pattern(string).findall(_nfc(text))
    parts = {word for piece in [string, *found] for word in words(piece)} - PARTICLES
    return _pattern(string).search(_nfc(stored)) is not None or any(left.get(part) for part in parts)


# -- routes ----------------------------------------------------------------------------------------------------------------------


def failed_fields(expected: Mapping[str, Any], first_reply: Sequence[str | None], card: Mapping[str, Any] | None) -> list[str]:
    """The fields of a route that are wrong; empty where the route is right.

    `expected`: the `verwacht` of the route; `first_reply`: the card types of the first reply, message by message (None: plain text);
    `card`: the first `routekaart`, None where none came. An empty `stap` list means that the card has no step; None in
    `melding_norm` and `nood` accepts either, as does an empty list of contacts or urgencies.
    """
    failed = [] if _right_emergency(expected.get("nood"), first_reply) else ["nood"]
    if card is None:
        return [*failed, "routekaart"]
    contact, steps, norm = card.get("contact"), expected.get("stap"), expected.get("melding_norm")
    if expected.get("contact") and contact not in expected["contact"]:
        failed.append("contact")
    if contact in expected.get("niet_contact", ()):
        failed.append("niet_contact")
    if expected.get("urgentie") and card.get("urgentie") not in expected["urgentie"]:
        failed.append("urgentie")
    if steps is not None and card.get("stap") not in (steps or [None]):
        failed.append("stap")
    if norm is not None and card.get("melding_norm") is not norm:
        failed.append("melding_norm")
    return failed + [name for name in FILLED if is_empty(card.get(name))]


def _right_emergency(expected: bool | None, first_reply: Sequence[str | None]) -> bool:
    if expected is None:
        return True
    return first_reply[:1] == ["nood"] if expected else "nood" not in first_reply


def is_empty(value: object) -> bool:
    """Whether a field of a card says nothing: missing, blank, or a list of such."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Mapping):
        return all(is_empty(item) for item in value.values())
    if isinstance(value, Sequence):
        return all(is_empty(item) for item in value)
    return value is None


# -- numbers ---------------------------------------------------------------------------------------------------------------------


def mean(values: Sequence[float]) -> float | None:
    """The mean; None of nothing."""
    return sum(values) / len(values) if values else None


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The nearest-rank percentile: the smallest value that `percent` % of the values do not exceed; None of nothing."""
    if not values:
        return None
    return sorted(values)[max(0, ceil(len(values) * percent / 100) - 1)]
