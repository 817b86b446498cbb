"""Excel and CSV files: cells as they are shown, the tables among them, and what is hidden or unread by name."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.comments import Comment

from ingestion.errors import UnreadableFile
from ingestion.parsers.format import Source
from ingestion.parsers.office.number_format import Value, shown
from ingestion.parsers.registry import parse
from knowledge_bases.parsed import BlockKind, ParsedDocument
from tests.ingestion.office import part, replaced, saved, workbook

TABLE = [["Account", "Fee"], ["Savings", 60], ["Current", 120]]


def read(book: Workbook) -> ParsedDocument:
    return parse(Source("fees.xlsx", saved(book)))


def csv(text: str, encoding: str = "utf-8") -> ParsedDocument:
    return parse(Source("fees.csv", text.encode(encoding)))


def tables(document: ParsedDocument) -> list[list[str]]:
    return [b.span.slice(document.text).split("\n") for b in document.blocks if b.kind is BlockKind.TABLE]


def headers(document: ParsedDocument) -> list[str]:
    return [span.slice(document.text) for b in document.blocks if b.table for span in b.table.headers]


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        (0.0125, "0.00%", "1.25%"),
        (0.125, "0.##%", "12.5%"),
        (12.5, '0.0"%"', "12.5%"),
        (1234567.5, "#,##0.00", "1,234,567.50"),
        (1234, '"HK$"#,##0', "HK$1,234"),
        (1234, "[$HK$-C04]#,##0.00", "HK$1,234.00"),
        (-1234.5, '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)', "(1,234.50)"),
        (0, '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)', "-"),
        (-3, "#,##0;[Red]-#,##0", "-3"),
        (1_250_000, '0.00,,"m"', "1.25m"),
        (2.675, "0.00", "2.68"),
        (3, '0" years"', "3 years"),
        (85212345678, "+000 0000 0000", "+852 1234 5678"),
        (0.1 + 0.2, "General", "0.3"),
        (1e15, "General", "1000000000000000"),
        (0.5, "# ?/?", "0.5"),
        (5, ";;;", ""),
        (True, "General", "TRUE"),
        ("x", "@", "x"),
        (datetime(2026, 3, 4), "d mmm yyyy", "4 Mar 2026"),
        (datetime(2026, 3, 4), 'yyyy"年"m"月"d"日"', "2026年3月4日"),
        (datetime(2026, 3, 4, 15, 5), "[$-409]d/m/yyyy h:mm AM/PM;@", "4/3/2026 3:05 PM"),
        (date(2026, 3, 4), "mm-dd-yy", "2026-03-04"),
        (time(9, 30), "h:mm", "9:30"),
        (timedelta(hours=30), "[h]:mm", "30:00"),
    ],
)
def test_a_cell_reads_as_excel_shows_it(value: Value, code: str, words: str) -> None:
    assert shown(value, code) == words


@given(st.floats(-1e9, 1e9), st.sampled_from(["0", "0.00", "#,##0.00", "0%", "General", '"HK$"#,##0.0']))
def test_a_shown_number_is_the_number_rounded(value: float, code: str) -> None:
    words = shown(value, code).replace("HK$", "").replace(",", "")
    number = float(words.removesuffix("%")) / (100 if words.endswith("%") else 1)
    assert number == pytest.approx(value, rel=1e-9, abs=0.51 if code == "0" else 0.051)


@given(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(), st.text()), st.text(max_size=20))
def test_no_format_breaks_the_reading(value: Value, code: str) -> None:
    assert isinstance(shown(value, code), str)


def test_a_sheet_is_a_heading_with_its_table_under_it() -> None:
    document = read(workbook(TABLE))
    assert [b.span.slice(document.text) for b in document.blocks] == [
        "Fees",
        "Account | Fee\nSavings | 60\nCurrent | 120",
    ]
    assert document.blocks[1].heading_path == ("Fees",)
    assert headers(document) == ["Account | Fee"]


def test_a_title_above_and_notes_below_belong_to_the_table() -> None:
    document = read(workbook([["Monthly fees in HK$"], *TABLE, ["* Waived for staff."], ["Charged on the 1st."]]))
    (block,) = (b for b in document.blocks if b.table)
    assert block.table is not None
    assert block.table.caption is not None
    assert block.table.caption.slice(document.text) == "Monthly fees in HK$"
    assert [n.slice(document.text) for n in block.table.footnotes] == ["* Waived for staff.", "Charged on the 1st."]


def test_merged_header_cells_stand_over_each_of_their_columns_and_merged_rows_in_each_row() -> None:
    book = workbook([["Card", "Fee", None], [None, "Home", "Abroad"], ["Gold", 1, 2], [None, 3, 4], ["Plain", 5, 6]])
    for merged in ("A1:A2", "B1:C1", "A3:A4"):
        book.active.merge_cells(merged)
    document = read(book)
    assert headers(document) == ["Card | Fee | Fee", "Card | Home | Abroad"]
    assert tables(document)[0][2:] == ["Gold | 1 | 2", "Gold | 3 | 4", "Plain | 5 | 6"]


def test_tables_beside_and_below_each_other_are_parted() -> None:
    rows = [["Card", "Fee", None, "Branch", "Hours"], ["Gold", 500, None, "Central", "9 to 5"], []]
    assert tables(read(workbook([*rows, ["Loan", "Rate"], ["Tax", "2.5%"]]))) == [
        ["Card | Fee", "Gold | 500"],
        ["Branch | Hours", "Central | 9 to 5"],
        ["Loan | Rate", "Tax | 2.5%"],
    ]


def test_rows_after_a_blank_one_go_on_with_the_table() -> None:
    assert tables(read(workbook([*TABLE, [], ["Joint", 90]]))) == [
        ["Account | Fee", "Savings | 60", "Current | 120", "Joint | 90"]
    ]


def test_a_used_range_that_reaches_to_the_last_cell_costs_nothing() -> None:
    book = workbook(TABLE)
    book.active["XFD1048576"].number_format = "0.00"
    assert tables(read(book)) == [["Account | Fee", "Savings | 60", "Current | 120"]]


def test_a_formula_shows_its_stored_result_and_one_without_is_named() -> None:
    raw = saved(workbook([*TABLE, ["All", "=B2+B3"], ["Half", "=B4/2"]]))
    sheet = part(raw, "xl/worksheets/sheet1.xml").replace(b"<f>B2+B3</f><v></v>", b"<f>B2+B3</f><v>180</v>")
    sheet = sheet.replace(b"<f>B2+B3</f><v />", b"<f>B2+B3</f><v>180</v>")
    document = parse(Source("fees.xlsx", replaced(raw, {"xl/worksheets/sheet1.xml": sheet})))
    assert "All | 180" in document.text
    assert document.problems == ("sheet Fees: no result is stored for the formula in B5",)


def test_an_error_in_a_cell_is_named_and_not_read() -> None:
    document = read(workbook([*TABLE, ["Joint", "#REF!"]]))
    assert "#REF!" not in document.text
    assert document.problems == ("sheet Fees: an error stands instead of a value in B4",)


def test_hidden_sheets_rows_columns_formats_and_comments_are_shown_to_the_checker_only() -> None:
    book = workbook([["Account", "Fee", "Margin"], ["Savings", 60, 0.5], ["Staff", 1, 0.1]])
    sheet = book.active
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet["A5"], sheet["A5"].number_format = 777, ";;;"
    sheet["B2"].comment = Comment("ask Mary", "x")
    book.create_sheet("Old")["A1"] = "The fee was HK$1."
    book["Old"].sheet_state = "veryHidden"
    document = read(book)
    assert tables(document) == [["Account | Fee", "Savings | 60"]]
    assert {(note.where, note.text) for note in document.hidden} == {
        ("sheet Fees, C1:C3", "Margin 0.5 Staff 1 0.1"),
        ("sheet Fees, A5", "777"),
        ("sheet Fees, comment on B2", "ask Mary"),
        ("sheet Old (hidden), A1", "The fee was HK$1."),
    }


def test_csv_is_a_table_whatever_parts_its_cells() -> None:
    for mark in ",;\t|":
        assert tables(csv(f"Account{mark}Fee\nSavings{mark}60\n")) == [["Account | Fee", "Savings | 60"]]
    assert tables(csv("sep=;\nFee;Note\n1,5;a\n")) == [["Fee | Note", "1,5 | a"]]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "big5", "big5hkscs"])
def test_csv_in_chinese_is_read_in_the_usual_encodings(encoding: str) -> None:
    text = "戶口,收費\n儲蓄戶口,港幣六十元\n往來戶口,按月收費\n"
    assert tables(csv(text, encoding))[0] == ["戶口 | 收費", "儲蓄戶口 | 港幣六十元", "往來戶口 | 按月收費"]


def test_simplified_csv_in_gbk_is_read() -> None:
    assert "储蓄账户 | 人民币六十元" in csv("账户,收费\n储蓄账户,人民币六十元\n活期,不收费用\n", "gbk").text


def test_a_row_that_is_too_long_is_left_out_and_named() -> None:
    document = csv("Account,Fee\nSavings,60\nCurrent,1,200\nJoint\n")
    assert "Current" not in document.text
    assert document.problems == ("line 3 was left out: it has 3 cells and the header 2",)


def test_a_quotation_mark_that_is_never_closed_is_refused() -> None:
    with pytest.raises(UnreadableFile, match=r"fees\.csv: a quotation mark from line 2 on is not closed"):
        csv('a,b\n"1,2\n3,4\n')


def test_problems_travel_with_the_parse_and_leave_other_parses_as_they_were() -> None:
    document = read(workbook([*TABLE, ["Joint", "#REF!"]]))
    assert ParsedDocument.from_json(document.to_json()) == document
    assert b"problems" not in read(workbook(TABLE)).to_json()
