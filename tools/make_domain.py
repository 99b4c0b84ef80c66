"""Writes what follows from the catalogue of intents and the fields of the state: slots, actions and rules of the Rasa project.

`python -m tools.make_domain` writes `domain.yml` and `data/stories/regels.yml`; with `--check` it only says whether they are up to date.
The rules are one pair an intent, all the same: turn off, then back to the journey. No rule decides advice.
"""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path

from actions.actions import QUESTIONS, all_actions
from bot.core.situation import FIELDS
from bot.dialogue.state import State
from bot.nlu.examples import read_examples

ROOT = Path(__file__).resolve().parents[1]
LISTS = ("signalen", "ontkend", "getoond", "keuze_open", "beantwoord")


def intents() -> list[str]:
    """Every intent with training text, the payload intent, and Rasa's fallback."""
    return [*sorted({e.intent for e in read_examples()}), "antwoord", "nlu_fallback"]


def domain() -> str:
    """The text of `domain.yml`."""
    slots = [*FIELDS, *(f.name for f in fields(State) if f.name != "situatie")]
    entities = ["signaal", "signaal_terzijde", "organisatie", "leeftijd", "groep", "stap", "signaal_weg", "twijfel", "oefening"]
    entities += [q for q in QUESTIONS if q not in entities]
    lines = [
        "# Made by `python -m tools.make_domain` from the training text, the state and the actions; the words are in content/.",
        'version: "3.1"',
        "",
        "intents:",
        *(f"- {intent}:\n    use_entities: []" for intent in intents()),
        "",
        "entities:",
        *(f"- {entity}" for entity in entities),
        "",
        "slots:",
    ]
    for slot in slots:
        mapping = "action: action_lees_bericht" if slot == slots[0] else ""
        lines += [f"  {slot}:", "    type: any", "    influence_conversation: false", "    mappings:", "    - type: custom"]
        lines += [f"      {mapping}"] if mapping else []
    lines += ["", "forms:", "  routekaart_form:", "    required_slots:", *(f"    - {q}" for q in QUESTIONS if q in slots)]
    lines += ["", "actions:", *(f"- {a.name()}" for a in all_actions())]
    lines += ["", "session_config:", "  session_expiration_time: 0", "  carry_over_slots_to_new_session: false", ""]
    return "\n".join(lines)


def rules() -> str:
    """The text of `data/stories/regels.yml`."""
    lines = ["# Made by `python -m tools.make_domain`: the same pair for every intent.", 'version: "3.1"', "rules:"]
    for intent in intents():
        lines += [
            f"- rule: {intent} buiten het formulier",
            "  condition:",
            "  - active_loop: null",
            "  steps:",
            f"  - intent: {intent}",
            "  - action: action_afslag",
            "  - action: routekaart_form",
            "  - active_loop: routekaart_form",
            f"- rule: {intent} onderweg",
            "  condition:",
            "  - active_loop: routekaart_form",
            "  steps:",
            f"  - intent: {intent}",
            "  - action: action_afslag",
            "  - action: routekaart_form",
            "  - active_loop: routekaart_form",
        ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the files, or check them."""
    stale = []
    for path, text in ((ROOT / "domain.yml", domain()), (ROOT / "data" / "stories" / "regels.yml", rules())):
        if "--check" in sys.argv:
            if not path.exists() or path.read_text("utf8") != text:
                stale.append(path.name)
        else:
            path.write_text(text, encoding="utf8")
    for name in stale:
        print(f"{name} is not up to date: run python -m tools.make_domain")
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())
