"""What can be set from outside, in one place: every variable of the environment that the server reads, and what each must look like.

`VARIABLES` is the list for people (docs/beheer.md shows it); `Settings.from_environment` reads and checks. What is wrong is said all at once,
with what to do; a value of a secret is never repeated.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

MAKE_SECRET = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
LEAST_SECRET = 32
#: different characters in a secret; one that was made with the command has about 25
LEAST_VARIETY = 12
LEAST_TOKEN = 16
MOST_PROXIES = 5

#: variable -> what it sets; the order is that of the handbook
VARIABLES: Mapping[str, str] = {
    "HOST": "address to listen on; default 127.0.0.1, this machine only",
    "PORT": "port to listen on; default 5005",
    "PUBLIC_URL": "address of the server as visitors know it, such as https://routekaart.example.nl",
    "EXIT_URL": "the page that 'leave this page' opens; default https://www.buienradar.nl/",
    "LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR; default INFO",
    "ROUTEKAART_LOG": "text or json: the form of a log line; default text",
    "ROUTEKAART_PROXIES": "how many proxies stand in front and write X-Forwarded-For; default 0: the address of the connection counts",
    "ROUTEKAART_MODEL": "path of the trained model; default: the one that `make train` made of these sources",
    "ROUTEKAART_MODEL_SHA256": "hash that the model must have; default: the one that `make train` wrote beside it",
    "ROUTEKAART_CLOSED_FILE": "while this file exists the assistant is closed, and says so with the numbers to call",
    "REDIS_URL": "redis://… or rediss://…: conversations, sessions, rooms and limits that several workers share; default: in memory of one",
    "ROUTEKAART_SECRET": f"needed with REDIS_URL, the same for every worker; at least {LEAST_SECRET} characters",
    "DATABASE_URL": "postgresql://…: counts of the monitor that several workers share",
    "ROUTEKAART_MONITOR_FILE": "file for the counts of one worker; default: in memory",
    "ROUTEKAART_MONITOR_TOKEN": f"opens /monitor; at least {LEAST_TOKEN} characters; without it there is no such page",
    "ROUTEKAART_METRICS_TOKEN": "opens /metrics; without it there is no such page",
    "ROUTEKAART_API_TOKEN": "opens the contract (REST channel, reading, conversations); without it they do not exist",
    "ROUTEKAART_LINK_KEYS": "keys of signed links, newest first, with commas between; without them no link opens",
    "ROUTEKAART_LINK_REVOKED": "file with the ids of revoked links, one a line",
    "ROUTEKAART_SCHOLEN": "file with the websites that may show the widget; default content/scholen.yml",
}


class SettingsError(ValueError):
    """Settings that can't be used; one line for each, saying what to mend."""


@dataclass(frozen=True)
class Settings:
    """The settings of one worker. Empty where nothing was set. Files that modules read themselves (links, schools) are checked by those."""

    host: str = "127.0.0.1"
    port: int = 5005
    proxies: int = 0
    model: Path | None = None
    closed_file: Path | None = None
    redis_url: str = ""
    secret: str = ""
    api_token: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """From the environment. Raises SettingsError that names everything that is wrong."""
        given = {k: v.strip() for k, v in (os.environ if environment is None else environment).items() if k in VARIABLES}
        wrong = [*_numbers(given), *_addresses(given), *_secrets(given), *_words(given), *_files(given)]
        if wrong:
            raise SettingsError("\n".join(wrong))
        return cls(
            host=given.get("HOST") or cls.host,
            port=int(given.get("PORT") or cls.port),
            proxies=int(given.get("ROUTEKAART_PROXIES") or cls.proxies),
            model=_path(given.get("ROUTEKAART_MODEL")),
            closed_file=_path(given.get("ROUTEKAART_CLOSED_FILE")),
            redis_url=given.get("REDIS_URL", ""),
            secret=given.get("ROUTEKAART_SECRET", ""),
            api_token=given.get("ROUTEKAART_API_TOKEN", ""),
        )

    def closed(self) -> bool:
        """Whether the host has closed the assistant."""
        return self.closed_file is not None and self.closed_file.exists()


def _path(value: str | None) -> Path | None:
    return Path(value) if value else None


def _numbers(given: Mapping[str, str]) -> list[str]:
    """Numbers that are none, or out of reach."""
    wrong = []
    for name, least, most in (("PORT", 1, 65535), ("ROUTEKAART_PROXIES", 0, MOST_PROXIES)):
        value = given.get(name)
        if value and not (value.isascii() and value.isdigit() and least <= int(value) <= most):
            wrong.append(f"{name}: must be a whole number from {least} to {most}.")
    return wrong


def _addresses(given: Mapping[str, str]) -> list[str]:
    """Addresses of the wrong kind. What stands in them is not repeated: it may hold a password."""
    wrong = []
    for name, schemes in (("REDIS_URL", ("redis", "rediss", "unix")), ("DATABASE_URL", ("postgresql", "postgres"))):
        if given.get(name) and urlsplit(given[name]).scheme not in schemes:
            wrong.append(f"{name}: must begin with {schemes[0]}://, as in {schemes[0]}://user:password@127.0.0.1/0.")
    for name in ("PUBLIC_URL", "EXIT_URL"):
        if given.get(name) and (urlsplit(given[name]).scheme not in ("https", "http") or not urlsplit(given[name]).hostname):
            wrong.append(f"{name}: must be a web address that begins with https://.")
    if given.get("DATABASE_URL") and given.get("ROUTEKAART_MONITOR_FILE"):
        wrong.append("DATABASE_URL and ROUTEKAART_MONITOR_FILE: counts stand in one place. Leave one of them out.")
    return wrong


def _secrets(given: Mapping[str, str]) -> list[str]:
    """Secrets that are missing or too easy."""
    secret = given.get("ROUTEKAART_SECRET", "")
    if given.get("REDIS_URL") and not secret:
        return [f"ROUTEKAART_SECRET: is needed with REDIS_URL, the same for every worker. Make one: {MAKE_SECRET}"]
    if secret and (len(secret) < LEAST_SECRET or len(set(secret)) < LEAST_VARIETY):
        return [f"ROUTEKAART_SECRET: is too short or too easy to guess. Make one: {MAKE_SECRET}"]
    return []


def _words(given: Mapping[str, str]) -> list[str]:
    """Words that mean nothing here."""
    choices = {"ROUTEKAART_LOG": ("text", "json"), "LOG_LEVEL": ("DEBUG", "INFO", "WARNING", "ERROR")}
    return [
        f"{name}: must be one of {', '.join(words)}."
        for name, words in choices.items()
        if given.get(name) and given[name] not in words and given[name].upper() not in words
    ]


def _files(given: Mapping[str, str]) -> list[str]:
    """Files that are not there."""
    model = given.get("ROUTEKAART_MODEL")
    if model and not Path(model).is_file():
        return ["ROUTEKAART_MODEL: there is no such file. Leave it out to use the model of `make train`."]
    closed = given.get("ROUTEKAART_CLOSED_FILE")
    if closed and not Path(closed).parent.is_dir():
        return ["ROUTEKAART_CLOSED_FILE: the folder of this file does not exist. Make it, so that the file can be put there in haste."]
    return []
