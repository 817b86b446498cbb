"""Which snapshots an institution answered from, and when: read from its audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app.evidence.tables import AuditEntryRow

MOVED = "snapshot:move:done"


@dataclass(frozen=True)
class PublishedSnapshot:
    """Answers were made from it between ``since`` and ``until``; None: they still are."""

    id: str
    since: datetime
    until: datetime | None


def published_snapshots(session: Session, institution_id: str) -> tuple[PublishedSnapshot, ...]:
    """Every snapshot the institution's pointer was moved to, oldest first; empty before the first."""
    own = (AuditEntryRow.institution_id == institution_id, AuditEntryRow.action == MOVED)
    entries = session.exec(select(AuditEntryRow).where(*own).order_by(col(AuditEntryRow.seq)))
    moves = [(entry.subject_id, entry.at) for entry in entries]
    ends = [*(at for _, at in moves[1:]), None]
    return tuple(
        PublishedSnapshot(snapshot_id, since, until)
        for (snapshot_id, since), until in zip(moves, ends, strict=False)  # no move has no end either
    )
