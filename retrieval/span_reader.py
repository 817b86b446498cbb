"""Reads a question and a span together: the packaged encoder's first layers, changed, and one score for the pair.

Learned by ``eval/train_reader.py``; what changed is data (``reader.safetensors``): an adapter of low rank, rows for
Chinese characters, and what each mark of ``retrieval.pair_text`` adds to a token. It runs without torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import SpanReaderUnavailable
from retrieval.lexicon_files import shipped_thesaurus
from retrieval.models import ModelFolder
from retrieval.pair_text import Pair, PairText
from retrieval.quotable import Quotable

FILE = Path(__file__).with_name("reader.safetensors")
THREADS = 2
SHARE = 0.4  # of a lead, added to the score of its span
MOST = 6  # spans of a question that are read, the first
TOKENS = 350  # of all pairs of a question together: what bounds its time

Leads = NDArray[np.float64]


class SpanReader:
    """The reader in ``file`` over the weights of ``model``; loaded with the first question. Safe to share."""

    def __init__(self, model: ModelFolder, file: Path = FILE) -> None:
        self._model = model
        self._file = file
        self._loading = Lock()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="span-reader")

    def leads(self, question: str, quotables: Sequence[Quotable]) -> Leads:
        """How far each span is ahead of saying nothing; higher answers better.

        Read are the first of them, as many as ``MOST`` and ``TOKENS`` allow and at least one; shape (read,).

        Raises:
            SpanReaderUnavailable: the model's files cannot be read.
        """
        with self._loading:
            text, run = self._loaded
        pairs = affordable(text.pairs(question, quotables[:MOST]))
        return np.fromiter(self._pool.map(run, pairs), dtype=np.float64)

    def warm_up(self) -> None:
        """Load what it needs; what is wrong with it shows with a question."""
        with suppress(SpanReaderUnavailable), self._loading:
            _ = self._loaded

    @cached_property
    def _loaded(self) -> tuple[PairText, Callable[[Pair], float]]:
        try:
            return _load(self._model, self._file)
        except Exception as error:  # each of the libraries has errors of its own
            raise SpanReaderUnavailable(f"the span reader cannot be loaded from {self._file}: {error}") from error


def affordable(pairs: Sequence[Pair]) -> Sequence[Pair]:
    """The first of ``pairs`` that have ``TOKENS`` together, at least one of them."""
    lengths = accumulate(len(pair.ids) for pair in pairs)
    return pairs[: max(1, sum(length <= TOKENS for length in lengths))]


def _load(model: ModelFolder, file: Path) -> tuple[PairText, Callable[[Pair], float]]:
    from retrieval.bert.reader import ReaderFile  # loads ONNX Runtime: half a second

    kept = ReaderFile(model.path, file)
    text = PairText(kept.tokenizer(), shipped_thesaurus())
    run = kept.runner(lambda sentence: _tokens(text.alone(sentence)), THREADS)
    return text, lambda pair: float(run(_tokens(pair))[0])


def _tokens(pair: Pair) -> tuple[Sequence[int], Sequence[int]]:
    return pair.ids, pair.marks
