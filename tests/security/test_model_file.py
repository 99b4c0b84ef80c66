"""A model is opened only when it is the one that was trained: it holds pickles, and opening another would run what somebody put in it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.server.model_file import ModelFileError, check, mark_path, verified, write
from tools.train import model_path

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A file as training leaves it, with its hash beside it."""
    path = tmp_path / "routekaart-0123456789abcdef.tar.gz"
    path.write_bytes(b"model" * 1000)
    write(path)
    return path


def test_the_file_that_was_trained_is_opened_as_a_copy_of_this_user(model: Path) -> None:
    with verified(model) as copy:
        assert copy.read_bytes() == model.read_bytes()
        assert copy.name == model.name
        assert copy != model
        assert copy.parent.stat().st_mode & 0o077 == 0
    assert not copy.exists()


def test_the_hash_is_the_one_that_sha256sum_checks(model: Path) -> None:
    assert mark_path(model).read_text("utf8") == f"{hashlib.sha256(model.read_bytes()).hexdigest()}  {model.name}\n"


@pytest.mark.parametrize("damage", [b"", b"model" * 999, b"model" * 999 + b"modeL", b"model" * 1001])
def test_a_file_that_was_changed_cut_or_swapped_is_not_opened(model: Path, damage: bytes) -> None:
    model.write_bytes(damage)
    with pytest.raises(ModelFileError, match="make train"):
        check(model)


@pytest.mark.parametrize("mark", [None, "", "geen hash", "0" * 64, "0" * 63])
def test_without_its_hash_it_is_not_opened(model: Path, mark: str | None) -> None:
    if mark is None:
        mark_path(model).unlink()
    else:
        mark_path(model).write_text(mark, "utf8")
    with pytest.raises(ModelFileError):
        check(model)


def test_a_hash_that_is_kept_elsewhere_counts_more_than_the_file_beside_it(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = hashlib.sha256(model.read_bytes()).hexdigest()
    model.write_bytes(b"een ander model")
    write(model)
    check(model)
    with pytest.raises(ModelFileError):
        check(model, kept)
    monkeypatch.setenv("ROUTEKAART_MODEL_SHA256", kept)
    with pytest.raises(ModelFileError):
        check(model)


@pytest.mark.skipif(os.name != "posix", reason="rights of files")
def test_a_file_that_anybody_can_write_is_not_opened(model: Path) -> None:
    model.chmod(0o666)
    with pytest.raises(ModelFileError, match="chmod o-w"):
        check(model)
    model.chmod(0o644)
    model.parent.chmod(0o777)
    with pytest.raises(ModelFileError, match="chmod o-w"):
        check(model)


def test_what_swaps_the_file_after_the_check_is_too_late(model: Path) -> None:
    with verified(model) as copy:
        model.write_bytes(b"gewisseld")
        assert copy.read_bytes() == b"model" * 1000


def test_the_server_does_not_start_with_a_model_that_was_changed(tmp_path: Path) -> None:
    model = tmp_path / model_path().name
    shutil.copyfile(model_path(), model)
    shutil.copyfile(mark_path(model_path()), mark_path(model))
    with model.open("ab") as file:
        file.write(b"x")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ROUTEKAART_MODEL": str(model), "ROUTEKAART_API_TOKEN": "gerade"}
    command = [sys.executable, "-m", "bot.server", "--port", "0"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode != 0
    assert "SHA-256" in done.stderr
    assert "ROUTEKAART_API_TOKEN: is shorter than" in done.stderr, "a code that can be guessed is warned of"
    assert "gerade" not in done.stderr
    assert "Traceback" not in done.stderr
