"""Takes files away under a receipt: noted, removed, closed. A kill at any point is taken up again from the note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session

from app.batches.service import BatchService
from app.documents.service import DocumentService
from app.documents.types import VersionStatus
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from app.removal.plan import shares
from app.removal.receipts import Receipts
from app.removal.shelf import Shelf
from app.removal.types import FileKind, Holding, Kept, Receipt, Removal

NEEDED_AGAIN = "it was needed again before it was removed"


def carry_out(foundation: Foundation, institution_id: str, removal: Removal) -> Receipt | None:
    """Removes what ``removal`` names and returns the receipt; nothing to remove: nothing is written, None.

    What another process has begun to remove meanwhile is left to it.
    """
    if not removal.removed:
        return None
    shelf = Shelf.of(foundation, institution_id)
    with foundation.database.write() as session:
        receipts = Receipts(session, institution_id, foundation.ledger)
        claimed = receipts.claimed()
        stored = [h for h in removal.removed if h not in claimed and shelf.holding(h.kind, h.name) is not None]
        if not stored:
            return None
        receipt = receipts.begin(replace(removal, removed=tuple(stored)))
    return finish(foundation, institution_id, receipt)


def take_up(foundation: Foundation, institution_id: str) -> tuple[Receipt, ...]:
    """Finishes the removals that a kill interrupted; repeatable."""
    with foundation.database.read() as session:
        begun = Receipts(session, institution_id, foundation.ledger).interrupted()
    return tuple(finish(foundation, institution_id, receipt) for receipt in begun)


def finish(foundation: Foundation, institution_id: str, begun: Receipt) -> Receipt:
    """Removes what a receipt names that was begun; repeatable. The files go while the head of the log is locked:
    nobody registers or publishes what shares one meanwhile.
    """
    shelf = Shelf.of(foundation, institution_id)
    with foundation.database.write() as session:
        receipts = Receipts(session, institution_id, foundation.ledger)
        receipt = receipts.lock(begun.id)
        if receipt.done_at is not None:
            return receipt
        needed = _needed_now(session, foundation, institution_id, receipt.removal.removed)
        gone, kept = [], list(receipt.removal.kept)
        for holding in receipt.removal.removed:
            if holding not in needed and shelf.remove(holding, unless_stored_after=receipt.begun_at):
                gone.append(holding)
            else:
                kept.append(Kept(holding.kind, holding.name, NEEDED_AGAIN))
        return receipts.finish(receipt.id, gone, kept)


def _needed_now(
    session: Session, foundation: Foundation, institution_id: str, removed: Sequence[Holding]
) -> frozenset[Holding]:
    """What a version that is not withdrawn, or a batch, names by now, and the snapshot that answers now."""
    versions = DocumentService(session, institution_id, foundation.ledger).all()
    standing = [version for version in versions if version.status is not VersionStatus.WITHDRAWN]
    current = InstitutionService(session, foundation.ledger).pointer(institution_id).snapshot_id
    in_batches = BatchService(session, institution_id, foundation.ledger).named_files()
    return frozenset(
        holding
        for holding in removed
        if holding.name in in_batches
        or any(shares(holding, version) for version in standing)
        or (holding.kind is FileKind.SNAPSHOT and holding.name == current)
    )
