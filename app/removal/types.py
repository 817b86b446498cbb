"""Removals as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from knowledge_bases.schema import VersionKey


class Cause(StrEnum):
    """Why something was removed."""

    WITHDRAWN = "withdrawn"  # a version taken out of force, once it was kept long enough
    DISCARDED = "discarded"  # its maker gave it up before it was published
    SNAPSHOTS = "snapshots"  # earlier snapshots, once they were kept long enough
    EXPIRED = "expired"  # files uploaded together that nobody confirmed in time
    ORPHANS = "orphans"  # files that no row names: what a crash left behind


class FileKind(StrEnum):
    """What a removed file was."""

    ORIGINAL = "original"
    PARSE = "parse"
    SEGMENT = "segment"
    SNAPSHOT = "snapshot"  # a manifest; its segments are files of their own
    IMAGES = "images"  # pages drawn from an original, named by its hash
    LEFTOVER = "leftover"  # half-written or half-removed when its process was killed; its words may be anybody's
    STRAY = "stray"  # an original or a parse: no row says which


@dataclass(frozen=True)
class Holding:
    """Something stored: ``name`` is its SHA-256 (of the address, for segments), ``size_bytes`` of all its files."""

    kind: FileKind
    name: str
    size_bytes: int

    def to_json(self) -> dict[str, Any]:
        """The holding as plain values."""
        return {"kind": self.kind.value, "name": self.name, "bytes": self.size_bytes}


@dataclass(frozen=True)
class Kept:
    """Something that was not removed, and why; ``why`` is a sentence without words of documents."""

    kind: FileKind
    name: str
    why: str

    def to_json(self) -> dict[str, str]:
        """What stays as plain values."""
        return {"kind": self.kind.value, "name": self.name, "why": self.why}


@dataclass(frozen=True)
class Removal:
    """What is to be removed, and what stays. ``key``: the version; None where it is about no single version.

    ``snapshot_before`` is the last snapshot that held the version, ``snapshot_after`` the one that answers now.
    """

    cause: Cause
    key: VersionKey | None
    by: str
    removed: tuple[Holding, ...]
    kept: tuple[Kept, ...] = ()
    snapshot_before: str | None = None
    snapshot_after: str | None = None


@dataclass(frozen=True)
class Receipt:
    """A removal that was begun at ``begun_at``; ``done_at`` None: it was interrupted and is taken up again."""

    id: str
    removal: Removal
    begun_at: datetime
    done_at: datetime | None

    @property
    def size_bytes(self) -> int:
        """How much was removed."""
        return sum(holding.size_bytes for holding in self.removal.removed)

    def to_json(self) -> dict[str, Any]:
        """What ``candour knowledge receipts --json`` prints."""
        what = self.removal
        return {
            "receipt": self.id,
            "cause": what.cause.value,
            "document": None if what.key is None else what.key.document,
            "version": None if what.key is None else what.key.version,
            "by": what.by,
            "begun_at": self.begun_at.isoformat(),
            "done_at": None if self.done_at is None else self.done_at.isoformat(),
            "removed": [holding.to_json() for holding in what.removed],
            "bytes": self.size_bytes,
            "kept": [kept.to_json() for kept in what.kept],
            "snapshot_before": what.snapshot_before,
            "snapshot_after": what.snapshot_after,
        }
