"""Reads danger in every message, whatever its intent: a lexicon of families joined with a classifier.

A missed emergency is worse than a false alarm, so the two readers vote generously: an alarm that the lexicon is sure of always counts,
anything else is weighed by a classifier that sees the lexicon's findings beside the words and the sentence vector.
The reason that is given names rules and figures, never the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from bot.nlu.examples import Example
from bot.nlu.text import clauses, compile_pattern, normalise

LEXICON = Path(__file__).with_name("lexicon") / "gevaar.yml"
NEAR = 16  # words between two notions that still belong together
SHORT = 6  # words; an answer rather than a story
SURE, FIRM, DOUBT = 0.95, 0.75, 0.2  # confidence after an alarm `altijd`, after one `zeker`, and what undoes an alarm `zeker`
FOLDS = 5
RECALL = 0.95  # wanted of the joined readers on author groups not learned from; what it costs stands in the README
# least threshold for an answer of a word or a few, and where the lexicon sees the danger taken away: "ja", "ja hoor, net", "hij heeft geen mes"
CAREFUL = {"tiny": 0.5, "short": 0.25, "taken": 0.45, "denied": 0.75}
TINY = 3  # words
_MARK, _TERM, _SENSE = 0.5, 1.2, 0.7  # weights of a finding of the lexicon, of a block of words and of the sentence vector
_LEARNERS: tuple[dict[str, Any], ...] = (
    {"analyzer": "char_wb", "ngram_range": (2, 5), "min_df": 4, "max_features": 25000},
    {"analyzer": "word", "ngram_range": (1, 2), "min_df": 2, "max_features": 15000, "token_pattern": r"\w+"},
)
Matrix = NDArray[np.float64]
_FOLD = str.maketrans({"ı": "i", "ł": "l", "đ": "d", "ß": "s", "ø": "o"})
_WORD = re.compile(r"\w+")
_NEW_SUBJECT = re.compile(
    r"\s+(?:en|dus|maar)\s+(?=(?:hij|ie|zij|ze|ik|k|we|wij|die|dat|er|nu|toen|mijn|m'n|mn|haar|vader|moeder|papa|mama|de|het)\b)"
)


@dataclass(frozen=True)
class Danger:
    """Whether the message tells danger, how sure that is, which emergency text fits, and a short code that says why."""

    present: bool
    confidence: float
    kind: str | None
    reason: str

    @property
    def sure(self) -> bool:
        """Whether the lexicon said so, and not the classifier alone."""
        return self.present and self.reason.startswith("lexicon:")


@dataclass(frozen=True)
class Match:
    """A notion that was found: where in the text, at which word, in which clause."""

    start: int
    end: int
    word: int
    clause: int


@dataclass(frozen=True)
class Rule:
    """Notions that together point at a kind of danger."""

    kind: str
    level: str
    notions: tuple[str, ...]
    unless: tuple[str, ...]
    anywhere: bool
    name: str


@dataclass
class Finding:
    """What the lexicon saw in one message."""

    hits: list[Rule] = field(default_factory=list)
    lifted: list[Rule] = field(default_factory=list)
    around: set[str] = field(default_factory=set)
    notions: set[str] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)

    def kind(self, lex: Lexicon) -> str | None:
        """The emergency text that fits best: the family with the strongest findings, told from the side of whoever writes."""
        weight = {"altijd": 4.0, "zeker": 2.0, "kan": 0.5}
        scores: dict[str, float] = {}
        for rule in self.hits:
            if rule.kind != lex.rest:
                scores[rule.kind] = max(scores.get(rule.kind, 0.0), weight[rule.level]) + 0.1 * weight[rule.level]
        if not scores:
            return lex.rest if self.hits else None
        best = max(scores, key=lambda kind: (scores[kind], -lex.kinds.index(kind)))
        for kind, voice in lex.voices.items():
            if best in {kind, *voice["boven"]} and self.notions & set(voice["bij"]) and not self.notions & set(voice["tenzij"]):
                return kind
        return str(lex.voices[best]["anders"]) if best in lex.voices else best

    def alarm(self) -> Rule | None:
        """The strongest alarm that nothing takes away."""
        for level in ("altijd", "zeker"):
            for rule in self.hits:
                if rule.level == level:
                    return rule
        return None


def _plain(text: str) -> str:
    """Normalised text with the letters of other alphabets that carry no accent folded too."""
    return normalise(text).translate(_FOLD)


_SOUNDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"sch|ch"), lambda hit: "sg" if hit.group() == "sch" else "g"),
    (re.compile(r"ij|ei"), lambda _: "y"),
    (re.compile(r"[zvc]|ou"), lambda hit: {"z": "s", "v": "f", "c": "k", "ou": "au"}[hit.group()]),
    (re.compile(r"(?<=[^\Weoua_])en\b(?<=\w{5})"), lambda _: "e"),
    (re.compile(r"dt\b"), lambda _: "t"),
    (re.compile(r"([bdfgklmnprst])\1+|(\w)\2{2,}"), lambda hit: hit.group()[0]),
)


def folded(text: str) -> str:
    """Text as it sounds, so that "fader slaadt mama", "zecht" and "hale" are read like "vader slaat mama", "zegt" and "halen".

    Patterns and messages are folded alike; words stay words. Vowels stay: a child called Mees is no knife.
    """
    text = _plain(text)
    for sound, letters in _SOUNDS:
        text = sound.sub(letters, text)
    return text


def expand(pattern: str) -> list[str]:
    """Write out the groups of a pattern that hold more than one word, so that what is left is the language of `bot/nlu/text.py`."""
    depth = 0
    start = -1
    for i, char in enumerate(pattern):
        if char == "(":
            if depth == 0:
                start = i
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0 and re.search(r"[ (]", pattern[start + 1 : i]):
                optional = pattern[i + 1 : i + 2] == "?"
                head, tail = pattern[:start], pattern[i + 1 + optional :]
                parts = _alternatives(pattern[start + 1 : i]) + ([""] if optional else [])
                return [done for part in parts for done in expand(" ".join(f"{head}{part}{tail}".split()))]
    if depth:
        raise ValueError(f"pattern {pattern!r}: a bracket is missing")
    *first, last = pattern.split() or [""]
    if last.endswith("?"):
        return [*expand(" ".join(first)), *expand(" ".join([*first, last[:-1]]))]
    if any(not re.fullmatch(r"\([^()]*\)\??|[^()?]+\??", token) for token in pattern.split()):
        raise ValueError(f"pattern {pattern!r}: a group is glued to a word")
    return [pattern]


def _alternatives(group: str) -> list[str]:
    parts, depth, last = [], 0, 0
    for i, char in enumerate(group):
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            parts.append(group[last:i])
            last = i + 1
    return [*parts, group[last:]]


class _Patterns:
    """Thousands of patterns on one text: only those of which a telling word occurs are tried."""

    def __init__(self) -> None:
        self.patterns: list[tuple[str, bool, str]] = []
        self.exact: dict[str, list[int]] = {}
        self.prefix: dict[str, list[int]] = {}
        self.suffix: dict[str, list[int]] = {}

    def add(self, notion: str, counts: bool, pattern: str) -> None:
        """Register a pattern: `counts` is false for what only looks like the notion."""
        number = len(self.patterns)
        self.patterns.append((notion, counts, pattern))
        tokens = [_anchor(token) for token in pattern.split() if token != ".." and not token.endswith("?")]
        best = max(
            (token for token in tokens if token), key=lambda token: (min(len(w.strip("*")) for w in token), -len(token)), default=None
        )
        if best is None:
            raise ValueError(f"pattern {pattern!r}: no word to hold on to")
        for word in best:
            if word.startswith("*") and word.endswith("*"):
                raise ValueError(f"pattern {pattern!r}: no word to hold on to")
            index = self.prefix if word.endswith("*") else self.suffix if word.startswith("*") else self.exact
            index.setdefault(word.strip("*"), []).append(number)

    def tried(self, words: set[str]) -> set[int]:
        """The patterns worth trying."""
        found: set[int] = set()
        for word in words:
            found.update(self.exact.get(word, ()))
            for size in range(1, len(word) + 1):
                found.update(self.prefix.get(word[:size], ()))
                found.update(self.suffix.get(word[-size:], ()))
        return found


def _anchor(token: str) -> list[str]:
    """The words one of which must occur where the token matches; empty where that can't be said."""
    found = []
    for option in token.strip("()").split("|"):
        pieces = [piece for piece in re.split(r"[^\w*]+", option) if piece.strip("*")]
        if not pieces or any("*" in piece[1:-1] for piece in pieces):
            return []
        found.append(max(pieces, key=len))
    return found


class Lexicon:
    """The families of `gevaar.yml`, ready to be read in a message."""

    def __init__(self, source: Mapping[str, Any]) -> None:
        sets = {folded(name): f"({'|'.join(sorted(set(folded(str(words)).split())))})" for name, words in source["woorden"].items()}
        self.patterns = _Patterns()
        self.deniable: set[str] = set()
        for name, notion in source["begrippen"].items():
            if notion.get("ontken") != "nee":
                self.deniable.add(name)
            self._add(name, notion, sets)
        self.scope: dict[str, str] = {}
        for scope, group in source["afnemers"].items():
            for name, notion in group.items():
                self.scope[name] = scope
                self._add(name, notion if isinstance(notion, dict) else {"wel": notion}, sets)
        self.kinds = tuple(source["families"])
        self.rest = self.kinds[-1]
        self.voices: dict[str, dict[str, Any]] = source["stem"]
        self.rules: list[Rule] = []
        for kind, levels in source["families"].items():
            for level in ("altijd", "zeker", "kan"):
                for line in levels.get(level) or ():
                    self.rules.append(_rule(kind, level, line))
        for rule in self.rules:
            unknown = {*rule.notions, *rule.unless} - set(source["begrippen"])
            if unknown:
                raise ValueError(f"rule {rule.name!r}: unknown {sorted(unknown)}")

    def _add(self, name: str, notion: Mapping[str, Any], sets: Mapping[str, str]) -> None:
        for counts, key in ((True, "wel"), (False, "niet")):
            for pattern in _read(str(notion.get(key, "")), sets):
                self.patterns.add(name, counts, pattern)

    def read(self, text: str) -> Finding:
        """Everything the lexicon sees in a message."""
        plain = _plain(text)
        starts = [word.start() for word in _WORD.finditer(plain)]
        cuts = sorted({bisect_left(starts, cut) for cut in _cuts(plain)} - {0, len(starts)})
        sound = folded(text)
        words = list(_WORD.finditer(sound))
        found, refused = self._matches(sound, words, cuts)
        result = Finding(notions=set(found), denied=refused - set(found))
        around = {name for name in self.scope if found.get(name)}
        result.around = around
        by_clause: dict[int, set[str]] = {}
        for name in around:
            for match in found[name]:
                by_clause.setdefault(match.clause, set()).add(name)
        for moment in ("nu", "net", "vandaag", "straks", "sinds_kort"):
            for match in found.get(moment, ()):
                by_clause.get(match.clause, set()).discard("gisteren")
        whole = {name for name in around if self.scope[name] == "bericht"}
        for rule in self.rules:
            places = self._places(rule, found)
            if not places:
                continue
            free = False
            for place in places:
                inside = {match.clause for match in place}
                taken = set().union(*(by_clause.get(clause, set()) for clause in inside))
                if rule.level == "altijd":
                    free = free or (len(inside) == 1 and not taken - {"gewoonte", "ontkenning"})
                else:
                    free = free or not (taken or whole)
            (result.hits if free else result.lifted).append(rule)
        return result

    def _matches(self, text: str, words: Sequence[re.Match[str]], cuts: Sequence[int]) -> tuple[dict[str, list[Match]], set[str]]:
        real: dict[str, list[tuple[int, int]]] = {}
        false: dict[str, list[tuple[int, int]]] = {}
        taken: set[str] = set()
        for number in self.patterns.tried({word.group() for word in words}):
            name, counts, pattern = self.patterns.patterns[number]
            for hit in compile_pattern(pattern).finditer(text):
                if counts and name in self.deniable and _HELD.search(hit.group()) and not _HELD.search(pattern):
                    taken.add(name)
                    continue
                (real if counts else false).setdefault(name, []).append(hit.span())
        starts = [word.start() for word in words]
        edges = [0, *(starts[cut] for cut in cuts if cut < len(starts)), len(text)]
        found: dict[str, list[Match]] = {}
        for name, spans in real.items():
            refused = list(false.get(name, ()))
            if name in self.deniable:
                no = [span for span in spans if denied(text, *span, edges)]
                taken.update([name] if no else [])
                refused += no
            for start, end in spans:
                if not any(start < b and a < end for a, b in refused):
                    word = bisect_right(starts, start) - 1
                    found.setdefault(name, []).append(Match(start, end, word, bisect_right(cuts, word)))
        return found, taken

    def _places(self, rule: Rule, found: Mapping[str, list[Match]]) -> list[tuple[Match, ...]]:
        if any(name in found for name in rule.unless):
            return []
        first, *others = (found.get(name, []) for name in rule.notions)
        places = []
        for match in first:
            place = [match]
            for matches in others:
                near = min(matches, key=lambda other: abs(other.word - match.word), default=None)
                if near is None or not (rule.anywhere or abs(near.word - match.word) <= NEAR):
                    break
                place.append(near)
            else:
                places.append(tuple(place))
        return places


def _read(text: str, sets: Mapping[str, str]) -> Iterator[str]:
    for pattern in folded(text).split("/"):
        if pattern.strip():
            for name in re.findall(r"<(\w+)>", pattern):
                pattern = pattern.replace(f"<{name}>", sets[name])
            yield from (done for done in expand(" ".join(pattern.split())) if done)


def _rule(kind: str, level: str, line: str) -> Rule:
    wanted, *unless = (part.strip() for part in line.split("!"))
    anywhere = "++" in wanted
    notions = tuple(part.strip() for part in re.split(r"\++", wanted))
    return Rule(kind, level, notions, tuple(unless), anywhere, f"{kind}:{('++' if anywhere else '+').join(notions)}")


def _cuts(text: str) -> list[int]:
    """Where each clause after the first begins: those of `text.clauses`, cut again at "en hij ..."."""
    cuts = [clause.start for clause in clauses(text)][1:]
    cuts += [match.end() for match in _NEW_SUBJECT.finditer(text)]
    return sorted(set(cuts))


def _any(words: str) -> str:
    return "(?:" + "|".join(folded(words).split()) + ")"


# A denial is about the danger itself: "geen mes", not "geen paniek, hij heeft een mes" or "ik weet niet wat ik moet, hij heeft een mes".
_NOT = set(folded("niet nie neit not").split())
_NO = re.compile(rf"\b{_any('geen gin nooit zonder nergens noch geenszins no kein keine niet nie neit not')}\b")
_HELD = re.compile(rf"\b{_any('geen gin nooit zonder niet nie neit')}\b")
_STOPS = set(
    folded(
        "hij zij ze ie ik die dat er we wij je u maar want heeft heb had is zijn was staat zit ligt slaat komt gaat doet zegt roept wil moet kan "
        "paniek grap grapje idee zorgen stress haast drama tijd vergissing geintje probleem punt zin flauw fijn leuk twijfel vraag moment rust "
        "keus keuze uitweg kant antwoord contact gehoor reactie bereik gezeik gedoe ruzie belang woord mens"
    ).split()
)
_SOFT = set(folded("meer een met door de het zo te in van op naar bij direct meteen echt").split())
_LITTLE = _any("haar hem mij me ons ze die dat elkaar er hij ie zij meer dus gelukkig ook echt zelf heeft heb is doen we ik")
_NOT_AFTER = re.compile(
    rf"^\W+(?:{_LITTLE}\W+){{0,2}}{_any('niet nie neit nooit')}\b(?!\W+{_any('normaal alleen eens te weg los uit op')}|\W+{_any('meer')}\W+op)"
)
_OWN_NOT = re.compile(
    rf"\b{_any('weet durf durft wil wilt kan kon mag snap hoef hoeft moet ga gaat zeg zegt wou krijg krijgen')}\W+(?:\w+\W+){{0,2}}$"
)


def denied(text: str, start: int, end: int, edges: Sequence[int]) -> bool:
    """Whether a stretch of folded text is said not to be there, within its own clause."""
    left = max(edge for edge in edges if edge <= start)
    right = min(edge for edge in edges if edge >= end)
    before = text[left:start]
    for match in _NO.finditer(before):
        between = _WORD.findall(before[match.end() :])
        plain_not = match.group() in _NOT
        if plain_not and (_OWN_NOT.search(before[: match.start()]) or set(between) - _SOFT):
            continue
        listed = len(between) <= 6 and between[-1:] in (["of"], ["en"], ["nog"])
        if (len(between) <= (1 if plain_not else 3) or listed) and not _STOPS & set(between):
            return True
    return bool(_NOT_AFTER.match(text[end:right]))


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon of the project, read once."""
    return Lexicon(yaml.safe_load(LEXICON.read_text("utf8")))


def _learner(options: Mapping[str, Any]) -> TfidfVectorizer:
    return TfidfVectorizer(sublinear_tf=True, lowercase=False, **options)


class _Words:
    """One TF-IDF block with its weights: scikit-learn learns it, a plain sum reads it (a fraction of the time for one text)."""

    def __init__(self, number: int, vocabulary: Sequence[str], idf: NDArray[np.float32], weights: NDArray[np.float32]) -> None:
        self.number = number
        self.vocabulary = list(vocabulary)
        self.idf = idf
        self.weights = weights
        self._place = {term: i for i, term in enumerate(self.vocabulary)}
        self._pieces = _learner(_LEARNERS[number]).build_analyzer()

    def score(self, text: str) -> Matrix:
        """The share of this block in the score of each head."""
        counts: dict[int, int] = {}
        for piece in self._pieces(text):
            place = self._place.get(piece)
            if place is not None:
                counts[place] = counts.get(place, 0) + 1
        if not counts:
            return np.zeros(len(self.weights))
        places = np.fromiter(counts, dtype=np.int64)
        values = (1.0 + np.log(np.fromiter(counts.values(), dtype=np.float64))) * self.idf[places]
        return np.asarray(self.weights[:, places] @ values / float(np.linalg.norm(values)))


class DangerReader:
    """Reads danger. Two heads: with a sentence vector, and without one for where none is given."""

    def __init__(self) -> None:
        self.words: list[_Words] = []
        self.marks: dict[str, Matrix] = {}
        self.vector: NDArray[np.float32] | None = None
        self.intercept = np.zeros(2)
        self.threshold = np.array([0.5, 0.5])

    def fit(self, examples: Sequence[Example], vectors: NDArray[Any] | None = None) -> DangerReader:
        """Learn the weights, and the thresholds from predictions on author groups that were left out."""
        target = np.array([example.danger for example in examples])
        texts = [_plain(example.text) for example in examples]
        findings = [lexicon().read(example.text) for example in examples]
        seen = [_marks(finding, text) for finding, text in zip(findings, texts, strict=True)]
        names = sorted(set().union(*seen))
        place = {name: i for i, name in enumerate(names)}
        rows = [(i, place[name]) for i, found in enumerate(seen) for name in found]
        marks = csr_matrix((np.ones(len(rows)), tuple(np.array(rows).T)), shape=(len(texts), len(names)))
        heads: list[NDArray[Any] | None] = [None] if vectors is None else [None, vectors]
        copies = 3 - len(heads)  # without vectors both heads are the same
        alarms = [finding.alarm() for finding in findings]
        unseen = left_out(examples, texts, marks, heads, target)
        self.threshold = np.array([_threshold(probability, alarms, seen, target) for probability in unseen] * copies)
        learners = [_learner(options) for options in _LEARNERS]
        blocks = [learner.fit_transform(texts) for learner in learners]
        models = [_learn(blocks, marks, head, target) for head in heads] * copies
        self.intercept = np.array([float(model.intercept_[0]) for model in models])
        weights = [model.coef_[0] for model in models]
        start = 0
        self.words = []
        for number, learner in enumerate(learners):
            stop = start + len(learner.vocabulary_)
            vocabulary = sorted(learner.vocabulary_, key=learner.vocabulary_.__getitem__)
            part = np.stack([weight[start:stop] * _TERM for weight in weights]).astype(np.float32)
            self.words.append(_Words(number, vocabulary, learner.idf_.astype(np.float32), part))
            start = stop
        self.marks = {name: np.array([weight[start + i] for weight in weights]) * _MARK for i, name in enumerate(names)}
        self.vector = None if vectors is None else (weights[1][start + len(names) :] * _SENSE).astype(np.float32)
        return self

    def read(self, text: str, vector: NDArray[Any] | None = None) -> Danger:
        """Whether this message tells danger."""
        plain = _plain(text)
        finding = lexicon().read(text)
        score = self.intercept.copy()
        for block in self.words:
            score += block.score(plain)
        marks = _marks(finding, plain)
        for name in marks:
            score += self.marks.get(name, 0.0)
        head = 0
        if vector is not None and self.vector is not None:
            head = 1
            score[1] += float(self.vector @ np.asarray(vector, dtype=np.float32).ravel())
        probability = 1.0 / (1.0 + float(np.exp(-score[head])))
        confidence, reason = weigh(finding.alarm(), probability, needed(marks, float(self.threshold[head])))
        present = confidence >= 0.5
        return Danger(present, round(confidence, 3), finding.kind(lexicon()) if present else None, reason)

    def save(self, folder: Path) -> None:
        """Write `danger.joblib` in the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        state = {
            "words": [(block.number, block.vocabulary, block.idf, block.weights) for block in self.words],
            "marks": self.marks,
            "vector": self.vector,
            "intercept": self.intercept,
            "threshold": self.threshold,
        }
        joblib.dump(state, folder / "danger.joblib", compress=3)

    @classmethod
    def load(cls, folder: Path) -> DangerReader:
        """Read back what `save` wrote. Only for models that this project built itself."""
        state = joblib.load(folder / "danger.joblib")
        reader = cls()
        reader.words = [_Words(*block) for block in state["words"]]
        reader.marks = state["marks"]
        reader.vector = state["vector"]
        reader.intercept = state["intercept"]
        reader.threshold = state["threshold"]
        return reader


def weigh(alarm: Rule | None, probability: float, threshold: float) -> tuple[float, str]:
    """Join the two readers: the confidence, rescaled so that one half is where danger begins, and the reason."""
    low = probability < threshold
    confidence = 0.5 * probability / threshold if low else 0.5 + 0.5 * (probability - threshold) / (1.0 - threshold)
    if alarm is not None and (alarm.level == "altijd" or confidence >= DOUBT):
        return max(confidence, SURE if alarm.level == "altijd" else FIRM), f"lexicon:{'+'.join(alarm.notions)}"
    return confidence, f"model:{confidence:.2f}"


def _marks(finding: Finding, text: str) -> set[str]:
    """What the classifier is told of the lexicon's findings."""
    names = (
        {rule.name for rule in finding.hits} | {f"has {name}" for name in finding.notions} | {f"around {name}" for name in finding.around}
    )
    names |= {f"level {rule.level}" for rule in finding.hits if rule.level != "kan"}
    names |= {f"taken {rule.kind}" for rule in finding.lifted if rule.level != "kan"}
    if any(rule.level != "kan" for rule in finding.lifted):
        names.add("taken")
    if finding.denied:
        names.add("denied")
    if len(text.split()) <= SHORT:
        names.add("short")
    if len(text.split()) <= TINY:
        names.add("tiny")
    return names


def _learn(blocks: Sequence[csr_matrix], marks: csr_matrix, vectors: NDArray[Any] | None, target: NDArray[np.bool_]) -> LogisticRegression:
    model = LogisticRegression(C=2.0, class_weight="balanced", solver="liblinear", max_iter=200, random_state=0)
    return model.fit(_joined(blocks, marks, vectors), target)


def _joined(blocks: Sequence[csr_matrix], marks: csr_matrix, vectors: NDArray[Any] | None) -> csr_matrix:
    parts = [block * _TERM for block in blocks] + [marks * _MARK]
    if vectors is not None:
        parts.append(csr_matrix(vectors) * _SENSE)
    return hstack(parts).tocsr()


def left_out(
    examples: Sequence[Example], texts: Sequence[str], marks: csr_matrix, heads: Sequence[NDArray[Any] | None], target: NDArray[np.bool_]
) -> list[Matrix]:
    """For each head the probability of each message by a model that saw none of its author group; one half where there is one group."""
    groups = np.array([example.file for example in examples])
    found = [np.full(len(examples), 0.5) for _ in heads]
    folds = min(FOLDS, len(set(groups)))
    for train, test in GroupKFold(folds).split(texts, target, groups) if folds > 1 else ():
        if len(set(target[train])) < 2:
            continue
        learners = [_learner(options) for options in _LEARNERS]
        learned = [learner.fit_transform([texts[i] for i in train]) for learner in learners]
        unseen = [learner.transform([texts[i] for i in test]) for learner in learners]
        for number, vectors in enumerate(heads):
            model = _learn(learned, marks[train], None if vectors is None else vectors[train], target[train])
            rows = _joined(unseen, marks[test], None if vectors is None else vectors[test])
            found[number][test] = model.predict_proba(rows)[:, 1]
    return found


def needed(marks: Set[str], threshold: float) -> float:
    """The threshold for a message with these marks."""
    return max([threshold, *(least for mark, least in CAREFUL.items() if mark in marks)])


def _threshold(probability: Matrix, alarms: Sequence[Rule | None], marks: Sequence[Set[str]], target: NDArray[np.bool_]) -> float:
    """The highest threshold that finds `RECALL` of the danger told by writers not learned from."""
    if target.sum() < 20:
        return 0.5
    told = [(alarm, float(p), found) for alarm, p, found, danger in zip(alarms, probability, marks, target, strict=True) if danger]
    steps = [round(0.5 - 0.01 * step, 2) for step in range(49)]
    return next(
        (t for t in steps if np.mean([weigh(alarm, p, needed(found, t))[0] >= 0.5 for alarm, p, found in told]) >= RECALL), steps[-1]
    )
