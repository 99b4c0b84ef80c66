"""Which option of an open question a free text means.

The meaning is the option, never the polarity of the sentence: "hij is veilig" is "nee" on the question whether there is danger and "ja"
on the question whether the children are safe. What is said is collected as evidence (a leading yes or no, phrases of the question,
hedges, "I don't know") and weighed by what a mistake costs: on a question about safety a contradiction gives the alarming option and a
hedge towards the reassuring one gives "weet_niet"; on other questions the last clear answer counts.

Phrases of one question come with the question (`opties.<id>.woorden`, content/vragen.yml); what holds for all questions, and patterns
that phrases can't say, stand in `lexicon/feiten.yml` (`antwoorden`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from bot.nlu import facts
from bot.nlu.text import normalise

#: an intent counts from this confidence, and only for a text of at most this many words
CONFIDENCE = 0.5
WORDS = 12
#: a longer text without a leading yes or no is a story: only what it says outright counts
STORY = 30
#: in a text longer than this a reassuring phrase counts only after a leading yes or no, and a single word only with the facts behind it
CALM = 20
SINGLE = 12

UNKNOWN = ("weet_niet", "onbekend")
_ORDINALS = {"eerste": 1, "tweede": 2, "derde": 3, "vierde": 4, "vijfde": 5, "zesde": 6, "zevende": 7, "achtste": 8, "negende": 9}
_NUMBER = re.compile(
    r"(?:(optie|keuze|nummer|nr|antwoord|knop|punt)\s+)?(?:(de|het|die)\s+)?(?:(\d{1,2})(e|de|ste)?|([a-z]+))"
    r"(?:\s+(?:optie|keuze|knop|antwoord|graag|alsjeblieft|aub|svp))*"
)


#: words after which a leading yes is no answer
_NOT_AFTER = {
    "ja": frozenset("hallo hoi hey goedemiddag goeiemiddag goedemorgen goeiemorgen goedenavond goedendag dag".split()),
    "klopt": frozenset("het dat dit t ie er".split()),
    "no": frozenset({"show", "shows"}),
}


@dataclass(frozen=True)
class _Said:
    """One piece of evidence: which option, where (word index), from what."""

    option: str
    start: int
    end: int
    source: str  # kop (leading yes or no), slot (closing "wel" or "niet"), woorden, extra
    hedged: bool = False


@dataclass(frozen=True)
class _Clause:
    """Word range of a clause; `asked`: it is a question."""

    start: int
    end: int
    asked: bool
    marked: bool  # ends in a question mark


class _Text:
    """A message as flat words with its clauses."""

    def __init__(self, text: str) -> None:
        norm = normalise(text)
        self.marked = "?" in norm
        # "jaaaa", "neeeee": stretched letters
        norm = re.sub(r"([a-z])\1{2,}", r"\1", norm)
        norm = re.sub(r"(?<=\d)([.,])(?=\d)", "", norm)
        self.norm = norm
        self.words: list[str] = []
        self.clauses: list[_Clause] = []
        for part in re.finditer(r"([^.,;:!?\n…()]+)([.,;:!?\n…()]*)", norm):
            words = re.findall(r"\w+", part[1])
            if not words:
                continue
            # a contrast begins a clause of its own
            cuts = [0, *(i for i, word in enumerate(words) if i and word in ("maar", "want", "terwijl", "hoewel", "behalve")), len(words)]
            for begin, end in pairwise(cuts):
                if begin == end:
                    continue
                last = end == len(words)
                clause = " ".join(words[begin:end])
                start = len(self.words) + begin
                hedge = any(clause.startswith(phrase) for phrase in _lists()["aarzeling"])  # "denk het wel?"
                marked = last and "?" in part[2]
                asked = not hedge and facts.asks(clause, part[1] + part[2] if marked else clause)
                self.clauses.append(_Clause(start, len(self.words) + end, asked, marked))
            self.words += words
        self.flat = " ".join(self.words)
        self.starts: list[int] = []
        position = 0
        for word in self.words:
            self.starts.append(position)
            position += len(word) + 1

    def word_at(self, offset: int) -> int:
        """Index of the word that begins at or before a character offset of `flat`."""
        low = 0
        for index, start in enumerate(self.starts):
            if start > offset:
                break
            low = index
        return low

    def clause_of(self, word: int) -> _Clause:
        return next(clause for clause in self.clauses if clause.start <= word < clause.end)

    def find(self, phrase: str) -> Iterator[tuple[int, int]]:
        """Word spans where a flat phrase occurs."""
        if phrase not in self.flat:
            return
        size = phrase.count(" ") + 1
        for match in re.finditer(rf"(?<!\w){re.escape(phrase)}(?!\w)", self.flat):
            index = self.word_at(match.start())
            yield index, index + size


def flat(text: str) -> str:
    """Words of a phrase separated by one space, normalised as messages are."""
    return " ".join(re.findall(r"\w+", re.sub(r"([a-z])\1{2,}", r"\1", normalise(str(text)))))


@cache
def _key(phrase: str) -> tuple[str, bool]:
    """A phrase of the content, flat, and whether it holds a denial. Never called with what a user typed: the cache keeps it."""
    words = flat(phrase)
    return words, not _denials().isdisjoint(words.split())


@lru_cache(maxsize=1)
def _denials() -> frozenset[str]:
    return frozenset(facts.lexicon()["ontkenning"])


@lru_cache(maxsize=1)
def _lists() -> Mapping[str, tuple[str, ...]]:
    spec = facts.lexicon()["antwoorden"]
    names = ("ja", "nee", "half", "weet_niet", "aarzeling", "onzeker_begin", "vullers", "ander_weet", "aanwijzers")
    return {name: tuple(sorted({flat(word) for word in spec[name]}, key=len, reverse=True)) for name in names}


@lru_cache(maxsize=1)
def _sets() -> Mapping[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in _lists().items()}


@cache
def _extra(question: str) -> tuple[tuple[str, facts.Patterns], ...]:
    rows = facts.lexicon()["antwoorden"]["extra"].get(question, {})
    # "<option>_zwak": counts only beside a leading yes or no, or in a short answer
    return tuple((str(option), facts.Patterns(patterns)) for option, patterns in rows.items())


# -- steps, in the order of trust ------------------------------------------------------------------------------------------------------


def _by_number(question: str, options: Sequence[str], text: _Text) -> str | None:
    """ "2", "optie 2", "de tweede": by the order of the options. A bare number means something else on two questions."""
    match = _NUMBER.fullmatch(text.flat)
    if not match:
        return None
    named = match[1] is not None or match[2] is not None or match[4] is not None
    if match[3]:
        number = int(match[3])
        if not named and question == "leeftijd":
            return None  # an age
        if not named and question == "kinderen":
            return ("ja" if number else "nee") if "ja" in options else None  # how many there are
    else:
        word = match[5]
        if word in _ORDINALS:
            number = _ORDINALS[word]
        elif word in ("laatste", "onderste"):
            number = len(options)
        elif word == "bovenste":
            number = 1
        elif word == "middelste" and len(options) == 3:
            number = 2
        elif word in facts.lexicon()["getallen"] and (named or question == "kinderen"):
            number = int(facts.lexicon()["getallen"][word])
            if not named:
                return "ja" if "ja" in options else None
        else:
            return None
    return options[number - 1] if 1 <= number <= len(options) else None


def _titles(option: Any) -> Iterator[str]:
    if not isinstance(option, Mapping):
        return
    if option.get("titel"):
        yield str(option["titel"])
    yield from (str(title) for title in (option.get("titel_per_rol") or {}).values())


def _words(option: Any) -> Iterable[str]:
    return (str(word) for word in (option.get("woorden") or ())) if isinstance(option, Mapping) else ()


def _exact(spec: Mapping[str, Any], text: _Text) -> str | None:
    """The whole text is an id, a title or one phrase of one option."""
    options = {str(option): body for option, body in spec["opties"].items()}
    for kind in ("id", "titel", "woorden"):
        hits = []
        for option, body in options.items():
            names = (option, option.replace("_", " ")) if kind == "id" else _titles(body) if kind == "titel" else _words(body)
            if any(_key(name)[0] == text.flat for name in names):
                hits.append(option)
        if len(hits) == 1:
            return hits[0]
    return None


def _not_knowing_else(text: _Text, end: int) -> bool:
    """ "Ik weet niet wat ik moet doen" is about something else than what was asked."""
    return end < len(text.words) and text.words[end] in ("wat", "wie", "hoe", "waarom", "welke", "welk", "hoeveel")


def _unknown(spec: Mapping[str, Any], text: _Text) -> list[tuple[int, int]]:
    """Word spans that say "I don't know" outright. "Moeder weet niet dat ik bel" is about somebody else."""
    spans = []
    for phrase in _lists()["weet_niet"]:
        for start, end in text.find(phrase):
            if start and text.words[start - 1] in _sets()["ander_weet"]:
                continue
            if end < len(text.words) and text.words[end] in ("zeker", "precies", "exact"):
                continue  # a hedge
            if _not_knowing_else(text, end):
                continue
            spans.append((start, end))
    return spans


def _leading(text: _Text, clause: _Clause) -> tuple[str, int, int, bool] | None:
    """A yes or no at the start of a clause, after fillers: (polarity, start, end, hedged)."""
    start = clause.start
    while start < clause.end and text.words[start] in _sets()["vullers"]:
        if text.words[start] == "nou" and start + 1 < clause.end and text.words[start + 1] == "ja":
            start += 1  # "nou ja" is no yes
        start += 1
    rest = " ".join(text.words[start : clause.end])
    best: tuple[str, str] | None = None
    for polarity in ("ja", "nee"):
        for phrase in _lists()[polarity]:
            if (rest == phrase or rest.startswith(phrase + " ")) and (best is None or len(phrase) > len(best[1])):
                best = (polarity, phrase)
    if best is None:
        return None
    polarity, phrase = best
    after = text.words[start + phrase.count(" ") + 1 : clause.end]
    if polarity == "ja" and phrase not in ("ja", "ja hoor", "jawel", "yes") and after and after[0] in _denials():
        return None  # "helemaal niks gevonden", "jazeker niet"
    if after and (after[0] in _NOT_AFTER.get(phrase, ()) or (phrase == "no" and len(after) > 1)):
        return None  # "ja hallo", "klopt het dat", "no-show"
    return polarity, start, start + phrase.count(" ") + 1, phrase in _sets()["half"]


def _closing(text: _Text, clause: _Clause) -> tuple[str, int, int] | None:
    """A short clause that is nothing but "wel" or "niet" with pointers and hedges ("dat denk ik wel", "vandaag niet")."""
    words = text.words[clause.start : clause.end]
    polar = [i for i, word in enumerate(words) if word in ("wel", "niet", "nie", "neit")]
    if not polar or len(words) > 9:
        return None
    known = _sets()["aanwijzers"] | _sets()["vullers"]
    if any(word not in known and word not in ("wel", "niet", "nie", "neit") for word in words):
        return None
    last = polar[-1]
    return ("ja" if words[last] == "wel" else "nee"), clause.start + last, clause.start + last + 1


def _negated(text: _Text, start: int, end: int, covered: Sequence[tuple[int, int]]) -> bool:
    """A denial right before the phrase in the same clause, or closing it ("veilig is het niet")."""
    clause = text.clause_of(start)
    before = range(max(clause.start, start - 2), start)
    for index in before:
        if text.words[index] in _denials() and (index == start - 1 or not any(a <= index < b for a, b in covered)):
            following = text.words[index + 1] if index + 1 < len(text.words) else ""
            if following not in ("alleen", "de", "zo"):
                return True
    tail = text.words[end : clause.end]
    return bool(tail) and len(tail) <= 4 and tail[-1] in ("niet", "nie", "neit") and not any(w in ("weet", "weten", "ik") for w in tail)


def _opposite(option: str, options: Sequence[str], calm: str | None) -> str | None:
    """The other pole, only where it is not the reassuring one: "niet elke dag" is no "eenmalig"."""
    other = {"ja": "nee", "nee": "ja"}.get(option)
    return other if other in options and calm is not None and other != calm else None


def _phrases(question: str, spec: Mapping[str, Any], text: _Text, calm: str | None) -> list[_Said]:
    """Evidence from the phrases of the question and the patterns of the lexicon; a longer hit covers a shorter one inside it."""
    options = [str(option) for option in spec["opties"]]
    hits: list[tuple[int, int, str, str, bool]] = []
    for option, body in spec["opties"].items():
        for phrase in _words(body):
            key, denies = _key(phrase)
            hits += [(start, end, str(option), "woorden", denies) for start, end in text.find(key)]
    short = len(text.words) <= 8
    for name, patterns in _extra(question):
        option = name.removesuffix("_zwak")
        if option not in options or (option != name and not short and not _begins_polar(text)):
            continue
        for item in patterns.items:
            if item.possible(text.flat):
                for match in item.regex.finditer(text.flat):
                    start = text.word_at(match.start())
                    end = text.word_at(max(match.start(), match.end() - 1)) + 1
                    # not across a clause, and inside it no denial that the pattern doesn't have
                    if text.clause_of(start) is not text.clause_of(end - 1):
                        continue
                    inside = not _denials().isdisjoint(text.words[start:end])
                    if inside and not item.denies:
                        continue
                    hits.append((start, end, option, "extra", item.denies or inside))
    kept: list[tuple[int, int, str, str, bool]] = []
    for hit in sorted(hits, key=lambda h: (h[0] - h[1], h[3] == "extra")):
        start, end = hit[0], hit[1]
        if any(
            a <= start and end <= b and (b - a > end - start or (option == hit[2]) or (source == "woorden" and hit[3] == "extra"))
            for a, b, option, source, _ in kept
        ):
            continue
        if any(start < b and a < end and (start, end) != (a, b) for a, b, *_ in kept):
            continue  # a longer hit, or one of the question's own phrases, has these words
        kept.append(hit)
    spans = [(a, b) for a, b, *_ in kept]
    said = []
    for start, end, option, source, denies in kept:
        clause = text.clause_of(start)
        size = end - start
        if clause.asked and not (size >= 3 or size * 5 >= len(text.words) * 3):
            continue
        if _means_organisation(text, start, end) or (option in UNKNOWN and _not_knowing_else(text, end)):
            continue
        if not denies and _negated(text, start, end, [s for s in spans if s != (start, end)]):
            flipped = _opposite(option, options, calm)
            if flipped:
                said.append(_Said(flipped, start, end, source))
            continue
        said.append(_Said(option, start, end, source))
    return said


def _begins_polar(text: _Text) -> bool:
    return any(_leading(text, clause) is not None for clause in text.clauses[:2])


def _means_organisation(text: _Text, start: int, end: int) -> bool:
    """ "veilig" in "ik heb veilig thuis gebeld", not in "hij is veilig thuis"."""
    if end != start + 1 or text.words[start] != "veilig" or end >= len(text.words) or text.words[end] not in ("thuis", "tuis", "thius"):
        return False
    return start < 2 or text.words[start - 1] not in ("is", "zijn", "zit", "zitten", "nu", "weer", "was", "gewoon")


def _hedged(text: _Text, said: Sequence[_Said]) -> bool:
    """Whether a hedge stands outside the phrases of the question."""
    covered = {index for item in said if item.source == "woorden" for index in range(item.start, item.end)}
    for phrase in (*_lists()["aarzeling"], *_lists()["half"]):
        for start, end in text.find(phrase):
            if not all(index in covered for index in range(start, end)):
                return True
    return False


def _last(options: Iterable[_Said]) -> str:
    return max(options, key=lambda item: item.start).option


def _choose(question: str, spec: Mapping[str, Any], said: Sequence[_Said], text: _Text) -> str | None:
    """One option out of contradicting evidence on a question that is not about safety."""
    ids = {item.option for item in said}
    if question == "voortgang":
        return max((i for i in ids if i in facts.PROGRESS), key=facts.PROGRESS.index, default=_last(said))
    if question == "leeftijd":
        return min((i for i in ids if i in facts.AGES), key=facts.AGES.index, default=_last(said))
    if question == "rol":
        ids -= {"geen_beroep"} if len(ids) > 1 else set()
        if len(ids) > 1:
            ids -= {"ander_beroep"}
        told = facts.read_facts(text.norm).get("rol")
        return told if told in ids else min((item for item in said if item.option in ids), key=lambda item: item.start).option
    if question == "verdachte":
        named = ids - set(UNKNOWN)
        if len(named) == 1:
            return next(iter(named))
        told = facts.read_facts(text.norm).get("verdachte")
        if told in named:
            return str(told)
        return "onbekend" if "onbekend" in spec["opties"] and "of" in text.words else None
    content = [item for item in said if item.source in ("woorden", "extra")]
    yes_no = set(map(str, spec["opties"])) <= {"ja", "nee", "weet_niet"}
    return _last(said if yes_no or not content else content)


def read_answer(question: str, spec: Mapping[str, Any], text: str, intent: str | None = None, confidence: float = 0.0) -> str | None:
    """The option id that the text means for the question, or None where it answers nothing.

    `spec`: one entry of `content/vragen.yml` (`opties`, `bevestigen`, `ontkennen`, `geruststellend`); `intent` with its `confidence`
    is what the classifier made of the text.
    """
    options = [str(option) for option in spec.get("opties") or {}]
    message = _Text(text)
    if not options or not message.words:
        return None
    calm = spec.get("geruststellend")
    # who can't say more has nothing to point at
    unsure = next((option for option in (*UNKNOWN, "niets" if question == "toelichting" else "") if option in options), None)

    found = _exact(spec, message) or _by_number(question, options, message)
    number = _NUMBER.fullmatch(message.flat)
    if found is not None and found == calm and message.marked:
        return unsure or found  # "nee?"
    if found is not None or (number and number[1]):
        return found  # "optie 19" is no age
    if question == "leeftijd" and len(message.words) <= 10 and (age := facts.short_age(text)) in options:
        return age

    said = _evidence(question, spec, message, calm)
    unknown = [
        span
        for span in _unknown(spec, message)
        if not any(item.start <= span[0] and span[1] <= item.end and item.option not in UNKNOWN for item in said)
    ]
    told = [item for item in said if item.option not in UNKNOWN]
    hedged = _hedged(message, said) or any(item.hedged for item in said) or any(item.option in UNKNOWN for item in said) or bool(unknown)
    if _asked_back(message, told):
        return None
    if unknown and all(item.source == "kop" for item in told) and not _story(message, told):
        return unsure  # "ja wat is gevaar, dat weet ik toch niet"
    if told:
        return _weigh(question, spec, message, told, hedged, calm, unsure)
    if not told and _begins_unsure(message) and not _story(message, ()):
        return unsure
    if (unknown or any(item.option in UNKNOWN for item in said)) and not _story(message, ()):
        return unsure
    return _fallback(question, spec, text, message, hedged, calm, unsure, intent, confidence)


def _evidence(question: str, spec: Mapping[str, Any], message: _Text, calm: str | None) -> list[_Said]:
    said = _phrases(question, spec, message, calm)
    poles = {"ja": spec.get("bevestigen"), "nee": spec.get("ontkennen")}
    covered = {index for item in said for index in range(item.start, item.end)}
    open_ = True  # a yes or no counts at the start, after an echo ("gevaar? nee") and where one went before ("ja, eh nee toch")
    for number, clause in enumerate(message.clauses):
        size = clause.end - clause.start
        if not open_ and len(message.words) > 8:
            continue
        echo = size <= 3 or all(word in _sets()["vullers"] for word in message.words[clause.start : clause.end])
        open_ = echo if number == 0 else open_ and echo
        lead = _leading(message, clause)
        if lead and (not clause.asked or clause.end - clause.start <= 2):
            polarity, start, end, half = lead
            open_ = True
            option = poles[polarity]
            # a "nee" inside a longer phrase of the question belongs to that phrase
            if option is not None and not (start in covered and end - start < 2 and any(i.start <= start and i.end > end for i in said)):
                said.append(_Said(str(option), start, end, "kop", half or clause.marked))
            continue
        close = _closing(message, clause)
        if close and not clause.asked and poles[close[0]] is not None and close[1] not in covered:
            open_ = True
            said.append(_Said(str(poles[close[0]]), close[1], close[2], "slot"))
    return said


def _begins_unsure(message: _Text) -> bool:
    """ "Moeilijk", "dat zou kunnen": the message begins with doubt."""
    start = 0
    while start < len(message.words) - 1 and message.words[start] in _sets()["vullers"]:
        start += 1
    rest = " ".join(message.words[start:])
    return any(rest == phrase or rest.startswith(phrase + " ") for phrase in _lists()["onzeker_begin"])


def _asked_back(message: _Text, told: Sequence[_Said]) -> bool:
    """The whole message is a question, and nothing in it is an answer."""
    return not told and message.clauses[0].asked and (message.marked or all(clause.asked for clause in message.clauses))


def _story(message: _Text, told: Sequence[_Said]) -> bool:
    """A long text that doesn't begin with an answer."""
    return len(message.words) > STORY and not any(item.source == "kop" and item.start < 4 for item in told)


def _weigh(
    question: str, spec: Mapping[str, Any], message: _Text, told: list[_Said], hedged: bool, calm: str | None, unsure: str | None
) -> str | None:
    """The option, from evidence that names at least one."""
    size = len(message.words)
    lead = any(item.source == "kop" and item.start < 4 for item in told)
    if not lead and size > CALM and calm is not None:
        told = [item for item in told if item.option != calm]
    if not lead and size > SINGLE and calm is None:
        told = [item for item in told if item.end - item.start > 1]
    if not told:
        fact = facts.read_facts(message.norm).get(question)
        return fact if fact in [str(option) for option in spec["opties"]] and fact != calm else None
    if _story(message, told):
        # in a story only what is alarming, or said in so many words, answers the question
        told = [item for item in told if item.end - item.start >= 2 and (calm is None or item.option != calm or item.start < 15)]
        if not told:
            return None
    ids = {item.option for item in told}
    content = {item.option for item in told if item.source in ("woorden", "extra")}
    if calm is None:
        return next(iter(ids)) if len(ids) == 1 else _choose(question, spec, told, message)
    poles = (spec.get("bevestigen"), spec.get("ontkennen"))
    if calm not in poles and content == {calm} and spec.get("bevestigen") not in ids:
        ids = content  # "nee, er is geen gevaar meer" where "nee" means something else
    alarming = [item for item in told if item.option in ids and item.option != calm]
    if alarming:
        return _last(alarming)
    if hedged:
        return unsure or (str(spec["ontkennen"]) if spec.get("ontkennen") not in (None, calm) else None)
    return str(calm)


def _fallback(
    question: str,
    spec: Mapping[str, Any],
    text: str,
    message: _Text,
    hedged: bool,
    calm: str | None,
    unsure: str | None,
    intent: str | None,
    confidence: float,
) -> str | None:
    """What the facts reader makes of it, then the intent."""
    options = list(map(str, spec["opties"]))
    asked = message.clauses[0].asked
    fact = facts.read_facts(text).get(question)
    if question == "rol" and fact is None and len(message.words) <= 6:
        fact = facts.read_facts(f"ik werk {text}").get(question)  # "bij de ggd"
    if fact in options and not (asked and len(message.words) <= WORDS):
        return unsure if fact == calm and hedged else str(fact)
    if intent is None or confidence < CONFIDENCE or len(message.words) > WORDS or asked:
        return None
    option = {"bevestigen": spec.get("bevestigen"), "ontkennen": spec.get("ontkennen"), "weet_niet": unsure}.get(intent)
    if option is None:
        return None
    return unsure if option == calm and (hedged or _hedged(message, ())) else str(option)
