"""The same encoder with its dense layers in eight bits: about twice the texts a second, vectors a thousandth off.

Weights are rounded column by column, what a layer reads is rounded as it comes. A few channels of a trained encoder run
hot, ten times as high as the rest, and would stretch the steps of all: these stay in single precision.

Dettmers et al. 2022, LLM.int8(), arXiv:2208.07339 (outlier channels); which ones they are is measured, see
``retrieval.bert.hot_channels``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.bert.graph import BertGraph, Dense, Head, Matrix

Channels = NDArray[np.int64]
NONE: Channels = np.array([], dtype=np.int64)


class EightBitBertGraph(BertGraph):
    """``hot``: the channels, by the name of the dense layer that reads them, that stay in single precision."""

    def __init__(
        self, folder: Path, hot: Mapping[str, Channels], adapter: Path | None = None, head: Head | None = None
    ) -> None:
        super().__init__(folder, adapter, head)
        self._hot = hot

    def multiplied(self, layer: Dense, value: str) -> str:
        """See ``BertGraph.multiplied``."""
        hot = self._hot.get(layer.name, NONE)
        if not len(hot):
            return self._rounded(layer, value)
        cool = np.ones(len(layer.weight), dtype=np.float32)
        cool[hot] = 0
        rest = self.node("Mul", [value, self.tensor(f"{layer.name}.cool", cool)], f"{layer.name}.rest")
        chosen = self.node("Gather", [value, self.tensor(f"{layer.name}.hot", hot)], f"{layer.name}.few", axis=-1)
        exact = self._exact(layer.name, chosen, layer.weight[hot])
        return self.node("Add", [self._rounded(layer, rest), exact], f"{layer.name}.product")

    def risen(self, up: Dense, down: Dense, value: str) -> str:
        """See ``BertGraph.risen``. What ``down`` reads hot never enters the wide value: no pass to take it out."""
        hot = self._hot.get(down.name, NONE)
        cool = np.setdiff1d(np.arange(len(down.weight)), hot)
        bias = self.tensor(f"{up.name}.bias", up.bias[cool])
        inner = self.fused("BiasGelu", [self.multiplied(_columns(up, cool), value), bias], up.name)
        rest = self._rounded(Dense(down.name, down.weight[cool], down.bias), inner)
        if not len(hot):
            return rest
        few = _columns(up, hot)
        inner = self._exact(f"{up.name}.apart", value, few.weight)
        inner = self.fused("BiasGelu", [inner, self.tensor(f"{up.name}.apart.bias", few.bias)], f"{up.name}.apart")
        exact = self._exact(f"{down.name}.apart", inner, down.weight[hot])
        return self.node("Add", [rest, exact], f"{down.name}.product")

    def _rounded(self, layer: Dense, value: str) -> str:
        steps = np.maximum(np.abs(layer.weight).max(axis=0), np.finfo(np.float32).tiny) / 127
        inputs = [
            value,
            self.tensor(f"{layer.name}.levels", np.rint(layer.weight / steps).astype(np.int8)),
            self.tensor(f"{layer.name}.steps", steps.astype(np.float32)),
            self.tensor(f"{layer.name}.zeros", np.zeros(len(steps), dtype=np.int8)),
        ]
        return self.fused("DynamicQuantizeMatMul", inputs, f"{layer.name}.rounded")

    def _exact(self, name: str, value: str, weight: Matrix) -> str:
        return self.node("MatMul", [value, self.tensor(f"{name}.exact", weight)], f"{name}.exact.product")


def _columns(layer: Dense, chosen: Channels) -> Dense:
    return Dense(layer.name, layer.weight[:, chosen], layer.bias[chosen])
