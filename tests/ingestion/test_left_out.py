"""What is taken off the pages as running lines, page numbers or contents leaves a trace for a person to go through."""

from __future__ import annotations

import json

import pytest

from ingestion.parsers import pdf as pdf_parser
from ingestion.parsers.drawn.left_out import LONGEST, MOST, Offcuts
from ingestion.parsers.format import Source
from knowledge_bases.parsed import Framing, LeftOut, ParsedDocument
from tests.ingestion.printing import Line, lattice, paragraph, pdf

RUNNING, NUMBER, CONTENTS = Framing.RUNNING_LINE, Framing.PAGE_NUMBER, Framing.CONTENTS


def parse(*edges: list[Line]) -> ParsedDocument:
    """A page for each of ``edges``, which are drawn beside a paragraph of its own."""
    own = (paragraph(50, 120, [f"What page {n} says is said here in full."]) for n in range(1, len(edges) + 1))
    return pdf_parser.parse(Source("x.pdf", pdf(*([*text, *edge] for text, edge in zip(own, edges, strict=True)))))


def test_a_running_line_is_told_once_with_its_pages_and_so_are_page_numbers() -> None:
    document = parse(*[[Line(50, 40, "Harbour Bank terms"), Line(290, 800, f"Page {n} of 3")] for n in (1, 2, 3)])
    assert document.left_out == (
        LeftOut(RUNNING, "Harbour Bank terms", (1, 2, 3)),
        LeftOut(NUMBER, "Page 1 of 3", (1, 2, 3)),
    )


def test_a_line_with_a_figure_that_is_taken_off_is_told() -> None:
    fee = "Annual fee HK$1,200"
    document = parse([Line(50, 40, fee)], [], [Line(50, 40, fee)])
    assert fee not in document.text
    assert document.left_out == (LeftOut(RUNNING, fee, (1, 3)),)


@pytest.mark.parametrize("figure", ["2500", "CIVIL"])
def test_what_stands_alone_at_an_edge_and_does_not_count_the_pages_is_no_page_number(figure: str) -> None:
    document = parse([Line(290, 800, "1")], [Line(290, 800, figure)])
    assert figure not in document.text
    assert document.left_out == (LeftOut(Framing.ALONE, figure, (2,)), LeftOut(NUMBER, "1", (1,)))


def test_numbers_that_count_the_pages_from_another_one_are_page_numbers_wherever_they_stand() -> None:
    document = parse(*[[Line(290, 800 - 20 * (n == 4), str(n + 10))] for n in (1, 2, 3, 4)])
    assert document.left_out == (LeftOut(NUMBER, "11", (1, 2, 3, 4)),)


def test_lines_that_differ_in_the_number_of_their_page_are_one() -> None:
    document = parse(*[[Line(50, 800, f"Harbour Bank terms | {n}")] for n in (1, 2, 3)])
    assert document.left_out == (LeftOut(RUNNING, "Harbour Bank terms | 1", (1, 2, 3)),)


def test_of_a_repeated_sentence_the_pages_are_told_on_which_it_was_taken_off() -> None:
    sentence = "The bank may change its fees with notice of thirty days."
    document = parse(*[[Line(50, 60, sentence)] for _ in (1, 2, 3)])
    assert document.text.count(sentence) == 1
    assert document.left_out == (LeftOut(RUNNING, sentence, (2, 3)),)


def test_contents_are_told_line_by_line_without_their_dots() -> None:
    lines = ["Contents", *(f"{n} Chapter of fees ............ {n + 3}" for n in (1, 2)), "3 Late fee HK$350        9"]
    contents = [Line(50, 150 + 20 * n, line) for n, line in enumerate(lines)]
    text = paragraph(50, 120, ["Chapter one begins with this sentence."])
    document = pdf_parser.parse(Source("x.pdf", pdf(contents, text)))
    assert [each.text for each in document.left_out] == [
        *("Contents", "1 Chapter of fees … 4", "2 Chapter of fees … 5", "3 Late fee HK$350 9"),
    ]
    assert {(each.framing, each.pages) for each in document.left_out} == {(CONTENTS, (1,))}


def test_a_table_on_a_page_of_contents_is_told_row_by_row() -> None:
    columns = ((60, "Chapter {}"), (260, "{}"))
    cells = [Line(x, 170 + 25 * n, words.format(n)) for n in range(3) for x, words in columns]
    contents = [Line(50, 130, "Contents"), *cells, *lattice([50, 250, 450], [155, 180, 205, 230]),
                Line(50, 300, "Notes ........ 9")]  # fmt: skip
    text = paragraph(50, 120, ["Chapter one begins with this sentence."])
    document = pdf_parser.parse(Source("x.pdf", pdf(contents, text)))
    assert {"Chapter 0 0", "Chapter 1 1", "Chapter 2 2"} <= {each.text for each in document.left_out}


def test_nothing_is_told_where_nothing_was_taken_off_and_the_parse_says_nothing_of_it() -> None:
    document = parse([], [])
    assert document.left_out == ()
    assert "left_out" not in json.loads(document.to_json())


def test_what_was_taken_off_is_stored_with_the_parse() -> None:
    document = parse(*[[Line(50, 40, "Harbour Bank terms"), Line(290, 800, str(n))] for n in (1, 2)])
    assert len(document.left_out) == 2
    assert ParsedDocument.from_json(document.to_json()) == document


def test_of_very_much_the_rest_is_counted_and_running_lines_come_first() -> None:
    offcuts = Offcuts()
    for number in range(MOST + 20):
        offcuts.add(CONTENTS, f"Chapter {number}", f"Chapter {number}", 1 + number // 50)
    offcuts.add(RUNNING, "x" * 2 * LONGEST, "x", 9)
    entries = offcuts.entries()
    assert len(entries) == MOST
    assert (entries[0].framing, len(entries[0].text)) == (RUNNING, LONGEST)
    assert entries[-1] == LeftOut(CONTENTS, "and 22 more", (4, 5))
