from __future__ import annotations

from app.answering.composers.candidates import heading_of, parts_of, quoted, text_of
from guardrails.types import Claim
from guardrails.verification.judging import is_quotation
from knowledge_bases.schema import Span, Unit, UnitKind
from retrieval.quotable import Quotable, quotables, rowed
from tests.fakes.library import an_info
from tests.retrieval.test_quotable import KINDS, TABLE, lines_as_units, passage


def test_every_part_is_cited_by_the_exact_words_of_its_span() -> None:
    for quotable in quotables(passage(TABLE, lines_as_units(TABLE, KINDS))):
        for part in parts_of(quotable):
            assert part.citation.span.slice(TABLE) == part.citation.quote


def test_a_citation_names_the_page_its_unit_starts_on_not_the_chunks() -> None:
    units = tuple(Unit(u.kind, u.span, 4 if u.kind is UnitKind.ROW else 3) for u in lines_as_units(TABLE, KINDS))
    gold, _ = quotables(passage(TABLE, units))
    assert [part.citation.page for part in parts_of(gold)] == [3, 3, 4, 3]


def test_table_parts_stand_a_line_each() -> None:
    gold, _ = quotables(passage(TABLE, lines_as_units(TABLE, KINDS)))
    assert text_of(parts_of(gold)).split("\n") == [
        "Annual fees",
        "Card | Annual fee",
        "Gold* | HK$1,800",
        "* Waived for the first two years.",
    ]


def test_a_quote_stands_under_its_innermost_heading() -> None:
    gold, _ = quotables(passage(TABLE, lines_as_units(TABLE, KINDS)))
    assert heading_of(gold) == "Cards"


def asked_and_answered(question: str, *sentences: str) -> list[Quotable]:
    """The single sentences of the answer to a question of an FAQ."""
    text = "\n".join((question, *sentences))
    units = lines_as_units(text, (UnitKind.QUESTION, *[UnitKind.SENTENCE] * len(sentences)))
    return list(quotables(passage(text, units), window=1))


def shown(quotable: Quotable) -> list[str]:
    return quoted(quotable, {quotable.passage.chunk.key: an_info("fees")}).text.split("\n")


FLAT = "Can I withdraw to buy a flat?"


def test_a_yes_or_no_stands_under_the_question_that_it_answers() -> None:
    no, _ = asked_and_answered(FLAT, "No.", "Beware of anyone who offers it.")
    assert shown(no) == [FLAT, "No."]


def test_what_follows_a_yes_or_no_stands_after_it() -> None:
    _, beware = asked_and_answered(FLAT, "No.", "Beware of anyone who offers it.")
    assert shown(beware) == [FLAT, "No. Beware of anyone who offers it."]


def test_a_sentence_that_points_back_stands_under_its_question_and_one_that_stands_alone_does_not() -> None:
    condition, alone = asked_and_answered(
        "問1 需要甚麼文件？", "如你仍受僱，便不符合條件。", "申索表格須於30日內提交。"
    )
    assert shown(condition) == ["問1 需要甚麼文件？", "如你仍受僱，便不符合條件。"]
    assert shown(alone) == ["申索表格須於30日內提交。"]


def test_a_quote_under_its_question_is_cited_word_for_word() -> None:
    _, beware = asked_and_answered(FLAT, "No.", "Beware of anyone who offers it.")
    sentence = quoted(beware, {beware.passage.chunk.key: an_info("fees")})
    assert is_quotation(Claim(sentence.text, sentence.citations))


GRID = "Item | Platinum | Gold\nLate charge | HK$350 | HK$320"


def gold_cells() -> Quotable:
    """The row's name and its last cell, under theirs of the header."""
    spans = [
        Span(GRID.index(cell), GRID.index(cell) + len(cell)) for cell in ("Item", "| Gold", "Late charge", "| HK$320")
    ]
    kinds = (UnitKind.HEADER, UnitKind.HEADER, UnitKind.ROW, UnitKind.ROW)
    head, name, row, cell = (Unit(kind, span) for kind, span in zip(kinds, spans, strict=True))
    whole = passage(GRID, lines_as_units(GRID, (UnitKind.HEADER, UnitKind.ROW)))
    return rowed(whole, [head, name], [row, cell])


def test_cells_of_one_row_stand_in_a_line_under_theirs_of_the_header() -> None:
    assert text_of(parts_of(gold_cells())).split("\n") == ["Item | Gold", "Late charge | HK$320"]


def test_cells_are_cited_by_their_exact_words_and_the_quote_is_nothing_else() -> None:
    parts = parts_of(gold_cells())
    assert all(part.citation.span.slice(GRID) == part.citation.quote for part in parts)
    assert is_quotation(Claim(text_of(parts), tuple(part.citation for part in parts)))
