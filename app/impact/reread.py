"""Asks a past question again as if a version were in force already: quotes only, nothing is recorded or published."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from app.answering.composers.quoting import QuotingComposer
from app.answering.evidence import asked_back_in
from app.answering.parts import Parts, quotes_only
from app.answering.pipeline import Pipeline
from app.answering.ports import NOTHING_SWITCHED, Contrast, Retrieved
from app.answering.types import Question
from app.assistant.replay import Unrecorded
from app.documents.contrasts import contrasts_in
from app.documents.published import PublishedKnowledge
from app.documents.service import DocumentService
from app.documents.wording import word_changes
from app.foundation import Foundation
from app.impact.types import Affected, Impact, Rereading
from app.institutions.service import InstitutionService
from knowledge_bases.schema import Citation, Institution, Language, VersionInfo, VersionKey
from retrieval.retriever import Retriever
from retrieval.segments import SegmentRef
from retrieval.snapshot import Manifest, load_snapshot, read_manifest
from retrieval.types import Query

PREVIEW = "preview"  # the id of a snapshot that is only in memory


@dataclass(frozen=True)
class Rereader:
    """Rereads answers as of the day the version of an impact starts. Opening the index costs as much as publishing."""

    foundation: Foundation
    knowledge: PublishedKnowledge
    parts: Parts
    institution: Institution
    impact: Impact

    async def reread(self, affected: Affected) -> Rereading:
        """An affected answer as it would read with the version in force.

        Raises:
            RetrievalError: the version's index or the published one is missing, damaged or of another model.
        """
        evidence = affected.evidence
        question = Question(
            self.institution.id,
            evidence.question,
            evidence.language,
            as_of=self.impact.on,
            history=evidence.history,
            asked_back=asked_back_in(evidence),
            whole=evidence.whole,
        )
        answer = await self._pipeline.answer(self.institution, question)
        words = word_changes(evidence.released, answer.text)
        return Rereading(affected, answer.status.value, answer.text, words)

    @cached_property
    def _pipeline(self) -> Pipeline:
        parts = replace(
            self.parts,
            switches=NOTHING_SWITCHED,  # what the documents say, whatever is stopped just now
            knowledge=self._preview(),
            recorder=Unrecorded(),
            quotes=QuotingComposer(),
            writer_of=quotes_only,
            rewriter_of=quotes_only,
            today=lambda: self.impact.on,
        )
        return Pipeline(parts)

    def _preview(self) -> _Preview:
        info, database = self.impact.version.info, self.foundation.database
        with database.read() as session:
            pointer = InstitutionService(session, self.foundation.ledger).pointer(self.institution.id)
            versions = DocumentService(session, self.institution.id, self.foundation.ledger).infos(self.impact.on)
        others = {key: each for key, each in versions.items() if key.document != info.key.document}
        return _Preview(self.knowledge, self._retriever(pointer.snapshot_id), {**others, info.key: info})

    def _retriever(self, snapshot_id: str | None) -> Retriever:
        root = self.foundation.index_root(self.institution.id)
        published = read_manifest(root, snapshot_id).segments if snapshot_id else ()
        own = SegmentRef.from_value(json.loads(self.impact.version.segment or "{}"))
        kept = tuple(ref for ref in published if ref.key != own.key)
        manifest = Manifest(self.institution.id, own.embedder_id, 0, (*kept, own))
        open_now = self.knowledge.retriever(self.institution.id, snapshot_id).snapshot.segments if snapshot_id else {}
        snapshot = load_snapshot(root, PREVIEW, manifest, known=open_now)
        model, readers = self.knowledge.model(own.embedder_id), self.knowledge
        return Retriever(snapshot, model, reader=readers.reader, span_reader=readers.span_reader)


@dataclass(frozen=True)
class _Preview:
    """The knowledge as it would be: every published segment and the version's own, and what would be in force."""

    knowledge: PublishedKnowledge
    retriever: Retriever
    versions: dict[VersionKey, VersionInfo]

    def retrieve(self, institution: Institution, question: Question, language: Language, on: date) -> Retrieved:
        query = Query(question.text, language, history=question.history, whole=question.whole)
        result = self.retriever.retrieve(query, self.versions.keys())
        found = (result.passages, PREVIEW, result.strength, self.versions, result.quotes)
        return Retrieved(*found, degraded=result.degraded, slips=result.slips)

    def whole(self, institution: Institution, question: Question, language: Language, on: date) -> str:
        return self.retriever.whole(Query(question.text, language, history=question.history), self.versions.keys())

    def contrasts(
        self, institution: Institution, retrieved: Retrieved, citations: Sequence[Citation]
    ) -> tuple[Contrast, ...]:
        """Between what is published; what the version itself contradicts stands on its page."""
        pairs = self.knowledge.pairs(institution.id, retrieved, citations)
        return contrasts_in(self.retriever.snapshot, pairs)

    def resolve(self, institution: Institution, citation: Citation) -> str | None:
        return self.knowledge.resolve(institution, citation)
