"""Chunks for tests, made from a line of text."""

from __future__ import annotations

from knowledge_bases.schema import Chunk, Language, Span, Unit, UnitKind, VersionKey


def make_chunk(text: str, document: str = "fees", version: str = "1", language: Language = Language.EN) -> Chunk:
    span = Span(0, len(text))
    return Chunk(
        id=f"{document}:{version}:{text[:40]}",
        key=VersionKey(document, version),
        parse_sha256="0" * 64,
        language=language,
        span=span,
        text=text,
        indexed_text=text,
        page=1,
        heading_path=("Fees",),
        anchor=None,
        units=(Unit(UnitKind.SENTENCE, span),),
    )
