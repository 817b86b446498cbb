"""Keyed audit entries and heads.

Existing databases keep verifying. Every entry and head from before is marked version 1 (a bare SHA-256, no ``mac``) and
keeps its columns and its hash. A migration has no master key, so the rest is done at the first start after it, by
``app.evidence.adoption``: it keys each head, and appends a version 2 entry for every case, decision, message and
document version there is. The first of those holds all version 1 entries by the hash of the last one; a version 1 entry
after a version 2 entry is a breach.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("audit_entry", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("audit_entry", sa.Column("mac", sa.String(), nullable=True))
    op.add_column("audit_head", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("audit_head", sa.Column("checkpoints", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("audit_head", sa.Column("mac", sa.String(), nullable=True))


def downgrade() -> None:
    for column in ("mac", "checkpoints", "version"):
        op.drop_column("audit_head", column)
    for column in ("mac", "version"):
        op.drop_column("audit_entry", column)
