"""A bank's counter for tests: customers who wait, people who take them, and a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TypeVar

from app.conversations.service import ConversationService
from app.conversations.types import ConversationState, MessageRole
from app.db.session import Database
from app.evidence.audit import Ledger
from app.evidence.verification import AuditVerifier
from app.handover.live import LiveRoom
from app.handover.service import HandoverService
from app.handover.takeover import Takeover
from app.handover.types import HandoverState
from knowledge_bases.office_hours import HONG_KONG, OfficeHours, Shift, Weekday
from knowledge_bases.schema import Institution, Language
from tests.app.worlds import an_institution
from tests.fakes.desk import FakeDesk

BANK, OTHER = "harbour-bank", "other-bank"
PATIENCE = timedelta(minutes=5)
MONDAY_10 = datetime(2026, 11, 23, 10, tzinfo=HONG_KONG)
NINE_TO_SIX = OfficeHours(
    MappingProxyType({day: (Shift(540, 1080),) for day in Weekday if day not in (Weekday.SATURDAY, Weekday.SUNDAY)})
)
T = TypeVar("T")


def open_bank(institution_id: str = BANK, hours: OfficeHours | None = NINE_TO_SIX) -> Institution:
    """A bank that states its hours."""
    bank = an_institution(institution_id)
    return replace(bank, contact=replace(bank.contact, office_hours=hours))


@dataclass
class Counter:
    """One bank's; every call is a unit of work of its own."""

    database: Database
    ledger: Ledger
    bank: str = BANK
    now: datetime = MONDAY_10
    desk: FakeDesk = field(default_factory=FakeDesk)

    def clock(self) -> datetime:
        return self.now.astimezone(UTC)

    def customer(self, language: Language = Language.EN) -> str:
        """A new conversation that asks for a person."""
        with self.database.write() as session:
            conversation = ConversationService(session, self.bank, self.ledger).start(language, "http://localhost")
        return self.begin(conversation.id, language)

    def begin(self, conversation: str, language: Language = Language.EN) -> str:
        self.now += timedelta(seconds=1)
        self.customers(lambda service: service.begin(conversation, language))
        return conversation

    def customers(self, step: Callable[[HandoverService], T]) -> T:
        with self.database.write() as session:
            return step(HandoverService(session, self.bank, self.ledger, self.desk, self.clock))

    def people(self, step: Callable[[Takeover], T]) -> T:
        with self.database.write() as session:
            return step(Takeover(session, self.bank, self.ledger, self.desk, self.clock))

    def offer(self, conversation: str) -> None:
        self.customers(lambda service: service.offer_call_back(conversation, PATIENCE))

    def says(self, conversation: str, words: str) -> None:
        """The customer writes, as the assistant keeps it."""
        with self.database.write() as session:
            ConversationService(session, self.bank, self.ledger).say(conversation, MessageRole.CUSTOMER, words)

    def read(self, conversation: str) -> list[tuple[MessageRole, str]]:
        with self.database.read() as session:
            messages = ConversationService(session, self.bank, self.ledger).transcript(conversation)
        return [(message.role, message.text) for message in messages]

    def notices(self, conversation: str) -> list[str]:
        return [words for role, words in self.read(conversation) if role is MessageRole.NOTICE]

    def state(self, conversation: str) -> tuple[ConversationState, HandoverState | None]:
        """Who answers, and where the latest hand-over stands."""
        with self.room() as room:
            live = room.open(conversation)
        return live.conversation.state, live.handover.state if live.handover else None

    @contextmanager
    def room(self) -> Iterator[LiveRoom]:
        with self.database.read() as session:
            yield LiveRoom(session, self.bank, self.ledger)

    def is_whole(self) -> bool:
        return AuditVerifier(self.database, self.ledger).verify(self.bank).whole
