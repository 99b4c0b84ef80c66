"""The rules of the core, opened up for a reader who signs for them: when each decides, and what it then advises.

When a rule decides is found by trying: from many situations in which it does, every fact that makes no difference is left out again, until only what
it needs is left. So what is shown is what the code does, also where a rule and its description should ever part. Pure, without words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.core.afwegingskader import NORM, Norm
from bot.core.questions import QUESTIONS
from bot.core.route import RULES, Advice, Next, Rule, advise, deciding_rule
from bot.core.situation import OPTIONS, ROLES, SECTOR, Situation
from bot.server.map_routes import MILD, reachable

#: what a fact is measured against: a teacher with a worry, every question about safety answered reassuringly
CALM = Situation(rol="leerkracht", **MILD)
FLAGS = ("gevaar", "kindcheck", "concreet")
#: so many different situations of a rule are looked into
ENOUGH = 120

Fact = tuple[str, str]


@dataclass(frozen=True)
class Way:
    """One way to come to a rule: all of these facts together. A fact is a question with the answers that serve, `teken` with signs, `zelf` with whom
    it is about, `nu` with how danger was told, or a flag."""

    facts: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Outcome:
    """What a rule advises to some roles, in the simplest situation in which it names this contact. `extra`: what that asks beyond the rule itself."""

    roles: tuple[str, ...]
    contact: str
    extra: Way
    urgency: str
    norm: Norm
    step: int | None
    frame: str
    after: tuple[Next, ...]


@dataclass(frozen=True)
class Opened:
    """A rule with its place in the order of `RULES`, counted from 1."""

    number: int
    rule: Rule
    ways: tuple[Way, ...]
    outcomes: tuple[Outcome, ...]


def facts(s: Situation) -> frozenset[Fact]:
    """What makes a situation different from the calm one."""
    found = {(question, str(getattr(s, question))) for question in OPTIONS if getattr(s, question) not in (None, getattr(CALM, question))}
    found |= {("teken", sign) for sign in s.signalen}
    found |= {(flag, "ja") for flag in FLAGS if getattr(s, flag)}
    return frozenset(found | ({("zelf", s.zelf)} if s.zelf else set()))


def situation(known: Iterable[Fact]) -> Situation:
    """The calm situation with some facts."""
    told = list(known)
    signs = frozenset(value for kind, value in told if kind == "teken")
    values = {kind: True if kind in FLAGS else value for kind, value in told if kind != "teken"}
    return CALM.with_(signalen=signs, **values)


@lru_cache(maxsize=2)
def opened(signs: tuple[str, ...]) -> tuple[Opened, ...]:
    """All rules in their order. `signs`: the ids of all signs."""
    place = {id(rule): number for number, rule in enumerate(RULES)}
    needs: list[set[frozenset[Fact]]] = [set() for _ in RULES]
    seen: list[set[frozenset[Fact]]] = [set() for _ in RULES]
    cases: list[dict[tuple[str, str], frozenset[Fact]]] = [{} for _ in RULES]
    for rol in ROLES:
        for s in reachable(rol, signs):
            told = facts(s)
            known = situation(told)
            number = place[id(deciding_rule(known))]
            key = (rol, advise(known).contact)
            if key not in cases[number] or len(told) < len(cases[number][key]):
                cases[number][key] = told
            if told not in seen[number] and len(seen[number]) < ENOUGH:
                seen[number].add(told)
                needs[number].add(_least(told, RULES[number]))
    return tuple(
        Opened(number + 1, rule, _ways(needs[number]), tuple(_outcomes(rule, cases[number], needs[number])))
        for number, rule in enumerate(RULES)
    )


def _least(told: frozenset[Fact], rule: Rule, contact: str | None = None) -> frozenset[Fact]:
    """The facts that are needed for a rule to decide (and to name `contact`, where given), of those told. What is about the role goes first, so that
    a rule for all is shown as one; with a contact the role stays."""
    for fact in sorted(told, key=lambda f: (f[0] != "rol", f)):
        if contact and fact[0] == "rol":
            continue
        s = situation(told - {fact})
        if deciding_rule(s) is rule and (contact is None or advise(s).contact == contact):
            told = told - {fact}
    return told


def _ways(needs: Iterable[frozenset[Fact]]) -> tuple[Way, ...]:
    """The least sets of facts, with those that differ in one fact only taken together."""
    least = [n for n in needs if not any(other < n for other in needs)]
    rows = [_grouped(n) for n in sorted(least, key=lambda n: (len(n), sorted(n)))]
    # something observed: then it does not matter which sign
    observed = [{**row, "teken": frozenset()} for row in rows if "concreet" in row]
    bare = [{k: v for k, v in row.items() if v and k != "concreet"} for row in observed]
    rows = [row for row in rows if "concreet" in row or {k: v for k, v in row.items() if k != "teken"} not in bare or "teken" not in row]
    merged = True
    while merged:
        merged = False
        for one in rows:
            for other in rows:
                if one is not other and one.keys() == other.keys() and len(differ := [k for k in one if one[k] != other[k]]) == 1:
                    one[differ[0]] |= other[differ[0]]
                    rows = [row for row in rows if row is not other]
                    merged = True
                    break
            if merged:
                break
    return tuple(Way(tuple((kind, tuple(_in_order(kind, values))) for kind, values in row.items())) for row in rows)


def _grouped(need: frozenset[Fact]) -> dict[str, frozenset[str]]:
    """A set of facts by kind. Danger that was read and danger that was answered are one thing, told in two ways."""
    row: dict[str, frozenset[str]] = {}
    for kind, value in sorted(need, key=lambda fact: (_ORDER.index(fact[0]) if fact[0] in _ORDER else len(_ORDER), fact)):
        if kind == "gevaar" or (kind, value) == ("acuut", "ja"):
            kind, value = "nu", "gelezen" if kind == "gevaar" else "geantwoord"
        row[kind] = row.get(kind, frozenset()) | {value}
    return row


_ORDER = ("rol", "zelf", "gevaar", "acuut", "teken", "concreet", "kindcheck", *QUESTIONS)


def _in_order(kind: str, values: frozenset[str]) -> Iterator[str]:
    options = OPTIONS.get(kind)
    yield from (o for o in options if o in values) if options else sorted(values)


def _outcomes(rule: Rule, cases: Mapping[tuple[str, str], frozenset[Fact]], needs: Iterable[frozenset[Fact]]) -> Iterator[Outcome]:
    """What the rule advises, for the roles to whom it says the same. `cases`: (role, contact) -> the facts of a situation in which it does."""
    found: dict[Outcome, list[str]] = {}
    bare = [frozenset(fact for fact in need if fact[0] != "rol") for need in needs]
    for (rol, contact), told in cases.items():
        least = _least(told, rule, contact)
        a = advise(situation(least))
        own = tuple(step for step in a.daarna if step in rule.after)
        asked = frozenset(fact for fact in least if fact[0] != "rol")
        extra = min((asked - need for need in bare if need <= asked), key=len, default=asked)
        way = Way(tuple((kind, tuple(_in_order(kind, values))) for kind, values in _grouped(extra).items()))
        found.setdefault(Outcome((), contact, way, a.urgentie, a.melding_norm, a.stap, a.kader, own), []).append(rol)
    for outcome, roles in sorted(found.items(), key=lambda row: len(row[0].extra.facts)):
        yield replace(outcome, roles=tuple(roles))


# -- the assessment frame and the questions ------------------------------------------------------------------------------------------


def norms() -> list[tuple[tuple[str, ...], Mapping[str, Mapping[str | None, Norm]]]]:
    """The tables of the assessment frame, each with the sectors that share it."""
    shared: list[tuple[list[str], Mapping[str, Mapping[str | None, Norm]]]] = []
    for sector, table in NORM.items():
        same = next((sectors for sectors, other in shared if other == table), None)
        if same is None:
            shared.append(([sector], table))
        else:
            same.append(sector)
    return [(tuple(sectors), table) for sectors, table in shared]


def roles_of(sector: str) -> tuple[str, ...]:
    """The roles of a sector."""
    return tuple(rol for rol, own in SECTOR.items() if own == sector)


@dataclass(frozen=True)
class Lead:
    """What an answer can lead to: the rule that then decides, how soon, and whom it names to the different roles."""

    rule: str
    urgency: str
    contacts: tuple[str, ...]


def answered(signs: tuple[str, ...], mild: Mapping[str, str | None]) -> Mapping[str, Mapping[str, tuple[Lead, ...]]]:
    """Question -> answer -> where it can lead, in the order of `RULES`. `mild`: the reassuring answer of each question; of the other answers only that is
    kept which differs from it in the same situation. The reassuring answer itself leads nowhere by itself."""
    order = {rule.id: number for number, rule in reversed(list(enumerate(RULES)))}
    found: dict[str, dict[str, dict[tuple[str, str], dict[str, None]]]] = {q: {o: {} for o in OPTIONS[q]} for q in QUESTIONS}

    def keep(question: str, option: str, advice: Advice) -> None:
        found[question][option].setdefault((advice.regel, advice.urgentie), {})[advice.contact] = None

    for rol in ROLES:
        keep("rol", rol, advise(CALM.with_(rol=rol)))
        for s in _contexts(rol, signs):
            for question, relevant in QUESTIONS.items():
                open_ = s.with_(**{question: None})
                if question == "rol" or not relevant(open_):
                    continue
                decided = {option: advise(open_.with_(**{question: option})) for option in OPTIONS[question]}
                calm = decided.get(mild.get(question) or "")
                for option, advice in decided.items():
                    if advice != calm and (calm or len(set(decided.values())) > 1):
                        keep(question, option, advice)
    return {
        q: {
            o: tuple(Lead(r, u, tuple(c)) for (r, u), c in sorted(leads.items(), key=lambda lead: order[lead[0][0]]))
            for o, leads in rows.items()
        }
        for q, rows in found.items()
    }


def _contexts(rol: str, signs: tuple[str, ...]) -> Iterator[Situation]:
    """Calm situations of a role in which questions are asked."""
    calm = Situation(rol=rol, **MILD)
    yield calm.with_(concreet=True)
    for step in OPTIONS["voortgang"]:
        yield calm.with_(concreet=True, voortgang=step)
    yield calm.with_(voortgang="gewogen", hulp_mogelijk="ja", hulp_aanvaard="ja", concreet=True)
    yield calm.with_(kindcheck=True, kinderen="ja", kinderen_veilig="ja", zwanger="nee", steun="ja")
    yield calm.with_(kindcheck=True, kinderen="nee", zwanger="nee")
    for sign in signs:
        yield calm.with_(signalen=frozenset({sign}), voortgang="niets")
