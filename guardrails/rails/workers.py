"""A few threads in which detectors run. One that hangs is given up and replaced.

No thread can be killed. A lost one is left to itself (it ends when its detector returns, if ever), another takes its
place, and only so many may be lost: then nothing runs any more and every check is held until the process starts again.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, TypeVar

import structlog

T = TypeVar("T")

_log = structlog.get_logger()


class WorkersLost(Exception):
    """So many threads hang that none is replaced any more."""


@dataclass
class _Job:
    work: Callable[[], Any]
    done: Future[Any] = field(default_factory=Future)
    ended: bool = False
    given_up: bool = False


class Workers:
    """Runs work in ``most`` threads; up to ``bearable`` more may hang."""

    def __init__(self, most: int, bearable: int) -> None:
        self._most, self._bearable = most, bearable
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._lost = 0
        for _ in range(most):
            self._start_one()

    @property
    def lost(self) -> int:
        """How many threads hang now."""
        with self._lock:
            return self._lost

    async def run(self, work: Callable[[], T]) -> T:
        """What ``work`` returns; if the caller gives up waiting (is cancelled), its thread counts as lost.

        Raises:
            WorkersLost: nothing was begun. Whatever ``work`` raises.
        """
        job = _Job(work)
        with self._lock:
            if self._lost >= self._bearable:
                raise WorkersLost
        self._jobs.put(job)
        try:
            done: asyncio.Future[T] = asyncio.wrap_future(job.done)
            return await done
        except asyncio.CancelledError:
            self._give_up(job)
            raise

    def close(self) -> None:
        """Ends the threads that are idle; one that hangs is not waited for."""
        for _ in range(self._most):
            self._jobs.put(None)

    def _give_up(self, job: _Job) -> None:
        if job.done.cancel():
            return  # it was never begun, and is skipped
        with self._lock:
            if job.ended:
                return
            job.given_up = True
            self._lost += 1
            lost = self._lost
        _log.error("rails.worker.lost", hanging=lost, bearable=self._bearable)
        self._start_one()

    def _start_one(self) -> None:
        threading.Thread(target=self._serve, name="rails", daemon=True).start()

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            if not job.done.set_running_or_notify_cancel():
                continue
            result, error = _come_of(job.work)
            self._end(job)
            if job.given_up:
                return  # another has taken this one's place
            if error is None:
                job.done.set_result(result)
            else:
                job.done.set_exception(error)

    def _end(self, job: _Job) -> None:
        with self._lock:
            job.ended = True
            self._lost -= job.given_up


def _come_of(work: Callable[[], T]) -> tuple[T | None, BaseException | None]:
    """What ``work`` returned, or what it raised."""
    try:
        return work(), None
    except BaseException as error:
        return None, error
