"""Batches of files: received, read by workers, corrected by the person who uploaded them, and taken in as versions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from app.batches.errors import BatchChanged, BatchClosed, BatchNotFound, BatchRefused
from app.batches.readings import Reading
from app.batches.repository import BatchFileRepository, BatchRepository, Gone
from app.batches.tables import BatchFileRow, BatchRow
from app.batches.types import Arrived, Batch, BatchFile, Claim, Expired, FileStage
from app.db.columns import new_id, now_utc
from app.documents.errors import DocumentsError
from app.documents.service import DocumentService
from app.documents.types import Upload
from app.evidence.audit import AuditLog, Happening, Ledger
from app.switches.reading import require_writable
from knowledge_bases.schema import VersionInfo, VersionKey

SILENT = timedelta(minutes=2)  # then a file's worker is taken for gone


class BatchService:
    """The batches of one institution, within one unit of work."""

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        self._session = session
        self._batches = BatchRepository(session, institution_id)
        self._files = BatchFileRepository(session, institution_id)
        self._documents = DocumentService(session, institution_id, ledger)
        self._audit = AuditLog(session, institution_id, ledger)
        self._institution_id = institution_id

    def receive(self, arrived: Sequence[Arrived], by: str) -> str:
        """A new batch of files, in their order; returns its id. What was refused at once is named in it too.

        Raises:
            ReadOnly: nothing may be uploaded now.
        """
        require_writable(self._session, self._institution_id)
        batch = BatchRow(institution_id=self._institution_id, id=new_id(), made_by=by, created_at=now_utc())
        self._batches.add(batch)
        for place, file in enumerate(arrived):
            self._files.add(_row(self._institution_id, batch.id, place, file))
        return batch.id

    def get(self, batch_id: str, by: str) -> Batch:
        """A person's batch.

        Raises:
            BatchNotFound: they have none such.
        """
        return _batch(self._own(batch_id, by), self._files.of(batch_id))

    def open_of(self, by: str) -> tuple[Batch, ...]:
        """A person's batches that are not confirmed, newest first."""
        return tuple(_batch(row, self._files.of(row.id)) for row in self._batches.of(by))

    def write(self, batch: Batch, rows: Mapping[int, Mapping[str, str]], left_out: frozenset[int]) -> Batch:
        """Keep what its person wrote in the rows of files that were read; other rows stay as they are.

        ``batch`` is as the page knew it that they wrote in.

        Raises:
            BatchNotFound: they have no such batch. BatchClosed: it was confirmed.
            BatchChanged: it was written since; nothing is kept then.
        """
        batch_id, by = batch.id, batch.made_by
        open_batch = self._open(batch_id, by)
        if not self._batches.turn(open_batch, batch.revision):
            raise BatchChanged
        for row in self._files.of(batch_id):
            if row.place in rows and row.stage is FileStage.READ:
                row.fields, row.left_out = dict(rows[row.place]), row.place in left_out
                self._files.save(row)
        return self.get(batch_id, by)

    def take_in(self, batch_id: str, by: str, infos: Mapping[int, VersionInfo]) -> None:
        """Register the files at the places of ``infos`` as drafts: all of them, or none. The batch is closed then.

        Raises:
            BatchNotFound, BatchClosed: as ``write``. BatchRefused: a version stands for another file already.
        """
        self._audit.lock()  # it expires before this, or not at all
        batch, problems = self._open(batch_id, by), dict[int, str]()
        for row in self._files.of(batch_id):
            if row.place not in infos or row.sha256 is None:
                continue
            info = infos[row.place]
            try:
                self._documents.register(Upload(info, row.name, row.sha256, by))
            except DocumentsError as error:
                problems[row.place] = str(error)
            row.document_id, row.version = info.key.document, info.key.version
            self._files.save(row)
        if problems:
            raise BatchRefused(problems)
        batch.confirmed_at = now_utc()
        self._batches.save(batch)

    def discard(self, batch_id: str, by: str) -> None:
        """Forget the batch; its files are no longer named, and go with the next removal of what nothing names.

        Raises:
            BatchNotFound, BatchClosed: as ``write``.
        """
        self._open(batch_id, by)
        self._batches.remove(batch_id)

    def overdue(self, came_before: datetime) -> tuple[str, ...]:
        """The ids of batches of anybody that came at that moment or earlier and are not confirmed, oldest first."""
        return tuple(row.id for row in self._batches.open_since_before(came_before))

    def expire(self, batch_id: str, came_before: datetime) -> Expired | None:
        """Forget an overdue batch, with an entry in the log; None where it was confirmed or discarded meanwhile.

        Its files stay where they are; until the transaction ends nobody takes one of them in.
        """
        self._audit.lock()
        row = next((row for row in self._batches.open_since_before(came_before) if row.id == batch_id), None)
        if row is None:
            return None
        own = self._files.of(batch_id)
        files, parses = {file.sha256 for file in own}, {file.parse_sha256 for file in own}
        expired = Expired(
            batch_id, row.made_by, tuple(sorted(filter(None, files))), tuple(sorted(filter(None, parses)))
        )
        self._batches.remove(batch_id)
        self._audit.append(Happening("batch:expire:done", batch_id, {"made_by": row.made_by, "files": len(own)}))
        return expired

    def named_files(self) -> frozenset[str]:
        """The addresses of every file, and of every parse of one, that a batch names which is not confirmed."""
        return frozenset(name for row in self._files.stored() for name in (row.sha256, row.parse_sha256) if name)

    def parse_of(self, sha256: str, name: str) -> str | None:
        """Where the parse lies that was made when a file came in a batch under this name; None: there is none."""
        return self._files.parse_of(sha256, name)

    def waits(self, living: Collection[str]) -> bool:
        """Whether a file waits for a worker; a file of a worker that is not among the ``living`` does."""
        return self._files.unread(Gone(living, now_utc() - SILENT)) is not None

    def claim(self, by: str, living: Collection[str]) -> Claim | None:
        """A file for the worker ``by`` to read; None where nothing waits, as ``waits`` says."""
        now = now_utc()
        gone = Gone(living, now - SILENT)
        row = self._files.unread(gone)
        if row is None or row.sha256 is None or not self._files.claim(row, by, now, gone):
            return None
        return Claim(self._institution_id, row.batch_id, row.place, row.name, row.sha256, by)

    def put_back(self, claim: Claim) -> None:
        """Leave the file to whoever reads next."""
        self._files.note(claim, stage=FileStage.WAITING)

    def note_progress(self, claim: Claim, done: int, total: int) -> bool:
        """Say that the file is still being read; False: nobody wants it any more, or another worker reads it."""
        return self._files.note(claim, done=done, total=total, claimed_at=now_utc())

    def note_read(self, claim: Claim, reading: Reading, parse_sha256: str) -> None:
        """Keep what was read, and out of which parse; a batch discarded meanwhile stays gone."""
        self._files.note(claim, stage=FileStage.READ, reading=reading.to_json(), parse_sha256=parse_sha256)

    def note_refused(self, claim: Claim, error: str) -> None:
        """The file can't be read; ``error`` is one sentence."""
        self._files.note(claim, stage=FileStage.REFUSED, error=error)

    def _own(self, batch_id: str, by: str) -> BatchRow:
        row = self._batches.find(BatchRow.id == batch_id, BatchRow.made_by == by)
        if row is None:
            raise BatchNotFound(batch_id)
        return row

    def _open(self, batch_id: str, by: str) -> BatchRow:
        row = self._own(batch_id, by)
        if row.confirmed_at is not None:
            raise BatchClosed
        return row


def _row(institution_id: str, batch_id: str, place: int, file: Arrived) -> BatchFileRow:
    return BatchFileRow(
        institution_id=institution_id,
        batch_id=batch_id,
        place=place,
        name=file.name,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        stage=FileStage.WAITING if file.error is None else FileStage.REFUSED,
        error=file.error,
    )


def _batch(row: BatchRow, files: Sequence[BatchFileRow]) -> Batch:
    return Batch(row.id, row.made_by, row.created_at, row.confirmed_at, tuple(map(_file, files)), row.revision)


def _file(row: BatchFileRow) -> BatchFile:
    key = None if row.document_id is None or row.version is None else VersionKey(row.document_id, row.version)
    return BatchFile(
        place=row.place,
        name=row.name,
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        stage=row.stage,
        done=row.done,
        total=row.total,
        error=row.error,
        reading=None if row.reading is None else Reading.from_json(row.reading),
        fields=row.fields,
        left_out=row.left_out,
        key=key,
    )
