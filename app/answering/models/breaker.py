"""A circuit breaker: an address that fails time after time is left alone for a while, then tried once."""

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
    HALF_OPEN = "half_open"  # one does; what becomes of it decides
    OPEN = "open"  # none does


@dataclass
class Breaker:
    """Call ``begin`` for each request that passes, then one of ``succeeded``, ``failed`` and ``abandoned``.

    ``now`` counts seconds.
    """

    now: Callable[[], float] = time.monotonic
    _failures: int = 0
    _opened: float | None = None
    _trying: bool = False

    @property
    def circuit(self) -> Circuit:
        if self._opened is None:
            return Circuit.CLOSED
        return Circuit.HALF_OPEN if self.now() - self._opened >= STAYS_OPEN_S else Circuit.OPEN

    @property
    def is_doubtful(self) -> bool:
        """Whether what was tried last failed."""
        return self._failures > 0

    @property
    def passes(self) -> bool:
        """Whether a request may begin."""
        circuit = self.circuit
        return circuit is Circuit.CLOSED or (circuit is Circuit.HALF_OPEN and not self._trying)

    def begin(self) -> None:
        self._trying = self.circuit is Circuit.HALF_OPEN

    def succeeded(self) -> None:
        self._failures, self._opened, self._trying = 0, None, False

    def failed(self) -> None:
        """One more; one begun before the circuit opened does not keep it open for longer."""
        self._failures += 1
        if self.circuit is Circuit.HALF_OPEN or (self._opened is None and self._failures >= OPENS_AFTER):
            self._opened = self.now()
        self._trying = False

    def abandoned(self) -> None:
        """Nobody waited for what would have become of it: it says nothing."""
        self._trying = False
