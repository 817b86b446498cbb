"""The worker's part in batches: reads each file once, in a limited process, and notes what it says of itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from app.batches.likeness import Sketch, sketch
from app.batches.readings import reading_of
from app.batches.service import BatchService
from app.batches.types import Claim
from app.db.errors import DatabaseAway
from app.documents.errors import FileDamaged, FileMissing
from app.documents.service import DocumentService
from app.documents.types import VersionStatus
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from app.jobs.heartbeat import living
from app.jobs.limits import parse_limits
from app.jobs.space import is_out_of_space
from ingestion.errors import IngestionError
from ingestion.sandbox import parse_file
from knowledge_bases.parsed import ParsedDocument
from knowledge_bases.schema import Language, VersionKey

IDLE_S = 1.0
SAY_SO_S = 20.0  # well within the silence after which another worker takes the file
SKETCHES = 5_000
FOREGROUND = "foreground"  # a reader that is no worker, and so is never seen alive
BROKE = "{name}: reading it broke; upload it again, and tell your operator if it breaks once more"

log = structlog.get_logger(__name__)


class NotWanted(BaseException):
    """The batch was discarded, or the worker is asked to end; no parser may take it for a failure of its own."""


@contextmanager
def reading_batches(foundation: Foundation, worker_id: str, stop: threading.Event) -> Iterator[None]:
    """A thread of the worker that reads what waits until ``stop`` is set or the block ends."""
    ended = threading.Event()
    reader = BatchReader(foundation, worker_id, lambda: stop.is_set() or ended.is_set())
    thread = threading.Thread(target=reader.work, name="batches", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=5)


class BatchReader:
    """Reads the files of batches as the worker ``worker_id``. ``ended``: whether to stop, asked twice a second."""

    def __init__(
        self, foundation: Foundation, worker_id: str = FOREGROUND, ended: Callable[[], bool] = lambda: False
    ) -> None:
        self._foundation = foundation
        self._worker_id = worker_id
        self._ended = ended
        self._sketch = lru_cache(maxsize=SKETCHES)(self._sketched)

    def work(self) -> None:
        """Until it is ended; neither a database that is away for a moment nor a full disk ends it."""
        while not self._ended():
            try:
                found = self.read_next()
            except NotWanted:
                continue
            except Exception as error:
                log.error("batch.reading_failed", error=type(error).__name__)
                found = False
            if not found:
                time.sleep(IDLE_S)

    def read_next(self) -> bool:
        """Reads one file of each institution that has one waiting; False where none has."""
        with self._foundation.database.read() as session:
            institutions = [each.id for each in InstitutionService(session, self._foundation.ledger).all()]
            living_now = living(session) | {self._worker_id}
            waiting = [each for each in institutions if self._service(session, each).waits(living_now)]
        for institution_id in waiting:
            with self._foundation.database.write() as session:
                claim = self._service(session, institution_id).claim(self._worker_id, living_now)
            if claim is not None:
                self._read(claim)
        return bool(waiting)

    def _read(self, claim: Claim) -> None:
        """A file that is refused is named with its sentence; the others go on."""
        try:
            parsed = self._parsed(claim)
            reading = reading_of(parsed, self._known(claim.institution_id))
            parse_sha256 = self._foundation.files(claim.institution_id).put(parsed.to_json())
        except IngestionError as error:
            self._refuse(claim, str(error))
        except Exception as error:
            if isinstance(error, DatabaseAway) or is_out_of_space(error):
                self._put_back(claim)
                raise
            log.error("batch.file_broke", institution_id=claim.institution_id, error=type(error).__name__)
            self._refuse(claim, BROKE.format(name=claim.name))
        else:
            with self._foundation.database.write() as session:
                self._service(session, claim.institution_id).note_read(claim, reading, parse_sha256)

    def _parsed(self, claim: Claim) -> ParsedDocument:
        content = self._foundation.files(claim.institution_id).get(claim.sha256)
        said = _Said(self, claim)
        limits = parse_limits(self._foundation.settings)
        return parse_file(content, claim.name, limits, said.progress, said.alive)

    def _put_back(self, claim: Claim) -> None:
        """Where there is no space, or no database, to say so either, the worker's silence does."""
        with suppress(DatabaseAway, SQLAlchemyError), self._foundation.database.write() as session:
            self._service(session, claim.institution_id).put_back(claim)

    def _refuse(self, claim: Claim, sentence: str) -> None:
        with self._foundation.database.write() as session:
            self._service(session, claim.institution_id).note_refused(claim, sentence)

    def _known(self, institution_id: str) -> Iterator[tuple[VersionKey, Sketch]]:
        """The sketches of all that was read and not withdrawn; each text is read once in this process."""
        with self._foundation.database.read() as session:
            versions = DocumentService(session, institution_id, self._foundation.ledger).all()
        for version in versions:
            if version.parse_sha256 is None or version.status is VersionStatus.WITHDRAWN:
                continue
            found = self._sketch(institution_id, version.parse_sha256, version.info.language)
            if found is not None:
                yield version.info.key, found

    def _sketched(self, institution_id: str, parse_sha256: str, language: Language) -> Sketch | None:
        try:
            content = self._foundation.files(institution_id).get(parse_sha256)
            return sketch(ParsedDocument.from_json(content).text, language)
        except (FileMissing, FileDamaged, ValueError):  # nothing can be like what cannot be read
            return None

    def _service(self, session: Session, institution_id: str) -> BatchService:
        return BatchService(session, institution_id, self._foundation.ledger)

    def keep(self, claim: Claim, done: int, total: int) -> None:
        """Say that the file is being read.

        Raises:
            NotWanted: its batch was discarded.
        """
        with self._foundation.database.write() as session:
            if not self._service(session, claim.institution_id).note_progress(claim, done, total):
                raise NotWanted

    def leave_if_ended(self) -> None:
        """Raises NotWanted where the worker is asked to end."""
        if self._ended():
            raise NotWanted


class _Said:
    """What is said of one file's reading, and when something was said last."""

    def __init__(self, reader: BatchReader, claim: Claim) -> None:
        self._reader, self._claim = reader, claim
        self._done, self._total, self._at = 0, 0, time.monotonic()

    def progress(self, done: int, total: int) -> None:
        self._done, self._total, self._at = done, total, time.monotonic()
        self._reader.keep(self._claim, done, total)

    def alive(self) -> None:
        self._reader.leave_if_ended()
        if time.monotonic() - self._at > SAY_SO_S:
            self.progress(self._done, self._total)
