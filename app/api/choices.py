"""An answer as programs get it: as it is stored and, where it asks back, with what to send for each choice."""

from __future__ import annotations

from typing import Any

from app.answering.types import MAX_QUESTION_CHARACTERS, Answer, AnswerStatus


def answer_json(answer: Answer, question: str) -> dict[str, Any]:
    """The answer to ``question``; ``choices`` is empty but where it asks back."""
    return {**answer.to_json(), "choices": choices_json(answer, question)}


def choices_json(answer: Answer, question: str) -> list[dict[str, str]]:
    """What may be meant: the ``name`` to show, and the ``text`` to send if it is chosen.

    The text asks in full, so that it is understood in a conversation and on its own; the name alone only in the
    conversation that asked back.
    """
    if answer.status is not AnswerStatus.CLARIFYING:
        return []
    return [{"name": each.text, "text": _in_full(question, each.text)} for each in answer.sentences]


def _in_full(question: str, name: str) -> str:
    whole = f"{question} {name}"
    return whole if len(whole) <= MAX_QUESTION_CHARACTERS else name
