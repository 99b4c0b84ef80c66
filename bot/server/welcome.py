"""How a conversation opens for who came in by a link: what the link is for, and the first words of the role. The same on page and widget."""

from __future__ import annotations

from bot.content.load import Content
from bot.server.links import Entry
from bot.server.page import Bubble

#: origin of a conversation that begins with the kindcheck -> the sentence that begins it
KINDCHECK = ("kindcheck", "kindcheck_begin")
#: roles that work with adults, and are offered the kindcheck at once (§3)
KINDCHECK_ROLES = ("huisarts", "wijkteam", "ander_beroep")


def welcome(content: Content, entry: Entry) -> list[Bubble]:
    """The messages behind the fixed opening words. The button sends a sentence of its own, which `beginning` knows."""
    local = content.maps.get(entry.gemeente)
    where = str(local.get("naam") or entry.gemeente) if local is not None else content.say("link_plaats_anders", entry.rol)
    functie = str(content.questions["rol"]["opties"][entry.rol]["titel"])
    text = content.say("link_opening", entry.rol, functie=functie, plaats=where)
    begin = content.say(KINDCHECK[1], entry.rol)
    buttons = [{"title": begin, "payload": begin}] if entry.rol in KINDCHECK_ROLES else []
    return [Bubble("routekaart", text, None, buttons)]


def beginning(content: Content, chosen: str) -> str | None:
    """The origin of a conversation that begins with this button; None for any other."""
    return KINDCHECK[0] if chosen and chosen in (content.say(KINDCHECK[1]), content.say(KINDCHECK[1], "huisarts")) else None
