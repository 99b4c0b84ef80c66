"""The custom actions. A turn: `action_lees_bericht` reads, the form asks what the core says is next, `action_afslag` handles a turn-off,
`action_routekaart` gives the card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.cards import Card, Cards
from bot.content import load_content
from bot.core import signs
from bot.core.route import advise
from bot.dialogue.flow import card_due, card_mark, kindcheck_due, next_step
from bot.dialogue.reading import AWAY, Message, read
from bot.dialogue.replies import replies
from bot.dialogue.state import State

FORM = "routekaart_form"
#: below this probability an intent is not offered as a likely meaning
LIKELY = 0.08
#: below this confidence a sign that decides the route by itself is left to the questions
SURE_SIGN = 0.5
QUESTIONS = (
    "bellen", "keuze", "toelichting", "bevestig_signalen", "rol", "acuut", "structureel", "onthulling", "verdachte", "leeftijd", "voortgang",
    "vastgelegd", "overlegd", "ouders_gesproken", "gewogen", "gesprek_onveilig", "eerder_gemeld", "jeugdbeschermer", "school_soort", "kinderen",
    "zwanger", "kinderen_veilig", "steun", "vermoeden", "hulp_mogelijk", "hulp_aanvaard", "hulp_werkt",
)  # fmt: skip


def message_of(tracker: Tracker) -> Message:
    """The latest user message as the pipeline read it."""
    latest: Mapping[str, Any] = tracker.latest_message or {}
    text = latest.get("text") or ""
    intent = latest.get("intent") or {}
    entities = latest.get("entities") or []
    read_signs = [e for e in entities if e.get("entity") == "signaal"]
    pressed = {e["entity"]: str(e["value"]) for e in entities if "entity" in e} if text.startswith("/") else None
    return Message(
        id=str(latest.get("message_id") or len(tracker.events)),
        text="" if pressed is not None else text,
        intent=intent.get("name") or "nlu_fallback",
        confidence=float(intent.get("confidence") or 0.0),
        ranking=tuple(r["name"] for r in latest.get("intent_ranking") or [] if r.get("name") and r.get("confidence", 0) >= LIKELY),
        affirmed=frozenset(e["value"] for e in read_signs if not e.get("ontkend") and _sure(e, bool(latest.get("gevaar")))),
        denied=frozenset(e["value"] for e in read_signs if e.get("ontkend")),
        aside=frozenset(e["value"] for e in entities if e.get("entity") == "signaal_terzijde"),
        danger=bool(latest.get("gevaar")),
        danger_kind=latest.get("gevaar_soort"),
        facts=latest.get("feiten") or {},
        organisations=tuple(e["value"] for e in entities if e.get("entity") == "organisatie"),
        step=next((e["value"] for e in entities if e.get("entity") == "stap"), None),
        button=pressed,
        metadata=latest.get("metadata") or {},
    )


def _sure(sign: Mapping[str, Any], danger: bool) -> bool:
    """Whether a sign was read surely enough for what it does: one that decides alone is not taken from a weak reading."""
    if sign["value"] in signs.ALARM:
        return danger
    return sign["value"] not in signs.DECIDES_ALONE or float(sign.get("confidence_entity") or 1.0) >= SURE_SIGN


def state_of(tracker: Tracker) -> State:
    """The state of the conversation, from its slots."""
    return State.from_slots(tracker.slots)


def set_slots(before: State, after: State) -> list[EventType]:
    """The events that bring the slots from one state to another."""
    return [SlotSet(name, value) for name, value in after.changes(before).items()]


def send(dispatcher: CollectingDispatcher, cards: Iterable[Card]) -> None:
    """Send messages; text, card and buttons of a message stay together."""
    for card in cards:
        dispatcher.utter_message(text=card["text"], json_message=card.get("custom"), buttons=card.get("buttons"))


class _Routekaart:
    """What the actions share. Not an `Action` itself: the action server registers every subclass of that."""

    def __init__(self) -> None:
        self.content = load_content()
        self.cards = Cards(self.content)
        self.questions = {**self.content.questions, AWAY: self.cards.away_question()}


class ReadMessage(_Routekaart, Action):
    """Runs after every user message, in every state of the dialogue."""

    def name(self) -> str:
        return "action_lees_bericht"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        before = state_of(tracker)
        after = read(before, message_of(tracker), self.questions, frozenset(self.content.maps))
        return set_slots(before, after)


class ValidateForm(_Routekaart, Action):
    """Tells the form which question is next; steps aside where something has to be said first."""

    def name(self) -> str:
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        state = state_of(tracker)
        if state.afslag:
            return [ActionExecutionRejected(FORM)]
        return [SlotSet("afslag", None), SlotSet("requested_slot", next_step(state))]


class _Ask(_Routekaart):
    """Asks one question. Signs that were read and not shown yet are shown with it."""

    question = ""

    def name(self) -> str:
        return f"action_ask_{self.question}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        state = state_of(tracker)
        known = tuple(sorted(state.situatie.signalen))
        new = set(known) - set(state.getoond)
        if self.question == "bevestig_signalen":
            out = [self.cards.signs(state, ask=True)]
        elif self.question == "toelichting" and state.bevestigd == "nee":
            out = [self.cards.adjust(state)]
        elif self.question == "toelichting":
            out = [self.cards.question(state, "toelichting", *(["vaag"] if state.verteld else []))]
        elif self.question == "keuze":
            out = [self.cards.choice(state)]
        else:
            out = [self.cards.question(state, self.question)]
        if new and self.question not in ("bevestig_signalen", "toelichting", "bellen", "keuze"):
            out.insert(0, self.cards.signs(state, ask=False))
        send(dispatcher, out)
        if self.question == "keuze":  # numbers count what is shown
            state_after = state.with_(keuze_open=tuple(o["id"] for o in out[-1]["custom"]["opties"]))
        else:
            state_after = state
        shown = known if self.question not in ("bellen", "keuze") else state.getoond
        return set_slots(state, state_after.with_(open_vraag=self.question, getoond=shown))


class TurnOff(_Routekaart, Action):
    """Says what has to be said before the journey goes on; starting over and stopping are turn-offs too, so that danger comes before them."""

    def name(self) -> str:
        return "action_afslag"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        state = state_of(tracker)
        message = message_of(tracker)
        send(dispatcher, replies(state, self.cards, message.organisations, message.step))
        return set_slots(state, state.after_turn_off())


class GiveCard(_Routekaart, Action):
    """The route card, when the journey is at its end and this card was not given yet."""

    def name(self) -> str:
        return "action_routekaart"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        state = state_of(tracker)
        after = state.with_(open_vraag=None)
        if card_due(state):
            advice = advise(state.situatie)
            out = [self.cards.kindcheck(state, advice)] if kindcheck_due(state) else []
            send(dispatcher, [*out, self.cards.route(state, advice)])
            after = after.with_(kaart=card_mark(state))
        elif not _said_something(tracker):
            send(dispatcher, [self.cards.text(state, "klaar_voor_meer")])
        return set_slots(state, after)


def _said_something(tracker: Tracker) -> bool:
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "bot":
            return True
    return False


#: one class a question: the action server makes its actions from classes that need no arguments
ASKS: tuple[type[Action], ...] = tuple(type(f"Ask_{question}", (_Ask, Action), {"question": question}) for question in QUESTIONS)


def all_actions() -> list[Action]:
    """One instance of every action of the domain."""
    return [ReadMessage(), ValidateForm(), TurnOff(), GiveCard(), *(ask() for ask in ASKS)]
