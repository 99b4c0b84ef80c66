"""What every file under `content/` may hold: typed models, one for each kind of entry. An unknown key is an error.

The models describe the files as editors write them (`docs/redactie.md`); nothing is renamed or filled in. `parts` cuts a file into entries with
the model each must fit, so that a mistake is reported at its own place. `tools/content_check.py` turns the errors into a line and a mend;
errors that a model finds itself are `ValueError`s whose text is the key of such a message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Mapping
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConstrainedList, ConstrainedStr, Extra, Field, StrictBool, StrictInt, root_validator, validator

from bot.core.situation import ROLES, SECTOR

Path = tuple[Any, ...]


class Text(ConstrainedStr):
    """Words that are shown: never empty."""

    strict = True
    min_length = 1


class Id(ConstrainedStr):
    """A name the program looks for."""

    strict = True
    regex = r"^[A-Za-z0-9][A-Za-z0-9_.&+/-]*$"


class Code(ConstrainedStr):
    """A source code of `bronnen.yml`: S aangeleverd stuk, B webbron, F the facts sheet itself; an editor may add series of their own."""

    strict = True
    regex = r"^[A-Z]{1,3}[0-9]+(\.[0-9]+)?[a-z]?$"


class Day(ConstrainedStr):
    """A date as "2026-11-21", in quotes: YAML would make something else of it without them."""

    strict = True

    @classmethod
    def __get_validators__(cls) -> Generator[Callable[..., Any], None, None]:
        yield from super().__get_validators__()
        yield cls._is_a_day

    @classmethod
    def _is_a_day(cls, value: str) -> str:
        try:
            date.fromisoformat(value)
        except ValueError:
            raise ValueError("datum_vorm") from None
        return value


class Codes(ConstrainedList):
    """Source codes; whether an entry may do without any is up to its model."""

    item_type = Code
    __args__ = (Code,)


class SomeCodes(Codes):
    """At least one source code."""

    min_items = 1


class Texts(ConstrainedList):
    """A list of sentences."""

    item_type = Text
    __args__ = (Text,)
    min_items = 1


class Strict(BaseModel):
    """An entry in which only known keys may stand."""

    class Config:
        extra = Extra.forbid


Kader = Literal["nood", "alle", "medisch", "straf", "vrijwillig", "drang", "dwang"]
#: the keys a text for several readers may have beside `allen`
AUDIENCES = tuple(dict.fromkeys([*ROLES, *SECTOR.values()]))


class Variants(Strict):
    """A text for different readers; `pick` in `load.py` takes the most specific one. `zelf`: the user speaks of themself.
    `praktijk`: works in a doctor's practice and is no doctor."""

    allen: Text
    onderwijs: Text | None
    leerkracht: Text | None
    intern_begeleider: Text | None
    huisarts: Text | None
    wijkteam: Text | None
    kinderopvang: Text | None
    jgz: Text | None
    ander: Text | None
    ander_beroep: Text | None
    geen_beroep: Text | None
    zelf: Text | None
    praktijk: Text | None


class PerRole(Strict):
    """A text for some readers only; who is not named gets the general text that stands beside it."""

    onderwijs: Text | None
    leerkracht: Text | None
    intern_begeleider: Text | None
    huisarts: Text | None
    wijkteam: Text | None
    kinderopvang: Text | None
    jgz: Text | None
    ander: Text | None
    ander_beroep: Text | None
    geen_beroep: Text | None
    allen: Text | None


class Words:
    """One text for everyone, or variants."""

    @classmethod
    def __get_validators__(cls) -> Generator[Callable[..., Any], None, None]:
        yield cls._check

    @classmethod
    def _check(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return Variants.parse_obj(value)
        if not isinstance(value, str) or not value:
            raise ValueError("tekst_of_varianten")
        return value


# -- teksten, signalen, begrippen, structuren ------------------------------------------------------------------------------------


class FixedText(Variants):
    """A small fixed text of `teksten.yml`; one that states a fact has sources."""

    bronnen: SomeCodes | None
    controleer_lokaal: StrictBool | None


class Sign(Strict):
    """How a sign is read back."""

    titel: Text
    kan_ook: Words | None
    vorm: Id | None = Field(...)
    bronnen: SomeCodes


class Term(Strict):
    """A word of the glossary: its name (or what an abbreviation stands for) and one sentence. `antwoord`: the answer that is given instead.
    `signalen`: the signs that fit a form."""

    naam: Text | None
    voluit: Text | None
    uitleg: Words
    let_op: Words | None
    meer: Words | None
    signalen: Words | None
    organisatie: Id | None
    antwoord: Id | None
    woorden: Texts
    vervolg: list[Id] | None
    bronnen: SomeCodes
    controleer_lokaal: StrictBool

    @validator("voluit", always=True)
    def _has_a_name(cls, value: str | None, values: dict[str, Any]) -> str | None:  # noqa: N805 - pydantic's validators are class methods
        if not value and not values.get("naam"):
            raise ValueError("naam_of_voluit")
        return value


class Structure(Strict):
    """A consultation or way of working that people ask about."""

    naam: Text
    kort: Words
    meer: Words | None
    organisatie: Id | None = Field(...)
    antwoord: Id | None
    woorden: Texts
    vervolg: list[Id] | None
    bronnen: SomeCodes
    controleer_lokaal: StrictBool


# -- antwoorden, stappen, gesprek ------------------------------------------------------------------------------------------------


class Answer(Strict):
    """The short answer to a question, doubt or subject. `bronnen` may be empty only for answers about the program itself.

    `woorden`: how people name a subject that has no intent of its own. `ook_zonder_vraag`: also where it is told rather than asked. `gesprek`: the talk of `gesprek.yml` that is the answer, with another answer
    where that talk is unsafe. `ladder`: the ladder of `ladder.yml` that is shown with it.
    """

    titel: Text
    bij: list[Id] | None
    woorden: Texts | None
    ook_zonder_vraag: StrictBool | None
    kort: Variants | None
    meer: Words | None
    ladder: Literal["drietrap", "escalatie"] | None
    gesprek: Id | None
    bij_onveilig: Id | None
    bronnen: Codes
    controleer_lokaal: StrictBool
    vervolg: list[Id]

    @validator("gesprek", always=True)
    def _says_something(cls, value: str | None, values: dict[str, Any]) -> str | None:  # noqa: N805 - pydantic's validators are class methods
        if not value and values.get("kort") is None:
            raise ValueError("kort_of_gesprek")
        return value


class Step(Strict):
    """A step of the meldcode."""

    titel: Text
    doen: Texts
    vastleggen: Texts
    contact: Text
    niet_doen: Texts
    bronnen: SomeCodes
    controleer_lokaal: StrictBool | None


class Talk(Strict):
    """A talk to prepare. `openingszinnen` are said by the user."""

    titel: Text | None
    openingszinnen: Texts
    doen: Texts
    laten: Texts
    wanneer_niet: Texts
    bronnen: SomeCodes
    controleer_lokaal: StrictBool


class SignAsked(Strict):
    """How people ask about one sign, and what has to happen today where it is an alarm by itself."""

    woorden: Texts
    alarm: Words | None
    bronnen: SomeCodes | None

    @validator("bronnen", always=True)
    def _alarm_has_a_source(cls, value: list[str] | None, values: dict[str, Any]) -> list[str] | None:  # noqa: N805
        if values.get("alarm") and not value:
            raise ValueError("alarm_zonder_bron")
        return value


class NextAfterContact(Strict):
    """The buttons after a card of an organisation."""

    per_organisatie: dict[Id, list[Id]]
    per_kader: dict[Kader, list[Id]]


class Lookup(Strict):
    """`opzoeken.yml`, apart from the signs: how a question is recognised, and what comes after its answer."""

    vraagwoorden: Texts
    betekenis: Texts
    teken_vraag: Texts
    functies: dict[Id, Texts]
    falsificatie: Texts
    suicidaal: Texts
    mens: Texts
    geen_computer: Texts
    afhaken: Texts
    eigen_kind: Texts
    na_contact: NextAfterContact
    na_stap: dict[StrictInt, list[Id]]
    na_gesprek: dict[Id, list[Id]]
    na_begrip: list[Id]
    na_teken: list[Id]


# -- kaart -----------------------------------------------------------------------------------------------------------------------


class CardRule(Strict):
    """The words of a rule of the core."""

    kop: Variants | None
    waarom: Variants
    zeg: Variants
    deel: Variants | None
    deel_niet: Variants | None
    noteer: Variants | None
    houdt_vast: Variants | None
    bronnen: SomeCodes
    controleer_lokaal: StrictBool | None


class CardDefault(Strict):
    """What holds for a kind of contact where a rule leaves it out."""

    deel: Variants
    deel_niet: Variants
    noteer: Variants
    houdt_vast: Variants


class Urgencies(Strict):
    """How soon."""

    nu: Text
    vandaag: Text
    deze_week: Text
    rustig: Text


class Reporting(Strict):
    """The sentence about reporting that stands on every card."""

    norm: Variants
    in_gesprek: Variants
    geen: Variants
    collega: Variants
    zelf: Variants


class Frames(Strict):
    """What voluntary, pressed and forced help mean."""

    vrijwillig: Words
    drang: Words
    dwang: Words


class Defaults(Strict):
    """A default for every kind of contact."""

    veilig_thuis: CardDefault
    nood_112: CardDefault
    intern: CardDefault
    ouders: CardDefault
    medisch: CardDefault
    overig: CardDefault
    zelf: CardDefault


class CardWords(Strict):
    """The whole of `kaart.yml`, apart from the rules and conditions, which are checked one by one."""

    standaard: Defaults
    urgentie: Urgencies
    melding: Reporting
    kop: Variants
    kader: Frames


# -- nood ------------------------------------------------------------------------------------------------------------------------


class Emergency(Strict):
    """`nood.yml`, apart from what it says per kind of danger."""

    titel: Variants
    eerst: Variants
    contacten: list[Id]
    bronnen: SomeCodes
    controleer_lokaal: StrictBool


# -- vragen ----------------------------------------------------------------------------------------------------------------------


class QuestionText(Variants):
    """A question, also in the special circumstances in which it is asked; `_huisarts` behind a name is the same in the u-form."""

    kindcheck: Text | None
    kindcheck_huisarts: Text | None
    vaag: Text | None
    vaag_huisarts: Text | None
    aanpassen: Text | None
    aanpassen_huisarts: Text | None
    meer: Text | None
    meer_huisarts: Text | None
    tweede: Text | None
    tweede_huisarts: Text | None
    afhaken: Text | None
    afhaken_huisarts: Text | None
    eerste: Text | None
    eerste_huisarts: Text | None
    in_gesprek: Text | None
    in_gesprek_huisarts: Text | None
    zelf_kind: Text | None
    zelf_slachtoffer: Text | None
    zelf_slachtoffer_huisarts: Text | None
    zelf_overbelast: Text | None
    zelf_overbelast_huisarts: Text | None
    zelf_suicide: Text | None
    zelf_suicide_huisarts: Text | None
    zelf_gevoelens: Text | None
    zelf_gevoelens_huisarts: Text | None


class Option(Strict):
    """An answer button and how people type it."""

    titel: Text
    titel_per_rol: PerRole | None
    woorden: Texts


class Question(Strict):
    """A question with its options."""

    tekst: QuestionText
    opties: dict[Id, Option]
    zeg: Text | None
    bevestigen: Id | None = Field(...)
    ontkennen: Id | None = Field(...)
    geruststellend: Id | None = Field(...)
    titels: dict[Id, Text] | None
    bronnen: Codes
    controleer_lokaal: StrictBool | None


# -- bronnen, nummers ------------------------------------------------------------------------------------------------------------


class Source(Strict):
    """Where a statement comes from. `datum` is that of publication, as it is known ("dec. 2016", "onbekend")."""

    naam: Text
    url: Text
    urls_extra: Texts | None
    datum: Text
    gecontroleerd: Day

    @validator("url")
    def _address(cls, value: str) -> str:  # noqa: N805
        if value != "aangeleverd stuk" and not value.startswith(("https://", "http://")):
            raise ValueError("url_vorm")
        return value


class PhoneNumber(Strict):
    """A number that may stand in content, and why it may."""

    wie: Text
    bronnen: SomeCodes
    controleer_lokaal: StrictBool
    gecontroleerd: Day


# -- organisaties, routekaarten --------------------------------------------------------------------------------------------------


class Reach(Strict):
    """A way to reach somebody."""

    soort: Literal["telefoon", "chat", "website", "app", "balie", "intern"]
    waarde: Text
    uren: Text | None


class Organisation(Strict):
    """Who does what, nationally. `woorden` may be empty where people name it as another organisation."""

    naam: Text
    kort: Text
    wie: Text | None
    taak: Text
    wanneer: Text
    wanneer_per_rol: PerRole | None
    kader: Kader
    bereik: list[Reach]
    vraag_na_bij: Text | None = Field(...)
    woorden: list[Text]
    bronnen: SomeCodes
    controleer_lokaal: StrictBool
    gecontroleerd: Day


class Function(Strict):
    """Who does what in a municipality; what is left out comes from `organisaties.yml`."""

    organisatie: Id
    naam: Text | None
    naam_toen: Text | None
    taak: Text | None
    wanneer: PerRole | None
    wie_erbij: Text | None
    kader: Kader | None
    bereik: list[Reach] | None
    vraag_na_bij: Text | None
    bronnen: SomeCodes
    controleer_lokaal: StrictBool
    gecontroleerd: Day


class MapHead(Strict):
    """What a municipality's map says about itself."""

    gemeente: Id
    naam: Text
    regio: Text | None
    status: Text
    gecontroleerd: Day
    functies: dict[Id, Any]
    beschermingstafel: Any | None
    drietrap: dict[Id, Any] | None
    escalatieladder: list[Any] | None
    nummers: dict[Text, Any] | None


class LocalRung(Strict):
    """A rung of the three-step ladder as a municipality words it."""

    boodschap: Text
    focus: Text
    hoort_bij: Text
    volgende_stap: Text
    let_op: Text
    bronnen: SomeCodes
    controleer_lokaal: StrictBool
    gecontroleerd: Day


class LocalColour(Strict):
    """A colour of the escalation ladder as a municipality words it."""

    kleur: Text
    herkenning: Text
    contact: Text
    bronnen: SomeCodes
    controleer_lokaal: StrictBool


class Rung(Strict):
    """A rung of a ladder of `ladder.yml`."""

    id: Id
    naam: Text
    uitleg: Words
    herkenning: Text | None
    volgende_stap: Text | None
    let_op: Text | None
    kleur: Text | None
    organisaties: list[Id]
    kader: Any
    bronnen: SomeCodes
    controleer_lokaal: StrictBool


# -- notitie ---------------------------------------------------------------------------------------------------------------------

Mark = Literal["feit", "verteld", "duiding"]


class NoteLine(Variants):
    """A line of the note; one that states a fact has sources."""

    bronnen: SomeCodes | None


class NoteMarks(Strict):
    """The word in front of a line: what kind of knowledge it is, or that it was not spoken of, or has to be checked."""

    feit: Text
    verteld: Text
    duiding: Text
    niet: Text
    nakijken: Text
    open: Text
    let_op: Text
    afspraak: Text


class NoteDefaults(Strict):
    """How an answer stands in the note."""

    ja: Text
    nee: Text
    weet_niet: Text


class NoteWords(Strict):
    """`notitie.yml`, apart from its lines and answers, which are checked one by one. `tekens_...`: signs that are an observation, that are told by
    somebody, that are an interpretation."""

    titel: Variants
    titel_kort: Variants
    merk: NoteMarks
    tekens_feit: list[Id]
    tekens_verteld: list[Id]
    tekens_duiding: list[Id]


class NoteAnswer(Strict):
    """A question in the note: its name there, its mark, and where an option has words of its own those; a key is an option id."""

    titel: Text
    soort: Mark

    class Config:
        extra = Extra.allow

    @root_validator(skip_on_failure=True)
    def _options_have_words(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805 - pydantic's validators are class methods
        if any(not isinstance(value, str) or not value for value in values.values()):
            raise ValueError("tekst_of_varianten")
        return values


# -- huisstijl -------------------------------------------------------------------------------------------------------------------


class StyleLimits(Strict):
    """Numbers of the house style; words per sentence, per text and per answer, and the lowest readable score."""

    zin_hoogstens: StrictInt
    gemiddeld_waarschuwing: StrictInt
    gemiddeld_hoogstens: StrictInt
    antwoord_hoogstens: StrictInt
    signaal_titel_hoogstens: StrictInt
    leesbaarheid_minstens: StrictInt
    leesbaarheid_vanaf_woorden: StrictInt


class Jargon(Strict):
    """A word that needs its meaning. `begrip`: explained in the glossary under that id. `mag_bij`: roles for whom it is an ordinary word;
    `mag_in`: entries that only such people read."""

    uitleg: Text
    vormen: Texts | None
    uitgelegd_met: Texts | None
    begrip: Id | None
    mag_bij: list[Id] | None
    mag_in: list[Id] | None


class Forbidden(Strict):
    """Words that never stand in content, how to say it instead, and turns of phrase in which they are harmless."""

    woorden: Texts
    zeg_liever: Text
    behalve: Texts | None


class HouseStyle(Strict):
    """The whole of `huisstijl.yml`."""

    grenzen: StyleLimits
    jargon: dict[Text, Jargon]
    oordeel: Forbidden
    belofte: Forbidden
    melden_wegpraten: Forbidden
    melden_door_routekaart: Forbidden
    zonder_bron: list[Id]
    nooit_voor_huisarts: list[Id]
    andere_taal: list[Id]


# -- cases to rehearse -----------------------------------------------------------------------------------------------------------

THEMES = (
    "verwaarlozing", "armoede", "lichamelijk", "baby", "beperking", "scheiding", "suicide", "zorgmijdend", "partnergeweld", "verzuim", "eer", "collega",
    "seksueel", "kindcheck",
)  # fmt: skip
WORTH = ("beste", "redelijk", "liever_niet", "gevaarlijk")


class Known(Strict):
    """What is known in the case: fields of the core's `Situation`."""

    rol: Literal[ROLES] | None  # type: ignore[valid-type]
    signalen: list[Id] | None
    gevaar: StrictBool | None
    kindcheck: StrictBool | None
    acuut: Id | None
    structureel: Id | None
    onthulling: Id | None
    verdachte: Id | None
    leeftijd: Text | None
    voortgang: Id | None
    gesprek_onveilig: Id | None
    eerder_gemeld: Id | None
    jeugdbeschermer: Id | None
    school_soort: Id | None
    kinderen: Id | None
    zwanger: Id | None
    kinderen_veilig: Id | None
    steun: Id | None
    vermoeden: Id | None
    hulp_mogelijk: Id | None
    hulp_aanvaard: Id | None
    hulp_werkt: Id | None


class Taught(Strict):
    """What the core must say at a moment: whom to contact next, how soon, and the norm."""

    contact: Id
    urgentie: Literal["nu", "vandaag", "deze_week", "rustig"]
    melding_norm: StrictBool | None = Field(...)


class LaterScene(Strict):
    """What the scene adds after an earlier choice ("M1.a")."""

    keuze: Text
    tekst: Text


class CaseOption(Strict):
    """A choice: what comes of it, what was good in it, why (not), and where it leads (a moment, or "einde")."""

    titel: Text
    zo_gezegd: list[Text] = Field(min_items=3)
    waarde: Literal[WORTH]  # type: ignore[valid-type]
    gevolg: Text
    goed: Text
    waarom: Text
    bronnen: Codes | None
    naar: Id


class Moment(Strict):
    """A moment of decision. `situatie` adds to what was known before it; `kern` is what the core must say then; `kern_per_rol` for others."""

    scene: Text | None
    scene_na: list[LaterScene] | None
    denk: Text
    vraag: Text
    situatie: Known
    kern: Taught
    kern_per_rol: dict[Literal[ROLES], Taught] | None  # type: ignore[valid-type]
    regel: Text
    bronnen: Codes
    controleer_lokaal: StrictBool | None
    opties: dict[Literal["a", "b", "c", "d"], CaseOption]

    @validator("opties")
    def _a_choice(cls, value: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: N805
        if len(value) < 2:
            raise ValueError("te_weinig_opties")
        return value


class Case(Strict):
    """A case of `content/oefeningen/`."""

    id: Id
    titel: Text
    kort: Text
    themas: list[Literal[THEMES]] = Field(min_items=1)  # type: ignore[valid-type]
    trede: list[Literal["T1", "T2", "T3"]] = Field(min_items=1)
    rollen: list[Literal[ROLES]] = Field(min_items=1)  # type: ignore[valid-type]
    bronnen: Codes
    situatie: Known
    begin: Text
    momenten: dict[Id, Moment]
    fout: Text
    leerpunten: list[Text] = Field(min_items=3, max_items=3)
    teamvraag: Text
    gespreksvragen: list[Text] = Field(min_items=2)
    begeleider: Text
    perspectieven: dict[Literal[ROLES], Text] | None  # type: ignore[valid-type]
    controleer_lokaal: StrictBool | None


# -- the page of the kindcheck ---------------------------------------------------------------------------------------------------


class KindcheckLine(Strict):
    """A statement on the page."""

    tekst: Text
    bronnen: Codes
    controleer_lokaal: StrictBool | None


class KindcheckQuestion(Strict):
    """A question as it can be put to the client. `hoort_bij`: the question of the conversation it answers."""

    zeg: Text
    bronnen: Codes
    controleer_lokaal: StrictBool | None
    hoort_bij: Literal["kinderen", "kinderen_veilig", "steun", "zwanger"] | None


class KindcheckOutcome(Strict):
    """An outcome and what follows (§3)."""

    id: Literal["gevaar", "zorg", "veilig", "niemand"]
    als: Text
    dan: Text
    bronnen: Codes
    controleer_lokaal: StrictBool | None


# -- the chat window -------------------------------------------------------------------------------------------------------------


class Exit(Strict):
    """Where "leave this page" of the chat window goes."""

    url: Text


#: https, or http for the machine of who tries it out
ORIGIN = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?|http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?")


class Origin(ConstrainedStr):
    """The address of a website as browsers send it: scheme, name and port, no path; http for this machine only."""

    strict = True

    @classmethod
    def __get_validators__(cls) -> Generator[Callable[..., Any], None, None]:
        yield from super().__get_validators__()
        yield cls._is_an_origin

    @classmethod
    def _is_an_origin(cls, value: str) -> str:
        if not ORIGIN.fullmatch(value):
            raise ValueError("url_vorm")
        return value


class School(Strict):
    """A school of `scholen.yml`: on which websites the chat window may stand, and what it knows there."""

    naam: Text
    herkomst: list[Origin] = Field(min_items=1)
    gemeente: Id | None
    rol: Literal[ROLES] | None  # type: ignore[valid-type]


# -- which file holds what -------------------------------------------------------------------------------------------------------

Part = tuple[Path, Any, Any]


def _each(model: Any) -> Callable[[Any], Iterator[Part]]:
    """A file that is a mapping from id to `model`."""

    def cut(data: Any) -> Iterator[Part]:
        for key, value in data.items():
            yield (key,), model, value

    return cut


def _glossary(data: Any) -> Iterator[Part]:
    for group, rows in data.items():
        if group not in ("begrippen", "vormen", "kaders", "afkortingen"):
            yield (group,), None, rows
        elif not isinstance(rows, Mapping):
            yield (group,), dict[Id, Any], rows
        else:
            yield from (((group, key), Term, row) for key, row in rows.items())


def _steps(data: Any) -> Iterator[Part]:
    """A number is a step; a sector holds the steps that differ there."""
    for key, value in data.items():
        if isinstance(key, int):
            yield (key,), Step, value
        elif key not in AUDIENCES:
            yield (key,), None, value
        elif not isinstance(value, Mapping):
            yield (key,), dict[StrictInt, Any], value
        else:
            yield from (((key, number), Step if isinstance(number, int) else None, step) for number, step in value.items())


def _card(data: Any) -> Iterator[Part]:
    whole = ("standaard", "urgentie", "melding", "kop", "kader")
    yield (), CardWords, {k: v for k, v in data.items() if k in whole}
    inner: dict[str, Any] = {
        "regels": CardRule, "voorwaarden": Variants, "stap": Words, "stap_huisarts": Words, "functies": Text, "kinderen": Text,
    }  # fmt: skip
    for group in [*inner, *(k for k in data if k not in inner and k not in whole)]:
        rows = data.get(group)
        if group not in inner:
            yield (group,), None, rows
        elif not isinstance(rows, Mapping):
            yield (group,), dict[Any, Any], rows
        else:
            yield from (((group, key), inner[group], row) for key, row in rows.items())


def _emergency(data: Any) -> Iterator[Part]:
    inner: dict[str, Any] = {"tekst": Variants, "laten": Variants, "hulp": Variants, "extra_contacten": dict[Id, list[Id]]}
    yield (), Emergency, {k: v for k, v in data.items() if k not in inner}
    for group, model in inner.items():
        rows = data.get(group)
        if not isinstance(rows, Mapping):
            yield (group,), dict[Id, Any], rows
        else:
            yield from (((group, key), model, row) for key, row in rows.items())


def _note(data: Any) -> Iterator[Part]:
    inner: dict[str, Any] = {"koppen": Variants, "regels": NoteLine, "antwoorden": NoteAnswer}
    yield (), NoteWords, {k: v for k, v in data.items() if k not in inner}
    for group, model in inner.items():
        rows = data.get(group)
        if not isinstance(rows, Mapping):
            yield (group,), dict[Id, Any], rows
            continue
        for key, row in rows.items():
            own = {"standaard": NoteDefaults, "gelezen": Text}.get(key) if group == "antwoorden" else None
            yield (group, key), own or model, row


def _lookup(data: Any) -> Iterator[Part]:
    yield (), Lookup, {k: v for k, v in data.items() if k != "tekens"}
    signs = data.get("tekens")
    if not isinstance(signs, Mapping):
        yield ("tekens",), dict[Id, Any], signs
    else:
        yield from ((("tekens", key), SignAsked, row) for key, row in signs.items())


def _map(data: Any) -> Iterator[Part]:
    yield (), MapHead, data
    for key, row in _rows(data.get("functies")):
        yield ("functies", key), Function, row
    if data.get("beschermingstafel") is not None:
        yield ("beschermingstafel",), Function, data["beschermingstafel"]
    for key, row in _rows(data.get("drietrap")):
        yield ("drietrap", key), LocalRung, row
    colours = data.get("escalatieladder")
    for index, row in enumerate(colours if isinstance(colours, list) else ()):
        yield ("escalatieladder", index), LocalColour, row
    for key, row in _rows(data.get("nummers")):
        yield ("nummers", key), PhoneNumber, row


def _rows(data: Any) -> Iterator[tuple[Any, Any]]:
    yield from data.items() if isinstance(data, Mapping) else ()


def _ladder(data: Any) -> Iterator[Part]:
    for ladder, rows in data.items():
        if ladder not in ("drietrap", "escalatie"):
            yield (ladder,), None, rows
        elif not isinstance(rows, list):
            yield (ladder,), list[Any], rows
        else:
            yield from (((ladder, index), Rung, row) for index, row in enumerate(rows))


def _kindcheck(data: Any) -> Iterator[Part]:
    inner: dict[str, Any] = {
        "inleiding": KindcheckLine,
        "wanneer": KindcheckLine,
        "vragen": KindcheckQuestion,
        "uitkomsten": KindcheckOutcome,
    }
    for group in [*inner, *(key for key in data if key not in inner)]:
        rows = data.get(group)
        if group not in inner:
            yield (group,), None, rows
        elif not isinstance(rows, list):
            yield (group,), list[Any], rows
        else:
            yield from (((group, index), inner[group], row) for index, row in enumerate(rows))


def _widget(data: Any) -> Iterator[Part]:
    for key, value in data.items():
        yield (key,), Exit if key == "verlaat_naar" else FixedText, value


def _whole(model: Any) -> Callable[[Any], Iterator[Part]]:
    def cut(data: Any) -> Iterator[Part]:
        yield (), model, data

    return cut


#: file, or folder with a slash, -> how it is cut into entries
FILES: dict[str, Callable[[Any], Iterator[Part]]] = {
    "teksten.yml": _each(FixedText),
    "vragen.yml": _each(Question),
    "signalen.yml": _each(Sign),
    "kaart.yml": _card,
    "nood.yml": _emergency,
    "notitie.yml": _note,
    "gesprek.yml": _each(Talk),
    "stappen.yml": _steps,
    "structuren.yml": _each(Structure),
    "begrippen.yml": _glossary,
    "bronnen.yml": _each(Source),
    "nummers.yml": _each(PhoneNumber),
    "organisaties.yml": _each(Organisation),
    "ladder.yml": _ladder,
    "kindcheck.yml": _kindcheck,
    "opzoeken.yml": _lookup,
    "huisstijl.yml": _whole(HouseStyle),
    "widget.yml": _widget,
    "team.yml": _each(FixedText),
    "monitor.yml": _each(FixedText),
    "scholen.yml": _each(School),
    "antwoorden/": _each(Answer),
    "oefeningen/": _whole(Case),
    "routekaarten/": _map,
}


def parts(name: str, data: Any) -> Iterator[Part] | None:
    """The entries of a file: where each stands, the model it must fit (None: nothing of that name is known), and what stands there.

    `name` is relative to the folder ("antwoorden/melden.yml"); None where no file of that name is known. `data` must be a mapping.
    """
    folder = name.split("/")[0] + "/" if "/" in name else name
    cut = FILES.get(folder)
    return cut(data) if cut else None
