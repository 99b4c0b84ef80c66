"""What the screen and the phones of a team show: a room as HTML, in the words of `content/team.yml` and of the case.

The pages say the same with and without script. What belongs to a later phase is not in the page: no spread before the choices are closed, no
feedback before the spread, and nothing but the question and the options on a phone.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, FileSystemLoader

from bot.content.load import Content, ContentError, pick, read_yaml
from bot.rehearsal import play
from bot.server import team_rooms as rooms
from bot.server.page import TEMPLATES, linked, prose, tel
from bot.server.team_rooms import Room

FILE = "team.yml"
#: minutes that a timer can be set to with one press
TIMERS = (1, 2, 5, 10)
GOLDEN_RULES = ("gouden_1", "gouden_2", "gouden_3", "gouden_4", "gouden_5")
STATIC = TEMPLATES.parent / "static" / "team"
PAGES = {
    "start": "team_start.html",
    "screen": "team_screen.html",
    "phone": "team_phone.html",
    "over": "team_over.html",
    "again": "team_again.html",
    "paper": "team_paper.html",
}


class TeamPages:
    """Makes the pages. `exit_url`: where "leave this page" goes."""

    def __init__(self, content: Content, exit_url: str) -> None:
        self.content = content
        self.exit_url = exit_url
        self.words: Mapping[str, Any] = read_yaml(content.folder / FILE)
        self._env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
        self._env.filters.update(prose=prose, linked=linked, tel=tel)
        self._made = {kind: f"/static/team/{name}?v={_mark(name)}" for kind, name in (("css_team", "team.css"), ("script", "team.js"))}

    def say(self, key: str, **values: object) -> str:
        """A text of `team.yml`, else one of `teksten.yml`; `values` stand for what is between braces. Raises ContentError."""
        text = pick(self.words.get(key), None)
        if text is None:
            return self.content.say(key)
        return text.format(**values) if values else text

    # -- pages ------------------------------------------------------------------------------------------------------------------

    def start(self, joining: bool = False, notice: str = "", case: str = "", code: str = "") -> str:
        """Where a session begins, or (`joining`) where a phone comes in. `notice`: what went wrong; `code`: what was typed."""
        return self._render(
            "start",
            once=secrets.token_urlsafe(16),
            joining=joining,
            notice=notice,
            chosen=case,
            code=code,
            cases=list(self.content.cases.values()),
        )

    def over(self, gone: str = "voorbij") -> str:
        """For a token whose room, or seat (`gone` "weg"), is gone."""
        return self._render("over", kop=self.say(gone + "_kop"), tekst=self.say("weg_tekst" if gone == "weg" else gone))

    def again(self, path: str, fields: Mapping[str, str]) -> str:
        """Where something can't be done now: what was pressed, to send it once more to `path`. Without `fields` there is nothing to send."""
        return self._render("again", path=path, fields=fields)

    def screen(self, room: Room, address: str) -> str:
        """The big screen. `address`: where a phone goes to, as people type it."""
        case, moment = room.case, room.moment
        place = {"nu": len(room.choices) + 1, "van": max(len(path) for path in play.paths(case))}
        return self._render(
            "screen",
            **self._about(room),
            token=room.leader.token,
            word=room.leader.word,
            code=spaced(room.code),
            address=address,
            place=place,
            seats=len(room.seats),
            answers=room.answers() if room.phase == rooms.CHOOSE else None,
            hands=room.hands.get(moment, {}),
            left=room.left(),
            timers=TIMERS,
            told=[] if moment == play.END else play.scene(case, room.choices),
            spread=self._spread(room),
            back=self._feedback(room) if room.phase == rooms.FEEDBACK else None,
            golden=GOLDEN_RULES,
            can_go_back=room.phase in rooms.BACK,
            following=_following(room),
            way=self._way(room) if room.phase == rooms.END else [],
            sources=self._sources(room),
            cases=list(self.content.cases.values()),
        )

    def phone(self, room: Room, token: str, address: str, ended: str = "") -> str:
        """A phone: the question of this moment and its options while it is open, and what was chosen."""
        chosen = room.vote_of(token)
        return self._render(
            "phone",
            **self._about(room),
            token=token,
            word=room.seats[token].word,
            code=spaced(room.code),
            address=address,
            question=room.question,
            chosen=chosen,
            status=self._status(room, chosen),
        )

    def paper(self, case: play.Case) -> str:
        """The hand-out: the case without answers, and on a sheet of its own with them."""
        moments = [
            {
                "id": name, "kop": self._title(case, name), **row, "opties": list(self._options(row).values()), "beste": play.best(case, name),
                "later": [{"na": self._letter(later["keuze"]), "tekst": later["tekst"]} for later in row.get("scene_na") or ()],
            }
            for name, row in case["momenten"].items()
        ]  # fmt: skip
        codes = [*case["bronnen"], *(code for row in case["momenten"].values() for code in row["bronnen"])]
        local = bool(case.get("controleer_lokaal") or any(row.get("controleer_lokaal") for row in case["momenten"].values()))
        return self._render(
            "paper", case=case, moments=moments, sources=self.content.source_list(codes), golden=GOLDEN_RULES, local=local,
            perspectives=self._perspectives(case),
        )  # fmt: skip

    # -- parts ------------------------------------------------------------------------------------------------------------------

    def _render(self, kind: str, **values: Any) -> str:
        return self._env.get_template(PAGES[kind]).render(
            t=self.say, exit_url=self.exit_url, css_url="/static/routekaart.css", page=kind, **self._made, **values
        )

    def _about(self, room: Room) -> dict[str, Any]:
        """What both pages tell of the moment in hand."""
        row = None if room.moment == play.END else room.case["momenten"][room.moment]
        return {"case": room.case, "phase": room.phase, "step": room.step, "row": row, "options": self._options(row) if row else {}}

    def _options(self, row: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Id -> the option as it is shown, with its letter."""
        return {key: {**option, "id": key, "letter": key.upper()} for key, option in row["opties"].items()}

    def _spread(self, room: Room) -> dict[str, Any] | None:
        """The bars, and which option is chosen beforehand: the one picked before, else the one with most choices."""
        spread = room.spread() if room.phase == rooms.SPREAD else None
        if spread is None:
            return None
        total, most = sum(spread.values()), room.most()
        return {
            "van": total,
            "vooraf": room.pick or most or room.options[0],
            "rijen": [
                {"id": key, "aantal": number, "deel": round(100 * number / total) if total else 0, "meest": bool(number) and number == spread[most or key]}
                for key, number in spread.items()
            ],
        }  # fmt: skip

    def _feedback(self, room: Room) -> dict[str, Any]:
        """The option the team goes on with, the others, and which of them the map chooses."""
        case, moment = room.case, room.moment
        row = case["momenten"][moment]
        options = self._options(row)
        return {
            "gekozen": options[room.pick or ""],
            "andere": [option for key, option in options.items() if key != room.pick],
            "beste": play.best(case, moment),
            "lokaal": bool(row.get("controleer_lokaal") or case.get("controleer_lokaal")),
        }

    def _way(self, room: Room) -> list[dict[str, Any]]:
        """The way of the team beside the one the map teaches."""
        case, rows = room.case, []
        for choice in room.choices:
            moment, key = play.split(choice)
            row, best, advice = case["momenten"][moment], play.best(case, moment), play.taught(case, moment)
            rows.append(
                {
                    "vraag": row["vraag"], "team": row["opties"][key]["titel"], "kaart": row["opties"][best]["titel"], "zelfde": key == best,
                    "contact": self.content.organisation(advice.contact)["naam"], "urgentie": self.content.card["urgentie"][advice.urgentie],
                }
            )  # fmt: skip
        return rows

    def _sources(self, room: Room) -> list[dict[str, Any]]:
        """Sources of what is shown now: of the feedback, or of the whole case at its end."""
        if room.phase == rooms.END:
            return self.content.source_list([*room.case["bronnen"]])
        if room.phase != rooms.FEEDBACK:
            return []
        row = room.case["momenten"][room.moment]
        return self.content.source_list(
            [*row["bronnen"], *(code for option in row["opties"].values() for code in option.get("bronnen") or ())]
        )

    def _status(self, room: Room, chosen: str | None) -> str:
        """What a phone says aloud."""
        if room.phase == rooms.CHOOSE:
            return self.say("binnen", letter=chosen.upper()) if chosen else self.say("kies_nu")
        if room.phase == rooms.END:
            return self.say("klaar")
        if room.phase in rooms.CLOSED:
            said = self.say("dicht", letter=chosen.upper()) if chosen else self.say("dicht_geen")
            return f"{said} {self.say('praat')}" if room.phase == rooms.DISCUSS else said
        return self.say("kijk")

    def _perspectives(self, case: play.Case) -> list[dict[str, str]]:
        titles = self.content.questions["rol"]["opties"]
        return [{"rol": str(titles[rol]["titel"]), "tekst": text} for rol, text in (case.get("perspectieven") or {}).items()]

    def _title(self, case: play.Case, moment: str) -> str:
        names = list(case["momenten"])
        return self.say("moment", nu=names.index(moment) + 1, van=len(names))

    def _letter(self, choice: str) -> str:
        moment, option = play.split(choice)
        return f"{moment[1:]}{option.upper()}"


def spaced(code: str) -> str:
    """A code in two groups, as people read it aloud."""
    return f"{code[:3]} {code[3:]}"


def _following(room: Room) -> str:
    """The phase after this one, as the button to it is named; empty at the end."""
    if room.phase == rooms.END:
        return ""
    if room.phase != rooms.DISCUSS:
        return rooms.PHASES[rooms.PHASES.index(room.phase) + 1]
    after = play.moment_of(room.case, (*room.choices, f"{room.moment}.{room.pick}"))
    return rooms.END if after == play.END else rooms.SCENE


def _mark(name: str) -> str:
    """Changes with the file, so that a browser takes the new one. Raises ContentError where it is missing."""
    try:
        return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    except OSError as error:
        raise ContentError(f"static/team/{name}: {error}") from error
