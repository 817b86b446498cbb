"""Releases of held answers that one person proposes and another decides, and who proposed what was approved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_PROPOSED = sa.text("state = 'proposed'")
_SECOND = "state NOT IN ('approved', 'returned') OR (decided_by IS NOT NULL AND decided_by <> proposed_by)"
_WHY = "state <> 'returned' OR (comment IS NOT NULL AND trim(comment) <> '')"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "release_proposal",
        sa.Column("institution_id", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=True),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=True),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", moment, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["institution_id", "case_id"], ["review_case.institution_id", "review_case.id"]),
        sa.CheckConstraint(_SECOND, name=op.f("ck_release_proposal_a_second_person_decides")),
        sa.CheckConstraint(_WHY, name=op.f("ck_release_proposal_a_return_says_why")),
    )
    one = ["institution_id", "case_id"]
    op.create_index(
        "one_open_proposal", "release_proposal", one, unique=True, sqlite_where=_PROPOSED, postgresql_where=_PROPOSED
    )
    with op.batch_alter_table("decision") as table:
        table.add_column(sa.Column("proposed_by", sa.String(), nullable=True))
        table.create_check_constraint(
            op.f("ck_decision_a_second_person_approves"), "proposed_by IS NULL OR proposed_by <> by"
        )


def downgrade() -> None:
    with op.batch_alter_table("decision") as table:
        table.drop_constraint(op.f("ck_decision_a_second_person_approves"), type_="check")
        table.drop_column("proposed_by")
    op.drop_table("release_proposal")
