"""The readers that `tools.ablation` compares: parts of the features of `IntentModel`, each with another classifier on top.

As a program it weighs one that was saved, in a process of its own: `python -m tools.ablation_models MODEL TEXTS` prints JSON with the processor
time of a message (`ms`) and the memory of the process (`mb`).
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.decomposition import TruncatedSVD
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC

from bot.nlu import dutch
from bot.nlu.examples import Example
from bot.nlu.intent import IntentModel
from tools.prepared import Matrix, Prepared, encode, lemmas_of

#: what a reader can look at, and the letters that name it
BLOCKS = {"w": "woorden", "l": "lemma's", "t": "lettergroepen", "v": "zinsvector", "s": "spaCy-vector"}
SVM, LOGISTIC, NETWORK, MEAN = "LinearSVC", "LogisticRegression", "netwerk", "LinearSVC + netwerk"
COMPONENTS, HIDDEN, EPOCHS, LOGISTIC_C = 400, 256, 40, 10.0
#: the network learns faster from numbers of about one than from those of a vector of length one
SCALE = 10.0
#: makes probabilities of the margins where they are averaged with those of a network; about what `IntentModel` fits
MEAN_TEMPERATURE = 5.0
_SMALL = 1e-12
WARM = 20


@dataclass(frozen=True)
class Variant:
    """Which blocks a reader looks at, and the classifier on top."""

    blocks: str
    classifier: str

    @property
    def name(self) -> str:
        """In words."""
        return " + ".join(BLOCKS[block] for block in self.blocks)


class Reader:
    """One variant. `extra` is the spaCy vector of a text, for block `s`."""

    def __init__(self, variant: Variant, components: int = COMPONENTS, extra: Callable[[str], Matrix] | None = None) -> None:
        model = IntentModel()
        learners = {"w": model.words, "l": model.lemmas, "t": model.characters}
        self.variant = variant
        self.learners = {block: learners[block] for block in variant.blocks if block in learners}
        self.extra = extra
        self.svm = LinearSVC(C=model.c, random_state=0)
        self.logistic = LogisticRegression(solver="liblinear", dual=True, C=LOGISTIC_C, random_state=0)
        self.svd = TruncatedSVD(components, random_state=1)
        self.network = MLPClassifier((HIDDEN,), alpha=1e-2, max_iter=EPOCHS, random_state=1)

    def features(self, rows: Prepared, fit: bool = False) -> csr_matrix:
        """The blocks of this variant, side by side; the n-grams come first."""
        parts = []
        for block, learner in self.learners.items():
            source: Sequence[str] = rows.lemmas if block == "l" else rows.texts
            parts.append(learner.fit_transform(source) if fit else learner.transform(source))
        parts += [csr_matrix(dense.astype(np.float32)) for dense in self._dense(rows)]
        return hstack(parts).tocsr()

    def _dense(self, rows: Prepared) -> list[Matrix]:
        found = [rows.vectors] if "v" in self.variant.blocks else []
        if "s" in self.variant.blocks:
            assert self.extra is not None
            found.append(np.stack([self.extra(text) for text in rows.texts]))
        return found

    def _for_network(self, x: csr_matrix, fit: bool = False) -> Matrix:
        """The n-grams, drawn together to few columns, beside what is dense already."""
        if not self.learners:
            return np.asarray(x.toarray() * SCALE)
        n = sum(len(learner.vocabulary_) for learner in self.learners.values())
        small = self.svd.fit_transform(x[:, :n]) if fit else self.svd.transform(x[:, :n])
        return np.hstack([small, x[:, n:].toarray()]) * SCALE

    def fit(self, rows: Prepared) -> Reader:
        """Learn the intents."""
        x, y, kind = self.features(rows, fit=True), np.asarray(rows.intents), self.variant.classifier
        if kind in (SVM, MEAN):
            self.svm.fit(x, y)
        if kind == LOGISTIC:
            self.logistic.fit(x, y)
        if kind in (NETWORK, MEAN):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # it stops after `EPOCHS`, on purpose
                self.network.fit(self._for_network(x, fit=True), y)
        return self

    @property
    def intents(self) -> list[str]:
        """The intents in the order of the columns of `scores`."""
        first = {SVM: self.svm, MEAN: self.svm, LOGISTIC: self.logistic, NETWORK: self.network}[self.variant.classifier]
        return [str(name) for name in first.classes_]

    def scores(self, rows: Prepared, x: csr_matrix | None = None) -> Matrix:
        """A score per message and intent, of which a softmax makes probabilities: margins, or logarithms of probabilities."""
        x, kind = self.features(rows) if x is None else x, self.variant.classifier
        if kind == SVM:
            return np.asarray(self.svm.decision_function(x))
        if kind == LOGISTIC:
            return np.log(self.logistic.predict_proba(x) + _SMALL)
        network = self.network.predict_proba(self._for_network(x))
        if kind == NETWORK:
            return np.log(network + _SMALL)
        margins = self.svm.decision_function(x) * MEAN_TEMPERATURE
        return np.log((softmax(margins) + network) / 2 + _SMALL)


def softmax(scores: Matrix) -> Matrix:
    """Probabilities from scores, row by row."""
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


class SpacyVector:
    """The mean of the context vectors that the Dutch spaCy model gives its words; only where that model is installed."""

    def __init__(self) -> None:
        import spacy

        self.nlp = spacy.load(dutch.MODEL, exclude=["parser", "ner"])

    def __call__(self, text: str) -> Matrix:
        return np.asarray(self.nlp(text).tensor.mean(axis=0), dtype=np.float32)


def weigh(reader: Reader, texts: Sequence[str]) -> dict[str, float]:
    """Reads the texts one by one, from the bare text: processor time of a message and the memory of this process."""
    import psutil

    blocks = reader.variant.blocks
    analyser = dutch.analyser() if "l" in blocks else None
    nothing = np.zeros(0, dtype=np.float32)
    begin = 0.0
    for i, text in enumerate(texts):
        if i == min(WARM, len(texts) // 2):
            begin, skipped = time.process_time(), i
        vector = encode(text) if "v" in blocks else nothing
        reader.scores(Prepared([Example(text, "", "")], [lemmas_of(text, analyser) if analyser else ""], vector[None]))
    spent = time.process_time() - begin
    return {"ms": 1000 * spent / max(1, len(texts) - skipped), "mb": psutil.Process().memory_info().rss / 1e6}


def main(arguments: Sequence[str]) -> int:
    """Weigh a saved reader on a file with a JSON list of texts."""
    model, texts = map(Path, arguments)
    # spaCy would import TensorFlow where it finds it; Rasa has it in memory anyway, so it belongs to no variant
    blocked: dict[str, Any] = {"tensorflow": None}
    sys.modules.update(blocked)
    print(json.dumps(weigh(joblib.load(model), json.loads(texts.read_text("utf8")))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
