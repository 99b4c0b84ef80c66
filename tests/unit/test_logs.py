"""The log tells codes and places, never words: not of a message, an argument, an exception or another library."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.server.logs import CodesOnly, CodesOnlyJson, formatter, logger

WORD = "kwartelpad"


def line(name: str, message: str, *args: object, error: BaseException | None = None, form: CodesOnly | None = None) -> str:
    """A record as it would be written."""
    info = (type(error), error, None) if error else None
    return (form or CodesOnly()).format(logging.LogRecord(name, logging.DEBUG, "pad.py", 42, message, args, info))


@pytest.mark.parametrize("name", ["rasa.core.processor", "sanic.error", "asyncio", "root", "routekaartje", "xroutekaart.y"])
def test_of_another_library_only_the_place_is_written(name: str) -> None:
    written = line(name, f"Received '{WORD}' %s", WORD)
    assert WORD not in written
    assert written.endswith(f"DEBUG {name} line 42")


def test_of_an_exception_only_the_kind_is_written() -> None:
    for name in ("rasa.core.processor", "routekaart.gesprek"):
        written = line(name, "failed", error=ValueError(WORD))
        assert WORD not in written
        assert "ValueError" in written
        assert "\n" not in written


def test_the_lines_of_this_project_are_written() -> None:
    assert line("routekaart.gesprek", "turn failed: %s", "KeyError").endswith("DEBUG routekaart.gesprek turn failed: KeyError")
    assert logger().name == "routekaart"
    assert logger("server").name == "routekaart.server"


def test_a_record_with_a_stack_is_one_line() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(CodesOnly())
    log = logging.getLogger("iets.anders")
    log.addHandler(handler)
    log.propagate = False
    try:
        try:
            raise KeyError(WORD)
        except KeyError:
            log.exception("mis met %s", WORD, stack_info=True)
        log.error("%s %s", WORD)  # wrong number of arguments: must not come out another way
    finally:
        log.removeHandler(handler)
    assert WORD not in stream.getvalue()
    assert len(stream.getvalue().splitlines()) == 2


def test_json_tells_the_same_as_text_in_fields() -> None:
    written = line("routekaart.gesprek", "turn failed: %s", "KeyError", form=CodesOnlyJson())
    told = json.loads(written)
    assert list(told) == ["time", "level", "logger", "text"]
    assert told["time"].endswith("Z") and told["time"][10] == "T"
    assert (told["level"], told["logger"], told["text"]) == ("DEBUG", "routekaart.gesprek", "turn failed: KeyError")
    other = json.loads(line("rasa.core.processor", f"Received {WORD}", error=ValueError(WORD), form=CodesOnlyJson()))
    assert (other["text"], other["kind"]) == ("line 42", "ValueError")


@pytest.mark.parametrize("name", ["rasa.core.processor", "sanic.error", "asyncio", "root", "routekaartje", "xroutekaart.y"])
def test_json_tells_no_words_either(name: str) -> None:
    assert WORD not in line(name, f"Received '{WORD}' %s", WORD, error=KeyError(WORD), form=CodesOnlyJson())


def test_a_line_of_json_is_one_line_whatever_stands_in_it() -> None:
    odd = 'een\ntwee\r"drie"\u2028{"level": "DEBUG"}\x00'
    written = line("routekaart.proef", "%s", odd, form=CodesOnlyJson())
    assert len(written.split("\n")) == 1
    assert json.loads(written)["text"] == odd


def test_the_environment_chooses_the_form() -> None:
    assert isinstance(formatter({"ROUTEKAART_LOG": "json"}), CodesOnlyJson)
    for other in ({}, {"ROUTEKAART_LOG": ""}, {"ROUTEKAART_LOG": "text"}):
        assert type(formatter(other)) is CodesOnly


PROGRAM = f"""
from bot.server import logs
logs.configure()
import asyncio, logging, threading, warnings
import structlog
import rasa.core.processor, rasa.core.tracker_store, rasa.core.channels.rest
import sanic.log

logging.getLogger("rasa.core.processor").debug("Received %s", "{WORD}")
structlog.get_logger().debug("processor.message", text="{WORD}")
structlog.get_logger("rasa").error("{WORD}", exc_info=ValueError("{WORD}"))
sanic.log.logger.error("{WORD}")
sanic.log.error_logger.error("{WORD}", exc_info=ValueError("{WORD}"))
sanic.log.access_logger.info("{WORD}", extra={{"request": "{WORD}", "status": 200, "byte": 1, "host": "x"}})
warnings.warn("{WORD}")
try:
    raise RuntimeError("{WORD}")
except RuntimeError:
    logging.exception("{WORD}")

async def forgotten():
    raise ValueError("{WORD}")

async def main():
    task = asyncio.ensure_future(forgotten())
    await asyncio.sleep(0.01)
    del task
asyncio.run(main())
logs.logger("proef").warning("code %d", 7)
print("einde")
"""


def configured(form: str) -> str:
    """What a process writes in which everything is logged that could hold words."""
    environment = {
        **os.environ,
        "LOG_LEVEL": "DEBUG",
        "ROUTEKAART_LOG": form,
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "RASA_TELEMETRY_ENABLED": "true",
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-1500:]
    assert "einde" in done.stdout
    assert WORD not in done.stdout + done.stderr
    return done.stderr


def test_a_configured_process_writes_no_words_of_anybody() -> None:
    written = configured("text")
    assert "WARNING routekaart.proef code 7" in written
    assert "DEBUG rasa.core.processor line" in written
    assert "ERROR root line" in written
    assert "RuntimeError" in written


def test_a_process_that_writes_json_writes_nothing_else() -> None:
    told = [json.loads(row) for row in configured("json").splitlines()]
    assert {"time", "level", "logger", "text"} <= set.intersection(*(set(row) for row in told))
    assert ("WARNING", "routekaart.proef", "code 7") in {(row["level"], row["logger"], row["text"]) for row in told}
    assert any(row.get("kind") == "RuntimeError" for row in told)
