"""A parsed document into chunks: small, whole in meaning, and always a slice of the stored text.

Clauses and question-and-answer pairs stay whole while they are short enough; no chunk crosses a heading; a long
table is parted between rows, each part with the caption, header and footnotes of the whole. What is embedded of a
chunk is never longer than the embedder reads.
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType

from ingestion.parsers.format import unheard
from ingestion.pieces import Parting, Piece
from ingestion.sections import Sizes, pieces, sections
from ingestion.units import Units, table_units
from ingestion.wording import Unseen, Wording
from knowledge_bases.parsed import Block, ParsedDocument
from knowledge_bases.schema import Chunk, Language, Span, Unit, VersionInfo

CHUNKER_VERSION = "1"  # counts up with every change that can change a chunk or the words it is found by
LATIN = Sizes(least=350, most=800, whole=1500)
CHINESE = Sizes(least=160, most=400, whole=750)
Report = Callable[[int, int], None]


_WORDS = re.compile(r"[^\W_]+")
_ONE_WORD = re.compile(r"[A-Za-z]+|[0-9]+|[\u4e00-\u9fff]{1,2}")  # a Chinese word is of two characters


def says_nothing(texts: Iterable[str]) -> bool:
    """Whether ``texts`` together are at most one word ("abcd", "費用") or bare figure ("880"): nothing to be shown."""
    words = [word for text in texts for word in _WORDS.findall(text)]
    return len(words) <= 1 and all(_ONE_WORD.fullmatch(word) for word in words)


def sees_all(texts: Sequence[str]) -> tuple[int, ...]:
    """The ``unseen`` of an embedder without a limit."""
    return (0,) * len(texts)


def chunk_document(
    document: ParsedDocument, version: VersionInfo, unseen: Unseen = sees_all, report: Report = unheard
) -> tuple[Chunk, ...]:
    """The chunks of one version, in reading order; empty where the document has no text outside headings.

    ``unseen`` is the embedder's ``unseen_tokens``: it is 0 for the ``indexed_text`` of every chunk. ``report`` is told
    (characters of the text done, all of them) after each chunk.
    """
    chunks = []
    for chunk in _Cutter(document, version, unseen).chunks():
        chunks.append(chunk)
        report(chunk.span.end, len(document.text))
    return tuple(chunks)


def chunked_by(version: VersionInfo) -> str:
    """Names what makes chunks of a parse: these rules, and the facts of the version that stand in the indexed words.

    Chunks made under another name may be others; those of the same parse, embedder and name are the same.
    """
    days = [day and day.isoformat() for day in (version.as_at, version.effective_from)]
    facts = json.dumps([version.title, version.language.value, version.product, *days], ensure_ascii=False)
    return f"{CHUNKER_VERSION}+{hashlib.sha256(facts.encode()).hexdigest()[:16]}"


class _Cutter:
    def __init__(self, document: ParsedDocument, version: VersionInfo, unseen: Unseen) -> None:
        self._document = document
        self._version = version
        self._sizes = LATIN if version.language is Language.EN else CHINESE
        self._units = Units(document)
        self._wording = Wording(document.text, version, unseen)
        self._run_ends = [run.span.end for run in document.runs]

    def chunks(self) -> Iterator[Chunk]:
        parting = Parting(
            self._document.text,
            whole=lambda piece: _length(piece) <= self._sizes.whole,
            part=lambda piece: _length(piece) <= self._sizes.most,
            reader=self._wording.is_seen,
        )
        for section in sections(self._document):
            for blocks in pieces(section, self._document.text, self._sizes):
                yield from map(self._chunk, parting.parts(self._piece(blocks)))

    def _piece(self, blocks: tuple[Block, ...]) -> Piece:
        return Piece(Span(blocks[0].span.start, blocks[-1].span.end), blocks, self._units_of(blocks))

    def _units_of(self, blocks: tuple[Block, ...]) -> tuple[Unit, ...]:
        table = blocks[0].table
        if table is None:
            return self._units.of(blocks)
        return tuple(sorted(filter(self._units.proved, table_units(table)), key=lambda unit: unit.span))

    def _chunk(self, piece: Piece) -> Chunk:
        document, version = self._document, self._version
        address = f"{document.sha256}:{piece.span.start}:{piece.span.end}"
        return Chunk(
            id=hashlib.sha256(address.encode()).hexdigest()[:20],
            key=version.key,
            parse_sha256=document.sha256,
            language=version.language,
            span=piece.span,
            text=piece.span.slice(document.text),
            indexed_text=self._wording.embedded(piece),
            words_only=self._wording.words_only(piece),
            page=self._page(piece.span, piece.block),
            heading_path=piece.block.heading_path,
            anchor=piece.block.anchor,
            units=tuple(replace(unit, page=self._page(unit.span, piece.block)) for unit in piece.units),
            context=MappingProxyType({unit.span: unit.span.slice(document.text) for unit in piece.repeated}),
        )

    def _page(self, span: Span, block: Block) -> int | None:
        """The page of the first word, which in a table or clause over two pages may not be its block's."""
        after = bisect_right(self._run_ends, span.start)
        return self._document.runs[after].page if after < len(self._run_ends) else block.page


def _length(piece: Piece) -> int:
    return piece.span.end - piece.span.start
