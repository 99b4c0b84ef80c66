"""A server that can be asked whether words stand anywhere in its memory: what is still referred to by anything the program holds.

`python -m tests.hazards.memory ...` is `python -m bot.server ...` with a thread beside it that waits for a question in the folder of
`SEARCH_FOLDER`. Words are asked for in hexadecimal, so that the question itself is not found. Memory that was let go and not yet written over
is beyond this.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

VARIABLE = "SEARCH_FOLDER"
QUESTION, ANSWER = "question", "answer"
#: seconds: how often the folder is looked at, and how long a search may take
LOOK, PATIENCE = 0.2, 120.0
#: longer texts are not those of a conversation (training text, pages that were made)
LONGEST = 500_000


def holders(words: Sequence[str]) -> dict[str, list[str]]:
    """For each word the kinds of objects that hold a text with it."""
    gc.collect()
    found: dict[str, set[str]] = {word: set() for word in words}
    todo: list[Any] = list(gc.get_objects())
    seen = {id(thing) for thing in todo}
    mine = {id(todo), id(found), id(words), id(seen), id(sys._getframe())}
    while todo:
        thing = todo.pop()
        if id(thing) in mine or thing is words:
            continue
        for held in gc.get_referents(thing):
            if isinstance(held, (str, bytes, bytearray)):
                if len(held) <= LONGEST:
                    _look(held, found, thing)
            elif isinstance(held, (dict, list, tuple, set, frozenset)) and not gc.is_tracked(held) and id(held) not in seen:
                seen.add(id(held))  # what holds plain values only is known to nobody but its owner
                todo.append(held)
    return {word: sorted(kinds) for word, kinds in found.items()}


def _look(held: str | bytes | bytearray, found: Mapping[str, set[str]], thing: object) -> None:
    text = held if isinstance(held, str) else bytes(held).decode("utf8", "ignore")
    for word, kinds in found.items():
        if word in text and text is not word:
            kinds.add(f"{type(thing).__module__}.{type(thing).__qualname__}")


def _answer_questions(folder: Path) -> None:
    while True:
        time.sleep(LOOK)
        question = folder / QUESTION
        if question.exists():
            words = [bytes.fromhex(word).decode("utf8") for word in question.read_text("ascii").split()]
            question.unlink()
            given = holders(words)
            part = folder / (ANSWER + ".part")
            part.write_text(json.dumps([given[word] for word in words]), encoding="utf8")
            part.rename(folder / ANSWER)
            del words, given


def ask(folder: Path, *words: str) -> dict[str, list[str]]:
    """Where each word stands in the server of this folder; an empty list: nowhere. Raises TimeoutError."""
    answer, question = folder / ANSWER, folder / (QUESTION + ".part")
    answer.unlink(missing_ok=True)
    question.write_text(" ".join(word.encode().hex() for word in words), encoding="ascii")
    question.rename(folder / QUESTION)
    deadline = time.monotonic() + PATIENCE
    while not answer.exists():
        if time.monotonic() > deadline:
            raise TimeoutError("the server did not search its memory")
        time.sleep(LOOK)
    return dict(zip(words, json.loads(answer.read_text(encoding="utf8")), strict=True))


if __name__ == "__main__":
    threading.Thread(target=_answer_questions, args=(Path(os.environ[VARIABLE]),), daemon=True).start()
    from bot.server.__main__ import main

    main()
