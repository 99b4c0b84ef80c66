"""The texts in content: everything that a user can get to see, with who says it and to whom.

Every string is a text unless its key says that it is not (`NOT_TEXT`), so that a new field is checked without being named here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.situation import ROLES, SECTOR
from tools.content.nodes import Document, Folder, Place

#: files that hold no text for users
NO_TEXT_FILES = frozenset({"bronnen.yml", "huisstijl.yml", "nummers.yml", "scholen.yml"})
#: keys whose values are ids, codes, dates, or words that are only recognised
NOT_TEXT = frozenset(
    {
        "woorden", "bronnen", "url", "urls_extra", "datum", "gecontroleerd", "gemeente", "organisatie", "organisaties", "kader", "soort", "vorm",
        "contacten", "extra_contacten", "vervolg", "bij", "bevestigen", "ontkennen", "geruststellend", "id", "nummers", "kleur",
        "ladder", "gesprek", "bij_onveilig", "antwoord", "vraagwoorden", "betekenis", "teken_vraag", "na_contact", "na_stap", "na_gesprek", "na_begrip", "na_teken",
        "zo_gezegd", "situatie", "kern", "kern_per_rol", "naar", "keuze", "themas", "trede", "rollen",  # of the cases to rehearse
        "tekens_feit", "tekens_verteld", "tekens_duiding", "falsificatie", "suicidaal", "mens",
    }
)  # fmt: skip
#: short labels rather than sentences: no average, no full stop
LABELS = frozenset(
    {
        "titel",
        "titel_per_rol",
        "titels",
        "naam",
        "naam_toen",
        "regio",
        "status",
        "wie",
        "voluit",
        "uren",
        "waarde",
        "functies",
        "kinderen",
        "vraag_na_bij",
    }
)
NAMES = frozenset({"naam", "naam_toen", "voluit"})
#: said by the user, not by Routekaart
USER_SAYS = frozenset({"zeg", "hulp", "openingszinnen", "opties", "titels"})
AUDIENCES = frozenset(ROLES) | frozenset(SECTOR.values()) | {"allen", "zelf", "praktijk"}


@dataclass(frozen=True)
class Passage:
    """A text: one string, or the items of a list that are read as one text. `place` is that of the string or list."""

    document: Document
    place: Place
    strings: tuple[str, ...]
    label: bool
    user_says: bool
    audience: str | None
    #: what something is called: it can't be put in other words
    name: bool
    #: the title of an answer: the question in the words of who asks it
    title: bool

    @property
    def text(self) -> str:
        """All of it in one string."""
        return "\n".join(self.strings)

    @property
    def id(self) -> str:
        """Its place, as people read it: "vraag_fout.kort.allen"."""
        return ".".join(str(step) for step in self.place)

    def line(self, words: str) -> int:
        """The line where words of this text begin."""
        for index, string in enumerate(self.strings):
            if words in string:
                place = (*self.place, index) if (*self.place, index) in self.document.lines else self.place
                return self.document.line_of_words(place, words)
        return self.document.line(self.place)


def passages(folder: Folder) -> Iterator[Passage]:
    """Every text of every file."""
    for name, document in folder.files.items():
        if name not in NO_TEXT_FILES and isinstance(document.data, Mapping):
            yield from _inside(document, (), document.data)


def _inside(document: Document, place: Place, value: Any) -> Iterator[Passage]:
    if isinstance(value, str):
        yield _passage(document, place, (value,))
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield _passage(document, place, tuple(value))
        else:
            for index, item in enumerate(value):
                yield from _inside(document, (*place, index), item)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            # at the top of a file a key is an id, whatever its name
            if not (key in NOT_TEXT and (place or isinstance(inner, (str, list)))):
                yield from _inside(document, (*place, key), inner)


def _passage(document: Document, place: Place, strings: tuple[str, ...]) -> Passage:
    # the top key of these is the id of an entry, or the name of a block, and says nothing about the text
    inner = place[1:] if document.name == "organisaties.yml" or document.name.startswith("routekaarten/") else place
    fields = {step for step in inner if isinstance(step, str)}
    short = document.name == "organisaties.yml" and place[-1] == "kort"
    button = document.name == "teksten.yml" and str(place[0]).startswith("knop_")
    return Passage(
        document,
        place,
        strings,
        label=bool(fields & LABELS)
        or short
        or button
        or (document.name == "kaart.yml" and place[0] in ("urgentie", "stap", "stap_huisarts")),
        user_says=bool(fields & USER_SAYS) or button or (document.name.startswith("antwoorden/") and place[-1] == "titel"),
        audience=_audience(inner) or _reader(document, place),
        name=bool(fields & NAMES) or short,
        title=document.name.startswith("antwoorden/") and place[-1] == "titel",
    )


def _audience(place: Place) -> str | None:
    """Whom a text addresses: the last key that names a role, a sector or everyone; None where it does not say."""
    for step in reversed(place):
        if step in AUDIENCES:
            return str(step)
        if isinstance(step, str) and step.endswith("_huisarts"):
            return "huisarts"
    return None


def _reader(document: Document, place: Place) -> str | None:
    """Who reads a text that names no reader: a step in the order of no sector, and a question in special circumstances, are for everyone."""
    if document.name.startswith("oefeningen/"):  # a case speaks to the role it is about
        return str((document.data.get("rollen") or ["allen"])[0])
    everyone = document.name == "stappen.yml" or (document.name == "vragen.yml" and "tekst" in place)
    return "allen" if everyone else None
