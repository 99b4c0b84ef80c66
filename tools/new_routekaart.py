"""`make new-routekaart NAME=...`: writes a commented template for the map of another municipality.

The file loads at once: what is empty comes from the national default. Its name, sources and check dates are left empty, so that the content
check refuses it until somebody has filled it in. Template and messages are for editors, in their language: see `tools/templates`.
"""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import yaml

from bot.content.load import ELSEWHERE, FOLDER

MAPS = FOLDER / "routekaarten"
TEMPLATES = Path(__file__).with_name("templates")
PLACEHOLDER = "@GEMEENTE@"
LONGEST = 40
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


class OddName(ValueError):
    """A name that cannot be the id of a municipality; the message says why and what would do."""


def say(key: str, **values: object) -> str:
    """A message for the editor."""
    words: dict[str, str] = yaml.safe_load((TEMPLATES / "meldingen.yml").read_text("utf8"))
    return words[key].format(**values)


def suggestion(name: str) -> str:
    """The nearest name that is allowed; may be empty. An id is typed in addresses and file names: plain letters only."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).lstrip("-0123456789").strip("-")[:LONGEST].strip("-")


def is_id(name: str) -> bool:
    """Whether a name can be typed in addresses and file names."""
    return bool(_ID.fullmatch(name)) and len(name) <= LONGEST


def check_name(name: str) -> None:
    """Raises `OddName` for a name that is missing, odd or taken by the program itself."""
    if not name.strip():
        raise OddName(say("geen_naam"))
    if not is_id(name):
        better = suggestion(name)
        hint = say("beter", naam=better) if better and better != ELSEWHERE else ""
        raise OddName(say("vreemd", naam=repr(name), langst=LONGEST, beter=hint))
    if name == ELSEWHERE:
        raise OddName(say("bezet", naam=repr(name)))


def write(path: Path, text: str) -> Path:
    """Write a new file and return its path. Raises `FileExistsError` where it is there already."""
    with path.open("x", encoding="utf8") as file:
        file.write(text)
    return path


def run(name: str, create: Callable[[str], Path], say: Callable[..., str]) -> int:
    """Create the file of a name and say what to do next, or why not, in the words of `say`; the exit code."""
    try:
        path = create(name)
    except OddName as error:
        print(error, file=sys.stderr)
        return 1
    except FileExistsError as error:
        print(say("bestaat", pad=os.path.relpath(error.filename)), file=sys.stderr)
        return 1
    print(say("klaar", pad=os.path.relpath(path), naam=name))
    return 0


def create(name: str, folder: Path = MAPS) -> Path:
    """Write the template for `name` and return its path. Raises `OddName`, or `FileExistsError` where there is a map already."""
    check_name(name)
    path = folder / f"{name}.yml"
    return write(path, (TEMPLATES / "routekaart.yml").read_text("utf8").replace(PLACEHOLDER, name))


def main(arguments: list[str] | None = None) -> int:
    """Write it and say what to do next."""
    return run(" ".join(sys.argv[1:] if arguments is None else arguments), create, say)


if __name__ == "__main__":
    sys.exit(main())
