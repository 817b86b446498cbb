"""The tables of evidence, of what it cites, and of the audit chain."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, Text
from sqlmodel import Field

from app.db.columns import UtcDateTime
from app.db.repository import ScopedRow


class EvidenceRow(ScopedRow, table=True):
    """Sealed evidence of one answer. ``digest`` is the keyed digest its audit entry carries as well."""

    __tablename__ = "evidence"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "conversation_id"], ["conversation.institution_id", "conversation.id"]),
    )

    institution_id: str = Field(primary_key=True)
    answer_id: str = Field(primary_key=True)
    conversation_id: str = Field(index=True)
    status: str
    reason: str | None = None
    nonce: bytes = Field(sa_type=LargeBinary)
    ciphertext: bytes = Field(sa_type=LargeBinary)
    digest: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class AnswerPieceRow(ScopedRow, table=True):
    """A piece of an answer, as it was released before the rest: sealed, the answer and its evidence up to it.

    ``number`` counts from 1 within the answer.
    """

    __tablename__ = "answer_piece"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "conversation_id"], ["conversation.institution_id", "conversation.id"]),
    )

    institution_id: str = Field(primary_key=True)
    answer_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    conversation_id: str
    nonce: bytes = Field(sa_type=LargeBinary)
    ciphertext: bytes = Field(sa_type=LargeBinary)
    at: datetime = Field(sa_type=UtcDateTime, index=True)


class OpenQuestionRow(ScopedRow, table=True):
    """A question of whose answer nothing is released yet, sealed; see ``open_questions``. ``answer_id`` is that of what
    is recorded in the answer's place where there never is one."""

    __tablename__ = "open_question"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "conversation_id"], ["conversation.institution_id", "conversation.id"]),
    )

    institution_id: str = Field(primary_key=True)
    answer_id: str = Field(primary_key=True)
    conversation_id: str = Field(index=True)
    nonce: bytes = Field(sa_type=LargeBinary)
    ciphertext: bytes = Field(sa_type=LargeBinary)
    at: datetime = Field(sa_type=UtcDateTime)


class CitationListRow(ScopedRow, table=True):
    """That the versions an answer cites are listed in ``cited_version``, all of them; ``mac`` is keyed over the list.

    Neither table holds anything personal: both outlive the words of an erased conversation.
    """

    __tablename__ = "citation_list"

    institution_id: str = Field(primary_key=True)
    answer_id: str = Field(primary_key=True)
    conversation_id: str
    snapshot: str | None = None
    at: datetime = Field(sa_type=UtcDateTime)
    mac: str


class CitedVersionRow(ScopedRow, table=True):
    """A version that an answer cites, in one reading of it; ``released`` False: in a draft only."""

    __tablename__ = "cited_version"
    __table_args__ = (Index("ix_cited_version_answer", "institution_id", "answer_id"),)

    institution_id: str = Field(primary_key=True)
    document_id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    answer_id: str = Field(primary_key=True)
    parse_sha256: str = Field(primary_key=True)
    released: bool
    at: datetime = Field(sa_type=UtcDateTime)


UNKEYED, KEYED = 1, 2  # the forms of entries and heads: without and with a keyed digest of their own


class AuditEntryRow(ScopedRow, table=True):
    """One entry of an institution's chain; ``seq`` counts from 1. ``fields`` is canonical JSON, never personal.

    ``mac`` is None in the UNKEYED form only, which nothing writes any more.
    """

    __tablename__ = "audit_entry"

    institution_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    action: str
    subject_id: str = Field(index=True)
    digest: str | None = None
    fields: str = Field(sa_type=Text)
    prev_hash: str
    hash: str
    version: int = KEYED
    mac: str | None = None


class AuditHeadRow(ScopedRow, table=True):
    """The end of an institution's chain: locked and moved by every transaction that appends.

    ``checkpoints`` is how many the second place is known to hold at least; ``mac`` is keyed over all of the row.
    """

    __tablename__ = "audit_head"

    institution_id: str = Field(primary_key=True)
    seq: int
    hash: str
    version: int = KEYED
    checkpoints: int = 0
    mac: str | None = None
