"""What a reviewer looks at in one case: what was said, what the flagged answer rested on, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from app.cases.service import CaseService
from app.cases.types import Case
from app.conversations.errors import ConversationErased
from app.conversations.service import ConversationService
from app.conversations.types import Conversation, Message, Vote
from app.evidence.audit import Ledger
from app.evidence.service import EvidenceService
from app.evidence.types import Evidence
from app.handover.service import HandoverService


@dataclass(frozen=True)
class Dossier:
    """A case with its conversation. ``erased``: the words are gone for good, and the lists below are empty.

    ``evidence`` is the flagged answer's, or the last answer's where the case is about the whole conversation.
    ``callbacks`` counts the requests to be called back.
    """

    case: Case
    conversation: Conversation
    messages: tuple[Message, ...] = ()
    votes: tuple[tuple[str, Vote], ...] = ()
    evidence: Evidence | None = None
    callbacks: int = 0
    erased: bool = False

    def vote(self, answer_id: str | None) -> Vote | None:
        """The customer's vote on an answer."""
        return dict(self.votes).get(answer_id or "")


def open_dossier(session: Session, institution_id: str, ledger: Ledger, case_id: str) -> Dossier:
    """The dossier of a case.

    Raises:
        CaseNotFound: there is none in this institution. SealBroken: a stored record was changed.
    """
    case = CaseService(session, institution_id, ledger).get(case_id)
    conversations = ConversationService(session, institution_id, ledger)
    conversation = conversations.get(case.conversation_id)
    try:
        return Dossier(
            case,
            conversation,
            messages=conversations.transcript(conversation.id),
            votes=tuple(conversations.votes(conversation.id).items()),
            evidence=_evidence(EvidenceService(session, institution_id, ledger), case),
            callbacks=len(HandoverService(session, institution_id, ledger).callbacks(case.id)),
        )
    except ConversationErased:
        return Dossier(case, conversation, erased=True)


def _evidence(service: EvidenceService, case: Case) -> Evidence | None:
    if case.answer_id is not None:
        return service.get(case.answer_id)
    answers = service.of_conversation(case.conversation_id)
    return answers[-1] if answers else None
