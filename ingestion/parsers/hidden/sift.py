"""Takes words in characters that are not seen out of what parsers found, whatever the format."""

from __future__ import annotations

from dataclasses import replace

from ingestion.parsers.elements import Element, Grid, Heading, Row, Words, text_of
from ingestion.parsers.hidden.characters import bare
from ingestion.parsers.hidden.report import hidden_text
from knowledge_bases.parsed import HiddenText, Hiding

PLACE_LENGTH = 80


class Sieve:
    """One document's elements pass through in reading order; what stays behind gathers in ``found``."""

    def __init__(self) -> None:
        self.found: list[HiddenText] = []
        self._below: str | None = None

    def sifted(self, element: Element) -> Element:
        """The element as a reader sees it."""
        if isinstance(element, Grid):
            return self._grid(element)
        words = self._words(element.words)
        clear = element if words is element.words else replace(element, words=words)
        if isinstance(clear, Heading):
            self._below = text_of(clear.words)[:PLACE_LENGTH] or self._below
        return clear

    def _grid(self, grid: Grid) -> Grid:
        caption, headers, rows = self._words(grid.caption), self._rows(grid.headers), self._rows(grid.rows)
        return Grid(headers, rows, caption, tuple(self._words(note) for note in grid.footnotes))

    def _rows(self, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        return tuple(tuple(self._words(cell) for cell in row) for row in rows)

    def _words(self, words: Words) -> Words:
        if text_of(words).isascii():
            return words
        clear = []
        for fragment in words:
            text, said = bare(fragment.text)
            where = self._below if fragment.page is None else None
            for words_said in said:
                self.found += hidden_text(Hiding.TAG_CHARACTERS, words_said, fragment.page, where)
            clear.append(replace(fragment, text=text) if said else fragment)
        return tuple(fragment for fragment in clear if fragment.text)
