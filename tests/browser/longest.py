"""The longest cards that the program can make, for the test of what is printed: on one sheet of A4 each."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from bot.cards import Cards
from bot.content import load_content
from bot.core.route import advise
from bot.core.situation import OPTIONS, ZELF, Situation
from bot.dialogue.state import State

#: situations looked at; with fewer the longest of some rules is missed
SITUATIONS = 6000
#: signs of one situation, as many as a long story tells
MOST_SIGNS = 4
#: fields of a card that are not printed
UNSEEN = ("type", "contact", "naam", "urgentie", "kader", "regel", "sectie", "text")


def longest() -> dict[str, dict[str, Any]]:
    """A message of each kind that can be printed, by a name."""
    content = load_content()
    cards, chance = Cards(content), random.Random(5)
    maps = sorted(content.maps)
    found: dict[str, tuple[int, dict[str, Any]]] = {}
    for _ in range(SITUATIONS):
        state = _state(content, chance, maps)
        advice = advise(state.situatie)
        made = {"routekaart": cards.route(state, advice), "notitie": cards.note(state, advice)}
        made |= {f"gesprek-{with_}": cards.talk(state, with_) for with_ in ("ouders", "kind")}
        for name, card in made.items():
            size = len(_printed(card))
            if size > found.get(name, (0, {}))[0]:
                found[name] = (size, card)
    return {name: card for name, (_, card) in found.items()}


def _state(content: Any, chance: random.Random, maps: list[str]) -> State:
    values: dict[str, Any] = {question: chance.choice([None, *options]) for question, options in OPTIONS.items()}
    signs = sorted(content.signs)
    situation = Situation(
        signalen=frozenset(chance.sample(signs, chance.randint(0, MOST_SIGNS))),
        gevaar=chance.random() < 0.2,
        zelf=chance.choice([None, None, None, *ZELF]),
        kindcheck=chance.random() < 0.3,
        concreet=chance.random() < 0.5,
        **values,
    )
    return State(situatie=situation, gemeente=chance.choice(maps))


def _printed(card: dict[str, Any]) -> str:
    """What of a card comes on paper, roughly."""
    seen = {key: value for key, value in card["custom"].items() if key not in UNSEEN}
    seen["bronnen"] = [row["naam"] for row in seen.get("bronnen", [])]
    seen["daarna"] = [(row["naam"], row["voorwaarde"]) for row in seen.get("daarna", [])]
    return json.dumps(seen, ensure_ascii=False)


def write(path: Path) -> None:
    """As JSON, for the scenarios."""
    path.write_text(json.dumps(longest(), ensure_ascii=False), encoding="utf8")
