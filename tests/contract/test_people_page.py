"""The page for people: a whole conversation as a plain form, without a script, a cookie or anything in the address."""

from __future__ import annotations

import threading
import time

import pytest

from bot.content import load_content
from tests.contract.page import Visitor
from tests.contract.support import DANGER, GEVOEL, LETSEL, REPORT, Server, call, letters

STORY = LETSEL


def plain(key: str) -> str:
    """A fixed text of the page, without its line breaks."""
    return " ".join(load_content().say(key).split())


@pytest.fixture
def visitor(server: Server) -> Visitor:
    """Somebody who opened the page."""
    return Visitor(server)


def test_the_page_opens_without_a_script(visitor: Visitor) -> None:
    assert visitor.answer.status == 200
    assert visitor.answer.headers["content-type"].startswith("text/html")
    page = visitor.page
    assert not [tag for tag, _ in page.tags if tag in ("script", "iframe", "object", "embed", "base")]
    assert not [name for _, given in page.tags for name in given if name.startswith("on") or name == "style"]
    assert not [
        given
        for tag, given in page.tags
        if tag in ("img", "link", "form")
        and (given.get("src") or given.get("href") or given.get("action") or "").startswith(("http", "//"))
    ]
    assert page.forms["gesprek"].method == "post"


def test_the_page_says_what_it_is_before_anything_is_asked(visitor: Visitor) -> None:
    text = visitor.page.text
    assert "Geen mens" in text
    assert "geen melding" in text
    assert "Noem geen namen" in text
    assert "112" in text
    assert REPORT in text
    links = [given.get("href", "") for tag, given in visitor.page.tags if tag == "a"]
    assert "tel:112" in links
    assert "tel:08002000" in links


def test_the_style_of_the_page_is_there(server: Server, visitor: Visitor) -> None:
    styles = [given["href"] for tag, given in visitor.page.tags if tag == "link" and given.get("rel") == "stylesheet"]
    assert styles
    for address in styles:
        answer = call(server, "GET", address)
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/css")
        assert "http://" not in answer.text
        assert "https://" not in answer.text
        assert "@import" not in answer.text


def test_a_whole_conversation_with_the_form_ends_in_a_route_card(visitor: Visitor) -> None:
    visitor.say(STORY)
    answers = {"Klopt": "Klopt", "Weet ik niet": "Weet ik niet", "Nog niets": "Nog niets"}
    for _ in range(10):
        if "routekaart" in visitor.page.cards:
            break
        assert visitor.answer.status == 200
        title = next((t for t in answers if t in visitor.page.choices), None) or next(iter(visitor.page.choices))
        visitor.press(title)
        assert visitor.page.said("gebruiker")[-1].split()[-1] == title.split()[-1], (
            "what was chosen is shown by its title, not by its payload"
        )
    assert "routekaart" in visitor.page.cards
    assert "Veilig Thuis" in visitor.page.text
    assert REPORT in visitor.page.text
    assert "/antwoord" not in visitor.page.text
    assert "?" not in visitor.page.forms["gesprek"].action, "nothing of the conversation is in the address"


def test_answers_can_be_typed_in_the_form(visitor: Visitor) -> None:
    for text in (STORY, "klopt", "weet ik niet", "leerkracht", "nog niets"):
        visitor.say(text)
    assert "routekaart" in visitor.page.cards
    assert len(visitor.page.said("gebruiker")) == 5


def test_danger_in_the_form_shows_the_emergency_card_first(visitor: Visitor) -> None:
    visitor.say(DANGER)
    assert visitor.page.cards[0] == "nood"
    assert "Ik bel" in visitor.page.choices


def test_only_the_buttons_of_the_last_reply_can_be_pressed(visitor: Visitor) -> None:
    visitor.say(STORY)
    first = set(visitor.page.choices.values())
    visitor.press("Klopt")
    assert first
    assert not first & set(visitor.page.choices.values())


def test_the_same_form_sent_twice_is_answered_once(visitor: Visitor) -> None:
    fields = visitor.filled(STORY)
    visitor.send(fields)
    once = visitor.page
    visitor.send(fields)
    assert visitor.answer.status == 200
    assert visitor.page.said("gebruiker") == once.said("gebruiker")
    assert len(once.said("gebruiker")) == 1
    assert visitor.page.choices == once.choices
    assert visitor.page.draft == ""


def test_a_double_click_is_answered_once(server: Server, visitor: Visitor) -> None:
    fields = visitor.filled(STORY)
    clicks = [Visitor(server) for _ in range(2)]
    threads = [threading.Thread(target=click.send, args=(fields,)) for click in clicks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {click.answer.status for click in clicks} <= {200, 429}
    time.sleep(0.2)
    visitor.send(fields)
    assert len(visitor.page.said("gebruiker")) == 1


@pytest.mark.parametrize(
    "token", ["", "x", "abc.def", "é.é", "." * 50, "x" * 20_000], ids=["none", "one", "shape", "accent", "dots", "long"]
)
def test_a_forged_token_opens_nothing_and_keeps_the_draft(visitor: Visitor, token: str) -> None:
    visitor.send({**visitor.filled("een heel verhaal dat niet weg mag"), "token": token})
    assert visitor.answer.status == 200
    assert visitor.page.draft == "een heel verhaal dat niet weg mag"
    assert visitor.page.alert.split() == load_content().say("verlopen").split()
    assert not visitor.page.said("gebruiker")
    visitor.say(visitor.page.draft)
    assert visitor.page.said("gebruiker"), "sending it again works"


def test_a_token_of_another_conversation_with_a_changed_signature_opens_nothing(server: Server, visitor: Visitor) -> None:
    visitor.say(STORY)
    value, _, signature = visitor.page.forms["gesprek"].fields["token"].partition(".")
    thief = Visitor(server)
    for token in (value, f"{value}.", f"{value}.{'0' * len(signature)}", f"{value}.{signature[:-1]}"):
        thief.send({**thief.filled("Hallo"), "token": token, "beurt": "1"})
        assert "blauwe plekken" not in thief.answer.text


def test_an_expired_conversation_keeps_the_draft(visitor: Visitor) -> None:
    fields = {**visitor.filled("dit wil ik niet nog eens typen"), "beurt": "7"}  # a page of a conversation that is not there any more
    visitor.send(fields)
    assert visitor.answer.status == 200
    assert visitor.page.draft == fields["bericht"]
    assert visitor.page.alert.split() == load_content().say("verlopen").split()


def test_a_draft_cannot_become_part_of_the_page(visitor: Visitor) -> None:
    evil = "</textarea><script>alert(1)</script>\"'><b>x"
    visitor.send({**visitor.filled(evil), "token": "x"})
    assert visitor.page.draft == evil
    assert not [tag for tag, _ in visitor.page.tags if tag in ("script", "b") and tag == "script"]
    fresh = Visitor(visitor.server)
    fresh.say(f"{evil} {LETSEL}")
    assert "<script" not in fresh.answer.text
    assert "alert(1)" in fresh.page.said("gebruiker")[0]


def test_too_long_keeps_the_draft_and_the_conversation(visitor: Visitor) -> None:
    visitor.say(STORY)
    draft = ("Elke dag is er wel iets met deze leerling. " * 60).strip()
    visitor.send(visitor.filled(draft))
    assert visitor.answer.status == 413
    assert visitor.page.draft == draft
    assert visitor.page.alert.split() == load_content().say("te_lang").split()
    assert len(visitor.page.said("gebruiker")) == 1
    visitor.press("Klopt")
    assert visitor.answer.status == 200
    assert len(visitor.page.said("gebruiker")) == 2


def test_empty_asks_for_a_few_words(visitor: Visitor) -> None:
    for text in ("", "   \n "):
        visitor.send(visitor.filled(text))
        assert visitor.answer.status == 200
        assert visitor.page.alert.split() == load_content().say("leeg").split()
        assert not visitor.page.said("gebruiker")


@pytest.mark.parametrize(
    "fields",
    [
        {"beurt": "-1"}, {"beurt": "x"}, {"beurt": "9" * 30}, {"beurt": "٣"}, {"rol": "koning"}, {"rol": "x" * 5000}, {"keuze": "/restart"},
        {"keuze": '/antwoord{"acuut":"nee"}'}, {"keuze": "x" * 5000}, {"gemeente": "../.."}, {"bericht": "\x00\x07"}, {"bericht": "😡"},
        {"bericht": "\u202eabc"},
    ],
    ids=str,
)  # fmt: skip
def test_odd_fields_never_end_in_an_error_page(visitor: Visitor, fields: dict[str, str]) -> None:
    visitor.send({**visitor.filled("Hallo"), **fields})
    assert visitor.answer.status in (200, 413)
    assert "gesprek" in visitor.page.forms, "there is a way on"
    assert "routekaart" not in visitor.page.cards


def test_a_form_that_is_none_is_answered_with_the_page(server: Server) -> None:
    for body, kind in (
        ("", "application/x-www-form-urlencoded"),
        ("{", "application/json"),
        ("--x", "multipart/form-data; boundary=x"),
        ("%ff%fe=%zz", "application/x-www-form-urlencoded"),
    ):
        answer = call(server, "POST", "/gesprek", body, {"Content-Type": kind})
        assert answer.status in (200, 400), kind
        assert "Traceback" not in answer.text
        assert "112" in answer.text


def test_stop_erases_the_conversation(visitor: Visitor) -> None:
    visitor.say(STORY)
    old = visitor.filled("en nu verder")
    visitor.leave("/stop")
    assert visitor.answer.status == 200
    assert plain("gestopt").split(".")[0] in visitor.page.text
    assert "blauwe plekken" not in visitor.answer.text
    assert "gesprek" not in visitor.page.forms, "the conversation is over"
    visitor.send(old, "/gesprek")
    assert "blauwe plekken" not in visitor.answer.text
    assert visitor.page.draft == "en nu verder"


def test_the_word_stop_erases_it_too(visitor: Visitor) -> None:
    visitor.say(STORY)
    old = visitor.filled("Hallo")
    visitor.say("stoppen")
    assert "gewist" in visitor.page.text
    assert "blauwe plekken" not in visitor.answer.text
    visitor.send(old, "/gesprek")
    assert "blauwe plekken" not in visitor.answer.text


def test_starting_over_erases_the_old_case(visitor: Visitor) -> None:
    visitor.say(STORY)
    old = visitor.filled("Hallo")
    visitor.leave("/opnieuw")
    assert visitor.answer.status == 200
    assert not visitor.page.said("gebruiker")
    assert "blauwe plekken" not in visitor.answer.text
    visitor.say("Hallo")
    assert "blauwe plekken" not in visitor.answer.text
    visitor.send(old, "/gesprek")
    assert "blauwe plekken" not in visitor.answer.text


def test_starting_over_in_words_clears_what_was_shown(visitor: Visitor) -> None:
    visitor.say(STORY)
    visitor.say("ik wil opnieuw beginnen")
    assert "blauwe plekken" not in visitor.answer.text, "nothing of the old case is kept, on the page neither"


def test_stop_and_start_over_with_a_forged_token_harm_nobody(server: Server, visitor: Visitor) -> None:
    visitor.say(STORY)
    for action in ("/stop", "/opnieuw"):
        Visitor(server).send({"token": "x.y", "beurt": "0"}, action)
    visitor.press("Klopt")
    assert "blauwe plekken" in visitor.answer.text


def test_two_conversations_do_not_mix(server: Server, visitor: Visitor) -> None:
    other, word = Visitor(server), "kwartel" + letters()
    visitor.say(f"{STORY} {word}")
    other.say(GEVOEL)
    assert word in visitor.answer.text
    assert word not in other.answer.text
    assert visitor.page.forms["gesprek"].fields["token"] != other.page.forms["gesprek"].fields["token"]


def test_fifty_messages_in_a_second_slow_down_one_conversation_only(server: Server, visitor: Visitor) -> None:
    other = Visitor(server)
    other.say(STORY)
    senders = [Visitor(server) for _ in range(5)]
    fields = visitor.filled("het zesde verhaal op rij")
    statuses: list[int] = []
    drafts: list[str] = []

    def hurry(sender: Visitor) -> None:
        for number in range(10):
            sender.send({**fields, "beurt": str(number)})
            statuses.append(sender.answer.status)
            if sender.answer.status == 429:
                drafts.append(sender.page.draft)
                assert sender.page.alert.split() == load_content().say("te_snel").split()

    threads = [threading.Thread(target=hurry, args=(s,)) for s in senders]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    answer = other.send(other.filled(choice=other.page.choices["Klopt"]))
    for thread in threads:
        thread.join()
    assert answer.status == 200, "another conversation goes on meanwhile"
    assert len(statuses) == 50
    assert set(statuses) <= {200, 429}
    assert statuses.count(429) >= 30, f"{statuses.count(429)} of 50 in {time.monotonic() - started:.1f} s"
    assert set(drafts) == {"het zesde verhaal op rij"}, "what was typed is kept"
    time.sleep(2.5)
    visitor.send({**fields, "beurt": visitor.page.forms["gesprek"].fields["beurt"]})
    assert visitor.answer.status == 200, "after a moment it goes on"
