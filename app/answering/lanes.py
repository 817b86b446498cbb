"""The threads in which an answer's long steps run: each kind has its own, so that none waits behind another kind.

Searches want the processor, records the database's one lock. In one pool, records that wait for the lock keep
searches from threads, and searches keep from the interpreter the record that holds it: at twenty questions at a time
that halves what a machine answers.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def _pool(threads: int, name: str) -> Executor:
    return ThreadPoolExecutor(threads, thread_name_prefix=name)


@dataclass(frozen=True)
class Lanes:
    """``recorders``: records under way; more than one waits for a database with a single writer (SQLite)."""

    recorders: int = 1
    _searching: Executor = field(init=False, repr=False, compare=False)
    _recording: Executor = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_searching", _pool(os.cpu_count() or 1, "search"))
        object.__setattr__(self, "_recording", _pool(self.recorders, "record"))

    async def search(self, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``step`` returns, or raises, in a thread for searches; in the order of asking."""
        return await _in(self._searching, partial(step, *args, **kwargs))

    async def record(self, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``step`` returns, or raises, in a thread for records; in the order of asking."""
        return await _in(self._recording, partial(step, *args, **kwargs))


async def _in(pool: Executor, call: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, copy_context().run, call)
