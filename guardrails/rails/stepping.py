"""A loop for coroutines that wait for nobody: they run to their end in one thread, which keeps the interpreter.

The loop of the process looks at its sockets between any two steps and lets the interpreter go each time, five times in
one check by NeMo. Where other threads work, each time costs milliseconds until it comes back.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def stepped(work: Coroutine[Any, Any, T]) -> T:
    """What ``work`` returns, or raises. It may wait for threads and for time, but for no socket."""
    loop = _Loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


class _Loop(asyncio.BaseEventLoop):
    """Without sockets: nothing is made or closed for it but itself."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = _Bell()

    def _process_events(self, event_list: list[Any]) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        self._selector.ring()


class _Bell:
    """What the loop waits at where nothing can be done: until another thread has something for it, or it is time."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        self._rung.set()

    def select(self, timeout_s: float | None) -> list[Any]:
        """Nothing was heard, ever; only somebody may have rung."""
        if timeout_s is None or timeout_s > 0:
            self._rung.wait(timeout_s)
            self._rung.clear()
        return []
