"""`/l/<token>`: the page that a signed link opens, and what is shown for a link that opens nothing.

Opening is only looking: nothing is kept, counted or used up by it, so that a preview, a scanner of mail or a second reader changes nothing. The page
is the plain one with the role's opening words; its forms carry a session token in which the entry stands signed, never the link.
"""

from __future__ import annotations

from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.server.links import BadLink, Links, Reason
from bot.server.logs import logger
from bot.server.people import HEADERS, People, address

LOG = logger("links")
PATH = "/l"
#: why -> the text of `teksten.yml` and the status of the page
WORDS: dict[Reason, tuple[str, int]] = {
    Reason.EMPTY: ("link_leeg", 404),
    Reason.ALTERED: ("link_veranderd", 404),
    Reason.KEY: ("link_sleutel", 410),
    Reason.EXPIRED: ("link_verlopen", 410),
    Reason.REVOKED: ("link_ingetrokken", 410),
    Reason.OFF: ("link_uit", 404),
}


def is_link(path: str) -> bool:
    """Whether an address is that of a link."""
    return path == PATH or path.startswith(PATH + "/")


class LinkPages:
    """The page of a link. `people`: the channel whose conversations it begins."""

    def __init__(self, people: People, links: Links) -> None:
        self.people = people
        self.links = links

    def attach(self, app: Sanic) -> None:
        """Answer in a middleware: a token may hold anything, and a route would read it first."""

        async def opening(request: Request) -> HTTPResponse | None:
            if not is_link(request.path):
                return None
            if request.method not in ("GET", "HEAD"):
                return response.html(self.people.page.error("storing", 405), status=405, headers=HEADERS | {"Allow": "GET, HEAD"})
            if not await self.people.per_address.allow(address(request)):
                return response.html(self.people.page.error("te_snel", 429), status=429, headers=HEADERS)
            return self.open(request.path[len(PATH) + 1 :])

        app.register_middleware(opening, "request")

    def open(self, token: str) -> HTTPResponse:
        """The page of a token."""
        try:
            link = self.links.open(token)
        except BadLink as bad:
            return self.refused(bad)
        return self.people.first_page(link.entry, token)

    def refused(self, bad: BadLink) -> HTTPResponse:
        """The page for a link that opens nothing. The log gets the reason only."""
        LOG.info("not opened: %s", bad.reason.value)
        key, status = WORDS[bad.reason]
        return response.html(self.people.page.bad_link(key, status, bad.rol), status=status, headers=HEADERS)
