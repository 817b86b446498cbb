"""The list of review cases as a reviewer reads it: open ones first, the worst and the oldest at the top."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from app.cases.service import CaseService
from app.cases.types import Case, CaseState, Trigger
from app.conversations.service import ConversationService
from app.evidence.audit import Ledger
from knowledge_bases.schema import Language


@dataclass(frozen=True)
class Queued:
    """A case in the list, with the language its customer writes."""

    case: Case
    language: Language


@dataclass(frozen=True)
class Filter:
    """Which cases to list; None lists all."""

    trigger: Trigger | None = None
    state: CaseState | None = None


def queue(session: Session, institution_id: str, ledger: Ledger, chosen: Filter) -> tuple[Queued, ...]:
    """The cases of an institution that ``chosen`` takes; open ones first, then those decided."""
    states = list(CaseState) if chosen.state is None else [chosen.state]
    service = CaseService(session, institution_id, ledger)
    cases = [case for state in states for case in service.queue(state)]
    conversations = ConversationService(session, institution_id, ledger)
    return tuple(
        Queued(case, conversations.get(case.conversation_id).language)
        for case in cases
        if chosen.trigger in (None, case.trigger)
    )
