"""`make nl-model`: try to install spaCy's `nl_core_news_sm`, which is a release on a code host and not on the package index.

Never fails: without it the blank Dutch pipeline with lemmas is used (`bot.nlu.dutch`).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from bot.nlu.dutch import MODEL, installed

ROOT = Path(__file__).resolve().parents[1]
URL = "https://github.com/explosion/spacy-models/releases/download/{name}-{version}/{name}-{version}-py3-none-any.whl"
VERSION = "3.4.0"
TRIED = ROOT / ".cache" / "nl_model_tried"


def main() -> int:
    """Try once; `--again` tries even when it was tried before."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--again", action="store_true")
    options = parser.parse_args()
    if installed():
        print(f"Dutch model: {MODEL} is installed.")
        return 0
    if TRIED.exists() and not options.again:
        return 0
    TRIED.parent.mkdir(exist_ok=True)
    TRIED.touch()
    print(f"Dutch model: trying to fetch {MODEL} (at most {options.seconds} s) ...", flush=True)
    uv = ROOT / ".tools" / "bin" / "uv"
    command = [str(uv), "pip", "install", "--quiet", "--no-deps", "--python", sys.executable, URL.format(name=MODEL, version=VERSION)]
    try:
        done = subprocess.run(command, timeout=options.seconds, capture_output=True, check=False)
        ok = done.returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        ok = False
    print(
        f"Dutch model: {'installed.' if ok else 'not available here; the blank Dutch pipeline with lemmas is used (make nl-model tries again).'}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
