"""From a question to an answer, top to bottom: screen, retrieve, route, compose, verify, disclose, record, release.

Nothing is returned that was not recorded first (promise 8), and nothing is released that did not pass every rail
(promises 2 and 6). Each step is a timing and a field of the evidence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from uuid import uuid4

import structlog

from app.answering.conduct import caution_of, cautioned, for_customers, tags_of, unanswered
from app.answering.contrasts import MOST, beside, stated
from app.answering.errors import ComposerUnavailable, RulebookReplaced
from app.answering.framing import drafted
from app.answering.language import detect_language
from app.answering.occasions import context_of, left_out, occasion_of, undated
from app.answering.ports import (
    NOTHING_SWITCHED,
    Brief,
    Composer,
    Contrast,
    Draft,
    Knowledge,
    Rails,
    Rulebooks,
    Switchboard,
)
from app.answering.routing import STOPS, cited, composers_of, leading, route_of, stop_of, way_on
from app.answering.trail import STATUS_OF, Held, Outcome, Recorder, Trail
from app.answering.types import Answer, AnswerStatus, Question
from app.evidence.errors import CitedVersionWithdrawn
from app.switches.errors import SwitchesChanged
from app.switches.types import Route
from guardrails.disclosure import lapsed_rules, owed
from guardrails.errors import DisclosureError
from guardrails.messages import customer_words
from guardrails.subject import subject
from guardrails.types import Action, Disclosure, RailContext, Reason, Stage, Verdict
from knowledge_bases.schema import Citation, Institution
from retrieval.errors import RetrievalError
from retrieval.results import READER

ANSWER_STRENGTH = 0.5  # the one operating point; retrieval.scorer is calibrated to it

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Parts:
    """What a pipeline is made of. ``composers`` are tried in order, quotes last; ``today`` is Hong Kong's day.

    Without ``switches`` nothing is on; a recorder that finds otherwise lets nothing out.
    """

    knowledge: Knowledge
    rails: Rails
    rulebooks: Rulebooks
    recorder: Recorder
    composers: tuple[Composer, ...]
    today: Callable[[], date]
    switches: Switchboard = NOTHING_SWITCHED


class Pipeline:
    """Answers questions; safe to call concurrently."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def answer(self, institution: Institution, question: Question) -> Answer:
        """The answer, recorded.

        Raises:
            CitedVersionWithdrawn, SwitchesChanged, RulebookReplaced: a cited version went out of force, a switch was
                turned, or other rules came into force, between retrieval and recording, twice running.
            DatabaseAway: nobody knows what is switched or which rules bind, or nothing can be recorded.
        """
        try:
            return await self._attempt(institution, question)
        except (CitedVersionWithdrawn, SwitchesChanged, RulebookReplaced):
            return await self._attempt(institution, question)

    async def listen(self, institution: Institution, question: Question) -> Verdict:
        """What the rails make of a question while a person has the conversation: its text is masked, nobody answers."""
        language = question.language or detect_language(question.text)
        heard = RailContext(institution, language, question.text, history=question.history)
        return await self._parts.rails.check_input(heard)

    def hand_over(self, institution: Institution, question: Question) -> Answer:
        """What a customer reads who pressed the button for a person; recorded like any answer."""
        trail = self._trail(institution, question)
        answer = _answer(trail, self._reply(trail, Action.HAND_OFF, Reason.HUMAN_WANTED))
        self._parts.recorder.record(trail, answer)
        return answer

    async def _attempt(self, institution: Institution, question: Question) -> Answer:
        trail = await asyncio.to_thread(self._trail, institution, question)
        trail.standing = await asyncio.to_thread(self._parts.switches.standing, institution.id)
        outcome = self._switched(trail, await self._screen(trail)) or await self._retrieve(trail)
        outcome = outcome or await self._sift(trail) or self._routed(trail) or await self._compose(trail)
        answer = _answer(trail, outcome)
        with trail.watch.lap("record"):
            await asyncio.to_thread(self._parts.recorder.record, trail, answer)
        return replace(answer, timings_ms=trail.watch.timings_ms())

    def _trail(self, institution: Institution, question: Question) -> Trail:
        language = question.language or detect_language(question.text)
        today = self._parts.today()
        rulebook = self._parts.rulebooks.in_force(institution.id, today)
        return Trail(institution, question, language, question.as_of or today, rulebook)

    async def _screen(self, trail: Trail) -> Outcome | None:
        """Masks the question; an outcome where a rail says that it is not to be answered, or that nothing was asked."""
        with trail.watch.lap("screen"):
            asked = trail.question
            context = RailContext(trail.institution, trail.language, asked.text, history=asked.history)
            verdict = await self._parts.rails.check_input(context)
        trail.judge(Stage.INPUT, verdict)
        trail.question, trail.intents = replace(trail.question, text=verdict.text), verdict.intents
        if verdict.action in (Action.ALLOW, Action.REWRITE) and verdict.reason is not Reason.GREETING:
            return None
        return self._reply(trail, verdict.action, verdict.reason or Reason.RAIL_FAILED)

    def _switched(self, trail: Trail, screened: Outcome | None) -> Outcome | None:
        """As screened, unless a switch or the question's topic says that it is not to be answered here."""
        stop = stop_of(trail, screened)
        return screened if stop is None else self._reply(trail, *stop)

    async def _retrieve(self, trail: Trail) -> Outcome | None:
        """Finds passages; an outcome where the evidence is too weak to answer from (promise 5).

        An index that is damaged or missing holds the answer and opens a case (promise 6).
        """
        try:
            with trail.watch.lap("retrieve"):
                asked = replace(trail.question, text=subject(trail.question.text))
                trail.retrieved = await asyncio.to_thread(
                    self._parts.knowledge.retrieve, trail.institution, asked, trail.language, trail.on
                )
        except RetrievalError as error:
            log.error("answer.retrieval.failed", institution_id=trail.institution.id, error=type(error).__name__)
            return self._reply(trail, Action.HOLD, Reason.RAIL_FAILED)
        if trail.retrieved.strength < ANSWER_STRENGTH:
            return self._reply(trail, Action.REFUSE, unanswered(trail))
        if set(trail.retrieved.degraded) - {READER}:  # another order of good passages is nothing a customer misses
            trail.notice("notice_lexical_only")
        return None

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

    async def _compose(self, trail: Trail) -> Outcome:
        """The first draft that passes the output rails; held where the last one does not."""
        held: Outcome | None = None
        for composer in composers_of(trail, self._parts.composers):
            draft = await self._draft(composer, trail)
            if draft is None or not draft.sentences:
                continue
            outcome = await self._verify(trail, draft)
            if outcome.status is not AnswerStatus.HELD:
                return self._released(trail, outcome)
            held = outcome
        return held or self._reply(trail, Action.REFUSE, unanswered(trail))

    def _released(self, trail: Trail, outcome: Outcome) -> Outcome:
        """The answer where all its topics may go out at once; else what is said until a person has looked at it."""
        route = route_of(trail, cited(outcome.sentences))
        if route in STOPS:
            return self._reply(trail, *STOPS[route])
        if route is Route.HOLD:
            trail.held = Held(_answer(trail, outcome), self._words(trail, Reason.NOT_RELEASED))
            return self._reply(trail, Action.HOLD, Reason.AWAITING_RELEASE)
        return outcome

    async def _draft(self, composer: Composer, trail: Trail) -> Draft | None:
        brief = Brief(trail.institution, trail.question.text, trail.language, trail.retrieved)
        try:
            with trail.watch.lap("compose"):
                draft = await composer.compose(brief)
        except ComposerUnavailable:
            trail.notice("notice_model_unavailable")
            return None
        trail.drafts.append(draft)
        return draft

    async def _verify(self, trail: Trail, draft: Draft) -> Outcome:
        """Adds what contradicts the draft and what it owes, and has the rails look at the whole.

        HELD unless every rail allows it, or where what contradicts it cannot be read.
        """
        try:
            contrasts = await self._contrasts(trail, draft)
            draft = beside(draft, contrasts, trail.retrieved.versions)
            disclosures = self._owed(trail, draft, caution_of(trail))
        except DisclosureError:
            return self._reply(trail, Action.HOLD, Reason.DISCLOSURE)
        except RetrievalError as error:
            log.error("answer.contrasts.failed", institution_id=trail.institution.id, error=type(error).__name__)
            return self._reply(trail, Action.HOLD, Reason.RAIL_FAILED)
        undatable = undated(trail, draft)
        if undatable:
            trail.judge(Stage.OUTPUT, Verdict(Action.HOLD, "", undatable, Reason.UNVERIFIED))
            return self._reply(trail, Action.HOLD, Reason.UNVERIFIED)
        outcome = drafted(trail, draft, disclosures, self._parts.today(), contrasts)
        outcome = cautioned(outcome, trail, trail.rulebook)
        with trail.watch.lap("verify"):
            checked, resolve = context_of(trail, draft, outcome), self._resolver(trail)
            verdict = await self._parts.rails.check_output(checked, resolve, trail.rulebook)
        trail.judge(Stage.OUTPUT, verdict)
        if verdict.action is Action.ALLOW:
            return outcome
        return self._reply(trail, Action.HOLD, verdict.reason or Reason.UNVERIFIED)

    async def _contrasts(self, trail: Trail, draft: Draft) -> tuple[Contrast, ...]:
        """What documents in force say otherwise than the draft's quotes, at most ``contrasts.MOST``."""
        with trail.watch.lap("contrast"):
            asked = (trail.institution, trail.retrieved, stated(draft.sentences))
            return (await asyncio.to_thread(self._parts.knowledge.contrasts, *asked))[:MOST]

    def _resolver(self, trail: Trail) -> Callable[[Citation], str | None]:
        return lambda citation: self._parts.knowledge.resolve(trail.institution, citation)

    def _owed(self, trail: Trail, draft: Draft | None, reason: Reason | None) -> tuple[Disclosure, ...]:
        """What the question, the cited versions' tags, the drafted words and the words for ``reason`` owe."""
        with trail.watch.lap("disclose"):
            occasion = occasion_of(trail, self._parts.today(), draft.sentences if draft else ())
            occasion = replace(occasion, tags=occasion.tags | tags_of(trail.rulebook, reason))
            lapsed = lapsed_rules(trail.rulebook, occasion)
            if draft and lapsed:
                trail.judge(Stage.OUTPUT, left_out(lapsed, trail.on))
            return owed(trail.rulebook, occasion)

    def _words(self, trail: Trail, reason: Reason) -> str:
        spoken_in = (trail.institution, trail.language)
        return customer_words(trail.rulebook, reason, *spoken_in, trail.reference)

    def _reply(self, trail: Trail, action: Action, reason: Reason) -> Outcome:
        """An outcome without an answer: what the customer reads instead, and what even that owes.

        What is not discussed owes nothing: a statement that the question's words call for would tell (P18).
        """
        lead = self._words(trail, reason)
        try:
            disclosures = () if reason is Reason.NOT_DISCUSSED else self._owed(trail, None, reason)
        except DisclosureError:
            action, disclosures = Action.HOLD, ()
        return Outcome(STATUS_OF[action], reason, lead, notices=way_on(trail, reason), disclosures=disclosures)


def _answer(trail: Trail, outcome: Outcome) -> Answer:
    return Answer(
        answer_id=uuid4().hex,
        status=outcome.status,
        reason=outcome.reason,
        language=trail.language,
        text=outcome.text,
        lead=outcome.lead,
        sentences=outcome.sentences,
        notices=outcome.notices,
        disclosures=outcome.disclosures,
        differing=outcome.differing,
        findings=for_customers(trail.findings),
        confidence=trail.retrieved.strength,
        snapshot=trail.retrieved.snapshot,
        reference=trail.reference if outcome.reason is Reason.COMPLAINT else None,
        timings_ms=trail.watch.timings_ms(),
    )
