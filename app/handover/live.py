"""What staff see: who waits and who has whom, and one conversation as it goes on."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from sqlmodel import Session

from app.answering.types import Answer
from app.cases.service import CaseService
from app.cases.types import Case
from app.conversations.errors import ConversationErased
from app.conversations.service import ConversationService
from app.conversations.types import Conversation, Message, MessageRole
from app.conversations.vault import KeyVault
from app.evidence.audit import Ledger
from app.handover.line import waiting_line
from app.handover.register import human_incident, plain
from app.handover.repository import CallbackRepository, HandoverRepository
from app.handover.summary import EMPTY, Entry, Summary, summarise
from app.handover.types import Handover, HandoverState
from guardrails.types import Severity


@dataclass(frozen=True)
class Queued:
    """A hand-over in the list; ``cases`` are its conversation's open ones, the worst first."""

    handover: Handover
    cases: tuple[Case, ...]
    call_backs: int

    @property
    def severity(self) -> Severity | None:
        """Of the worst open case; None where none is open."""
        return self.cases[0].severity if self.cases else None

    @property
    def alarms(self) -> tuple[Case, ...]:
        """What the customer told that can't wait."""
        return tuple(case for case in self.cases if case.is_alarm)


@dataclass(frozen=True)
class LiveQueue:
    """``waiting``: in the order of service (``line``); ``taken``: the longest first."""

    waiting: tuple[Queued, ...]
    taken: tuple[Queued, ...]


@dataclass(frozen=True)
class Live:
    """A conversation with its latest hand-over (None: it never had one). ``erased``: its words are gone for good.

    ``queued`` tells of its cases and requests to be called back, ``case`` is the one of the hand-over.
    """

    conversation: Conversation
    handover: Handover | None
    queued: Queued | None
    case: Case | None
    entries: tuple[Entry, ...] = ()
    summary: Summary = EMPTY
    erased: bool = False

    @property
    def last_seq(self) -> int:
        """The number of the last message, 0 before the first."""
        return self.entries[-1].message.seq if self.entries else 0


@dataclass(frozen=True)
class LiveRoom:
    """The live conversations of one institution, read in one session."""

    session: Session
    institution_id: str
    ledger: Ledger

    def queue(self) -> LiveQueue:
        """Everybody who waits for a person or has one."""
        rows = HandoverRepository(self.session, self.institution_id)
        line = waiting_line(self.session, self.institution_id, self.ledger)
        taken = (self._queued(plain(row)) for row in rows.in_state(HandoverState.WITH_PERSON))
        return LiveQueue(tuple(self._queued(plain(row)) for row in line), tuple(taken))

    def count_waiting(self) -> int:
        """How many wait."""
        return len(HandoverRepository(self.session, self.institution_id).in_state(HandoverState.WAITING))

    def stamp(self, conversation_id: str) -> str:
        """Changes with everything that a page of the conversation shows.

        Raises:
            ConversationNotFound: there is none in this institution.
        """
        length = ConversationService(self.session, self.institution_id, self.ledger).length(conversation_id)
        row = HandoverRepository(self.session, self.institution_id).last_of(conversation_id)
        cases = CaseService(self.session, self.institution_id, self.ledger).open_of(conversation_id)
        state = "none" if row is None else f"{row.id}.{row.state.value}.{row.taken_by}"
        told = ".".join(f"{case.id}-{case.severity.value}" for case in cases)
        callbacks = CallbackRepository(self.session, self.institution_id).count_of(conversation_id)
        erased = KeyVault(self.session, self.institution_id, self.ledger.master).is_destroyed(conversation_id)
        return f"{length}.{state}.{told}.{callbacks}.{'erased' if erased else 'kept'}"

    def open(self, conversation_id: str) -> Live:
        """The conversation as it stands.

        Raises:
            ConversationNotFound: there is none in this institution. SealBroken: a stored message was changed.
        """
        conversations = ConversationService(self.session, self.institution_id, self.ledger)
        conversation = conversations.get(conversation_id)
        row = HandoverRepository(self.session, self.institution_id).last_of(conversation_id)
        handover = None if row is None else plain(row)
        queued = None if handover is None else self._queued(handover)
        cases = queued.cases if queued else ()
        own = human_incident(conversation_id)
        case = next((each for each in cases if each.incident_key == own), None)
        try:
            entries = tuple(_entry(message) for message in conversations.transcript(conversation_id))
        except ConversationErased:
            return Live(conversation, handover, queued, case, erased=True)
        return Live(conversation, handover, queued, case, entries, summarise(entries))

    def _queued(self, handover: Handover) -> Queued:
        cases = CaseService(self.session, self.institution_id, self.ledger).open_of(handover.conversation_id)
        callbacks = CallbackRepository(self.session, self.institution_id)
        return Queued(handover, cases, sum(len(callbacks.of(case.id)) for case in cases))


def _entry(message: Message) -> Entry:
    """The message as its customer read it: what the assistant said is stored as a whole answer."""
    if message.role is not MessageRole.ASSISTANT:
        return Entry(message)
    answer = Answer.from_json(json.loads(message.text))
    return Entry(replace(message, text=answer.text), answer)
