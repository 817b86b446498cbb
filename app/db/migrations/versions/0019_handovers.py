"""Hand-overs: who waits for a person, and who has them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_OPEN = sa.text("state IN ('waiting', 'with_person')")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "handover",
        sa.Column("institution_id", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("language", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False, index=True),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("taken_by", sa.String(), nullable=True),
        sa.Column("taken_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("offered_at", moment, nullable=True),
        sa.Column("told_place", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id", "conversation_id"], ["conversation.institution_id", "conversation.id"]
        ),
        sa.CheckConstraint("(state = 'waiting') = (taken_by IS NULL)", name=op.f("ck_handover_somebody_has_it")),
        sa.CheckConstraint(
            "(state IN ('handed_back', 'closed')) = (ended_at IS NOT NULL)", name=op.f("ck_handover_an_end_has_a_time")
        ),
    )
    one = ["institution_id", "conversation_id"]
    op.create_index("one_open_handover", "handover", one, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)


def downgrade() -> None:
    op.drop_table("handover")
