"""A version's sector and owner, and how much hidden text was found in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("document_version", sa.Column("sector", sa.String(length=32), nullable=True))
    op.add_column("document_version", sa.Column("owner", sa.String(), nullable=True))
    op.add_column("document_version", sa.Column("hidden", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    for column in ("hidden", "owner", "sector"):
        op.drop_column("document_version", column)
