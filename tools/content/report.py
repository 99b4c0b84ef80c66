"""What is wrong, where, and how to mend it. The words are in `meldingen.yml`, in the language of the editors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from tools.content.nodes import Document, Place

WORDS = Path(__file__).with_name("meldingen.yml")


@lru_cache(maxsize=1)
def words() -> Mapping[str, Any]:
    """All words of the check."""
    return yaml.safe_load(WORDS.read_text("utf8"))


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong. `code` is its name in `meldingen.yml`."""

    file: str
    line: int
    code: str
    what: str
    mend: str
    error: bool

    def __str__(self) -> str:
        kind = words()["uitkomst"]["fout" if self.error else "waarschuwing"]
        return f"{self.file}:{self.line}: {kind}: {self.what} {self.mend}"


@dataclass
class Report:
    """Collects problems; the same one at the same line once. `prefix` is put before the name of a file ("content/")."""

    prefix: str = ""
    #: the form of some file is such that the other checks could not be done
    partial: bool = False
    _found: dict[Problem, None] = field(default_factory=dict)

    def add(self, code: str, document: Document, place: Place, **values: object) -> None:
        """A problem at a place."""
        self.at(code, document.name, document.line(place), **values)

    def at(self, code: str, file: str, line: int, **values: object) -> None:
        """A problem at a line."""
        row = words()["meldingen"][code]
        what, mend = row["wat"].format(**values), row["doe"].format(**values)
        self._found[Problem(self.prefix + file, line, code, what, mend, row["soort"] == "fout")] = None

    @property
    def problems(self) -> list[Problem]:
        """Everything found, by file and line."""
        return sorted(self._found)

    @property
    def errors(self) -> list[Problem]:
        """What must be mended."""
        return [p for p in self.problems if p.error]

    @property
    def warnings(self) -> list[Problem]:
        """What may wait."""
        return [p for p in self.problems if not p.error]
