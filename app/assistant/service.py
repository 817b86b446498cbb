"""The assistant itself: conversations around the pipeline."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from app.answering.errors import PersonHasConversation
from app.answering.language import detect_language
from app.answering.pieces import Listener
from app.answering.pipeline import Pipeline
from app.answering.ports import Rulebooks
from app.answering.types import Answer, Question
from app.assistant.errors import TooManyMessages
from app.assistant.interrupted import ABANDONED_S
from app.assistant.listening import Listening
from app.assistant.pace import Pace
from app.assistant.ports import CallBackRequest, ConversationState, Role, TranscriptMessage
from app.assistant.so_far import so_far
from app.cases.service import CaseService
from app.cases.types import Flag, Trigger, number_of
from app.conversations.service import ConversationService
from app.conversations.types import Message, MessageRole, Vote
from app.db.columns import now_utc
from app.db.errors import DatabaseAway
from app.db.session import Database
from app.evidence.audit import Ledger
from app.evidence.open_questions import OpenQuestions
from app.evidence.pieces import PieceService
from app.handover.service import HandoverService
from app.hong_kong import today_in_hong_kong
from app.institutions.service import InstitutionService
from guardrails.types import Severity, Verdict
from knowledge_bases.schema import Institution, Language

PATIENCE = timedelta(minutes=5)  # before whoever waits for a person is offered a call-back
LOST = timedelta(seconds=2 * ABANDONED_S)  # an answer that was not gone on with, nor closed, for so long


@dataclass(frozen=True)
class ConversationAssistant:
    """The Assistant of the running product (see ``app.assistant.ports``)."""

    database: Database
    ledger: Ledger
    pipeline: Pipeline
    rulebooks: Rulebooks
    patience: timedelta = PATIENCE
    pace: Pace = field(default_factory=Pace, repr=False, compare=False)
    _last_read: dict[str, Institution] = field(default_factory=dict, repr=False, compare=False)

    def institution(self, institution_id: str) -> Institution:
        try:
            with self.database.read() as session:
                self._last_read[institution_id] = InstitutionService(session, self.ledger).get(institution_id)
        except DatabaseAway:
            if institution_id not in self._last_read:
                raise
        return self._last_read[institution_id]

    def open_conversation(self, institution_id: str, language: Language, origin: str) -> str:
        with self.database.write() as session:
            return ConversationService(session, institution_id, self.ledger).start(language, origin).id

    def conversation_state(self, institution_id: str, conversation_id: str) -> ConversationState:
        with self.database.read() as session:
            return ConversationService(session, institution_id, self.ledger).get(conversation_id).state

    def transcript(self, institution_id: str, conversation_id: str) -> tuple[TranscriptMessage, ...]:
        with self.database.read() as session:
            messages = ConversationService(session, institution_id, self.ledger).transcript(conversation_id)
        return tuple(_shown(message) for message in messages)

    def unfinished(self, institution_id: str, conversation_id: str) -> tuple[Answer, ...]:
        since = now_utc() - LOST
        with self.database.read() as session:
            ConversationService(session, institution_id, self.ledger).get(conversation_id)
            pieces = PieceService(session, institution_id, self.ledger).growing(conversation_id, since)
        return tuple(Answer.from_json(json.loads(piece.answer)) for piece in pieces)

    def unheard(self, institution_id: str, conversation_id: str) -> tuple[TranscriptMessage, ...]:
        with self.database.read() as session:
            ConversationService(session, institution_id, self.ledger).get(conversation_id)
            questions = OpenQuestions(session, institution_id, self.ledger).of(conversation_id)
        return tuple(TranscriptMessage(Role.CUSTOMER, each.evidence.question, each.at) for each in questions)

    async def ask(self, question: Question, listener: Listener | None = None) -> Answer | None:
        if question.conversation_id is None:
            institution = await asyncio.to_thread(self.institution, question.institution_id)
            return await self.pipeline.answer(institution, question, listener)
        institution, state, asked = await asyncio.to_thread(self._so_far, question, question.conversation_id)
        if state is ConversationState.ASSISTANT:
            with suppress(PersonHasConversation):  # handed over in another tab while the answer was made
                return await self.pipeline.answer(institution, asked, listener)
        heard = await self.pipeline.listen(institution, asked)
        if await asyncio.to_thread(self._note, institution, question, heard):
            return None
        return await self.pipeline.answer(institution, asked, listener)  # handed back while it was read

    def rate(self, institution_id: str, conversation_id: str, answer_id: str, *, helpful: bool) -> None:
        with self.database.write() as session:
            conversations = ConversationService(session, institution_id, self.ledger)
            conversations.vote(conversation_id, answer_id, Vote.UP if helpful else Vote.DOWN)
            if not helpful:
                flag = Flag(Trigger.THUMBS_DOWN, Severity.S3, conversation_id, answer_id, f"thumbs-down:{answer_id}")
                CaseService(session, institution_id, self.ledger).open(flag)

    def want_human(self, institution_id: str, conversation_id: str, language: Language) -> Answer:
        question = Question(institution_id, "", language, conversation_id)
        return self.pipeline.hand_over(self.institution(institution_id), question)

    def look_after(self, institution_id: str, conversation_id: str) -> None:
        with self.database.read() as session:
            due = HandoverService(session, institution_id, self.ledger).is_due(conversation_id, self.patience)
        if due:
            with self.database.write() as session:
                handover = HandoverService(session, institution_id, self.ledger)
                handover.tell_places()
                handover.offer_call_back(conversation_id, self.patience)

    def request_call_back(self, institution_id: str, conversation_id: str, request: CallBackRequest) -> str:
        with self.database.write() as session:
            handover = HandoverService(session, institution_id, self.ledger)
            return number_of(handover.request_call_back(conversation_id, request))

    def _so_far(self, question: Question, conversation_id: str) -> tuple[Institution, ConversationState, Question]:
        """Whose conversation it is, who has it, and the question with what was said before it.

        Raises:
            TooManyMessages: so many in so short a time that no person writes them.
        """
        institution = self.institution(question.institution_id)
        if not self.pace.allows(conversation_id):
            raise TooManyMessages(conversation_id)
        with self.database.read() as session:
            conversations = ConversationService(session, question.institution_id, self.ledger)
            conversation, said = conversations.opened(conversation_id)
        return institution, conversation.state, so_far(question, said)

    def _note(self, institution: Institution, question: Question, heard: Verdict) -> bool:
        """Keeps what the customer writes while a person has the conversation; False: nobody has it any more."""
        assert question.conversation_id is not None  # noqa: S101 -- ask() has looked
        rulebook = self.rulebooks.in_force(institution.id, today_in_hong_kong())
        language = question.language or detect_language(question.text)
        with self.database.write() as session:
            listening = Listening(session, institution, self.ledger, rulebook)
            return listening.note(question.conversation_id, heard, language)


def _shown(message: Message) -> TranscriptMessage:
    if message.role is MessageRole.ASSISTANT:
        answer = Answer.from_json(json.loads(message.text))
        return TranscriptMessage(Role.ASSISTANT, answer.text, message.at, answer)
    return TranscriptMessage(message.role, message.text, message.at)
