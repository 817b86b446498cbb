"""Times the steps of one answer."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType


class Stopwatch:
    """Named laps in milliseconds; a step that runs twice adds up. ``total`` counts from construction."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._laps: dict[str, float] = {}

    @contextmanager
    def lap(self, name: str) -> Iterator[None]:
        """Times the block under ``name``, also when it raises."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._laps[name] = self._laps.get(name, 0.0) + (time.perf_counter() - began) * 1000

    def timings_ms(self) -> Mapping[str, float]:
        """The laps so far and the total, in milliseconds."""
        total = (time.perf_counter() - self._started) * 1000
        return MappingProxyType({**self._laps, "total": total})
