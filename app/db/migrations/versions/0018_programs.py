"""API keys of programs, and webhooks with their outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "api_key",
        sa.Column("institution_id", sa.String(), sa.ForeignKey("institution.id"), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("a_minute", sa.Integer(), nullable=False),
        sa.Column("at_once", sa.Integer(), nullable=False),
        sa.Column("a_day", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("revoked_at", moment, nullable=True),
        sa.Column("revoked_by", sa.String(), nullable=True),
        sa.CheckConstraint("trim(name) <> ''", name=op.f("ck_api_key_a_key_has_a_name")),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL)",
            name=op.f("ck_api_key_who_revoked"),
        ),
    )
    op.create_table(
        "api_key_use",
        sa.Column("institution_id", sa.String(), primary_key=True),
        sa.Column("key_id", sa.String(), primary_key=True),
        sa.Column("minute", moment, nullable=True),
        sa.Column("in_minute", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("in_day", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id", "key_id"], ["api_key.institution_id", "api_key.id"]),
    )
    op.create_table(
        "webhook",
        sa.Column("institution_id", sa.String(), sa.ForeignKey("institution.id"), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("secret_number", sa.Integer(), nullable=False),
        sa.Column("both_until", moment, nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("removed_at", moment, nullable=True),
        sa.Column("removed_by", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_by IS NULL)",
            name=op.f("ck_webhook_who_removed"),
        ),
    )
    op.create_table(
        "webhook_event",
        sa.Column("institution_id", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("webhook_id", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", moment, nullable=False),
        sa.Column("lease", sa.String(), nullable=True),
        sa.Column("leased_until", moment, nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("said", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["institution_id", "webhook_id"], ["webhook.institution_id", "webhook.id"]),
    )
    waits = sa.text("state = 'waiting'")
    op.create_index("webhook_event_due", "webhook_event", ["next_at"], sqlite_where=waits, postgresql_where=waits)


def downgrade() -> None:
    for table in ("webhook_event", "webhook", "api_key_use", "api_key"):
        op.drop_table(table)
