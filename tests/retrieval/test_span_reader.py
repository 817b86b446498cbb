from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from onnxruntime import InferenceSession
from safetensors import safe_open

from knowledge_bases.schema import Passage
from retrieval.bert.graph import IDS, MARKS, BertGraph, Head
from retrieval.bert.reader import CHARACTERS
from retrieval.errors import SpanReaderUnavailable
from retrieval.models import packaged_model
from retrieval.pair_text import Pair
from retrieval.quotable import Quotable, quotables
from retrieval.span_reader import FILE, MOST, TOKENS, SpanReader, affordable
from tests.retrieval.chunks import make_chunk

QUESTION = "How much is the annual fee of the gold card?"


@pytest.fixture(scope="module")
def reader() -> SpanReader:
    return SpanReader(packaged_model())


def span(words: str) -> Quotable:
    chunk = replace(make_chunk(words), heading_path=("Gold card",))
    return [*quotables(Passage(chunk, 1, 1.0, None, None))][-1]


ANSWER, BESIDE = span("The annual fee is HK$1,800."), span("The card may be used at machines abroad.")


def test_what_answers_is_ahead_of_what_is_beside_the_point(reader: SpanReader) -> None:
    answer, beside = reader.leads(QUESTION, [ANSWER, BESIDE])
    assert answer > beside


def test_a_question_in_chinese_is_read_too(reader: SpanReader) -> None:
    fee, address = (span(words) for words in ("金卡年費為港幣1,800元。", "客戶須於三十日內通知本行更改地址。"))
    answer, beside = reader.leads("張金卡年費幾錢？", [fee, address])
    assert answer > beside


def test_a_lead_does_not_depend_on_the_spans_beside_it(reader: SpanReader) -> None:
    assert reader.leads(QUESTION, [BESIDE, ANSWER])[1] == reader.leads(QUESTION, [ANSWER])[0]


def test_no_span_is_no_lead(reader: SpanReader) -> None:
    assert reader.leads(QUESTION, []).shape == (0,)


def test_no_more_spans_are_read_than_are_allowed(reader: SpanReader) -> None:
    assert len(reader.leads("fee", [BESIDE] * (MOST + 3))) == MOST


def test_long_spans_are_read_until_their_tokens_are_spent_and_the_first_always() -> None:
    long = Pair((1,) * (TOKENS // 2), (0,) * (TOKENS // 2))
    assert len(affordable([long] * 5)) == 2
    assert len(affordable([Pair((1,) * (TOKENS + 1), (0,) * (TOKENS + 1))])) == 1
    assert len(affordable([])) == 0


def test_the_graph_without_a_change_reads_as_its_encoder_does() -> None:
    """With marks that add nothing and a head that sums."""
    import torch
    from transformers import AutoModel

    model = AutoModel.from_pretrained(str(packaged_model().path), add_pooling_layer=False).eval()
    nothing = np.zeros((2, 384), np.float32)
    head = Head(6, nothing, nothing, np.ones((384, 1), np.float32), np.float32([0.5]))
    session = InferenceSession(BertGraph(packaged_model().path, head=head).serialised())
    ids = np.array([[101, 7408, 102]], np.int32)
    (score,) = session.run(None, {IDS: ids, MARKS: np.array([[0, 1, 0]], np.int32)})
    with torch.no_grad():
        expected = float(model(torch.from_numpy(ids).long()).last_hidden_state.mean(1).sum()) + 0.5
    assert score[0, 0] == pytest.approx(expected, abs=1e-3)


def test_the_shipped_file_is_small_and_names_its_characters() -> None:
    assert FILE.stat().st_size < 12_000_000
    with safe_open(FILE, "numpy") as kept:
        assert len(kept.metadata()[CHARACTERS]) == len(kept.get_tensor("words"))


def test_a_file_that_cannot_be_read_is_an_error_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "broken.safetensors").write_bytes(b"no")
    with pytest.raises(SpanReaderUnavailable, match="cannot be loaded"):
        SpanReader(packaged_model(), tmp_path / "broken.safetensors").leads(QUESTION, [ANSWER])
