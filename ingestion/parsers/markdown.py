"""Markdown by markdown-it tokens: headings, paragraphs, list items and pipe tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingestion.parsers import document
from ingestion.parsers.elements import Element, Grid, Heading, Paragraph, Row, plain
from ingestion.parsers.encoding import decode, looks_like_text
from ingestion.parsers.format import Format, Match, Source
from ingestion.parsers.hidden.embedded import without_hidden
from knowledge_bases.parsed import ParsedDocument

FRONT_MATTER = re.compile(r"\A---\r?\n.*?\r?\n---\r?\n", re.DOTALL)
READER = MarkdownIt("commonmark", {"html": False}).enable("table")


def match(raw: bytes) -> Match:
    """Any text can be Markdown; only the extension tells it from plain text."""
    return Match.POSSIBLE if looks_like_text(raw) else Match.NO


def parse(source: Source) -> ParsedDocument:
    """The blocks of a Markdown file; a leading block of metadata between ``---`` lines is left out.

    Raises:
        UnreadableFile: the text is in no known encoding.
    """
    shown, hidden = without_hidden(FRONT_MATTER.sub("", decode(source), count=1))
    return document.write(_elements(READER.parse(shown)), f"{FORMAT.name}/{FORMAT.version}", hidden=hidden)


def _elements(tokens: Sequence[Token]) -> Iterator[Element]:
    number = 0
    while number < len(tokens):
        token = tokens[number]
        if token.type == "table_open":
            end = _close(tokens, number, "table_close")
            yield _grid(tokens[number:end])
            number = end
        elif token.type == "heading_open":
            yield Heading(plain(_inline(tokens[number + 1])), int(token.tag[1]))
            number += 1
        elif token.type == "inline" and tokens[number - 1].type == "paragraph_open":
            yield Paragraph(plain(_inline(token)), item=tokens[number - 2].type == "list_item_open")
        elif token.type in {"fence", "code_block"}:
            yield Paragraph(plain(token.content))
        number += 1


def _close(tokens: Sequence[Token], start: int, kind: str) -> int:
    return next(number for number in range(start, len(tokens)) if tokens[number].type == kind)


def _grid(tokens: Sequence[Token]) -> Grid:
    headers: list[Row] = []
    rows: list[Row] = []
    for token in tokens:
        if token.type == "tr_open":
            cells: list[tuple[str, str]] = []
        elif token.type in {"th_open", "td_open"}:
            kind = token.type[:2]
        elif token.type == "inline":
            cells.append((kind, _inline(token)))
        elif token.type == "tr_close":
            row = tuple(plain(text) for _, text in cells)
            (headers if cells and cells[0][0] == "th" else rows).append(row)
    return Grid(tuple(headers), tuple(rows))


def _inline(token: Token) -> str:
    return "".join(_words(child) for child in token.children or ())


def _words(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return "\n"
    return token.content if token.type in {"text", "code_inline", "text_special", "image"} else ""


FORMAT = Format("markdown", 3, frozenset({".md", ".markdown"}), match, parse)
