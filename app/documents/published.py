"""What the assistant may answer from: the snapshot an institution points to, and the versions in force in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

import structlog

from app.answering.ports import Contrast, Retrieved
from app.answering.types import Question
from app.documents.contrasts import any_cited, contrasts_in, in_force
from app.documents.errors import FileMissing
from app.documents.figure_pairs import FigurePair, FigurePairs
from app.documents.opened import OpenSnapshots
from app.documents.service import DocumentService
from app.embedding.engines import question_engine
from app.embedding.known import find_embedder
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from knowledge_bases.parsed import ParsedDocument
from knowledge_bases.schema import Citation, Institution, Language, VersionInfo, VersionKey
from retrieval.cross_encoder import Bounded
from retrieval.errors import EmbedderUnavailable
from retrieval.ports import Embedder
from retrieval.proofreading import shipped_proofreader
from retrieval.retriever import Retriever
from retrieval.span_reader import SpanReader
from retrieval.types import Query

PARSES = 64
ANSWERED_FROM = 8  # passages; a search may ask for more
WARM_UP = "Is it ready?"
SNAPSHOT = "snapshot"  # degraded: the current snapshot is damaged, an earlier one answers


log = structlog.get_logger(__name__)


@dataclass
class PublishedKnowledge:
    """The pipeline's Knowledge. Opens snapshots as they are asked for; safe to share between threads.

    ``embedder`` is the one the settings ask for; an index of another model is searched by that model.
    """

    foundation: Foundation
    embedder: Embedder
    reader: Bounded | None = None
    span_reader: SpanReader | None = None

    def __post_init__(self) -> None:
        self._open = OpenSnapshots(self.foundation, self.model, reader=self.reader, span_reader=self.span_reader)
        self._parse = lru_cache(maxsize=PARSES)(self._read_parse)

    def retrieve(
        self, institution: Institution, question: Question, language: Language, on: date, k: int = ANSWERED_FROM
    ) -> Retrieved:
        """At most ``k`` passages of the current snapshot that are in force on the day ``on``."""
        pointer, versions = self._in_force(institution, question, on)
        if pointer is None:
            return Retrieved.nothing()
        serving = self._open.serving(institution.id, pointer)
        found = self.search(institution.id, serving, versions, _query(question, language, k))
        return found if serving == pointer else replace(found, degraded=(*found.degraded, SNAPSHOT))

    def whole(self, institution: Institution, question: Question, language: Language, on: date) -> str:
        """See ``Knowledge``."""
        pointer, versions = self._in_force(institution, question, on)
        if pointer is None:
            return ""
        retriever = self.retriever(institution.id, self._open.serving(institution.id, pointer))
        return retriever.whole(_query(question, language, ANSWERED_FROM), versions.keys())

    def _in_force(
        self, institution: Institution, question: Question, on: date
    ) -> tuple[str | None, dict[VersionKey, VersionInfo]]:
        """The current snapshot, None where nothing is published, and the versions in force on the day ``on``."""
        with self.foundation.database.read() as session:
            pointer = InstitutionService(session, self.foundation.ledger).pointer(institution.id)
            documents = DocumentService(session, institution.id, self.foundation.ledger)
            known_at = question.known_at
            versions = documents.infos(on) if known_at is None else documents.infos_known_at(on, known_at)
        return pointer.snapshot_id, versions

    def search(
        self, institution_id: str, snapshot_id: str, versions: dict[VersionKey, VersionInfo], query: Query
    ) -> Retrieved:
        """Passages of one snapshot among ``versions``; a replay names an old one."""
        retriever = self.retriever(institution_id, snapshot_id)
        result = retriever.retrieve(query, versions.keys())
        return Retrieved(
            passages=result.passages,
            snapshot=snapshot_id,
            strength=result.strength,
            versions=versions,
            quotes=result.quotes,
            degraded=result.degraded,
            slips=result.slips,
        )

    def contrasts(
        self,
        institution: Institution,
        retrieved: Retrieved,
        citations: Sequence[Citation],
        found_by: datetime | None = None,
    ) -> tuple[Contrast, ...]:
        """Pairs found at publication of which the citations hold a side; ``found_by``: known then, for a replay."""
        touched = self.pairs(institution.id, retrieved, citations, found_by)
        if not touched or retrieved.snapshot is None:
            return ()
        return contrasts_in(self.retriever(institution.id, retrieved.snapshot).snapshot, touched)

    def pairs(
        self, institution_id: str, retrieved: Retrieved, citations: Sequence[Citation], found_by: datetime | None = None
    ) -> list[FigurePair]:
        """The pairs behind ``contrasts``: both sides among the versions of ``retrieved``, one of them cited."""
        cited = {citation.key for citation in citations}
        with self.foundation.database.read() as session:
            found = FigurePairs(session, institution_id).of(cited, found_by)
        return [pair for pair in found if in_force(pair, retrieved.versions) and any_cited(pair, citations)]

    def resolve(self, institution: Institution, citation: Citation) -> str | None:
        """The words stored under the citation's span; None where parse or span do not exist."""
        try:
            text = self._parse(institution.id, citation.parse_sha256).text
        except FileMissing:
            return None
        return citation.span.slice(text) if citation.span.end <= len(text) else None

    def retriever(self, institution_id: str, snapshot_id: str) -> Retriever:
        """The retriever over a snapshot, opened where it is not open already.

        Raises:
            SnapshotError: it is missing, damaged, or not this institution's.
        """
        return self._open.get(institution_id, snapshot_id)

    def model(self, embedder_id: str) -> Embedder | None:
        """The embedder that made an index; None, and the log says so, where it is not to be had here."""
        if embedder_id == self.embedder.id:
            return self.embedder
        try:
            return find_embedder(self.foundation, embedder_id, question_engine)
        except EmbedderUnavailable:
            log.error("snapshot.model_missing", embedder=embedder_id)
            return None

    def warm_up(self) -> None:
        """Loads what the first question needs: the model of each published index, word lists, and the cross-encoder.

        Raises:
            EmbedderUnavailable: a model's files cannot be read.
        """
        shipped_proofreader()
        for embedder_id in self._served() or {self.embedder.id}:
            model = self.model(embedder_id)
            if model is not None:
                model.embed_question(WARM_UP)
        if self.reader is not None:
            self.reader.warm_up()
        if self.span_reader is not None:
            self.span_reader.warm_up()

    def _served(self) -> set[str]:
        with self.foundation.database.read() as session:
            ids = [institution.id for institution in InstitutionService(session, self.foundation.ledger).all()]
            models = (DocumentService(session, one, self.foundation.ledger).embedded_by() for one in ids)
            return {model for model in models if model is not None}

    def damaged(self) -> frozenset[str]:
        """The institutions that are answered from an earlier snapshot, or from none: the current one is damaged."""
        return self._open.damaged()

    def _read_parse(self, institution_id: str, parse_sha256: str) -> ParsedDocument:
        return ParsedDocument.from_json(self.foundation.files(institution_id).get(parse_sha256))


def _query(question: Question, language: Language, k: int) -> Query:
    return Query(question.text, language, k, question.history, question.rewritten, question.whole)
