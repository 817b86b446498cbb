"""From a question to an answer, top to bottom: screen, retrieve, route, compose, verify, disclose, record, release.

Nothing is returned that was not recorded first (promise 8), and nothing is released that did not pass every rail
(promises 2 and 6). Each step is a timing and a field of the evidence.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import nullcontext
from dataclasses import replace
from uuid import uuid4

import structlog

from app.answering.checking import Checker, passed
from app.answering.choices import as_chosen, in_full
from app.answering.clarifying import Clarifier
from app.answering.conduct import unanswered
from app.answering.errors import RulebookReplaced
from app.answering.framing import closed
from app.answering.gate import Gate
from app.answering.language import detect_language
from app.answering.parts import Parts
from app.answering.pieces import Listener
from app.answering.ports import Brief, Writer
from app.answering.replies import answer_of, never_answered, reply, words_for
from app.answering.rewriting import FollowUps
from app.answering.routing import STOPS, cited, heard_by, leading, route_of, stop_of, writable, writer_of
from app.answering.stopwatch import Stopwatch
from app.answering.trail import Held, Outcome, Trail
from app.answering.types import Answer, Question
from app.evidence.errors import CitedVersionWithdrawn
from app.switches.errors import SwitchesChanged
from app.switches.types import Route
from guardrails.rails.settling import unread
from guardrails.subject import subject
from guardrails.types import FIXED_WORDS, Action, RailContext, Reason, Stage, Verdict
from knowledge_bases.schema import Institution
from retrieval.errors import RetrievalError
from retrieval.results import READER

ANSWER_STRENGTH = 0.5  # the one operating point; retrieval.scorer is calibrated to it
_TOO_MUCH_AT_ONCE = unread(Stage.INPUT, "H12", Reason.BUSY)  # as the rails say it of more than they take on

log = structlog.get_logger(__name__)


class Pipeline:
    """Answers questions; safe to call concurrently."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def answer(self, institution: Institution, question: Question, listener: Listener | None = None) -> Answer:
        """The answer, recorded. ``listener`` is shown what a model writes as soon as it is verified and recorded.

        Raises:
            CitedVersionWithdrawn, SwitchesChanged, RulebookReplaced: a cited version went out of force, a switch was
                turned, or other rules came into force, between retrieval and recording, twice running.
            DatabaseAway: nobody knows what is switched or which rules bind, or nothing can be recorded.
        """
        asked_at = time.monotonic()
        try:
            return await self._attempt(institution, question, listener, asked_at)
        except (CitedVersionWithdrawn, SwitchesChanged, RulebookReplaced):  # and nothing was released yet
            return await self._attempt(institution, question, listener, asked_at)

    async def listen(self, institution: Institution, question: Question) -> Verdict:
        """What the rails make of a question while a person has the conversation: its text is masked, nobody answers."""
        language = question.language or detect_language(question.text)
        heard = RailContext(institution, language, question.text, history=question.history)
        return await self._parts.rails.check_input(heard)

    def hand_over(self, institution: Institution, question: Question) -> Answer:
        """What a customer reads who pressed the button for a person; recorded like any answer."""
        trail = self._trail(institution, question)
        answer = answer_of(trail, self._reply(trail, Action.HAND_OFF, Reason.HUMAN_WANTED))
        self._parts.recorder.record(trail, answer)
        return answer

    async def _attempt(
        self, institution: Institution, question: Question, listener: Listener | None, asked_at: float
    ) -> Answer:
        watch = Stopwatch()
        with watch.lap("wait"):
            turn = await self._parts.turns.question(institution.id)
        with turn:
            trail = await asyncio.to_thread(self._begun, institution, question)
            trail.watch, trail.turn, trail.asked_at = watch, turn, asked_at
            outcome = self._switched(trail, await self._screen(trail))
            if outcome is None:
                await self._keep(trail)
            outcome = outcome or await self._retrieve(trail) or await self._sift(trail) or self._routed(trail)
            outcome = outcome or await Clarifier(self._parts).asked_back(trail) or self._too_weak(trail)
            outcome = outcome or await self._compose(trail, listener)
            answer = answer_of(trail, outcome)
        with trail.watch.lap("record"):
            await self._parts.lanes.record(self._parts.recorder.record, trail, answer)
        return replace(answer, timings_ms=trail.watch.timings_ms())

    def _begun(self, institution: Institution, question: Question) -> Trail:
        """The trail of a question, with what is switched now."""
        trail = self._trail(institution, question)
        trail.standing = self._parts.switches.standing(institution.id)
        return trail

    def _trail(self, institution: Institution, question: Question) -> Trail:
        language = question.language or detect_language(question.text)
        today = self._parts.today()
        rulebook = self._parts.rulebooks.in_force(institution.id, today)
        return Trail(institution, question, language, question.as_of or today, rulebook)

    async def _screen(self, trail: Trail) -> Outcome | None:
        """Masks the question; an outcome where a rail says that it is not to be answered, or that nothing was asked."""
        if trail.question.whole is None and trail.turn.is_granted:
            trail.question = replace(trail.question, whole=await FollowUps(self._parts).whole(trail))
        with trail.watch.lap("screen"):
            asked, verdict = await self._heard(trail)
            if trail.question.whole and verdict.text != asked.text:  # a figure that is to be masked is no name of a row
                trail.question = replace(trail.question, whole="")
                asked, verdict = await self._heard(trail)
        trail.judge(Stage.INPUT, verdict)
        said = trail.question.text if asked is not trail.question else verdict.text  # a choice has nothing to be masked
        trail.question, trail.intents = replace(trail.question, text=said), verdict.intents
        if verdict.action in (Action.ALLOW, Action.REWRITE) and verdict.reason not in FIXED_WORDS:
            return None
        return self._reply(trail, verdict.action, verdict.reason or Reason.RAIL_FAILED)

    async def _heard(self, trail: Trail) -> tuple[Question, Verdict]:
        """The question as the rails hear it, and what they make of it."""
        asked = as_chosen(trail.question)
        context = RailContext(trail.institution, trail.language, asked.text, history=asked.history)
        return asked, await self._parts.rails.check_input(context) if trail.turn.is_granted else _TOO_MUCH_AT_ONCE

    def _switched(self, trail: Trail, screened: Outcome | None) -> Outcome | None:
        """As screened, unless a switch or the question's topic says that it is not to be answered here."""
        stop = stop_of(trail, screened)
        return screened if stop is None else self._reply(trail, *stop)

    async def _keep(self, trail: Trail) -> None:
        """A model takes seconds: what it is asked about is found again where this process ends meanwhile."""
        if self._parts.writer_of(trail.institution) is not None:
            with trail.watch.lap("keep"):
                await self._parts.lanes.record(self._parts.recorder.keep, trail, never_answered(trail))

    async def _retrieve(self, trail: Trail) -> Outcome | None:
        """Finds passages; an outcome where the evidence is too weak to answer from (promise 5).

        An index that is damaged or missing holds the answer and opens a case (promise 6).
        """
        try:
            asked = in_full(replace(trail.question, text=subject(trail.question.text)))
            asked = await FollowUps(self._parts).read(trail, asked)
            with trail.watch.lap("retrieve"):
                search = self._parts.knowledge.retrieve
                trail.retrieved = await self._parts.lanes.search(
                    search, trail.institution, asked, trail.language, trail.on
                )
        except RetrievalError as error:
            log.error("answer.retrieval.failed", institution_id=trail.institution.id, error=type(error).__name__)
            return self._reply(trail, Action.HOLD, Reason.RAIL_FAILED)
        if (weak := self._too_weak(trail)) and not Clarifier(self._parts).may_ask(trail):
            return weak
        if set(trail.retrieved.degraded) - {READER}:  # another order of good passages is nothing a customer misses
            trail.notice("notice_lexical_only")
        return None

    def _too_weak(self, trail: Trail) -> Outcome | None:
        """What is said where the evidence is too weak to answer from (promise 5)."""
        weak = trail.retrieved.strength < ANSWER_STRENGTH
        return self._reply(trail, *unanswered(trail)) if weak else None

    async def _sift(self, trail: Trail) -> Outcome | None:
        """Takes out passages that give a model orders; an outcome where none is left, or where they can't be read."""
        with trail.watch.lap("sift"):
            passages = tuple(passage.chunk.text for passage in trail.retrieved.passages)
            context = RailContext(trail.institution, trail.language, trail.question.text, passages=passages)
            verdict = await self._parts.rails.check_retrieval(context)
        trail.judge(Stage.RETRIEVAL, verdict)
        if verdict.action not in (Action.ALLOW, Action.REWRITE):
            return self._reply(trail, Action.HOLD, verdict.reason or Reason.RAIL_FAILED)
        planted = frozenset(finding.passage for finding in verdict.findings if finding.passage is not None)
        if not planted:
            return None
        trail.retrieved = trail.retrieved.without(planted)
        return None if trail.retrieved.passages else self._reply(trail, Action.HOLD, Reason.PLANTED)

    def _routed(self, trail: Trail) -> Outcome | None:
        """What is said where the topic of what answers best is not to be answered here."""
        stop = STOPS.get(route_of(trail, leading(trail)))
        return None if stop is None else self._reply(trail, *stop)

    async def _compose(self, trail: Trail, listener: Listener | None) -> Outcome:
        """By the model, if there is one and something of what it writes may be read; else in quotes."""
        brief = Brief(trail.institution, trail.question.text, trail.language, trail.retrieved, trail.question.history)
        writer = writer_of(trail, self._parts.writer_of)
        written = None if writer is None else await self._written(trail, writer, brief, listener)
        return written or await self._quoted(trail, brief)

    async def _written(self, trail: Trail, writer: Writer, brief: Brief, listener: Listener | None) -> Outcome | None:
        """What a customer may read along with is settled before its first sentence: it is never held afterwards."""
        wordable = replace(brief, retrieved=writable(trail))
        with trail.watch.lap("write"):
            gate = Gate(self._parts, trail, writer, wordable, heard_by(trail, listener))
            async with nullcontext() if writer.refuses else trail.turn.aside():
                outcome = await gate.opened()
        if outcome is None:
            return None
        outcome = closed(trail, outcome)
        return outcome if trail.released else self._released(trail, outcome)

    async def _quoted(self, trail: Trail, brief: Brief) -> Outcome:
        """The documents' own words; held where the rails do not let them out."""
        with trail.watch.lap("compose"):
            draft = await self._parts.quotes.compose(brief)
        if not draft.sentences:
            return self._reply(trail, *unanswered(trail))
        trail.drafts.append(draft)
        outcome = await Checker(self._parts).checked(trail, draft)
        return self._released(trail, outcome) if passed(outcome) else outcome

    def _released(self, trail: Trail, outcome: Outcome) -> Outcome:
        """The answer where all its topics may go out at once; else what is said until a person has looked at it."""
        route = route_of(trail, cited(outcome.sentences))
        if route in STOPS:
            return self._reply(trail, *STOPS[route])
        if route is Route.HOLD:
            held = replace(answer_of(trail, outcome), answer_id=uuid4().hex)
            trail.held = Held(held, words_for(trail, Reason.NOT_RELEASED))
            return self._reply(trail, Action.HOLD, Reason.AWAITING_RELEASE)
        return outcome

    def _reply(self, trail: Trail, action: Action, reason: Reason) -> Outcome:
        return reply(self._parts, trail, action, reason)
