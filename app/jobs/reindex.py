"""Builds again what an older chunker, embedder or analysis built, from the stored parses, one version after another.

All of an institution's versions come into its snapshot at once, at the end. What is built so far lies in the work
folder and among the segments: after a kill the next run goes on from there. So does the first day in force of a version
that got it when it was published: the words it is found by are made again with that day.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import structlog

from app.documents.errors import FileDamaged, FileMissing
from app.documents.rebuilding import Rebuilt, replace_segments
from app.documents.service import DocumentService
from app.documents.types import DocumentVersion, Stage, VersionStatus
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from app.jobs.ingest import Ingestion, Job
from ingestion.chunking import CHUNKER_VERSION, chunked_by
from ingestion.errors import IngestionError
from knowledge_bases.schema import VersionKey
from retrieval.errors import ModelMismatch
from retrieval.segments import SegmentRef, analysis, is_intact, stored_segments

BY = "reindex"

log = structlog.get_logger(__name__)


class Reason(StrEnum):
    """Why a version's index is not what would be built today."""

    CHUNKER = "chunker"  # older rules cut and worded its chunks
    FACTS = "facts"  # a fact that stands in its words changed since, such as the day it came into force
    ANALYSIS = "analysis"  # older rules or word lists made its terms; they are made again at each opening
    EMBEDDER = "embedder"  # another model embedded it than its index is made by, or is to be
    DAMAGED = "damaged"  # a byte of it is not as it was written


@dataclass(frozen=True)
class Stale:
    """A version that is to be built again from a stored parse; ``segment`` is what its row names now, as JSON."""

    version: DocumentVersion
    parse_sha256: str
    segment: str
    reasons: frozenset[Reason]


@dataclass(frozen=True)
class Failed:
    """A version that could not be built again, and why, in one sentence; it keeps the index it has."""

    key: VersionKey
    why: str


@dataclass(frozen=True)
class Reindexed:
    """What a run did. ``snapshot`` is the one that answers now; ``held_back``: why nothing was published, if so."""

    rebuilt: tuple[VersionKey, ...]
    failed: tuple[Failed, ...]
    snapshot: str | None
    held_back: str | None = None


def stale_versions(
    foundation: Foundation, institution_id: str, embedder_id: str, *, every_byte: bool = False
) -> tuple[Stale, ...]:
    """The versions, published or still to be, whose index differs from what would be built today; by document.

    ``every_byte``: each stored segment is read, and a damaged one counts.
    """
    with foundation.database.read() as session:
        versions = DocumentService(session, institution_id, foundation.ledger).all()
    root = foundation.index_root(institution_id)
    looked_at = (_looked_at(version, embedder_id, root if every_byte else None) for version in versions)
    return tuple(stale for stale in looked_at if stale is not None and stale.reasons)


def with_own_model(ingestion: Ingestion, institution_id: str) -> Ingestion:
    """``ingestion`` by the model of what the institution has published; by its own where nothing is.

    Raises:
        EmbedderUnavailable: that model is not to be had here.
    """
    with ingestion.foundation.database.read() as session:
        served = DocumentService(session, institution_id, ingestion.foundation.ledger).embedded_by()
    return replace(ingestion, embedder=ingestion.model(served))


def reindex(
    ingestion: Ingestion,
    institution_id: str,
    chosen: Sequence[Stale],
    begin: Callable[[Stale], None] = lambda _: None,
    built: Callable[[], None] = lambda: None,
) -> Reindexed:
    """Builds the chosen versions again, by the ingestion's own model, and publishes them together.

    ``begin`` hears of each, ``built`` that all are; both may raise, and nothing is published then. With none chosen, a
    snapshot that cannot be read is written anew from the rows.

    Raises:
        SnapshotMoved: other builders kept being first; what was built is not built again by the next run.
    """
    rebuilt: dict[VersionKey, Rebuilt] = {}
    failed: list[Failed] = []
    for stale in chosen:
        begin(stale)
        key = stale.version.info.key
        try:
            rebuilt[key] = _rebuilt(ingestion, Job(institution_id, key), stale)
        except (FileMissing, FileDamaged, IngestionError) as error:
            log.error("reindex.failed", institution_id=institution_id, document_id=key.document, version=key.version)
            failed.append(Failed(key, str(error)))
    built()
    return _published(ingestion, institution_id, rebuilt, tuple(failed))


def _looked_at(version: DocumentVersion, embedder_id: str, root: Path | None) -> Stale | None:
    """None where there is nothing to build it from, or nothing to build it for; ``root`` is where bytes are read."""
    parse_sha256, segment = version.parse_sha256, version.segment
    standing = version.progress.stage is Stage.READY and version.status is not VersionStatus.WITHDRAWN
    if parse_sha256 is None or segment is None or not standing:
        return None
    ref, now = SegmentRef.from_value(json.loads(segment)), chunked_by(version.info)
    rules_differ = ref.chunker.split("+")[0] != CHUNKER_VERSION
    differs = {
        Reason.CHUNKER: rules_differ,
        Reason.FACTS: not rules_differ and ref.chunker != now,
        Reason.ANALYSIS: ref.tokeniser != analysis(),
        Reason.EMBEDDER: ref.embedder_id != embedder_id,
        Reason.DAMAGED: root is not None and not is_intact(root, ref),
    }
    return Stale(version, parse_sha256, segment, frozenset(reason for reason, holds in differs.items() if holds))


def _rebuilt(ingestion: Ingestion, job: Job, stale: Stale) -> Rebuilt:
    segment = ingestion.segment(job, stale.parse_sha256, ingestion.embedder, lambda done, total: ingestion.breathe())
    return Rebuilt(stale.segment, segment)


def _published(
    ingestion: Ingestion, institution_id: str, rebuilt: dict[VersionKey, Rebuilt], failed: tuple[Failed, ...]
) -> Reindexed:
    foundation, held_back = ingestion.foundation, None
    stored = stored_segments(foundation.index_root(institution_id))  # what waited for days may count as an orphan
    rebuilt = {key: each for key, each in rebuilt.items() if each.after.address in stored}
    try:
        replace_segments(foundation, institution_id, rebuilt, BY)
    except ModelMismatch as error:  # one model embeds all of a snapshot; those that failed are by another
        held_back = f"nothing was published: {error}"
    else:
        for key in rebuilt:
            ingestion.clear(Job(institution_id, key))
    return Reindexed(tuple(rebuilt), failed, _snapshot(foundation, institution_id), held_back)


def _snapshot(foundation: Foundation, institution_id: str) -> str | None:
    with foundation.database.read() as session:
        return InstitutionService(session, foundation.ledger).pointer(institution_id).snapshot_id
