"""Signed links: what opens, and above all what does not; with a clock that is moved by hand, and through the routes with an agent of cardboard."""

from __future__ import annotations

import asyncio
import base64
import csv
import io
import os
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content import load_content
from bot.core.situation import ROLES
from bot.server.link_routes import WORDS, is_link
from bot.server.links import (
    DAY,
    ID,
    KEYS_VARIABLE,
    MOST_SECONDS,
    REVOKED_VARIABLE,
    BadLink,
    Entry,
    Keys,
    Link,
    Links,
    LinkSetupError,
    Reason,
    Revoked,
)
from bot.server.sessions import Session, Sessions
from bot.server.welcome import KINDCHECK_ROLES, beginning, welcome
from bot.shelf.memory import MemoryShelf
from tests.clock import Seconds
from tools.link import main as link_main

#: a moment of the clock of a link
SINCE_1970 = 1_800_000_000.0
NEW, OLD, OTHER = ("0123456789abcdefghijklmnopqrstuv" + letter for letter in "NOX")
GP = Entry("huisarts", "dordrecht", "zorgmail")
URL_LETTERS = string.ascii_letters + string.digits + "-_"
NAMES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True)
ENTRIES = st.builds(Entry, st.sampled_from(ROLES), NAMES, NAMES)


def links(*keys: str, revoked: Revoked | None = None, clock: Seconds | None = None) -> Links:
    """With these keys, else with `NEW`."""
    return Links(Keys(keys or (NEW,)), revoked, clock or Seconds(SINCE_1970))


def refused(token: str, by: Links | None = None) -> Reason:
    """Why a token opens nothing; fails when it does open."""
    with pytest.raises(BadLink) as bad:
        (by or links()).open(token)
    return bad.value.reason


TOKEN, LINK = links().make(GP, 90 * DAY)


# -- what opens --------------------------------------------------------------------------------------------------------------------


@given(ENTRIES, st.integers(1, MOST_SECONDS))
def test_a_link_carries_what_was_put_in_it_and_nothing_else(entry: Entry, seconds: int) -> None:
    clock = Seconds(SINCE_1970)
    token, made = links(clock=clock).make(entry, seconds)
    assert links(clock=clock).open(token) == made == Link(entry, int(clock()), int(clock()) + seconds, made.id)
    assert ID.fullmatch(made.id)
    assert set(token) <= set(URL_LETTERS)
    assert token[-1] not in "-_", "a mail program may leave these off"
    body = base64.urlsafe_b64decode(token[:-43] + "=" * (-len(token[:-43]) % 4))
    assert body[19:].decode() == f"{entry.rol}|{entry.gemeente}|{entry.herkomst}"
    assert len(body) == 19 + len(entry.written())


def test_two_links_for_the_same_are_two_links() -> None:
    made = {links().make(GP, DAY)[1].id for _ in range(50)}
    assert len(made) == 50


def test_opening_uses_nothing_up() -> None:
    house = links()
    assert all(house.open(TOKEN) == LINK for _ in range(5))


# -- altered -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", range(len(TOKEN)))
def test_no_letter_can_be_another(place: int) -> None:
    for letter in URL_LETTERS.replace(TOKEN[place], ""):
        assert refused(TOKEN[:place] + letter + TOKEN[place + 1 :]) in (Reason.ALTERED, Reason.KEY)


@given(st.integers(0, len(TOKEN) - 1), st.integers(0, 7))
def test_no_bit_can_be_another(place: int, bit: int) -> None:
    data = bytearray(TOKEN.encode())
    data[place] ^= 1 << bit
    assert refused(data.decode("latin-1")) in (Reason.ALTERED, Reason.KEY)


@given(st.integers(0, len(LINK.entry.written()) + 18), st.integers(0, 7))
def test_no_bit_of_what_it_says_can_be_another(place: int, bit: int) -> None:
    data = bytearray(base64.urlsafe_b64decode(TOKEN[:-43] + "=" * (-len(TOKEN[:-43]) % 4)))
    data[place] ^= 1 << bit
    body = base64.urlsafe_b64encode(bytes(data)).decode().rstrip("=")
    assert refused(body + TOKEN[-43:]) in (Reason.ALTERED, Reason.KEY)


@given(st.integers(0, len(TOKEN) - 1))
def test_no_part_of_it_is_enough(length: int) -> None:
    assert refused(TOKEN[:length]) in (Reason.ALTERED, Reason.EMPTY)
    assert refused(TOKEN[length + 1 :]) in (Reason.ALTERED, Reason.EMPTY, Reason.KEY)


@given(st.integers(0, len(TOKEN)), st.text(min_size=1, max_size=5))
def test_nothing_can_be_put_in(place: int, extra: str) -> None:
    assert refused(TOKEN[:place] + extra + TOKEN[place:]) in (Reason.ALTERED, Reason.KEY)


@given(st.integers(0, len(TOKEN) - 1), st.integers(0, len(TOKEN) - 1))
def test_no_two_letters_can_change_places(one: int, other: int) -> None:
    letters = list(TOKEN)
    letters[one], letters[other] = letters[other], letters[one]
    if "".join(letters) != TOKEN:
        assert refused("".join(letters)) in (Reason.ALTERED, Reason.KEY)


@given(ENTRIES, st.integers(1, MOST_SECONDS))
def test_the_mark_of_one_link_does_not_fit_another(entry: Entry, seconds: int) -> None:
    other, _ = links().make(entry, seconds)
    assert refused(other[:-43] + TOKEN[-43:]) is Reason.ALTERED
    assert refused(TOKEN[:-43] + other[-43:]) is Reason.ALTERED


@given(st.text(max_size=300) | st.text(URL_LETTERS, min_size=60, max_size=260) | st.binary(max_size=300).map(lambda b: b.decode("latin-1")))
def test_anything_else_is_refused_without_an_exception_of_another_kind(text: str) -> None:
    assert refused(text) is not Reason.OFF


@pytest.mark.parametrize("size", [1_000, 64 * 1024, 1_000_000])
def test_a_huge_token_is_refused(size: int) -> None:
    assert refused("A" * size) is Reason.ALTERED
    assert refused(TOKEN + "A" * size) is Reason.ALTERED


def test_an_empty_one_is_said_to_be_empty() -> None:
    assert refused("") is Reason.EMPTY


def test_what_this_program_would_not_sign_is_refused_also_when_signed() -> None:
    entry = Entry("huisarts", "dordrecht", "zorgmail")
    object.__setattr__(entry, "rol", "burgemeester")
    token = Keys([NEW]).sign(Link(entry, 1_800_000_000, 1_900_000_000, "0" * 12))
    assert refused(token) is Reason.ALTERED


@pytest.mark.parametrize(
    "entry",
    [("koning", "dordrecht", "x"), ("huisarts", "", "x"), ("huisarts", "../..", "x"), ("huisarts", "Dordrecht", "x"),
     ("huisarts", "a" * 41, "x"), ("huisarts", "dordrecht", "Jan Jansen"), ("huisarts", "dordrecht", "a|b"), ("huisarts", "dordrecht", "")],
)  # fmt: skip
def test_an_entry_is_short_names_only(entry: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match=r"^(rol|gemeente|herkomst)$"):
        Entry(*entry)


# -- keys --------------------------------------------------------------------------------------------------------------------------


@given(st.text(URL_LETTERS, min_size=40, max_size=60).filter(lambda key: len(set(key)) >= 12 and key != NEW))
def test_another_key_never_opens_it(key: str) -> None:
    assert refused(TOKEN, links(key)) is Reason.KEY


def test_rotation() -> None:
    before = links(OLD).make(GP, 90 * DAY)[0]
    both = links(NEW, OLD)
    assert both.open(before).entry == GP, "the old key still verifies"
    after = both.make(GP, 90 * DAY)[0]
    assert links(NEW).open(after).entry == GP, "the first key signs"
    assert refused(before, links(NEW)) is Reason.KEY, "a key that was taken away opens nothing"
    assert refused(before, links(OTHER, NEW)) is Reason.KEY


def test_a_key_of_the_same_name_is_not_enough() -> None:
    """The id of the key is no secret: whoever writes it in a token still has no mark."""
    forged = links(OTHER).make(GP, DAY)[0]
    data = bytearray(base64.urlsafe_b64decode(forged[:-43] + "=" * (-len(forged[:-43]) % 4)))
    data[1:5] = Keys.name(NEW)
    assert refused(base64.urlsafe_b64encode(bytes(data)).decode().rstrip("=") + forged[-43:]) is Reason.ALTERED


def test_without_keys_there_are_no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in (None, "", " , "):
        if value is None:
            monkeypatch.delenv(KEYS_VARIABLE, raising=False)
        else:
            monkeypatch.setenv(KEYS_VARIABLE, value)
        house = Links.from_environment()
        assert refused(TOKEN, house) is Reason.OFF
        assert refused("", house) is Reason.OFF
        with pytest.raises(LinkSetupError, match=KEYS_VARIABLE):
            house.make(GP, DAY)


@pytest.mark.parametrize("keys", ["kort", NEW + ",kort", "x" * 40, "ab" * 30])
def test_a_weak_key_is_refused_at_the_start_and_it_says_what_to_mend(keys: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEYS_VARIABLE, keys)
    with pytest.raises(LinkSetupError) as error:
        Links.from_environment()
    assert KEYS_VARIABLE in str(error.value)
    assert "secrets.token_urlsafe" in str(error.value)
    assert all(key not in str(error.value) for key in keys.split(",")), "a key is never shown"


# -- time --------------------------------------------------------------------------------------------------------------------------


@given(st.integers(1, MOST_SECONDS), st.floats(0, 2 * MOST_SECONDS))
def test_it_opens_until_it_expires(seconds: int, later: float) -> None:
    clock = Seconds(SINCE_1970)
    house = links(clock=clock)
    token, link = house.make(GP, seconds)
    clock.now += later
    if clock.now < link.expires:
        assert house.open(token) == link
    else:
        assert refused(token, house) is Reason.EXPIRED


@pytest.mark.parametrize("seconds", [0, -1, MOST_SECONDS + 1])
def test_no_link_for_no_time_or_for_ever(seconds: int) -> None:
    with pytest.raises(ValueError, match="geldig"):
        links().make(GP, seconds)


# -- revoked -----------------------------------------------------------------------------------------------------------------------


def test_a_revoked_link_opens_nothing_from_the_moment_it_is_on_the_list(tmp_path: Path) -> None:
    path = tmp_path / "ingetrokken.txt"
    path.write_text("# niets\n\n", "utf8")
    house = links(revoked=Revoked(path))
    (token, link), (other, _) = house.make(GP, DAY), house.make(GP, DAY)
    assert house.open(token) == link
    path.write_text(f"# verloren mail\n{link.id.upper()}   # 2026-11-22\n", "utf8")
    assert refused(token, house) is Reason.REVOKED
    assert house.open(other).entry == GP
    path.write_text("", "utf8")
    assert house.open(token) == link, "and no longer than that"


def test_a_list_that_is_away_takes_nothing_back(tmp_path: Path) -> None:
    path = tmp_path / "ingetrokken.txt"
    path.write_text("", "utf8")
    house = links(revoked=Revoked(path))
    token, link = house.make(GP, DAY)
    path.write_text(link.id, "utf8")
    assert refused(token, house) is Reason.REVOKED
    path.unlink()
    assert refused(token, house) is Reason.REVOKED
    path.write_bytes(b"\xff\xfe")
    assert refused(token, house) is Reason.REVOKED
    path.write_text("", "utf8")
    assert house.open(token) == link


@pytest.mark.parametrize("text", [None, "geen id", "0123456789a", "ZZZZZZZZZZZZ", "0123456789ab 0123456789ab"])
def test_a_list_that_would_not_work_is_refused_at_the_start(text: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ingetrokken.txt"
    if text is not None:
        path.write_text(f"{LINK.id}\n{text}\n", "utf8")
    monkeypatch.setenv(REVOKED_VARIABLE, str(path))
    with pytest.raises(LinkSetupError, match=REVOKED_VARIABLE if text is None else "line 2"):
        Links.from_environment()


def test_revoked_is_said_before_expired_and_neither_to_who_has_no_genuine_link(tmp_path: Path) -> None:
    path, clock = tmp_path / "lijst", Seconds(SINCE_1970)
    path.write_text(LINK.id, "utf8")
    clock.now += 91 * DAY
    house = links(revoked=Revoked(path), clock=clock)
    assert refused(TOKEN, house) is Reason.REVOKED
    assert refused(TOKEN[:-1] + ("A" if TOKEN[-1] != "A" else "E"), house) is Reason.ALTERED


# -- what it becomes on the page ---------------------------------------------------------------------------------------------------


async def opened(sessions: Sessions, token: str) -> Session | None:
    """What a token opens at its first use."""
    async with sessions.hold(token, create=True) as held:
        return held.session


@given(ENTRIES)
def test_the_token_of_the_page_carries_the_entry_and_nobody_can_change_it(entry: Entry) -> None:
    sessions = Sessions(MemoryShelf(), "pagina")
    token = sessions.issue(entry)
    assert sessions.entry(token) == entry
    session = asyncio.run(opened(sessions, token))
    assert session is not None and session.link == entry
    assert (session.rol, session.gemeente, session.herkomst) == (entry.rol, entry.gemeente, entry.herkomst)
    value, _, mark = token.partition(".")
    for forged in (f"{value}x.{mark}", f"{value.partition('~')[0]}.{mark}", f"{value.partition('~')[0]}~{GP.written()}x.{mark}"):
        assert sessions.entry(forged) is None
        assert asyncio.run(opened(sessions, forged)) is None
    assert Sessions(MemoryShelf(), "pagina").entry(token) is None
    assert sessions.entry(sessions.issue()) is None


@pytest.mark.parametrize("rol", ROLES)
@pytest.mark.parametrize("gemeente", ["dordrecht", "zwijndrecht"])
def test_every_role_gets_opening_words(rol: str, gemeente: str) -> None:
    content = load_content()
    (bubble,) = welcome(content, Entry(rol, gemeente))
    assert "{" not in bubble.text
    assert str(content.questions["rol"]["opties"][rol]["titel"]) in bubble.text
    assert ("Dordrecht" in bubble.text) == (gemeente == "dordrecht")
    assert (content.say("link_plaats_anders") in bubble.text) == (gemeente != "dordrecht")
    assert ("vertrouwensarts" in bubble.text) == (rol == "huisarts")
    assert bool(bubble.buttons) == (rol in KINDCHECK_ROLES)
    assert all(beginning(content, button["payload"]) == "kindcheck" for button in bubble.buttons)


def test_every_reason_has_a_text_with_the_numbers_that_speaks_to_no_role() -> None:
    content = load_content()
    assert set(WORDS) == set(Reason)
    for key, status in WORDS.values():
        text = content.say(key)
        assert "112" in text
        assert "0800-2000" in text
        assert "zonder link" in text.lower()
        assert not {"je", "jouw", "u", "uw"} & set(text.lower().replace(".", " ").split()), "the role may be unknown"
        assert status in (404, 410)


@pytest.mark.parametrize(
    ("path", "link"), [("/l", True), ("/l/", True), ("/l/x/y", True), ("/", False), ("/lijst", False), ("/x/l/y", False), ("//l/x", False)]
)
def test_which_addresses_are_links(path: str, link: bool) -> None:
    assert is_link(path) is link


# -- the command -------------------------------------------------------------------------------------------------------------------

ONE = ["--rol", "huisarts", "--gemeente", "dordrecht", "--geldig", "90d", "--herkomst", "zorgmail"]


@pytest.fixture
def keyed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key and no list in the environment."""
    monkeypatch.setenv(KEYS_VARIABLE, NEW)
    monkeypatch.delenv(REVOKED_VARIABLE, raising=False)
    monkeypatch.delenv("PUBLIC_URL", raising=False)


@pytest.mark.usefixtures("keyed")
def test_the_command_prints_one_address(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert link_main(ONE) == 0
    out, err = capsys.readouterr()
    assert err == ""
    address = out.removesuffix("\n")
    assert "\n" not in address
    assert address.startswith("http://127.0.0.1:5005/l/")
    assert Links.from_environment().open(address.rsplit("/", 1)[1]).entry == GP
    monkeypatch.setenv("PUBLIC_URL", "https://routekaart.example/")
    assert link_main(ONE) == 0
    assert capsys.readouterr().out.startswith("https://routekaart.example/l/")


@pytest.mark.usefixtures("keyed")
@pytest.mark.parametrize(
    ("change", "said"),
    [(("--rol", "dokter"), "ROL=dokter"), (("--rol", ""), "ROL="), (("--gemeente", "Den Haag"), "GEMEENTE=Den Haag"),
     (("--herkomst", "Jan Jansen"), "HERKOMST=Jan Jansen"), (("--geldig", "90"), "GELDIG=90"), (("--geldig", "0d"), "GELDIG=0d"),
     (("--geldig", "367d"), "GELDIG=367d"), (("--geldig", "9999w"), "GELDIG=9999w")],
    ids=str,
)  # fmt: skip
def test_the_command_says_what_is_wrong(change: tuple[str, str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert link_main([*ONE, *change]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err


@pytest.mark.usefixtures("keyed")
def test_the_command_warns_where_there_is_no_map(capsys: pytest.CaptureFixture[str]) -> None:
    assert link_main([*ONE, "--gemeente", "zwijndrecht"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("http")
    assert "zwijndrecht" in err


def test_the_command_without_a_key_says_how_to_make_one(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("", "kort"):
        monkeypatch.setenv(KEYS_VARIABLE, value)
        assert link_main(ONE) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert "secrets.token_urlsafe" in err


@pytest.mark.usefixtures("keyed")
@pytest.mark.parametrize("separator", [",", ";"])
def test_a_batch_gives_a_link_for_each_row(separator: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lijst.csv"
    rows = ["rol,gemeente,herkomst,geldig,label", "huisarts,dordrecht,praktijk-1,90d,Praktijk Een", "wijkteam,arnhem,sociale-kaart,8w,"]
    path.write_text("\ufeff" + "\r\n".join(rows).replace(",", separator), "utf8")
    assert link_main(["--batch", str(path)]) == 0
    made = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    house = Links.from_environment()
    for row, entry in zip(made, (Entry("huisarts", "dordrecht", "praktijk-1"), Entry("wijkteam", "arnhem", "sociale-kaart")), strict=True):
        link = house.open(row["url"].rsplit("/", 1)[1])
        assert link.entry == entry
        assert row["id"] == link.id
    assert [row["label"] for row in made] == ["Praktijk Een", ""]


@pytest.mark.usefixtures("keyed")
def test_a_batch_with_a_mistake_makes_nothing_and_names_every_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lijst.csv"
    path.write_text("rol,gemeente,herkomst,geldig\nhuisarts,dordrecht,a,90d\ndokter,dordrecht,a,90d\nhuisarts,dordrecht,a,ooit\n", "utf8")
    assert link_main(["--batch", str(path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "Rij 3" in err
    assert "Rij 4" in err
    assert "Rij 2" not in err
    for text in ("rol,gemeente\n", "", "rol,gemeente,herkomst,geldig\n"):
        path.write_text(text, "utf8")
        assert link_main(["--batch", str(path)]) == 1
    assert link_main(["--batch", str(tmp_path / "weg.csv")]) == 1
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("keyed")
def test_a_link_can_be_read_back(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert link_main(ONE) == 0
    address = capsys.readouterr().out.strip()
    link = Links.from_environment().open(address.rsplit("/", 1)[1])
    for given_ in (address, address.replace("/l/", "/chat?link=")):
        assert link_main(["--lees", given_]) == 0
        assert link.id in capsys.readouterr().out
    assert link_main(["--lees", address + "x"]) == 1
    assert link.id not in capsys.readouterr().out, "nothing of a link that is not ours is believed"
    path = tmp_path / "lijst"
    path.write_text(link.id, "utf8")
    monkeypatch.setenv(REVOKED_VARIABLE, os.fspath(path))
    assert link_main(["--lees", address]) == 1
    assert "ingetrokken" in capsys.readouterr().out
