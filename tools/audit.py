"""`python -m tools.audit`: which known flaws do the packages of the image have, and are they all among the accepted risks?

pip-audit asks the vulnerability service of the package index about every package of the bill of materials. What it finds is compared with
docs/beveiliging-afhankelijkheden.md: a code (CVE-..., GHSA-..., PYSEC-...) that stands there was judged. 0: nothing new; 1: something new;
2: it could not be run, which is not the same as nothing found.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.apart import ApartError, environment
from tools.sbom import LOCK, bill

ROOT = Path(__file__).resolve().parents[1]
JUDGED = ROOT / "docs" / "beveiliging-afhankelijkheden.md"
PACKAGES = ("pip-audit==2.10.1",)
SECONDS = 900
CODE = re.compile(r"\b(?:CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3}|PYSEC-\d{4}-\d+)\b")
#: of all packages, to see first whether the service answers at all
FIRST = "rasa"


class NotRun(RuntimeError):
    """The service did not tell; says why."""


@dataclass(frozen=True)
class Flaw:
    """A known flaw of a package. `codes`: all its names; `mended`: versions without it."""

    package: str
    version: str
    codes: frozenset[str]
    mended: tuple[str, ...]


def judged(text: str) -> frozenset[str]:
    """The codes that the list of accepted risks names."""
    return frozenset(CODE.findall(text))


def flaws(answer: Mapping[str, Any]) -> list[Flaw]:
    """What pip-audit found. Raises NotRun where it could not ask about a package: silence is no all-clear."""
    found = []
    for row in answer["dependencies"]:
        if "skip_reason" in row:
            raise NotRun(f"the service knows nothing of {row['name']}: {row['skip_reason']}")
        for flaw in row["vulns"]:
            codes = frozenset([flaw["id"], *flaw.get("aliases", ())])
            found.append(Flaw(row["name"], row["version"], codes, tuple(flaw.get("fix_versions", ()))))
    return found


def ask(folder: Path, packages: list[str]) -> Mapping[str, Any]:
    """The answer of pip-audit about packages (`name==version`). Raises NotRun."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf8") as listed:
        listed.write("\n".join(packages))
        listed.flush()
        command = [str(folder / "pip-audit"), "--disable-pip", "--no-deps", "--progress-spinner=off", "--format=json", "-r", listed.name]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            raise NotRun(f"no answer within {SECONDS} seconds") from None
    try:
        answer: Mapping[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise NotRun(f"pip-audit: {' '.join(done.stderr.split())[-200:]}") from None
    return answer


def main() -> int:
    """Print what was found; see the exit codes above."""
    listed = [f"{part['name']}=={part['version']}" for part in bill(LOCK.read_text(encoding="utf8"))["components"]]
    try:
        folder = environment("audit", PACKAGES)
        flaws(ask(folder, [row for row in listed if row.startswith(f"{FIRST}==")]))
        found = flaws(ask(folder, listed))
    except (ApartError, NotRun) as error:
        print(f"not run: {error}", file=sys.stderr)
        return 2
    accepted = judged(JUDGED.read_text(encoding="utf8"))
    new = [flaw for flaw in found if not flaw.codes & accepted]
    for flaw in sorted(found, key=lambda flaw: (flaw.package, sorted(flaw.codes))):
        state = "NEW" if flaw in new else "accepted"
        print(f"{state:9} {flaw.package}=={flaw.version} {', '.join(sorted(flaw.codes))} (mended in {', '.join(flaw.mended) or 'none'})")
    print(f"{len(found)} known flaws in {len(listed)} packages, {len(new)} of them new.")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
