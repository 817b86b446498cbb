from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.pieces import Piece
from app.answering.types import Answer, AnswerStatus, Part, Sentence
from app.chat.render import choices_of, render_answer, render_piece
from app.chat.texts import CHAT_TEXTS
from app.web.texts import Speaker, Texts
from guardrails.types import Disclosure, Reason
from knowledge_bases.schema import Language, UnitKind
from tests.app.chat.test_markdown import shown
from tests.fakes.assistant import PARSE, a_citation, a_question_back, a_refusal, a_row_answer


@pytest.fixture
def english(chat_texts: Texts) -> Speaker:
    return chat_texts.speaker(Language.EN)


def quoted(*sentences: Sentence) -> Answer:
    in_quotes = tuple(replace(sentence, quoted=True) for sentence in sentences)
    return replace(a_row_answer(), sentences=in_quotes, disclosures=())


def a_sentence(text: str, page: int | None = 3) -> Sentence:
    return Sentence(text, (Part(UnitKind.SENTENCE, a_citation(text, 7, page)),), "Terms", date(2026, 1, 1))


def test_every_answer_is_marked_as_an_ai_s(english: Speaker) -> None:
    for answer in (a_row_answer(), a_refusal()):
        assert shown(render_answer(answer, "harbour-bank", english)).text.startswith("AI ")


def test_a_quote_is_shown_word_for_word_with_its_source_under_it(english: Speaker) -> None:
    words = "Interest of 30% p.a. [see clause 4.2] applies *only if* <unpaid>."
    page = shown(render_answer(quoted(a_sentence(words)), "harbour-bank", english))
    assert f"{words}\n\nSource: Terms, page 3 (as at 1 January 2026)" in page.text
    assert "blockquote" in page.elements


def test_a_document_without_pages_or_date_names_only_its_title(english: Speaker) -> None:
    sentence = replace(a_sentence("Yes.", page=None), as_at=None)
    assert "Source: Terms\n" in shown(render_answer(quoted(sentence), "harbour-bank", english)).text


def test_a_table_row_comes_as_a_table_with_header_and_footnote(english: Speaker) -> None:
    page = shown(render_answer(a_row_answer(), "harbour-bank", english))
    assert {"table", "th", "td", "blockquote"} <= set(page.elements)
    assert "* Waived for the first two years." in page.text


@pytest.mark.parametrize("header", [("Item", "| Gold"), ("| Gold",)])
def test_some_cells_of_a_row_come_as_a_table_under_theirs_of_the_header(
    header: tuple[str, ...], english: Speaker
) -> None:
    cells = [*((UnitKind.HEADER, words) for words in header), (UnitKind.ROW, "Late charge"), (UnitKind.ROW, "| HK$320")]
    parts = tuple(Part(kind, a_citation(words, 10 * place)) for place, (kind, words) in enumerate(cells, start=1))
    page = shown(render_answer(quoted(Sentence("", parts, "Fees")), "harbour-bank", english))
    assert page.elements.count("th") == page.elements.count("td") == 2
    assert "|" not in page.text


def test_a_row_that_does_not_fit_its_header_is_shown_as_it_stands(english: Speaker) -> None:
    parts = (
        Part(UnitKind.HEADER, a_citation("Card | Fee")),
        Part(UnitKind.ROW, a_citation("Gold | HK$600 | yearly", 20)),
    )
    sentence = Sentence("", parts, "Fees")
    page = shown(render_answer(quoted(sentence), "harbour-bank", english))
    assert "Card | Fee\nGold | HK$600 | yearly" in page.text


def test_a_row_too_wide_for_a_phone_is_turned_on_its_side(english: Speaker) -> None:
    parts = (
        Part(UnitKind.HEADER, a_citation("Deposit | Total | Protected | Not protected", 10)),
        Part(UnitKind.ROW, a_citation("Fixed | HK$1,500,000 | HK$800,000 | HK$700,000", 60)),
    )
    markdown = render_answer(quoted(Sentence("", parts, "Fees")), "harbour-bank", english).replace("\\", "")
    assert "> | Deposit | Fixed |" in markdown
    assert "> | Protected | HK$800,000 |" in markdown


def test_the_source_opens_the_quoted_row_and_marks_all_its_parts(english: Speaker) -> None:
    markdown = render_answer(a_row_answer(), "harbour-bank", english)
    url = "/chat/harbour-bank/source/card-fees-en/2026-01"
    assert f"(<{url}?start=40&start=10&start=80&end=59&end=27&end=113&parse={PARSE}#quote>)" in markdown


def test_disclosures_come_last_and_unchanged(english: Speaker) -> None:
    answer = a_row_answer()
    assert shown(render_answer(answer, "harbour-bank", english)).text.rstrip().endswith(answer.disclosures[0].text)


def test_a_model_s_sentence_is_not_dressed_as_a_quote(english: Speaker) -> None:
    answer = replace(a_row_answer(), sentences=(a_sentence("The fee is HK$600."),), status=AnswerStatus.ANSWERED)
    page = shown(render_answer(answer, "harbour-bank", english))
    assert "blockquote" not in page.elements
    assert "The fee is HK$600." in page.text


@pytest.mark.parametrize("releases", [None, "a-0"])
def test_only_whoever_is_kept_waiting_for_long_is_offered_the_call_back_form(
    english: Speaker, releases: str | None
) -> None:
    answer = replace(a_refusal(), status=AnswerStatus.HELD, reason=Reason.AWAITING_RELEASE, releases=releases)
    assert ("#call-back" in render_answer(answer, "harbour-bank", english)) is (releases is not None)


def test_a_hand_over_offers_the_call_back_form(english: Speaker) -> None:
    answer = replace(a_refusal(), status=AnswerStatus.HANDED_OFF)
    assert "[Ask us to call you back](<#call-back>)" in render_answer(answer, "harbour-bank", english)


def test_the_source_line_is_in_the_customer_s_language(chat_texts: Texts) -> None:
    markdown = render_answer(quoted(a_sentence("Yes.")), "harbour-bank", chat_texts.speaker(Language.ZH_HANT))
    assert "來源：[Terms，第 3 頁（截至 2026年1月1日）]" in markdown.replace("\\", "")


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3)), min_size=1, max_size=4))
def test_pieces_one_after_the_other_are_the_message_that_a_reload_shows(added: list[tuple[int, int]]) -> None:
    english = CHAT_TEXTS.speaker(Language.EN)
    sentences: tuple[Sentence, ...] = ()
    statements: tuple[Disclosure, ...] = ()
    places: tuple[int, ...] = ()
    pieces = []
    for number, (owed, said) in enumerate(added, start=1):
        new = tuple(replace(a_sentence(f"Sentence {number}.{n}."), quoted=n == 1) for n in range(said))
        owes = tuple(Disclosure(f"D0{n}", f"Statement {number}.{n}.") for n in range(owed))
        sentences, statements = sentences + new, statements + owes
        places += (len(sentences),) * owed
        pieces.append(Piece("a-1", number, Language.EN, "Based on our documents:" if number == 1 else "", new, owes))
    answer = replace(a_row_answer(), lead=pieces[0].lead, sentences=sentences, disclosures=statements, places=places)
    grown = "\n\n".join(render_piece(piece, "harbour-bank", english) for piece in pieces)
    assert render_answer(answer, "harbour-bank", english) == grown
    assert Answer.from_json(answer.to_json()) == answer


def test_what_is_asked_back_stands_in_the_message_and_its_choices_are_for_the_buttons(english: Speaker) -> None:
    answer = a_question_back()
    text = shown(render_answer(answer, "harbour-bank", english)).text
    assert text.startswith("AI Which one do you mean?")
    assert answer.disclosures[0].text in text
    assert "Harbour Gold Card" not in text
    assert "Harbour Gold Card" in [choice.text for choice in choices_of(answer)]
    assert choices_of(a_row_answer()) == ()
