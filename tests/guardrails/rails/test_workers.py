from __future__ import annotations

import asyncio
import threading

import pytest

from guardrails.rails.workers import Workers, WorkersLost


def _wait(gate: threading.Event) -> None:
    gate.wait(5)


async def test_work_runs_in_a_thread_and_what_it_raises_comes_back() -> None:
    workers, where = Workers(1, 1), []

    def fails() -> None:
        raise KeyError("x")

    await workers.run(lambda: where.append(threading.current_thread()))
    with pytest.raises(KeyError):
        await workers.run(fails)
    workers.close()
    assert where != [threading.main_thread()]


async def test_work_that_was_never_begun_is_skipped() -> None:
    workers, gate, done = Workers(1, 1), threading.Event(), []
    first = asyncio.create_task(workers.run(lambda: done.append(gate.wait(5))))
    second = asyncio.create_task(workers.run(lambda: done.append("second")))
    await asyncio.sleep(0.02)
    second.cancel()
    await asyncio.sleep(0.02)
    assert workers.lost == 0
    gate.set()
    await first
    await workers.run(lambda: done.append("third"))
    workers.close()
    assert done == [True, "third"]


async def test_a_thread_that_is_given_up_is_replaced_and_ends_when_it_can() -> None:
    workers, gate = Workers(1, 2), threading.Event()
    hangs = asyncio.create_task(workers.run(lambda: _wait(gate)))
    await asyncio.sleep(0.02)
    hangs.cancel()
    await asyncio.sleep(0.02)
    assert workers.lost == 1
    await asyncio.wait_for(workers.run(lambda: None), 1)
    gate.set()
    await asyncio.sleep(0.05)
    assert workers.lost == 0
    workers.close()


async def test_only_so_many_threads_may_be_lost() -> None:
    workers, gate = Workers(1, 1), threading.Event()
    hangs = asyncio.create_task(workers.run(lambda: _wait(gate)))
    await asyncio.sleep(0.02)
    hangs.cancel()
    await asyncio.sleep(0.02)
    with pytest.raises(WorkersLost):
        await workers.run(lambda: None)
    gate.set()
    workers.close()
