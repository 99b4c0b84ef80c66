"""Words that libraries keep of what was typed, and how they are forgotten.

The reading itself keeps nothing, but two libraries under it do: simplemma remembers the lemma of each word it met, and spaCy adds each new word to
a list that only grows. Loose words, without order or conversation, and after masking; still words of somebody, for as long as the process lives.
So the first gets no memory, and the second is replaced by a fresh one every `FORGET_SECONDS`.
"""

from __future__ import annotations

from typing import Any

from bot.nlu import dutch
from bot.nlu.components import DutchTokenizer

#: seconds between two times that the words are forgotten; making a fresh reader of words takes about half a second
FORGET_SECONDS = 10 * 60


def readers_of_words(agent: Any) -> list[DutchTokenizer]:
    """The components of a loaded model that cut texts in words. Raises RuntimeError where there is none: then something would be kept unseen."""
    nodes = agent.processor.graph_runner._instantiated_nodes.values()
    found = [node._component for node in nodes if isinstance(node._component, DutchTokenizer)]
    if not found:
        raise RuntimeError("no reader of words in this model: what it keeps can't be forgotten")
    return found


def keep_no_lemmas(analyser: dutch.Analyser) -> None:
    """Let simplemma look up each word anew: a fifth of a millisecond for a message."""
    if isinstance(analyser, dutch._Blank):
        lemmatizer: Any = analyser._lemma.__self__  # type: ignore[attr-defined]
        lemmatizer._cached_lemmatize = lemmatizer._lemmatize


def forget_words(agent: Any) -> None:
    """Give every reader of words a fresh start; call it at the start and then every `FORGET_SECONDS`. Not for the thread that answers."""
    fresh = dutch.analyser()
    keep_no_lemmas(fresh)
    for reader in readers_of_words(agent):
        reader.analyser = fresh
