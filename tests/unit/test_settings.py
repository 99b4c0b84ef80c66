"""Settings: what is right is taken, what is wrong is named all at once with what to do, and no secret is repeated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import VARIABLES, Settings, SettingsError

ROOT = Path(__file__).resolve().parents[2]
SECRET = "Zq3x-9vT_kLm27Rb8sYw1NfHd5Gc6Pj4"


def wrong(**given: str) -> str:
    """What is said of settings that can't be used."""
    with pytest.raises(SettingsError) as told:
        Settings.from_environment(given)
    return str(told.value)


def test_without_anything_everything_stays_in_this_process() -> None:
    assert Settings.from_environment({}) == Settings()
    assert Settings.from_environment({"REDIS_URL": "", "PORT": " ", "ROUTEKAART_PROXIES": ""}) == Settings()


def test_what_is_set_is_taken(tmp_path: Path) -> None:
    model = tmp_path / "m.tar.gz"
    model.touch()
    given = {
        "HOST": "0.0.0.0", "PORT": "6000", "ROUTEKAART_PROXIES": "2", "ROUTEKAART_MODEL": str(model), "REDIS_URL": "redis://r/0",
        "ROUTEKAART_SECRET": SECRET, "ROUTEKAART_API_TOKEN": "t", "ROUTEKAART_CLOSED_FILE": str(tmp_path / "dicht"),
    }  # fmt: skip
    found = Settings.from_environment(given)
    assert found == Settings("0.0.0.0", 6000, 2, model, tmp_path / "dicht", "redis://r/0", SECRET, "t")


@pytest.mark.parametrize(
    ("given", "variable"),
    [
        ({"PORT": "duizend"}, "PORT"),
        ({"PORT": "0"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"ROUTEKAART_PROXIES": "-1"}, "ROUTEKAART_PROXIES"),
        ({"ROUTEKAART_PROXIES": "99"}, "ROUTEKAART_PROXIES"),
        ({"REDIS_URL": "localhost:6379", "ROUTEKAART_SECRET": SECRET}, "REDIS_URL"),
        ({"REDIS_URL": "redis://r/0"}, "ROUTEKAART_SECRET"),
        ({"REDIS_URL": "redis://r/0", "ROUTEKAART_SECRET": "kort"}, "ROUTEKAART_SECRET"),
        ({"ROUTEKAART_SECRET": "a" * 64}, "ROUTEKAART_SECRET"),
        ({"DATABASE_URL": "mysql://d"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://d", "ROUTEKAART_MONITOR_FILE": "x"}, "ROUTEKAART_MONITOR_FILE"),
        ({"PUBLIC_URL": "routekaart.example.nl"}, "PUBLIC_URL"),
        ({"EXIT_URL": "javascript:alert(1)"}, "EXIT_URL"),
        ({"ROUTEKAART_LOG": "xml"}, "ROUTEKAART_LOG"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
        ({"ROUTEKAART_MODEL": "/nergens/model.tar.gz"}, "ROUTEKAART_MODEL"),
        ({"ROUTEKAART_CLOSED_FILE": "/nergens/dicht"}, "ROUTEKAART_CLOSED_FILE"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(given: dict[str, str], variable: str) -> None:
    told = wrong(**given)
    assert variable in told
    assert told.count("\n") == 0
    assert told.rstrip().endswith((".", '"'))


def test_everything_that_is_wrong_is_said_at_once_and_no_secret_with_it() -> None:
    told = wrong(PORT="x", REDIS_URL="http://user:wachtwoord1@r", DATABASE_URL="http://u:wachtwoord2@d", ROUTEKAART_SECRET="geheimpje")
    assert len(told.splitlines()) == 4
    assert not re.search("wachtwoord|geheimpje", told)


def test_every_variable_that_the_program_reads_is_in_the_list_and_in_the_handbook() -> None:
    read = set()
    for path in sorted((ROOT / "bot").rglob("*.py")):
        text = path.read_text(encoding="utf8")
        read |= set(re.findall(r'environ\.get\(\s*"([A-Z_]+)"', text))
        read |= set(re.findall(r'_?VARIABLE = "([A-Z0-9_]+)"', text))
    assert read - set(VARIABLES) == set()
    handbook = (ROOT / "docs" / "beheer.md").read_text(encoding="utf8")
    assert [name for name in VARIABLES if f"`{name}`" not in handbook] == []


def test_closed_is_looked_at_each_time(tmp_path: Path) -> None:
    file = tmp_path / "dicht"
    settings = Settings(closed_file=file)
    assert not settings.closed()
    file.touch()
    assert settings.closed()
    file.unlink()
    assert not settings.closed()
    assert not Settings().closed()
