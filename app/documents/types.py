"""Document versions as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from knowledge_bases.schema import VersionInfo


class VersionStatus(StrEnum):
    """The life of a version. What is in force is decided by dates among published and superseded versions."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"  # a later version of the document is published
    WITHDRAWN = "withdrawn"  # unreachable at once, whatever its dates


class Act(StrEnum):
    """What a person does with a version after it was uploaded; each is kept with who, when and their comment."""

    EDITED = "edited"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    HIDDEN_SEEN = "hidden_seen"  # read the list of hidden texts
    APPROVED = "approved"
    ENDED = "ended"  # in force for fewer days than it was published for
    WITHDRAWN = "withdrawn"


class Stage(StrEnum):
    """How far ingestion has come."""

    RECEIVED = "received"
    PARSING = "parsing"
    CHUNKING = "chunking"
    EMBEDDING = "embedding"
    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"  # by a person; can be started again


FINISHED = frozenset({Stage.READY, Stage.FAILED, Stage.CANCELLED})  # no job works on it


@dataclass(frozen=True)
class Progress:
    """``done`` of ``total`` units of work within ``stage``; ``total`` 0: not known.

    ``error``: why it FAILED, or what a job waits for. ``since`` is when the stage began, ``at`` when the job last said
    anything; both None where it never did.
    """

    stage: Stage
    done: int = 0
    total: int = 0
    error: str | None = None
    since: datetime | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Upload:
    """A file that was stored and is now to become a version. ``by`` is the maker's account id (or "cli")."""

    info: VersionInfo
    file_name: str
    file_sha256: str
    by: str


@dataclass(frozen=True)
class Ingested:
    """What ingestion made of a version. ``segment`` is the segment's reference as JSON, ``problems`` are sentences,
    ``hidden`` counts the pieces of hidden text in the parse.

    ``file_bytes`` and ``parse_bytes`` are the sizes of the stored files; None: not known, a check reads them whole.
    """

    parse_sha256: str
    segment: str
    page_count: int | None
    problems: tuple[str, ...] = ()
    hidden: int = 0
    file_bytes: int | None = None
    parse_bytes: int | None = None


@dataclass(frozen=True)
class StoredFile:
    """Where a file is kept; ``size_bytes`` None: not noted when it was stored."""

    sha256: str
    size_bytes: int | None


@dataclass(frozen=True)
class VersionEvent:
    """One act in a version's history. ``ended_before``: the end it had before, where ENDED (None: open)."""

    act: Act
    by: str
    at: datetime
    comment: str | None
    ended_before: date | None = None


@dataclass(frozen=True)
class DocumentVersion:
    """All that is known of a version but its words. All of the parse, ``segment`` and sizes are None until ingested.

    ``makers`` edited, submitted or uploaded it again; whoever uploaded it first is a maker too. ``hidden_seen_by`` read
    the list of hidden texts last. ``history`` holds what people did with it since its upload, oldest first.
    """

    info: VersionInfo
    status: VersionStatus
    progress: Progress
    file_name: str
    file_sha256: str
    file_bytes: int | None
    parse_sha256: str | None
    parse_bytes: int | None
    segment: str | None
    page_count: int | None
    problems: tuple[str, ...]
    hidden: int
    uploaded_by: str
    approved_by: str | None
    self_published: bool
    created_at: datetime
    published_at: datetime | None
    withdrawn_at: datetime | None
    makers: tuple[str, ...] = ()
    hidden_seen_by: str | None = None
    hidden_seen_at: datetime | None = None
    history: tuple[VersionEvent, ...] = ()

    @property
    def given_up(self) -> bool:
        """Whether it was taken back before anybody was answered from it."""
        return self.status is VersionStatus.WITHDRAWN and self.published_at is None

    def made_by(self, account_id: str) -> bool:
        """Whether the person is one of its makers, and so can't be its checker."""
        return account_id == self.uploaded_by or account_id in self.makers

    @property
    def files(self) -> tuple[StoredFile, ...]:
        """The original, and the parse once there is one."""
        original = StoredFile(self.file_sha256, self.file_bytes)
        if self.parse_sha256 is None:
            return (original,)
        return (original, StoredFile(self.parse_sha256, self.parse_bytes))


@dataclass(frozen=True)
class SnapshotMove:
    """Publish with ``snapshot_id`` if the pointer is still at ``from_generation``."""

    snapshot_id: str
    from_generation: int
