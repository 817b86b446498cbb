"""A further judge that shares nothing with the checks (a language model, an NLI model): off unless it is configured.

It can only take away. It is asked when all else lets an answer pass, of each sentence that is not its cited words
themselves; what it contradicts, does not find, is unsure of, or does not answer in time is held. It gets evidence and
sentence and no word of the customer's, who could otherwise persuade it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from guardrails.types import Action, Claim, Finding, Opinion, Reason, Ruling, Severity, Stage
from guardrails.verification.judging import evidence_of, is_quotation
from knowledge_bases.schema import Language

LATE = "it took too long"
NONSENSE = "it answered in no agreed word"


class JudgeFailed(Exception):
    """A judge could not rule. ``why`` is kept with the evidence: a constant phrase, none of the words judged."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Asked:
    """One sentence, and the cited words that are to bear it out."""

    sentence: str
    evidence: str

    @property
    def evidence_sha256(self) -> str:
        """What the opinion is kept by, beside the sentence."""
        return hashlib.sha256(self.evidence.encode()).hexdigest()


class IndependentJudge(Protocol):
    """Reads a sentence beside its evidence. Where it raises, hangs or answers nonsense, the sentence is held."""

    @property
    def id(self) -> str:
        """What it is known by in evidence."""
        ...

    def prompt_sha256(self, language: Language) -> str | None:
        """The file of words that a language model is told its task in; None: there is none."""
        ...

    async def rule(self, asked: Asked, language: Language) -> Ruling:
        """Whether the evidence bears out the sentence, which is in ``language``; gives up when it is cancelled.

        Raises:
            JudgeFailed: there is no ruling.
        """
        ...


class SecondJudge:
    """Asks ``judge`` of all sentences of an answer at once, and waits no longer than ``timeout_s`` for them together.

    Safe to call concurrently.
    """

    def __init__(self, judge: IndependentJudge, timeout_s: float = 3.0) -> None:
        self._judge = judge
        self._timeout_s = timeout_s

    async def hear(self, asked: Sequence[Asked], language: Language) -> tuple[Opinion, ...]:
        """An opinion for each, in order; UNSURE, and why, where there was no ruling."""
        if not asked:
            return ()
        rulings = [asyncio.create_task(self._judge.rule(each, language)) for each in asked]
        await asyncio.wait(rulings, timeout=self._timeout_s)
        opinions = tuple(self._opinion(*each, language) for each in zip(asked, rulings, strict=True))
        for ruling in rulings:
            ruling.cancel()
        return opinions

    def _opinion(self, asked: Asked, task: asyncio.Task[Ruling], language: Language) -> Opinion:
        ruling, why = _ruled(task)
        prompt = self._judge.prompt_sha256(language)
        return Opinion(self._judge.id, asked.sentence, asked.evidence_sha256, ruling, why, prompt)


def to_be_asked(claims: Iterable[Claim]) -> tuple[Asked, ...]:
    """What is judged again: every sentence but exact quotations, which are the document's own words."""
    return tuple(Asked(claim.text, evidence_of(claim)) for claim in claims if not is_quotation(claim))


def recalled(asked: Iterable[Asked], opinions: Iterable[Opinion]) -> tuple[Opinion, ...]:
    """What was said of these sentences before; nothing of one that nobody was asked about."""
    known = {(opinion.sentence, opinion.evidence_sha256): opinion for opinion in opinions}
    found = (known.get((each.sentence, each.evidence_sha256)) for each in asked)
    return tuple(opinion for opinion in found if opinion is not None)


def objections(opinions: Iterable[Opinion]) -> tuple[Finding, ...]:
    """A finding for each sentence that the judge does not bear out."""
    return tuple(
        Finding("P07", Stage.OUTPUT, Severity.S2, Action.HOLD, Reason.UNVERIFIED, detail=_detail(opinion))
        for opinion in opinions
        if opinion.ruling is not Ruling.SUPPORTED
    )


def _ruled(task: asyncio.Task[Ruling]) -> tuple[Ruling, str]:
    """The ruling, or UNSURE and why there is none: whatever it raised or said instead, it has not agreed."""
    if not task.done():
        return Ruling.UNSURE, LATE
    if task.cancelled():
        return Ruling.UNSURE, "it gave up"
    error = task.exception()
    if error is not None:
        return Ruling.UNSURE, error.why if isinstance(error, JudgeFailed) else type(error).__name__
    said = task.result()
    return (said, "") if isinstance(said, Ruling) else (Ruling.UNSURE, NONSENSE)


def _detail(opinion: Opinion) -> str:
    return f"the second judge: {opinion.ruling.value.replace('_', ' ')}" + (f" ({opinion.why})" if opinion.why else "")
