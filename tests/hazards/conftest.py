"""One server for the tests of this folder: its memory can be searched, and it has the switch that closes it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.contract.support import Server, running
from tests.hazards import memory

#: what starts a server whose memory can be searched
COMMAND = ("-m", "tests.hazards.memory")


@dataclass(frozen=True)
class House:
    """A running server. `folder`: where its memory is asked; `switch`: while this file exists it is closed."""

    server: Server
    folder: Path
    switch: Path


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Started from the trained model, with everything in its own memory."""
    from tools.train import model_path

    if not model_path().exists():
        pytest.fail("There is no trained model for these sources. Run: make train", pytrace=False)
    folder = tmp_path_factory.mktemp("house")
    switch = folder / "dicht"
    more = {memory.VARIABLE: str(folder), "ROUTEKAART_CLOSED_FILE": str(switch)}
    with running(folder / "server", secrets.token_urlsafe(24), COMMAND, more=more) as server:
        yield House(server, folder, switch)


@pytest.fixture(scope="session")
def server(house: House) -> Server:
    """The server itself."""
    return house.server
