"""A draft in its frame, with what contradicts it and what it owes, before the output rails.

They see what a customer would read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from app.answering.conduct import caution_of, cautioned
from app.answering.contrasts import MOST, beside, stated
from app.answering.framing import closed, drafted
from app.answering.occasions import context_of, undated
from app.answering.parts import Parts
from app.answering.ports import Contrast, Draft
from app.answering.replies import reply, statements
from app.answering.trail import Outcome, Trail
from app.answering.types import AnswerStatus
from guardrails.errors import DisclosureError
from guardrails.types import Action, Reason, Stage, Verdict
from knowledge_bases.schema import Citation
from retrieval.errors import RetrievalError

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Checker:
    """Checks drafts for one pipeline."""

    parts: Parts

    async def checked(self, trail: Trail, draft: Draft) -> Outcome:
        """What would be released: HELD unless every rail allows it, or where what contradicts it cannot be read."""
        framed = await self._framed(trail, draft, shown=frozenset())
        if isinstance(framed, Outcome):
            return framed
        draft, outcome = framed
        return await self._judged(trail, draft, closed(trail, cautioned(outcome, trail, trail.rulebook)))

    async def next_piece(self, trail: Trail, draft: Draft, before: Outcome | None) -> Outcome:
        """What has been read of an answer (``before``), with ``draft`` after it; HELD as in ``checked``.

        The rails look at the whole text, and judge the sentences of the draft. Its closing notices are not in it yet.
        """
        async with self.parts.turns.sentence(trail.institution.id):
            return await self._next_piece(trail, draft, before)

    async def _next_piece(self, trail: Trail, draft: Draft, before: Outcome | None) -> Outcome:
        shown = frozenset(differing.pair for differing in before.differing) if before else frozenset()
        framed = await self._framed(trail, draft, shown)
        if isinstance(framed, Outcome):
            return framed
        draft, outcome = framed
        whole = cautioned(outcome, trail, trail.rulebook).placed() if before is None else before.followed_by(outcome)
        return await self._judged(trail, draft, whole)

    async def _framed(self, trail: Trail, draft: Draft, shown: frozenset[str]) -> tuple[Draft, Outcome] | Outcome:
        """The draft beside what contradicts it, and in its frame with what it owes; else why it is held.

        ``shown`` are pairs of figures that the customer has read already.
        """
        try:
            contrasts = await self._contrasts(trail, draft, shown)
            draft = beside(draft, contrasts, trail.retrieved.versions)
            disclosures = statements(self.parts, trail, draft.sentences, caution_of(trail))
        except DisclosureError:
            return self._held(trail, Reason.DISCLOSURE)
        except RetrievalError as error:
            log.error("answer.contrasts.failed", institution_id=trail.institution.id, error=type(error).__name__)
            return self._held(trail, Reason.RAIL_FAILED)
        undatable = undated(trail, draft)
        if undatable:
            trail.judge(Stage.OUTPUT, Verdict(Action.HOLD, "", undatable, Reason.UNVERIFIED))
            return self._held(trail, Reason.UNVERIFIED)
        return draft, drafted(trail, draft, disclosures, self.parts.today(), contrasts)

    async def _judged(self, trail: Trail, draft: Draft, outcome: Outcome) -> Outcome:
        with trail.watch.lap("verify"):
            checked, resolve = context_of(trail, draft, outcome), self._resolver(trail)
            verdict = await self.parts.rails.check_output(checked, resolve, trail.rulebook)
        trail.judge(Stage.OUTPUT, verdict)
        return outcome if verdict.action is Action.ALLOW else self._held(trail, verdict.reason or Reason.UNVERIFIED)

    def _held(self, trail: Trail, reason: Reason) -> Outcome:
        return reply(self.parts, trail, Action.HOLD, reason)

    async def _contrasts(self, trail: Trail, draft: Draft, shown: frozenset[str]) -> tuple[Contrast, ...]:
        with trail.watch.lap("contrast"):
            asked = (trail.institution, trail.retrieved, stated(draft.sentences))
            found = await asyncio.to_thread(self.parts.knowledge.contrasts, *asked)
        return tuple(each for each in found if each.pair not in shown)[: MOST - len(shown)]

    def _resolver(self, trail: Trail) -> Callable[[Citation], str | None]:
        return lambda citation: self.parts.knowledge.resolve(trail.institution, citation)


def passed(outcome: Outcome) -> bool:
    """Whether the rails let it out."""
    return outcome.status is not AnswerStatus.HELD
