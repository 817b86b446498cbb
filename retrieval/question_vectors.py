"""A question's vector: of its own words where the embedder reads their language, else of their gloss."""

from __future__ import annotations

import structlog

from retrieval.concepts import Thesaurus
from retrieval.families import CHINESE
from retrieval.legs import READ, LegWeights, glossed
from retrieval.ports import Embedder, Vectors
from retrieval.tokens import is_chinese

DENSE = ("dense",)  # degraded: nobody could embed it

log = structlog.get_logger(__name__)


def vector_of(
    text: str, embedder: Embedder | None, thesaurus: Thesaurus, snapshot_id: str
) -> tuple[Vectors | None, LegWeights, tuple[str, ...]]:
    """The vector of ``text``, how the legs then count, and what failed; no vector where there is nothing to embed."""
    words, weights = text, READ
    if is_chinese(text) and (embedder is None or CHINESE.isdisjoint(embedder.reads)):
        words, weights = thesaurus.gloss(text), glossed(thesaurus.familiarity(text))
    if not words.strip():
        return None, weights, ()
    if embedder is None:
        return None, weights, DENSE
    try:
        return embedder.embed_question(words), weights, ()
    except Exception as error:  # any failure of a model costs its leg, never the answer (promise 9)
        log.warning("retrieval.dense.failed", error=type(error).__name__, snapshot=snapshot_id)
        return None, weights, DENSE
