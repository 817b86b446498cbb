"""Receipts of what was removed for good."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "removal",
        sa.Column("institution_id", sa.String(), sa.ForeignKey("institution.id"), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("document_id", sa.String(), nullable=True),
        sa.Column("version", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("snapshot_before", sa.String(), nullable=True),
        sa.Column("snapshot_after", sa.String(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
    )


def downgrade() -> None:
    op.drop_table("removal")
