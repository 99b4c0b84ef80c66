"""The rules of the core in the words of the content: what a domain expert reads and signs, drawn and as tables.

Both come from the same rows, so that a rule cannot be in one and not in the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.content.load import ELSEWHERE, Content, pick
from bot.core.afwegingskader import QUESTIONS as WEIGHED
from bot.core.afwegingskader import Norm
from bot.core.questions import QUESTIONS
from bot.core.situation import OPTIONS, ROLES
from bot.server.map_drawing import Stop, Zone
from bot.server.map_routes import HOW_URGENT
from bot.server.map_rules import Lead, Opened, Outcome, Way, answered, norms, opened, roles_of

#: so many rules on one drawing, so that a drawing fits a page
PER_SHEET = 15
QUESTIONS_PER_SHEET = 8
#: rules with a duty of their own instead of the reporting norm; the card says it in the same words
OTHER_DUTY = ("collega", "houder")
#: the line that all rules or questions stand on
TRUNK = "regel"


@dataclass(frozen=True)
class FactWords:
    """A fact in words: what it is about, and the answers that serve."""

    about: str
    values: tuple[str, ...]
    quoted: str  # the answers as one piece of text


@dataclass(frozen=True)
class RuleRow:
    """A rule in words. A way to come to it is all of its facts together; there may be several ways."""

    number: int
    id: str
    ways: tuple[tuple[FactWords, ...], ...]
    outcomes: tuple[tuple[str, ...], ...]  # of each outcome its sentences
    heads: tuple[str, ...]  # of each outcome the first: whom and how soon
    norms: tuple[str, ...]  # what it says about reporting, where it says more than that this depends on the rest
    why: str
    section: str
    sources: tuple[str, ...]
    colour: str


@dataclass(frozen=True)
class QuestionRow:
    """A question in words: its id, its text, its answers with where they lead, its sources."""

    id: str
    text: str
    answers: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    local: bool


@dataclass(frozen=True)
class NormTable:
    """The assessment frame for some sectors: rows of question, answer, norm."""

    roles: str
    rows: tuple[tuple[str, str, str], ...]


class Rulebook:
    """All rules, questions and norms in words."""

    def __init__(self, content: Content) -> None:
        self.content = content
        signs = tuple(content.signs)
        self.rules = [self._rule(row) for row in opened(signs)]
        self.numbers: dict[str, list[int]] = {}
        for row in self.rules:
            self.numbers.setdefault(row.id, []).append(row.number)
        leads = answered(signs, {question: content.questions[question].get("geruststellend") for question in QUESTIONS})
        self.questions = [self._question(question, leads[question]) for question in QUESTIONS]
        self.norms = [self._norms(sectors, table) for sectors, table in norms()]

    def say(self, key: str, **values: str) -> str:
        """A fixed text."""
        return self.content.say(key, **values)

    def _either(self, values: Iterable[str]) -> str:
        """Answers that each serve: “a”, “b” of “c”."""
        quoted = [self.say("regelpagina_waarde", waarde=value) for value in values]
        last = quoted.pop()
        return self.say("regelpagina_of", eerst=", ".join(quoted), laatst=last) if quoted else last

    def _role(self, rol: str) -> str:
        return str(self.content.card["functies"].get(rol, rol))

    def _name(self, org: str) -> str:
        return str(self.content.organisation(org, ELSEWHERE)["naam"])

    # -- facts ---------------------------------------------------------------------------------------------------------------------

    def way(self, way: Way) -> tuple[FactWords, ...]:
        """One way to come to a rule."""
        return tuple(self._fact(kind, values) for kind, values in way.facts)

    @staticmethod
    def text(way: Iterable[FactWords]) -> str:
        """A way as one piece of text."""
        return "; ".join(f"{fact.about} {fact.quoted}".strip() for fact in way)

    def _fact(self, kind: str, values: tuple[str, ...]) -> FactWords:
        about = self._asked(kind) if kind in OPTIONS and kind != "rol" else self.say("regelpagina_" + kind)
        if kind == "rol":
            words = [self._role(value) for value in values]
        elif kind == "zelf":
            words = [self.say("regelpagina_zelf_" + value) for value in values]
        elif kind == "teken":
            words = [str(self.content.signs[value]["titel"]) for value in values]
        elif kind == "nu":
            words = [self.say("regelpagina_nu_" + value) for value in values]
        elif kind in OPTIONS:
            words = [self._answer(kind, value) for value in values]
        else:  # something that is so or not, without an answer
            words = []
        return FactWords(about, tuple(words), self._either(words) if words else "")

    def _asked(self, question: str) -> str:
        return pick(self.content.questions[question]["tekst"], None) or ""

    def _answer(self, question: str, option: str) -> str:
        return str(self.content.questions[question]["opties"][option]["titel"])

    # -- rules ---------------------------------------------------------------------------------------------------------------------

    def _rule(self, row: Opened) -> RuleRow:
        words = self.content.card["regels"][row.rule.id]
        ways = tuple(self.way(way) for way in row.ways if way.facts) or ((FactWords(self.say("regelpagina_altijd"), (), ""),),)
        return RuleRow(
            number=row.number,
            id=row.rule.id,
            ways=ways,
            outcomes=tuple(self._outcome(row, outcome) for outcome in row.outcomes),
            heads=tuple(dict.fromkeys(self._head(outcome) for outcome in row.outcomes)),
            norms=tuple(dict.fromkeys(self.norm(outcome.norm) for outcome in row.outcomes if outcome.norm is not False)),
            why=pick(words["waarom"], None) or "",
            section=self.say("regelpagina_sectie", sectie=row.rule.section),
            sources=tuple(words["bronnen"]),
            colour=HOW_URGENT[row.rule.urgency],
        )

    def _head(self, outcome: Outcome) -> str:
        soon = str(self.content.card["urgentie"][outcome.urgency])
        return self.say("regelpagina_uitkomst", contact=self._name(outcome.contact), wanneer=soon)

    def _outcome(self, row: Opened, outcome: Outcome) -> tuple[str, ...]:
        own_need = any(kind == "zelf" for way in row.ways for kind, _ in way.facts)
        said = [self._head(outcome)]
        if set(outcome.roles) == set(ROLES) - {"geen_beroep"}:
            said.append(self.say("regelpagina_voor_beroep"))
        elif len(outcome.roles) < len(ROLES) and not own_need:
            said.append(self.say("regelpagina_voor", rollen=", ".join(self._role(rol) for rol in outcome.roles)))
        if outcome.extra.facts:
            said.append(self.say("regelpagina_bij", waarden=self.text(self.way(outcome.extra))))
        if row.rule.id in OTHER_DUTY:
            said.append(pick(self.content.card["melding"]["collega"], outcome.roles[0]) or "")
        else:
            said.append(self.say("regelpagina_norm_geen") if outcome.roles == ("geen_beroep",) else self.norm(outcome.norm))
        if outcome.step:
            said.append(self.say("regelpagina_stap", stap=str(outcome.step)))
            said.append(self.say("regelpagina_kader_soort", kader=self.say("kader_" + outcome.frame)))
        elif outcome.roles != ("geen_beroep",):
            said.append(self.say("regelpagina_buiten"))
        if outcome.after:
            conditions = self.content.card["voorwaarden"]
            after = "; ".join(f"{self._name(n.contact)}: {pick(conditions[n.voorwaarde], outcome.roles[0])}" for n in outcome.after)
            said.append(self.say("regelpagina_dan", namen=after))
        return tuple(said)

    def norm(self, norm: Norm) -> str:
        """A norm in words."""
        return self.say({True: "regelpagina_norm_ja", None: "regelpagina_norm_gesprek", False: "regelpagina_norm_nee"}[norm])

    # -- questions and norms ---------------------------------------------------------------------------------------------------------

    def _question(self, question: str, leads: Mapping[str, tuple[Lead, ...]]) -> QuestionRow:
        row = self.content.questions[question]
        found = {option: {(lead.rule, lead.urgency) for lead in rows} for option, rows in leads.items()}
        everywhere = set.intersection(*found.values())
        # where the answers lead to the same rules, they differ in whom those name
        named = question == "rol" or len({frozenset(rows) for rows in found.values()}) == 1
        answers = []
        for option in OPTIONS[question]:
            kept = [lead for lead in leads[option] if named or (lead.rule, lead.urgency) not in everywhere]
            said = ", ".join(
                self._lead([lead for lead in kept if lead.rule == rule], named) for rule in dict.fromkeys(lead.rule for lead in kept)
            )
            answers.append((self._answer(question, option), said or self.say("regelpagina_verder")))
        return QuestionRow(question, self._asked(question), tuple(answers), tuple(row["bronnen"]), bool(row.get("controleer_lokaal")))

    def _lead(self, leads: list[Lead], named: bool) -> str:
        """A rule with how soon; with the people it names where the answers differ in nothing else."""
        soon = "/".join(str(self.content.card["urgentie"][lead.urgency]).lower() for lead in leads)
        names = dict.fromkeys(self._name(contact) for lead in leads for contact in lead.contacts)
        return self.say("regelpagina_leidt", regel=leads[0].rule, wanneer=", ".join([soon, *(names if named else ())]))

    def _norms(self, sectors: tuple[str, ...], table: Mapping[str, Mapping[str | None, Norm]]) -> NormTable:
        roles = [self._role(rol) for sector in sectors for rol in roles_of(sector)]
        rows = [
            (self._asked(question), self._answer(question, option), self.norm(table[question][option]))
            for question in WEIGHED
            for option in OPTIONS[question]
        ]
        return NormTable(", ".join(roles), tuple(rows))

    # -- the same, for the drawing -----------------------------------------------------------------------------------------------------

    def rule_zones(self) -> list[list[Zone]]:
        """The rules as stations under each other, a list of zones for each drawing."""
        sheets = []
        for start in range(0, len(self.rules), PER_SHEET):
            part = self.rules[start : start + PER_SHEET]
            title = self.say("regelpagina_blok", van=str(part[0].number), tot=str(part[-1].number))
            sheets.append([Zone(TRUNK, title, "", "", tuple(self._rule_stop(row) for row in part), badge="")])
        return sheets

    def _rule_stop(self, row: RuleRow) -> Stop:
        return Stop(
            key=f"{row.number}-{row.id}",
            name=f"{row.number}. {row.id}",
            lines=(TRUNK,),
            phone="→ " + " / ".join(row.heads),
            small=f"\n{self.say('regelpagina_ofwel')} ".join(self.text(way) for way in row.ways),
            then=" / ".join(row.norms),
            dot=row.colour,
        )

    def question_zones(self) -> list[list[Zone]]:
        """The questions in the order of asking, each with its answers, a list of zones for each drawing."""
        sheets = []
        for start in range(0, len(self.questions), QUESTIONS_PER_SHEET):
            part = list(enumerate(self.questions, 1))[start : start + QUESTIONS_PER_SHEET]
            title = self.say("regelpagina_blok_vragen", van=str(part[0][0]), tot=str(part[-1][0]))
            stops = tuple(
                Stop(
                    key=row.id,
                    name=f"{n}. {row.text}",
                    lines=(TRUNK,),
                    small="\n".join(f"{answer}: {leads}" for answer, leads in row.answers),
                )
                for n, row in part
            )
            sheets.append([Zone(TRUNK, title, "", "", stops)])
        return sheets

    def norm_zones(self) -> list[list[Zone]]:
        """The assessment frame: the questions as stations, a list of zones for each table."""
        sheets = []
        for number, table in enumerate(self.norms):
            stops = []
            for question in dict.fromkeys(asked for asked, _, _ in table.rows):
                said = "\n".join(f"{answer}: {norm}" for asked, answer, norm in table.rows if asked == question)
                stops.append(Stop(key=f"{number}-{question}", name=question, lines=(TRUNK,), small=said))
            sheets.append([Zone(TRUNK, self.say("regelpagina_voor", rollen=table.roles).rstrip("."), "", "", tuple(stops))])
        return sheets

    def sources(self) -> list[str]:
        """The codes of every source that a rule, a question or the frame rests on."""
        frame = list(self.content.texts["regelpagina_kader_uitleg"].get("bronnen", ()))
        return [*frame, *(code for row in self.rules for code in row.sources), *(code for row in self.questions for code in row.sources)]
