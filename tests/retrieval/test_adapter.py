from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from retrieval.bert.adapter import adapted

WEIGHTS = {"encoder.dense.weight": np.eye(3, dtype=np.float32), "encoder.norm.weight": np.ones(3, dtype=np.float32)}


def adapter(folder: Path, layer: str) -> Path:
    path = folder / "adapter.safetensors"
    down, up = np.array([[1, 0, 2]], np.float16), np.array([[0], [1], [0]], np.float16)
    save_file({f"{layer}.down": down, f"{layer}.up": up}, path)
    return path


def test_the_product_of_both_parts_is_added_to_the_layer_s_weight(tmp_path: Path) -> None:
    changed = adapted(WEIGHTS, adapter(tmp_path, "encoder.dense"))
    assert changed["encoder.dense.weight"].tolist() == [[1, 0, 0], [1, 1, 2], [0, 0, 1]]
    assert changed["encoder.dense.weight"].dtype == np.float32


def test_all_other_weights_stay_and_the_given_ones_are_not_touched(tmp_path: Path) -> None:
    changed = adapted(WEIGHTS, adapter(tmp_path, "encoder.dense"))
    assert changed["encoder.norm.weight"] is WEIGHTS["encoder.norm.weight"]
    assert WEIGHTS["encoder.dense.weight"].tolist() == np.eye(3).tolist()


def test_an_adapter_of_another_model_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        adapted(WEIGHTS, adapter(tmp_path, "decoder.dense"))


def test_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        adapted(WEIGHTS, tmp_path / "absent.safetensors")
