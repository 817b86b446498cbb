"""A BERT encoder's weights as an ONNX graph that ends in unit vectors: mean over the tokens, length one.

The graph is put together from the weights as they are published, with the fused operators that ONNX Runtime has for
this family of models. Nothing is traced, so neither torch nor a stored export is needed, and dropout cannot be left on.

BERT: Devlin et al. 2019, arXiv:1810.04805. Operators: ONNX Runtime, docs/ContribOperators.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

FUSED = "com.microsoft"
OPSETS = (("", 17), (FUSED, 1))
IR_VERSION = 9
IDS, MASK, VECTORS = "input_ids", "mask", "vectors"

Weights = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class _Shape:
    layers: int
    heads: int
    width: int
    epsilon: float


def bert_graph(folder: Path) -> bytes:
    """The model in ``folder`` (config.json, model.safetensors) as a serialised ONNX model.

    Inputs ``input_ids`` and ``mask``, both int32 of shape (texts, tokens), padded on the right; output ``vectors``,
    float32 of shape (texts, width).

    Raises:
        OSError: a file is missing. ValueError: the model is of another family. KeyError: a weight is missing.
    """
    graph = _Graph(_shape(folder), load_file(folder / "model.safetensors"))
    return graph.finished()


def _shape(folder: Path) -> _Shape:
    config = json.loads((folder / "config.json").read_text())
    if (config["model_type"], config["hidden_act"], config["position_embedding_type"]) != ("bert", "gelu", "absolute"):
        raise ValueError(f"{folder} is not a BERT with GELU and absolute positions")
    return _Shape(
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        width=config["hidden_size"],
        epsilon=config["layer_norm_eps"],
    )


class _Graph:
    """Collects nodes and the tensors they read; values are named after the weights that make them."""

    def __init__(self, shape: _Shape, weights: Weights) -> None:
        self._shape = shape
        self._weights = weights
        self._nodes: list[NodeProto] = []
        self._tensors: dict[str, NDArray[np.generic]] = {}

    def finished(self) -> bytes:
        """The whole model; to be called once."""
        value = self._embedded()
        for layer in range(self._shape.layers):
            value = self._layer(f"encoder.layer.{layer}", value)
        self._pooled(value)
        graph = helper.make_graph(
            self._nodes,
            "bert",
            [helper.make_tensor_value_info(name, TensorProto.INT32, ["texts", "tokens"]) for name in (IDS, MASK)],
            [helper.make_tensor_value_info(VECTORS, TensorProto.FLOAT, ["texts", self._shape.width])],
            [numpy_helper.from_array(tensor, name) for name, tensor in self._tensors.items()],
        )
        opsets = [helper.make_opsetid(*opset) for opset in OPSETS]
        return bytes(helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION).SerializeToString())

    def _embedded(self) -> str:
        kind = self._weights["embeddings.token_type_embeddings.weight"][0]  # one text at a time: all tokens are of it
        positions = self._weights["embeddings.position_embeddings.weight"] + kind
        inputs = [
            *(IDS, "", self._same("embeddings.word_embeddings.weight"), self._tensor("positions", positions), ""),
            *(self._same("embeddings.LayerNorm.weight"), self._same("embeddings.LayerNorm.bias"), MASK),
        ]
        self._fused("EmbedLayerNormalization", inputs, ["embedded", "lengths"], epsilon=self._shape.epsilon)
        return "embedded"

    def _layer(self, name: str, value: str) -> str:
        attended = self._attended(f"{name}.attention.self", value)
        value = self._residual(f"{name}.attention.output", attended, value)
        inner = f"{name}.intermediate.dense"
        self._fused("BiasGelu", [self._product(inner, value), self._same(f"{inner}.bias")], [f"{inner}.gelu"])
        return self._residual(f"{name}.output", f"{inner}.gelu", value)

    def _attended(self, name: str, value: str) -> str:
        parts = [f"{name}.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([self._weights[f"{part}.weight"].T for part in parts], axis=1)
        bias = np.concatenate([self._weights[f"{part}.bias"] for part in parts])
        inputs = [value, self._tensor(f"{name}.weight", weight), self._tensor(f"{name}.bias", bias), "lengths"]
        return self._fused("Attention", inputs, [f"{name}.out"], num_heads=self._shape.heads)

    def _residual(self, name: str, value: str, before: str) -> str:
        """A dense layer, its input's input added, normalised."""
        norm = [self._same(f"{name}.LayerNorm.weight"), self._same(f"{name}.LayerNorm.bias")]
        inputs = [self._product(f"{name}.dense", value), before, *norm, self._same(f"{name}.dense.bias")]
        return self._fused("SkipLayerNormalization", inputs, [f"{name}.out"], epsilon=self._shape.epsilon)

    def _pooled(self, value: str) -> None:
        """The sum over the tokens: its direction is that of their mean, and only the direction is kept."""
        axis = self._tensor("axis", np.array([1], dtype=np.int64))
        self._nodes += [
            helper.make_node("Cast", [MASK], ["weights"], to=TensorProto.FLOAT),
            helper.make_node("Unsqueeze", ["weights", axis], ["row"]),
            helper.make_node("MatMul", ["row", value], ["sums"]),
            helper.make_node("Squeeze", ["sums", axis], ["sum"]),
            helper.make_node("LpNormalization", ["sum"], [VECTORS], axis=-1, p=2),
        ]

    def _product(self, name: str, value: str) -> str:
        weight = self._tensor(f"{name}.weight", self._weights[f"{name}.weight"].T)
        self._nodes.append(helper.make_node("MatMul", [value, weight], [f"{name}.product"]))
        return f"{name}.product"

    def _fused(self, kind: str, inputs: list[str], outputs: list[str], **options: Any) -> str:
        self._nodes.append(helper.make_node(kind, inputs, outputs, domain=FUSED, **options))
        return outputs[0]

    def _same(self, name: str) -> str:
        return self._tensor(name, self._weights[name])

    def _tensor(self, name: str, tensor: NDArray[np.generic]) -> str:
        self._tensors[name] = np.ascontiguousarray(tensor)
        return name
