"""What the product relies on in vLLM, seen through its own client: pieces, schemas, caches, ends, and "busy"."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress

import httpx
import pytest
from pydantic import SecretStr

from app.answering.models.errors import ModelUnavailable, Why
from app.answering.models.registry import PROBE_EVERY_S, Models
from app.answering.models.settings import ServedModelSettings
from app.answering.models.types import Model, Prompted
from app.answering.types import AnswerStatus, Question
from app.composition import Platform
from tests.app.answering.models.served import model_of
from tests.vllm.lessons import Exchange
from tests.vllm.server import AT_ONCE, VllmServer

WITHIN_S = 60.0  # this processor is shared: nothing here is about how fast it is
QUESTION = "What is the deposit protection limit?"
UNKNOWN = ("You judge sentences.", "Nobody ever taught this model what to say to this.")
ENDLESS = Prompted(*UNKNOWN, {"type": "array", "items": {"type": "integer"}, "minItems": 4000}, max_tokens=4096)
BLOCK = 128  # tokens at the most that vLLM on a CPU caches together: what is left over is computed again


def prompted(taught: dict[str, Exchange], question: str = QUESTION) -> Prompted:
    """The product's own prompt for a question that the model was taught."""
    instructions, material = (message["content"] for message in taught[question].messages)
    return Prompted(instructions, material)


async def until(true: Callable[[], bool], within_s: float) -> bool:
    """Whether it came true in time, while everything else goes on."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if await asyncio.to_thread(true):
            return True
        await asyncio.sleep(0.02)
    return False


@asynccontextmanager
async def under_way(models: Models, server: VllmServer, count: int) -> AsyncIterator[None]:
    """``count`` replies without end, all of them begun at the server."""
    replies = [model_of(models).stream(ENDLESS, WITHIN_S) for _ in range(count)]
    readers = [asyncio.create_task(_hold(reply)) for reply in replies]
    try:
        assert await until(lambda: server.measured("num_requests_running") == count, 30)
        yield
    finally:
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
        assert await until(lambda: server.measured("num_requests_running") == 0, 10)


async def _hold(reply: AsyncGenerator[str, None]) -> None:
    """Reads its beginning, and no more: the server goes on writing."""
    async with aclosing(reply):
        await anext(reply)
        await asyncio.Event().wait()


async def test_the_reply_comes_in_pieces_long_before_its_end(
    models: Models, taught: dict[str, Exchange], say: Callable[[str], None]
) -> None:
    began = time.monotonic()
    pieces: list[tuple[float, str]] = []
    async with aclosing(model_of(models).stream(prompted(taught), WITHIN_S)) as reply:
        async for piece in reply:
            pieces.append((time.monotonic() - began, piece))
    assert "".join(piece for _, piece in pieces) == taught[QUESTION].reply
    half = next(at for at, _ in pieces[len(pieces) // 2 :])
    assert len(pieces) > 20
    assert pieces[0][0] < half < pieces[-1][0]
    say(f"first piece after {pieces[0][0]:.2f} s, the last of {len(pieces)} after {pieces[-1][0]:.2f} s")


async def test_a_schema_holds_a_model_that_knows_no_answer_to_its_form(models: Models) -> None:
    schema = {
        "type": "object",
        "properties": {
            "verdict": {"enum": ["supported", "contradicted", "not_found"]},
            "figures": {"type": "array", "items": {"type": "boolean"}, "minItems": 2, "maxItems": 2},
        },
        "required": ["verdict", "figures"],
        "additionalProperties": False,
    }
    held = [json.loads(await model_of(models).ask(Prompted(*UNKNOWN, schema), WITHIN_S)) for _ in range(5)]
    assert all(each["verdict"] in schema["properties"]["verdict"]["enum"] for each in held)  # type: ignore[index]
    assert all([type(one) for one in each["figures"]] == [bool, bool] for each in held)
    assert "verdict" not in await _said_freely(model_of(models))  # by itself it says what it knows


async def _said_freely(model: Model) -> str:
    """What it says without a schema, as far as it gets."""
    said = ""
    with suppress(ModelUnavailable):  # cut off
        async with aclosing(model.stream(Prompted(*UNKNOWN, max_tokens=40), WITHIN_S)) as reply:
            async for piece in reply:
                said += piece
    return said


async def test_the_second_ask_of_an_institution_reads_its_prompt_from_the_cache_and_another_institution_does_not(
    models: Models, server: VllmServer, taught: dict[str, Exchange], say: Callable[[str], None]
) -> None:
    async def hits_of(institution_id: str) -> tuple[float, float]:
        before = [server.measured(f"prefix_cache_{kind}_total") for kind in ("hits", "queries")]
        await model_of(models, institution_id).ask(prompted(taught), WITHIN_S)
        hits, queries = (
            server.measured(f"prefix_cache_{kind}_total") - was
            for kind, was in zip(("hits", "queries"), before, strict=True)
        )
        return hits, queries

    first, queries = await hits_of("an-institution")
    again, _ = await hits_of("an-institution")
    other, _ = await hits_of("another-institution")
    assert queries > 4 * BLOCK
    assert (first, other) == (0, 0)
    assert queries - 2 * BLOCK <= again < queries
    say(f"asked again, {again:.0f} of {queries:.0f} tokens came from the cache; for another institution {other:.0f}")


async def test_whoever_stops_reading_ends_the_request_at_the_server_within_a_second(
    models: Models, server: VllmServer
) -> None:
    reply = model_of(models).stream(ENDLESS, WITHIN_S)
    for _ in range(5):
        await anext(reply)
    assert await until(lambda: server.measured("num_requests_running") == 1, 10)
    await reply.aclose()
    assert await until(lambda: server.measured("num_requests_running") == 0, 1)


async def test_a_cancelled_reader_ends_its_request_too(models: Models, server: VllmServer) -> None:
    async with under_way(models, server, 1):
        pass  # left by cancelling; whether it ended is asserted there


async def test_a_full_server_turns_the_next_request_away_at_once(models: Models, server: VllmServer) -> None:
    async with under_way(models, server, AT_ONCE):
        began = time.monotonic()
        with pytest.raises(ModelUnavailable) as turned_away:
            await model_of(models).ask(Prompted(*UNKNOWN), WITHIN_S)
        took_s = time.monotonic() - began
        whole = await asyncio.to_thread(server.post, messages=[{"role": "user", "content": "Hello"}], max_tokens=1)
    assert turned_away.value.why is Why.ERROR_STATUS
    assert took_s < 5
    assert whole.status_code == 503


async def test_the_customer_of_a_full_server_gets_quotes_and_is_told(
    models: Models, server: VllmServer, platform: Platform
) -> None:
    async with under_way(models, server, AT_ONCE):
        answer = await platform.assistant.ask(Question("harbour-bank", QUESTION))
    assert answer is not None
    assert answer.status is AnswerStatus.QUOTED
    assert "Many customers are asking just now" in " ".join(answer.notices)


async def test_an_engine_that_hangs_passes_for_healthy_until_it_is_asked_for_a_token(
    models: Models, server: VllmServer
) -> None:
    await models.probe()
    assert models.down() == ()
    server.signal_engine(signal.SIGSTOP)
    try:
        await asyncio.sleep(PROBE_EVERY_S)  # what was heard a moment ago is not probed
        health = await asyncio.to_thread(httpx.get, f"{server.url}/health")
        await models.probe()
    finally:
        server.signal_engine(signal.SIGCONT)
    assert health.status_code == 200
    assert models.down() == ("*",)
    assert await until(lambda: server.measured("num_requests_running") == 0, 10)
    await models.probe()
    assert models.down() == ()


async def test_a_wrong_key_is_turned_away(server: VllmServer) -> None:
    served = ServedModelSettings(addresses=(server.base_url,), model="tiny")
    models = Models({"*": served}, lambda _: SecretStr("wrong"), b"tests")
    with pytest.raises(ModelUnavailable) as turned_away:
        await model_of(models).ask(Prompted(*UNKNOWN), WITHIN_S)
    assert (turned_away.value.why, turned_away.value.status) == (Why.ERROR_STATUS, 401)
    await models.aclose()
