"""One document version in the index: its chunks, their vectors and terms, in a folder named by its content.

segments/<sha256>/chunks.jsonl   one chunk a line (``stored_chunks``)
                  vectors.npy    float32, shape (chunks, dimensions)
                  terms.txt      the index terms of all chunks, one a line
                  terms.npy      int32, a row a term and chunk: the term's line, the chunk, how often (``postings``)
                  terms.order.npy  int32, the line of every term in reading order, one chunk after the other
                  concepts.*     the same of the concepts they name, by number in the thesaurus of ``analysis``
"""

from __future__ import annotations

import io
import json
import mmap
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from knowledge_bases.schema import Chunk, VersionKey
from retrieval.errors import SnapshotCorrupt
from retrieval.lexicon_files import shipped_thesaurus
from retrieval.ports import Vectors
from retrieval.postings import Postings
from retrieval.storage import QUARANTINE, remove_folder, sha256, write_folder
from retrieval.stored_chunks import from_line, to_line
from retrieval.tokens import TOKENISER_VERSION, terms

FOLDER = "segments"
CHUNKS, VECTORS, TERMS, CONCEPTS = "chunks.jsonl", "vectors.npy", "terms", "concepts"
STORED_AS = "postings in order"  # how terms and concepts lie in the files; another form is made again when read
_ADDRESS = re.compile(r"[0-9a-f]{64}")
Verification = Literal["sizes", "hashes"]
Content = bytes | memoryview


@dataclass(frozen=True)
class StoredFile:
    """A file of a segment; ``size`` in bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class SegmentRef:
    """Names a stored segment; ``address`` is the SHA-256 of all the other fields in canonical JSON.

    ``tokeniser`` names the rules and word lists that made terms and concepts (``analysis``), ``chunker`` the rules and
    facts that made the chunks; empty where that was not noted yet.
    """

    address: str
    key: VersionKey
    embedder_id: str
    dimensions: int
    tokeniser: str
    chunks: int
    files: tuple[StoredFile, ...]
    chunker: str = ""

    def to_value(self) -> dict[str, Any]:
        """The reference as plain values for a manifest; where no chunker is noted, as from before they were."""
        value = asdict(self)
        if not self.chunker:
            del value["chunker"]
        return value

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
    """A segment that was read; row i of ``vectors``, ``terms`` and ``concepts`` belongs to chunk i.

    ``vectors`` lie in the mapped file until a snapshot takes them into its own array.
    """

    chunks: tuple[Chunk, ...]
    vectors: Vectors
    terms: Postings
    concepts: Postings


def analysis() -> str:
    """The version of what makes a chunk's terms and concepts; rows of another version are made again when read."""
    return f"{TOKENISER_VERSION}+{shipped_thesaurus().version[:16]}+{STORED_AS}"


def write_segment(
    root: Path, chunks: Sequence[Chunk], vectors: Vectors, embedder_id: str, key: VersionKey, chunker: str = ""
) -> SegmentRef:
    """Store the chunks of the version ``key`` with their vectors, shape (len(chunks), dimensions).

    ``chunker`` names what made the chunks. The same content has the same address and is written once; what lies there
    damaged is moved aside, into ``quarantine``, and gives way to it.

    Raises:
        ValueError: chunks and vectors do not fit together, a chunk is of another version, or an id comes twice.
    """
    _check(chunks, vectors, key)
    contents = {
        CHUNKS: "".join(to_line(chunk) + "\n" for chunk in chunks).encode(),
        VECTORS: _array_bytes(vectors, np.float32),
        **_postings_files(TERMS, Postings.of([terms_of(chunk) for chunk in chunks])),
        **_postings_files(CONCEPTS, Postings.of([concepts_of(chunk) for chunk in chunks])),
    }
    files = tuple(StoredFile(name, sha256(content), len(content)) for name, content in contents.items())
    fields = {
        "key": key,
        "embedder_id": embedder_id,
        "dimensions": int(vectors.shape[1]),
        "tokeniser": analysis(),
        "chunks": len(chunks),
        "files": files,
        "chunker": chunker,
    }
    unnamed = SegmentRef(address="", **fields)  # type: ignore[arg-type]
    ref = SegmentRef(address=_address(unnamed), **fields)  # type: ignore[arg-type]
    folder = root / FOLDER / ref.address
    if folder.is_dir() and not _holds(folder, files):
        _set_aside(root, folder)
    if not folder.is_dir():
        write_folder(folder, contents)
    return ref


def _set_aside(root: Path, folder: Path) -> None:
    """Out of the way, and kept: what is wrong with it may say what is wrong with the disk."""
    shelf = root / QUARANTINE / FOLDER
    shelf.mkdir(parents=True, exist_ok=True)
    times = len(list(shelf.glob(f"{folder.name}.*")))
    with suppress(FileNotFoundError):  # somebody else was first
        folder.rename(shelf / f"{folder.name}.{times + 1}")


def is_intact(root: Path, ref: SegmentRef) -> bool:
    """Whether every byte of a segment is as it was written."""
    return _address(ref) == ref.address and _holds(root / FOLDER / ref.address, ref.files)


def _holds(folder: Path, files: Sequence[StoredFile]) -> bool:
    try:
        return all(_content(folder, file, "hashes") is not None for file in files)
    except SnapshotCorrupt:
        return False


def read_segment(root: Path, ref: SegmentRef, verify: Verification) -> Segment:
    """The segment ``ref`` names; ``verify`` compares sizes only, or hashes all bytes.

    Raises:
        SnapshotCorrupt: a file is absent or is not the one that was written.
    """
    if _address(ref) != ref.address:
        raise SnapshotCorrupt(f"segment {ref.address}: its manifest entry was altered; build the index again")
    folder = root / FOLDER / ref.address
    contents = {file.name: _content(folder, file, verify) for file in ref.files}
    try:
        chunks = tuple(from_line(line) for line in str(contents[CHUNKS], "utf-8").split("\n")[:-1])
        vectors = np.load(folder / VECTORS, mmap_mode="r", allow_pickle=False)
        terms, concepts = _analysed(ref, chunks, contents)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise SnapshotCorrupt(f"segment {ref.address} cannot be read ({error}); build the index again") from error
    if not len(chunks) == len(vectors) == terms.size == concepts.size == ref.chunks:
        raise SnapshotCorrupt(f"segment {ref.address}: its parts differ in number; build the index again")
    if (vectors.dtype, vectors.shape[1:]) != (np.float32, (ref.dimensions,)):
        raise SnapshotCorrupt(f"segment {ref.address}: its vectors are of another model; build the index again")
    return Segment(chunks, vectors, terms, concepts)


def stored_segments(root: Path) -> dict[str, Path]:
    """The folder of every stored segment, by address; whether somebody needs it is not known here."""
    folder = root / FOLDER
    found = folder.iterdir() if folder.is_dir() else ()
    return {path.name: path for path in found if _ADDRESS.fullmatch(path.name)}


def remove_segment(root: Path, address: str) -> None:
    """Delete a stored segment for good, damaged ones that were set aside too; one that is gone is left at that.

    Raises:
        ValueError: ``address`` is not one; nothing is deleted.
    """
    if not _ADDRESS.fullmatch(address):
        raise ValueError(f"{address!r} is not a segment's address (64 hexadecimal digits)")
    for folder in (root / FOLDER / address, *(root / QUARANTINE / FOLDER).glob(f"{address}.*")):
        remove_folder(folder)


def terms_of(chunk: Chunk) -> tuple[str, ...]:
    """The index terms of a chunk."""
    return tuple(terms(chunk.searched_text))


def concepts_of(chunk: Chunk) -> tuple[str, ...]:
    """The concepts a chunk names, as often as it names them."""
    mentions = shipped_thesaurus().mentions(chunk.searched_text)
    return tuple(str(concept) for mention in mentions for concept in sorted(mention.concepts))


def _analysed(ref: SegmentRef, chunks: Sequence[Chunk], contents: dict[str, Content]) -> tuple[Postings, Postings]:
    """Terms and concepts as stored, or made again where other rules, word lists or another form made them."""
    if ref.tokeniser == analysis():
        return _postings(TERMS, ref.chunks, contents), _postings(CONCEPTS, ref.chunks, contents)
    return Postings.of([terms_of(chunk) for chunk in chunks]), Postings.of([concepts_of(chunk) for chunk in chunks])


def _postings_files(name: str, postings: Postings) -> dict[str, bytes]:
    words = "".join(f"{word}\n" for word in postings.vocabulary)
    return {
        f"{name}.txt": words.encode(),
        f"{name}.npy": _array_bytes(postings.triples, np.int32),
        f"{name}.order.npy": _array_bytes(postings.order, np.int32),
    }


def _postings(name: str, size: int, contents: dict[str, Content]) -> Postings:
    vocabulary = tuple(str(contents[f"{name}.txt"], "utf-8").split("\n")[:-1])
    triples, order = (
        np.load(io.BytesIO(contents[file]), allow_pickle=False) for file in (f"{name}.npy", f"{name}.order.npy")
    )
    return Postings(size, vocabulary, triples, order)


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


def _array_bytes(array: NDArray[Any], kind: type[np.generic]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(array, dtype=kind), allow_pickle=False)
    return buffer.getvalue()


def _content(folder: Path, file: StoredFile, verify: Verification) -> Content:
    """A file's bytes, mapped: what is neither hashed nor looked at is never read."""
    path = folder / file.name
    try:
        with path.open("rb") as opened:
            empty = not path.stat().st_size  # which cannot be mapped
            content = b"" if empty else memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        raise SnapshotCorrupt(f"{path} cannot be read ({error}); build the index again") from error
    if len(content) != file.size:
        raise SnapshotCorrupt(f"{path} has {len(content)} bytes, its manifest says {file.size}; build the index again")
    if verify == "hashes" and sha256(content) != file.sha256:
        raise SnapshotCorrupt(f"{path} is not the file that was written (SHA-256 differs); build the index again")
    return content
