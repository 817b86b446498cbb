"""An answer's long steps: each kind in threads of its own, in order, with what the caller's context says."""

from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar

import pytest

from app.answering.lanes import Lanes

who: ContextVar[str] = ContextVar("who", default="nobody")


async def test_a_search_does_not_wait_for_records_that_are_stuck() -> None:
    lanes, released = Lanes(), threading.Event()
    stuck = [asyncio.ensure_future(lanes.record(released.wait, 10)) for _ in range(50)]
    assert await asyncio.wait_for(lanes.search(lambda: "found"), 5) == "found"
    assert not any(each.done() for each in stuck)
    released.set()
    assert all(await asyncio.gather(*stuck))


async def test_records_go_one_after_the_other_in_the_order_of_asking() -> None:
    lanes, order = Lanes(), list[int]()
    under_way = threading.Lock()

    def record(number: int) -> None:
        assert under_way.acquire(blocking=False), "two at a time"
        order.append(number)
        under_way.release()

    await asyncio.gather(*(lanes.record(record, number) for number in range(20)))
    assert order == list(range(20))


async def test_several_recorders_record_at_a_time() -> None:
    lanes, meeting = Lanes(recorders=2), threading.Barrier(2, timeout=5)
    await asyncio.gather(lanes.record(meeting.wait), lanes.record(meeting.wait))


async def test_a_step_runs_in_its_caller_s_context_and_its_error_is_raised() -> None:
    lanes = Lanes()
    who.set("somebody")
    assert await lanes.search(who.get) == "somebody"
    with pytest.raises(ZeroDivisionError):
        await lanes.record(lambda: 1 // 0)
