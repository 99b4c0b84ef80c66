"""The note over any conversation: plain, without names, nothing that the user did not confirm, nothing milder than the advice (§2.2, §2.4)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards import Cards
from bot.content import load_content
from bot.core.route import acute, advise
from bot.core.situation import IN_PRACTICE, ON_DUTY, OPTIONS, Situation
from bot.dialogue.state import State
from bot.note import WIDTH, Note, Part, plain, wrapped, write
from tests.situations import SIGNS, situations

CONTENT = load_content()
WORDS = CONTENT.note
MANY = settings(max_examples=500, deadline=None)
OPEN = WORDS["merk"]["open"] + ": "


@st.composite
def states(draw: st.DrawFn, rol: str | None = None) -> State:
    """A conversation that came to its card: some signs shown, some questions answered, some signs denied."""
    s = draw(situations())
    if rol:
        s = s.with_(rol=rol, zelf=None, eigen=draw(st.sampled_from([None, *IN_PRACTICE, *ON_DUTY])))
    shown = draw(st.lists(st.sampled_from(sorted(s.signalen)), unique=True)) if s.signalen else []
    answered = draw(st.lists(st.sampled_from([*OPTIONS, "bellen"]), unique=True))
    return State(
        situatie=s,
        getoond=tuple(shown),
        beantwoord=tuple(answered),
        bevestigd=draw(st.sampled_from([None, "ja", "nee"])),
        ontkend=tuple(draw(st.lists(st.sampled_from(SIGNS), max_size=3, unique=True))),
        kaart="x",
        gemeente=draw(st.sampled_from([None, "dordrecht", "anders"])),
    )


def made(state: State) -> Note:
    return write(CONTENT, state, advise(state.situatie))


def whole(text: str) -> str:
    """A text without its line breaks."""
    return text.replace("\n", " ")


def rows(parts: tuple[Part, ...]) -> list[str]:
    """The lines of a text before they are broken, in ASCII as there."""
    return [plain(str(row)) for part in parts for row in part.regels]


def title(sign: str) -> str:
    return plain(CONTENT.signs[sign]["titel"]).lower()


@MANY
@given(states())
def test_it_survives_secure_mail(state: State) -> None:
    note = made(state)
    for text in (note.tekst, note.kort):
        assert text and text.isascii()
        assert max(map(len, text.split("\n"))) <= WIDTH
        assert "{" not in text and "None" not in text and "\t" not in text
        assert text.count("[") == text.count("]")
        assert not any(line.count("[") != line.count("]") for line in text.split("\n")), "a placeholder is never broken"
        assert not re.search(r"^\s*[-*]", text, re.MULTILINE), "no bullets"
    assert note.titel and note.titel_kort


@MANY
@given(states())
def test_the_screen_shows_the_same_lines_and_only_a_known_thing_has_a_mark(state: State) -> None:
    note = made(state)
    marks = set(WORDS["merk"].values())
    for text, parts in ((note.tekst, note.delen), (note.kort, note.kort_delen)):
        shown = [line for part in parts for line in ([plain(part.kop)] if part.kop else []) + rows((part,))]
        assert whole(text).split() == " ".join(shown).split()
        assert all(part.regels for part in parts)
        for part in parts:
            for row in part.regels:
                assert row.merk in marks or (row.merk == "" and not row.tekst.startswith(tuple(f"{mark}:" for mark in marks)))


@MANY
@given(states())
def test_it_has_no_name_and_no_number_but_those_for_everyone(state: State) -> None:
    note = made(state)
    for text in (note.tekst, note.kort):
        assert "[datum]" in text and "[naam]" in text
        outside = re.sub(r"\[[^\]]*\]|0800-2000|112|113 Zelfmoordpreventie", "", text)
        assert not re.search(r"\d{3,}", outside)


@MANY
@given(states())
def test_only_what_was_confirmed_counts_and_the_rest_asks_to_be_checked(state: State) -> None:
    s = state.situatie
    confirmed = s.signalen & set(state.getoond) if state.bevestigd != "nee" else frozenset()
    note = made(state)
    for text, parts in ((note.tekst, note.delen), (note.kort, note.kort_delen)):
        check = [row for row in rows(parts) if row.startswith(WORDS["merk"]["nakijken"] + ":")]
        denied = [row for row in rows(parts) if row.startswith(WORDS["merk"]["niet"] + ":")]
        told = [row.lower() for row in rows(parts) if row not in check + denied]
        for sign in CONTENT.signs:
            marks = tuple(WORDS["merk"][mark].lower() + ": " + title(sign) for mark in ("feit", "verteld", "duiding"))
            if sign not in confirmed:
                assert not any(row.startswith(marks) for row in told), sign
        if s.zelf is not None:
            assert not any(title(sign) in whole(text).lower() for sign in CONTENT.signs if sign not in ("wapen", "weglopen", "letsel"))
            continue
        for sign in s.signalen - confirmed:
            assert any(title(sign) in row.lower() for row in check), sign
        for sign in confirmed:
            assert title(sign) in whole(text).lower(), sign
        for sign in set(state.ontkend) - s.signalen:
            assert any(title(sign) in row.lower() for row in denied), sign


@MANY
@given(states("huisarts"))
def test_what_was_not_asked_is_not_discussed_and_never_an_answer(state: State) -> None:
    s = state.situatie
    if s.verdachte in ("collega", "houder"):
        return
    text = rows(made(state).delen)
    for question in ("structureel", "onthulling", "acuut"):
        name = plain(WORDS["antwoorden"][question]["titel"])
        lines = [row for row in text if re.search(rf"[:;] {re.escape(name)}[.:;]", row)]
        assert len(lines) == 1, question
        known = getattr(s, question) is not None or (question == "acuut" and acute(s))
        known = known or (question == "onthulling" and "onthulling" in s.signalen & set(state.getoond) and state.bevestigd != "nee")
        assert lines[0].startswith(OPEN) != known
        if known and question == "acuut" and acute(s):
            assert f"{name}: ja" in lines[0], "danger that was told is never a no"
        if known and question == "structureel" and question not in state.beantwoord:
            assert lines[0].startswith(WORDS["merk"]["nakijken"])


@MANY
@given(states())
def test_never_milder_than_the_advice(state: State) -> None:
    s = state.situatie
    advice, note = advise(s), made(state)
    if s.professional and advice.melding_norm is not False and s.verdachte not in ("collega", "houder"):
        key = "norm_ja" if advice.melding_norm else "norm_gesprek"
        for text in (note.tekst, note.kort):
            assert WORDS["regels"][key]["allen"][1:] in whole(text)
            assert WORDS["regels"]["norm_open"]["allen"][1:] not in whole(text)
    if acute(s):
        assert "112" in note.tekst.split("\n\n")[0]
    for text in (note.tekst, note.kort):
        assert "112" in text and "0800-2000" in text
    if advice.urgentie in ("nu", "vandaag"):
        assert "niet per mail" in whole(note.kort)


@MANY
@given(states("huisarts"))
def test_every_point_of_the_knmg_has_a_line(state: State) -> None:
    """§2.4 "Vastleggen": assessment and its ground, actions, who was informed, reaction, attempts, follow-up; advice or the reason without."""
    s = state.situatie
    if s.verdachte in ("collega", "houder"):
        return
    text = whole(made(state).tekst)
    heads = [
        plain(WORDS["koppen"][part].get("huisarts") or WORDS["koppen"][part]["allen"]) for part in WORDS["koppen"] if part != "leiding"
    ]
    places = [text.index(head) for head in heads]
    assert places == sorted(places), "in the doctor's order"
    for words in ("Onderzoek", "indcheck", "advies", "ollega", "Reactie:", "Toestemming gevraagd", "Vooraf geinformeerd", "Pogingen die niet lukten",
                  "Grond:", "Waarop de inschatting rust", "Besluit over melden", "Besluit over hulp", "Opnieuw kijken op"):  # fmt: skip
        assert words in text, words
    if s.doctor:
        assert (
            "Afzien van advies vraagt een genoteerde reden" in text
            and "vertrouwensarts: [naam, datum]" in text
            and "antelzorgcheck" in text
        )
        if s.signalen & {"letsel", "brandwond", "letsel_baby"}:
            assert "uit te sluiten, dan ook een foto" in text
            assert ("Kinderarts dezelfde dag" in text) == ("letsel_baby" in s.signalen or s.leeftijd in ("0-1", "2-3"))
    else:
        assert "LECK" not in text and "dan ook een foto" not in text and "arts van de praktijk" in text
    assert ("eigen huisarts" in text) == (s.eigen in ON_DUTY)


@MANY
@given(states())
def test_it_can_be_read_by_whom_it_is_about(state: State) -> None:
    note = made(state)
    for text in (note.tekst, note.kort):
        words = set(re.findall(r"[a-z]+", text.lower()))
        assert not words & {
            "dader",
            "pleger",
            "slachtoffer",
            "schuld",
            "schuldig",
            "mishandelt",
            "mishandelaar",
            "leugen",
            "liegt",
            "verdachte",
        }
        assert not words & {"je", "jij", "jouw", "u", "uw"}, "written by the user, not to them"


def test_every_sign_has_one_mark() -> None:
    marked = [sign for mark in ("feit", "verteld", "duiding") for sign in WORDS["tekens_" + mark]]
    assert sorted(marked) == sorted(CONTENT.signs)


def test_every_option_has_words() -> None:
    usual = WORDS["antwoorden"]["standaard"]
    for question, row in WORDS["antwoorden"].items():
        if question not in ("standaard", "gelezen"):
            assert all(row.get(option) or usual.get(option) for option in OPTIONS[question]), question


@pytest.mark.parametrize(("text", "lines"), [("", []), ("a" * 80, ["a" * 80]), ("één • “twee” …", ['een - "twee" ...'])])
def test_breaking_lines(text: str, lines: list[str]) -> None:
    assert wrapped(text) == lines


@given(st.text(alphabet="ab [],", max_size=200))
def test_breaking_keeps_every_word(text: str) -> None:
    assert re.sub(r"\s", "", "".join(wrapped(text))) == re.sub(r"\s", "", text)


@MANY
@given(states())
def test_the_card_says_what_its_text_says(state: State) -> None:
    card = Cards(CONTENT).note(state, advise(state.situatie))
    custom = card["custom"]
    assert custom["type"] == "notitie"
    assert all(custom[field] and custom[field] in card["text"] for field in ("titel", "tekst", "titel_kort", "kort", "uitleg"))


def test_a_note_of_a_teacher_has_the_basic_steps() -> None:
    state = State(
        situatie=Situation(rol="leerkracht", signalen=frozenset({"letsel"}), acuut="nee"), getoond=("letsel",), beantwoord=("acuut",)
    )
    text = made(state).tekst
    assert "Stap 3. Gesprek met ouders en kind" in text and "Geen foto" in text and "Mantelzorgcheck" not in text and "LECK" not in text
