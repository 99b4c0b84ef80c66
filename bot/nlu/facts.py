"""Facts told in the text, so that they are not asked again: age, school, role, progress in the meldcode and what else is plain.

The words stand in `lexicon/feiten.yml`; this module knows how they work together. It is conservative on purpose: a fact that is read
wrongly sends someone the wrong way, a fact that is missed costs one question. So every pattern has guards (denial, question,
supposition, plan, hedge, somebody else's claim), and danger is never read here (`bot.nlu.danger` does that).

Patterns are those of `bot.nlu.text` with three additions: alternatives and optional groups may hold several words
(`(nog niet|geen)?`), `<naam>` stands for a list of the lexicon, and every pattern carries needles: plain strings of which one must
be in the text before the regular expression runs, which keeps a message far below a millisecond.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.text import clauses, normalise

LEXICON = Path(__file__).parent / "lexicon" / "feiten.yml"

#: options of `leeftijd`, youngest first
AGES = ("ongeboren", "0-1", "2-3", "4-12", "13-17", "18+")

#: options of `voortgang`, a later one implies the earlier (§2.2)
PROGRESS = ("niets", "vastgelegd", "overlegd", "ouders_gesproken", "gewogen")


@lru_cache(maxsize=1)
def lexicon() -> Mapping[str, Any]:
    """The lexicon file, read once."""
    data: Mapping[str, Any] = yaml.load(LEXICON.read_text("utf8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return data


# -- patterns ------------------------------------------------------------------------------------------------------------------------


def _split(text: str, separator: str) -> list[str]:
    """Split at a separator outside parentheses."""
    parts, depth, current = [], 0, ""
    for char in text:
        depth += (char == "(") - (char == ")")
        if depth == 0 and (char == separator or (separator == " " and char.isspace())):
            parts.append(current)
            current = ""
        else:
            current += char
    parts.append(current)
    return [part for part in parts if part]


def _word_list(name: str) -> list[str]:
    words = lexicon()["woordgroepen"].get(name)
    if words is None:
        raise ValueError(f"lexicon: no list <{name}>")
    return [str(word) for word in words]


def _atom(token: str) -> tuple[str, frozenset[str]]:
    """One token as regular expression with its needles (plain strings of which one must occur)."""
    options = _split(token, "|")
    if len(options) > 1:
        done = [_sequence(option) for option in options]
        return "(?:" + "|".join(regex for regex, _ in done) + ")", frozenset().union(*(needles for _, needles in done))
    pieces, needles = "", [frozenset([""])]
    for piece in re.findall(r"\([^()]*(?:\([^()]*\)[^()]*)*\)|<\w+>|\*|[^()<*]+", token):
        if piece.startswith("("):
            regex, found = _atom_group(piece[1:-1])
        elif piece.startswith("<"):
            regex, found = _atom_group("|".join(_word_list(piece[1:-1])))
        elif piece == "*":
            regex, found = r"\w*", frozenset([""])
        else:
            regex, found = re.escape(piece), frozenset([piece])
        pieces += regex
        needles.append(found)
    return pieces, max(needles, key=lambda n: (min(map(len, n)), -len(n)))


def _atom_group(body: str) -> tuple[str, frozenset[str]]:
    done = [_sequence(option) for option in _split(body, "|")]
    return "(?:" + "|".join(regex for regex, _ in done) + ")", frozenset().union(*(needles for _, needles in done))


def _sequence(text: str) -> tuple[str, frozenset[str]]:
    """Tokens that follow each other, as regular expression with needles."""
    out, gap, first, needles = "", False, True, [frozenset([""])]
    for token in _split(text, " "):
        if token == "..":
            gap = True
            continue
        optional = token.endswith("?")
        regex, found = _atom(token[:-1] if optional else token)
        lead = (r"(?:\W+\w+){0,4}?" if gap else "") + r"\W+"
        gap = False
        if optional:
            out += f"(?:{regex}\\W+)?" if first else f"(?:{lead}{regex})?"
            continue
        out += regex if first else lead + regex
        first = False
        needles.append(found)
    return out, max(needles, key=lambda n: (min(map(len, n)) > 2, -len(n), min(map(len, n))))


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern; `needles` is empty where nothing can be required beforehand."""

    regex: re.Pattern[str]
    needles: tuple[str, ...]
    denies: bool  # holds a denial itself, so one inside the match belongs to it

    def possible(self, text: str) -> bool:
        """Whether the text holds a string without which the pattern can't match."""
        return not self.needles or any(needle in text for needle in self.needles)


@cache
def pattern(source: str) -> Pattern:
    """Compile one pattern. Raises ValueError where it is not well formed, naming it."""
    try:
        regex, needles = _sequence(normalise(source))
        denies = not _denials().isdisjoint(re.findall(r"\w+", source))
        return Pattern(re.compile(rf"(?<!\w){regex}(?!\w)"), tuple(sorted(needles)) if "" not in needles else (), denies)
    except re.error as error:
        raise ValueError(f"pattern {source!r}: {error}") from error


class Patterns:
    """A list of patterns tried together."""

    def __init__(self, sources: Iterable[Any]) -> None:
        self.items = [pattern(str(source)) for source in sources]

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All matches, pattern by pattern."""
        for item in self.items:
            if item.possible(text):
                yield from item.regex.finditer(text)

    def search(self, text: str) -> bool:
        """Whether anything matches."""
        return next(self.finditer(text), None) is not None

    def longest_at(self, text: str, position: int) -> int | None:
        """End of the longest match that begins at the position."""
        ends = [match.end() for item in self.items if (match := item.regex.match(text, position))]
        return max(ends, default=None)


# -- sentences and clauses -----------------------------------------------------------------------------------------------------------

_SENTENCE = re.compile(r"(?:[^.!?;\n]|[.!?;](?=\S))+[.!?;]*")
_WORD = re.compile(r"\w+(?:'\w+)*")


@dataclass(frozen=True)
class Place:
    """A clause with the sentence around it; offsets in the normalised text."""

    clause: str
    start: int
    sentence: str
    sentence_start: int


def places(text: str) -> list[Place]:
    """The clauses of a normalised text, each with its sentence."""
    found = []
    bounds = [(m.start(), m.end()) for m in _SENTENCE.finditer(text)] or [(0, len(text))]
    for clause in clauses(text):
        middle = clause.start + (len(clause.text) - len(clause.text.lstrip()))
        start, end = next(((a, b) for a, b in bounds if a <= middle < b), (0, len(text)))
        found.append(Place(clause.text, clause.start, text[start:end], start))
    return found


def _tokens(text: str) -> list[str]:
    return _WORD.findall(text)


@lru_cache(maxsize=1)
def _denials() -> frozenset[str]:
    return frozenset(lexicon()["ontkenning"])


def denied(before: str, after: str = "") -> bool:
    """Whether a denial stands within three words before (not across a comma or a contrast), or closes what follows."""
    near = re.split(r"[,;:.!?()]|\b(?:maar|wel|toch)\b", before)[-1]
    if any(token in _denials() for token in _tokens(near)[-3:]):
        return True
    rest = _tokens(re.split(r"[,;:.!?()]", after)[0])
    return bool(rest) and len(rest) <= 4 and rest[-1] in _denials()


def asks(clause: str, sentence: str) -> bool:
    """Whether a clause is a question: it begins as one, or is a short sentence with a question mark."""
    words = lexicon()["vraagwoorden"]
    tokens = _tokens(clause)
    while tokens and tokens[0] in words["vullers"]:
        tokens = tokens[1:]
    marked = sentence.rstrip().endswith("?")
    if tokens and (tokens[0] in words["altijd"] or (marked and tokens[0] in words["met_teken"])):
        return True
    return marked and len(_tokens(sentence)) <= 8


@dataclass(frozen=True)
class Guard:
    """A reason not to believe a match, and where it is looked for."""

    where: str
    patterns: Patterns

    def blocks(self, place: Place, match: re.Match[str]) -> bool:
        """Whether the guard takes the match away."""
        if self.where == "in":
            # the first and last word belong to the pattern; what stands between may not
            return self.patterns.search(match.group())
        offset = place.start - place.sentence_start
        text = {
            "voor": place.clause[: match.start()],
            "na": place.clause[match.end() :],
            "bijzin": place.clause,
            "zin": place.sentence,
            "zinvoor": place.sentence[: max(offset, 0) + match.start()],
        }[self.where]
        return bool(text) and self.patterns.search(text)


@lru_cache(maxsize=1)
def _guards() -> Mapping[str, Guard]:
    both = {**lexicon()["wachters"], **lexicon()["wachters_eigen"]}
    return {name: Guard(row["waar"], Patterns(row["patronen"])) for name, row in both.items()}


@dataclass(frozen=True)
class Option:
    """One option of one fact: how it is told and what takes it away."""

    fact: str
    id: str
    patterns: Patterns
    guards: tuple[str, ...]
    never: Patterns

    def told(self, place: Place) -> bool:
        """Whether the clause tells this option."""
        for item in self.patterns.items:
            if item.possible(place.clause):
                # a blocked match may hide a good one that begins inside it ("moeder zei dat vader slaat")
                match = item.regex.search(place.clause)
                while match:
                    if not self._blocked(place, match, item.denies):
                        return True
                    match = item.regex.search(place.clause, match.start() + 1)
        return False

    def _blocked(self, place: Place, match: re.Match[str], denies: bool) -> bool:
        for name in self.guards:
            if name == "ontkend":
                if not denies and not _denials().isdisjoint(_tokens(match.group())):
                    return True
                if denied(place.clause[: match.start()], place.clause[match.end() :]):
                    return True
            elif name == "vraag" and asks(place.clause, place.sentence):
                return True
            elif name in _guards() and _guards()[name].blocks(place, match):
                return True
        return self.never.search(place.sentence)


@lru_cache(maxsize=1)
def options() -> tuple[Option, ...]:
    """All options of the lexicon, compiled."""
    rows = []
    for fact, spec in lexicon()["feiten"].items():
        for option, row in spec["opties"].items():
            never = [*spec.get("zinniet", ()), *row.get("zinniet", ())]
            rows.append(Option(fact, str(option), Patterns(row["patronen"]), tuple(row.get("wachters", ())), Patterns(never)))
    return tuple(rows)


# -- groups and steps ----------------------------------------------------------------------------------------------------------------

_SMALL = {"een": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8}
_GROUP = re.compile(
    r"(?<!\w)(?:groepen|groep|grp|gr)(?:\.?\s{0,2}-?([1-8])|\.?\s+(twee|drie|vier|vijf|zes|zeven|acht))(?![\w%]|[.,]\d)"
    r"(?!\s+(?:kinderen|kids|jongens|meisjes|leerlingen|mensen|man|vrouwen|peuters|baby|vrienden|ouders|gram|graden))"
)
_STEP_NUMBER = r"(?:([1-5])(?!\d)|(een|twee|drie|vier|vijf))"
_STEP = re.compile(
    rf"(?<!\w)stap(?:pen)?\s*-?{_STEP_NUMBER}(?!\w)"
    r"((?:\s*(?:,|en|of|t/m|tm|tot en met|-|/|\+|&)\s*(?:[1-5](?!\d)|een|twee|drie|vier|vijf)(?!\w))*)"
)
_STEP_ORDINAL = re.compile(r"(?<!\w)(?:(tweede|2e|2de)|(derde|3e|3de)|(vierde|4e|4de)|(vijfde|5e|5de))\s+stap(?!\w)")
_STEP_FIRST = re.compile(r"(?<!\w)(?:eerste|1e|1ste)\s+stap(?:\s+(?:van|in|uit)\s+(?:de|het)\s+(?:meld|stappenplan))")


def group(text: str) -> int | None:
    """The primary school group (1-8) that is named first, or None."""
    match = _GROUP.search(normalise(text))
    if match is None:
        return None
    return int(match[1]) if match[1] else _SMALL[match[2]]


def steps(text: str) -> list[int]:
    """The steps of the meldcode (1-5) that are named, in rising order; a range counts as every step in it."""
    found: set[int] = set()
    norm = normalise(text)
    for match in _STEP.finditer(norm):
        numbers = [int(match[1]) if match[1] else _SMALL[match[2]]]
        tail = match[3] or ""
        numbers += [int(t) if t.isdigit() else _SMALL[t] for t in re.findall(r"[1-5]|een|twee|drie|vier|vijf", tail)]
        if re.search(r"t/m|tm|tot en met|-", tail) and len(numbers) == 2:
            numbers = list(range(min(numbers), max(numbers) + 1))
        found.update(numbers)
    for match in _STEP_ORDINAL.finditer(norm):
        found.add(2 + next(i for i in range(4) if match[i + 1]))
    if _STEP_FIRST.search(norm):
        found.add(1)
    return sorted(found)


# -- age -----------------------------------------------------------------------------------------------------------------------------


def _either(words: Iterable[Any]) -> str:
    """Words or phrases as alternatives of a regular expression, the longest first."""
    escaped = (re.escape(normalise(str(word))).replace(r"\ ", r"\s+") for word in words)
    return "(?:" + "|".join(sorted(escaped, key=len, reverse=True)) + ")"


@dataclass(frozen=True)
class _Age:
    """A candidate: option, position, what it hangs on."""

    option: str
    position: int
    source: str  # getal, woord, groep, klas, zwanger
    noun: str = ""
    years: float = -1.0


class _AgeWords:
    """Word lists and regular expressions of age, built from the lexicon once."""

    def __init__(self) -> None:
        spec = lexicon()["leeftijd"]
        self.number = {normalise(str(word)): float(value) for word, value in lexicon()["getallen"].items()}
        sets = {name: frozenset(normalise(str(word)) for word in spec[name]) for name in ("kind", "meerderjarig", "onderwerp", "broerzus")}
        self.child, self.major, self.subject, self.sibling = sets["kind"], sets["meerderjarig"], sets["onderwerp"], sets["broerzus"]
        self.no_name = frozenset(str(word) for word in (*spec["volwassen"], *spec["niet_ervoor"]))
        self.pronoun = frozenset(spec["voornaamwoord"])
        self.teens = frozenset(spec["woorden"]["13-17"])

        digits = r"\d{1,2};\d{1,2}|\d{1,2}[.,]5|\d{1,2}"
        counted = rf"(?:{digits}|{_either(self.number)})"
        # without a unit "een" is nearly always the article
        num = rf"(?:{digits}|{_either(word for word in self.number if word != 'een')})"
        filler = rf"(?:{_either(spec['vulling'])}\s+)*"
        self.year_units, small = _either(spec["eenheid_jaar"]), _either(spec["eenheid_klein"])
        # "6 en 9": the second is a candidate of its own
        more = rf"(?:\s*(?:en|of|,\s|/|&|\+)\s*({num})(?!\w|[.,]\d))?"
        end = rf"(?!\w|[.,]\d|:\d|\s*{_either(spec['niet_erna'])}(?!\w)|\s*[x%](?!\w))"
        close = r"(?=\s*[,.;)]|\s*$)"
        noun = r"(?<!\w)(\w+)"

        self.with_unit = re.compile(
            rf"(?<![\w.,/])({counted})(?:\s*(?:en|of|/|-|&)\s*({num}))?\s*-?\s*({self.year_units}|{small})(?!\w)(?!\s+of\s)"
            r"(\s+(?:oud|oude|jong)(?!\w))?"
        )
        self.short = re.compile(rf"(?<![\w;.,/])({_either(spec['bijna'])}\s+)?({counted})\s?({self.year_units}|{small}|plus)?(?![\w/])")
        self.turned = re.compile(rf"(?<![\w.,])({num})\s+(?:is|was)\s+(\w+)")
        self.of = re.compile(rf"{noun}\s+(?:van|v)\s+{filler}({num}){more}{end}")
        self.brackets = re.compile(rf"{noun}\s*\(\s*{filler}({num}){more}\s*{self.year_units}?\s*(?=[,);])")
        self.commas = re.compile(rf"{noun}\.?\s*,\s*{filler}({num}){more}{close}")
        self.direct = re.compile(rf"(?<!\w)({_either(w for w in spec['kind'] if w not in spec['kind_niet_los'])})\s+({num}){more}{end}")
        self.named = re.compile(rf"(?<!\w)({_either(spec['kind_met_naam'])})\.?\s+\w+\.?\s+(?:\w\.\s+)?({num}){more}{close}")
        self.verb = re.compile(rf"{noun}\s+(?:is|ben|wordt|word|bent)\s+{filler}({num}){more}(?:\s+{self.year_units}(?!\w))?{end}")
        self.plain = (self.of, self.brackets, self.commas, self.direct, self.named, self.verb)

        self.lead = re.compile(rf"{noun}\s*(?:[,(:]\s*|\s)\s*(?:(?:van|is|was|wordt|word|nu|al|pas)\s+)?{filler}$")
        self.tied = re.compile(rf"(?:\bvan|\bis|\bwordt|,|\()\s*{filler}$")
        self.of_before = re.compile(rf"\bvan\s+{filler}$")
        self.is_before = re.compile(rf"\b{_either(spec['voornaamwoord'])}\s+(?:is|ben|wordt|word)\s+{filler}$")
        self.alone_before = re.compile(r"(?:^|[(,.;:]\s*)$")
        self.alone_after = re.compile(r"\s*(?:[,.;)]|$|en\s)")
        self.almost = re.compile(rf"\b{_either(spec['bijna'])}\s+$")
        self.then = re.compile(rf"\b{_either(spec['toen'])}\b(?:\s+\w+){{0,3}}\s*$")
        self.lasts_before = re.compile(rf"\b{_either(spec['duur_ervoor'])}\s*$")
        self.lasts_after = re.compile(rf"\s*{_either(spec['duur_erna'])}\b")
        self.ago = re.compile(rf"\s*{_either(spec['geleden'])}\b")
        self.state_after = re.compile(rf"\s*{_either(spec['toestand_erna'])}\b")
        self.elsewhere = re.compile(rf"\b{_either(spec['elders'])}\b(?:\s+\w+){{0,3}}\s*$")
        self.woman = re.compile(
            rf"\b{_either(spec['vrouw'])}\.?(?:\s+\w+)?\s*,?\s*(?:is\s+|bij\s+|van\s+\d\d,\s+)?(?:nu\s+|al\s+|net\s+|pas\s+)?$"
        )
        self.far = re.compile(rf"\s*{_either(spec['zover'])}\b")

        self.words = tuple((str(option), re.compile(rf"(?<!\w){_either(rows)}(?!\w)")) for option, rows in spec["woorden"].items())
        self.word_not = Patterns(spec["woord_niet"])
        self.form = Patterns(spec["klas"])
        self.pregnancy = re.compile(rf"(?<!\w){_either(spec['zwanger'])}(?!\w)")
        self.unborn = Patterns(spec["ongeboren"])


@lru_cache(maxsize=1)
def _age_words() -> _AgeWords:
    return _AgeWords()


def _value(token: str) -> float:
    """A number as written: "6", "2,5", "2;10" (years;months), "zeven"."""
    if ";" in token:
        years, months = token.split(";")
        return int(years) + int(months) / 12
    if token[0].isdigit():
        return float(token.replace(",", "."))
    return _age_words().number[re.sub(r"\s+", " ", token)]


def age_option(years: float) -> str:
    """The option of `leeftijd` for an age in years."""
    return next(option for option, below in (("0-1", 2), ("2-3", 4), ("4-12", 13), ("13-17", 18), ("18+", 1000)) if years < below)


def short_age(text: str) -> str | None:
    """The age option of a short answer to "how old": "6", "zes", "bijna 4", "7 wkn", "2 en 14" (the youngest), "24 weken zwanger"."""
    norm, words = normalise(text), _age_words()
    if words.far.search(norm) or words.unborn.search(norm) or words.pregnancy.search(norm):
        return "ongeboren"
    found = []
    for match in words.short.finditer(norm):
        unit = match[3] or ""
        if match[2] == "een" and (not unit or re.match(r"\s+of\s", norm[match.end() :])):
            continue  # "een jaar of 8"
        small = unit and unit != "plus" and not re.fullmatch(words.year_units, unit)
        years = _value(match[2]) / ({"m": 12, "w": 52, "d": 365}[unit[0]] if small else 1)
        found.append(age_option(max(years - (0.1 if match[1] else 0), 0)))
    return min(found, key=AGES.index, default=None)


class _AgeReader:
    """Collects the candidates for an age in one message."""

    def __init__(self, norm: str, original: str, pregnant: bool, jobs: Sequence[tuple[int, int]]) -> None:
        self.norm = norm
        self.original = norm if original.isupper() else original
        self.words = _age_words()
        self.pregnant = pregnant or self.words.unborn.search(norm)
        self.jobs = jobs

    def candidates(self) -> list[_Age]:
        """All candidates: numbers, age words, school groups."""
        rows = [*self._numbers(), *self._units()]
        rows += self._age_words({row.noun for row in rows})
        rows += self._school()
        return rows

    # -- what may carry an age

    def _capital(self, position: int) -> bool:
        return position < len(self.original) and self.original[position].isupper()

    def _child(self, noun: str, position: int) -> bool:
        """A child noun, or a name: written with a capital and no other known noun."""
        return noun in self.words.child or (self._capital(position) and noun not in self.words.no_name)

    def _leads(self, match: re.Match[str]) -> bool:
        """A name in lower case at the start of the message or after a child ("bram van elf", "zoon jelle van acht")."""
        noun = match[1]
        if noun in self.words.no_name or len(noun) < 3 or noun.isdigit() or _value(match[2]) >= 18:
            return False
        before = _tokens(self.norm[: match.start()])
        return not before or before[-1] in self.words.child

    def _carries(self, regex: re.Pattern[str], match: re.Match[str]) -> bool:
        """Whether the noun before a bare number is a child."""
        noun, at, words = match[1], match.start(1), self.words
        if noun == "ik" and _value(match[2]) >= 18:
            return False
        if regex is words.verb:
            return noun in words.pronoun or self._child(noun, at) or self._leads(match)
        if regex is words.brackets:
            return (noun not in words.no_name and _value(match[2]) < 18) or self._child(noun, at)
        if regex is words.commas:
            return noun in words.child or (self._capital(at) and noun not in words.no_name)
        if regex is words.direct:  # "kind 1 en kind 2" counts children
            return _value(match[2]) >= 3 or match[3] is not None or not match[2].isalnum()
        return regex is words.named or self._child(noun, at) or self._leads(match)

    def _past(self, position: int) -> bool:
        """Told of then, not of now."""
        return self.words.then.search(self.norm[max(0, position - 45) : position]) is not None

    def _age(self, value: float, noun: str, position: int) -> Iterator[_Age]:
        if value <= 0 or self._past(position) or (value >= 18 and (noun not in self.words.major or value > 23)):
            return
        if self.words.almost.search(self.norm[max(0, position - 20) : position]):
            value -= 0.1
        yield _Age(age_option(value), position, "getal", noun, value)

    # -- numbers

    def _numbers(self) -> Iterator[_Age]:
        for match in self.words.turned.finditer(self.norm):
            if match[2] in self.words.pronoun:
                yield from self._age(_value(match[1]), match[2], match.start())
        for regex in self.words.plain:
            for match in regex.finditer(self.norm):
                if self._carries(regex, match):
                    for token in (match[2], match[3]):
                        if token:
                            yield from self._age(_value(token), match[1], match.start(2))

    def _units(self) -> Iterator[_Age]:
        """Numbers with a unit: an age where a child carries it, otherwise mostly a duration ("al 3 jaar", "6 weken geleden")."""
        words = self.words
        for match in words.with_unit.finditer(self.norm):
            before, after = self.norm[: match.start()], self.norm[match.end() :]
            lead = words.lead.search(before)
            noun = lead[1] if lead else ""
            carried = (
                lead is not None and self._child(noun, lead.start(1)) and (noun in words.child or words.tied.search(before) is not None)
            )
            carried = carried and not words.ago.match(after) and not words.lasts_before.search(before)
            if re.fullmatch(words.year_units, match[3]):
                yield from self._years(match, before, after, noun if carried else "")
            else:
                carried = carried or (
                    noun in words.pronoun and noun not in ("ze", "zij", "ik") and words.is_before.search(before) is not None
                )
                yield from self._weeks(match, before, after, noun if carried else "")

    def _years(self, match: re.Match[str], before: str, after: str, noun: str) -> Iterator[_Age]:
        words = self.words
        sure = bool(noun or match[4] or match[3].startswith("jarig"))
        sure = sure or (words.alone_before.search(before) is not None and words.alone_after.match(after) is not None)
        sure = sure or (words.is_before.search(before) is not None and not words.state_after.match(after))
        if not sure or (words.ago.match(after) and not match[4]):
            return
        for token in (match[1], match[2]):
            if token:
                yield from self._age(_value(token), noun, match.start())

    def _weeks(self, match: re.Match[str], before: str, after: str, noun: str) -> Iterator[_Age]:
        """Weeks and months: of a baby, or of a pregnancy."""
        words, unit, old = self.words, match[3], match[4]
        weeks = _value(match[2] or match[1]) if unit.startswith("w") else -1.0
        pregnancy = _Age("ongeboren", match.start(), "zwanger")
        if words.far.match(after):
            yield pregnancy
            return
        if not old and 5 <= weeks <= 42:
            carrying = words.woman.search(before) and re.match(r"\s*(?:en\b|[,.;:)]|$|met\b|is\b)", after)
            begins = weeks >= 12 and ((not before.strip() and after.startswith(",")) or re.search(r"\bbij\s+$", before))
            if carrying or begins:
                yield pregnancy
                return
        lasts = words.lasts_before.search(before) or words.lasts_after.match(after)
        if not noun and not old:
            if self.pregnant and 4 <= weeks <= 42 and not lasts:
                yield pregnancy
            return
        if not old and (lasts or (unit.startswith("d") and not words.of_before.search(before))):
            return
        years = _value(match[1]) / {"m": 12, "w": 52, "d": 365}[unit[0]]
        if years < 5:
            yield from self._age(years, noun, match.start())

    # -- words and school

    def _age_words(self, numbered: set[str]) -> Iterator[_Age]:
        if self.words.word_not.search(self.norm):
            return
        for option, regex in self.words.words:
            for match in regex.finditer(self.norm):
                noun, at = match.group(), match.start()
                unborn = self.pregnant and option == "0-1"  # "ze is zwanger ... die baby"
                if noun not in numbered and not unborn and not denied(self.norm[max(0, at - 30) : at]):
                    yield _Age(option, at, "woord", noun)

    def _school(self) -> Iterator[_Age]:
        """The class a child is in; not the one the writer or a colleague teaches."""
        for match in _GROUP.finditer(self.norm):
            at = match.start()
            own = any(a <= at <= b + 12 for a, b in self.jobs)
            elsewhere = self.words.elsewhere.search(self.norm[max(0, at - 45) : at])
            if not own and not elsewhere and not re.match(r"\s+was\b", self.norm[match.end() :]):
                yield _Age("4-12", at, "groep")
        for match in self.words.form.finditer(self.norm):
            if not any(a <= match.start() <= b + 25 for a, b in self.jobs):
                yield _Age("13-17", match.start(), "klas")


def read_age(text: str, pregnant: bool = False, jobs: Sequence[tuple[int, int]] = ()) -> str | None:
    """The age option that the text tells, or None.

    Several children: the youngest decides, unless a brother or sister stands beside the child that it is clearly about. An unborn
    child gives way to a born one under four, to a child named before it, and to a pregnant minor herself.
    `pregnant`: the text tells of a pregnancy; `jobs`: spans of the writer's own job.
    """
    norm = normalise(text)
    # where normalising changed the length, capitals can't be looked up: fewer names are recognised
    reader = _AgeReader(norm, text if len(norm) == len(text) else norm, pregnant, jobs)
    words, rows = reader.words, reader.candidates()
    if any(row.noun in words.subject for row in rows if row.noun not in words.sibling):
        rows = [row for row in rows if row.noun not in words.sibling]
    if any(row.source == "getal" for row in rows):
        # a number is more exact than a class or "puber"
        rows = [row for row in rows if row.source not in ("groep", "klas") and row.noun not in words.teens]
    born = [row for row in rows if row.option != "ongeboren"]
    unborn = [row.position for row in rows if row.option == "ongeboren"]
    if reader.pregnant and not unborn:
        match = words.pregnancy.search(norm)
        unborn = [match.start() if match else 0]
    if not born or not unborn:
        return min((row.option for row in rows), key=AGES.index, default="ongeboren" if unborn else None)
    youngest = min((row.option for row in born), key=AGES.index)
    minor = all(row.years >= 12 and row.noun not in words.sibling for row in born)
    if youngest in ("0-1", "2-3") or minor or min(row.position for row in born) < min(unborn):
        return youngest
    return "ongeboren"


# -- the writer's role ---------------------------------------------------------------------------------------------------------------

#: the option for who is no professional; its titles ("moeder") name others too, so it asks for more
FAMILY = "geen_beroep"


@dataclass(frozen=True)
class Job:
    """What the writer says to be: role, organisation beyond it, and where it stands."""

    role: str | None
    own: str | None
    start: int
    end: int
    bare: bool = False  # the message says nothing else
    relation: bool = False  # only a relation to the child is named ("mijn kleinzoon")


class _RoleWords:
    """Word lists and regular expressions of the writer's role, built from the lexicon once."""

    def __init__(self) -> None:
        spec = lexicon()["rol"]
        self.titles = {str(role): Patterns(words) for role, words in spec["titels"].items()}
        self.places = {str(role): Patterns(words) for role, words in spec["werkplek"].items()}
        self.own = {str(org): Patterns(words) for org, words in spec["eigen"].items()}
        self.weak = Patterns(spec["zwak"])
        self.weak_else = {str(role): Patterns(words) for role, words in spec["zwak_anders"].items()}
        self.relation = {str(role): Patterns(words) for role, words in spec["relatie"].items()}
        self.fillers = frozenset(str(word) for word in spec["vulwoorden"])
        self.not_bare = frozenset(str(word) for word in spec["geen_bare"])
        self.also_child = frozenset(spec["ook_kind"])
        self.not_as = frozenset(spec["als_niet_na"])
        self.first_person = frozenset(spec["ik"])
        self.first_verbs = frozenset(spec["ik_werkwoorden"])

        first, verbs = _either(spec["ik"]), _either(spec["ik_werkwoorden"])
        prepositions, articles = _either(spec["voorzetsels"]), r"(?:de\s+|het\s+|een\s+)"
        self.i_am = re.compile(rf"(?<!\w){_either(spec['ik_ben'])}\s+|^\s*ben\s+")
        self.i_work = re.compile(rf"(?<!\w){_either(spec['ik_werk'])}(?!\w)|^\W*werk(?!\w)")
        self.others_work = re.compile(rf"(?<!\w){_either(spec['anderen'])}\s+(?:is\s+)?$")
        self.towards = re.compile(rf"\W+(?:\w+\W+){{0,4}}?({prepositions}|als)\s+")
        self.workplace = re.compile(rf"\W{{1,2}}(?:\w+\W+){{0,2}}?{prepositions}\s+")
        self.we = re.compile(rf"(?<!\w)(?:wij|we)\s+(?:zijn\s+)?({prepositions}|als)\s+|(?<!\w)(?:vanuit|namens)\s+")
        self.with_us = re.compile(r"(?<!\w)bij\s+ons\s+(?:op|in|bij)\s+")
        self.as_ = re.compile(r"(?<!\w)als\s+")
        self.asking = re.compile(rf"(?<!\w){_either(spec['vraagt'])}\s+(?:{first}|je|jij)(?:\s+\w+){{0,3}}\s*$")
        # "als opa van twee meisjes maak ik me zorgen", not "als vader van Kim thuiskomt ben ik bang"
        self.as_of = re.compile(rf"\W+van\W+(?:(?!\w*t\b)\w+\W+){{1,3}}{verbs}\s+{first}\b")
        self.here = re.compile(rf"^\W*{_either(spec['hier'])}\s+")
        self.greeting = re.compile(rf"^\W*(?:{_either(spec['begroeting'])}\W+)*")
        self.of = re.compile(rf"van\s+{articles}?")
        self.also = re.compile(r"\s+(?:en|maar)\s+")
        self.turned_question = re.compile(r"(?<!\w)(?:of|wat|hoe|als|alsof|dat)\s*$")
        self.named = re.compile(r"([\w-]+)(?:\s+[a-z][\w-]+)?(,\s*|\s+(?:van|uit|bij)\s+|\s+en\s+)")
        self.step = re.compile(r"(?:\d{1,2}\s+jaar|([\w']+))[,\s]+")
        self.defined = re.compile(r"(?<!\w)(?:de|het|die)\s+$")
        self.done = re.compile(r"(?:ge\w{3,}|be\w{4,})(?:d|t|en)|overleg\w*")
        # what may follow a bare "opa": nothing, "van Jesse en Lotte", "van drie", "hier", a few words after a comma
        tail = r"(?:\s+(?!met\b|\d\d)[\w']+){0,4}(?:,\s*\w+)?"
        self.plain_rest = re.compile(rf"\W*(?:(?:{_either(spec['rest'])}|\d|jo\d+){tail})?\W*|,(?:\W*[\w']+){{1,5}}\W*")
        self.person = re.compile(rf"(?<!\w){_either(spec['persoon'])}(?!\w)")


@lru_cache(maxsize=1)
def _role_words() -> _RoleWords:
    return _RoleWords()


class _JobReader:
    """Reads the writer's job from one normalised text."""

    def __init__(self, norm: str, original: str) -> None:
        self.norm = norm
        self.original = original if len(original) == len(norm) else norm
        self.words = _role_words()

    def skip(self, position: int, limit: int = 6) -> Iterator[int]:
        """The position itself and those after fillers, an adjective and short spans of years ("al 12 jaar een trotse ...")."""
        for _ in range(limit):
            yield position
            match = self.words.step.match(self.norm, position)
            if not match:
                return
            word = match[1]
            adjective = word is not None and len(word) > 4 and word.endswith("e") and word not in self.words.not_bare
            if word is not None and word not in self.words.fillers and not adjective:
                return
            position = match.end()
        yield position

    def _longest(self, table: Mapping[str, Patterns], position: int, keys: Iterable[str] | None = None) -> tuple[str, int] | None:
        """Key and end of the longest match of a table at the position."""
        best: tuple[str, int] | None = None
        for key in keys or table:
            end = table[key].longest_at(self.norm, position)
            if end is not None and (best is None or end > best[1]):
                best = (key, end)
        return best

    def _own(self, position: int) -> str | None:
        found = self._longest(self.words.own, position)
        return found[0] if found else None

    def _at_work(self, position: int, start: int, roles: Iterable[str] | None = None) -> Job | None:
        """The job that a workplace at the position tells."""
        place = self._longest(self.words.places, position, roles)
        return Job(place[0], self._own(position), start, place[1]) if place else None

    def _titled(self, position: int, start: int) -> Job | None:
        """The job whose title stands at the position: a title, or a general title with a workplace."""
        weak = self.words.weak.longest_at(self.norm, position)
        found = self._longest(self.words.titles, position)
        if weak is not None and (found is None or found[1] <= weak):
            own = self._own(position)
            work = self._workplace_after(weak, start)
            if work is not None:
                return Job(work.role, own or work.own, start, work.end)
            if found is None:
                role = next((r for r, p in self.words.weak_else.items() if p.longest_at(self.norm, position)), None)
                return Job(role, own, start, weak) if role or own else None
        if found is None:
            return None
        role, end = found
        other = self._also_professional(end, start) if role == FAMILY else None
        return other or Job(role, self._own(position), start, end)

    def _workplace_after(self, position: int, start: int) -> Job | None:
        match = self.words.workplace.match(self.norm, position)
        if not match:
            return None
        return next((job for at in self.skip(match.end(), 4) if (job := self._at_work(at, start))), None)

    def _also_professional(self, position: int, start: int) -> Job | None:
        """ "moeder en leerkracht": the profession counts."""
        match = self.words.also.match(self.norm, position)
        for at in self.skip(match.end(), 4) if match else ():
            found = self._longest(self.words.titles, at)
            if found is not None:
                return Job(found[0], self._own(at), start, found[1]) if found[0] != FAMILY else None
        return None

    # -- the forms in which people say what they are

    def jobs(self) -> Iterator[Job]:
        """All jobs said of the writer, in the order of trust."""
        yield from self._i_am()
        yield from self._i_work()
        yield from self._we()
        yield from self._as()
        yield from self._bare()
        yield from self._relation()

    def _i_am(self) -> Iterator[Job]:
        for match in self.words.i_am.finditer(self.norm):
            start = match.start()
            turned = match.group().startswith("ben ik") and self.words.turned_question.search(self.norm[:start])
            for at in self.skip(match.end()):
                job = self._titled(at, start)
                of = self.words.of.match(self.norm, at)
                if job is None and of:  # "ik ben van de politie"
                    job = self._at_work(of.end(), start)
                if job and not turned:
                    yield job
                    break
            else:
                yield from self._name_first(match)

    def _name_first(self, match: re.Match[str]) -> Iterator[Job]:
        """ "Ik ben Ria, gastouder" and "ik ben Ellen van het wijkteam"."""
        name = self.words.named.match(self.norm, match.end())
        if not name:
            return
        capital = self.original[name.start()].isupper()
        for at in self.skip(name.end(), 4):
            if name[2].strip() in (",", "en"):
                job = self._titled(at, match.start())
                if job and (capital or (job.role != FAMILY and name[2].startswith(","))):
                    yield job
                    return
            elif capital and (job := self._at_work(at, match.start())):
                yield job
                return

    def _i_work(self) -> Iterator[Job]:
        for match in self.words.i_work.finditer(self.norm):
            if self.words.others_work.search(self.norm[: match.start()]):
                continue
            lead = self.words.towards.match(self.norm, match.end())
            while lead and lead.start() < match.end() + 40:
                job = next((job for at in self.skip(lead.end(), 4) if (job := self._work_at(at, lead[1], match.start()))), None)
                if job:
                    yield job
                    break
                lead = self.words.towards.match(self.norm, lead.end() - 1)

    def _work_at(self, position: int, preposition: str, start: int) -> Job | None:
        """After "ik werk": a title after "als", a workplace after the other prepositions."""
        job = self._titled(position, start) if preposition in ("als", "voor", "bij") else None
        if job is not None or preposition == "als":
            return job
        own = self._own(position)
        return self._at_work(position, start) or (Job("ander_beroep", own, start, position + 1) if own else None)

    def _we(self) -> Iterator[Job]:
        for match in self.words.we.finditer(self.norm):
            for at in self.skip(match.end(), 4):
                job = self._at_work(at, match.start())
                titled = self._titled(at, match.start()) if job is None and match[1] == "als" else None
                job = job or (titled if titled and titled.role != FAMILY else None)
                if job:
                    yield job
                    break
        for match in self.words.with_us.finditer(self.norm):
            job = next((job for at in self.skip(match.end(), 3) if (job := self._at_work(at, match.start(), _WITH_US))), None)
            if job:
                yield job

    def _as(self) -> Iterator[Job]:
        for match in self.words.as_.finditer(self.norm):
            before = _tokens(self.norm[max(0, match.start() - 25) : match.start()])
            if before and before[-1] in self.words.not_as:
                continue
            for at in self.skip(match.end(), 3):
                job = self._titled(at, match.start()) or self._at_work(at, match.start(), _AS_PLACE)
                if job:
                    if self._as_writer(job, match.start(), before):
                        yield job
                    break

    def _as_writer(self, job: Job, start: int, before: Sequence[str]) -> bool:
        """Whether "als juf" is about the writer: "ik" stands before it or follows, and not "als vader thuiskomt"."""
        words = self.words
        after = _tokens(self.norm[job.end : job.end + 60])
        if job.role == FAMILY:
            follows = len(after) > 1 and after[0] in words.first_verbs and after[1] in words.first_person
            return bool(before and before[-1] in words.first_person) or follows or words.as_of.match(self.norm, job.end) is not None
        if before and before[-1] in (*words.first_person, "je", "jij", "men"):
            return True
        if words.asking.search(self.norm[:start]) or ("ik" in before[-4:] and not after):
            return True
        if not after:
            return False
        return after[0] in words.first_verbs or after[0] in words.first_person or (after[0] in ("van", "op", "in", "bij") and "ik" in after)

    def _bare(self) -> Iterator[Job]:
        """A short message that only says what somebody is: "juf groep 5", "opa van Fleur", "wijkagent"."""
        size = len(_tokens(self.norm))
        if not 0 < size <= 14 or "?" in self.norm:
            return
        greeting, here = self.words.greeting.match(self.norm), self.words.here.match(self.norm)
        for start in (greeting.end() if greeting else 0, 0, *((here.end(),) if here else ())):
            for at in self.skip(start, 3):
                job = self._titled(at, 0)
                if job is not None:
                    if self._only(job, at, here is not None):
                        yield Job(job.role, job.own, job.start, job.end, bare=True)
                    return

    def _only(self, job: Job, at: int, here: bool) -> bool:
        """Whether nothing around a bare title tells that it names somebody else."""
        words, rest, title = self.words, self.norm[job.end :], self.norm[at : job.end]
        if any(token in words.not_bare or words.done.fullmatch(token) for token in _tokens(rest)):
            return False
        if job.role == FAMILY:
            # "leerling uit 3 havo", "broertje van 6": the child it is about
            child = title.split()[0] in words.also_child and (" " in title or rest.strip(" ."))
            return words.plain_rest.fullmatch(rest) is not None and not child
        # "de huisarts, kinderarts en het cb" names others; "de buurvrouw" may be the writer
        return here or words.defined.search(self.norm[:at]) is None

    def _relation(self) -> Iterator[Job]:
        for role, patterns in self.words.relation.items():
            for match in patterns.finditer(self.norm):
                if self.norm[: match.start()].count('"') % 2 == 0:
                    yield Job(role, None, match.start(), match.end(), relation=True)
                    return


#: workplaces that who says "bij ons op" works at; on a school or in a hospital it may be a pupil or a patient
_WITH_US = ("kinderopvang", "wijkteam", "jgz")
#: workplaces that stand for who works there: "als bso", "als school"
_AS_PLACE = ("kinderopvang", "wijkteam", "jgz", "leerkracht")


def read_jobs(text: str) -> list[Job]:
    """Everything the text says about the writer's own job or relation, the most trustworthy first."""
    norm = normalise(text)
    return list(_JobReader(norm, text).jobs())


# -- all facts -----------------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _invented() -> tuple[Patterns, Patterns]:
    spec = lexicon()["verzonnen"]
    return Patterns(spec["begin"]), Patterns(spec["ergens"])


def invented(norm: str) -> bool:
    """Whether the message supposes, rehearses or retells fiction."""
    start, anywhere = _invented()
    lead = _role_words().greeting.match(norm)
    return start.longest_at(norm, lead.end() if lead else 0) is not None or anywhere.search(norm)


def _without(norm: str, jobs: Iterable[Job]) -> str:
    """The text with the writer's own titles blanked, so that "ik ben juf" is not taken for a third person; school words stay."""
    for job in jobs:
        span = norm[job.start : job.end]
        norm = norm[: job.start] + _role_words().person.sub(lambda m: " " * len(m.group()), span) + norm[job.end :]
    return norm


def _told(norm: str) -> dict[str, set[str]]:
    told: dict[str, set[str]] = {}
    for place in places(norm):
        for option in options():
            if option.id not in told.get(option.fact, ()) and option.told(place):
                told.setdefault(option.fact, set()).add(option.id)
    return told


def _decide(fact: str, told: set[str]) -> str | None:
    """One option where the text tells several: the one the lexicon lets win, otherwise none."""
    wins = lexicon()["feiten"][fact].get("wint")
    if len(told) == 1:
        return next(iter(told))
    if wins == "hoogste":
        return max(told, key=PROGRESS.index)
    return wins if wins in told else None


def read_facts(text: str) -> dict[str, str]:
    """The facts that a message plainly tells: question id -> option id, and `eigen` -> organisation the writer works for.

    Never holds `acuut` "ja": danger has its own reader.
    """
    norm = normalise(text)
    if not norm.strip():
        return {}
    facts: dict[str, str] = {}
    jobs = read_jobs(text)
    for job in jobs:
        if job.role:
            facts.setdefault("rol", job.role)
        if job.own and job.role in (None, facts.get("rol")):
            facts.setdefault("eigen", job.own)
    told = _told(_without(norm, [job for job in jobs if not job.relation]))
    if group(norm) is not None:
        told.setdefault("school_soort", set()).add("po")
    made_up = invented(norm)
    for fact, ids in told.items():
        if made_up and fact != "school_soort":
            continue
        decided = _decide(fact, ids)
        if decided is not None:
            facts[fact] = decided
    if not made_up:
        age = read_age(text, facts.get("zwanger") == "ja", [(job.start, job.end) for job in jobs])
        if age is not None:
            facts["leeftijd"] = age
    return facts
