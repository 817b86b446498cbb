"""The questions a chat suggests are ones its institution's documents answer."""

from __future__ import annotations

import pytest

from app.answering.pipeline import ANSWER_STRENGTH
from app.answering.types import Question
from app.composition import build_platform
from app.foundation import lay_foundation
from app.hong_kong import today_in_hong_kong
from app.jobs.samples import seed_sample
from app.samples import sample_folders
from app.settings import Settings
from knowledge_bases.loader import InstitutionFolder
from retrieval.models import finance_model
from retrieval.onnx_embedder import OnnxEmbedder


@pytest.mark.slow
@pytest.mark.parametrize("sample", sample_folders(), ids=lambda sample: sample.institution.id)
def test_every_suggested_question_finds_evidence_strong_enough_to_answer(
    sample: InstitutionFolder, tmp_path_factory: pytest.TempPathFactory
) -> None:
    embedder = OnnxEmbedder(finance_model())
    foundation = lay_foundation(Settings(data_dir=tmp_path_factory.mktemp("data"), log_level="error"))
    seed_sample(foundation, embedder, sample)
    platform = build_platform(foundation, embedder)
    institution, today = sample.institution, today_in_hong_kong()
    asked = [(question, language) for language, questions in institution.starters.items() for question in questions]
    found = {
        question: platform.knowledge.retrieve(
            institution, Question(institution.id, question, language), language, today
        )
        for question, language in asked
    }
    platform.rails.close()
    assert [question for question, retrieved in found.items() if retrieved.strength < ANSWER_STRENGTH] == []
