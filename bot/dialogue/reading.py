"""What one message changes: `read(state, message)` gives the new state, with in `afslag` what has to be said before the journey goes on.

Order (ontwerp §2, §4): danger first, in every state; then a button; then what the text tells; then the answer to the open question; then what
the message is about. An answer's meaning is the option id (`bot.nlu.answers`). What is looked up by name (`bot.dialogue.lookup`) goes before a
reading that is less sure. Rules of the meldcode are not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.content import load_content
from bot.core import signs
from bot.core.route import acute
from bot.core.situation import OPTIONS, ROLES
from bot.dialogue.flow import next_step, vague
from bot.dialogue.lookup import SIGN, TERM, Asked, lookup
from bot.dialogue.rehearsing import CASE, ENTRY, IN_NEED, LEFT, SHOW, begin, is_real, leave, pressed, rehearsing, said, to_real
from bot.dialogue.state import START_OVER, STOP, State
from bot.nlu.answers import read_answer
from bot.nlu.text import normalise
from bot.nlu.vague import hesitates, speaks_of_another, speaks_of_feeling, speaks_of_oneself, speaks_of_own_desire
from bot.rehearsal.encoder import encode

#: intents that open a case or tell more of it
TELLING = frozenset(
    {
        "zorg_delen",
        "acuut_gevaar",
        "kind_vertelt",
        "suicide_uiting",
        "zelf_slachtoffer",
        "zelf_kind",
        "zelf_overbelast",
        "collega_zorg",
        "kindcheck_doen",
    }
)
#: intents that ask for the route itself
ASKING_ROUTE = frozenset({"advies_vragen", "begroeten"})
ZELF_BY_INTENT = {"zelf_kind": "kind", "zelf_slachtoffer": "slachtoffer", "zelf_overbelast": "overbelast"}
#: what is offered when something was not understood: telling, asking, a human
ALWAYS_OFFERED = ("zorg_delen", "hulp_vragen", "contact_zoeken")
#: intents that are an answer; without a question open they mean nothing
ANSWERING = frozenset({"bevestigen", "ontkennen", "weet_niet"})
NEVER_OFFERED = ANSWERING | {
    "antwoord",
    "nlu_fallback",
    "buiten_bereik",
    "andere_taal",
    "frustratie",
    "stoppen",
    "afscheid",
    "bedanken",
    "begroeten",
    "rol_noemen",
}
FALLBACK = "nlu_fallback"
#: intents that are about the conversation itself, whatever question is open
COMMANDS = frozenset({"terug", "stoppen", "opnieuw_beginnen", "frustratie"})
COMMAND_SURE = 0.6
#: kinds of danger in which the writer is the one in need
ZELF_KINDS, PARENT = ("slachtoffer", "kind_zelf"), "overbelast"
#: who writes from a profession and not of an own child is read as an overburdened parent only where that is this sure
OVERBURDENED, PARENT_SURE = "zelf_overbelast", 0.75
#: those that take away what was told or answered, and how sure they have to be
LOSES, LOSES_SURE = frozenset({"terug", "stoppen", "opnieuw_beginnen"}), 0.7
#: the sign of a child that says little; "ik praat niet met een computer" looks like it
NOT_TALKING = "teruggetrokken"
#: the entry of the page `/kindcheck`, and the intents of a first message that need no answer of their own there
KINDCHECK_ENTRY = "kindcheck"
OPENS_KINDCHECK = frozenset(
    {"kindcheck_doen", "vraag_kindcheck_uitleg", "zorg_delen", "hulp_vragen", "begroeten", "advies_vragen", FALLBACK, "buiten_bereik"}
)
#: the question which sign was read wrong: its options are the signs, its words those of the caller
AWAY = "signaal_weg"
UNCLEAR = "niet_begrepen"
EMERGENCY = "nood"
FALSIFIED = "falsificatie"
SELF_INTENTS = frozenset({*ZELF_BY_INTENT, "suicide_uiting"})
SUICIDAL = frozenset({"suicidale_uiting", "ouder_psychisch"})
#: intents of a story under which plain words of suicide may be overlooked
MAY_HIDE_SUICIDE = frozenset({"zorg_delen", "kindcheck_doen", "kind_vertelt", FALLBACK})
#: below this the intent is only taken when something else in the message supports it
SURE = 0.3
#: from here the intent goes before a topic of another family that is named in the text
TOPIC_SURE = 0.8
#: a story with more words than this does not stand still at a doubt that is mentioned in it
DOUBT_WORDS = 40
#: ids of the doubts among the answers
DOUBT = "twijfel_"
#: intents that ask for something, beside the questions (`vraag_...`)
LOOKING = frozenset({"taak_organisatie", "contact_zoeken", "stap_uitleg", "advies_vragen", "hulp_vragen", "buiten_bereik", "melding_doen"})
#: intents that ask who or what something is
NAMING = frozenset({"taak_organisatie", "contact_zoeken", "stap_uitleg"})
#: intents that say only that nothing better was read
NOTHING_READ = frozenset({"buiten_bereik", "hulp_vragen"})
TALKS = frozenset({"gesprek_ouders", "gesprek_kind"})
#: a first story of at least this many words is something that was seen or heard, also where no sign was recognised
CONCRETE_WORDS = 30
#: an answer to an open question of at least this many words counts as told, also where its intent is not sure
TOLD_WORDS = 5
#: a choice of meanings is answered in at most this many words; more is a story
CHOICE_WORDS = 8
#: the title of a sign to take away is longer
AWAY_WORDS = 14
CHOICES = 3


@dataclass(frozen=True)
class Message:
    """A message as the pipeline read it. `button`: the payload's entities when the message was an offered button, else None."""

    id: str
    text: str
    intent: str
    confidence: float
    ranking: tuple[str, ...] = ()
    affirmed: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()
    aside: frozenset[str] = frozenset()
    danger: bool = False
    danger_kind: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    organisations: tuple[str, ...] = ()
    step: str | None = None
    button: Mapping[str, str] | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    # `ranking` holds only intents that are likely enough to be offered

    @property
    def words(self) -> int:
        """Number of words."""
        return len(self.text.split())


def read(state: State, message: Message, questions: Mapping[str, Any], municipalities: frozenset[str]) -> State:
    """The state after a message. Reading the same message twice changes nothing."""
    if message.id == state.gelezen:
        return state
    before, state = state, _entry(state.with_(gelezen=message.id, afslag=None, einde=None), message.metadata, municipalities)
    if before.herkomst is None and state.herkomst == KINDCHECK_ENTRY:
        state, message = _kindcheck_begun(state, message)
    if before.herkomst is None and _wants_to_rehearse(state, message):
        return pressed(begin(state), CASE + (state.herkomst or "").partition(":")[2], load_content().cases)
    if message.button is not None:
        return _button(state, message)
    if rehearsing(state) and is_real(message.text):
        state = to_real(state)
        if not message.danger and not _tells(message):
            return state
    if rehearsing(state):
        return _in_rehearsal(state, message, questions)
    exact = _exact(state, message, questions)
    if exact is not None:
        return answer(state, state.open_vraag or "", exact)
    chosen = _exact_choice(state, message, questions)
    if chosen is not None:
        return _chosen(state, message, chosen)
    message = _not_self(state, message)
    if not message.danger and message.affirmed | message.denied <= {NOT_TALKING} and lookup().wants_no_computer(message.text):
        message = replace(message, intent="contact_zoeken", confidence=1.0, affirmed=frozenset(), denied=frozenset())
    asked = lookup().read(message.text)
    if asked.meaning and not message.danger:
        return state.with_(afslag=asked.meaning, niet_begrepen=0, keuze_open=())
    state = _take_in(state, message)
    if message.danger:
        return _danger(state, message)
    if message.intent == STOP and not message.affirmed and lookup().backs_out(message.text):
        return _unclear(state, message, STOP)  # who hesitates is not wiped
    if message.intent in COMMANDS and message.confidence >= _sure(message.intent) and not message.affirmed:
        return _by_intent(state, message)
    if state.open_vraag is None and acute(state.situatie) and _exact(state.with_(open_vraag="bellen"), message, questions) == "hulp":
        return state.with_(afslag="bellen_hulp", niet_begrepen=0)  # what to say on the phone is asked after the card too
    if lookup().wants_a_human(message.text) and not message.affirmed:
        message = replace(message, intent="contact_zoeken", confidence=1.0)
    if not asked.question:
        message = _suicidal(message)
    if state.situatie.professional and not asked.question and lookup().falsification(message.text):
        return _falsified(state)
    after = _answer(state, message, questions) or _about(state, message)
    found = None if after.situatie.zelf else _looked_up(after.afslag, message, asked)
    if found is None:
        return after
    # a question alone opens no case; what was answered or told with it is kept
    kept = after if message.affirmed or state.gestart or after.afslag is None else state
    return kept.with_(afslag=found, niet_begrepen=0, keuze_open=())


# -- the entry ------------------------------------------------------------------------------------------------------------------


def _entry(state: State, metadata: Mapping[str, Any], municipalities: frozenset[str]) -> State:
    changes: dict[str, Any] = {}
    rol = metadata.get("rol")
    if state.situatie.rol is None and rol in ROLES:
        changes["rol"] = rol
    gemeente = metadata.get("gemeente")
    if state.gemeente is None and isinstance(gemeente, str):
        changes["gemeente"] = gemeente if gemeente in municipalities else "anders"
    if state.herkomst is None and isinstance(metadata.get("herkomst"), str):
        changes["herkomst"] = metadata["herkomst"][:40]
    return state.with_(**changes) if changes else state


def _kindcheck_begun(state: State, message: Message) -> tuple[State, Message]:
    """Who came in by the kindcheck does it, however the first message is read; what it tells, asks or warns of counts as always."""
    if message.intent in OPENS_KINDCHECK:
        message = replace(message, intent="kindcheck_doen", confidence=1.0)
    return state.with_(kindcheck=True, gestart=True), message


def _wants_to_rehearse(state: State, message: Message) -> bool:
    """Who came in by the page with cases and says nothing else; what is told there for real goes the ordinary way."""
    came = (state.herkomst or "").partition(":")[0] == ENTRY
    return (
        came
        and not message.danger
        and not message.affirmed
        and (message.intent == "oefenen" or normalise(message.text) == "ik wil oefenen")
    )


def _exact(state: State, message: Message, questions: Mapping[str, Any]) -> str | None:
    """The option whose button, or one of whose ways of saying it, was typed to the letter: our own words for an answer, so nothing else can be
    meant, and no bare "nog niet" is taken for danger."""
    rows = questions.get(state.open_vraag or "", {}).get("opties") or {}
    typed = message.text.strip().rstrip(".!").lower()
    if state.open_vraag in (None, "keuze", "toelichting"):
        return None
    plain = normalise(typed)
    for option, row in rows.items():
        titles = [row.get("titel", ""), *(row.get("titel_per_rol") or {}).values()]
        if typed in (option, *(t.lower() for t in titles)) or plain in {normalise(word) for word in row.get("woorden") or ()}:
            return str(option)
    return None


def _exact_choice(state: State, message: Message, questions: Mapping[str, Any]) -> str | None:
    """The meaning that was chosen from the open choice, by its number or by the words of its button."""
    if state.open_vraag != "keuze":
        return None
    text = message.text.strip().rstrip(".!)").lower()
    if text.isdigit():
        return state.keuze_open[int(text) - 1] if 1 <= int(text) <= len(state.keuze_open) else None
    spec = questions.get("keuze", {})
    titles = {**{i: row["titel"] for i, row in (spec.get("opties") or {}).items()}, **(spec.get("titels") or {})}
    return next((i for i in state.keuze_open if text in (i, titles.get(i, "").lower())), None)


def _not_self(state: State, message: Message) -> Message:
    """Who tells of somebody else is not read as the one in need; a professional is not read as a child."""
    if message.intent not in SELF_INTENTS or not state.situatie.professional:
        return message
    if state.situatie.rol is None:
        other = not speaks_of_oneself(message.text) and (message.confidence < COMMAND_SURE or speaks_of_another(message.text))
    else:
        sure = PARENT_SURE if message.intent == OVERBURDENED and not lookup().own_child(message.text) else COMMAND_SURE
        other = message.intent == "zelf_kind" or speaks_of_another(message.text) or message.confidence < sure
    if other:
        intent = "suicide_uiting" if message.intent == "suicide_uiting" else "zorg_delen"
        affirmed = message.affirmed | ({"suicidale_uiting"} if intent == "suicide_uiting" and not message.affirmed & SUICIDAL else set())
        return Message(**{**message.__dict__, "intent": intent, "affirmed": frozenset(affirmed)})
    return message


# -- a rehearsal ----------------------------------------------------------------------------------------------------------------


def _in_rehearsal(state: State, message: Message, questions: Mapping[str, Any]) -> State:
    """Danger and people in need before the case; then the case; then a question, after which the case goes on. Nothing is taken in as a real case."""
    cases = load_content().cases
    if message.danger:
        return _danger_in_rehearsal(state, message, cases)
    if message.intent in SELF_INTENTS and message.confidence >= IN_NEED and speaks_of_oneself(message.text):
        return _by_intent(leave(state, LEFT), message)
    if message.intent in (STOP, START_OVER) and message.confidence >= COMMAND_SURE:
        return _by_intent(leave(state).with_(nood_open=False), message)
    if state.nood_open:  # is it real? asked until that is answered
        option = _exact(state, message, questions)
        return answer(state, "bellen", option) if option else _answer(state, message, questions) or state
    after = said(state, message.text, message.intent, message.confidence, cases, encode, _answers)
    return state.with_(afslag=message.intent, niet_begrepen=0, keuze_open=()) if after is None else after


def _answers(intent: str) -> bool:
    """Whether an intent asks for an answer rather than tells, agrees or commands."""
    return intent.startswith("vraag_") or intent in ("taak_organisatie", "contact_zoeken", "stap_uitleg")


def _danger_in_rehearsal(state: State, message: Message, cases: Mapping[str, Any]) -> State:
    """The emergency card comes first, here too; nothing of it is known of a real case until the user says so. What the words may mean in the
    case is kept for who says that they belong to it."""
    meant = said(state, message.text, FALLBACK, 0.0, cases, encode, lambda _: False)
    bij = meant.oefening_bij if meant and meant.oefening == state.oefening and meant.oefening_bij else state.oefening_bij
    return state.with_(nood_open=True, nood_soort=message.danger_kind or "standaard", oefening_bij=bij, afslag=EMERGENCY, niet_begrepen=0)


def _suicidal(message: Message) -> Message:
    """A story that says in plain words that somebody else thinks of suicide is about that first, whatever else it tells (§10 L6)."""
    said = message.intent in MAY_HIDE_SUICIDE and lookup().suicidal(message.text) and not speaks_of_oneself(message.text)
    if not said or "suicidale_uiting" in message.denied | message.aside:
        return message
    affirmed = message.affirmed if message.affirmed & SUICIDAL else message.affirmed | {"suicidale_uiting"}
    return replace(message, intent="suicide_uiting", affirmed=frozenset(affirmed))


# -- danger ---------------------------------------------------------------------------------------------------------------------


def _danger(state: State, message: Message) -> State:
    kind = _kind_for(state, message)
    zelf = state.situatie.zelf or ZELF_BY_INTENT.get(message.intent) or (kind if kind in ("slachtoffer", "overbelast") else None)
    if kind == "kind_zelf":
        zelf = "kind"
    if message.intent == "suicide_uiting" and _about_self(message):
        zelf = "suicide"
    if speaks_of_own_desire(message.text):
        zelf = "gevoelens"
    if zelf is None and kind == "suicide":  # stays known when the danger is taken back (§10 L6)
        state = state.with_(signalen=state.situatie.signalen | {"suicidale_uiting"})
    if zelf is None and _adult_client(state, message):
        state = state.with_(kindcheck=True)  # an adult with problems: where are the children? (§3, §13 C6)
    return state.with_(
        gevaar=True, acuut="ja", zelf=zelf, gestart=True, verteld=True, nood_open=True, nood_soort=kind or "standaard", keuze_open=(), niet_begrepen=0,
        terug_naar=None, kaart=None, bevestigd=state.bevestigd or "ja", afslag=EMERGENCY,
    )  # fmt: skip


def _kind_for(state: State, message: Message) -> str | None:
    """The kind of danger as it was read; who writes from a profession is spoken to as the parent, the victim or the child only where the words
    are about themself."""
    kind, s = message.danger_kind, state.situatie
    if s.rol is None or not s.professional or kind not in (*ZELF_KINDS, PARENT):
        return kind
    own = lookup().own_child(message.text) or message.intent == OVERBURDENED if kind == PARENT else speaks_of_oneself(message.text)
    return kind if own else "standaard"


def _no_danger(state: State) -> State:
    """The user says that there is no danger any more: the signs that are danger by themselves are not of now."""
    left = state.situatie.signalen - signs.ALARM
    return state.with_(gevaar=False, acuut="nee", signalen=left, nood_open=False, kaart=None, afslag="bellen_geen_gevaar")


def _falsified(state: State) -> State:
    """An illness that a parent may bring about or make up: parents are never spoken first (§8.4)."""
    changes = {"gestart": True, "verteld": True, "concreet": True, "gesprek_onveilig": "ja", "niet_begrepen": 0, "keuze_open": ()}
    return state.with_(**changes, afslag=FALSIFIED)


# -- buttons --------------------------------------------------------------------------------------------------------------------


def _button(state: State, message: Message) -> State:
    if message.intent == FALLBACK:
        return _unclear(state, message)
    if message.intent != "antwoord":
        return _by_intent(state.with_(keuze_open=()), message)
    for question, option in (message.button or {}).items():
        if question == "oefening":
            return pressed(state, option, load_content().cases)
        if question == "twijfel":
            return state.with_(afslag=option, niet_begrepen=0, keuze_open=())
        if question == AWAY:
            return _taken_away(state, option)
        return answer(state, question, option)
    return state.with_(afslag=UNCLEAR)


def _taken_away(state: State, sign: str) -> State:
    """A sign that was read wrong: gone, and not shown as denied either."""
    after = _without(state, frozenset({sign}))
    return after.with_(ontkend=state.ontkend, bevestigd="ja", niet_begrepen=0)


def _without(state: State, ids: frozenset[str]) -> State:
    return state.with_(
        signalen=state.situatie.signalen - ids,
        ontkend=tuple(dict.fromkeys([*state.ontkend, *sorted(ids)])),
        onthulling=None if "onthulling" in ids else state.situatie.onthulling,
    )


# -- what the text tells --------------------------------------------------------------------------------------------------------


def _take_in(state: State, message: Message) -> State:
    """Signs and facts of the text; an answer that was given is never overwritten by what is read between the lines."""
    s = state.situatie
    if message.denied & s.signalen:
        state = _without(state, message.denied & s.signalen)
    signalen = (state.situatie.signalen | message.affirmed) - (message.denied - message.affirmed)
    changes: dict[str, Any] = {"signalen": signalen}
    if message.denied - message.affirmed:
        changes["ontkend"] = tuple(dict.fromkeys([*state.ontkend, *sorted(message.denied - message.affirmed)]))
    if message.aside or state.terzijde:
        changes["terzijde"] = tuple(s for s in dict.fromkeys([*state.terzijde, *sorted(message.aside)]) if s not in signalen)
    function = lookup().function(message.text)
    if function and s.rol in (None, "huisarts", "ander_beroep"):
        changes |= {"eigen": function, "rol": "huisarts"}  # the doctor's order, also in a hospital (§2.4)
    for question, option in message.facts.items():
        if question == "eigen" and s.eigen is None:
            changes.setdefault("eigen", option)
        if question not in OPTIONS or option not in OPTIONS[question] or getattr(s, question) is not None:
            continue
        if question == "acuut" and (message.danger or option == "ja"):
            continue
        if question == "structureel":
            continue  # decides between a colleague and a report: always asked, never read between the lines
        if question == "verdachte" and option in ("collega", "houder") and "collega_zorg" not in (message.intent, *message.ranking[:2]):
            continue
        changes.setdefault(question, option)
    if "onthulling" in message.affirmed or (message.intent == "kind_vertelt" and message.confidence >= SURE):
        changes["onthulling"] = "ja"
    if message.intent == "rol_noemen" and "rol" in message.facts:
        changes["rol"] = changes.get("rol", message.facts["rol"])
    return state.with_(**changes)


# -- the answer to the open question --------------------------------------------------------------------------------------------


def answer(state: State, question: str, option: str) -> State:
    """The state after an answer to a question, given by its option id."""
    state = state.with_(niet_begrepen=0, keuze_open=(), terug_naar=None if state.terug_naar == question else state.terug_naar)
    if question == "bellen":
        state = _answered(state, question)
        if rehearsing(state):
            if option == "oefening":
                return state.with_(nood_open=False, nood_soort=None, afslag=SHOW)
            state = state.with_(oefening=(), oefening_bij=None, gevaar=True, gestart=True, verteld=True)
        if option == "geen_gevaar":
            return _no_danger(state)
        return state.with_(nood_open=False, acuut="ja", afslag="bellen_" + option, kaart=None)
    if question == "bevestig_signalen":
        return _answered(state.with_(bevestigd=option), question)
    if question == "toelichting":
        return _answered(
            state.with_(verteld=True, uitgelegd=state.uitgelegd + 1, bevestigd="ja" if state.bevestigd == "nee" else state.bevestigd),
            question,
        )
    if question not in OPTIONS or option not in OPTIONS[question]:
        return state.with_(afslag=UNCLEAR)
    if question == "acuut" and option == "ja":
        return _answered(state.with_(acuut="ja", nood_open=True, nood_soort=_kind_of(state), afslag=EMERGENCY, kaart=None), question)
    if question == "kinderen_veilig" and option == "nee":
        return _answered(state.with_(kinderen_veilig="nee", nood_open=True, nood_soort="kindcheck", afslag=EMERGENCY, kaart=None), question)
    return _answered(state.with_(**{question: option}, gevraagd=state.gevraagd + (question != "rol")), question)


def _answered(state: State, question: str) -> State:
    return state.with_(beantwoord=(*(q for q in state.beantwoord if q != question), question))


def _kind_of(state: State) -> str:
    """Which emergency text fits, from the signs that are known."""
    s = state.situatie.signalen
    table = (
        ("letsel_baby", "baby"), ("vermist", "vermist"), ("suicidale_uiting", "suicide"), ("medische_nood", "medisch"), ("niet_naar_huis", "niet_naar_huis"),
        ("uithuwelijking", "eer"), ("eergeweld", "eer"), ("genitale_verminking", "eer"), ("alleen_gelaten", "alleen_kind"), ("geweld_nu", "geweld"),
    )  # fmt: skip
    return next((kind for sign, kind in table if sign in s), "standaard")


def _answer(state: State, message: Message, questions: Mapping[str, Any]) -> State | None:
    """The open question answered in free text, or None where the text is not an answer to it."""
    question = state.open_vraag
    if question is None:
        return None
    if question == "keuze":
        return _choice(state, message, questions) or _answer_behind(state, message, questions)
    if question == "toelichting":
        return _explanation(state, message, questions)
    option = read_answer(question, questions.get(question, {}), message.text, message.intent, message.confidence)
    if option is None and question == "bevestig_signalen" and (message.affirmed or message.denied) and _tells(message):
        option = "ja"  # a correction or an addition in own words: taken in above
    if option is None and question in message.facts and getattr(state.situatie, question, None) == message.facts[question]:
        option = message.facts[question]
    return None if option is None else answer(state, question, option)


def _choice(state: State, message: Message, questions: Mapping[str, Any]) -> State | None:
    if message.words > CHOICE_WORDS:
        return None
    chosen = read_answer("keuze", questions.get("keuze", {}), message.text, message.intent, message.confidence)
    return None if chosen is None else _chosen(state, message, chosen)


def _chosen(state: State, message: Message, intent: str) -> State:
    return _by_intent(state.with_(keuze_open=(), niet_begrepen=0), Message(message.id, "", intent, 1.0, button={}))


def _answer_behind(state: State, message: Message, questions: Mapping[str, Any]) -> State | None:
    """While a choice of meanings is open, an answer to the question before it still counts."""
    before = state.with_(keuze_open=())
    question = next_step(before)
    if question is None or question == "keuze":
        return None
    return _answer(before.with_(open_vraag=question), message, questions)


def _explanation(state: State, message: Message, questions: Mapping[str, Any]) -> State | None:
    """An open question takes any text but a question, a command or small talk."""
    if state.bevestigd == "nee":
        offered = {sign: questions[AWAY]["opties"][sign] for sign in sorted(state.situatie.signalen) if sign in questions[AWAY]["opties"]}
        away = read_answer(AWAY, {"opties": offered}, message.text, None, 0.0) if message.words <= AWAY_WORDS else None
        if away is not None:
            return _taken_away(state, away)
        if message.intent == "bevestigen" and not message.affirmed:
            return answer(state.with_(bevestigd="ja"), "bevestig_signalen", "ja")  # it was right after all
    nothing = read_answer("toelichting", questions.get("toelichting", {}), message.text, message.intent, message.confidence) == "niets"
    if nothing or (message.intent in ("weet_niet", "ontkennen", "advies_vragen") and not message.affirmed):
        return answer(state, "toelichting", "niets")
    unsure = message.intent == FALLBACK or message.confidence < SURE
    if not _tells(message) and not (unsure and message.words >= TOLD_WORDS):
        return None
    state = _by_intent(state, message) if message.intent in TELLING else state.with_(gestart=True)
    first = not state.verteld
    if not first or _concrete(message):
        state = state.with_(concreet=True)
    return answer(state.with_(verteld=True), "toelichting", "verteld") if not first else state.with_(verteld=True, niet_begrepen=0)


# -- what is looked up by name --------------------------------------------------------------------------------------------------


def _looked_up(code: str | None, message: Message, asked: Asked) -> str | None:
    """The turn-off for what the text names, where it fits better than `code`, the one that the intent gave; else None.

    One sign of which the meaning is asked comes first, then a form, then a topic or doubt by its words, then a term, then an organisation.
    """
    if code is None or code == "zorg_delen":
        if asked.topic and _also_told(asked.topic) and TOLD_WORDS <= message.words <= DOUBT_WORDS:
            return asked.topic
        told = bool(message.affirmed) and (message.confidence >= COMMAND_SURE or message.words > DOUBT_WORDS)
        return None if code is None or told or not asked.question else _sign(asked) or asked.topic
    if code in TALKS:
        return asked.topic if asked.topic and _topic(asked.topic).get("gesprek") else None
    if not (code.startswith("vraag_") or code in LOOKING or code == UNCLEAR) or (code == "advies_vragen" and message.affirmed):
        return None
    return _sign(asked) or _form(code, asked) or _named_topic(code, message, asked) or _named_term(code, message, asked)


def _also_told(topic: str) -> bool:
    """Whether a topic is answered where it is told, not asked: every doubt, and what is marked so."""
    return topic.startswith(DOUBT) or bool(_topic(topic).get("ook_zonder_vraag"))


def _sign(asked: Asked) -> str | None:
    return asked.sign and SIGN + asked.sign


def _form(code: str, asked: Asked) -> str | None:
    """A question for signs or forms that names one form is about that form."""
    if code not in ("vraag_signalen", "vraag_vormen") or not (asked.term or "").startswith(TERM):
        return None
    return asked.term if lookup().terms[str(asked.term).removeprefix(TERM)]["soort"] == "vormen" else None


def _topic(key: str) -> Mapping[str, Any]:
    answers: Mapping[str, Mapping[str, Any]] = lookup().answers
    return answers[key]


def _named_topic(code: str, message: Message, asked: Asked) -> str | None:
    if asked.topic is None or (code == "melding_doen" and not asked.topic.startswith(DOUBT)):
        return None
    sure = code != UNCLEAR and message.confidence >= TOPIC_SURE
    return asked.topic if not sure or code in _topic(asked.topic).get("bij", ()) else None


def _named_term(code: str, message: Message, asked: Asked) -> str | None:
    sure = code != UNCLEAR and message.confidence >= TOPIC_SURE
    if asked.term is None:
        unread = code == UNCLEAR or (code in NOTHING_READ and not sure)
        return "taak_organisatie" if unread and asked.question and message.organisations and not message.affirmed else None
    if code in NAMING:
        return asked.term if (asked.structure or not message.organisations) and not message.step else None
    return asked.term if asked.question and not sure and (asked.structure or not code.startswith("vraag_")) else None


# -- what the message is about --------------------------------------------------------------------------------------------------


def _tells(message: Message) -> bool:
    return message.intent in TELLING or bool(message.affirmed or message.denied)


def _sure(command: str) -> float:
    """The least certainty with which a command is carried out at once."""
    return LOSES_SURE if command in LOSES else COMMAND_SURE


def _about_self(message: Message) -> bool:
    return not message.affirmed & SUICIDAL and "onthulling" not in message.affirmed


def _about(state: State, message: Message) -> State:
    unsure = message.intent == FALLBACK or (message.confidence < SURE and not message.affirmed)
    hesitant = not state.gestart and (unsure or message.intent in ANSWERING) and hesitates(message.text)
    if hesitant or (unsure and speaks_of_feeling(message.text)):
        message = replace(message, intent="zorg_delen", confidence=SURE)
        unsure = False
    if message.intent in LOSES and message.confidence < LOSES_SURE and not message.affirmed:
        return _unclear(state, message, message.intent)  # a guess throws nothing away
    if message.intent in ANSWERING or (unsure and not message.affirmed):
        return _unclear(state, message)
    if message.intent == FALLBACK:
        message = Message(**{**message.__dict__, "intent": "zorg_delen"})
    state = _by_intent(state, message)
    if message.affirmed:
        state = state.with_(gestart=True, verteld=True)
    if state.verteld and vague(state) and message.intent in TELLING and _concrete(message):
        state = state.with_(concreet=True)
    return state


def _concrete(message: Message) -> bool:
    """A longer story that is not about a feeling tells something, also where no sign was recognised in it."""
    return message.words >= CONCRETE_WORDS and not speaks_of_feeling(message.text)


def _unclear(state: State, message: Message, guess: str | None = None) -> State:
    """A choice of meanings. `guess`: one that is offered even where it is not for everyone (to stop, to begin again)."""
    others = [i for i in message.ranking if i not in NEVER_OFFERED and i not in ALWAYS_OFFERED and i != guess]
    likely = [*([guess] if guess else []), *others][: CHOICES - 1]
    if state.situatie.zelf == "kind":  # no words of professionals for a child
        return state.with_(niet_begrepen=state.niet_begrepen + 1, keuze_open=(ALWAYS_OFFERED[-1], STOP), afslag=UNCLEAR)
    offered = tuple(dict.fromkeys([ALWAYS_OFFERED[0], *likely, *ALWAYS_OFFERED[1:]]))
    return state.with_(niet_begrepen=state.niet_begrepen + 1, keuze_open=offered, afslag=UNCLEAR)


def _by_intent(state: State, message: Message) -> State:
    """What the intent of a message changes, whether read in text or chosen by button."""
    intent = message.intent
    state = state.with_(afslag=intent, niet_begrepen=0, keuze_open=())
    if intent == "terug":
        return _back(state)
    if intent == "oefenen":
        return begin(state)
    if intent in ASKING_ROUTE or (intent == "zorg_delen" and message.button is not None):
        return state.with_(gestart=True, kaart=None if intent == "advies_vragen" else state.kaart)
    if intent in ("rol_noemen", "samenvatting_vragen") or (intent == "zorg_delen" and not message.text):
        return state.with_(gestart=True)
    if intent not in TELLING and not speaks_of_own_desire(message.text):
        return state.with_(verteld=state.verteld or bool(message.affirmed), gestart=state.gestart or bool(message.affirmed))
    changes: dict[str, Any] = {"gestart": True, "verteld": True}
    if intent in ZELF_BY_INTENT:
        changes["zelf"] = ZELF_BY_INTENT[intent]
    if speaks_of_own_desire(message.text):
        changes["zelf"] = "gevoelens"
    if intent == "suicide_uiting":
        if _about_self(message) and not state.verteld:
            changes["zelf"] = "suicide"
        else:
            changes["signalen"] = state.situatie.signalen | (frozenset() if "ouder_psychisch" in message.affirmed else {"suicidale_uiting"})
    if intent == "collega_zorg" and state.situatie.verdachte in (None, "onbekend", "ouder"):
        changes["verdachte"] = "collega"
    if intent == "kindcheck_doen" or _adult_client(state, message):
        changes["kindcheck"] = True
    return state.with_(**changes)


def _adult_client(state: State, message: Message) -> bool:
    """A professional who works with adults tells of an adult with problems: that is where the kindcheck starts (§3)."""
    s = state.situatie
    return (
        s.rol in ("huisarts", "ander_beroep", "wijkteam")
        and bool(message.affirmed & signs.KINDCHECK)
        and not (s.signalen | message.affirmed) & signs.KIND_GEDAAN
        and s.zelf is None
    )


def _back(state: State) -> State:
    """The last answer is taken back and its question asked again."""
    if not state.beantwoord:
        return state.with_(afslag="terug_kan_niet")
    question = state.beantwoord[-1]
    changes: dict[str, Any] = {
        "beantwoord": state.beantwoord[:-1],
        "terug_naar": question,
        "kaart": None,
        "nood_open": False,
        "afslag": None,
    }
    if question == "bellen":
        changes |= {"terug_naar": None, "nood_open": True, "gevaar": True, "acuut": "ja"}
    if question in OPTIONS:
        changes |= {question: None, "gevraagd": max(0, state.gevraagd - (question != "rol"))}
        if question == "acuut":
            changes["gevaar"] = False
    if question == "bevestig_signalen":
        changes["bevestigd"] = None
    return state.with_(**changes)
