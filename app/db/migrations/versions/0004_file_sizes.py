"""The sizes of stored originals and parses. Those stored before stay unknown: ``candour doctor`` reads them whole."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("document_version", sa.Column("file_bytes", sa.Integer(), nullable=True))
    op.add_column("document_version", sa.Column("parse_bytes", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("document_version", "parse_bytes")
    op.drop_column("document_version", "file_bytes")
