"""A chart as the table it was drawn from: a row for each category, a column for each series."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from pptx.chart.chart import Chart
from pptx.chart.series import _BaseCategorySeries

from ingestion.parsers.elements import Grid, Words, plain
from ingestion.parsers.office.number_format import shown


def grid_of(chart: Chart) -> Iterator[Grid]:
    """The table of each part of a chart that has categories, by the values stored beside the drawing."""
    caption = plain(chart.chart_title.text_frame.text) if chart.has_title and chart.chart_title.has_text_frame else ()
    for plot in chart.plots:
        series = [one for one in plot.series if isinstance(one, _BaseCategorySeries)]
        categories = [plain(str(category)) for category in plot.categories]
        columns = [[_shown(one, value) for value in one.values] for one in series]
        header = ((), *(plain(one.name) for one in series))
        rows = tuple(
            (name or (), *(cell or () for cell in cells)) for name, *cells in zip_longest(categories, *columns)
        )
        if rows:
            yield Grid((header,), rows, caption)


def _shown(series: _BaseCategorySeries, value: float | None) -> Words:
    found = series._element.xpath("string(.//c:val//c:formatCode)")
    return plain(shown(value, str(found or "General")))
