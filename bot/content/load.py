"""Reads the YAML of `content/` and gives it out by id, in the words for a role.

A text with variants is a mapping from a role, a sector or `allen` to a string; `say` picks the most specific one. Missing words are an error
with the file and the key in it, never an empty bubble.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.core.situation import SECTOR

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "content"
DEFAULT_MAP = "dordrecht"
#: a municipality without a map of its own: national names and numbers only
ELSEWHERE = "anders"
#: of one file; the largest of this project has 80,000
MOST_CHARACTERS = 2_000_000
#: lists and mappings within each other; content has six
MOST_DEPTH = 40
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ContentError(ValueError):
    """Content that is missing or not well formed; says where."""


def bounded(text: str) -> None:
    """Raises ContentError for YAML that is larger or deeper than content ever is, or that repeats itself by reference.

    A few lines of references stand for gigabytes once they are written out, and a row of brackets overflows the stack of the C reader, which
    ends the process without a word. Looked at as events, which needs neither memory nor stack.
    """
    if len(text) > MOST_CHARACTERS:
        raise ContentError(f"more than {MOST_CHARACTERS} characters in one file")
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise ContentError(f"line {_line(event)}: references (*{event.anchor}) are not used here; write it out")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MOST_DEPTH:
                raise ContentError(f"line {_line(event)}: more than {MOST_DEPTH} levels deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def read_yaml(path: Path) -> Any:
    """One YAML file, safely: no tags that make objects, and within `bounded`. Raises ContentError naming the file."""
    try:
        text = path.read_text("utf8")
        bounded(text)
        return yaml.load(text, Loader=_LOADER) or {}
    except (OSError, ValueError, yaml.YAMLError) as error:  # ValueError: `bounded`, letters that are none, a date that does not exist
        raise ContentError(f"{path.name}: {error}") from error


def pick(entry: Any, rol: str | None, *prefer: str) -> str | None:
    """The variant of a text for a role: the keys of `prefer` first, then the role, its sector, `allen`. A plain string serves everyone."""
    if entry is None or isinstance(entry, str):
        return entry
    for key in (*prefer, rol or "", SECTOR.get(rol or "", ""), "allen"):
        if key and entry.get(key):
            return str(entry[key])
    return None


def _functions(local: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rows of a map; a map that fills in nothing has none."""
    return list((local.get("functies") or {}).values())


def _terms(structures: Mapping[str, Any], glossary: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Structures and glossary as one: id -> `{id, soort, naam, uitleg, woorden, ...}`. `soort`: "structuur" or the part of the glossary."""
    terms = {key: {**row, "id": key, "soort": "structuur", "uitleg": row["kort"]} for key, row in structures.items()}
    for kind, rows in glossary.items():
        for key, row in rows.items():
            terms[key] = {**row, "id": key, "soort": kind, "naam": row.get("naam") or row["voluit"]}
    return terms


class Content:
    """All content of a folder. Mappings are as in the YAML; see `docs/redactie.md` for their fields."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        self.texts: Mapping[str, Any] = self._file("teksten.yml")
        self.questions: Mapping[str, Any] = self._file("vragen.yml")
        self.signs: Mapping[str, Any] = self._file("signalen.yml")
        self.card: Mapping[str, Any] = self._file("kaart.yml")
        self.emergency: Mapping[str, Any] = self._file("nood.yml")
        self.note: Mapping[str, Any] = self._file("notitie.yml")
        self.talks: Mapping[str, Any] = self._file("gesprek.yml")
        self.steps: Mapping[Any, Any] = self._file("stappen.yml")
        self.structures: Mapping[str, Any] = self._file("structuren.yml")
        self.glossary: Mapping[str, Mapping[str, Any]] = self._file("begrippen.yml")
        #: every word of the field that can be asked for: ways of working first, so that their longer text wins
        self.terms = _terms(self.structures, self.glossary)
        #: how a question for a meaning is recognised, and what is offered after an explanation
        self.looking_up: Mapping[str, Any] = self._file("opzoeken.yml")
        self.ladders: Mapping[str, Any] = self._file("ladder.yml")
        self.kindcheck: Mapping[str, Any] = self._file("kindcheck.yml")
        self.sources: Mapping[str, Any] = self._file("bronnen.yml")
        self._organisations: Mapping[str, Any] = self._file("organisaties.yml")
        self.answers: dict[str, Any] = {}
        for path in sorted((folder / "antwoorden").glob("*.yml")):
            self.answers.update(read_yaml(path))
        #: cases to rehearse, by id
        self.cases: dict[str, Any] = {row["id"]: row for row in map(read_yaml, sorted((folder / "oefeningen").glob("*.yml")))}
        self.maps = {path.stem: read_yaml(path) for path in sorted((folder / "routekaarten").glob("*.yml"))}
        self._local = {name: self._merge(local) for name, local in self.maps.items()}
        self._local[ELSEWHERE] = self._merge({})
        #: organisations that a municipality fills in itself; all others are the same everywhere
        self.filled_in = frozenset(row.get("organisatie") for local in self.maps.values() for row in _functions(local))

    def _file(self, name: str) -> Any:
        return read_yaml(self.folder / name)

    def _merge(self, local: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        merged = {key: {"id": key, **value} for key, value in self._organisations.items()}
        done: set[str] = set()
        for row in _functions(local):
            org = row.get("organisatie")
            if not org or org in done:
                continue
            done.add(org)
            base = merged.get(org, {"id": org})
            known = {k: v for k, v in row.items() if v not in (None, [], "") and k not in ("organisatie", "naam_toen", "wanneer")}
            per_role = {**base.get("wanneer_per_rol", {}), **(row.get("wanneer") or {})}
            merged[org] = {**base, **known, "wanneer_per_rol": per_role, "bereik": row.get("bereik") or base.get("bereik") or []}
        return merged

    def municipality(self, gemeente: str | None) -> str:
        """The map to use: that of the municipality, the national one where it has none, the default where nothing is known."""
        if gemeente is None:
            return DEFAULT_MAP
        return gemeente if gemeente in self.maps else ELSEWHERE

    def organisation(self, org: str, gemeente: str | None = None) -> Mapping[str, Any]:
        """An organisation as it is called and reached in a municipality."""
        try:
            return self._local[self.municipality(gemeente)][org]
        except KeyError:
            raise ContentError(f"organisaties.yml: no organisation {org!r}") from None

    def is_organisation(self, term: str) -> bool:
        """Whether a term is the name of the organisation it points to, so that the organisation itself is what is asked for."""
        row = self.terms[term]
        known = self._organisations.get(row.get("organisatie") or "", {})
        return bool(known) and row["naam"].casefold() in str(known["naam"]).casefold()

    def organisation_words(self) -> dict[str, list[str]]:
        """How people write each organisation, to recognise it in text."""
        return {org: [*row.get("woorden", [])] for org, row in self._organisations.items()}

    def say(self, key: str, rol: str | None = None, **values: str) -> str:
        """A small fixed text of `teksten.yml`."""
        text = pick(self.texts.get(key), rol)
        if text is None:
            raise ContentError(f"teksten.yml: no text for {key!r}")
        return text.format(**values) if values else text

    def source_list(self, codes: list[str]) -> list[dict[str, Any]]:
        """Sources by code, as the cards show them: `{naam, datum, url}`, each once."""
        rows = []
        for code in dict.fromkeys(codes):
            if code not in self.sources:
                raise ContentError(f"bronnen.yml: no source {code!r}")
            row = self.sources[code]
            rows.append({"code": code, "naam": row["naam"], "datum": row.get("datum", "onbekend"), "url": row.get("url", "")})
        return rows


@lru_cache(maxsize=1)
def load_content() -> Content:
    """The content of this project, read once a process."""
    return Content()
