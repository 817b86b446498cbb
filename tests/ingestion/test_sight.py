"""What is seen in a part of a page is what is seen on all of it."""

from __future__ import annotations

from itertools import product

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.parsers.drawn.bulk import Handle
from ingestion.parsers.drawn.objects import objects_on
from ingestion.parsers.elements import Box
from ingestion.parsers.hidden.sight import Sight
from tests.ingestion.printing import Line, pdf

LINES = [Line(60, 100, "Fees may change."), Line(60, 118, "Ask us first."), Line(300, 500, "Page foot")]
WHOLE: Box = (0, 0, 2000, 2000)
edges = st.floats(-30, 900)


def page_of(rotate: int, box: Box = (0, 0, 595, 842)) -> tuple[pdfium.PdfPage, list[Handle]]:
    page = pdfium.PdfDocument(pdf(LINES, box=box, rotate=rotate))[0]
    objects = objects_on(page)
    return page, [objects.handles[number] for number in objects.of(raw.FPDF_PAGEOBJ_TEXT)]


@pytest.mark.parametrize(("rotate", "crop"), [*product((0, 90, 180, 270), ((0, 0, 595, 842), (40, 300, 500, 800)))])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(box=st.tuples(edges, edges, st.floats(0.1, 400), st.floats(0.1, 400)))
def test_a_part_shows_what_the_whole_page_shows(rotate: int, crop: Box, box: Box) -> None:
    left, top, wide, high = box
    asked = (left, top, left + wide, top + high)
    page, texts = page_of(rotate, crop)
    whole, part = Sight(page, texts, WHOLE), Sight(page, texts, asked)
    assert part.seen(asked) == whole.seen(asked)
    assert part.over_ink(asked) == whole.over_ink(asked)


def test_a_line_is_seen_where_it_stands_and_not_beside_it() -> None:
    page, texts = page_of(0)
    words, margin = (60.0, 90.0, 140.0, 101.0), (400.0, 90.0, 480.0, 101.0)
    assert Sight(page, texts, words).seen(words)
    assert not Sight(page, texts, margin).seen(margin)
