"""A case as it is played: pure functions from the choices made so far to where the player stands.

A choice is written as "M1.a". What is known at a moment is the case's `situatie` with that of every moment up to it (in the order of the file), so
that what the case teaches can be held against the core (`taught`): the same for everybody who reaches that moment, whatever was chosen before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.core.route import Advice, advise
from bot.core.situation import Situation

END = "einde"
BEST = "beste"
Case = Mapping[str, Any]


def first(case: Case) -> str:
    """The moment a case begins with."""
    return str(next(iter(case["momenten"])))


def split(choice: str) -> tuple[str, str]:
    """ "M1.a" as moment and option."""
    moment, _, option = choice.partition(".")
    return moment, option


def option_of(case: Case, choice: str) -> Mapping[str, Any]:
    """The option that was chosen. Raises KeyError for a choice the case does not have."""
    moment, option = split(choice)
    found: Mapping[str, Any] = case["momenten"][moment]["opties"][option]
    return found


def moment_of(case: Case, choices: Sequence[str]) -> str:
    """Where the player stands after these choices: a moment, or `END`."""
    return str(option_of(case, choices[-1])["naar"]) if choices else first(case)


def valid(case: Case, choices: Sequence[str]) -> bool:
    """Whether the choices are a path through the case from its beginning."""
    place = first(case)
    for choice in choices:
        moment, option = split(choice)
        if moment != place or option not in case["momenten"].get(moment, {}).get("opties", {}):
            return False
        place = str(case["momenten"][moment]["opties"][option]["naar"])
    return True


def paths(case: Case) -> Iterator[tuple[str, ...]]:
    """Every way to the end. Raises ValueError for a case that has a way without an end."""
    most = len(case["momenten"])
    todo: list[tuple[str, ...]] = [()]
    while todo:
        choices = todo.pop()
        place = moment_of(case, choices)
        if place == END:
            yield choices
            continue
        if len(choices) >= most:
            raise ValueError(f"{case['id']}: {' '.join(choices)} comes back to {place}")
        todo += [(*choices, f"{place}.{option}") for option in case["momenten"][place]["opties"]]


def scene(case: Case, choices: Sequence[str]) -> list[str]:
    """What is told at the moment where the player stands: the scene, and what an earlier choice changed in it."""
    place = moment_of(case, choices)
    row = case["momenten"][place]
    told = [case["begin"]] if place == first(case) else []
    told += [row["scene"]] if row.get("scene") else []
    told += [later["tekst"] for later in row.get("scene_na") or () if later["keuze"] in choices]
    return told


def best(case: Case, moment: str) -> str:
    """The option a moment teaches."""
    return next(option for option, row in case["momenten"][moment]["opties"].items() if row["waarde"] == BEST)


def situation(case: Case, moment: str, rol: str | None = None) -> Situation:
    """What is known at a moment, seen by the role the case is about or by another."""
    known: dict[str, Any] = dict(case["situatie"])
    signs = set(known.pop("signalen", None) or ())
    for name, row in case["momenten"].items():
        added = dict(row["situatie"])
        signs |= set(added.pop("signalen", None) or ())
        known |= added
        if name == moment:
            break
    if rol:
        known["rol"] = rol
    return Situation(**known, signalen=frozenset(signs))


def taught(case: Case, moment: str, rol: str | None = None) -> Advice:
    """What the core says at a moment."""
    return advise(situation(case, moment, rol))
