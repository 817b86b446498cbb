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
from app.removal.plan import STORED_AGAIN, fresh
from app.removal.receipts import Receipts
from app.removal.shelf import Shelf
from app.removal.types import Cause, FileKind, Receipt, Removal
from app.removal.work import finish


def expire_batches(foundation: Foundation, institution_id: str, now: datetime, by: str) -> list[Receipt]:
    """Forgets the batches that are overdue at ``now`` and removes what only they name; none: nothing is written.

    Gives the receipts: none for a batch whose files others name too.
    """
    with foundation.database.read() as session:
        overdue = BatchService(session, institution_id, foundation.ledger).overdue(_came_before(foundation, now))
    begun = [_begin(foundation, institution_id, batch_id, now, by) for batch_id in overdue]
    return [finish(foundation, institution_id, receipt) for receipt in begun if receipt is not None]


def _came_before(foundation: Foundation, now: datetime) -> datetime:
    return now - timedelta(days=foundation.settings.keep_batches_days)


def _begin(foundation: Foundation, institution_id: str, batch_id: str, now: datetime, by: str) -> Receipt | None:
    """Batch and note in one transaction: a kill after it finds the note, one before it the batch."""
    shelf = Shelf.of(foundation, institution_id)
    with foundation.database.write() as session:
        batches = BatchService(session, institution_id, foundation.ledger)
        expired = batches.expire(batch_id, _came_before(foundation, now))
        if expired is None:
            return None
        others = _named_by_others(session, foundation, institution_id)
        stored = (shelf.holding(kind, name) for kind, name in _named(expired) if name not in others)
        going = tuple(h for h in stored if h and not fresh(h, shelf, now - STORED_AGAIN))
        receipts = Receipts(session, institution_id, foundation.ledger)
        return receipts.begin(Removal(Cause.EXPIRED, None, by, going)) if going else None


def _named(expired: Expired) -> Iterator[tuple[FileKind, str]]:
    yield from ((FileKind.ORIGINAL, name) for name in expired.files)
    yield from ((FileKind.PARSE, name) for name in expired.parses)


def _named_by_others(session: Session, foundation: Foundation, institution_id: str) -> set[str]:
    """What versions name, withdrawn ones too (it goes with them), other batches, evidence, and removals under way."""
    versions = DocumentService(session, institution_id, foundation.ledger).all()
    named = {name for version in versions for name in (version.file_sha256, version.parse_sha256) if name}
    named |= BatchService(session, institution_id, foundation.ledger).named_files()
    named |= parses_cited(EvidenceService(session, institution_id, foundation.ledger))
    return named | {h.name for h in Receipts(session, institution_id, foundation.ledger).claimed()}
