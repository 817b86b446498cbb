"""Questions that a model is asked about, kept until something of the answer is released."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "open_question",
        sa.Column("institution_id", sa.String(), primary_key=True),
        sa.Column("answer_id", sa.String(), primary_key=True),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "conversation_id"], ["conversation.institution_id", "conversation.id"]
        ),
    )
    op.create_index("ix_open_question_conversation_id", "open_question", ["conversation_id"])


def downgrade() -> None:
    op.drop_table("open_question")
