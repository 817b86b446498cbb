"""Text -> unit vectors: any model of sentence-transformers, and a deterministic twin for tests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import EmbedderUnavailable
from retrieval.models import ModelFolder
from retrieval.ports import Vectors
from retrieval.tokens import terms

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class SentenceTransformerEmbedder:
    """A sentence-transformers model in a local folder; nothing is ever downloaded.

    Torch is imported with the first text, not with this module: it costs seconds that a search by words need not wait.
    """

    def __init__(self, model: ModelFolder) -> None:
        self._folder = model

    @property
    def id(self) -> str:
        return self._folder.embedder_id

    @property
    def dimensions(self) -> int:
        return self._folder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See ``Embedder.embed``; what lies past the model's last token is not seen (``unseen_tokens``).

        Raises:
            EmbedderUnavailable: the model's files cannot be read.
        """
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        encoded = self._model.encode(
            list(texts), batch_size=32, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(encoded, dtype=np.float32)

    def unseen_tokens(self, texts: Sequence[str]) -> tuple[int, ...]:
        """See ``Embedder.unseen_tokens``.

        Raises:
            EmbedderUnavailable: the model's files cannot be read.
        """
        most = self._model.max_seq_length
        if most is None or not texts:
            return (0,) * len(texts)
        encoded = self._model.tokenizer(list(texts), truncation=False, verbose=False)["input_ids"]
        return tuple(max(0, len(ids) - most) for ids in encoded)

    @cached_property
    def _model(self) -> SentenceTransformer:
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils.logging import disable_progress_bar

            disable_progress_bar()  # type: ignore[no-untyped-call]  # a server's log is no terminal
            return SentenceTransformer(str(self._folder.path), device="cpu", local_files_only=True)
        except (ImportError, OSError, ValueError) as error:
            reason = f"model {self._folder.name} cannot be loaded from {self._folder.path}: {error}"
            raise EmbedderUnavailable(reason) from error


class HashingEmbedder:
    """Each term votes for a direction fixed by its hash: texts that share terms are near. For tests; no model."""

    def __init__(self, dimensions: int = 64) -> None:
        self._dimensions = dimensions

    @property
    def id(self) -> str:
        return f"hashing@1/{self._dimensions}"

    @property
    def dimensions(self) -> int:
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See ``Embedder.embed``; a text without terms points along the first axis."""
        vectors = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for term in terms(text):
                vector += self._direction(term)
            if not vector.any():
                vector[0] = 1.0
            vector /= np.linalg.norm(vector)
        return vectors

    def unseen_tokens(self, texts: Sequence[str]) -> tuple[int, ...]:
        """See ``Embedder.unseen_tokens``; every term votes."""
        return (0,) * len(texts)

    def _direction(self, term: str) -> Vectors:
        seed = int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "big")
        return np.random.default_rng(seed).standard_normal(self._dimensions).astype(np.float32)
