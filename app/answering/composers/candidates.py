"""A quotable span as a customer sees it: its words with a citation made where they are taken (promise 1)."""

from __future__ import annotations

from collections.abc import Mapping

from app.answering.types import Part, Sentence
from knowledge_bases.schema import Chunk, Citation, Unit, UnitKind, VersionInfo, VersionKey
from retrieval.quotable import Quotable


def parts_of(quotable: Quotable) -> tuple[Part, ...]:
    """The units of a quotable span, each cited."""
    return tuple(Part(unit.kind, cite(quotable.passage.chunk, unit)) for unit in quotable.units)


def quoted(quotable: Quotable, versions: Mapping[VersionKey, VersionInfo]) -> Sentence:
    """The span as a sentence of an answer, in the document's own words."""
    info, parts = versions[quotable.passage.chunk.key], parts_of(quotable)
    return Sentence(text=text_of(parts), parts=parts, title=info.title, as_at=info.as_at, quoted=True)


def text_of(parts: tuple[Part, ...]) -> str:
    """The quote as shown: consecutive sentences run on, table parts stand a line each."""
    if any(part.kind is not UnitKind.SENTENCE for part in parts):
        return "\n".join(words for _, words in lines_of(parts))
    return (" " if parts[0].citation.quote.isascii() else "").join(part.citation.quote for part in parts)


def lines_of(parts: tuple[Part, ...]) -> list[tuple[UnitKind, str]]:
    """The lines of a table's parts. Where only some cells of a row are quoted they run on, and so do the header's."""
    in_cells = sum(part.kind is UnitKind.ROW for part in parts) > 1
    lines: list[tuple[UnitKind, str]] = []
    for part in parts:
        if in_cells and part.kind in (UnitKind.HEADER, UnitKind.ROW) and lines and lines[-1][0] is part.kind:
            lines[-1] = (part.kind, f"{lines[-1][1]} {part.citation.quote}")
        else:
            lines.append((part.kind, part.citation.quote))
    return lines


def heading_of(quotable: Quotable) -> str:
    """The innermost heading above the quote, or the question of an FAQ pair."""
    headings = quotable.passage.chunk.heading_path
    return quotable.question or (headings[-1] if headings else "")


def cite(chunk: Chunk, unit: Unit) -> Citation:
    """The citation of ``unit``."""
    return Citation(
        key=chunk.key,
        parse_sha256=chunk.parse_sha256,
        span=unit.span,
        quote=chunk.words(unit.span),
        page=unit.page or chunk.page,
        heading=chunk.heading_path[-1] if chunk.heading_path else None,
        anchor=chunk.anchor,
    )
