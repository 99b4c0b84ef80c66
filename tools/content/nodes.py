"""The files of `content/` with a line number for everything in them.

PyYAML forgets where a value stood and lets the last of two equal keys win; the check needs both, so it reads the nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.content.load import bounded

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Place = tuple[Any, ...]


@dataclass(frozen=True)
class Broken:
    """Why a file could not be read, and at which line."""

    reason: str
    line: int


@dataclass(frozen=True)
class Document:
    """One file. `lines`: the line of every key or item, by its place (keys and indexes from the top)."""

    name: str
    path: Path
    data: Any
    source: tuple[str, ...]
    lines: Mapping[Place, int]
    #: (line of the second, key, line of the first)
    doubles: tuple[tuple[int, str, int], ...] = ()
    broken: Broken | None = None

    def line(self, place: Place) -> int:
        """The line of a place, or of what it stands in where it is missing."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def line_of_words(self, place: Place, words: str) -> int:
        """The line where these words begin, in a text that runs over several lines."""
        start = self.line(place)
        later = sorted(line for other, line in self.lines.items() if line > start and other[: len(place)] != place)
        end = later[0] - 1 if later else len(self.source)
        wanted = words.split()[:6]
        for count in range(len(wanted), 0, -1):
            for number in range(start, end + 1):
                if " ".join(wanted[:count]) in " ".join(self.source[number - 1].split()):
                    return number
        return start


@dataclass
class _Walk:
    """Collects lines and double keys below a node."""

    loader: Any
    lines: dict[Place, int] = field(default_factory=dict)
    doubles: list[tuple[int, str, int]] = field(default_factory=list)

    def __call__(self, node: yaml.Node, place: Place) -> None:
        if isinstance(node, yaml.MappingNode):
            seen: dict[Any, int] = {}
            for key_node, value in node.value:
                key = self.loader.construct_object(key_node, deep=True)
                line = key_node.start_mark.line + 1
                if key in seen:
                    self.doubles.append((line, str(key), seen[key]))
                seen.setdefault(key, line)
                here = (*place, key)
                self.lines[here] = line
                self(value, here)
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                here = (*place, index)
                self.lines[here] = item.start_mark.line + 1
                self(item, here)


@dataclass(frozen=True)
class _Parsed:
    """What a text holds, wherever it was read from."""

    data: Any = None
    lines: Mapping[Place, int] = field(default_factory=dict)
    doubles: tuple[tuple[int, str, int], ...] = ()
    broken: Broken | None = None


@lru_cache(maxsize=256)
def _parse(text: str) -> _Parsed:
    try:
        bounded(text)
        loader = Loader(text)
        node = loader.get_single_node()
        if node is None:
            return _Parsed()
        walk = _Walk(loader)
        walk(node, ())
        return _Parsed(loader.construct_document(node), walk.lines, tuple(walk.doubles))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return _Parsed(broken=Broken(error.problem or str(error), mark.line + 1 if mark else 1))
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        # a character YAML does not allow, a date that does not exist, a key that is a list, an alias that holds itself
        return _Parsed(broken=Broken(str(error), 1))


def read(path: Path, name: str) -> Document:
    """Read one file. What can't be read gives a document that says so, never an exception."""
    try:
        text = path.read_text("utf8")
    except (OSError, UnicodeDecodeError) as error:
        return Document(name, path, None, (), {}, broken=Broken(str(error), 1))
    parsed = _parse(text)
    return Document(name, path, parsed.data, tuple(text.splitlines()), parsed.lines, parsed.doubles, parsed.broken)


@dataclass(frozen=True)
class Folder:
    """All files of a content folder, by their name in it ("kaart.yml", "antwoorden/melden.yml")."""

    root: Path
    files: Mapping[str, Document]

    @classmethod
    def read(cls, root: Path) -> Folder:
        """Every YAML file of the folder and of its subfolders."""
        paths = sorted(p for p in root.rglob("*") if p.suffix in (".yml", ".yaml") and p.is_file())
        return cls(root, {p.relative_to(root).as_posix(): read(p, p.relative_to(root).as_posix()) for p in paths})

    def data(self, name: str) -> Mapping[Any, Any]:
        """What a file holds; nothing where it is missing, broken or not a mapping (that is reported elsewhere)."""
        document = self.files.get(name)
        return document.data if document and isinstance(document.data, Mapping) else {}

    def inside(self, folder: str) -> Iterator[Document]:
        """The files of a subfolder that hold a mapping."""
        for name, document in self.files.items():
            if name.startswith(folder + "/") and isinstance(document.data, Mapping):
                yield document

    def entries(self, *names: str) -> Iterator[tuple[Document, Place, Mapping[Any, Any]]]:
        """Every entry that is a mapping, of files or subfolders in which an entry stands under its id: where it stands, and what it holds."""
        for name in names:
            for document in [self.files[name]] if name in self.files else list(self.inside(name)):
                for key, row in (document.data if isinstance(document.data, Mapping) else {}).items():
                    if isinstance(row, Mapping):
                        yield document, (key,), row

    @property
    def answers(self) -> dict[str, Mapping[Any, Any]]:
        """All answers of all files, by id."""
        return {str(place[0]): row for _, place, row in self.entries("antwoorden")}
