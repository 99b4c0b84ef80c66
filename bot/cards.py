"""From what is known to what is sent: one message is a mapping with `text`, and where it is more than text `custom` and `buttons` (contract §2).

Plain text always stands beside the card and says the same. All words come from `content/`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot import note
from bot.content.load import ELSEWHERE, Content, pick
from bot.core import kindcheck
from bot.core.route import Advice, advise, own_function, parents_unsafe
from bot.core.situation import ON_DUTY, Situation
from bot.dialogue.flow import next_step
from bot.dialogue.rehearsing import rehearsing
from bot.dialogue.state import STOP, State

Card = dict[str, Any]
#: intents that can be offered as follow-ups of a card, with the text key of their button
FOLLOW_UPS = {
    "gesprek_ouders": "knop_gesprek_ouders",
    "gesprek_kind": "knop_gesprek_kind",
    "vraag_fout": "knop_wat_als_mis",
    "vraag_na_melding": "knop_na_melding",
    "vraag_toestemming": "knop_delen",
    "samenvatting_vragen": "knop_samenvatting",
    "terug": "knop_terug",
    "opnieuw_beginnen": "knop_opnieuw",
    "zorg_delen": "knop_zorg",
    "hulp_vragen": "knop_vraag",
    "contact_zoeken": "knop_mens",
    "advies_vragen": "knop_advies",
    "kindcheck_doen": "knop_kindcheck",
}
#: answers that are known by their words only: chosen by a payload of their own, for want of an intent
WITHOUT_INTENT = ("twijfel_", "onderwerp_")
#: follow-ups of an answer, and so many of them while a question is open: those never change the case
MOST_FOLLOW_UPS = 3
MOST_ON_THE_WAY = 2
TALKS = ("gesprek_ouders", "gesprek_kind")
#: words of an answer before "meer"
MOST_WORDS = 80
#: how much of a talk stands before "meer"
LEAD = {"openingszinnen": 2, "doen": 3, "laten": 2, "wanneer_niet": 1}
#: plain text names so many sources; the card has them all
SOURCES_IN_TEXT = 3


def payload(question: str, option: str) -> str:
    """What to send to choose an option of a question."""
    return "/antwoord" + json.dumps({question: option}, ensure_ascii=False, separators=(",", ":"))


def button(title: str, send: str) -> dict[str, str]:
    """A Rasa button."""
    return {"title": title, "payload": send}


class Cards:
    """Makes the messages, in the words for the role of a state."""

    def __init__(self, content: Content) -> None:
        self.content = content

    # -- words ------------------------------------------------------------------------------------------------------------------

    def say(self, state: State, key: str, **values: str) -> str:
        """A fixed text."""
        return self.content.say(key, state.situatie.rol, **values)

    def text(self, state: State, key: str, **values: str) -> Card:
        """A message that is plain text."""
        return {"text": self.say(state, key, **values)}

    def intent_button(self, state: State, intent: str) -> dict[str, str] | None:
        """A button that asks a question or does something, by intent."""
        if intent in FOLLOW_UPS:
            return button(self.say(state, FOLLOW_UPS[intent]), "/" + intent)
        answer = self.content.answers.get(intent)
        if answer and intent.startswith(WITHOUT_INTENT):
            return button(answer["titel"], payload("twijfel", intent))
        return button(answer["titel"], "/" + intent) if answer and answer.get("titel") else None

    def follow_ups(self, state: State, wanted: Sequence[str]) -> list[dict[str, str]]:
        """The two or three natural next things after an explanation. While a question is open only what leaves the case as it is."""
        answers = self.content.answers
        if not state.situatie.professional:  # who is no professional is not sent to the parents, who is in need to nobody
            never = TALKS if state.situatie.zelf else TALKS[:1]
            wanted = [i for i in wanted if i not in never and not answers.get(i, {}).get("gesprek")]
        if next_step(state) is None:
            return self.intent_buttons(state, wanted)[:MOST_FOLLOW_UPS]
        quiet = [i for i in wanted if (i in answers and i != "hulp_vragen") or i in TALKS]
        return self.intent_buttons(state, quiet)[:MOST_ON_THE_WAY]

    def _with_follow_ups(self, state: State, card: Card, wanted: Sequence[str], first: Sequence[Mapping[str, str]] = ()) -> Card:
        buttons = [*first, *self.follow_ups(state, wanted)][: MOST_FOLLOW_UPS if next_step(state) is None else MOST_ON_THE_WAY]
        return {**card, "buttons": buttons} if buttons else card

    def intent_buttons(self, state: State, intents: Sequence[str]) -> list[dict[str, str]]:
        """Buttons for intents, leaving out what has no words."""
        unsafe = state.gestart and parents_unsafe(state.situatie)
        talks = {i for i, row in self.content.answers.items() if row.get("bij_onveilig")} | {"gesprek_ouders"}
        wanted = [i for i in dict.fromkeys(intents) if not (unsafe and i in talks)]
        return [b for b in (self.intent_button(state, i) for i in wanted) if b]

    # -- questions --------------------------------------------------------------------------------------------------------------

    def question(self, state: State, question: str, *prefer: str) -> Card:
        """The question with its options, as buttons too."""
        spec = self.content.questions[question]
        rol = state.situatie.rol
        if state.situatie.kindcheck:
            prefer = (*prefer, "kindcheck")
        if rol == "huisarts":
            prefer = tuple(p + "_huisarts" for p in prefer) + prefer
        text = pick(spec["tekst"], rol, *prefer) or ""
        options = []
        for option, row in (spec.get("opties") or {}).items():
            if (question == "toelichting" and "vaag" not in prefer) or (
                question == "bellen" and option == "oefening" and not rehearsing(state)
            ):
                continue
            title = pick(row.get("titel_per_rol"), rol) or row["titel"]
            options.append({"id": option, "titel": title, "payload": payload(question, option)})
        return self._asking(text, question, options, self.say(state, "vraag_zeg", zin=spec["zeg"]) if spec.get("zeg") else "")

    def _asking(self, text: str, question: str, options: list[dict[str, str]], wording: str = "") -> Card:
        """`wording`: how the user can put it to the person it is about."""
        buttons = [button(o["titel"], o["payload"]) for o in options]
        text = f"{text}\n{wording}" if wording else text
        return {"text": text, "custom": {"type": "vraag", "id": question, "opties": options}, "buttons": buttons}

    def choice(self, state: State) -> Card:
        """The choice of likely meanings after something was not understood."""
        spec, rol = self.content.questions["keuze"], state.situatie.rol
        prefer = [f"zelf_{state.situatie.zelf}"] if state.situatie.zelf else ["afhaken"] if STOP in state.keuze_open else []
        prefer += ["tweede"] if state.niet_begrepen > 1 else []
        prefer += ["in_gesprek"] if state.verteld else [] if state.gestart else ["eerste"]
        if rol == "huisarts":
            prefer = [p + "_huisarts" for p in prefer]
        options = []
        for intent in state.keuze_open:
            made = self.intent_button(state, intent)
            title = (spec["opties"].get(intent) or {}).get("titel") or (spec.get("titels") or {}).get(intent) or (made and made["title"])
            if title:
                options.append({"id": intent, "titel": title, "payload": "/" + intent})
        return self._asking(pick(spec["tekst"], rol, *prefer) or "", "keuze", options)

    def adjust(self, state: State) -> Card:
        """What was read wrong? Each sign as a button that takes it away, or own words."""
        spec = self.content.questions["toelichting"]
        options = []
        for sign in sorted(state.situatie.signalen):
            title = self.say(state, "signaal_weg", tekens=self.content.signs[sign]["titel"])
            options.append({"id": sign, "titel": title, "payload": payload("signaal_weg", sign)})
        return self._asking(pick(spec["tekst"], state.situatie.rol, "aanpassen") or "", "toelichting", options)

    def away_question(self) -> Card:
        """The options of "which sign was read wrong", for typed answers: every sign by the title of its button or by its own."""
        rows = {sign: row["titel"] for sign, row in self.content.signs.items()}
        return {"opties": {sign: {"titel": self.content.say("signaal_weg", tekens=t), "woorden": [t.lower()]} for sign, t in rows.items()}}

    def signs(self, state: State, ask: bool) -> Card:
        """The signs that were understood: shown, or with the question whether they are right."""
        affirmed = sorted(state.situatie.signalen)
        denied = [d for d in state.ontkend if d not in affirmed]
        rows = [{"id": i, "titel": self.content.signs[i]["titel"], "ontkend": False} for i in affirmed]
        rows += [{"id": i, "titel": self.content.signs[i]["titel"], "ontkend": True} for i in denied if i in self.content.signs]
        shown = " · ".join([r["titel"] if not r["ontkend"] else self.say(state, "ontkend", tekens=r["titel"]) for r in rows])
        card: Card = {
            "text": self.say(state, "reflectie" if ask else "reflectie_toon", tekens=shown),
            "custom": {"type": "signalen", "signalen": rows},
        }
        aside = [self.content.signs[i]["titel"] for i in state.terzijde if i in self.content.signs]
        if aside:
            card["custom"]["terzijde"] = self.say(state, "terzijde", tekens=" · ".join(aside))
            card["text"] = card["custom"]["terzijde"] + "\n" + card["text"]
        if ask:
            asked = self.question(state, "bevestig_signalen")
            card["custom"] |= {"id": "bevestig_signalen", "opties": asked["custom"]["opties"]}
            card["buttons"] = asked["buttons"]
        return card

    # -- people to contact ------------------------------------------------------------------------------------------------------

    def reach(self, state: State, org: str) -> list[dict[str, str]]:
        """How to reach an organisation; where no number is known, whom to ask for it. Never empty."""
        row = self.content.organisation(org, state.gemeente)
        ways = [{"soort": b["soort"], "waarde": str(b["waarde"]), "uren": str(b.get("uren") or "")} for b in row.get("bereik") or []]
        if row.get("vraag_na_bij") and not any(w["soort"] in ("telefoon", "intern") for w in ways):
            ways.append({"soort": "navraag", "waarde": self.say(state, "vraag_na", bij=str(row["vraag_na_bij"])), "uren": ""})
        return ways

    def reach_text(self, ways: Sequence[Mapping[str, str]]) -> str:
        """The ways to reach somebody in one line."""
        return " · ".join(w["waarde"] + (f" ({w['uren']})" if w["uren"] else "") for w in ways)

    def unconfirmed(self, state: State, org: str, after: Sequence[str] | None = None) -> str:
        """One quiet line: what on a card is not confirmed for this place; empty where all of it is.

        `after`: organisations that follow, on a route card. That card always tells when the municipality has no map; a card of one contact
        only where a map could have filled it in. Who speaks for themself is not asked to have others checked.
        """
        national = self.content.municipality(state.gemeente) == ELSEWHERE and (after is not None or org in self.content.filled_in)
        said = [self.say(state, "gemeente_anders")] if national else []
        if self.content.organisation(org, state.gemeente).get("controleer_lokaal"):
            said.append(self.say(state, "controleer_lokaal"))
        elif state.situatie.professional and not national:
            rows = (self.content.organisation(o, state.gemeente) for o in dict.fromkeys(after or ()))
            names = [row["naam"] for row in rows if row.get("controleer_lokaal")]
            said += [self.say(state, "controleer_lokaal_wie", naam="; ".join(names))] if names else []
        return " ".join(said)

    def contact(self, state: State, org: str, term: str | None = None) -> Card:
        """One organisation: who, what for, how to reach. `term`: the word by which it was asked for, explained on the card."""
        row = self.content.organisation(org, state.gemeente)
        if term is not None:
            row = {**row, **self._explained(term)}
        rol = state.situatie.rol
        when = pick(row.get("wanneer_per_rol"), rol) or row.get("wanneer", "")
        if term is not None:  # what its explanation says already is not said twice
            when = " ".join(s for s in _sentences(when) if s not in row["taak"])
        ways = self.reach(state, org)
        custom = {
            "type": "contact", "id": org, "naam": row["naam"], "taak": row["taak"], "wanneer": when, "bereik": ways, "kader": row.get("kader", ""),
            "bronnen": self.content.source_list(row.get("bronnen", [])), "controleer_lokaal": bool(row.get("controleer_lokaal")),
            "lokaal": self.unconfirmed(state, org) or (self.say(state, "controleer_lokaal") if row.get("controleer_lokaal") else ""),
        }  # fmt: skip
        room = MOST_WORDS - _words_of(row["naam"], row["taak"], self.reach_text(ways), custom["lokaal"])
        custom["wanneer"], custom["meer"] = _cut(when, room)
        parts = [f"{row['naam']}. {row['taak']}", custom["wanneer"], self.reach_text(ways), custom["lokaal"]]
        return {"text": "\n".join(p for p in parts if p), "custom": custom}

    def contact_asked(self, state: State, org: str) -> Card:
        """The card of an organisation that was asked for, with what can be asked next."""
        after = self.content.looking_up["na_contact"]
        kader = self.content.organisation(org, state.gemeente).get("kader", "alle")
        return self._with_follow_ups(state, self.contact(state, org), after["per_organisatie"].get(org) or after["per_kader"][kader])

    def _explained(self, term: str) -> dict[str, Any]:
        """What a term changes on the card of its organisation: its own words, and its name where that is another one."""
        row = self.content.terms[term]
        org = self.content.organisation(row["organisatie"])
        changes: dict[str, Any] = {"taak": _joined(row["uitleg"], row.get("let_op")), "bronnen": [*row["bronnen"], *org.get("bronnen", [])]}
        if not self.content.is_organisation(term):
            changes["naam"] = row["naam"]
        if row.get("controleer_lokaal"):
            changes["controleer_lokaal"] = True
        return changes

    def _emergency_kind(self, state: State) -> str:
        """Which emergency text fits: that of who is in need first, then that of the danger."""
        zelf, kind = state.situatie.zelf, state.nood_soort or "standaard"
        if zelf == "kind":
            return "kind_zelf"
        if zelf in ("suicide", "gevoelens"):
            return zelf + "_zelf"
        if zelf in ("slachtoffer", "overbelast") and kind in ("standaard", "geweld", "alleen_kind"):
            return zelf
        return kind

    def emergency(self, state: State) -> Card:
        """The emergency card: 112 first."""
        content, rol = self.content.emergency, state.situatie.rol
        kind = self._emergency_kind(state)

        def of(part: str) -> str:
            return pick(content[part].get(kind) or content[part]["standaard"], rol, *_reader(state)) or ""

        extra = content["extra_contacten"].get(kind) or {}
        more: Sequence[str] = next((extra[key] for key in (*_reader(state), rol or "", "allen") if extra.get(key)), [])
        orgs = dict.fromkeys([*content["contacten"], *more])
        own = own_function(state.situatie)
        contacts = [{"id": o, "naam": self._called(state, o), "bereik": self.reach(state, o)} for o in orgs if o not in own]
        title, first = pick(content["titel"], rol) or "", pick(content["eerst"], rol) or ""
        custom = {
            "type": "nood", "titel": title, "eerst": first, "tekst": of("tekst"), "contacten": contacts, "laten": of("laten"),
            "bronnen": self.content.source_list(content.get("bronnen", [])), "controleer_lokaal": bool(content.get("controleer_lokaal")),
        }  # fmt: skip
        lines = (title, first, of("tekst"), of("laten"))
        return {"text": "\n".join(line for line in lines if line), "custom": custom}

    def emergency_words(self, state: State) -> str:
        """What to say on the phone."""
        help_ = self.content.emergency.get("hulp", {})
        kind = self._emergency_kind(state)
        return self._fill(state, pick(help_.get(kind) or help_.get("standaard"), state.situatie.rol) or "")

    # -- answers ----------------------------------------------------------------------------------------------------------------

    def answer(self, state: State, key: str, follow: bool = True) -> Card:
        """A short answer to a question, doubt or topic. `follow`: also offer what naturally comes next.

        `vraag` is the question it belongs to; where that is another than the answer itself, `antwoord` holds the answer's own id.
        """
        row = self.content.answers[key]
        rungs: Sequence[Mapping[str, Any]] = self.content.ladders.get(row.get("ladder"), ())
        local = any(r.get("controleer_lokaal") for r in (row, *rungs))
        more = [pick(row.get("meer"), state.situatie.rol), *(f"- {rung['naam']}. {rung['uitleg']}" for rung in rungs)]
        own = key.startswith(WITHOUT_INTENT)
        custom: Card = {
            "type": "antwoord", "vraag": row["bij"][0] if own else key, "titel": row.get("titel", ""), "meer": "\n".join(m for m in more if m),
            "bronnen": self.content.source_list([b for r in (row, *rungs) for b in r.get("bronnen", [])]), "controleer_lokaal": local,
        }  # fmt: skip
        if own:
            custom["antwoord"] = key
        text = pick(row["kort"], state.situatie.rol) or ""
        if local:
            text += "\n" + self.say(state, "controleer_lokaal")
        card: Card = {"text": text, "custom": custom}
        if not follow:
            return card
        after = row.get("vervolg", [])
        near = [other for other, entry in self.content.answers.items() if key in entry.get("bij", ()) and other not in after]
        doubts = [other for other in near if other.startswith("twijfel_")]
        return self._with_follow_ups(state, card, [*after[:2], *doubts[:1], *after[2:]])

    def term(self, state: State, term: str) -> Card:
        """A word of the field or a way of working explained; with its organisation where it has one."""
        row = self.content.terms[term]
        after = row.get("vervolg") or self.content.looking_up["na_begrip"]
        if row.get("organisatie"):
            return self._with_follow_ups(state, self.contact(state, row["organisatie"], term), after)
        home = next((i for i in after if i.startswith("vraag_")), "taak_organisatie")
        local = bool(row.get("controleer_lokaal"))
        text = _joined(row["uitleg"], row.get("let_op"), row.get("signalen"))
        custom: Card = {
            "type": "antwoord", "vraag": home, "begrip": term, "titel": row["naam"], "meer": row.get("meer", ""),
            "bronnen": self.content.source_list(row["bronnen"]), "controleer_lokaal": local,
        }  # fmt: skip
        lines = [row["naam"], text, self.say(state, "controleer_lokaal") if local else ""]
        return self._with_follow_ups(state, {"text": "\n".join(line for line in lines if line), "custom": custom}, after)

    def sign_meaning(self, state: State, sign: str) -> Card:
        """What one sign may mean, what else it can be, and what it asks for."""
        row, spec = self.content.signs[sign], self.content.looking_up["tekens"].get(sign, {})
        form = self.content.glossary["vormen"].get(row.get("vorm") or "")
        parts = [spec["alarm"]] if spec.get("alarm") else [self.say(state, "teken_los")]
        if form:
            parts.append(self.say(state, "teken_vorm", vorm=str(form["naam"]).lower()))
        elif row.get("vorm"):
            parts.append(self.say(state, "teken_gezin"))
        parts += [str(pick(row.get("kan_ook"), state.situatie.rol) or ""), self.say(state, "teken_doen")]
        title = row["titel"][:1].upper() + row["titel"][1:]
        custom: Card = {
            "type": "antwoord", "vraag": "vraag_signalen", "teken": sign, "titel": title, "meer": "",
            "bronnen": self.content.source_list([*row["bronnen"], *spec.get("bronnen", [])]), "controleer_lokaal": False,
        }  # fmt: skip
        card: Card = {"text": title + "\n" + _joined(*parts), "custom": custom}
        return self._with_follow_ups(state, card, self.content.looking_up["na_teken"])

    def _step_row(self, state: State, step: int) -> Mapping[str, Any]:
        row: Mapping[str, Any] = (self.content.steps.get(state.situatie.sector) or {}).get(step) or self.content.steps[step]
        return row

    def step(self, state: State, step: int) -> Card:
        """One step of the meldcode explained, in the order of the sector."""
        row = self._step_row(state, step)
        lines: list[str] = [row["titel"], *("- " + line for line in row["doen"]), row.get("contact", "")]
        custom = {
            "type": "antwoord",
            "vraag": "stap_uitleg",
            "stap": step,
            **{k: row.get(k) for k in ("titel", "doen", "vastleggen", "contact", "niet_doen")},
        }
        custom["bronnen"] = self.content.source_list(row.get("bronnen", []))
        following = []
        if step + 1 in self.content.steps:
            title = self.say(state, "knop_volgende", titel=self._step_row(state, step + 1)["titel"])
            following = [button(title, "/stap_uitleg" + json.dumps({"stap": str(step + 1)}, separators=(",", ":")))]
        after = self.content.looking_up["na_stap"][step]
        return self._with_follow_ups(state, {"text": "\n".join(x for x in lines if x), "custom": custom}, after, following)

    def talk(self, state: State, with_: str, variant: str = "") -> Card:
        """Preparing a talk with the child or with the parents. `variant`: a talk of its own, else what fits the case.

        A first part of each list stands on the card, as the text says it; the rest is in `meer`.
        """
        s = state.situatie
        chosen = bool(variant)
        variant = variant or with_
        if with_ == "ouders" and not chosen:
            if s.kindcheck:
                variant = "kindcheck"
            elif s.rol == "huisarts":
                variant = "ouders_huisarts"
            elif state.gestart and advise(s).melding_norm is True:
                variant = "ouders_melding"
        row = self.content.talks.get(variant) or self.content.talks[with_]
        local = bool(row.get("controleer_lokaal"))
        custom: Card = {
            "type": "gesprek", "met": with_, "titel": row.get("titel", ""), "meer": {}, "bronnen": self.content.source_list(row.get("bronnen", [])),
            "controleer_lokaal": local,
        }  # fmt: skip
        lines: list[str] = []
        for part, most in LEAD.items():
            given = list(row.get(part, []))
            custom[part], custom["meer"][part] = given[:most], given[most:]
            if given:
                lines += [self.say(state, "gesprek_" + part), *("- " + line for line in custom[part])]
        lines += [self.say(state, "controleer_lokaal")] if local else []
        return self._with_follow_ups(state, {"text": "\n".join(lines), "custom": custom}, self.content.looking_up["na_gesprek"][with_])

    # -- the route card ---------------------------------------------------------------------------------------------------------

    def _fill(self, state: State, text: str) -> str:
        s = state.situatie
        children = self.content.card.get("kinderen", {})
        child = children.get(s.leeftijd or "") or children.get(s.sector) or children.get("allen", "")
        if s.sector == "onderwijs" and s.leeftijd in (None, "4-12"):
            child = children.get("onderwijs", child)
        functions = self.content.card.get("functies", {})
        function = functions.get(s.eigen) if s.rol == "huisarts" and s.eigen in functions else functions.get(s.rol or "ander_beroep", "")
        return text.replace("{kind}", child).replace("{functie}", function)

    def _called(self, state: State, org: str) -> str:
        """The name of an organisation; who works for a doctor is told that it is that doctor."""
        if state.situatie.assists and org == "huisarts":
            return str(self.content.card["functies"]["arts_praktijk"])
        if state.situatie.eigen == "seh" and org == "ziekenhuis":
            return str(self.content.card["functies"]["kinderarts_seh"])
        return str(self.content.organisation(org, state.gemeente)["naam"])

    def _words(self, state: State, advice: Advice, part: str) -> str:
        """The words of a part of the card: those of the rule, else of the kind of contact."""
        card, rol, reader = self.content.card, state.situatie.rol, _reader(state)
        text = pick(card["regels"][advice.regel].get(part), rol, *reader)
        if text is None:
            text = pick((card["standaard"].get(_kind_of_contact(state.situatie, advice)) or {}).get(part), rol, *reader)
        if text is None:
            text = pick(card["standaard"]["overig"].get(part), rol, *reader)
        return self._fill(state, text or "")

    def reporting(self, state: State, advice: Advice) -> str:
        """The sentence about reporting that stands on every card."""
        if advice.regel in ("collega", "houder"):
            key = "collega"
        elif not state.situatie.professional:
            key = "zelf"
        else:
            key = {True: "norm", None: "in_gesprek", False: "geen"}[advice.melding_norm]
        return pick(self.content.card["melding"][key], state.situatie.rol) or ""

    def route(self, state: State, advice: Advice) -> Card:
        """The route card: the one person to contact next, why, how, and what to say."""
        content, rol = self.content, state.situatie.rol
        row = content.organisation(advice.contact, state.gemeente)
        rule = content.card["regels"][advice.regel]
        kop = pick(rule.get("kop"), rol, *_reader(state)) or pick(content.card["kop"], rol) or "{contact}"
        called = self._called(state, advice.contact)
        if state.situatie.doctor and state.situatie.zelf is None and advice.contact == "veilig_thuis":
            called = str(content.card["functies"]["vertrouwensarts"]).format(naam=called)
        heading = kop.replace("{contact}", called)
        holds = self._words(state, advice, "houdt_vast")
        if state.situatie.doctor and state.situatie.eigen in ON_DUTY and state.situatie.professional:
            holds = _joined(holds, self.say(state, "overdracht_dienst"))
        ways = self.reach(state, advice.contact)
        if state.situatie.professional and advice.contact == "veilig_thuis":
            # its chat is for citizens; professionals call (§4, R10)
            ways = [way for way in ways if way["soort"] != "chat"] or ways
        after = []
        for step in advice.daarna:
            condition = pick(content.card["voorwaarden"].get(step.voorwaarde), rol, *_reader(state)) or ""
            name = self._called(state, step.contact)
            after.append(
                {
                    "contact": step.contact,
                    "naam": name,
                    "voorwaarde": self._fill(state, condition),
                    "bereik": self.reach(state, step.contact),
                }
            )
        steps = content.card.get("stap_huisarts" if rol == "huisarts" else "stap", {})
        custom: Card = {
            "type": "routekaart", "contact": advice.contact, "naam": self._called(state, advice.contact), "kop": heading, "urgentie": advice.urgentie,
            "urgentie_titel": content.card["urgentie"][advice.urgentie], "stap": advice.stap, "stap_titel": steps.get(advice.stap, "") if advice.stap else "",
            "melding_norm": advice.melding_norm, "melding": self.reporting(state, advice), "waarom": self._words(state, advice, "waarom"), "bereik": ways,
            "zeg": self._words(state, advice, "zeg"), "deel": self._words(state, advice, "deel"), "deel_niet": self._words(state, advice, "deel_niet"),
            "noteer": self._words(state, advice, "noteer"), "daarna": after, "houdt_vast": holds, "kader": advice.kader,
            "kader_titel": pick(content.card["kader"].get(advice.kader), rol) or "", "regel": advice.regel, "sectie": advice.sectie,
            "bronnen": content.source_list([*rule.get("bronnen", []), *row.get("bronnen", [])[:2]]), "controleer_lokaal": bool(row.get("controleer_lokaal")),
            "lokaal": self.unconfirmed(state, advice.contact, [step.contact for step in advice.daarna]),
        }  # fmt: skip
        return {
            "text": self._route_text(state, custom),
            "custom": custom,
            "buttons": self.intent_buttons(state, self._follow_ups(state, advice)),
        }

    def _follow_ups(self, state: State, advice: Advice) -> list[str]:
        if not state.situatie.professional:
            return ["opnieuw_beginnen", "hulp_vragen"]
        talk = [] if advice.ouders_later else ["gesprek_ouders"]
        doubt = ["vraag_na_melding"] if advice.melding_norm is not False else ["vraag_fout"]
        return [*talk, "gesprek_kind", *doubt, "samenvatting_vragen", "opnieuw_beginnen"]

    def _route_text(self, state: State, c: Mapping[str, Any]) -> str:
        def labelled(key: str, value: str) -> str:
            return f"{self.say(state, key)}: {value}" if value else ""

        later = "; ".join(f"{d['naam']}: {d['voorwaarde']}" for d in c["daarna"])
        lines = [
            f"{c['kop']} {c['urgentie_titel']}.",
            labelled("kaart_waarom", c["waarom"]),
            labelled("kaart_bereik", self.reach_text(c["bereik"])),
            labelled("kaart_zeg", f"“{c['zeg']}”" if c["zeg"] else ""),
            labelled("kaart_deel", c["deel"]),
            labelled("kaart_deel_niet", c["deel_niet"]),
            labelled("kaart_noteer", c["noteer"]),
            labelled("kaart_daarna", later),
            labelled("kaart_houdt_vast", c["houdt_vast"]),
            c["melding"],
            c["lokaal"],
            labelled("kaart_bronnen", ", ".join(b["naam"] for b in c["bronnen"][:SOURCES_IN_TEXT])),
        ]
        return "\n".join(line for line in lines if line)

    def note(self, state: State, advice: Advice) -> Card:
        """Both texts of the note: for the user's own record and for secure mail."""
        made = note.write(self.content, state, advice)
        text = "\n\n".join([self.say(state, "samenvatting"), made.titel, made.tekst, made.titel_kort, made.kort])
        custom = {"type": "notitie", "titel": made.titel, "tekst": made.tekst, "titel_kort": made.titel_kort, "kort": made.kort}
        # the same lines for a screen, not broken for mail
        screen = {"delen": [asdict(part) for part in made.delen], "kort_delen": [asdict(part) for part in made.kort_delen]}
        return {"text": text, "custom": {**custom, "uitleg": self.say(state, "samenvatting"), **screen}}

    def kindcheck(self, state: State, advice: Advice) -> Card:
        """The outcome of the kindcheck; the route card follows it where there is a worry."""
        found = kindcheck.outcome(state.situatie)
        worry: Any = "onbekend" if found == "onbekend" else found in kindcheck.WORRYING
        key = {False: "kindcheck_geen_zorg", True: "kindcheck_zorg"}.get(worry, "kindcheck_onbekend")
        return {"text": self.say(state, key), "custom": {"type": "kindcheck", "zorg": worry, "vervolg": advice.contact}}


def _reader(state: State) -> tuple[str, ...]:
    """The variant that goes before the role: for who works in a doctor's practice and is no doctor."""
    return ("praktijk",) if state.situatie.assists else ()


def _joined(*parts: str | None) -> str:
    return " ".join(part.strip() for part in parts if part)


def _words_of(*texts: str) -> int:
    return sum(len(text.split()) for text in texts)


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?!])\s+", text.strip())


def _cut(text: str, room: int) -> tuple[str, str]:
    """A text in two at a sentence end, so that the first part fits in `room` words; at least one sentence, and no question without its answer."""
    sentences = _sentences(text)
    kept = len(sentences)
    while kept > 1 and (_words_of(*sentences[:kept]) > room or sentences[kept - 1].endswith("?")):
        kept -= 1
    return " ".join(sentences[:kept]), " ".join(sentences[kept:])


def _kind_of_contact(s: Situation, advice: Advice) -> str:
    if not s.professional:
        return "zelf"
    if advice.contact in ("veilig_thuis", "vertrouwensarts"):
        return "veilig_thuis"
    if advice.contact == "nood_112":
        return "nood_112"
    if advice.contact in ("intern_begeleider", "zorgcoordinator", "aandachtsfunctionaris", "collega", "leidinggevende", "houder"):
        return "intern"
    if advice.contact in ("ouders", "jeugdige"):
        return "ouders"
    if advice.contact in ("huisarts", "ziekenhuis", "huisartsenpost", "ggz", "jgz"):
        return "medisch"
    return "overig"
