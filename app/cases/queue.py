"""The list of review cases as a reviewer reads it: open ones first, overdue complaints, the worst and the oldest at
the top, in pages."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from app.cases.service import CaseService
from app.cases.types import Case, Filter
from app.conversations.service import ConversationService
from app.evidence.audit import Ledger
from knowledge_bases.schema import Language

PAGE_CASES = 100


@dataclass(frozen=True)
class Queued:
    """A case in the list, with its customer's language. ``proposed``: its release waits for a second person."""

    case: Case
    language: Language
    proposed: bool = False


@dataclass(frozen=True)
class QueuePage:
    """One page of the list, ``number`` from 1; ``total`` counts the cases of all pages. No case at all is page 1."""

    entries: tuple[Queued, ...]
    number: int
    total: int

    @property
    def first(self) -> int:
        """Where the first entry stands in the whole list, from 1."""
        return (self.number - 1) * PAGE_CASES + 1

    @property
    def last(self) -> int:
        """Where the last entry stands in the whole list."""
        return self.first + len(self.entries) - 1

    @property
    def previous(self) -> int | None:
        """The page before, None on the first."""
        return self.number - 1 if self.number > 1 else None

    @property
    def following(self) -> int | None:
        """The page after, None on the last."""
        return self.number + 1 if self.last < self.total else None


def queue(session: Session, institution_id: str, ledger: Ledger, chosen: Filter, number: int = 1) -> QueuePage:
    """Page ``number`` of the cases that ``chosen`` takes; the last page where there are fewer."""
    service = CaseService(session, institution_id, ledger)
    total = service.count(chosen)
    number = max(1, min(number, -(-total // PAGE_CASES)))
    cases = service.queue(chosen, limit=PAGE_CASES, skip=(number - 1) * PAGE_CASES)
    conversations = ConversationService(session, institution_id, ledger)
    proposed = service.proposed()
    entries = tuple(
        Queued(case, conversations.get(case.conversation_id).language, case.id in proposed) for case in cases
    )
    return QueuePage(entries, number, total)
