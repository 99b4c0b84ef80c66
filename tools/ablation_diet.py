"""Rasa's own DIET beside the other readers of `tools.ablation`: trained on the training part of one fold, tested on the other part.

As a program, in a process of its own: `python -m tools.ablation_diet FOLDER EPOCHS` reads `train.json` and `test.json` (lists of texts with
intents) and writes `result.json`. The time allowed is kept by who starts it (`run`).
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from tools.prepared import Prepared

ROOT = Path(__file__).resolve().parents[1]
EPOCHS, SECONDS = 30, 15 * 60
#: reading the test part comes after training, and has its own time
READ_SECONDS = 5 * 60
RANKING = 65


def config(epochs: int) -> dict[str, Any]:
    """The default pipeline of Rasa around DIET, without what reads entities or chooses answers."""
    pipeline: list[dict[str, Any]] = [
        {"name": "WhitespaceTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {
            "name": "DIETClassifier",
            "epochs": epochs,
            "entity_recognition": False,
            "constrain_similarities": True,
            "ranking_length": RANKING,
            "random_seed": 1,
        },
    ]
    return {"recipe": "default.v1", "language": "nl", "pipeline": pipeline}


def training_text(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Texts with intents in Rasa's own format."""
    intents = sorted({intent for _, intent in pairs})
    rows = [{"intent": name, "examples": [{"text": text + "\n"} for text, intent in pairs if intent == name]} for name in intents]
    return {"version": "3.1", "nlu": rows}


def run(train: Prepared, test: Prepared, epochs: int = EPOCHS, seconds: int = SECONDS) -> dict[str, Any] | None:
    """Train and test in a process of its own: rankings and costs, or None where it took longer than `seconds`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part, rows in (("train", train), ("test", test)):
            (folder / f"{part}.json").write_text(json.dumps(list(zip(rows.texts, rows.intents, strict=True))), "utf8")
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
        process = subprocess.Popen([sys.executable, "-m", "tools.ablation_diet", name, str(epochs)], cwd=ROOT, env=environment)
        try:
            begin = time.monotonic()
            while process.poll() is None:
                allowed = seconds + (READ_SECONDS if (folder / "trained").exists() else 0)
                if time.monotonic() - begin > allowed:
                    return None
                time.sleep(1)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode:
            raise RuntimeError("DIET: training failed; see above")
        found: dict[str, Any] = json.loads((folder / "result.json").read_text("utf8"))
        return found


def main(arguments: Sequence[str]) -> int:
    """Train and read in this process."""
    folder, epochs = Path(arguments[0]), int(arguments[1])
    (folder / "config.yml").write_text(yaml.safe_dump(config(epochs)), "utf8")
    train = [(str(text), str(intent)) for text, intent in json.loads((folder / "train.json").read_text("utf8"))]
    (folder / "nlu.yml").write_text(yaml.safe_dump(training_text(train), allow_unicode=True, width=10000), "utf8")

    import psutil
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    began, wall = time.process_time(), time.monotonic()
    path = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder), fixed_model_name="diet")
    result: dict[str, Any] = {"train_s": time.process_time() - began, "wall_s": time.monotonic() - wall}
    if not path:
        return 1
    result["model_mb"] = Path(path).stat().st_size / 1e6
    (folder / "trained").touch()
    agent = Agent.load(path)
    began = time.process_time()
    test = json.loads((folder / "test.json").read_text("utf8"))
    rankings = [[row["name"] for row in asyncio.run(agent.parse_message(text))["intent_ranking"]] for text, _ in test]
    result |= {"ms": 1000 * (time.process_time() - began) / len(test), "memory_mb": psutil.Process().memory_info().rss / 1e6}
    (folder / "result.json").write_text(json.dumps(result | {"rankings": rankings}), "utf8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
