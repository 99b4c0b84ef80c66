"""`python -m tools.proxy_pages`: the pages that the proxy shows when no worker answers, from the words of `content/teksten.yml`.

They need nothing of the app: one file each, with the numbers to call first. `--check` tells whether they are up to date and writes nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from bot.content import load_content

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "deploy" / "nginx" / "paginas"
TEMPLATES = Path(__file__).parent / "templates"
#: a page for each key of the texts: no worker answers, too many requests, too large a request
KEYS = ("storing", "te_snel", "te_lang")


def pages() -> Mapping[str, str]:
    """File name -> HTML."""
    content = load_content()
    env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    template = env.get_template("proxy_page.html")
    return {f"{key}.html": template.render(say=content.say, message=content.say(key)) for key in KEYS}


def main(arguments: list[str] | None = None) -> int:
    """Write them, or with `--check` 1 where they are not up to date."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    stale = [name for name, made in pages().items() if not (FOLDER / name).exists() or (FOLDER / name).read_text(encoding="utf8") != made]
    if options.check:
        if stale:
            print(f"Not up to date: {', '.join(stale)}. Run: python -m tools.proxy_pages", file=sys.stderr)
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, made in pages().items():
        (FOLDER / name).write_text(made, encoding="utf8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
