"""A quotable span as a customer sees it: its words with a citation made where they are taken (promise 1)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.answering.types import Part, Sentence
from knowledge_bases.schema import Chunk, Citation, Unit, UnitKind, VersionInfo, VersionKey
from retrieval.quotable import Quotable

_YES_OR_NO = re.compile(
    r"^(?:yes|no|not (?:always|necessarily|usually|yet)|it depends)[.,;:]"
    r"|^(?:不可以|可以|不可|不會|不会|會|会|不能|能|不是|是|沒有|没有|有|不需要|需要|毋須|毋须|不用|視乎情況|视乎情况)[。，；]",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"^(?:this|these|those|that|it|they|such|then|otherwise|however|but|if)\b|^(?:這|这|此|該|该|其|否則|否则|但|如|若)",
    re.IGNORECASE,
)


def parts_of(quotable: Quotable) -> tuple[Part, ...]:
    """The units of a quotable span, each cited."""
    return tuple(Part(unit.kind, cite(quotable.passage.chunk, unit)) for unit in quotable.units)


def quoted(quotable: Quotable, versions: Mapping[VersionKey, VersionInfo]) -> Sentence:
    """The span as a sentence of an answer, in the document's own words, after what it leans on."""
    chunk = quotable.passage.chunk
    before = tuple(Part(unit.kind, cite(chunk, unit)) for unit in _leaned_on(quotable))
    info, parts = versions[chunk.key], (*before, *parts_of(quotable))
    return Sentence(text=text_of(parts), parts=parts, title=info.title, as_at=info.as_at, quoted=True)


def _leaned_on(quotable: Quotable) -> tuple[Unit, ...]:
    """The question of an FAQ pair, where the quote says nothing without it: "No. None of these is a ground."

    What follows a yes or no is said of it, and stands after both.
    """
    chunk, first = quotable.passage.chunk, quotable.units[0]
    questions = [unit for unit in chunk.units if unit.kind is UnitKind.QUESTION]
    if len(questions) != 1 or first.kind is not UnitKind.SENTENCE:
        return ()
    opening = next(unit for unit in chunk.units if unit.kind is UnitKind.SENTENCE)
    if _YES_OR_NO.match(chunk.words(opening.span)):
        return (questions[0],) if opening == first else (questions[0], opening)
    return (questions[0],) if _POINTS_BACK.match(chunk.words(first.span)) else ()


def text_of(parts: tuple[Part, ...]) -> str:
    """The quote as shown: consecutive sentences run on, a question and the parts of a table stand a line each."""
    return "\n".join(words for _, words in lines_of(parts))


def lines_of(parts: tuple[Part, ...]) -> list[tuple[UnitKind, str]]:
    """The lines of the parts. Sentences run on; where only some cells of a row are quoted, they and the header's do."""
    in_cells = sum(part.kind is UnitKind.ROW for part in parts) > 1
    running = {UnitKind.SENTENCE, *((UnitKind.HEADER, UnitKind.ROW) if in_cells else ())}
    lines: list[tuple[UnitKind, str]] = []
    for part in parts:
        if part.kind in running and lines and lines[-1][0] is part.kind:
            between = "" if part.kind is UnitKind.SENTENCE and not parts[0].citation.quote.isascii() else " "
            lines[-1] = (part.kind, f"{lines[-1][1]}{between}{part.citation.quote}")
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
