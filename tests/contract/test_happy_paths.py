"""Whole conversations as they are meant to go: who ends where, after which questions, in own words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.support import GEVOEL, REPORT, Talk, buttons, custom, flaws, kind, leads_on, the, types, words

#: questions that do not count as deciding (contract: the emergency, the choice, the story and its reading back, the role)
FREE = ("bellen", "keuze", "toelichting", "bevestig_signalen", "rol")
MOST_QUESTIONS = 6


def deciding(talk: Talk) -> list[str]:
    """The deciding questions that were asked."""
    return [q for q in talk.asked if q not in FREE]


def test_a_vague_feeling_ends_at_the_internal_supervisor_this_week(talk: Callable[..., Talk]) -> None:
    it = talk(rol="leerkracht")
    it.say("pff misschien zoek ik er te veel achter, maar ik heb al een poos een niet pluis gevoel over een jongen in groep 5")
    assert it.open == "toelichting", "a feeling is enough to begin: what was seen is asked first"
    it.say("nee ik kan eigenlijk niets aanwijzen")
    it.on({"acuut": "nee, daar wijst niets op", "voortgang": "nog niet"})
    assert it.card is not None
    assert it.card["contact"] == "intern_begeleider"
    assert it.card["urgentie"] == "deze_week"
    assert it.card["melding_norm"] is False
    assert "veilig_thuis" in [row["contact"] for row in it.card["daarna"]]
    assert len(deciding(it)) <= MOST_QUESTIONS
    assert "bevestig_signalen" not in it.asked, "there were no signs to confirm"


def test_bruises_twice_and_not_knowing_is_veilig_thuis_today_and_the_norm(talk: Callable[..., Talk]) -> None:
    it = talk(rol="leerkracht")
    it.say(
        "vorige week had een leerling uit groep 7 een blauwe plek op haar wang, deze week eentje in haar hals. ze zegt dat ze is gevallen"
    )
    assert it.open == "bevestig_signalen"
    assert "letsel" in [s["id"] for s in the(it.reply, "signalen")["signalen"]]
    it.say("klopt")
    assert it.open == "acuut"
    it.say("weet ik niet")
    it.on({"onthulling": "nee", "voortgang": "nog niemand", "structureel": "weet ik niet"})
    assert it.card is not None
    assert (it.card["contact"], it.card["urgentie"], it.card["melding_norm"]) == ("veilig_thuis", "vandaag", True)
    assert REPORT in words(it.reply)
    assert "norm" in words(it.reply)
    assert len(deciding(it)) <= MOST_QUESTIONS


def test_a_child_that_cannot_go_home_gets_the_emergency_card_then_words_then_a_card_for_now(talk: Callable[..., Talk]) -> None:
    it = talk(rol="leerkracht")
    reply = it.say(
        "Er zit een meisje van 14 bij me te trillen. Ze durft straks niet naar huis, haar stiefvader zegt dat hij haar in elkaar slaat."
    )
    assert kind(reply[0]) == "nood"
    assert it.open == "bellen"
    reply = it.say("wat moet ik dan zeggen?")
    assert kind(reply[0]) is None, "what to say on the phone comes first"
    assert len(reply[0]["text"]) > 60
    assert it.card is not None
    assert it.card["urgentie"] == "nu"
    assert it.card["contact"] in ("veilig_thuis", "nood_112")
    assert it.card["stap"] is None
    assert not [b for b in buttons(reply) if "gesprek_ouders" in b], "where the talk with the parents is unsafe, no button suggests it"
    assert "nood" not in types(reply), "not repeated"


def test_calling_now_also_leads_to_a_card_for_now(talk: Callable[..., Talk]) -> None:
    it = talk(rol="kinderopvang")
    it.say("De vader staat nu bij de deur met een mes en schreeuwt dat hij iedereen vermoordt")
    it.press("ja")
    assert it.card is not None
    assert (it.card["contact"], it.card["urgentie"]) == ("nood_112", "nu")


def test_a_doctor_with_a_drinking_mother_does_the_kindcheck_and_asks_advice_today(talk: Callable[..., Talk]) -> None:
    it = talk(rol="huisarts")
    it.say(
        "Patiënte van 41 drinkt elke avond anderhalve fles wijn. Ze heeft twee kinderen van 4 en 7 en haar man zit veel in het buitenland."
    )
    assert "letsel" not in words(it.reply)
    it.on({"kinderen_veilig": "weet niet", "zwanger": "nee", "steun": "dat weet ik niet", "acuut": "weet_niet"})
    assert "kinderen" not in it.asked, "that there are children was told"
    assert "kinderen_veilig" in it.asked
    check = custom(it.reply, "kindcheck")
    assert check is not None
    assert check["zorg"] in (True, "onbekend")
    assert it.card is not None
    assert it.card["urgentie"] == "vandaag"
    assert it.card["contact"] in ("veilig_thuis", "vertrouwensarts"), "a doctor is not sent to a doctor"
    assert len(deciding(it)) <= MOST_QUESTIONS
    said = words(it.reply).lower()
    assert " u " in said or " uw " in said, "a doctor is addressed with u"


def test_help_refused_for_months_is_a_report_today(talk: Callable[..., Talk]) -> None:
    it = talk(rol="wijkteam")
    it.say(
        "Dit gezin weigert al acht maanden alle hulp en laat niemand binnen. De kinderen verzuimen veel en het huis is erg vervuild. "
        "Alles is al besproken met onze aandachtsfunctionaris."
    )
    read = [s["id"] for m in it.reply if kind(m) == "signalen" for s in m["custom"]["signalen"]]
    assert {"zorgmijdend", "verzuim", "vuil_huis"} <= set(read)
    it.on({"bevestig_signalen": "ja", "acuut": "nu niet", "structureel": "ja", "hulp_aanvaard": "nee", "voortgang": "overlegd"})
    assert "voortgang" not in it.asked, "that it was discussed with the officer was told"
    assert it.card is not None
    assert (it.card["contact"], it.card["urgentie"], it.card["melding_norm"]) == ("veilig_thuis", "vandaag", True)
    assert len(deciding(it)) <= MOST_QUESTIONS


def test_anger_is_never_a_dead_end(talk: Callable[..., Talk]) -> None:
    it = talk(rol="leerkracht")
    for text in ("wat een waardeloos rotding", "je snapt er echt helemaal niks van", "dit is zo'n slechte kutsite zeg", "laat maar"):
        reply = it.say(text)
        assert not flaws(reply)
        assert leads_on(reply), text
    reply = it.say("ik wil een mens spreken")
    assert the(reply, "contact")["id"] == "veilig_thuis"
    assert REPORT in words(reply)


def test_anger_halfway_keeps_the_question_that_was_open(at: Callable[[str], Talk]) -> None:
    it = at("acuut")
    it.say("wat een waardeloos rotding ben jij")
    assert leads_on(it.reply)
    assert it.open in ("acuut", "keuze")
    it.press("weet_niet") if it.open == "acuut" else it.say("weet ik niet")
    assert it.open != "acuut" or it.card


def test_a_child_in_trouble_gets_the_lines_meant_for_it_and_no_meldcode(talk: Callable[..., Talk]) -> None:
    it = talk()
    reply = it.say("ik ben 13 en mijn moeder slaat mij vaak")
    assert "nood" in types(reply) or "contact" in types(reply)
    assert "Kindertelefoon" in words(reply)
    assert "112" in words(reply)
    assert REPORT in words(reply)
    assert "meldcode" not in words(reply).lower()
    assert "intern begeleider" not in words(reply).lower()
    for card in [m["custom"] for m in reply if kind(m) == "routekaart"]:
        assert card["stap"] is None
        assert card["melding_norm"] is not True
    assert "rol" not in it.asked


def test_a_victim_and_an_overburdened_parent_get_their_lines_in_the_first_reply(talk: Callable[..., Talk]) -> None:
    for text in ("mijn man slaat mij als hij gedronken heeft", "ik ben bang dat ik mijn baby iets aandoe, ik kan niet meer"):
        reply = talk().say(text)
        assert "nood" in types(reply) or "contact" in types(reply), text
        assert REPORT in words(reply) or "112" in words(reply)


def test_talk_of_not_wanting_to_live_gets_113_and_a_person_today_at_once(talk: Callable[..., Talk]) -> None:
    reply = talk(rol="leerkracht").say("een leerling van 15 zei vandaag dat ze liever dood wil zijn")
    assert "113" in words(reply)
    assert "lijn_113" in [m["custom"]["id"] for m in reply if kind(m) == "contact"] or kind(reply[0]) == "nood"


def test_a_suspected_colleague_goes_to_the_board_and_never_to_the_parents_first(talk: Callable[..., Talk]) -> None:
    it = talk(rol="leerkracht")
    it.say("Ik heb het vermoeden dat een collega-docent een leerling seksueel misbruikt")
    it.on()
    assert it.card is not None
    assert it.card["contact"] == "bestuur_vertrouwensinspecteur"
    assert it.card["urgentie"] == "vandaag"
    assert it.card["stap"] is None
    assert "ouders" not in [row["contact"] for row in it.card["daarna"]]
    assert "/gesprek_ouders" not in buttons(it.reply)


def test_a_suspected_colleague_in_child_care_goes_to_the_owner(talk: Callable[..., Talk]) -> None:
    it = talk(rol="kinderopvang")
    it.say("Mijn collega op de groep slaat de kinderen, ik heb het zelf gezien")
    it.on()
    assert it.card is not None
    assert it.card["contact"] == "houder"


def test_nobody_is_sent_to_their_own_function(talk: Callable[..., Talk]) -> None:
    own = {
        "intern_begeleider": ("intern_begeleider", "zorgcoordinator"),
        "wijkteam": ("jeugdteam",),
        "jgz": ("jgz",),
        "huisarts": ("huisarts",),
    }
    for rol, functions in own.items():
        it = talk(rol=rol)
        it.say(GEVOEL)
        it.on()
        assert it.card is not None
        assert it.card["contact"] not in functions, rol
        assert not set(functions) & {row["contact"] for row in it.card["daarna"]}, rol


def test_secondary_education_gets_the_care_coordinator(talk: Callable[..., Talk]) -> None:
    it = talk(rol="leerkracht")
    it.say("Ik kan het niet goed uitleggen, maar er klopt iets niet bij een leerling van 15 uit mijn mentorklas. Het voelt niet goed.")
    it.on()
    assert it.card is not None
    assert it.card["contact"] == "zorgcoordinator"


def test_what_the_first_message_tells_is_not_asked_again(talk: Callable[..., Talk]) -> None:
    it = talk()
    it.say(
        "Ik ben pedagogisch medewerker op een kinderdagverblijf. Een peuter van 3 vertelde mij zelf dat papa haar slaat. "
        "Ik heb het al met mijn leidinggevende besproken."
    )
    if it.open == "bellen":
        it.press("geen_gevaar")
    it.on()
    assert not {"rol", "onthulling", "leeftijd", "verdachte"} & set(it.asked), it.asked
    assert it.card is not None
    assert it.card["urgentie"] in ("vandaag", "nu")


def test_a_role_and_a_worry_in_one_message_are_both_kept(talk: Callable[..., Talk]) -> None:
    it = talk()
    it.say("Ik ben juf van groep 5. Bij een leerling zie ik telkens blauwe plekken op de rug.")
    assert "letsel" in [s["id"] for s in the(it.reply, "signalen")["signalen"]]
    assert it.open in ("bevestig_signalen", "acuut", "bellen"), "what was seen was told"
    it.on({"acuut": "weet_niet"})
    assert not {"rol", "toelichting", "school_soort"} & set(it.asked)


def test_the_role_of_the_entry_is_not_asked(talk: Callable[..., Talk]) -> None:
    it = talk(rol="jgz")
    it.say("Bij een baby van acht weken is het huis vies")
    it.on()
    assert "rol" not in it.asked


def test_a_question_about_the_card_is_answered_and_the_card_is_not_given_again(at: Callable[[str], Talk]) -> None:
    it = at("acuut")
    it.on({"acuut": "weet_niet"})
    reply = it.say("wat als ik me vergis?")
    assert the(reply, "antwoord")["vraag"] == "vraag_fout"
    assert "routekaart" not in types(reply)


PLAIN = (
    "Ik maak me zorgen over een kind",
    "Ik maak me zorgen over een leerling, het voelt niet pluis",
    "Ik heb al weken een niet-pluisgevoel over een leerling in mijn klas",
    "Ik heb een onbestemd gevoel over een leerling",
    "Ik maak me zorgen over een gezin, het huis is erg vies",
    "Ik maak me zorgen over een leerling die steeds blauwe plekken heeft",
    "leerling groep 6 heeft weer een blauwe plek op zn arm",
    "een leerling in mijn klas is sinds de herfst heel stil en trekt zich terug",
    "een kind in mijn klas krijgt thuis klappen",
    "Een moeder drinkt te veel en zorgt niet goed voor haar kinderen",
)


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_worry_of_a_professional_opens_the_route(talk: Callable[..., Talk], text: str) -> None:
    it = talk(rol="leerkracht")
    reply = it.say(text)
    assert it.open in ("toelichting", "bevestig_signalen", "acuut", "bellen"), f"asks {it.open}: {words(reply)[:120]}"
    assert "niet jouw schuld" not in words(reply), "a professional is not spoken to as a child or a victim"
    assert "routekaart" not in types(reply), "no card before a question"
    it.on({"toelichting": "niets"})
    assert it.card is not None


def test_a_sign_at_school_does_not_become_a_report_without_asking_whether_it_goes_on(at: Callable[[str], Talk]) -> None:
    it = at("acuut")
    it.on({"acuut": "nee", "structureel": "nee"})
    assert "structureel" in it.asked, "the answer decides between talking with a colleague and reporting: it has to be asked"
    assert it.card is not None
    assert it.card["melding_norm"] is False


@pytest.mark.parametrize(
    "text",
    [
        "Ik ben huisarts",
        "ik werk op een school",
        "Goedemorgen",
        "wat kun je allemaal?",
        "bedankt",
        "wie moet ik bellen?",
        "ik wil een melding doen",
    ],
)
def test_no_first_message_is_a_dead_end(talk: Callable[..., Talk], text: str) -> None:
    reply = talk().say(text)
    assert not flaws(reply)
    assert leads_on(reply), words(reply)
