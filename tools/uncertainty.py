"""How sure a figure is, and how honest a confidence: pure functions over plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from tools.measures import Ratio

Z = 1.959964  # 95%, two-sided


def wilson(ratio: Ratio, z: float = Z) -> tuple[float, float]:
    """The Wilson interval of a share; from 0 to 1 where nothing was counted."""
    k, n = ratio
    if not n:
        return 0.0, 1.0
    p = k / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Bin:
    """Messages of about the same confidence: the mean confidence, and how many were read right."""

    confidence: float
    right: Ratio


def reliability(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> list[Bin]:
    """Messages in bins of equal width; empty bins are left out."""
    sure, hit = np.asarray(confidences, dtype=float), np.asarray(right, dtype=bool)
    place = np.minimum((sure * bins).astype(int), bins - 1)
    found = []
    for i in range(bins):
        rows = place == i
        if rows.any():
            found.append(Bin(float(sure[rows].mean()), Ratio(int(hit[rows].sum()), int(rows.sum()))))
    return found


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """Expected calibration error: the mean distance between confidence and share right, weighed by messages. None of nothing."""
    count = sum(b.right.whole for b in bins)
    return sum(abs(b.confidence * b.right.whole - b.right.part) for b in bins) / count if count else None


def paired_interval(first: Sequence[float], second: Sequence[float], groups: Sequence[str], rounds: int = 2000) -> tuple[float, float]:
    """The 95% interval of the mean of `second` minus `first`, the same messages twice, by drawing whole groups of messages again."""
    difference = np.asarray(second, dtype=float) - np.asarray(first, dtype=float)
    names, place = np.unique(np.asarray(groups), return_inverse=True)
    total, count = np.bincount(place, difference), np.bincount(place)
    drawn = np.random.default_rng(1).integers(0, len(names), (rounds, len(names)))
    means = total[drawn].sum(axis=1) / count[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)
