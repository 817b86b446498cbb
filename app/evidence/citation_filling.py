"""Lists what answers cite that were recorded before there was an index of cited versions.

A few at a time, each lot in a transaction of its own: a kill loses one lot, and whoever comes next goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

import structlog
from sqlmodel import Session

from app.conversations.errors import ConversationErased, SealBroken
from app.db.session import Database
from app.evidence.audit import AuditLog, Ledger
from app.evidence.citations import AT_ONCE, CitationIndex, Listing
from app.evidence.service import EvidenceService

log = structlog.get_logger(__name__)


def fill(database: Database, ledger: Ledger, institution_id: str, breathe: Callable[[], None] = lambda: None) -> int:
    """Lists the answers of an institution that are not listed yet; gives how many. Repeatable; ``breathe`` may raise.

    An erased answer needs nothing any more and is listed as citing nothing. One whose evidence was changed stays
    unlisted: what it cites is not known.
    """
    filled, after = 0, ""
    while True:
        breathe()
        with database.read() as session:
            ids = list(islice(CitationIndex(session, institution_id, ledger).unlisted(after), AT_ONCE))
            listings = [_listing(session, institution_id, ledger, answer_id) for answer_id in ids]
        if not ids:
            return filled
        filled += _add(database, ledger, institution_id, [listing for listing in listings if listing is not None])
        after = ids[-1]


def _listing(session: Session, institution_id: str, ledger: Ledger, answer_id: str) -> Listing | None:
    evidence = EvidenceService(session, institution_id, ledger)
    try:
        return Listing.of(evidence.get(answer_id))
    except ConversationErased:
        return evidence.erased_listing(answer_id)
    except SealBroken:
        log.error("citations.unreadable", institution_id=institution_id, answer_id=answer_id)
        return None


def _add(database: Database, ledger: Ledger, institution_id: str, listings: Sequence[Listing]) -> int:
    """Those that nobody listed meanwhile; whoever lists takes turns at the head of the log."""
    with database.write() as session:
        AuditLog(session, institution_id, ledger).lock()
        index = CitationIndex(session, institution_id, ledger)
        new = [listing for listing in listings if not index.lists(listing.answer_id)]
        for listing in new:
            index.add(listing)
    return len(new)
