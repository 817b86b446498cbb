"""Kill switches, and how the answers on a topic are released."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_ON, _WAITS = sa.text("lifted_at IS NULL"), sa.text("decided_at IS NULL")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "kill_switch",
        sa.Column("institution_id", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("lift_by", sa.String(), nullable=True),
        sa.Column("lift_at", moment, nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.Column("lifted_at", moment, nullable=True),
        sa.CheckConstraint("trim(reason) <> ''", name=op.f("ck_kill_switch_a_switch_has_a_reason")),
        sa.CheckConstraint(
            "(kind IN ('topic', 'language')) = (subject <> '')",
            name=op.f("ck_kill_switch_a_topic_or_language_is_named"),
        ),
        sa.CheckConstraint(
            "lifted_by IS NULL OR (lift_by IS NOT NULL AND lift_by <> lifted_by AND lifted_at IS NOT NULL)",
            name=op.f("ck_kill_switch_two_people_lift"),
        ),
        sa.CheckConstraint("lifted_at IS NULL OR lifted_by IS NOT NULL", name=op.f("ck_kill_switch_who_lifted")),
    )
    one = ["institution_id", "kind", "subject"]
    op.create_index("one_switch_is_on", "kill_switch", one, unique=True, sqlite_where=_ON, postgresql_where=_ON)
    op.create_table(
        "topic_change",
        sa.Column("institution_id", sa.String(), sa.ForeignKey("institution.id"), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.CheckConstraint("trim(reason) <> ''", name=op.f("ck_topic_change_a_change_has_a_reason")),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> by", name=op.f("ck_topic_change_two_people_change")),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (approved IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_topic_change_a_decision_is_whole"),
        ),
    )
    one = ["institution_id", "topic"]
    op.create_index("one_change_waits", "topic_change", one, unique=True, sqlite_where=_WAITS, postgresql_where=_WAITS)


def downgrade() -> None:
    op.drop_table("topic_change")
    op.drop_table("kill_switch")
