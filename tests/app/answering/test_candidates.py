from __future__ import annotations

from app.answering.composers.candidates import heading_of, parts_of, text_of
from knowledge_bases.schema import Unit, UnitKind
from retrieval.quotable import quotables
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
