"""What must be well before a process takes customers: database, rails, embedding model, published snapshots."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field

import structlog

from app.composition import Platform
from app.institutions.service import InstitutionService

WARM_UP = "Is it ready?"

log = structlog.get_logger(__name__)


@dataclass
class Readiness:
    """Warms parts up in the background and says which are cold. ``expected`` institutions must have published."""

    platform: Platform
    expected: frozenset[str] = frozenset()
    _warm: set[str] = field(default_factory=set)

    def start(self) -> None:
        """Begins to warm up; returns at once."""
        threading.Thread(target=self._warm_up, name="warm-up", daemon=True).start()

    def waiting_for(self) -> list[str]:
        """The parts that are not ready, by name; empty when customers may come."""
        cold = [part for part in ("embedder", "rails") if part not in self._warm]
        try:
            unpublished = self._unpublished()
        except Exception as error:
            log.error("readiness.database", error=type(error).__name__)
            return ["database", *cold]
        return [*cold, *sorted(f"knowledge:{institution_id}" for institution_id in unpublished)]

    def degraded(self) -> list[str]:
        """The parts that answer from less than they should: an earlier snapshot, as the current one is damaged."""
        return sorted(f"knowledge:{institution_id}" for institution_id in self.platform.knowledge.damaged())

    def _warm_up(self) -> None:
        try:
            self.platform.knowledge.embedder.embed([WARM_UP])
            self._warm.add("embedder")
            if asyncio.run(self.platform.rails.canary()):
                self._warm.add("rails")
        except Exception as error:  # stays cold and says so; quotes by words alone still work
            log.error("readiness.warm_up", error=type(error).__name__)

    def _unpublished(self) -> set[str]:
        foundation = self.platform.foundation
        with foundation.database.read() as session:
            institutions = InstitutionService(session, foundation.ledger)
            known = {i.id: institutions.pointer(i.id).snapshot_id for i in institutions.all()}
        return {institution_id for institution_id in self.expected if known.get(institution_id) is None}
