"""What the institution's own desk is told of, in the transaction in which it happens. Never a customer's words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from sqlmodel import Session

from app.evidence.audit import Ledger
from app.webhooks.service import WebhookService


class Event(StrEnum):
    """What can happen to a conversation that people have."""

    REQUESTED = "handover.requested"
    TAKEN = "handover.taken"
    MESSAGE = "handover.message"  # the customer wrote while a person had it
    REPLY = "handover.reply"  # a person wrote to the customer
    PUT_BACK = "handover.put_back"
    HANDED_BACK = "handover.handed_back"
    CLOSED = "handover.closed"
    CALL_BACK = "handover.call_back"


class Desk(Protocol):
    """Where an institution's people work, if not in the console."""

    def publish(self, kind: str, subject_id: str, payload: Mapping[str, object]) -> object:
        """Hands on what happened once the unit of work is committed; ``payload`` holds ids, times and states."""
        ...


def own_desk(session: Session, institution_id: str, ledger: Ledger) -> Desk:
    """The desk of an institution: whatever its webhooks lead to."""
    return WebhookService(session, institution_id, ledger)
