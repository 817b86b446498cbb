"""A reader as it is kept: what was learned beside the packaged encoder's weights, in one file, and how it is run.

The file holds an adapter of low rank for each layer, ``words`` (rows for the characters that its metadata names),
``marks``, and the head: ``head`` of shape (scores, width) and ``bias`` (scores,).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from retrieval.bert.eight_bit import EightBitBertGraph
from retrieval.bert.graph import IDS, MARKS, BertGraph, Head
from retrieval.bert.hot_channels import SENTENCES, hot_channels
from retrieval.bert.processor import multiplies_bytes
from retrieval.onnx_sessions import onnx_session

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CHARACTERS = "characters"  # in the file's metadata: the characters that its rows of words stand for, in their order

Tokens = tuple[Sequence[int], Sequence[int]]  # ids and marks, as many of the one as of the other
Scores = NDArray[np.float32]


@dataclass(frozen=True)
class ReaderFile:
    """What was learned, in ``file``, over the weights in ``folder``.

    Raises:
        OSError, KeyError, ValueError, safetensors.SafetensorError: one of them cannot be read, or is not what it was
            learned for.
    """

    folder: Path
    file: Path

    @cached_property
    def metadata(self) -> Mapping[str, str]:
        """What the file says of itself."""
        with safe_open(self.file, "numpy") as kept:
            return dict(kept.metadata())

    def tokenizer(self) -> Tokenizer:
        """The encoder's own tokenizer, which knows the file's characters too."""
        return tokenizer_of(self.folder, self.metadata[CHARACTERS])

    def head(self) -> Head:
        """What turns the encoder into this reader."""
        with safe_open(self.file, "numpy") as kept:
            words, marks, weight, bias = (
                kept.get_tensor(name).astype(np.float32) for name in ("words", "marks", "head", "bias")
            )
            layers = len({name.split(".")[2] for name in list(kept.keys()) if name.startswith("encoder.layer.")})
        return Head(layers, words, marks, np.ascontiguousarray(np.atleast_2d(weight).T), bias)

    def runner(self, tokens_of: Callable[[str], Tokens], threads: int) -> Callable[[Tokens], Scores]:
        """Reads one text at a time, for a caller that runs ``threads`` at once; ``tokens_of`` a text is what it reads.

        In eight bits where the processor is made for them: half the time.
        """
        session = onnx_session(self._graph(tokens_of), threads)

        def run(tokens: Tokens) -> Scores:
            inputs = {name: np.array([values], np.int32) for name, values in _inputs(tokens).items()}
            return np.asarray(session.run(None, inputs)[0][0], dtype=np.float32)

        return run

    def _graph(self, tokens_of: Callable[[str], Tokens]) -> bytes:
        head = self.head()
        single = BertGraph(self.folder, self.file, head)
        if not multiplies_bytes():
            return single.serialised()
        seen = [_inputs(tokens_of(sentence)) for sentence in SENTENCES]
        return EightBitBertGraph(self.folder, hot_channels(single, seen), self.file, head).serialised()


def tokenizer_of(folder: Path, characters: str) -> Tokenizer:
    """The tokenizer in ``folder``, which knows ``characters`` too, by the numbers after those it has."""
    from tokenizers import Tokenizer

    value = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    vocabulary = value["model"]["vocab"]
    vocabulary |= {character: number for number, character in enumerate(characters, start=len(vocabulary))}
    tokenizer = Tokenizer.from_str(json.dumps(value))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _inputs(tokens: Tokens) -> dict[str, Sequence[int]]:
    return {IDS: tokens[0], MARKS: tokens[1]}
