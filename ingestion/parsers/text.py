"""Plain text: paragraphs parted by blank lines; a line of its own with a list mark is an item."""

from __future__ import annotations

import re

from ingestion.parsers import document
from ingestion.parsers.elements import Element, Paragraph, plain
from ingestion.parsers.encoding import decode, looks_like_text
from ingestion.parsers.format import Format, Match, Source
from ingestion.parsers.labels import joined, starts_item
from knowledge_bases.parsed import ParsedDocument

BLANK_LINE = re.compile(r"\n[ \t\u3000]*\n")


def match(raw: bytes) -> Match:
    """Any text can be plain text."""
    return Match.POSSIBLE if looks_like_text(raw) else Match.NO


def parse(source: Source) -> ParsedDocument:
    """The paragraphs of a text file.

    Raises:
        UnreadableFile: the text is in no known encoding.
    """
    return document.write(elements(decode(source)), f"{FORMAT.name}/{FORMAT.version}")


def elements(text: str) -> list[Element]:
    """The paragraphs and items of plain text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    return [element for part in BLANK_LINE.split(lines) for element in _paragraphs(part)]


def _paragraphs(part: str) -> list[Element]:
    groups: list[list[str]] = []
    for line in part.split("\n"):
        if not line.strip():
            continue
        if starts_item(line) or not groups:
            groups.append([line.strip()])
        else:
            groups[-1].append(line.strip())
    return [Paragraph(plain(joined(lines)), item=starts_item(lines[0])) for lines in groups]


FORMAT = Format("text", 3, frozenset({".txt", ".text"}), match, parse)
