"""What must be well before a process takes customers: database, rails, embedding model, published snapshots."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from app.composition import Platform
from app.institutions.service import InstitutionService
from app.operations.canary import CanaryWatch
from app.switches.reading import all_settings

KNOWLEDGE = "knowledge:"
DATABASE = "The database does not answer: start it, or correct CANDOUR_DATABASE_URL."
WORKER_HERE = (
    "The worker takes the samples' documents in, which takes some minutes: candour doctor says whether it runs."
)
NO_WORKER_HERE = (
    "The samples' documents come from a worker, and this server starts none (CANDOUR_WORKER=false): "
    "run candour worker --demo; one without --demo takes no samples in."
)

log = structlog.get_logger(__name__)


@dataclass
class Readiness:
    """Warms parts up in the background and says which are cold. ``expected`` institutions must have published.

    ``canary`` is sent once to warm the rails up; whoever runs the process sends it again every minute.
    """

    platform: Platform
    expected: frozenset[str] = frozenset()
    _warm: set[str] = field(default_factory=set)
    canary: CanaryWatch = field(init=False)

    def __post_init__(self) -> None:
        self.canary = CanaryWatch(self.platform.rails, self._institutions)

    def start(self) -> None:
        """Begins to warm up; returns at once."""
        threading.Thread(target=self.warm_up, name="warm-up", daemon=True).start()

    def stop(self) -> None:
        """Leaves what was loaded to the collector again."""
        gc.unfreeze()

    def warm_up(self) -> None:
        """Loads what the first question needs, and keeps it from the collector: it lives as long as the process.

        To look at it all takes a fifth of a second in which nobody is answered; one question in thirty met that.
        """
        try:
            self.platform.knowledge.warm_up()
            self._warm.add("embedder")
            asyncio.run(self.canary.send())
        except Exception as error:  # stays cold and says so; quotes by words alone still work
            log.error("readiness.warm_up", error=type(error).__name__)
        self.next_steps(self.waiting_for())
        gc.collect()
        gc.freeze()

    def waiting_for(self) -> list[str]:
        """The parts that are not ready, by name; empty when customers may come."""
        cold = [] if "embedder" in self._warm else ["embedder"]
        if not self.canary.well:
            cold.append("rails")
        try:
            unpublished = self._unpublished()
        except Exception as error:
            log.error("readiness.database", error=type(error).__name__)
            return ["database", *cold]
        return [*cold, *sorted(f"{KNOWLEDGE}{institution_id}" for institution_id in unpublished)]

    def next_steps(self, waiting: Sequence[str]) -> list[str]:
        """What whoever runs this can do about the parts that are ``waiting``, a sentence each; logged, too."""
        steps = []
        if "database" in waiting:
            steps.append(DATABASE)
        steps += self.canary.alarms()
        if any(part.startswith(KNOWLEDGE) for part in waiting):
            steps.append(WORKER_HERE if self.platform.foundation.settings.worker else NO_WORKER_HERE)
        for step in steps:
            log.warning("readiness.waiting", action=step)
        return steps

    def degraded(self) -> list[str]:
        """The parts that answer from less than they should: an earlier snapshot, or rulebook, as the current one fails.

        Or by quotes alone, as a model is down; or not at all: the own flows of an institution stop everything.
        """
        damaged = (f"knowledge:{institution_id}" for institution_id in self.platform.knowledge.damaged())
        silent = (f"model:{institution_id}" for institution_id in self.platform.models.down())
        return sorted([*damaged, *silent, *self._stopped()])

    def _stopped(self) -> list[str]:
        own = (f"rails:{institution_id}" for institution_id in self.canary.stopped())
        return [*own, *(f"rulebook:{version}" for version in self.platform.rulebooks.failed())]

    def switched_on(self) -> list[str] | None:
        """The switches that are on, as ``institution:switch`` with ``*`` for all; None: nobody knows just now."""
        try:
            with self.platform.foundation.database.read() as session:
                on = all_settings(session)
        except Exception as error:
            log.error("readiness.switches", error=type(error).__name__)
            return None
        return [f"{'*' if setting.everywhere else setting.scope}:{setting.switch}" for setting in on]

    def _institutions(self) -> list[str]:
        foundation = self.platform.foundation
        with foundation.database.read() as session:
            return [institution.id for institution in InstitutionService(session, foundation.ledger).all()]

    def _unpublished(self) -> set[str]:
        foundation = self.platform.foundation
        with foundation.database.read() as session:
            institutions = InstitutionService(session, foundation.ledger)
            known = {i.id: institutions.pointer(i.id).snapshot_id for i in institutions.all()}
        return {institution_id for institution_id in self.expected if known.get(institution_id) is None}
