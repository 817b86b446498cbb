"""Coroutines that wait for nobody run to their end in one thread, and errors and other threads reach them."""

from __future__ import annotations

import asyncio
import threading
import time
from contextvars import ContextVar

import pytest

from guardrails.rails.evaluating import evaluated
from guardrails.rails.stepping import stepped

_said: ContextVar[str] = ContextVar("_said", default="")


async def _both(first: str, second: str) -> list[str]:
    async def say(word: str) -> str:
        _said.set(word)
        await asyncio.sleep(0)
        return _said.get()

    return await asyncio.gather(say(first), say(second))


def test_tasks_run_side_by_side_each_in_its_own_context() -> None:
    assert stepped(_both("a", "b")) == ["a", "b"]


def test_what_it_raises_is_raised() -> None:
    async def fails() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stepped(fails())


def test_it_may_wait_for_another_thread_and_for_time() -> None:
    async def waits() -> int:
        await asyncio.sleep(0.01)
        return await asyncio.to_thread(threading.get_ident)

    assert stepped(waits()) != threading.get_ident()


async def test_the_loop_that_a_thread_has_already_is_left_alone() -> None:
    began = time.monotonic()
    assert await asyncio.to_thread(stepped, _both("c", "d")) == ["c", "d"]
    assert asyncio.get_running_loop().time() >= began


def test_expressions_are_read_as_before_with_the_names_of_each_time() -> None:
    for value in (True, False):
        assert evaluated("var_outcome is None", {"var_outcome": None if value else 1}, {"len": len}) is value
    assert evaluated("len(var_a) + 1", {"var_a": "xy"}, {"len": len}) == 3


def test_an_expression_cannot_reach_what_it_is_not_given() -> None:
    for expression in ("open('x')", "var_a.__class__", "unknown"):
        with pytest.raises(Exception, match=r".+"):
            evaluated(expression, {"var_a": 1}, {"len": len})
