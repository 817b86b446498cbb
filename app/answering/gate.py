"""The gate between a model and the customer: each of its sentences is verified, recorded, and only then shown.

A sentence that fails is written once more, told why; else the best span that it cites is quoted in its place; else it
is left out. Where the model breaks off after words were released, the rest comes as quotes, and the customer is told.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

import structlog

from app.answering.causes import BY_CUSTOMER, ENDED, FOREIGN, NOBODY_READS, NONSENSE, SLOW, end_of, notice_of
from app.answering.checking import Checker, passed
from app.answering.errors import ComposerUnavailable, PersonHasConversation, RulebookReplaced
from app.answering.language import detect_language
from app.answering.parts import Parts
from app.answering.pieces import Listener, Piece
from app.answering.ports import Brief, Writer
from app.answering.replies import answer_of
from app.answering.routing import cited, route_of
from app.answering.standing_in import cites_the_same, is_shown, quote_for
from app.answering.trail import Outcome, Trail
from app.answering.types import Sentence
from app.evidence.errors import CitedVersionWithdrawn
from app.switches.errors import SwitchesChanged
from app.switches.types import Route
from guardrails.types import Action
from knowledge_bases.schema import Language

MOST_SENTENCES = 6  # of one answer, quotes in place of sentences among them
LOOK_EVERY_S = 0.25  # whether anybody reads along still
MENDING_S = 2.0  # the most that writing one sentence anew may take
NO_WORDS = 0.15  # seconds; with less left, a model is not asked any more
STALLED = 2.0  # times as long as for the first words, the next may take
NOT_AT_ONCE = "its topic does not go out at once"
OTHER_LANGUAGE = "it is not in the customer's language"

# What ends an answer that is being read, without ending what was read.
ENDS = (CitedVersionWithdrawn, SwitchesChanged, RulebookReplaced, PersonHasConversation)

log = structlog.get_logger(__name__)


@dataclass
class Gate:
    """Lets one answer out. Where nobody reads along, it is recorded as a whole by whoever opened the gate."""

    parts: Parts
    trail: Trail
    writer: Writer
    brief: Brief
    listener: Listener | None = None
    _outcome: Outcome | None = None
    _began: float = field(default_factory=time.monotonic)
    _heard: float = field(default_factory=time.monotonic)  # when the last sentence came, or was dealt with

    async def opened(self) -> Outcome | None:
        """What the model's draft came to, without the notices that close it; None where nothing of it may be read.

        Raises:
            CitedVersionWithdrawn, SwitchesChanged, RulebookReplaced, PersonHasConversation: before anything was
                released.
        """
        self.trail.along = self._is_read
        place = len(self.trail.drafts)
        self.trail.drafts.append(self.writer.signed(self.brief))
        try:
            async with aclosing(self._written()) as sentences:
                async for sentence in sentences:
                    self._note(place, sentence)
                    self._heard = time.monotonic()  # it came in time: how long it took is not held against its check
                    if not self._is_said(sentence):
                        await self._take(sentence, place)
                        self._heard = time.monotonic()
                    if self._outcome and len(self._outcome.sentences) >= MOST_SENTENCES:
                        break
        except ComposerUnavailable as error:
            await self._break_off(place, error.cause)
        return self._outcome

    async def _written(self) -> AsyncGenerator[Sentence, None]:
        """The model's sentences, in time, as long as somebody reads along."""
        async with aclosing(self.writer.write(self.brief)) as written:
            while True:
                coming = asyncio.ensure_future(anext(written))
                try:
                    while not (await asyncio.wait({coming}, timeout=min(LOOK_EVERY_S, max(0.0, self._left_s))))[0]:
                        await self._require_patience()
                    said = _sentence_of(coming)
                    self._require_wish()
                    yield said
                except StopAsyncIteration:
                    return
                finally:
                    if not coming.done():
                        coming.cancel()
                        await asyncio.wait({coming})

    async def _require_patience(self) -> None:
        self._require_wish()
        if self._left_s <= 0:
            raise ComposerUnavailable(SLOW)
        if self.listener is not None and await self.listener.gone():
            raise ComposerUnavailable(NOBODY_READS)

    def _require_wish(self) -> None:
        """Passes while the customer wants more; the first words come, whenever they said that they don't."""
        if self._outcome is not None and self.listener is not None and self.listener.stopped:
            raise ComposerUnavailable(BY_CUSTOMER)

    @property
    def _left_s(self) -> float:
        """Until the first words are due, or the next, and the end of all of them; that is counted from the question."""
        patience, now = self.writer.patience, time.monotonic()
        due = self._began + patience.first_s if self._outcome is None else self._heard + STALLED * patience.first_s
        return min(self.trail.asked_at + patience.total_s, due) - now

    def _note(self, place: int, sentence: Sentence) -> None:
        draft = self.trail.drafts[place]
        self.trail.drafts[place] = replace(draft, sentences=(*draft.sentences, sentence))

    async def _take(self, sentence: Sentence, place: int) -> None:
        """Releases the sentence, or the first of what may stand in its place that passes.

        Raises:
            ComposerUnavailable: nothing was released yet, and what the model says is in another language twice. Which
                spans it cites then says little.
        """
        why = await self._tried(sentence)
        if why is None:
            return
        async with aclosing(self._instead(sentence, why, place)) as others:
            async for other in others:
                if await self._tried(other) is None:
                    return

    async def _tried(self, sentence: Sentence) -> str | None:
        """None where the sentence was released, else what is wrong with it, in constant words."""
        if not sentence.quoted and not _speaks(sentence.text, self.trail.language):
            return OTHER_LANGUAGE
        outcome = await self._checked(sentence)
        if not passed(outcome):
            return _faults(self.trail)
        if self._is_read and route_of(self.trail, cited(outcome.sentences)) is not Route.AUTO:
            return NOT_AT_ONCE
        await self._release(outcome)
        return None

    async def _checked(self, sentence: Sentence) -> Outcome:
        """What was said with the sentence after it, as the rails take it.

        A model's has as long as the next words may take; of the first ones at least half of what all of that may take.

        Raises:
            ComposerUnavailable: a rail, or a second judge, takes too long over a model's sentence.
        """
        draft = replace(self.writer.signed(self.brief), sentences=(sentence,))
        check = Checker(self.parts).next_piece(self.trail, draft, self._outcome)
        if sentence.quoted:
            return await check
        try:
            return await asyncio.wait_for(check, self._checking_s)
        except TimeoutError as error:
            raise ComposerUnavailable(SLOW) from error

    @property
    def _checking_s(self) -> float:
        """For the check of a sentence that came in time."""
        patience = self.writer.patience
        most = self.trail.asked_at + patience.total_s - time.monotonic()
        return max(NO_WORDS, min(most, max(self._left_s, patience.first_s / 2)))

    @property
    def _is_read(self) -> bool:
        """Whether somebody reads along."""
        return self.listener is not None and self.listener.along

    def _is_said(self, sentence: Sentence) -> bool:
        return self._outcome is not None and sentence.text in {said.text for said in self._outcome.sentences}

    async def _instead(self, sentence: Sentence, why: str, place: int) -> AsyncGenerator[Sentence, None]:
        rewritten = await self._rewritten(sentence, why, place)
        if rewritten is not None:
            yield rewritten
        if why == OTHER_LANGUAGE and self._outcome is None:
            raise ComposerUnavailable(FOREIGN)
        quote = quote_for(sentence, self.brief.retrieved)
        if quote is not None and not is_shown(quote, self._outcome):
            yield quote

    async def _rewritten(self, sentence: Sentence, why: str, place: int) -> Sentence | None:
        """The model's second wording, which is evidence like the first; None where there is none, or no time for it."""
        within_s = min(MENDING_S, self._left_s)
        if within_s < NO_WORDS:
            return None
        mending = replace(self.writer.signed(self.brief, "rewrite"), composer="rewrite", mends=self._number(place))
        try:
            written = await asyncio.wait_for(self.writer.rewrite(self.brief, sentence, why, within_s), within_s)
        except Exception as error:  # whatever a model makes its client do, the quote stands in
            cause = SLOW if isinstance(error, TimeoutError) else getattr(error, "cause", NONSENSE)
            self.trail.drafts.append(replace(mending, ended=cause))
            return None
        self.trail.drafts.append(replace(mending, sentences=(written,) if written else ()))
        return written

    def _number(self, place: int) -> int:
        """Which sentence of the draft was written last, from 0."""
        return len(self.trail.drafts[place].sentences) - 1

    async def _release(self, outcome: Outcome) -> None:
        """Stores what is new, then shows it.

        Raises:
            ComposerUnavailable: something was released before, and nothing more may be.
        """
        before = self._outcome
        if self.listener is not None and self._is_read:
            try:
                with self.trail.watch.lap("release"):
                    release = self.parts.recorder.release
                    await self.parts.lanes.record(release, self.trail, answer_of(self.trail, outcome))
            except ENDS as error:
                if before is None:
                    raise
                raise ComposerUnavailable(end_of(error)) from error
            self.trail.released += 1
            await self.listener.show(_piece(self.trail, before, outcome))
        self._outcome = outcome

    async def _break_off(self, place: int, cause: str) -> None:
        """Ends the model's draft; where words of it were released, the rest comes as quotes, unless nothing more may.

        What the customer is told is what ended the whole of it.
        """
        log.warning("answer.model.ended", institution_id=self.trail.institution.id, cause=cause)
        self.trail.drafts[place] = replace(self.trail.drafts[place], ended=cause)
        before = 0 if self._outcome is None else len(self._outcome.sentences)
        if before and cause not in ENDED:
            cause = await self._quote_the_rest() or cause
        quoted = self._outcome is not None and len(self._outcome.sentences) > before
        self.trail.notice(notice_of(cause, released=before > 0, quoted=quoted))

    async def _quote_the_rest(self) -> str:
        """What the documents say beside what was released. Why that ended before its end; empty where it did not."""
        quotes = await self.parts.quotes.compose(self.brief)
        place, tried = len(self.trail.drafts), 0
        self.trail.drafts.append(quotes)
        try:
            for quote in quotes.sentences:
                self._require_wish()
                shown = self._outcome
                if shown and len(shown.sentences) < MOST_SENTENCES and not cites_the_same(quote, shown):
                    await self._tried(quote)
                tried += 1
        except ComposerUnavailable as error:
            quotes = replace(quotes, sentences=quotes.sentences[:tried], ended=error.cause)
            self.trail.drafts[place] = quotes
        return quotes.ended


def _sentence_of(coming: asyncio.Future[Sentence]) -> Sentence:
    """What came of the model's next sentence.

    Raises:
        StopAsyncIteration: there is none. ComposerUnavailable: there is none to be had, whatever the reason.
    """
    try:
        return coming.result()
    except (StopAsyncIteration, ComposerUnavailable):
        raise
    except Exception as error:  # a hostile reply may break what reads it in its own ways
        log.error("answer.model.broke", error=type(error).__name__)
        raise ComposerUnavailable(NONSENSE) from error


def _piece(trail: Trail, before: Outcome | None, outcome: Outcome) -> Piece:
    sentences, statements = (len(before.sentences), len(before.disclosures)) if before else (0, 0)
    new = (outcome.sentences[sentences:], outcome.disclosures[statements:])
    return Piece(trail.answer_id, trail.released, trail.language, "" if before else outcome.lead, *new)


def _faults(trail: Trail) -> str:
    """What the rails said last, in their own constant words."""
    last = trail.verdicts[-1]
    whys = [finding.detail or finding.rule_id for finding in last.findings if finding.action is not Action.ALLOW]
    return "; ".join(dict.fromkeys(whys)) or str(last.reason)


def _speaks(text: str, language: Language) -> bool:
    """Whether ``text`` is in the customer's language; figures alone are in every one."""
    return detect_language(text, language) is language
