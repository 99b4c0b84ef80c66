"""What a message is about: one of the intents, with a ranking.

A linear classifier on word and character n-grams (TF-IDF), lemmas and the sentence vector; its margins are turned into probabilities with one
temperature that is fitted on text of writers the classifier did not see. Small, quick to train, and easy to explain.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import joblib
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from bot.nlu.text import normalise

Matrix = NDArray[np.float64]
FILE = "intent.joblib"
_TEMPERATURES = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)


class IntentModel:
    """Fits on texts with their lemmas and sentence vectors; predicts probabilities per intent."""

    def __init__(self, c: float = 1.0, folds: int = 4) -> None:
        self.c = c
        self.folds = folds
        self.words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, preprocessor=normalise, dtype=np.float32)
        self.lemmas = TfidfVectorizer(sublinear_tf=True, min_df=2, token_pattern=r"\S+", dtype=np.float32)
        self.characters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, min_df=3, preprocessor=normalise, dtype=np.float32
        )
        self.classifier = LinearSVC(C=c, random_state=0)
        self.temperature = 1.0

    @property
    def intents(self) -> list[str]:
        """The intents in the order of the columns of `probabilities`."""
        return list(self.classifier.classes_)

    def _features(self, texts: Sequence[str], lemmas: Sequence[str], vectors: Matrix, fit: bool = False) -> csr_matrix:
        parts = [
            (v.fit_transform if fit else v.transform)(rows)
            for v, rows in ((self.words, texts), (self.lemmas, lemmas), (self.characters, texts))
        ]
        return hstack([*parts, csr_matrix(vectors.astype(np.float32))]).tocsr()

    def fit(
        self, texts: Sequence[str], lemmas: Sequence[str], vectors: Matrix, labels: Sequence[str], writers: Sequence[str]
    ) -> IntentModel:
        """Fit the classifier, and the temperature on held-out writers."""
        features = self._features(texts, lemmas, vectors, fit=True)
        y = np.asarray(labels)
        self.temperature = self._fit_temperature(features, y, np.asarray(writers))
        self.classifier.fit(features, y)
        return self

    def _fit_temperature(self, features: csr_matrix, y: NDArray[np.str_], writers: NDArray[np.str_]) -> float:
        if len(set(writers)) < self.folds:
            return 3.0
        losses = dict.fromkeys(_TEMPERATURES, 0.0)
        for train, test in GroupKFold(self.folds).split(features, y, writers):
            fold = LinearSVC(C=self.c, random_state=0).fit(features[train], y[train])
            known = np.isin(y[test], fold.classes_)
            column = np.searchsorted(fold.classes_, y[test][known])
            margins = fold.decision_function(features[test])[known]
            for t in _TEMPERATURES:
                p = _softmax(margins * t)
                losses[t] -= float(np.log(p[np.arange(len(p)), column] + 1e-9).sum())
        return min(losses, key=lambda t: losses[t])

    def probabilities(self, text: str, lemmas: str, vector: Matrix) -> Matrix:
        """Probability per intent (columns as `intents`) of one message; `vector` has shape (512,)."""
        margins = self.classifier.decision_function(self._features([text], [lemmas], vector.reshape(1, -1)))
        return np.asarray(_softmax(np.atleast_2d(margins) * self.temperature)[0])

    def save(self, folder: Path) -> None:
        """Write the model to `folder`."""
        joblib.dump(self, folder / FILE, compress=3)

    @staticmethod
    def load(folder: Path) -> IntentModel:
        """Read a model of this project; never load one from elsewhere."""
        return joblib.load(folder / FILE)


def _softmax(margins: Matrix) -> Matrix:
    e = np.exp(margins - margins.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))
