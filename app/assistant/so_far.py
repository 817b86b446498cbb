"""What a conversation has come to, for its next question: the turns before, and what the assistant has just asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from app.answering.choices import in_full
from app.answering.types import Answer, AnswerStatus, AskedBack, Question
from app.conversations.types import Message, MessageRole

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
    if f'"status": "{AnswerStatus.CLARIFYING.value}"' not in stored:  # most are not, and need not be read
        return None
    answer = Answer.from_json(json.loads(stored))
    asks = answer.status is AnswerStatus.CLARIFYING
    return AskedBack(about, tuple(choice.text for choice in answer.sentences)) if asks else None
