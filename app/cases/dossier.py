"""What a reviewer looks at in one case: what was said, what the flagged answer rested on, and what was decided."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from sqlmodel import Session

from app.answering.types import Answer
from app.assistant.releasing import Releasing, held_answer
from app.cases.service import CaseService
from app.cases.types import Case, Proposal, ProposalState, Trigger
from app.conversations.errors import ConversationErased
from app.conversations.service import ConversationService
from app.conversations.types import Conversation, Message, MessageRole, Vote
from app.evidence.audit import Ledger
from app.evidence.service import EvidenceService
from app.evidence.types import Evidence
from app.handover.service import HandoverService
from app.rules.provider import StoredRulebooks


@dataclass(frozen=True)
class Dossier:
    """A case with its conversation. ``erased``: the words are gone for good, and the lists of them are empty.

    ``evidence`` is the flagged answer's, or the last answer's where the case is about the whole conversation.
    ``callbacks`` counts the requests to be called back. ``held``: the answer that waits, or waited, to be released;
    ``proposals`` are the ends that were proposed, oldest first. ``obstacle`` says why it can't go out as it stands,
    ``outcome`` is the evidence of what was said in its place.
    """

    case: Case
    conversation: Conversation
    messages: tuple[Message, ...] = ()
    votes: tuple[tuple[str, Vote], ...] = ()
    evidence: Evidence | None = None
    callbacks: int = 0
    held: Answer | None = None
    obstacle: str | None = None
    outcome: Evidence | None = None
    proposals: tuple[Proposal, ...] = ()
    erased: bool = False

    @property
    def proposal(self) -> Proposal | None:
        """What waits for a second person, or None."""
        return next((each for each in self.proposals if each.state is ProposalState.PROPOSED), None)

    @property
    def returned(self) -> Proposal | None:
        """The latest proposal, where a second person returned it and the case is still open."""
        last = self.proposals[-1] if self.proposals and self.case.decision is None else None
        return last if last is not None and last.state is ProposalState.RETURNED else None

    def vote(self, answer_id: str | None) -> Vote | None:
        """The customer's vote on an answer."""
        return dict(self.votes).get(answer_id or "")


def open_dossier(
    session: Session, institution_id: str, ledger: Ledger, case_id: str, rulebooks: StoredRulebooks | None = None
) -> Dossier:
    """The dossier of a case. ``rulebooks``: see ``Releasing``.

    Raises:
        CaseNotFound: there is none in this institution. SealBroken: a stored record was changed.
    """
    cases = CaseService(session, institution_id, ledger)
    case, proposals = cases.get(case_id), cases.proposals(case_id)
    conversations = ConversationService(session, institution_id, ledger)
    conversation = conversations.get(case.conversation_id)
    try:
        recorded = EvidenceService(session, institution_id, ledger)
        evidence = _evidence(recorded, case)
        releasing = Releasing(session, institution_id, ledger, rulebooks)
        return Dossier(
            case,
            conversation,
            messages=tuple(_readable(message) for message in conversations.transcript(conversation.id)),
            votes=tuple(conversations.votes(conversation.id).items()),
            evidence=evidence,
            callbacks=len(HandoverService(session, institution_id, ledger).callbacks(case.id)),
            held=held_answer(evidence) if evidence and case.trigger is Trigger.RELEASE else None,
            obstacle=_obstacle(releasing, evidence) if evidence and case.is_awaited else None,
            proposals=proposals,
            outcome=_outcome(recorded, case) if case.decision and case.trigger is Trigger.RELEASE else None,
        )
    except ConversationErased:
        return Dossier(case, conversation, proposals=proposals, erased=True)


def _evidence(service: EvidenceService, case: Case) -> Evidence | None:
    if case.answer_id is not None:
        return service.get(case.answer_id)
    answers = service.of_conversation(case.conversation_id)
    return answers[-1] if answers else None


def _obstacle(releasing: Releasing, evidence: Evidence) -> str | None:
    found = releasing.obstacle(evidence)
    return None if found is None else str(found)


def _outcome(recorded: EvidenceService, case: Case) -> Evidence | None:
    """What a person's decision gave the customer in place of a held answer."""
    said = recorded.of_conversation(case.conversation_id)
    return next((each for each in said if each.releases == case.answer_id and each.decided_by), None)


def _readable(message: Message) -> Message:
    """The message as its customer read it: what the assistant said is stored as a whole answer."""
    if message.role is not MessageRole.ASSISTANT:
        return message
    return replace(message, text=Answer.from_json(json.loads(message.text)).text)
