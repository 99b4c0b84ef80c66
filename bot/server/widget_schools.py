"""On which websites the chat widget may stand: the allow-list of origins, a school at a time (`content/scholen.yml`).

`ROUTEKAART_SCHOLEN` in the environment names another file of the same form, for who keeps the list outside the project; `PUBLIC_URL` is
the address of this server as visitors know it, for behind a proxy that changes the Host header.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from bot.content import schema
from bot.content.load import FOLDER, ContentError, read_yaml

FILE = "scholen.yml"
FILE_VARIABLE = "ROUTEKAART_SCHOLEN"
URL_VARIABLE = "PUBLIC_URL"


@dataclass(frozen=True)
class School:
    """A school that embeds the widget. `gemeente`, `rol`: what counts there when the widget itself names none."""

    id: str
    origins: frozenset[str]
    gemeente: str | None = None
    rol: str | None = None


#: the server's own pages: they may always, and know nothing beforehand
OWN = School("", frozenset())


class Schools:
    """Who may embed. `public_url`: the address of this server, beside the one in the Host header."""

    def __init__(self, schools: Mapping[str, School], public_url: str = "") -> None:
        self._schools = schools
        self._public = _authority(public_url)

    @classmethod
    def read(cls, rows: Mapping[str, Any], public_url: str = "") -> Schools:
        """From the rows of the file. Raises ContentError for a row that is not well formed: a slip must not open or close a school."""
        found = {}
        for id_, row in rows.items():
            try:
                given = schema.School.parse_obj(row)
            except ValidationError as error:
                raise ContentError(f"{FILE}: {id_}: {error}") from error
            found[str(id_)] = School(str(id_), frozenset(given.herkomst), given.gemeente, given.rol)
        return cls(found, public_url)

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Schools:
        """From the file of the environment, else of the content folder. Raises ContentError where it can't be read."""
        path = Path(os.environ.get(FILE_VARIABLE) or folder / FILE)
        return cls.read(read_yaml(path), os.environ.get(URL_VARIABLE, ""))

    def own(self, origin: str | None, host: str) -> bool:
        """Whether a request comes from this server's own pages (or not from a browser on another site: then there is no Origin)."""
        return not origin or _authority(origin) in {a for a in (_authority("//" + host), self._public) if a}

    def listed(self, origin: str | None) -> bool:
        """Whether some school stands at this origin; all that is known before the body of a request is read."""
        return any(origin in school.origins for school in self._schools.values())

    def school(self, origin: str | None, host: str, name: str | None) -> School | None:
        """The school a request may speak for; None where its origin is not on the list of that school (or, without a name, of any).

        On our own pages a name is only used for what it says about municipality and role.
        """
        if self.own(origin, host):
            return self._schools.get(name or "", OWN)
        if name:
            school = self._schools.get(name)
            return school if school and origin in school.origins else None
        return next((school for school in self._schools.values() if origin in school.origins), None)


def _authority(address: str) -> str:
    """Name and port in lower case; the usual port of the scheme is left out."""
    try:
        parts = urlsplit(address)
    except ValueError:  # no address at all
        return ""
    usual = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return parts.netloc.lower().removesuffix(usual) if usual else parts.netloc.lower()
