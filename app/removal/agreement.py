"""Whether index and catalogue agree, both ways, down to the bytes, and so do evidence and the index of what it cites:
what ``candour knowledge sweep`` proves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.documents.errors import FileDamaged, FileMissing
from app.documents.release import IN_SNAPSHOT
from app.documents.service import DocumentService
from app.documents.types import DocumentVersion, Stage
from app.evidence.citation_agreement import compare_citations
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from app.removal.plan import segment_address
from app.removal.receipts import Receipts
from knowledge_bases.schema import VersionKey
from retrieval.errors import SnapshotCorrupt, SnapshotError
from retrieval.indexes.exact import ExactIndex
from retrieval.lexical import Bm25Index
from retrieval.segments import Segment, SegmentRef, read_segment, stored_segments
from retrieval.snapshot import is_quarantined, quarantine, read_manifest


@dataclass(frozen=True)
class Agreement:
    """What one institution's sweep found. ``disagreements`` are sentences; none is the good case.

    ``answers`` were held against the list of versions they cite, ``unlisted`` have none yet.
    ``quarantined``: the current snapshot's bytes are not those that were written, and it was set aside by this sweep.
    """

    institution_id: str
    snapshot_id: str | None
    versions: int
    chunks: int
    files: int
    disagreements: tuple[str, ...]
    quarantined: bool = False
    answers: int = 0
    unlisted: int = 0


@dataclass(frozen=True)
class _Catalogue:
    """The rows of an institution, and the files that receipts say are gone."""

    versions: Sequence[DocumentVersion]
    snapshot_id: str | None
    gone: frozenset[tuple[VersionKey, str]]

    def allowed(self) -> dict[VersionKey, DocumentVersion]:
        """The versions that belong in the current snapshot."""
        return {v.info.key: v for v in self.versions if v.status in IN_SNAPSHOT}


def compare(foundation: Foundation, institution_id: str) -> Agreement:
    """Reads every file of an institution and holds index, rows and bytes against each other. Repairs nothing.

    A current snapshot whose bytes are not those that were written is set aside: the last good one answers.

    Raises:
        UnknownInstitution: there is none of this id.
    """
    catalogue, root = _catalogue(foundation, institution_id), foundation.index_root(institution_id)
    found: list[str] = []
    segments: tuple[SegmentRef, ...] = ()
    damage: list[str] = []
    chunks = 0
    if catalogue.snapshot_id is not None:
        try:
            segments = read_manifest(root, catalogue.snapshot_id).segments
        except SnapshotCorrupt as error:
            damage.append(str(error))
        except SnapshotError as error:
            found.append(str(error))
        else:
            found += _against_catalogue(segments, catalogue)
            damaged, chunks = _against_bytes(root, segments, catalogue)
            damage += damaged
    if damage and catalogue.snapshot_id is not None and not is_quarantined(root, catalogue.snapshot_id):
        quarantine(root, catalogue.snapshot_id, damage[0])
    files, lost = _stored(foundation, institution_id, catalogue)
    with foundation.database.read() as session:
        citations = compare_citations(session, institution_id, foundation.ledger)
    return Agreement(
        institution_id=institution_id,
        snapshot_id=catalogue.snapshot_id,
        versions=len(segments),
        chunks=chunks,
        files=files,
        disagreements=(*found, *damage, *lost, *citations.disagreements),
        quarantined=bool(damage),
        answers=citations.listed,
        unlisted=citations.unlisted,
    )


def _catalogue(foundation: Foundation, institution_id: str) -> _Catalogue:
    with foundation.database.read() as session:
        pointer = InstitutionService(session, foundation.ledger).pointer(institution_id)
        versions = DocumentService(session, institution_id, foundation.ledger).all()
        return _Catalogue(versions, pointer.snapshot_id, Receipts(session, institution_id, foundation.ledger).gone())


def _against_catalogue(segments: Sequence[SegmentRef], catalogue: _Catalogue) -> Iterator[str]:
    """Both ways: a version that is missing from the index, and a segment that no version allows there."""
    allowed, known = catalogue.allowed(), {version.info.key: version for version in catalogue.versions}
    indexed = {ref.key: ref.address for ref in segments}
    for key, version in allowed.items():
        if key not in indexed:
            yield f"{_named(key)} is {version.status.value}, but not in the current snapshot: build the index again"
        elif indexed[key] != segment_address(version):
            yield f"{_named(key)} is in the snapshot with other chunks than its row names: build the index again"
    for key in indexed.keys() - allowed.keys():
        status = known[key].status.value if key in known else "unknown to the catalogue"
        yield f"{_named(key)} is {status}, but still in the current snapshot: run `candour knowledge retain`"


def _against_bytes(root: Path, segments: Sequence[SegmentRef], catalogue: _Catalogue) -> tuple[list[str], int]:
    """What is wrong with the segments' files, and how many chunks are right."""
    allowed = catalogue.allowed()
    damage: list[str] = []
    chunks = 0
    for ref in segments:
        try:
            segment = read_segment(root, ref, "hashes")
        except SnapshotCorrupt as error:
            damage.append(str(error))
            continue
        chunks += len(segment.chunks)
        damage += _rows_of(ref, segment, allowed.get(ref.key))
    return damage, chunks


def _rows_of(ref: SegmentRef, segment: Segment, version: DocumentVersion | None) -> Iterator[str]:
    """That every index built over a segment has a row a chunk, and every chunk is of the version and its parse."""
    sizes = {len(ExactIndex(segment.vectors)), len(Bm25Index(segment.terms)), len(Bm25Index(segment.concepts))}
    if sizes != {ref.chunks}:
        yield f"segment {ref.address}: {sorted(sizes)} rows in its indexes for {ref.chunks} chunks; build it again"
    if any(chunk.key != ref.key for chunk in segment.chunks):
        yield f"segment {ref.address}: a chunk is not of {_named(ref.key)}; build the index again"
    if version is not None and any(chunk.parse_sha256 != version.parse_sha256 for chunk in segment.chunks):
        yield f"segment {ref.address}: a chunk is not of the parse that {_named(ref.key)} names; build the index again"


def _stored(foundation: Foundation, institution_id: str, catalogue: _Catalogue) -> tuple[int, list[str]]:
    """How many files of rows are right, and what is wrong with the others; those with a receipt are rightly gone."""
    store, segments = foundation.files(institution_id), stored_segments(foundation.index_root(institution_id))
    right, lost = 0, []
    for version in catalogue.versions:
        key, address = version.info.key, segment_address(version)
        for file in version.files:
            if (key, file.sha256) in catalogue.gone:
                continue
            try:
                store.get(file.sha256)
            except (FileMissing, FileDamaged) as error:
                lost.append(f"{_named(key)}: {error}")
            else:
                right += 1
        expected = version.progress.stage is Stage.READY and (key, address) not in catalogue.gone
        if expected and address not in segments:
            lost.append(f"{_named(key)}: its segment {address} is missing; upload the file again under a new label")
    return right, lost


def _named(key: VersionKey) -> str:
    return f"{key.document}, version {key.version},"
