"""One address of a served model, asked through LangChain: deadlines, an end to every reply, no word of the server's.

A reply comes over a connection of its own, which is closed when nobody reads on: that is how vLLM learns of it. No
proxy of the environment and no redirection is followed, and LangChain reports to no tracing service.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, cast

import httpx
from langchain_core.messages import AIMessageChunk, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from langsmith import tracing_context
from pydantic import SecretStr

from app.answering.capped import CappedTransport
from app.answering.models import counts
from app.answering.models.errors import ModelUnavailable, Why
from app.answering.models.reasons import reason_of
from app.answering.models.settings import ServedModelSettings
from app.answering.models.types import Prompted, Until

CONNECT_S = 0.8  # a machine under load takes its time to accept; one that nobody listens on refuses at once
_NO_SPARE_CONNECTIONS = httpx.Limits(max_connections=None, max_keepalive_connections=0)
_replies: ContextVar[list[httpx.AsyncByteStream] | None] = ContextVar("_replies", default=None)


class Client:
    """Asks ``model`` at ``address``; safe to use many times at once and from one event loop after another."""

    def __init__(self, settings: ServedModelSettings, address: str, key: SecretStr) -> None:
        self._settings = settings
        self._http = httpx.AsyncClient(transport=_Remembering(settings.max_reply_bytes, _NO_SPARE_CONNECTIONS))
        self._chat = ChatOpenAI(
            base_url=address,
            api_key=key,
            model=settings.model,
            temperature=settings.temperature,
            timeout=httpx.Timeout(None, connect=CONNECT_S),
            max_retries=0,
            stream_usage=True,
            stream_chunk_timeout=None,
            use_responses_api=False,
            http_async_client=self._http,
        )

    async def read(self, prompted: Prompted, cache_salt: str, until: Until) -> AsyncGenerator[str, None]:
        """The pieces of the reply that have text.

        Raises:
            ModelUnavailable: no reply, or no more of it.
        """
        replies: list[httpx.AsyncByteStream] = []
        chunks = self._ask(prompted, cache_salt)
        end = _End()
        try:
            chunk = await _begun(chunks, replies, until.first)
            while chunk is not None and not end.reached:
                if text := end.note(chunk):
                    yield text
                chunk = await _next(chunks, until.end if end.text_seen else until.first)
        finally:
            with suppress(Exception):  # it may have broken while it was read
                await chunks.aclose()
            for reply in replies:
                with suppress(Exception):
                    await reply.aclose()
        end.judge()

    async def aclose(self) -> None:
        await self._http.aclose()

    def _ask(self, prompted: Prompted, cache_salt: str) -> AsyncGenerator[AIMessageChunk, None]:
        beside: dict[str, Any] = {"cache_salt": cache_salt}
        if prompted.schema is not None:
            beside["structured_outputs"] = {"json": dict(prompted.schema)}
        chunks = self._chat.astream(
            [SystemMessage(prompted.instructions), HumanMessage(prompted.material)],
            max_completion_tokens=min(prompted.max_tokens, self._settings.max_tokens),
            extra_body=beside,
        )
        return cast(AsyncGenerator[AIMessageChunk, None], chunks)


@dataclass
class _End:
    """Whether a reply came to its end, by what its last chunks say."""

    text_seen: bool = False
    finish_reason: str = ""
    counted: bool = False

    @property
    def reached(self) -> bool:
        """Nothing more is to come: a server that keeps the connection open is not waited for."""
        return self.counted and bool(self.finish_reason)

    def note(self, chunk: AIMessageChunk) -> str:
        """The text of the chunk."""
        if not isinstance(chunk.content, str):
            raise ModelUnavailable(Why.NONSENSE)
        self.text_seen = self.text_seen or bool(chunk.content)
        self.finish_reason = chunk.response_metadata.get("finish_reason") or self.finish_reason
        if (usage := chunk.usage_metadata) is not None and not self.counted:
            self.counted = True
            cached = usage.get("input_token_details", {}).get("cache_read") or 0
            with suppress(OverflowError):  # what a server says of itself is worth no answer
                counts.count_tokens(usage["input_tokens"], cached, usage["output_tokens"])
        return chunk.content

    def judge(self) -> None:
        """Raises:
        ModelUnavailable: it ended before its end.
        """
        if self.finish_reason == "length":
            raise ModelUnavailable(Why.CUT_OFF)
        if self.finish_reason != "stop":
            raise ModelUnavailable(Why.BROKE_OFF)


class _Remembering(CappedTransport):
    """Hands the reply's stream to whoever asks, so that it can be closed without waiting for the collector."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if (replies := _replies.get()) is not None:
            replies.append(cast(httpx.AsyncByteStream, response.stream))
        return response


async def _begun(
    chunks: AsyncIterator[AIMessageChunk], replies: list[httpx.AsyncByteStream], by: float
) -> AIMessageChunk | None:
    """The first chunk; the request goes out here."""
    before = _replies.set(replies)
    try:
        with tracing_context(enabled=False):
            return await _next(chunks, by)
    finally:
        _replies.reset(before)


async def _next(chunks: AsyncIterator[AIMessageChunk], by: float) -> AIMessageChunk | None:
    """Raises:
    ModelUnavailable: no chunk by then. The server's words, and what was asked, go no further than here.
    """
    try:
        async with asyncio.timeout_at(by):
            return await anext(chunks, None)
    except TimeoutError:
        raise ModelUnavailable(Why.TIMED_OUT) from None
    except Exception as error:  # a server may say anything: its client breaks on much of it in its own ways
        raise reason_of(error) from None
