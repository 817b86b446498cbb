"""The content-addressed store of one institution's files: originals and parses, each under its SHA-256.

A file appears whole or not at all (written beside, forced to disk, renamed), is never changed, and is checked
whenever it is read.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.db.errors import MissingInstitution
from app.documents.errors import FileDamaged, FileMissing
from retrieval.storage import remove_file

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class FileStore:
    """Files of one institution under ``root/<institution>/``; two of one folder are equal.

    Raises:
        MissingInstitution: ``institution_id`` is None or blank.
    """

    root: Path
    institution_id: str

    def __post_init__(self) -> None:
        if not self.institution_id or not self.institution_id.strip():
            raise MissingInstitution(type(self).__name__)

    @property
    def _folder(self) -> Path:
        return self.root / self.institution_id

    def put(self, content: bytes) -> str:
        """Store ``content`` and return its address; storing it again renews its time, so that no removal takes it."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        with self._locked(fcntl.LOCK_SH):
            if path.exists():
                os.utime(path)
            else:
                write_atomically(path, content)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes stored under an address.

        Raises:
            FileMissing: there are none in this institution. FileDamaged: they were changed.
        """
        try:
            content = self._path(sha256).read_bytes()
        except FileNotFoundError:
            raise FileMissing(sha256) from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise FileDamaged(sha256)
        return content

    def size_bytes(self, sha256: str) -> int:
        """How large the file under an address is, without reading it.

        Raises:
            FileMissing: there is none in this institution.
        """
        try:
            return self._path(sha256).stat().st_size
        except FileNotFoundError:
            raise FileMissing(sha256) from None

    def check(self, sha256: str, size_bytes: int | None) -> None:
        """That the file is there and as large as it was when it was stored; None: that its bytes have its hash.

        Raises:
            FileMissing: there is none in this institution. FileDamaged: it was changed.
        """
        if size_bytes is None:
            self.get(sha256)
        elif self.size_bytes(sha256) != size_bytes:
            raise FileDamaged(sha256)

    def stored_at(self, sha256: str) -> datetime | None:
        """When the file under an address was last stored; None where there is none."""
        try:
            return datetime.fromtimestamp(self._path(sha256).stat().st_mtime, UTC)
        except (FileNotFoundError, FileMissing):
            return None

    def stored(self) -> Iterator[str]:
        """The address of every file of this institution, in no order."""
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            if _SHA256.fullmatch(path.name):
                yield path.name

    def leftovers(self) -> Iterator[Path]:
        """What a process that was killed left half-written, or still writes; in no order."""
        yield from self._folder.glob("[0-9a-f][0-9a-f]/.*")

    def remove(self, sha256: str, unless_stored_after: datetime) -> bool:
        """Delete a file for good; False where somebody stored it again after ``unless_stored_after``: then it stays.

        Raises:
            FileMissing: ``sha256`` is no address; a file that is gone already counts as deleted.
        """
        path = self._path(sha256)
        with self._locked(fcntl.LOCK_EX):
            stored_at = self.stored_at(sha256)
            if stored_at is not None and stored_at > unless_stored_after:
                return False
            remove_file(path)
        return True

    @contextmanager
    def _locked(self, kind: int) -> Iterator[None]:
        """Whoever stores a file shares the folder; whoever removes one has it alone."""
        self._folder.mkdir(parents=True, exist_ok=True)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            fcntl.flock(folder, kind)
            yield
        finally:
            os.close(folder)

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise FileMissing(sha256)
        return self._folder / sha256[:2] / sha256


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all, and stays after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
