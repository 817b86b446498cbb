"""What a conversation has come to, for its next question: the turns before, and what the assistant has just asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from app.answering.choices import in_full
from app.answering.types import Answer, AnswerStatus, AskedBack, Question, Sentence
from app.conversations.types import Message, MessageRole
from knowledge_bases.schema import UnitKind
from retrieval.quotable import MARK
from retrieval.ranking import CELL

_OFFERING = (AnswerStatus.CLARIFYING, AnswerStatus.QUOTED)  # their next turn may say a place in the list
HISTORY = 6  # earlier questions a follow-up may lean on


def so_far(question: Question, messages: Sequence[Message]) -> Question:
    """The next question with what its conversation's ``messages``, oldest first, say before it.

    A turn that chose what it was asked to stands for its question: "What is the annual fee? Gold Card".
    """
    turns: list[str] = []
    asked: AskedBack | None = None
    for message in messages:
        if message.role is MessageRole.CUSTOMER:
            turns = _with(turns, message.text, asked, question)
            asked = None
        elif message.role is MessageRole.ASSISTANT and turns:
            asked = _asked_back(message.text, turns[-1]) or asked  # two answers may come for two questions sent at once
    return replace(question, history=tuple(turns[-HISTORY:]), asked_back=asked)


def _with(turns: list[str], text: str, asked: AskedBack | None, question: Question) -> list[str]:
    said = replace(question, text=text, history=tuple(turns), asked_back=asked)
    read = in_full(said)
    return [*turns, text] if read is said else [*read.history, read.text]


def _asked_back(stored: str, about: str) -> AskedBack | None:
    if not any(f'"status": "{status.value}"' in stored for status in _OFFERING):  # others need not be read
        return None
    answer = Answer.from_json(json.loads(stored))
    if answer.status is AnswerStatus.CLARIFYING:
        return AskedBack(about, tuple(choice.text for choice in answer.sentences))
    names = tuple(map(_row_name, answer.sentences)) if answer.status is AnswerStatus.QUOTED else ()
    return AskedBack(about, names, listed=True) if len(names) > 1 and all(names) else None


def _row_name(sentence: Sentence) -> str:
    """How the row of a table that ``sentence`` quotes is named; empty where it is none."""
    row = next((part.citation.quote for part in sentence.parts if part.kind is UnitKind.ROW), "")
    cell = row.partition(CELL)[0]
    return (MARK.split(cell)[0] or cell).strip()
