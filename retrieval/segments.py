"""One document version in the index: its chunks, their vectors and terms, in a folder named by its content.

segments/<sha256>/chunks.jsonl   one chunk a line (``stored_chunks``)
                  vectors.npy    float32, shape (chunks, dimensions)
                  terms.txt      the index terms of a chunk a line, separated by blanks
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from knowledge_bases.schema import Chunk, VersionKey
from retrieval.errors import SnapshotCorrupt
from retrieval.ports import Vectors
from retrieval.storage import sha256, write_folder
from retrieval.stored_chunks import from_line, to_line
from retrieval.tokens import TOKENISER_VERSION, terms

FOLDER = "segments"
CHUNKS, VECTORS, TERMS = "chunks.jsonl", "vectors.npy", "terms.txt"
Verification = Literal["sizes", "hashes"]


@dataclass(frozen=True)
class StoredFile:
    """A file of a segment; ``size`` in bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class SegmentRef:
    """Names a stored segment; ``address`` is the SHA-256 of all the other fields in canonical JSON."""

    address: str
    key: VersionKey
    embedder_id: str
    dimensions: int
    tokeniser: str
    chunks: int
    files: tuple[StoredFile, ...]

    def to_value(self) -> dict[str, Any]:
        """The reference as plain values for a manifest."""
        return asdict(self)

    @classmethod
    def from_value(cls, value: dict[str, Any]) -> SegmentRef:
        """The reference that ``to_value`` gave.

        Raises:
            KeyError, TypeError: the value is not one.
        """
        files = tuple(StoredFile(**file) for file in value["files"])
        return cls(**{**value, "key": VersionKey(**value["key"]), "files": files})


@dataclass(frozen=True)
class Segment:
    """A segment in memory; row i of ``vectors`` and ``terms`` belongs to chunk i."""

    chunks: tuple[Chunk, ...]
    vectors: Vectors
    terms: tuple[tuple[str, ...], ...]


def write_segment(
    root: Path, chunks: Sequence[Chunk], vectors: Vectors, embedder_id: str, key: VersionKey
) -> SegmentRef:
    """Store the chunks of the version ``key`` with their vectors, shape (len(chunks), dimensions).

    The same content has the same address and is written once.

    Raises:
        ValueError: chunks and vectors do not fit together, a chunk is of another version, or an id comes twice.
    """
    _check(chunks, vectors, key)
    contents = {
        CHUNKS: "".join(to_line(chunk) + "\n" for chunk in chunks).encode(),
        VECTORS: _array_bytes(vectors),
        TERMS: "".join(" ".join(terms(chunk.indexed_text)) + "\n" for chunk in chunks).encode(),
    }
    files = tuple(StoredFile(name, sha256(content), len(content)) for name, content in contents.items())
    fields = {
        "key": key,
        "embedder_id": embedder_id,
        "dimensions": int(vectors.shape[1]),
        "tokeniser": TOKENISER_VERSION,
        "chunks": len(chunks),
        "files": files,
    }
    unnamed = SegmentRef(address="", **fields)  # type: ignore[arg-type]
    ref = SegmentRef(address=_address(unnamed), **fields)  # type: ignore[arg-type]
    if not (root / FOLDER / ref.address).is_dir():
        write_folder(root / FOLDER / ref.address, contents)
    return ref


def read_segment(root: Path, ref: SegmentRef, verify: Verification) -> Segment:
    """The segment ``ref`` names; ``verify`` compares sizes only, or hashes all bytes.

    Raises:
        SnapshotCorrupt: a file is absent or is not the one that was written.
    """
    if _address(ref) != ref.address:
        raise SnapshotCorrupt(f"segment {ref.address}: its manifest entry was altered; publish again")
    contents = {file.name: _content(root / FOLDER / ref.address, file, verify) for file in ref.files}
    try:
        chunks = tuple(from_line(line) for line in contents[CHUNKS].decode().split("\n")[:-1])
        vectors = np.load(io.BytesIO(contents[VECTORS]), allow_pickle=False)
        rows = tuple(tuple(line.split(" ")) if line else () for line in contents[TERMS].decode().split("\n")[:-1])
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotCorrupt(f"segment {ref.address} cannot be read ({error}); publish again") from error
    if not len(chunks) == len(vectors) == len(rows) == ref.chunks:
        raise SnapshotCorrupt(f"segment {ref.address}: chunks, vectors and terms differ in number; publish again")
    if ref.tokeniser != TOKENISER_VERSION:
        rows = tuple(tuple(terms(chunk.indexed_text)) for chunk in chunks)
    return Segment(chunks, vectors, rows)


def _check(chunks: Sequence[Chunk], vectors: Vectors, key: VersionKey) -> None:
    if vectors.ndim != 2 or len(vectors) != len(chunks):
        raise ValueError(f"{len(chunks)} chunks but vectors of shape {vectors.shape}: one row a chunk is wanted")
    strangers = [chunk.id for chunk in chunks if chunk.key != key]
    if strangers:
        raise ValueError(f"chunk {strangers[0]} is not of version {key}")
    if len({chunk.id for chunk in chunks}) != len(chunks):
        raise ValueError(f"a chunk id of version {key} comes twice")


def _address(ref: SegmentRef) -> str:
    value = {name: field for name, field in ref.to_value().items() if name != "address"}
    return sha256(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())


def _array_bytes(vectors: Vectors) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(vectors, dtype=np.float32), allow_pickle=False)
    return buffer.getvalue()


def _content(folder: Path, file: StoredFile, verify: Verification) -> bytes:
    path = folder / file.name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SnapshotCorrupt(f"{path} cannot be read ({error}); publish again") from error
    if len(content) != file.size:
        raise SnapshotCorrupt(f"{path} has {len(content)} bytes, its manifest says {file.size}; publish again")
    if verify == "hashes" and sha256(content) != file.sha256:
        raise SnapshotCorrupt(f"{path} is not the file that was written (SHA-256 differs); publish again")
    return content
