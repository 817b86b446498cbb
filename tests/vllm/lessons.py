"""What the tiny model learns: the very messages that the product sends for a question, and the reply to give.

The messages are taken off the wire, from the product's own pipeline and client, so that whatever makes a prompt is
in them; the spans' ids are read from the messages.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from app.answering.models.settings import ServedModelSettings
from app.answering.types import Question
from app.composition import build_platform
from app.foundation import lay_foundation
from app.settings import Settings
from knowledge_bases.schema import Language
from tests.fakes.model_server import ModelServer, answers, serving

PATIENCE_S = 10.0  # with a server that answers at once, on a busy machine
LESSONS = Path(__file__).with_name("lessons.yaml")
SPAN = re.compile(r"^\[(s\d+)\] (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Taught:
    """A sentence to say; ``rests_on`` are words of the one span that it cites."""

    says: str
    rests_on: str


@dataclass(frozen=True)
class Lesson:
    """A customer's question to a sample institution, and what the model is to say."""

    institution: str
    language: Language
    question: str
    sentences: tuple[Taught, ...]


@dataclass(frozen=True)
class Exchange:
    """One request's messages (role and content) and the reply to learn."""

    messages: tuple[dict[str, str], ...]
    reply: str


def load_lessons() -> tuple[Lesson, ...]:
    """The lessons, in the order of the file."""
    rows = yaml.safe_load(LESSONS.read_text(encoding="utf-8"))
    return tuple(
        Lesson(
            row["institution"],
            Language(row["language"]),
            row["question"],
            tuple(Taught(**sentence) for sentence in row["sentences"]),
        )
        for row in rows
    )


def exchanges(settings: Settings, lessons: Sequence[Lesson]) -> tuple[Exchange, ...]:
    """Asks the product every question and writes down what it sends to its model.

    Raises:
        ValueError: a question never reaches the model, or a sentence's span is not in the prompt: mend lessons.yaml.
    """
    with serving(answers()) as server:  # a model that finds nothing: the product then quotes
        everybody = ServedModelSettings(addresses=(server.base_url,), model="tiny", first_sentence_s=PATIENCE_S)
        return asyncio.run(_recorded(settings.model_copy(update={"models": {"*": everybody}}), server, lessons))


async def _recorded(settings: Settings, server: ModelServer, lessons: Sequence[Lesson]) -> tuple[Exchange, ...]:
    platform = build_platform(lay_foundation(settings))
    written = []
    for lesson in lessons:
        before = len(server.requests)
        await platform.assistant.ask(Question(lesson.institution, lesson.question))
        if len(server.requests) == before:
            raise ValueError(f"lessons.yaml: the product never asks its model: {lesson.question}")
        messages = tuple(server.requests[before]["messages"])
        written.append(Exchange(messages, reply_of(lesson, messages[-1]["content"])))
    await platform.models.aclose()
    platform.rails.close()
    return tuple(written)


def reply_of(lesson: Lesson, material: str) -> str:
    """The JSON to reply, its ids read from the numbered spans of ``material``."""
    spans = dict(SPAN.findall(material))
    said = [{"text": taught.says, "spans": [_id_of(taught, spans)]} for taught in lesson.sentences]
    return json.dumps({"sentences": said}, ensure_ascii=False, separators=(",", ":"))  # as the server is held to


def _id_of(taught: Taught, spans: dict[str, str]) -> str:
    for span_id, words in spans.items():
        if taught.rests_on in words:
            return span_id
    raise ValueError(f"lessons.yaml: no span of the prompt holds: {taught.rests_on}")
