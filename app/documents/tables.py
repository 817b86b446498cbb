"""The tables of document versions and of the figures in which they disagree."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Index, Text
from sqlmodel import Field

from app.db.columns import UtcDateTime, enum_type
from app.db.repository import ScopedRow
from app.documents.types import Stage, VersionStatus
from knowledge_bases.schema import Language, Sector

_APPROVED = "('approved', 'published', 'superseded')"
_FOUR_EYES = "approved_by IS NULL OR approved_by <> uploaded_by OR self_published"
_APPROVED_FIRST = f"status NOT IN {_APPROVED} OR approved_by IS NOT NULL"
# The list of makers as JSON: where the checker's id can be taken out of it, it was in it.
_NO_OTHER_MAKER = (
    "approved_by IS NULL OR self_published OR "
    "replace(CAST(makers AS TEXT), '\"' || approved_by || '\"', '') = CAST(makers AS TEXT)"
)
_HIDDEN_SEEN = (
    f"status NOT IN {_APPROVED} OR hidden = 0 OR (hidden_seen_by IS NOT NULL AND hidden_seen_by = approved_by)"
)


class DocumentVersionRow(ScopedRow, table=True):
    """A version with its place in life and in ingestion; see ``types.DocumentVersion``."""

    __tablename__ = "document_version"
    __table_args__ = (
        CheckConstraint(_FOUR_EYES, name="four_eyes"),
        CheckConstraint(_APPROVED_FIRST, name="approved_first"),
        CheckConstraint(_NO_OTHER_MAKER, name="no_other_maker"),
        CheckConstraint(_HIDDEN_SEEN, name="hidden_seen"),
    )

    institution_id: str = Field(primary_key=True, foreign_key="institution.id")
    document_id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)

    title: str
    language: Language = Field(sa_type=enum_type(Language))
    product: str | None = None
    tags: list[str] = Field(default_factory=list, sa_type=JSON)
    as_at: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None  # as it counts: never after a follower's start
    declared_to: date | None = None  # as it was uploaded
    sibling: str | None = None
    sector: Sector | None = Field(default=None, sa_type=enum_type(Sector))
    owner: str | None = None

    status: VersionStatus = Field(sa_type=enum_type(VersionStatus), index=True)
    uploaded_by: str
    makers: list[str] = Field(default_factory=list, sa_type=JSON)  # beside uploaded_by
    approved_by: str | None = None
    self_published: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    file_name: str
    file_sha256: str
    parse_sha256: str | None = None
    segment: str | None = Field(default=None, sa_type=Text)
    file_bytes: int | None = None  # None where it was ingested before sizes were noted
    parse_bytes: int | None = None
    page_count: int | None = None
    problems: list[str] = Field(default_factory=list, sa_type=JSON)
    hidden: int = 0  # pieces of hidden text found; what they say stands in the parse

    hidden_seen_by: str | None = None
    hidden_seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    history: list[dict[str, str | None]] = Field(default_factory=list, sa_type=JSON)  # see ``rows.event_value``

    stage: Stage = Field(default=Stage.RECEIVED, sa_type=enum_type(Stage))
    done: int = 0
    total: int = 0
    error: str | None = Field(default=None, sa_type=Text)
    stage_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    progressed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DisagreementRow(ScopedRow, table=True):
    """A pair of statements that disagree on a figure; see ``figure_pairs.FigurePair``. It holds places, no words."""

    __tablename__ = "disagreement"
    __table_args__ = (
        Index("ix_disagreement_first", "institution_id", "first_document"),
        Index("ix_disagreement_second", "institution_id", "second_document"),
    )

    institution_id: str = Field(primary_key=True, foreign_key="institution.id")
    id: str = Field(primary_key=True)
    why: str
    first_document: str
    first_version: str
    first_parse: str
    first_start: int
    first_end: int
    second_document: str
    second_version: str
    second_parse: str
    second_start: int
    second_end: int
    found_at: datetime = Field(sa_type=UtcDateTime)


class ComparedVersionRow(ScopedRow, table=True):
    """A version whose figures were held against all others', in which reading and by which rules."""

    __tablename__ = "compared_version"

    institution_id: str = Field(primary_key=True, foreign_key="institution.id")
    document_id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    parse_sha256: str
    rules: int
