"""From a stored original to a version ready to be approved: parse, chunk, embed, index.

Each step can be repeated, and takes what it needs from the store or makes it again. The command line runs the steps in
the foreground, the worker as a durable workflow (``app.jobs.worker``).
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.batches.service import BatchService
from app.db.errors import DatabaseAway
from app.documents.errors import FileDamaged, FileMissing, IngestionOver
from app.documents.service import DocumentService
from app.documents.types import FINISHED, DocumentVersion, Ingested, Progress, Stage
from app.embedding.engines import ingestion_engine
from app.embedding.known import find_embedder
from app.foundation import Foundation
from app.jobs.limits import parse_limits
from app.jobs.workspace import Workspace
from ingestion.build import BuiltSegment, build_segment
from ingestion.chunking import chunk_document, chunked_by, says_nothing
from ingestion.errors import EmptyFile, IngestionError
from ingestion.parsers.format import unheard
from ingestion.parsers.registry import is_current
from ingestion.sandbox import parse_file
from knowledge_bases.parsed import ParsedDocument
from knowledge_bases.schema import Chunk, VersionKey
from retrieval.ports import Embedder
from retrieval.reuse import known_vectors
from retrieval.segments import SegmentRef, write_segment

AT_ONCE = 2  # files: while one is read in a process of its own, another is embedded in this one

Report = Callable[[Progress], None]
Counted = Callable[[int, int], None]
SAID_EVERY_S = 0.5  # how far the cutting of a text is

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Job:
    """One version to ingest."""

    institution_id: str
    key: VersionKey


@dataclass(frozen=True)
class Ingestion:
    """The steps of ingestion over one foundation. ``embedder`` is the one the settings ask for.

    A version is embedded by the model of what its institution has published, whatever the settings ask for.
    Every step raises ``IngestionOver`` soon after the version was cancelled, or when another worker has finished it.
    ``report`` hears of progress beside the row; ``breathe`` is called wherever a step may be left, and may raise.
    """

    foundation: Foundation
    embedder: Embedder
    report: Report = lambda progress: None
    breathe: Callable[[], None] = lambda: None

    def run(self, job: Job, parsed: ParsedDocument | None = None) -> DocumentVersion:
        """All steps in order, the first one from what the caller ``parsed`` already, where it did.

        A refused file leaves the version FAILED with the reason, and nothing in the index.

        Raises:
            IngestionError: the file was refused. IngestionOver: it was cancelled.
        """
        try:
            parse_sha256 = self.parse(job, parsed)
            for step in (self.chunk, self.embed, self.index):
                step(job, parse_sha256)
        except IngestionError as error:
            self.fail(job, str(error))
            raise
        except IngestionOver:
            self.clear(job)
            if self._version(job).progress.stage is not Stage.READY:
                raise
        return self._version(job)

    def parse(self, job: Job, parsed: ParsedDocument | None = None) -> str:
        """Parses the original in a limited process and stores the parse; returns its address.

        What was parsed already when the file came in a batch is not parsed again.
        """
        version = self._version(job)
        self._note(job, Progress(Stage.PARSING))
        known = self._kept_parse(job, version) if parsed is None else parsed.to_json()
        return self.foundation.files(job.institution_id).put(known or self._parsed(job, version))

    def _parsed(self, job: Job, version: DocumentVersion) -> bytes:
        return parse_file(
            self.foundation.files(job.institution_id).get(version.file_sha256),
            version.file_name,
            parse_limits(self.foundation.settings),
            lambda done, total: self._note(job, Progress(Stage.PARSING, done, total)),
            lambda: self._require_wanted(job),
        ).to_json()

    def _kept_parse(self, job: Job, version: DocumentVersion) -> bytes | None:
        """What today's parser made of the file before; None where nothing is kept, or an older one made it."""
        with self.foundation.database.read() as session:
            batches = BatchService(session, job.institution_id, self.foundation.ledger)
            address = batches.parse_of(version.file_sha256, version.file_name)
        if address is None:
            return None
        try:
            content = self.foundation.files(job.institution_id).get(address)
        except (FileMissing, FileDamaged):
            return None
        return content if is_current(ParsedDocument.from_json(content)) else None

    def chunk(self, job: Job, parse_sha256: str) -> None:
        """Cuts a stored parse into chunks and keeps them.

        Raises:
            EmptyFile: there is nothing in it to answer from.
        """
        self._note(job, Progress(Stage.CHUNKING))
        heard = seldom(lambda done, total: self._note(job, Progress(Stage.CHUNKING, done, total)))
        chunks, name = self._chunks(job, parse_sha256, self._model_of(job), heard), self._version(job).file_name
        if not chunks:
            raise EmptyFile(name, "no text was found in it", "export it with its text and upload it again")
        if says_nothing(chunk.text for chunk in chunks):
            raise EmptyFile(
                name, "a single word is all it says", "there is nothing to quote; upload the whole document"
            )

    def embed(self, job: Job, parse_sha256: str) -> None:
        """Embeds the chunks batch by batch and keeps each batch: after a kill the next one is not done again."""
        heard = partial(self._note_embedded, job)
        _tell(job, self._build(job, parse_sha256, self._model_of(job), heard))

    def index(self, job: Job, parse_sha256: str) -> None:
        """Stores the segment and marks the version ready."""
        self._note(job, Progress(Stage.BUILDING))
        segment = self.segment(job, parse_sha256, self._model_of(job), lambda done, total: None)
        ingested = self._ingested(job, parse_sha256, json.dumps(segment.to_value()))
        with self.foundation.database.write() as session:
            DocumentService(session, job.institution_id, self.foundation.ledger).mark_ingested(job.key, ingested)
        self.clear(job)

    def model(self, embedder_id: str | None) -> Embedder:
        """The embedder of this id; None: the one the settings ask for.

        Raises:
            EmbedderUnavailable: its files are not to be had here.
        """
        if embedder_id is None or embedder_id == self.embedder.id:
            return self.embedder
        eight_bit = self.foundation.settings.eight_bit_ingestion
        return find_embedder(self.foundation, embedder_id, partial(ingestion_engine, eight_bit=eight_bit))

    def segment(
        self, job: Job, parse_sha256: str, embedder: Embedder, progress: Callable[[int, int], None]
    ) -> SegmentRef:
        """Builds the segment of a stored parse by ``embedder`` and stores it; no row names it yet.

        Raises:
            EmptyFile: there is nothing in the parse to answer from.
        """
        version, root = self._version(job), self.foundation.index_root(job.institution_id)
        built = self._build(job, parse_sha256, embedder, progress)
        if not built.chunks:
            raise EmptyFile(version.file_name, "no text was found in it", "export it with its text and upload it again")
        return write_segment(root, built.chunks, built.vectors, built.embedder_id, job.key, chunked_by(version.info))

    def fail(self, job: Job, reason: str) -> None:
        """Notes on the version why it was given up."""
        with self.foundation.database.write() as session:
            DocumentService(session, job.institution_id, self.foundation.ledger).mark_failed(job.key, reason)
        self.clear(job)

    def clear(self, job: Job) -> None:
        """Forgets what was done so far; for a job that is over."""
        self._workspace(job).clear()

    def wait(self, job: Job, reason: str) -> None:
        """Notes on the version what keeps it waiting, as far as it can be noted."""
        with suppress(DatabaseAway, SQLAlchemyError):
            now = self._version(job).progress
            self._note(job, Progress(now.stage, now.done, now.total, reason))

    def _ingested(self, job: Job, parse_sha256: str, segment: str) -> Ingested:
        files = self.foundation.files(job.institution_id)
        parsed = ParsedDocument.from_json(files.get(parse_sha256))
        return Ingested(
            parse_sha256=parse_sha256,
            segment=segment,
            page_count=len(parsed.pages) or None,
            file_bytes=files.size_bytes(self._version(job).file_sha256),
            parse_bytes=files.size_bytes(parse_sha256),
            problems=_problems(parsed),
            hidden=len(parsed.hidden),
        )

    def _build(self, job: Job, parse_sha256: str, embedder: Embedder, progress: Counted) -> BuiltSegment:
        chunks = self._chunks(job, parse_sha256, embedder)
        root = self.foundation.index_root(job.institution_id)
        known = known_vectors(root, self._segments(job), embedder.id)
        return build_segment(chunks, self._workspace(job).embedder(embedder), progress, known)

    def _model_of(self, job: Job) -> Embedder:
        """The model of the index the version is to come into: what is published stays with its own until a change."""
        with self.foundation.database.read() as session:
            served = DocumentService(session, job.institution_id, self.foundation.ledger).embedded_by()
        return self.model(served)

    def _note_embedded(self, job: Job, done: int, total: int) -> None:
        self._note(job, Progress(Stage.EMBEDDING, done, total))

    def _chunks(self, job: Job, parse_sha256: str, embedder: Embedder, report: Counted = unheard) -> tuple[Chunk, ...]:
        files, info = self.foundation.files(job.institution_id), self._version(job).info

        def make() -> tuple[Chunk, ...]:
            parsed = ParsedDocument.from_json(files.get(parse_sha256))
            return tuple(chunk_document(parsed, info, embedder.unseen_tokens, report))

        return self._workspace(job).chunks(f"{parse_sha256} {embedder.id} {chunked_by(info)}", make)

    def _workspace(self, job: Job) -> Workspace:
        name = hashlib.sha256(f"{job.key.document}@{job.key.version}".encode()).hexdigest()[:32]
        return Workspace(self.foundation.work_root(job.institution_id) / name)

    def _segments(self, job: Job) -> list[SegmentRef]:
        """What this institution has of the document in whatever version; an edit leaves most of the words."""
        with self.foundation.database.read() as session:
            versions = DocumentService(session, job.institution_id, self.foundation.ledger).all()
        own = (v.segment for v in versions if v.info.key.document == job.key.document)
        return [SegmentRef.from_value(json.loads(segment)) for segment in own if segment is not None]

    def _version(self, job: Job) -> DocumentVersion:
        with self.foundation.database.read() as session:
            return DocumentService(session, job.institution_id, self.foundation.ledger).get(job.key)

    def _require_wanted(self, job: Job) -> None:
        self.breathe()
        with suppress(DatabaseAway):  # that it is away for a moment cancels nothing
            stage = self._version(job).progress.stage
            if stage in FINISHED:
                raise IngestionOver(job.key, stage.value)

    def _note(self, job: Job, progress: Progress) -> None:
        self.breathe()
        self.report(progress)
        with self.foundation.database.write() as session:
            DocumentService(session, job.institution_id, self.foundation.ledger).set_progress(job.key, progress)


def seldom(report: Counted, every_s: float = SAID_EVERY_S) -> Counted:
    """``report`` at the first call, and then at most once in ``every_s`` seconds: each note is a write to a disk."""
    due = 0.0

    def told(done: int, total: int) -> None:
        nonlocal due
        if time.monotonic() >= due:
            report(done, total)
            due = time.monotonic() + every_s

    return told


def _problems(parsed: ParsedDocument) -> tuple[str, ...]:
    """What was not read, the document's own problems first."""
    return (*parsed.problems, *(f"page {page.number}: {page.problem}" for page in parsed.pages if page.problem))


def _tell(job: Job, built: BuiltSegment) -> None:
    """What embedding cost, and what the model could not read of it."""
    version = {"institution_id": job.institution_id, "document_id": job.key.document, "version": job.key.version}
    log.info("ingest.embedded", **version, embedded=built.embedded, reused=len(built.chunks) - built.embedded)
    if built.overlong:
        log.warning("ingest.overlong", **version, count=built.overlong, tokens=sum(built.unseen_tokens))
