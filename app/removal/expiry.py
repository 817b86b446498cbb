"""Batches that nobody confirmed in time: forgotten, and their files removed under a receipt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session

from app.batches.service import BatchService
from app.batches.types import Expired
from app.documents.service import DocumentService
from app.evidence.service import EvidenceService
from app.foundation import Foundation
from app.removal.needs import parses_cited
from app.removal.receipts import Receipts
from app.removal.shelf import Shelf
from app.removal.types import Cause, FileKind, Holding, Receipt, Removal
from app.removal.work import finish


def expire_batches(foundation: Foundation, institution_id: str, now: datetime, by: str) -> list[Receipt]:
    """Forgets the batches that are overdue at ``now`` and removes what only they name; none: nothing is written.

    Gives the receipts: none for a batch whose files others name too.
    """
    came_before = now - timedelta(days=foundation.settings.keep_batches_days)
    with foundation.database.read() as session:
        overdue = BatchService(session, institution_id, foundation.ledger).overdue(came_before)
    begun = [_begin(foundation, institution_id, batch_id, came_before, by) for batch_id in overdue]
    return [finish(foundation, institution_id, receipt) for receipt in begun if receipt is not None]


def _begin(
    foundation: Foundation, institution_id: str, batch_id: str, came_before: datetime, by: str
) -> Receipt | None:
    """Batch and note in one transaction: a kill after it finds the note, one before it the batch."""
    with foundation.database.write() as session:
        expired = BatchService(session, institution_id, foundation.ledger).expire(batch_id, came_before)
        if expired is None:
            return None
        going = tuple(_going(session, foundation, institution_id, expired))
        if not going:
            return None
        receipts = Receipts(session, institution_id, foundation.ledger)
        return receipts.begin(Removal(Cause.EXPIRED, None, by, going))


def _going(session: Session, foundation: Foundation, institution_id: str, expired: Expired) -> Iterator[Holding]:
    """What is stored of an expired batch and named by nobody else; what is withdrawn goes with its own version."""
    versions = DocumentService(session, institution_id, foundation.ledger).all()
    others = {name for version in versions for name in (version.file_sha256, version.parse_sha256)}
    others |= BatchService(session, institution_id, foundation.ledger).named_files()
    others |= parses_cited(EvidenceService(session, institution_id, foundation.ledger))
    others |= {holding.name for holding in Receipts(session, institution_id, foundation.ledger).claimed()}
    named = [(FileKind.ORIGINAL, name) for name in expired.files]
    named += [(FileKind.PARSE, name) for name in expired.parses]
    yield from filter(None, (shelf.holding(kind, name) for kind, name in named if name not in others))
