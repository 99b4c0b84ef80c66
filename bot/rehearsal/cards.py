"""The messages of a rehearsal (contract: `oefening`): choosing, the scene, what came of a choice, and the way back over the map at the end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.content.load import Content
from bot.dialogue import rehearsing as r
from bot.dialogue.state import State
from bot.rehearsal import play

Card = dict[str, Any]
#: cases shown at once for a role; the rest is behind "all cases"
MOST = 6
EVERY = "alle"
#: `soort` of the card: choosing a case, a moment, "is this what you mean", what came of a choice, the end
LIST, MOMENT, MEANT, BACK, END = "kiezen", "moment", "bedoel", "terug", "einde"
#: where all cases stand on a page
PAGE = "/oefenen"
#: the parts of the feedback, in the order in which they are read: each has a heading of its own ("oefening_goed")
PARTS = ("keuze", "goed", "gevolg", "waarom", "beste", "regel")


class RehearsalCards:
    """Makes the messages. A case speaks to the role it is about, whatever the role of who plays it."""

    def __init__(self, content: Content) -> None:
        self.content = content

    def show(self, state: State) -> list[Card]:
        """Where the rehearsal stands."""
        case = r.case_of(state, self.content.cases)
        if case is None:
            return [self._list(state)]
        bij = state.oefening_bij or ""
        choices = state.oefening[1:]
        if bij == r.BACK and choices:
            return [self._feedback(case, choices)]
        if bij == r.ENDED or play.moment_of(case, choices) == play.END:
            return [self._end(case, choices, state.gemeente)]
        if bij.startswith(r.MEANT + ":"):
            return [self._meant(case, choices, bij.partition(":")[2])]
        return [self._scene(case, choices)]

    def unsure(self, state: State) -> list[Card]:
        """An answer nobody foresaw: said honestly, and the choice again."""
        case = r.case_of(state, self.content.cases)
        return [{"text": self._say(case, "oefening_onvoorzien")}, *self.show(state)]

    # -- each kind --------------------------------------------------------------------------------------------------------------

    def _list(self, state: State) -> Card:
        theme = (state.oefening_bij or "").partition(":")[2]
        rol = state.situatie.rol
        rows = list(self.content.cases.values())
        if theme and theme != EVERY:
            rows = [row for row in rows if theme in row["themas"]]
        elif not theme and rol:
            own = [row for row in rows if rol in row["rollen"]]
            rows = (own or rows)[:MOST]
        lines = [self.content.say("oefening_kies", rol)]
        lines += [f"{row['id']}. {row['titel']}. {row['kort']}" for row in rows]
        options = [self._option(r.CASE + row["id"], row["titel"], uitleg=row["kort"]) for row in rows]
        if len(rows) < len(self.content.cases):
            options.append(self._option(r.THEME + EVERY, self.content.say("oefening_alle", rol)))
        if not theme:
            lines.append(self.content.say("oefening_thema", rol))
        options.append(self._option(r.LEAVE, self.content.say("oefening_stop", rol), apart=True))
        custom = {
            "soort": LIST, "label": self.content.say("oefening_kop", rol), "casus": None, "moment": None, "titel": self.content.say("oefening_titel", rol),
            "inleiding": [lines[0], *([] if theme else [lines[-1]])], "pagina": {"titel": self.content.say("oefening_pagina", rol), "pad": PAGE},
        }  # fmt: skip
        return self._card(lines, custom, options)

    def _scene(self, case: play.Case, choices: Sequence[str]) -> Card:
        moment = play.moment_of(case, choices)
        row = case["momenten"][moment]
        told, place = play.scene(case, choices), self._place(case, choices)
        count = self.content.say("oefening_moment", case["rollen"][0], nu=str(place["nu"]), van=str(place["van"]))
        options = [self._option(key, option["titel"]) for key, option in row["opties"].items()]
        lines = [
            f"{self._mark(case)} {count}.",
            *told,
            f"{self._say(case, 'oefening_denk')} {row['denk']}",
            row["vraag"],
            self._say(case, "oefening_eigen_woorden"),
        ]
        custom = {
            **self._head(case, MOMENT, moment), "verteld": told, "denk": row["denk"], "vraag": row["vraag"],
            "denk_kop": self._say(case, "oefening_denk"), "eigen_woorden": self._say(case, "oefening_eigen_woorden"),
            "stap": place, "stap_titel": count,
            "controleer_lokaal": bool(row.get("controleer_lokaal") or case.get("controleer_lokaal")),
        }  # fmt: skip
        return self._card(lines, custom, [*options, *self._always(case)])

    def _meant(self, case: play.Case, choices: Sequence[str], meant: str) -> Card:
        """A guess at what was said in own words, put to the player: one option to confirm, or two to choose from."""
        moment = play.moment_of(case, choices)
        titles = {option: case["momenten"][moment]["opties"][option]["titel"] for option in meant.split("+")}
        if len(titles) > 1:
            text = self._say(case, "oefening_bedoel_twee")
            options = [self._option(option, title) for option, title in titles.items()]
        else:
            text = self._say(case, "oefening_bedoel").replace("{titel}", *titles.values())
            options = [self._option(r.YES, self._say(case, "oefening_ja"))]
        options.append(self._option(r.NO, self._say(case, "oefening_nee")))
        custom = {**self._head(case, MEANT, moment), "bedoeld": list(titles), "vraag": text}
        return self._card(
            [self._mark(case), text, *(f"- {title}" for title in titles.values() if len(titles) > 1)],
            custom,
            [*options, *self._always(case)],
        )

    def _feedback(self, case: play.Case, choices: Sequence[str]) -> Card:
        moment, key = play.split(choices[-1])
        row = case["momenten"][moment]
        chosen, taught = row["opties"][key], row["opties"][play.best(case, moment)]
        is_best = chosen is taught
        back = {
            "keuze": chosen["titel"], "beste": taught["titel"], "waarom": chosen["waarom"], "goed": chosen["goed"], "gevolg": chosen["gevolg"],
            "regel": row["regel"], "waarde": chosen["waarde"], "waarom_beste": "" if is_best else taught["waarom"], "zelfde": is_best,
        }  # fmt: skip
        lines = [
            self._mark(case),
            f"{self._say(case, 'oefening_keuze')}: {chosen['titel']}.",
            f"{self._say(case, 'oefening_goed')}: {chosen['goed']}",
            f"{self._say(case, 'oefening_gevolg')}: {chosen['gevolg']}",
            f"{self._say(case, 'oefening_waarom')}: {chosen['waarom']}",
            *(
                [self._say(case, "oefening_was_beste")]
                if is_best
                else [f"{self._say(case, 'oefening_beste')}: {taught['titel']}. {taught['waarom']}"]
            ),
            f"{self._say(case, 'oefening_regel')}: {row['regel']}",
        ]
        local = bool(row.get("controleer_lokaal") or case.get("controleer_lokaal"))
        lines += [self._say(case, "controleer_lokaal")] if local else []
        sources = self.content.source_list([*row["bronnen"], *(chosen.get("bronnen") or [])])
        custom = {
            **self._head(case, BACK, moment), "terugkoppeling": back, "bronnen": sources, "controleer_lokaal": local,
            "lokaal": self._say(case, "controleer_lokaal") if local else "",
            "koppen": {**{key: self._say(case, "oefening_" + key) for key in PARTS}, "zelfde": self._say(case, "oefening_was_beste")},
        }  # fmt: skip
        last = play.moment_of(case, choices) == play.END
        options = [self._option(r.GO_ON, self._say(case, "oefening_naar_einde" if last else "oefening_verder"))]
        options += [self._option(r.TRY_AGAIN, self._say(case, "oefening_anders")), *self._always(case)]
        return self._card(lines, custom, options)

    def _end(self, case: play.Case, choices: Sequence[str], gemeente: str | None) -> Card:
        way = []
        for choice in choices:
            moment, key = play.split(choice)
            row, advice = case["momenten"][moment], play.taught(case, moment)
            name = self.content.organisation(advice.contact, gemeente)["naam"]
            way.append(
                {
                    "moment": moment, "vraag": row["vraag"], "keuze": row["opties"][key]["titel"], "advies": row["opties"][play.best(case, moment)]["titel"],
                    "contact": name, "urgentie": self.content.card["urgentie"][advice.urgentie], "zelfde": key == play.best(case, moment),
                    "trap": advice.urgentie,
                }
            )  # fmt: skip
        lines = [self._say(case, "oefening_einde").replace("{titel}", case["titel"])]
        for step in way:
            lines.append(
                f"- {step['vraag']} {self._say(case, 'oefening_jij')}: {step['keuze']}. {self._say(case, 'oefening_kaart')}: {step['advies']} ({step['contact']}, {step['urgentie'].lower()})."
            )
        lines += [
            f"{self._say(case, 'oefening_fout')}: {case['fout']}",
            self._say(case, "oefening_leerpunten") + ":",
            *(f"- {line}" for line in case["leerpunten"]),
        ]
        lines.append(f"{self._say(case, 'oefening_teamvraag')}: {case['teamvraag']}")
        lines += [
            f"{self.content.questions['rol']['opties'][rol]['titel']}: {text}" for rol, text in (case.get("perspectieven") or {}).items()
        ]
        custom = {
            **self._head(case, END, play.END), "inleiding": lines[:1], "weg": way, "fout": case["fout"], "leerpunten": case["leerpunten"],
            "koppen": {key: self._say(case, "oefening_" + key) for key in ("weg", "jij", "kaart", "samen", "fout", "leerpunten", "teamvraag", "perspectieven")},
            "teamvraag": case["teamvraag"], "perspectieven": [
                {"rol": self.content.questions["rol"]["opties"][rol]["titel"], "tekst": text} for rol, text in (case.get("perspectieven") or {}).items()
            ],
            "bronnen": self.content.source_list(case["bronnen"]),
        }  # fmt: skip
        options = [
            self._option(r.AGAIN, self._say(case, "oefening_opnieuw")),
            self._option(r.OTHER, self._say(case, "oefening_andere")),
            *self._always(case),
        ]
        return self._card(lines, custom, options)

    # -- parts ------------------------------------------------------------------------------------------------------------------

    def _say(self, case: play.Case | None, key: str) -> str:
        return self.content.say(key, case["rollen"][0] if case else None)

    def _mark(self, case: play.Case) -> str:
        """Every message says that it is a rehearsal."""
        return f"{self._say(case, 'oefening_kop')}: {case['titel']}."

    def _head(self, case: play.Case, kind: str, moment: str) -> Card:
        """What every card of a case carries. `label` says in words that it is a rehearsal."""
        return {"soort": kind, "label": self._say(case, "oefening_kop"), "casus": case["id"], "moment": moment, "titel": case["titel"]}

    def _always(self, case: play.Case) -> list[Card]:
        """Always in reach: this is real, and stop."""
        real, stop = self._say(case, "oefening_echt"), self._say(case, "oefening_stop")
        return [self._option(r.IT_IS_REAL, real, apart=True), self._option(r.LEAVE, stop, apart=True)]

    def _place(self, case: play.Case, choices: Sequence[str]) -> dict[str, int]:
        """How far: this moment of at most so many."""
        return {"nu": len(choices) + 1, "van": max(len(path) for path in play.paths(case))}

    def _option(self, chosen: str, title: str, **more: Any) -> Card:
        """A button. `uitleg`: a line under its title; `apart`: it belongs to no question and stands by itself."""
        return {"id": chosen, "titel": title, "payload": "/antwoord" + json.dumps({"oefening": chosen}, separators=(",", ":")), **more}

    def _card(self, lines: Sequence[str], custom: Mapping[str, Any], options: Sequence[Card]) -> Card:
        text = "\n".join(line for line in lines if line)
        buttons = [{"title": option["titel"], "payload": option["payload"]} for option in options]
        return {"text": text, "custom": {"type": "oefening", **custom, "opties": list(options)}, "buttons": buttons}
