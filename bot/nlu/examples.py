"""The training text as plain rows, for measuring and for tests, without importing Rasa.

Every example in `data/nlu/*.yml` is in Rasa's own format; what was labelled beside the intent stands in its `metadata`:
`schrijver` (imagined writer, the group in cross-validation), `signalen`, `ontkend`, `niet_nu` (signs that are mentioned but not about this
child or family now, with why: see `docs/annotatie.md`), `organisaties`, `gevaar`, `leeftijd`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Example:
    """One labelled message."""

    text: str
    intent: str
    writer: str
    signs: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    aside: tuple[tuple[str, str], ...] = ()
    organisations: tuple[str, ...] = ()
    danger: bool = False
    age: str | None = None

    @property
    def file(self) -> str:
        """The author group a writer belongs to: a coarser, harder split than the writer."""
        return self.writer.split("-")[0]


def read_examples(folder: Path = ROOT / "data" / "nlu") -> list[Example]:
    """All examples of a folder, in the order of the files."""
    rows = []
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.load(path.read_text("utf8"), Loader=loader).get("nlu", []):
            for example in block.get("examples", []):
                meta = example.get("metadata", {})
                rows.append(
                    Example(
                        text=example["text"].strip(),
                        intent=block["intent"],
                        writer=str(meta.get("schrijver", "?")),
                        signs=tuple(meta.get("signalen", ())),
                        denied=tuple(meta.get("ontkend", ())),
                        aside=tuple((meta.get("niet_nu") or {}).items()),
                        organisations=tuple(meta.get("organisaties", ())),
                        danger=bool(meta.get("gevaar", False)),
                        age=meta.get("leeftijd"),
                    )
                )
    return rows
