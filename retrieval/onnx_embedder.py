"""The packaged model through ONNX Runtime in single precision: torch's vectors without torch."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.errors import EmbedderUnavailable
from retrieval.models import ModelFolder
from retrieval.ports import Vectors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

BATCH_TOKENS = 2048  # padding included; larger batches leave the processor's cache and are slower


class OnnxEmbedder:
    """Runs a ``ModelFolder`` on ``threads`` processor threads; safe to share between threads, which may overlap.

    Its id is that of the same weights under torch: the vectors differ by less than 1e-6 in any place
    (``tests/retrieval/test_onnx_embedder.py``), so that an index made by one is searched by the other.
    The engine is loaded with the first text, not with this module.
    """

    def __init__(self, model: ModelFolder, threads: int = 2) -> None:
        self._model = model
        self._threads = threads
        self._loading = Lock()

    @property
    def id(self) -> str:
        return self._model.embedder_id

    @property
    def dimensions(self) -> int:
        return self._model.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See ``Embedder.embed``; what lies past the model's last token is not seen (``unseen_tokens``).

        Raises:
            EmbedderUnavailable: the engine or the model's files cannot be loaded.
        """
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        if not texts:
            return vectors
        with self._loading:  # two first questions at once must not load it twice
            engine = self._engine
        tokens = engine.tokens(texts)
        for rows in batches([len(text) for text in tokens]):
            vectors[rows] = engine.vectors([tokens[row] for row in rows])
        return vectors

    def unseen_tokens(self, texts: Sequence[str]) -> tuple[int, ...]:
        """See ``Embedder.unseen_tokens``.

        Raises:
            EmbedderUnavailable: the engine or the model's files cannot be loaded.
        """
        with self._loading:
            engine = self._engine
        return engine.unseen(texts)

    @cached_property
    def _engine(self) -> _Engine:
        try:
            return _load(self._model.path, self._threads)
        except Exception as error:  # each of the libraries has errors of its own
            reason = f"model {self._model.name} cannot be loaded from {self._model.path}: {error}"
            raise EmbedderUnavailable(reason) from error


def batches(lengths: Sequence[int], most: int = BATCH_TOKENS) -> Iterator[list[int]]:
    """Rows of like length, shortest first, at most ``most`` tokens a batch with padding; a longer text goes alone."""
    rows: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: lengths[row]):
        if rows and (len(rows) + 1) * lengths[row] > most:
            yield rows
            rows = []
        rows.append(row)
    if rows:
        yield rows


@dataclass(frozen=True)
class _Engine:
    """``tokenizer`` cuts nothing off; ``most`` is how many tokens the model was made to see, markers included."""

    tokenizer: Tokenizer
    session: InferenceSession
    most: int

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """The token ids the model sees; of a text too long the first ``most - 1`` and the closing marker."""
        ids: list[list[int]] = [encoded.ids for encoded in self.tokenizer.encode_batch_fast(list(texts))]
        return [text if len(text) <= self.most else [*text[: self.most - 1], text[-1]] for text in ids]

    def unseen(self, texts: Sequence[str]) -> tuple[int, ...]:
        """How many tokens of each text are cut off."""
        return tuple(max(0, len(text.ids) - self.most) for text in self.tokenizer.encode_batch_fast(list(texts)))

    def vectors(self, tokens: Sequence[Sequence[int]]) -> Vectors:
        """One run of the model; ``tokens`` of one or more texts."""
        shape = len(tokens), max(map(len, tokens))
        inputs: dict[str, Any] = {"input_ids": np.zeros(shape, np.int32), "mask": np.zeros(shape, np.int32)}
        for row, text in enumerate(tokens):
            inputs["input_ids"][row, : len(text)] = text
            inputs["mask"][row, : len(text)] = 1
        return np.asarray(self.session.run(None, inputs)[0], dtype=np.float32)


def _load(folder: Path, threads: int) -> _Engine:
    from onnxruntime import InferenceSession, SessionOptions
    from tokenizers import Tokenizer

    from retrieval.bert_graph import bert_graph

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting threads leave it to the others
    session = InferenceSession(bert_graph(folder), options, providers=["CPUExecutionProvider"])
    most = json.loads((folder / "sentence_bert_config.json").read_text())["max_seq_length"]
    return _Engine(tokenizer, session, most)
