"""Files that no row names: what a crash left between a file and its row, or a builder that was not the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from app.batches.service import BatchService
from app.db.columns import now_utc
from app.documents.service import DocumentService
from app.evidence.service import EvidenceService
from app.foundation import Foundation
from app.institutions.snapshots import published_snapshots
from app.removal import library
from app.removal.needs import parses_cited
from app.removal.plan import segment_address
from app.removal.shelf import Shelf
from app.removal.types import Cause, FileKind, Holding, Receipt, Removal
from app.removal.work import carry_out, take_up
from retrieval.segments import stored_segments
from retrieval.snapshot import stored_snapshots

GRACE = timedelta(days=1)  # younger files may belong to work under way


def orphans(foundation: Foundation, institution_id: str, now: datetime | None = None) -> tuple[Holding, ...]:
    """Files older than a day that no row, no published snapshot and no evidence names, in the order of their names."""
    shelf = Shelf.of(foundation, institution_id)
    return _old(shelf, [*_unnamed(foundation, institution_id), *_leftovers(shelf)], now)


def remove_leftovers(foundation: Foundation, institution_id: str, by: str, now: datetime) -> Receipt | None:
    """Deletes what killed processes left half-written a day ago or earlier; nothing there: nothing is written, None.

    Nobody can name it, so nothing needs to be read to know that it may go: retention does it, unasked.
    """
    shelf = Shelf.of(foundation, institution_id)
    return carry_out(foundation, institution_id, Removal(Cause.ORPHANS, None, by, _old(shelf, _leftovers(shelf), now)))


def remove_orphans(foundation: Foundation, institution_id: str, by: str, now: datetime | None = None) -> Receipt | None:
    """Deletes the orphans for good under one receipt; none: nothing is written, None."""
    take_up(foundation, institution_id)
    going = orphans(foundation, institution_id, now)
    return carry_out(foundation, institution_id, Removal(Cause.ORPHANS, None, by, going))


def _unnamed(foundation: Foundation, institution_id: str) -> Iterator[tuple[FileKind, str]]:
    root, store = foundation.index_root(institution_id), foundation.files(institution_id)
    with foundation.database.read() as session:
        versions = DocumentService(session, institution_id, foundation.ledger).all()
        published = {past.id for past in published_snapshots(session, institution_id)}
        snapshots = library.stored(foundation, session, institution_id)
        cited = parses_cited(EvidenceService(session, institution_id, foundation.ledger))
        in_batches = BatchService(session, institution_id, foundation.ledger).named_files()
    named = {name for v in versions for name in (v.file_sha256, v.parse_sha256)} | cited | in_batches
    yield from ((FileKind.STRAY, name) for name in set(store.stored()) - named)
    held = {ref.address for snapshot in snapshots for ref in snapshot.segments}
    held |= {address for v in versions if (address := segment_address(v)) is not None}
    yield from ((FileKind.SEGMENT, name) for name in stored_segments(root).keys() - held)
    yield from ((FileKind.SNAPSHOT, name) for name in stored_snapshots(root).keys() - published)


def _leftovers(shelf: Shelf) -> Iterator[tuple[FileKind, str]]:
    yield from ((FileKind.LEFTOVER, name) for name in shelf.leftovers())


def _old(shelf: Shelf, named: Iterable[tuple[FileKind, str]], now: datetime | None) -> tuple[Holding, ...]:
    """Those that are stored and older than a day, in the order of their names."""
    before = (now or now_utc()) - GRACE
    stored = filter(None, (shelf.holding(kind, name) for kind, name in named))
    found = [holding for holding in stored if _older(shelf.stored_at(holding), before)]
    return tuple(sorted(found, key=lambda holding: (holding.kind, holding.name)))


def _older(stored_at: datetime | None, before: datetime) -> bool:
    return stored_at is not None and stored_at <= before
