"""The pictures of docs/schermafdrukken: made small, and written in the index that stands beside them."""

from __future__ import annotations

from pathlib import Path

import yaml
from PIL import Image

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "schermafdrukken"
#: what the index says of each picture: field words, for who looks at them
INDEX = Path(__file__).resolve().parent / "pictures.yml"
COLOURS = 32
#: bytes of all pictures of the widget together
MOST = 2_500_000


def finish(made: Path, folder: Path) -> str:
    """Put the pictures of `made` in `folder`, small, in place of the old ones, and write the index; says how large they are."""
    for old in folder.glob("widget-*.png"):
        old.unlink()
    for path in sorted(made.glob("widget-*.png")):
        with Image.open(path) as picture:
            picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(folder / path.name, optimize=True)
    (folder / "README.md").write_text(index(folder), encoding="utf8")
    size = sum(path.stat().st_size for path in folder.glob("widget-*.png"))
    if size > MOST:
        raise SystemExit(f"{size / 1e6:.1f} MB of pictures; at most {MOST / 1e6:.0f} MB")
    return f"{len(list(folder.glob('widget-*.png')))} pictures, {size / 1e6:.2f} MB"


def index(folder: Path) -> str:
    """The README of the folder. Raises KeyError for a picture that the index does not know."""
    words = yaml.safe_load(INDEX.read_text(encoding="utf8"))
    looks: dict[str, str] = words["looks"]
    found: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("widget-*.png")):
        name, look = path.stem.removeprefix("widget-").rsplit("-", 1)
        found.setdefault(name, {})[look] = path.name
    lines = [words["begin"].strip(), "", f"| | {' | '.join(looks.values())} |", "|---" * (len(looks) + 1) + "|"]
    for name in sorted(found, key=list(words["states"]).index):
        cells = [f"[png]({found[name][look]})" if look in found[name] else "" for look in looks]
        lines.append(f"| {words['states'][name]} | {' | '.join(cells)} |")
    lines += ["", words["others"].strip(), ""]
    lines += [f"- [{title}]({name})" for name, title in words["files"].items() if (folder / name).exists()]
    return "\n".join(lines) + "\n"
