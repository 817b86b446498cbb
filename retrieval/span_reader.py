"""Reads a question and a span together: the packaged encoder's first layers, changed, and one score for the pair.

Learned by ``eval/train_reader.py``; what changed is data (``reader.safetensors``): an adapter of low rank, rows for
Chinese characters, and what each mark of ``retrieval.pair_text`` adds to a token. It runs without torch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import SpanReaderUnavailable
from retrieval.lexicon_files import shipped_thesaurus
from retrieval.models import ModelFolder
from retrieval.pair_text import Pair, PairText
from retrieval.quotable import Quotable

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from retrieval.bert.graph import PairHead

FILE = Path(__file__).with_name("reader.safetensors")
CHARACTERS = "characters"  # in the file's metadata: the characters that its rows of words stand for, in their order
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
    from safetensors import safe_open

    from retrieval.bert.graph import PairHead
    from retrieval.onnx_sessions import onnx_session

    with safe_open(file, "numpy") as kept:
        characters = kept.metadata()[CHARACTERS]
        words, marks, weight = (kept.get_tensor(name).astype(np.float32) for name in ("words", "marks", "head"))
        layers = len({name.split(".")[2] for name in list(kept.keys()) if name.startswith("encoder.layer.")})
        head = PairHead(layers, words, marks, weight, float(kept.get_tensor("bias")[0]))
    text = PairText(tokenizer_of(model, characters), shipped_thesaurus())
    session = onnx_session(_graph(model, file, head, text), THREADS)

    def run(pair: Pair) -> float:
        inputs = {name: np.array([values], np.int32) for name, values in _inputs(pair).items()}
        return float(session.run(None, inputs)[0][0, 0])

    return text, run


def tokenizer_of(model: ModelFolder, characters: str) -> Tokenizer:
    """The model's own, which knows ``characters`` too, by the numbers after those it has."""
    from tokenizers import Tokenizer

    value = json.loads((model.path / "tokenizer.json").read_text("utf-8"))
    vocabulary = value["model"]["vocab"]
    vocabulary |= {character: number for number, character in enumerate(characters, start=len(vocabulary))}
    tokenizer = Tokenizer.from_str(json.dumps(value))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _graph(model: ModelFolder, file: Path, head: PairHead, text: PairText) -> bytes:
    """In eight bits where the processor is made for them: half the time."""
    from retrieval.bert.eight_bit import EightBitBertGraph
    from retrieval.bert.graph import BertGraph
    from retrieval.bert.hot_channels import SENTENCES, hot_channels
    from retrieval.bert.processor import multiplies_bytes

    single = BertGraph(model.path, file, head)
    if not multiplies_bytes():
        return single.serialised()
    seen = [_inputs(text.alone(sentence)) for sentence in SENTENCES]
    return EightBitBertGraph(model.path, hot_channels(single, seen), file, head).serialised()


def _inputs(pair: Pair) -> dict[str, Sequence[int]]:
    from retrieval.bert.graph import IDS, MARKS

    return {IDS: pair.ids, MARKS: pair.marks}
