"""Signed links as a visitor opens them: the GP's journey starts at once, whatever is wrong gets the right page, and the token stays nowhere."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.content import load_content
from bot.core.situation import ROLES
from bot.server.links import DAY, KEYS_VARIABLE, REVOKED_VARIABLE, Entry, Keys, Links
from tests.contract.page import FORM, Page, Visitor
from tests.contract.support import Answer, Server, call, letters, running

GP = Entry("huisarts", "dordrecht", "zorgmail")
NEW, OLD, GONE = (secrets.token_urlsafe(32) for _ in range(3))
STORY = "Meisje van 5 met blauwe plekken op haar rug, ze krimpt weg als vader binnenkomt"
EXAMPLE = "https://dekastanje.example"
STRANGER = "https://vreemd.example"


@dataclass
class House:
    """A server that opens links signed with `NEW` or `OLD`, and its list of revoked links."""

    server: Server
    revoked: Path

    def link(self, entry: Entry = GP, key: str = NEW, seconds: int = 90 * DAY, before: float = 0) -> tuple[str, str]:
        """A token and its id, made `before` seconds ago."""
        token, link = Links(Keys([key]), clock=lambda: time.time() - before).make(entry, seconds)
        return token, link.id

    def open(self, token: str, method: str = "GET", **headers: str) -> Answer:
        """The page of a link."""
        return call(self.server, method, f"/l/{token}", headers={k.replace("_", "-"): v for k, v in headers.items()})

    def begin(self, **more: Any) -> Answer:
        """What the widget asks first; `Origin` among its arguments is a header."""
        origin = {"Origin": more.pop("origin")} if "origin" in more else {}
        return call(self.server, "POST", "/gesprek/begin", json.dumps(more), {"Content-Type": "text/plain", **origin})

    def visitor(self, token: str) -> Visitor:
        """Somebody without scripts who opened a link."""
        visitor = Visitor(self.server)
        visitor._show(self.open(token))
        return visitor


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The running program with keys."""
    folder = tmp_path_factory.mktemp("links")
    revoked = folder / "ingetrokken.txt"
    revoked.write_text("# nog niets\n", "utf8")
    keyed = {KEYS_VARIABLE: f"{NEW}, {OLD}", REVOKED_VARIABLE: os.fspath(revoked)}
    with running(folder / "server", token=secrets.token_urlsafe(24), more=keyed) as started:
        yield House(started, revoked)


def text_of(key: str) -> str:
    """A text as a page shows it."""
    return " ".join(load_content().say(key).split())


def squeezed(text: str) -> str:
    """Without spaces: a number in a text is a link of its own."""
    return "".join(text.split())


# -- the journey -------------------------------------------------------------------------------------------------------------------


def test_a_link_opens_the_journey_of_the_gp_at_once(house: House) -> None:
    token, _ = house.link()
    visitor = house.visitor(token)
    assert visitor.answer.status == 200
    page = visitor.page
    assert "rol" not in page.forms["gesprek"].fields
    assert not [tag for tag, _ in page.tags if tag == "select"], "the role is not asked"
    assert "vertrouwensarts" in page.text
    assert "Dordrecht" in page.text
    assert "Vertel wat u bezighoudt" in page.text
    assert list(page.choices) == [text_of("kindcheck_begin")]
    visitor.say(STORY)
    for _ in range(8):
        assert load_content().questions["rol"]["tekst"]["huisarts"] not in visitor.page.text
        if "routekaart" in visitor.page.cards:
            break
        visitor.press(next(iter(visitor.page.choices)))
    assert "routekaart" in visitor.page.cards
    assert " je " not in " ".join(visitor.page.said("routekaart")), "a doctor is addressed with u"
    assert not [tag for tag, _ in visitor.page.tags if tag == "select"]


def test_the_kindcheck_is_one_tap_away(house: House) -> None:
    visitor = house.visitor(house.link()[0])
    visitor.press(text_of("kindcheck_begin"))
    options = set(visitor.page.choices.values())
    assert any('"kinderen"' in payload or '"zwanger"' in payload for payload in options), visitor.page.text


@pytest.mark.parametrize("rol", ROLES)
def test_every_role_starts_without_being_asked_for_it(house: House, rol: str) -> None:
    visitor = house.visitor(house.link(Entry(rol, "dordrecht"))[0])
    assert visitor.answer.status == 200
    assert not [tag for tag, _ in visitor.page.tags if tag == "select"]
    visitor.say("Ik maak me zorgen over een kind")
    assert "rol" not in {given.get("name") for _, given in visitor.page.tags}
    assert not any('"rol"' in payload for payload in visitor.page.choices.values())


def test_the_municipality_of_the_link_counts(house: House) -> None:
    """Rotterdam and a place without a map, not the Dordrecht of the plain page."""
    names = {}
    for gemeente in ("dordrecht", "zwijndrecht"):
        visitor = house.visitor(house.link(Entry("huisarts", gemeente))[0])
        names[gemeente] = visitor.page.text
        visitor.say("wat doet het wijkteam")
        names[gemeente] += visitor.page.text
    assert "Sociaal Wijkteam Dordrecht" in names["dordrecht"]
    assert "Dordrecht" not in names["zwijndrecht"]
    assert text_of("link_plaats_anders") in names["zwijndrecht"]
    assert text_of("gemeente_anders") in names["zwijndrecht"], "the card says so too"


def test_starting_over_keeps_the_role(house: House) -> None:
    visitor = house.visitor(house.link()[0])
    visitor.say(STORY)
    visitor.leave("/opnieuw")
    assert "blauwe plekken" not in visitor.answer.text
    assert "vertrouwensarts" in visitor.page.text
    assert not [tag for tag, _ in visitor.page.tags if tag == "select"]


def test_a_conversation_that_was_erased_keeps_the_role_and_the_text(house: House) -> None:
    visitor = house.visitor(house.link()[0])
    visitor.send({**visitor.filled("hij is er nog"), "beurt": "3"})
    assert squeezed(load_content().say("verlopen", "huisarts")) in squeezed(visitor.page.text)
    assert visitor.page.draft == "hij is er nog"
    assert not [tag for tag, _ in visitor.page.tags if tag == "select"]
    visitor.send(visitor.filled("Ik maak me zorgen over een kind"))
    assert not any('"rol"' in payload for payload in visitor.page.choices.values())


def test_a_link_opens_as_often_as_it_is_used_and_every_visit_is_its_own(house: House) -> None:
    token, _ = house.link()
    first, second = house.visitor(token), house.visitor(token)
    assert first.page.forms["gesprek"].fields["token"] != second.page.forms["gesprek"].fields["token"]
    first.say(STORY)
    assert "blauwe plekken" not in house.open(token).text


# -- the token stays nowhere -------------------------------------------------------------------------------------------------------


def test_the_token_is_in_no_form_and_on_no_later_page(house: House) -> None:
    token, id_ = house.link()
    visitor = house.visitor(token)
    for form in visitor.page.forms.values():
        assert token not in json.dumps([form.action, form.fields, form.buttons])
        assert not form.action.startswith("/l")
    answers = [visitor.send(visitor.filled("  "))]
    answers += [visitor.say(STORY), visitor.say("nee")]
    answers += [visitor.leave("/opnieuw"), visitor.say(STORY), visitor.leave("/stop")]
    for answer in answers:
        assert answer.status == 200
        assert token not in answer.text
        assert id_ not in answer.text
        assert "/l/" not in answer.text
        assert "set-cookie" not in answer.headers
        assert token not in json.dumps(dict(answer.headers))


def test_headers_and_nothing_for_a_preview(house: House) -> None:
    token, _ = house.link()
    answer = house.open(token, User_Agent="WhatsApp/2.0")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "script" not in answer.headers["content-security-policy"]
    assert not {"set-cookie", "link", "location", "access-control-allow-origin"} & set(answer.headers)
    page = Page(answer.text)
    named = [given.get("property", "") + given.get("name", "") for tag, given in page.tags if tag == "meta"]
    assert not [name for name in named if name.startswith(("og:", "twitter:")) or name == "description"]
    assert [given for tag, given in page.tags if tag == "link" and given.get("rel") not in ("icon", "stylesheet")] == []
    assert "<title>Routekaart</title>" in answer.text, "a title tells nothing of a child, a doctor or a place"


def test_looking_starts_nothing(house: House) -> None:
    token, _ = house.link()
    head = house.open(token, "HEAD")
    get = house.open(token)
    assert (head.status, head.text) == (200, "")
    assert {k: v for k, v in head.headers.items() if k != "content-length"} == {
        k: v for k, v in get.headers.items() if k != "content-length"
    }
    for _ in range(5):
        house.open(token, "HEAD")
        house.open(token)
    assert house.open(token).status == 200
    for method in ("POST", "PUT", "DELETE"):
        answer = house.open(token, method)
        assert answer.status == 405
        assert "112" in answer.text
        assert token not in answer.text


def test_the_log_knows_no_token(house: House) -> None:
    token, id_ = house.link()
    broken = token[:-1] + ("A" if token[-1] != "A" else "E")
    house.visitor(token).say(STORY)
    house.open(broken)
    house.open(token, "POST")
    house.open("x" * 70_000)
    house.begin(link=token)
    house.begin(link=broken)
    call(house.server, "GET", f"/chat?link={token}")
    call(house.server, "GET", f"/l/{token}/../../x")
    log = house.server.log()
    assert "not opened: veranderd" in log, "the reason is there"
    for secret in (token, broken, token[:60], id_, NEW, OLD):
        assert secret not in log


# -- the right page ----------------------------------------------------------------------------------------------------------------


def assert_right(answer: Answer, key: str, status: int) -> None:
    """The page of this text, with what to do and the numbers."""
    page = Page(answer.text)
    assert answer.status == status
    assert squeezed(text_of(key)) in squeezed(page.text)
    hrefs = [given.get("href") for tag, given in page.tags if tag == "a"]
    assert {"tel:112", "tel:08002000", "/"} <= set(hrefs), "numbers and a way on without link"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "/l/" not in answer.text
    assert "Traceback" not in answer.text


def test_the_old_key_opens_and_a_removed_one_does_not(house: House) -> None:
    assert house.open(house.link(key=OLD)[0]).status == 200
    assert_right(house.open(house.link(key=GONE)[0]), "link_sleutel", 410)


def test_an_expired_link(house: House) -> None:
    token, _ = house.link(seconds=DAY, before=2 * DAY)
    assert_right(house.open(token), "link_verlopen", 410)
    assert_right(call(house.server, "GET", f"/chat?link={token}"), "link_verlopen", 410)


def test_a_revoked_link(house: House) -> None:
    token, id_ = house.link()
    assert house.open(token).status == 200
    house.revoked.write_text(f"# verstuurd naar de verkeerde praktijk\n{id_}\n", "utf8")
    assert_right(house.open(token), "link_ingetrokken", 410)
    assert house.begin(link=token).json["link"] == "ingetrokken"


@pytest.mark.parametrize("place", range(0, 120, 7))
def test_an_altered_link(house: House, place: int) -> None:
    token, _ = house.link()
    place %= len(token)
    altered = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
    answer = house.open(altered)
    key, status = ("link_sleutel", 410) if answer.status == 410 else ("link_veranderd", 404)
    assert_right(answer, key, status)


@pytest.mark.parametrize(
    "token",
    ["x", "%00", "%ff%fe", "..%2f..", "a/b/c", "<script>alert(1)</script>".replace("<", "%3C"), "%C3%A9" * 40, "A" * 8_000],
    ids=repr,
)
def test_no_link_at_all(house: House, token: str) -> None:
    assert_right(house.open(token), "link_veranderd", 404)


@pytest.mark.parametrize("size", [15_000, 64 * 1024, 300_000])
def test_a_huge_link(house: House, size: int) -> None:
    try:
        answer = house.open("A" * size)
    except (BrokenPipeError, ConnectionResetError):  # the server may hang up while the rest is still being sent
        return
    assert_right(answer, "link_veranderd", 404)


def test_an_empty_link(house: House) -> None:
    for path in ("/l", "/l/"):
        assert_right(call(house.server, "GET", path), "link_leeg", 404)


def test_without_keys_there_are_no_links_and_it_says_so(server: Server) -> None:
    token, _ = Links(Keys([NEW])).make(GP, DAY)
    for path in (f"/l/{token}", "/l/", f"/chat?link={token}"):
        assert_right(call(server, "GET", path), "link_uit", 404)


# -- from elsewhere ----------------------------------------------------------------------------------------------------------------


def test_a_link_may_be_opened_from_anywhere_but_read_from_nowhere(house: House) -> None:
    answer = house.open(house.link()[0], Origin=STRANGER, Sec_Fetch_Site="cross-site", Referer=STRANGER)
    assert answer.status == 200
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/gesprek", "/opnieuw", "/stop"])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_another_site_says_nothing_here(house: House, path: str, site: str) -> None:
    visitor = house.visitor(house.link()[0])
    word = "kwartel" + letters()
    fields = visitor.filled(f"{STORY} {word}")
    answer = call(house.server, "POST", path, urlencode(fields), {"Content-Type": FORM, "Sec-Fetch-Site": site, "Origin": STRANGER})
    assert answer.status == 403
    assert squeezed(text_of("andere_site")) in squeezed(Page(answer.text).text)
    assert word not in answer.text
    assert fields["token"] not in answer.text, "the conversation goes on in one nobody else knows"
    visitor.send(fields)
    assert word in visitor.answer.text, "of our own page it is read"


# -- the widget --------------------------------------------------------------------------------------------------------------------


def test_the_page_of_the_widget_holds_the_link_once(house: House) -> None:
    token, _ = house.link()
    answer = call(house.server, "GET", f"/chat?link={token}")
    page = Page(answer.text)
    assert answer.status == 200
    (element,) = [given for tag, given in page.tags if tag == "routekaart-chat"]
    assert element == {"rol": "huisarts", "gemeente": "dordrecht", "link": token}
    assert f"/l/{token}" in [given.get("href") for tag, given in page.tags if tag == "a"], "without script the plain page of the same link"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert f"/chat?link={token}" in [given.get("href") for tag, given in Page(house.open(token).text).tags if tag == "a"]


def test_the_widget_starts_as_the_link_says(house: House) -> None:
    begun = house.begin(link=house.link()[0], rol="leerkracht", gemeente="rotterdam")
    assert begun.status == 200
    data = begun.json
    assert (data["rol"], data["gemeente"], data["link"]) == ("huisarts", "dordrecht", "open")
    assert "vertrouwensarts" in data["berichten"][0]["text"]
    (button,) = data["berichten"][0]["buttons"]

    def say(number: int, **what: str) -> Any:
        body = json.dumps({"nummer": number, "rol": "leerkracht", "gemeente": "rotterdam", **what})
        return call(house.server, "POST", "/gesprek/zeg", body, {"X-Routekaart": data["token"], "Content-Type": "application/json"}).json

    first = say(1, keuze=button["payload"])
    assert first["rol"] == "huisarts", "what the link said stands, whatever is sent later"
    assert "kinderen" in json.dumps(first["berichten"])
    assert "jouw werk" not in json.dumps(first)


@pytest.mark.parametrize("link", ["", "x", "A" * 10_000, 12, None, ["a"]], ids=lambda link: repr(link)[:20])
def test_the_widget_says_what_is_wrong_and_goes_on_without(house: House, link: Any) -> None:
    data = house.begin(link=link, rol="leerkracht").json
    assert data["link"] in ("leeg", "veranderd")
    assert "0800-2000" in data["berichten"][0]["text"]
    assert data["rol"] == "leerkracht"
    assert data["token"]
    body = json.dumps({"nummer": 1, "bericht": "Hallo"})
    answer = call(house.server, "POST", "/gesprek/zeg", body, {"X-Routekaart": data["token"], "Content-Type": "application/json"})
    assert answer.status == 200


def test_too_much_for_the_widget(house: House) -> None:
    assert house.begin(link="A" * 64 * 1024).status == 413


def test_a_link_lets_no_other_website_in(house: House) -> None:
    token, _ = house.link()
    refused = house.begin(link=token, origin=STRANGER)
    assert refused.status == 403
    assert refused.json == {"fout": "herkomst"}
    assert house.begin(link=token, origin=EXAMPLE).json["rol"] == "huisarts", "a site on the list may"
