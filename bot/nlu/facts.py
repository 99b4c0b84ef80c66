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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
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


@lru_cache(maxsize=None)
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
_STEP = re.compile(rf"(?<!\w)stap(?:pen)?\s*-?{_STEP_NUMBER}(?!\w)((?:\s*(?:,|en|of|t/m|tm|tot en met|-|/|\+|&)\s*(?:[1-5](?!\d)|een|twee|drie|vier|vijf)(?!\w))*)")
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

_YEAR_UNITS = r"jaartjes|jaren|jaar|jr|jarige|jarig|j"
_SMALL_UNITS = r"maanden|maande|maand|mndn|mnd|mndjes|weken|weekjes|week|wkn|wken|wk|dagen|dgn|dag"
_FILLER = r"(?:(?:net|bijna|amper|pas|ongeveer|een\s+jaar\s+of|'n\s+jaar\s+of|rond\s+de|zo'n|ruim|nog\s+geen|nog\s+maar|maar|nu|al|zelf|echt|inmiddels|ook|krap|hooguit|slechts|een\s+jaartje\s+of|ca\.?|circa|jaar\s+of)\s+)*"


@dataclass(frozen=True)
class _Age:
    """A candidate: option, position, what it hangs on."""

    option: str
    position: int
    source: str  # getal, woord, groep, klas, zwanger
    noun: str = ""
    years: float = -1.0


def _escaped(words: Iterable[Any]) -> str:
    return "|".join(sorted((re.escape(normalise(str(word))).replace(r"\ ", r"\s+") for word in words), key=len, reverse=True))


@dataclass(frozen=True)
class _AgeWords:
    """The regular expressions of age, built from the lexicon."""

    number: Mapping[str, float]
    child: frozenset[str]
    grown: frozenset[str]
    major: frozenset[str]
    subject: frozenset[str]
    sibling: frozenset[str]
    not_before: frozenset[str]
    with_unit: re.Pattern[str]
    van: re.Pattern[str]
    brackets: re.Pattern[str]
    commas: re.Pattern[str]
    direct: re.Pattern[str]
    named: re.Pattern[str]
    verb: re.Pattern[str]
    turned: re.Pattern[str]
    words: tuple[tuple[str, re.Pattern[str]], ...]
    word_not: Patterns
    form: Patterns
    pregnancy: re.Pattern[str]


@lru_cache(maxsize=1)
def _age_words() -> _AgeWords:
    data = lexicon()
    spec = data["leeftijd"]
    number = {normalise(str(word)): float(value) for word, value in data["getallen"].items()}
    unit_num = rf"(?:\d{{1,2}};\d{{1,2}}|\d{{1,2}}[.,]5|\d{{1,2}}|{_escaped(number)})"
    # without a unit "een" is nearly always the article
    num = rf"(?:\d{{1,2}};\d{{1,2}}|\d{{1,2}}[.,]5|\d{{1,2}}|{_escaped(word for word in number if word != 'een')})"
    years = _YEAR_UNITS + "|" + _SMALL_UNITS
    not_after = _escaped(spec["niet_erna"])
    # an enumeration "6 en 9": the first is read, the second is a candidate of its own
    more = rf"(?:\s*(?:en|of|,\s|/|&|\+)\s*({num})(?!\w|[.,]\d))?"
    end = rf"(?!\w|[.,]\d|:\d|\s*(?:{not_after})(?!\w)|\s*[x%](?!\w))"
    direct = [w for w in spec["kind"] if w not in ("die", "eentje", "iemand", "dienst", "zus", "broer", "oudste", "client", "cliente", "patient", "patiente", "vent", "dame")]
    return _AgeWords(
        number=number,
        child=frozenset(normalise(w) for w in spec["kind"]),
        grown=frozenset(spec["volwassen"]),
        major=frozenset(spec["meerderjarig"]),
        subject=frozenset(spec["onderwerp"]),
        sibling=frozenset(spec["broerzus"]),
        not_before=frozenset(str(w) for w in spec["niet_ervoor"]),
        with_unit=re.compile(rf"(?<![\w.,/])({unit_num})(?:\s*(?:en|of|,|/|-|&)\s*({num}))?\s*-?\s*({years})(?!\w)(?!\s+of\s)(\s+(?:oud|oude|jong)(?!\w))?"),
        van=re.compile(rf"(?<!\w)(\w+)\s+(?:van|v)\s+{_FILLER}({num}){more}{end}"),
        brackets=re.compile(rf"(?<!\w)(\w+)\s*\(\s*{_FILLER}({num}){more}\s*(?:jr|jaar|j)?\s*(?=[,);])"),
        commas=re.compile(rf"(?<!\w)(\w+)\.?\s*,\s*{_FILLER}({num}){more}\s*(?=[,.;)]|$)"),
        direct=re.compile(rf"(?<!\w)({_escaped(direct)})\s+({num}){more}{end}"),
        named=re.compile(rf"(?<!\w)(ll|leerling|leerlinge|meisje|jongen|pte|pt|pat|kind|zoon|dochter|zoontje|dochtertje|meid|jongetje)\.?\s+\w+\.?\s+(?:\w\.\s+)?({num}){more}(?=\s*[,.;)]|$)"),
        verb=re.compile(rf"(?<!\w)(\w+)\s+(?:is|ben|wordt|word|bent)\s+{_FILLER}({num}){more}(?:\s+(?:jaar|jr)(?!\w))?{end}"),
        turned=re.compile(rf"(?<![\w.,])({num})\s+(?:is|was)\s+(hij|zij|ze|ie|die)(?!\w)"),
        words=tuple((option, re.compile(rf"(?<!\w)(?:{_escaped(words)})(?!\w)")) for option, words in spec["woorden"].items()),
        word_not=Patterns(spec["woord_niet"]),
        form=Patterns(spec["klas"]),
        pregnancy=re.compile(rf"(?<!\w)(?:{_escaped(spec['zwanger'])})(?!\w)"),
    )


def _value(token: str) -> float:
    token = token.replace(",", ".")
    if ";" in token:
        years, months = token.split(";")
        return int(years) + int(months) / 12
    try:
        return float(token)
    except ValueError:
        return _age_words().number[re.sub(r"\s+", " ", token)]


def age_option(years: float) -> str:
    """The option of `leeftijd` for an age in years."""
    return next(option for option, below in (("0-1", 2), ("2-3", 4), ("4-12", 13), ("13-17", 18), ("18+", 1000)) if years < below)


def _capital(original: str, position: int) -> bool:
    return position < len(original) and original[position].isupper()


def _age_numbers(norm: str, original: str, pregnant: bool) -> Iterator[_Age]:
    words = _age_words()

    def is_child(noun: str, position: int) -> bool:
        return noun in words.child or (_capital(original, position) and noun not in words.grown and noun not in words.not_before)

    def past(position: int) -> bool:
        """Told of then, not of now."""
        return bool(re.search(r"\b(?:toen|vroeger|destijds|sinds|vanaf|verstand van een)\b(?:\s+\w+){0,3}\s*$", norm[max(0, position - 40) : position]))

    def make(token: str, noun: str, position: int) -> Iterator[_Age]:
        value = _value(token)
        if value >= 18 and (noun not in words.major or value > 23):
            return
        if value <= 0 or past(position):
            return
        yield _Age(age_option(value), position, "getal", noun, value)

    def leads(match: re.Match[str], noun: str) -> bool:
        """A name in lower case at the start of the message or after a child ("bram van elf", "zoon jelle van acht")."""
        if noun in words.not_before or noun in words.grown or len(noun) < 3 or noun.isdigit() or _value(match[2]) >= 18:
            return False
        before = _tokens(norm[: match.start()])
        return not before or before[-1] in words.child

    for match in words.turned.finditer(norm):
        yield from make(match[1], match[2], match.start())
    for match in words.with_unit.finditer(norm):
        yield from _age_with_unit(match, norm, original, pregnant, is_child, past)
    for regex in (words.van, words.brackets, words.commas, words.direct, words.named, words.verb):
        for match in regex.finditer(norm):
            noun = match[1]
            if regex is words.verb:
                ok = noun in ("hij", "zij", "ze", "ie", "ik", "kind", "jongen", "meisje") or is_child(noun, match.start(1)) or leads(match, noun)
                ok = ok and not (noun in ("ze", "zij", "ik") and pregnant and 12 < _value(match[2]) < 43 and "wkn" in norm)
            elif regex is words.brackets:
                ok = noun not in words.not_before and noun not in words.grown and _value(match[2]) < 18 or is_child(noun, match.start(1))
            elif regex is words.commas:
                ok = is_child(noun, match.start(1)) or (match.start() == 0 and not noun.isdigit() and noun not in words.not_before | words.grown)
                ok = ok and (noun in words.child or _name_led(norm, original, match.start(1)))
            elif regex is words.direct:
                ok = _value(match[2]) >= 3 or match[3] is not None or not match[2].isalnum()
            else:
                ok = regex is words.named or is_child(noun, match.start(1)) or leads(match, noun)
            if not ok or (noun == "ik" and _value(match[2]) >= 18):
                continue
            for token in (match[2], match[3]):
                if token:
                    yield from make(token, noun, match.start(2))


def _name_led(norm: str, original: str, position: int) -> bool:
    """A capital in the middle of a sentence, or at its start: a name is likely where a number follows between commas."""
    return _capital(original, position) and not re.match(r"(?:stap|groep|ja|nee|nou|ook|maar|juf|meester|moeder|vader)\b", norm[position:])


def _carrying(before: str, after: str) -> bool:
    """A woman with a number of weeks ("mw, 22 wkn", "zij is 16 weken en"): pregnant that far, unless it counts how long something lasts."""
    woman = r"\b(?:mw|mevr|mevrouw|vrouw|pte|patiente|cliente|clte|zij|ze|meid|meisje|moeder|nicht|vriendin|zus|studente|dame|danique|g\dp\d)"
    lead = re.search(rf"{woman}\.?(?:\s+\w+)?\s*,?\s*(?:is\s+|bij\s+|van\s+\d\d,\s+)?(?:nu\s+|al\s+|net\s+|pas\s+)?$", before)
    return bool(lead) and bool(re.match(r"\s*(?:en\b|[,.;:)]|$|met\b|is\b)", after))


def _so_far(before: str, after: str, weeks: float) -> bool:
    """ "28 weken, van de trap geduwd" or "bij 31 weken": how obstetric notes begin."""
    return weeks >= 12 and (not before.strip() and after.startswith(",") or bool(re.search(r"\bbij\s+$", before)))


def _duration(before: str, after: str) -> bool:
    """Whether the words around a number with a unit show a time that passes, not an age."""
    return bool(
        re.search(r"\b(?:al|sinds|over|na|elke|per|binnen|om de|laatste|afgelopen|voor|gedurende|nog|in)\s*$", before)
        or re.match(r"\s*(?:geleden|terug|later|lang|weg|na\b|niet|niks|afwezig|ziek|thuis|opgenomen|alleen|geen|in\b|bij\b|op\b|zonder|gratis|verzuim|vrij)", after)
    )


def _age_with_unit(
    match: re.Match[str], norm: str, original: str, pregnant: bool, is_child: Callable[[str, int], bool], past: Callable[[int], bool]
) -> Iterator[_Age]:
    """A number with a unit: an age where a child carries it, otherwise mostly a duration ("al 3 jaar", "6 weken geleden")."""
    first, second, unit, old = match[1], match[2], match[3], match[4]
    before, after = norm[: match.start()], norm[match.end() :]
    year = re.fullmatch(_YEAR_UNITS, unit) is not None
    lead = re.search(rf"(?<!\w)(\w+)\s*(?:[,(:]\s*|\s)\s*(?:(?:van|is|was|wordt|word|nu|al|pas)\s+)?{_FILLER}$", before)
    noun = lead[1] if lead else ""
    at = lead.start(1) if lead else 0
    newborn = noun in ("hij", "ie") and bool(re.search(rf"\bis\s+{_FILLER}$", before))
    carried = bool(lead) and (is_child(noun, at) or newborn) and not re.match(r"\s*(?:geleden|terug|later|lang)\b", after)
    if carried and re.search(r"\b(?:al|sinds|over|na|elke|per|binnen)\s*$", before):
        carried = False
    if carried and noun not in _age_words().child and not re.search(rf"(?:van|is|wordt|,|\()\s*{_FILLER}$", before):
        carried = False
    if not year:
        weeks = _value(second or first) if unit.startswith("w") else -1.0
        if re.match(r"\s*(?:zwanger|zw\b|zwangr|ver\b|heen\b|in verwachting)", after):
            yield _Age("ongeboren", match.start(), "zwanger")
            return
        if not old and 5 <= weeks <= 42 and (_carrying(before, after) or _so_far(before, after, weeks)):
            yield _Age("ongeboren", match.start(), "zwanger")
            return
        if not carried and not old:
            if pregnant and 4 <= weeks <= 42 and not _duration(before, after):
                yield _Age("ongeboren", match.start(), "zwanger")
            return
        if past(match.start()) or (not old and (_duration(before, after) or unit.startswith("d") and not re.search(rf"\bvan\s+{_FILLER}$", before))):
            return
        per_year = 12 if unit.startswith("m") else 52 if unit.startswith("w") else 365
        value = _value(first) / per_year
        if value < 5:
            yield _Age(age_option(value), match.start(), "getal", noun, value)
        return
    values = [_value(token) for token in (first, second) if token]
    if unit.startswith("jarig") or old or carried:
        sure = True
    elif re.search(r"(?:^|[(,.;:]\s*|\b(?:hij|zij|ze|ie)\s+(?:is|wordt|word)\s+(?:\w+\s+)?)$", before) and re.match(r"\s*(?:[,.;)]|$|en\s+(?:ze|hij|zit|is|heeft))", after):
        sure = not re.search(r"(?:jaar|jr)\s*$", before)
    else:
        sure = bool(re.search(rf"\b(?:hij|zij|ze|ie|ik)\s+(?:is|ben|wordt|word)\s+{_FILLER}$", before)) and not re.match(r"\s*(?:bij|in|met|samen|getrouwd|gescheiden|weg|ouder|jonger|werkzaam|uit)\b", after)
    if not sure or past(match.start()) and not old or re.match(r"\s*(?:geleden|terug|later|lang|uit elkaar)\b", after):
        return
    for value in values:
        if value < 18 or (value <= 23 and noun in _age_words().major):
            yield _Age(age_option(value), match.start(), "getal", noun if carried else "", value)


def _age_candidates(norm: str, original: str, pregnant: bool, title_at: Sequence[tuple[int, int]]) -> list[_Age]:
    words = _age_words()
    rows = list(_age_numbers(norm, original, pregnant))
    numbered = {row.noun for row in rows}
    if not words.word_not.search(norm):
        for option, regex in words.words:
            for match in regex.finditer(norm):
                noun = match.group()
                if noun in numbered or denied(norm[max(0, match.start() - 30) : match.start()]):
                    continue
                if pregnant and option == "0-1":
                    continue  # "ze is zwanger ... die baby": the unborn one
                rows.append(_Age(option, match.start(), "woord", noun))
    jobs = [span for span in title_at]
    for match in _GROUP.finditer(norm):
        own = any(a <= match.start() <= b + 12 for a, b in jobs)
        elsewhere = re.search(r"\b(?:collega|juf|meester|leerkracht|poster|app|groepsapp|casus|sinds|vanaf|vorig|toen|inschrijven)\b(?:\s+\w+){0,3}\s*$", norm[max(0, match.start() - 45) : match.start()])
        if not own and not elsewhere and not re.match(r"\s+was\b", norm[match.end() :]):
            rows.append(_Age("4-12", match.start(), "groep"))
    for match in words.form.finditer(norm):
        if not any(a <= match.start() <= b + 25 for a, b in jobs):
            rows.append(_Age("13-17", match.start(), "klas"))
    return rows


@lru_cache(maxsize=1)
def _unborn() -> Patterns:
    return Patterns(lexicon()["leeftijd"]["ongeboren"])


def read_age(text: str, pregnant: bool = False, jobs: Sequence[tuple[int, int]] = ()) -> str | None:
    """The age option that the text tells, or None.

    Several children: the youngest decides, unless a brother or sister stands beside the child that it is clearly about. An unborn
    child gives way to a born one under four, to a child named before it, and to a pregnant minor herself.
    """
    norm = normalise(text)
    if len(norm) != len(text):
        text = norm  # spans would not fit; without capitals fewer names are recognised
    pregnant = pregnant or _unborn().search(norm)
    rows = _age_candidates(norm, text, pregnant, jobs)
    words = _age_words()
    own = [row for row in rows if row.noun not in words.sibling]
    if any(row.noun in words.subject for row in own):
        rows = own
    if any(row.source == "getal" for row in rows):
        # the number is more exact than the school
        rows = [row for row in rows if row.source not in ("groep", "klas") and row.noun not in ("brugklas", "puber", "pubers", "tiener", "tieners")]
    born = [row for row in rows if row.option != "ongeboren"]
    unborn = [row for row in rows if row.option == "ongeboren"]
    if pregnant and not unborn:
        match = words.pregnancy.search(norm)
        unborn = [_Age("ongeboren", match.start() if match else 0, "zwanger")]
    if not born:
        return "ongeboren" if unborn else None
    youngest = min((row.option for row in born), key=AGES.index)
    if unborn:
        minor = all(row.years >= 12 and row.noun not in words.sibling for row in born)
        if youngest not in ("0-1", "2-3") and not minor and min(r.position for r in unborn) < min(r.position for r in born):
            return "ongeboren"
    return youngest


# -- the writer's role ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Job:
    """What the writer says to be: role, organisation beyond it, and where it stands."""

    role: str | None
    own: str | None
    start: int
    end: int
    bare: bool = False  # the message says nothing else
    relation: bool = False  # only a relation to the child is named ("mijn kleinzoon")


@dataclass(frozen=True)
class _RoleWords:
    titles: Mapping[str, Patterns]
    places: Mapping[str, Patterns]
    own: Mapping[str, Patterns]
    weak: Patterns
    weak_else: Mapping[str, Patterns]
    fillers: frozenset[str]
    not_bare: frozenset[str]
    also_child: frozenset[str]
    relation: Mapping[str, Patterns]


@lru_cache(maxsize=1)
def _role_words() -> _RoleWords:
    spec = lexicon()["rol"]
    return _RoleWords(
        titles={role: Patterns(words) for role, words in spec["titels"].items()},
        places={role: Patterns(words) for role, words in spec["werkplek"].items()},
        own={org: Patterns(words) for org, words in spec["eigen"].items()},
        weak=Patterns(spec["zwak"]),
        weak_else={role: Patterns(words) for role, words in spec["zwak_anders"].items()},
        fillers=frozenset(spec["vulwoorden"]),
        not_bare=frozenset(str(word) for word in spec["geen_bare"]),
        also_child=frozenset(spec["ook_kind"]),
        relation={role: Patterns(words) for role, words in spec["relatie"].items()},
    )


_I_AM = re.compile(r"(?<!\w)(?:ik|k|'k)\s+(?:ben|bn|bin)\s+|(?<!\w)ben\s+ik\s+|^\s*ben\s+|(?<!\w)(?:mijn|m'n)\s+(?:beroep|functie|rol|vak|werk)\s+is\s+")
_I_WORK = re.compile(r"(?<!\w)(?:(?:ik|k)\s+werk|werk\s+(?:ik|k)|werkzaam|^\W*werk|(?:ik\s+)?loop\s+(?:ik\s+)?stage|(?:ik\s+)?doe\s+vrijwilligerswerk|(?:ik\s+)?vrijwilligerswerk)(?!\w)")
_PREPOSITION = re.compile(r"\W+(?:\w+\W+){0,4}?(als|op|in|bij|voor|vanuit|binnen|aan|van)\s+")
_WE = re.compile(r"(?<!\w)(?:wij|we)\s+(?:zijn\s+)?(?:als|van|bij|op|in|vanuit)\s+|(?<!\w)(?:vanuit|namens)\s+")
_WITH_US = re.compile(r"(?<!\w)bij\s+ons\s+(?:op|in|bij)\s+")
_AS = re.compile(r"(?<!\w)als\s+")
_HERE = re.compile(r"^\W*(?:hier|met|u\s+spreekt\s+met|je\s+spreekt\s+met|dit\s+is)\s+")
_GREETING = re.compile(r"^\W*(?:(?:ja|hoi|hallo|hey|hee|hi|dag|goedemiddag|goedemorgen|goedenavond|goeiemorgen|goeiedag|nou|gewoon|een|de|oke|ok|tja|eh|beroep|functie|rol|zelf|want|dus|nee|ehm|uh|ik)\W+)*")
_AFTER_AS = frozenset("ben heb wil zie mag moet kan weet maak kun vraag hoor voel merk denk twijfel sta zit vind ik zijnde".split())
_BEFORE_AS = frozenset("ik k we wij mij me je jij men".split())
_FAMILY = "geen_beroep"


class _Reader:
    """Reads the writer's job from one normalised text."""

    def __init__(self, norm: str, original: str) -> None:
        self.norm = norm
        self.original = original if len(original) == len(norm) else norm
        self.words = _role_words()

    def skip(self, position: int, limit: int = 6) -> Iterator[int]:
        """The position itself and those after fillers and short spans of years ("al 12 jaar")."""
        for _ in range(limit):
            yield position
            match = re.compile(r"(?:\d{1,2}\s+jaar|([\w']+))[,\s]+").match(self.norm, position)
            if not match:
                return
            word = match[1]
            if word is not None and word not in self.words.fillers and not (len(word) > 4 and word.endswith("e") and word not in self.words.not_bare):
                return
            position = match.end()
        yield position

    def title(self, position: int) -> tuple[str, int] | None:
        """Role and end of the longest title at the position."""
        best: tuple[str, int] | None = None
        for role, patterns in self.words.titles.items():
            end = patterns.longest_at(self.norm, position)
            if end is not None and (best is None or end > best[1]):
                best = (role, end)
        return best

    def place(self, position: int, roles: Iterable[str] | None = None) -> tuple[str, int] | None:
        """Role and end of the longest workplace at the position."""
        best: tuple[str, int] | None = None
        for role in roles or self.words.places:
            end = self.words.places[role].longest_at(self.norm, position)
            if end is not None and (best is None or end > best[1]):
                best = (role, end)
        return best

    def own(self, position: int) -> str | None:
        """The organisation of the longest matching own title or workplace at the position."""
        best: tuple[str, int] | None = None
        for org, patterns in self.words.own.items():
            end = patterns.longest_at(self.norm, position)
            if end is not None and (best is None or end > best[1]):
                best = (org, end)
        return best[0] if best else None

    def job_at(self, position: int, start: int) -> Job | None:
        """The job whose title stands at the position: a title, or a general title with a workplace."""
        weak = self.words.weak.longest_at(self.norm, position)
        found = self.title(position)
        if weak is not None and (found is None or found[1] <= weak):
            work = self._workplace_after(weak)
            own = self.own(position)
            if work is not None:
                role, end, org = work
                return Job(role, own or org, start, end)
            if found is None:
                role = next((r for r, p in self.words.weak_else.items() if p.longest_at(self.norm, position)), None)
                return Job(role, own, start, weak) if role or own else None
        if found is None:
            return None
        role, end = found
        other = self._also_professional(end, start) if role == _FAMILY else None
        return other or Job(role, self.own(position), start, end)

    def _workplace_after(self, position: int) -> tuple[str, int, str | None] | None:
        match = re.compile(r"\W{1,2}(?:\w+\W+){0,2}?(?:op|in|bij|van|binnen|voor|vanuit)\s+").match(self.norm, position)
        if not match:
            return None
        for at in self.skip(match.end(), 4):
            found = self.place(at)
            if found:
                return found[0], found[1], self.own(at)
        return None

    def _also_professional(self, position: int, start: int) -> Job | None:
        """ "moeder en leerkracht": the profession counts."""
        match = re.compile(r"\s+(?:en|maar)\s+").match(self.norm, position)
        if not match:
            return None
        for at in self.skip(match.end(), 4):
            found = self.title(at)
            if found is not None:
                return Job(found[0], self.own(at), start, found[1]) if found[0] != _FAMILY else None
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
        for match in _I_AM.finditer(self.norm):
            for at in self.skip(match.end()):
                job = self.job_at(at, match.start())
                if job and not self._question_about(match):
                    yield job
                    break
                of = re.compile(r"van\s+(?:de\s+|het\s+|een\s+)?").match(self.norm, at)
                place = self.place(of.end()) if of else None
                if of and place:
                    yield Job(place[0], self.own(of.end()), match.start(), place[1])
                    break
            else:
                yield from self._name_first(match)

    def _question_about(self, match: re.Match[str]) -> bool:
        return bool(re.search(r"(?<!\w)(?:of|wat|hoe|als|alsof|dat)\s*$", self.norm[: match.start()])) and "ben ik" in match.group()

    def _name_first(self, match: re.Match[str]) -> Iterator[Job]:
        """"Ik ben Ria, gastouder" and "ik ben Ellen van het wijkteam"."""
        name = re.compile(r"([\w-]+)(?:\s+[A-Za-z][\w-]+)?(,\s*|\s+(?:van|uit|bij)\s+|\s+en\s+)").match(self.norm, match.end())
        if not name:
            return
        capital = _capital(self.original, name.start())
        for at in self.skip(name.end(), 4):
            if name[2].strip() in (",", "en"):
                job = self.job_at(at, match.start())
                if job and (capital or (job.role != _FAMILY and name[2].startswith(","))):
                    yield job
                    return
            elif capital:
                place = self.place(at)
                if place:
                    yield Job(place[0], self.own(at), match.start(), place[1])
                    return

    def _i_work(self) -> Iterator[Job]:
        for match in _I_WORK.finditer(self.norm):
            if re.search(r"(?<!\w)(?:hij|zij|ze|vader|moeder|man|vrouw|broer|zus)\s+(?:is\s+)?$", self.norm[: match.start()]):
                continue
            lead = _PREPOSITION.match(self.norm, match.end())
            while lead:
                done = False
                for at in self.skip(lead.end(), 4):
                    job = self.job_at(at, match.start()) if lead[1] in ("als", "voor", "bij") else None
                    if job is None and lead[1] != "als":
                        place = self.place(at)
                        job = Job(place[0], self.own(at), match.start(), place[1]) if place else None
                        if job is None and (org := self.own(at)):
                            job = Job("ander_beroep", org, match.start(), at + 1)
                    if job:
                        yield job
                        done = True
                        break
                lead = None if done or lead.end() > match.end() + 40 else _PREPOSITION.match(self.norm, lead.end() - 1)

    def _we(self) -> Iterator[Job]:
        for match in _WE.finditer(self.norm):
            for at in self.skip(match.end(), 4):
                place = self.place(at)
                if place:
                    yield Job(place[0], self.own(at), match.start(), place[1])
                    break
                job = self.job_at(at, match.start())
                if job and job.role != _FAMILY and "als" in match.group():
                    yield job
                    break
        for match in _WITH_US.finditer(self.norm):
            for at in self.skip(match.end(), 3):
                place = self.place(at, ("kinderopvang", "wijkteam", "jgz"))
                if place:
                    yield Job(place[0], self.own(at), match.start(), place[1])
                    break

    def _as(self) -> Iterator[Job]:
        for match in _AS.finditer(self.norm):
            previous = _tokens(self.norm[max(0, match.start() - 25) : match.start()])
            before = previous[-1] if previous else ""
            if before in ("werkt", "werkte", "werken", "net", "zelfde", "zo", "meer", "anders", "alsof", "wat", "gedraagt"):
                continue
            for at in self.skip(match.end(), 3):
                job = self.job_at(at, match.start())
                place = self.place(at, ("kinderopvang", "wijkteam", "jgz", "leerkracht")) if job is None else None
                if place:  # "mag je die als bso ook inschakelen"
                    job = Job(place[0], None, match.start(), place[1])
                if job is None:
                    continue
                following = _tokens(self.norm[job.end : job.end + 60])
                after = following[0] if following else ""
                asking = bool(re.search(r"(?<!\w)(?:mag|kan|moet|wil|hoor|kun|mogen|moeten|doe|mot|ken)\s+(?:ik|je|jij|we|wij)(?:\s+\w+){0,3}\s*$", self.norm[: match.start()]))
                i_before = before in _BEFORE_AS or asking or "ik" in previous[-4:] and not following
                if job.role == _FAMILY:
                    ok = before in ("ik", "k", "we", "wij", "mij", "me") or (after in _AFTER_AS and len(following) > 1 and following[1] in ("ik", "we", "wij"))
                    # "als opa van twee meisjes maak ik me zorgen", not "als vader van Kim thuiskomt ben ik bang"
                    ok = ok or bool(re.match(r"\W+van\W+(?:(?!\w*t\b)\w+\W+){1,3}(?:ben|heb|zie|wil|weet|mag|kan|moet|maak|voel)\s+(?:ik|we|wij)\b", self.norm[job.end :]))
                else:
                    ok = i_before or after in _AFTER_AS or (after in ("van", "op", "in", "bij", "zijnde") and "ik" in following)
                if ok:
                    yield job
                break

    def _bare(self) -> Iterator[Job]:
        total = len(_tokens(self.norm))
        if total > 14 or "?" in self.norm or not total:
            return
        lead = _GREETING.match(self.norm)
        starts = [lead.end() if lead else 0, 0]
        here = _HERE.match(self.norm)
        if here:
            starts.append(here.end())
        for start in starts:
            for at in self.skip(start, 3):
                job = self.job_at(at, 0)
                if job is None:
                    continue
                # "de huisarts, kinderarts en het cb" names others; "de buurvrouw" may be the writer
                if job.role != _FAMILY and re.search(r"(?<!\w)(?:de|het|die)\s+$", self.norm[:at]) and not here:
                    return
                rest = self.norm[job.end :]
                if any(token in self.words.not_bare or re.fullmatch(r"ge\w{3,}(?:d|t|en)|be\w{4,}(?:d|t|en)|overleg\w*", token) for token in _tokens(rest)):
                    return
                if job.role == _FAMILY and not self._plain_rest(rest):
                    return
                # "leerling uit 3 havo", "broertje van 6": the child it is about, not the writer
                if self.norm[at : job.end].split()[0] in self.words.also_child and (rest.strip(" .") or " " in self.norm[at : job.end]):
                    return
                yield Job(job.role, job.own, job.start, job.end, bare=True)
                return

    @staticmethod
    def _plain_rest(rest: str) -> bool:
        """What may follow a bare "opa": nothing, "van Jesse en Lotte", "van drie", "hier", or a part of sentence after a comma."""
        return bool(re.fullmatch(r"\W*(?:(?:van|bij|op|in|uit|via|de|het|hier|verder|niks|daar|\d|jo\d+|voor)(?:\s+(?!met\b|\d\d)[\w']+){0,4}(?:,\s*\w+)?)?\W*", rest)) or (
            rest.lstrip().startswith(",") and len(_tokens(rest)) <= 5
        )

    def _relation(self) -> Iterator[Job]:
        for role, patterns in self.words.relation.items():
            for match in patterns.finditer(self.norm):
                quoted = self.norm[: match.start()].count('"') % 2 == 1
                if not quoted:
                    yield Job(role, None, match.start(), match.end(), relation=True)
                    return


def read_jobs(text: str) -> list[Job]:
    """Everything the text says about the writer's own job or relation, the most trustworthy first."""
    norm = normalise(text)
    return list(_Reader(norm, text).jobs())


_PERSON = re.compile(r"(?<!\w)(?:juf\w*|meester|moeder|vader|oma|opa|mama|papa|tante|oom|buurvrouw|buurman|zus|broer|huisarts|verloskundige|politie\w*|agent\w*|trainer|begeleid\w*|vrijwillig\w*|stagiair\w*|jongerenwerker)(?!\w)")

# -- all facts -----------------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _invented() -> tuple[Patterns, Patterns]:
    spec = lexicon()["verzonnen"]
    return Patterns(spec["begin"]), Patterns(spec["ergens"])


def invented(norm: str) -> bool:
    """Whether the message supposes, rehearses or retells fiction."""
    start, anywhere = _invented()
    lead = _GREETING.match(norm)
    return start.longest_at(norm, lead.end() if lead else 0) is not None or anywhere.search(norm)


def _without(norm: str, jobs: Iterable[Job]) -> str:
    """The text with the writer's own titles blanked, so that "ik ben juf" is not taken for a third person; school words stay."""
    for job in jobs:
        span = norm[job.start : job.end]
        norm = norm[: job.start] + _PERSON.sub(lambda m: " " * len(m.group()), span) + norm[job.end :]
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
        if job.role and "rol" not in facts:
            facts["rol"] = job.role
        if job.own and "eigen" not in facts:
            facts["eigen"] = job.own
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
