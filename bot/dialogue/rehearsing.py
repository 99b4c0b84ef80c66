"""A rehearsal inside the conversation: what a message changes while a case is played.

`State.oefening_bij` says where: `CHOOSING` (perhaps with a theme), `SCENE`, `BACK` (what came of the choice), `MEANT` with one option or two ("bedoel:b",
"bedoel:b+c": is this what you mean?), `ENDED`. Real danger and people in need come before the case: a rehearsal never swallows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.dialogue.state import State
from bot.nlu.text import normalise
from bot.rehearsal import own_words, play

#: origin of who comes from the page with cases; behind it may stand which ("oefenen:C1")
ENTRY = "oefenen"
CHOOSING, SCENE, BACK, MEANT, ENDED = "kiezen", "scene", "terug", "bedoel", "einde"
#: turn-offs: show where the rehearsal stands; a guess was not possible; the rehearsal was left for what is real
SHOW, UNSURE, LEFT, STOPPED = "oefening", "oefening_onduidelijk", "oefening_verlaten", "oefening_gestopt"
TURN_OFFS = (SHOW, UNSURE, LEFT, STOPPED)
#: buttons beside the options of the moment
GO_ON, TRY_AGAIN, AGAIN, OTHER, LEAVE, IT_IS_REAL, YES, NO = (
    "verder", "anders", "opnieuw", "andere", "stop", "echt", "ja", "nee",
)  # fmt: skip
CASE, THEME = "casus:", "thema:"
#: somebody tells that it is no rehearsal
_REAL = re.compile(
    r"\b(dit|het) is (wel |nu )?(echt|serieus)(?= *($|[.,!;:?]| gebeurd| waar))|\b(echt|werkelijk) gebeurd\b|\bgeen (oefening|casus)\b"
    r"|\bnu (even )?(echt|serieus)(?= *($|[.,!;:?]))"
    r"|\b(in mijn (eigen )?(klas|groep|praktijk|straat)|bij (mij|ons) (op school|in de klas|in de praktijk)) (zit|is|heb|speelt)\b"
)
#: from here the intent of somebody in need is believed over the case
IN_NEED = 0.5
#: a question is answered in the middle of a case from here
ASKED = 0.5
_YES, _NO = ("bevestigen",), ("ontkennen",)


def rehearsing(state: State) -> bool:
    """Whether a case is being chosen or played."""
    return state.oefening_bij is not None


def begin(state: State) -> State:
    """The list of cases. What was told of a real case is kept and comes back after the rehearsal."""
    return state.with_(oefening=(), oefening_bij=CHOOSING, afslag=SHOW, niet_begrepen=0, keuze_open=())


def leave(state: State, turn_off: str = STOPPED) -> State:
    """Out of the rehearsal."""
    return state.with_(oefening=(), oefening_bij=None, afslag=turn_off)


def is_real(text: str) -> bool:
    """Whether somebody says that it is not a rehearsal."""
    return bool(_REAL.search(normalise(text)))


def case_of(state: State, cases: Mapping[str, Any]) -> play.Case | None:
    """The case that is played; None while one is chosen, or where the case is not there any more."""
    case = cases.get(state.oefening[0]) if state.oefening else None
    return case if case and play.valid(case, state.oefening[1:]) else None


def pressed(state: State, chosen: str, cases: Mapping[str, Any]) -> State:
    """After a button of the rehearsal."""
    case = case_of(state, cases)
    if chosen == LEAVE:
        return leave(state)
    if chosen == IT_IS_REAL:
        return to_real(state)
    if chosen.startswith(THEME):
        return begin(state).with_(oefening_bij=f"{CHOOSING}:{chosen.removeprefix(THEME)}")
    if chosen.startswith(CASE) and chosen.removeprefix(CASE) in cases:
        return _at_scene(state.with_(oefening=(chosen.removeprefix(CASE),)))
    if case is None or chosen == OTHER:
        return begin(state)
    choices = state.oefening[1:]
    if chosen == AGAIN:
        return _at_scene(state.with_(oefening=state.oefening[:1]))
    if chosen == TRY_AGAIN:
        return _at_scene(state.with_(oefening=state.oefening[:-1] if choices and state.oefening_bij in (BACK, ENDED) else state.oefening))
    if chosen == NO:
        return _at_scene(state)
    if chosen == YES and len(_meant(state)) == 1:
        return _chosen(state, case, _meant(state)[0])
    if chosen == GO_ON:
        return state.with_(oefening_bij=ENDED if play.moment_of(case, choices) == play.END else SCENE, afslag=SHOW, niet_begrepen=0)
    if state.oefening_bij == SCENE or _meant(state):
        return _chosen(state, case, chosen)
    return _at_scene(state)


def said(
    state: State,
    text: str,
    intent: str,
    confidence: float,
    cases: Mapping[str, Any],
    encode: own_words.Encode,
    answered: Callable[[str], bool],
) -> State | None:
    """After free text in a rehearsal; None where it is for the ordinary conversation. `answered`: whether an intent has an answer of its own."""
    case = case_of(state, cases)
    words = normalise(text)
    if words in ("stop", "stoppen met oefenen", "klaar met oefenen", "ik wil stoppen met oefenen", "einde oefening"):
        return leave(state)
    if case is None:
        return _choosing(state, words, cases, intent, confidence, answered)
    bij = state.oefening_bij or ""
    if words in ("terug", "vorige", "andere keuze", "nog een keer"):
        return pressed(state, TRY_AGAIN, cases)
    if bij in (BACK, ENDED):
        if words in ("verder", "volgende", "ja", "ok", "oke", "door", "ga verder") or intent in _YES:
            return pressed(state, GO_ON if bij == BACK else OTHER, cases)
        return None if answered(intent) and confidence >= ASKED else state.with_(afslag=SHOW)
    if _meant(state):
        if intent in _YES or words in ("ja", "klopt", "precies"):
            return _chosen(state, case, _meant(state)[0]) if len(_meant(state)) == 1 else state.with_(afslag=SHOW)
        if intent in _NO or words in ("nee", "anders", "iets anders"):
            return _at_scene(state)
    options = case["momenten"][play.moment_of(case, state.oefening[1:])]["opties"]
    if words in options:
        return _chosen(state, case, words)
    if words.isdigit() and 1 <= int(words) <= len(options):
        return _chosen(state, case, list(options)[int(words) - 1])
    meant = own_words.guess(text, options, encode)
    if meant:
        return state.with_(oefening_bij=f"{MEANT}:{'+'.join(meant)}", afslag=SHOW, niet_begrepen=0)
    if answered(intent) and confidence >= ASKED:
        return None
    return state.with_(oefening_bij=SCENE, afslag=UNSURE)


def _choosing(
    state: State, words: str, cases: Mapping[str, Any], intent: str, confidence: float, answered: Callable[[str], bool]
) -> State | None:
    """A case chosen by its number, name or theme in own words."""
    if words.upper() in cases:
        return pressed(state, CASE + words.upper(), cases)
    for key, row in cases.items():
        if normalise(row["titel"]) in words or words == normalise(row["titel"]):
            return pressed(state, CASE + key, cases)
    themes = {theme for row in cases.values() for theme in row["themas"]}
    named = next((theme for theme in sorted(themes) if theme.replace("_", " ") in words), None)
    if named:
        return pressed(state, THEME + named, cases)
    if answered(intent) and confidence >= ASKED:
        return None
    return state.with_(afslag=SHOW)


def _at_scene(state: State) -> State:
    return state.with_(oefening_bij=SCENE, afslag=SHOW, niet_begrepen=0)


def _chosen(state: State, case: play.Case, option: str) -> State:
    choices = state.oefening[1:]
    place = play.moment_of(case, choices)
    if place == play.END or option not in case["momenten"][place]["opties"]:
        return _at_scene(state) if place != play.END else state.with_(oefening_bij=ENDED, afslag=SHOW)
    return state.with_(oefening=(*state.oefening, f"{place}.{option}"), oefening_bij=BACK, afslag=SHOW, niet_begrepen=0)


def _meant(state: State) -> tuple[str, ...]:
    """The options that were put to the player."""
    kind, _, options = (state.oefening_bij or "").partition(":")
    return tuple(options.split("+")) if kind == MEANT and options else ()


def to_real(state: State) -> State:
    """What is real is taken seriously at once: the ordinary conversation. Where danger was told in the case, that danger is real."""
    after = leave(state, LEFT).with_(gestart=True)
    return after.with_(gevaar=True, acuut="ja", verteld=True) if state.nood_open else after
