"""`make link ROL=... GEMEENTE=... GELDIG=90d [HERKOMST=...]`: prints one signed link. `--batch file.csv` prints a link for each row.

Keys come from the environment (`bot/server/links.py`), the address of the server from `PUBLIC_URL`. Messages are for who hands out links, in
their language: see `tools/templates/link.yml`. What is made stands on standard output, everything else on standard error.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from bot.content.load import FOLDER
from bot.core.situation import ROLES
from bot.server.links import DAY, KEY_LENGTH, MAKE_KEY, UNKNOWN_GIVER, BadLink, Entry, Link, Links, LinkSetupError

WORDS = Path(__file__).with_name("templates") / "link.yml"
MAPS = FOLDER / "routekaarten"
URL_VARIABLE = "PUBLIC_URL"
DEFAULT_URL = "http://127.0.0.1:5005"
COLUMNS = ("rol", "gemeente", "herkomst", "geldig")
OUT = ("rol", "gemeente", "herkomst", "label", "geldig_tot", "id", "url")
UNITS = {"d": DAY, "w": 7 * DAY, "u": 60 * 60}


class Wrong(ValueError):
    """Something that was asked can't be done; the text is in the language of who asks."""


@dataclass(frozen=True)
class Asked:
    """A link to make."""

    entry: Entry
    seconds: int
    label: str = ""


def say(key: str, **values: object) -> str:
    """A message."""
    words: dict[str, str] = yaml.safe_load(WORDS.read_text("utf8"))
    return words[key].format(**values)


def base_url() -> str:
    """The address of the server, without a slash at the end. Raises Wrong for one that is none."""
    given = os.environ.get(URL_VARIABLE) or DEFAULT_URL
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/") or parts.query or parts.fragment:
        raise Wrong(say("adres", waarde=given))
    return given.rstrip("/")


def seconds(text: str) -> int:
    """How long "90d", "12w" or "8u" is. Raises Wrong for anything else, for nothing and for more than a year."""
    found = re.fullmatch(r"([0-9]{1,4})([dwu])", text.strip().lower())
    long = int(found[1]) * UNITS[found[2]] if found else 0
    if not 0 < long <= 366 * DAY:
        raise Wrong(say("geldig", waarde=text))
    return long


def asked(row: Mapping[str, Any]) -> Asked:
    """A link to make, from words. Raises Wrong for the first that is not right."""
    rol, gemeente, herkomst, geldig, label = (str(row.get(key) or "").strip() for key in (*COLUMNS, "label"))
    try:
        entry = Entry(rol.lower(), gemeente.lower(), herkomst.lower() or UNKNOWN_GIVER)
    except ValueError as error:
        field = str(error)
        raise Wrong(say(field, waarde=str(row.get(field) or ""), rollen=", ".join(ROLES))) from None
    return Asked(entry, seconds(geldig), label)


def batch(path: Path) -> list[Asked]:
    """The rows of a file, comma or semicolon between the fields. Raises Wrong with every row that is not right."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong(say("geen_bestand", pad=path, fout=type(error).__name__)) from None
    separator = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    reader = csv.DictReader(lines, delimiter=separator, skipinitialspace=True)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise Wrong(say("kolommen", mist=", ".join(missing)))
    made, problems = [], []
    for row in reader:
        try:
            made.append(asked(row))
        except Wrong as wrong:
            problems.append(say("rij", nummer=reader.line_num, fout=wrong))
    if problems or not made:
        raise Wrong("\n".join([*(problems or [say("leeg_bestand")]), say("niets_gemaakt")]))
    return made


def warn(wanted: Sequence[Asked]) -> None:
    """Say which municipalities have no map: that may be meant."""
    maps = sorted(path.stem for path in MAPS.glob("*.yml"))
    for gemeente in dict.fromkeys(one.entry.gemeente for one in wanted):
        if gemeente not in maps:
            print(say("geen_kaart", gemeente=gemeente, kaarten=", ".join(maps)), file=sys.stderr)


def moment(time: int) -> str:
    """A time in seconds as a date and hour, in UTC."""
    return datetime.fromtimestamp(time, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


def told(links: Links, address: str) -> tuple[str, bool]:
    """What a link says and whether it works, from its address or its token alone."""
    parts = urlsplit(address.strip())
    token = (parse_qs(parts.query).get("link") or [parts.path.rsplit("/", 1)[-1]])[0]
    state, works = "open", True
    try:
        links.open(token)
    except BadLink as bad:
        state, works = bad.reason.value, False
        if bad.rol is None:  # not ours, so nothing it says can be believed
            return say("stand_" + state), False
    link: Link = links.keys.read(token)
    row = {"rol": link.entry.rol, "gemeente": link.entry.gemeente, "herkomst": link.entry.herkomst, "id": link.id}
    return say("lees", **row, gemaakt=moment(link.issued), tot=moment(link.expires), stand=say("stand_" + state)), works


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 1 where nothing was made, or the link that was read does not work."""
    parser = argparse.ArgumentParser(prog="python -m tools.link", description=(__doc__ or "").splitlines()[0])
    for name in COLUMNS:
        parser.add_argument("--" + name, default="")
    parser.add_argument("--batch", type=Path, metavar="FILE.csv", help="a link for each row: " + ",".join(COLUMNS) + "[,label]")
    parser.add_argument("--lees", metavar="URL", help="say what a link carries and whether it works")
    given = parser.parse_args(arguments)
    try:
        links = Links.from_environment()
        if not links.keys:
            raise Wrong(say("geen_sleutel", maak=MAKE_KEY))
        if given.lees:
            text, works = told(links, given.lees)
            print(text)
            return 0 if works else 1
        url = base_url()
        wanted = batch(given.batch) if given.batch else [asked(vars(given))]
        warn(wanted)
        made = [(one, *links.make(one.entry, one.seconds)) for one in wanted]
    except LinkSetupError as error:
        key = error.code if error.code.startswith("lijst") else "sleutel_" + error.code
        print(say(key, langst=KEY_LENGTH, maak=MAKE_KEY), file=sys.stderr)
        return 1
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        return 1
    if not given.batch:
        print(f"{url}/l/{made[0][1]}")
        return 0
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(OUT)
    for one, token, link in made:
        entry = link.entry
        writer.writerow([entry.rol, entry.gemeente, entry.herkomst, one.label, moment(link.expires), link.id, f"{url}/l/{token}"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
