"""The outcome of the kindcheck (feiten §3): what the answers say about the children of an adult patient or client.

What follows from it is decided by the rules of the route (`bot.core.route`); this says which row of the table the answers belong to.
"""

from __future__ import annotations

from bot.core import signs
from bot.core.situation import Situation

#: the rows of the table of §3, most serious first; `onbekend` is the part of `zorg` where something is not known
OUTCOMES = ("gevaar", "zorg", "onbekend", "veilig", "niemand")
WORRYING = ("gevaar", "zorg", "onbekend")


def done_to_a_child(s: Situation) -> bool:
    """Signs on the child itself: then the answers of the adult don't settle it."""
    return not s.signalen.isdisjoint(signs.KIND_GEDAAN)


def nobody(s: Situation) -> bool:
    """No children and no pregnancy. Not asked, or not known, is not "no"; nor is it where something was done to a child."""
    return s.kinderen == "nee" and s.zwanger == "nee" and not done_to_a_child(s)


def fine(s: Situation) -> bool:
    """Children, safe, with somebody who steps in, and no pregnancy: each of these said, none supposed, and nothing seen that says otherwise."""
    said = s.kinderen == "ja" and s.zwanger == "nee" and s.kinderen_veilig == "ja" and s.steun == "ja"
    return said and not done_to_a_child(s)


def outcome(s: Situation) -> str:
    """One of `OUTCOMES`."""
    if s.kinderen_veilig == "nee" or s.gevaar or s.acuut == "ja" or not s.signalen.isdisjoint(signs.ALARM):
        return "gevaar"
    if nobody(s):
        return "niemand"
    if fine(s):
        return "veilig"
    worrying = s.zwanger == "ja" or s.steun == "nee" or done_to_a_child(s)
    return "zorg" if worrying else "onbekend"
