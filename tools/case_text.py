"""`make casus NAME=...`: a case as text, for who writes it: every moment with its options, then every way through as it is told.

`--ways` leaves the options out; a file that is not of the right form is refused.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError, parse_obj_as

from bot.content.load import Content, ContentError, read_yaml
from bot.content.schema import Case
from bot.dialogue import rehearsing as r
from bot.dialogue.state import State
from bot.rehearsal import play
from bot.rehearsal.cards import RehearsalCards
from tools.new_casus import CASES, say

#: characters of a line between two parts
WIDE = 100


def find(name: str, folder: Path = CASES) -> Path | None:
    """The file of a case, by the name of the file or by its id."""
    for path in sorted(folder.glob("*.yml")):
        if name.lower() in (path.stem, str(read_yaml(path).get("id", "")).lower()):
            return path
    return None


def text(case: play.Case, cards: RehearsalCards, only_ways: bool = False) -> Iterator[str]:
    """The lines. Raises ValueError for a case with a way without an end, KeyError for one that leads to no moment."""
    ways = sorted(play.paths(case))
    if not only_ways:
        yield from _moments(case)
    yield say("wegen", titel=case["titel"], aantal=len(ways))
    for at, way in enumerate(ways, 1):
        yield from ("", "=" * WIDE, f"{say('weg', nummer=at, aantal=len(ways))}: {' '.join(way)}", "=" * WIDE)
        yield from _played(case, way, cards)


def _moments(case: play.Case) -> Iterator[str]:
    for name, row in case["momenten"].items():
        kern = row["kern"]
        yield f"{name}. {row['vraag']}  [{kern['contact']}, {kern['urgentie']}]"
        yield from (f"   {key}. {option['titel']}  [{option['waarde']}, {option['naar']}]" for key, option in row["opties"].items())
    yield ""


def _played(case: play.Case, way: Sequence[str], cards: RehearsalCards) -> Iterator[str]:
    """What somebody reads who chooses so."""
    cases = {case["id"]: case}
    state = r.pressed(r.begin(State()), r.CASE + case["id"], cases)
    for choice in way:
        shown = cards.show(state)[-1]
        yield from ("", shown["text"], f"{say('keuzes')}: {' / '.join(b['title'] for b in shown['buttons'])}", "", f">>> {choice}")
        state = r.pressed(state, play.split(choice)[1], cases)
        yield from ("", cards.show(state)[-1]["text"])
        state = r.pressed(state, r.GO_ON, cases)
    yield from ("", cards.show(state)[-1]["text"])


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 1 where there is no such case, or it can't be played."""
    parser = argparse.ArgumentParser(prog="python -m tools.case_text", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("name", nargs="*")
    parser.add_argument("--ways", action="store_true", help="leave the options of each moment out")
    given = parser.parse_args(arguments)
    try:
        path = find(" ".join(given.name).strip())
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1
    if path is None:
        print(say("geen_casus", casussen=", ".join(sorted(p.stem for p in CASES.glob("*.yml")))), file=sys.stderr)
        return 1
    content = Content()
    try:
        case: Any = read_yaml(path)
        parse_obj_as(Case, case)
        content.cases[case["id"]] = case
        lines = list(text(case, RehearsalCards(content), given.ways))
    except (ContentError, ValidationError, ValueError, KeyError):
        print(say("niet_af"), file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
