"""Chunks into vectors, ready for the segment writer of ``retrieval.snapshot``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_bases.schema import Chunk
from retrieval.ports import Embedder, Vectors

BATCH = 64

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class BuiltSegment:
    """The chunks of one version with their vectors: row ``i`` of ``vectors`` belongs to ``chunks[i]``."""

    chunks: tuple[Chunk, ...]
    vectors: Vectors
    embedder_id: str


def build_segment(chunks: Sequence[Chunk], embedder: Embedder, progress: Progress | None = None) -> BuiltSegment:
    """Embeds ``indexed_text`` of every chunk, shortest first so that a batch wastes little on padding.

    ``vectors`` has shape (len(chunks), embedder.dimensions), float32. ``progress`` is told (done, total) after each
    batch. No chunks: no rows, and no call of the embedder.
    """
    vectors = np.zeros((len(chunks), embedder.dimensions), dtype=np.float32)
    by_length = sorted(range(len(chunks)), key=lambda row: len(chunks[row].indexed_text))
    for start in range(0, len(by_length), BATCH):
        rows = by_length[start : start + BATCH]
        vectors[rows] = embedder.embed([chunks[row].indexed_text for row in rows])
        if progress is not None:
            progress(min(start + BATCH, len(chunks)), len(chunks))
    return BuiltSegment(tuple(chunks), vectors, embedder.id)
