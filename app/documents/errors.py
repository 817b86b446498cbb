"""What can go wrong with documents.

DocumentsError
├── VersionNotFound        no such version in this institution
├── VersionExists          this version's label was used before, for another file
├── WrongStatus            the step is not possible from the version's status
├── FourEyesRequired       who uploaded a version can't approve it
├── FileMissing            a stored file is gone
└── FileDamaged            a stored file's bytes no longer match its address
"""

from __future__ import annotations

from app.db.errors import RowNotFound
from knowledge_bases.schema import VersionKey


class DocumentsError(Exception):
    """The root of this tree."""


class VersionNotFound(DocumentsError, RowNotFound):
    """No such version in this institution."""

    def __init__(self, key: VersionKey) -> None:
        super().__init__(f"there is no document {key.document!r} in version {key.version!r}; check both and upload it")


class VersionExists(DocumentsError):
    """Versions are immutable: other bytes need another label."""

    def __init__(self, key: VersionKey) -> None:
        super().__init__(
            f"document {key.document!r} has a version {key.version!r} with another file; give the new one its own label"
        )


class WrongStatus(DocumentsError):
    """The step is not possible from where the version is in its life."""

    def __init__(self, key: VersionKey, status: str, wanted: str) -> None:
        super().__init__(
            f"document {key.document!r} version {key.version!r} is {status}; it can't be {wanted} from there"
        )


class FourEyesRequired(DocumentsError):
    """Maker and checker are different people."""

    def __init__(self, key: VersionKey) -> None:
        super().__init__(
            f"document {key.document!r} version {key.version!r} was uploaded by the same person; "
            "someone else must approve it"
        )


class FileMissing(DocumentsError):
    """A stored file is gone."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"stored file {sha256} is missing; restore the data folder's files/ from your backup")


class FileDamaged(DocumentsError):
    """A stored file's bytes no longer match its address; it is left as it is, for whoever looks into it."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"stored file {sha256} was changed on disk; restore it from your backup")
