"""A test set's documents as a snapshot in memory: each document one chunk, its sentences and table rows quotable."""

from __future__ import annotations

from collections.abc import Iterator

from app.answering.language import detect_language
from eval.datasets import Dataset
from ingestion.sentences import sentences
from knowledge_bases.schema import Chunk, Span, Unit, UnitKind, VersionKey
from retrieval.ports import Embedder
from retrieval.postings import Postings
from retrieval.segments import concepts_of, terms_of
from retrieval.snapshot import Manifest, Snapshot

CELLS = " | "  # between the cells of a table row


def in_memory_snapshot(dataset: Dataset, embedder: Embedder) -> Snapshot:
    """The corpus as a snapshot that is not stored; a chunk's id is its document's."""
    chunks = tuple(chunk_of(text, key, VersionKey(key, "1")) for key, text in dataset.corpus.items())
    return Snapshot(
        id="",
        manifest=Manifest("evaluation", embedder.id, 1, ()),
        chunks=chunks,
        vectors=embedder.embed(list(dataset.corpus.values())),
        terms=Postings.of([terms_of(chunk) for chunk in chunks]),
        concepts=Postings.of([concepts_of(chunk) for chunk in chunks]),
    )


def chunk_of(text: str, id: str, version: VersionKey) -> Chunk:
    """``text`` as one chunk of ``version``, its sentences and table rows quotable."""
    return Chunk(
        id=id,
        key=version,
        parse_sha256="",
        language=detect_language(text),
        span=Span(0, max(len(text), 1)),
        text=text,
        indexed_text=text,
        page=None,
        heading_path=(),
        anchor=None,
        units=tuple(_units(text)),
    )


def _units(text: str) -> Iterator[Unit]:
    """The first line of cells heads the rows below it."""
    position, headed = 0, False
    for line in text.split("\n"):
        if CELLS in line:
            yield Unit(UnitKind.ROW if headed else UnitKind.HEADER, Span(position, position + len(line)))
            headed = True
        else:
            for start, end in sentences(line):
                yield Unit(UnitKind.SENTENCE, Span(position + start, position + end))
        position += len(line) + 1
