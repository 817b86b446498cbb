"""Small changes to the dense layers of a BERT, learned and kept beside its weights: an adapter of low rank.

Hu et al., LoRA: Low-Rank Adaptation of Large Language Models (2021), arXiv:2106.09685. Once added the changes cost
nothing: the adapted model is as large and as fast as the one before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

Matrix = NDArray[np.float32]
DOWN, UP = "down", "up"
LAYERS = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)  # of each layer of the encoder


def adapted(weights: Mapping[str, Matrix], adapter: Path) -> dict[str, Matrix]:
    """``weights`` by their names in the model, those of the adapter's layers changed by ``up @ down``.

    What else is in its file is left alone.

    Raises:
        OSError: there is no such file. KeyError, ValueError: it was learned for another model.
    """
    changes = load_file(adapter)
    changed = dict(weights)
    for layer in (name.removesuffix(f".{DOWN}") for name in changes if name.endswith(f".{DOWN}")):
        down, up = (changes[f"{layer}.{part}"].astype(np.float32) for part in (DOWN, UP))
        changed[f"{layer}.weight"] = weights[f"{layer}.weight"] + up @ down
    return changed
