"""What LangChain asks of a vector store, over an exact index and over an approximate one, and from a chain."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from retrieval.embedders import HashingEmbedder
from retrieval.indexes.exact import ExactIndex
from retrieval.indexes.hnsw import HnswIndex
from retrieval.langchain_store import EmbedderEmbeddings, IndexStore
from retrieval.ports import VectorIndex, Vectors

EMBEDDINGS = EmbedderEmbeddings(HashingEmbedder())
TEXTS = ["annual fee of the gold card", "time deposit rates", "lost card hotline", "annual report of the bank"]
METADATA = [{"product": product} for product in ("cards", "deposits", "cards", "bank")]


@pytest.fixture(params=[ExactIndex, HnswIndex])
def empty(request: pytest.FixtureRequest) -> IndexStore:
    make: Callable[[Vectors], VectorIndex] = request.param
    return IndexStore(EMBEDDINGS, make(np.zeros((0, 64), dtype=np.float32)))


@pytest.fixture
def store(empty: IndexStore) -> IndexStore:
    empty.add_texts(TEXTS, METADATA, ids=["a", "b", "c", "d"])
    return empty


def ids(documents: list[Document]) -> list[str | None]:
    return [document.id for document in documents]


def test_the_nearest_come_first_with_words_metadata_and_cosine(store: IndexStore) -> None:
    (best, score), *others = store.similarity_search_with_score("annual fee of the gold card", k=3)
    assert best == Document(id="a", page_content=TEXTS[0], metadata={"product": "cards"})
    assert score == pytest.approx(1.0)
    assert [one for _, one in others] == sorted((one for _, one in others), reverse=True)
    assert len(others) == 2


def test_a_store_made_of_texts_or_documents_finds_them() -> None:
    assert IndexStore.from_texts(TEXTS, EMBEDDINGS).similarity_search("lost card", k=1)[0].page_content == TEXTS[2]
    documents = [Document(page_content=text) for text in TEXTS]
    assert IndexStore.from_documents(documents, EMBEDDINGS).similarity_search("deposit rates", k=1)[0].id
    assert [document.id for document in documents] == [None] * 4


def test_an_empty_store_finds_nothing(empty: IndexStore) -> None:
    assert empty.similarity_search("fee") == empty.max_marginal_relevance_search("fee") == []
    assert empty.add_texts([]) == []
    assert IndexStore.from_texts([], EMBEDDINGS).similarity_search("fee") == []


def test_only_what_the_filter_lets_through_is_found_and_k_is_still_filled(store: IndexStore) -> None:
    assert set(ids(store.similarity_search("annual report", k=2, filter={"product": "cards"}))) == {"a", "c"}
    assert ids(store.similarity_search("annual report", filter=lambda document: document.id == "b")) == ["b"]
    assert store.similarity_search("annual report", filter={"product": "loans"}) == []
    store.delete(["d"])
    assert ids(store.similarity_search("annual report", filter={"product": "deposits"})) == ["b"]


def test_what_is_deleted_is_gone_and_unknown_ids_are_left_at_that(store: IndexStore) -> None:
    assert store.delete(["a", "a", "no such id"])
    assert "a" not in ids(store.similarity_search(TEXTS[0], k=4))
    assert ids(store.get_by_ids(["d", "a", "b"])) == ["d", "b"]
    store.delete()
    assert store.similarity_search(TEXTS[0]) == []


def test_a_document_of_an_id_that_is_there_replaces_it(store: IndexStore) -> None:
    store.add_texts(["first words", "insurance premium"], ids=["a", "a"])
    assert [d.page_content for d in store.get_by_ids(["a"])] == ["insurance premium"]
    assert len(store.similarity_search("annual fee", k=10)) == 4
    assert ids(store.similarity_search("insurance premium", k=1)) == ["a"]


def test_what_a_caller_does_with_a_result_changes_nothing_here(store: IndexStore) -> None:
    store.similarity_search(TEXTS[0], k=1)[0].metadata["product"] = "changed"
    assert store.get_by_ids(["a"])[0].metadata == {"product": "cards"}


def test_as_many_ids_and_metadatas_as_texts_are_wanted(store: IndexStore) -> None:
    with pytest.raises(ValueError, match="2 texts with 1 ids and 2 metadatas: give one a text"):
        store.add_texts(["one", "two"], ids=["x"])
    assert store.get_by_ids(["x"]) == []


def test_an_index_with_rows_of_somebody_elses_is_refused() -> None:
    with pytest.raises(ValueError, match="give an empty one"):
        IndexStore(EMBEDDINGS, ExactIndex(np.eye(64, dtype=np.float32)))


def test_documents_that_differ_are_preferred_where_that_is_asked_for(empty: IndexStore) -> None:
    empty.add_texts(["gold card fee", "gold card fee", "gold card fee waiver"], ids=["a", "b", "c"])
    assert ids(empty.similarity_search("gold card fee", k=2)) == ["a", "b"]
    assert ids(empty.max_marginal_relevance_search("gold card fee", k=2, lambda_mult=0.3)) == ["a", "c"]


@pytest.mark.parametrize("search_type", ["similarity", "mmr", "similarity_score_threshold"])
async def test_its_retriever_is_a_link_of_a_chain(store: IndexStore, search_type: str) -> None:
    arguments = {"k": 2, "filter": {"product": "cards"}}
    if search_type == "similarity_score_threshold":
        arguments["score_threshold"] = 0.5
    retriever = store.as_retriever(search_type=search_type, search_kwargs=arguments)
    chain = {
        "context": retriever | RunnableLambda(lambda documents: documents[0].page_content),
        "question": RunnablePassthrough(),
    } | RunnableLambda(lambda asked: f"{asked['question']} -> {asked['context']}")
    expected = "gold card annual fee -> annual fee of the gold card"
    assert chain.invoke("gold card annual fee") == await chain.ainvoke("gold card annual fee") == expected
