"""The training text is in order, and the check that says so can fail."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from bot.nlu.examples import Example, read_examples
from tools import nlu_check

GOOD = Example("Hij komt al weken zonder brood en zegt dat hij geen honger heeft", "zorg_delen", "w1-1", signs=("honger",))


def test_the_training_text_of_the_project_is_in_order() -> None:
    assert nlu_check.problems(read_examples(), nlu_check.evaluation_texts()) == []


def one(example: Example) -> list[str]:
    return nlu_check.labels([example], ["honger", "letsel"], ["veilig_thuis"], ["zorg_delen", "acuut_gevaar"])


def test_labels_that_do_not_exist_or_contradict_are_named() -> None:
    assert one(GOOD) == []
    assert "intent" in one(replace(GOOD, intent="verzonnen"))[0]
    assert "sign verzonnen" in one(replace(GOOD, denied=("verzonnen",)))[0]
    assert "organisation" in one(replace(GOOD, organisations=("verzonnen",)))[0]
    assert "both affirmed and denied" in one(replace(GOOD, denied=("honger",)))[0]
    assert "no reason" in one(replace(GOOD, signs=(), aside=(("honger", "zomaar"),)))[0]
    assert "leeftijd" in one(replace(GOOD, age="9"))[0]
    assert "without gevaar" in one(replace(GOOD, intent="acuut_gevaar"))[0]


def test_copies_are_found_whatever_their_capitals_and_signs() -> None:
    assert "the same message" in nlu_check.copies([GOOD, replace(GOOD, text=GOOD.text.upper() + "!!", writer="w2-1")])[0]
    near = replace(GOOD, text="Hij komt al weken zonder brood en zegt dat hij geen honger heeft hoor", intent="vraag_bewijs")
    assert "alike" in nlu_check.copies([GOOD, near])[0]
    assert nlu_check.copies([GOOD, replace(near, intent="zorg_delen")]) == []
    other = replace(GOOD, text="Moeder ruikt naar drank als ze haar ophaalt en slaapt op de bank", intent="vraag_bewijs")
    assert nlu_check.copies([GOOD, other]) == []


def test_a_text_too_close_to_the_evaluation_is_named(tmp_path: Path) -> None:
    rows = [
        {"id": "X1", "tekst": "hij komt al weken zonder brood en zegt geen honger te hebben"},
        {"id": "X2", "start": "Iets heel anders over een verhuizing naar Leiden"},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(r) for r in rows), encoding="utf8")
    found = nlu_check.leaks([GOOD], nlu_check.evaluation_texts([tmp_path, tmp_path / "none"]))
    assert len(found) == 1
    assert "a.jsonl:X1" in found[0]


def test_too_few_and_too_long_are_named() -> None:
    found = nlu_check.sizes([replace(GOOD, text="woord " * 121)])
    assert any("121 words" in line for line in found)
    assert any("zorg_delen: 1 messages" in line for line in found)
    assert any("writers" in line for line in found)
