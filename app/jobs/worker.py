"""The worker: sweeps uploaded versions into a durable queue and ingests them, resuming after a kill.

The version's row is the truth (docs/adr/0002): whatever is RECEIVED is enqueued, under a workflow id made from the
row, so that enqueuing it again changes nothing. DBOS keeps the steps; a killed worker goes on at its last one.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from functools import cache

import structlog
from dbos import DBOS, DBOSConfig, SetWorkflowID

from app.documents.service import DocumentService
from app.documents.types import DocumentVersion, Stage
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from app.jobs.heartbeat import beat
from app.jobs.ingest import Ingestion, Job
from app.jobs.retention import Retention
from ingestion.errors import IngestionError
from knowledge_bases.schema import VersionKey
from retrieval.ports import Embedder

QUEUE = "ingest"
APPLICATION_VERSION = "ingest-1"  # fixed: an upgrade of the product must not strand queued work
SWEEP_INTERVAL_S = 1.0
UNFINISHED = {"ENQUEUED", "DELAYED", "PENDING"}

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Bench:
    """What workflows work with; DBOS calls plain functions, so they find it here."""

    ingestion: Ingestion


@cache
def _benches() -> list[_Bench]:
    return []


@DBOS.step()
def _parse(institution_id: str, document: str, version: str) -> str:
    return _ingestion().parse(_job(institution_id, document, version))


@DBOS.step()
def _index(institution_id: str, document: str, version: str, parse_sha256: str) -> None:
    _ingestion().index(_job(institution_id, document, version), parse_sha256)


@DBOS.workflow()
def ingest_version(institution_id: str, document: str, version: str) -> str:
    """Ingests one version; the result is "ready" or "failed", the reason stands in the version's row."""
    job = _job(institution_id, document, version)
    try:
        _index(institution_id, document, version, _parse(institution_id, document, version))
    except IngestionError as error:
        _ingestion().fail(job, str(error))
        return "failed"
    except Exception as error:
        log.error("ingest.broke", institution_id=institution_id, document_id=document, error=type(error).__name__)
        _ingestion().fail(job, f"{document}: ingestion broke ({type(error).__name__}); upload the file again")
        raise
    return "ready"


def run_worker(foundation: Foundation, embedder: Embedder, stop: threading.Event) -> None:
    """Works until ``stop`` is set. One worker a process: DBOS allows one instance."""
    retention = Retention(foundation)
    _benches().append(_Bench(Ingestion(foundation, embedder)))
    DBOS(config=_config(foundation))
    DBOS.launch()
    try:
        DBOS.register_queue(QUEUE, worker_concurrency=1, polling_interval_sec=0.5)
        log.info("worker.started", pid=os.getpid())
        while not stop.is_set():
            beat(foundation.settings.data_dir, foundation.settings.worker_id)
            sweep(foundation)
            retention.when_due()
            stop.wait(SWEEP_INTERVAL_S)
    finally:
        DBOS.destroy(workflow_completion_timeout_sec=5)
        _benches().clear()


def sweep(foundation: Foundation) -> None:
    """Enqueues every version that was received and that no workflow has taken up.

    A version that failed and was uploaded again gets a workflow of its own: ids count the attempts. Two workers that
    sweep at once count alike, so that one of them enqueues and the other changes nothing.
    """
    for institution_id, version in _received(foundation):
        key = version.info.key
        name = f"{institution_id}/{key.document}/{key.version}/{version.file_sha256[:16]}/"
        attempts = DBOS.list_workflows(workflow_id_prefix=name, load_input=False, load_output=False)
        if any(attempt.status in UNFINISHED for attempt in attempts):
            continue
        with SetWorkflowID(f"{name}{len(attempts) + 1}"):
            DBOS.enqueue_workflow(QUEUE, ingest_version, institution_id, key.document, key.version)


def _received(foundation: Foundation) -> list[tuple[str, DocumentVersion]]:
    with foundation.database.read() as session:
        institutions = InstitutionService(session, foundation.ledger).all()
        return [
            (institution.id, version)
            for institution in institutions
            for version in DocumentService(session, institution.id, foundation.ledger).all()
            if version.progress.stage is Stage.RECEIVED
        ]


def _config(foundation: Foundation) -> DBOSConfig:
    return DBOSConfig(
        name="candour",
        system_database_url=foundation.settings.effective_database_url,
        application_version=APPLICATION_VERSION,
        executor_id=foundation.settings.worker_id,
        log_level="WARNING",
    )


def _ingestion() -> Ingestion:
    return _benches()[-1].ingestion


def _job(institution_id: str, document: str, version: str) -> Job:
    return Job(institution_id, VersionKey(document, version))
