"""Every table of the product, so that whoever needs the whole schema can have it by one import."""

from __future__ import annotations

from sqlmodel import SQLModel

import app.api_keys.tables
import app.batches.tables
import app.cases.tables
import app.conversations.tables
import app.documents.tables
import app.embedding.tables
import app.evidence.tables
import app.handover.tables
import app.institutions.tables
import app.jobs.tables
import app.removal.tables
import app.rules.tables
import app.staff.tables
import app.switches.tables
import app.webhooks.tables  # noqa: F401

METADATA = SQLModel.metadata
