"""The table of played consultations in docs/huisarts-controle.md, from what consults.mjs counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parents[1] / "docs" / "huisarts-controle.md"
BEGIN, END = "<!-- consulten: begin -->", "<!-- consulten: einde -->"

Played = dict[str, Any]


def given() -> dict[str, Any]:
    """consults.yml: what is played, the pace, and the words of the table."""
    found: dict[str, Any] = yaml.safe_load((HERE / "consults.yml").read_text(encoding="utf8"))
    return found


def prepare(path: Path) -> None:
    """Write what is played as JSON for consults.mjs."""
    path.write_text(json.dumps(given()), encoding="utf8")


def doctor_seconds(played: Played, pace: dict[str, int], letters: bool = True) -> float:
    """Seconds of typing (unless `letters` is false), tapping and reading."""
    typing = played["letters"] * 60 / pace["letters_per_minuut"] if letters else 0.0
    reading: float = played["woorden"] / pace["woorden_per_seconde"]
    return float(typing + played["tikken"] * pace["seconden_per_tik"] + reading)


def table(made: list[Played], all_: dict[str, Any]) -> str:
    """The tables in Markdown. Raises ValueError where a consultation was not played in every way."""
    words, ways, pace = all_["tabel"], all_["manieren"], all_["ritme"]
    rows: dict[int, dict[str, Played]] = {}
    for one in made:
        rows.setdefault(one["nr"], {})[one["manier"]] = one
    if incomplete := [nr for nr in (c["nr"] for c in all_["consulten"]) if set(rows.get(nr, {})) != set(ways)]:
        raise ValueError(f"not played in every way: {incomplete}")
    titles = [way["titel"] for way in ways.values()]
    first, second = [_row([*words["koppen"], *titles, *words["uitkomst"]])], []
    second.append(_row([words["koppen"][0], *titles, *(words["notitie"].format(manier=title) for title in titles)]))
    first.append("|---" * first[0].count(" | ") + "|---|")
    second.append("|---" * second[0].count(" | ") + "|---|")
    for nr, played in sorted(rows.items()):
        each = [played[name] for name in ways]
        result = each[0]["uitkomst"]
        same = all(one["uitkomst"] == result and one["tikken"] == each[0]["tikken"] for one in each)
        seconds = [words["seconden"].format(dokter=round(doctor_seconds(one, pace)), schuiven=one["schuiven"]) for one in each]
        reporting = words["norm"] if result["norm"] else result["melding"].split(". ")[0].rstrip(".")
        contact = result["contact"].split(": ", 1)[-1].rstrip(".")
        first.append(
            _row(
                [
                    nr,
                    each[0]["letters"],
                    each[0]["tikken"],
                    *seconds,
                    contact,
                    result["urgentie"],
                    reporting,
                    words["ja" if same else "nee"],
                ]
            )
        )
        seen = [_shown(one["meteen"], words["letters_kaart"]) for one in each]
        notes = [
            words["seconden"].format(dokter=round(doctor_seconds(one["notitie"], pace, False)), schuiven=one["notitie"]["schuiven"])
            for one in each
        ]
        second.append(_row([nr, *seen, *notes]))
    machine = [one["machine"] for one in made]
    took = words["machine"].format(**{key: f"{pick(machine):.1f}".replace(".", ",") for key, pick in (("van", min), ("tot", max))})
    told = words["uitleg"].format(letters=pace["letters_per_minuut"], tik=pace["seconden_per_tik"], woorden=pace["woorden_per_seconde"])
    return "\n".join([told, "", *first, "", words["tweede"], "", *second, "", took])


def write(path: Path, document: Path = DOCUMENT) -> str:
    """Put the tables between the markers of the document; says so. Raises ValueError without markers."""
    before, begin, rest = document.read_text(encoding="utf8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no markers in {document}")
    made = json.loads(path.read_text(encoding="utf8"))
    document.write_text(f"{before}{BEGIN}\n\n{table(made, given())}\n\n{END}{after}", encoding="utf8")
    return f"{document.name}: {len(made)} consultations"


def _row(cells: list[Any]) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _shown(seen: dict[str, bool | None], letters: dict[str, str]) -> str:
    """What is in view, as letters; what the card does not have is left out."""
    return " ".join(letter if seen[key] else "-" for key, letter in letters.items() if seen[key] is not None)
