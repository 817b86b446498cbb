"""PowerPoint presentations by python-pptx: slide by slide, each under a heading with its number."""

from __future__ import annotations

import io
from dataclasses import replace

from pptx import Presentation

from ingestion.parsers import document
from ingestion.parsers.format import Format, Match, Source
from ingestion.parsers.office import container, slide
from ingestion.parsers.office.container import Kind
from ingestion.parsers.office.slide import Slide
from knowledge_bases.parsed import ParsedDocument


def match(raw: bytes) -> Match:
    """A container with PowerPoint's parts."""
    return Match.CERTAIN if container.kind_of(raw) is Kind.POWERPOINT else Match.NO


def parse(source: Source) -> ParsedDocument:
    """The words, tables and charts of the slides that are shown; speaker notes are not part of the text.

    Raises:
        UnreadableFile: damaged. EncryptedFile: it opens only with a password. ParseLimitExceeded: a zip bomb.
    """
    unpacked = container.unpacked(source, Kind.POWERPOINT)
    try:
        slides = _slides(unpacked.raw)
    except MemoryError:
        raise
    except Exception as error:  # python-pptx raises KeyError, ValueError, XML errors and more on damage
        raise container.damaged(source, Kind.POWERPOINT) from error
    elements = [element for page in slides for element in page.elements]
    return replace(
        document.write(elements, f"{FORMAT.name}/{FORMAT.version}"),
        hidden=tuple(note for page in slides for note in page.hidden),
        problems=tuple(problem for page in slides for problem in page.problems),
    )


def _slides(raw: bytes) -> list[Slide]:
    show = Presentation(io.BytesIO(raw))
    height = show.slide_height or 6_858_000
    return [slide.read(page, number, height) for number, page in enumerate(show.slides, start=1)]


FORMAT = Format("pptx", 3, frozenset({".pptx", ".pptm", ".potx", ".ppsx"}), match, parse)
