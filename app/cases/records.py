"""Cases and decisions as the audit log vouches for them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session

from app.cases.repository import CaseRepository, DecisionRepository, ProposalRepository
from app.cases.tables import CaseRow, DecisionRow, ReleaseProposalRow
from app.evidence.audit import FieldValue
from app.evidence.vouching import Kind, Record, record_digest


def case_record(key: bytes, row: CaseRow) -> Record:
    """A case; its decision is a record of its own."""
    members = {
        "institution_id": row.institution_id,
        "id": row.id,
        "conversation_id": row.conversation_id,
        "answer_id": row.answer_id,
        "trigger": row.trigger.value,
        "severity": row.severity.value,
        "incident_key": row.incident_key,
        "occurrences": row.occurrences,
        "state": row.state.value,
        "opened_at": row.opened_at,
    }
    return Record(Kind.CASE, row.id, record_digest(key, Kind.CASE, members), {"state": row.state.value})


def decision_record(key: bytes, row: DecisionRow) -> Record:
    """A decision, named by its case."""
    members = {
        "institution_id": row.institution_id,
        "case_id": row.case_id,
        "by": row.by,
        "at": row.at,
        "approved": row.approved,
        "reason": row.reason,
        **({} if row.proposed_by is None else {"proposed_by": row.proposed_by}),  # one person decided the others
    }
    stated: dict[str, FieldValue] = {"by": row.by, "approved": row.approved}
    return Record(Kind.DECISION, row.case_id, record_digest(key, Kind.DECISION, members), stated)


def proposal_record(key: bytes, row: ReleaseProposalRow) -> Record:
    """A proposed release or closing, with what was written for it as it is sealed."""
    members = {**row.model_dump(), "state": row.state.value}
    if row.approves:  # as all of them did once
        members.pop("approves")
    stated: dict[str, FieldValue] = {"case_id": row.case_id, "state": row.state.value}
    digest = record_digest(key, Kind.RELEASE_PROPOSAL, members)
    return Record(Kind.RELEASE_PROPOSAL, row.id, digest, stated)


def case_records(session: Session, institution_id: str, key: bytes) -> Iterator[Record]:
    """Every case, every decision and every proposed release of an institution, in no order."""
    for case in CaseRepository(session, institution_id).stream():
        yield case_record(key, case)
    for decision in DecisionRepository(session, institution_id).stream():
        yield decision_record(key, decision)
    for proposal in ProposalRepository(session, institution_id).stream():
        yield proposal_record(key, proposal)
