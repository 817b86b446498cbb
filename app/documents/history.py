"""What was known of an institution's versions at an earlier moment: a replay answers from that, not from today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session

from app.documents.repository import VersionRepository
from app.documents.rows import entry_of, events_of, info_of
from app.documents.tables import DocumentVersionRow
from app.documents.timeline import Entry, place
from app.documents.types import Act
from knowledge_bases.schema import VersionInfo, VersionKey


def infos_known_at(
    session: Session, institution_id: str, on: date, moment: datetime, withdrawn_by: datetime | None = None
) -> dict[VersionKey, VersionInfo]:
    """The versions in force on the day ``on`` as they stood at ``moment``.

    What was published later neither counts nor ends what stood before it; a version that was ended earlier, later than
    ``moment``, still has the end it had. What was withdrawn after ``withdrawn_by`` still counts (None: after
    ``moment``); who asks today about an earlier moment must not be shown what is withdrawn today.
    """
    by_document: dict[str, list[DocumentVersionRow]] = defaultdict(list)
    for row in VersionRepository(session, institution_id).list_all():
        if row.published_at is not None and row.published_at <= moment:
            by_document[row.document_id].append(row)
    known = [info for rows in by_document.values() for info in _as_placed(rows, moment, withdrawn_by or moment)]
    return {info.key: info for info in known if info.in_force(on)}


def _as_placed(rows: Sequence[DocumentVersionRow], moment: datetime, withdrawn_by: datetime) -> list[VersionInfo]:
    ends = {placed.version: placed.effective_to for placed in place([_entry_at(row, moment) for row in rows])}
    standing = [row for row in rows if row.withdrawn_at is None or row.withdrawn_at > withdrawn_by]
    return [replace(info_of(row), effective_to=ends[row.version]) for row in standing]


def _entry_at(row: DocumentVersionRow, moment: datetime) -> Entry:
    """With the end it had at ``moment``: the first time it was ended earlier since then tells which."""
    since = [event for event in events_of(row) if event.act is Act.ENDED and event.at > moment]
    entry = entry_of(row)
    return replace(entry, declared_to=since[0].ended_before) if since else entry
