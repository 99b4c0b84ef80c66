"""The audit: what it makes of an answer. (Whether the service answers is not for a test: see docs/beveiliging-afhankelijkheden.md.)"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tools import audit
from tools.audit import JUDGED, NotRun, flaws, judged
from tools.sbom import FILE

#: as pip-audit 2.10 writes it
ANSWER = {
    "dependencies": [
        {"name": "een", "version": "1.0", "vulns": []},
        {
            "name": "twee", "version": "2.0",
            "vulns": [{"id": "PYSEC-2099-1", "fix_versions": ["2.1"], "aliases": ["CVE-2099-0001", "GHSA-aaaa-bbbb-cccc"], "description": "x"}],
        },
    ],
    "fixes": [],
}  # fmt: skip


def test_a_flaw_has_all_its_names() -> None:
    (found,) = flaws(ANSWER)
    assert (found.package, found.version, found.mended) == ("twee", "2.0", ("2.1",))
    assert found.codes == {"PYSEC-2099-1", "CVE-2099-0001", "GHSA-aaaa-bbbb-cccc"}


def test_a_package_that_could_not_be_asked_about_is_no_all_clear() -> None:
    with pytest.raises(NotRun, match="drie"):
        flaws({"dependencies": [{"name": "drie", "skip_reason": "Dependency not found on PyPI and could not be audited: drie (1)"}]})


@pytest.mark.parametrize(("accepted", "code"), [("", 1), ("| twee | GHSA-aaaa-bbbb-cccc | omdat |", 0)])
def test_what_is_new_fails_and_what_was_judged_does_not(
    accepted: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "pip-audit"
    program.write_text(f"#!/bin/sh\ncat <<'EOF'\n{json.dumps(ANSWER)}\nEOF\n", encoding="utf8")
    program.chmod(0o755)
    (tmp_path / "risks.md").write_text(accepted, encoding="utf8")
    monkeypatch.setattr(audit, "environment", lambda *_: tmp_path)
    monkeypatch.setattr(audit, "JUDGED", tmp_path / "risks.md")
    assert audit.main() == code
    assert ("NEW" in capsys.readouterr().out) == (code == 1)


def test_a_service_that_does_not_answer_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "pip-audit"
    program.write_text("#!/bin/sh\necho no network >&2\nexit 1\n", encoding="utf8")
    program.chmod(0o755)
    monkeypatch.setattr(audit, "environment", lambda *_: tmp_path)
    assert audit.main() == 2
    assert "not run" in capsys.readouterr().err


def test_the_accepted_risks_are_about_packages_of_the_image() -> None:
    """Each row of the list names a package and the version that the image has: a risk of a version that is gone has to be judged anew."""
    versions = {part["name"]: part["version"] for part in json.loads(FILE.read_text(encoding="utf8"))["components"]}
    text = JUDGED.read_text(encoding="utf8")
    named = [
        found
        for row in text.splitlines()
        if row.startswith("| `")
        for found in re.findall(r"`([a-z0-9-]+) ([0-9][0-9.]*)`", row.split("|")[1])
    ]
    assert len(named) >= 8
    for name, version in named:
        assert versions.get(name) == version, f"{name} {version} is not in the image"
    assert judged(text), "no code stands in the list"
