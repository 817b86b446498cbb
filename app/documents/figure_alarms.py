"""The figures in disagreement among an institution's documents in force, and with a version that waits for approval."""

from __future__ import annotations

from functools import lru_cache

from app.documents.compared import starts
from app.documents.disagreements import Disagreement, disagreements
from app.documents.figures import Source
from app.documents.files import FileStore
from app.documents.lines import Line, lines_of
from app.documents.service import DocumentService
from app.documents.siblings import families
from app.documents.types import DocumentVersion
from app.foundation import Foundation
from app.hong_kong import today_in_hong_kong
from knowledge_bases.parsed import ParsedDocument
from knowledge_bases.schema import VersionKey


def figures_that_disagree(
    foundation: Foundation, institution_id: str, candidate: VersionKey | None = None
) -> tuple[Disagreement, ...]:
    """Disagreements among what is in force today; of ``candidate``, its own, as of the day it starts.

    Raises:
        VersionNotFound: there is no such version. FileMissing, FileDamaged: a parse is gone or was changed.
    """
    today = today_in_hong_kong()
    with foundation.database.read() as session:
        service = DocumentService(session, institution_id, foundation.ledger)
        version = service.get(candidate) if candidate else None
        on = max(starts(version, today), today) if version else today
        in_force, every = service.infos(on).keys(), service.all()
    versions = [v for v in every if v.info.key in in_force and (not version or not _same_document(v, version))]
    read = [v for v in (*versions, *([version] if version else [])) if v.parse_sha256]
    of = None if candidate is None else {candidate}
    return disagreements([source_of(foundation, institution_id, v) for v in read], families(every), of)


def _same_document(one: DocumentVersion, other: DocumentVersion) -> bool:
    return one.info.key.document == other.info.key.document


def source_of(foundation: Foundation, institution_id: str, version: DocumentVersion) -> Source:
    """A version that was read, with its lines.

    Raises:
        FileMissing, FileDamaged: its parse is gone or was changed.
    """
    return Source(version.info, _lines(foundation.files(institution_id), version.parse_sha256 or ""))


@lru_cache(maxsize=512)
def _lines(files: FileStore, parse_sha256: str) -> tuple[Line, ...]:
    """A parse never changes under its address."""
    return lines_of(ParsedDocument.from_json(files.get(parse_sha256)))
