"""Institutions, documents, conversations and evidence."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TABLES = (
    "institution",
    "document_version",
    "conversation",
    "conversation_key",
    "message",
    "feedback",
    "evidence",
    "audit_entry",
    "audit_head",
)


def upgrade() -> None:
    _create_institutions()
    _create_documents()
    _create_conversations()
    _create_evidence()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_institutions() -> None:
    op.create_table(
        "institution",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("config", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("snapshot_id", sa.String(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution")),
    )


def _create_documents() -> None:
    op.create_table(
        "document_version",
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("product", sa.String(), nullable=True),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("declared_to", sa.Date(), nullable=True),
        sa.Column("sibling", sa.String(), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("self_published", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("parse_sha256", sa.String(), nullable=True),
        sa.Column("segment", sa.Text(), nullable=True),
        sa.Column("page_count", sa.Integer(), nullable=True),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status NOT IN ('approved', 'published', 'superseded') OR approved_by IS NOT NULL",
            name=op.f("ck_document_version_approved_first"),
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> uploaded_by OR self_published",
            name=op.f("ck_document_version_four_eyes"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_document_version_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "document_id", "version", name=op.f("pk_document_version")),
    )
    op.create_index(op.f("ix_document_version_status"), "document_version", ["status"], unique=False)


def _create_conversations() -> None:
    op.create_table(
        "conversation",
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_conversation_institution_id")),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_conversation")),
    )
    op.create_index(op.f("ix_conversation_last_at"), "conversation", ["last_at"], unique=False)
    op.create_table(
        "conversation_key",
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id", "conversation_id"],
            ["conversation.institution_id", "conversation.id"],
            name=op.f("fk_conversation_key_institution_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "conversation_id", name=op.f("pk_conversation_key")),
    )
    op.create_table(
        "message",
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("answer_id", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "conversation_id"],
            ["conversation.institution_id", "conversation.id"],
            name=op.f("fk_message_institution_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "institution_id", "conversation_id", "seq", name=op.f("uq_message_institution_id_conversation_id_seq")
        ),
    )
    op.create_index(op.f("ix_message_answer_id"), "message", ["answer_id"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("answer_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("vote", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "conversation_id"],
            ["conversation.institution_id", "conversation.id"],
            name=op.f("fk_feedback_institution_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "answer_id", name=op.f("pk_feedback")),
    )


def _create_evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("answer_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "conversation_id"],
            ["conversation.institution_id", "conversation.id"],
            name=op.f("fk_evidence_institution_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "answer_id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_conversation_id"), "evidence", ["conversation_id"], unique=False)
    op.create_table(
        "audit_entry",
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("institution_id", "seq", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_subject_id"), "audit_entry", ["subject_id"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("institution_id", name=op.f("pk_audit_head")),
    )
