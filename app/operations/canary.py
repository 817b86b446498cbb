"""Every minute a benign question, passage and answer go through all rails of this process; a blocked one is an alarm.

A guard that blocks everything is as broken as one that lets everything through, and nobody else would notice: every
answer would be held, one at a time. Each process looks at itself; the institutions' own flows are looked at, too.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

import structlog
from prometheus_client import Gauge

from guardrails.rails.canary import ID as EVERYBODY
from guardrails.rails.engine import Rails

INTERVAL_S = 60.0
OVERDUE_S = 3 * INTERVAL_S  # since the last one: then nobody knows how the rails are

log = structlog.get_logger(__name__)
_passes = Gauge("candour_canary_passes", "1: the last canary passed all rails; 0: it was stopped.", ["rails"])
_age = Gauge("candour_canary_age_seconds", "Since the last canary was through; an alarm beyond 180.")
_hanging = Gauge("candour_rails_hanging", "Threads of the rails that hang; at 16 every answer is held.")


@dataclass
class CanaryWatch:
    """Sends canaries and keeps what became of them. ``institution_ids`` are those that may have flows of their own.

    ``now`` counts seconds; ``pause`` waits for some.
    """

    rails: Rails
    institution_ids: Callable[[], Iterable[str]]
    now: Callable[[], float] = time.monotonic
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    _last: float | None = None
    _passed: dict[str, bool] = field(default_factory=dict)

    async def run(self) -> None:
        """Sends one at once and one a minute, until cancelled. Nothing that goes wrong with one ends it."""
        while True:
            await self.send()
            await self.pause(INTERVAL_S)

    async def send(self) -> None:
        """Sends one through the shipped rails and one through those of each institution with flows of its own."""
        for rails in (EVERYBODY, *self._with_own_flows()):
            passed = await self._passes(rails)
            if not passed:
                log.error("canary.stopped", rails=rails, faults=len(self.rails.condition().faults))
            self._passed[rails] = passed
            _passes.labels(rails).set(passed)
        self._last = self.now()
        self.measure()

    @property
    def well(self) -> bool:
        """Whether the last canary through the shipped rails passed, and is not long ago."""
        return self._passed.get(EVERYBODY, False) and not self._overdue()

    def stopped(self) -> tuple[str, ...]:
        """The institutions whose own rails stopped the last canary."""
        return tuple(sorted(rails for rails, passed in self._passed.items() if not passed and rails != EVERYBODY))

    def alarms(self, institution_id: str | None = None) -> tuple[str, ...]:
        """What somebody must look at, a sentence each; of the institution's own rails, or of all where it is None."""
        alarms = [*self.rails.condition().faults]
        if self._overdue():
            alarms.append(f"No canary has come through the rails for {OVERDUE_S / 60:.0f} minutes: see the log")
        if not self._passed.get(EVERYBODY, True):
            alarms.append("A benign question does not pass the rails: every answer is held. See candour doctor")
        for own in self.stopped():
            if institution_id in (None, own):
                why = self.rails.faults_of(own) or "a benign question does not pass them"
                alarms.append(f"The own flows of {own} stop every answer: {why}")
        return tuple(alarms)

    def measure(self) -> None:
        """Sets what /metrics prints to how it is now."""
        _hanging.set(self.rails.condition().hanging)
        if self._last is not None:
            _age.set(self.now() - self._last)

    async def _passes(self, rails: str) -> bool:
        try:
            return await self.rails.canary(rails)
        except Exception as error:  # the watch goes on: an alarm it is
            log.error("canary.failed", rails=rails, error=type(error).__name__)
            return False

    def _with_own_flows(self) -> list[str]:
        """Institutions with own flows, right or wrong. None are known while the database is away."""
        try:
            known = list(self.institution_ids())
        except Exception as error:
            log.error("canary.institutions", error=type(error).__name__)
            known = []
        with_flows = [institution_id for institution_id in known if self.rails.has_own(institution_id)]
        for gone in self._passed.keys() - {EVERYBODY, *with_flows}:
            if known:
                del self._passed[gone]
        return with_flows

    def _overdue(self) -> bool:
        return self._last is not None and self.now() - self._last > OVERDUE_S
