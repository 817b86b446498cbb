"""Which versions an answer cites, and the last sweeps of index against catalogue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "citation_list",
        sa.Column("institution_id", sa.String(), primary_key=True),
        sa.Column("answer_id", sa.String(), primary_key=True),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("snapshot", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
    )
    op.create_table(
        "cited_version",
        sa.Column("institution_id", sa.String(), primary_key=True),
        sa.Column("document_id", sa.String(), primary_key=True),
        sa.Column("version", sa.String(), primary_key=True),
        sa.Column("answer_id", sa.String(), primary_key=True),
        sa.Column("parse_sha256", sa.String(), primary_key=True),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_cited_version_answer", "cited_version", ["institution_id", "answer_id"])
    op.create_table(
        "sweep",
        sa.Column("institution_id", sa.String(), sa.ForeignKey("institution.id"), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found", sa.JSON(), nullable=True),
    )


def downgrade() -> None:
    op.drop_table("sweep")
    op.drop_table("cited_version")
    op.drop_table("citation_list")
