"""One server for the whole test session, from the trained model, on a free port with a random token and its log at DEBUG."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest

from tests.contract.support import Everything, Server, Talk, reach, running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The running program, with the contract open."""
    from tools.train import model_path

    if not model_path().exists():
        pytest.fail("There is no trained model for these sources. Run: make train", pytrace=False)
    with running(tmp_path_factory.mktemp("server"), token=secrets.token_urlsafe(24)) as started:
        yield started


@pytest.fixture(scope="session")
def seen() -> Everything:
    """All that is said in this session."""
    return Everything()


@pytest.fixture
def talk(server: Server, seen: Everything) -> Callable[..., Talk]:
    """Opens a new conversation: `talk(rol=...)`."""

    def open_(rol: str | None = None, gemeente: str | None = "dordrecht", sender: str | None = None) -> Talk:
        return Talk(server, seen, rol, gemeente, sender)

    return open_


@pytest.fixture
def at(server: Server, seen: Everything) -> Callable[[str], Talk]:
    """Opens a new conversation in which a question is open: `at("acuut")`."""
    return lambda question: reach(server, seen, question)
