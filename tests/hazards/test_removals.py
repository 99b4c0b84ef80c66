"""`python -m tools.hazards` itself: it tells a control that is missed from one that is not, and a removal that proves nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.hazards import NOTICED, ROOT, UNSEEN, main

TEST = "tests/properties/test_afwegingskader.py::test_doubt_in_education_counts_as_yes_and_elsewhere_is_decided_in_the_call"
FILE = "bot/core/afwegingskader.py"
ROW = {"nr": "G20", "weg": "iets", "bestand": FILE, "toets": TEST}
#: takes the control out; changes nothing that matters; breaks the program
CONTROL = {**ROW, "zoek": '_A2_DOUBT_COUNTS_AS_YES: dict[Answer, Norm] = {"ja": True, "weet_niet": True', "wordt": '_A2_DOUBT_COUNTS_AS_YES: dict[Answer, Norm] = {"ja": True, "weet_niet": None'}  # fmt: skip
HARMLESS = {**ROW, "nr": "G21", "zoek": '"""One cell of the table;', "wordt": '"""One place in the table;'}
BROKEN = {
    **ROW,
    "nr": "G22",
    "zoek": "from __future__ import annotations\n",
    "wordt": "from __future__ import annotations\nthis is no Python\n",
}


def run(folder: Path, *rows: dict[str, str], ids: tuple[str, ...] = ()) -> int:
    """The command with these removals."""
    path = folder / "removals.yml"
    path.write_text(json.dumps(rows), encoding="utf8")
    return main(["--removals", str(path), *ids])


def test_what_is_missed_what_is_not_and_what_proves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (ROOT / FILE).read_bytes()
    assert run(tmp_path, CONTROL, HARMLESS, BROKEN) == 1
    said = {line.split()[0]: line.split()[1] for line in capsys.readouterr().out.splitlines() if line.startswith("G2")}
    assert said == {"G20": NOTICED, "G21": UNSEEN, "G22": "BROKEN"}
    assert (ROOT / FILE).read_bytes() == before, "only a copy was changed"


def test_where_every_control_is_missed_it_ends_well(tmp_path: Path) -> None:
    assert run(tmp_path, CONTROL, HARMLESS, ids=("G20",)) == 0


@pytest.mark.parametrize(
    ("rows", "ids", "why"),
    [
        (({**CONTROL, "zoek": "stands nowhere in it"},), (), "0 times"),
        (({**CONTROL, "zoek": "Answer"},), (), "not once"),
        (({key: value for key, value in CONTROL.items() if key != "toets"},), (), "without 'toets'"),
        ((CONTROL,), ("G99",), "no removal for G99"),
        (({**CONTROL, "toets": TEST + "_that_is_not_there"},), (), "do not pass as the program is now"),
    ],
)
def test_what_can_not_be_tried_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: tuple[dict[str, str], ...], ids: tuple[str, ...], why: str
) -> None:
    assert run(tmp_path, *rows, ids=ids) == 2
    assert why in capsys.readouterr().err


def test_a_part_of_the_removals_is_not_written_in_the_log() -> None:
    assert main(["--write", "G20"]) == 2
