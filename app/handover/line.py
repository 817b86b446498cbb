"""The one order in which people who wait are served: what staff see at the top is what the first customer was told.

Whoever can't wait goes first: an open case of severity S1 is money being lost, or somebody in danger. Among them, and
among all others, whoever asked first. Lesser severities are shown and move nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlmodel import Session

from app.cases.service import CaseService
from app.evidence.audit import Ledger
from app.handover.repository import HandoverRepository
from app.handover.tables import HandoverRow
from app.handover.types import HandoverState


def waiting_line(session: Session, institution_id: str, ledger: Ledger) -> Sequence[HandoverRow]:
    """Whoever waits, in the order of service."""
    rows = HandoverRepository(session, institution_id).in_state(HandoverState.WAITING)
    urgent = CaseService(session, institution_id, ledger).urgent() if rows else frozenset()
    return sorted(rows, key=lambda row: row.conversation_id not in urgent)  # stable: then the longest


def place_of(conversation_id: str, line: Iterable[HandoverRow]) -> int | None:
    """The place of a conversation in a line, from 1; None where it is not in it."""
    return next((place for place, row in enumerate(line, start=1) if row.conversation_id == conversation_id), None)
