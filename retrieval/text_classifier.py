"""Which of a few labels a short text carries, read by the packaged encoder with what was learned beside it.

English, and Chinese by rows for its characters (both scripts folded to one). It runs without torch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import TextClassifierUnavailable
from retrieval.models import ModelFolder
from retrieval.tokens import normalise

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MOST = 128  # tokens that are read; a question has 18, one in a hundred 45
LABELS = "labels"  # in the file's metadata, a JSON list in the order of the scores

Run = Callable[[tuple[Sequence[int], Sequence[int]]], NDArray[np.float32]]


class TextClassifier:
    """The classifier in ``file`` over the weights of ``model``; loaded with the first text. Safe to share."""

    def __init__(self, model: ModelFolder, file: Path) -> None:
        self._model = model
        self._file = file
        self._loading = Lock()

    def labels(self, text: str) -> frozenset[str]:
        """The labels that are likelier than not, each judged by itself; none of an empty text.

        Raises:
            TextClassifierUnavailable: the model's files cannot be read.
        """
        if not text.strip():
            return frozenset()
        with self._loading:
            tokenizer, names, run = self._loaded
        scores = run(tokens_of(tokenizer, text))
        return frozenset(name for name, score in zip(names, scores, strict=True) if score > 0)

    def warm_up(self) -> None:
        """Load what it needs; what is wrong with it shows with a text."""
        with suppress(TextClassifierUnavailable), self._loading:
            _ = self._loaded

    @cached_property
    def _loaded(self) -> tuple[Tokenizer, Sequence[str], Run]:
        try:
            return _load(self._model, self._file)
        except Exception as error:  # each of the libraries has errors of its own
            raise TextClassifierUnavailable(f"no text can be read for its meaning by {self._file}: {error}") from error


def _load(model: ModelFolder, file: Path) -> tuple[Tokenizer, Sequence[str], Run]:
    from retrieval.bert.reader import ReaderFile  # loads ONNX Runtime: half a second

    kept = ReaderFile(model.path, file)
    tokenizer = kept.tokenizer()
    run = kept.runner(lambda sentence: tokens_of(tokenizer, sentence), threads=1)
    return tokenizer, json.loads(kept.metadata[LABELS]), run


def tokens_of(tokenizer: Tokenizer, text: str) -> tuple[Sequence[int], Sequence[int]]:
    """The ids and marks of a text as it is read; there is one kind of mark."""
    ids = tokenizer.encode(normalise(text)).ids
    kept = ids if len(ids) <= MOST else [*ids[: MOST - 1], ids[-1]]
    return kept, [0] * len(kept)
