"""Checks a ready-made answer against passages someone else retrieved: what ``candour guard --stage output`` does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from guardrails.disclosure import Occasion, owed, place
from guardrails.errors import DisclosureError
from guardrails.rails.engine import Rails
from guardrails.rulebook import Rulebook
from guardrails.types import Action, Claim, Disclosure, Finding, RailContext, Reason, Severity, Stage, Verdict
from knowledge_bases.schema import Citation, Span, VersionKey

_SENTENCE_END = re.compile(r"(?<=[。！？；])|(?<=[.!?;])\s+|\n+")


@dataclass(frozen=True)
class Guarded:
    """The verdict, whose text carries the ``disclosures`` owed; REWRITE where they were added."""

    verdict: Verdict
    disclosures: tuple[Disclosure, ...] = ()


async def guard_output(rails: Rails, rulebook: Rulebook, occasion: Occasion, passages: Sequence[str]) -> Guarded:
    """Verifies ``occasion.answer`` sentence by sentence against ``passages``, and adds what it owes.

    Without passages nothing is supported and the verdict is HOLD.
    """
    try:
        disclosures = owed(rulebook, occasion)
    except DisclosureError as error:
        finding = Finding("D", Stage.OUTPUT, Severity.S2, Action.HOLD, Reason.DISCLOSURE, detail=str(error))
        return Guarded(Verdict(Action.HOLD, occasion.answer, (finding,), Reason.DISCLOSURE))
    context = _context(occasion, disclosures, passages)
    verdict = await rails.check_output(context, lambda citation: citation.quote, rulebook)
    if verdict.action is Action.ALLOW and disclosures:
        verdict = Verdict(Action.REWRITE, verdict.text, verdict.findings)
    return Guarded(verdict, disclosures)


def _context(occasion: Occasion, disclosures: tuple[Disclosure, ...], passages: Sequence[str]) -> RailContext:
    citations = tuple(_citation(number, passage) for number, passage in enumerate(passages, start=1) if passage)
    sentences = [sentence.strip() for sentence in _SENTENCE_END.split(occasion.answer)]
    return RailContext(
        institution=occasion.institution,
        language=occasion.language,
        text=place(occasion.answer, disclosures),
        question=occasion.question,
        claims=tuple(Claim(sentence, citations) for sentence in sentences if sentence),
        disclosures=disclosures,
        about=occasion.about,
        intents=occasion.intents,
    )


def _citation(number: int, passage: str) -> Citation:
    key = VersionKey(f"passage-{number}", "given")
    return Citation(key, "", Span(0, len(passage)), passage, None, None, None)
