"""Opening review cases and deciding them."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from app.cases.complaints import Complaints
from app.cases.errors import CaseDecided, NeverAnswered, NothingHeld, OneDecides, ReasonRequired, ReasonTooLong
from app.cases.proposals import Proposals
from app.cases.records import case_record, decision_record
from app.cases.repository import CaseRepository, DecisionRepository
from app.cases.tables import CaseRow, DecisionRow
from app.cases.types import (
    MAX_REASON_CHARACTERS,
    OPEN_CASES,
    Case,
    CaseState,
    Decision,
    Filter,
    Flag,
    Proposal,
    Trigger,
    takes_two,
)
from app.db.columns import new_id, now_utc
from app.evidence.audit import AuditLog, Ledger
from app.webhooks.service import WebhookService
from app.webhooks.types import CASE_ESCALATED, CASE_OPENED
from guardrails.types import Severity


class CaseService:
    """The review cases of one institution, within one unit of work."""

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        self._cases = CaseRepository(session, institution_id)
        self._decisions = DecisionRepository(session, institution_id)
        self._proposals = Proposals(session, institution_id, ledger)
        self._audit = AuditLog(session, institution_id, ledger)
        self._webhooks = WebhookService(session, institution_id, ledger)
        self._digest_key = ledger.master.audit
        self._institution_id = institution_id

    def open(self, flag: Flag) -> Case:
        """Open a case, or count the flag into the open case of its incident."""
        self._audit.lock()
        known = self._cases.open_incident(flag.incident_key) if flag.incident_key else None
        if known is not None:
            known.occurrences += 1
            known.severity = min(known.severity, flag.severity)  # S1 is the worst
            self._cases.save(known)
            self._audit.append(case_record(self._digest_key, known).happening("count:done"))
            return self._case(known)
        row = CaseRow(
            institution_id=self._institution_id,
            id=new_id(),
            conversation_id=flag.conversation_id,
            answer_id=flag.answer_id,
            trigger=flag.trigger,
            severity=flag.severity,
            incident_key=flag.incident_key,
            opened_at=now_utc(),
        )
        self._cases.add(row)
        fields = {"trigger": flag.trigger.value, "severity": flag.severity.value, "answer_id": flag.answer_id}
        self._audit.append(case_record(self._digest_key, row).happening("open:done", **fields))
        self._tell(CASE_OPENED, row, answer_id=row.answer_id)
        return self._case(row)

    def get(self, case_id: str) -> Case:
        """The case.

        Raises:
            CaseNotFound: there is none in this institution.
        """
        return self._case(self._cases.get(case_id))

    def queue(self, wanted: Filter = OPEN_CASES, *, limit: int = 100, skip: int = 0) -> tuple[Case, ...]:
        """At most ``limit`` cases after the first ``skip``: open ones first; of them complaints that are overdue, then
        the worst, then the oldest."""
        return tuple(self._case(row) for row in self._cases.queue(wanted, limit, skip))

    def alarms(self) -> tuple[Case, ...]:
        """The open cases that were raised while a person had the conversation, oldest first."""
        return tuple(self._case(row) for row in self._cases.open_alarms())

    def open_of(self, conversation_id: str) -> tuple[Case, ...]:
        """The open cases of a conversation, the worst first; what only compliance is to know is left out."""
        cases = (self._case(row) for row in self._cases.open_of(conversation_id))
        return tuple(case for case in cases if case.trigger is not Trigger.COMPLIANCE)

    def urgent(self) -> frozenset[str]:
        """The conversations with an open case of severity S1 that is not compliance's alone: they can't wait."""
        return self._cases.urgent()

    def escalate(self, incident_key: str, severity: Severity) -> None:
        """Make the open case of an incident at least so severe; nothing happens where none is open."""
        self._audit.lock()
        row = self._cases.open_incident(incident_key)
        if row is not None:
            self._raise(row, severity)

    def open_incident(self, incident_key: str) -> Case | None:
        """The open case of an incident, or None."""
        row = self._cases.open_incident(incident_key)
        return None if row is None else self._case(row)

    def settle(self, incident_key: str, by: str) -> None:
        """The open case of a wish for a person is dealt with: ``by`` answered. Any other kind stays open, and so does
        one that takes two people: it waits for a second one."""
        self._audit.lock()
        row = self._cases.open_incident(incident_key)
        if row is not None and row.trigger is Trigger.HUMAN_WANTED:
            if takes_two(row.trigger, row.severity):
                self._proposals.make(row, by, None)
            else:
                self._decide(row.id, by, CaseState.APPROVED, None)

    def raise_severity(self, case_id: str, severity: Severity) -> bool:
        """Make a case at least so severe; False where it is already, or was decided.

        Raises:
            CaseNotFound: there is none in this institution.
        """
        self._audit.lock()
        return self._raise(self._cases.get(case_id), severity)

    def overdue(self, before: datetime) -> tuple[Case, ...]:
        """The answers to release that wait since before ``before`` and are not of severity S1 yet, oldest first."""
        return tuple(self._case(row) for row in self._cases.overdue(before))

    def count(self, wanted: Filter = OPEN_CASES) -> int:
        """How many cases ``wanted`` takes, on all pages."""
        return self._cases.count(wanted)

    def approve(self, case_id: str, by: str, reason: str | None = None, *, proposal: str | None = None) -> Case:
        """The answer stands. ``proposal``: what another person proposed, where two people are needed.

        Raises:
            CaseNotFound: no such case here. CaseDecided: it was decided before. ReasonTooLong
            SecondReviewerNeeded, NotProposed: two people are needed, and ``by`` is not the second. NeverAnswered: a
            complaint is closed without an answer, and without a note that says why.
        """
        return self._decide(case_id, by, CaseState.APPROVED, reason, proposal)

    def propose(self, case_id: str, by: str, reason: str | None = None, words: str | None = None) -> Proposal:
        """Propose that a held answer goes out; ``words`` in its place, None: as it stands. Another one approves.

        Raises:
            CaseNotFound, CaseDecided, ReasonTooLong. NothingHeld: no answer waits there. ConversationErased.
        """
        self._audit.lock()
        row = self._undecided(case_id)
        if row.trigger is not Trigger.RELEASE:
            raise NothingHeld
        return self._proposals.make(row, by, reason, words)

    def propose_closing(self, case_id: str, by: str, *, approves: bool, reason: str | None = None) -> Proposal:
        """Propose that a severe case is closed: the answer stood, or (``approves`` False) it did not, and a held one
        does not go out; the reason says why. Another one confirms.

        Raises:
            CaseNotFound, CaseDecided, ReasonRequired, ReasonTooLong, NeverAnswered. OneDecides: it needs no second.
        """
        self._audit.lock()
        row = self._undecided(case_id)
        if not takes_two(row.trigger, row.severity):
            raise OneDecides(case_id)
        if approves:
            self._require_answer(row, reason)
        return self._proposals.make(row, by, reason, approves=approves)

    def send_back(self, case_id: str, by: str, proposal: str, comment: str) -> None:
        """The second person's no to a proposed release. Raises: as ``Proposals.send_back``, and CaseDecided."""
        self._audit.lock()
        self._proposals.send_back(self._undecided(case_id).id, by, proposal, comment)

    def withdraw(self, case_id: str, by: str, proposal: str) -> None:
        """Take back a release of one's own proposing. Raises: as ``Proposals.withdraw``, and CaseDecided."""
        self._audit.lock()
        self._proposals.withdraw(self._undecided(case_id).id, by, proposal)

    def proposals(self, case_id: str) -> tuple[Proposal, ...]:
        """Every proposed release of a case, oldest first.

        Raises:
            CaseNotFound: there is none in this institution. SealBroken: a stored record was changed.
        """
        return self._proposals.of(self._cases.get(case_id))

    def proposed(self) -> frozenset[str]:
        """The cases whose release waits for a second person."""
        return self._proposals.waiting()

    def reject(self, case_id: str, by: str, reason: str, *, proposal: str | None = None) -> Case:
        """The answer should not have been given; ``reason`` says why, or that of the ``proposal`` (see ``approve``).

        Raises:
            CaseNotFound: no such case here. CaseDecided: it was decided before. ReasonRequired: ``reason`` is blank.
            ReasonTooLong. SecondReviewerNeeded, NotProposed: two people are needed, and ``by`` is not the second.
        """
        if not reason.strip() and proposal is None:
            raise ReasonRequired(case_id)
        return self._decide(case_id, by, CaseState.REJECTED, reason, proposal)

    def _raise(self, row: CaseRow, severity: Severity) -> bool:
        if row.state is not CaseState.OPEN or severity >= row.severity:  # S1 is the worst
            return False
        row.severity = severity
        self._cases.save(row)
        self._audit.append(case_record(self._digest_key, row).happening("escalate:done", severity=severity.value))
        self._tell(CASE_ESCALATED, row)
        return True

    def _tell(self, kind: str, row: CaseRow, **more: str | None) -> None:
        """What only compliance is to know leaves the house by no webhook: its receiver may show it to anybody (P18)."""
        if row.trigger is Trigger.COMPLIANCE:
            return
        told = {"trigger": row.trigger.value, "severity": row.severity.value, **more}
        self._webhooks.publish(kind, row.id, {**told, "conversation_id": row.conversation_id})

    def _undecided(self, case_id: str) -> CaseRow:
        row = self._cases.get(case_id)
        if row.state is not CaseState.OPEN:
            raise CaseDecided(case_id)
        return row

    def _require_answer(self, row: CaseRow, note: str | None) -> None:
        """Raises NeverAnswered: a complaint whose customer heard nothing, and no ``note`` says why."""
        owed = row.trigger is Trigger.COMPLAINT and not (note or "").strip()
        if owed and not Complaints(self._audit).is_answered(row.id):
            raise NeverAnswered(row.id)

    def _seconded(self, row: CaseRow, by: str, state: CaseState, proposal: str | None) -> Proposal | None:
        """What was proposed, and ``by`` decides now; None where one person decides."""
        if takes_two(row.trigger, row.severity):
            return self._proposals.confirm(row, by, proposal, approves=state is CaseState.APPROVED)
        self._proposals.overtake(row.id, by)
        return None

    def _decide(self, case_id: str, by: str, state: CaseState, reason: str | None, proposal: str | None = None) -> Case:
        stated = (reason or "").strip()
        if len(stated) > MAX_REASON_CHARACTERS:
            raise ReasonTooLong(case_id, len(stated))
        self._audit.lock()
        row = self._undecided(case_id)
        if state is CaseState.APPROVED and proposal is None:
            self._require_answer(row, stated)
        seconded = self._seconded(row, by, state, proposal)
        if state is CaseState.REJECTED:
            stated = stated or (seconded and seconded.reason) or ""
        row.state = state
        self._cases.save(row)
        decision = DecisionRow(
            institution_id=self._institution_id,
            case_id=case_id,
            by=by,
            at=now_utc(),
            approved=state is CaseState.APPROVED,
            reason=stated or None,
            proposed_by=None if seconded is None else seconded.by,
        )
        self._decisions.add(decision)
        self._audit.append(case_record(self._digest_key, row).happening(f"decide:{state.value}", by=by))
        self._audit.append(decision_record(self._digest_key, decision).happening("record:done"))
        return self._case(row)

    def _case(self, row: CaseRow) -> Case:
        decision = None if row.state is CaseState.OPEN else self._decisions.of(row.id)
        return Case(
            id=row.id,
            trigger=row.trigger,
            severity=row.severity,
            state=row.state,
            conversation_id=row.conversation_id,
            answer_id=row.answer_id,
            incident_key=row.incident_key,
            occurrences=row.occurrences,
            opened_at=row.opened_at,
            decision=None if decision is None else _decision(decision),
        )


def _decision(row: DecisionRow) -> Decision:
    return Decision(row.by, row.at, row.approved, row.reason, row.proposed_by)
