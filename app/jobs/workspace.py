"""What a job has done so far, on disk: a worker that goes on after a kill takes it from there.

Every file is named by what it was made from, appears whole or not at all, and is made again where it is missing. So a
step may run twice, or in two workers at once, and the result is the same.
"""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.documents.files import write_atomically
from knowledge_bases.schema import Chunk, Language
from retrieval.ports import Embedder, Vectors
from retrieval.stored_chunks import from_line, to_line


@dataclass(frozen=True)
class Workspace:
    """The folder of one version's job."""

    folder: Path

    def chunks(self, made_from: str, make: Callable[[], Sequence[Chunk]]) -> tuple[Chunk, ...]:
        """The chunks of a parse and the facts that stand in them, made where they were not."""
        path = self.folder / f"{_hash(made_from)}.jsonl"
        try:
            return tuple(from_line(line) for line in path.read_text("utf-8").split("\n")[:-1])
        except FileNotFoundError:
            chunks = tuple(make())
            write_atomically(path, "".join(to_line(chunk) + "\n" for chunk in chunks).encode())
            return chunks

    def embedder(self, embedder: Embedder) -> Embedder:
        """``embedder``, which embeds no batch that this job has embedded before."""
        return _Resuming(embedder, self.folder)

    def clear(self) -> None:
        """Removes everything: the job is over."""
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True)
class _Resuming:
    """Keeps the vectors of every batch under a hash of its model and texts."""

    embedder: Embedder
    folder: Path

    @property
    def id(self) -> str:
        return self.embedder.id

    @property
    def dimensions(self) -> int:
        return self.embedder.dimensions

    @property
    def reads(self) -> frozenset[Language]:
        return self.embedder.reads

    def embed_question(self, text: str) -> Vectors:
        return self.embedder.embed_question(text)

    def unseen_tokens(self, texts: Sequence[str]) -> tuple[int, ...]:
        return self.embedder.unseen_tokens(texts)

    def embed(self, texts: Sequence[str]) -> Vectors:
        path = self.folder / f"{_hash(self.id, *texts)}.npy"
        try:
            kept: Vectors = np.load(io.BytesIO(path.read_bytes()), allow_pickle=False)
        except FileNotFoundError:
            vectors = self.embedder.embed(texts)
            buffer = io.BytesIO()
            np.save(buffer, vectors, allow_pickle=False)
            write_atomically(path, buffer.getvalue())
            return vectors
        return kept


def _hash(*texts: str) -> str:
    digest = hashlib.sha256()
    for text in texts:
        content = text.encode()
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()
