"""What no browser sends: requests written byte by byte. Each is answered with a clear error or closed, and the server goes on."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import pytest

from bot.server.http_guard import BadHeadError, check
from tests.contract.support import Server, call

FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
#: a line that this program writes in its log: a time, a level, a logger and a code; or what it says at the start
OURS = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ [\w.]+( .*)?|Routekaart( is ready|:) .*")
MARK = "kwezelbrood"


def raw(server: Server, data: bytes, seconds: float = 10.0) -> bytes:
    """Send bytes as they are; everything that comes back until the other side closes, or has said a whole answer."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=seconds) as line:
        line.sendall(data)
        got = b""
        try:
            while piece := line.recv(65536):
                got += piece
                head, empty, body = got.partition(b"\r\n\r\n")
                length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
                if empty and length and len(body) >= int(length[1]):
                    break
        except (TimeoutError, ConnectionResetError):
            pass
    return got


def status(answer: bytes) -> int:
    """The status of an answer, 0 for none."""
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
    return int(found[1]) if found else 0


def post(*lines: bytes, path: bytes = b"/gesprek") -> bytes:
    """A POST with these header lines and the body `hi`."""
    return b"POST " + path + b" HTTP/1.1\r\nHost: x\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\nhi"


def get(target: bytes, *lines: bytes) -> bytes:
    """A GET with these header lines."""
    return b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


#: what a strict reader refuses: where a request ends must be beyond doubt, and an address must be one
REFUSED = {
    "negative length": post(b"Content-Length: -5"),
    "length with a sign": post(b"Content-Length: +2"),
    "length with an underscore": post(b"Content-Length: 0_2"),
    "length that is no number": post(b"Content-Length: abc"),
    "empty length": post(b"Content-Length: "),
    "huge length": post(b"Content-Length: 99999999999999999999"),
    "two lengths": post(b"Content-Length: 2", b"Content-Length: 5"),
    "the same length twice": post(b"Content-Length: 2", b"Content-Length: 2"),
    "space before the colon": post(b"Content-Length : 2"),
    "chunks": post(b"Transfer-Encoding: chunked"),
    "chunks in capitals beside a length": post(b"Content-Length: 2", b"Transfer-Encoding: Chunked"),
    "chunks beside a length": post(b"Content-Length: 2", b"Transfer-Encoding: chunked"),
    "another encoding": post(b"Transfer-Encoding: gzip, chunked"),
    "folded header": get(b"/", b"X-A: a", b" b"),
    "line feed in a header": get(b"/", b"Origin: http://a\nSet-Cookie: a=b"),
    "carriage return in a header": get(b"/", b"Origin: http://a\rSet-Cookie: a=b"),
    "nul in a header": get(b"/", b"X-A: a\x00b"),
    "header without a colon": get(b"/", b"geen"),
    "header without a name": get(b"/", b": waarde"),
    "bytes in the address": get(b"/\xff"),
    "bytes in the question": get(b"/routekaart?gemeente=\xff"),
    "bytes in a token": get(b"/status?token=\xff"),
    "an address that is none": get(b"http://["),
    "another host's address": get(b"http://elders.example/"),
    "a star": get(b"*"),
    "a tunnel": b"CONNECT elders.example:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "small letters": b"get / HTTP/1.1\r\nHost: x\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "another version": b"GET / HTTP/3.0\r\nHost: x\r\n\r\n",
    "two spaces": b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
    "http 2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 200 + b"\r\n\r\n",
    "bytes in the token of a widget": get(b"/", b"X-Routekaart: a\xff.b"),
    "bytes in the token of a team": get(b"/oefenen/mee", b"X-Routekaart-Team: a\xff.b"),
    "bytes in an authorization": get(b"/metrics", b"Authorization: Bearer \xff"),
    "an origin that is none": get(b"/", b"Origin: http://["),
    "an origin with a path": get(b"/", b"Origin: http://a/b"),
    "two origins": get(b"/", b"Origin: http://a", b"Origin: http://b"),
    "a host that is none": b"GET / HTTP/1.1\r\nHost: [\r\n\r\n",
    "markup in the host": b'GET /demo HTTP/1.1\r\nHost: "><script>\r\n\r\n',
    "two hosts": get(b"/", b"Host: y"),
}


@pytest.fixture(autouse=True)
def nothing_is_left(house: Server) -> Iterator[None]:
    """After each the server answers, and its log holds lines of its own only."""
    before = len(house.log())
    yield
    assert call(house, "GET", "/healthz").status == 200
    foreign = [line for line in house.log()[before:].splitlines() if line and not OURS.fullmatch(line)]
    assert not foreign, foreign[:3]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_well_formed_is_refused_before_it_is_read(house: Server, name: str) -> None:
    answer = raw(house, REFUSED[name])
    assert status(answer) == 400, answer[:80]
    assert b"Content-Security-Policy" in answer
    assert b"112" in answer, "the page still holds the numbers"
    assert b"Traceback" not in answer
    assert b"Set-Cookie" not in answer


def test_the_connection_is_closed_so_that_nothing_behind_it_counts_as_a_request(house: Server) -> None:
    answer = raw(house, post(b"Content-Length: +2") + get(b"/kindcheck"), 3.0)
    with socket.create_connection(("127.0.0.1", house.port), timeout=3) as line:
        line.sendall(post(b"Transfer-Encoding: Chunked", b"Content-Length: 2") + get(b"/kindcheck"))
        got = b""
        while piece := line.recv(65536):
            got += piece
    assert got.count(b"HTTP/1.1 ") == 1
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("not said what is expected", post(b"Expect: iets", b"Content-Length: 2"), 417),
        ("more than fits", post(b"Content-Length: 200000"), 413),
        ("a longer address than can be read", get(b"/" + b"a" * 20_000), 404),
        ("a made up method", b"NONE /model/train HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        ("trace", b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (
            "a socket",
            get(b"/", b"Upgrade: websocket", b"Connection: Upgrade", b"Sec-WebSocket-Key: aaaa", b"Sec-WebSocket-Version: 13"),
            200,
        ),
        ("no host", b"GET / HTTP/1.1\r\n\r\n", 200),
        ("an odd form", post(b"Content-Type: multipart/form-data", b"Content-Length: 2"), 200),
        ("a form in unknown letters", post(b"Content-Type: application/x-www-form-urlencoded; charset=zip", b"Content-Length: 2"), 200),
    ],
)
def test_what_is_odd_gets_a_page(house: Server, name: str, data: bytes, expected: int) -> None:
    answer = raw(house, data)
    assert status(answer) == expected, answer[:80]
    assert b"Traceback" not in answer


@pytest.mark.parametrize(
    "path",
    [
        "/static/", "/static/team", "/static/%00", "/static/" + "a" * 400, "/static/chat.css/x", "/static/chat.css/", "/static/..%2fapp.py",
        "/static/%2e%2e/app.py", "/static/%2fetc%2fpasswd", "/static/....//app.py", "/static/%ff", "/static/CHAT.CSS",
    ],
)  # fmt: skip
def test_only_the_files_that_are_there_are_served(house: Server, path: str) -> None:
    answer = call(house, "GET", path)
    assert answer.status == 404
    assert "112" in answer.text


def test_nothing_that_was_sent_comes_into_the_log(house: Server) -> None:
    before = len(house.log())
    for data in (
        get(b"http://[" + MARK.encode()),
        get(b"/" + MARK.encode() + b"?token=" + MARK.encode(), b"User-Agent: " + MARK.encode() + b"\r\nX: \x1b[31m"),
        post(b"Content-Type: application/x-www-form-urlencoded; charset=" + MARK.encode(), b"Content-Length: 2"),
        get(b"/l/" + MARK.encode()),
        MARK.encode() + b" / HTTP/1.1\r\n\r\n",
    ):
        raw(house, data, 3.0)
    with socket.create_connection(("127.0.0.1", house.port), timeout=5) as line:  # who hangs up in the middle
        line.sendall(b"POST /gesprek?token=" + MARK.encode() + b" HTTP/1.1\r\nHost: x\r\n" + FORM + b"Content-Length: 500\r\n\r\nbericht=")
    call(house, "GET", "/healthz")
    assert MARK not in house.log()[before:]


# -- the door by itself -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REFUSED)
def test_the_door_refuses_with_a_code_only(name: str) -> None:
    head = REFUSED[name].partition(b"\r\n\r\n")[0]
    with pytest.raises(BadHeadError) as error:
        check(head)
    assert str(error.value).isalpha()


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1:5005",
        b"GET /l/AbC-_%7E%3Cscript%3E?x=%22 HTTP/1.0",
        b"POST /gesprek HTTP/1.1\r\nHost: [::1]:5005\r\nOrigin: null\r\nContent-Length: 0",
        "GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: Ré\r\nCookie: naam=é\r\nAccept-Language: nl".encode(),
        b"POST /gesprek/zeg HTTP/1.1\r\nHost: x\r\nOrigin: https://school.example:8443\r\nContent-Length:  26 ",
    ],
)
def test_what_browsers_and_proxies_send_passes(head: bytes) -> None:
    check(head)
