"""Logging that cannot tell what anybody typed: set up before Rasa is imported.

Only the lines of this project (logger `routekaart`) are written as they are; they are codes and numbers. Of every other library only the
level, the logger's name, the line and the kind of exception are written, never a message or its arguments, at any level.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import MutableMapping
from typing import Any

OWN = "routekaart"


class CodesOnly(logging.Formatter):
    """Formats a record without anything that could hold a user's words."""

    def format(self, record: logging.LogRecord) -> str:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        if record.name == OWN or record.name.startswith(OWN + "."):
            text = record.getMessage()
        else:
            text = f"line {record.lineno}"
        return " ".join(part for part in (self.formatTime(record), record.levelname, record.name, text, kind) if part)


def _event_name(_: Any, __: str, event: MutableMapping[str, Any]) -> str:
    return "event"


def _not_shown(*_: Any, **__: Any) -> None:
    """A warning of a library is for who works on it; it may hold text, and it would drown what the user has to see."""


def configure(level: str | None = None) -> None:
    """Configure logging for the whole process; `level` defaults to `LOG_LEVEL`, else INFO."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
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
    handler.setFormatter(CodesOnly())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel((level or os.environ.get("LOG_LEVEL") or "INFO").upper())
    for noisy in ("apscheduler", "matplotlib", "asyncio", "rasa", "sanic", "tensorflow", "rasa_sdk", "absl", "h5py"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level) if root.level > logging.DEBUG else logging.DEBUG)
    for name in ("sanic.root", "sanic.error", "sanic.access"):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True


def logger(name: str = "") -> logging.Logger:
    """A logger of this project: write codes and numbers only."""
    return logging.getLogger(f"{OWN}.{name}" if name else OWN)
