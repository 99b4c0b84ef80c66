"""What a request must look like before anything else reads it. Sanic 21.12 is an old parser, and a strict door is safer than a patched house.

Refused with 400, and the connection is closed: an address that is none, control characters, a length that is not a plain number or stands there
twice, and a body in chunks. Without this a negative length stops the whole process, and a proxy and this server could disagree about where a
request ends, so that one visitor's words become part of another's.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from httptools import parse_url
from httptools.parser.errors import HttpParserError
from sanic import Sanic
from sanic.compat import Header
from sanic.http import Http

#: bytes of one line of a request's head, written or not
_LINE = re.compile(rb"[A-Z]{1,16} (/[!-~]*) HTTP/1\.[01]")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
#: as RFC 9110 has it: no control character but the tab
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
_LENGTH = re.compile(rb"[0-9]{1,9}")
#: read by this program, or by what it is built on: plain letters only
_PLAIN = re.compile(
    rb"accept|authorization|connection|content-.*|expect|forwarded|host|if-.*|origin|range|sec-fetch-.*|upgrade|x-forwarded-.*|x-routekaart.*"
)
#: a name with perhaps a port, and the address of a site; "null" is what a browser says of a page without one
_HOST = re.compile(rb"[A-Za-z0-9._:\[\]-]{0,255}")
_ORIGIN = re.compile(rb"null|[a-z][a-z0-9+.-]{0,30}://[A-Za-z0-9._:\[\]-]{0,255}")
_SITES = {b"host": _HOST, b"origin": _ORIGIN}
#: these mean something else when they stand there twice
_ONCE = frozenset({b"content-length", b"content-type", b"host", b"origin", b"authorization", b"expect"})


class BadHeadError(ValueError):
    """A request that is not well formed. Its text is a code: what was sent is never in it."""


def check(head: bytes) -> None:
    """Raises BadHeadError for the head of a request (without the empty line) that is not to be read any further."""
    line, *fields = head.split(b"\r\n")
    target = _LINE.fullmatch(line)
    if target is None:
        raise BadHeadError("line")
    try:
        parse_url(target[1])
    except HttpParserError:
        raise BadHeadError("address") from None
    seen: set[bytes] = set()
    for field in fields:
        name, colon, value = field.partition(b":")
        name = name.lower()
        if not colon or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise BadHeadError("field")
        if name == b"transfer-encoding" or (name in _ONCE and name in seen):
            raise BadHeadError("framing")
        if name == b"content-length" and not _LENGTH.fullmatch(value.strip(b" \t")):
            raise BadHeadError("length")
        if _PLAIN.fullmatch(name) and not value.isascii():
            raise BadHeadError("letters")
        if name in _SITES:
            _site(value.strip(b" \t"), _SITES[name])
        seen.add(name)


def _site(value: bytes, shape: re.Pattern[bytes]) -> None:
    """Raises BadHeadError for a host or an origin that cannot be one."""
    if not shape.fullmatch(value):
        raise BadHeadError("site")
    try:
        urlsplit(value if b"://" in value else b"//" + value)
    except ValueError:
        raise BadHeadError("site") from None


def _empty_request(http: Http) -> None:
    """What an error is answered to when there is no request: Sanic's own way reads the address again, and fails on one that is none."""
    protocol = http.protocol
    http.request = protocol.request_class(
        url_bytes=b"*", headers=Header({}), version="1.1", method="NONE", transport=protocol.transport, app=protocol.app
    )
    http.request.stream = http


def attach(app: Sanic) -> None:
    """Check every request. Anything raised while a head is read is answered by Sanic with 400."""

    async def look(head: bytes) -> None:
        check(head)

    Http.create_empty_request = _empty_request
    app.add_signal(look, "http.lifecycle.read_head")
