"""From a customer's question to a released answer, the sentences written by a real vLLM."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from app.answering.types import AnswerStatus, Question
from app.composition import Platform
from app.evidence.service import EvidenceService
from tests.fakes.answering import FakeListener
from tests.vllm.conftest import served_by
from tests.vllm.lessons import Lesson, load_lessons
from tests.vllm.server import NAME, ROOT, VllmServer

LESSONS = load_lessons()
CANDOUR = (ROOT / ".venv/bin/python", "-m", "app.cli")


@pytest.mark.parametrize("lesson", LESSONS, ids=[f"{each.language}: {each.question}" for each in LESSONS])
async def test_what_the_model_writes_is_released_with_its_citations(platform: Platform, lesson: Lesson) -> None:
    answer = await platform.assistant.ask(Question(lesson.institution, lesson.question))
    assert answer is not None
    assert (answer.status, answer.language) == (AnswerStatus.ANSWERED, lesson.language)
    assert [sentence.text for sentence in answer.sentences] == [taught.says for taught in lesson.sentences]
    institution = platform.assistant.institution(lesson.institution)
    for sentence in answer.sentences:
        assert sentence.citations
        for citation in sentence.citations:
            assert platform.knowledge.resolve(institution, citation) == citation.quote


async def test_whoever_reads_along_is_shown_each_sentence_by_itself(platform: Platform) -> None:
    lesson = next(each for each in LESSONS if len(each.sentences) == 4)
    reader = FakeListener()
    answer = await platform.assistant.ask(Question(lesson.institution, lesson.question), reader)
    assert answer is not None
    assert [[sentence.text for sentence in piece.sentences] for piece in reader.shown] == [
        [taught.says] for taught in lesson.sentences
    ]
    assert [sentence for piece in reader.shown for sentence in piece.sentences] == list(answer.sentences)


async def test_the_evidence_names_the_model_and_the_prompt_and_keeps_the_draft(platform: Platform) -> None:
    lesson = LESSONS[0]
    answer = await platform.assistant.ask(Question(lesson.institution, lesson.question))
    assert answer is not None
    foundation = platform.foundation
    with foundation.database.read() as session:
        evidence = EvidenceService(session, lesson.institution, foundation.ledger).get(answer.answer_id)
    assert evidence.released == answer.text
    draft = evidence.drafts[-1]
    assert (draft.composer, draft.model) == ("generate", NAME)
    assert draft.prompt_sha256
    assert draft.parameters["temperature"] == 0.1
    assert [sentence.text for sentence in draft.sentences] == [taught.says for taught in lesson.sentences]


def test_the_command_line_answers_by_the_model_and_names_its_sources(home: Path, server: VllmServer) -> None:
    lesson = LESSONS[-1]
    models = json.dumps({"*": served_by(server)})
    asked = subprocess.run(
        [
            ROOT / ".venv/bin/python",
            "-m",
            "app.cli",
            "ask",
            lesson.question,
            f"--institution={lesson.institution}",
            "--json",
        ],
        env={**os.environ, "CANDOUR_MODELS": models, "CANDOUR_DATA_DIR": str(home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(asked.stdout)
    assert answer["status"] == "answered"
    assert [sentence["text"] for sentence in answer["sentences"]] == [taught.says for taught in lesson.sentences]
    assert all(sentence["citations"] for sentence in answer["sentences"])
