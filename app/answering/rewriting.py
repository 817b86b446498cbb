"""A follow-up with what it leaves unsaid: by the tables that hold what it names, else in a model's words.

The model's are one more way to look it up; never what a customer reads, and never alone.

A model may be wrong, or be talked into something. What it makes of a question passes the input rails like a question,
and may only say what the customer has said: no other product, no order, nothing of the model's own. Whatever fails is
left out, and the follow-up is looked up as it would be without a model.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace

import structlog

from app.answering.choices import as_chosen
from app.answering.errors import ComposerUnavailable
from app.answering.parts import Parts
from app.answering.ports import Rewriter, Rewriting
from app.answering.trail import Trail
from app.answering.types import MAX_QUESTION_CHARACTERS, Question
from app.switches.types import Kind
from guardrails.types import FIXED_WORDS, Action, RailContext
from retrieval.dialogue import leans
from retrieval.errors import RetrievalError
from retrieval.own_words import in_own_words

WITHIN_S = 0.6  # then the follow-up is looked up without
BY_RAILS, BY_WORDS, BY_LENGTH = "rails", "words", "length"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class FollowUps:
    """Has follow-ups rewritten for one pipeline."""

    parts: Parts
    within_s: float = WITHIN_S

    async def whole(self, trail: Trail) -> str:
        """A follow-up that only names another thing, with the question it goes on from; empty for any other.

        A damaged index says nothing here: the search that follows finds it, and holds the answer.
        """
        asked = trail.question
        if not asked.history or as_chosen(asked) is not asked:
            return ""
        with trail.watch.lap("carry"), suppress(RetrievalError):
            find = self.parts.knowledge.whole
            return await self.parts.lanes.search(find, trail.institution, asked, trail.language, trail.on)
        return ""

    async def read(self, trail: Trail, asked: Question) -> Question:
        """``asked`` with what the institution's model makes of it; as it is without one, or if it leans on nothing."""
        rewriter = self.parts.rewriter_of(trail.institution)
        if rewriter is None or rewriter.refuses or trail.standing.is_on(Kind.GENERATION):
            return asked
        if not asked.history or not leans(asked.text):
            return asked
        with trail.watch.lap("rewrite"):
            async with trail.turn.aside():
                said = await self._said(rewriter, trail, asked)
            if said is None:
                return asked
            trail.rewriting = replace(said, dropped=await self._fault(trail, asked, said.text))
        return asked if trail.rewriting.dropped else replace(asked, rewritten=said.text)

    async def _said(self, rewriter: Rewriter, trail: Trail, asked: Question) -> Rewriting | None:
        """What the model makes of it; None where it is down, slow, or says no question."""
        try:
            return await asyncio.wait_for(rewriter.standalone(asked, trail.language, self.within_s), self.within_s)
        except (ComposerUnavailable, TimeoutError) as error:
            cause = getattr(error, "cause", "timed_out")
            log.warning("answer.rewriting.ended", institution_id=trail.institution.id, cause=cause)
            return None

    async def _fault(self, trail: Trail, asked: Question, text: str) -> str:
        """Why ``text`` is not looked up, in a constant word; empty where it is."""
        if not text.strip() or len(text) > MAX_QUESTION_CHARACTERS:
            return BY_LENGTH
        if not in_own_words(text, asked.text, asked.history):
            return BY_WORDS
        context = RailContext(trail.institution, trail.language, text, history=asked.history)
        verdict = await self.parts.rails.check_input(context)
        asks = verdict.action is Action.ALLOW and verdict.reason not in FIXED_WORDS and verdict.text == text
        return "" if asks else BY_RAILS
