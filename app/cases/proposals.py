"""What becomes of a severe case, proposed by one person and decided by another, within one unit of work."""

from __future__ import annotations

from contextlib import suppress

from sqlmodel import Session

from app.cases.errors import NotProposed, ReasonRequired, ReasonTooLong, SecondReviewerNeeded
from app.cases.records import proposal_record
from app.cases.repository import ProposalRepository
from app.cases.tables import CaseRow, ReleaseProposalRow
from app.cases.types import MAX_REASON_CHARACTERS, Proposal, ProposalState
from app.conversations.errors import ConversationErased
from app.conversations.vault import KeyVault, Sealed
from app.db.columns import new_id, now_utc
from app.evidence.audit import AuditLog, Ledger


class Proposals:
    """The proposals of one institution's cases. The log is locked by whoever changes one."""

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        self._proposals = ProposalRepository(session, institution_id)
        self._vault = KeyVault(session, institution_id, ledger.master)
        self._audit = AuditLog(session, institution_id, ledger)
        self._digest_key = ledger.master.audit
        self._institution_id = institution_id

    def of(self, case: CaseRow) -> tuple[Proposal, ...]:
        """Every proposal of a case, oldest first."""
        return tuple(self._plain(row, case) for row in self._proposals.of(case.id))

    def waiting(self) -> frozenset[str]:
        """The cases with a proposal that waits for a second person."""
        return self._proposals.waiting()

    def make(
        self, case: CaseRow, by: str, reason: str | None, words: str | None = None, *, approves: bool = True
    ) -> Proposal:
        """Propose; what was proposed before for the case is overtaken.

        Raises:
            ReasonTooLong. ReasonRequired: a rejection says why. ConversationErased: ``words`` can't be kept.
        """
        stated = _stated(case.id, reason)
        if not approves and stated is None:
            raise ReasonRequired(case.id)
        self.overtake(case.id, by)
        proposal_id = new_id()
        sealed = None if words is None else self._vault.seal(case.conversation_id, proposal_id, words.encode())
        row = ReleaseProposalRow(
            institution_id=self._institution_id,
            id=proposal_id,
            case_id=case.id,
            approves=approves,
            nonce=None if sealed is None else sealed.nonce,
            ciphertext=None if sealed is None else sealed.ciphertext,
            proposed_by=by,
            proposed_at=now_utc(),
            reason=stated,
        )
        self._proposals.add(row)
        self._audit.append(proposal_record(self._digest_key, row).happening("propose:done", by=by))
        return self._plain(row, case)

    def confirm(self, case: CaseRow, by: str, proposal_id: str | None, *, approves: bool) -> Proposal:
        """The second person's yes to what they were shown, which ``approves`` or does not.

        Raises:
            NotProposed: it is not what waits. SecondReviewerNeeded: ``by`` proposed it.
        """
        row = self._open(case.id, proposal_id)
        if row.proposed_by == by:
            raise SecondReviewerNeeded(case.id)
        if row.approves is not approves:
            raise NotProposed
        self._decide(row, ProposalState.APPROVED, by)
        return self._plain(row, case)

    def send_back(self, case_id: str, by: str, proposal_id: str, comment: str) -> None:
        """The second person's no; ``comment`` says what is to be mended.

        Raises:
            NotProposed, SecondReviewerNeeded, ReasonTooLong. ReasonRequired: ``comment`` is blank.
        """
        row, stated = self._open(case_id, proposal_id), _stated(case_id, comment)
        if row.proposed_by == by:
            raise SecondReviewerNeeded(case_id)
        if stated is None:
            raise ReasonRequired(case_id)
        self._decide(row, ProposalState.RETURNED, by, stated)

    def withdraw(self, case_id: str, by: str, proposal_id: str) -> None:
        """Take back a proposal of one's own.

        Raises:
            NotProposed. SecondReviewerNeeded: it is somebody else's: return it instead.
        """
        row = self._open(case_id, proposal_id)
        if row.proposed_by != by:
            raise SecondReviewerNeeded(case_id)
        self._decide(row, ProposalState.WITHDRAWN, by)

    def overtake(self, case_id: str, by: str) -> None:
        """What waits for a second person waits no more: ``by`` proposes something else, or decided otherwise."""
        row = self._proposals.open_of(case_id)
        if row is not None:
            self._decide(row, ProposalState.OVERTAKEN, by)

    def _open(self, case_id: str, proposal_id: str | None) -> ReleaseProposalRow:
        row = self._proposals.open_of(case_id)
        if proposal_id is None:
            raise SecondReviewerNeeded(case_id)
        if row is None or row.id != proposal_id:
            raise NotProposed
        return row

    def _decide(self, row: ReleaseProposalRow, state: ProposalState, by: str, comment: str | None = None) -> None:
        row.state, row.decided_by, row.decided_at, row.comment = state, by, now_utc(), comment
        self._proposals.save(row)
        self._audit.append(proposal_record(self._digest_key, row).happening(f"decide:{state.value}", by=by))

    def _plain(self, row: ReleaseProposalRow, case: CaseRow) -> Proposal:
        words = None
        if row.nonce is not None and row.ciphertext is not None:
            with suppress(ConversationErased):
                words = self._vault.open(case.conversation_id, row.id, Sealed(row.nonce, row.ciphertext)).decode()
        return Proposal(
            id=row.id,
            case_id=row.case_id,
            edited=row.ciphertext is not None,
            by=row.proposed_by,
            at=row.proposed_at,
            reason=row.reason,
            state=row.state,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
            comment=row.comment,
            approves=row.approves,
            words=words,
        )


def _stated(case_id: str, reason: str | None) -> str | None:
    stated = (reason or "").strip()
    if len(stated) > MAX_REASON_CHARACTERS:
        raise ReasonTooLong(case_id, len(stated))
    return stated or None
