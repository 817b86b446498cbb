"""Embedding models as the settings ask for them, and the engine each one runs by."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from app.settings import Settings
from guardrails.intents import WEIGHTS, IntentReader, Plainly
from retrieval.bert.processor import multiplies_bytes
from retrieval.cross_encoder import Bounded, CrossEncoderReader, require_cross_encoder
from retrieval.embedders import SentenceTransformerEmbedder
from retrieval.errors import EmbedderUnavailable
from retrieval.exported_embedder import ExportedEmbedder
from retrieval.hub import folder_of
from retrieval.models import OWN_MODELS, ModelChoice, chosen_model, packaged_model
from retrieval.onnx_embedder import OnnxEmbedder, Precision
from retrieval.ports import Embedder
from retrieval.span_reader import SpanReader
from retrieval.text_classifier import TextClassifier

INGESTION_THREADS = 2
LOADED = 4  # models a process keeps: the one it is set to, and those that indexes were made by
PACKAGED = ModelChoice()
RERANKER = "CANDOUR_RERANKER"


def choice_of(settings: Settings) -> ModelChoice:
    """The model that the settings ask for; a folder is named from the root, as other processes may look for it."""
    if settings.embedder in OWN_MODELS:
        return ModelChoice(settings.embedder)
    folder = Path(settings.embedder).expanduser()
    return ModelChoice(
        source=str(folder.resolve()) if folder.is_dir() else settings.embedder,
        engine=settings.embedder_engine,
        reads=settings.embedder_reads,
        query_prefix=settings.embedder_query_prefix,
        passage_prefix=settings.embedder_passage_prefix,
    )


def make_embedder(
    choice: ModelChoice = PACKAGED, threads: int = 1, precision: Precision = Precision.SINGLE
) -> Embedder:
    """The embedder of a model: our own through ONNX Runtime, any other by the engine it is asked for with.

    The model is loaded with the first text. There is no second engine behind the first: where it fails, search goes
    on with words alone and ``candour doctor`` says why, instead of every customer waiting for torch.
    ``precision`` is for our own: a question is too short to share, and leaves a processor to the next one.

    Raises:
        EmbedderUnavailable: there is no such model, or the engine cannot run it.
    """
    model = chosen_model(choice)
    if choice.source in OWN_MODELS:
        return OnnxEmbedder(model, threads, precision)
    if choice.engine == "torch":
        return SentenceTransformerEmbedder(model)
    return ExportedEmbedder(model, choice.engine, threads)


@lru_cache(maxsize=LOADED)
def question_engine(choice: ModelChoice) -> Embedder:
    """``make_embedder`` for questions, once a process."""
    return make_embedder(choice)


@lru_cache(maxsize=LOADED)
def ingestion_engine(choice: ModelChoice, *, eight_bit: bool) -> Embedder:
    """``make_embedder`` for documents, once a process: all threads, and ``document_precision``."""
    return make_embedder(choice, INGESTION_THREADS, document_precision(eight_bit=eight_bit))


def document_precision(*, eight_bit: bool) -> Precision:
    """Eight bits where they are wanted and the processor is made for them."""
    return Precision.EIGHT_BIT if eight_bit and multiplies_bytes() else Precision.SINGLE


def make_reader(settings: Settings) -> Bounded | None:
    """The cross-encoder that the settings ask for; None where they ask for none.

    Raises:
        EmbedderUnavailable: it is neither a folder nor to be had from the hub.
        PairReaderUnavailable: the folder holds no cross-encoder.
    """
    if settings.reranker is None:
        return None
    folder = folder_of(settings.reranker, RERANKER)
    require_cross_encoder(folder, RERANKER)
    reader = CrossEncoderReader(folder, Path(settings.reranker).name)
    return Bounded(reader, settings.reranker_timeout_s, settings.reranker_passages)


@lru_cache(maxsize=1)
def span_reader() -> SpanReader | None:
    """The shipped reader of spans, once a process; None where the model it changes is not installed."""
    try:
        return SpanReader(packaged_model())
    except EmbedderUnavailable:
        return None


@lru_cache(maxsize=1)
def intent_reader() -> IntentReader:
    """The shipped reader of what a question calls for, once a process; loaded, as rails wait for nobody.

    Raises:
        EmbedderUnavailable: the model it changes is not installed.
    """
    reader = TextClassifier(packaged_model(), WEIGHTS)
    reader.warm_up()
    return Plainly(reader)
