"""The sweep: brings rows and queue together again after whatever happened between them.

Three things can be left behind, and each is put right exactly once, however many workers sweep at the same time:

- a version that waits and that no workflow has taken up: it is enqueued under an id made from the row;
- a workflow of a worker that is gone: it goes back to the queue, if it still is that worker's;
- a version that is half-way and that nobody works on (a command was killed, a workflow could not record its end): it is
  enqueued once more after a while of silence, or given up if it stopped every worker that took it.
"""

from __future__ import annotations

import time
from collections.abc import Set
from dataclasses import dataclass, field

import structlog
from dbos import DBOS, SetWorkflowID, WorkflowStatus

from app.db.columns import now_utc
from app.documents.progress import silent_s
from app.documents.service import DocumentService
from app.documents.types import FINISHED, DocumentVersion, Stage
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from app.jobs.heartbeat import living
from app.jobs.workflow import QUEUE, ingest_version

ABANDONED_S = 90.0  # longer than a file without OCR may be parsed, which says nothing meanwhile
LOST_S = 10.0  # between taking a workflow from the queue and beginning it
UNFINISHED = {"ENQUEUED", "DELAYED", "PENDING"}
GIVEN_UP = "MAX_RECOVERY_ATTEMPTS_EXCEEDED"

log = structlog.get_logger(__name__)


@dataclass
class Sweep:
    """One worker's sweep. ``running`` are the workflows this process works on now."""

    foundation: Foundation
    worker_id: str
    running: Set[str]
    _missed: dict[str, float] = field(default_factory=dict)

    def __call__(self) -> None:
        """Puts right what can be seen now."""
        self._recover_from_the_gone()
        self._resume_own_lost()
        for institution_id, version in waiting(self.foundation):
            self._take_up(institution_id, version)

    def _recover_from_the_gone(self) -> None:
        pending = DBOS.list_workflows(status="PENDING", queue_name=QUEUE, load_input=False, load_output=False)
        with self.foundation.database.read() as session:
            gone = {w.executor_id for w in pending if w.executor_id} - living(session) - {self.worker_id}
        if gone:
            log.warning("jobs.recovering", count=len(gone))
            # the one call that asks in the same statement whether the workflow still belongs to a worker that is gone
            DBOS._recover_pending_workflows(sorted(gone))

    def _resume_own_lost(self) -> None:
        """A workflow that is ours and that no thread works on: its end could not be recorded (a full disk)."""
        own = DBOS.list_workflows(
            status="PENDING", queue_name=QUEUE, executor_id=self.worker_id, load_input=False, load_output=False
        )
        lost = {w.workflow_id for w in own} - self.running
        now = time.monotonic()
        self._missed = {name: self._missed.get(name, now) for name in lost}
        for name, since in self._missed.items():
            if now - since > LOST_S:
                DBOS.resume_workflow(name, queue_name=QUEUE)

    def _take_up(self, institution_id: str, version: DocumentVersion) -> None:
        """Enqueues a version no workflow has taken up; ids count the attempts, so that all sweeps enqueue the same."""
        key, name = version.info.key, workflow_prefix(institution_id, version)
        attempts = DBOS.list_workflows(workflow_id_prefix=name, load_input=False, load_output=False)
        if any(attempt.status in UNFINISHED for attempt in attempts):
            return
        if version.progress.stage is not Stage.RECEIVED and _newest(attempts) == GIVEN_UP:
            self._give_up(institution_id, version)
            return
        with SetWorkflowID(f"{name}{len(attempts) + 1}"):
            DBOS.enqueue_workflow(QUEUE, ingest_version, institution_id, key.document, key.version)

    def _give_up(self, institution_id: str, version: DocumentVersion) -> None:
        reason = "reading it stopped every worker that tried; export it again in a simpler form and upload that"
        with self.foundation.database.write() as session:
            service = DocumentService(session, institution_id, self.foundation.ledger)
            service.mark_failed(version.info.key, f"{version.file_name}: {reason}")


def waiting(foundation: Foundation) -> list[tuple[str, DocumentVersion]]:
    """The versions that wait for a worker, or were left half-way long ago, with their institutions."""
    with foundation.database.read() as session:
        institutions = InstitutionService(session, foundation.ledger).all()
        return [
            (institution.id, version)
            for institution in institutions
            for version in DocumentService(session, institution.id, foundation.ledger).all()
            if version.progress.stage not in FINISHED and _unattended(version)
        ]


def workflow_prefix(institution_id: str, version: DocumentVersion) -> str:
    """How the ids of all workflows of a version begin."""
    key = version.info.key
    return f"{institution_id}/{key.document}/{key.version}/{version.file_sha256[:16]}/"


def _unattended(version: DocumentVersion) -> bool:
    if version.progress.stage is Stage.RECEIVED:
        return True
    silent = silent_s(version.progress, now_utc())
    return silent is None or silent > ABANDONED_S  # None: begun before jobs noted when


def _newest(attempts: list[WorkflowStatus]) -> str | None:
    ordered = sorted(attempts, key=lambda attempt: int(attempt.workflow_id.rsplit("/", 1)[1]))
    return ordered[-1].status if ordered else None
