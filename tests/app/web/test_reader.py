from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.reader import Box, highlights, quoted_page, readable_blocks
from knowledge_bases.schema import Span
from tests.fakes.library import a_drawn_document, a_text_document

TEXT = a_text_document().text
spans = st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, 40)).map(
    lambda pair: Span(pair[0], min(pair[0] + pair[1], len(TEXT)))
)


@given(st.lists(spans, max_size=4))
def test_marking_loses_and_adds_no_word(quotes: list[Span]) -> None:
    shown = ""
    for block in readable_blocks(a_text_document(), quotes):
        rows = (*block.header_lines, *block.lines)
        shown += "".join("|".join("".join(p.text for p in cell) for cell in row) for row in rows)
        shown += "".join(piece.text for note in block.notes for piece in note)
    assert shown == TEXT.replace(" | ", "|").replace("\n", "")


@given(spans)
def test_what_is_marked_is_what_is_quoted(quote: Span) -> None:
    marked = "".join(
        piece.text
        for block in readable_blocks(a_text_document(), [quote])
        for line in (*block.header_lines, *block.lines, block.notes)
        for cell in line
        for piece in cell
        if piece.quoted
    )
    for separator in (" | ", " |", "| ", "|"):
        marked = marked.replace(separator, "")
    assert marked.replace(" ", "") == quote.slice(TEXT).replace("\n", "").replace("|", "").replace(" ", "")


def test_only_the_first_quoted_piece_is_the_place_to_scroll_to() -> None:
    blocks = readable_blocks(a_text_document(), [Span(0, 3), Span(5, 8)])
    firsts = [piece.text for block in blocks for line in block.lines for cell in line for piece in cell if piece.first]
    assert firsts == ["Ann"]


@pytest.mark.parametrize(
    ("span", "box"),
    [(Span(0, 10), Box(72, 100, 100, 12)), (Span(2, 5), Box(92, 100, 30, 12)), (Span(5, 21), Box(122, 100, 50, 12))],
)
def test_a_highlight_covers_the_quoted_part_of_a_run(span: Span, box: Box) -> None:
    document = a_drawn_document()
    (drawn,) = highlights(document, [span], document.pages[0])
    for side in ("left", "top", "width", "height"):
        assert getattr(drawn, side) == pytest.approx(getattr(box, side))


def test_a_page_without_the_quote_has_no_highlight() -> None:
    document = a_drawn_document()
    assert highlights(document, [Span(0, 10)], document.pages[1]) == ()


def test_a_document_opens_at_the_quote_s_page() -> None:
    assert quoted_page(a_drawn_document(), [Span(12, 14)]) == 2
    assert quoted_page(a_drawn_document(), []) == 1
    assert quoted_page(a_text_document(), [Span(0, 3)]) is None
