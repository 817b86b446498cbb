"""A version that its maker gives up: withdrawn and erased in one go, for nobody was ever told a word of it."""

from __future__ import annotations

from app.batches.service import BatchService
from app.db.columns import now_utc
from app.documents.editing import EDITABLE
from app.documents.errors import WrongStatus
from app.documents.publishing import Publishing
from app.documents.service import DocumentService
from app.documents.types import FINISHED, DocumentVersion, VersionStatus
from app.foundation import Foundation
from app.removal.plan import STORED_AGAIN, Claims, split
from app.removal.receipts import Receipts
from app.removal.shelf import Shelf
from app.removal.types import Cause, Receipt, Removal
from app.removal.work import carry_out, take_up
from app.switches.reading import require_writable
from knowledge_bases.schema import VersionKey

REASON = "discarded by its maker"


def discard(foundation: Foundation, institution_id: str, key: VersionKey, by: str) -> Receipt | None:
    """Erases a version that was never published at once; None where nothing of it is stored any more. Repeatable.

    What another version or an upload has too stays, and the receipt says why, also where that is everything.

    Raises:
        VersionNotFound: no such version. WrongStatus: it was published, or a worker reads it or is about to.
        ReadOnly: that is switched on.
    """
    version = _given_up(foundation, institution_id, key, by)
    interrupted = [r for r in take_up(foundation, institution_id) if r.removal.key == key]
    with foundation.database.read() as session:
        versions = DocumentService(session, institution_id, foundation.ledger).all()
        in_batches = BatchService(session, institution_id, foundation.ledger).named_files()
    others = [other for other in versions if other.info.key != key]
    shelf = Shelf.of(foundation, institution_id)
    claims = Claims(frozenset(), others, {}, in_batches)
    going, kept = split(version, claims, shelf, fresh_after=now_utc() + STORED_AGAIN)
    removal = Removal(Cause.DISCARDED, key, by, going, kept)
    done = carry_out(foundation, institution_id, removal) or next(iter(interrupted), None)
    return done or _kept_whole(foundation, institution_id, removal)


def _kept_whole(foundation: Foundation, institution_id: str, removal: Removal) -> Receipt | None:
    with foundation.database.write() as session:
        return Receipts(session, institution_id, foundation.ledger).keep(removal)


def _given_up(foundation: Foundation, institution_id: str, key: VersionKey, by: str) -> DocumentVersion:
    with foundation.database.write() as session:
        require_writable(session, institution_id)
        documents = DocumentService(session, institution_id, foundation.ledger)
        version = documents.get(key)
        before = version.status is VersionStatus.WITHDRAWN and version.published_at is None
        if version.status not in EDITABLE and not before:
            raise WrongStatus(key, version.status.value, "discarded")
        if not before and version.progress.stage not in FINISHED:
            raise WrongStatus(key, "is being read; cancel that first", "discarded")
        if not before:
            Publishing(session, institution_id, foundation.ledger).withdraw(key, by, REASON)
        return documents.get(key)
