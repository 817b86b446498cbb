"""Conversations as the rest of the product sees them: words in, words out, sealed in between."""

from __future__ import annotations

from sqlmodel import Session

from app.conversations.records import message_record
from app.conversations.repository import ConversationRepository, FeedbackRepository, MessageRepository
from app.conversations.tables import ConversationRow, FeedbackRow, MessageRow
from app.conversations.types import Conversation, ConversationState, Message, MessageRole, Vote
from app.conversations.vault import KeyVault, Sealed
from app.db.columns import new_id, now_utc
from app.evidence.audit import AuditLog, Happening, Ledger
from knowledge_bases.schema import Language


class ConversationService:
    """The conversations of one institution, within one unit of work."""

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        self._conversations = ConversationRepository(session, institution_id)
        self._messages = MessageRepository(session, institution_id)
        self._feedback = FeedbackRepository(session, institution_id)
        self._audit = AuditLog(session, institution_id, ledger)
        self.vault = KeyVault(session, institution_id, ledger.master)
        self._digest_key = ledger.master.audit
        self._institution_id = institution_id

    def start(self, language: Language, origin: str) -> Conversation:
        """Open a conversation and make its key."""
        now = now_utc()
        row = ConversationRow(
            institution_id=self._institution_id,
            id=new_id(),
            language=language,
            origin=origin,
            state=ConversationState.ASSISTANT,
            created_at=now,
            last_at=now,
        )
        self._conversations.add(row)
        self.vault.create(row.id)
        return _conversation(row)

    def get(self, conversation_id: str) -> Conversation:
        """The conversation.

        Raises:
            ConversationNotFound: there is none in this institution.
        """
        return _conversation(self._conversations.get(conversation_id))

    def held(self, conversation_id: str) -> Conversation:
        """As ``get``; nobody else changes it before the unit of work ends. The log is locked first.

        Raises:
            ConversationNotFound: there is none in this institution.
        """
        self._audit.lock()
        return _conversation(self._conversations.lock(conversation_id))

    def recent(self, limit: int = 100) -> tuple[Conversation, ...]:
        """The conversations last spoken in, newest first."""
        return tuple(_conversation(row) for row in self._conversations.recent(limit))

    def say(self, conversation_id: str, role: MessageRole, text: str, answer_id: str | None = None) -> Message:
        """Store a message; a customer's ``text`` is masked by the caller.

        Raises:
            ConversationNotFound: no such conversation. ConversationErased: it was erased.
        """
        self._audit.lock()
        conversation = self._conversations.lock(conversation_id)
        message_id, now = new_id(), now_utc()
        sealed = self.vault.seal(conversation_id, message_id, text.encode())
        row = MessageRow(
            institution_id=self._institution_id,
            id=message_id,
            conversation_id=conversation_id,
            seq=self._messages.next_seq(conversation_id),
            role=role,
            nonce=sealed.nonce,
            ciphertext=sealed.ciphertext,
            answer_id=answer_id,
            at=now,
        )
        self._messages.put(row)
        self._audit.append(message_record(self._digest_key, row).happening(f"say:{role.value}"))
        conversation.last_at = now
        self._conversations.put(conversation)
        return _message(row, text)

    def transcript(self, conversation_id: str, after: int = 0) -> tuple[Message, ...]:
        """Every message behind number ``after``, oldest first.

        Raises:
            ConversationNotFound: no such conversation. ConversationErased: it was erased.
            SealBroken: a stored message was changed.
        """
        return self.opened(conversation_id, after)[1]

    def opened(self, conversation_id: str, after: int = 0) -> tuple[Conversation, tuple[Message, ...]]:
        """The conversation with its transcript.

        Raises:
            ConversationNotFound, ConversationErased, SealBroken: see ``transcript``.
        """
        conversation = _conversation(self._conversations.get(conversation_id))
        return conversation, tuple(self._readable(row) for row in self._messages.of(conversation_id, after))

    def length(self, conversation_id: str) -> int:
        """How many messages it has; needs no key.

        Raises:
            ConversationNotFound: there is none in this institution.
        """
        self._conversations.get(conversation_id)
        return self._messages.last_seq(conversation_id)

    def hand_to_human(self, conversation_id: str) -> bool:
        """From now on a person answers; False where one does already.

        Raises:
            ConversationNotFound: there is none in this institution.
        """
        return self._turn(conversation_id, ConversationState.HUMAN)

    def hand_back(self, conversation_id: str) -> bool:
        """From now on the assistant answers again; False where it does already.

        Raises:
            ConversationNotFound: there is none in this institution.
        """
        return self._turn(conversation_id, ConversationState.ASSISTANT)

    def vote(self, conversation_id: str, answer_id: str, vote: Vote) -> None:
        """Store the customer's vote on an answer; the last one counts.

        Raises:
            ConversationNotFound: the answer is not one of this conversation.
        """
        self._audit.lock()  # a thumbs-down opens a case in the same transaction
        self._conversations.lock(conversation_id)
        self._messages.require_answer(conversation_id, answer_id)
        row = self._feedback.find(FeedbackRow.answer_id == answer_id)
        if row is None:
            row = FeedbackRow(
                institution_id=self._institution_id,
                answer_id=answer_id,
                conversation_id=conversation_id,
                vote=vote,
                at=now_utc(),
            )
        row.vote, row.at = vote, now_utc()
        self._feedback.save(row)

    def votes(self, conversation_id: str) -> dict[str, Vote]:
        """The votes of a conversation by answer."""
        return {row.answer_id: row.vote for row in self._feedback.of(conversation_id)}

    def erase(self, conversation_id: str, by: str) -> None:
        """Destroy the conversation's key: its words and evidence can never be read again. Audited; repeatable.

        Raises:
            ConversationNotFound: there is none in this institution.
        """
        self._audit.lock()  # before the key's row: whoever erases several takes turns with whoever erases one of them
        self._conversations.get(conversation_id)
        if self.vault.destroy(conversation_id):
            self._audit.append(Happening("conversation:erase:done", conversation_id, {"by": by}))

    def _turn(self, conversation_id: str, state: ConversationState) -> bool:
        self._audit.lock()
        row = self._conversations.lock(conversation_id)
        if row.state is state:
            return False
        row.state = state
        self._conversations.save(row)
        self._audit.append(Happening(f"conversation:hand_over:{state.value}", conversation_id))
        return True

    def _readable(self, row: MessageRow) -> Message:
        sealed = Sealed(row.nonce, row.ciphertext)
        return _message(row, self.vault.open(row.conversation_id, row.id, sealed).decode())


def _conversation(row: ConversationRow) -> Conversation:
    return Conversation(
        id=row.id,
        institution_id=row.institution_id,
        language=row.language,
        origin=row.origin,
        state=row.state,
        created_at=row.created_at,
        last_at=row.last_at,
    )


def _message(row: MessageRow, text: str) -> Message:
    return Message(id=row.id, seq=row.seq, role=row.role, text=text, answer_id=row.answer_id, at=row.at)
