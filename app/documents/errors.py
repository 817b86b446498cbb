"""What can go wrong with documents.

DocumentsError
├── VersionNotFound        no such version in this institution
├── VersionExists          this version's label was used before, for another file
├── FactsDiffer            the file is here already, with other facts than those given
├── WrongStatus            the step is not possible from the version's status
├── FourEyesRequired       who made a version can't approve it
├── NotComplete            facts that an approval needs are missing
├── FactsChanged           somebody changed the facts since the form was opened
├── ReasonMissing          the step needs a reason
├── HiddenUnseen           the checker has not looked at the version's hidden texts
├── EmbeddedOtherwise      another model embedded it than what is published
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
_STANDS = {  # by status: where a version is already, which whoever wanted something else of it may not have seen
    "draft": "is a draft",
    "in_review": "waits for a checker's decision already",
    "approved": "is approved already",
    "published": "is published already",
    "superseded": "was published, and a later version has taken its place",
    "withdrawn": "is withdrawn already",
}
_STEPS = {"in_review": "sent for approval", "draft": "sent back to its maker"}  # by the status a step leads to


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
            f"document {key.document} has a version {key.version} with another file; give the new one its own label"
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
    """The step is not possible from where the version is in its life: ``stands`` is its status or says it in words."""

    def __init__(self, key: VersionKey, stands: str, wanted: str) -> None:
        first = "; somebody was first, or it stands differently from what your page showed" if stands in _STANDS else ""
        super().__init__(
            f"{_named(key)} {_STANDS.get(stands, stands)}, so it can't be {_STEPS.get(wanted, wanted)}{first}"
        )


class FourEyesRequired(DocumentsError):
    """Maker and checker are different people."""

    def __init__(self, key: VersionKey) -> None:
        super().__init__(
            f"{_named(key)} was uploaded, edited or submitted by the same person; someone else must take this step"
        )


class NotComplete(DocumentsError):
    """Facts that an approval needs are missing."""

    def __init__(self, key: VersionKey, lacking: Sequence[str]) -> None:
        super().__init__(
            f"{_named(key)} lacks {' and '.join(lacking)}: an as-at date and a "
            "product tag are required before approval; add what is missing"
        )


class FactsChanged(DocumentsError):
    """Somebody changed the facts since the form was opened."""

    def __init__(self, key: VersionKey) -> None:
        super().__init__(f"the facts of {_named(key)} were changed since you opened them; compare, then save again")


class ReasonMissing(DocumentsError):
    """The step needs a reason."""

    def __init__(self, key: VersionKey) -> None:
        super().__init__(f"say why: {_named(key)} keeps the reason in its history")


class HiddenUnseen(DocumentsError):
    """The checker has not looked at the version's hidden texts."""

    def __init__(self, key: VersionKey, count: int) -> None:
        super().__init__(
            f"{_named(key)} holds hidden text ({count} found); read the list and confirm it before you approve"
        )


class EmbeddedOtherwise(DocumentsError):
    """Another model embedded the version than what is published, and one index has one model."""

    def __init__(self, key: VersionKey, embedder_id: str, published: str) -> None:
        super().__init__(
            f"{_named(key)} was embedded by {embedder_id} and what is published by {published}; a worker embeds it "
            "again within minutes: publish it then"
        )


class WrongEnd(DocumentsError):
    """A version can't end on that day."""

    def __init__(self, key: VersionKey, on: date) -> None:
        super().__init__(
            f"{_named(key)} can't end on {on.isoformat()}; choose a day after "
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
        super().__init__(f"reading of {_named(key)} {_ENDED.get(stage, stage)}")


class FileMissing(DocumentsError):
    """A stored file is gone."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"stored file {sha256} is missing; restore the data folder's files/ from your backup")


class FileDamaged(DocumentsError):
    """A stored file's bytes no longer match its address; it is left as it is, for whoever looks into it."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"stored file {sha256} was changed on disk; restore it from your backup")


def _named(key: VersionKey) -> str:
    return f"{key.document} {key.version}"
