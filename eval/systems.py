"""What is measured: the product's retriever, and as a question reaches each system."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.answering.language import detect_language
from eval.datasets import Dataset
from knowledge_bases.schema import Language
from retrieval.concepts import Thesaurus
from retrieval.lookalikes import Lookalikes
from retrieval.misspelled import Misspelled
from retrieval.ports import Embedder
from retrieval.proofreading import Proofreader
from retrieval.retriever import Retriever
from retrieval.snapshot import Snapshot
from retrieval.types import Query

K = 10  # documents a system gives, and at which all is measured
OURS = "candour"
NO_PROOFREADER = Proofreader(
    Misspelled((), (), {}), Lookalikes({}, Thesaurus(()))
)  # it knows no word, and changes none


@dataclass(frozen=True)
class Asked:
    """One question of a test set. ``history`` is the customer's turns before it, oldest first."""

    key: str
    text: str
    language: Language
    history: tuple[str, ...] = ()

    @property
    def last_turn(self) -> Asked:
        """The same without what was said before."""
        return replace(self, history=())

    @property
    def whole(self) -> Asked:
        """All turns as one text, which is how a system without a notion of history is given one."""
        return replace(self, text="\n".join([*self.history, self.text]), history=())


Ranked = Sequence[tuple[str, float]]  # documents and scores, best first, each document once, at most K
Search = Callable[[Asked], Ranked]


def questions(dataset: Dataset) -> Iterator[Asked]:
    """The questions of a set in its order; a language that is not given is told from the words."""
    for key, text in dataset.queries.items():
        language = dataset.languages.get(key) or detect_language(text)
        yield Asked(key, text, language, dataset.histories.get(key, ()))


def query_of(asked: Asked) -> Query:
    """A question as the product's retriever takes it."""
    return Query(asked.text, asked.language, k=K, history=asked.history)


def ours(snapshot: Snapshot, embedder: Embedder, proofreader: Proofreader | None = None) -> Search:
    """The product's retriever over ``snapshot``; a ``proofreader`` of None is the product's."""
    retriever = Retriever(snapshot, embedder, proofreader=proofreader)

    def search(asked: Asked) -> Ranked:
        return [(passage.chunk.id, passage.score) for passage in retriever.search(query_of(asked))]

    return search
