"""Every rule, contact and condition of the core has words, and every contact can be reached."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from bot.cards import Cards
from bot.content import load_content
from bot.core.route import RULES, advise
from bot.core.situation import Situation
from bot.dialogue.state import State
from tests.situations import situations

CONTENT = load_content()
CARDS = Cards(CONTENT)


@settings(max_examples=800, deadline=None)
@given(situations())
def test_every_advice_becomes_a_whole_card(s: Situation) -> None:
    advice = advise(s)
    card = CARDS.route(State(situatie=s), advice)
    custom = card["custom"]
    for part in ("contact", "urgentie", "waarom", "bereik", "zeg", "noteer", "houdt_vast", "bronnen", "melding", "kop"):
        assert custom[part], (advice.regel, part)
    assert all(way["waarde"] for way in custom["bereik"])
    assert all(step["voorwaarde"] and step["bereik"] for step in custom["daarna"]), advice
    assert "{" not in card["text"] and "None" not in card["text"]
    for part in ("waarom", "zeg", "melding"):
        assert custom[part] in card["text"]


@settings(max_examples=400, deadline=None)
@given(situations())
def test_a_professional_calls_veilig_thuis_and_is_not_sent_to_its_chat(s: Situation) -> None:
    """§4, R10: the chat is for citizens."""
    custom = CARDS.route(State(situatie=s), advise(s))["custom"]
    if custom["contact"] == "veilig_thuis":
        kinds = {way["soort"] for way in custom["bereik"]}
        assert "telefoon" in kinds
        assert ("chat" in kinds) != s.professional


@settings(max_examples=400, deadline=None)
@given(situations())
def test_a_doctor_is_addressed_with_u(s: Situation) -> None:
    s = s.with_(rol="huisarts", zelf=None)
    custom = CARDS.route(State(situatie=s), advise(s))["custom"]
    for part in ("kop", "waarom", "deel", "deel_niet", "noteer", "houdt_vast", "melding"):
        words = f" {custom[part].lower()} ".replace(".", " ").replace(",", " ").replace("?", " ")
        assert not {"je", "jij", "jou", "jouw"} & set(words.split()), (advise(s).regel, part, custom[part])


@pytest.mark.parametrize("rule", sorted({r.id for r in RULES}))
def test_every_rule_has_a_reason_and_a_source(rule: str) -> None:
    row = CONTENT.card["regels"][rule]
    assert row["waarom"] and row["bronnen"]
    assert CONTENT.source_list(row["bronnen"])
