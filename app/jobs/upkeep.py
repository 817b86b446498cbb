"""What a worker keeps in order beside uploads: citations listed, retention, old indexes built again, sweeps, figures
that disagree, what a killed process left half told or unanswered, customers who wait too long for a held answer, and
events on their way to webhooks.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog

from app.assistant.interrupted import close_interrupted, close_unanswered
from app.assistant.overdue import tell_overdue
from app.documents.pairing import pair_new
from app.evidence.citation_filling import fill
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from app.jobs.heartbeat import living
from app.jobs.periodic import Periodic
from app.jobs.reembed import Reembedding, open_changes
from app.jobs.reindex import Stale, reindex, stale_versions, with_own_model
from app.jobs.workflow import Bench, WorkerStopping
from app.removal.retention import retain_all
from app.removal.sweeps import run_asked
from app.webhooks.addresses import AllowedHosts
from app.webhooks.delivery import deliver_due
from app.webhooks.outbox import Outbox
from retrieval.errors import EmbedderUnavailable

RETENTION_S, REINDEX_S, REEMBED_S, SWEEPS_S, PAIRING_S = 3600.0, 60.0, 5.0, 2.0, 60.0
INTERRUPTED_S, OVERDUE_S, WEBHOOKS_S = 30.0, 30.0, 1.0
YIELD_S = 0.5  # between two looks whether uploads are still being read

log = structlog.get_logger(__name__)


@dataclass
class Upkeep:
    """One worker's upkeep; what only one of several workers need do is left to the one whose id comes first."""

    bench: Bench
    worker_id: str
    jobs: tuple[Periodic, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.jobs = (
            Periodic("retention", RETENTION_S, lambda: keep(self._foundation)),
            Periodic("reindex", REINDEX_S, self._reindex),
            Periodic("reembed", REEMBED_S, self._reembed),
            Periodic("sweeps", SWEEPS_S, self._sweep),
            Periodic("pairing", PAIRING_S, self._pair),
            Periodic("interrupted", INTERRUPTED_S, self._close_interrupted),
            Periodic("webhooks", WEBHOOKS_S, lambda: send_events(self._foundation)),
            Periodic("overdue", OVERDUE_S, self._tell_overdue),
        )

    @property
    def _foundation(self) -> Foundation:
        return self.bench.ingestion.foundation

    def when_due(self) -> None:
        """Begin what is due; returns at once."""
        for job in self.jobs:
            job.when_due()

    def _first(self) -> bool:
        with self._foundation.database.read() as session:
            return self.worker_id == min(living(session), default=self.worker_id)

    def _sweep(self) -> None:
        if self._first():
            run_asked(self._foundation)

    def _pair(self) -> None:
        """What was published before there were pairs, by older rules, or by a process that was killed."""
        if self._first():
            for institution_id in institution_ids(self._foundation):
                pair_new(self._foundation, institution_id)

    def _close_interrupted(self) -> None:
        """Answers that a killed process left half told, and questions that it left unanswered."""
        if self._first():
            for institution_id in institution_ids(self._foundation):
                place = (self._foundation.database, self._foundation.ledger, institution_id)
                closed = close_interrupted(*place) + close_unanswered(*place)
                if closed:
                    log.info("answers.interrupted.closed", institution_id=institution_id, count=closed)

    def _tell_overdue(self) -> None:
        """Customers whose held answers nobody has decided in time."""
        if self._first():
            for institution_id in institution_ids(self._foundation):
                tell_overdue(self._foundation, institution_id)

    def _reindex(self) -> None:
        """By the model of what is published: a change of model is a person's step, ``candour knowledge reembed``."""
        if not self._first():
            return
        ids = institution_ids(self._foundation)
        changing = {institution_id for institution_id, _ in open_changes(self._foundation, ids)}
        for institution_id in (one for one in ids if one not in changing):
            try:
                self._reindex_one(institution_id)
            except EmbedderUnavailable as error:
                log.error("reindex.failed", institution_id=institution_id, error=type(error).__name__)

    def _reindex_one(self, institution_id: str) -> None:
        builder = with_own_model(self.bench.ingestion, institution_id)
        stale = stale_versions(self._foundation, institution_id, builder.embedder.id)
        if stale:
            done = reindex(builder, institution_id, stale, self._give_way)
            log.info("reindex.done", institution_id=institution_id, done=len(done.rebuilt), total=len(stale))

    def _reembed(self) -> None:
        """The changes of model that were asked for."""
        if not self._first():
            return
        for institution_id, change in open_changes(self._foundation, institution_ids(self._foundation)):
            Reembedding(self.bench.ingestion, institution_id, self.worker_id, self._give_way).run(change)

    def _give_way(self, _: Stale) -> None:
        """Uploads first: somebody waits for them."""
        while self.bench.running:
            if self.bench.stop.wait(YIELD_S):
                raise WorkerStopping


def send_events(foundation: Foundation) -> None:
    """Sends what the outboxes hold; every worker does, and an event is claimed by one of them."""
    allowed = AllowedHosts.of(foundation.settings.webhook_hosts)
    deliver_due(institution_ids(foundation), Outbox(foundation.database, foundation.ledger), allowed)


def keep(foundation: Foundation) -> None:
    """Lists what older answers cite, then removes what is due; what goes wrong with one institution is logged."""
    for institution_id in institution_ids(foundation):
        try:
            filled = fill(foundation.database, foundation.ledger, institution_id)
        except Exception as error:
            log.error("citations.failed", institution_id=institution_id, error=type(error).__name__)
        else:
            if filled:
                log.info("citations.listed", institution_id=institution_id, count=filled)
        Outbox(foundation.database, foundation.ledger).forget(institution_id)
    retain_all(foundation)


def institution_ids(foundation: Foundation) -> list[str]:
    """Every institution, by id."""
    with foundation.database.read() as session:
        return [institution.id for institution in InstitutionService(session, foundation.ledger).all()]
