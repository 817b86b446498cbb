"""A cross-encoder puts the first of what was found in its own order; late or broken, it costs no answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from structlog.testing import capture_logs

from knowledge_bases.schema import Language, VersionKey
from retrieval.cross_encoder import Bounded, CrossEncoderReader, require_cross_encoder
from retrieval.embedders import HashingEmbedder
from retrieval.errors import PairReaderUnavailable
from retrieval.ports import PairReader
from retrieval.results import READER
from retrieval.retriever import Retriever
from retrieval.segments import write_segment
from retrieval.snapshot import Snapshot, open_snapshot, write_manifest
from retrieval.tokens import terms
from retrieval.types import Query
from tests.fakes.tiny_models import make_cross_encoder
from tests.retrieval.chunks import make_chunk

EMBEDDER = HashingEmbedder()
QUESTION = Query("annual fee of the gold card", Language.EN)
TEXTS = [
    "The annual fee of the gold card is HK$1,800.",
    "The annual fee of the gold card is waived in the first year.",
    "A gold card may have a supplementary card without an annual fee.",
    "The fee for a lost card is HK$100.",
]


class Overlap:
    """The share of a passage's terms that the question has."""

    id = "overlap"

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float64]:
        asked = set(terms(question))
        return np.array([len(asked & set(terms(p))) / max(1, len(set(terms(p)))) for p in passages])


class PairReaderContract:
    @pytest.fixture
    def reader(self) -> PairReader:
        raise NotImplementedError

    def test_it_gives_one_number_a_passage(self, reader: PairReader) -> None:
        scores = reader.scores("annual fee", [*TEXTS, "金卡年費", ""])
        assert scores.shape == (len(TEXTS) + 2,)
        assert np.isfinite(scores).all()

    def test_no_passage_has_no_number(self, reader: PairReader) -> None:
        assert reader.scores("annual fee", []).shape == (0,)

    def test_a_passage_s_number_does_not_depend_on_the_others(self, reader: PairReader) -> None:
        together = reader.scores("annual fee", TEXTS)
        alone = [float(reader.scores("annual fee", [text])[0]) for text in TEXTS]
        np.testing.assert_allclose(together, alone, atol=1e-5)

    def test_a_passage_longer_than_it_reads_is_no_error(self, reader: PairReader) -> None:
        assert reader.scores("annual fee", ["annual fee " * 2000]).shape == (1,)

    def test_it_has_a_name(self, reader: PairReader) -> None:
        assert reader.id


class TestOverlap(PairReaderContract):
    @pytest.fixture
    def reader(self) -> PairReader:
        return Overlap()


class TestBounded(PairReaderContract):
    @pytest.fixture
    def reader(self) -> PairReader:
        return Bounded(Overlap(), timeout_s=20, most=20)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> PairReader:
    return CrossEncoderReader(make_cross_encoder(tmp_path_factory.mktemp("models") / "tiny-pairs"), "tiny-pairs")


class TestCrossEncoder(PairReaderContract):
    @pytest.fixture
    def reader(self, tiny: PairReader) -> PairReader:
        return tiny


def test_a_cross_encoder_that_is_not_there_says_where_it_was_sought(tmp_path: Path) -> None:
    with pytest.raises(PairReaderUnavailable, match=r"gone cannot be loaded from .*absent"):
        CrossEncoderReader(tmp_path / "absent", "gone").scores("a", ["b"])


def test_a_model_that_sorts_into_classes_is_refused(tmp_path: Path) -> None:
    folder = make_cross_encoder(tmp_path / "classes", labels=3)
    with pytest.raises(PairReaderUnavailable, match="sorts texts into classes"):
        CrossEncoderReader(folder, "classes").scores("a", ["b", "c"])


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    root = tmp_path_factory.mktemp("index")
    keys = [VersionKey(f"d{number}", "1") for number in range(len(TEXTS))]
    refs = [
        write_segment(root, [make_chunk(text, key.document, "1")], EMBEDDER.embed([text]), EMBEDDER.id, key)
        for key, text in zip(keys, TEXTS, strict=True)
    ]
    name = write_manifest(root, "harbour-bank", refs, EMBEDDER.id, 1)
    return open_snapshot(root, name, institution_id="harbour-bank", embedder_id=EMBEDDER.id)


class Backwards:
    """Likes best what was put last."""

    id = "backwards"

    def __init__(self) -> None:
        self.read: list[Sequence[str]] = []

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float64]:
        self.read.append(passages)
        return np.arange(len(passages), dtype=np.float64)


class Broken(Backwards):
    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float64]:
        raise RuntimeError("the model is down")


class TooFew(Backwards):
    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float64]:
        return np.zeros(1)


class Stuck(Backwards):
    """Reads until the test lets it go."""

    def __init__(self, release: threading.Event) -> None:
        super().__init__()
        self.release = release

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float64]:
        self.read.append(passages)
        assert self.release.wait(30)
        return np.zeros(len(passages))


def found(snapshot: Snapshot, reader: Bounded | None, query: Query = QUESTION) -> list[str]:
    return [p.chunk.key.document for p in Retriever(snapshot, EMBEDDER, reader=reader).search(query)]


def test_the_first_are_put_in_its_order_and_a_place_keeps_its_score(snapshot: Snapshot) -> None:
    plain = Retriever(snapshot, EMBEDDER).search(QUESTION)
    read = Retriever(snapshot, EMBEDDER, reader=Bounded(Backwards(), 20, 3)).search(QUESTION)
    before = [p.chunk.id for p in plain]
    assert [p.chunk.id for p in read] == [*reversed(before[:3]), *before[3:]]
    assert [p.score for p in read] == [p.score for p in plain]
    assert [p.rank for p in read] == [1, 2, 3, 4]


def test_what_is_beyond_the_wanted_few_may_come_among_them(snapshot: Snapshot) -> None:
    wanted = Query(QUESTION.text, Language.EN, k=1)
    assert found(snapshot, Bounded(Backwards(), 20, 4), wanted) == found(snapshot, None)[-1:]


def test_it_reads_no_more_passages_than_it_may(snapshot: Snapshot) -> None:
    reader = Backwards()
    found(snapshot, Bounded(reader, 20, 2))
    assert [len(passages) for passages in reader.read] == [2]


def test_a_follow_up_is_read_with_the_question_it_leans_on(snapshot: Snapshot) -> None:
    class Listening(Overlap):
        asked: str = ""

        def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float64]:
            self.asked = question
            return super().scores(question, passages)

    reader = Listening()
    follow_up = Query("And when is it waived?", Language.EN, history=(QUESTION.text,))
    found(snapshot, Bounded(reader, 20, 4), follow_up)
    assert "gold card" in reader.asked


@pytest.mark.parametrize("reader", [Broken(), TooFew()])
def test_one_that_fails_leaves_the_order_and_the_log_says_so(snapshot: Snapshot, reader: PairReader) -> None:
    with capture_logs() as logged:
        result = Retriever(snapshot, EMBEDDER, reader=Bounded(reader, 20, 4)).retrieve(QUESTION)
    assert [p.chunk.key.document for p in result.passages] == found(snapshot, None)
    assert result.degraded == (READER,)
    assert [line["event"] for line in logged] == ["retrieval.reader.failed"]


@pytest.fixture
def release() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_one_that_is_late_leaves_the_order_and_later_questions_wait_no_longer(
    snapshot: Snapshot, release: threading.Event
) -> None:
    reader = Stuck(release)
    bounded = Bounded(reader, 0.2, 4)
    begun = time.monotonic()
    for _ in range(3):
        assert found(snapshot, bounded) == found(snapshot, None)
    assert time.monotonic() - begun < 10
    release.set()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not bounded._pool._work_queue.empty():
        time.sleep(0.01)
    assert len(reader.read) == 1, "questions that gave up are not read afterwards"


def test_warming_up_waits_for_the_model_and_hides_its_failure() -> None:
    reader = Backwards()
    Bounded(reader, 0.001, 4).warm_up()
    assert len(reader.read) == 1
    Bounded(Broken(), 0.001, 4).warm_up()


def test_a_folder_with_a_cross_encoder_is_taken(tmp_path: Path) -> None:
    require_cross_encoder(make_cross_encoder(tmp_path / "pairs"), "RERANKER")


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({}, "config.json cannot be read"),
        ({"config.json": "no JSON"}, "config.json cannot be read"),
        ({"config.json": "[]"}, "config.json cannot be read"),
        ({"config.json": "{}"}, "it has none of"),
        (
            {"config.json": '{"architectures": ["BertModel"]}', "model.safetensors": ""},
            "BertModel, which scores no pair",
        ),
    ],
)
def test_a_folder_that_holds_none_is_refused_with_what_to_do(tmp_path: Path, files: dict[str, str], why: str) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(PairReaderUnavailable, match=f"RERANKER: there is no cross-encoder in .*{why}.*name the folder"):
        require_cross_encoder(tmp_path, "RERANKER")
