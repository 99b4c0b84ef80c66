"""A worker for the soak of `make load`: `python -m bot.server` with conversations that expire sooner, as everything there goes quicker.

`python -m tools.load_worker --quicker 6 --port N`. With `--quicker 1` nothing is changed.
"""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from typing import cast

# first, because it sets how many threads numpy gets, before numpy is imported
from bot.server.__main__ import main as serve  # isort: skip
from bot import shelf


def sooner(quicker: float) -> None:
    """Let everything that is kept expire `quicker` times sooner. Before the server reads how long that is."""
    kinds = cast("MutableMapping[str, int]", shelf.KINDS)
    for kind, seconds in kinds.items():
        kinds[kind] = max(1, round(seconds / quicker))


def main() -> None:
    """Serve until stopped."""
    name, quicker, *rest = sys.argv[1:] or [""] * 2
    if name != "--quicker":
        raise SystemExit("usage: python -m tools.load_worker --quicker N [options of bot.server]")
    sooner(float(quicker))
    sys.argv[1:] = rest
    serve()


if __name__ == "__main__":
    main()
