"""The figures on a handful of messages: what is counted, what is drawn, and what the page says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.nlu.danger import Danger
from bot.nlu.examples import Example
from tools import figures, figures_page
from tools.figures_page import Numbers
from tools.measures import Ratio
from tools.prepared import Matrix, Prepared, prepare
from tools.uncertainty import Bin, calibration_error, paired_interval, reliability, wilson

TEXTS = {"begroeten": "hallo goedemorgen allemaal", "bedanken": "dank je wel hoor", "stoppen": "ik wil nu stoppen met dit"}


class Words:
    """An analyser without lemmas."""

    variant = "none"

    def words(self, text: str) -> list[Any]:
        from bot.nlu.dutch import Word

        return [Word(word, word, 0) for word in text.split()]


def letters(text: str) -> Matrix:
    """A vector that is made in no time."""
    return np.array([text.count(c) / len(text) for c in "aeiou"], dtype=np.float32)


def handful() -> Prepared:
    """Three intents by four writers in three author groups."""
    rows = [Example(f"{text} {i}", intent, f"w{10 if i == 3 else i + 1}-{i}") for i in range(4) for intent, text in TEXTS.items()]
    return prepare(rows, Words(), cache=None, one=letters)


# -- uncertainty -----------------------------------------------------------------------------------------------------------------


def test_wilson_is_what_the_tables_say() -> None:
    assert wilson(Ratio(9, 10)) == pytest.approx((0.596, 0.982), abs=0.001)
    assert wilson(Ratio(0, 10)) == pytest.approx((0.0, 0.278), abs=0.001)
    assert wilson(Ratio(10, 10)) == pytest.approx((0.722, 1.0), abs=0.001)
    assert wilson(Ratio(0, 0)) == (0.0, 1.0)


def test_confidence_that_is_honest_has_no_error() -> None:
    assert reliability([0.55, 0.55, 1.0], [True, False, True]) == [Bin(pytest.approx(0.55), Ratio(1, 2)), Bin(1.0, Ratio(1, 1))]
    assert calibration_error([Bin(0.5, Ratio(1, 2)), Bin(1.0, Ratio(2, 2))]) == 0.0
    assert calibration_error([Bin(0.5, Ratio(2, 2)), Bin(1.0, Ratio(2, 2))]) == pytest.approx(0.25)
    assert calibration_error([]) is None


def test_a_paired_interval_draws_whole_groups() -> None:
    same = [1.0, 0.0, 1.0, 0.0]
    assert paired_interval(same, same, ["a", "a", "b", "b"]) == (0.0, 0.0)
    assert paired_interval([0.0] * 4, [1.0, 1.0, 0.0, 0.0], ["a", "a", "b", "b"]) == (0.0, 1.0)


# -- preparing -------------------------------------------------------------------------------------------------------------------


def test_text_is_masked_and_a_known_text_is_not_encoded_again(tmp_path: Path) -> None:
    calls: list[str] = []

    def one(text: str) -> Matrix:
        calls.append(text)
        return letters(text)

    examples = [Example("bel mij op 06-12345678", "contact_zoeken", "w1-1"), Example("hallo daar", "begroeten", "w1-2")]
    first = prepare(examples, Words(), tmp_path / "vectors.npz", one)
    assert "12345678" not in first.texts[0] and calls == first.texts
    again = prepare([*examples, Example("dag", "afscheid", "w1-1")], Words(), tmp_path / "vectors.npz", one)
    assert calls == [*first.texts, "dag"]
    assert np.array_equal(again.take([0, 1]).vectors, first.vectors)


# -- measuring -------------------------------------------------------------------------------------------------------------------


def test_author_groups_come_one_by_one_in_the_order_of_their_numbers() -> None:
    examples = handful().examples
    assert [examples[i].file for i in figures.order(examples)] == ["w1"] * 3 + ["w2"] * 3 + ["w3"] * 3 + ["w10"] * 3
    shuffled = figures.order(examples, seed=1)
    assert sorted(shuffled) == list(range(12))
    assert len({examples[i].file for i in shuffled[:3]}) == 1


def test_the_intents_of_a_handful_are_read_across_author_groups() -> None:
    rows = handful()
    assert figures.cross_validated(rows, folds=2) == rows.intents
    model = figures.fit_intents(rows)
    names, sure = figures.read_intents(model, rows)
    assert names == rows.intents and all(0 < p <= 1 for p in sure)


class _Reader:
    """Danger by a probability that is written in the text."""

    threshold = np.array([0.5, 0.5])

    def read(self, text: str, vector: Matrix) -> Danger:
        return Danger(float(text) >= self.threshold[1], 0.0, None, "")


def test_the_highest_threshold_is_found_and_the_readers_own_is_put_back() -> None:
    reader: Any = _Reader()
    found = [figures.highest_threshold(reader, text, np.zeros(1)) for text in ("0.305", "0", "1")]
    assert found == [0.3, 0.0, 0.99]
    assert reader.threshold.tolist() == [0.5, 0.5]
    rows = {row[0]: row[1:] for row in figures.tradeoff(found, [True, False, True])}
    assert rows[0.3] == [2, 2, 2] and rows[0.31] == [1, 1, 2]


def test_a_test_set_leaves_routes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"id": "a", "tekst": "dag", "intent": ["afscheid"], "signalen": [], "ontkend": [], "gevaar": False, "organisaties": [], "pii": []}
    (tmp_path / "x.jsonl").write_text(json.dumps(row | {"schrijver": "juf"}) + "\n", "utf8")
    route = {
        "id": "r",
        "feiten": {},
        "start": "x",
        "verwacht": {"contact": [], "niet_contact": [], "urgentie": [], "stap": [], "melding_norm": None, "nood": None},
    }
    (tmp_path / "routes.jsonl").write_text(json.dumps(route) + "\n", "utf8")

    def quick(examples: Sequence[Example]) -> Prepared:
        return prepare(examples, Words(), None, letters)

    monkeypatch.setattr(figures, "prepare", quick)
    found = figures.read_test(tmp_path)
    assert (found.files, found.writers, found.rows.intents) == (["x"], ["juf"], ["afscheid"])


# -- drawing and telling ---------------------------------------------------------------------------------------------------------

NUMBERS = Numbers(
    intents=["a", "b"], confusion=[[6, 4], [1, 9]], test_confusion=[[3, 1], [0, 2]], train=20, test=10, plain_test=4,
    intent_curves=[[[10, 0.5, 0.6], [20, 0.7, 0.8]], [[10, 0.4, 0.5], [20, 0.7, 0.8]]], gain=[0.004, 0.001, 0.007],
    sign_curve=[[10, 0.4], [20, 0.5]], danger_curve=[[10, 0.8], [20, 0.9]], temperature=3.0, bins=[[0.15, 0, 2], [0.9, 7, 8]],
    tradeoff=[[0.1, 9, 12, 10], [0.2, 8, 9, 10]], threshold=0.2, safety=20, seconds=5,
)  # fmt: skip


def test_the_worst_pairs_are_shares_of_a_row() -> None:
    (pair,) = figures_page.worst_pairs(NUMBERS)
    assert (pair.meant, pair.read, pair.count, pair.test) == ("a", "b", Ratio(4, 10), Ratio(1, 4))
    assert figures_page.worst_pairs(NUMBERS, without=["b"]) == []


def test_the_page_gives_danger_with_its_intervals_and_what_more_text_gives() -> None:
    text = "\n".join(figures_page.page(NUMBERS))
    assert "gevoeligheid: 0,800 (8/10; 95%: 0,490 tot 0,943)" in text
    assert "positief voorspellende waarde: 0,889 (8/9;" in text
    assert "500 berichten meer geven nu 0,40 punt" in text
    assert "- 2 van 10 berichten blijven onder 0,2" in text
    assert "| `a` | `b` | 4/10 | 0,40 | 1/4 |" in text


def test_four_figures_are_drawn_the_same_each_time(tmp_path: Path) -> None:
    figures_page.draw(NUMBERS, tmp_path)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(first) == sorted([figures_page.CONFUSION, figures_page.CURVE, figures_page.RELIABILITY, figures_page.DANGER])
    assert all(content.startswith(b"\x89PNG") for content in first.values())
    figures_page.draw(replace(NUMBERS), tmp_path)
    assert first == {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    text = "\n".join(figures_page.page(NUMBERS))
    assert all(f"({name})" in text for name in first)
