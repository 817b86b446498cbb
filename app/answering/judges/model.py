"""A language model as second judge, behind any server that speaks OpenAI's protocol; one sentence a question.

What it reads comes from documents and from another model, and may try to win it over. Its task stands in the system
text alone; the words to be judged are the values of one JSON object, in which no bracket of theirs is left that could
end it or look like a server's own marks; words that give a model orders are not put before it at all; and it can only
answer with one of four words. Whatever else it says is no ruling.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

import httpx
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from langsmith import tracing_context
from pydantic import SecretStr

from app.answering.capped import CappedTransport, ReplyTooLong
from app.answering.prompts import load_prompt
from guardrails.machine_readers import gives_a_model_orders
from guardrails.types import Ruling
from guardrails.verification.second_judge import NONSENSE, Asked, JudgeFailed
from knowledge_bases.schema import Language

TASK = "judge"
LONGEST = 12_000  # characters to be judged at once; a sentence and the spans that it cites are a few hundred
MAX_REPLY_BYTES = 64 * 1024
MAX_TOKENS = 64
_SCHEMA = {
    "type": "object",
    "properties": {"ruling": {"type": "string", "enum": [ruling.value for ruling in Ruling]}},
    "required": ["ruling"],
    "additionalProperties": False,
}
_REPLIES = {json.dumps({"ruling": ruling.value}, separators=(",", ":")): ruling for ruling in Ruling}
_BRACKETS = str.maketrans({bracket: f"\\u{ord(bracket):04x}" for bracket in "<>[]"})


@dataclass(frozen=True)
class JudgeModel:
    """Where the judge is served. ``base_url`` ends in /v1; ``timeout_s`` bounds a ruling from end to end."""

    base_url: str
    model: str
    api_key: SecretStr
    timeout_s: float = 3.0


class ModelJudge:
    """Asks the model; safe to call concurrently. No proxy of the environment and no redirection is followed."""

    def __init__(self, settings: JudgeModel) -> None:
        self._settings = settings
        self._chat = ChatOpenAI(
            base_url=settings.base_url,
            api_key=settings.api_key,
            model=settings.model,
            temperature=0.0,
            timeout=settings.timeout_s,
            max_retries=0,
            max_completion_tokens=MAX_TOKENS,
            http_async_client=httpx.AsyncClient(transport=CappedTransport(MAX_REPLY_BYTES)),
        )

    @property
    def id(self) -> str:
        return f"{self._settings.model} at {self._settings.base_url}"

    def prompt_sha256(self, language: Language) -> str | None:
        return load_prompt(TASK, language).sha256

    async def rule(self, asked: Asked, language: Language) -> Ruling:
        """See ``IndependentJudge.rule``."""
        if len(asked.evidence) + len(asked.sentence) > LONGEST:
            raise JudgeFailed("the cited words are too long")
        if gives_a_model_orders(asked.evidence) or gives_a_model_orders(asked.sentence):
            raise JudgeFailed("the words to be judged give a model orders")
        said = await self._ask(load_prompt(TASK, language).text, _message(asked))
        ruling = _REPLIES.get("".join(said.split()))
        if ruling is None:
            raise JudgeFailed(NONSENSE)
        return ruling

    async def _ask(self, task: str, message: str) -> str:
        schema = {"name": "ruling", "schema": _SCHEMA, "strict": True}
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                with tracing_context(enabled=False):  # whatever the environment says of LangChain's
                    reply = await self._chat.ainvoke(
                        [SystemMessage(task), HumanMessage(message)],
                        response_format={"type": "json_schema", "json_schema": schema},
                    )
        except TimeoutError as error:
            raise JudgeFailed("it took too long") from error
        except Exception as error:  # a server may say anything: its client breaks on much of it in its own ways
            raise JudgeFailed(_why(error)) from error
        return str(reply.content)


def _why(error: BaseException) -> str:
    """What went wrong, in a phrase without a word of the server's."""
    status, cause = getattr(error, "status_code", None), error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    if isinstance(cause, ReplyTooLong):
        return "its reply is too long"
    return f"the server answered {status}" if isinstance(status, int) else f"no reply ({type(cause).__name__})"


def _message(asked: Asked) -> str:
    """The words as the values of a JSON object, brackets escaped as JSON allows: the same words to whoever reads it."""
    words = {"cited_words": asked.evidence, "sentence": asked.sentence}
    return json.dumps(words, ensure_ascii=False).translate(_BRACKETS)
