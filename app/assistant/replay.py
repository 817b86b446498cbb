"""Builds an answer again from its evidence: the same masked question, snapshot, rulebook and day; says what differs.

Quotes are chosen by fixed rules, so a replay gives the same words. A model's words are stored, not made again (the
same prompt may be answered differently under load): its stored sentences go through the gate once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from app.answering.evidence import asked_back_in
from app.answering.parts import Parts
from app.answering.pipeline import Pipeline
from app.answering.ports import Contrast, FixedStanding, OneRulebook, Rails, Retrieved
from app.answering.references import reference_in
from app.answering.trail import Trail
from app.answering.types import Answer, Differing, Question
from app.assistant.releasing import declined, late, released
from app.assistant.stored_writer import ReadThen, StoredRewriter, StoredWriter, quotes_of
from app.documents.history import infos_known_at
from app.documents.published import PublishedKnowledge
from app.evidence.pieces import PieceService
from app.evidence.service import EvidenceService
from app.evidence.types import DifferingRecord, Evidence, ReadAs
from app.foundation import Foundation
from app.hong_kong import HONG_KONG, today_in_hong_kong
from app.removal.errors import SnapshotRemoved
from app.removal.receipts import Receipts
from guardrails.rulebook import Rulebook
from guardrails.types import Opinion, RailContext, Reason, Verdict
from guardrails.verification import Resolve
from knowledge_bases.schema import Citation, Institution, Language, VersionInfo, VersionKey
from retrieval.errors import SnapshotMissing
from retrieval.slips import Slip
from retrieval.types import Query


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was; ``what`` names the field of the evidence."""

    what: str
    then: str
    now: str


@dataclass(frozen=True)
class Replayed:
    """An answer's evidence, and what a replay made differently; nothing is the good case."""

    evidence: Evidence
    differences: tuple[Difference, ...]

    def to_json(self) -> dict[str, Any]:
        """What ``candour replay --json`` prints."""
        return {
            "answer_id": self.evidence.answer_id,
            "same": not self.differences,
            "differences": [{"what": d.what, "then": d.then, "now": d.now} for d in self.differences],
        }


@dataclass(frozen=True)
class _Again:
    """What a replay made; ``slips`` were read otherwise than typed."""

    answer: Answer
    rulebook_version: str
    slips: Sequence[Slip]


@dataclass(frozen=True)
class Replayer:
    """Replays answers over the parts that made them; records nothing."""

    foundation: Foundation
    knowledge: PublishedKnowledge
    parts: Parts

    async def replay(self, institution: Institution, answer_id: str) -> Replayed:
        """The evidence of an answer and what differs now.

        Raises:
            EvidenceNotFound, ConversationErased, SealBroken: there is no evidence to replay, or it cannot be read.
            SnapshotRemoved: the snapshot it was made from was removed by retention; names the receipt.
            SnapshotError: the snapshot is gone or damaged.
        """
        with self.foundation.database.read() as session:
            evidence = EvidenceService(session, institution.id, self.foundation.ledger).get(answer_id)
            if not evidence.along:  # nor known of older evidence, but by what was shown
                pieces = PieceService(session, institution.id, self.foundation.ledger).of(answer_id)
                evidence = replace(evidence, along=bool(pieces))
            known_at = min(evidence.known_at or evidence.created_at, evidence.created_at)
            versions = infos_known_at(session, institution.id, evidence.as_of, known_at, evidence.created_at)
        return Replayed(evidence, tuple(_differences(evidence, await self._again(institution, evidence, versions))))

    async def _again(
        self, institution: Institution, evidence: Evidence, versions: dict[VersionKey, VersionInfo]
    ) -> _Again:
        rulebooks = self.parts.rulebooks
        now = rulebooks.in_force(institution.id, today_in_hong_kong())
        rulebook = rulebooks.of_version(evidence.rulebook_version) or now
        knowledge = ThatSnapshot(self.knowledge, evidence.snapshot, versions, evidence.created_at)
        unrecorded = Unrecorded()
        pipeline = Pipeline(
            replace(
                self.parts,
                rulebooks=OneRulebook(rulebook),
                knowledge=knowledge,
                recorder=unrecorded,
                writer_of=lambda _: StoredWriter.of(evidence.drafts),
                rewriter_of=lambda _: StoredRewriter.of(evidence.rewriting),
                asks_back=evidence.releases is None,  # what a person decided on was an answer
                quotes=quotes_of(evidence.drafts, self.parts.quotes),
                rails=_RailsAndOpinions(self.parts.rails, _opinions(evidence)),
                today=lambda: evidence.created_at.astimezone(HONG_KONG).date(),
                switches=FixedStanding(evidence.standing),
            )
        )
        if evidence.snapshot is not None:
            self._require(institution.id, evidence.snapshot)  # in place of a held answer: say what is gone
        question = Question(
            institution.id,
            evidence.question,
            evidence.language,
            as_of=evidence.as_of,
            known_at=evidence.known_at,
            history=evidence.history,
            reference=reference_in(evidence.released),
            asked_back=asked_back_in(evidence),
            whole=evidence.whole,
        )
        if evidence.question:
            answer = await pipeline.answer(institution, question, ReadThen() if evidence.along else None)
        else:
            answer = pipeline.hand_over(institution, question)  # without words it was the button for a person
        return _Again(_as_decided(evidence, unrecorded.held or answer, answer), rulebook.version, knowledge.slips)

    def _require(self, institution_id: str, snapshot_id: str) -> None:
        try:
            self.knowledge.retriever(institution_id, snapshot_id)
        except SnapshotMissing:
            with self.foundation.database.read() as session:
                receipt = Receipts(session, institution_id, self.foundation.ledger).for_file(snapshot_id)
            if receipt is None:
                raise
            raise SnapshotRemoved(snapshot_id, receipt) from None


def _opinions(evidence: Evidence) -> tuple[Opinion, ...]:
    return tuple(opinion for verdict in evidence.verdicts for opinion in verdict.opinions)


def _as_decided(evidence: Evidence, made: Answer, answer: Answer) -> Answer:
    """``answer``; where a person decided on what was ``made``, as it stands in the evidence: their act is not made
    again."""
    if evidence.releases is None:
        return answer
    if evidence.reason is Reason.NOT_RELEASED:
        return declined(evidence.released, evidence.language, evidence.releases)
    if evidence.reason is Reason.AWAITING_RELEASE:
        return late(evidence.released, evidence.language, evidence.releases)
    return released(made, evidence.question, evidence.releases, edited=bool(evidence.edits))


def _differences(evidence: Evidence, again: _Again) -> list[Difference]:
    answer = again.answer
    pairs = {
        "status": (evidence.status, answer.status.value),
        "reason": (str(evidence.reason), str(answer.reason)),
        "released": (evidence.released, answer.text),
        "citations": (
            _named(c for s in evidence.sentences for c in s.citations),
            _named(c for s in answer.sentences for c in s.citations),
        ),
        "differing": (_differ(evidence.differing), _differ(answer.differing)),
        "disclosures": (
            str([d.rule_id for d in evidence.disclosures]),
            str([d.rule_id for d in answer.disclosures]),
        ),
        "read_as": (_read(evidence.read_as), _read(again.slips)),
        "rulebook": (evidence.rulebook_version, again.rulebook_version),
    }
    return [Difference(what, then, now) for what, (then, now) in pairs.items() if then != now]


def _differ(differing: Iterable[Differing | DifferingRecord]) -> str:
    return "; ".join(_named(each.citations) for each in differing)


def _read(slips: Iterable[Slip | ReadAs]) -> str:
    return "; ".join(f"{slip.written}: {slip.read}" for slip in slips)


def _named(citations: Iterable[Citation]) -> str:
    return "; ".join(f"{c.key.document}@{c.key.version}[{c.span.start}:{c.span.end}]" for c in citations)


@dataclass(frozen=True)
class ThatSnapshot:
    """The knowledge as it was: one snapshot, and the versions in force and disagreements known then.

    ``slips`` gathers what of the question it reads otherwise than typed.
    """

    knowledge: PublishedKnowledge
    snapshot_id: str | None
    versions: dict[VersionKey, VersionInfo]
    at: datetime
    slips: list[Slip] = field(default_factory=list)

    def retrieve(self, institution: Institution, question: Question, language: Language, on: date) -> Retrieved:
        if self.snapshot_id is None:
            return Retrieved.nothing()
        told = (question.history, question.rewritten, question.whole)
        query = Query(question.text, language, 8, *told)
        found = self.knowledge.search(institution.id, self.snapshot_id, self.versions, query)
        self.slips.extend(found.slips)
        return found

    def whole(self, institution: Institution, question: Question, language: Language, on: date) -> str:
        return question.whole or ""  # the evidence has it; older evidence has none

    def contrasts(
        self, institution: Institution, retrieved: Retrieved, citations: Sequence[Citation]
    ) -> tuple[Contrast, ...]:
        return self.knowledge.contrasts(institution, retrieved, citations, found_by=self.at)

    def resolve(self, institution: Institution, citation: Citation) -> str | None:
        return self.knowledge.resolve(institution, citation)


@dataclass(frozen=True)
class _RailsAndOpinions:
    """The rails of now, and what a second judge said then: a model is not asked again."""

    rails: Rails
    opinions: tuple[Opinion, ...]

    async def check_input(self, context: RailContext) -> Verdict:
        return await self.rails.check_input(context)

    async def check_retrieval(self, context: RailContext) -> Verdict:
        return await self.rails.check_retrieval(context)

    async def check_output(self, context: RailContext, resolve: Resolve, rulebook: Rulebook) -> Verdict:
        return await self.rails.check_output(replace(context, opinions=self.opinions), resolve, rulebook)


@dataclass
class Unrecorded:
    """A replay leaves no trace; ``held`` is the answer that would wait for a person."""

    held: Answer | None = None

    def record(self, trail: Trail, answer: Answer) -> None:
        self.held = None if trail.held is None else trail.held.answer

    def keep(self, trail: Trail, unanswered: Answer) -> None:
        pass

    def release(self, trail: Trail, answer: Answer) -> None:
        pass
