"""What rests on professional judgement and waits for an expert: `docs/te-toetsen.md`.

That is every entry with a source that is the facts sheet itself (`F...`: professional knowledge, or derived from confirmed rules), and every
entry marked `controleer_lokaal: true`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tools.content.nodes import Document, Folder, Place
from tools.content.passages import AUDIENCES, NOT_TEXT
from tools.content.report import words
from tools.content.sources import SOURCES, blocks
from tools.content.style import STYLE

#: shown before other variants of the same text
FIRST = "allen"


@dataclass(frozen=True)
class Statement:
    """One entry that waits for a judgement."""

    file: str
    line: int
    id: str
    text: str
    sources: tuple[str, ...]
    judged: bool  # rests on the facts sheet itself
    local: bool  # to be confirmed locally


def statements(folder: Folder) -> Iterator[Statement]:
    """All of them, by file, in the order of the file."""
    for name, document in sorted(folder.files.items()):
        if name in (SOURCES, STYLE):
            continue
        for place, row in blocks(document.data):
            yield from _statement(document, place, row)


def _statement(document: Document, place: Place, row: Mapping[Any, Any]) -> Iterator[Statement]:
    codes = tuple(str(code) for code in row.get("bronnen") or ()) if isinstance(row.get("bronnen"), list) else ()
    judged, local = any(code.startswith("F") for code in codes), row.get("controleer_lokaal") is True
    if not (judged or local):
        return
    # sources for a whole file stand for every text in it
    rows = (
        [(place, row)]
        if place
        else [((key, inner), text) for key, group in row.items() if isinstance(group, Mapping) for inner, text in group.items()]
    )
    for where, entry in rows:
        text, audiences = " · ".join(_lines(entry)), ", ".join(dict.fromkeys(_others(entry)))
        if text:
            also = words()["toetsen"]["ook"].format(voor=audiences) if audiences else ""
            yield Statement(document.name, document.line(where), ".".join(map(str, where)), text + also, codes, judged, local)


def _others(value: Any) -> Iterator[str]:
    """For whom there is another wording."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in AUDIENCES - {FIRST} and isinstance(inner, str):
                yield str(key)
            yield from _others(inner)


def _lines(value: Any) -> Iterator[str]:
    """The text of an entry: of variants only the one for everyone; the others say the same in other words."""
    if isinstance(value, str):
        yield " ".join(value.split())
    elif isinstance(value, list):
        for item in value:
            yield from _lines(item)
    elif isinstance(value, Mapping):
        if isinstance(value.get(FIRST), str):
            yield from _lines(value[FIRST])
        else:
            for key, inner in value.items():
                if key not in NOT_TEXT and key not in ("controleer_lokaal", "soort"):
                    yield from _lines(inner)


def page(folder: Folder) -> str:
    """The text of `docs/te-toetsen.md`."""
    say, rows = words()["toetsen"], list(statements(folder))
    lines = [f"# {say['titel']}", ""]
    counts = {
        "aantal": len(rows), "vak": sum(r.judged for r in rows), "lokaal": sum(r.local for r in rows),
    }  # fmt: skip
    lines += [paragraph.format(**counts) for paragraph in say["inleiding"]]
    for file in dict.fromkeys(row.file for row in rows):
        lines += ["", f"## {file}", "", "| " + " | ".join(say["kolommen"]) + " |", "|" + "---|" * len(say["kolommen"])]
        for row in rows:
            if row.file == file:
                why = say["beide"] if row.judged and row.local else say["vak"] if row.judged else say["lokaal"]
                lines.append(f"| `{row.id or '-'}` | {_cell(row.text)} | {', '.join(row.sources) or '-'} | {why} | |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
