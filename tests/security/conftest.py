"""One server for these tests, with every door that exists open and one proxy in front."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from tests.contract.support import Server, running


@pytest.fixture(scope="session")
def known() -> dict[str, str]:
    """The secrets of the server, by what they open."""
    return {name: secrets.token_urlsafe(32) for name in ("api", "monitor", "metrics", "links")}


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, known: dict[str, str]) -> Iterator[Server]:
    """The running program."""
    more = {
        "ROUTEKAART_LINK_KEYS": known["links"],
        "ROUTEKAART_MONITOR_TOKEN": known["monitor"],
        "ROUTEKAART_METRICS_TOKEN": known["metrics"],
        "ROUTEKAART_PROXIES": "1",
    }
    with running(tmp_path_factory.mktemp("security"), token=known["api"], more=more) as started:
        yield started
