"""What a customer says to a question back: which product they choose, and how their words are then read."""

from __future__ import annotations

from dataclasses import replace

from app.answering.types import Question
from retrieval.choosing import chosen, wants_all
from retrieval.lexicon_files import shipped_lexicon


def as_chosen(question: Question) -> Question:
    """A choice with the question that it answers, as the rails and the rules hear it; any other as it is.

    "The second one" alone says nothing, and could be taken for something else. A choice has no words beside those of
    the names and the question, so that nothing of the customer's is kept from the rails.
    """
    before = question.asked_back
    place = None if before is None else chosen(question.text, before.choices, shipped_lexicon(), before.question)
    if before is None or place is None:
        return question
    return replace(question, text=f"{before.question} {before.choices[place]}", history=question.history[:-1])


def in_full(question: Question) -> Question:
    """The question as it is looked up: as chosen, and where all are wanted the question that was asked back alone."""
    read, before = as_chosen(question), question.asked_back
    if read is not question or before is None or not wants_all(question.text, before.question):
        return read
    return replace(question, text=before.question, history=question.history[:-1])
