"""`python -m tools.widget_words [--check]`: write the words of the chat widget as `widget/src/words.json`, from `content/`.

The build puts them in the bundle, for when there is no connection; `--check` only says whether they are up to date (exit code 1: they are
not).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.content.load import Content
from bot.server.widget_words import widget_words

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "widget" / "src" / "words.json"


def text() -> str:
    """What the file has to hold."""
    return json.dumps(widget_words(Content()), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.widget_words", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say whether the file is up to date")
    given = parser.parse_args(arguments)
    wanted = text()
    if given.check:
        if TARGET.exists() and TARGET.read_text("utf8") == wanted:
            return 0
        print("widget/src/words.json is not what content/ says. Run: make widget")
        return 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(wanted, "utf8")
    print(f"widget/src/words.json: {len(json.loads(wanted))} texts.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
