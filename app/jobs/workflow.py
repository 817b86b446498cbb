"""Ingestion as a durable workflow: each step's small result is kept by DBOS, its large one by the step itself.

A step that was recorded is not run again; one that was killed half-way is, and goes on from what it has on disk.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

import structlog
from dbos import DBOS

from app.db.errors import DatabaseAway
from app.documents.errors import IngestionOver
from app.jobs.ingest import Ingestion, Job
from app.jobs.outage import BROKE, BROKE_OFF, MOST_BREAKS, pauses_s
from app.jobs.space import NO_SPACE, RETRY_S, is_out_of_space
from ingestion.errors import IngestionError
from knowledge_bases.schema import VersionKey

QUEUE = "ingest"
MOST_DISPATCHES = 20  # then a document that stops every worker which takes it is given up

log = structlog.get_logger(__name__)
Outcome = Literal["done", "over"]


class WorkerStopping(BaseException):
    """The worker is asked to end: the step is left as it is, unrecorded, and goes on in the next worker."""


@dataclass(frozen=True)
class Bench:
    """What workflows work with; DBOS calls plain functions, so they find it here."""

    ingestion: Ingestion
    stop: threading.Event
    running: set[str] = field(default_factory=set)

    @contextmanager
    def working_on(self, workflow_id: str) -> Iterator[None]:
        """Notes that a thread of this process works on the workflow."""
        self.running.add(workflow_id)
        try:
            yield
        finally:
            self.running.discard(workflow_id)


@cache
def benches() -> list[Bench]:
    """The bench of the worker that runs in this process, last in the list; empty where none does."""
    return []


@DBOS.step()
def _parse(institution_id: str, document: str, version: str) -> str | None:
    """The address of the parse; None where there is nothing to go on with."""
    job, addresses = _job(institution_id, document, version), list[str]()
    outcome = _carried_out(job, lambda: addresses.append(_ingestion().parse(job)))
    return addresses[0] if outcome == "done" else None


@DBOS.step()
def _chunk(institution_id: str, document: str, version: str, parse_sha256: str) -> Outcome:
    job = _job(institution_id, document, version)
    return _carried_out(job, lambda: _ingestion().chunk(job, parse_sha256))


@DBOS.step()
def _embed(institution_id: str, document: str, version: str, parse_sha256: str) -> Outcome:
    job = _job(institution_id, document, version)
    return _carried_out(job, lambda: _ingestion().embed(job, parse_sha256))


@DBOS.step()
def _index(institution_id: str, document: str, version: str, parse_sha256: str) -> Outcome:
    job = _job(institution_id, document, version)
    return _carried_out(job, lambda: _ingestion().index(job, parse_sha256))


@DBOS.workflow(max_recovery_attempts=MOST_DISPATCHES)
def ingest_version(institution_id: str, document: str, version: str) -> Outcome:
    """Ingests one version. "over": it was refused, cancelled, or finished by another worker; the row says which."""
    names = (institution_id, document, version)
    with benches()[-1].working_on(DBOS.workflow_id or ""):
        try:
            parse_sha256 = _parse(*names)
            if parse_sha256 is None:
                return "over"
            steps = (_chunk, _embed, _index)
            went_well = all(step(*names, parse_sha256) == "done" for step in steps)
            return "done" if went_well else "over"
        except Exception as error:
            log.error("ingest.broke", institution_id=institution_id, document_id=document, error=type(error).__name__)
            if not is_out_of_space(error):
                reason = BROKE_OFF if isinstance(error, DatabaseAway) else BROKE
                _ingestion().fail(_job(*names), reason.format(document=document))
            raise


def _carried_out(job: Job, step: Callable[[], None]) -> Outcome:
    """Runs a step; waits as long as there is no space or no database.

    What is refused or over is no failure of the workflow; a database that comes back and breaks off again and again is.
    """
    breaks = 0
    while True:
        try:
            return _attempted(job, step)
        except DatabaseAway:
            breaks += 1
            if breaks > MOST_BREAKS:
                raise
            _await_database(breaks)
        except Exception as error:
            if not is_out_of_space(error):
                raise
            log.error("ingest.no_space", institution_id=job.institution_id, document_id=job.key.document)
            _pause(job)


def _attempted(job: Job, step: Callable[[], None]) -> Outcome:
    try:
        step()
    except IngestionOver:
        _ingestion().clear(job)
        return "over"
    except IngestionError as error:
        _ingestion().fail(job, str(error))
        return "over"
    return "done"


def _pause(job: Job) -> None:
    try:
        _ingestion().wait(job, NO_SPACE)
    except IngestionOver:
        return  # the next attempt finds it out, too
    if benches()[-1].stop.wait(RETRY_S):
        raise WorkerStopping


def _await_database(breaks: int) -> None:
    """Until the database answers, however long it is away."""
    for pause_s in pauses_s(breaks):
        if benches()[-1].stop.wait(pause_s):
            raise WorkerStopping
        if _ingestion().foundation.database.answers():
            return


def _ingestion() -> Ingestion:
    return benches()[-1].ingestion


def _job(institution_id: str, document: str, version: str) -> Job:
    return Job(institution_id, VersionKey(document, version))
