"""What LangChain asks of a retriever, and that it is ours behind it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda
from pydantic import ValidationError

from knowledge_bases.schema import Language, VersionKey
from retrieval.embedders import HashingEmbedder
from retrieval.langchain import PassageRetriever
from retrieval.retriever import Retriever
from retrieval.segments import write_segment
from retrieval.snapshot import open_snapshot, write_manifest
from retrieval.types import Query
from tests.retrieval.chunks import make_chunk

QUESTION = "What is the annual fee of the gold card?"
OLD, NEW, DEPOSITS = VersionKey("gold", "2025"), VersionKey("gold", "2026"), VersionKey("deposits", "2026")
TEXTS = {
    OLD: "The annual fee of the gold card is HK$1,500.",
    NEW: "The annual fee of the gold card is HK$1,800.",
    DEPOSITS: "Time deposits have no annual fee.",
}


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    root: Path = tmp_path_factory.mktemp("index")
    embedder = HashingEmbedder()
    refs = []
    for key, text in TEXTS.items():
        chunk = make_chunk(text, key.document, key.version)
        if key == DEPOSITS:
            chunk = replace(chunk, page=None, heading_path=())
        refs.append(write_segment(root, [chunk], embedder.embed([text]), embedder.id, key))
    name = write_manifest(root, "harbour-bank", refs, embedder.id, 1)
    return Retriever(open_snapshot(root, name, institution_id="harbour-bank", embedder_id=embedder.id), embedder)


@pytest.fixture
def retriever(ours: Retriever) -> PassageRetriever:
    return PassageRetriever(retriever=ours, language=Language.EN)


def test_a_document_is_the_stored_words_and_where_they_stand(retriever: PassageRetriever) -> None:
    found = {document.page_content: document for document in retriever.invoke(QUESTION)}
    document = found[TEXTS[NEW]]
    assert document.id == document.metadata["chunk_id"] == make_chunk(TEXTS[NEW], "gold", "2026").id
    places = {name: document.metadata[name] for name in ("document", "version", "page", "heading")}
    assert places == {"document": "gold", "version": "2026", "page": 1, "heading": "Fees"}
    assert set(document.metadata) == {*places, "chunk_id", "score"}


def test_a_text_without_pages_and_headings_has_none(retriever: PassageRetriever) -> None:
    (document,) = (d for d in retriever.invoke(QUESTION) if d.metadata["document"] == "deposits")
    assert (document.metadata["page"], document.metadata["heading"]) == (None, None)


def test_documents_come_in_our_order_with_our_scores(retriever: PassageRetriever, ours: Retriever) -> None:
    passages = ours.search(Query(QUESTION, Language.EN))
    documents = retriever.invoke(QUESTION)
    assert [d.metadata["chunk_id"] for d in documents] == [p.chunk.id for p in passages]
    assert [d.metadata["score"] for d in documents] == [p.score for p in passages]


@pytest.mark.parametrize("k", [1, 2])
def test_no_more_documents_than_wanted_by_the_retriever_or_the_call(ours: Retriever, k: int) -> None:
    assert len(PassageRetriever(retriever=ours, language=Language.EN, k=k).invoke(QUESTION)) == k
    assert len(PassageRetriever(retriever=ours, language=Language.EN).invoke(QUESTION, k=k)) == k


def test_less_than_one_document_cannot_be_wanted(ours: Retriever, retriever: PassageRetriever) -> None:
    with pytest.raises(ValidationError):
        PassageRetriever(retriever=ours, language=Language.EN, k=0)
    with pytest.raises(ValueError, match="at least one"):
        retriever.invoke(QUESTION, k=0)


def test_a_version_that_is_not_allowed_is_never_a_document(ours: Retriever) -> None:
    def versions(allowed: frozenset[VersionKey]) -> set[str]:
        documents = PassageRetriever(retriever=ours, language=Language.EN, allowed=allowed).invoke(QUESTION)
        return {document.metadata["version"] for document in documents}

    assert versions(frozenset({OLD})) == {"2025"}
    assert versions(frozenset()) == set()


async def test_all_ways_to_call_a_runnable_give_the_same_documents(retriever: PassageRetriever) -> None:
    documents = retriever.invoke(QUESTION)
    assert documents
    assert await retriever.ainvoke(QUESTION) == documents
    assert retriever.batch([QUESTION, QUESTION]) == [documents, documents]
    assert list(retriever.stream(QUESTION)) == [documents]


def test_it_is_a_link_of_a_chain(retriever: PassageRetriever) -> None:
    def first_words(documents: list[Document]) -> str:
        return documents[0].page_content

    assert (retriever | RunnableLambda(first_words)).invoke(QUESTION) in TEXTS.values()


def test_words_without_meaning_find_nothing_and_break_nothing(retriever: PassageRetriever) -> None:
    assert isinstance(retriever.invoke(""), list)
    assert isinstance(retriever.invoke("？"), list)


def test_it_is_a_value(retriever: PassageRetriever) -> None:
    with pytest.raises(ValidationError):
        retriever.k = 3
