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

from app.answering.contrasts import MOST, beside, differing, notice, stated
from app.answering.errors import ComposerUnavailable, RulebookReplaced
from app.answering.language import detect_language
from app.answering.ports import Brief, Composer, Contrast, Draft, Knowledge, Rails, Rulebooks
from app.answering.texts import texts
from app.answering.trail import STATUS_OF, Outcome, Recorder, Trail
from app.answering.types import Answer, AnswerStatus, Question, Sentence
from app.evidence.errors import CitedVersionWithdrawn
from app.hong_kong import HONG_KONG
from guardrails.disclosure import Occasion, cited_words, day_in_words, lapsed_rules, owed
from guardrails.errors import DisclosureError
from guardrails.figures import undated_figures
from guardrails.messages import customer_words
from guardrails.rules import Rule
from guardrails.subject import subject
from guardrails.types import Action, Claim, Disclosure, Finding, RailContext, Reason, Severity, Stage, Verdict
from knowledge_bases.schema import Citation, Institution, Language, VersionInfo
from retrieval.errors import RetrievalError
from retrieval.retriever import READER

ANSWER_STRENGTH = 0.5  # the one operating point; retrieval.scorer is calibrated to it

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Parts:
    """What a pipeline is made of. ``composers`` are tried in order, quotes last; ``today`` is Hong Kong's day."""

    knowledge: Knowledge
    rails: Rails
    rulebooks: Rulebooks
    recorder: Recorder
    composers: tuple[Composer, ...]
    today: Callable[[], date]


class Pipeline:
    """Answers questions; safe to call concurrently."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def answer(self, institution: Institution, question: Question) -> Answer:
        """The answer, recorded.

        Raises:
            CitedVersionWithdrawn, RulebookReplaced: a cited version went out of force between retrieval and recording,
                or other rules came into force, twice running.
        """
        try:
            return await self._attempt(institution, question)
        except (CitedVersionWithdrawn, RulebookReplaced):
            return await self._attempt(institution, question)

    async def mask(self, institution: Institution, question: Question) -> str:
        """The question with personal data hidden, for storing what is said while a person has the conversation."""
        language = question.language or detect_language(question.text)
        return (await self._parts.rails.check_input(RailContext(institution, language, question.text))).text

    def hand_over(self, institution: Institution, question: Question) -> Answer:
        """What a customer reads who pressed the button for a person; recorded like any answer."""
        trail = self._trail(institution, question)
        answer = _answer(trail, self._reply(trail, Action.HAND_OFF, Reason.HUMAN_WANTED))
        self._parts.recorder.record(trail, answer)
        return answer

    async def _attempt(self, institution: Institution, question: Question) -> Answer:
        trail = await asyncio.to_thread(self._trail, institution, question)
        outcome = await self._screen(trail) or await self._retrieve(trail) or await self._sift(trail)
        outcome = outcome or await self._compose(trail)
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
            context = RailContext(trail.institution, trail.language, trail.question.text)
            verdict = await self._parts.rails.check_input(context)
        trail.judge(Stage.INPUT, verdict)
        trail.question = replace(trail.question, text=verdict.text)
        if verdict.action in (Action.ALLOW, Action.REWRITE) and verdict.reason is not Reason.GREETING:
            return None
        return self._reply(trail, verdict.action, verdict.reason or Reason.RAIL_FAILED)

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
            return self._reply(trail, Action.REFUSE, Reason.NOT_FOUND)
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

    async def _compose(self, trail: Trail) -> Outcome:
        """The first draft that passes the output rails; held where the last one does not."""
        held: Outcome | None = None
        for composer in self._parts.composers:
            draft = await self._draft(composer, trail)
            if draft is None or not draft.sentences:
                continue
            outcome = await self._verify(trail, draft)
            if outcome.status is not AnswerStatus.HELD:
                return outcome
            held = outcome
        return held or self._reply(trail, Action.REFUSE, Reason.NOT_FOUND)

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
            disclosures = self._owed(trail, draft)
        except DisclosureError:
            return self._reply(trail, Action.HOLD, Reason.DISCLOSURE)
        except RetrievalError as error:
            log.error("answer.contrasts.failed", institution_id=trail.institution.id, error=type(error).__name__)
            return self._reply(trail, Action.HOLD, Reason.RAIL_FAILED)
        undated = undated_figures(_claims(draft), lambda key: _is_dated(trail.retrieved.versions[key]))
        if undated:
            trail.judge(Stage.OUTPUT, Verdict(Action.HOLD, "", undated, Reason.UNVERIFIED))
            return self._reply(trail, Action.HOLD, Reason.UNVERIFIED)
        outcome = _drafted(trail, draft, disclosures, self._parts.today(), contrasts)
        with trail.watch.lap("verify"):
            checked, resolve = _checked(trail, draft, outcome), self._resolver(trail)
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

    def _owed(self, trail: Trail, draft: Draft | None) -> tuple[Disclosure, ...]:
        """What the question, the cited versions' tags and the drafted words owe."""
        with trail.watch.lap("disclose"):
            occasion = _occasion(trail, self._parts.today(), draft.sentences if draft else ())
            lapsed = lapsed_rules(trail.rulebook, occasion)
            if draft and lapsed:
                trail.judge(Stage.OUTPUT, _left_out(lapsed, trail.on))
            return owed(trail.rulebook, occasion)

    def _reply(self, trail: Trail, action: Action, reason: Reason) -> Outcome:
        """An outcome without an answer: what the customer reads instead, and what even that owes."""
        lead = customer_words(trail.rulebook, reason, trail.institution, trail.language)
        try:
            disclosures = self._owed(trail, None)
        except DisclosureError:
            action, disclosures = Action.HOLD, ()
        return Outcome(STATUS_OF[action], reason, lead, disclosures=disclosures)


def _occasion(trail: Trail, today: date, sentences: tuple[Sentence, ...]) -> Occasion:
    cited = {citation.key for sentence in sentences for citation in sentence.citations}
    versions = [trail.retrieved.versions[key] for key in sorted(cited)]
    return Occasion(
        institution=trail.institution,
        language=trail.language,
        on=today,
        question=trail.question.text,
        tags=frozenset(tag for version in versions for tag in version.tags),
        answer=" ".join(sentence.text for sentence in sentences),
        as_at=min((version.as_at for version in versions if version.as_at), default=None),
        source="; ".join(dict.fromkeys(version.title for version in versions)),
        about=trail.on,
        passages=cited_words(citation for sentence in sentences for citation in sentence.citations),
    )


def _left_out(lapsed: tuple[Rule, ...], on: date) -> Verdict:
    """A note for the evidence: which statements were not added, as what they say was not so on the day asked about."""
    note = f"left out: not in force on {on.isoformat()}"
    findings = (Finding(rule.id, Stage.OUTPUT, Severity.S4, Action.ALLOW, detail=note) for rule in lapsed)
    return Verdict(Action.ALLOW, "", tuple(findings))


def _checked(trail: Trail, draft: Draft, outcome: Outcome) -> RailContext:
    return RailContext(
        institution=trail.institution,
        language=trail.language,
        text=outcome.text,
        question=trail.question.text,
        claims=_claims(draft),
        disclosures=outcome.disclosures,
        about=trail.on,
    )


def _claims(draft: Draft) -> tuple[Claim, ...]:
    return tuple(Claim(sentence.text, sentence.citations) for sentence in draft.sentences)


def _is_dated(version: VersionInfo) -> bool:
    """Whether a reader can tell of which day the version's figures are."""
    return version.as_at is not None or version.effective_from is not None


def _drafted(
    trail: Trail, draft: Draft, disclosures: tuple[Disclosure, ...], today: date, contrasts: tuple[Contrast, ...]
) -> Outcome:
    """The draft in its frame. Words that were in force on another day are never led in as today's."""
    generated = draft.model is not None
    lead = "lead_generated" if generated else "lead_quote"
    differ = [notice(contrast, trail.retrieved.versions, trail.language) for contrast in contrasts]
    if trail.on != today:
        lead += "_as_of" if trail.on < today else "_ahead"
    return Outcome(
        status=AnswerStatus.ANSWERED if generated else AnswerStatus.QUOTED,
        reason=None,
        lead=texts(trail.language)[lead].format(date=day_in_words(trail.on, trail.language)),
        sentences=draft.sentences,
        notices=(*differ, *trail.notices, *_language_notice(trail, draft), *_known_at_notice(trail)),
        disclosures=disclosures,
        differing=tuple(differing(contrast) for contrast in contrasts),
    )


def _known_at_notice(trail: Trail) -> tuple[str, ...]:
    """Says so when documents published since were left out."""
    known_at = trail.question.known_at
    if known_at is None:
        return ()
    moment = known_at.astimezone(HONG_KONG)
    return (texts(trail.language)["notice_known_at"].format(moment=f"{moment:%Y-%m-%d %H:%M}"),)


def _language_notice(trail: Trail, draft: Draft) -> tuple[str, ...]:
    """Says so when no cited document is in the customer's language; one Chinese script serves for the other."""
    written = {trail.retrieved.versions[c.key].language for s in draft.sentences for c in s.citations}
    if not written or any((w is Language.EN) == (trail.language is Language.EN) for w in written):
        return ()
    words = texts(trail.language)
    names = ", ".join(words[f"language_{language.value}"] for language in sorted(written))
    return (words["notice_other_language"].format(language=names),)


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
        findings=trail.findings,
        confidence=trail.retrieved.strength,
        snapshot=trail.retrieved.snapshot,
        timings_ms=trail.watch.timings_ms(),
    )
