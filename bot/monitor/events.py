"""What one turn of a conversation adds to the counts: a pure function of the state before it, the state after it, and what was said.

An event is a kind and a value, both from a fixed list (`vocabulary`) that is made of the ids of the content, never of what anybody typed. What
is not on the list is not counted. Kinds stand beside each other and are never crossed: which role got which contact is not kept at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.content.load import ELSEWHERE, Content
from bot.core.kindcheck import OUTCOMES, outcome
from bot.core.route import URGENCIES
from bot.core.situation import ROLES
from bot.dialogue.state import STOP, State

#: the kinds, in the order in which they are shown
CONVERSATION, ROLE, JOURNEY, STEP, CONTACT, URGENCY, ASKED, ANSWERED, KINDCHECK, REHEARSAL, REHEARSED, UNCLEAR, STUCK = KINDS = (
    "gesprek", "rol", "route", "stap", "contact", "urgentie", "vraag", "antwoord", "kindcheck", "oefening", "oefening_af", "niet_begrepen",
    "vastgelopen",
)  # fmt: skip
#: a conversation that began
BEGUN = "begonnen"
#: which way was gone; one conversation may go several
CARE, CHILD_CHECK, REHEARSING, QUESTION, EMERGENCY, NO_PROFESSION = JOURNEYS = (
    "zorg", "kindcheck", "oefenen", "vraag", "nood", "niet_beroep",
)  # fmt: skip
#: the steps of the meldcode that a card may name; `NONE` where it names no step, or where no question was open
NONE = "geen"
STEPS = ("1", "2", "3", "4", "5", NONE)
#: where somebody got no further: twice in a row not understood, a failure of ours, stopped with a case open and no card
TWICE, FAILURE, LEFT_OPEN = DEAD_ENDS = ("twee_keer", "storing", "gestopt_zonder_kaart")
#: what was looked up, beside the answers of the content
LOOKED_UP = ("contact_zoeken", "gesprek_ouders", "gesprek_kind")


@dataclass(frozen=True, order=True)
class Event:
    """Something to count once: one of `KINDS` and a value of its list."""

    kind: str
    value: str


Vocabulary = Mapping[str, tuple[str, ...]]


def vocabulary(content: Content) -> Vocabulary:
    """The values of every kind, in the order in which they are shown."""
    cases = tuple(sorted(content.cases, key=lambda case: (len(case), case)))
    questions = tuple(content.questions)
    organisations = tuple(sorted(content.organisation_words()))
    return {
        CONVERSATION: (BEGUN,),
        ROLE: ROLES,
        JOURNEY: JOURNEYS,
        STEP: STEPS,
        CONTACT: organisations,
        URGENCY: tuple(reversed(URGENCIES)),
        ASKED: questions,
        ANSWERED: tuple(dict.fromkeys((*content.answers, *LOOKED_UP))),
        KINDCHECK: OUTCOMES,
        REHEARSAL: cases,
        REHEARSED: cases,
        UNCLEAR: (*questions, NONE),
        STUCK: DEAD_ENDS,
    }


def municipalities(content: Content) -> tuple[str, ...]:
    """The municipalities that are counted apart; every other one is counted under `ELSEWHERE`."""
    return (*sorted(content.maps), ELSEWHERE)


def municipality(gemeente: Any, known: Sequence[str]) -> str:
    """Where a turn is counted."""
    return gemeente if isinstance(gemeente, str) and gemeente in known else ELSEWHERE


def events(before: State, after: State, said: Sequence[Mapping[str, Any]], words: Vocabulary) -> frozenset[Event]:
    """The events of one turn. `said`: the messages of the reply, of which only type and ids of `custom` are read."""
    cards = [card for message in said if isinstance(card := message.get("custom"), Mapping)]
    found = {
        *_begun(before, after),
        *_journeys(before, after, cards),
        *(event for card in cards for event in _card(after, card)),
        *_unclear(before, after, cards),
    }
    return frozenset(event for event in found if event.value in words[event.kind])


def _begun(before: State, after: State) -> set[Event]:
    """A conversation, and the role once it is known."""
    found = {Event(CONVERSATION, BEGUN)} if before.gelezen is None else set()
    rol = after.situatie.rol
    if rol is not None and (rol != before.situatie.rol or before.gelezen is None):
        found.add(Event(ROLE, rol))
    return found


def _journeys(before: State, after: State, cards: Sequence[Mapping[str, Any]]) -> set[Event]:
    """The ways that are begun in this turn."""
    found: set[str] = set()
    old, new = before.situatie, after.situatie
    kinds = {card.get("type") for card in cards}
    if "nood" in kinds:
        found.add(EMERGENCY)
    if after.oefening_bij is not None and before.oefening_bij is None:
        found.add(REHEARSING)
    if new.kindcheck and not old.kindcheck:
        found.add(CHILD_CHECK)
    elif after.gestart and not before.gestart and new.professional:
        found.add(CARE)
    if not new.professional and (old.professional or before.gelezen is None):
        found.add(NO_PROFESSION)
    if not after.gestart and after.oefening_bij is None and kinds & {"antwoord", "contact", "gesprek"}:
        found.add(QUESTION)
    return {Event(JOURNEY, value) for value in found}


def _card(after: State, card: Mapping[str, Any]) -> set[Event]:
    """What a card that was given tells."""
    kind = card.get("type")
    if kind == "routekaart":
        step = card.get("stap")
        return {
            Event(CONTACT, str(card.get("contact"))),
            Event(URGENCY, str(card.get("urgentie"))),
            Event(STEP, str(step) if step else NONE),
        }
    if kind == "vraag" or (kind == "signalen" and card.get("id")):
        return {Event(ASKED, str(card.get("id")))}
    if kind == "antwoord":
        return {Event(ANSWERED, str(card.get("antwoord") or card.get("vraag")))}
    if kind == "gesprek":
        return {Event(ANSWERED, f"gesprek_{card.get('met')}")}
    if kind == "contact" and after.niet_begrepen == 0 and after.situatie.zelf is None:
        return {Event(ANSWERED, "contact_zoeken")}
    if kind == "kindcheck":
        return {Event(KINDCHECK, outcome(after.situatie))}
    if kind == "oefening" and card.get("casus"):
        case = str(card["casus"])
        return {Event(REHEARSAL, case), *([Event(REHEARSED, case)] if card.get("soort") == "einde" else [])}
    return set()


def _unclear(before: State, after: State, cards: Sequence[Mapping[str, Any]]) -> set[Event]:
    """What was not understood, and where somebody got no further."""
    found: set[Event] = set()
    if after.niet_begrepen > before.niet_begrepen:
        found.add(Event(UNCLEAR, before.open_vraag or NONE))
        if after.niet_begrepen > 1:
            found.add(Event(STUCK, TWICE))
    carded = before.kaart is not None or any(card.get("type") in ("routekaart", "nood") for card in cards)
    if after.einde == STOP and before.gestart and not carded and not before.nood_open:
        found.add(Event(STUCK, LEFT_OPEN))
    return found


def failure() -> frozenset[Event]:
    """The event of a turn that failed."""
    return frozenset({Event(STUCK, FAILURE)})
