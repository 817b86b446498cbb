"""Looks for what a published version disagrees with, once, and keeps it for the answers to come.

The rows say what was looked through: a publication begins at once, and what a kill or a lost file left undone a worker
takes up again. Only documents that may speak of the same things are read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog

from app.documents.disagreements import Disagreement, Said, akin, disagreements
from app.documents.errors import FileDamaged, FileMissing
from app.documents.figure_alarms import source_of
from app.documents.figure_pairs import ComparedVersions, FigurePair, FigurePairs, Side
from app.documents.figures import Source
from app.documents.service import DocumentService
from app.documents.siblings import families
from app.documents.types import DocumentVersion, VersionStatus
from app.evidence.audit import AuditLog
from app.foundation import Foundation
from knowledge_bases.schema import VersionInfo, VersionKey

ANSWERED_FROM = (VersionStatus.PUBLISHED, VersionStatus.SUPERSEDED)

log = structlog.get_logger(__name__)


def pair_new(foundation: Foundation, institution_id: str) -> int:
    """Looks through every published version that was not yet; gives how many. Repeatable, and safe beside itself.

    A version whose text is gone or was changed is left for later: ``candour doctor`` names it.
    """
    with foundation.database.read() as session:
        every = DocumentService(session, institution_id, foundation.ledger).all()
        published = [version for version in every if version.status in ANSWERED_FROM]
        lacking = ComparedVersions(session, institution_id).lacking(published)
    return sum(_look_through(foundation, institution_id, each, published, families(every)) for each in lacking)


def _look_through(
    foundation: Foundation,
    institution_id: str,
    version: DocumentVersion,
    published: Sequence[DocumentVersion],
    family: Mapping[str, frozenset[str]],
) -> bool:
    own, related = version.info, family.get(version.info.key.document, frozenset())
    beside = [other for other in published if other is version or _may_disagree(own, other.info, related)]
    sources = [source for each in beside if (source := _readable(foundation, institution_id, each)) is not None]
    if all(source.info.key != own.key for source in sources):
        return False
    parses = {each.info.key: each.parse_sha256 or "" for each in beside}
    pairs = [_pair(alarm, parses) for alarm in disagreements(sources, family, {own.key})]
    with foundation.database.write() as session:
        AuditLog(session, institution_id, foundation.ledger).lock()
        kept = FigurePairs(session, institution_id)
        kept.drop_others(own.key, parses, pairs)
        kept.add_new(pairs)
        ComparedVersions(session, institution_id).note(version)
    if pairs:
        log.warning("figures.disagree", institution_id=institution_id, document=own.key.document, count=len(pairs))
    return True


def _may_disagree(one: VersionInfo, other: VersionInfo, related: frozenset[str]) -> bool:
    return one.key.document != other.key.document and (other.key.document in related or akin(one, other))


def _readable(foundation: Foundation, institution_id: str, version: DocumentVersion) -> Source | None:
    try:
        return source_of(foundation, institution_id, version)
    except (FileMissing, FileDamaged) as error:
        log.error("figures.unreadable", institution_id=institution_id, error=type(error).__name__)
        return None


def _pair(alarm: Disagreement, parses: Mapping[VersionKey, str]) -> FigurePair:
    def side(said: Said) -> Side:
        return Side(said.key, parses[said.key], said.place)

    first, second = alarm.statements
    return FigurePair(alarm.why, (side(first), side(second)))
