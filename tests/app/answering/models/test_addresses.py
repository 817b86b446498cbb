"""Many addresses of one model: who is asked next, who is left alone, and when it is tried elsewhere."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack

import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr
from structlog.testing import capture_logs

from app.answering.models.addresses import PROBE_S
from app.answering.models.breaker import OPENS_AFTER, STAYS_OPEN_S, Circuit
from app.answering.models.errors import ModelUnavailable, Why
from app.answering.models.registry import PROBE_EVERY_S, Models
from app.answering.models.settings import ServedModelSettings
from tests.app.answering.models.served import PROMPTED, heard, model_of, models_at
from tests.fakes.model_server import (
    ModelServer,
    Reply,
    dies_after,
    fails,
    free_port,
    hangs,
    hangs_after,
    in_turn,
    serving,
    streams,
)

YES = streams("Yes")


def running(stack: ExitStack, *replies: Reply) -> list[ModelServer]:
    return [stack.enter_context(serving(reply)) for reply in replies]


def asked(servers: list[ModelServer]) -> list[int]:
    return [len(server.requests) for server in servers]


def age(models: Models, seconds: float) -> None:
    """As if so many seconds had passed since anything happened at the addresses."""
    for each in models._addresses.values():
        for address in each.all:
            address.heard_at -= seconds
            if address.breaker._opened is not None:
                address.breaker._opened -= seconds


async def settled(models: Models) -> None:
    """Waits for the probes that nobody waits for."""
    for each in models._addresses.values():
        for address in each.all:
            if address._trial is not None:
                await address._trial


async def test_equals_are_asked_in_turn() -> None:
    with ExitStack() as stack:
        servers = running(stack, YES, YES, YES)
        async with models_at(*(server.base_url for server in servers)) as models:
            for _ in range(6):
                await heard(model_of(models))
    assert asked(servers) == [2, 2, 2]


async def test_the_one_with_the_fewest_under_way_is_asked_first() -> None:
    with ExitStack() as stack:
        servers = running(stack, in_turn(hangs_after("The fee"), YES), YES)
        async with models_at(*(server.base_url for server in servers)) as models:
            slow = model_of(models).stream(PROMPTED, 5.0)
            await anext(slow)
            for _ in range(4):
                await heard(model_of(models))
            await slow.aclose()
    assert asked(servers) == [1, 4]


async def test_what_fails_before_a_word_is_read_is_asked_of_one_other() -> None:
    for reply in (fails(503), dies_after()):
        with ExitStack() as stack:
            servers = running(stack, reply, YES)
            async with models_at(*(server.base_url for server in servers)) as models:
                assert await heard(model_of(models)) == (["Yes"], None)
        assert asked(servers) == [1, 1]


async def test_two_that_fail_are_enough() -> None:
    with ExitStack() as stack:
        servers = running(stack, fails(503), fails(500), YES)
        async with models_at(*(server.base_url for server in servers)) as models:
            pieces, error = await heard(model_of(models))
    assert error is not None
    assert (pieces, error.why, error.status) == ([], Why.ERROR_STATUS, 500)
    assert asked(servers) == [1, 1, 0]


async def test_what_fails_after_a_word_was_read_is_asked_of_nobody_else() -> None:
    with ExitStack() as stack:
        servers = running(stack, dies_after("The fee"), YES)
        async with models_at(*(server.base_url for server in servers)) as models:
            pieces, error = await heard(model_of(models))
    assert error is not None
    assert (pieces, error.why, asked(servers)) == (["The fee"], Why.BROKE_OFF, [1, 0])


async def test_after_five_failures_nobody_waits_for_it() -> None:
    with serving(hangs) as server:
        async with models_at(server.base_url, first_sentence_s=0.05) as models:
            for _ in range(OPENS_AFTER):
                _, error = await heard(model_of(models))
                assert error is not None
                assert error.why is Why.TIMED_OUT
            began = time.monotonic()
            _, error = await heard(model_of(models))
            assert time.monotonic() - began < 0.05
            assert error is not None
            assert (error.why, len(server.requests), models.down()) == (Why.OPEN_CIRCUIT, OPENS_AFTER, ("*",))


async def test_a_circuit_that_is_due_is_tried_by_one_token_and_no_customer_waits_for_it() -> None:
    with serving(hangs) as server:
        async with models_at(server.base_url, first_sentence_s=0.05) as models:
            for _ in range(OPENS_AFTER):
                await heard(model_of(models))
            server.reply = YES
            age(models, STAYS_OPEN_S)
            for _ in range(3):
                _, error = await heard(model_of(models))
                assert error is not None
                assert error.why is Why.OPEN_CIRCUIT
            await settled(models)
            assert [request["max_completion_tokens"] for request in server.requests[OPENS_AFTER:]] == [1]
            assert await heard(model_of(models)) == (["Yes"], None)
            assert models.down() == ()


async def test_where_that_token_does_not_come_the_circuit_stays_open_as_long_again() -> None:
    with serving(fails(503)) as server:
        async with models_at(server.base_url) as models:
            for _ in range(OPENS_AFTER):
                await heard(model_of(models))
            age(models, STAYS_OPEN_S)
            with pytest.raises(ModelUnavailable):
                model_of(models).turn_away("answer")
            await settled(models)
            assert models.conditions()["*"][0].circuit is Circuit.OPEN
            assert len(server.requests) == OPENS_AFTER + 1


async def test_a_server_that_has_a_token_and_no_answers_fails_one_customer_more_and_not_five() -> None:
    with serving(fails(503)) as server:
        async with models_at(server.base_url) as models:
            for _ in range(OPENS_AFTER):
                await heard(model_of(models))
            server.reply = in_turn(YES, fails(503))
            age(models, STAYS_OPEN_S)
            await models.probe()
            assert models.down() == ()
            await heard(model_of(models))
            assert models.down() == ("*",)


async def test_an_address_that_nobody_knows_to_be_well_is_asked_by_as_many_as_it_takes_to_find_out() -> None:
    with serving(hangs) as server:
        async with models_at(server.base_url, first_sentence_s=1.0) as models:
            trying = [asyncio.ensure_future(heard(model_of(models))) for _ in range(OPENS_AFTER)]
            await asyncio.sleep(0.1)
            assert model_of(models).refuses is Why.OPEN_CIRCUIT
            _, error = await heard(model_of(models))
            assert error is not None
            assert error.why is Why.OPEN_CIRCUIT
            await asyncio.gather(*trying)


async def test_an_address_that_was_heard_takes_all_that_come() -> None:
    with serving(in_turn(YES, hangs)) as server:
        async with models_at(server.base_url) as models:
            await heard(model_of(models))
            trying = [asyncio.ensure_future(heard(model_of(models))) for _ in range(2 * OPENS_AFTER)]
            await asyncio.sleep(0.1)
            assert model_of(models).refuses is None
            await asyncio.gather(*trying)


async def test_a_model_that_is_asked_by_too_many_turns_others_away_before_anything_is_made_ready() -> None:
    with serving(hangs) as server:
        async with models_at(server.base_url, at_once=1) as models:
            first = asyncio.ensure_future(heard(model_of(models)))
            await asyncio.sleep(0.1)
            with pytest.raises(ModelUnavailable) as turned_away:
                model_of(models).turn_away("answer")
            assert turned_away.value.why is Why.BUSY
            await first


async def test_an_address_with_an_open_circuit_is_passed_over() -> None:
    with ExitStack() as stack:
        servers = running(stack, fails(503), YES)
        async with models_at(*(server.base_url for server in servers)) as models:
            for _ in range(4 * OPENS_AFTER):
                assert await heard(model_of(models)) == (["Yes"], None)
    assert asked(servers)[0] == OPENS_AFTER


async def test_a_question_that_is_wrong_itself_opens_no_circuit() -> None:
    with serving(fails(400)) as server:
        async with models_at(server.base_url) as models:
            for _ in range(OPENS_AFTER + 1):
                await heard(model_of(models))
            assert models.down() == ()


async def test_customers_who_leave_early_or_have_little_time_open_no_circuit() -> None:
    with serving(hangs) as server:
        async with models_at(server.base_url) as models:
            for _ in range(OPENS_AFTER + 1):
                await heard(model_of(models), within_s=0.02)
            for _ in range(OPENS_AFTER + 1):
                reading = asyncio.create_task(heard(model_of(models)))
                await asyncio.sleep(0.02)
                reading.cancel()
            assert models.down() == ()


async def test_who_gives_up_on_silence_just_before_the_limit_tells_the_address_by_it() -> None:
    with serving(hangs) as server:
        async with models_at(server.base_url, first_sentence_s=0.1) as models:
            for _ in range(OPENS_AFTER):
                reading = asyncio.create_task(heard(model_of(models)))
                await asyncio.sleep(0.095)
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)
            assert models.down() == ("*",)


async def test_a_probe_asks_for_one_token_and_what_does_not_give_it_is_asked_nothing() -> None:
    with ExitStack() as stack:
        servers = running(stack, streams("Y", finish_reason="length"), fails(503))
        urls = [*(server.base_url for server in servers), f"http://127.0.0.1:{free_port()}/v1"]
        async with models_at(*urls) as models:
            with capture_logs() as logged:
                await models.probe()
            assert [(c.up, c.why) for c in models.conditions()["*"]] == [(True, ""), (False, "503"), (False, "down")]
            for _ in range(4):
                await heard(model_of(models))
            assert asked(servers) == [5, 1]
    assert servers[0].requests[0]["max_completion_tokens"] == 1
    assert sorted((line["address"], line["up"]) for line in logged) == sorted(
        zip(urls, (True, False, False), strict=True)
    )


async def test_a_gpu_that_hangs_behind_a_healthy_page_is_found_by_the_probe() -> None:
    with serving(hangs) as server:
        async with models_at(server.base_url) as models:
            began = time.monotonic()
            await models.probe()
            assert time.monotonic() - began < PROBE_S + 1
            assert models.down() == ("*",)
            server.reply = YES
            await models.probe()
            assert models.down() == ()


async def test_an_address_that_was_heard_a_moment_ago_is_not_probed() -> None:
    with serving(YES) as server:
        async with models_at(server.base_url) as models:
            await heard(model_of(models))
            await models.probe()
            assert len(server.requests) == 1
            age(models, PROBE_EVERY_S)
            await models.probe()
            assert len(server.requests) == 2


async def test_the_probe_is_the_one_that_tries_a_circuit_that_is_due() -> None:
    with serving(fails(503)) as server:
        async with models_at(server.base_url) as models:
            for _ in range(OPENS_AFTER):
                await heard(model_of(models))
            server.reply = YES
            await models.probe()
            assert models.conditions()["*"][0].circuit is Circuit.OPEN, "a token is no proof that answers are well"
            age(models, STAYS_OPEN_S)
            await models.probe()
            assert models.conditions()["*"][0].circuit is Circuit.CLOSED


async def test_probes_go_on_until_the_house_closes_and_never_begin_where_nobody_has_a_model() -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            raise asyncio.CancelledError

    def key_of(_: str) -> SecretStr:
        return SecretStr("none")

    await Models({}, key_of, b"k", pause).watch()
    assert pauses == []
    with serving(streams("Y", finish_reason="length")) as server:
        settings = ServedModelSettings(addresses=(server.base_url,), model="tiny")
        models = Models({"*": settings}, key_of, b"k", pause)
        watching = asyncio.create_task(models.watch())
        await asyncio.gather(watching, return_exceptions=True)
        await models.aclose()
    assert watching.cancelled()
    assert len(server.requests) == 3
    assert max(pauses) <= 5


async def test_an_institution_has_its_own_model_else_everybodys_else_none() -> None:
    def named(model: str) -> ServedModelSettings:
        return ServedModelSettings(addresses=("http://m/v1",), model=model)

    both = Models({"a-bank": named("own"), "*": named("shared")}, lambda _: SecretStr("none"), b"k")
    alone = Models({"a-bank": named("own")}, lambda _: SecretStr("none"), b"k")
    assert [model_of(both, one).id for one in ("a-bank", "b-bank")] == ["own", "shared"]
    assert alone.of("b-bank") is None
    assert both.of("a-bank") is both.of("a-bank")


async def test_metrics_say_how_each_address_is() -> None:
    with serving(fails(503)) as server:
        async with models_at(server.base_url) as models:
            for _ in range(OPENS_AFTER):
                await heard(model_of(models))
            await models.probe()
            models.measure()
        here = {"address": server.base_url}
    circuits = {c: REGISTRY.get_sample_value("candour_model_circuit", {**here, "circuit": c}) for c in Circuit}
    assert circuits == {Circuit.CLOSED: 0, Circuit.HALF_OPEN: 0, Circuit.OPEN: 1}
    assert REGISTRY.get_sample_value("candour_model_up", here) == 0
    assert REGISTRY.get_sample_value("candour_model_under_way", here) == 0
