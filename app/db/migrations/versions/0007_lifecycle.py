"""Who made a version, who read its hidden texts, and what people did with it.

A version approved before keeps its approval: nobody but its uploader is known as its maker.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_NO_OTHER_MAKER = (
    "approved_by IS NULL OR self_published OR "
    "replace(CAST(makers AS TEXT), '\"' || approved_by || '\"', '') = CAST(makers AS TEXT)"
)
_HIDDEN_SEEN = (
    "status NOT IN ('approved', 'published', 'superseded') OR hidden = 0 OR "
    "(hidden_seen_by IS NOT NULL AND hidden_seen_by = approved_by)"
)


def upgrade() -> None:
    with op.batch_alter_table("document_version") as table:
        table.add_column(sa.Column("makers", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("hidden_seen_by", sa.String(), nullable=True))
        table.add_column(sa.Column("hidden_seen_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("history", sa.JSON(), nullable=False, server_default="[]"))
        table.create_check_constraint(op.f("ck_document_version_no_other_maker"), _NO_OTHER_MAKER)
        table.create_check_constraint(op.f("ck_document_version_hidden_seen"), _HIDDEN_SEEN)


def downgrade() -> None:
    with op.batch_alter_table("document_version") as table:
        table.drop_constraint(op.f("ck_document_version_hidden_seen"), type_="check")
        table.drop_constraint(op.f("ck_document_version_no_other_maker"), type_="check")
        for column in ("history", "hidden_seen_at", "hidden_seen_by", "makers"):
            table.drop_column(column)
