"""Which worker reads a file of a batch, and the parse that was kept of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("batch_file", sa.Column("claimed_by", sa.String(), nullable=True))
    op.add_column("batch_file", sa.Column("parse_sha256", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("batch_file", "parse_sha256")
    op.drop_column("batch_file", "claimed_by")
