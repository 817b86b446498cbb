"""Quotes in a model's answer: which one stands in for a sentence that failed, and which say what was said already."""

from __future__ import annotations

from dataclasses import replace

from app.answering.composers.candidates import quoted, text_of
from app.answering.contrasts import stated
from app.answering.ports import Retrieved
from app.answering.trail import Outcome
from app.answering.types import Sentence


def quote_for(sentence: Sentence, retrieved: Retrieved) -> Sentence | None:
    """The span that says best what a sentence was to say: of those it cites, the one that answers best."""
    for quote in retrieved.quotes:
        candidate = quoted(quote.quotable, retrieved.versions)
        if _share_words(candidate, sentence):
            return candidate
    if not sentence.parts:
        return None
    first = sentence.parts[0].citation.key
    parts = tuple(part for part in sentence.parts if part.citation.key == first)
    return replace(sentence, text=text_of(parts), parts=parts, quoted=True)


def _share_words(one: Sentence, other: Sentence) -> bool:
    return any(
        a.parse_sha256 == b.parse_sha256 and a.span.overlaps(b.span) for a in stated([one]) for b in stated([other])
    )


def is_shown(quote: Sentence, outcome: Outcome | None) -> bool:
    return outcome is not None and any(shown.quoted and _share_words(quote, shown) for shown in outcome.sentences)


def cites_the_same(quote: Sentence, outcome: Outcome) -> bool:
    return any(_share_words(quote, shown) for shown in outcome.sentences)
