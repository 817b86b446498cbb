"""The composition root: where ports meet their adapters. Every process that answers builds its assistant here."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from app.answering.composers.quoting import QuotingComposer
from app.answering.pipeline import Parts, Pipeline
from app.answering.ports import Composer
from app.assistant.recorder import ConversationRecorder
from app.assistant.service import ConversationAssistant
from app.documents.published import PublishedKnowledge
from app.foundation import Foundation
from app.hong_kong import today_in_hong_kong
from app.settings import Settings
from guardrails.rails.engine import Rails
from guardrails.rulebook import Rulebook, load_rulebook
from retrieval.bert.processor import multiplies_bytes
from retrieval.embedders import SentenceTransformerEmbedder
from retrieval.models import PACKAGED_MODEL, local_model, packaged_model
from retrieval.onnx_embedder import OnnxEmbedder, Precision
from retrieval.ports import Embedder

INGESTION_THREADS = 2


@dataclass(frozen=True)
class Platform:
    """An assistant and the parts of it that other rooms look into."""

    foundation: Foundation
    rulebook: Rulebook
    knowledge: PublishedKnowledge
    rails: Rails
    parts: Parts
    assistant: ConversationAssistant


def build_platform(foundation: Foundation, embedder: Embedder | None = None) -> Platform:
    """The assistant over ``foundation``; the embedder's model is loaded with the first question.

    Raises:
        RulebookError: a shipped rule is wrong.
    """
    rulebook = load_rulebook()
    knowledge = PublishedKnowledge(foundation, embedder or make_embedder(foundation.settings.embedder))
    rails = Rails(rulebook)
    recorder = ConversationRecorder(foundation.database, foundation.ledger, _sampler(foundation.settings))
    composers = _composers(foundation.settings)
    parts = Parts(knowledge, rails, rulebook, recorder, composers, today_in_hong_kong)
    assistant = ConversationAssistant(foundation.database, foundation.ledger, Pipeline(parts))
    return Platform(foundation, rulebook, knowledge, rails, parts, assistant)


def ingestion_embedder(settings: Settings) -> Embedder:
    """The embedder of documents: all threads, and the packaged model in eight bits where the processor is made for it.

    Raises:
        EmbedderUnavailable: see ``make_embedder``.
    """
    eight_bit = settings.eight_bit_ingestion and multiplies_bytes()
    return make_embedder(settings.embedder, INGESTION_THREADS, Precision.EIGHT_BIT if eight_bit else Precision.SINGLE)


def make_embedder(chosen: str = PACKAGED_MODEL, threads: int = 1, precision: Precision = Precision.SINGLE) -> Embedder:
    """The embedder of ``Settings.embedder``: the packaged model through ONNX Runtime, or the model in a folder.

    The model is loaded with the first text. There is no second engine behind the first: where it fails, search goes
    on with words alone and ``candour doctor`` says why, instead of every customer waiting for torch.
    ``threads`` and ``precision`` are for the packaged model: a question is too short to share, and leaves a processor
    to the next one.

    Raises:
        EmbedderUnavailable: ``chosen`` is neither the packaged model nor a folder that holds one.
    """
    if chosen == PACKAGED_MODEL:
        return OnnxEmbedder(packaged_model(), threads, precision)
    return SentenceTransformerEmbedder(local_model(Path(chosen)))


def _composers(settings: Settings) -> tuple[Composer, ...]:
    quoting = QuotingComposer()
    if settings.llm_base_url is None:
        return (quoting,)
    from app.answering.composers.generating import GeneratingComposer, ModelSettings  # loads the client: two seconds

    model = ModelSettings(
        base_url=settings.llm_base_url,
        model=settings.llm_model,
        api_key=settings.llm_api_key or SecretStr("none"),
        timeout_s=settings.llm_timeout_s,
    )
    return (GeneratingComposer(model), quoting)


def _sampler(settings: Settings) -> Callable[[], bool]:
    random = secrets.SystemRandom()
    return lambda: random.random() < settings.quality_sample_rate
