"""What can go wrong with documents.

DocumentsError
├── VersionNotFound        no such version in this institution
├── VersionExists          this version's label was used before, for another file
├── FactsDiffer            the file is here already, with other facts than those given
├── WrongStatus            the step is not possible from the version's status
├── FourEyesRequired       who made a version can't approve it
├── NotComplete            facts that an approval needs are missing
├── ReasonMissing          the step needs a reason
├── HiddenUnseen           the checker has not looked at the version's hidden texts
├── WrongEnd               a version can't end on that day
├── IngestionOver          ingestion was cancelled or has ended; whoever works on it stops
├── FileMissing            a stored file is gone
└── FileDamaged            a stored file's bytes no longer match its address
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from app.db.errors import RowNotFound
from knowledge_bases.schema import VersionKey

MOST_NAMED = 8


class DocumentsError(Exception):
    """The root of this tree."""


class VersionNotFound(DocumentsError, RowNotFound):
    """No such version in this institution; ``known`` are the labels that the document has, if there is such one."""

    def __init__(self, key: VersionKey, known: Sequence[str] = ()) -> None:
        if known:
            labels = ", ".join(known[:MOST_NAMED]) + (" …" if len(known) > MOST_NAMED else "")
            super().__init__(f"document {key.document!r} has no version {key.version!r}; it has {labels}")
        else:
            super().__init__(f"there is no document {key.document!r} in this institution; check its id")


class VersionExists(DocumentsError):
    """Versions are immutable: other bytes need another label."""

    def __init__(self, key: VersionKey) -> None:
        super().__init__(
            f"document {key.document!r} has a version {key.version!r} with another file; give the new one its own label"
        )


class FactsDiffer(DocumentsError):
    """The file is here already under this label, with other facts than those given now; none is changed by the way."""

    def __init__(self, key: VersionKey, differing: Mapping[str, tuple[object, object]]) -> None:
        facts = ", ".join(f"{name} {there or 'none'}, not {given}" for name, (there, given) in differing.items())
        super().__init__(
            f"document {key.document!r} version {key.version!r} is here already with {facts}; change it in the "
            "console, or take the file in with a --version of its own"
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
            f"document {key.document!r} version {key.version!r} was uploaded, edited or submitted by the same person; "
            "someone else must take this step"
        )


class NotComplete(DocumentsError):
    """Facts that an approval needs are missing."""

    def __init__(self, key: VersionKey, lacking: Sequence[str]) -> None:
        super().__init__(
            f"document {key.document!r} version {key.version!r} lacks {' and '.join(lacking)}: an as-at date and a "
            "product tag are required before approval; add what is missing"
        )


class ReasonMissing(DocumentsError):
    """The step needs a reason."""

    def __init__(self, key: VersionKey) -> None:
        super().__init__(f"say why: document {key.document!r} version {key.version!r} keeps the reason in its history")


class HiddenUnseen(DocumentsError):
    """The checker has not looked at the version's hidden texts."""

    def __init__(self, key: VersionKey, count: int) -> None:
        super().__init__(
            f"document {key.document!r} version {key.version!r} holds hidden text ({count} found); "
            "read the list and confirm it before you approve"
        )


class WrongEnd(DocumentsError):
    """A version can't end on that day."""

    def __init__(self, key: VersionKey, on: date) -> None:
        super().__init__(
            f"document {key.document!r} version {key.version!r} can't end on {on.isoformat()}; choose a day after "
            "today and after its first day, and before the end it has"
        )


_ENDED = {  # by stage: what became of a reading that nobody can move or stop any more, and what to do
    "ready": "has ended: it is ready, and there is nothing left to do or to cancel",
    "failed": "has failed already; start it with “Read again” or upload another file",
    "cancelled": "was cancelled already; start it with “Read again” if the file is wanted after all",
}


class IngestionOver(DocumentsError):
    """Ingestion of the version was cancelled or has ended: there is nothing left to do for a job."""

    def __init__(self, key: VersionKey, stage: str) -> None:
        super().__init__(f"reading of document {key.document!r} version {key.version!r} {_ENDED.get(stage, stage)}")


class FileMissing(DocumentsError):
    """A stored file is gone."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"stored file {sha256} is missing; restore the data folder's files/ from your backup")


class FileDamaged(DocumentsError):
    """A stored file's bytes no longer match its address; it is left as it is, for whoever looks into it."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"stored file {sha256} was changed on disk; restore it from your backup")
