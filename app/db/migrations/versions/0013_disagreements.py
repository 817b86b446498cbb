"""Which statements in force disagree on a figure, and which versions were looked through for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def _side(name: str) -> tuple[sa.Column[str] | sa.Column[int], ...]:
    texts = (sa.Column(f"{name}_{part}", sa.String(), nullable=False) for part in ("document", "version", "parse"))
    places = (sa.Column(f"{name}_{part}", sa.Integer(), nullable=False) for part in ("start", "end"))
    return (*texts, *places)


def upgrade() -> None:
    op.create_table(
        "disagreement",
        sa.Column("institution_id", sa.String(), sa.ForeignKey("institution.id"), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("why", sa.String(), nullable=False),
        *_side("first"),
        *_side("second"),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_disagreement_first", "disagreement", ["institution_id", "first_document"])
    op.create_index("ix_disagreement_second", "disagreement", ["institution_id", "second_document"])
    op.create_table(
        "compared_version",
        sa.Column("institution_id", sa.String(), sa.ForeignKey("institution.id"), primary_key=True),
        sa.Column("document_id", sa.String(), primary_key=True),
        sa.Column("version", sa.String(), primary_key=True),
        sa.Column("parse_sha256", sa.String(), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("compared_version")
    op.drop_table("disagreement")
