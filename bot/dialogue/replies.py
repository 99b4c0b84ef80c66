"""What is said before the journey goes on: the messages for the `afslag` (turn-off) that reading set.

Digressions all come through here: a question or doubt is answered, danger gets its card, small talk gets a short word. What is
asked after it is decided by `bot.dialogue.flow`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.cards import Card, Cards
from bot.core.route import advise, parents_unsafe
from bot.dialogue.flow import next_step, vague
from bot.dialogue.lookup import SIGN, TERM
from bot.dialogue.rehearsing import LEFT, STOPPED, UNSURE, rehearsing
from bot.dialogue.rehearsing import TURN_OFFS as REHEARSAL_TURN_OFFS
from bot.dialogue.state import START_OVER, STOP, State
from bot.rehearsal.cards import RehearsalCards

#: who is there for whom, in the first reply (§12.1)
FIRST_CONTACTS = {
    "kind": ("kindertelefoon",),
    "slachtoffer": ("veilig_thuis",),
    "overbelast": ("veilig_thuis",),
    "suicide": ("lijn_113",),
    "gevoelens": ("stop_it_now",),
}


def replies(state: State, cards: Cards, organisations: Sequence[str] = (), step: str | None = None) -> list[Card]:
    """The messages for `state.afslag`. Never empty for a turn-off that says something; may be empty where the next question says it all."""
    code = state.afslag or ""
    if rehearsing(state) and code not in ("", "nood"):
        return _rehearsed(state, cards, organisations, step)
    if state.situatie.zelf == "gevoelens" and not state.kaart and code != "nood":
        return _self(state, cards)
    if code in _SPECIAL:
        return _SPECIAL[code](state, cards)
    if code.startswith(TERM):
        return [cards.term(state, code.removeprefix(TERM))]
    if code.startswith(SIGN):
        return [cards.sign_meaning(state, code.removeprefix(SIGN))]
    if code in ("taak_organisatie", "contact_zoeken"):
        return _who(state, cards, organisations)
    if code == "stap_uitleg" and step and step.isdigit() and int(step) in cards.content.steps:
        return [cards.step(state, int(step))]
    if code in cards.content.answers:
        return [_answer(state, cards, code)]
    return []


def _rehearsed(state: State, cards: Cards, organisations: Sequence[str], step: str | None) -> list[Card]:
    """Where the rehearsal stands; after a question in the middle of it, the answer first."""
    played = RehearsalCards(cards.content)
    if state.afslag in REHEARSAL_TURN_OFFS:
        return played.unsure(state) if state.afslag == UNSURE else played.show(state)
    asked = replies(state.with_(oefening=(), oefening_bij=None), cards, organisations, step)
    return [*({key: value for key, value in card.items() if key != "buttons"} for card in asked), *played.show(state)]


def _left_rehearsal(state: State, cards: Cards) -> list[Card]:
    return [cards.text(state, "oefening_echt_verder")]


def _stopped_rehearsal(state: State, cards: Cards) -> list[Card]:
    return [cards.text(state, "oefening_klaar")]


def _answer(state: State, cards: Cards, key: str) -> Card:
    """An answer, or the talk that it is; where a talk with the parents is unsafe, what to do instead (§8.4)."""
    row = cards.content.answers[key]
    instead = row.get("bij_onveilig")
    if instead and _unsafe(state):
        return cards.answer(state, instead)
    if row.get("gesprek"):
        return cards.talk(state, "ouders", row["gesprek"])
    return cards.answer(state, key)


def _unsafe(state: State) -> bool:
    """A talk with the parents may endanger somebody, or has to wait for Veilig Thuis."""
    return state.gestart and (parents_unsafe(state.situatie) or advise(state.situatie).ouders_later)


def _emergency(state: State, cards: Cards) -> list[Card]:
    return [cards.emergency(state)]


def _phone_words(state: State, cards: Cards) -> list[Card]:
    return [{"text": cards.say(state, "nood_hulp_zeg") + " " + cards.emergency_words(state)}]


def _stay(state: State, cards: Cards) -> list[Card]:
    return [cards.text(state, "na_nood_blijf")]


def _safe_now(state: State, cards: Cards) -> list[Card]:
    return [cards.text(state, "geen_gevaar_verder")]


def _unclear(state: State, cards: Cards) -> list[Card]:
    if state.niet_begrepen < 2:
        return []
    return [cards.contact(state, org) for org in dict.fromkeys((*FIRST_CONTACTS.get(state.situatie.zelf or "", ()), "veilig_thuis"))]


def _worry(state: State, cards: Cards) -> list[Card]:
    s = state.situatie
    if s.zelf is not None:
        return _self(state, cards)
    if s.kindcheck and not state.beantwoord:
        return [cards.text(state, "erken_ouder_client")]
    if state.beantwoord or state.kaart:
        return [] if set(s.signalen) - set(state.getoond) else [cards.text(state, "dank")]
    return [cards.text(state, "erken_vaag" if vague(state) else "erken_zorg")]


def _self(state: State, cards: Cards) -> list[Card]:
    zelf = state.situatie.zelf or ""
    key = {"suicide": "suicide_zelf", "gevoelens": "gevoelens_direct"}.get(zelf, zelf + "_direct")
    return [cards.text(state, key), *(cards.contact(state, org) for org in FIRST_CONTACTS.get(zelf, ()))]


def _suicide(state: State, cards: Cards) -> list[Card]:
    if state.situatie.zelf == "suicide":
        return _self(state, cards)
    return [cards.text(state, "suicide_direct"), cards.contact(state, "lijn_113")]


def _told(state: State, cards: Cards) -> list[Card]:
    return [cards.text(state, "onthulling_direct")] if state.situatie.zelf is None else _self(state, cards)


def _colleague(state: State, cards: Cards) -> list[Card]:
    return [cards.text(state, "collega_direct")]


def _parents(state: State, cards: Cards) -> list[Card]:
    """Preparing the talk with the parents, unless that talk is unsafe: then why not, and who decides (§8.4)."""
    return [cards.answer(state, "vraag_ouders_niet_spreken")] if _unsafe(state) else [cards.talk(state, "ouders")]


def _child(state: State, cards: Cards) -> list[Card]:
    return [cards.talk(state, "kind")]


def _hello(state: State, cards: Cards) -> list[Card]:
    if state.verteld:
        return [cards.text(state, "klaar_voor_meer")]
    return [cards.text(state, "opening_1"), cards.text(state, "opening_2")]


def _whom(state: State, cards: Cards) -> list[Card]:
    """Who asks whom to call does not have to answer everything first: somebody who can be reached now, and then the question."""
    s = state.situatie
    other = s.zelf is not None or s.verdachte in ("collega", "houder")
    return [] if other or next_step(state) in (None, "bellen") else [cards.text(state, "wie_bellen")]


def _report(state: State, cards: Cards) -> list[Card]:
    return [cards.answer(state, "melding_doen"), cards.contact(state, "veilig_thuis")]


def _summary(state: State, cards: Cards) -> list[Card]:
    return [cards.note(state, advise(state.situatie))] if state.kaart else []


def _falsified(state: State, cards: Cards) -> list[Card]:
    return [cards.text(state, "falsificatie_direct")]


def _thanks(state: State, cards: Cards) -> list[Card]:
    return [cards.text(state, "dank")]


def _cannot_go_back(state: State, cards: Cards) -> list[Card]:
    return [cards.text(state, "terug_kan_niet")]


def _anger(state: State, cards: Cards) -> list[Card]:
    return [cards.answer(state, "frustratie"), cards.contact(state, "veilig_thuis")]


def _starting_over(state: State, cards: Cards) -> list[Card]:
    return [cards.text(state, "opnieuw")]


def _stopping(state: State, cards: Cards) -> list[Card]:
    return [cards.text(state, "gestopt")]


def _nothing(state: State, cards: Cards) -> list[Card]:
    return []


def _who(state: State, cards: Cards, organisations: Sequence[str]) -> list[Card]:
    """Who is that, what do they do, how to reach them. Without a name: the one who is always there."""
    known = list(dict.fromkeys(organisations))[:2]
    if not known:
        own = FIRST_CONTACTS.get(state.situatie.zelf or "")
        known = list(own) if own else [advise(state.situatie).contact] if state.kaart else ["veilig_thuis"]
    return [*(cards.contact(state, org) for org in known[:-1]), cards.contact_asked(state, known[-1])]


_SPECIAL: dict[str, Callable[[State, Cards], list[Card]]] = {
    "nood": _emergency,
    "bellen_ja": _stay,
    "bellen_hulp": _phone_words,
    "bellen_geen_gevaar": _safe_now,
    "niet_begrepen": _unclear,
    "terug_kan_niet": _cannot_go_back,
    "zorg_delen": _worry,
    "acuut_gevaar": _worry,
    "kindcheck_doen": _worry,
    "kind_vertelt": _told,
    "collega_zorg": _colleague,
    "suicide_uiting": _suicide,
    "zelf_kind": _self,
    "zelf_slachtoffer": _self,
    "zelf_overbelast": _self,
    "gesprek_ouders": _parents,
    "gesprek_kind": _child,
    "begroeten": _hello,
    "melding_doen": _report,
    "samenvatting_vragen": _summary,
    "rol_noemen": _thanks,
    "advies_vragen": _whom,
    "frustratie": _anger,
    "falsificatie": _falsified,
    LEFT: _left_rehearsal,
    STOPPED: _stopped_rehearsal,
    START_OVER: _starting_over,
    STOP: _stopping,
    "terug": _nothing,
}
