"""The list of versions as staff read it: what needs a person first, and which language is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from app.documents.types import DocumentVersion, Stage, VersionStatus
from knowledge_bases.schema import Institution, Language

PAST = frozenset({VersionStatus.SUPERSEDED, VersionStatus.WITHDRAWN})
CHINESE = frozenset({Language.ZH_HANT, Language.ZH_HANS})


class Need(IntEnum):
    """What a version needs next; the most urgent is the smallest."""

    MENDING = 0  # ingestion failed
    APPROVAL = 1
    A_LOOK = 2  # read, with problems
    TIME = 3  # being read
    SUBMITTING = 4
    NOTHING = 5
    NOTHING_ANY_MORE = 6


URGENT = frozenset({Need.MENDING, Need.APPROVAL, Need.A_LOOK})


@dataclass(frozen=True)
class Listed:
    """A version in the list. ``misses_sibling``: customers of another language find no document like it."""

    version: DocumentVersion
    need: Need
    misses_sibling: bool

    @property
    def urgent(self) -> bool:
        """Whether a person has to do something."""
        return self.need in URGENT


@dataclass(frozen=True)
class Filter:
    """Which versions to list; None lists all."""

    status: VersionStatus | None = None
    language: Language | None = None

    def takes(self, version: DocumentVersion) -> bool:
        """Whether the version is to be listed."""
        right_status = self.status is None or version.status is self.status
        return right_status and (self.language is None or version.info.language is self.language)


def listed(institution: Institution, versions: Sequence[DocumentVersion]) -> tuple[Listed, ...]:
    """All versions, what needs a person first, then by title."""
    kept = frozenset(v.info.key.document for v in versions if v.status not in PAST)
    entries = [Listed(v, need_of(v), _misses_sibling(institution, v, kept)) for v in versions]
    return tuple(sorted(entries, key=lambda e: (e.need, e.version.info.title, e.version.info.key)))


def need_of(version: DocumentVersion) -> Need:
    """What the version needs next."""
    if version.status in PAST:
        return Need.NOTHING_ANY_MORE
    if version.progress.stage is Stage.FAILED:
        return Need.MENDING
    if version.progress.stage is not Stage.READY:
        return Need.TIME
    if version.status in {VersionStatus.IN_REVIEW, VersionStatus.APPROVED}:
        return Need.APPROVAL
    if version.problems:
        return Need.A_LOOK
    return Need.SUBMITTING if version.status is VersionStatus.DRAFT else Need.NOTHING


def working(version: DocumentVersion) -> bool:
    """Whether the version is being read, and changes without anybody doing anything."""
    return need_of(version) is Need.TIME


def _misses_sibling(institution: Institution, version: DocumentVersion, kept: frozenset[str]) -> bool:
    wanted = Language.EN in institution.languages and not CHINESE.isdisjoint(institution.languages)
    return wanted and version.status not in PAST and version.info.sibling not in kept
