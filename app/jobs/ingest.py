"""From a stored original to a version ready to be published: parse, chunk, embed, store. Each step can be repeated.

The command line runs the steps in the foreground, the worker as a durable workflow (``app.jobs.worker``).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from app.documents.service import DocumentService
from app.documents.types import DocumentVersion, Ingested, Progress, Stage
from app.foundation import Foundation
from ingestion.build import BuiltSegment, build_segment
from ingestion.chunking import chunk_document
from ingestion.errors import EmptyFile, IngestionError
from ingestion.sandbox import ParseLimits, parse_file
from knowledge_bases.parsed import ParsedDocument
from knowledge_bases.schema import VersionKey
from retrieval.ports import Embedder
from retrieval.reuse import known_vectors
from retrieval.segments import SegmentRef, write_segment

Report = Callable[[Progress], None]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Job:
    """One version to ingest."""

    institution_id: str
    key: VersionKey


@dataclass(frozen=True)
class Ingestion:
    """The steps of ingestion over one foundation and embedder; ``report`` hears of progress beside the row."""

    foundation: Foundation
    embedder: Embedder
    report: Report = lambda progress: None

    def run(self, job: Job) -> DocumentVersion:
        """All steps in order. A refused file leaves the version FAILED with the reason, and nothing in the index.

        Raises:
            IngestionError: the file was refused.
        """
        try:
            self.index(job, self.parse(job))
        except IngestionError as error:
            self.fail(job, str(error))
            raise
        return self._version(job)

    def parse(self, job: Job) -> str:
        """Parses the original in a limited process and stores the parse; returns its address."""
        version = self._version(job)
        self._note(job, Progress(Stage.PARSING))
        files = self.foundation.files(job.institution_id)
        limits = ParseLimits(file_bytes=self.foundation.settings.max_upload_bytes)
        parsed = parse_file(files.get(version.file_sha256), version.file_name, limits)
        return files.put(parsed.to_json())

    def index(self, job: Job, parse_sha256: str) -> None:
        """Chunks and embeds a stored parse, stores the segment and marks the version ready.

        Raises:
            EmptyFile: there is nothing in it to answer from.
        """
        version = self._version(job)
        files = self.foundation.files(job.institution_id)
        parsed = ParsedDocument.from_json(files.get(parse_sha256))
        self._note(job, Progress(Stage.CHUNKING))
        chunks = chunk_document(parsed, version.info)
        if not chunks:
            raise EmptyFile(version.file_name, "no text was found in it", "export it with its text and upload it again")
        root = self.foundation.index_root(job.institution_id)
        known = known_vectors(root, self._segments(job), self.embedder.id)
        built = build_segment(
            chunks, self.embedder, lambda d, t: self._note(job, Progress(Stage.EMBEDDING, d, t)), known
        )
        _tell(job, built)
        segment = write_segment(root, built.chunks, built.vectors, built.embedder_id, job.key)
        ingested = Ingested(
            parse_sha256=parse_sha256,
            segment=json.dumps(segment.to_value()),
            page_count=len(parsed.pages) or None,
            file_bytes=files.size_bytes(version.file_sha256),
            parse_bytes=files.size_bytes(parse_sha256),
            problems=_problems(parsed),
            hidden=len(parsed.hidden),
        )
        with self.foundation.database.write() as session:
            DocumentService(session, job.institution_id, self.foundation.ledger).mark_ingested(job.key, ingested)

    def fail(self, job: Job, reason: str) -> None:
        """Notes on the version why it was given up."""
        with self.foundation.database.write() as session:
            DocumentService(session, job.institution_id, self.foundation.ledger).mark_failed(job.key, reason)

    def _segments(self, job: Job) -> list[SegmentRef]:
        """What this institution has of the document in whatever version; an edit leaves most of the words."""
        with self.foundation.database.read() as session:
            versions = DocumentService(session, job.institution_id, self.foundation.ledger).all()
        own = (v.segment for v in versions if v.info.key.document == job.key.document)
        return [SegmentRef.from_value(json.loads(segment)) for segment in own if segment is not None]

    def _version(self, job: Job) -> DocumentVersion:
        with self.foundation.database.read() as session:
            return DocumentService(session, job.institution_id, self.foundation.ledger).get(job.key)

    def _note(self, job: Job, progress: Progress) -> None:
        self.report(progress)
        with self.foundation.database.write() as session:
            DocumentService(session, job.institution_id, self.foundation.ledger).set_progress(job.key, progress)


def _problems(parsed: ParsedDocument) -> tuple[str, ...]:
    """What was not read, the document's own problems first."""
    return (*parsed.problems, *(f"page {page.number}: {page.problem}" for page in parsed.pages if page.problem))


def _tell(job: Job, built: BuiltSegment) -> None:
    """What embedding cost, and what the model could not read of it."""
    version = {"institution_id": job.institution_id, "document_id": job.key.document, "version": job.key.version}
    log.info("ingest.embedded", **version, done=built.embedded, total=len(built.chunks))
    if built.overlong:
        log.warning("ingest.overlong", **version, count=built.overlong, tokens=sum(built.unseen_tokens))
