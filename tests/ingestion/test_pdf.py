"""What a reader sees on a PDF page is what is stored: in order, whole, and proved against the page."""

from __future__ import annotations

import pypdfium2
import pytest

from ingestion.errors import EmptyFile, UnreadableFile
from ingestion.parsers import pdf as pdf_parser
from ingestion.parsers.drawn.objects import Objects, objects_on
from ingestion.parsers.drawn.sheet import BROKEN
from ingestion.parsers.format import Source
from knowledge_bases.parsed import BlockKind, ParsedDocument
from tests.ingestion.printing import Line, Rule, lattice, paragraph, pdf

TITLE = Line(50, 80, "Schedule of charges", 18, bold=True)


def parse(*pages: list[Line | Rule]) -> ParsedDocument:
    return pdf_parser.parse(Source("x.pdf", pdf(*pages)))


def words(document: ParsedDocument, kind: BlockKind = BlockKind.PARAGRAPH) -> list[str]:
    return [block.span.slice(document.text) for block in document.blocks if block.kind is kind]


def test_lines_of_a_paragraph_are_one_line_of_text() -> None:
    document = parse(
        paragraph(50, 120, ["The bank gives notice of every change of its", "fees at least 30 days ahead."])
    )
    assert words(document) == ["The bank gives notice of every change of its fees at least 30 days ahead."]


def test_a_heading_is_told_by_its_type_and_stands_above_what_follows() -> None:
    document = parse([TITLE, *paragraph(50, 120, ["A fee is charged every year on the first day of the year."] * 3)])
    assert words(document, BlockKind.HEADING) == ["Schedule of charges"]
    assert document.blocks[-1].heading_path == ("Schedule of charges",)


def test_numbered_clauses_are_apart_and_their_headings_nest() -> None:
    document = parse(
        [
            TITLE,
            Line(50, 120, "6. Fees", 12, bold=True),
            Line(50, 150, "6.1."), Line(90, 150, "A schedule of fees is shown in every branch of the bank, and"),
            Line(90, 162, "given to whoever asks."),
            Line(50, 186, "6.2."), Line(90, 186, "Notice of a change is given 30 days before it takes effect."),
        ]
    )  # fmt: skip
    assert words(document, BlockKind.LIST_ITEM) == [
        "6.1. A schedule of fees is shown in every branch of the bank, and given to whoever asks.",
        "6.2. Notice of a change is given 30 days before it takes effect.",
    ]
    assert document.blocks[-1].heading_path == ("Schedule of charges", "6. Fees")


def test_two_columns_are_read_one_after_the_other_though_drawn_across() -> None:
    left = [f"Left column line {n} tells of loans and cards" for n in range(8)]
    right = [f"Right column line {n} tells of deposits too" for n in range(8)]
    drawn = [
        line
        for number in range(8)
        for line in (Line(50, 120 + 12 * number, left[number]), Line(320, 120 + 12 * number, right[number]))
    ]
    text = parse(drawn).text
    assert text.index(left[-1]) < text.index(right[0])


def test_running_titles_and_page_numbers_are_no_part_of_the_text() -> None:
    pages = [
        [
            Line(50, 40, "Harbour Bank terms", 8), Line(290, 800, str(number), 8),
            *paragraph(50, 120, [f"Clause of page {number} is said here in full."]),
        ]
        for number in (1, 2, 3)
    ]  # fmt: skip
    document = parse(*pages)
    assert "Harbour Bank terms" not in document.text
    assert document.text.split("\n")[:3] == [f"Clause of page {n} is said here in full." for n in (1, 2, 3)]


def test_a_paragraph_goes_on_over_the_page_and_past_the_footnote() -> None:
    first = [*paragraph(50, 700, ["Where the customer ends the service within a reasonable time the whole annual"]),
             *paragraph(50, 780, ["1 See the Code of Banking Practice."], size=7)]  # fmt: skip
    second = paragraph(50, 120, ["fee is paid back."])
    document = parse(first, second)
    assert words(document)[0].endswith("the whole annual fee is paid back.")
    assert {run.page for run in document.boxes(document.blocks[0].span)} == {1, 2}


def fee_table(top: float) -> list[Line | Rule]:
    rows = [("Card", "Annual fee"), ("Gold Card", "HK$880*"), ("Green Card", "Nil")]
    cells = [Line(60 + 200 * c, top + 14 + 20 * r, text) for r, row in enumerate(rows) for c, text in enumerate(row)]
    return [*cells, *lattice([50, 250, 450], [top + 20 * n for n in range(4)])]


def test_a_ruled_table_is_whole_with_caption_header_and_footnote() -> None:
    document = parse(
        [
            Line(50, 90, "The bank issues the cards that are named in the table below, and no others."),
            Line(50, 120, "Table 1. Annual fee"), *fee_table(130),
            Line(50, 210, "* Waived for the first two years.", 8),
        ]
    )  # fmt: skip
    (table,) = [block.table for block in document.blocks if block.table]
    assert table.caption is not None
    assert table.caption.slice(document.text) == "Table 1. Annual fee"
    assert [row.slice(document.text) for row in table.headers] == ["Card | Annual fee"]
    assert [row.slice(document.text) for row in table.rows] == ["Gold Card | HK$880*", "Green Card | Nil"]
    assert [note.slice(document.text) for note in table.footnotes] == ["* Waived for the first two years."]


def test_a_table_that_goes_on_overleaf_is_one_table() -> None:
    document = parse(
        [*paragraph(50, 120, ["The fees of all cards are in this table."]), *fee_table(700)], fee_table(90)
    )
    (table,) = [block.table for block in document.blocks if block.table]
    assert [row.slice(document.text) for row in table.rows] == ["Gold Card | HK$880*", "Green Card | Nil"] * 2


def test_every_word_is_boxed_and_the_box_is_where_the_word_is_drawn() -> None:
    document = parse([Line(50, 120, "Late fees are HK$350."), Line(50, 160, "No other fee is due.", 10)])
    (run,) = document.boxes(document.blocks[0].span)
    left, top, right, bottom = run.box
    assert (run.page, round(left)) == (1, 51)
    assert 108 < top < bottom < 124
    assert 130 < right < 160


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("box", [(0, 0, 595, 842), (20, 30, 500, 800)])
def test_boxes_cover_the_ink_of_the_page_as_it_is_shown(rotate: int, box: tuple[int, int, int, int]) -> None:
    raw = pdf([Line(50, 120, "Late fees are HK$350."), Line(300, 500, "No other fee is due.")], box=box, rotate=rotate)
    document = pdf_parser.parse(Source("x.pdf", raw))
    ink = pypdfium2.PdfDocument(raw)[0].render(scale=1, grayscale=True).to_numpy() < 128
    assert len(document.runs) == 2
    for run in document.runs:
        left, top, right, bottom = (round(edge) for edge in run.box)
        assert ink[top - 1 : bottom + 1, left - 1 : right + 1].any()
        ink[top - 1 : bottom + 2, left - 1 : right + 2] = False
    assert not ink.any()


def test_words_drawn_over_other_words_have_no_box() -> None:
    document = parse([Line(50, 120, "HK$500,000 is protected"), Line(53, 121.5, "HK$800,000 is protected"),
                      Line(50, 200, "A sound line of text")])  # fmt: skip
    boxed = {run.span.slice(document.text) for run in document.runs}
    assert "A sound line of text" in boxed
    assert not any("protected" in text for text in boxed)


@pytest.mark.parametrize("number", [0, 11, 23, 24, 39])
@pytest.mark.parametrize("over", ["HK$800 is what is due", "HK$000 is due in month number"])
def test_of_a_full_page_only_the_lines_drawn_over_lose_their_boxes(number: int, over: str) -> None:
    lines = [Line(50, 60 + 18 * n, f"HK${500 + n} is due in month number {n}.") for n in range(40)]
    document = parse([*lines, Line(52, lines[number].y + 1.5, over)])
    boxed = {run.span.slice(document.text) for run in document.runs}
    assert boxed == {line.text for line in lines} - {lines[number].text}


def test_a_page_without_words_says_why_and_the_rest_is_read() -> None:
    document = parse([Line(50, 120, "Words on the first page only.")], [])
    assert [page.problem for page in document.pages] == [None, "no text: the page is blank"]


def test_a_pdf_without_any_words_is_refused() -> None:
    with pytest.raises(EmptyFile, match=r"x\.pdf: no page could be read \(page 1: .* blank\); upload it with text"):
        parse([])


def test_a_page_that_cannot_be_loaded_is_named_and_the_others_go_in() -> None:
    pages = [paragraph(50, 120, [f"Clause of page {number} is said here in full."]) for number in (1, 2, 3)]
    raw = pdf(*pages).replace(b"5 0 R 7 0 R 9 0 R", b"5 0 R 99 0 R 9 0 R")
    document = pdf_parser.parse(Source("x.pdf", raw))
    assert [page.number for page in document.pages] == [1, 2, 3]
    assert [page.problem for page in document.pages] == [None, BROKEN, None]
    assert document.text.split("\n")[:2] == [f"Clause of page {n} is said here in full." for n in (1, 3)]


def test_a_page_that_breaks_while_it_is_read_is_named_and_the_others_go_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks_on_two(page: pypdfium2.PdfPage) -> Objects:
        if "page 2" in page.get_textpage().get_text_range():
            raise pypdfium2.PdfiumError("no objects")
        return objects_on(page)

    monkeypatch.setattr(pdf_parser, "objects_on", breaks_on_two)
    document = parse(*[paragraph(50, 120, [f"Clause of page {number} is said here."]) for number in (1, 2, 3)])
    assert [page.problem for page in document.pages] == [None, BROKEN, None]
    assert "page 2" not in document.text
    assert "page 3" in document.text


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_table_on_a_turned_page_keeps_its_rows(rotate: int) -> None:
    raw = pdf([Line(50, 120, "Table 1. Annual fee"), *fee_table(130)], box=(0, 0, 842, 842), rotate=rotate)
    document = pdf_parser.parse(Source("x.pdf", raw))
    tables = [block.table for block in document.blocks if block.table]
    assert len(tables) == 1
    assert {run.page for run in document.runs} == {1}


def test_three_columns_are_read_one_after_the_other() -> None:
    columns = [[f"Column {c} line {n} tells of loans" for n in range(8)] for c in (1, 2, 3)]
    drawn = [Line(40 + 180 * c, 120 + 12 * n, columns[c][n]) for n in range(8) for c in range(3)]
    text = parse(drawn).text
    assert text.index(columns[0][-1]) < text.index(columns[1][0])
    assert text.index(columns[1][-1]) < text.index(columns[2][0])


def test_running_feet_that_change_sides_and_carry_page_numbers_are_no_part_of_the_text() -> None:
    feet = [f"Harbour Bank terms | {n}" if n % 2 else f"{n} | Harbour Bank terms" for n in range(1, 7)]
    pages = [[*paragraph(50, 120, [f"Clause of page {n} is said here in full."]),
              Line(400 if n % 2 else 50, 800, feet[n - 1], 8)] for n in range(1, 7)]  # fmt: skip
    assert "Harbour" not in parse(*pages).text


@pytest.mark.parametrize(
    "lines",
    [
        [f"The annual management fee of this plan is {fee}% of the assets." for fee in ("1.25", "0.80", "2.10")],
        [f"Clause {n}. The commission for Zebra Trade is {n}.25% of the amount." for n in (1, 2, 3)],
        [f"{n}. The fee of this account is HK${n}" for n in (1, 2, 3)],
        [f"Plan {n}" for n in (4, 7, 9)],
        ["Effective from 1 March 2026", "Effective from 1 April 2026", "Effective from 1 May 2026"],
    ],
)
def test_lines_at_the_top_of_pages_that_differ_in_a_figure_are_text(lines: list[str]) -> None:
    pages = [[Line(50, 60, line), *paragraph(50, 120, [f"What page {n} says is said here in full."])]
             for n, line in enumerate(lines, 1)]  # fmt: skip
    text = parse(*pages).text
    assert [line for line in lines if line not in text] == []


def test_of_a_sentence_that_every_page_begins_with_the_first_stays() -> None:
    sentence = "The bank may change its fees with notice of thirty days."
    pages = [[Line(50, 60, sentence), *paragraph(50, 120, [f"What page {n} says is said here in full."])]
             for n in (1, 2, 3)]  # fmt: skip
    assert parse(*pages).text.count(sentence) == 1


def test_a_running_foot_that_counts_the_pages_from_another_number_is_no_part_of_the_text() -> None:
    pages = [[*paragraph(50, 120, [f"What sheet {n} says is said here in full."]),
              Line(50, 800, f"Harbour Bank, March 2026, page {n + 10} of 42", 8)] for n in range(1, 5)]  # fmt: skip
    assert "Harbour" not in parse(*pages).text


def test_a_cell_that_spans_lines_is_one_cell() -> None:
    cells = [Line(60, 144, "Card"), Line(260, 144, "Fee"), Line(60, 170, "Gold Card for"), Line(60, 182, "companies"),
             Line(260, 170, "HK$880")]  # fmt: skip
    document = parse([*paragraph(50, 90, ["The fees are these."]), *cells, *lattice([50, 250, 450], [130, 155, 195])])
    (table,) = [block.table for block in document.blocks if block.table]
    assert [row.slice(document.text) for row in table.rows] == ["Gold Card for companies | HK$880"]


def test_a_damaged_pdf_is_refused() -> None:
    with pytest.raises(UnreadableFile, match=r"x\.pdf: the PDF is damaged"):
        pdf_parser.parse(Source("x.pdf", b"%PDF-1.7 and then nothing"))


def test_the_same_file_is_always_the_same_parse() -> None:
    page = [TITLE, *fee_table(300)]
    assert parse(page).to_json() == parse(page).to_json()


def test_notes_in_the_margin_are_read_before_the_clause_they_stand_beside() -> None:
    clause = [
        "The term is defined in section 1 of Part 1 of the schedule to the",
        "ordinance and has that meaning here.",
    ]
    document = parse([Line(40, 120, "s.1, Sch. 1"), Line(160, 120, "1.11"), *paragraph(213, 120, clause),
                      *paragraph(213, 200, clause)])  # fmt: skip
    assert document.text.split("\n")[:2] == ["s.1, Sch. 1", f"1.11 {' '.join(clause)}"]


def test_a_table_of_contents_is_no_part_of_the_text() -> None:
    contents = [
        Line(50, 120, "Table of contents"),
        *(Line(50, 150 + 20 * n, f"Chapter {n}      {n + 3}") for n in range(5)),
    ]
    document = parse(contents, paragraph(50, 120, ["Chapter one begins with this sentence."]))
    assert document.text == "Chapter one begins with this sentence.\n"


def test_a_table_that_only_lays_out_clauses_is_read_as_text() -> None:
    clause = [
        "A bank gives notice of each change of its fees thirty days before it takes",
        "effect, and says how the customer may refuse the change and what then follows.",
    ]
    rows = [item for n in (1, 2, 3)
            for item in (Line(60, 94 + 50 * n, f"2.{n}"), *paragraph(130, 94 + 50 * n, clause))]  # fmt: skip
    document = parse([*rows, *lattice([50, 120, 560], [130, 180, 230, 280])])
    assert [block.kind for block in document.blocks] == [BlockKind.LIST_ITEM] * 3
    assert words(document, BlockKind.LIST_ITEM)[0] == f"2.1 {' '.join(clause)}"


def test_the_next_clause_number_begins_a_clause_even_after_a_full_line() -> None:
    lines = ["4.3 Verification of documentation and of the credit standing", "4.4 Underwriting criteria"]
    assert words(parse(paragraph(50, 120, lines)), BlockKind.LIST_ITEM) == lines


def test_a_hyphen_at_the_end_of_a_line_stays_and_joins() -> None:
    document = parse(paragraph(50, 120, ["The service is offered by the institution and its third-", "party agents."]))
    assert document.text == "The service is offered by the institution and its third-party agents.\n"


WIDE = [
    "This opening line of running text goes over the whole width of the page, from one margin to the other.",
    "And so does the second, which ends.",
]
LEFT = [
    "6.1 You may borrow up to eighty per cent of the value",
    "of your policy. The interest of the loan is compounded",
    "yearly, and may change from one year to the next one.",
    "6.2 A grace period of 31 days applies to each premium.",
]
RIGHT = [
    "6.3 A lapsed policy may be made good within two years,",
    "subject to evidence of health and to payment of all of the",
    "overdue premiums with interest at the rate of the day.",
    "6.4 The policy ends when loans exceed its cash value.",
]


def test_columns_in_a_part_of_a_page_are_read_there_and_close_gutters_do_not_mix_lines() -> None:
    columns = [*paragraph(50, 150, LEFT), *paragraph(304, 150, RIGHT)]
    document = parse([*paragraph(50, 100, WIDE), *columns, Line(50, 230, "7. Risks", 14, True)])
    clauses = [" ".join(LEFT[:3]), LEFT[3], " ".join(RIGHT[:3]), RIGHT[3]]
    assert words(document, BlockKind.LIST_ITEM) == clauses
    assert document.text.split("\n")[-2] == "7. Risks"
