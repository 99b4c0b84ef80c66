"""`make test`: everything that guards the project, in one order for people and for CI. The first line of a failing step says what to do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable


def step(name: str, command: Sequence[str], advice: str) -> bool:
    """Run one step with its output; says what to do when it fails."""
    print(f"\n== {name}", flush=True)
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, check=False, env={**os.environ, "PYTHONPATH": "."})
    print(f"== {name}: {'ok' if done.returncode == 0 else 'FAILED'} ({time.monotonic() - started:.0f} s)", flush=True)
    if done.returncode:
        print(f"   {advice}", flush=True)
    return done.returncode == 0


def main() -> int:
    """All steps; stops at the first that fails."""
    rasa = [PYTHON, "-m", "rasa"]
    from tools.train import model_path

    steps: list[tuple[str, list[str], str]] = [
        ("style", [PYTHON, "-m", "ruff", "check", "."], "ruff check --fix . mends most of it"),
        ("layout", [PYTHON, "-m", "ruff", "format", "--check", "."], "ruff format ."),
        ("types", [PYTHON, "-m", "mypy"], "see the messages of mypy"),
        ("domain and rules are up to date", [PYTHON, "-m", "tools.make_domain", "--check"], "make domain"),
        ("widget is up to date", [PYTHON, "-m", "tools.widget_check"], "make widget"),
        ("rasa data validate", [*rasa, "data", "validate", "--domain", "domain.yml", "--data", "data"], "mend the data it names"),
        (
            "rasa test on the conversations",
            [*rasa, "test", "core", "--model", str(model_path()), "--stories", "tests/gesprekken", "--fail-on-prediction-errors", "--no-plot", "--out", ".cache/rasa-test"],
            "see .cache/rasa-test/failed_test_stories.yml",
        ),
        ("tests", [PYTHON, "-m", "pytest", "-q", "--durations=8"], "see the messages of pytest"),
        ("widget in a browser", [PYTHON, "-W", "ignore", "-m", "tests.browser.run"], "make browser-test FILES=... runs one file again"),
    ]  # fmt: skip
    return 0 if all(step(*row) for row in steps) else 1


if __name__ == "__main__":
    sys.exit(main())
