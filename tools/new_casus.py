"""`make new-casus NAME=...`: writes a commented template for a case to rehearse, with the next free id.

The file is of the right form at once, so that the check can speak about the case itself: it names every place where something has to be written. Template
and messages are for editors, in their language: see `tools/templates`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from bot.content.load import FOLDER
from tools.new_routekaart import LONGEST, TEMPLATES, OddName, is_id, run, suggestion, write

CASES = FOLDER / "oefeningen"
PLACEHOLDER = "@CASUS@"


def say(key: str, **values: object) -> str:
    """A message for the editor."""
    words: dict[str, str] = yaml.safe_load((TEMPLATES / "casus_meldingen.yml").read_text("utf8"))
    return words[key].format(**values)


def check_name(name: str) -> None:
    """Raises `OddName` for a name that is missing or cannot be that of a file."""
    if not name.strip():
        raise OddName(say("geen_naam"))
    if not is_id(name):
        better = suggestion(name)
        hint = say("beter", naam=better) if better else ""
        raise OddName(say("vreemd", naam=repr(name), langst=LONGEST, beter=hint))


def next_id(folder: Path) -> str:
    """The first id behind all that are taken."""
    taken = [str((yaml.safe_load(path.read_text("utf8")) or {}).get("id", "")) for path in folder.glob("*.yml")]
    return f"C{max((int(key[1:]) for key in taken if key[:1] == 'C' and key[1:].isdigit()), default=0) + 1}"


def create(name: str, folder: Path = CASES) -> Path:
    """Write the template for `name` and return its path. Raises `OddName`, or `FileExistsError` where there is such a case already."""
    check_name(name)
    path, case = folder / f"{name}.yml", next_id(folder)
    return write(path, (TEMPLATES / "casus.yml").read_text("utf8").replace(PLACEHOLDER, case))


def main(arguments: list[str] | None = None) -> int:
    """Write it and say what to do next."""
    return run(" ".join(sys.argv[1:] if arguments is None else arguments), create, say)


if __name__ == "__main__":
    sys.exit(main())
