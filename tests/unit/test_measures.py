"""Every measure on an example small enough to count by hand, and on nothing at all."""

from __future__ import annotations

from typing import Any

import pytest

from tools import measures
from tools.measures import Counts, Ratio


def test_a_ratio_of_nothing_has_no_value() -> None:
    assert Ratio(1, 4).value == 0.25
    assert Ratio(0, 4).value == 0.0
    assert Ratio(0, 0).value is None


def test_total_pools_parts_and_wholes() -> None:
    assert measures.total([Ratio(1, 2), Ratio(0, 3)]) == Ratio(1, 5)
    assert measures.total([]) == Ratio(0, 0)


# -- intents ---------------------------------------------------------------------------------------------------------------------

RANKED = [
    (["a", "b"], ["b", "x", "y", "a"]),  # right first
    (["a"], ["x", "y", "a"]),  # right within three
    (["a"], ["x", "y", "z", "a"]),  # only fourth
    (["a"], []),  # nothing read
]


def test_intent_within_counts_any_acceptable_intent() -> None:
    assert measures.intent_within(RANKED, 1) == Ratio(1, 4)
    assert measures.intent_within(RANKED, 3) == Ratio(2, 4)
    assert measures.intent_within([], 3) == Ratio(0, 0)


def test_macro_recall_is_the_mean_over_best_labels() -> None:
    pairs = [(["a", "b"], "b"), (["a"], "a"), (["a"], "c"), (["a"], "c"), (["b"], "c")]
    assert measures.macro_recall(pairs) == pytest.approx((2 / 4 + 0 / 1) / 2)
    assert measures.macro_recall([]) is None


def test_out_of_scope_recall_and_false_rejection() -> None:
    pairs = [
        (["buiten_bereik"], "andere_taal"),  # read as out of scope, whichever of the two
        (["andere_taal", "buiten_bereik"], "nlu_fallback"),  # asking what was meant is no rejection
        (["begroeten"], "buiten_bereik"),  # false rejection
        (["begroeten"], "begroeten"),
        (["begroeten"], "nlu_fallback"),
        (["acuut_gevaar", "andere_taal"], "andere_taal"),  # acceptable, so on neither side
    ]
    found = measures.out_of_scope(pairs)
    assert found.recall == Ratio(1, 2)
    assert found.false_rejection == Ratio(1, 3)
    assert measures.out_of_scope([]) == (Ratio(0, 0), Ratio(0, 0))


# -- signs, organisations, danger ------------------------------------------------------------------------------------------------


def test_set_counts_are_micro_counts() -> None:
    counts = measures.set_counts([({"a", "b"}, {"b", "c", "d"}), (set(), {"e"}), ({"f"}, {"f"})])
    assert counts == Counts(hit=2, predicted=5, expected=3)
    assert counts.precision == Ratio(2, 5)
    assert counts.recall == Ratio(2, 3)
    assert counts.f1 == pytest.approx(2 * 0.4 * (2 / 3) / (0.4 + 2 / 3))


def test_set_counts_of_empty_sets() -> None:
    assert measures.set_counts([]).f1 is None
    nothing = measures.set_counts([(set(), set())])
    assert (nothing.precision.value, nothing.recall.value, nothing.f1) == (None, None, None)
    missed = measures.set_counts([({"a"}, set())])
    assert (missed.precision.value, missed.recall.value, missed.f1) == (None, 0.0, 0.0)
    invented = measures.set_counts([(set(), {"a"})])
    assert (invented.precision.value, invented.recall.value, invented.f1) == (0.0, None, 0.0)


def test_read_as_denied_counts_affirmed_signs_only() -> None:
    rows = [
        ({"a", "b"}, set[str](), {"a"}),
        ({"c"}, {"d"}, {"d"}),
        ({"e"}, {"e"}, {"e"}),  # affirmed of one child, denied of another: left out
    ]
    assert measures.read_as_denied(rows) == Ratio(1, 3)
    assert measures.read_as_denied([]) == Ratio(0, 0)


def test_flag_counts() -> None:
    counts = measures.flag_counts([(True, True), (True, False), (False, True), (False, True), (False, False)])
    assert counts.recall == Ratio(1, 2)
    assert counts.precision == Ratio(1, 3)
    assert measures.flag_counts([]) == Counts(0, 0, 0)


# -- masking ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "stored", "pii", "masked"),
    [
        ("Bo is stil", "[x] is stil", ["Bo"], 1),
        ("Bo is stil", "Bo is stil", ["Bo"], 0),
        ("bo is stil", "BO is stil", ["bo"], 0),  # whatever the case
        ("Bo loopt in het bos", "[x] loopt in het bos", ["Bo"], 1),  # whole words
        ("Daans vader belt", "Daans vader belt", ["Daan"], 0),  # a genitive holds the name
        ("Daans vader belt", "[x] vader belt", ["Daan"], 1),
        ("Bea Smit belt", "[x] Smit belt", ["Bea Smit"], 0),  # half a name is a name too
        ("Bea Smit, de smit", "[x], de smit", ["Bea Smit"], 1),  # the trade stood outside the name
        ("De Boer belt de school", "De [x] belt de school", ["De Boer"], 1),  # a particle identifies nobody
        ("bel 06 1234 5678", "bel [x] 5678", ["06 1234 5678"], 0),
        ("mail a.b@c.nl", "mail [x]", ["a.b@c.nl"], 1),
        ("kijk bij @bo_x", "kijk bij [x]", ["@bo_x"], 1),
        ("Bo en Bea en Bo", "[x] en Bea en Bo", ["Bo", "Bea"], 0),  # once left is left
        ("Rene\u0301 belt", "Ren\u00e9 belt", ["Ren\u00e9"], 0),  # the same letter in two spellings
    ],
)
def test_pii_masked(text: str, stored: str, pii: list[str], masked: int) -> None:
    assert measures.pii_masked(text, stored, pii) == Ratio(masked, len(pii))


def test_pii_masked_of_nothing() -> None:
    assert measures.pii_masked("hallo", "hallo", []) == Ratio(0, 0)
    assert measures.pii_masked("", "", ["Bo"]) == Ratio(1, 1)


@pytest.mark.parametrize(
    ("text", "stored", "pii", "gone", "whole"),
    [
        ("Bo is stil", "[x] is stil", ["Bo"], 0, 2),
        ("Bo is stil", "[x] is [x]", ["Bo"], 1, 2),
        ("Bo is stil", "", ["Bo"], 2, 2),
        ("ja en ja", "ja en [x]", [], 1, 3),  # each occurrence counts
        ("Daans vader", "[x] vader", ["Daan"], 0, 1),
        ("a.b@c.nl van b", "[x] van b", ["b", "a.b@c.nl"], 0, 1),
        ("", "", [], 0, 0),
    ],
)
def test_ordinary_masked(text: str, stored: str, pii: list[str], gone: int, whole: int) -> None:
    assert measures.ordinary_masked(text, stored, pii) == Ratio(gone, whole)


# -- routes ----------------------------------------------------------------------------------------------------------------------

EXPECTED: dict[str, Any] = {
    "contact": ["jgz", "huisarts"],
    "niet_contact": ["politie"],
    "urgentie": ["vandaag"],
    "stap": [1, 2],
    "melding_norm": False,
    "nood": False,
}
CARD: dict[str, Any] = {
    "contact": "jgz",
    "urgentie": "vandaag",
    "stap": 2,
    "melding_norm": False,
    "waarom": "w",
    "bereik": [{"soort": "telefoon", "waarde": "0"}],
    "zeg": "z",
    "noteer": ["n"],
    "bronnen": [{"naam": "b"}],
}


def test_a_right_route_has_no_failed_fields() -> None:
    assert measures.failed_fields(EXPECTED, ["antwoord", None], CARD) == []


@pytest.mark.parametrize(
    ("changed", "failed"),
    [
        ({"contact": "ggz"}, ["contact"]),
        ({"contact": "politie"}, ["contact", "niet_contact"]),
        ({"contact": None}, ["contact"]),
        ({"urgentie": "nu"}, ["urgentie"]),
        ({"stap": 3}, ["stap"]),
        ({"stap": None}, ["stap"]),
        ({"melding_norm": True}, ["melding_norm"]),
        ({"melding_norm": None}, ["melding_norm"]),
        ({"waarom": " ", "bereik": [], "zeg": None, "noteer": [""], "bronnen": [{}]}, ["waarom", "bereik", "zeg", "noteer", "bronnen"]),
    ],
)
def test_failed_fields_of_the_card(changed: dict[str, Any], failed: list[str]) -> None:
    assert measures.failed_fields(EXPECTED, [None], CARD | changed) == failed


def test_no_card_fails_whatever_was_expected() -> None:
    assert measures.failed_fields(EXPECTED, ["vraag"], None) == ["routekaart"]
    assert measures.failed_fields({}, [], None) == ["routekaart"]


def test_an_empty_step_list_wants_no_step() -> None:
    assert measures.failed_fields(EXPECTED | {"stap": []}, [None], CARD) == ["stap"]
    assert measures.failed_fields(EXPECTED | {"stap": []}, [None], CARD | {"stap": None}) == []


@pytest.mark.parametrize("norm", [True, False, None])
def test_null_accepts_either_norm(norm: bool | None) -> None:
    assert measures.failed_fields(EXPECTED | {"melding_norm": None}, [None], CARD | {"melding_norm": norm}) == []


@pytest.mark.parametrize(
    ("nood", "first_reply", "right"),
    [
        (True, ["nood", "vraag"], True),
        (True, ["antwoord", "nood"], False),  # first of the reply
        (True, [], False),
        (False, ["vraag"], True),
        (False, ["antwoord", "nood"], False),
        (None, ["nood"], True),
        (None, [None], True),
    ],
)
def test_the_emergency_card_in_the_first_reply(nood: bool | None, first_reply: list[str | None], right: bool) -> None:
    assert measures.failed_fields(EXPECTED | {"nood": nood}, first_reply, CARD) == ([] if right else ["nood"])


# -- numbers ---------------------------------------------------------------------------------------------------------------------


def test_mean() -> None:
    assert measures.mean([1, 2, 6]) == 3
    assert measures.mean([]) is None


def test_percentile_is_the_nearest_rank() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert measures.percentile(values, 50) == 3.0
    assert measures.percentile(values, 95) == 5.0
    assert measures.percentile([float(value) for value in range(1, 101)], 95) == 95.0
    assert measures.percentile([7.0], 50) == 7.0
    assert measures.percentile([], 50) is None
