"""Stores an answer before it is released: evidence, both messages, state and flags, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlmodel import Session

from app.answering.errors import PersonHasConversation, RulebookReplaced
from app.answering.evidence import evidence_of
from app.answering.trail import Trail
from app.answering.types import DIRECT, Answer, AnswerStatus
from app.assistant.flags import flags_of
from app.cases.service import CaseService
from app.conversations.service import ConversationService
from app.conversations.types import ConversationState, MessageRole
from app.db.session import Database, after_commit
from app.evidence.audit import Ledger
from app.evidence.open_questions import OpenQuestions
from app.evidence.pieces import PieceService
from app.evidence.service import EvidenceService, Recheck
from app.handover.service import HandoverService
from app.hong_kong import today_in_hong_kong
from app.rules.provider import StoredRulebooks
from app.switches.errors import SwitchesChanged
from app.switches.reading import standing_of
from app.webhooks.service import WebhookService
from app.webhooks.types import ANSWER_HELD
from guardrails.types import Reason


@dataclass(frozen=True)
class ConversationRecorder:
    """The pipeline's Recorder. ``sampled`` decides whether an answer joins the quality sample.

    ``rulebooks`` says once more which rules are in force; None where there is only one.
    """

    database: Database
    ledger: Ledger
    sampled: Callable[[], bool]
    rulebooks: StoredRulebooks | None = None

    def record(self, trail: Trail, answer: Answer) -> None:
        """See ``app.answering.trail.Recorder``; without a conversation the answer opens one of its own.

        Raises:
            PersonHasConversation: it was handed over while the answer was made; nothing was stored.
            SwitchesChanged: a switch was turned meanwhile; nothing was stored.
        """
        with self.database.write() as session:
            conversation_id = self._conversation(session, trail)
            evidence = EvidenceService(session, trail.institution.id, self.ledger)
            whole = evidence_of(trail, answer, conversation_id)
            if not trail.released:  # all that is read comes first: what is stored then goes in few statements
                evidence.require_in_force(whole, _as_switched(trail, answer))
                self._require_open(session, trail, answer, conversation_id)
            evidence.close(whole)
            if not trail.released:
                self._hear(session, trail, conversation_id)
            conversations = ConversationService(session, trail.institution.id, self.ledger)
            conversations.say(conversation_id, MessageRole.ASSISTANT, _stored(answer), answer.answer_id)
            self._flag(session, trail, answer, conversation_id)
            if answer.status is AnswerStatus.HELD:
                told = {"reason": answer.reason and answer.reason.value, "conversation_id": conversation_id}
                WebhookService(session, trail.institution.id, self.ledger).publish(ANSWER_HELD, answer.answer_id, told)
            named = trail.question.conversation_id is not None  # one opened for a single question has nobody waiting
            chat = named and conversations.held(conversation_id).origin != DIRECT
            if answer.status is AnswerStatus.HANDED_OFF and chat:
                handover = HandoverService(session, trail.institution.id, self.ledger)
                handover.begin(conversation_id, trail.language, answer.reason or Reason.HUMAN_WANTED)

    def keep(self, trail: Trail, unanswered: Answer) -> None:
        """See ``app.answering.trail.Recorder``; a question without a conversation has nobody who comes back to it."""
        conversation_id = trail.question.conversation_id
        if conversation_id is None or not trail.question.text:
            return
        with self.database.write() as session:
            evidence = evidence_of(trail, unanswered, conversation_id)
            OpenQuestions(session, trail.institution.id, self.ledger).keep(evidence, _stored(unanswered))

    def release(self, trail: Trail, answer: Answer) -> None:
        """See ``app.answering.trail.Recorder``."""
        with self.database.write() as session:
            conversation_id = self._conversation(session, trail)
            evidence = evidence_of(trail, answer, conversation_id)
            service = EvidenceService(session, trail.institution.id, self.ledger)
            service.require_in_force(evidence, _as_switched(trail, answer))
            self._require_open(session, trail, answer, conversation_id)
            if not trail.released:
                self._hear(session, trail, conversation_id)
            pieces = PieceService(session, trail.institution.id, self.ledger)
            pieces.add(evidence, _stored(answer), trail.released + 1)

    def _conversation(self, session: Session, trail: Trail) -> str:
        """The conversation of the question; where it has none, the trail keeps the one that is opened for it."""
        if trail.question.conversation_id is None:
            conversations = ConversationService(session, trail.institution.id, self.ledger)
            opened = conversations.start(trail.language, trail.question.origin).id
            after_commit(session, lambda: _keep(trail, opened))
            return opened
        return trail.question.conversation_id

    def _require_open(self, session: Session, trail: Trail, answer: Answer, conversation_id: str) -> None:
        """Passes where the assistant still speaks, by the rules it went by. The log is locked by then: so it stays."""
        self._require_rulebook(session, trail)
        conversations = ConversationService(session, trail.institution.id, self.ledger)
        taken = conversations.held(conversation_id).state is ConversationState.HUMAN
        if taken and answer.status is not AnswerStatus.HANDED_OFF:
            handover = HandoverService(session, trail.institution.id, self.ledger)
            raise PersonHasConversation(conversation_id, joined=handover.has_person(conversation_id))

    def _hear(self, session: Session, trail: Trail, conversation_id: str) -> None:
        if trail.question.text:
            conversations = ConversationService(session, trail.institution.id, self.ledger)
            conversations.say(conversation_id, MessageRole.CUSTOMER, trail.question.text)
            OpenQuestions(session, trail.institution.id, self.ledger).settle(conversation_id, trail.question.text)

    def _require_rulebook(self, session: Session, trail: Trail) -> None:
        """Raises RulebookReplaced: other rules are in force by now."""
        if self.rulebooks is None:
            return
        standing = self.rulebooks.standing(session, trail.institution.id, today_in_hong_kong())
        if standing.rulebook.version != trail.rulebook.version:
            raise RulebookReplaced(trail.rulebook.version)

    def _flag(self, session: Session, trail: Trail, answer: Answer, conversation_id: str) -> None:
        cases = CaseService(session, trail.institution.id, self.ledger)
        for flag in flags_of(answer, conversation_id, self.sampled, trail.findings):
            cases.open(flag)


def _stored(answer: Answer) -> str:
    return json.dumps(answer.to_json(), ensure_ascii=False)


def _keep(trail: Trail, conversation_id: str) -> None:
    trail.question = replace(trail.question, conversation_id=conversation_id)


def _as_switched(trail: Trail, answer: Answer) -> Recheck:
    """Holds what is switched now against what the answer was made under. A person may always be given a question."""

    def recheck(session: Session) -> None:
        handed_off = answer.status is AnswerStatus.HANDED_OFF
        if not handed_off and standing_of(session, trail.institution.id) != trail.standing:
            raise SwitchesChanged

    return recheck
