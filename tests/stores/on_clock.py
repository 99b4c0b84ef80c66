"""A real PostgreSQL on the clock of a test."""

from __future__ import annotations

from typing import Any

from bot.monitor.postgres import PostgresCounts
from tests.clock import Clock


def on_clock(url: str, clock: Clock) -> PostgresCounts:
    """PostgreSQL that reads its clock from the test's: `clock_timestamp` of its own schema is found before that of the system."""
    with_clock = PostgresCounts(url)
    real = with_clock._call

    def call(do: Any) -> Any:
        def hidden(db: Any) -> Any:
            db.rows(
                "SET search_path = nep, pg_catalog, public; CREATE SCHEMA IF NOT EXISTS nep; CREATE OR REPLACE FUNCTION nep.clock_timestamp() "
                "RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT '" + clock.moment.isoformat() + "'::timestamptz $$"
            )
            return do(db)

        return real(hidden)

    with_clock._call = call  # type: ignore[method-assign]
    return with_clock
