"""A model through the graph that was exported of it: by ONNX Runtime or OpenVINO, without torch.

Many models on the hub bring such a graph (``onnx/model.onnx``, ``openvino/openvino_model.xml``). It gives a vector a
token; pooling follows the model's own files. What stands behind the pooling (a dense layer) is torch's work.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import EmbedderUnavailable
from retrieval.models import ModelFolder, pooling_modes
from retrieval.onnx_sessions import onnx_session
from retrieval.ports import Vectors
from retrieval.token_embedder import Engine, TokenEmbedder

Inputs = dict[str, NDArray[np.int64]]
Run = Callable[[Inputs], NDArray[np.float32]]  # -> the vectors of one text's tokens, shape (tokens, width)
MadeReady = Callable[[Path, int], tuple[Run, frozenset[str]]]  # of a graph and how many texts are run at once
GRAPHS = {"onnx": ("onnx/model.onnx",), "openvino": ("openvino/openvino_model.xml", "onnx/model.onnx")}
KNOWN_MODULES = {"Transformer", "Pooling", "Normalize"}
_POOLED: Mapping[str, Callable[[NDArray[np.float32]], NDArray[np.float32]]] = {
    "mean": lambda tokens: tokens.mean(axis=0),
    "cls": lambda tokens: tokens[0],
    "lasttoken": lambda tokens: tokens[-1],
    "max": lambda tokens: tokens.max(axis=0),
}


class ExportedEmbedder(TokenEmbedder):
    """``model`` by ``engine``, onnx or openvino. Its id is that of the same weights under torch: the vectors are alike.

    Raises:
        EmbedderUnavailable: there is no exported graph in the model's folder, or the engine is not installed.
    """

    def __init__(self, model: ModelFolder, engine: str, threads: int = 1) -> None:
        names = GRAPHS[engine]
        graph = next((model.path / name for name in names if (model.path / name).is_file()), None)
        if graph is None:
            raise EmbedderUnavailable(
                f"model {model.name} has no {' or '.join(names)} in {model.path}: export one, or set "
                "CANDOUR_EMBEDDER_ENGINE=torch"
            )
        super().__init__(model, threads, partial(_load, model, _ENGINES[engine], graph, threads))


def _load(model: ModelFolder, engine: MadeReady, graph: Path, threads: int) -> Engine:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(model.path / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    pool = _pooling(model.path)
    run, inputs = engine(graph, threads)

    def vector(tokens: Sequence[int]) -> Vectors:
        pooled = pool(run({name: value for name, value in _inputs(tokens).items() if name in inputs}))
        if pooled.shape != (model.dimensions,):
            raise ValueError(f"{graph} gives {pooled.shape}, the model's files say {model.dimensions} dimensions")
        return np.asarray(pooled / max(float(np.linalg.norm(pooled)), 1e-12), dtype=np.float32)

    return Engine(tokenizer, vector, _most_tokens(model.path))


def _inputs(tokens: Sequence[int]) -> Inputs:
    ids = np.array([tokens], dtype=np.int64)
    return {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}


def _onnx(graph: Path, threads: int) -> tuple[Run, frozenset[str]]:
    session = onnx_session(graph, threads)
    outputs = [each.name for each in session.get_outputs() if len(each.shape) == 3]
    return lambda inputs: session.run(outputs[:1], inputs)[0][0], frozenset(each.name for each in session.get_inputs())


def _openvino(graph: Path, _threads: int) -> tuple[Run, frozenset[str]]:
    try:
        import openvino
    except ImportError as error:
        raise EmbedderUnavailable("package openvino is missing: pip install 'candour[openvino]'") from error
    compiled: Any = openvino.compile_model(str(graph), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    output = next(each for each in compiled.outputs if each.partial_shape.rank.get_length() == 3)

    def run(inputs: Inputs) -> NDArray[np.float32]:
        return np.asarray(compiled.create_infer_request().infer(inputs)[output][0])

    return run, frozenset(name for each in compiled.inputs for name in each.names)


_ENGINES: Mapping[str, MadeReady] = {"onnx": _onnx, "openvino": _openvino}


def _pooling(folder: Path) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    modules = json.loads((folder / "modules.json").read_text("utf-8"))
    kinds = {each["type"].rsplit(".", 1)[-1]: each["path"] for each in modules}
    modes = pooling_modes(json.loads((folder / kinds.get("Pooling", "") / "config.json").read_text("utf-8")))
    if not kinds.keys() <= KNOWN_MODULES or len(modes) != 1 or modes[0] not in _POOLED:
        raise ValueError("only a transformer that is pooled in one way runs so; set CANDOUR_EMBEDDER_ENGINE=torch")
    return _POOLED[modes[0]]


def _most_tokens(folder: Path) -> int:
    """The least of what the model's files say: some leave it to the tokenizer, whose word for endless is huge."""
    said = [
        json.loads((folder / file).read_text("utf-8")).get(name)
        for file, name in (
            ("sentence_bert_config.json", "max_seq_length"),
            ("tokenizer_config.json", "model_max_length"),
            ("config.json", "max_position_embeddings"),
        )
        if (folder / file).is_file()
    ]
    return int(min(most for most in said if most))
