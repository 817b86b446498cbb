from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from onnxruntime import InferenceSession
from tokenizers import Tokenizer

from knowledge_bases.schema import Language
from retrieval.bert.eight_bit import EightBitBertGraph
from retrieval.bert.processor import multiplies_bytes
from retrieval.embedders import HashingEmbedder, SentenceTransformerEmbedder
from retrieval.errors import EmbedderUnavailable
from retrieval.models import FINANCE_MODEL, ModelFolder, finance_model, local_model, packaged_model
from retrieval.onnx_embedder import OnnxEmbedder, Precision
from retrieval.ports import Embedder
from tests.requirements import missing

NEAR = 0.998  # cosine; what the docstring of OnnxEmbedder promises
THREE_LANGUAGES = [
    "The annual fee of the Gold Card is HK$1,800; it is waived in the first year.",
    "",
    "Fees\nGold card | HK$1,800 | p.a. | see note (3)",
    "金卡年費為港幣1,800元,首年豁免。",
    "金卡年费为港币1,800元，首年豁免。",
    "我想問下張金卡要唔要年費㗎？",
    "Größe, naïve café, ＦＵＬＬ width, 𠮷 and 🙂",
    "a clause of the agreement " * 90,
    "本行保留權利。" * 90,
]


class EmbedderContract:
    @pytest.fixture
    def embedder(self) -> Embedder:
        raise NotImplementedError

    def test_vectors_have_the_promised_shape_and_length_one(self, embedder: Embedder) -> None:
        vectors = embedder.embed(["annual fee", "", "年費 " * 600])
        assert vectors.shape == (3, embedder.dimensions)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_no_text_gives_no_vector(self, embedder: Embedder) -> None:
        assert embedder.embed([]).shape == (0, embedder.dimensions)

    def test_a_text_has_one_vector_whatever_stands_beside_it(self, embedder: Embedder) -> None:
        alone, together = embedder.embed(["gold card"])[0], embedder.embed(["a " * 90, "gold card"])[1]
        np.testing.assert_allclose(alone, together, atol=1e-5)

    def test_it_says_of_each_text_how_much_it_does_not_see(self, embedder: Embedder) -> None:
        assert embedder.unseen_tokens(["annual fee", ""]) == (0, 0)
        assert embedder.unseen_tokens([]) == ()

    def test_its_id_names_its_dimensions(self, embedder: Embedder) -> None:
        assert embedder.id.endswith(f"/{embedder.dimensions}")

    def test_a_question_s_vector_has_length_one_too(self, embedder: Embedder) -> None:
        for question in ("What is the annual fee?", "年費", ""):
            vector = embedder.embed_question(question)
            assert (vector.shape, vector.dtype) == ((embedder.dimensions,), np.float32)
            assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)

    def test_it_says_which_languages_it_reads(self, embedder: Embedder) -> None:
        assert embedder.reads
        assert embedder.reads <= set(Language)


class MeaningContract(EmbedderContract):
    """Of models that were trained, or are made so that their vectors mean something."""

    def test_nearer_in_words_is_nearer_in_space(self, embedder: Embedder) -> None:
        near, far = embedder.embed(["the card has an annual fee", "flight delay"])
        question = embedder.embed_question("annual fee of a card")
        assert question @ near > question @ far


class TestHashingEmbedder(MeaningContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return HashingEmbedder()


@pytest.fixture(scope="module")
def torch_twin() -> Embedder:
    return SentenceTransformerEmbedder(finance_model())


@pytest.fixture(scope="module")
def onnx() -> Embedder:
    return OnnxEmbedder(finance_model())


class TestPackagedModelUnderTorch(MeaningContract):
    @pytest.fixture
    def embedder(self, torch_twin: Embedder) -> Embedder:
        return torch_twin


class TestPackagedModelUnderOnnx(MeaningContract):
    @pytest.fixture
    def embedder(self, onnx: Embedder) -> Embedder:
        return onnx


@pytest.fixture(scope="module")
def eight_bit() -> Embedder:
    if not multiplies_bytes():
        pytest.skip("this processor has no products of bytes: documents are embedded in single precision here")
    return OnnxEmbedder(finance_model(), precision=Precision.EIGHT_BIT)


class TestPackagedModelInEightBits(MeaningContract):
    @pytest.fixture
    def embedder(self, eight_bit: Embedder) -> Embedder:
        return eight_bit


def test_eight_bits_stay_near_enough_to_be_searched_by_single_precision(eight_bit: Embedder, onnx: Embedder) -> None:
    cosines = (eight_bit.embed(THREE_LANGUAGES) * onnx.embed(THREE_LANGUAGES)).sum(axis=1)
    assert cosines.min() > NEAR
    assert eight_bit.id == onnx.id


def test_without_its_hot_channels_in_single_precision_the_model_would_stray(onnx: Embedder) -> None:
    if not multiplies_bytes():
        pytest.skip("this processor has no products of bytes")
    model = finance_model()
    session = InferenceSession(EightBitBertGraph(model.path, {}, model.adapter).serialised())
    tokens = Tokenizer.from_file(str(model.path / "tokenizer.json")).encode(THREE_LANGUAGES[0]).ids
    stray = session.run(None, {"input_ids": np.array([tokens], np.int32)})[0][0]
    assert stray @ onnx.embed(THREE_LANGUAGES[:1])[0] < NEAR


def test_a_vector_is_the_same_to_the_bit_whatever_is_embedded_beside_it(eight_bit: Embedder) -> None:
    together = eight_bit.embed(THREE_LANGUAGES)
    np.testing.assert_array_equal(together, [eight_bit.embed([text])[0] for text in THREE_LANGUAGES])


def test_onnx_gives_the_vectors_of_torch_so_that_one_id_names_both(onnx: Embedder, torch_twin: Embedder) -> None:
    np.testing.assert_allclose(onnx.embed(THREE_LANGUAGES), torch_twin.embed(THREE_LANGUAGES), atol=1e-6)
    assert onnx.id == torch_twin.id


def test_what_was_learned_of_finance_changes_the_vectors_and_their_id(onnx: Embedder) -> None:
    plain = OnnxEmbedder(packaged_model())
    cosines = (plain.embed(THREE_LANGUAGES[:1]) * onnx.embed(THREE_LANGUAGES[:1])).sum(axis=1)
    assert 0.5 < cosines[0] < 0.99
    assert plain.id != onnx.id
    assert onnx.id.startswith(f"{FINANCE_MODEL}@")


@pytest.mark.gpu
def test_on_a_gpu_the_vectors_are_those_of_the_processor(onnx: Embedder, torch_twin: Embedder) -> None:
    if not torch.cuda.is_available():
        missing("gpu", "torch finds no GPU; install a build of torch for CUDA on a machine that has one")
    texts = [f"{text} {number}" for number in range(60) for text in THREE_LANGUAGES]
    np.testing.assert_allclose(torch_twin.embed(texts), onnx.embed(texts), atol=1e-5)


def test_both_engines_count_alike_what_they_do_not_see(onnx: Embedder, torch_twin: Embedder) -> None:
    assert onnx.unseen_tokens(THREE_LANGUAGES) == torch_twin.unseen_tokens(THREE_LANGUAGES)


def test_of_text_past_the_last_token_the_vector_knows_nothing_and_the_count_all(onnx: Embedder) -> None:
    seen = "fee " * 254  # with the two markers: 256 tokens
    whole, longer = onnx.embed([seen, seen + "dragon " * 7])
    np.testing.assert_allclose(whole, longer, atol=1e-6)
    assert onnx.unseen_tokens([seen, seen + "dragon " * 7]) == (0, 7)


def test_threads_that_start_together_get_the_vectors_of_one_that_is_alone(onnx: Embedder) -> None:
    fresh = OnnxEmbedder(finance_model())
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda text: fresh.embed([text])[0], THREE_LANGUAGES * 4))
    np.testing.assert_allclose(results, np.tile(onnx.embed(THREE_LANGUAGES), (4, 1)), atol=1e-6)


def test_the_packaged_model_answers_without_torch() -> None:
    program = (
        "import sys; from app.composition import make_embedder; make_embedder().embed(['fee']); "
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("engine", [OnnxEmbedder, SentenceTransformerEmbedder])
def test_a_model_that_is_not_there_says_where_it_was_sought(
    engine: type[OnnxEmbedder] | type[SentenceTransformerEmbedder], tmp_path: Path
) -> None:
    embedder = engine(ModelFolder(tmp_path / "absent", "some-model", "1", 384))
    with pytest.raises(EmbedderUnavailable, match=r"some-model cannot be loaded from .*absent"):
        embedder.embed(["a"])


def test_a_model_of_another_family_is_refused_rather_than_run_wrongly(tmp_path: Path) -> None:
    packaged = packaged_model()
    for file in packaged.path.glob("*.json"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, "model_type": "xlm-roberta"}))
    with pytest.raises(EmbedderUnavailable, match="not a BERT"):
        OnnxEmbedder(replace(packaged, path=tmp_path)).embed(["a"])


def test_a_folder_of_ones_own_is_named_by_its_weights(tmp_path: Path) -> None:
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_text('{"word_embedding_dimension": 8}')
    (tmp_path / "model.safetensors").write_bytes(b"first")
    first = local_model(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"second")
    assert first.embedder_id.startswith(f"{tmp_path.name}@")
    assert first.embedder_id.endswith("/8")
    assert first.embedder_id != local_model(tmp_path).embedder_id


def test_a_folder_without_a_model_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(EmbedderUnavailable, match="CANDOUR_EMBEDDER"):
        local_model(tmp_path)


@pytest.mark.parametrize(
    ("flags", "can"), [("flags\t: fpu avx2 avx512_vnni", True), ("flags\t: fpu avx2", False), (None, False)]
)
def test_eight_bits_are_for_processors_that_say_they_multiply_bytes(
    flags: str | None, can: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if flags is not None:
        (tmp_path / "cpuinfo").write_text(flags)
    monkeypatch.setattr("retrieval.bert.processor.CPUINFO", tmp_path / "cpuinfo")
    assert multiplies_bytes.__wrapped__() is can
