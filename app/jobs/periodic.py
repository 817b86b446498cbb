"""What a worker does from time to time beside its sweep for uploads, each in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from app.jobs.workflow import WorkerStopping

log = structlog.get_logger(__name__)


@dataclass
class Periodic:
    """Runs ``act`` at the first call, and then once an interval.

    In a thread of its own: it may take minutes, and uploads are not to wait for it. A worker that stops does not wait
    either; what it leaves is taken up again. ``act`` may leave by ``WorkerStopping``.
    """

    name: str
    interval_s: float
    act: Callable[[], object]
    _next: float = 0.0
    _thread: threading.Thread | None = None

    def when_due(self) -> None:
        """Begin a run if it is time and none is under way; returns at once."""
        under_way = self._thread is not None and self._thread.is_alive()
        if not under_way and time.monotonic() >= self._next:
            self._next = time.monotonic() + self.interval_s
            self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Until the run under way is over; none: at once."""
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            self.act()
        except WorkerStopping:
            return
        except Exception as error:
            log.error("worker.periodic_failed", action=self.name, error=type(error).__name__)
