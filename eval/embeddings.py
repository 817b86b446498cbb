"""Vectors kept on disk by the content of their texts, so that tuning a ranking embeds nothing twice."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from knowledge_bases.schema import Language
from retrieval.ports import Embedder, Vectors
from retrieval.storage import write_file

BATCH = 256  # texts embedded before they are kept: a run that is cut short loses no more


class KeptEmbedder:
    """``embedder`` with a memory in ``folder``, shared by test sets, baselines and later runs.

    A text embedded alone (a question put together in the course of a search) is kept with the next batch, or by
    ``keep``. Several runs may share a folder: each adds files of its own.
    """

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._embedder = embedder
        self._folder = folder / hashlib.sha256(embedder.id.encode()).hexdigest()[:16]
        self._new: dict[bytes, Vectors] = {}

    @property
    def id(self) -> str:
        return self._embedder.id

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    @property
    def reads(self) -> frozenset[Language]:
        return self._embedder.reads

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See ``Embedder.embed``."""
        keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        for start in range(0, len(missing), BATCH):
            self._learn(dict(list(missing.items())[start : start + BATCH]))
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return np.stack([self._known[key] for key in keys])

    def embed_question(self, text: str) -> Vectors:
        """As a passage, so that questions are embedded in one batch ahead; for models that make no difference."""
        vector: Vectors = self.embed([text])[0]
        return vector

    def unseen_tokens(self, texts: Sequence[str]) -> tuple[int, ...]:
        """See ``Embedder.unseen_tokens``."""
        return self._embedder.unseen_tokens(texts)

    def keep(self) -> None:
        """Write what was learned since the last time; nothing new writes nothing."""
        if not self._new:
            return
        name = hashlib.sha256(b"".join(self._new)).hexdigest()
        content = io.BytesIO()
        np.savez(content, keys=np.frombuffer(b"".join(self._new), np.uint8), vectors=np.stack([*self._new.values()]))
        write_file(self._folder / f"{name}.npz", content.getvalue())
        self._new.clear()

    def _learn(self, texts: dict[bytes, str]) -> None:
        learned = dict(zip(texts, self._embedder.embed([*texts.values()]), strict=True))
        self._known.update(learned)
        self._new.update(learned)
        if len(texts) > 1:
            self.keep()

    @cached_property
    def _known(self) -> dict[bytes, Vectors]:
        known: dict[bytes, Vectors] = {}
        for path in self._folder.glob("[!.]*.npz"):
            with np.load(path, allow_pickle=False) as kept:
                keys, vectors = kept["keys"].reshape(-1, 32), kept["vectors"]
            known.update((key.tobytes(), vector) for key, vector in zip(keys, vectors, strict=True))
        return known
