"""An immutable view of one institution's index: a manifest over segments, named by its own hash.

    segments/<address>/           see ``retrieval.segments``
    snapshots/<snapshot id>.json  the manifest
    quarantine/<snapshot id>.json why a snapshot is not to be read
    quarantine/segments/<address>.<n>/ a damaged segment that was built again

Files only ever appear whole and are never changed. Which snapshot is current is a row in the product's database.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate, chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_bases.schema import Chunk, Language, VersionKey
from retrieval.errors import (
    ModelMismatch,
    SnapshotCorrupt,
    SnapshotMissing,
    SnapshotQuarantined,
    WrongInstitution,
)
from retrieval.indexes.carried import Part
from retrieval.indexes.exact import ExactIndex
from retrieval.lexical import Bm25Index
from retrieval.ports import Vectors, VectorSearch
from retrieval.postings import Postings, merged
from retrieval.segments import Segment, SegmentRef, Verification, read_segment
from retrieval.storage import QUARANTINE, remove_file, sha256, write_file

FORMAT = 1
SNAPSHOTS = "snapshots"
_ID = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Manifest:
    """What a snapshot is made of. ``generation`` counts an institution's published snapshots from 1."""

    institution_id: str
    embedder_id: str
    generation: int
    segments: tuple[SegmentRef, ...]


@dataclass(frozen=True)
class Snapshot:
    """A manifest with its content in memory; row i of ``vectors``, ``terms`` and ``concepts`` belongs to chunk i.

    ``segments`` holds what it was put together from, by address: the next snapshot takes from it what is the same.
    """

    id: str
    manifest: Manifest
    chunks: tuple[Chunk, ...]
    vectors: Vectors
    terms: Postings
    concepts: Postings
    segments: Mapping[str, Segment] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def rows(self) -> dict[VersionKey, range]:
        """The rows of each version; they are neighbours."""
        starts = np.cumsum([0, *(ref.chunks for ref in self.manifest.segments)]).tolist()
        return {
            ref.key: range(start, start + ref.chunks)
            for ref, start in zip(self.manifest.segments, starts[:-1], strict=True)
        }

    @cached_property
    def languages(self) -> NDArray[np.int8]:
        """The place of each chunk's language in ``Language``."""
        places = {language: place for place, language in enumerate(Language)}
        return np.array([places[chunk.language] for chunk in self.chunks], dtype=np.int8)

    @cached_property
    def dense(self) -> VectorSearch:
        """The vectors as an index: all are compared, until a quicker one takes over."""
        return ExactIndex(self.vectors)

    def search_by(self, quicker: VectorSearch) -> None:
        """Let ``quicker``, which is over the same rows, take over from the exact index."""
        if self.dense is not quicker:  # the exact one is there from here on, and no thread puts it back
            self.__dict__["dense"] = quicker  # where a cached property keeps its value

    @property
    def parts(self) -> tuple[Part, ...]:
        """The stretch of ``vectors`` of each segment, in the order of rows."""
        return tuple(
            Part(ref.address, rows.start, self.vectors[rows.start : rows.stop])
            for ref, rows in zip(self.manifest.segments, self.rows.values(), strict=True)
        )

    @cached_property
    def lexical(self) -> Bm25Index:
        """The terms as an index, built at first use."""
        return Bm25Index(self.terms)

    @cached_property
    def conceptual(self) -> Bm25Index:
        """The concepts as an index, built at first use; a concept's term is its number in the thesaurus."""
        return Bm25Index(self.concepts)


def write_manifest(
    root: Path, institution_id: str, segments: Sequence[SegmentRef], embedder_id: str, generation: int
) -> str:
    """Store a snapshot over ``segments`` (none is an empty index) and give its id.

    Raises:
        ValueError: no institution, or a version twice.
        ModelMismatch: a segment of another embedder or of other dimensions.
    """
    ordered = tuple(sorted(segments, key=lambda ref: ref.key))
    _check(institution_id, ordered, embedder_id)
    value = {
        "format": FORMAT,
        "institution_id": institution_id,
        "embedder_id": embedder_id,
        "generation": generation,
        "segments": [ref.to_value() for ref in ordered],
    }
    content = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode()
    snapshot_id = sha256(content)
    path = root / SNAPSHOTS / f"{snapshot_id}.json"
    if not path.exists():
        write_file(path, content)
    return snapshot_id


def read_manifest(root: Path, snapshot_id: str) -> Manifest:
    """The manifest of a snapshot, its hash checked; a builder starts from its segments.

    Raises:
        SnapshotMissing, SnapshotQuarantined, SnapshotCorrupt
    """
    if not _ID.fullmatch(snapshot_id) or not (root / SNAPSHOTS / f"{snapshot_id}.json").is_file():
        raise SnapshotMissing(f"there is no snapshot {snapshot_id!r} under {root}: publish one")
    if is_quarantined(root, snapshot_id):
        raise SnapshotQuarantined(f"snapshot {snapshot_id} is in quarantine: build the index again")
    content = (root / SNAPSHOTS / f"{snapshot_id}.json").read_bytes()
    if sha256(content) != snapshot_id:
        raise SnapshotCorrupt(f"manifest {snapshot_id} is not the one that was written; build the index again")
    return _manifest(json.loads(content), snapshot_id)


def open_snapshot(
    root: Path,
    snapshot_id: str,
    *,
    institution_id: str,
    embedder_id: str | None,
    verify: Verification = "sizes",
    known: Mapping[str, Segment] = MappingProxyType({}),
) -> Snapshot:
    """The snapshot in memory. ``embedder_id`` of None is for a search by words alone: no model is compared.

    ``known`` are segments of this institution that are in memory already, by address; they are not read again.

    Raises:
        SnapshotMissing, SnapshotQuarantined, SnapshotCorrupt, WrongInstitution, ModelMismatch
    """
    manifest = read_manifest(root, snapshot_id)
    if manifest.institution_id != institution_id:
        raise WrongInstitution(f"snapshot {snapshot_id} is not of institution {institution_id!r}")
    if embedder_id is not None and manifest.embedder_id != embedder_id:
        raise ModelMismatch(
            f"snapshot {snapshot_id} was embedded by {manifest.embedder_id}, not by {embedder_id}: "
            "load that model, or embed the documents again"
        )
    return load_snapshot(root, snapshot_id, manifest, verify, known)


def load_snapshot(
    root: Path,
    snapshot_id: str,
    manifest: Manifest,
    verify: Verification = "sizes",
    known: Mapping[str, Segment] = MappingProxyType({}),
) -> Snapshot:
    """The content of a manifest in memory; the manifest need not be stored: so a snapshot is looked at before it is.

    Raises:
        SnapshotMissing, SnapshotCorrupt: a segment is missing or damaged. ModelMismatch: the manifest mixes models.
    """
    require_one_model(manifest.segments, manifest.embedder_id)
    segments = {ref.address: known.get(ref.address) or read_segment(root, ref, verify) for ref in manifest.segments}
    return _assemble(snapshot_id, manifest, segments)


def quarantine(root: Path, snapshot_id: str, reason: str) -> None:
    """Mark a snapshot as not to be read; nothing is moved, changed or deleted.

    Raises:
        ValueError: ``snapshot_id`` is not one.
    """
    _require_id(snapshot_id)
    write_file(root / QUARANTINE / f"{snapshot_id}.json", json.dumps({"reason": reason}).encode())


def is_quarantined(root: Path, snapshot_id: str) -> bool:
    """Whether a snapshot was set aside; asked before every use, so that all processes heed it at once."""
    return (root / QUARANTINE / f"{snapshot_id}.json").exists()


def stored_snapshots(root: Path) -> dict[str, Path]:
    """The manifest of every stored snapshot, by id; quarantined ones too."""
    return {path.stem: path for path in (root / SNAPSHOTS).glob("*.json") if _ID.fullmatch(path.stem)}


def remove_manifest(root: Path, snapshot_id: str) -> None:
    """Delete a snapshot's manifest and its note of quarantine; its segments stay. Gone already: left at that.

    Raises:
        ValueError: ``snapshot_id`` is not one; nothing is deleted.
    """
    _require_id(snapshot_id)
    remove_file(root / SNAPSHOTS / f"{snapshot_id}.json")
    remove_file(root / QUARANTINE / f"{snapshot_id}.json")


def _require_id(snapshot_id: str) -> None:
    if not _ID.fullmatch(snapshot_id):
        raise ValueError(f"{snapshot_id!r} is not a snapshot id (64 hexadecimal digits)")


def _check(institution_id: str, segments: Sequence[SegmentRef], embedder_id: str) -> None:
    if not institution_id:
        raise ValueError("a snapshot needs an institution id")
    if len({ref.key for ref in segments}) != len(segments):
        raise ValueError("a version has two segments: keep the one that is to be published")
    require_one_model(segments, embedder_id)


def require_one_model(segments: Sequence[SegmentRef], embedder_id: str) -> None:
    """All ``segments`` hold vectors of one model and one length.

    Raises:
        ModelMismatch: they do not.
    """
    stranger = next((ref for ref in segments if ref.embedder_id != embedder_id), None)
    if stranger is not None:
        key = stranger.key
        raise ModelMismatch(
            f"{key.document}, version {key.version}, was embedded by {stranger.embedder_id} and the index by "
            f"{embedder_id}: one index has one model; embed it again by that"
        )
    if len({ref.dimensions for ref in segments}) > 1:
        raise ModelMismatch(f"segments of {embedder_id} differ in dimensions: embed them again by one model")


def _manifest(value: dict[str, Any], snapshot_id: str) -> Manifest:
    if value["format"] != FORMAT:
        raise SnapshotCorrupt(f"manifest {snapshot_id} has format {value['format']}, this program reads {FORMAT}")
    segments = tuple(SegmentRef.from_value(ref) for ref in value["segments"])
    return Manifest(value["institution_id"], value["embedder_id"], value["generation"], segments)


def _assemble(snapshot_id: str, manifest: Manifest, segments: Mapping[str, Segment]) -> Snapshot:
    ordered = [segments[ref.address] for ref in manifest.segments]
    dimensions = manifest.segments[0].dimensions if ordered else 1
    vectors = np.concatenate([np.zeros((0, dimensions), dtype=np.float32), *(part.vectors for part in ordered)])
    return Snapshot(
        snapshot_id,
        manifest,
        chunks=tuple(chain.from_iterable(segment.chunks for segment in ordered)),
        vectors=vectors,
        terms=merged([segment.terms for segment in ordered]),
        concepts=merged([segment.concepts for segment in ordered]),
        segments=MappingProxyType(_sharing(vectors, manifest, segments)),
    )


def _sharing(vectors: Vectors, manifest: Manifest, segments: Mapping[str, Segment]) -> dict[str, Segment]:
    """The segments with their stretch of ``vectors`` for their own: one copy in memory, and no file held mapped.

    Who reads a mapped file that was cut short meanwhile is killed, and so would be every later publication.
    """
    starts = accumulate((ref.chunks for ref in manifest.segments), initial=0)
    return {
        ref.address: replace(segments[ref.address], vectors=vectors[start : start + ref.chunks])
        for ref, start in zip(manifest.segments, starts, strict=False)
    }
