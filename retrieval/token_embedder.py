"""What the embedders that run without torch share: a text's tokens, cut to what the model sees, run alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from knowledge_bases.schema import Language
from retrieval.errors import EmbedderUnavailable
from retrieval.models import ModelFolder
from retrieval.ports import Vectors

if TYPE_CHECKING:
    from tokenizers import Tokenizer


REMEMBERED = 4096  # texts


@dataclass(frozen=True)
class Engine:
    """``tokenizer`` cuts nothing off; ``most`` is how many tokens the model was made to see, markers included.

    ``run`` turns the tokens of one text into its vector, shape (dimensions,), of length 1.
    """

    tokenizer: Tokenizer
    run: Callable[[Sequence[int]], Vectors]
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


class TokenEmbedder:
    """Runs ``model`` on ``threads`` processor threads; safe to share between threads, which may overlap.

    A text is run alone: its vector never depends on the texts beside it. The engine is loaded with the first text.
    """

    def __init__(self, model: ModelFolder, threads: int, load: Callable[[], Engine]) -> None:
        self._model = model
        self._threads = threads
        self._load = load
        self._loading = Lock()

    @property
    def id(self) -> str:
        return self._model.embedder_id

    @property
    def dimensions(self) -> int:
        return self._model.dimensions

    @property
    def reads(self) -> frozenset[Language]:
        return self._model.reads

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See ``Embedder.embed``; what lies past the model's last token is not seen (``unseen_tokens``).

        Raises:
            EmbedderUnavailable: the engine or the model's files cannot be loaded.
        """
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        engine = self._loaded()
        tokens = engine.tokens(self._as_passages(texts))
        if self._threads == 1 or len(texts) == 1:
            return np.stack([engine.run(ids) for ids in tokens])
        with ThreadPoolExecutor(self._threads) as pool:
            return np.stack(list(pool.map(engine.run, tokens)))

    def embed_question(self, text: str) -> Vectors:
        """See ``Embedder.embed_question``.

        Raises:
            EmbedderUnavailable: the engine or the model's files cannot be loaded.
        """
        engine = self._loaded()
        return engine.run(engine.tokens([self._model.query_prefix + text])[0])

    def unseen_tokens(self, texts: Sequence[str]) -> tuple[int, ...]:
        """See ``Embedder.unseen_tokens``.

        Raises:
            EmbedderUnavailable: the engine or the model's files cannot be loaded.
        """
        return self._loaded().unseen(self._as_passages(texts))

    def _as_passages(self, texts: Sequence[str]) -> Sequence[str]:
        prefix = self._model.passage_prefix
        return [prefix + text for text in texts] if prefix else texts

    def _loaded(self) -> Engine:
        with self._loading:  # two first questions at once must not load it twice
            return self._engine

    @cached_property
    def _engine(self) -> Engine:
        try:
            return self._load()
        except Exception as error:  # each of the libraries has errors of its own
            reason = f"model {self._model.name} cannot be loaded from {self._model.path}: {error}"
            raise EmbedderUnavailable(reason) from error
