"""Tools that the project uses and does not depend on, in virtual environments of their own under `.cache/` (nothing of them is in uv.lock)."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache"
#: seconds to make an environment
SECONDS = 600


class ApartError(RuntimeError):
    """They can't be had here; says why."""


def environment(name: str, packages: Sequence[str]) -> Path:
    """The folder with the programs of these packages (`name==version`), made where it is not there yet. Raises ApartError."""
    mark = hashlib.sha256("\n".join([sys.version, *packages]).encode()).hexdigest()[:12]
    home = CACHE / f"{name}-{mark}"
    if not (home / ".ready").exists():
        for old in CACHE.glob(f"{name}-*"):
            shutil.rmtree(old, ignore_errors=True)
        print(f"Setting up: {', '.join(packages)} ...", file=sys.__stderr__, flush=True)
        _run([sys.executable, "-m", "venv", str(home)])
        _run(
            [
                str(home / "bin" / "python"),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                *packages,
            ]
        )
        (home / ".ready").touch()
    return home / "bin"


def _run(command: list[str]) -> None:
    quiet = {**os.environ, "PIP_NO_INPUT": "1"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS, stdin=subprocess.DEVNULL, env=quiet)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ApartError(type(error).__name__) from None
    if done.returncode:
        raise ApartError(" ".join((done.stderr or done.stdout).split())[-300:])
