"""Vectors stand in the order of the chunks, whatever order they were made in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ingestion.build import BATCH, build_segment
from ingestion.chunking import chunk_document
from ingestion.parsers.document import write
from ingestion.parsers.elements import Heading, Paragraph, plain
from knowledge_bases.schema import Chunk, Language, VersionInfo, VersionKey
from retrieval.ports import Vectors


class LengthEmbedder:
    """Its vector tells a text's length, so that rows can be told apart; it remembers its batches."""

    id = "length/2"
    dimensions = 2
    reads = frozenset({Language.EN})

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.batches.append([len(text) for text in texts])
        return np.array([[len(text), 1] for text in texts], dtype=np.float32).reshape(len(texts), 2)

    def embed_question(self, text: str) -> Vectors:
        raise AssertionError("nobody asks while documents are embedded")

    def unseen_tokens(self, texts: Sequence[str]) -> tuple[int, ...]:
        return tuple(max(0, len(text) - 100) for text in texts)


def chunks(count: int) -> tuple[Chunk, ...]:
    parts = [
        part for n in range(count) for part in (Heading(plain(f"H{n}"), 1), Paragraph(plain("w " * (1 + n * 7 % 50))))
    ]
    return chunk_document(write(parts, "test/1"), VersionInfo(VersionKey("d", "1"), "Title", Language.EN))


def test_each_row_is_the_vector_of_its_chunk() -> None:
    made = chunks(150)
    built = build_segment(made, LengthEmbedder())
    assert built.chunks == made
    assert built.embedder_id == "length/2"
    assert built.vectors.dtype == np.float32
    assert built.vectors[:, 0].tolist() == [len(chunk.indexed_text) for chunk in made]


def test_batches_hold_texts_of_like_length() -> None:
    embedder = LengthEmbedder()
    build_segment(chunks(150), embedder)
    lengths = [length for batch in embedder.batches for length in batch]
    assert lengths == sorted(lengths)
    assert max(map(len, embedder.batches)) <= BATCH


def test_progress_is_told_after_each_batch() -> None:
    told: list[tuple[int, int]] = []
    build_segment(chunks(BATCH + 1), LengthEmbedder(), lambda done, total: told.append((done, total)))
    assert told == [(BATCH, BATCH + 1), (BATCH + 1, BATCH + 1)]


def test_no_chunks_make_no_rows() -> None:
    built = build_segment((), LengthEmbedder())
    assert built.vectors.shape == (0, 2)


def test_known_texts_keep_their_vectors_and_only_the_others_are_embedded() -> None:
    made, embedder = chunks(10), LengthEmbedder()
    known = {chunk.indexed_text: np.array([-1, n], dtype=np.float32) for n, chunk in enumerate(made) if n % 2}
    built = build_segment(made, embedder, known=known)
    assert built.vectors[1::2].tolist() == [[-1, n] for n in range(1, 10, 2)]
    assert built.vectors[::2, 0].tolist() == [len(chunk.indexed_text) for chunk in made[::2]]
    assert built.embedded == sum(map(len, embedder.batches)) == 5


def test_words_that_stand_twice_are_embedded_once() -> None:
    (one,), embedder = chunks(1), LengthEmbedder()
    built = build_segment((one, one), embedder)
    assert built.vectors[0].tolist() == built.vectors[1].tolist() == [len(one.indexed_text), 1]
    assert embedder.batches == [[len(one.indexed_text)]]


def test_progress_counts_what_was_known_as_done() -> None:
    made, told = chunks(3), list[tuple[int, int]]()
    known = {made[0].indexed_text: np.zeros(2, dtype=np.float32)}
    build_segment(made, LengthEmbedder(), lambda done, total: told.append((done, total)), known)
    assert told == [(1, 3), (3, 3)]


def test_chunks_the_model_does_not_see_to_the_end_are_counted() -> None:
    made = chunks(50)
    built = build_segment(made, LengthEmbedder())
    too_long = [len(chunk.indexed_text) > 100 for chunk in made]
    assert [tokens > 0 for tokens in built.unseen_tokens] == too_long
    assert 0 < built.overlong == sum(too_long) < 50
