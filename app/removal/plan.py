"""Which files of a version may go, and why the others stay."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.documents.types import DocumentVersion
from app.removal.shelf import IN_STORE, Shelf
from app.removal.types import FileKind, Holding, Kept
from knowledge_bases.schema import VersionKey

STORED_AGAIN = timedelta(hours=1)  # a file stored so lately may be an upload whose row is still to come
CITED = "an answer that can still be read cites this version"
IN_USE = "version {version} of {document} has the same file"
IN_BATCH = "an upload that is not confirmed yet has the same file"
IN_SNAPSHOT = "snapshot {snapshot} holds it and is kept"
UPLOADED = "it was stored again within the last hour"


@dataclass(frozen=True)
class Claims:
    """What stands against a removal: evidence that cites, versions that share a file, snapshots that hold a segment.

    ``segments``: one snapshot that is kept, by the address of each segment it holds. ``in_batches``: files and parses
    that batches name which are not confirmed.
    """

    cited: AbstractSet[VersionKey]
    versions: Sequence[DocumentVersion]
    segments: Mapping[str, str]
    in_batches: AbstractSet[str]


def split(
    version: DocumentVersion, claims: Claims, shelf: Shelf, fresh_after: datetime
) -> tuple[tuple[Holding, ...], tuple[Kept, ...]]:
    """What is stored of ``version``: what may go, and what stays. Files stored after ``fresh_after`` stay."""
    going: list[Holding] = []
    staying: list[Kept] = []
    for holding in holdings(version, shelf):
        why = _why_kept(holding, version, claims) or fresh(holding, shelf, fresh_after)
        if why is None:
            going.append(holding)
        else:
            staying.append(Kept(holding.kind, holding.name, why))
    return tuple(going), tuple(staying)


def holdings(version: DocumentVersion, shelf: Shelf) -> Iterator[Holding]:
    """What is stored of a version now."""
    named = [(FileKind.ORIGINAL, version.file_sha256), (FileKind.IMAGES, version.file_sha256)]
    if version.parse_sha256 is not None:
        named.append((FileKind.PARSE, version.parse_sha256))
    if (address := segment_address(version)) is not None:
        named.append((FileKind.SEGMENT, address))
    yield from filter(None, (shelf.holding(kind, name) for kind, name in named))


def segment_address(version: DocumentVersion) -> str | None:
    """The address of the version's segment; None before it was ingested."""
    reference = json.loads(version.segment) if version.segment else {}
    address = reference.get("address")
    return address if isinstance(address, str) else None


def shares(holding: Holding, version: DocumentVersion) -> bool:
    """Whether a version names the same file."""
    if holding.kind is FileKind.SEGMENT:
        return segment_address(version) == holding.name
    return holding.name in {version.file_sha256, version.parse_sha256}


def _why_kept(holding: Holding, version: DocumentVersion, claims: Claims) -> str | None:
    if holding.kind is FileKind.SEGMENT and holding.name in claims.segments:
        return IN_SNAPSHOT.format(snapshot=claims.segments[holding.name])
    if holding.kind in IN_STORE | {FileKind.IMAGES} and version.info.key in claims.cited:
        return CITED
    if holding.kind in IN_STORE | {FileKind.IMAGES} and holding.name in claims.in_batches:
        return IN_BATCH
    others = (other for other in claims.versions if other.info.key != version.info.key)
    sharing = next((other.info.key for other in others if shares(holding, other)), None)
    return None if sharing is None else IN_USE.format(version=sharing.version, document=sharing.document)


def fresh(holding: Holding, shelf: Shelf, fresh_after: datetime) -> str | None:
    """Why a file that was stored after ``fresh_after`` stays; None where it may go."""
    if holding.kind not in IN_STORE:
        return None
    stored_at = shelf.stored_at(holding)
    return UPLOADED if stored_at is not None and stored_at > fresh_after else None
