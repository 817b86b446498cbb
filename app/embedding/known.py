"""Where a model that an index was made by is found again: a process may serve indexes of several models."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from app.db.columns import now_utc
from app.embedding.tables import EmbeddingModelRow
from app.foundation import Foundation
from retrieval.errors import EmbedderUnavailable
from retrieval.models import OWN_MODELS, ModelChoice
from retrieval.ports import Embedder


def note_model(foundation: Foundation, embedder_id: str, choice: ModelChoice) -> None:
    """Keep how a model was asked for, so that its index is served when the settings ask for another.

    One that comes with the program needs no note.
    """
    if choice.source in OWN_MODELS:
        return
    value = choice.to_value()
    with foundation.database.read() as session:
        known = session.get(EmbeddingModelRow, embedder_id)
        if known is not None and known.choice == value:
            return
    with foundation.database.write() as session:
        session.merge(EmbeddingModelRow(id=embedder_id, choice=value, noted_at=now_utc()))


def find_embedder(foundation: Foundation, embedder_id: str, make: Callable[[ModelChoice], Embedder]) -> Embedder:
    """The embedder of this very id, made by ``make``.

    Raises:
        EmbedderUnavailable: it is not known here, its files are gone, or others lie in their place.
    """
    problem = "no process of this deployment has used it"
    for choice in _choices(foundation, embedder_id):
        try:
            embedder = make(choice)
        except EmbedderUnavailable as error:
            problem = str(error)
            continue
        if embedder.id == embedder_id:
            return embedder
        problem = f"{choice.source} holds {embedder.id} now"
    raise EmbedderUnavailable(
        f"model {embedder_id}, which an index was made by, cannot be had ({problem}): bring its files back, or run "
        "candour knowledge reembed --start"
    )


def _choices(foundation: Foundation, embedder_id: str) -> Iterator[ModelChoice]:
    yield from (ModelChoice(name) for name in OWN_MODELS if embedder_id.startswith(f"{name}@"))
    with foundation.database.read() as session:
        row = session.get(EmbeddingModelRow, embedder_id)
        choice = None if row is None else ModelChoice.from_value(row.choice)
    if choice is not None:
        yield choice
