"""What every system of a run is given: texts, their vectors, questions and their true neighbours, as files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.bench_retrieval.texts import LONGEST, SEED, SHORTEST, WINDOWS, Part, corpus_parts, questions
from eval.blends import blended_text, blends
from eval.embeddings import KeptEmbedder
from retrieval.ports import Embedder, Vectors

K = 10  # passages wanted of every system
WARMING, TIMED, TOGETHER = 20, 200, 200  # questions to warm up, one after another, two at once; all different
TEXTS, VECTORS = "texts.jsonl", "vectors.npy"
ASKED, ASKED_VECTORS, TRUTH = "questions.json", "questions.npy", "nearest.npy"
EMBEDDED_AT_ONCE = 2_048


@dataclass(frozen=True)
class Material:
    """A folder with ``len(self)`` texts; texts are read anew and vectors mapped, so that what is kept is the system's.

    Row i of ``vectors`` belongs to text i; ``nearest[j]`` are the ``K`` rows nearest to question j, in any order.
    """

    folder: Path

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def vectors(self) -> Vectors:
        """Unit vectors, shape (texts, dimensions), mapped."""
        vectors: Vectors = np.load(self.folder / VECTORS, mmap_mode="r", allow_pickle=False)
        return vectors

    def texts(self) -> Iterator[str]:
        """Every text in order, each time as a string of its own."""
        with (self.folder / TEXTS).open(encoding="utf-8") as file:
            yield from (json.loads(line) for line in file)

    def batches(self, size: int) -> Iterator[tuple[int, list[str], Vectors]]:
        """The texts and vectors in batches: the number of the first, texts, vectors."""
        texts, vectors = self.texts(), self.vectors
        for start in range(0, len(vectors), size):
            yield start, list(islice(texts, size)), np.array(vectors[start : start + size])

    @property
    def questions(self) -> list[str]:
        """Real questions, their languages in turn."""
        asked: list[str] = json.loads((self.folder / ASKED).read_text("utf-8"))
        return asked

    @property
    def question_vectors(self) -> Vectors:
        """The unit vectors of the questions as they stand."""
        vectors: Vectors = np.load(self.folder / ASKED_VECTORS, allow_pickle=False)
        return vectors

    @property
    def nearest(self) -> NDArray[np.int64]:
        """The truth that approximate indexes are held against, shape (questions, ``K``)."""
        rows: NDArray[np.int64] = np.load(self.folder / TRUTH, allow_pickle=False)
        return rows


@dataclass(frozen=True)
class Real:
    """Real texts and their vectors, the origin of texts in order; ``asked`` are real questions with theirs."""

    parts: tuple[Part, ...]
    vectors: Vectors
    asked: tuple[str, ...]
    asked_vectors: Vectors

    @property
    def texts(self) -> list[str]:
        return [text for part in self.parts for text in part.texts]


def real(sources: Path, kept: Path, most: int, embedders: tuple[Embedder, Embedder]) -> Real:
    """The first ``most`` real texts, embedded once and kept in ``kept``; embedders of documents and of questions."""
    of_documents, of_questions = embedders
    parts = _first(_parts(sources, kept, of_questions), most)
    embedder = KeptEmbedder(of_documents, kept / "vectors")
    texts = [text for part in parts for text in part.texts]
    batches = [embedder.embed(texts[i : i + EMBEDDED_AT_ONCE]) for i in range(0, len(texts), EMBEDDED_AT_ONCE)]
    embedder.keep()
    asked = questions(sources, WARMING + TIMED + TOGETHER)
    return Real(parts, np.concatenate(batches), tuple(asked), of_questions.embed(asked))


def prepared(given: Real, size: int, folder: Path) -> Material:
    """``size`` texts in ``folder``: the first real ones, and blends of all real ones where more are wanted."""
    folder.mkdir(parents=True, exist_ok=True)
    vectors = np.lib.format.open_memmap(
        folder / VECTORS, mode="w+", dtype=np.float32, shape=(size, given.vectors.shape[1])
    )
    row = 0
    with (folder / TEXTS).open("w", encoding="utf-8") as file:
        for texts, part in _rows(given, size):
            file.writelines(json.dumps(text, ensure_ascii=False) + "\n" for text in texts)
            vectors[row : row + len(texts)] = part
            row += len(texts)
    vectors.flush()
    (folder / ASKED).write_text(json.dumps(given.asked, ensure_ascii=False), "utf-8")
    np.save(folder / ASKED_VECTORS, given.asked_vectors)
    np.save(folder / TRUTH, true_neighbours(vectors, given.asked_vectors))
    return Material(folder)


def true_neighbours(vectors: Vectors, asked: Vectors, k: int = K) -> NDArray[np.int64]:
    """The ``k`` rows of ``vectors`` with the highest cosines for each of ``asked``: all are compared, in parts."""
    scores, rows = np.zeros((len(asked), 0), dtype=np.float32), np.zeros((len(asked), 0), dtype=np.int64)
    for start in range(0, len(vectors), 50_000):
        part = np.asarray(vectors[start : start + 50_000])
        scores = np.concatenate((scores, asked @ part.T), axis=1)
        numbers = np.broadcast_to(np.arange(start, start + len(part)), (len(asked), len(part)))
        rows = np.concatenate((rows, numbers), axis=1)
        best = np.argpartition(-scores, min(k, scores.shape[1]) - 1, axis=1)[:, :k]
        scores, rows = np.take_along_axis(scores, best, axis=1), np.take_along_axis(rows, best, axis=1)
    return rows


def _rows(given: Real, size: int) -> Iterator[tuple[Sequence[str], Vectors]]:
    texts = given.texts
    yield texts[:size], given.vectors[:size]
    for batch in blends(given.vectors, size - len(texts)) if size > len(texts) else ():
        pairs = zip(batch.one.tolist(), batch.other.tolist(), batch.share.tolist(), strict=True)
        yield [blended_text(texts[one], texts[other], share) for one, other, share in pairs], batch.vectors


def _parts(sources: Path, kept: Path, embedder: Embedder) -> list[Part]:
    """The texts as a run before put them together by the same rules from the same files, or put together now."""
    files = sorted((str(path), path.stat().st_size) for path in sources.rglob("*") if path.is_file())
    rules = sha256(json.dumps([SEED, WINDOWS, SHORTEST, LONGEST, files]).encode()).hexdigest()[:16]
    path = kept / f"texts-{rules}.json"
    if not path.is_file():
        kept.mkdir(parents=True, exist_ok=True)
        parts = [asdict(part) for part in corpus_parts(sources, embedder)]
        path.write_text(json.dumps(parts, ensure_ascii=False), "utf-8")
    return [Part(part["name"], tuple(part["texts"])) for part in json.loads(path.read_text("utf-8"))]


def _first(parts: Sequence[Part], most: int) -> tuple[Part, ...]:
    left, kept = most, []
    for part in parts:
        kept.append(Part(part.name, part.texts[: max(left, 0)]))
        left -= len(kept[-1].texts)
    return tuple(part for part in kept if part.texts)
