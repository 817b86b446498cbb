"""The worker: sweeps uploaded versions into a durable queue and ingests them, resuming after a kill.

The version's row is the truth (docs/adr/0002). Several workers, on one machine or many, share the queue: each has an id
of its own and says in the database that it is alive (docs/adr/0009).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog
from dbos import DBOS, DBOSConfig

from app.foundation import Foundation
from app.jobs.batch_reading import reading_batches
from app.jobs.heartbeat import BEAT_S, WorkerId, beat
from app.jobs.ingest import AT_ONCE, Ingestion
from app.jobs.recovery import Sweep
from app.jobs.upkeep import Upkeep
from app.jobs.workflow import QUEUE, Bench, WorkerStopping, benches
from retrieval.ports import Embedder

APPLICATION_VERSION = "ingest-1"  # fixed: an upgrade of the product must not strand queued work
SWEEP_INTERVAL_S = 1.0

log = structlog.get_logger(__name__)


def run_worker(foundation: Foundation, embedder: Embedder, stop: threading.Event) -> None:
    """Works until ``stop`` is set. One worker a process: DBOS allows one instance."""
    worker = WorkerId.of_this_process(foundation.settings.worker_id)
    bench = Bench(Ingestion(foundation, embedder, breathe=lambda: _leave_if(stop)), stop)
    benches().append(bench)
    _say(foundation, worker)
    DBOS(config=_config(foundation, worker))
    DBOS.launch()
    try:
        DBOS.register_queue(QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=0.5)
        log.info("worker.started", pid=worker.pid, worker_id=worker.id)
        with reading_batches(foundation, worker.id, stop):
            _work(worker, Sweep(foundation, worker.id, bench.running), Upkeep(bench, worker.id), stop)
    finally:
        DBOS.destroy(workflow_completion_timeout_sec=5)
        _survived("worker.end_unsaid", lambda: _say(foundation, worker, ended=True))
        benches().clear()


def _work(worker: WorkerId, sweep: Sweep, upkeep: Upkeep, stop: threading.Event) -> None:
    """Beats and sweeps; neither a database that is away for a moment nor a full disk ends it."""
    next_beat = time.monotonic() + BEAT_S
    while not stop.is_set():
        if time.monotonic() >= next_beat:
            _survived("worker.beat_failed", lambda: _say(sweep.foundation, worker))
            next_beat = time.monotonic() + BEAT_S
        _survived("worker.sweep_failed", sweep)
        upkeep.when_due()
        stop.wait(SWEEP_INTERVAL_S)


def _survived(event: str, act: Callable[[], None]) -> None:
    try:
        act()
    except Exception as error:
        log.error(event, error=type(error).__name__)


def _say(foundation: Foundation, worker: WorkerId, *, ended: bool = False) -> None:
    with foundation.database.write() as session:
        beat(session, worker, ended=ended)


def _leave_if(stop: threading.Event) -> None:
    if stop.is_set():
        raise WorkerStopping


def _config(foundation: Foundation, worker: WorkerId) -> DBOSConfig:
    return DBOSConfig(
        name="candour",
        system_database_url=foundation.settings.effective_database_url,
        application_version=APPLICATION_VERSION,
        executor_id=worker.id,
        log_level="WARNING",
    )
