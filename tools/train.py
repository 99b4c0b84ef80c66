"""`make train`: train when something the model is made of changed; a model is named after the content of its sources.

The sources: training text, rules, domain, configuration, the reading code with its lexicons, masking (training text is masked too), the versions
in the lock file, and which Dutch model is installed. Beside it stands the hash of the file as it was made, which the server checks before it opens it.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bot.nlu.dutch import installed
from bot.server import model_file

ROOT = Path(__file__).resolve().parents[1]
MODELS = ROOT / "models"
SOURCES = ("config.yml", "domain.yml", "uv.lock", "data", "bot/nlu", "bot/privacy", "content/organisaties.yml")


def source_files() -> Iterator[Path]:
    """Every file a model depends on, in a fixed order."""
    for name in SOURCES:
        path = ROOT / name
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
        yield from files


def fingerprint() -> str:
    """A short name for the content of all sources."""
    digest = hashlib.sha256(b"nl_core_news_sm" if installed() else b"blank")
    for path in source_files():
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def model_path() -> Path:
    """Where the model of the present sources is, or will be."""
    return MODELS / f"routekaart-{fingerprint()}.tar.gz"


def main() -> int:
    """Train if needed, with progress. Older models of this project are removed."""
    path = model_path()
    if path.exists():
        try:
            model_file.check(path)
        except model_file.ModelFileError as error:
            print(f"Model: {error} It is trained again.", flush=True)
            path.unlink()
        else:
            print("Model: up to date.", flush=True)
            return 0
    print("Model: training (four to five minutes on two cores) ...", flush=True)
    started = time.monotonic()
    from bot.server import logs

    logs.configure("WARNING")
    import rasa

    MODELS.mkdir(exist_ok=True)
    result = rasa.train(
        domain=str(ROOT / "domain.yml"), config=str(ROOT / "config.yml"), training_files=[str(ROOT / "data")], output=str(MODELS), force_training=True,
        fixed_model_name=path.name.removesuffix(".tar.gz"),
    )  # fmt: skip
    if result.code != 0 or not path.exists():
        print(
            "Training failed. Try `make clean` and then `make train`; `rasa data validate` tells what is wrong with the data.",
            file=sys.stderr,
        )
        return 1
    mark = model_file.write(path)
    for old in MODELS.glob("routekaart-*.tar.gz*"):
        if old not in (path, mark):
            old.unlink()
    print(f"Model: trained in {time.monotonic() - started:.0f} s, {path.stat().st_size / 1e6:.1f} MB.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
