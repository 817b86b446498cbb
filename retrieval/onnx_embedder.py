"""A BERT through ONNX Runtime, without torch: torch's vectors in single precision, near ones in eight bits, sooner."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import EmbedderUnavailable
from retrieval.models import ModelFolder
from retrieval.ports import Vectors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer


REMEMBERED = 4096  # texts


class Precision(Enum):
    """How a vector is worked out."""

    SINGLE = "single"
    EIGHT_BIT = "eight_bit"


class OnnxEmbedder:
    """Runs a ``ModelFolder`` on ``threads`` processor threads; safe to share between threads, which may overlap.

    Its id is that of the same weights under torch, so that an index made by one is searched by the other: in single
    precision the vectors differ by less than 1e-6 in any place, in eight bits their cosine is above 0.998, and rankings
    hold (``docs/measurements.md``). A text is run alone: its vector never depends on the texts beside it.
    The engine is loaded with the first text, not with this module.
    """

    def __init__(self, model: ModelFolder, threads: int = 2, precision: Precision = Precision.SINGLE) -> None:
        self._model = model
        self._threads = threads
        self._precision = precision
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
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        engine = self._loaded()
        tokens = engine.tokens(texts)
        if self._threads == 1 or len(texts) == 1:
            return np.stack([engine.vector(ids) for ids in tokens])
        with ThreadPoolExecutor(self._threads) as pool:
            return np.stack(list(pool.map(engine.vector, tokens)))

    def unseen_tokens(self, texts: Sequence[str]) -> tuple[int, ...]:
        """See ``Embedder.unseen_tokens``.

        Raises:
            EmbedderUnavailable: the engine or the model's files cannot be loaded.
        """
        return self._loaded().unseen(texts)

    def _loaded(self) -> _Engine:
        with self._loading:  # two first questions at once must not load it twice
            return self._engine

    @cached_property
    def _engine(self) -> _Engine:
        try:
            return _load(self._model.path, self._precision)
        except Exception as error:  # each of the libraries has errors of its own
            reason = f"model {self._model.name} cannot be loaded from {self._model.path}: {error}"
            raise EmbedderUnavailable(reason) from error


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
        return tuple(max(0, self.length(text) - self.most) for text in texts)

    @cached_property
    def length(self) -> Callable[[str], int]:
        """How many tokens a text has. Remembered: cutting, embedding and storing a document ask of the same texts."""
        return lru_cache(maxsize=REMEMBERED)(lambda text: len(self.tokenizer.encode_batch_fast([text])[0]))

    def vector(self, tokens: Sequence[int]) -> Vectors:
        """The vector of one text, shape (dimensions,)."""
        return np.asarray(self.session.run(None, {"input_ids": np.array([tokens], np.int32)})[0][0], dtype=np.float32)


def _load(folder: Path, precision: Precision) -> _Engine:
    from onnxruntime import InferenceSession, SessionOptions
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    options = SessionOptions()
    options.intra_op_num_threads = 1  # texts are shared out between threads, not the parts of one
    session = InferenceSession(_graph(folder, tokenizer, precision), options, providers=["CPUExecutionProvider"])
    most = json.loads((folder / "sentence_bert_config.json").read_text())["max_seq_length"]
    return _Engine(tokenizer, session, most)


def _graph(folder: Path, tokenizer: Tokenizer, precision: Precision) -> bytes:
    from retrieval.bert.eight_bit import EightBitBertGraph
    from retrieval.bert.graph import BertGraph
    from retrieval.bert.hot_channels import SENTENCES, hot_channels

    if precision is Precision.SINGLE:
        return BertGraph(folder).serialised()
    sentences = [encoded.ids for encoded in tokenizer.encode_batch_fast(list(SENTENCES))]
    return EightBitBertGraph(folder, hot_channels(folder, sentences)).serialised()
