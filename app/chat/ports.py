"""What the citation pages need of the stored documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from knowledge_bases.parsed import ParsedDocument
from knowledge_bases.schema import Language, VersionInfo, VersionKey


@dataclass(frozen=True)
class StoredVersion:
    """A version that is or was published. ``withdrawn``: its words must not be shown to a customer any more."""

    info: VersionInfo
    file_sha256: str
    withdrawn: bool


class SourceLibrary(Protocol):
    """The documents of all institutions, read one institution at a time."""

    def find(self, institution_id: str, key: VersionKey) -> StoredVersion | None:
        """The version; None if this institution has none of that name that customers may know of."""
        ...

    def parse(self, institution_id: str, key: VersionKey, parse_sha256: str | None) -> ParsedDocument | None:
        """The parse of that hash if it is one of this version; for None its newest."""
        ...

    def original(self, institution_id: str, key: VersionKey) -> bytes:
        """The uploaded file's bytes; for drawing pages, never to be sent."""
        ...

    def in_force(self, institution_id: str, document: str, language: Language, on: date) -> VersionKey | None:
        """The version of ``document`` in force, in ``language`` if it or its sibling has it."""
        ...
