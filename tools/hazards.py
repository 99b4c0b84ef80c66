"""`python -m tools.hazards [id ...]`: does a test notice when a control of the hazard log is gone?

For each row of `tests/hazards/removals.yml` a control is taken out of a copy of this project (one piece of text replaced by another) and the test
that its line of `docs/gevaren.md` names is run there: it has to pass without the removal and fail with it. A control that can be removed unseen
ends this with 1; so does a removal that breaks the program instead of taking the control out, for that proves nothing.

`--write` puts the outcome in docs/gevaren.md, between its marks, with the table of guide words. Nothing outside the copy is changed otherwise.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.content.load import ContentError, read_yaml
from bot.server.model_file import mark_path

ROOT = Path(__file__).resolve().parents[1]
REMOVALS = ROOT / "tests" / "hazards" / "removals.yml"
LOG = ROOT / "docs" / "gevaren.md"
#: what is not copied: made here, large, or of no use to a test
LEFT_OUT = (".venv", ".git", ".tools", ".cache", ".rasa", ".hypothesis", "models", "node_modules", "__pycache__", ".*_cache", ".test")
#: what is asked of each part of the program: what if this happens? In the words of the log
GUIDE_WORDS = ("geen", "te laat", "te weinig", "te veel", "verkeerd", "van een ander", "daarna", "bewaard")
#: parts of the log that are written by this program
MARKS = {name: (f"<!-- {name}: begin -->", f"<!-- {name}: einde -->") for name in ("woorden", "proef")}
_ROW = re.compile(r"^\| (G\d{2,3}) \| \*([^*]+)\*: (.+) \|$")
_PROOF = re.compile(r"\[([^\]]+)\]\(\.\./((?:widget/)?tests/[\w./-]+)\)")
#: seconds for the tests of one removal
PATIENCE = 600
NOTICED, UNSEEN, BROKEN = "noticed", "UNSEEN", "BROKEN"


class RemovalError(ValueError):
    """A removal that can't be made; says which and why."""


@dataclass(frozen=True)
class Proof:
    """A test as the log names it: of pytest by its function, of a browser or the widget by its title, with the path of its file."""

    name: str
    path: str

    @classmethod
    def all_in(cls, text: str) -> list[Proof]:
        """Every test that a text links to."""
        return [cls(name, path) for name, path in _PROOF.findall(text)]


@dataclass(frozen=True)
class Line:
    """One line of the hazard log. `part`: the heading it stands under; `word`: of `GUIDE_WORDS`; `cells`: what stands in it, without its id."""

    id: str
    part: str
    word: str
    cells: tuple[str, ...]

    @property
    def what(self) -> str:
        """What could happen."""
        return self.cells[0]

    @property
    def proofs(self) -> list[Proof]:
        """The tests that guard the control."""
        return Proof.all_in(self.cells[-1])


@dataclass(frozen=True)
class Removal:
    """One control and how to take it out. `what` is told in the hazard log; `find` stands exactly once in `file`; `test` is a node id of pytest."""

    hazard: str
    what: str
    file: str
    find: str
    instead: str
    test: str


@dataclass(frozen=True)
class Run:
    """What pytest said of one or more tests."""

    passed: int
    failed: int
    errors: int
    output: str

    @property
    def good(self) -> bool:
        """Something ran, and all of it passed."""
        return self.passed > 0 and not self.failed and not self.errors


def lines(log: str) -> list[Line]:
    """The lines of the hazard log, in their order."""
    found, part = [], ""
    for row in log.split("\n"):
        if row.startswith("## "):
            part = row.removeprefix("## ")
        if match := _ROW.match(row):
            found.append(Line(match[1], part, match[2], tuple(cell.strip() for cell in match[3].split(" | "))))
    return found


def matrix(known: Sequence[Line]) -> str:
    """Which guide word found something in which part."""
    rows = ["| | " + " | ".join(GUIDE_WORDS) + " |", "|---" * (len(GUIDE_WORDS) + 1) + "|"]
    for part in dict.fromkeys(line.part for line in known):
        cells = [" ".join(line.id for line in known if (line.part, line.word) == (part, word)) for word in GUIDE_WORDS]
        rows.append(f"| {part.partition(':')[0]} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def removals(path: Path = REMOVALS) -> list[Removal]:
    """All removals of a file. Raises RemovalError where a row is not whole."""
    found = []
    for row in read_yaml(path):
        try:
            found.append(Removal(*(str(row[key]) for key in ("nr", "weg", "bestand", "zoek", "wordt", "toets"))))
        except KeyError as missing:
            raise RemovalError(f"{path.name}: a row without {missing}: {row}") from None
    return found


def taken_out(text: str, removal: Removal) -> str:
    """The text of a file without the control. Raises RemovalError where the piece of text is not there exactly once."""
    times = text.count(removal.find)
    if times != 1:
        raise RemovalError(
            f"{removal.hazard}: {removal.file} holds the text to take out {times} times, not once; mend tests/hazards/removals.yml"
        )
    return text.replace(removal.find, removal.instead)


@contextmanager
def copy_of(root: Path = ROOT) -> Iterator[Path]:
    """A copy of the project in a temporary folder."""
    with TemporaryDirectory(prefix="routekaart-") as folder:
        copy = Path(folder) / "project"
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
        (copy / "models").mkdir()
        _give_model(root, copy)
        yield copy


def _give_model(root: Path, copy: Path) -> None:
    """The trained model under the name that the sources of the copy have now: a removal in them changes the name, not what was learnt."""
    name = _python(copy, "from tools.train import model_path; print(model_path().name)").stdout.strip()
    trained = _python(root, "from tools.train import model_path; print(model_path())").stdout.strip()
    if not name or not Path(trained).exists() or (copy / "models" / name).exists():
        return
    (copy / "models" / name).symlink_to(trained)
    if (mark := mark_path(Path(trained))).exists():
        mark_path(copy / "models" / name).symlink_to(mark)


def _python(folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], cwd=folder, env=_environment(), capture_output=True, text=True, check=False
    )


def _environment() -> dict[str, str]:
    # compiled files are not kept: a file that is replaced within a second would not be compiled again
    return {**os.environ, "PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"}


def run_tests(folder: Path, tests: Sequence[str], first_only: bool = False) -> Run:
    """Run tests in a copy. `first_only`: stop at the first that fails."""
    report = folder / "report.xml"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--no-header",
        "--tb=short",
        f"--junitxml={report}",
        *(["-x"] if first_only else []),
        *tests,
    ]
    try:
        done = subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, text=True, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return Run(0, 0, 1, f"took longer than {PATIENCE} s")
    output = done.stdout + done.stderr
    if not report.exists():
        return Run(0, 0, 1, output)
    suite = next(ET.parse(report).getroot().iter("testsuite"))
    report.unlink()
    total, failed, errors, skipped = (int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped"))
    return Run(total - failed - errors - skipped, failed, errors, output)


def verdict(copy: Path, removal: Removal, root: Path = ROOT) -> tuple[str, Run]:
    """Take one control out, run its test, and put it back. Raises RemovalError where it can't be taken out."""
    file = copy / removal.file
    whole = file.read_text(encoding="utf8")
    file.write_text(taken_out(whole, removal), encoding="utf8")
    try:
        _give_model(root, copy)
        run = run_tests(copy, [removal.test], first_only=True)
    finally:
        file.write_text(whole, encoding="utf8")
    if run.errors:
        return BROKEN, run
    return (NOTICED if run.failed else UNSEEN), run


def prove(wanted: Sequence[Removal], root: Path = ROOT) -> dict[Removal, str]:
    """The verdict on each removal, told as it comes. Raises RemovalError where a test does not pass before anything was taken out."""
    found: dict[Removal, str] = {}
    with copy_of(root) as copy:
        print(f"{len(wanted)} removals; their tests without any removal ...", flush=True)
        before = run_tests(copy, sorted({removal.test for removal in wanted}))
        if not before.good:
            raise RemovalError("these tests do not pass as the program is now, so they prove nothing:\n" + before.output[-3000:])
        for removal in wanted:
            started = time.monotonic()
            found[removal], run = verdict(copy, removal, root)
            print(f"{removal.hazard:<6}{found[removal]:<9}{removal.file}: {removal.test} ({time.monotonic() - started:.0f} s)", flush=True)
            if found[removal] == BROKEN:
                print(run.output[-1500:], flush=True)
    return found


def table(done: Sequence[Removal]) -> str:
    """The outcome as it stands in the hazard log."""
    rows = ["| nr | weggehaald uit een kopie | deze toets faalt dan |", "|---|---|---|"]
    for removal in sorted(done, key=lambda removal: int(removal.hazard.removeprefix("G"))):
        path, _, name = removal.test.partition("::")
        rows.append(f"| {removal.hazard} | {removal.what} (`{removal.file}`) | [{name.partition('[')[0]}](../{path}) |")
    return "\n".join(rows)


def written(log: str, done: Sequence[Removal]) -> str:
    """The hazard log with its own tables between their marks. Raises RemovalError where the marks are missing."""
    for name, made in (("woorden", matrix(lines(log))), ("proef", table(done))):
        begin, end = MARKS[name]
        if log.count(begin) != 1 or log.count(end) != 1:
            raise RemovalError(f"{LOG.name}: the marks {begin} and {end} have to stand there once")
        head, _, rest = log.partition(begin)
        log = head + f"{begin}\n\n{made}\n\n{end}" + rest.partition(end)[2]
    return log


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. 0: every control that was taken out was missed by its test; 1: not; 2: it could not be tried."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.hazards", description="Take controls out of a copy and see whether their tests fail."
    )
    parser.add_argument("ids", nargs="*", help="ids of the hazard log; default: all that have a removal")
    parser.add_argument("--removals", type=Path, default=REMOVALS, help="another file of removals")
    parser.add_argument("--write", action="store_true", help="write the outcome in docs/gevaren.md (all removals only)")
    given = parser.parse_args(arguments)
    try:
        known = removals(given.removals)
        unknown = set(given.ids) - {removal.hazard for removal in known}
        if unknown:
            raise RemovalError(f"no removal for {', '.join(sorted(unknown))}; there are {', '.join(sorted({r.hazard for r in known}))}")
        if given.write and (given.ids or given.removals != REMOVALS):
            raise RemovalError("--write is for all removals together")
        found = prove([removal for removal in known if not given.ids or removal.hazard in given.ids])
    except (RemovalError, ContentError) as error:
        print(error, file=sys.stderr)
        return 2
    unseen = [removal for removal, said in found.items() if said != NOTICED]
    print(f"{len(found) - len(unseen)} of {len(found)} removals were noticed.", flush=True)
    if unseen:
        return 1
    if given.write:
        LOG.write_text(written(LOG.read_text(encoding="utf8"), known), encoding="utf8")
        print(f"Written in {LOG.relative_to(ROOT)}.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
