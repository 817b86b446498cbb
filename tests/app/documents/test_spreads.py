"""A read text beside its pages: every page is there, every block on its page, and where on it."""

from __future__ import annotations

from app.documents.spreads import spreads
from knowledge_bases.parsed import Block, BlockKind, Page, ParsedDocument, Run
from knowledge_bases.schema import Span


def a_document(*, pages: bool) -> ParsedDocument:
    text = "First line\nsecond line\nLast"
    blocks = (
        Block(BlockKind.PARAGRAPH, Span(0, 22), 1 if pages else None, ()),
        Block(BlockKind.PARAGRAPH, Span(23, 27), 3 if pages else None, ()),
    )
    runs = (Run(Span(0, 10), 1, (50, 40, 150, 52)), Run(Span(11, 22), 1, (45, 60, 160, 72)))
    three = tuple(Page(number, 595, 842) for number in (1, 2, 3))
    return ParsedDocument(text, blocks, "test-1", three if pages else (), runs if pages else ())


def test_a_page_without_a_word_is_shown_all_the_same() -> None:
    found = spreads(a_document(pages=True), ())
    assert [(each.page.number if each.page else None, len(each.blocks)) for each in found] == [(1, 1), (2, 0), (3, 1)]


def test_a_block_lies_around_all_its_lines() -> None:
    box = spreads(a_document(pages=True), ())[0].blocks[0].box
    assert box is not None
    assert (box.left, box.top, box.width, box.height) == (45, 40, 115, 32)


def test_a_block_that_is_not_drawn_has_no_place() -> None:
    assert spreads(a_document(pages=True), ())[2].blocks[0].box is None


def test_quoted_words_are_marked_on_their_page_only() -> None:
    first, second, third = spreads(a_document(pages=True), (Span(11, 17),))
    assert (len(first.quoted), second.quoted, third.quoted) == (1, (), ())


def test_a_format_without_pages_is_one_spread() -> None:
    (only,) = spreads(a_document(pages=False), ())
    assert (only.page, len(only.blocks)) == (None, 2)


def test_nothing_read_is_nothing_to_show() -> None:
    assert spreads(ParsedDocument("", (), "test-1"), ()) == ()
