"""The ablation on a handful of messages: every classifier reads, the chosen variant is the reader itself, and the page holds the table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from bot.nlu.intent import IntentModel
from tools import ablation, ablation_diet, ablation_models
from tools.ablation import CHOSEN, Results, Row
from tools.ablation_models import LOGISTIC, MEAN, NETWORK, SVM, Reader, Variant, softmax
from tools.prepared import Prepared

from .test_figures import handful


@pytest.fixture(name="rows", scope="module")
def fixture_rows() -> Prepared:
    return handful()


@pytest.mark.parametrize("variant", [Variant("w", SVM), Variant("wltv", LOGISTIC), Variant("v", NETWORK), Variant("wltv", MEAN)])
def test_every_variant_scores_every_intent(rows: Prepared, variant: Variant) -> None:
    reader = Reader(variant, components=3).fit(rows)
    scores = reader.scores(rows)
    assert scores.shape == (len(rows), len(reader.intents))
    assert np.allclose(softmax(scores).sum(axis=1), 1)


def test_the_chosen_variant_is_the_intent_reader(rows: Prepared) -> None:
    model = IntentModel().fit(rows.texts, rows.lemmas, rows.vectors, rows.intents, ["-"] * len(rows))
    reader = Reader(CHOSEN).fit(rows)
    expected = model.probabilities(rows.texts[4], rows.lemmas[4], rows.vectors[4])
    assert reader.intents == model.intents
    assert np.allclose(softmax(reader.scores(rows.take([4])) * model.temperature)[0], expected, atol=1e-3)  # the solver draws lots


def test_a_spacy_vector_is_one_block_more(rows: Prepared) -> None:
    plain, more = Reader(Variant("w", SVM)), Reader(Variant("ws", SVM), extra=lambda _: np.ones(3))
    assert more.features(rows, fit=True).shape[1] == plain.features(rows, fit=True).shape[1] + 3


def test_no_author_group_is_on_both_sides(rows: Prepared) -> None:
    for train, test in ablation.split(rows):
        assert not {rows.examples[i].file for i in train} & {rows.examples[i].file for i in test}


def test_cross_validation_reads_all_messages_and_keeps_a_reader(rows: Prepared) -> None:
    row, reader, hits = ablation.cross_validate(CHOSEN, _with_danger(rows))
    assert (row.first, row.macro, len(hits)) == (1.0, 1.0, len(rows))
    assert row.danger is not None and 0 <= row.error <= 1
    assert reader.variant == CHOSEN


def _with_danger(rows: Prepared) -> Prepared:
    from dataclasses import replace

    return Prepared([replace(e, danger=e.intent == "stoppen") for e in rows.examples], rows.lemmas, rows.vectors)


def test_temperature_sharpens_scores_that_are_right_and_too_modest() -> None:
    scores = np.array([[0.3, 0.0], [0.0, 0.3]] * 5)
    assert ablation.temperature(scores, np.array([0, 1] * 5)) == max(ablation.TEMPERATURES)
    assert ablation.columns_of(["a", "c"], ["a", "b"]).tolist() == [0, -1]
    raw, fitted = ablation.calibration([scores, scores], [np.array([0, 1] * 5)] * 2)
    assert fitted < raw


def test_a_reader_is_weighed_from_the_bare_text(rows: Prepared) -> None:
    cost = ablation_models.weigh(Reader(Variant("w", SVM)).fit(rows), rows.texts)
    assert cost["mb"] > 1 and cost["ms"] >= 0


def _result(**diet: float) -> Results:
    rows = [
        Row("wltv", SVM, 0.7, 0.9, 0.6, 0.5, 0.05, 8.0, 0.9, 3.0, 10.0, 300.0, [0.0, 0.0, 0.0]),
        Row("v", NETWORK, 0.5, 0.7, 0.4, 0.2, 0.1, 2.0, None, 2.0, 1.0, 200.0, [-0.2, -0.25, -0.15]),
    ]
    return Results("2026-01-01", 100, 5, rows, 0.9, 0.2, 2.0, diet=diet)


def test_the_page_has_a_line_for_each_variant_and_says_what_was_not_measured() -> None:
    text = "\n".join(ablation.page(_result()))
    assert "| **woorden + lemma's + lettergroepen + zinsvector** | LinearSVC | 0,700 | 0,900 | 0,600 | - (keuze) |" in text
    assert "| -20,0 (-25,0 tot -15,0) |" in text
    assert "niet gemeten: model niet te krijgen" in text
    assert "DIET is nog niet gemeten" in text


def test_the_page_tells_how_diet_went() -> None:
    late = "\n".join(ablation.page(_result(epochs=30, allowed_s=900)))
    assert "30 epochs waren na 15 minuten niet klaar" in late
    names = (
        "first",
        "three",
        "macro",
        "chosen_first",
        "chosen_three",
        "chosen_macro",
        "train_s",
        "wall_s",
        "ms",
        "model_mb",
        "memory_mb",
        "learned",
        "read",
    )
    done = "\n".join(ablation.page(_result(epochs=30, allowed_s=900, **dict.fromkeys(names, 0.5))))
    assert "| DIET, 30 epochs | 0,500 |" in done


def test_diet_gets_its_texts_in_rasas_own_format() -> None:
    text: Any = yaml.safe_load(
        yaml.safe_dump(ablation_diet.training_text([("hoi: daar", "begroeten"), ("dag", "afscheid"), ("hallo", "begroeten")]))
    )
    assert [block["intent"] for block in text["nlu"]] == ["afscheid", "begroeten"]
    assert text["nlu"][1]["examples"] == [{"text": "hoi: daar\n"}, {"text": "hallo\n"}]
    (diet,) = [part for part in ablation_diet.config(7)["pipeline"] if part["name"] == "DIETClassifier"]
    assert diet["epochs"] == 7


def test_diet_that_takes_too_long_is_ended(rows: Prepared, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asleep = tmp_path / "python"
    asleep.write_text("#!/bin/sh\nsleep 30\n", "utf8")
    asleep.chmod(0o755)
    monkeypatch.setattr(ablation_diet.sys, "executable", str(asleep))
    assert ablation_diet.run(rows, rows, epochs=1, seconds=0) is None
