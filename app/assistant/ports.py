"""What a surface (chat, API, command line) may ask of the assistant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.answering.pieces import Listener
from app.answering.types import Answer, Question
from app.conversations.types import ConversationState, MessageRole
from app.handover.types import CallBackRequest
from knowledge_bases.schema import Institution, Language

__all__ = ["Assistant", "CallBackRequest", "ConversationState", "Role", "TranscriptMessage"]


Role = MessageRole


@dataclass(frozen=True)
class TranscriptMessage:
    """One stored message, decrypted. ``answer`` is set for the assistant's messages."""

    role: Role
    text: str
    at: datetime
    answer: Answer | None = None


class Assistant(Protocol):
    """Every method takes the institution's id; a conversation of another institution is simply not found.

    Raises (all methods):
        InstitutionNotFound, ConversationNotFound, DatabaseAway: of app.errors' tree.
    """

    def institution(self, institution_id: str) -> Institution:
        """As it was last read here while the database is away: its name and whom to call are known then, too."""
        ...

    def open_conversation(self, institution_id: str, language: Language, origin: str) -> str:
        """A new conversation's id (unguessable)."""
        ...

    def conversation_state(self, institution_id: str, conversation_id: str) -> ConversationState: ...

    def transcript(self, institution_id: str, conversation_id: str) -> tuple[TranscriptMessage, ...]:
        """All messages, oldest first."""
        ...

    def unfinished(self, institution_id: str, conversation_id: str) -> tuple[Answer, ...]:
        """The answers that are being written, by whichever process, as far as they were released.

        One that is closed is a message of the transcript: read the transcript afterwards, and no word is missed.
        """
        ...

    def unheard(self, institution_id: str, conversation_id: str) -> tuple[TranscriptMessage, ...]:
        """The questions, masked and oldest first, that a model is asked about, by whichever process, and of whose
        answers nothing is released yet. Where that process is gone, they are told to be unanswered in the end.

        One that is heard is a message of the transcript: read the transcript afterwards, and no word is missed.
        """
        ...

    async def ask(self, question: Question, listener: Listener | None = None) -> Answer | None:
        """Answers and stores; None when a person has the conversation (the message is stored for them).

        ``listener`` is shown what a model writes piece by piece; what it was shown opens the answer that is returned.

        With ``conversation_id`` None the answer and its evidence are stored in a conversation of their own.
        """
        ...

    def rate(self, institution_id: str, conversation_id: str, answer_id: str, *, helpful: bool) -> None:
        """Stores thumbs up or down, the last one wins; down opens a review case."""
        ...

    def want_human(self, institution_id: str, conversation_id: str, language: Language) -> Answer:
        """Hands the conversation over: opens a case, silences the assistant; the answer says how and when."""
        ...

    def look_after(self, institution_id: str, conversation_id: str) -> None:
        """Tells whoever waits for a person of another place in the queue and, once, where they have waited too long, of
        a call-back; called while their page is open."""
        ...

    def request_call_back(self, institution_id: str, conversation_id: str, request: CallBackRequest) -> str:
        """Stores the request with the conversation's case and returns its reference for the customer."""
        ...
