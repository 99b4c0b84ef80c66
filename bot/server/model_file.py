"""Only a model as it was trained is opened: it holds pickles, and who can change it can run anything as this server.

`make train` writes the SHA-256 of a model beside it, as `sha256sum` does. That notices a file that was cut short, swapped or changed; who can write
both files could still make them fit. Against that the hash can be kept elsewhere and be given (`expected`, `ROUTEKAART_MODEL_SHA256`).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

SUFFIX = ".sha256"
#: where the hash may be given that is to be trusted above the file beside the model
VARIABLE = "ROUTEKAART_MODEL_SHA256"
_HASH = re.compile(r"[0-9a-f]{64}")
_PIECE = 1 << 20


class ModelFileError(RuntimeError):
    """A model that is not to be opened; says why and what to do."""


def mark_path(model: Path) -> Path:
    """Where the hash of a model stands."""
    return model.with_name(model.name + SUFFIX)


def write(model: Path) -> Path:
    """Write the hash of a model that was just trained, and give the path. Raises OSError."""
    with model.open("rb") as file:
        digest = _digest(file)
    path = mark_path(model)
    path.write_text(f"{digest}  {model.name}\n", "utf8")
    return path


def check(model: Path, expected: str | None = None) -> None:
    """Raises ModelFileError where a model is not the one that was trained. `expected`: its hash, where that is known from elsewhere."""
    with verified(model, expected):
        pass


@contextmanager
def verified(model: Path, expected: str | None = None) -> Iterator[Path]:
    """A copy of the model that nobody else can change, checked; open that one and no other. It is gone afterwards.

    `expected`: its hash, else `ROUTEKAART_MODEL_SHA256`, else the file beside it. Raises ModelFileError.
    """
    wanted = _wanted(model, expected or os.environ.get(VARIABLE) or None)
    with tempfile.TemporaryDirectory(prefix="routekaart-") as folder:  # of this user only
        copy = Path(folder) / model.name
        try:
            _only_ours(model)
            with model.open("rb") as source, copy.open("w+b") as target:
                shutil.copyfileobj(source, target, _PIECE)
                target.seek(0)
                found = _digest(target)
        except OSError as error:
            raise ModelFileError(f"The model {model.name} can't be read ({type(error).__name__}). Run: make train") from None
        if not hmac.compare_digest(found, wanted):
            raise ModelFileError(
                f"The model {model.name} is not the one that was trained: its SHA-256 is another. Copy it again from where it was trained, or run: make train"
            )
        yield copy


def _wanted(model: Path, given: str | None) -> str:
    """The hash that a model must have. Raises ModelFileError."""
    if given is None:
        try:
            given = mark_path(model).read_text("utf8")
        except (OSError, UnicodeDecodeError):
            raise ModelFileError(
                f"There is no readable {mark_path(model).name} beside the model. Copy it from where the model was trained, or run: make train"
            ) from None
    words = given.split()
    if not words or not _HASH.fullmatch(words[0].lower()):
        raise ModelFileError(f"The hash of the model {model.name} is not a SHA-256 (64 of the characters 0-9 a-f).")
    return words[0].lower()


def _only_ours(model: Path) -> None:
    """Raises ModelFileError where any user of this machine could swap the model."""
    for path in (model, model.parent):
        mode = path.stat().st_mode
        if mode & stat.S_IWOTH and not (path.is_dir() and mode & stat.S_ISVTX):
            raise ModelFileError(f"Anybody on this machine can write {path.name}. Take that right away: chmod o-w {path.name}")


def _digest(file: BinaryIO) -> str:
    """The SHA-256 of what is left of a file."""
    digest = hashlib.sha256()
    while piece := file.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()
