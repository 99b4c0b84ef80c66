"""The models of the bench: a stock Rasa project on the same data, trained once for each content, and how long both trainings take.

Both are trained by the same command (`rasa train --force --skip-validation`) in a temporary folder. The stock model is kept under
`.cache/bench` beside its measured train time; of this project only the time is kept there, its model is the one that `make train` made.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from tools.bench_servers import ROOT, environment, run_to_end

CACHE = ROOT / ".cache" / "bench"
EPOCHS = 100
QUICK_EPOCHS = 5
#: seconds that one training may take
TRAIN_SECONDS = 4 * 3600.0
CREDENTIALS = "rest:\n"


@dataclass(frozen=True)
class Training:
    """How long a training took (s), how large its model is (bytes), when that was measured, and whether in this run."""

    seconds: float
    size: int
    measured: str
    earlier: bool = False


def default_config(own: Mapping[str, Any], epochs: int) -> str:
    """The configuration of stock Rasa, as YAML: the default pipeline and policies of `rasa init`, written out.

    `own`: the configuration of this project, for its RulePolicy: the rules expect its fallback.
    """
    rules: dict[str, Any] = next(dict(policy) for policy in own["policies"] if policy["name"] == "RulePolicy")
    config = {
        "recipe": "default.v1",
        "language": "nl",
        "assistant_id": "routekaart_bench_stock",
        "pipeline": [
            {"name": "WhitespaceTokenizer"},
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", "epochs": epochs, "constrain_similarities": True},
            {"name": "EntitySynonymMapper"},
            {"name": "ResponseSelector", "epochs": epochs, "constrain_similarities": True},
            {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
        ],
        "policies": [
            {"name": "MemoizationPolicy"},
            rules,
            {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": epochs},
            {"name": "TEDPolicy", "max_history": 5, "epochs": epochs, "constrain_similarities": True},
        ],
    }
    return yaml.safe_dump(config, sort_keys=False)


def stock_config(epochs: int) -> str:
    """The configuration of stock Rasa for the rules of this project, as YAML."""
    return default_config(yaml.safe_load(own_config()), epochs)


def own_config(root: Path = ROOT) -> str:
    """The configuration of this project."""
    return (root / "config.yml").read_text(encoding="utf8")


def content_hash(root: Path, config: str) -> str:
    """A short name for data, domain, configuration and the versions of Rasa and TensorFlow."""
    digest = hashlib.sha256(f"{version('rasa')} {version('tensorflow')}\0{config}".encode())
    for path in [root / "domain.yml", *sorted(p for p in (root / "data").rglob("*") if p.is_file())]:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@contextmanager
def project(config: str, endpoints: str = "", root: Path = ROOT) -> Iterator[Path]:
    """A temporary Rasa project outside the tree: domain and data of `root`, another configuration, the stock `rest` channel."""
    with TemporaryDirectory(prefix="routekaart-bench-") as name:
        folder = Path(name)
        shutil.copytree(root / "data", folder / "data")
        shutil.copy(root / "domain.yml", folder / "domain.yml")
        for file, text in (("config.yml", config), ("credentials.yml", CREDENTIALS), ("endpoints.yml", endpoints)):
            (folder / file).write_text(text, encoding="utf8")
        yield folder


def train(name: str, config: str, keep: Path | None) -> Training:
    """Train a project with `config`; the model goes to `keep` where given. Raises BenchError."""
    with project(config) as folder:
        command = ["-m", "rasa", "train", "--force", "--skip-validation", "--out", "models", "--fixed-model-name", "bench"]
        seconds = run_to_end(f"training {name}", command, folder, environment(), TRAIN_SECONDS)
        model = folder / "models" / "bench.tar.gz"
        size = model.stat().st_size
        if keep is not None:
            keep.parent.mkdir(parents=True, exist_ok=True)
            part = keep.with_suffix(".part")
            shutil.copy(model, part)
            part.replace(keep)
    return Training(seconds, size, date.today().isoformat())


def stock_model(epochs: int, cache: Path = CACHE) -> tuple[Path, Training]:
    """The trained stock model and its training: the kept one where data, domain and configuration are the same. Raises BenchError."""
    config = stock_config(epochs)
    stem = f"stock-{epochs}-"
    model = cache / f"{stem}{content_hash(ROOT, config)}.tar.gz"
    kept = read_training(model.with_name(model.name + ".json"))
    if kept is not None and model.exists():
        return model, kept
    print(
        f"Bench: training stock Rasa, {epochs} epochs ({'some minutes' if epochs < EPOCHS else 'about an hour on two cores'}) ...",
        flush=True,
    )
    training = train("stock Rasa", config, model)
    write_training(model.with_name(model.name + ".json"), training)
    _forget_others(cache, stem, model.name)
    return model, training


def own_training(measure: bool, cache: Path = CACHE) -> Training | None:
    """How long the training of this project takes, measured once for each content; None where nothing is kept and `measure` is false."""
    from tools.train import fingerprint

    record = cache / f"own-{fingerprint()}.json"
    kept = read_training(record)
    if kept is not None or not measure:
        return kept
    print("Bench: training this project, for its train time ...", flush=True)
    training = train("this project", own_config(), None)
    write_training(record, training)
    _forget_others(cache, "own-", record.name)
    return training


def read_training(record: Path) -> Training | None:
    """A kept training, marked as from an earlier run; None where there is none or it cannot be read."""
    try:
        row = json.loads(record.read_text(encoding="utf8"))
        return Training(float(row["seconds"]), int(row["size"]), str(row["measured"]), earlier=True)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_training(record: Path, training: Training) -> None:
    """Keep a training for later runs."""
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps({k: v for k, v in asdict(training).items() if k != "earlier"}) + "\n", encoding="utf8")


def _forget_others(cache: Path, stem: str, keep: str) -> None:
    """Remove what is kept of older contents."""
    for path in cache.glob(f"{stem}*"):
        if not path.name.startswith(keep):
            path.unlink()
