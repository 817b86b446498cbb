"""Vectors that were paid for already: those of the chunks in segments an institution has."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import structlog

from retrieval.errors import SnapshotCorrupt
from retrieval.ports import Vectors
from retrieval.segments import SegmentRef, read_segment

log = structlog.get_logger(__name__)


def known_vectors(root: Path, refs: Iterable[SegmentRef], embedder_id: str) -> dict[str, Vectors]:
    """Indexed text -> its vector of shape (dimensions,), from the segments under ``root`` that ``embedder_id`` made.

    Every byte is held against its hash first: a segment that is damaged or gone is left out, never trusted.
    """
    known: dict[str, Vectors] = {}
    for ref in refs:
        if ref.embedder_id != embedder_id:
            continue
        try:
            segment = read_segment(root, ref, verify="hashes")
        except SnapshotCorrupt:
            log.warning("retrieval.reuse.damaged", segment=ref.address)
            continue
        known.update((chunk.indexed_text, row) for chunk, row in zip(segment.chunks, segment.vectors, strict=True))
    return known
