"""Text -> unit vectors: any model of sentence-transformers, and a deterministic twin for tests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from knowledge_bases.schema import Language
from retrieval.bert.adapter import adapted
from retrieval.errors import EmbedderUnavailable
from retrieval.families import ENGLISH
from retrieval.models import ModelFolder
from retrieval.ports import Vectors
from retrieval.tokens import terms

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH = {"cpu": 32, "cuda": 128}  # texts; an H200 embeds 2,600 passages a second by 32, 4,250 by 128, 3,900 by 512


class SentenceTransformerEmbedder:
    """A sentence-transformers model in a local folder, on the GPU where there is one. Safe to share between threads.

    Torch is imported with the first text, not with this module: it costs seconds that a search by words need not wait.
    """

    def __init__(self, model: ModelFolder) -> None:
        self._folder = model
        self._loading = Lock()

    @property
    def id(self) -> str:
        return self._folder.embedder_id

    @property
    def dimensions(self) -> int:
        return self._folder.dimensions

    @property
    def reads(self) -> frozenset[Language]:
        return self._folder.reads

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See ``Embedder.embed``; what lies past the model's last token is not seen (``unseen_tokens``).

        Raises:
            EmbedderUnavailable: the model's files cannot be read.
        """
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return self._encoded(texts, self._folder.passage_prefix)

    def embed_question(self, text: str) -> Vectors:
        """See ``Embedder.embed_question``.

        Raises:
            EmbedderUnavailable: the model's files cannot be read.
        """
        vector: Vectors = self._encoded([text], self._folder.query_prefix)[0]
        return vector

    def unseen_tokens(self, texts: Sequence[str]) -> tuple[int, ...]:
        """See ``Embedder.unseen_tokens``.

        Raises:
            EmbedderUnavailable: the model's files cannot be read.
        """
        model = self._loaded()
        most = model.max_seq_length
        if most is None or not texts:
            return (0,) * len(texts)
        whole = [self._folder.passage_prefix + text for text in texts]
        encoded = model.tokenizer(whole, truncation=False, verbose=False)["input_ids"]
        return tuple(max(0, len(ids) - most) for ids in encoded)

    def _encoded(self, texts: Sequence[str], prefix: str) -> Vectors:
        model = self._loaded()
        encoded = model.encode(
            list(texts),
            prompt=prefix or None,  # a model may pool without it, which text put before ours could not tell
            batch_size=BATCH["cuda" if model.device.type == "cuda" else "cpu"],
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(encoded, dtype=np.float32)

    def _loaded(self) -> SentenceTransformer:
        with self._loading:  # two first questions at once must not load it twice
            return self._model

    @cached_property
    def _model(self) -> SentenceTransformer:
        try:
            model = _loaded_by_torch(self._folder)
        except Exception as error:  # each of the libraries has errors of its own
            reason = f"model {self._folder.name} cannot be loaded from {self._folder.path}: {error}"
            raise EmbedderUnavailable(reason) from error
        given = model.get_embedding_dimension()
        if given != self.dimensions:
            raise EmbedderUnavailable(
                f"model {self._folder.name} in {self._folder.path} gives {given} dimensions, its files say "
                f"{self.dimensions}: fetch it again"
            )
        return model


def _loaded_by_torch(folder: ModelFolder) -> SentenceTransformer:
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]  # a server's log is no terminal
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = SentenceTransformer(str(folder.path), device=device, local_files_only=True)
    model.default_prompt_name = None  # it is among our prefixes already
    if folder.adapter:
        _change(model, folder.adapter)
    return model


def _change(model: SentenceTransformer, adapter: Path) -> None:
    import torch

    encoder: Any = model[0].auto_model
    own = encoder.state_dict()
    changed = adapted({name: value.cpu().numpy() for name, value in own.items()}, adapter)
    encoder.load_state_dict({name: torch.from_numpy(values) for name, values in changed.items()})


class HashingEmbedder:
    """Each term votes for a direction fixed by its hash: texts that share terms are near. For tests; no model."""

    def __init__(self, dimensions: int = 64, reads: frozenset[Language] = ENGLISH) -> None:
        self._dimensions = dimensions
        self._reads = reads

    @property
    def id(self) -> str:
        return f"hashing@1/{self._dimensions}"

    @property
    def dimensions(self) -> int:
        return self._dimensions

    @property
    def reads(self) -> frozenset[Language]:
        return self._reads

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

    def embed_question(self, text: str) -> Vectors:
        """See ``Embedder.embed_question``; a question's terms vote as a passage's do."""
        vector: Vectors = self.embed([text])[0]
        return vector

    def unseen_tokens(self, texts: Sequence[str]) -> tuple[int, ...]:
        """See ``Embedder.unseen_tokens``; every term votes."""
        return (0,) * len(texts)

    def _direction(self, term: str) -> Vectors:
        seed = int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "big")
        return np.random.default_rng(seed).standard_normal(self._dimensions).astype(np.float32)
