"""What was said before a person came, in a few lines: taken word for word from the conversation, so nothing is made up.

A model may word it later; whoever reads this reads what was said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.answering.types import Answer, AnswerStatus
from app.conversations.types import Message, MessageRole
from guardrails.types import Disclosure

MOST_LINES = 6  # of what was answered and of what was not: the latest, the transcript has all
MOST_CHARACTERS = 160  # of a question or a quote
GIVEN = (AnswerStatus.ANSWERED, AnswerStatus.QUOTED)
NOT_GIVEN = (AnswerStatus.REFUSED, AnswerStatus.HELD)


@dataclass(frozen=True)
class Entry:
    """A message; ``answer`` is set for the assistant's, whose ``message.text`` is then what its customer read."""

    message: Message
    answer: Answer | None = None


@dataclass(frozen=True)
class Exchange:
    """A question (empty where none was typed) and what the assistant said to it."""

    question: str
    answer: Answer

    @property
    def quote(self) -> str:
        """The first words of the answer itself; empty where it is all lead."""
        return shortened(self.answer.sentences[0].text) if self.answer.sentences else ""


@dataclass(frozen=True)
class Summary:
    """``wants``: what the customer wrote and nobody has answered yet, or what the hand-over was for, oldest first.

    ``disclosed``: every statement they have been given, each once.
    """

    wants: tuple[str, ...] = ()
    answered: tuple[Exchange, ...] = ()
    unanswered: tuple[Exchange, ...] = ()
    disclosed: tuple[Disclosure, ...] = ()


EMPTY = Summary()


def summarise(entries: Sequence[Entry]) -> Summary:
    """The summary of a conversation; of an empty one nothing."""
    exchanges = _exchanges(entries)
    disclosed = {d.rule_id: d for exchange in exchanges for d in exchange.answer.disclosures}
    return Summary(
        wants=_wants(entries),
        answered=tuple(e for e in exchanges if e.answer.status in GIVEN)[-MOST_LINES:],
        unanswered=tuple(e for e in exchanges if e.answer.status in NOT_GIVEN)[-MOST_LINES:],
        disclosed=tuple(disclosed.values()),
    )


def shortened(text: str) -> str:
    """The words on one line, cut where they are long."""
    line = " ".join(text.split())
    return line if len(line) <= MOST_CHARACTERS else f"{line[:MOST_CHARACTERS].rstrip()}…"


def _exchanges(entries: Iterable[Entry]) -> tuple[Exchange, ...]:
    found, question = [], ""
    for entry in entries:
        if entry.message.role is MessageRole.CUSTOMER:
            question = shortened(entry.message.text)
        elif entry.answer is not None:
            found.append(Exchange(question, entry.answer))
            question = ""
    return tuple(found)


def _wants(entries: Sequence[Entry]) -> tuple[str, ...]:
    open_: list[str] = []
    for entry in entries:
        if entry.message.role is MessageRole.CUSTOMER:
            open_.append(shortened(entry.message.text))
        elif entry.message.role is MessageRole.STAFF or (entry.answer and entry.answer.status in GIVEN):
            open_.clear()
    return tuple(open_[-MOST_LINES:])
