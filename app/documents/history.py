"""What was known of an institution's versions at an earlier moment: a replay answers from that, not from today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session

from app.documents.repository import VersionRepository
from app.documents.rows import info_of
from app.documents.tables import DocumentVersionRow
from app.documents.timeline import Entry, place
from knowledge_bases.schema import VersionInfo, VersionKey


def infos_known_at(session: Session, institution_id: str, on: date, moment: datetime) -> dict[VersionKey, VersionInfo]:
    """The versions in force on the day ``on`` as they stood at ``moment``.

    What was published later neither counts nor ends what stood before it; what was withdrawn later still counts.
    """
    by_document: dict[str, list[DocumentVersionRow]] = defaultdict(list)
    for row in VersionRepository(session, institution_id).list_all():
        if row.published_at is not None and row.published_at <= moment:
            by_document[row.document_id].append(row)
    known = [info for rows in by_document.values() for info in _as_placed(rows, moment)]
    return {info.key: info for info in known if info.in_force(on)}


def _as_placed(rows: Sequence[DocumentVersionRow], moment: datetime) -> list[VersionInfo]:
    entries = [Entry(r.version, r.effective_from, r.declared_to, r.published_at or r.created_at) for r in rows]
    ends = {placed.version: placed.effective_to for placed in place(entries)}
    standing = [row for row in rows if row.withdrawn_at is None or row.withdrawn_at > moment]
    return [replace(info_of(row), effective_to=ends[row.version]) for row in standing]
