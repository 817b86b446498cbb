"""Batches of files: received, read by workers, corrected by the person who uploaded them, and taken in as versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlmodel import Session

from app.batches.errors import BatchClosed, BatchNotFound, BatchRefused
from app.batches.readings import Reading
from app.batches.repository import BatchFileRepository, BatchRepository
from app.batches.tables import BatchFileRow, BatchRow
from app.batches.types import Arrived, Batch, BatchFile, Claim, FileStage
from app.db.columns import new_id, now_utc
from app.documents.errors import DocumentsError
from app.documents.service import DocumentService
from app.documents.types import Upload
from app.evidence.audit import Ledger
from knowledge_bases.schema import VersionInfo, VersionKey

SILENT = timedelta(minutes=2)  # then a file's worker is taken for gone


class BatchService:
    """The batches of one institution, within one unit of work."""

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        self._batches = BatchRepository(session, institution_id)
        self._files = BatchFileRepository(session, institution_id)
        self._documents = DocumentService(session, institution_id, ledger)
        self._institution_id = institution_id

    def receive(self, arrived: Sequence[Arrived], by: str) -> str:
        """A new batch of files, in their order; returns its id. What was refused at once is named in it too."""
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

    def write(self, batch_id: str, by: str, rows: Mapping[int, Mapping[str, str]], left_out: frozenset[int]) -> Batch:
        """Keep what the person wrote in the rows of files that were read; other rows stay as they are.

        Raises:
            BatchNotFound: they have no such batch. BatchClosed: it was confirmed.
        """
        self._open(batch_id, by)
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

    def named_files(self) -> frozenset[str]:
        """The addresses of every file that a batch names which is not confirmed."""
        return frozenset(row.sha256 for row in self._files.stored() if row.sha256)

    def waits(self) -> bool:
        """Whether a file waits for a worker."""
        return self._files.unread(now_utc() - SILENT) is not None

    def claim(self) -> Claim | None:
        """A file for this worker to read; None where nothing waits."""
        now = now_utc()
        row = self._files.unread(now - SILENT)
        if row is None or row.sha256 is None or not self._files.claim(row, now, now - SILENT):
            return None
        return Claim(self._institution_id, row.batch_id, row.place, row.name, row.sha256)

    def note_progress(self, claim: Claim, done: int, total: int) -> bool:
        """Say that the file is still being read; False: nobody wants it any more."""
        return self._files.note(claim.batch_id, claim.place, done=done, total=total, claimed_at=now_utc())

    def note_read(self, claim: Claim, reading: Reading) -> None:
        """Keep what was read; a batch discarded meanwhile stays gone."""
        self._files.note(claim.batch_id, claim.place, stage=FileStage.READ, reading=reading.to_json())

    def note_refused(self, claim: Claim, error: str) -> None:
        """The file can't be read; ``error`` is one sentence."""
        self._files.note(claim.batch_id, claim.place, stage=FileStage.REFUSED, error=error)

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
    return Batch(row.id, row.made_by, row.created_at, row.confirmed_at, tuple(map(_file, files)))


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
