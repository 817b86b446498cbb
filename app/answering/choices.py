"""What a customer says to what they were asked or shown: which product they choose, and how their words are read."""

from __future__ import annotations

from dataclasses import replace

from app.answering.types import AskedBack, Question
from retrieval.choosing import chosen, place_in, wants_all
from retrieval.lexicon_files import shipped_lexicon


def as_chosen(question: Question) -> Question:
    """A choice with the question that it answers, as the rails and the rules hear it; any other as it is.

    "The second one" alone says nothing, and could be taken for something else; so could "and the platinum one?". A
    choice has no words beside those of the names and the question, nor has a follow-up that only names another thing,
    so that nothing of the customer's is kept from the rails.
    """
    before = question.asked_back
    place = None if before is None else _place(question.text, before)
    if before is not None and place is not None:
        return replace(question, text=f"{before.question} {before.choices[place]}", history=question.history[:-1])
    return replace(question, text=question.whole, whole="") if question.whole else question


def _place(text: str, before: AskedBack) -> int | None:
    """Which is chosen; of what was only shown a place alone is a choice, as a name may be said for something else."""
    if before.listed:
        return place_in(text, len(before.choices))
    return chosen(text, before.choices, shipped_lexicon(), before.question)


def in_full(question: Question) -> Question:
    """The question as it is looked up: as chosen, and where all are wanted the question that was asked back alone."""
    read, before = as_chosen(question), question.asked_back
    if question.whole and read.text == question.whole:
        return replace(read, history=())  # it has what it takes from them
    if read is not question or before is None or before.listed or not wants_all(question.text, before.question):
        return read
    return replace(question, text=before.question, history=question.history[:-1])
