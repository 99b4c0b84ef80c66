"""Fixtures for all tests, and what could not be run said once more at the end."""

from __future__ import annotations

import pytest

from tests.engines import NOT_RUN, postgres_engine, postgres_url, redis_engine

__all__ = ["postgres_engine", "postgres_url", "redis_engine"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was not there to test with."""
    for name, why in sorted(NOT_RUN.items()):
        terminalreporter.write_line(f"could not run what needs {name}: {why}", yellow=True)
