"""Review cases, call-backs and staff."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = (
    "review_case",
    "decision",
    "callback",
    "account",
    "membership",
    "staff_session",
    "login_attempt",
)


def upgrade() -> None:
    _create_cases()
    _create_handover()
    _create_staff()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_cases() -> None:
    op.create_table(
        "review_case",
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("answer_id", sa.String(), nullable=True),
        sa.Column("trigger", sa.String(length=32), nullable=False),
        sa.Column("severity", sa.String(length=32), nullable=False),
        sa.Column("incident_key", sa.String(), nullable=True),
        sa.Column("occurrences", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "conversation_id"],
            ["conversation.institution_id", "conversation.id"],
            name=op.f("fk_review_case_institution_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_review_case")),
    )
    op.create_index(op.f("ix_review_case_opened_at"), "review_case", ["opened_at"], unique=False)
    op.create_index(
        "one_open_case_an_incident",
        "review_case",
        ["institution_id", "incident_key"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "decision",
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "approved OR (reason IS NOT NULL AND trim(reason) <> '')", name=op.f("ck_decision_a_rejection_has_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "case_id"],
            ["review_case.institution_id", "review_case.id"],
            name=op.f("fk_decision_institution_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "case_id", name=op.f("pk_decision")),
    )


def _create_handover() -> None:
    op.create_table(
        "callback",
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "case_id"],
            ["review_case.institution_id", "review_case.id"],
            name=op.f("fk_callback_institution_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "conversation_id"],
            ["conversation.institution_id", "conversation.id"],
            name=op.f("fk_callback_institution_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_callback")),
    )
    op.create_index(op.f("ix_callback_case_id"), "callback", ["case_id"], unique=False)


def _create_staff() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_table(
        "membership",
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_membership_account_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_membership_institution_id")),
        sa.PrimaryKeyConstraint("institution_id", "account_id", "role", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_account_id"), "membership", ["account_id"], unique=False)
    op.create_table(
        "staff_session",
        sa.Column("token_sha256", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("csrf_token", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_staff_session_account_id")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_staff_session")),
    )
    op.create_index(op.f("ix_staff_session_account_id"), "staff_session", ["account_id"], unique=False)
    op.create_table(
        "login_attempt",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("counted_for", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempt")),
    )
    op.create_index(op.f("ix_login_attempt_counted_for"), "login_attempt", ["counted_for"], unique=False)
