"""Reads the signs that a message tells about a child or family, and the ones it denies.

A lexicon that a domain expert can read (`lexicon/signalen.yml`) says what is surely there and what is denied; classifiers learned from
labelled messages see what nobody wrote a pattern for. A small second classifier, one for all signs, weighs the two: once for what is
affirmed, once for what is denied. A denial that the lexicon sees is never read as an affirmation: reading "geen blauwe plekken" as an
injury is worse than silence.
"""

from __future__ import annotations

import os
import re
import sre_parse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
from sklearn.svm import LinearSVC

from bot.nlu.context import Reason, aside
from bot.nlu.denial import Denials
from bot.nlu.examples import Example
from bot.nlu.text import normalise

LEXICON = Path(__file__).with_name("lexicon") / "signalen.yml"
FILE = "signs.joblib"
GROUPS = "_groepen"
LEXICON_WEIGHT = 0.5
#: a denial hides a sign: never read one that is less sure than this
LEAST_SURE_DENIAL = 0.35
#: in a message this short ("ze heeft geen honger") what the lexicon sees denied is what the message is about
FEW_WORDS = 8
#: there, too, a sign that the lexicon sees needs half the certainty, and one that nothing in it hints at this much more
#: (measured on 1,174 short messages of writers not learned from: precision 0.63 to 0.67, recall 0.74 to 0.75)
SEEN_SHARE, UNSEEN_MORE = 0.5, 0.2
Matrix = NDArray[np.float32]
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*|\n")
_SENTENCE_END = re.compile(r"[.!?;\n]\s")
_KINDS = ("affirmed", "weak", "denied", "aside")
#: earlier worries are of the past by definition, and count
_ALWAYS_PAST = frozenset({"eerdere_zorgen"})
_HEADS = ("affirms", "denies", "sets_aside")
_GAP_SIGN = "\0"
_OPTIONAL = frozenset({"een?", "de?", "het?", "al?", "er?"})
_REPEAT = re.compile(r"(?<= )\)([*+])")  # "(al |weer )*" repeats words
_REPEAT_SIGN = {"*": "\1", "+": "\2"}
_GAP = r"(?:\W+\w+){0,4}?"
# A specific sign takes the place of the general one when both were read from the same words or mean the same here.
_SPECIFIC = {"letsel": ("brandwond", "zelfbeschadiging", "letsel_baby", "genitale_verminking"), "verzuim": (), "ouder_psychisch": ()}


@dataclass(frozen=True)
class Sign:
    """A sign that a text tells (or denies), where it stands, and how sure that is.

    `aside`: the text mentions it, but about somebody else, long ago or only feared: understood, not counted.
    """

    id: str
    denied: bool
    start: int
    end: int
    text: str
    confidence: float
    aside: Reason | None = None


@dataclass(frozen=True)
class Mention:
    """What one lexicon pattern found: `kind` is `affirmed`, `weak`, `denied`, or `aside` where the words around it speak of another or of then."""

    id: str
    kind: str
    start: int
    end: int


#: key of a sign that is a lack of something: what says that it is there turns round when it is denied
LACK = "gemis"
_NEGATIVE = frozenset("geen gin ginne niet nie nit nooit zonder amper nauwelijks zelden niks niets".split())
_BETWEEN = frozenset("altijd echt zo heel erg vaak meer bepaald elke genoeg eens".split())
#: how many first characters of a needed piece are looked up at once
_START = 4


@dataclass(frozen=True, eq=False)
class _Pattern:
    id: str
    kind: str
    regex: re.Pattern[str]
    literals: tuple[str, ...]
    lacks: bool = False  # says in words of its own that something lacks: "geen geld voor"
    turns: bool = False  # says that nothing lacks; with "geen" or "niet" in or before it, it says the sign itself


def _required(parsed: Any) -> tuple[str, ...]:
    """Pieces of text of which one must occur wherever the parsed expression matches; empty where there are none."""
    options: list[tuple[str, ...]] = []
    run = ""
    for op, argument in [*parsed, (None, None)]:
        if op is sre_parse.LITERAL:
            run += chr(argument)
            continue
        options.append((run.strip(),))
        run = ""
        if op is sre_parse.SUBPATTERN:
            options.append(_required(argument[3]))
        elif op is sre_parse.BRANCH:
            branches = [_required(branch) for branch in argument[1]]
            options.append(tuple(piece for branch in branches for piece in branch) if all(branches) else ())
        elif op in (sre_parse.MAX_REPEAT, sre_parse.MIN_REPEAT) and argument[0] > 0:
            options.append(_required(argument[2]))
    options = [o for o in options if o and all(o)]
    return max(options, key=lambda o: 4 * min(map(len, o)) - len(o), default=())


def _token(token: str) -> str:
    out = ""
    for c in _REPEAT.sub(lambda m: ")" + _REPEAT_SIGN[m.group(1)], token.replace(" .. ", _GAP_SIGN)):
        out += {"(": "(?:", "*": r"\w*", " ": r"\W+", _GAP_SIGN: _GAP + r"\W+", "\1": "*", "\2": "+"}.get(
            c, c if c in ")|?" else re.escape(c)
        )
    return out


def compile_rule(pattern: str) -> re.Pattern[str]:
    """The pattern language of `bot.nlu.text` with some more: a choice may hold several words, `(niet|nog nooit) (naar de)? tandarts`,
    `(al |weer )*` may come any number of times, and `komt?` is a word with or without its last letter (`een? de? het? al? er?` stay optional words).

    Raises ValueError where the pattern is not well formed, naming it.
    """
    out, glue, depth, tokens = "", "", 0, [""]
    for c in pattern:
        depth += (c == "(") - (c == ")")
        if c == " " and depth == 0:
            tokens.append("")
        else:
            tokens[-1] += c
    for token in tokens:
        if token == "..":
            out, glue = out + _GAP, r"\W+"
        elif token.endswith("?") and ((token.startswith("(") and token.rfind("(", 0, token.find(")")) == 0) or token in _OPTIONAL):
            out, glue = out + glue + f"(?:{_token(token[:-1])}\\W+)?", ""
        else:
            out, glue = out + glue + _token(token), r"\W+"
    try:
        if depth or glue == "" or ".." in (tokens[0], tokens[-1]):
            raise ValueError(f"pattern {pattern!r}: unbalanced, or begins or ends with an optional part")
        return re.compile(rf"(?<!\w){out}(?!\w)")
    except re.error as error:
        raise ValueError(f"pattern {pattern!r}: {error}") from error


def expand(pattern: str, groups: Mapping[str, str]) -> str:
    """Replace `@name` by the words of that group."""

    def words(match: re.Match[str]) -> str:
        return f"({'|'.join(groups[match.group(1)].split())})"

    return re.sub(r"@(\w+)", words, pattern)


def split_patterns(block: str | None) -> list[str]:
    """The patterns of one block of the lexicon: separated by `;` or a new line."""
    return [" ".join(part.split()) for part in re.split(r"[;\n]", block or "") if part.strip()]


@lru_cache(maxsize=4)
def load_lexicon(path: Path = LEXICON) -> tuple[_Pattern, ...]:
    """The lexicon, compiled. Raises ValueError for a pattern that is not well formed."""
    data = yaml.safe_load(path.read_text("utf8"))
    groups = data.get(GROUPS, {})
    kinds = {"patronen": "affirmed", "zwak": "weak", "onderwerp": "topic", "ontkend": "denied", "schijn": "lookalike"}
    out = []
    for sign, entry in data.items():
        if sign == GROUPS:
            continue
        unknown = set(entry) - {*kinds, LACK}
        if unknown:
            raise ValueError(f"signalen.yml: {sign}: unknown key {sorted(unknown)}")
        for key, kind in kinds.items():
            for pattern in split_patterns(entry.get(key)):
                full = expand(pattern, groups)
                negative = bool(_NEGATIVE & set(re.findall(r"\w+", full)))
                lacks = bool(entry.get(LACK)) and kind == "affirmed" and negative
                turns = bool(entry.get(LACK)) and kind == "denied" and not negative
                out.append(_Pattern(sign, kind, (rule := compile_rule(full)), _required(sre_parse.parse(rule.pattern)), lacks, turns))
    return tuple(out)


def lexicon_ids(path: Path = LEXICON) -> list[str]:
    """The ids of the signs in the lexicon, in its order."""
    return [key for key in yaml.safe_load(path.read_text("utf8")) if key != GROUPS]


class _Index:
    """Which patterns can match a text at all: by the pieces of text that each of them needs, found in one pass over the text."""

    def __init__(self, lexicon: Sequence[_Pattern]) -> None:
        self.lexicon = lexicon
        self.always = [i for i, p in enumerate(lexicon) if not p.literals]
        pieces: dict[str, set[int]] = {}
        for i, pattern in enumerate(lexicon):
            for piece in pattern.literals:
                pieces.setdefault(piece, set()).add(i)
        self.by_start: dict[str, list[tuple[str, set[int]]]] = {}
        for piece, owners in pieces.items():
            self.by_start.setdefault(piece[:_START], []).append((piece, owners))
        self.lengths = sorted({len(start) for start in self.by_start})

    def candidates(self, text: str) -> list[_Pattern]:
        """The patterns worth trying, in the order of the lexicon."""
        found = set(self.always)
        for at in range(len(text)):
            for length in self.lengths:
                for piece, owners in self.by_start.get(text[at : at + length], ()):
                    if text.startswith(piece, at):
                        found |= owners
        return [self.lexicon[i] for i in sorted(found)]


@lru_cache(maxsize=4)
def index_of(lexicon: tuple[_Pattern, ...]) -> _Index:
    """The index of a lexicon, made once."""
    return _Index(lexicon)


def _lacks(text: str, start: int, end: int) -> bool:
    """Whether what should be there is said not to be: a negative word inside the stretch, or right before it ("niet echt", "nooit zo")."""
    before = re.findall(r"\w+|[^\w\s]", text[:start])[-2:]
    near = before[-1:] if not before or before[-1] not in _BETWEEN else before
    return bool(_NEGATIVE & {*near, *re.findall(r"\w+", text[start:end])})


def mentions(text: str, lexicon: Sequence[_Pattern] | None = None) -> list[Mention]:
    """Every mention that the lexicon finds in normalised text, with denials worked out."""
    denials = Denials(text)
    out: list[Mention] = []
    lookalikes: dict[str, list[tuple[int, int]]] = {}
    found: list[tuple[_Pattern, int, int]] = []
    for pattern in index_of(load_lexicon() if lexicon is None else tuple(lexicon)).candidates(text):
        for match in pattern.regex.finditer(text):
            if _SENTENCE_END.search(match.group()):
                continue
            if pattern.kind == "lookalike":
                lookalikes.setdefault(pattern.id, []).append(match.span())
            else:
                found.append((pattern, *match.span()))
    for pattern, start, end in found:
        if any(a < end and start < b for a, b in lookalikes.get(pattern.id, ())):
            continue
        if pattern.kind == "denied":
            out.append(Mention(pattern.id, "affirmed" if pattern.turns and _lacks(text, start, end) else "denied", start, end))
            continue
        denied = denials.denied(start, end)
        if denied and pattern.kind == "weak":
            continue
        if denied:
            out.append(Mention(pattern.id, "denied", start, end))
        elif pattern.kind == "affirmed" and pattern.id not in _ALWAYS_PAST and aside(text, start, end):
            out.append(Mention(pattern.id, "aside", start, end))
        elif pattern.kind != "topic":
            out.append(Mention(pattern.id, pattern.kind, start, end))
    # "Geen geld voor eten" says that money lacks; the "geld" in it is not denied.
    whole = [(p.id, start, end) for p, start, end in found if p.lacks and Mention(p.id, "affirmed", start, end) in out]
    said = {Mention(p.id, "denied", start, end) for p, start, end in found if p.kind == "denied" and not p.turns}
    out = [m for m in out if m.kind != "denied" or m in said or not any(i == m.id and a <= m.start and m.end <= b for i, a, b in whole)]
    # Words that stand inside a denial of the same sign are not a mention of their own.
    gone = [(m.id, m.start, m.end) for m in out if m.kind == "denied"]
    return [m for m in out if m.kind == "denied" or not any(i == m.id and a < m.end and m.start < b for i, a, b in gone)]


def _log_odds(p: NDArray[np.float64]) -> NDArray[np.float64]:
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return np.log(p / (1 - p))


class _Head:
    """One of the two questions per sign (is it affirmed? is it denied?): a linear classifier per sign, and one that weighs it with the lexicon.

    `lexicon` has shape (messages, signs, 4): mentions that speak for this head, weak ones, mentions that speak against it, and others.
    """

    def __init__(self, c: float, signs: int, surest: float = 0.0) -> None:
        self.c = c
        self.surest = surest
        self.weights: Matrix | None = None
        self.intercepts: Matrix | None = None
        self.trust = np.zeros(signs)
        self.prior = np.zeros(signs)
        self.join: tuple[NDArray[np.float64], float] | None = None
        self.thresholds = np.full(signs, 0.5)

    @property
    def learned(self) -> bool:
        """Whether `fit` was called."""
        return self.weights is not None

    def fit(self, x: csr_matrix, y: NDArray[np.int_], lexicon: NDArray[np.float64], groups: NDArray[np.str_], folds: int) -> None:
        """Learn; the last column of `y` is "any sign at all", which tells general questions from worries."""
        if folds >= 2:
            margins = np.zeros(y.shape)
            for train, test in GroupKFold(folds).split(x, y[:, -1], groups):
                weights, intercepts = self._linear(x[train], y[train])
                margins[test] = x[test] @ weights.T + intercepts
            self._fit_join(margins, lexicon, y[:, :-1])
        self.weights, self.intercepts = self._linear(x, y)

    def _linear(self, x: csr_matrix, y: NDArray[np.int_]) -> tuple[Matrix, Matrix]:
        """One linear classifier per column of `y`; a column without positives gets a constant low score."""
        weights = np.zeros((y.shape[1], x.shape[1]), dtype=np.float32)
        intercepts = np.full(y.shape[1], -2.0, dtype=np.float32)
        x.sort_indices()  # otherwise each thread would sort the same array
        columns = [j for j in range(y.shape[1]) if y[:, j].sum() >= 3]

        def one(j: int) -> LinearSVC:
            return LinearSVC(C=self.c, class_weight="balanced", random_state=0).fit(x, y[:, j])

        models = joblib.Parallel(n_jobs=os.cpu_count(), prefer="threads")(joblib.delayed(one)(j) for j in columns)
        for j, model in zip(columns, models, strict=True):
            weights[j], intercepts[j] = model.coef_[0], model.intercept_[0]
        return weights, intercepts

    def _fit_join(self, margins: NDArray[np.float64], lexicon: NDArray[np.float64], y: NDArray[np.int_]) -> None:
        hits = lexicon[:, :, 0] * (lexicon[:, :, 2] == 0)
        self.trust = _log_odds(((hits * y).sum(axis=0) + 2.5) / (hits.sum(axis=0) + 5))
        self.prior = np.log((y.sum(axis=0) + 1) / len(y))
        target = y.reshape(-1)
        if target.sum() < 3:
            return
        model = LogisticRegression(C=10.0, max_iter=800).fit(self._pairs(margins, lexicon), target)
        self.join = (model.coef_[0], float(model.intercept_[0]))
        p = self._joined(margins, lexicon).reshape(y.shape)
        p[(lexicon[:, :, 2] > 0) & (lexicon[:, :, 0] == 0)] = 0
        self.thresholds = np.maximum(_thresholds(p, y), self.surest)

    def _pairs(self, margins: NDArray[np.float64], lexicon: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the second classifier sees of every (message, sign): rows in the order message, then sign."""
        n, k = margins.shape[0], margins.shape[1] - 1
        own = margins[:, :k]
        anything = np.repeat(margins[:, k:], k, axis=1)
        others = np.repeat((own > -0.3).sum(axis=1)[:, None], k, axis=1)
        strong, weak, against, other = (lexicon[:, :, i] for i in range(4))
        columns = [
            strong * self.trust,
            weak * np.clip(own, -1.5, 1),
            own,
            own - own.max(axis=1, keepdims=True),
            others,
            anything,
            np.repeat(self.prior[None], n, axis=0),
            strong,
            weak,
            against,
            other,
            other * np.clip(own, -1.5, 1),
            strong * np.clip(own, -1.5, 1),
            strong * anything,
            weak * anything,
            strong * against,
        ]
        return np.stack([c.reshape(n * k) for c in columns], axis=1)

    def _joined(self, margins: NDArray[np.float64], lexicon: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.join is None:
            return np.asarray(np.maximum(lexicon[:, :, 0] * 0.8, 1 / (1 + np.exp(-margins[:, :-1])))).reshape(-1)
        weights, intercept = self.join
        return np.asarray(1 / (1 + np.exp(-(self._pairs(margins, lexicon) @ weights + intercept))))

    def probabilities(self, ngrams: csr_matrix, dense: Matrix, lexicon: NDArray[np.float64]) -> NDArray[np.float64]:
        """Per sign how likely this head says yes, for one message: `ngrams` has one row, `lexicon` has shape (signs, 4)."""
        assert self.weights is not None and self.intercepts is not None
        n = ngrams.shape[1]
        margins = self.intercepts + self.weights[:, ngrams.indices] @ ngrams.data + self.weights[:, n : n + len(dense)] @ dense
        return self._joined(margins[None], lexicon[None])

    def state(self) -> dict[str, Any]:
        """What to keep, small."""
        return {**self.__dict__, "weights": None if self.weights is None else self.weights.astype(np.float16)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take back what `state` gave."""
        self.__dict__.update(state)
        if self.weights is not None:
            self.weights = self.weights.astype(np.float32)


def _turned(lexicon: NDArray[np.float64]) -> NDArray[np.float64]:
    """The counts of the lexicon seen from the other side: a denied mention speaks for a denial, a strong one against it."""
    return lexicon[..., [2, 1, 0, 3]]


def _set_aside(lexicon: NDArray[np.float64]) -> NDArray[np.float64]:
    """The counts of the lexicon for what is about another or about then."""
    return lexicon[..., [3, 0, 2, 1]]


class SignReader:
    """Lexicon and classifier joined; see the module. Without `fit` it reads with the lexicon alone."""

    def __init__(self, c: float = 0.3, folds: int = 3, max_features: int = 14000) -> None:
        self.folds = folds
        self.ids = lexicon_ids()
        self.affirms = _Head(c, len(self.ids))
        self.denies = _Head(c, len(self.ids), surest=LEAST_SURE_DENIAL)
        self.sets_aside = _Head(c, len(self.ids))
        self.words = TfidfVectorizer(
            ngram_range=(1, 2), sublinear_tf=True, min_df=2, preprocessor=normalise, max_features=max_features // 2, dtype=np.float32
        )
        self.characters = TfidfVectorizer(
            analyzer="char_wb",
            ngram_range=(2, 5),
            sublinear_tf=True,
            min_df=3,
            preprocessor=normalise,
            max_features=max_features,
            dtype=np.float32,
        )

    # -- features --------------------------------------------------------------------------------------------------

    def _ngrams(self, texts: Sequence[str], fit: bool = False) -> csr_matrix:
        return hstack([(v.fit_transform if fit else v.transform)(texts) for v in (self.words, self.characters)]).tocsr()

    def _dense(self, lexicon: NDArray[np.float64], vectors: Matrix | None) -> Matrix:
        """What the classifier sees beside the n-grams: what the lexicon found of every sign, and the sentence vector."""
        parts = [LEXICON_WEIGHT * lexicon.reshape(len(lexicon), -1)]
        if vectors is not None:
            parts.append(np.asarray(vectors))
        return np.hstack(parts).astype(np.float32)

    def _lexicon_counts(self, text: str) -> NDArray[np.float64]:
        """Per sign whether the lexicon finds strong, weak, denied and aside mentions: shape (signs, 4), each 0 or 1."""
        by_id: dict[str, list[Mention]] = {}
        for m in mentions(normalise(text)):
            by_id.setdefault(m.id, []).append(m)
        return self._counts(by_id)

    def _counts(self, by_id: Mapping[str, Sequence[Mention]]) -> NDArray[np.float64]:
        out = np.zeros((len(self.ids), len(_KINDS)))
        for i, sign in enumerate(self.ids):
            for m in by_id.get(sign, ()):
                out[i, _KINDS.index(m.kind)] = 1
        return out

    # -- learning --------------------------------------------------------------------------------------------------

    def fit(self, examples: Sequence[Example], vectors: Matrix | None = None) -> SignReader:
        """Learn from labelled messages. The second classifiers and the thresholds are fitted on writers that the first ones did not see."""
        texts = [e.text for e in examples]
        lexicon = np.stack([self._lexicon_counts(t) for t in texts])
        x = hstack([self._ngrams(texts, fit=True), csr_matrix(self._dense(lexicon, vectors))]).tocsr()
        groups = np.array([e.file for e in examples])
        if len(set(groups)) < 2:
            groups = np.array([e.writer for e in examples])
        affirmed = np.array([[s in e.signs for s in self.ids] + [bool(e.signs)] for e in examples], dtype=int)
        denied = np.array([[s in e.denied for s in self.ids] + [bool(e.denied)] for e in examples], dtype=int)
        folds = min(self.folds, len(set(groups)))
        self.affirms.fit(x, affirmed, lexicon, groups, folds)
        self.denies.fit(x, denied, _turned(lexicon), groups, folds)
        elsewhere = np.array([[s in dict(e.aside) for s in self.ids] + [bool(e.aside)] for e in examples], dtype=int)
        self.sets_aside.fit(x, elsewhere, _set_aside(lexicon), groups, folds)
        return self

    # -- reading ---------------------------------------------------------------------------------------------------

    def probabilities(self, text: str, vector: Matrix | None = None) -> NDArray[np.float64]:
        """Per sign of `ids` how likely the text affirms it."""
        lexicon = self._lexicon_counts(text)
        return self.affirms.probabilities(*self._row(text, vector, lexicon), lexicon)

    def _row(self, text: str, vector: Matrix | None, lexicon: NDArray[np.float64]) -> tuple[csr_matrix, Matrix]:
        return self._ngrams([text]), self._dense(lexicon[None], None if vector is None else np.asarray(vector)[None])[0]

    def read(self, text: str, vector: Matrix | None = None) -> list[Sign]:
        """The signs of a message, each id once, in the order in which they stand in the text."""
        if not text.strip():
            return []
        by_id: dict[str, list[Mention]] = {}
        for m in mentions(normalise(text)):
            by_id.setdefault(m.id, []).append(m)
        lexicon = self._counts(by_id)
        row = self._row(text, vector, lexicon) if self.affirms.learned else None
        affirmed = self.affirms.probabilities(*row, lexicon) if row else 0.8 * lexicon[:, 0]
        denied = self.denies.probabilities(*row, _turned(lexicon)) if row else 0.8 * lexicon[:, 2]
        elsewhere = self.sets_aside.probabilities(*row, _set_aside(lexicon)) if row else 0.8 * lexicon[:, 3]
        short = len(text.split()) <= FEW_WORDS
        needed = self._short_thresholds(lexicon) if short else self.affirms.thresholds
        out = []
        for i, sign in enumerate(self.ids):
            found = by_id.get(sign, [])
            only_denied = lexicon[i, 2] > 0 and lexicon[i, 0] == 0
            if affirmed[i] >= needed[i] and not only_denied:
                out.append(self._sign(sign, False, text, found, float(affirmed[i])))
            elif denied[i] >= self.denies.thresholds[i] or (only_denied and short):
                out.append(self._sign(sign, True, text, found, float(denied[i])))
            elif lexicon[i, _KINDS.index("aside")] and elsewhere[i] >= self.sets_aside.thresholds[i]:
                where = next(m for m in found if m.kind == "aside")
                reason = aside(normalise(text), where.start, where.end)
                out.append(replace(self._sign(sign, False, text, [where], float(elsewhere[i])), aside=reason))
        return sorted(_specific(out), key=lambda s: (s.start, s.id))

    def _short_thresholds(self, lexicon: NDArray[np.float64]) -> NDArray[np.float64]:
        """The least certainty per sign in a message of a few words; `lexicon` has shape (signs, 4)."""
        strong, weak, against = lexicon[:, 0], lexicon[:, 1], lexicon[:, 2]
        least = np.where((strong > 0) & (against == 0), SEEN_SHARE * self.affirms.thresholds, self.affirms.thresholds)
        return np.asarray(np.where(strong + weak == 0, least + UNSEEN_MORE, least))

    def _sign(self, sign: str, denied: bool, text: str, found: Sequence[Mention], confidence: float) -> Sign:
        own = [m for m in found if m.kind == ("denied" if denied else "affirmed")] or [m for m in found if m.kind in ("weak", "aside")]
        start, end = (own[0].start, own[0].end) if own else self._sentence(sign, text)
        if end > len(text):
            start, end = 0, len(text)
        return Sign(sign, denied, start, end, text[start:end], confidence)

    def _sentence(self, sign: str, text: str) -> tuple[int, int]:
        """The sentence that speaks most for a sign which only the classifier saw."""
        spans = [m.span() for m in _SENTENCE.finditer(text) if m.group().strip()]
        if len(spans) < 2 or self.affirms.weights is None:
            return (0, len(text))
        x = self._ngrams([text[a:b] for a, b in spans])
        scores = x @ self.affirms.weights[self.ids.index(sign), : x.shape[1]]
        start, end = spans[int(np.argmax(scores))]
        while text[start].isspace():
            start += 1
        return start, end

    # -- storing ---------------------------------------------------------------------------------------------------

    def save(self, folder: Path) -> None:
        """Write what was learned to `folder`; the lexicon stays in the source tree."""
        folder.mkdir(parents=True, exist_ok=True)
        state = {name: value for name, value in self.__dict__.items() if name not in _HEADS}
        state |= {name: getattr(self, name).state() for name in _HEADS}
        joblib.dump(state, folder / FILE, compress=3)

    @staticmethod
    def load(folder: Path) -> SignReader:
        """Read a model of this project; never load one from elsewhere. Raises ValueError when the lexicon has other signs by now."""
        state = joblib.load(folder / FILE)
        reader = SignReader()
        if state["ids"] != reader.ids:
            raise ValueError("signs.joblib was trained with another list of signs: train again")
        heads = {name: state.pop(name) for name in _HEADS}
        reader.__dict__.update(state)
        for name, head in heads.items():
            getattr(reader, name).restore(head)
        return reader


def _specific(signs: list[Sign]) -> list[Sign]:
    affirmed = {s.id: s for s in signs if not s.denied and s.aside is None}
    gone = set()
    for general, specifics in _SPECIFIC.items():
        if general in affirmed:
            for specific in specifics:
                other = affirmed.get(specific)
                if other and (specific == "letsel_baby" or (other.start < affirmed[general].end and affirmed[general].start < other.end)):
                    gone.add(general)
    return [s for s in signs if s.denied or s.id not in gone]


def _thresholds(p: NDArray[np.float64], y: NDArray[np.int_]) -> NDArray[np.float64]:
    """Per sign the threshold with the best F1, drawn towards the best threshold for all signs where examples are few."""
    grid = np.arange(0.15, 0.75, 0.025)

    def f1(q: NDArray[np.float64], t: NDArray[np.int_], cut: float) -> float:
        hit = q >= cut
        return float(2 * (hit & (t == 1)).sum() / max(1, hit.sum() + t.sum()))

    overall = max(grid, key=lambda cut: f1(p.reshape(-1), y.reshape(-1), cut))
    out = []
    for j in range(y.shape[1]):
        own = max(grid, key=lambda cut: f1(p[:, j], y[:, j], cut) - 0.05 * abs(cut - overall))
        trust = y[:, j].sum() / (y[:, j].sum() + 40)
        out.append(trust * own + (1 - trust) * overall)
    return np.asarray(out)
