"""Retention as a job of the worker: from time to time, beside the sweep for uploads."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from app.foundation import Foundation
from app.removal.retention import retain_all

INTERVAL_S = 3600.0


@dataclass
class Retention:
    """Runs at the first call, which finishes what a kill interrupted, and then once an interval.

    In a thread of its own: reading all evidence may take minutes, and uploads are not to wait for it. A worker that
    stops does not wait either; what it leaves is taken up again.
    """

    foundation: Foundation
    _next: float = 0.0
    _thread: threading.Thread | None = None

    def when_due(self) -> None:
        """Begin a run if it is time and none is under way; returns at once."""
        under_way = self._thread is not None and self._thread.is_alive()
        if not under_way and time.monotonic() >= self._next:
            self._next = time.monotonic() + INTERVAL_S
            self._thread = threading.Thread(target=retain_all, args=(self.foundation,), name="retention", daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Until the run under way is over; none: at once."""
        if self._thread is not None:
            self._thread.join()
