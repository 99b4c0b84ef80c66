"""`python -m tools.sbom`: what the image consists of, as CycloneDX 1.6 in deploy/sbom.cdx.json, read from uv.lock without any network.

The packages that `uv sync --no-dev` installs on Linux on a 64-bit PC, with who needs whom. The file has no date and no random number in it, so it changes
only when uv.lock does. `--check` tells whether it is up to date and writes nothing; `--requirements` prints the packages as name==version.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tomli
from packaging.markers import Marker

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "uv.lock"
FILE = ROOT / "deploy" / "sbom.cdx.json"
PROJECT = "routekaart"
#: where the image runs, as the markers of the lock file ask for it
PLACE: Mapping[str, str] = {
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "os_name": "posix",
    "platform_python_implementation": "CPython",
    "implementation_name": "cpython",
    "python_version": "3.10",
    "python_full_version": "3.10.12",
    "extra": "",
}


class LockError(ValueError):
    """The lock file is not as expected; says what."""


class Lock:
    """uv.lock, for `PLACE`. Raises LockError where a package is missing or there are several of a name that fit."""

    def __init__(self, text: str) -> None:
        self.sha256 = hashlib.sha256(text.encode()).hexdigest()
        self._rows: dict[str, list[dict[str, Any]]] = {}
        for row in tomli.loads(text)["package"]:
            self._rows.setdefault(row["name"], []).append(row)

    def package(self, name: str, version: str | None = None) -> dict[str, Any]:
        """The row of a package."""
        fits = [
            row
            for row in self._rows.get(name, ())
            if (version is None or row["version"] == version) and any(_holds(m) for m in row.get("resolution-markers", ("",)))
        ]
        if len(fits) != 1:
            raise LockError(f"{name}: {len(fits)} packages of this name fit")
        return fits[0]

    def needs(self, row: Mapping[str, Any], extras: Iterable[str]) -> list[tuple[str, str | None, tuple[str, ...]]]:
        """What a package with these extras needs here: name, version where the lock says it, extras."""
        wanted = [*row.get("dependencies", ()), *(d for e in extras for d in row.get("optional-dependencies", {}).get(e, ()))]
        return [(d["name"], d.get("version"), tuple(d.get("extra", ()))) for d in wanted if _holds(d.get("marker", ""))]

    def installed(self) -> tuple[dict[str, str], dict[str, set[str]]]:
        """Name -> version of everything that the project needs, and name -> names it needs itself."""
        versions: dict[str, str] = {}
        edges: dict[str, set[str]] = {}
        done: set[tuple[str, tuple[str, ...]]] = set()
        waiting: list[tuple[str, str | None, tuple[str, ...]]] = [(PROJECT, None, ())]
        while waiting:
            name, version, extras = waiting.pop()
            if (name, extras) in done:
                continue
            done.add((name, extras))
            row = self.package(name, version)
            versions[name] = row["version"]
            needed = self.needs(row, extras)
            edges.setdefault(name, set()).update(below for below, _, _ in needed)
            waiting += needed
        return versions, edges


def _holds(marker: str) -> bool:
    return not marker or Marker(marker).evaluate(dict(PLACE))


def _reference(name: str, version: str) -> str:
    return f"pkg:pypi/{re.sub(r'[-_.]+', '-', name).lower()}@{version}"


def bill(text: str) -> dict[str, Any]:
    """The bill of materials of a lock file."""
    lock = Lock(text)
    versions, edges = lock.installed()
    references = {name: _reference(name, version) for name, version in versions.items()}
    references[PROJECT] = PROJECT
    parts = [
        {"type": "library", "bom-ref": references[name], "name": name, "version": version, "purl": references[name], "scope": "required"}
        for name, version in sorted(versions.items())
        if name != PROJECT
    ]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, lock.sha256)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "bom-ref": PROJECT, "name": PROJECT, "version": versions[PROJECT], "licenses": [{"license": {"id": "EUPL-1.2"}}],
            },
            "properties": [{"name": "routekaart:uv.lock:sha256", "value": lock.sha256}],
        },
        "components": parts,
        "dependencies": [
            {"ref": references[name], "dependsOn": sorted(references[below] for below in edges[name])} for name in sorted(versions)
        ],
    }  # fmt: skip


def written(text: str) -> str:
    """The bill as the file holds it."""
    return json.dumps(bill(text), indent=1, ensure_ascii=False) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Write it; with `--check` 1 where it is not up to date."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--requirements", action="store_true")
    options = parser.parse_args(arguments)
    text = LOCK.read_text(encoding="utf8")
    if options.requirements:
        print("\n".join(f"{part['name']}=={part['version']}" for part in bill(text)["components"]))
        return 0
    if options.check:
        if FILE.exists() and FILE.read_text(encoding="utf8") == written(text):
            return 0
        print(f"{FILE.relative_to(ROOT)} does not belong to this uv.lock. Run: python -m tools.sbom", file=sys.stderr)
        return 1
    FILE.write_text(written(text), encoding="utf8")
    print(f"{FILE.relative_to(ROOT)}: {len(bill(text)['components'])} packages.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
