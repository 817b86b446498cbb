"""Models of sentence-transformers so small that a test makes them: two random layers, a tokenizer of a few texts.

They find nothing in particular; they run through all that a real model of their kind runs through.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import torch
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from tokenizers.implementations import BertWordPieceTokenizer
from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizerFast

TEXTS = (
    "The annual fee of the Gold Card is HK$1,800; it is waived in the first year. Report a lost card at any hour.",
    "金卡年費為港幣1,800元，首年豁免。如遺失信用卡，請立即致電報失。存款保障上限為港幣八十萬元。",
    "金卡年费为港币1,800元，首年豁免。如遗失信用卡，请立即致电报失。存款保障上限为港币八十万元。",
)
TOKENS, WIDTH = 128, 32
PROMPTS = {"query": "query: ", "document": "passage: "}


def make_embedding_model(
    folder: Path, texts: Sequence[str] = TEXTS, width: int = WIDTH, pooling: str = "mean", seed: int = 0
) -> Path:
    """An embedding model in ``folder``, saved as that library saves its own."""
    base = folder.parent / f"{folder.name}-transformer"
    tokenizer = _tokenizer(texts)
    torch.manual_seed(seed)
    config = _config(len(tokenizer), width)
    BertModel(config).save_pretrained(base)
    tokenizer.save_pretrained(base)
    modules = [Transformer(str(base)), Pooling(width, pooling)]
    SentenceTransformer(modules=modules, device="cpu", prompts=PROMPTS).save_pretrained(str(folder))
    return folder


def make_cross_encoder(folder: Path, texts: Sequence[str] = TEXTS, labels: int = 1) -> Path:
    """A cross-encoder in ``folder`` that gives ``labels`` numbers a pair."""
    base = folder.parent / f"{folder.name}-transformer"
    tokenizer = _tokenizer(texts)
    torch.manual_seed(0)
    config = _config(len(tokenizer), WIDTH)
    config.num_labels = labels
    BertForSequenceClassification(config).save_pretrained(base)
    tokenizer.save_pretrained(base)
    CrossEncoder(str(base), device="cpu").save_pretrained(str(folder))
    return folder


def export_graph(folder: Path) -> Path:
    """``onnx/model.onnx`` beside the weights, as models on the hub bring it."""

    class Tokens(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = BertModel.from_pretrained(folder, attn_implementation="eager", add_pooling_layer=False)

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            found: torch.Tensor = self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            return found

    graph = folder / "onnx" / "model.onnx"
    graph.parent.mkdir()
    names, ids = ["input_ids", "attention_mask"], torch.ones((1, 5), dtype=torch.int64)
    axes = {name: {0: "texts", 1: "tokens"} for name in (*names, "last_hidden_state")}
    with warnings.catch_warnings(action="ignore"):  # of what tracing does not see, and this model does not do
        torch.onnx.export(
            Tokens().eval(),
            (ids, ids),
            str(graph),
            input_names=names,
            output_names=["last_hidden_state"],
            dynamic_axes=axes,
            dynamo=False,
        )
    return graph


def _tokenizer(texts: Sequence[str]) -> BertTokenizerFast:
    trained = BertWordPieceTokenizer(lowercase=True)
    trained.train_from_iterator([*texts, *PROMPTS.values()], vocab_size=2000, min_frequency=1, show_progress=False)
    return BertTokenizerFast(tokenizer_object=trained._tokenizer, model_max_length=TOKENS)


def _config(vocabulary: int, width: int) -> BertConfig:
    return BertConfig(
        vocab_size=vocabulary,
        hidden_size=width,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=2 * width,
        max_position_embeddings=TOKENS,
    )
