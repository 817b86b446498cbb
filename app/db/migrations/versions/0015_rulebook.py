"""The rulebook in the database: contents by hash, approved versions, proposed changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "rulebook_content",
        sa.Column("version", sa.String(), primary_key=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("shipped", sa.Boolean(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "rulebook_version",
        sa.Column("institution_id", sa.String(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("version", sa.String(), sa.ForeignKey("rulebook_content.version"), nullable=False),
        sa.Column("parent", sa.String(), nullable=False),
        sa.Column("below", sa.String(), nullable=False),
        sa.Column("change_id", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.CheckConstraint("approved_by <> proposed_by", name=op.f("ck_rulebook_version_a_second_person_approves")),
    )
    op.create_table(
        "rule_change",
        sa.Column("institution_id", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("parent", sa.String(), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'returned') OR (decided_by IS NOT NULL AND decided_by <> proposed_by)",
            name=op.f("ck_rule_change_a_second_person_decides"),
        ),
        sa.CheckConstraint(
            "state <> 'returned' OR (comment IS NOT NULL AND trim(comment) <> '')",
            name=op.f("ck_rule_change_a_return_says_why"),
        ),
    )
    op.create_index("ix_rule_change_state", "rule_change", ["institution_id", "state"])


def downgrade() -> None:
    op.drop_table("rule_change")
    op.drop_table("rulebook_version")
    op.drop_table("rulebook_content")
