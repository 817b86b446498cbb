from __future__ import annotations

import numpy as np
import pytest

from eval.encoder_network import EncoderNetwork
from eval.masked_words import LONGEST, MARKERS, MASK, Hidden, _pieces, _said, read_on
from retrieval.bert.reader import ReaderFile
from retrieval.models import packaged_model
from retrieval.pair_text import Pair
from retrieval.span_reader import FILE as SPAN_READER
from retrieval.text_classifier import tokens_of

LINES = ("年利率是四厘二", "The annual fee is waived.", "冷靜期有廿一日", "保費可以退回") * 8


@pytest.fixture(scope="module")
def texts() -> list[Pair]:
    tokenizer = ReaderFile(packaged_model().path, SPAN_READER).tokenizer()
    return [Pair(*map(tuple, tokens_of(tokenizer, line))) for line in LINES]


def test_only_words_are_hidden_and_what_belongs_there_is_told(texts: list[Pair]) -> None:
    hidden = Hidden(texts, np.random.default_rng(0))
    for _ in range(3):
        read, places, tokens = hidden.next()
        assert all(token >= MARKERS for token in tokens)
        told = dict(zip(places, tokens, strict=True))
        whole = [[told.get((n, at), token) for at, token in enumerate(text.ids)] for n, text in enumerate(read)]
        assert {tuple(ids) for ids in whole} <= {text.ids for text in texts}
        assert any(MASK in text.ids for text in read)


def test_something_is_told_of_every_line(texts: list[Pair]) -> None:
    read, places, _ = Hidden(texts, np.random.default_rng(1)).next()
    assert {line for line, _ in places} == set(range(len(read)))


def test_hidden_words_surprise_less_the_more_is_read(texts: list[Pair]) -> None:
    words = ReaderFile(packaged_model().path, SPAN_READER).head().words
    network = EncoderNetwork(packaged_model().path, words, marks=1, scores=1)
    first = read_on(network, texts, steps=1)
    assert read_on(network, texts, steps=12) < first


def test_a_long_line_is_read_in_pieces_and_nothing_is_lost() -> None:
    text = "利率" * 150
    assert "".join(_pieces(text)) == text
    assert all(len(piece) <= LONGEST[True] for piece in _pieces(text))


def test_of_a_set_only_what_is_said_is_read() -> None:
    assert list(_said({"id": "en-1", "kind": "rate", "rows": [{"text": "The fee is nil."}, {"n": 3}]})) == [
        "The fee is nil."
    ]
