"""A BERT through ONNX Runtime, without torch: torch's vectors in single precision, near ones in eight bits, sooner."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from retrieval.models import ModelFolder
from retrieval.onnx_sessions import onnx_session
from retrieval.ports import Vectors
from retrieval.token_embedder import Engine, TokenEmbedder

if TYPE_CHECKING:
    from tokenizers import Tokenizer


class Precision(Enum):
    """How a vector is worked out."""

    SINGLE = "single"
    EIGHT_BIT = "eight_bit"


class OnnxEmbedder(TokenEmbedder):
    """A BERT that pools by the mean, from its published weights; the packaged model is one.

    Its id is that of the same weights under torch, so that an index made by one is searched by the other: in single
    precision the vectors differ by less than 1e-6 in any place, in eight bits their cosine is above 0.998, and rankings
    hold (``docs/measurements.md``).
    """

    def __init__(self, model: ModelFolder, threads: int = 2, precision: Precision = Precision.SINGLE) -> None:
        super().__init__(model, threads, partial(_load, model, precision, threads))


def _load(model: ModelFolder, precision: Precision, threads: int) -> Engine:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(model.path / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    session = onnx_session(_graph(model, tokenizer, precision), threads)
    most = json.loads((model.path / "sentence_bert_config.json").read_text())["max_seq_length"]

    def run(tokens: Sequence[int]) -> Vectors:
        return np.asarray(session.run(None, {"input_ids": np.array([tokens], np.int32)})[0][0], dtype=np.float32)

    return Engine(tokenizer, run, most)


def _graph(model: ModelFolder, tokenizer: Tokenizer, precision: Precision) -> bytes:
    from retrieval.bert.eight_bit import EightBitBertGraph
    from retrieval.bert.graph import IDS, BertGraph
    from retrieval.bert.hot_channels import SENTENCES, hot_channels

    if precision is Precision.SINGLE:
        return BertGraph(model.path, model.adapter).serialised()
    sentences = [{IDS: encoded.ids} for encoded in tokenizer.encode_batch_fast(list(SENTENCES))]
    hot = hot_channels(BertGraph(model.path, model.adapter), sentences)
    return EightBitBertGraph(model.path, hot, model.adapter).serialised()
