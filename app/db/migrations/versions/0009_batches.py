"""Batches of files that are read, proposed and confirmed in one table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("institution_id", sa.String(), sa.ForeignKey("institution.id"), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_table(
        "batch_file",
        sa.Column("institution_id", sa.String(), primary_key=True),
        sa.Column("batch_id", sa.String(), primary_key=True),
        sa.Column("place", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reading", sa.JSON(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=True),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.Column("document_id", sa.String(), nullable=True),
        sa.Column("version", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id", "batch_id"], ["batch.institution_id", "batch.id"], ondelete="CASCADE"
        ),
    )
    op.create_index("ix_batch_file_stage", "batch_file", ["stage"])


def downgrade() -> None:
    op.drop_table("batch_file")
    op.drop_table("batch")
