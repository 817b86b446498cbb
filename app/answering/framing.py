"""The frame of an answer: what leads it in, and the notices that stand beside its sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.answering.contrasts import differing, notice
from app.answering.ports import Contrast, Draft
from app.answering.texts import texts
from app.answering.trail import Outcome, Trail
from app.answering.types import AnswerStatus, Sentence
from app.hong_kong import HONG_KONG
from guardrails.disclosure import day_in_words
from guardrails.types import Disclosure
from knowledge_bases.schema import Language


def drafted(
    trail: Trail, draft: Draft, disclosures: tuple[Disclosure, ...], today: date, contrasts: tuple[Contrast, ...]
) -> Outcome:
    """The draft, led in, with what is said of figures that differ.

    Words that were in force on another day are never led in as today's.
    """
    generated = not all(sentence.quoted for sentence in draft.sentences)
    reworded = generated or draft.model is not None  # a model's draft may go on in its own words
    lead = "lead_generated" if reworded else "lead_quote"
    if trail.on != today:
        lead += "_as_of" if trail.on < today else "_ahead"
    return Outcome(
        status=AnswerStatus.ANSWERED if generated else AnswerStatus.QUOTED,
        reason=None,
        lead=texts(trail.language)[lead].format(date=day_in_words(trail.on, trail.language)),
        sentences=draft.sentences,
        notices=tuple(notice(contrast, trail.retrieved.versions, trail.language) for contrast in contrasts),
        disclosures=disclosures,
        differing=tuple(differing(contrast) for contrast in contrasts),
    )


def closed(trail: Trail, outcome: Outcome) -> Outcome:
    """The outcome with the notices that close it: they are about the whole of it."""
    about = (*trail.notices, *_language_notice(trail, outcome.sentences), *_known_at_notice(trail))
    return replace(outcome, notices=(*outcome.notices, *dict.fromkeys(about)))


def _known_at_notice(trail: Trail) -> tuple[str, ...]:
    """Says so when documents published since were left out."""
    known_at = trail.question.known_at
    if known_at is None:
        return ()
    moment = known_at.astimezone(HONG_KONG)
    return (texts(trail.language)["notice_known_at"].format(moment=f"{moment:%Y-%m-%d %H:%M}"),)


def _language_notice(trail: Trail, sentences: tuple[Sentence, ...]) -> tuple[str, ...]:
    """Says so when no cited document is in the customer's language; one Chinese script serves for the other."""
    written = {trail.retrieved.versions[c.key].language for s in sentences for c in s.citations}
    if not written or any((w is Language.EN) == (trail.language is Language.EN) for w in written):
        return ()
    words = texts(trail.language)
    names = ", ".join(words[f"language_{language.value}"] for language in sorted(written))
    return (words["notice_other_language"].format(language=names),)
