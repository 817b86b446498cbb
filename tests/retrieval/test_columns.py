"""Of a row, the cells under the column that a question means, each cited by its exact words."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_bases.schema import Chunk, Language, Passage, Span, UnitKind
from retrieval.columns import by_column as told_by_column
from retrieval.columns import columns_of
from retrieval.lexicon_files import shipped_lexicon, shipped_thesaurus
from retrieval.quotable import Quotable
from retrieval.ranking import Candidate, views_of
from retrieval.views import Asked
from tests.retrieval.test_features import asked
from tests.retrieval.test_quotable import lines_as_units, passage, words
from tests.retrieval.test_ranking import candidate

CARDS = (
    "Item | Platinum | Gold* | USD Gold",
    "Late charge | HK$350 | HK$320 | US$42",
    "Replacement | Nil | HK$100 | US$13",
)
LOANS_HANT = ("項目 | 私人貸款 | 稅季貸款", "逾期手續費 | HK$400 | HK$300", "還款期 | 60個月 | 24個月")
ACCOUNTS_HANS = ("项目 | 港元户口 | 美元户口 | 人民币户口", "退票 | HK$150 | US$20 | RMB150")
CASH = ("Card | Fee on the amount | Minimum fee", "Platinum | 3.5% | HK$100", "Gold | 4% | HK$100")


def by_column(question: Asked, candidates: list[Candidate]) -> tuple[Candidate, ...]:
    """The candidates as a question that leans on none before reads them."""
    return told_by_column(question, shipped_lexicon().weigh(question.question).keys(), candidates, shipped_thesaurus())


def of_table(lines: tuple[str, ...], language: Language = Language.EN, note: str = "* From 2027.") -> Candidate:
    """A passage that is this table, with a caption and a note."""
    text = "\n".join(("Charges", *lines, note))
    kinds = (UnitKind.CAPTION, UnitKind.HEADER, *(UnitKind.ROW for _ in lines[1:]), UnitKind.FOOTNOTE)
    found = passage(text, lines_as_units(text, kinds))
    found = replace(found, chunk=replace(found.chunk, language=language))
    return Candidate(found, candidate("x").found, views_of(found, shipped_thesaurus()))


def shown(question: str, table: Candidate, language: Language = Language.EN) -> str:
    """What is quoted of the first row."""
    (told,) = by_column(asked(question, language), [table])
    return words(told.views[0].quotable)


@pytest.mark.parametrize(
    ("question", "header", "row"),
    [
        ("late charge of the platinum card?", "Item | Platinum", "Late charge | HK$350"),
        ("late charge of the gold card?", "Item\n| Gold*", "Late charge\n| HK$320"),
        ("late charge of the USD gold card?", "Item\n| USD Gold", "Late charge\n| US$42"),
        ("is it the same for Gold and USD Gold?", "Item\n| Gold* | USD Gold", "Late charge\n| HK$320 | US$42"),
    ],
)
def test_of_a_row_the_cell_under_the_column_that_is_named_is_quoted(question: str, header: str, row: str) -> None:
    assert shown(question, of_table(CARDS)).startswith(f"Charges\n{header}\n{row}")


@pytest.mark.parametrize(
    ("question", "language", "lines", "row"),
    [
        ("稅季貸款遲還收幾多？", Language.ZH_HANT, LOANS_HANT, "逾期手續費\n| HK$300"),
        ("税季贷款逾期收多少？", Language.ZH_HANS, LOANS_HANT, "逾期手續費\n| HK$300"),
        ("人民币户口退票要多少钱？", Language.ZH_HANS, ACCOUNTS_HANS, "退票\n| RMB150"),
        ("returned cheque on a US dollar account", Language.EN, ACCOUNTS_HANS, "退票\n| US$20"),
        ("金卡逾期收幾多？", Language.ZH_HANT, CARDS, "Late charge\n| HK$320"),
    ],
)
def test_a_column_is_named_in_any_language(question: str, language: Language, lines: tuple[str, ...], row: str) -> None:
    assert row in shown(question, of_table(lines), language)


def test_a_name_of_one_letter_is_read_in_full() -> None:
    plans = ("Benefit | Plan A | Plan B", "Delay | HK$1,500 | HK$3,000")
    assert shown("delay under plan A?", of_table(plans)).endswith("Delay | HK$1,500")
    assert shown("delay under plan B?", of_table(plans)).endswith("Delay\n| HK$3,000")
    assert shown("how much for a delay?", of_table(plans)).endswith("Delay | HK$1,500 | HK$3,000")


def test_two_columns_are_quoted_where_one_is_named_in_full_and_the_other_in_part() -> None:
    shared = ("Item | Platinum | Gold and Green | USD Gold", "Late charge | HK$350 | HK$320 | US$42")
    assert shown("late charge: platinum or green?", of_table(shared)).endswith("Late charge | HK$350 | HK$320")


def test_the_notes_that_only_other_columns_point_to_are_left_out() -> None:
    assert "From 2027" in shown("late charge, gold card", of_table(CARDS))
    assert "From 2027" not in shown("late charge, platinum card", of_table(CARDS))


def test_a_question_that_names_no_column_or_every_one_has_the_whole_row() -> None:
    for question in ("what is the late charge?", "late charge: platinum, gold, USD gold"):
        assert "Late charge | HK$350 | HK$320 | US$42" in shown(question, of_table(CARDS))


@pytest.mark.parametrize(
    "lines",
    [
        CASH,
        ("Account | Average balance below | Fee per month", "Plus | HK$10,000 | HK$60"),
        ("Ground | Main condition | Instalments possible?", "Age 65 | None | Yes", "Death | None | No"),
        ("Age | Core | Plus | Age | Core | Plus", "50 | 93.3 | 6.7 | 58 | 40.0 | 60.0"),
        ("Item | Gold | ", "Late charge | HK$320 | HK$350"),
        ("Item | Charge", "Late charge | HK$320"),
    ],
)
def test_columns_that_do_not_stand_for_one_another_are_never_parted(lines: tuple[str, ...]) -> None:
    assert columns_of(of_table(lines).passage.chunk) is None


def test_a_table_with_two_header_rows_or_none_is_not_parted() -> None:
    text = "\n".join(CARDS)
    for kinds in ((UnitKind.HEADER, UnitKind.HEADER, UnitKind.ROW), (UnitKind.ROW, UnitKind.ROW, UnitKind.ROW)):
        assert columns_of(passage(text, lines_as_units(text, kinds)).chunk) is None


def test_a_row_of_other_length_than_its_header_stays_whole() -> None:
    odd = of_table((CARDS[0], "Late charge | HK$350", *CARDS[1:]))
    assert "Late charge | HK$350" in shown("late charge of the gold card", odd)


def test_the_name_of_the_column_is_among_the_words_that_answer() -> None:
    table = of_table(CARDS)
    (told,) = by_column(asked("late charge of the gold card"), [table])
    assert "gold" in told.views[0].focus.terms
    assert "gold" not in table.views[0].focus.terms


def test_cells_of_a_header_that_another_part_of_the_table_holds_are_quoted_in_its_words() -> None:
    chunk = of_table(CARDS).passage.chunk
    start = chunk.text.index("Late")
    own = Span(start, len(chunk.text))
    outside = [unit.span for unit in chunk.units if not unit.span.within(own)]
    part = replace(
        chunk,
        span=own,
        text=own.slice(chunk.text),
        context=MappingProxyType({span: span.slice(chunk.text) for span in outside}),
    )
    views = views_of(Passage(part, 1, 1.0, None, None), shipped_thesaurus())
    part_of_table = replace(of_table(CARDS), passage=Passage(part, 1, 1.0, None, None), views=views)
    (told,) = by_column(asked("gold card"), [part_of_table])
    assert words(told.views[0].quotable).startswith("Charges\nItem\n| Gold*\nLate charge\n| HK$320")


def after(earlier: str, last: str) -> str:
    """What is quoted of the first row for the last of two turns."""
    (told,) = by_column(replace(asked(f"{earlier} {last}"), question=last), [of_table(CARDS)])
    return words(told.views[0].quotable)


def test_the_last_turn_says_which_column_is_meant_before_an_earlier_one_does() -> None:
    assert "| US$42" in after("late charge of the gold card?", "and for USD Gold?")


def test_a_column_named_before_counts_for_a_row_named_now() -> None:
    assert after("annual fee of the gold card?", "and the late charge?").endswith("Late charge\n| HK$320\n* From 2027.")


@pytest.mark.parametrize(
    ("turns", "row"),
    [
        (["and for the gold one?"], "Late charge\n| HK$320"),
        (["and for the gold one?", "and for USD Gold?"], "Late charge\n| US$42"),
        (["and what if I lose it?"], "Late charge | HK$350"),
    ],
)
def test_the_latest_of_the_turns_in_between_says_which_column_it_is_about(turns: list[str], row: str) -> None:
    question = replace(asked("annual fee of the platinum card? and its late charge?"), question="and its late charge?")
    lexicon = shipped_lexicon()
    own, between = lexicon.weigh(question.question).keys(), [lexicon.weigh(turn).keys() for turn in turns]
    (told,) = told_by_column(question, own, [of_table(CARDS)], shipped_thesaurus(), between)
    assert row in words(told.views[0].quotable)


def test_a_column_named_before_is_not_put_in_the_place_of_one_in_words_that_are_not_known() -> None:
    assert "Late charge | HK$350 | HK$320 | US$42" in after("late charge of the gold card?", "and for the zaffre one?")


CELLS = st.builds("HK${}{}".format, st.integers(0, 9999), st.text("*† é金𠮷()", max_size=5).map(str.rstrip))
NAMES = ("Gold", "Platinum", "Green", "Silver", "Bronze")


@given(
    st.lists(st.lists(CELLS, min_size=5, max_size=5), min_size=1, max_size=4), st.sets(st.sampled_from(NAMES)), CELLS
)
def test_what_is_quoted_of_a_row_is_words_of_the_document_in_their_order(
    cells: list[list[str]], named: set[str], first: str
) -> None:
    table = of_table((" | ".join((first, *NAMES)), *(" | ".join(("row", *row)) for row in cells)))
    (told,) = by_column(asked(" and ".join(sorted(named))), [table])
    assert (told.views != table.views) is (0 < len(named) < len(NAMES))
    for view, whole in zip(told.views, table.views, strict=True):
        _holds_words_in_order(view.quotable, whole.quotable)


def _holds_words_in_order(quoted: Quotable, whole: Quotable) -> None:
    chunk: Chunk = quoted.passage.chunk
    before = -1
    for unit in quoted.units:
        assert chunk.words(unit.span) == unit.span.slice(chunk.text)
        assert any(unit.span.within(other.span) and unit.kind is other.kind for other in whole.units)
        assert unit.span.start > before
        before = unit.span.end
