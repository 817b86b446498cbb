"""The citation pages' documents in the running product: one short read of the database, then the file store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.chat.ports import StoredVersion
from app.documents.errors import VersionNotFound
from app.documents.service import DocumentService
from app.documents.types import DocumentVersion, VersionStatus
from app.foundation import Foundation
from knowledge_bases.parsed import ParsedDocument
from knowledge_bases.schema import Language, VersionInfo, VersionKey

SHOWN = {VersionStatus.PUBLISHED, VersionStatus.SUPERSEDED}

# which languages a reader of one reads best, after their own
NEXT_BEST = {Language.EN: (), Language.ZH_HANT: (Language.ZH_HANS,), Language.ZH_HANS: (Language.ZH_HANT,)}


@dataclass(frozen=True)
class PublishedLibrary:
    """The SourceLibrary over the product's database and files."""

    foundation: Foundation

    def find(self, institution_id: str, key: VersionKey) -> StoredVersion | None:
        """The version if it is or was published; a draft is nobody's business."""
        version = self._version(institution_id, key)
        if version is None or not (version.status in SHOWN or _was_withdrawn(version)):
            return None
        return StoredVersion(version.info, version.file_sha256, withdrawn=version.status not in SHOWN)

    def parse(self, institution_id: str, key: VersionKey, parse_sha256: str | None) -> ParsedDocument | None:
        """The version's parse; None if ``parse_sha256`` names another, for that may be of a withdrawn version."""
        version = self._version(institution_id, key)
        if version is None or version.status not in SHOWN or version.parse_sha256 is None:
            return None
        if parse_sha256 not in (None, version.parse_sha256):
            return None
        return ParsedDocument.from_json(self.foundation.files(institution_id).get(version.parse_sha256))

    def original(self, institution_id: str, key: VersionKey) -> bytes:
        """The uploaded file.

        Raises:
            VersionNotFound: there is none in this institution.
        """
        version = self._version(institution_id, key)
        if version is None:
            raise VersionNotFound(key)
        return self.foundation.files(institution_id).get(version.file_sha256)

    def in_force(self, institution_id: str, document: str, language: Language, on: date) -> VersionKey | None:
        """The version of ``document`` or its sibling that is in force, the reader's language first."""
        with self.foundation.database.read() as session:
            infos = DocumentService(session, institution_id, self.foundation.ledger).infos(on).values()
        own = [info for info in infos if info.key.document == document]
        siblings = {info.sibling for info in own}
        return _best([*own, *(info for info in infos if info.key.document in siblings)], language)

    def _version(self, institution_id: str, key: VersionKey) -> DocumentVersion | None:
        with self.foundation.database.read() as session:
            try:
                return DocumentService(session, institution_id, self.foundation.ledger).get(key)
            except VersionNotFound:
                return None


def _was_withdrawn(version: DocumentVersion) -> bool:
    return version.status is VersionStatus.WITHDRAWN and version.published_at is not None


def _best(infos: Sequence[VersionInfo], language: Language) -> VersionKey | None:
    for wanted in (language, *NEXT_BEST[language]):
        if key := _newest(info for info in infos if info.language is wanted):
            return key
    return _newest(infos)


def _newest(infos: Iterable[VersionInfo]) -> VersionKey | None:
    newest = max(infos, key=lambda info: (info.effective_from or date.min, info.key), default=None)
    return newest.key if newest else None
