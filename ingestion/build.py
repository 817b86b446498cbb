"""Chunks into vectors, ready for the segment writer of ``retrieval.snapshot``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from knowledge_bases.schema import Chunk
from retrieval.ports import Embedder, Vectors

BATCH = 64

Progress = Callable[[int, int], None]
NOTHING_KNOWN: Mapping[str, Vectors] = MappingProxyType({})


@dataclass(frozen=True)
class BuiltSegment:
    """The chunks of one version with their vectors: row ``i`` of ``vectors`` belongs to ``chunks[i]``.

    ``embedded`` counts the texts that were given to the embedder; the other vectors were known. ``unseen_tokens`` of
    chunk ``i`` lie past what the model reads: they are found by words alone.
    """

    chunks: tuple[Chunk, ...]
    vectors: Vectors
    embedder_id: str
    embedded: int
    unseen_tokens: tuple[int, ...]

    @property
    def overlong(self) -> int:
        """How many chunks are longer than the model reads."""
        return sum(tokens > 0 for tokens in self.unseen_tokens)


def build_segment(
    chunks: Sequence[Chunk],
    embedder: Embedder,
    progress: Progress | None = None,
    known: Mapping[str, Vectors] = NOTHING_KNOWN,
) -> BuiltSegment:
    """Embeds each ``indexed_text`` that is not among ``known``, once, shortest first.

    ``known`` maps indexed texts to vectors by this very embedder. ``vectors`` has shape (len(chunks),
    embedder.dimensions), float32. ``progress`` is told (chunks done, chunks) at the start where some are known, and
    after each batch. No chunks: no rows, and no call of the embedder.
    """
    rows: dict[str, list[int]] = {}
    for row, chunk in enumerate(chunks):
        rows.setdefault(chunk.indexed_text, []).append(row)
    vectors = np.zeros((len(chunks), embedder.dimensions), dtype=np.float32)
    for text in rows.keys() & known.keys():
        vectors[rows[text]] = known[text]
    new = sorted(rows.keys() - known.keys(), key=lambda text: (len(text), text))
    done = len(chunks) - sum(len(rows[text]) for text in new)
    if progress is not None and done:
        progress(done, len(chunks))
    for start in range(0, len(new), BATCH):
        batch = new[start : start + BATCH]
        for text, vector in zip(batch, embedder.embed(batch), strict=True):
            vectors[rows[text]] = vector
            done += len(rows[text])
        if progress is not None:
            progress(done, len(chunks))
    unseen = embedder.unseen_tokens([chunk.indexed_text for chunk in chunks]) if chunks else ()
    return BuiltSegment(tuple(chunks), vectors, embedder.id, len(new), unseen)
