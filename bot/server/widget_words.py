"""The words of the chat widget: its own (`content/widget.yml`) and those it shares with the plain page (`content/teksten.yml`).

One mapping for both ways they travel: in the reply to `POST /gesprek/begin`, always the newest, and as a copy inside the built file, for
when there is no connection (`tools/widget_words.py` writes it).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.content.load import Content, ContentError, pick, read_yaml

FILE = "widget.yml"
#: a text, or the text for everyone and the one for doctors
Words = dict[str, Any]
#: what `widget.yml` holds that is no text
NO_TEXT = "verlaat_naar"
#: texts of the pages around the widget; they are no part of the bundle
PAGES = ("chat_", "demo_")
#: texts of `teksten.yml` that the widget shows too
SHARED = (
    *(
        "pagina_gesprek",
        "pagina_jij_zei",
        "pagina_routekaart_zei",
        "pagina_noodbalk",
        "pagina_nood_112",
        "pagina_nood_vt",
        "pagina_verlaat",
    ),
    *("pagina_veld", "pagina_verstuur", "pagina_opnieuw", "pagina_stop", "pagina_privacy", "pagina_denkt"),
    *("kaart_urgentie", "kaart_waarom", "kaart_bereik", "kaart_zeg", "kaart_deel", "kaart_deel_niet", "kaart_noteer", "kaart_daarna"),
    *("kaart_houdt_vast", "kaart_melding", "kaart_bronnen", "vraag_na", "ontkend", "signalen_kop", "signalen_vraag"),
    *("contact_taak", "contact_wanneer", "gesprek_openingszinnen", "gesprek_doen", "gesprek_laten", "gesprek_wanneer_niet"),
    *(
        "kindcheck_kop",
        "oefening_kop",
        "antwoord_meer",
        "verder",
        "knop_gesprek_ouders",
        "knop_gesprek_kind",
        "te_lang",
        "te_snel",
        "leeg",
        "storing",
    ),
)
#: the numbers that are always in reach, by the organisation they belong to
NUMBERS = {"nummer_112": "nood_112", "nummer_vt": "veilig_thuis"}


def own_words(content: Content) -> Mapping[str, Any]:
    """`widget.yml` as it is."""
    rows: Mapping[str, Any] = read_yaml(content.folder / FILE)
    return rows


def widget_words(content: Content) -> Words:
    """Every text of the bundle: a string, or `[for everyone, for doctors]` where they differ. Raises ContentError where one is missing."""
    own = own_words(content)
    rows = {key: row for key, row in own.items() if key != NO_TEXT and not key.startswith(PAGES)}
    for key in SHARED:
        if key not in content.texts:
            raise ContentError(f"teksten.yml: no text for {key!r}")
        rows[key] = content.texts[key]
    found = {key: _both(row) for key, row in sorted(rows.items())}
    return {**found, **{key: _number(content, org) for key, org in NUMBERS.items()}, "verlaat_naar": str(own[NO_TEXT]["url"])}


def page_words(content: Content) -> dict[str, str]:
    """The texts of the pages around the widget, and what they share with it."""
    words = {key: text if isinstance(text, str) else text[0] for key, text in widget_words(content).items()}
    return words | {key: str(pick(row, None)) for key, row in own_words(content).items() if key.startswith(PAGES)}


def _both(row: Any) -> Any:
    everyone, doctor = pick(row, None) or "", pick(row, "huisarts") or ""
    return everyone if doctor == everyone else [everyone, doctor]


def _number(content: Content, org: str) -> str:
    ways = content.organisation(org).get("bereik") or []
    return next(str(way["waarde"]) for way in ways if way["soort"] == "telefoon")
