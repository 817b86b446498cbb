"""Pieces of answers that are released while the rest is still being written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "answer_piece",
        sa.Column("institution_id", sa.String(), primary_key=True),
        sa.Column("answer_id", sa.String(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "conversation_id"], ["conversation.institution_id", "conversation.id"]
        ),
    )
    op.create_index("ix_answer_piece_at", "answer_piece", ["at"])


def downgrade() -> None:
    op.drop_table("answer_piece")
