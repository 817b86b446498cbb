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
    moves = [(row.subject_id, row.at) for row in session.exec(
        select(AuditEntryRow).where(*own).order_by(col(AuditEntryRow.seq))
    )]  # fmt: skip
    ends: list[tuple[str, datetime] | None] = [*moves[1:], None]
    return tuple(
        PublishedSnapshot(snapshot_id, at, None if following is None else following[1])
        for (snapshot_id, at), following in zip(moves, ends, strict=True)
    )
