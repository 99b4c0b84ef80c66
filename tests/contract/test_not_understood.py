"""What is not understood gets a helpful choice, and every question can be answered by number, by word and by the title of a button."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.support import REPORT, ROADS, Talk, flaws, the, types, without_sender, words

ANSWERABLE = [q for q in ROADS if q != "toelichting"]


def test_not_understood_gives_a_choice(talk: Callable[..., Talk]) -> None:
    for text in ("nee", "weet ik niet", "ja hoor"):
        it = talk(rol="leerkracht")
        reply = it.say(text)
        assert it.open == "keuze", text
        assert len(it.options) >= 3
        assert "contact" not in types(reply), "only the second time"
        assert not flaws(reply)


def test_the_second_time_in_a_row_a_human_is_offered_too(talk: Callable[..., Talk]) -> None:
    it = talk(rol="leerkracht")
    first = it.say("nee")
    second = it.say("weet ik niet")
    assert it.open == "keuze"
    assert the(second, "contact")["id"] == "veilig_thuis"
    assert REPORT in words(second)
    assert words(first) != words(second), "not the same sentence twice in a row"


def test_being_understood_in_between_starts_the_count_again(talk: Callable[..., Talk]) -> None:
    it = talk(rol="leerkracht")
    it.say("nee")
    it.say("Kan ik anoniem blijven als ik bel?")
    reply = it.say("nee")
    assert it.open == "keuze"
    assert "contact" not in types(reply)


def test_it_is_never_stuck_in_not_understanding(talk: Callable[..., Talk]) -> None:
    it = talk(rol="leerkracht")
    for _ in range(6):
        it.say("nee")
        assert REPORT in words(it.reply) or it.open == "keuze"
    it.say("1")
    assert it.open == "toelichting"
    it.say("Een leerling is de laatste tijd erg stil")
    it.on()
    assert it.card is not None


def test_gibberish_never_ends_the_talk(talk: Callable[..., Talk]) -> None:
    for text in ("qwrtzx plmkj vbnm", "lkjh lkjh", "zzz", "1234567", "???", "..."):
        it = talk(rol="leerkracht")
        reply = it.say(text)
        assert not flaws(reply), text
        assert it.options or any(m.get("buttons") for m in reply), f"{text}: a choice"


@pytest.mark.parametrize("option", ["zorg_delen", "hulp_vragen", "contact_zoeken"])
def test_the_choice_can_be_made_by_button_by_number_and_by_title(talk: Callable[..., Talk], option: str) -> None:
    answers = []
    for form in ("payload", "number", "titel"):
        it = talk(rol="leerkracht")
        it.say("nee")
        place = [o["id"] for o in it.options].index(option)
        it.say({"payload": it.options[place]["payload"], "number": str(place + 1), "titel": it.options[place]["titel"]}[form])
        answers.append(without_sender(it.reply))
    assert answers[0] == answers[1] == answers[2]
    assert types(answers[0]) != ["vraag"] or answers[0][0]["custom"]["id"] != "keuze"


def test_asking_for_a_human_gives_one(talk: Callable[..., Talk]) -> None:
    it = talk(rol="leerkracht")
    it.say("nee")
    reply = it.say("mens")
    assert the(reply, "contact")["id"] == "veilig_thuis"


#: here a bare number is what it says, an age or how many children, and not the place of a button
NUMBERS = ("leeftijd", "kinderen")


@pytest.mark.parametrize("question", ANSWERABLE)
def test_every_answer_can_be_given_by_button_title_word_and_number(at: Callable[[str], Talk], question: str) -> None:
    options = at(question).options
    assert options
    for place, option in enumerate(options):
        pressed = at(question).press(option["id"])
        assert not flaws(pressed), f"{question}: {option['id']}"
        for typed in (option["titel"], option["id"], str(place + 1)):
            if typed.isdigit() and question in NUMBERS:
                continue
            said = at(question).say(typed)
            assert without_sender(said) == without_sender(pressed), f"{question}: {typed!r} is not {option['id']}"


def test_a_title_may_be_typed_without_its_capitals_and_dots(at: Callable[[str], Talk]) -> None:
    for question, typed, option in (
        ("acuut", "  WEET IK NIET. ", "weet_niet"),
        ("voortgang", "nog niets!", "niets"),
        ("bevestig_signalen", "klopt", "ja"),
    ):
        assert without_sender(at(question).say(typed)) == without_sender(at(question).press(option)), typed


def test_a_number_of_children_or_an_age_is_not_a_choice(at: Callable[[str], Talk]) -> None:
    assert without_sender(at("kinderen").say("2")) == without_sender(at("kinderen").press("ja")), "two children"
    assert without_sender(at("leeftijd").say("14")) == without_sender(at("leeftijd").press("13-17")), "fourteen years"


@pytest.mark.parametrize("question", ["acuut", "structureel", "onthulling", "kinderen_veilig", "steun", "hulp_aanvaard"])
def test_a_hedge_about_safety_is_not_knowing(at: Callable[[str], Talk], question: str) -> None:
    mild = {"acuut": "ik denk het niet", "structureel": "volgens mij niet", "onthulling": "ik denk het niet"}.get(
        question, "ja dat denk ik wel"
    )
    unknown = at(question).press("weet_niet")
    assert without_sender(at(question).say(mild)) == without_sender(unknown), mild


def test_a_story_at_a_question_is_not_taken_for_its_answer(at: Callable[[str], Talk]) -> None:
    it = at("voortgang")
    it.say("O ja, en hij komt ook vaak zonder eten op school en heeft altijd honger.")
    assert it.open == "voortgang"


def test_not_understood_halfway_gives_a_choice_and_an_answer_still_counts(at: Callable[[str], Talk]) -> None:
    it = at("voortgang")
    it.say("blauwgroen fietsbel kwadraat")
    assert it.open in ("keuze", "voortgang")
    it.say("nog niets")
    assert it.open not in ("keuze", "voortgang")
