"""What is asked next, over and above the questions that decide the advice (`bot.core.questions`).

The order: the emergency question, the choice after something was not understood, a question to go back to, the story itself, whether it was
read right, then what decides. None means: the card can be given, or nothing was opened yet.
"""

from __future__ import annotations

from bot.core.questions import next_question
from bot.core.route import acute, advise
from bot.core.situation import Situation
from bot.dialogue.rehearsing import rehearsing
from bot.dialogue.state import State

#: roles that are not asked to confirm what was read: it is shown with the next question (short consultations)
READ_BACK_ONLY = ("huisarts",)


def vague(state: State) -> bool:
    """Only a feeling was told, nothing that was seen or heard."""
    s = state.situatie
    return state.verteld and not s.signalen and not s.concreet


def other_route(state: State) -> bool:
    """The case is of a kind where retelling helps nobody: the user's own need, a colleague, danger now."""
    s = state.situatie
    return s.zelf is not None or s.verdachte in ("collega", "houder") or acute(s)


def _short(s: Situation) -> bool:
    """A short consultation: what was read is shown with the next question, and corrected by who sees that it is wrong."""
    return s.rol in READ_BACK_ONLY or s.kindcheck


def next_step(state: State) -> str | None:
    """The id of the question to ask now, or None."""
    s = state.situatie
    if state.nood_open:
        return "bellen"
    if rehearsing(state):
        return None
    if state.keuze_open:
        return "keuze"
    if state.terug_naar:
        return state.terug_naar
    if not state.gestart:
        return None
    if not other_route(state):
        if not state.verteld and not s.kindcheck:
            return "toelichting"
        if state.bevestigd == "nee":
            return "toelichting"
        if vague(state) and state.uitgelegd == 0 and not s.kindcheck:
            return "toelichting"
        if s.signalen and state.bevestigd is None and not _short(s) and not state.gevraagd:
            return "bevestig_signalen"
    return next_question(s, state.gevraagd)


def card_mark(state: State) -> str:
    """A mark that changes when the card would: the same card is not given twice in a row."""
    a = advise(state.situatie)
    return "|".join(str(x) for x in (a.contact, a.urgentie, a.stap, a.melding_norm, a.regel, sorted(state.situatie.signalen)))


def card_due(state: State) -> bool:
    """Whether the journey is at its end and this card was not given yet."""
    return state.gestart and not rehearsing(state) and next_step(state) is None and state.kaart != card_mark(state)


def kindcheck_due(state: State) -> bool:
    """Whether the kindcheck has an outcome to tell before the card: not where the route is another one (the user's own need, a colleague)."""
    s = state.situatie
    return s.kindcheck and s.zelf is None and s.verdachte not in ("collega", "houder")
