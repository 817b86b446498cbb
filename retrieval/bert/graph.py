"""A BERT encoder's weights as an ONNX graph that ends in a unit vector: mean over the tokens of one text, length one.

The graph is put together from the weights as they are published, with the fused operators that ONNX Runtime has for
this family of models. Nothing is traced, so neither torch nor a stored export is needed, and dropout cannot be left on.
It takes one text at a time: nothing is padded, nothing masked, and no vector depends on the texts beside it.

BERT: Devlin et al. 2019, arXiv:1810.04805. Operators: ONNX Runtime, docs/ContribOperators.md.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper
from safetensors.numpy import load_file

from retrieval.bert.adapter import adapted

FUSED = "com.microsoft"
OPSETS = (("", 17), (FUSED, 1))
IR_VERSION = 9
IDS, VECTORS = "input_ids", "vectors"
MARKS, SCORES = "marks", "scores"

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Shape:
    """The sizes of a model. ``epsilon`` is added to a variance before its root is taken."""

    layers: int
    heads: int
    width: int
    epsilon: float


@dataclass(frozen=True)
class Dense:
    """A dense layer: ``weight`` of shape (in, out), ``bias`` of shape (out,); ``name`` is its place in the model."""

    name: str
    weight: Matrix
    bias: Matrix


@dataclass(frozen=True)
class Head:
    """What turns an encoder into a reader: its first ``layers``, and scores of all it has read together.

    ``words`` are rows for tokens beyond its vocabulary, ``marks`` what is added to a token by its mark, shapes (n,
    width); ``weight`` has shape (width, scores), ``bias`` (scores,).
    """

    layers: int
    words: Matrix
    marks: Matrix
    weight: Matrix
    bias: Matrix


class BertGraph:
    """The model in a folder (config.json, model.safetensors), changed by an ``adapter``, in single precision.

    Input ``input_ids``, int32 of shape (1, tokens); output ``vectors``, float32 of shape (1, width). With a ``head``
    there is a second input of that shape, ``marks``, and the output is ``scores``, shape (1, scores).

    Raises:
        OSError: a file is missing. ValueError: the model is of another family. KeyError: a weight is missing.
    """

    def __init__(self, folder: Path, adapter: Path | None = None, head: Head | None = None) -> None:
        shape = _shape(folder)
        self.shape = replace(shape, layers=head.layers) if head else shape
        self._head = head
        weights: dict[str, Matrix] = load_file(folder / "model.safetensors")
        self._weights = adapted(weights, adapter) if adapter else weights
        self._nodes: list[NodeProto] = []
        self._tensors: dict[str, NDArray[np.generic]] = {}
        self.fed: dict[str, str] = {}  # dense layer -> the value that it reads

    def serialised(self, shown: Sequence[str] = ()) -> bytes:
        """The whole ONNX model, with the values that the ``shown`` dense layers read as outputs of their own."""
        self._nodes.clear()
        value = self._embedded()
        for layer in range(self.shape.layers):
            value = self._layer(f"encoder.layer.{layer}", value)
        outputs = [self._scored(value, self._head) if self._head else self._pooled(value)]
        for name in shown:
            outputs.append(helper.make_tensor_value_info(self.fed[name], TensorProto.FLOAT, None))
        graph = helper.make_graph(
            self._nodes,
            "bert",
            [helper.make_tensor_value_info(name, TensorProto.INT32, [1, "tokens"]) for name in self._inputs],
            outputs,
            [numpy_helper.from_array(tensor, name) for name, tensor in self._tensors.items()],
        )
        opsets = [helper.make_opsetid(*opset) for opset in OPSETS]
        return bytes(helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION).SerializeToString())

    def multiplied(self, layer: Dense, value: str) -> str:
        """``value`` times the layer's weight, its bias not added: the one place where precision is lost or kept."""
        self.fed[layer.name] = value
        return self.node("MatMul", [value, self.tensor(f"{layer.name}.weight", layer.weight)], f"{layer.name}.product")

    def risen(self, up: Dense, down: Dense, value: str) -> str:
        """The two dense layers between which a block is wide, GELU between them; the second one's bias not added."""
        inner = self.fused("BiasGelu", [self.multiplied(up, value), self.tensor(f"{up.name}.bias", up.bias)], up.name)
        return self.multiplied(down, inner)

    @property
    def _inputs(self) -> tuple[str, ...]:
        return (IDS, MARKS) if self._head else (IDS,)

    def _embedded(self) -> str:
        kind = self._weights["embeddings.token_type_embeddings.weight"][0]  # one text at a time: all tokens are of it
        positions = self._weights["embeddings.position_embeddings.weight"] + kind
        words, marks = self._weights["embeddings.word_embeddings.weight"], ("", "")
        if self._head:
            words, marks = np.concatenate([words, self._head.words]), (MARKS, self.tensor("marked", self._head.marks))
        norm = (f"embeddings.LayerNorm.{part}" for part in ("weight", "bias"))
        tables = self.tensor("words", words), self.tensor("positions", positions)
        inputs = [IDS, marks[0], *tables, marks[1], *(self.tensor(name, self._weights[name]) for name in norm)]
        self.fused("EmbedLayerNormalization", inputs, "embedded", "unmasked", epsilon=self.shape.epsilon)
        return "embedded"

    def _layer(self, name: str, value: str) -> str:
        after = self._dense(f"{name}.attention.output.dense")
        attended = self.multiplied(after, self._attended(f"{name}.attention.self", value))
        value = self._joined(f"{name}.attention.output", [attended, after.bias, value])
        up, down = self._dense(f"{name}.intermediate.dense"), self._dense(f"{name}.output.dense")
        return self._joined(f"{name}.output", [self.risen(up, down, value), down.bias, value])

    def _attended(self, name: str, value: str) -> str:
        parts = [self._dense(f"{name}.{part}") for part in ("query", "key", "value")]
        weight = np.concatenate([part.weight for part in parts], axis=1)
        joined = Dense(name, weight, np.concatenate([part.bias for part in parts]))
        widths = self.tensor("widths", np.full(len(parts), self.shape.width, dtype=np.int64))
        values = [f"{part.name}.value" for part in parts]
        self.node("Split", [self.multiplied(joined, value), widths], *values, axis=-1)
        inputs = [*values, self.tensor(f"{name}.bias", joined.bias)]
        return self.fused("MultiHeadAttention", inputs, f"{name}.attended", num_heads=self.shape.heads)

    def _joined(self, name: str, summands: Sequence[str | Matrix]) -> str:
        """The sum, normalised. ONNX Runtime's fused operator for it takes twice as long on a processor as its parts."""
        total, *others = (
            one if isinstance(one, str) else self.tensor(f"{name}.dense.bias", one) for one in reversed(summands)
        )  # the narrow ones first: the product is read last, once
        for number, other in enumerate(others):
            total = self.node("Add", [total, other], f"{name}.sum.{number}")
        mean = self.node("ReduceMean", [total], f"{name}.mean", axes=[-1])
        around = self.node("Sub", [total, mean], f"{name}.around")
        squares = self.node("ReduceSumSquare", [around], f"{name}.squares", axes=[-1])
        width, epsilon = np.float32(self.shape.width), np.float32(self.shape.epsilon)
        # the root of (squares / width + epsilon), with one operation less
        scaled = self.node("Add", [squares, self.tensor("epsilon", width * epsilon)], f"{name}.scaled")
        spread = self.node("Sqrt", [scaled], f"{name}.spread")
        unit = self.node("Div", [around, spread], f"{name}.unit")
        gain = self._weights[f"{name}.LayerNorm.weight"] * np.sqrt(width)
        grown = self.node("Mul", [unit, self.tensor(f"{name}.gain", gain)], f"{name}.grown")
        shift = self.tensor(f"{name}.shift", self._weights[f"{name}.LayerNorm.bias"])
        return self.node("Add", [grown, shift], f"{name}.normalised")

    def _pooled(self, value: str) -> ValueInfoProto:
        """The sum over the tokens: its direction is that of their mean, and only the direction is kept."""
        total = self.node("ReduceSum", [value, self.tensor("axis", np.array([1]))], "total", keepdims=0)
        self.node("LpNormalization", [total], VECTORS, axis=-1, p=2)
        return helper.make_tensor_value_info(VECTORS, TensorProto.FLOAT, [1, self.shape.width])

    def _scored(self, value: str, head: Head) -> ValueInfoProto:
        mean = self.node("ReduceMean", [value], "mean", axes=[1], keepdims=0)
        product = self.node("MatMul", [mean, self.tensor("head.weight", head.weight)], "head.product")
        self.node("Add", [product, self.tensor("head.bias", head.bias)], SCORES)
        return helper.make_tensor_value_info(SCORES, TensorProto.FLOAT, [1, len(head.bias)])

    def _dense(self, name: str) -> Dense:
        return Dense(name, self._weights[f"{name}.weight"].T, self._weights[f"{name}.bias"])

    def node(self, kind: str, inputs: Sequence[str], *outputs: str, domain: str = "", **options: Any) -> str:
        """Adds an operation; returns the name of its first value."""
        self._nodes.append(helper.make_node(kind, list(inputs), list(outputs), domain=domain, **options))
        return outputs[0]

    def fused(self, kind: str, inputs: Sequence[str], *outputs: str, **options: Any) -> str:
        """Adds one of ONNX Runtime's own operations."""
        return self.node(kind, inputs, *outputs, domain=FUSED, **options)

    def tensor(self, name: str, values: NDArray[Any] | np.generic) -> str:
        """Keeps a constant; returns its name."""
        self._tensors[name] = np.ascontiguousarray(values).reshape(np.shape(values))
        return name


def _shape(folder: Path) -> Shape:
    config = json.loads((folder / "config.json").read_text())
    if (config["model_type"], config["hidden_act"], config["position_embedding_type"]) != ("bert", "gelu", "absolute"):
        raise ValueError(f"{folder} is not a BERT with GELU and absolute positions")
    return Shape(
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        width=config["hidden_size"],
        epsilon=config["layer_norm_eps"],
    )
