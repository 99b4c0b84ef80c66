"""Everything that can be asked has an answer to the point: words of the field, ways of working, doubts, topics, signs, steps and talks.

Through `bot.dialogue` with messages as the pipeline would read them, without a server or a model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest

from bot.cards import FOLLOW_UPS, Card, Cards
from bot.content import load_content
from bot.core.situation import ROLES, Situation
from bot.dialogue.flow import next_step
from bot.dialogue.lookup import lookup
from bot.dialogue.reading import Message, read
from bot.dialogue.replies import replies
from bot.dialogue.state import State
from bot.nlu.organisations import read_organisations

CONTENT = load_content()
CARDS = Cards(CONTENT)
MAPS = frozenset(CONTENT.maps)
MOST = 80
EVERYONE = (*ROLES, None)
#: what was read is not worth much: the words have to do it
UNREAD = ("nlu_fallback", 0.1)
#: a question is open: the case of a bruise, its signs confirmed
ON_THE_WAY = State(gestart=True, verteld=True, bevestigd="ja", gemeente="dordrecht").with_(signalen=frozenset({"letsel"}))


def ask(
    text: str, intent: str = UNREAD[0], confidence: float = UNREAD[1], state: State | None = None, **read_as: Any
) -> tuple[State, list[Card]]:
    """The state after a message, and what is said."""
    organisations = tuple(found.id for found in read_organisations(text, CONTENT.organisation_words()))
    message = Message(f"m-{text}", text, intent, confidence, (intent,), organisations=organisations, **read_as)
    after = read(state or State(gemeente="dordrecht"), message, CONTENT.questions, MAPS)
    return after, replies(after, CARDS, organisations, message.step)


def said(text: str, *read_as: Any, **more: Any) -> dict[str, Any]:
    """The first card that a message gets."""
    cards = ask(text, *read_as, **more)[1]
    assert cards, f"nothing is said to {text!r}"
    return {"text": cards[0]["text"], **cards[0].get("custom", {})}


def count(text: str) -> int:
    """Words of a text; a dash or a dot between is none."""
    return sum(bool(re.search(r"\w", part)) for part in text.split())


def as_role(rol: str | None, state: State | None = None) -> State:
    """A state of somebody in this role."""
    return (state or State(gemeente="dordrecht")).with_(rol=rol)


# -- words of the field and ways of working ----------------------------------------------------------------------------------------

STRUCTURES = sorted(CONTENT.structures)
WORDS = sorted(set(CONTENT.terms) - set(STRUCTURES))


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("question", ["Wat is {}?", "wat doet {} eigenlijk", "Waar staat {} voor?"])
def test_every_way_of_working_is_explained_with_its_own_text(structure: str, question: str) -> None:
    row = CONTENT.structures[structure]
    for word in row["woorden"][:2]:
        card = said(question.format(word))
        assert card["type"] == ("contact" if row["organisatie"] else "antwoord")
        assert row["kort"].strip() in (card["taak"] if row["organisatie"] else card["text"])
        assert card["bronnen"]


def test_there_is_no_gap_in_the_ways_of_working() -> None:
    assert sorted(f"O{number}" for number in range(1, 19)) == STRUCTURES


@pytest.mark.parametrize("term", WORDS)
def test_every_word_of_the_glossary_is_explained(term: str) -> None:
    row = CONTENT.terms[term]
    word = max(row["woorden"], key=len)  # "wss" is more often "probably"
    card = said(f"Wat betekent {word}?", "taak_organisatie", 0.5)
    same = [t for t, other in CONTENT.terms.items() if word in other["woorden"]]
    if term in lookup().named_only:
        assert card["type"] == "contact" and card["id"] == row["organisatie"]
    elif row.get("antwoord"):
        assert card["vraag"] == row["antwoord"]
    else:
        assert any(CONTENT.terms[t]["uitleg"].strip() in card["text"] for t in same), card["text"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("wat is een MDA++", "Veilig Thuis leidt ernaartoe"),
        ("wat doet het veiligheidshuis", "Zorg- en Veiligheidshuis ZHZ"),
        ("wat is drang", "niet als dreigmiddel"),
        ("wat betekent onthulling", "vertelt zelf over onveiligheid"),
        ("Wat is ZSM-overleg?", "Openbaar Ministerie"),
        ("wat zijn duo's", "bellen elkaar"),
        ("huisverbod", "28 dagen"),
        ("Wat houdt bemoeizorg in?", "zorg mijden"),
    ],
)
def test_asked_in_plain_words(text: str, shown: str) -> None:
    assert shown in said(text)["text"]


@pytest.mark.parametrize(
    ("text", "organisation"), [("Waar staat OM voor?", "openbaar_ministerie"), ("Wat betekent GI?", "gecertificeerde_instelling")]
)
def test_an_abbreviation_that_is_also_a_word_counts_in_capitals(text: str, organisation: str) -> None:
    assert said(text, "buiten_bereik", 0.9)["id"] == organisation


def test_a_meaning_opens_no_case_and_counts_no_sign() -> None:
    after, cards = ask("Wat betekent onthulling?", "kind_vertelt", 0.9, affirmed=frozenset({"onthulling"}))
    assert not after.gestart and not after.situatie.signalen and after.situatie.onthulling is None
    assert cards[0]["custom"]["begrip"] == "disclosure"


def test_two_words_at_once_are_left_to_the_question_about_both() -> None:
    assert said("Wat is het verschil tussen drang en dwang?", "vraag_drang_dwang", 0.9)["vraag"] == "vraag_drang_dwang"


def test_a_question_that_only_names_an_organisation_stays_that_question() -> None:
    assert said("Wat doet Veilig Thuis met mijn melding?", "vraag_na_melding", 0.9)["vraag"] == "vraag_na_melding"
    assert said("Mag ik dit delen volgens de AVG?", "vraag_delen_info", 0.9)["vraag"] == "vraag_delen_info"


def test_an_organisation_that_was_read_is_looked_up_when_nothing_else_was() -> None:
    assert said("Wanneer schakel ik de huisarts in?", "buiten_bereik", 0.5)["id"] == "huisarts"
    assert said("Wanneer schakel ik leerplicht in?", "buiten_bereik", 0.5)["id"] == "leerplicht"


def test_what_is_not_confirmed_says_so() -> None:
    quiet = CONTENT.say("controleer_lokaal")
    for term, row in CONTENT.terms.items():
        if row.get("controleer_lokaal"):
            assert quiet in CARDS.term(State(gemeente="dordrecht"), term)["text"], term
    for talk, row in CONTENT.talks.items():
        assert (quiet in CARDS.talk(State(), "ouders", talk)["text"]) == row["controleer_lokaal"]


# -- doubts (§9) and topics --------------------------------------------------------------------------------------------------------

#: every doubt in plain words, the intent as it would be read (`UNREAD`: not at all), and the answer that has to come
DOUBTS: dict[str, tuple[str, tuple[str, float], str]] = {
    "D1": ("Stel dat ik me vergis?", ("vraag_fout", 0.9), "vraag_fout"),
    "D2": ("Dan ben ik het vertrouwen van de ouders kwijt", ("vraag_vertrouwen", 0.9), "vraag_vertrouwen"),
    "D3": ("Wordt hij dan uit huis geplaatst?", ("vraag_uithuisplaatsing", 0.9), "vraag_uithuisplaatsing"),
    "D4": ("Iemand anders zal dit toch al wel oppakken", ("vraag_wie_doet_het", 0.9), "vraag_wie_doet_het"),
    "D5": ("Het is maar een gevoel, moet ik het niet eerst zeker weten?", ("vraag_bewijs", 0.9), "vraag_bewijs"),
    "D6": ("Het zijn zulke aardige mensen", UNREAD, "twijfel_D6"),
    "D7": ("Mag dit wel van de privacywet?", ("vraag_delen_info", 0.9), "vraag_delen_info"),
    "D8": ("Ik heb toch een beroepsgeheim", ("vraag_beroepsgeheim", 0.9), "vraag_beroepsgeheim"),
    "D9": ("Ik wil anoniem blijven", ("vraag_anoniem", 0.9), "vraag_anoniem"),
    "D10": ("Krijg ik dan een klacht aan mijn broek?", ("vraag_gevolgen_mij", 0.9), "vraag_gevolgen_mij"),
    "D11": ("Straks wordt vader agressief tegen mij", UNREAD, "twijfel_D11"),
    "D12": ("Ik ben bang dat ik het erger maak voor hem", UNREAD, "twijfel_D12"),
    "D13": ("Ik weet echt niet wat ik moet zeggen", UNREAD, "twijfel_D13"),
    "D14": ("Er komt al hulp in dat gezin", ("vraag_eerder_gemeld", 0.9), "vraag_eerder_gemeld"),
    "D15": ("Er is vorig jaar al gemeld, dus dat is geregeld", ("vraag_eerder_gemeld", 0.9), "vraag_eerder_gemeld"),
    "D16": ("Veilig Thuis doet toch niets", UNREAD, "twijfel_D16"),
    "D17": ("Ik moest haar beloven niets door te vertellen", ("vraag_geheim", 0.9), "vraag_geheim"),
    "D18": ("Zo doen ze dat nu eenmaal in hun geloof", ("vraag_cultuur", 0.9), "vraag_cultuur"),
    "D19": ("Ik zie alleen de moeder, nooit het kind", ("vraag_kindcheck_uitleg", 0.9), "vraag_kindcheck_uitleg"),
    "D20": ("Ik heb hier gewoon geen tijd voor", UNREAD, "twijfel_D20"),
    "D21": ("Mijn directeur wil niet dat we iets doen", UNREAD, "twijfel_D21"),
    "D22": ("Ik ken die ouders al jaren goed", UNREAD, "twijfel_D22"),
    "D23": ("De ouders hadden een heel plausibel verhaal", UNREAD, "twijfel_D23"),
    "D24": ("Ik val hier maar een week in", UNREAD, "twijfel_D24"),
    "D25": ("Een melding voelt als verraad", UNREAD, "twijfel_D25"),
    "D26": ("Er is geen meldplicht, dus ik hoef toch niets?", ("vraag_meldplicht", 0.9), "vraag_meldplicht"),
    "D27": ("Ik kijk het nog even aan", UNREAD, "twijfel_D27"),
    "D28": ("Moeder wil niet dat ik ga melden", UNREAD, "twijfel_D28"),
    "D29": ("Ik heb advies gevraagd, dat is toch genoeg?", UNREAD, "twijfel_D29"),
}


def _id(card: dict[str, Any]) -> str:
    return str(card.get("antwoord") or card["vraag"])


def test_all_doubts_of_the_sheet_are_here() -> None:
    assert list(DOUBTS) == [f"D{number}" for number in range(1, 30)]
    assert {key for key in CONTENT.answers if key.startswith("twijfel_")} <= {answer for *_, answer in DOUBTS.values()}


@pytest.mark.parametrize("doubt", DOUBTS)
@pytest.mark.parametrize("rol", ROLES)
def test_every_doubt_is_answered_and_taken_seriously_first(doubt: str, rol: str) -> None:
    text, intent, answer = DOUBTS[doubt]
    card = said(text, *intent, state=as_role(rol))
    assert _id(card) == answer
    opening = re.split(r"(?<=[.?!])\s", card["text"])[0]
    assert not re.search(r"\d{3}|\bbel\b", opening.lower()), f"starts with what to do: {opening}"
    assert count(opening) <= 20


@pytest.mark.parametrize("doubt", [d for d, (*_, answer) in DOUBTS.items() if answer.startswith("twijfel_")])
def test_a_doubt_goes_before_a_question_that_was_read_badly(doubt: str) -> None:
    text, _, answer = DOUBTS[doubt]
    assert _id(said(text, "vraag_online", 0.5)) == answer
    home = CONTENT.answers[answer]["bij"][0]
    if home.startswith("vraag_"):
        assert _id(said(text, home, 0.95)) == answer, "also where the question it belongs to was read surely"


TOPICS = {
    "onderwerp_afwegingskader": "Welke vragen staan er in het afwegingskader?",
    "onderwerp_drietrap": "Wat is de drietrap van de Dordtse routekaart?",
    "onderwerp_escalatie": "Hoe ernstig is dit nu, code oranje of rood?",
    "onderwerp_drie_vragen": "Hoe vraag ik de school om informatie?",
    "onderwerp_advies_norm": "Waarom moet ik altijd advies vragen?",
    "onderwerp_informatieverzoek": "Veilig Thuis vraagt mij om gegevens van een patiënt",
    "onderwerp_casushouder": "Wie is hier nou de casushouder?",
    "onderwerp_eigen_netwerk": "Kan het eigen netwerk dit oplossen?",
    "onderwerp_veiligheidsafspraken": "Hoe maak ik een veiligheidsplan met ouders?",
    "onderwerp_opvoeden": "Hoe bespreek ik hun harde opvoeding?",
    "onderwerp_melding_vertellen": "Hoe vertel ik de ouders dat ik ga melden?",
    "onderwerp_kindcheck_gesprek": "Hoe vraag ik bij deze man naar zijn kinderen?",
    "onderwerp_kind_tegen_kind": "Ze speelden doktertje en één kind huilde",
    "onderwerp_vrijwilliger": "Ik ben vrijwilliger bij de scouting, wat moet ik doen?",
    "onderwerp_alarm": "Wat zijn de alarmsignalen?",
    "onderwerp_baby": "Een plek bij een baby, is dat erg?",
    "onderwerp_recent_misbruik": "Het misbruik was gisteren, mag ze douchen?",
    "onderwerp_ontvoering": "Vader dreigt met ontvoering naar het buitenland",
    "onderwerp_uitbuiting": "Ik denk aan een loverboy",
    "onderwerp_bellen_vt": "Wat vraagt Veilig Thuis mij dan?",
    "onderwerp_online_melden": "Kan ik melden via een formulier?",
    "onderwerp_inzage": "Mogen ouders de melding lezen?",
    "onderwerp_hulplijnen": "Welke nummers kan ik geven?",
    "onderwerp_cijfers": "Hoeveel kinderen worden mishandeld?",
    "onderwerp_wetgeving": "Is er een nieuwe wet voor de meldcode?",
    "onderwerp_getuige": "De kinderen merken er niks van",
    "onderwerp_personeel": "Geldt de meldcode ook bij een collega?",
}


@pytest.mark.parametrize("topic", sorted(key for key in CONTENT.answers if key.startswith("onderwerp_")))
def test_every_topic_is_reached_by_a_plain_question(topic: str) -> None:
    card = said(TOPICS[topic])
    row = CONTENT.answers[topic]
    if row.get("gesprek"):
        assert card["type"] == "gesprek" and card["openingszinnen"] == CONTENT.talks[row["gesprek"]]["openingszinnen"][:2]
    else:
        assert card["antwoord"] == topic and card["vraag"] == row["bij"][0]


@pytest.mark.parametrize("ladder", ["drietrap", "escalatie"])
def test_a_ladder_is_shown_with_all_its_rungs(ladder: str) -> None:
    card = CARDS.answer(State(), "onderwerp_" + ladder)["custom"]
    assert CONTENT.ladders[ladder]
    for rung in CONTENT.ladders[ladder]:
        assert rung["naam"] in card["meer"] and rung["uitleg"].strip() in card["meer"]


@pytest.mark.parametrize("question", ["vraag_drang_dwang", "vraag_geen_hulp"])
@pytest.mark.parametrize("rol", ["leerkracht", "wijkteam", "huisarts"])
def test_the_ladders_are_one_button_away(question: str, rol: str) -> None:
    offered = {b["payload"] for b in CARDS.answer(as_role(rol), question)["buttons"]}
    assert offered & {'/antwoord{"twijfel":"onderwerp_drietrap"}', '/antwoord{"twijfel":"onderwerp_escalatie"}'}


@pytest.mark.parametrize(
    "story",
    [
        "Ik kan het niet goed uitleggen, maar er klopt iets niet bij een leerling van mij. Het voelt niet goed.",
        "Ik heb al weken een niet-pluisgevoel over een leerling in mijn klas",
        "Bij een leerling zie ik telkens blauwe plekken op de rug.",
        "Moeder heeft nooit tijd voor hem en hij komt zonder brood",
        "Vader wordt agressief tegen de kinderen na het weekend",
        "Zijn cijfers gaan van 8 naar 4 en hij zegt niks meer",
        "Bij dit gezin kwam vroeger al jeugdzorg over de vloer.",
    ],
)
def test_a_plain_story_is_no_doubt_and_no_topic(story: str) -> None:
    asked = lookup().read(story)
    assert (asked.topic, asked.sign, asked.meaning) == (None, None, None)


def test_who_tells_of_a_child_is_heard_before_a_topic() -> None:
    after, cards = ask("Hij heeft blauwe plekken en een veiligheidsplan lag er al", "zorg_delen", 0.9, affirmed=frozenset({"letsel"}))
    assert after.afslag == "zorg_delen" and "letsel" in after.situatie.signalen
    assert cards


def test_a_doubt_in_a_story_is_answered_and_the_story_kept() -> None:
    after, cards = ask("Het zijn aardige mensen maar hij heeft weer plekken", "zorg_delen", 0.9, affirmed=frozenset({"letsel"}))
    assert cards[0]["custom"]["antwoord"] == "twijfel_D6"
    assert after.gestart and "letsel" in after.situatie.signalen and next_step(after) is not None


def test_danger_goes_before_any_word() -> None:
    for text in ("Wat is een huisverbod? Hij staat hier met een mes", "Ik heb geen tijd, ze bloedt", "Wat betekent onthulling?"):
        after, cards = ask(text, "acuut_gevaar", 0.9, danger=True)
        assert after.afslag == "nood" and cards[0]["custom"]["type"] == "nood"


def test_a_child_in_need_gets_the_lines_and_no_topic() -> None:
    after, cards = ask("ik ben 12 en durf niet, straks wordt hij boos op mij", "zelf_kind", 0.9)
    assert after.situatie.zelf == "kind" and "0800-0432" in cards[0]["text"]


# -- one sign ----------------------------------------------------------------------------------------------------------------------

SIGNS = {
    "honger": "Wat kan het betekenen als een peuter steeds honger heeft?",
    "kleding": "Kan zomerkleding in de winter ook iets anders zijn?",
    "agressief": "Is agressief gedrag een signaal?",
    "verzuim": "Waar kan vaak verzuim door komen?",
    "seksueel_gedrag": "Wat betekent het als een kleuter seksueel gedrag laat zien?",
    "vechtscheiding": "Wat kan er achter een vechtscheiding zitten?",
    "letsel_baby": "Kan een plek bij een baby ook iets anders zijn?",
    "suicidale_uiting": "Wat betekent het als een kind zegt dat het niet meer wil leven?",
}


@pytest.mark.parametrize("sign", SIGNS)
def test_what_a_sign_can_also_be_is_shown_where_it_is_asked(sign: str) -> None:
    card = said(SIGNS[sign], "vraag_signalen", 0.9)
    assert card["teken"] == sign and card["vraag"] == "vraag_signalen"
    assert (CONTENT.signs[sign].get("kan_ook") or "").strip() in card["text"]
    assert CONTENT.looking_up["tekens"][sign].get("alarm", "") in card["text"]


def test_every_sign_with_another_explanation_can_be_asked_for() -> None:
    assert {sign for sign, row in CONTENT.signs.items() if row.get("kan_ook")} <= set(SIGNS)
    assert set(CONTENT.looking_up["tekens"]) <= set(CONTENT.signs)


def test_the_signs_of_a_form_are_shown_with_the_form() -> None:
    for form, row in CONTENT.glossary["vormen"].items():
        card = said(f"Op welke signalen let ik bij {row['woorden'][0]}?", "vraag_signalen", 0.9)
        assert card["begrip"] == form and row["signalen"].strip() in card["text"]


# -- length, address, follow-ups ---------------------------------------------------------------------------------------------------

#: answers of the conversation itself, with as many ways on as they need
SMALL_TALK = {"begroeten", "bedanken", "afscheid", "frustratie", "buiten_bereik", "andere_taal", "oefenen", "hulp_vragen"}
ANSWERS = sorted(CONTENT.answers)


def _cards(rol: str | None, gemeente: str = "dordrecht") -> dict[str, Card]:
    """Every explanation for a role."""
    state = State(situatie=Situation(rol=rol), gemeente=gemeente)
    cards = {key: CARDS.answer(state, key) for key, row in CONTENT.answers.items() if not row.get("gesprek")}
    cards |= {f"stap {step}": CARDS.step(state, step) for step in range(1, 6)}
    cards |= {f"gesprek {talk}": CARDS.talk(state, "kind" if talk == "kind" else "ouders", talk) for talk in CONTENT.talks}
    cards |= {term: CARDS.term(state, term) for term in CONTENT.terms}
    cards |= {f"teken {sign}": CARDS.sign_meaning(state, sign) for sign in CONTENT.signs}
    return cards | {f"contact {org}": CARDS.contact_asked(state, org) for org in CONTENT.organisation_words()}


@pytest.mark.parametrize("rol", EVERYONE)
@pytest.mark.parametrize("gemeente", [*sorted(MAPS), "anders"])
def test_at_most_eighty_words_before_more(rol: str | None, gemeente: str) -> None:
    long = {key: count(card["text"]) for key, card in _cards(rol, gemeente).items() if count(card["text"]) > MOST}
    assert not long


def test_what_is_cut_off_is_behind_more() -> None:
    card = CARDS.contact(State(gemeente="anders"), "veilig_thuis")["custom"]
    row = CONTENT.organisation("veilig_thuis", "anders")
    assert f"{card['wanneer']} {card['meer']}" == row["wanneer"].strip() and card["meer"]
    talk = CARDS.talk(State(), "ouders")["custom"]
    for part in ("openingszinnen", "doen", "laten", "wanneer_niet"):
        assert [*talk[part], *talk["meer"][part]] == CONTENT.talks["ouders"][part]


def _addressed(text: str) -> set[str]:
    """Words of address outside what is quoted to be said to somebody else."""
    return set(re.findall(r"[a-zà-ÿ]+", re.sub(r'"[^"]*"|“[^”]*”', " ", text).lower()))


@pytest.mark.parametrize("rol", EVERYONE)
def test_a_doctor_is_addressed_with_u_and_others_with_je(rol: str | None) -> None:
    wrong = {"je", "jij", "jou", "jouw", "jullie"} if rol == "huisarts" else {"u", "uw", "uzelf"}
    for key, card in _cards(rol).items():
        if not key.startswith("gesprek "):
            assert not _addressed(card["text"]) & wrong, (key, card["text"])


def test_where_the_field_differs_the_answer_differs() -> None:
    differing = ("stap_uitleg", "vraag_meldplicht", "vraag_advies_of_melding", "vraag_signalen", "vraag_toestemming", "vraag_drang_dwang")
    for key in differing:
        school, doctor, nobody = (CARDS.answer(as_role(rol), key)["text"] for rol in ("leerkracht", "huisarts", "geen_beroep"))
        assert len({school, doctor, nobody}) == 3, key
    assert "KNMG" in CARDS.answer(as_role("huisarts"), "vraag_meldplicht")["text"]
    assert "houder" in CARDS.answer(as_role("kinderopvang"), "vraag_meldplicht")["text"]
    assert "aanbieder" in CARDS.answer(as_role("wijkteam"), "twijfel_D21")["text"]


def _lists() -> dict[str, Sequence[str]]:
    """Every list of follow-ups in the content."""
    spec = CONTENT.looking_up
    lists = {key: row["vervolg"] for key, row in (CONTENT.answers | CONTENT.terms).items() if row.get("vervolg")}
    for part in (spec["na_contact"]["per_organisatie"], spec["na_contact"]["per_kader"], spec["na_stap"], spec["na_gesprek"]):
        lists |= {str(key): row for key, row in part.items()}
    return lists | {"begrip": spec["na_begrip"], "teken": spec["na_teken"]}


@pytest.mark.parametrize("key", sorted(_lists()))
def test_every_follow_up_leads_somewhere(key: str) -> None:
    for wanted in _lists()[key]:
        assert wanted in CONTENT.answers or wanted in FOLLOW_UPS, f"{key}: {wanted}"
        assert CARDS.intent_button(State(), wanted), f"{key}: no words for {wanted}"
        assert wanted != key


@pytest.mark.parametrize("rol", EVERYONE)
def test_two_or_three_natural_next_things(rol: str | None) -> None:
    for key, card in _cards(rol).items():
        if key not in SMALL_TALK:
            assert 2 <= len(card.get("buttons", [])) <= 3, (key, [b["title"] for b in card.get("buttons", [])])


@pytest.mark.parametrize("key", [key for key in ANSWERS if key not in SMALL_TALK])
def test_on_the_way_a_follow_up_leaves_the_open_question_open(key: str) -> None:
    state = as_role("leerkracht", ON_THE_WAY)
    question = next_step(state)
    assert question is not None
    state = state.with_(open_vraag=question)
    card = replies(state.with_(afslag=key), CARDS)[0]
    assert 1 <= len(card["buttons"]) <= 2
    for row in card["buttons"]:
        after = read(state, _pressed(row["payload"]), CONTENT.questions, MAPS)
        assert next_step(after) == question and after.situatie == state.situatie, row
        assert replies(after, CARDS), row


def _pressed(payload: str) -> Message:
    intent, _, entities = payload.lstrip("/").partition("{")
    pairs = dict(re.findall(r'"(\w+)":"([^"]+)"', entities))
    return Message("b-" + payload, "", intent, 1.0, button=pairs, step=pairs.get("stap"))


def test_steps_lead_to_the_next_step() -> None:
    card = CARDS.step(as_role("leerkracht"), 2)
    first = card["buttons"][0]
    assert first["title"].endswith(CONTENT.steps[3]["titel"])
    after = read(State(), _pressed(first["payload"]), CONTENT.questions, MAPS)
    assert replies(after, CARDS, (), "3")[0]["custom"]["stap"] == 3


# -- talks -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("topic", [key for key, row in CONTENT.answers.items() if row.get("bij_onveilig")])
def test_where_a_talk_is_unsafe_it_is_neither_given_nor_offered(topic: str) -> None:
    unsafe = as_role("leerkracht", ON_THE_WAY).with_(signalen=frozenset({"uithuwelijking"}))
    assert replies(unsafe.with_(afslag=topic), CARDS)[0]["custom"]["vraag"] == CONTENT.answers[topic]["bij_onveilig"]
    everything = [b for key in ANSWERS for b in CARDS.follow_ups(unsafe, CONTENT.answers[key].get("vervolg", []))]
    assert not [b for b in everything if topic in b["payload"] or "gesprek_ouders" in b["payload"]]


def test_who_is_no_professional_is_not_sent_to_a_talk_with_the_parents() -> None:
    for key, card in _cards("geen_beroep").items():
        assert not [b for b in card.get("buttons", []) if re.search("gesprek_ouders|opvoeden|vertellen", b["payload"])], key


def test_one_way_to_talk_about_a_hard_upbringing_for_every_profession() -> None:
    talks = {rol: said("Hoe bespreek ik hun harde opvoeding?", "gesprek_ouders", 0.9, state=as_role(rol)) for rol in ROLES}
    assert len({tuple(talk["openingszinnen"]) for talk in talks.values()}) == 1
    assert talks["huisarts"]["titel"] == CONTENT.talks["opvoeden"]["titel"]
