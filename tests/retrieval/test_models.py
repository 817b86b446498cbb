"""Any model of sentence-transformers: what its files say of it, what is known of its family, and its engines."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge_bases.schema import Language
from retrieval import hub
from retrieval.embedders import SentenceTransformerEmbedder
from retrieval.errors import EmbedderUnavailable
from retrieval.exported_embedder import ExportedEmbedder
from retrieval.families import BGE_CHINESE, BOTH, CHINESE, family_of
from retrieval.models import ModelChoice, ModelFolder, chosen_model, local_model
from retrieval.ports import Embedder
from tests.fakes.tiny_models import TEXTS, TOKENS, WIDTH, export_graph, make_embedding_model
from tests.retrieval.test_embedders import EmbedderContract

Change = Callable[[Path], None]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> ModelFolder:
    folder = make_embedding_model(tmp_path_factory.mktemp("models") / "tiny")
    export_graph(folder)
    return local_model(folder)


@pytest.fixture(scope="module")
def torch_tiny(tiny: ModelFolder) -> Embedder:
    return SentenceTransformerEmbedder(tiny)


@pytest.fixture(scope="module", params=["onnx", "openvino"])
def exported(tiny: ModelFolder, request: pytest.FixtureRequest) -> Embedder:
    if request.param == "openvino":
        pytest.importorskip("openvino", reason="the extra openvino is not installed")
    return ExportedEmbedder(tiny, request.param)


class TestTinyModelUnderTorch(EmbedderContract):
    @pytest.fixture
    def embedder(self, torch_tiny: Embedder) -> Embedder:
        return torch_tiny


class TestTinyModelExported(EmbedderContract):
    @pytest.fixture
    def embedder(self, exported: Embedder) -> Embedder:
        return exported


def test_an_exported_graph_gives_torch_s_vectors_under_torch_s_id(exported: Embedder, torch_tiny: Embedder) -> None:
    texts = [*TEXTS, "", "fee " * 300]
    np.testing.assert_allclose(exported.embed(texts), torch_tiny.embed(texts), atol=1e-4)
    np.testing.assert_allclose(exported.embed_question("金卡"), torch_tiny.embed_question("金卡"), atol=1e-4)
    assert exported.unseen_tokens(texts) == torch_tiny.unseen_tokens(texts)
    assert exported.id == torch_tiny.id


def test_a_model_keeps_its_own_length_and_counts_its_prefix(torch_tiny: Embedder) -> None:
    words = TOKENS - 2 - 2  # markers, and "passage" with its colon
    assert torch_tiny.unseen_tokens(["fee " * words, "fee " * (words + 3)]) == (0, 3)


def test_question_and_passage_are_told_apart_by_the_model_s_own_prompts(tiny: ModelFolder) -> None:
    assert (tiny.query_prefix, tiny.passage_prefix) == ("query: ", "passage: ")
    bare = SentenceTransformerEmbedder(replace(tiny, query_prefix="", passage_prefix=""))
    whole = SentenceTransformerEmbedder(tiny)
    np.testing.assert_allclose(whole.embed(["a fee"]), bare.embed(["passage: a fee"]), atol=1e-5)
    np.testing.assert_allclose(whole.embed_question("a fee"), bare.embed(["query: a fee"])[0], atol=1e-5)


@pytest.mark.parametrize(
    ("name", "query", "passage", "reads"),
    [
        ("multilingual-e5-small", "query: ", "passage: ", BOTH),
        ("e5-base-v2", "query: ", "passage: ", {Language.EN}),
        ("bge-m3", "", "", BOTH),
        ("bge-small-zh-v1.5", BGE_CHINESE, "", CHINESE),
        ("paraphrase-multilingual-MiniLM-L12-v2", "", "", BOTH),
        ("a-model-of-our-own", "", "", {Language.EN}),
    ],
)
def test_known_families_say_what_goes_before_a_text(name: str, query: str, passage: str, reads: set[Language]) -> None:
    family = family_of(name)
    assert (family.query, family.passage, family.reads) == (query, passage, frozenset(reads))


def written(folder: Path, **files: object) -> Path:
    """A folder that looks like a model's as far as its files are read before it is loaded."""
    described: dict[str, object] = {
        "modules.json": [{"path": "", "type": "a.Transformer"}, {"path": "1_Pooling", "type": "a.Pooling"}],
        "1_Pooling/config.json": {"embedding_dimension": 8, "pooling_mode": "cls"},
    }
    for name, value in {**described, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), encoding="utf-8")
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def test_what_the_model_s_files_leave_out_its_family_says(tmp_path: Path) -> None:
    prompts = {"config_sentence_transformers.json": {"prompts": {"query": "", "document": ""}}}
    model = local_model(written(tmp_path / "multilingual-e5-base", **prompts))
    assert (model.query_prefix, model.passage_prefix, model.reads) == ("query: ", "passage: ", BOTH)


def test_a_prompt_for_everything_goes_before_both_kinds_of_text(tmp_path: Path) -> None:
    own = {"prompts": {"retrieval": "read: "}, "default_prompt_name": "retrieval"}
    model = local_model(written(tmp_path / "own", **{"config_sentence_transformers.json": own}))
    assert (model.query_prefix, model.passage_prefix) == ("read: ", "read: ")


def test_what_is_set_goes_before_what_the_model_says(tmp_path: Path) -> None:
    folder = written(tmp_path / "multilingual-e5-base")
    own = frozenset({Language.ZH_HANT})
    model = chosen_model(ModelChoice(str(folder), reads=own, query_prefix="q ", passage_prefix="p "))
    assert (model.query_prefix, model.passage_prefix, model.reads) == ("q ", "p ", own)


@pytest.mark.parametrize(
    ("config", "dimensions"),
    [
        ({"embedding_dimension": 8, "pooling_mode": "mean"}, 8),
        ({"word_embedding_dimension": 8, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}, 8),
        ({"word_embedding_dimension": 8, "pooling_mode_cls_token": True, "pooling_mode_mean_tokens": True}, 16),
    ],
)
def test_dimensions_are_read_from_files_old_and_new(tmp_path: Path, config: object, dimensions: int) -> None:
    assert local_model(written(tmp_path, **{"1_Pooling/config.json": config})).dimensions == dimensions


def test_a_dense_layer_has_the_last_word_on_dimensions(tmp_path: Path) -> None:
    modules = [{"path": "", "type": "T"}, {"path": "1_Pooling", "type": "P"}, {"path": "2_Dense", "type": "D"}]
    files = {"modules.json": modules, "2_Dense/config.json": {"in_features": 8, "out_features": 4}}
    assert local_model(written(tmp_path, **files)).dimensions == 4


def new_weights(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"others")


def other_pooling(folder: Path) -> None:
    (folder / "1_Pooling" / "config.json").write_text('{"embedding_dimension": 8, "pooling_mode": "mean"}')


def other_tokens(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{}")


@pytest.mark.parametrize("change", [new_weights, other_pooling, other_tokens])
def test_whatever_changes_a_passage_s_vector_changes_the_id(tmp_path: Path, change: Change) -> None:
    folder = written(tmp_path)
    before = local_model(folder).embedder_id
    change(folder)
    assert local_model(folder).embedder_id != before


def test_a_passage_s_prefix_is_part_of_the_id_and_a_question_s_is_not(tmp_path: Path) -> None:
    source = str(written(tmp_path))
    plain = chosen_model(ModelChoice(source))
    assert chosen_model(ModelChoice(source, passage_prefix="p: ")).embedder_id != plain.embedder_id
    assert chosen_model(ModelChoice(source, query_prefix="q: ")).embedder_id == plain.embedder_id


def test_a_hub_s_model_is_taken_from_this_machine_s_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def cached(name: str) -> Path:
        asked.append(name)
        return written(tmp_path / "0123abc")

    monkeypatch.setattr(hub, "_fetched", cached)
    model = chosen_model(ModelChoice("intfloat/multilingual-e5-small"))
    assert (model.name, model.query_prefix) == ("multilingual-e5-small", "query: ")
    chosen_model(ModelChoice("all-mpnet-base-v2"))
    assert asked == ["intfloat/multilingual-e5-small", "sentence-transformers/all-mpnet-base-v2"]


def test_a_hub_that_cannot_be_reached_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EmbedderUnavailable) as refused:
        chosen_model(ModelChoice("nobody/no-such-model"))
    assert "CANDOUR_EMBEDDER=nobody/no-such-model is no folder here" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_folder_that_is_not_there_is_not_sought_on_the_hub() -> None:
    with pytest.raises(EmbedderUnavailable, match="there is no folder /models/absent"):
        chosen_model(ModelChoice("/models/absent"))


@pytest.mark.parametrize("engine", ["onnx", "openvino"])
def test_a_model_without_an_exported_graph_says_what_to_set(tmp_path: Path, engine: str) -> None:
    with pytest.raises(EmbedderUnavailable, match="CANDOUR_EMBEDDER_ENGINE=torch"):
        ExportedEmbedder(local_model(written(tmp_path)), engine)


def test_an_engine_that_is_not_installed_says_how_to_have_it(
    tiny: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(EmbedderUnavailable, match=r"pip install 'candour\[openvino\]'"):
        ExportedEmbedder(tiny, "openvino").embed(["a"])


def test_a_graph_is_not_pooled_otherwise_than_its_model_says(tiny: ModelFolder, tmp_path: Path) -> None:
    folder = export_graph(make_embedding_model(tmp_path / "by-first-token", pooling="cls")).parents[1]
    model = local_model(folder)
    texts = ["a fee", "金卡年費"]
    np.testing.assert_allclose(
        ExportedEmbedder(model, "onnx").embed(texts), SentenceTransformerEmbedder(model).embed(texts), atol=1e-4
    )
    (folder / "modules.json").write_text(
        json.dumps([*json.loads((folder / "modules.json").read_text()), {"path": "2_Dense", "type": "a.Dense"}])
    )
    with pytest.raises(EmbedderUnavailable, match="only a transformer that is pooled in one way"):
        ExportedEmbedder(model, "onnx").embed(texts)


def test_files_that_say_another_length_than_the_weights_give_are_refused(tiny: ModelFolder) -> None:
    with pytest.raises(EmbedderUnavailable, match=f"gives {WIDTH} dimensions, its files say 64"):
        SentenceTransformerEmbedder(replace(tiny, dimensions=64)).embed(["a"])


def test_a_choice_survives_being_stored() -> None:
    choice = ModelChoice("/models/own", "onnx", BOTH, None, "p: ")
    assert ModelChoice.from_value(json.loads(json.dumps(choice.to_value()))) == choice


def test_a_folder_that_is_no_model_is_told_by_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(EmbedderUnavailable, match=r"neither modules\.json nor 1_Pooling/config\.json"):
        local_model(tmp_path)
    (tmp_path / "modules.json").write_text('[{"path": ""}]')
    with pytest.raises(EmbedderUnavailable, match=r"modules\.json names no pooling"):
        local_model(tmp_path)
