"""When a job last moved, and which workers are alive."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("document_version", sa.Column("stage_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("document_version", sa.Column("progressed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "worker",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
    )


def downgrade() -> None:
    op.drop_table("worker")
    for column in ("progressed_at", "stage_since"):
        op.drop_column("document_version", column)
