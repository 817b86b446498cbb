"""What a proposal is for: that an answer goes out or stood, or that it is declined or was wrong."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_WHY = "approves OR (reason IS NOT NULL AND trim(reason) <> '')"


def upgrade() -> None:
    with op.batch_alter_table("release_proposal") as table:
        table.add_column(sa.Column("approves", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.create_check_constraint(op.f("ck_release_proposal_a_proposed_rejection_says_why"), _WHY)


def downgrade() -> None:
    with op.batch_alter_table("release_proposal") as table:
        table.drop_constraint(op.f("ck_release_proposal_a_proposed_rejection_says_why"), type_="check")
        table.drop_column("approves")
