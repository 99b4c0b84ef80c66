"""The bill of materials belongs to uv.lock, and tells all of it that the image installs."""

from __future__ import annotations

import json

import pytest

from tools import sbom
from tools.sbom import FILE, LOCK, Lock, LockError, bill, written


def test_it_belongs_to_this_lock_file() -> None:
    assert sbom.main(["--check"]) == 0, "python -m tools.sbom"


def test_another_lock_file_makes_another_bill(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    text = LOCK.read_text(encoding="utf8")
    changed = text.replace('name = "sanic"\nversion = "21.12.2"', 'name = "sanic"\nversion = "21.12.3"')
    assert changed != text
    other = tmp_path_factory.mktemp("lock") / "uv.lock"
    other.write_text(changed, encoding="utf8")
    monkeypatch.setattr(sbom, "LOCK", other)
    assert sbom.main(["--check"]) == 1


def test_it_is_the_same_every_time() -> None:
    text = LOCK.read_text(encoding="utf8")
    assert written(text) == written(text)


def test_everything_that_is_needed_is_in_it_once() -> None:
    made = json.loads(FILE.read_text(encoding="utf8"))
    references = [part["bom-ref"] for part in made["components"]]
    assert len(references) == len(set(references)) > 150
    known = {*references, "routekaart"}
    for row in made["dependencies"]:
        assert row["ref"] in known and set(row["dependsOn"]) <= known
    assert {row["ref"] for row in made["dependencies"]} == known
    names = {part["name"] for part in made["components"]}
    assert {"rasa", "sanic", "tensorflow", "redis", "cryptography", "spacy", "scikit-learn"} <= names
    assert not names & {"pytest", "ruff", "mypy", "hypothesis", "tensorflow-macos", "tensorflow-cpu-aws"}, "not of the image"


def test_what_python_has_installed_is_what_it_says() -> None:
    """The packages of this environment, where it is one for the same place, are those of the bill."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        pytest.skip("another place than that of the image")
    for part in bill(LOCK.read_text(encoding="utf8"))["components"]:
        try:
            assert version(part["name"]) == part["version"], part["name"]
        except PackageNotFoundError:
            raise AssertionError(f"{part['name']} is not installed") from None


def test_a_lock_file_that_is_not_whole_is_an_error() -> None:
    with pytest.raises(LockError, match="rasa: 0 packages"):
        Lock('version = 1\n[[package]]\nname = "routekaart"\nversion = "1"\ndependencies = [{ name = "rasa" }]\n').installed()
