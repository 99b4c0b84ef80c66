"""Which question still decides (ontwerp §3, step 4).

`QUESTIONS` is the order of asking; a question is asked when it is relevant (its row), still open, and at least one of its answers
gives another advice than what would be said without it. At most `LIMIT` of these are asked; after that what is not known
counts as unknown, which is never the mild answer (`bot.core.route.cautious`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.core import signs
from bot.core.route import Advice, acute, advise, seen
from bot.core.situation import OPTIONS, Situation

LIMIT = 6


def _meldcode(s: Situation) -> bool:
    """On the ordinary route: a professional, no danger now, no colleague suspected."""
    return s.professional and not acute(s) and s.verdachte not in ("collega", "houder")


def _working(s: Situation) -> bool:
    return _meldcode(s) and not s.kindcheck


def _has(s: Situation, group: frozenset[str]) -> bool:
    return not s.signalen.isdisjoint(group)


#: question id -> when it is relevant. The order is the order of asking: safety first (§0 R2), then what decides most.
QUESTIONS: dict[str, Callable[[Situation], bool]] = {
    "acuut": lambda s: s.zelf is None and not acute(s) and not (s.kindcheck and s.kinderen_veilig is None and s.kinderen != "nee") and s.kinderen_veilig is None,
    "rol": lambda s: s.zelf is None and not acute(s),
    # the kindcheck (§3): who is there, safe now, pregnant, who steps in
    "kinderen": lambda s: s.kindcheck and _meldcode(s),
    "kinderen_veilig": lambda s: s.kindcheck and _meldcode(s) and s.kinderen in ("ja", "weet_niet"),
    "zwanger": lambda s: s.kindcheck and _meldcode(s) and s.leeftijd != "ongeboren",
    "steun": lambda s: s.kindcheck and _meldcode(s) and s.kinderen in ("ja", "weet_niet"),
    # whom it is about
    "verdachte": lambda s: s.professional and not acute(s) and _has(s, signs.DADER),
    # A2 and disclosure (§2.3)
    "structureel": lambda s: (_meldcode(s) or s.rol == "geen_beroep") and not acute(s) and (seen(s) and (not s.kindcheck or _has(s, signs.GEWELD_THUIS | signs.KIND_GEDAAN))),
    "voortgang": _working,
    "onthulling": lambda s: _working(s) and seen(s) and s.voortgang in ("niets", "vastgelegd", "overlegd"),
    "vermoeden": lambda s: _working(s) and s.voortgang == "ouders_gesproken",
    "hulp_mogelijk": lambda s: _working(s) and s.voortgang == "gewogen",
    "hulp_aanvaard": lambda s: _working(s) and ((s.voortgang == "gewogen" and s.hulp_mogelijk == "ja") or (s.at_least("overlegd") and _has(s, signs.GEEN_HULP))),
    "hulp_werkt": lambda s: _working(s) and s.voortgang == "gewogen" and s.hulp_aanvaard == "ja",
    "eerder_gemeld": lambda s: _working(s) and _has(s, signs.EERDER),
    "jeugdbeschermer": lambda s: _working(s) and _has(s, signs.EERDER),
    "school_soort": lambda s: _working(s) and s.rol == "leerkracht" and s.school is None,
    "gesprek_onveilig": lambda s: _working(s) and s.voortgang == "overlegd",
    "leeftijd": lambda s: s.professional and not acute(s) and s.rol == "huisarts" and _has(s, frozenset({"letsel", "brandwond"})),
}  # fmt: skip

#: asked before everything else decides, so never weighed against the advice: without them the advice is about nobody
ALWAYS = ("acuut", "rol", "kinderen", "kinderen_veilig", "voortgang")


#: asked whenever relevant: what follows from them hangs on questions that come after (whose norm; whether there are children at all)
FIRST = ("rol", "kinderen")


def _gist(advice: Advice) -> tuple[object, ...]:
    """What makes two advices different for the user: whom, how soon, which step, the norm, by which rule, and what follows."""
    return advice.contact, advice.urgentie, advice.stap, advice.melding_norm, advice.regel, advice.daarna


def decides(s: Situation, question: str) -> bool:
    """Whether the answer to `question` can still change the advice. "weet_niet" counts: it is an answer like the others."""
    gists = {_gist(advise(s.with_(**{question: option}))) for option in OPTIONS[question]}
    return len(gists) > 1


def candidates(s: Situation) -> Iterator[str]:
    """The open, relevant questions that decide, in the order of asking."""
    for question, relevant in QUESTIONS.items():
        if getattr(s, question) is None and relevant(s):
            if question in FIRST or (decides(s, question) and (question in ALWAYS or not _settled(s))):
                yield question


def _settled(s: Situation) -> bool:
    """Veilig Thuis (or the emergency number) today or now, with the norm already the strongest, also if what is still open about unsafety
    were answered reassuringly: nothing asked here can make it stronger."""
    if not s.professional or s.acuut is None:
        return False
    advice = advise(s.with_(structureel=s.structureel or "nee"))
    return advice.urgentie in ("vandaag", "nu") and advice.melding_norm is True


def next_question(s: Situation, asked: int = 0) -> str | None:
    """The next question to ask, or None when the card can be given. `asked`: how many of these questions were asked before."""
    if asked >= LIMIT:
        return None
    return next(candidates(s), None)
