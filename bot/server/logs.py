"""Logging that cannot tell what anybody typed: set up before Rasa is imported.

Only the lines of this project (logger `routekaart`) are written as they are; they are codes and numbers. Of every other library only the
level, the logger's name, the line and the kind of exception are written, never a message or its arguments, at any level.

`ROUTEKAART_LOG=json` writes the same as one JSON object a line, for who collects logs: `time` (UTC), `level`, `logger`, `text`, and `kind`
where there was an exception.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from collections.abc import Mapping, MutableMapping
from datetime import datetime, timezone
from typing import Any

OWN = "routekaart"
FORM_VARIABLE = "ROUTEKAART_LOG"


class CodesOnly(logging.Formatter):
    """Formats a record without anything that could hold a user's words."""

    def parts(self, record: logging.LogRecord) -> tuple[str, str]:
        """What may be told of a record: its text, and the kind of exception (empty where there was none)."""
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        if record.name == OWN or record.name.startswith(OWN + "."):
            return record.getMessage(), kind
        return f"line {record.lineno}", kind

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of text."""
        return " ".join(part for part in (self.formatTime(record), record.levelname, record.name, *self.parts(record)) if part)


class CodesOnlyJson(CodesOnly):
    """The same, as one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one JSON object, on one line whatever stands in it."""
        text, kind = self.parts(record)
        when = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        told = {"time": when, "level": record.levelname, "logger": record.name, "text": text, **({"kind": kind} if kind else {})}
        return json.dumps(told, ensure_ascii=False)


def formatter(environment: Mapping[str, str] | None = None) -> CodesOnly:
    """The form that `ROUTEKAART_LOG` asks for: text where it says nothing else."""
    given = (os.environ if environment is None else environment).get(FORM_VARIABLE, "")
    return CodesOnlyJson() if given.strip().lower() == "json" else CodesOnly()


def _event_name(_: Any, __: str, event: MutableMapping[str, Any]) -> str:
    return "event"


def _not_shown(*_: Any, **__: Any) -> None:
    """A warning of a library is for who works on it; it may hold text, and it would drown what the user has to see."""


def configure(level: str | None = None) -> None:
    """Configure logging for the whole process; `level` defaults to `LOG_LEVEL`, else INFO."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # it writes past Python
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    warnings.filterwarnings("ignore")
    warnings.showwarning = _not_shown  # some libraries put filters of their own in front
    import structlog

    structlog.configure(
        processors=[_event_name],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel((level or os.environ.get("LOG_LEVEL") or "INFO").upper())
    for noisy in ("apscheduler", "matplotlib", "asyncio", "rasa", "sanic", "tensorflow", "rasa_sdk", "absl", "h5py"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level) if root.level > logging.DEBUG else logging.DEBUG)
    only_ours()


def only_ours() -> None:
    """Take away the handlers that Sanic gives its own loggers whenever an app is made: they write what a visitor sent, with a trace."""
    for name in ("sanic", "sanic.root", "sanic.error", "sanic.access", "sanic.server", "sanic.mixins.startup"):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True


def logger(name: str = "") -> logging.Logger:
    """A logger of this project: write codes and numbers only."""
    return logging.getLogger(f"{OWN}.{name}" if name else OWN)
