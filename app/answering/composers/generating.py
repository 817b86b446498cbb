"""Answers by a model that vLLM serves, called through LangChain. Every sentence names the spans it rests on.

The draft is only a proposal: the pipeline checks citations, figures and groundedness before a word is released.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from app.answering.composers.candidates import heading_of, parts_of, text_of
from app.answering.errors import ComposerUnavailable
from app.answering.ports import Brief, Draft
from app.answering.prompts import Prompt, load_prompt
from app.answering.types import Part, Sentence
from retrieval.quotable import Quotable, quotables

MAX_PASSAGES = 4
MAX_SPANS = 24
MAX_SENTENCES = 4
MAX_REPLY_CHARACTERS = 16_000  # many times what max_tokens allows: a server that sends more is broken
TEMPERATURE = 0.1  # HKMA's sandbox report (Oct 2025) used 0.1-0.3 for product enquiries


@dataclass(frozen=True)
class ModelSettings:
    """Where the model is served and how long it may take. ``base_url`` ends in /v1."""

    base_url: str
    model: str
    api_key: SecretStr
    timeout_s: float = 20.0
    max_tokens: int = 512


class _SentenceReply(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    spans: list[str]


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")
    sentences: list[_SentenceReply]


class GeneratingComposer:
    """Asks the model for cited sentences; raises ComposerUnavailable whenever that does not work out."""

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings
        self._chat = ChatOpenAI(
            base_url=settings.base_url,
            api_key=settings.api_key,
            model=settings.model,
            temperature=TEMPERATURE,
            timeout=settings.timeout_s,
            max_retries=0,
            max_completion_tokens=settings.max_tokens,
        )

    async def compose(self, brief: Brief) -> Draft:
        """A draft of at most four sentences.

        Raises:
            ComposerUnavailable: no connection, time-out, an error reply, or a reply that is not the agreed JSON.
        """
        prompt = load_prompt("generate", brief.language)
        spans = _numbered(brief)
        reply = _parse(await self._ask(prompt, _user_message(spans, brief.question)))
        return Draft(
            composer="generate",
            sentences=tuple(_sentence(s, spans, brief) for s in reply.sentences[:MAX_SENTENCES] if s.text.strip()),
            model=self._settings.model,
            prompt_sha256=prompt.sha256,
            parameters={"temperature": TEMPERATURE, "max_tokens": float(self._settings.max_tokens)},
        )

    async def _ask(self, prompt: Prompt, message: str) -> str:
        schema = {"name": "answer", "schema": _Reply.model_json_schema(), "strict": True}
        try:
            reply = await asyncio.wait_for(
                self._chat.ainvoke(
                    [SystemMessage(prompt.text), HumanMessage(message)],
                    response_format={"type": "json_schema", "json_schema": schema},
                ),
                self._settings.timeout_s,
            )
        except TimeoutError as error:
            raise ComposerUnavailable("timeout") from error
        except Exception as error:  # a server may say anything: its client breaks on much of it in its own ways
            raise ComposerUnavailable(type(error).__name__) from error
        return str(reply.content)


def _numbered(brief: Brief) -> dict[str, Quotable]:
    """The spans the model may cite, by id, in passage order: a stable order keeps the server's prefix cache warm."""
    spans = [q for passage in brief.retrieved.passages[:MAX_PASSAGES] for q in quotables(passage, window=1)]
    return {f"s{number}": quotable for number, quotable in enumerate(spans[:MAX_SPANS], start=1)}


def _user_message(spans: dict[str, Quotable], question: str) -> str:
    lines = [f"[{span_id}] {heading_of(span)}: {text_of(parts_of(span))}" for span_id, span in spans.items()]
    return "Spans:\n" + "\n".join(lines) + f"\n\nQuestion:\n{question}"


def _parse(content: str) -> _Reply:
    if len(content) > MAX_REPLY_CHARACTERS:
        raise ComposerUnavailable("too_long")
    try:
        return _Reply.model_validate_json(content)
    except ValidationError as error:
        raise ComposerUnavailable("invalid_json") from error


def _sentence(reply: _SentenceReply, spans: dict[str, Quotable], brief: Brief) -> Sentence:
    """A sentence with the spans it names; an id that does not exist leaves it without, and verification drops it."""
    cited = [spans[span_id] for span_id in reply.spans if span_id in spans]
    parts: Sequence[Part] = [part for quotable in cited for part in parts_of(quotable)]
    info = brief.retrieved.versions.get(cited[0].passage.chunk.key) if cited else None
    return Sentence(
        text=reply.text.strip(),
        parts=tuple(dict.fromkeys(parts)),
        title="" if info is None else info.title,
        as_at=None if info is None else info.as_at,
    )
