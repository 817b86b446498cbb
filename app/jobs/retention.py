"""Retention as a job of the worker: from time to time, beside the sweep for uploads."""

from __future__ import annotations

import time
from dataclasses import dataclass

from app.foundation import Foundation
from app.removal.retention import retain_all

INTERVAL_S = 3600.0


@dataclass
class Retention:
    """Runs at the first call, which finishes what a kill interrupted, and then once an interval."""

    foundation: Foundation
    _next: float = 0.0

    def when_due(self) -> None:
        """Run if it is time; never raises: what goes wrong is logged and tried again."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + INTERVAL_S
            retain_all(self.foundation)
