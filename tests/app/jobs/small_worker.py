"""A real worker over the folder and database it is told, with the hashing twin as its model.

The twin takes its time with each batch, as a real model does, so that other things can come in between.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.foundation import lay_foundation
from app.jobs import batch_reading, heartbeat, recovery, worker, workflow
from app.jobs.worker import run_worker
from app.settings import Settings
from retrieval.embedders import HashingEmbedder
from retrieval.ports import Vectors
from tests.app.jobs.mishaps import Moment, Writes

BATCH_S = 0.15
STEPS = ("parse", "chunk", "embed", "index")


@dataclass(frozen=True)
class Terms:
    """How a worker differs from a plain one. ``host``: the machine it believes to be on.

    ``batch_s``: what the twin takes for a batch; ``read``: a folder in which it notes each file of a batch that it
    parses, which takes ``slow_parse_s`` longer then.
    """

    host: str | None = None
    batch_s: float = BATCH_S
    mishap: Callable[[Moment], None] | None = None
    read: Path | None = None
    slow_parse_s: float = 0.05


class UnhurriedEmbedder(HashingEmbedder):
    """The hashing twin with a pause a batch."""

    def __init__(self, batch_s: float) -> None:
        super().__init__()
        self._batch_s = batch_s

    def embed(self, texts: Sequence[str]) -> Vectors:
        time.sleep(self._batch_s)
        return super().embed(texts)


def work(settings: Settings, terms: Terms) -> None:
    """Works until it is asked to end. Waits are short: a test has no minutes."""
    os.setsid()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    workflow.RETRY_S = worker.SWEEP_INTERVAL_S = batch_reading.IDLE_S = 0.3
    recovery.LOST_S, recovery.ABANDONED_S = 2.0, 5.0
    if terms.host is not None:
        host = terms.host
        socket.gethostname = lambda: host
        heartbeat.STALE_S, worker.BEAT_S = 3.0, 0.5
    if terms.read is not None:
        _note_reading(terms.read, terms.slow_parse_s)
    if terms.mishap is not None:
        _watch(terms.mishap)
    run_worker(lay_foundation(settings), UnhurriedEmbedder(terms.batch_s), stop)


def _watch(mishap: Callable[[Moment], None]) -> None:
    """The stretches are the steps of a job, each with what the queue notes of it afterwards."""
    writes = Writes(mishap)
    for step in STEPS:
        writes.stretch_of(workflow, f"_{step}", step, stays=True)
    writes.watch()


def _note_reading(folder: Path, slow_parse_s: float) -> None:
    inner = batch_reading.parse_file

    def parse_file(content: bytes, name: str, *rest: object) -> object:
        (folder / f"{name}.{os.getpid()}").touch()
        time.sleep(slow_parse_s)
        return inner(content, name, *rest)  # type: ignore[arg-type]

    batch_reading.parse_file = parse_file  # type: ignore[assignment]
