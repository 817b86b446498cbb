"""Batches of files as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.batches.readings import Reading
from app.hong_kong import HONG_KONG
from knowledge_bases.schema import VersionKey


class FileStage(StrEnum):
    """How far a file of a batch is."""

    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    REFUSED = "refused"


SETTLED = frozenset({FileStage.READ, FileStage.REFUSED})


@dataclass(frozen=True)
class Arrived:
    """A file as it came. ``error``: why it was refused at once, one sentence; it is not stored then."""

    name: str
    size_bytes: int
    sha256: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class BatchFile:
    """A file of a batch. ``fields`` are what a person wrote in its row, None while nobody did.

    ``done`` of ``total`` pages are read from their pictures; ``total`` 0: not known. ``left_out``: not wanted.
    ``key``: the version it became.
    """

    place: int
    name: str
    size_bytes: int
    sha256: str | None
    stage: FileStage
    done: int = 0
    total: int = 0
    error: str | None = None
    reading: Reading | None = None
    fields: Mapping[str, str] | None = None
    left_out: bool = False
    key: VersionKey | None = None


@dataclass(frozen=True)
class Batch:
    """Files that came together, in the order they came. ``confirmed_at`` None: nothing of it is taken in yet.

    ``revision`` counts how often its table was written: a page made of an older one may not write.
    """

    id: str
    made_by: str
    created_at: datetime
    confirmed_at: datetime | None
    files: tuple[BatchFile, ...]
    revision: int = 0

    def confirm_by(self, keep_days: int) -> date:
        """The last day, in Hong Kong, on which it can surely be confirmed; afterwards its files are removed."""
        return (self.created_at + timedelta(days=keep_days - 1)).astimezone(HONG_KONG).date()

    @property
    def settled(self) -> bool:
        """Whether every file is read or refused."""
        return all(file.stage in SETTLED for file in self.files)


@dataclass(frozen=True)
class Claim:
    """A file that the worker ``by`` reads now; what another one says of it meanwhile counts for nothing."""

    institution_id: str
    batch_id: str
    place: int
    name: str
    sha256: str
    by: str


@dataclass(frozen=True)
class Expired:
    """A batch that nobody confirmed in time, as it was. ``files`` and ``parses`` are addresses, no two the same."""

    id: str
    made_by: str
    files: tuple[str, ...]
    parses: tuple[str, ...]
