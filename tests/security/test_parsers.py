"""Everything that reads what a stranger wrote, with whatever hypothesis can think of: it gives an answer or its own error, and nothing else."""

from __future__ import annotations

import asyncio
import json
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sanic.exceptions import SanicException

from bot.content import load_content
from bot.core.situation import ROLES
from bot.privacy.masking import mask
from bot.server import channels
from bot.server.channels import METADATA, READ_CHARACTERS, known_metadata, readable, same
from bot.server.http_guard import BadHeadError, check
from bot.server.links import DAY, BadLink, Entry, Keys, Links
from bot.server.sessions import Session, Sessions
from bot.server.team_rooms import NoRoomError, Rooms
from bot.server.widget_routes import MOST_BYTES, _body
from bot.server.widget_schools import Schools
from bot.shelf.memory import MemoryShelf
from bot.shelf.seal import BrokenSeal, Name, Seal

KEY = "een-lange-sleutel-0123456789-ABCDEFGHIJ"
SECRET = "een-lang-geheim-0123456789-ABCDEFGHIJK"
#: any text, lone surrogates too: JSON can hold them
ANY = st.text(alphabet=st.characters(blacklist_categories=()), max_size=300)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY,
    lambda x: st.lists(x, max_size=4) | st.dictionaries(ANY, x, max_size=4),
    max_leaves=10,
)
MANY = settings(max_examples=200, deadline=None)


class _Request:
    """A request as far as its body is read."""

    def __init__(self, body: bytes) -> None:
        self.body = body


# -- links and session tokens -------------------------------------------------------------------------------------------------------


@MANY
@given(ANY)
@example("A" * 73)
@example("~|~" * 30)
def test_a_link_opens_or_says_why_not(token: str) -> None:
    with pytest.raises(BadLink):
        Links(Keys([KEY])).open(token)


@MANY
@given(st.data())
def test_a_link_that_was_changed_anywhere_opens_nothing(data: st.DataObject) -> None:
    links = Links(Keys([KEY]))
    token, _ = links.make(Entry(data.draw(st.sampled_from(ROLES)), "dordrecht", "proef"), DAY)
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.characters().filter(lambda c: c != token[at]))
    with pytest.raises(BadLink):
        links.open(token[:at] + letter + token[at + 1 :])


@MANY
@given(ANY)
@example("a.b")
@example("~huisarts|dordrecht|x.b")
def test_a_token_that_was_not_issued_opens_nothing(token: str) -> None:
    sessions = Sessions(MemoryShelf(), "pagina")
    assert not sessions.genuine(token)
    assert sessions.entry(token) is None
    assert asyncio.run(sessions.look(token)) is None


@MANY
@given(st.data())
def test_a_token_that_was_changed_anywhere_opens_nothing(data: st.DataObject) -> None:
    sessions = Sessions(MemoryShelf(), "pagina", b"k" * 32)
    token = sessions.issue(Entry("huisarts", "dordrecht", "proef"))
    assert sessions.genuine(token)
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.characters().filter(lambda c: c != token[at]))
    assert not sessions.genuine(token[:at] + letter + token[at + 1 :])


@MANY
@given(st.builds(Session, sender=st.text(max_size=40), rol=st.none() | st.text(max_size=9), turn=st.integers(0, 10**6), reply=st.none() | st.dictionaries(st.text(max_size=5), st.text(max_size=20))))  # fmt: skip
def test_a_session_is_read_as_it_was_written(session: Session) -> None:
    assert Session.read(session.written()) == session


# -- codes of rooms -----------------------------------------------------------------------------------------------------------------


@MANY
@given(ANY, st.text(max_size=80))
def test_a_code_that_is_none_opens_no_room(code: str, once: str) -> None:
    with pytest.raises(NoRoomError):
        asyncio.run(Rooms(MemoryShelf(), {}).enter(code, once))


# -- bodies, payloads, metadata -----------------------------------------------------------------------------------------------------


@MANY
@given(st.binary(max_size=400) | JSON.map(lambda x: json.dumps(x).encode("utf8", "surrogatepass")))
@example(b"[" * 100_000)
@example(b'{"nummer": ' + b"9" * 15_000 + b"}")
@example(b'{"a": NaN}')
@example(b"\xef\xbb\xbf{}")
def test_a_body_is_an_object_or_refused(body: bytes) -> None:
    try:
        read = _body(_Request(body))  # type: ignore[arg-type]
    except SanicException as error:
        status = error.status_code
    else:
        status = 200
        assert isinstance(read, dict)
    assert status == (413 if len(body) > MOST_BYTES else status)
    assert status in (200, 400, 413)


@MANY
@given(JSON)
def test_metadata_is_cut_to_short_known_texts(data: object) -> None:
    found = known_metadata(data)
    assert set(found) <= set(METADATA)
    assert all(isinstance(value, str) and len(value) <= 80 for value in found.values())


@MANY
@given(ANY)
@example("\ud800")
@example("a" * 100_000)
@example("\u200b" * 50)
def test_a_text_becomes_one_that_can_be_read_and_kept(text: str) -> None:
    shown = readable(text)
    assert len(shown) <= READ_CHARACTERS + 50
    shown.encode("utf8")
    assert readable(shown) == shown or len(shown) >= READ_CHARACTERS


@MANY
@given(ANY.map(readable))
def test_masking_ends_and_says_the_same_twice(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@MANY
@given(st.from_regex(r"/{1,5}\s?[\w:. -]{0,50}(\{.{0,40}\})?", fullmatch=True))
@example("/" * 4000)
@example("/ " * 2000)
@example('/antwoord{"acuut":"nee"}')
def test_a_payload_that_was_not_offered_triggers_nothing(text: str) -> None:
    class Agent:
        async def parse_message(self, text: str) -> dict[str, object]:
            return {"gevaar": False}

    desk = channels.Desk(Agent())
    left = asyncio.run(desk._not_offered(text))
    assert left == channels.NOT_UNDERSTOOD or not left.startswith("/")


@MANY
@given(ANY)
def test_a_secret_is_compared_whatever_is_given(given_: str) -> None:
    assert same(given_, SECRET) is (given_ == SECRET)


# -- sites, heads, seals, content ---------------------------------------------------------------------------------------------------


@MANY
@given(ANY, ANY)
@example("https://school.example.", "x")
@example("https://SCHOOL.example", "x")
@example("https://school.example:443@vreemd.example", "x")
@example("null", "")
def test_a_site_that_is_not_on_the_list_speaks_for_no_school(origin: str, name: str) -> None:
    schools = Schools.read({"school": {"naam": "S", "herkomst": ["https://school.example"]}})
    assert not schools.listed(origin)
    found = schools.school(origin, "routekaart.example", name)
    assert found is None or not origin or "routekaart.example" in origin


@MANY
@given(st.binary(max_size=300))
@example(b"GET / HTTP/1.1\r\nContent-Length: -5")
def test_a_head_passes_or_is_refused(head: bytes) -> None:
    try:
        check(b"GET / HTTP/1.1\r\n" + head)
        passed = True
    except BadHeadError:
        passed = False
    assert passed in (True, False)
    if passed:
        assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", head)


@MANY
@given(ANY, st.text(max_size=200), st.binary(max_size=80))
def test_what_is_sealed_opens_under_its_own_name_only(name: str, text: str, junk: bytes) -> None:
    seal = Seal(SECRET)
    sealed = seal.close(Name("gesprek", name), text)
    assert seal.open(Name("gesprek", name), sealed) == text
    assert text.encode() not in sealed or len(text) < 4
    for other, box in (
        (Name("gesprek", name + "x"), sealed),
        (Name("pagina", name), sealed),
        (Name("gesprek", name), junk),
        (Name("gesprek", name), sealed[:-1]),
    ):
        with pytest.raises(BrokenSeal):
            seal.open(other, box)
    with pytest.raises(BrokenSeal):
        Seal(SECRET + "x").open(Name("gesprek", name), sealed)


@MANY
@given(ANY)
def test_an_unknown_municipality_or_role_has_words_all_the_same(text: str) -> None:
    content = load_content()
    assert content.municipality(text or None) in {*content.maps, "anders"}
    assert content.say("leeg", text)
