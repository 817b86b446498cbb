"""The composition root: where ports meet their adapters. Every process that answers builds its assistant here."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from app.answering.composers.generating import GeneratingWriter
from app.answering.composers.standalone import ModelRewriter
from app.answering.judges.making import second_judges
from app.answering.lanes import Lanes
from app.answering.models.registry import Models
from app.answering.parts import Parts, RewriterOf, WriterOf
from app.answering.pipeline import Pipeline
from app.answering.ports import Rewriter, Writer
from app.answering.turns import Turns
from app.assistant.recorder import ConversationRecorder
from app.assistant.service import ConversationAssistant
from app.db.engine import is_sqlite
from app.documents.published import PublishedKnowledge
from app.embedding.engines import (
    INGESTION_THREADS,
    choice_of,
    document_precision,
    intent_reader,
    make_embedder,
    make_reader,
    span_reader,
)
from app.embedding.known import note_model
from app.foundation import Foundation
from app.hong_kong import today_in_hong_kong
from app.institutions.own_rules import own_rule_folders
from app.keys import MasterKey
from app.rules.provider import StoredRulebooks
from app.samples import sample_root
from app.settings import Settings
from app.switches.reading import Switchboard
from guardrails.rails.engine import Rails
from guardrails.rails.flows import FOLDER
from guardrails.rails.own import FolderFlows
from guardrails.rails.shipped import shipped_names
from guardrails.rulebook import load_rulebook
from knowledge_bases.schema import Institution
from retrieval.models import ModelChoice
from retrieval.ports import Embedder

RECORDERS = 4  # answers recorded at a time where the database takes several writers


@dataclass(frozen=True)
class Platform:
    """An assistant and the parts of it that other rooms look into."""

    foundation: Foundation
    rulebooks: StoredRulebooks
    knowledge: PublishedKnowledge
    rails: Rails
    parts: Parts
    models: Models
    assistant: ConversationAssistant


def build_platform(foundation: Foundation, embedder: Embedder | None = None) -> Platform:
    """The assistant over ``foundation``; the embedder's model is loaded with the first question.

    Raises:
        RulebookError: a shipped rule is wrong, and no earlier rulebook is kept to go by. EmbedderUnavailable: a model
            that the settings name is not to be had. PairReaderUnavailable: the reranker they name is none.
    """
    own = own_rule_folders(foundation.settings.data_dir)
    load = partial(load_rulebook, own=own) if own else load_rulebook
    rulebooks = StoredRulebooks.over(foundation.database, load)
    embedder = embedder or _noted(foundation, make_embedder)
    knowledge = PublishedKnowledge(foundation, embedder, make_reader(foundation.settings), span_reader())
    settings = foundation.settings
    rails = Rails(
        rulebooks.shipped,
        own=own_flows(foundation),
        models=settings.judges,
        second_judges=second_judges(settings.second_judges, settings.key_of),
        intents=intent_reader(),
    )
    sampled = _sampler(settings)
    recorder = ConversationRecorder(foundation.database, foundation.ledger, sampled, rulebooks)
    switches = Switchboard(foundation.database)
    models = _models(settings, foundation.ledger.master)
    writers = _writers(models)
    lanes = Lanes(recorders=1 if is_sqlite(foundation.database.engine) else RECORDERS)
    everybody = (knowledge, rails, rulebooks, recorder, today_in_hong_kong, switches)
    turns = Turns(without=frozenset(settings.judges) | frozenset(settings.second_judges))
    parts = Parts(*everybody, writer_of=writers, rewriter_of=_rewriters(models), lanes=lanes, turns=turns)
    patience = timedelta(minutes=settings.handover_patience_min)
    assistant = ConversationAssistant(foundation.database, foundation.ledger, Pipeline(parts), rulebooks, patience)
    return Platform(foundation, rulebooks, knowledge, rails, parts, models, assistant)


def own_flows(foundation: Foundation) -> FolderFlows:
    """The flows that institutions have added: in the data folder, else beside the sample of that id."""

    def folders(institution_id: str) -> tuple[Path, ...]:
        added = foundation.rails_folder(institution_id)
        return (added if added.is_dir() else sample_root() / institution_id / FOLDER,)

    return FolderFlows(folders, shipped_names())


def ingestion_embedder(foundation: Foundation) -> Embedder:
    """The embedder of documents that the settings ask for: all threads, and ``document_precision``.

    Raises:
        EmbedderUnavailable: see ``make_embedder``.
    """
    precision = document_precision(eight_bit=foundation.settings.eight_bit_ingestion)
    return _noted(foundation, lambda choice: make_embedder(choice, INGESTION_THREADS, precision))


def _noted(foundation: Foundation, make: Callable[[ModelChoice], Embedder]) -> Embedder:
    """The embedder of the settings, its id noted with what they say: so it is found again when they say otherwise."""
    choice = choice_of(foundation.settings)
    embedder = make(choice)
    note_model(foundation, embedder.id, choice)
    return embedder


def _models(settings: Settings, master: MasterKey) -> Models:
    """The served models of all institutions; none is asked yet."""
    return Models(settings.served_models, settings.model_key, master.model_caches)


def _rewriters(models: Models) -> RewriterOf:
    """The model that writes an institution's answers puts its follow-ups, too."""

    def rewriter_of(institution: Institution) -> Rewriter | None:
        model = models.of(institution.id)
        return None if model is None else ModelRewriter(model)

    return rewriter_of


def _writers(models: Models) -> WriterOf:
    """Whoever writes the answers of an institution that has a model."""

    def writer_of(institution: Institution) -> Writer | None:
        model = models.of(institution.id)
        return None if model is None else GeneratingWriter(model)

    return writer_of


def _sampler(settings: Settings) -> Callable[[], bool]:
    random = secrets.SystemRandom()
    return lambda: random.random() < settings.quality_sample_rate
