"""A reply of a served model: its pieces as they come, an end to every one, and nothing of the server's own words."""

from __future__ import annotations

import asyncio
import socket
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress

import pytest
from langchain_core.tracers.langchain import wait_for_all_tracers
from prometheus_client import REGISTRY
from pydantic import SecretStr
from structlog.testing import capture_logs

from app.answering.models.errors import Why
from app.answering.models.registry import Models
from app.answering.models.settings import ServedModelSettings
from app.answering.models.types import Prompted
from tests.app.answering.models.served import BANK, FIRST_S, KEY, PROMPTED, heard, model_of, models_at
from tests.fakes.model_server import (
    Reply,
    dies_after,
    drips,
    errs_after,
    fails,
    free_port,
    hangs,
    hangs_after,
    hangs_up,
    keeps_alive,
    packs,
    redirects,
    says,
    sends,
    serving,
    streams,
)

EVENTS = "text/event-stream"


async def test_the_pieces_come_as_the_server_sends_them() -> None:
    with serving(streams("The fee ", 0.2, "is HK$720.")) as server:
        async with models_at(server.base_url) as models:
            moments = {piece: time.monotonic() async for piece in model_of(models).stream(PROMPTED, 2.0)}
    assert list(moments) == ["The fee ", "is HK$720."]
    assert moments["is HK$720."] - moments["The fee "] > 0.1


async def test_what_is_asked_is_in_an_order_that_caches_and_held_to_its_schema() -> None:
    with serving(streams("{}")) as server:
        async with models_at(server.base_url, temperature=0.3, max_tokens=100) as models:
            model = model_of(models)
            assert await model.ask(PROMPTED, 2.0) == "{}"
            assert (model.id, model.parameters) == ("tiny", {"temperature": 0.3, "max_tokens": 100.0})
    (request,) = server.requests
    assert [(m["role"], m["content"]) for m in request["messages"]] == [
        ("system", PROMPTED.instructions),
        ("user", PROMPTED.material),
    ]
    assert request["structured_outputs"] == {"json": {"type": "object"}}
    assert (request["model"], request["temperature"], request["max_completion_tokens"]) == ("tiny", 0.3, 100)
    assert request["stream_options"] == {"include_usage": True}
    assert "response_format" not in request
    assert server.keys == [f"Bearer {KEY}"]


async def test_free_text_is_held_to_no_schema_and_may_be_shorter_than_the_setting() -> None:
    with serving(streams("Yes")) as server:
        async with models_at(server.base_url) as models:
            await model_of(models).ask(Prompted("Sum it up.", "It.", max_tokens=40), 2.0)
    assert "structured_outputs" not in server.requests[0]
    assert server.requests[0]["max_completion_tokens"] == 40


async def test_each_institution_has_a_cache_of_its_own_under_a_name_that_does_not_tell_whose() -> None:
    with serving(streams("Yes")) as server:
        async with models_at(server.base_url) as models:
            for institution_id in (BANK, "peak-mpf", BANK):
                await model_of(models, institution_id).ask(PROMPTED, 2.0)
    ours, theirs, again = (request["cache_salt"] for request in server.requests)
    assert ours == again != theirs
    assert BANK not in ours
    assert len(ours) == 64


FAILING: Mapping[str, tuple[Reply, list[str], Why, int | None]] = {
    "503": (fails(503), [], Why.ERROR_STATUS, 503),
    "500": (fails(500), [], Why.ERROR_STATUS, 500),
    "401": (fails(401), [], Why.ERROR_STATUS, 401),
    "too long a question": (fails(400), [], Why.ERROR_STATUS, 400),
    "sends on": (redirects("http://127.0.0.1:9/v1"), [], Why.ERROR_STATUS, 307),
    "hangs": (hangs, [], Why.TIMED_OUT, None),
    "drips": (drips, [], Why.TIMED_OUT, None),
    "says that it lives": (keeps_alive, [], Why.TIMED_OUT, None),
    "hangs in the middle": (hangs_after("The fee"), ["The fee"], Why.TIMED_OUT, None),
    "slow": (streams(1.0, "The fee"), [], Why.TIMED_OUT, None),
    "dies": (hangs_up, [], Why.BROKE_OFF, None),
    "dies in the middle": (dies_after("The fee"), ["The fee"], Why.BROKE_OFF, None),
    "ends without an end": (streams("The fee", finish_reason=None), ["The fee"], Why.BROKE_OFF, None),
    "fails in the middle": (errs_after("The fee"), ["The fee"], Why.ERROR_STATUS, 500),
    "too many tokens": (streams("The fee", finish_reason="length"), ["The fee"], Why.CUT_OFF, None),
    "10 MB at once": (streams("x" * 10_000_000), [], Why.TOO_LONG, None),
    "10 MB that are no stream": (sends(b"x" * 10_000_000), [], Why.TOO_LONG, None),
    "packed": (packs, [], Why.TOO_LONG, None),
    "a page": (sends(b"<html>busy</html>"), [], Why.NONSENSE, None),
    "no JSON": (sends(b"data: {nonsense\n\n", EVENTS), [], Why.NONSENSE, None),
    "a list": (sends(b"data: []\n\n", EVENTS), [], Why.NONSENSE, None),
    "nothing": (sends(b"", EVENTS), [], Why.NONSENSE, None),
}


@pytest.mark.parametrize("case", FAILING)
async def test_whatever_else_a_server_does_ends_in_time_and_in_a_constant_word(case: str) -> None:
    reply, said, why, status = FAILING[case]
    with serving(reply) as server, capture_logs() as logged:
        async with models_at(server.base_url) as models:
            began = time.monotonic()
            pieces, error = await heard(model_of(models), within_s=0.8)
            took_s = time.monotonic() - began
    assert error is not None
    assert (pieces, error.why, error.status) == (said, why, status)
    assert took_s < 2
    assert "internal words" not in f"{error} {error!r} {logged} {traceback.format_exception(error)}"


async def test_a_reply_that_repeats_itself_is_read_to_its_most_bytes_and_no_further() -> None:
    with serving(streams(*["the same again "] * 5000)) as server:
        async with models_at(server.base_url, max_reply_bytes=64 * 1024) as models:
            pieces, error = await heard(model_of(models), within_s=5.0)
    assert error is not None
    assert error.why is Why.TOO_LONG
    assert 0 < sum(map(len, pieces)) < 64 * 1024


async def test_nobody_listening_is_told_at_once() -> None:
    async with models_at(f"http://127.0.0.1:{free_port()}/v1") as models:
        began = time.monotonic()
        _, error = await heard(model_of(models))
    assert error is not None
    assert error.why is Why.DOWN
    assert time.monotonic() - began < 1


async def test_a_machine_that_does_not_even_connect_is_down_in_a_third_of_a_second() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(8)]
        for each in waiting:  # until nobody else is let in
            each.setblocking(False)
            with suppress(BlockingIOError):
                each.connect(full.getsockname())
        async with models_at(f"http://127.0.0.1:{full.getsockname()[1]}/v1", first_sentence_s=3) as models:
            began = time.monotonic()
            _, error = await heard(model_of(models), within_s=3.0)
        took_s = time.monotonic() - began
        for each in waiting:
            each.close()
    assert error is not None
    assert error.why is Why.DOWN
    assert took_s < 1.5


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    with serving(streams("Yes")) as server:
        async with models_at(server.base_url) as models:
            assert await heard(model_of(models)) == (["Yes"], None)


async def test_the_whole_of_a_short_reply_may_take_longer_than_a_first_sentence() -> None:
    with serving(streams(FIRST_S + 0.3, "gold card")) as server:
        async with models_at(server.base_url) as models:
            assert await model_of(models).ask(PROMPTED, 3.0) == "gold card"


async def test_a_server_that_does_not_count_or_does_not_say_that_it_is_done_is_read_all_the_same() -> None:
    for reply in (streams("Yes", usage=False), streams("Yes", done=False), says("Yes")):
        with serving(reply) as server:
            async with models_at(server.base_url) as models:
                pieces, error = await heard(model_of(models))
        assert ("".join(pieces), error) == ("Yes", None)


async def test_who_stops_reading_ends_the_request_at_the_server() -> None:
    with serving(hangs_after("The fee")) as server:
        async with models_at(server.base_url) as models:
            pieces = model_of(models).stream(PROMPTED, 5.0)
            assert await anext(pieces) == "The fee"
            left = time.monotonic()
            await pieces.aclose()
            assert await asyncio.to_thread(server.hung_up.wait, 2)
    assert server.hang_ups[0] - left < 1


@pytest.mark.parametrize("reply", [hangs_after("The fee"), hangs, keeps_alive], ids=["middle", "hangs", "alive"])
async def test_a_reader_that_is_cancelled_ends_the_request_at_the_server(reply: Reply) -> None:
    with serving(reply) as server:
        async with models_at(server.base_url, first_sentence_s=5) as models:
            reading = asyncio.create_task(heard(model_of(models), within_s=5.0))
            await asyncio.sleep(0.2)
            left = time.monotonic()
            reading.cancel()
            assert await asyncio.to_thread(server.hung_up.wait, 2)
            with pytest.raises(asyncio.CancelledError):
                await reading
    assert server.hang_ups[0] - left < 1


async def test_more_than_are_allowed_at_once_are_told_so_at_once_and_ask_nobody() -> None:
    with serving(hangs_after("The fee")) as server:
        async with models_at(server.base_url, at_once=2) as models:
            held = [model_of(models).stream(PROMPTED, 5.0) for _ in range(2)]
            for pieces in held:
                await anext(pieces)
            began = time.monotonic()
            _, error = await heard(model_of(models))
            took_s = time.monotonic() - began
            other, _ = await heard(model_of(models, "peak-mpf"), within_s=0.2)
            for pieces in held:
                await pieces.aclose()
            again, _ = await heard(model_of(models), within_s=0.2)
    assert error is not None
    assert error.why is Why.BUSY
    assert took_s < 0.1
    assert (other, again) == (["The fee"], ["The fee"]), "each institution has its own, and they come back"
    assert len(server.requests) == 4


def counted(outcome: str) -> float:
    labels = {"institution": "counted-bank", "task": "answer", "outcome": outcome}
    return REGISTRY.get_sample_value("candour_model_requests_total", labels) or 0.0


async def test_questions_are_counted_by_what_became_of_them() -> None:
    outcomes = {"read": streams("Yes"), "cut_off": streams("Yes", finish_reason="length"), "error_status": fails(503)}
    for outcome, reply in outcomes.items():
        with serving(reply) as server:
            async with models_at(server.base_url) as models:
                await heard(model_of(models, "counted-bank"))
        assert counted(outcome) == 1
    with serving(hangs_after("The fee")) as server:
        async with models_at(server.base_url) as models:
            pieces = model_of(models, "counted-bank").stream(PROMPTED, 5.0)
            await anext(pieces)
            await pieces.aclose()
    assert counted("abandoned") == 1
    first_pieces = REGISTRY.get_sample_value("candour_model_first_piece_seconds_count", {"institution": "counted-bank"})
    assert first_pieces == 3


def test_a_command_may_ask_it_in_one_event_loop_after_another() -> None:
    with serving(streams("Yes")) as server:
        settings = ServedModelSettings(addresses=(server.base_url,), model="tiny")
        model = model_of(Models({"*": settings}, lambda _: SecretStr(KEY), b"k" * 32))
        assert [asyncio.run(model.ask(PROMPTED, 2.0)) for _ in range(3)] == ["Yes"] * 3


async def test_no_word_goes_to_a_tracing_service_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(streams("Yes")) as server, serving(says("{}")) as tracing:
        monkeypatch.setenv("LANGSMITH_TRACING", "true")
        monkeypatch.setenv("LANGSMITH_API_KEY", "key")
        monkeypatch.setenv("LANGSMITH_ENDPOINT", f"http://127.0.0.1:{tracing.port}")
        async with models_at(server.base_url) as models:
            assert await heard(model_of(models)) == (["Yes"], None)
        await asyncio.to_thread(wait_for_all_tracers)
        await asyncio.sleep(0.5)
    assert (tracing.requests, tracing.keys) == ([], [])
