"""`make content`: is everything in `content/` of the right form, sourced, current, linked, complete, and written in plain words.

`python -m tools.content_check [--content FOLDER] [--date YYYY-MM-DD]` prints every problem as `file:line: kind: what is wrong. how to mend it.` and
exits with 1 where something must be mended, with 0 where there are only warnings. `--experts` writes `docs/te-toetsen.md`, with `--check` it only says
whether that is up to date; `--readability` prints the score of every text.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tools.content import cases, coverage, dutch, experts, form, links, phones, sources, style
from tools.content.nodes import Folder
from tools.content.passages import passages
from tools.content.report import Report, words

ROOT = Path(__file__).resolve().parents[1]
CONTENT = ROOT / "content"
EXPERTS = ROOT / "docs" / "te-toetsen.md"


def check(folder: Folder, today: date, root: Path = ROOT) -> Report:
    """Everything that can be said about a content folder. `root`: the project whose code must be served by it."""
    report = Report(folder.root.name + "/")
    if not form.check(folder, report):
        report.partial = True
        return report
    cases.check(folder, report)
    sources.check(folder, report, today)
    links.check(folder, report)
    coverage.check(folder, report, root)
    phones.check(folder, report, root / "bot" / "privacy" / "data" / "openbare_nummers.txt")
    style.check(folder, report, root / "bot")
    return report


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 1 where something must be mended."""
    say = words()["uitkomst"]
    parser = argparse.ArgumentParser(prog="python -m tools.content_check", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--content", type=Path, default=CONTENT, metavar="FOLDER")
    parser.add_argument("--date", default=date.today().isoformat(), metavar="YYYY-MM-DD", help="the day on which ages are measured")
    parser.add_argument("--experts", action="store_true", help="write docs/te-toetsen.md")
    parser.add_argument("--check", action="store_true", help="with --experts: only say whether it is up to date")
    parser.add_argument("--readability", action="store_true", help="print the score of every text")
    given = parser.parse_args(arguments)
    if not given.content.is_dir():
        print(say["geen_map"].format(map=given.content))
        return 1
    try:
        today = date.fromisoformat(given.date)
    except ValueError:
        print(say["datum"].format(datum=given.date))
        return 1
    folder = Folder.read(given.content)
    if given.experts:
        return _experts(folder, given.check)
    if given.readability:
        return _readability(folder)
    return _problems(folder, today)


def _problems(folder: Folder, today: date) -> int:
    report, say = check(folder, today), words()["uitkomst"]
    for problem in report.problems:
        print(problem)
    errors, warnings = len(report.errors), len(report.warnings)
    if errors:
        if report.partial:
            print(say["eerst"])
        print(say["niet_goed"].format(fouten=errors, waarschuwingen=warnings, bestanden=len({p.file for p in report.problems})))
    else:
        print(say["goed"].format(bestanden=len(folder.files), teksten=sum(1 for _ in passages(folder)), waarschuwingen=warnings))
    return 1 if errors else 0


def _experts(folder: Folder, only_check: bool) -> int:
    say, text = words()["uitkomst"], experts.page(folder)
    if only_check:
        stale = not EXPERTS.exists() or EXPERTS.read_text("utf8") != text
        if stale:
            print(say["lijst_oud"])
        return 1 if stale else 0
    EXPERTS.write_text(text, encoding="utf8")
    print(say["lijst_klaar"].format(aantal=sum(1 for _ in experts.statements(folder))))
    return 0


def _readability(folder: Folder) -> int:
    say = words()["uitkomst"]
    print(say["leesbaarheid_kop"])
    rows = sorted(style.scores(folder), key=lambda row: row[0])
    for score, passage in rows:
        file = f"{folder.root.name}/{passage.document.name}"
        print(say["leesbaarheid"].format(score=score, bestand=file, regel=passage.document.line(passage.place), id=passage.id))
    mean = dutch.average([round(score) for score, _ in rows])
    print(say["leesbaarheid_gemiddeld"].format(aantal=len(rows), score=mean))
    return 0


if __name__ == "__main__":
    sys.exit(main())
