"""Two stored versions of a document side by side, and which one a version takes the place of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.documents.comparison import Comparison, LineChange, compare
from app.documents.errors import WrongStatus
from app.documents.service import DocumentService
from app.documents.types import DocumentVersion, Stage, VersionStatus
from app.documents.wording import Stretch
from app.foundation import Foundation
from app.hong_kong import HONG_KONG, today_in_hong_kong
from app.institutions.service import InstitutionService
from knowledge_bases.parsed import ParsedDocument
from knowledge_bases.schema import VersionKey

ANSWERED_FROM = frozenset({VersionStatus.PUBLISHED, VersionStatus.SUPERSEDED})


@dataclass(frozen=True)
class Compared:
    """Two versions, and the way from the one to the other."""

    before: DocumentVersion
    after: DocumentVersion
    comparison: Comparison

    def to_json(self) -> dict[str, Any]:
        """What ``candour knowledge diff --json`` prints: the counts, and every line that is not unchanged."""
        return {
            "document": self.after.info.key.document,
            "from": self.before.info.key.version,
            "to": self.after.info.key.version,
            "counts": {change.value: count for change, count in self.comparison.counts.items()},
            "changes": [_change_json(c) for c in self.comparison.changes if c.change is not c.change.UNCHANGED],
        }


def compare_versions(foundation: Foundation, institution_id: str, before: VersionKey, after: VersionKey) -> Compared:
    """Compares two versions by their stored parses.

    Raises:
        UnknownInstitution: there is none of this id. VersionNotFound: there is no such version.
        WrongStatus: one was not read yet.
    """
    with foundation.database.read() as session:
        InstitutionService(session, foundation.ledger).get(institution_id)
        service = DocumentService(session, institution_id, foundation.ledger)
        old, new = service.get(before), service.get(after)
    parses = [parse_of(foundation, institution_id, version) for version in (old, new)]
    return Compared(old, new, compare(*parses))


_UNREAD = {
    Stage.FAILED: "could not be read (its page says why, and reads it again)",
    Stage.CANCELLED: "was not read, as somebody cancelled it (its page starts it again)",
}


def parse_of(foundation: Foundation, institution_id: str, version: DocumentVersion) -> ParsedDocument:
    """The stored parse of a version.

    Raises:
        WrongStatus: it has no text: its reading failed, was cancelled or is not over. FileMissing, FileDamaged: the
            parse is gone or was changed.
    """
    if version.parse_sha256 is None:
        raise WrongStatus(version.info.key, _UNREAD.get(version.progress.stage, "was not read yet"), "compared")
    return ParsedDocument.from_json(foundation.files(institution_id).get(version.parse_sha256))


def starts(version: DocumentVersion, today: date) -> date:
    """The first day a version is in force; one without a date that is not published would start today."""
    if version.info.effective_from is not None:
        return version.info.effective_from
    return today if version.published_at is None else version.published_at.astimezone(HONG_KONG).date()


def predecessor(
    versions: Sequence[DocumentVersion], version: DocumentVersion, today: date | None = None
) -> DocumentVersion | None:
    """The version of the same document that ``version`` takes, or took, the place of; None for a first one.

    That is the one in force the day before it starts; before it is published, the one in force on its first day.
    """
    first = starts(version, today or today_in_hong_kong())
    day = first - timedelta(days=1) if version.status in ANSWERED_FROM else first
    return next(
        (
            other
            for other in versions
            if other.info.key.document == version.info.key.document
            and other.info.key != version.info.key
            and other.status in ANSWERED_FROM
            and other.info.in_force(day)
        ),
        None,
    )


def _change_json(change: LineChange) -> dict[str, Any]:
    line = change.line
    return {
        "change": change.change.value,
        "kind": line.kind.value,
        "heading": line.heading or None,
        "page": line.page,
        "before": None if change.before is None else change.before.text,
        "after": None if change.after is None else change.after.text,
        "figures_changed": change.figures_changed,
        "cells": [[stretch_json(stretch) for stretch in cell] for cell in change.cells],
    }


def stretch_json(stretch: Stretch) -> dict[str, str]:
    """A stretch of words and its fate, as every command prints it."""
    return {"fate": stretch.fate.value, "text": stretch.text}
