"""A chunk as one line of canonical JSON, and back."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

from knowledge_bases.schema import Chunk, Language, Span, Unit, UnitKind, VersionKey


def to_line(chunk: Chunk) -> str:
    """One line without its line break; the same chunk is always the same words."""
    value: dict[str, Any] = {
        "id": chunk.id,
        "document": chunk.key.document,
        "version": chunk.key.version,
        "parse_sha256": chunk.parse_sha256,
        "language": chunk.language.value,
        "span": _pair(chunk.span),
        "text": chunk.text,
        "indexed_text": chunk.indexed_text,
        "page": chunk.page,
        "heading_path": list(chunk.heading_path),
        "anchor": chunk.anchor,
        "units": [[unit.kind.value, *_pair(unit.span), unit.page] for unit in chunk.units],
        "context": [[*_pair(span), words] for span, words in sorted(chunk.context.items())],
    }
    if chunk.words_only:  # written only where it says something: the lines of before keep their bytes
        value["words_only"] = chunk.words_only
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_line(line: str) -> Chunk:
    """The chunk that ``to_line`` wrote.

    Raises:
        ValueError, KeyError, TypeError: the line is not a chunk.
    """
    value: dict[str, Any] = json.loads(line)
    return Chunk(
        id=value["id"],
        key=VersionKey(value["document"], value["version"]),
        parse_sha256=value["parse_sha256"],
        language=Language(value["language"]),
        span=Span(*value["span"]),
        text=value["text"],
        indexed_text=value["indexed_text"],
        page=value["page"],
        heading_path=tuple(value["heading_path"]),
        anchor=value["anchor"],
        units=tuple(Unit(UnitKind(kind), Span(start, end), page) for kind, start, end, page in value["units"]),
        context=MappingProxyType({Span(start, end): words for start, end, words in value["context"]}),
        words_only=value.get("words_only", ""),
    )


def _pair(span: Span) -> list[int]:
    return [span.start, span.end]
