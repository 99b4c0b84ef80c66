"""Words and lemmas with and without the Dutch model package, and a model of this project that was trained with the other one."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.nlu import dutch

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = '''
"""A stand-in for the Dutch model: the blank pipeline with lemmas that nothing else would give."""
import spacy
from spacy.language import Language


@Language.component("proeflemma")
def proeflemma(doc):
    for token in doc:
        token.lemma_ = "LEMMA" + token.text.lower()
    return doc


def load(**given):
    nlp = spacy.blank("nl")
    nlp.meta["name"], nlp.meta["version"] = "core_news_sm", "9.9.9"
    nlp.add_pipe("proeflemma")
    return nlp
'''
SCRIPT = """
import json, sys
from contextlib import contextmanager
from pathlib import Path
from bot.nlu import dutch
from bot.nlu.components import DutchTokenizer, lemmas_of
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

class Storage:
    def __init__(self, folder): self.folder = Path(folder)
    @contextmanager
    def write_to(self, resource): yield self.folder
    @contextmanager
    def read_from(self, resource): yield self.folder

storage, resource = Storage(sys.argv[1]), Resource("woorden")
tokenizer = DutchTokenizer.create(DutchTokenizer.get_default_config(), storage, resource, None)
message = Message({"text": "De kinderen liepen weg"})
tokenizer.process([message])
tokenizer.train(TrainingData())
print(json.dumps({
    "installed": dutch.installed(), "variant": tokenizer.analyser.variant, "stored": (storage.folder / "variant.txt").read_text(),
    "tokens": [t.text for t in message.get("text_tokens")], "starts": [t.start for t in message.get("text_tokens")],
    "lemmas": lemmas_of(message),
}))
"""


def run(folder: Path, *paths: Path) -> dict[str, Any]:
    """What a fresh process makes of a text, with these folders to import from."""
    folder.mkdir(exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(p) for p in (*paths, ROOT)), "RASA_TELEMETRY_ENABLED": "false"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, str(folder)],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to import a small `nl_core_news_sm` from."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "nl_core_news_sm").mkdir()
    (folder / "nl_core_news_sm" / "__init__.py").write_text(PACKAGE, encoding="utf8")
    info = folder / "nl_core_news_sm-9.9.9.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: nl_core_news_sm\nVersion: 9.9.9\n", encoding="utf8")
    return folder


def test_with_the_package_the_tokenizer_uses_its_lemmas(package: Path, tmp_path: Path) -> None:
    found = run(tmp_path / "model", package)
    assert found["installed"] is True
    assert found["variant"] == found["stored"] == "nl_core_news_sm 9.9.9"
    assert found["tokens"] == ["De", "kinderen", "liepen", "weg"]
    assert found["starts"] == [0, 3, 12, 19]
    assert found["lemmas"] == "lemmade lemmakinderen lemmaliepen lemmaweg"


@pytest.mark.skipif(dutch.installed(), reason="the Dutch model is installed here, so there is no machine without it")
def test_without_the_package_the_tokenizer_uses_the_blank_variant(tmp_path: Path) -> None:
    found = run(tmp_path / "model")
    assert found["installed"] is False
    assert found["variant"] == found["stored"] == "blank"
    assert found["tokens"] == ["De", "kinderen", "liepen", "weg"]
    assert "kind" in found["lemmas"].split()


class Storage:
    """A model's folder, as the tokenizer sees it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def read_from(self, _: object) -> Iterator[Path]:
        """The folder to read; like Rasa's own, a ValueError where nothing was kept."""
        if not self.folder.exists():
            raise ValueError("no such resource")
        yield self.folder


def load(folder: Path) -> Any:
    """The tokenizer of a trained model."""
    from bot.nlu.components import DutchTokenizer

    return DutchTokenizer.load(DutchTokenizer.get_default_config(), Storage(folder), None, None)  # type: ignore[arg-type]


def words(tokenizer: Any) -> list[str]:
    """The words of a text."""
    from rasa.shared.nlu.training_data.message import Message

    message = Message({"text": "De kinderen liepen weg"})
    tokenizer.process([message])
    return [token.text for token in message.get("text_tokens")]


@pytest.fixture
def blank(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the Dutch model."""
    monkeypatch.setattr(dutch, "installed", lambda: False)


def test_a_model_of_the_same_variant_loads_without_a_word(blank: None, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "variant.txt").write_text("blank", encoding="utf8")
    with caplog.at_level(logging.WARNING):
        tokenizer = load(tmp_path)
    assert caplog.records == []
    assert words(tokenizer) == ["De", "kinderen", "liepen", "weg"]


@pytest.mark.parametrize("stored", ["nl_core_news_sm 3.4.0", "iets anders", ""])
def test_a_model_of_another_variant_warns_and_works(blank: None, tmp_path: Path, caplog: pytest.LogCaptureFixture, stored: str) -> None:
    (tmp_path / "variant.txt").write_text(stored, encoding="utf8")
    with caplog.at_level(logging.WARNING):
        tokenizer = load(tmp_path)
    assert [r.levelname for r in caplog.records] == ["WARNING"]
    assert "blank" in caplog.text
    assert words(tokenizer) == ["De", "kinderen", "liepen", "weg"]


def test_a_model_without_a_note_of_its_variant_works_too(blank: None, tmp_path: Path) -> None:
    assert words(load(tmp_path / "nothing")) == ["De", "kinderen", "liepen", "weg"]
