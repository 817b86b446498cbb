"""The list of versions as staff read it: what needs a person first, when it counts, and which language is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

from app.db.columns import now_utc
from app.documents.progress import is_stuck
from app.documents.siblings import Families
from app.documents.types import DocumentVersion, Stage, VersionStatus
from app.hong_kong import today_in_hong_kong
from knowledge_bases.schema import Institution, Language

PAST = frozenset({VersionStatus.SUPERSEDED, VersionStatus.WITHDRAWN})
SHOWN = frozenset({VersionStatus.PUBLISHED, VersionStatus.SUPERSEDED})


class Need(IntEnum):
    """What a version needs next; the most urgent is the smallest."""

    MENDING = 0  # ingestion failed
    A_WORKER = 1  # a job was begun and says nothing any more
    APPROVAL = 2
    A_LOOK = 3  # read, with problems
    TIME = 4  # being read
    STARTING = 5  # its reading was cancelled
    SUBMITTING = 6
    NOTHING = 7
    NOTHING_ANY_MORE = 8


class Phase(StrEnum):
    """Where a published version is in its days; Hong Kong's calendar decides."""

    SCHEDULED = "scheduled"
    IN_FORCE = "in_force"
    ENDING = "ending"  # in force, and its end is known
    ENDED = "ended"


def phase_of(version: DocumentVersion, today: date) -> Phase | None:
    """The phase of a published version on the day ``today``; None where customers do not see it on any day."""
    if version.status not in SHOWN:
        return None
    if version.info.in_force(today):
        return Phase.IN_FORCE if version.info.effective_to is None else Phase.ENDING
    starts = version.info.effective_from
    return Phase.SCHEDULED if starts is not None and today < starts else Phase.ENDED


URGENT = frozenset({Need.MENDING, Need.A_WORKER, Need.APPROVAL, Need.A_LOOK})


@dataclass(frozen=True)
class Listed:
    """A version in the list.

    ``missing``: customers of these languages find no document like it; ``behind``: its siblings in these languages are
    older texts. Both are empty for a version of the past.
    """

    version: DocumentVersion
    need: Need
    phase: Phase | None
    missing: tuple[Language, ...]
    behind: tuple[Language, ...]

    @property
    def urgent(self) -> bool:
        """Whether a person has to do something."""
        return self.need in URGENT


@dataclass(frozen=True)
class Filter:
    """Which versions to list; None and "" list all. ``words`` must all stand in its title, id, tags or the like."""

    status: VersionStatus | None = None
    language: Language | None = None
    product: str = ""
    words: str = ""

    def __bool__(self) -> bool:
        return self != Filter()

    def takes(self, version: DocumentVersion) -> bool:
        """Whether the version is to be listed."""
        info = version.info
        right_status = self.status is None or version.status is self.status
        right_language = self.language is None or info.language is self.language
        right_product = not self.product or info.product == self.product
        return right_status and right_language and right_product and self._says(version)

    def _says(self, version: DocumentVersion) -> bool:
        info = version.info
        said = " ".join(
            (info.title, info.key.document, info.key.version, info.product or "", *info.tags, info.owner or "")
        )
        return all(word in f"{said} {version.file_name}".casefold() for word in self.words.casefold().split())


def listed(institution: Institution, versions: Sequence[DocumentVersion]) -> tuple[Listed, ...]:
    """All versions, what needs a person first, then by title."""
    families, today = Families(institution, versions), today_in_hong_kong()
    entries = [_listed(version, families, today) for version in versions]
    return tuple(sorted(entries, key=lambda e: (e.need, e.version.info.title, e.version.info.key)))


def need_of(version: DocumentVersion) -> Need:
    """What the version needs next."""
    if version.status in PAST:
        return Need.NOTHING_ANY_MORE
    if version.progress.stage is Stage.FAILED:
        return Need.MENDING
    if version.progress.stage is Stage.CANCELLED:
        return Need.STARTING
    if version.progress.stage is not Stage.READY:
        return Need.A_WORKER if is_stuck(version.progress, now_utc()) else Need.TIME
    if version.status in {VersionStatus.IN_REVIEW, VersionStatus.APPROVED}:
        return Need.APPROVAL
    if version.problems:
        return Need.A_LOOK
    return Need.SUBMITTING if version.status is VersionStatus.DRAFT else Need.NOTHING


def working(version: DocumentVersion) -> bool:
    """Whether the version is being read, and changes without anybody doing anything."""
    return need_of(version) in (Need.TIME, Need.A_WORKER)


def _listed(version: DocumentVersion, families: Families, today: date) -> Listed:
    siblings = () if version.status in PAST else families.of(version)
    missing = tuple(sibling.language for sibling in siblings if sibling.version is None)
    behind = tuple(sibling.language for sibling in siblings if sibling.behind)
    return Listed(version, need_of(version), phase_of(version, today), missing, behind)
