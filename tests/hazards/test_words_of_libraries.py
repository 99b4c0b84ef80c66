"""Words that libraries under the reading keep of what was typed: none once they were told to forget."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bot.nlu import dutch
from bot.nlu.components import DutchTokenizer
from bot.server.forgetting import FORGET_SECONDS, forget_words, keep_no_lemmas, readers_of_words
from bot.shelf import IDLE_SECONDS

WORD = "pimpelkwartel"


def agent(*components: Any) -> Any:
    """As much of an agent as is looked at."""
    nodes = {str(i): SimpleNamespace(_component=component) for i, component in enumerate(components)}
    return SimpleNamespace(processor=SimpleNamespace(graph_runner=SimpleNamespace(_instantiated_nodes=nodes)))


@pytest.fixture(scope="module")
def tokenizer() -> DutchTokenizer:
    """The component that cuts texts in words."""
    return DutchTokenizer(DutchTokenizer.get_default_config())


def kept(tokenizer: DutchTokenizer) -> bool:
    """Whether the list of words that only grows holds the word."""
    return WORD in tokenizer.analyser._nlp.vocab.strings  # type: ignore[attr-defined]


def test_a_word_that_was_read_is_gone_after_forgetting(tokenizer: DutchTokenizer) -> None:
    before = [(w.text, w.lemma) for w in tokenizer.analyser.words(f"De kinderen zagen {WORD}.")]
    assert kept(tokenizer), "the library does keep it: else there is nothing to forget"
    forget_words(agent(object(), tokenizer))
    assert not kept(tokenizer)
    assert [(w.text, w.lemma) for w in tokenizer.analyser.words(f"De kinderen zagen {WORD}.")] == before, "and it reads as it did"


def test_no_lemma_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a Dutch model is installed on this machine: the reader without one is what keeps lemmas."""
    analyser = dutch._Blank()
    keep_no_lemmas(analyser)
    analyser.words(f"een {WORD} gezien")
    lemmatizer = analyser._lemma.__self__
    assert not hasattr(lemmatizer._cached_lemmatize, "cache_info"), "no cache at all"


def test_a_model_in_which_no_reader_of_words_is_found_is_refused() -> None:
    with pytest.raises(RuntimeError):
        readers_of_words(agent(object()))


def test_words_are_forgotten_sooner_than_conversations() -> None:
    assert FORGET_SECONDS < IDLE_SECONDS
