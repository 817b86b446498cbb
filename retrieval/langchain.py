"""Candour's retriever where LangChain expects one of its own: chains and tools built by others search our snapshots.

The product does not go through here. What comes out are passages, not an answer: no rail has looked at them.
"""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from knowledge_bases.schema import Language, Passage, VersionKey
from retrieval.retriever import Retriever
from retrieval.types import Query


class PassageRetriever(BaseRetriever):
    """``retriever`` as a LangChain runnable; asynchronous calls run it in a thread.

    ``language`` is the questions', ``k`` the most documents wanted. ``allowed`` are the versions in force: who calls
    has to know them, since a snapshot holds others too; None allows all, the empty set none.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    retriever: Retriever
    language: Language
    k: int = Field(default=8, ge=1)
    allowed: frozenset[VersionKey] | None = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        """Best first. ``k`` of the call goes before that of the retriever, as LangChain's contract has it.

        Raises:
            ValueError: ``k`` is less than 1.
        """
        asked = Query(query, self.language, self.k if k is None else k)
        return [_document(passage) for passage in self.retriever.search(asked, self.allowed)]


def _document(passage: Passage) -> Document:
    """The chunk's words as they are stored, and where they stand."""
    chunk = passage.chunk
    return Document(
        id=chunk.id,
        page_content=chunk.text,
        metadata={
            "document": chunk.key.document,
            "version": chunk.key.version,
            "page": chunk.page,
            "heading": chunk.heading_path[-1] if chunk.heading_path else None,
            "chunk_id": chunk.id,
            "score": passage.score,
        },
    )
