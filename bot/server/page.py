"""The plain page: the whole conversation as one server-rendered HTML form that works without any JavaScript.

Pure: a `View` in, a string of HTML out; no web framework, no clock, no I/O after construction. No words either: every sentence comes
from `content/teksten.yml` (`texts`) or from the messages themselves. What arrives in `custom` (contract §2) is read with care: a missing,
empty or oddly shaped field is left out, an unknown card type falls back to the message's `text`, so a page can always be shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from bot.content.load import pick
from bot.core.route import URGENCIES
from bot.server.links import Entry

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
MAX_LENGTH = 2000  # characters in one message
STEPS = (1, 2, 3, 4, 5)  # of the meldcode
#: of these the last one goes on paper
PRINTED = ("routekaart", "notitie")
FRAMES = ("vrijwillig", "drang", "dwang")

#: what came of a choice in a rehearsal, in the order in which it is read
FEEDBACK = ("keuze", "goed", "gevolg", "waarom", "beste", "regel")
#: an address on this server that a card may lead to
_OWN_PAGE = re.compile(r"/[a-z]+(?:/[a-z]+)*")

#: what the page cannot do without: names of controls and headings
KEYS: tuple[str, ...] = (
    *("pagina_titel", "pagina_inleiding", "pagina_gesprek", "pagina_jij_zei", "pagina_routekaart_zei", "pagina_privacy"),
    *("pagina_noodbalk", "pagina_nood_112", "pagina_nood_vt", "pagina_verlaat", "pagina_overslaan", "pagina_veld", "pagina_verstuur"),
    *("pagina_kies_rol", "pagina_geen_rol", "pagina_opnieuw", "pagina_stop", "pagina_keuzes_eerder", "pagina_storing_titel", "verder"),
    *("kaart_urgentie", "kaart_waarom", "kaart_bereik", "kaart_zeg", "kaart_deel", "kaart_deel_niet", "kaart_noteer", "kaart_daarna"),
    *("kaart_houdt_vast", "kaart_melding", "kaart_stap", "kaart_kader", "kaart_bronnen", "kaart_print", "geen_melding"),
    *("vraag_na", "controleer_lokaal", "ontkend", "signalen_kop", "signalen_vraag", "contact_taak", "contact_wanneer"),
    *("knop_gesprek_ouders", "knop_gesprek_kind", "knop_samenvatting", "notitie_hulp", "antwoord_meer"),
    *("gesprek_openingszinnen", "gesprek_doen", "gesprek_laten", "gesprek_wanneer_niet"),
    *("kindcheck_kop", "kindcheck_zorg", "kindcheck_geen_zorg", "kindcheck_onbekend"),
)
#: used where present, quietly absent where not (`oefening_`: as soon as there are cases to rehearse)
OPTIONAL_KEYS: tuple[str, ...] = (
    *("pagina_venster", "pagina_veld_hulp", "pagina_storing_terug", "melding_norm", "melding_in_gesprek"),
    *("oefening_kop", *(f"oefening_{key}" for key in FEEDBACK)),
    *("pagina_naar_oefenen", "pagina_naar_kaart", "pagina_nieuw_venster", "link_venster", "link_zonder", "link_titel"),
)

Texts = Mapping[str, Mapping[str, str]]
Card = dict[str, Any]


@dataclass
class Bubble:
    """One message of the contract. `van` is "gebruiker" or "routekaart"; `buttons` are `{title, payload}`."""

    van: str
    text: str
    custom: dict[str, Any] | None = None
    buttons: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class View:
    """What one page shows. `notice` is a key of the texts or a ready sentence; `draft` is put back in the answer field.

    `entry`: of a link, so that the role is known and not asked; `link`: its token, on the page that opened with it and on no other.
    """

    bubbles: list[Bubble]
    token: str
    turn: int
    notice: str | None = None
    draft: str = ""
    rol: str | None = None
    ended: bool = False
    gemeente: str | None = None
    entry: Entry | None = None
    link: str = ""


# -- reading values that others made -----------------------------------------------------------------------------------------------


def _line(value: object) -> str:
    """A value as one text, empty for nothing and for a container."""
    if value is None or isinstance(value, (bool, Mapping, list, tuple, set)):
        return ""
    return str(value).strip()


def _lines(value: object) -> list[str]:
    """A text or a list of texts as the texts that are not empty."""
    items: Iterable[object] = value if isinstance(value, (list, tuple)) else (value,)
    return [line for item in items if (line := _line(item))]


def _rows(value: object) -> list[Mapping[str, Any]]:
    """The mappings of a list; anything else is left out."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, (list, tuple)) else []


def _parts(value: object) -> list[Card]:
    """The parts of a note as `{kop, regels: {merk, tekst}}`; what has no line is left out."""
    parts: list[Card] = []
    for part in _rows(value):
        rows = [
            {"merk": _line(row.get("merk")), "tekst": _line(row.get("tekst"))}
            for row in _rows(part.get("regels"))
            if _line(row.get("tekst"))
        ]
        if rows:
            parts.append({"kop": _line(part.get("kop")), "regels": rows})
    return parts


_NUMBER = re.compile(r"[+(]?\d[\d\s().-]*")
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
_HTTP = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)
#: phone numbers inside a sentence; only the shapes in use, so that "24 uur" behind a number never becomes part of it
_IN_TEXT = re.compile(
    r"(?<![\w+-])(?:112|113|0[89]00-(?:\d{4}(?!\d)|\d{2,3}(?: \d{2,4}){1,2})|0\d{2,3}-\d{3} (?:\d{4}|\d{2} \d{2}))(?![\w-])",
    re.ASCII,
)


def tel(number: str) -> str:
    """The `tel:` address of a written phone number."""
    return "tel:" + re.sub(r"[^\d+]", "", number)


def numbers(value: str) -> list[str]:
    """The phone numbers of a value such as "113 of 0800-0113"; none when there is anything else in it."""
    parts = re.split(r"\s+(?:of|en)\s+|\s*[,/;]\s*", value)
    return parts if all(_NUMBER.fullmatch(part) for part in parts) else []


def web_address(value: object) -> str | None:
    """A safe address to link to (http or https only), or None. A bare domain counts as https."""
    text = _line(value)
    if _HTTP.fullmatch(text):
        return text
    return "https://" + text if _DOMAIN.fullmatch(text) else None


def linked(text: str) -> Markup:
    """One piece of text, escaped, with its phone numbers as links."""
    out, at = Markup(""), 0
    for hit in _IN_TEXT.finditer(text):
        out += escape(text[at : hit.start()]) + Markup('<a class="nummer" href="{}">{}</a>').format(tel(hit[0]), hit[0])
        at = hit.end()
    return out + escape(text[at:])


def prose(text: object, links: bool = True) -> Markup:
    """A text as paragraphs; a line break stays one, lines that start with a dash become a list."""
    piece: Callable[[str], Markup] = linked if links else escape
    out = Markup("")
    for block in re.split(r"\n\s*\n", _line(text)):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        while lines:
            bullet = bool(re.match(r"[-•*] ", lines[0]))
            run: list[str] = []
            while lines and bool(re.match(r"[-•*] ", lines[0])) == bullet:
                run.append(lines.pop(0))
            if bullet:
                out += (
                    Markup("<ul>")
                    + Markup("").join(Markup("<li>{}</li>").format(piece(line[2:].strip())) for line in run)
                    + Markup("</ul>")
                )
            else:
                out += Markup("<p>{}</p>").format(Markup("<br>").join(piece(line) for line in run))
    return out


def _reach(value: object) -> list[Card]:
    """The ways to reach somebody: numbers to call first, then the rest, in their own order."""
    ways = []
    for row in _rows(value):
        kind, what = _line(row.get("soort")), _line(row.get("waarde"))
        if not what:
            continue
        found = numbers(what) if kind in ("telefoon", "") else []
        url = web_address(row.get("url") or what) if kind in ("website", "chat") else None
        ways.append({"soort": kind, "waarde": what, "uren": _line(row.get("uren")), "nummers": found, "url": url})
    return sorted(ways, key=lambda way: not way["nummers"])


def _sources(value: object) -> list[Card]:
    """Sources with a name; a link only for a web address, a date only where known."""
    named: list[Card] = [{"naam": line, "datum": "", "url": None} for line in _lines(value)]
    for row in _rows(value):
        date = _line(row.get("datum"))
        name = _line(row.get("naam")) or _line(row.get("url"))
        if name:
            named.append({"naam": name, "datum": "" if date == "onbekend" else date, "url": web_address(row.get("url"))})
    return named


def _choices(rows: object) -> list[Card]:
    """Options (`titel`) or buttons (`title`) as `{titel, payload, uitleg, apart}`; what has no title or nothing to send is left out.

    `uitleg`: a line under the title; `apart`: it belongs to no question and stands by itself.
    """
    found = []
    for row in _rows(rows):
        title, payload = _line(row.get("titel")) or _line(row.get("title")), _line(row.get("payload"))
        if title and payload:
            found.append({"titel": title, "payload": payload, "uitleg": _line(row.get("uitleg")), "apart": row.get("apart") is True})
    return found


def _frame(card: Mapping[str, Any], say: Callable[..., str]) -> str:
    """The frame of the help in words: the card's own sentence, else its name behind the label."""
    frame = _line(card.get("kader"))
    return _line(card.get("kader_titel")) or (f"{say('kaart_kader')}: {frame}" if frame in FRAMES else "")


def _local(card: Mapping[str, Any], say: Callable[..., str]) -> str:
    """What is not confirmed for this place: the card's own line, else the fixed one."""
    return _line(card.get("lokaal")) or (say("controleer_lokaal") if card.get("controleer_lokaal") is True else "")


def _humanised(identifier: str) -> str:
    return identifier.replace("_", " ").capitalize()


# -- the page ----------------------------------------------------------------------------------------------------------------------


class Page:
    """Renders conversations.

    `organisations` (id -> `{naam, bereik, ...}`, the shape of content/organisaties.yml) gives names and numbers for cards that carry
    only an id; `roles` (id -> title) is the role choice of the opening page, absent without. `exit_url` is where "leave this page" goes;
    `maps`: municipalities that have a map of their own.
    """

    def __init__(
        self,
        texts: Texts,
        organisations: Mapping[str, Mapping[str, Any]] | None = None,
        roles: Mapping[str, str] | None = None,
        exit_url: str = "https://www.buienradar.nl",
        css_url: str = "/static/routekaart.css",
        maps: Collection[str] = (),
    ) -> None:
        self._texts = texts
        self._maps = maps
        self._organisations = organisations or {}
        self._roles = [{"id": id_, "titel": title} for id_, title in (roles or {}).items()]
        self._fixed = {"exit_url": exit_url, "css_url": css_url, "max_length": MAX_LENGTH}
        self._env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
        self._env.filters.update(prose=prose, linked=linked, tel=tel)

    @staticmethod
    def missing(texts: Texts) -> list[str]:
        """The keys the page needs and `texts` lacks; for the check of the content."""
        return [key for key in KEYS if not _text(texts, key, None)]

    def render(self, view: View) -> str:
        """The page of a conversation."""
        say = self._say(view.rol)
        start = _last_reply(view.bubbles)
        shown = [self._bubble(bubble, say) for bubble in view.bubbles]
        open_ = set() if view.ended else _open(shown, start)
        for index, item in enumerate(shown):
            item["open"] = index in open_
            item["newest"] = index == start and not view.notice
        for item, after in pairwise(shown):  # a route card that follows says it with more around it
            if item["card"] and after["card"] and item["card"].get("tekst") and item["card"]["tekst"] == after["card"].get("waarom"):
                item["card"]["tekst"] = ""
        kept = {item["card"]["type"]: item for item in shown if item["card"] and _printed(item["card"])}
        for item in kept.values():
            item["print"] = True
        for item in [item for item in shown if item.get("print")][-1:]:
            item["print_tip"] = True
        first = all(bubble.van != "gebruiker" for bubble in view.bubbles)
        return self._env.get_template("conversation.html").render(
            self._fixed,
            t=say,
            view=view,
            bubbles=shown,
            first=first,
            map_of=view.entry.gemeente if view.entry and view.entry.gemeente in self._maps else "",
            notice=(say(view.notice) or view.notice) if view.notice else None,
            roles=self._roles if first and not view.ended and not view.entry else [],
            print_card=bool(kept),
            landing=bool(view.notice) or start < len(shown),
        )

    def bad_link(self, key: str, status: int, rol: str | None = None) -> str:
        """A page for a link that opens nothing: why, what to do, a way on without link, and the numbers."""
        say = self._say(rol)
        return self._env.get_template("link_error.html").render(self._fixed, t=say, message=say(key), status=status)

    def error(self, key: str, status: int) -> str:
        """A page for what went wrong: the text of `key`, a way back, and the numbers that always work."""
        say = self._say(None)
        return self._env.get_template("error.html").render(self._fixed, t=say, message=say(key), status=status)

    # -- words ---------------------------------------------------------------------------------------------------------------------

    def _say(self, rol: str | None) -> Callable[..., str]:
        """The text of a key for a role, with `{name}` filled in; empty where the text is absent."""

        def say(key: str, **fill: str) -> str:
            text = _text(self._texts, key, rol)
            for name, value in fill.items():
                text = text.replace("{" + name + "}", value)
            return text

        return say

    def _name(self, organisation: str) -> str:
        return _line(self._organisations.get(organisation, {}).get("naam")) or _humanised(organisation)

    # -- messages ------------------------------------------------------------------------------------------------------------------

    def _bubble(self, bubble: Bubble, say: Callable[..., str]) -> Card:
        """A message ready to show: its card (or None: then its text), and what can be chosen."""
        custom = bubble.custom if isinstance(bubble.custom, Mapping) else {}
        kind = _line(custom.get("type"))
        card: Card | None = None
        if bubble.van == "routekaart" and kind in _CARDS:
            made = _CARDS[kind](self, custom, _line(bubble.text), say)
            card = {"type": kind, **made} if made else None
        options = _choices(custom.get("opties"))
        sent = {option["payload"] for option in options}
        options += [button for button in _choices(bubble.buttons) if button["payload"] not in sent]
        asks = kind in ("vraag", "signalen", "oefening")
        return {"van": bubble.van, "text": _line(bubble.text), "card": card, "options": options, "asks": asks}

    def _organisation(self, row: object) -> Card | None:
        """A contact on a card, given as an id or as a mapping: its name, condition and ways to reach it."""
        given: Mapping[str, Any] = row if isinstance(row, Mapping) else {}
        id_ = _line(given.get("contact")) or _line(given.get("id")) if given else _line(row)
        known = self._organisations.get(id_, {})
        if not given and " " in id_:  # a ready sentence
            return {"id": "", "naam": "", "voorwaarde": id_, "bereik": []}
        if not id_ and not _line(given.get("naam")):
            return None
        return {
            "id": id_,
            "naam": _line(given.get("naam")) or self._name(id_),
            "voorwaarde": _line(given.get("voorwaarde")),
            "bereik": _reach(given.get("bereik")) or _reach(known.get("bereik")),
        }

    def _routekaart(self, card: Mapping[str, Any], text: str, say: Callable[..., str]) -> Card | None:
        contact = _line(card.get("contact"))
        known = self._organisations.get(contact, {})
        name = _line(card.get("naam")) or (self._name(contact) if contact else "")
        heading = _line(card.get("kop")) or name
        if not heading:
            return None
        urgency = _line(card.get("urgentie"))
        step = card.get("stap")
        norm = card.get("melding_norm", False)
        melding = "melding_norm" if norm is True else "melding_in_gesprek" if norm is None else "geen_melding"
        ask_at = _line(card.get("vraag_na_bij")) or _line(known.get("vraag_na_bij"))
        reach = _reach(card.get("bereik"))
        return {
            "kop": heading,
            "naam": name,
            "urgentie": urgency if urgency in URGENCIES else "",
            "urgentie_titel": _line(card.get("urgentie_titel")) or (_humanised(urgency) if urgency else ""),
            "waarom": _line(card.get("waarom")),
            "bereik": reach,
            "vraag_na": say("vraag_na", bij=ask_at) if ask_at and not reach else "",
            "zeg": _lines(card.get("zeg")),
            "noteer": _lines(card.get("noteer")),
            "deel": _lines(card.get("deel")),
            "deel_niet": _lines(card.get("deel_niet")),
            "daarna": [row for item in _items(card.get("daarna")) if (row := self._organisation(item))],
            "houdt_vast": _lines(card.get("houdt_vast")),
            "stap": step if step in STEPS and not isinstance(step, bool) else None,
            "stappen": STEPS,
            "stap_titel": _line(card.get("stap_titel")),
            "norm": norm is True,
            "melding": _line(card.get("melding")) or say(melding),
            "kader": _frame(card, say) if step is not None else "",  # outside the meldcode (a child, a colleague) it would mislead
            "bronnen": _sources(card.get("bronnen")),
            "lokaal": _local(card, say),
            "rest": "" if _line(card.get("waarom")) else text,
        }

    def _nood(self, card: Mapping[str, Any], text: str, say: Callable[..., str]) -> Card:
        contacts = [row for item in _items(card.get("contacten")) if (row := self._organisation(item))]
        for row in contacts:  # in danger only what works at once: a number, or the app where speaking is not possible
            row["bereik"] = [way for way in row["bereik"] if way["nummers"] or way["soort"] == "app"] or row["bereik"]
        words = _lines(card.get("tekst"))
        return {
            "kop": _line(card.get("titel")) or say("pagina_noodbalk"),
            "eerst": _lines(card.get("eerst")),
            "tekst": words or ([text] if text else []),
            "contacten": contacts,
            "zeg": _lines(card.get("zeg")) or _lines(card.get("hulp")),
            "laten": _lines(card.get("laten")),
            "bronnen": _sources(card.get("bronnen")),
        }

    def _vraag(self, card: Mapping[str, Any], text: str, say: Callable[..., str]) -> Card | None:
        return {"tekst": text, "kort": len(text) <= 160} if text else None

    def _signalen(self, card: Mapping[str, Any], text: str, say: Callable[..., str]) -> Card | None:
        signs = []
        for row in _rows(card.get("signalen")):
            title = _line(row.get("titel")) or _humanised(_line(row.get("id")))
            if title:
                denied = row.get("ontkend") is True
                signs.append({"titel": say("ontkend", tekens=title) or title if denied else title, "ontkend": denied})
        return {"kop": say("signalen_kop"), "signalen": signs} if signs else None

    def _antwoord(self, card: Mapping[str, Any], text: str, say: Callable[..., str]) -> Card | None:
        title, local = _line(card.get("titel")), _local(card, say)
        words = text.removeprefix(title).removesuffix(local).strip()  # both stand on the card by themselves
        if not words:
            return None
        return {
            "kop": title,
            "tekst": words,
            "noteer": _lines(card.get("vastleggen")),
            "laten": _lines(card.get("niet_doen")),
            "meer": _line(card.get("meer")),
            "bronnen": _sources(card.get("bronnen")),
            "lokaal": local,
        }

    def _contact(self, card: Mapping[str, Any], text: str, say: Callable[..., str]) -> Card | None:
        id_ = _line(card.get("id"))
        name = _line(card.get("naam")) or (self._name(id_) if id_ else "")
        if not name:
            return None
        ask_at = _line(card.get("vraag_na_bij"))
        return {
            "kop": name,
            "naam": name,
            "taak": _lines(card.get("taak")),
            "wanneer": _lines(card.get("wanneer")),
            "meer": _line(card.get("meer")),
            "bereik": _reach(card.get("bereik")),
            "vraag_na": say("vraag_na", bij=ask_at) if ask_at else "",
            "kader": _frame(card, say),
            "bronnen": _sources(card.get("bronnen")),
            "lokaal": _local(card, say),
        }

    def _gesprek(self, card: Mapping[str, Any], text: str, say: Callable[..., str]) -> Card | None:
        parts = {key: _lines(card.get(key)) for key in ("wanneer_niet", "openingszinnen", "doen", "laten")}
        if not any(parts.values()):
            return None
        title = _line(card.get("titel")) or say("knop_gesprek_kind" if card.get("met") == "kind" else "knop_gesprek_ouders")
        rest = card.get("meer")
        more = {key: _lines(rest.get(key)) for key in parts} if isinstance(rest, Mapping) else {}
        return {
            "kop": title,
            "meer": {k: v for k, v in more.items() if v},
            "lokaal": _local(card, say),
            "bronnen": _sources(card.get("bronnen")),
            **parts,
        }

    def _kindcheck(self, card: Mapping[str, Any], text: str, say: Callable[..., str]) -> Card:
        concern = card.get("zorg")
        outcome = "zorg" if concern is True else "geen_zorg" if concern is False else "onbekend"
        after = _lines(card.get("vervolg"))
        heading = _line(card.get("titel")) or say("kindcheck_kop")
        told = say("kindcheck_" + outcome).removeprefix(f"{heading}: ")  # the heading says it already
        return {
            "kop": heading,
            "uitkomst": outcome,
            "uitkomst_tekst": told[:1].upper() + told[1:],
            "vervolg": [line for line in after if " " in line],
            "tekst": ""
            if text == say("kindcheck_" + outcome) or any(" " in line for line in after)
            else text,  # ids tell the reader nothing
            "bronnen": _sources(card.get("bronnen")),
        }

    def _notitie(self, card: Mapping[str, Any], text: str, say: Callable[..., str]) -> Card | None:
        note, short = _line(card.get("tekst")) or text, _line(card.get("kort"))
        heading = _line(card.get("titel")) or say("knop_samenvatting")
        more: Card = {"uitleg": _lines(card.get("uitleg")), "kort": short, "kop_kort": _line(card.get("titel_kort"))}
        more |= {"delen": _parts(card.get("delen")), "kort_delen": _parts(card.get("kort_delen"))}
        return {"kop": heading, "tekst": note, **more} if note else None

    def _oefening(self, card: Mapping[str, Any], text: str, say: Callable[..., str]) -> Card | None:
        """A rehearsal: cases to choose from, a moment, what came of a choice, or the way back over the map. Its headings come along (`koppen`),
        because a case speaks as the role it is about."""

        def words(value: object) -> str:
            return _line(value.get("tekst")) or _line(value.get("titel")) if isinstance(value, Mapping) else _line(value)

        moment, back = words(card.get("moment")), card.get("terugkoppeling")
        given: Mapping[str, Any] = back if isinstance(back, Mapping) else {}
        heads: Mapping[str, Any] = koppen if isinstance(koppen := card.get("koppen"), Mapping) else {}
        parts = [
            {"soort": key, "kop": _line(heads.get(key)) or say(f"oefening_{key}"), "tekst": line, "meer": ""}
            for key in FEEDBACK
            if (line := words(given.get(key)))
        ]
        for part in parts:
            if part["soort"] == "beste":
                same = given.get("zelfde") is True and _line(heads.get("zelfde"))
                part |= {"soort": "zelfde", "kop": "", "tekst": same} if same else {"meer": _line(given.get("waarom_beste"))}
        told = _lines(card.get("verteld"))
        way = [step for row in _rows(card.get("weg")) if (step := self._step_of_way(row, heads))]
        asked = _line(card.get("vraag"))
        if not told and " " in moment:
            told = [moment]
        if not (told or parts or way or asked or _lines(card.get("inleiding"))) and text:
            told = [text]
        case = card.get("casus")
        title = _line(card.get("titel")) or (_line(case.get("titel")) if isinstance(case, Mapping) else _line(case))
        page = card.get("pagina")
        own: Mapping[str, Any] = page if isinstance(page, Mapping) and _OWN_PAGE.fullmatch(_line(page.get("pad"))) else {}
        made = {
            "label": _line(card.get("label")) or say("oefening_kop"), "kop": title, "soort": _line(card.get("soort")), "stap": _line(card.get("stap_titel")),
            "inleiding": _lines(card.get("inleiding")), "verteld": told, "denk": _line(card.get("denk")), "denk_kop": _line(card.get("denk_kop")),
            "vraag": asked, "eigen_woorden": _line(card.get("eigen_woorden")), "delen": parts, "weg": way, "koppen": {key: _line(heads.get(key)) for key in heads},
            "fout": _line(card.get("fout")), "leerpunten": _lines(card.get("leerpunten")), "teamvraag": _line(card.get("teamvraag")),
            "perspectieven": [{"rol": _line(row.get("rol")), "tekst": line} for row in _rows(card.get("perspectieven")) if (line := _line(row.get("tekst")))],
            "lokaal": _line(card.get("lokaal")), "bronnen": _sources(card.get("bronnen")), "pagina": {key: _line(own.get(key)) for key in own},
        }  # fmt: skip
        return made if told or parts or way or asked or made["inleiding"] else None

    def _step_of_way(self, row: Mapping[str, Any], heads: Mapping[str, Any]) -> Card | None:
        """One moment of the way: two stations, or one where both ways stop."""
        chosen, advice = _line(row.get("keuze")), _line(row.get("advies"))
        if not chosen:
            return None
        trap = _line(row.get("trap"))
        return {
            "vraag": _line(row.get("vraag")), "keuze": chosen, "advies": advice, "zelfde": row.get("zelfde") is True,
            "bij": _line(row.get("contact")), "urgentie": _line(row.get("urgentie")), "trap": trap if trap in URGENCIES else "",
            "wie": _line(heads.get("samen" if row.get("zelfde") is True else "jij")), "wie_kaart": _line(heads.get("kaart")),
        }  # fmt: skip


_CARDS: dict[str, Callable[[Page, Mapping[str, Any], str, Callable[..., str]], Card | None]] = {
    "vraag": Page._vraag,
    "signalen": Page._signalen,
    "routekaart": Page._routekaart,
    "nood": Page._nood,
    "antwoord": Page._antwoord,
    "contact": Page._contact,
    "gesprek": Page._gesprek,
    "oefening": Page._oefening,
    "kindcheck": Page._kindcheck,
    "notitie": Page._notitie,
}


def _printed(card: Card) -> bool:
    """Whether a card goes on paper: of a rehearsal its end."""
    return card["type"] in PRINTED or bool(card["type"] == "oefening" and card["weg"])


def _text(texts: Texts, key: str, rol: str | None) -> str:
    return _line(pick(texts.get(key), rol))


def _items(value: object) -> Sequence[object]:
    """A list as it is; one thing as a list of one."""
    if value is None or value == "":
        return ()
    return value if isinstance(value, (list, tuple)) else (value,)


def _last_reply(bubbles: Sequence[Bubble]) -> int:
    """Where the last reply starts: behind the user's last message (0 when the user said nothing yet)."""
    spoken = [index for index, bubble in enumerate(bubbles) if bubble.van == "gebruiker"]
    return spoken[-1] + 1 if spoken else 0


def _open(shown: Sequence[Card], start: int) -> set[int]:
    """The messages whose options can be chosen now: the last question and the last card of the last reply.

    Contract §2: what the last reply did not offer triggers nothing.
    """
    offering = [index for index in range(start, len(shown)) if shown[index]["options"]]
    questions = [index for index in offering if shown[index]["asks"]]
    others = [index for index in offering if not shown[index]["asks"]]
    return {*questions[-1:], *others[-1:]}
