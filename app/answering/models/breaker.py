"""A circuit breaker: an address that fails time after time is left alone for a while, then probed: no customer pays."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

OPENS_AFTER = 5  # failures in a row
STAYS_OPEN_S = 20.0


class Circuit(StrEnum):
    """Whether requests pass."""

    CLOSED = "closed"  # all do
    HALF_OPEN = "half_open"  # none does, but a probe is due, which decides
    OPEN = "open"  # none does


@dataclass
class Breaker:
    """Told of every request what became of it. ``now`` counts seconds."""

    now: Callable[[], float] = time.monotonic
    _failures: int = 0
    _opened: float | None = None

    @property
    def circuit(self) -> Circuit:
        if self._opened is None:
            return Circuit.CLOSED
        return Circuit.HALF_OPEN if self.now() - self._opened >= STAYS_OPEN_S else Circuit.OPEN

    @property
    def is_doubtful(self) -> bool:
        """Whether what was tried last failed, or nothing but a probe went well since."""
        return self._failures > 0

    def succeeded(self) -> None:
        """A request was answered."""
        self._failures, self._opened = 0, None

    def readmit(self) -> None:
        """The probe that was due went well. A token is no answer: the next failure opens the circuit again."""
        self._failures, self._opened = OPENS_AFTER - 1, None

    def failed(self) -> None:
        """One more; one begun before the circuit opened does not keep it open for longer."""
        self._failures += 1
        if self.circuit is Circuit.HALF_OPEN or (self._opened is None and self._failures >= OPENS_AFTER):
            self._opened = self.now()
