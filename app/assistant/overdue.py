"""A held answer that nobody has decided in time: its customer is told once, and its case becomes the most severe."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlmodel import Session

from app.assistant.releasing import Releasing, about, instead_of, late
from app.cases.service import CaseService
from app.cases.types import Case
from app.conversations.errors import ConversationErased
from app.db.columns import now_utc
from app.evidence.audit import Ledger
from app.evidence.service import EvidenceService
from app.evidence.types import Evidence
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from guardrails.types import Severity
from knowledge_bases.schema import Contact

log = structlog.get_logger(__name__)


def tell_overdue(foundation: Foundation, institution_id: str) -> int:
    """Tell the customers whose answers wait longer than the settings allow; how many were told.

    A case is told of once: it is of severity S1 from then on. What was erased has nobody to be told, and is passed by;
    so is a case that fails, which is logged and tried again next time.
    """
    before = now_utc() - timedelta(minutes=foundation.settings.held_answer_minutes)
    with foundation.database.read() as session:
        waiting = CaseService(session, institution_id, foundation.ledger).overdue(before)
    return sum(_tell(foundation, institution_id, case) for case in waiting)


def _tell(foundation: Foundation, institution_id: str, case: Case) -> bool:
    """Both in one transaction: a case decided meanwhile stays as it is, and nobody is told."""
    try:
        with foundation.database.write() as session:
            if not CaseService(session, institution_id, foundation.ledger).raise_severity(case.id, Severity.S1):
                return False
            _say(session, institution_id, foundation.ledger, case)
    except ConversationErased:
        return False
    except Exception as error:  # one bad case takes nobody else's notice away
        known = {"institution_id": institution_id, "case_id": case.id}
        log.error("held_answer.overdue.failed", **known, error=type(error).__name__)
        return False
    log.warning("held_answer.overdue", institution_id=institution_id, case_id=case.id)
    return True


def _say(session: Session, institution_id: str, ledger: Ledger, case: Case) -> None:
    assert case.answer_id is not None  # noqa: S101 -- a case of this trigger has the answer that waits
    contact = InstitutionService(session, ledger).get(institution_id).contact
    held = EvidenceService(session, institution_id, ledger).get(case.answer_id)
    answer = late(_words(contact, held), held.language, held.answer_id)
    Releasing(session, institution_id, ledger).record(instead_of(held, answer, None), answer)


def _words(contact: Contact, held: Evidence) -> str:
    hours = contact.hours.in_language(held.language)
    return about("held_late", held.question, held.language, phone=contact.phone, hours=hours)
