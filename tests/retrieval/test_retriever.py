from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from knowledge_bases.schema import Language, VersionKey
from retrieval.embedders import HashingEmbedder
from retrieval.errors import ModelMismatch
from retrieval.families import BOTH
from retrieval.ports import Embedder, Vectors
from retrieval.quotable import Quotable
from retrieval.results import READER
from retrieval.retriever import Retriever
from retrieval.segments import write_segment
from retrieval.slips import Slip
from retrieval.snapshot import Snapshot, open_snapshot, write_manifest
from retrieval.types import Query
from tests.retrieval.chunks import make_chunk

EMBEDDER = HashingEmbedder()
TEXTS = {
    VersionKey("gold", "2025"): ("The annual fee of the gold card is HK$1,500.", Language.EN),
    VersionKey("gold", "2026"): ("The annual fee of the gold card is HK$1,800.", Language.EN),
    VersionKey("gold-zh", "2026"): ("金卡年費為港幣1,800元。", Language.ZH_HANT),
    VersionKey("deposits", "2026"): ("Time deposits are protected up to HK$800,000 a depositor.", Language.EN),
    VersionKey("surrender", "2026"): ("The cooling-off period of a life policy is 21 calendar days.", Language.EN),
    VersionKey("zh-lost", "2026"): ("如遺失信用卡，請立即致電客戶服務熱線報失。", Language.ZH_HANT),
}


class FailingEmbedder:
    id = EMBEDDER.id
    dimensions = EMBEDDER.dimensions
    reads = EMBEDDER.reads

    def embed(self, texts: Sequence[str]) -> Vectors:
        raise RuntimeError("the model is down")

    def embed_question(self, text: str) -> Vectors:
        raise RuntimeError("the model is down")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    root: Path = tmp_path_factory.mktemp("index")
    refs = [
        write_segment(root, [make_chunk(text, *_names(key), language)], EMBEDDER.embed([text]), EMBEDDER.id, key)
        for key, (text, language) in TEXTS.items()
    ]
    name = write_manifest(root, "harbour-bank", refs, EMBEDDER.id, 1)
    return open_snapshot(root, name, institution_id="harbour-bank", embedder_id=EMBEDDER.id)


def _names(key: VersionKey) -> tuple[str, str]:
    return key.document, key.version


def first(retriever: Retriever, text: str, language: Language = Language.EN) -> str:
    return retriever.search(Query(text, language))[0].chunk.key.document


@pytest.fixture(scope="module")
def retriever(snapshot: Snapshot) -> Retriever:
    return Retriever(snapshot, EMBEDDER)


def test_passages_are_ranked_from_one_best_first(retriever: Retriever) -> None:
    passages = retriever.search(Query("annual fee of the gold card", Language.EN, k=3))
    assert [passage.rank for passage in passages] == [1, 2, 3]
    assert [p.score for p in passages] == sorted((p.score for p in passages), reverse=True)
    assert passages[0].chunk.key.document == "gold"


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("存款有冇保障？", "deposits"),
        ("冷靜期幾耐？", "surrender"),
        ("冷静期有多长？", "surrender"),
        ("唔見咗張卡點算", "zh-lost"),
    ],
)
def test_a_chinese_question_finds_the_document_in_whichever_language(
    retriever: Retriever, question: str, document: str
) -> None:
    assert first(retriever, question, Language.ZH_HANT) == document


def test_an_english_question_finds_a_chinese_document(retriever: Retriever) -> None:
    assert "zh-lost" in [p.chunk.key.document for p in retriever.search(Query("lost credit card", Language.EN, k=3))]


def test_between_equals_the_customers_language_comes_first(retriever: Retriever) -> None:
    assert first(retriever, "金卡年費", Language.ZH_HANT) == "gold-zh"
    assert first(retriever, "金卡年费", Language.ZH_HANS) == "gold-zh"
    assert first(retriever, "gold card annual fee", Language.EN) == "gold"


@given(allowed=st.sets(st.sampled_from(sorted(TEXTS))), question=st.sampled_from(["annual fee", "金卡年費", "period"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_version_that_is_not_allowed_is_never_returned(
    retriever: Retriever, allowed: set[VersionKey], question: str
) -> None:
    found = {passage.chunk.key for passage in retriever.search(Query(question, Language.EN), allowed)}
    assert found <= allowed


def test_masking_leaves_the_best_of_the_rest(retriever: Retriever) -> None:
    allowed = set(TEXTS) - {VersionKey("gold", "2026")}
    passages = retriever.search(Query("gold card annual fee", Language.EN, k=1), allowed)
    assert passages[0].chunk.key == VersionKey("gold", "2025")


def test_nothing_allowed_is_nothing_found(retriever: Retriever) -> None:
    result = retriever.retrieve(Query("gold card annual fee", Language.EN), allowed=())
    assert result.passages == ()
    assert result.strength == 0


def test_an_unknown_version_is_not_an_error(retriever: Retriever) -> None:
    assert retriever.search(Query("fee", Language.EN), [VersionKey("elsewhere", "1")]) == ()


@pytest.mark.parametrize("embedder", [None, FailingEmbedder()])
def test_without_an_embedder_the_words_alone_decide(snapshot: Snapshot, embedder: Embedder | None) -> None:
    result = Retriever(snapshot, embedder).retrieve(Query("annual fee of the gold card", Language.EN))
    assert result.passages[0].chunk.key.document == "gold"
    assert all(passage.dense is None for passage in result.passages)
    assert result.degraded == ("dense",)


def test_an_embedder_that_reads_no_chinese_is_asked_for_the_gloss(snapshot: Snapshot) -> None:
    asked: list[str] = []

    class Listening(HashingEmbedder):
        def embed(self, texts: Sequence[str]) -> Vectors:
            asked.extend(texts)
            return super().embed(texts)

    Retriever(snapshot, Listening()).retrieve(Query("金卡年費", Language.ZH_HANT))
    assert asked == ["gold card annual fee"]


def test_an_embedder_that_reads_chinese_is_asked_the_question_itself(snapshot: Snapshot) -> None:
    asked: list[str] = []

    class Listening(HashingEmbedder):
        def embed(self, texts: Sequence[str]) -> Vectors:
            asked.extend(texts)
            return super().embed(texts)

    reading = Retriever(snapshot, Listening(reads=BOTH))
    found = reading.retrieve(Query("金卡年費", Language.ZH_HANT))
    assert asked == ["金卡年費"]
    assert found.passages[0].chunk.key.document == "gold-zh"


def test_a_query_by_another_model_than_the_index_s_is_refused(snapshot: Snapshot) -> None:
    with pytest.raises(ModelMismatch, match="is not to be searched by hashing@1/32"):
        Retriever(snapshot, HashingEmbedder(32))


def test_a_chinese_question_that_names_nothing_known_has_no_meaning_leg(snapshot: Snapshot) -> None:
    assert Retriever(snapshot, FailingEmbedder()).retrieve(Query("嘩嘩", Language.ZH_HANT)).degraded == ()


def test_a_short_follow_up_leans_on_the_question_before(retriever: Retriever) -> None:
    query = Query("And how long is it?", Language.EN, history=("Tell me about the cooling-off period",))
    assert retriever.search(query)[0].chunk.key.document == "surrender"


def test_a_short_question_that_finds_its_answer_by_itself_is_not_read_with_what_was_said_before(
    retriever: Retriever,
) -> None:
    alone = Query("gold card annual fee", Language.EN)
    after = Query(alone.text, Language.EN, history=("Tell me about the cooling-off period",))
    assert [p.chunk.id for p in retriever.search(after)] == [p.chunk.id for p in retriever.search(alone)]


@pytest.mark.parametrize("text", ["", "   ", "？", "the of and"])
def test_a_question_without_words_is_not_an_error(retriever: Retriever, text: str) -> None:
    assert retriever.retrieve(Query(text, Language.EN)).strength < 0.5


def test_a_question_asks_for_at_least_one_passage() -> None:
    with pytest.raises(ValueError, match="at least one passage"):
        Query("fee", Language.EN, k=0)


def test_an_empty_snapshot_answers_nothing(tmp_path: Path) -> None:
    name = write_manifest(tmp_path, "harbour-bank", [], EMBEDDER.id, 1)
    empty = open_snapshot(tmp_path, name, institution_id="harbour-bank", embedder_id=EMBEDDER.id)
    assert Retriever(empty, EMBEDDER).search(Query("fee", Language.EN)) == ()
    assert Retriever(empty, None).search(Query("fee", Language.EN)) == ()


class Told:
    """A reader whose leads are given."""

    def __init__(self, *leads: float) -> None:
        self.given = np.array(leads)
        self.read: list[str] = []

    def leads(self, question: str, quotables: Sequence[Quotable]) -> NDArray[np.float64]:
        self.read = [quotable.focus for quotable in quotables]
        return self.given


class Deaf:
    def leads(self, question: str, quotables: Sequence[Quotable]) -> NDArray[np.float64]:
        raise OSError("no such file")


FEE = Query("annual fee of the gold card", Language.EN)


def test_a_reader_of_spans_puts_what_it_reads_in_another_order(snapshot: Snapshot, retriever: Retriever) -> None:
    plain = [quote.quotable.focus for quote in retriever.retrieve(FEE).quotes]
    reader = Told(-50.0, 50.0)
    read = Retriever(snapshot, EMBEDDER, span_reader=reader).retrieve(FEE)
    assert reader.read == plain
    assert [quote.quotable.focus for quote in read.quotes] == [plain[1], plain[0], *plain[2:]]
    assert [quote.score for quote in read.quotes] == sorted((quote.score for quote in read.quotes), reverse=True)


def test_a_span_that_is_read_well_makes_the_evidence_stronger(snapshot: Snapshot) -> None:
    well, badly = (Retriever(snapshot, EMBEDDER, span_reader=Told(lead)).retrieve(FEE) for lead in (8.0, -8.0))
    assert well.strength > badly.strength


def test_a_reader_of_spans_that_fails_leaves_the_order_there_was_and_is_named(
    snapshot: Snapshot, retriever: Retriever
) -> None:
    plain, read = retriever.retrieve(FEE), Retriever(snapshot, EMBEDDER, span_reader=Deaf()).retrieve(FEE)
    assert (read.quotes, read.strength, read.passages) == (plain.quotes, plain.strength, plain.passages)
    assert read.degraded == (READER,)


def test_a_mistyped_question_finds_what_the_right_one_finds_and_says_how_it_was_read(snapshot: Snapshot) -> None:
    retriever = Retriever(snapshot, EMBEDDER)
    typed = retriever.retrieve(Query("anual fee of teh gold card", Language.EN))
    meant = retriever.retrieve(Query("annual fee of teh gold card", Language.EN))
    assert typed.slips == (Slip("anual", "annual"),)
    assert (typed.passages, typed.quotes, typed.strength) == (meant.passages, meant.quotes, meant.strength)


def test_what_was_said_before_is_read_without_its_typing_errors_too(snapshot: Snapshot) -> None:
    retriever = Retriever(snapshot, EMBEDDER)
    typed, meant = (
        retriever.search(Query("and how much is it?", Language.EN, history=(said,)))
        for said in ("the gold card's anual fee", "the gold card's annual fee")
    )
    assert typed == meant
