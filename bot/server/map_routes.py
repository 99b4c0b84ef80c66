"""Who calls whom: read out of the core by asking it, never drawn by hand.

`calls(rol, signs)` runs `advise` over a spread of situations that a conversation of that role can reach and keeps whom it names first, whom it
names after that, and how soon. Pure: no words, no input or output. The result depends on the role only; the municipality gives the names later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

from bot.core.questions import QUESTIONS
from bot.core.route import OWN_FUNCTION, RULES, URGENCIES, advise, deciding_rule, seen
from bot.core.situation import OPTIONS, ROLES, ZELF, Situation

#: the lines of the escalation ladder (§6.4), most urgent first
COLOURS = ("rood", "oranje", "geel", "groen")
#: how soon -> the line of the escalation ladder it stands for, where nothing else is known
HOW_URGENT = {"nu": "rood", "vandaag": "oranje", "deze_week": "geel", "rustig": "groen"}
#: follows from nearly everywhere, so it is drawn once as a rule and not from every station
EVERYWHERE = frozenset({"veilig_thuis", "nood_112"})
#: every question about safety answered reassuringly: what remains is the mildest advice
MILD: dict[str, Any] = {"acuut": "nee", "structureel": "nee", "onthulling": "nee", "eerder_gemeld": "nee"}
HELP = ("hulp_mogelijk", "hulp_aanvaard", "hulp_werkt")
#: what can change whom a rule names: the kind of school, the age, a talk that is not safe, who is suspected
WHOM = ("school_soort", "leeftijd", "gesprek_onveilig", "verdachte")
#: read from a text whether it is asked or not
TOLD = frozenset({"leeftijd", "verdachte", "jeugdbeschermer"})
KINDCHECK = ("kinderen", "zwanger", "kinderen_veilig", "steun")


@dataclass(frozen=True)
class Calls:
    """Who calls whom, for one role or for several together.

    first: contact -> the lines it stands on, most urgent first. urgency: contact -> the most urgent of the rules that name it first.
    after: contact -> who follows it -> the conditions. own: contact -> who follows it by the rule itself, whatever else is known.
    rules: contact -> the rules that name it first, in the order of `RULES`.
    """

    first: Mapping[str, tuple[str, ...]]
    urgency: Mapping[str, str]
    after: Mapping[str, Mapping[str, tuple[str, ...]]]
    own: Mapping[str, tuple[str, ...]]
    rules: Mapping[str, tuple[str, ...]]

    @property
    def reached(self) -> frozenset[str]:
        """Everybody the advice can name, first or after."""
        return frozenset(self.first) | {org for rows in self.after.values() for org in rows}

    def conditions(self, org: str) -> tuple[str, ...]:
        """Under which conditions `org` follows, each once, whoever came before."""
        return tuple(dict.fromkeys(c for rows in self.after.values() for c in rows.get(org, ())))

    def follows(self, contact: str) -> tuple[str, ...]:
        """Who follows a contact by its own rule, without who follows everywhere."""
        return tuple(org for org in self.own.get(contact, ()) if org not in EVERYWHERE)


def own_functions(rol: str | None) -> frozenset[str]:
    """What a role is itself and is never sent to."""
    return OWN_FUNCTION.get(rol or "", frozenset())


def reachable(rol: str, signs: Iterable[str]) -> Iterator[Situation]:
    """A spread of situations that a conversation with `rol` can reach, and for the first of each rule also what else can change whom it names."""
    first: dict[int, Situation] = {}
    for s in _spread(rol, tuple(signs)):
        first.setdefault(id(deciding_rule(s)), s)
        yield s
    for s in first.values():
        for question in WHOM:
            for answer in OPTIONS[question]:
                yield s.with_(**{question: answer})


def _spread(rol: str, ids: Sequence[str]) -> Iterator[Situation]:
    """Each stage of the meldcode with each answer to each question that is asked there and each fact that a text may tell; the main stages with each
    sign as well; the kindcheck with all its answers; for who is no professional also the own need."""
    calm = Situation(rol=rol, **MILD)
    for stage in _stages(calm):
        yield from _answered(stage)
    helped = _at(calm, "gewogen").with_(hulp_mogelijk="ja", hulp_aanvaard="ja")
    for stage in (calm.with_(kindcheck=True), *(_at(calm, step) for step in ("niets", "overlegd", "gewogen")), helped):
        for sign in ids:
            told = stage.with_(signalen=frozenset({sign}))
            yield told.with_(gevaar=True)
            yield from _answered(told)
    for answers in product(*((None, *OPTIONS[question]) for question in KINDCHECK)):
        yield calm.with_(kindcheck=True, **dict(zip(KINDCHECK, answers, strict=True)))
    if rol == "geen_beroep":
        for zelf in ZELF:
            for some in (frozenset[str](), *(frozenset({sign}) for sign in ids)):
                own = Situation(zelf=zelf, signalen=some)
                yield own
                yield own.with_(gevaar=True)
                for answer in OPTIONS["acuut"]:
                    yield own.with_(acuut=answer)


def _stages(calm: Situation) -> Iterator[Situation]:
    """The stages of the meldcode, with and without something observed, and the questions about help in their order."""
    yield calm
    yield calm.with_(concreet=True)
    for step in OPTIONS["voortgang"]:
        stage = _at(calm, step)
        yield stage
        yield stage.with_(concreet=True)
    for count in range(1, len(HELP) + 1):
        yield calm.with_(voortgang="gewogen", concreet=True, **dict.fromkeys(HELP[:count], "ja"))


def _at(calm: Situation, step: str) -> Situation:
    """As far as a step of the meldcode; where the talk with the parents is next, it is known to be safe."""
    return calm.with_(voortgang=step, gesprek_onveilig="nee" if step == "overlegd" else None)


def _answered(s: Situation) -> Iterator[Situation]:
    """The situation, and with each answer to each question that would be asked there or that a text answers by itself."""
    yield s
    for question, asked in QUESTIONS.items():
        if question != "rol" and (question in TOLD or asked(s.with_(**{question: None}))):
            for answer in OPTIONS[question]:
                if answer != getattr(s, question):
                    yield s.with_(**{question: answer})


def colour(urgency: str, s: Situation) -> str:
    """The line of the escalation ladder for an advice in a situation (§6.4)."""
    if urgency == "nu":
        return "rood"
    if urgency == "vandaag":
        return "oranje"
    return "geel" if seen(s) or s.at_least("overlegd") else "groen"


@lru_cache(maxsize=2 * len(ROLES))
def calls(rol: str | None, signs: tuple[str, ...]) -> Calls:
    """Who calls whom for a role; None: for all of them together. `signs`: the ids of all signs."""
    if rol is None:
        return _together([calls(one, signs) for one in ROLES])
    mildest: dict[tuple[str, int], int] = {}
    lines: dict[tuple[str, int], set[str]] = {}
    after: dict[str, dict[str, dict[str, None]]] = {}
    own: dict[str, dict[str, None]] = {}
    place = {id(rule): number for number, rule in enumerate(RULES)}
    for s in reachable(rol, signs):
        advice, rule = advise(s), deciding_rule(s)
        key, urgency = (advice.contact, place[id(rule)]), URGENCIES.index(advice.urgentie)
        # what else is known can raise the urgency of any rule; the rule's own line is the mildest
        if urgency < mildest.get(key, len(URGENCIES)):
            mildest[key], lines[key] = urgency, set()
        if urgency == mildest[key]:
            lines[key].add(colour(advice.urgentie, s))
        for step in advice.daarna:
            after.setdefault(advice.contact, {}).setdefault(step.contact, {})[step.voorwaarde] = None
            if step in rule.after:
                own.setdefault(advice.contact, {})[step.contact] = None
    contacts = dict.fromkeys(contact for contact, _ in mildest)
    return Calls(
        first={c: _ordered(colours for (who, _), colours in lines.items() if who == c) for c in contacts},
        urgency={c: URGENCIES[max(u for (who, _), u in mildest.items() if who == c)] for c in contacts},
        after={c: {org: tuple(conditions) for org, conditions in rows.items()} for c, rows in after.items()},
        own={c: tuple(orgs) for c, orgs in own.items()},
        rules={c: tuple(dict.fromkeys(RULES[n].id for n in sorted(number for who, number in mildest if who == c))) for c in contacts},
    )


def _ordered(colours: Iterable[set[str]]) -> tuple[str, ...]:
    found = set().union(*colours)
    return tuple(c for c in COLOURS if c in found)


def _together(rows: list[Calls]) -> Calls:
    contacts = dict.fromkeys(c for row in rows for c in row.first)
    after: dict[str, dict[str, dict[str, None]]] = {}
    for row in rows:
        for contact, follows in row.after.items():
            for org, conditions in follows.items():
                after.setdefault(contact, {}).setdefault(org, {}).update(dict.fromkeys(conditions))
    return Calls(
        first={c: _ordered({*row.first.get(c, ())} for row in rows) for c in contacts},
        urgency={c: max((row.urgency[c] for row in rows if c in row.urgency), key=URGENCIES.index) for c in contacts},
        after={c: {org: tuple(conditions) for org, conditions in follows.items()} for c, follows in after.items()},
        own={c: tuple(dict.fromkeys(org for row in rows for org in row.own.get(c, ()))) for c in contacts},
        rules={c: tuple(dict.fromkeys(rule for row in rows for rule in row.rules.get(c, ()))) for c in contacts},
    )
