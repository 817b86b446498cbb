"""A held answer in a reviewer's words: one more draft of the same question, held to all that any draft is held to.

The question is put to the pipeline once more, over the snapshot that the held answer came from and the versions in
force today, with what the reviewer wrote in place of a composer. What comes back is what may go out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.answering.composers.candidates import parts_of
from app.answering.evidence import asked_back_in
from app.answering.parts import Parts, quotes_only
from app.answering.pipeline import Pipeline
from app.answering.ports import NOTHING_SWITCHED, Draft, Retrieved
from app.answering.trail import Trail
from app.answering.types import Answer, AnswerStatus, Question, Sentence
from app.assistant.releasing import day_of, held_answer, released
from app.assistant.replay import ThatSnapshot
from app.assistant.stored_writer import Given, StoredRewriter
from app.assistant.wordings import REVIEWER, Checked, Source, Wording, edits_between, is_kept, require_sound, sources_of
from app.cases.errors import EditRefused
from app.db.columns import now_utc
from app.documents.history import infos_known_at
from app.documents.published import PublishedKnowledge
from app.evidence.types import Evidence
from app.foundation import Foundation
from guardrails.types import Claim, Stage
from guardrails.verification import Judgement, is_quotation, judge
from knowledge_bases.schema import Institution, UnitKind, VersionInfo, VersionKey

OFFERED = 24  # spans of the retrieved passages beside those of the held answer

Versions = Mapping[VersionKey, VersionInfo]


@dataclass(frozen=True)
class Bench:
    """What a held answer may be edited with: itself, and the sources its sentences may rest on, its own first.

    ``lost`` are the ids of its own sources that are not in force any more.
    """

    held: Answer
    sources: tuple[Source, ...]
    lost: frozenset[str]

    def sentences(self, edit: Sequence[Wording]) -> tuple[Sentence, ...]:
        """The edit as sentences with their citations.

        Raises:
            EditRefused: it is no answer, or rests on something that is not on the bench.
        """
        require_sound(edit, self.held.sentences)
        return tuple(self._sentence(number, wording) for number, wording in enumerate(edit, 1))

    def _sentence(self, number: int, wording: Wording) -> Sentence:
        known = {source.id: source for source in self.sources}
        if not self.lost.isdisjoint(wording.sources):
            raise EditRefused(
                f"Sentence {number} rests on a document that is no longer in force. Rest it on another, or remove it."
            )
        if not known.keys() >= set(wording.sources):
            raise EditRefused(f"Sentence {number} rests on words that are not offered here. Choose among the sources.")
        if wording.was is not None and is_kept(wording, self.held.sentences):
            return self.held.sentences[wording.was]
        chosen = [source for source in self.sources if source.id in wording.sources]
        parts = tuple(part for source in chosen for part in source.parts)
        text, cited = wording.text.strip(), tuple(part.citation for part in parts)
        return Sentence(text, parts, chosen[0].title, chosen[0].as_at, quoted=is_quotation(Claim(text, cited)))


@dataclass(frozen=True)
class Editing:
    """Edits of one institution's held answers; nothing is recorded here."""

    foundation: Foundation
    knowledge: PublishedKnowledge
    parts: Parts
    institution: Institution

    async def bench(self, evidence: Evidence) -> Bench:
        """What may be edited, and with which sources.

        Raises:
            EditRefused: no answer is held there. RetrievalError: the snapshot it was made from is gone or damaged.
        """
        held = held_answer(evidence)
        if held is None:
            raise EditRefused("No answer waits here to be released, so there is none to edit.")
        versions = await asyncio.to_thread(self._in_force, evidence)
        standing = tuple(s for s in held.sentences if all(c.key in versions for c in s.citations))
        _, trail = await self._answered(evidence, versions, standing)
        own = [source for sentence in held.sentences for source in sources_of(sentence)]
        lost = frozenset(source.id for source in own if source.parts[0].citation.key not in versions)
        known = {source.id: source for source in (*own, *_offered(trail.retrieved)) if source.id not in lost}
        return Bench(held, tuple(known.values())[: len(own) + OFFERED], lost)

    async def check(self, evidence: Evidence, bench: Bench, edit: tuple[Wording, ...]) -> Checked:
        """The edit as a draft on its way to the customer.

        Raises:
            EditRefused: it is no answer, or changes nothing, and the rules are those that the answer was made by.
        """
        sentences = bench.sentences(edit)
        changes = edits_between(bench.held.sentences, edit)
        versions = await asyncio.to_thread(self._in_force, evidence)
        answer, trail = await self._answered(evidence, versions, sentences)
        if not changes and trail.rulebook.version == evidence.rulebook_version:
            raise EditRefused("Nothing was changed. Change a sentence, or release the answer as it stands.")
        passed = answer.status in (AnswerStatus.QUOTED, AnswerStatus.ANSWERED)
        return Checked(
            edit=edit,
            judgements=await asyncio.to_thread(self._judged, sentences),
            findings=tuple(f for verdict in trail.verdicts if verdict.stage is Stage.OUTPUT for f in verdict.findings),
            changes=changes,
            answer=released(answer, evidence.question, evidence.answer_id, edited=bool(changes)) if passed else None,
            trail=trail,
        )

    def _in_force(self, evidence: Evidence) -> Versions:
        now = now_utc()
        with self.foundation.database.read() as session:
            return infos_known_at(session, self.institution.id, day_of(evidence), evidence.known_at or now, now)

    async def _answered(
        self, evidence: Evidence, versions: Versions, sentences: tuple[Sentence, ...]
    ) -> tuple[Answer, Trail]:
        """The answer that the pipeline makes of the sentences, and how. Switches are read when it goes out."""
        kept = _Kept()
        parts = replace(
            self.parts,
            knowledge=ThatSnapshot(self.knowledge, evidence.snapshot, dict(versions), now_utc()),
            recorder=kept,
            writer_of=quotes_only,
            rewriter_of=lambda _: StoredRewriter.of(evidence.rewriting),
            asks_back=False,
            quotes=Given(Draft(REVIEWER, sentences)),
            switches=NOTHING_SWITCHED,
        )
        question = Question(
            self.institution.id,
            evidence.question,
            evidence.language,
            as_of=day_of(evidence),
            known_at=evidence.known_at,
            history=evidence.history,
            asked_back=asked_back_in(evidence),
            whole=evidence.whole,
        )
        answer = await Pipeline(parts).answer(self.institution, question)
        return answer, kept.trails[-1]

    def _judged(self, sentences: Sequence[Sentence]) -> tuple[Judgement, ...]:
        claims = (Claim(sentence.text, sentence.citations) for sentence in sentences)
        return tuple(judge(claim, lambda c: self.knowledge.resolve(self.institution, c)) for claim in claims)


def _offered(retrieved: Retrieved) -> Iterator[Source]:
    """The sentences and rows of the passages that were found, the one that answers best first."""
    for quote in retrieved.quotes:
        parts = parts_of(quote.quotable)
        if len(parts) == 1 or any(part.kind is not UnitKind.SENTENCE for part in parts):
            info = retrieved.versions[parts[0].citation.key]
            yield Source(parts, info.title, info.as_at)


@dataclass
class _Kept:
    """In place of the evidence: the trail of the one question."""

    trails: list[Trail] = field(default_factory=list)

    def record(self, trail: Trail, answer: Answer) -> None:
        self.trails.append(trail)

    def keep(self, trail: Trail, unanswered: Answer) -> None:
        """No customer waits for it."""

    def release(self, trail: Trail, answer: Answer) -> None:
        """Nobody reads along."""
