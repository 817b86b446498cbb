"""A real worker process over the folder and database it is told, with the hashing twin as its model.

    python -m tests.app.jobs.small_worker DATA_DIR [DATABASE_URL]

The twin takes its time with each batch, as a real model does, so that a kill can come in between.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from app.foundation import lay_foundation
from app.jobs.worker import run_worker
from app.settings import Settings
from retrieval.embedders import HashingEmbedder
from retrieval.ports import Vectors

BATCH_S = 0.15


class UnhurriedEmbedder(HashingEmbedder):
    """The hashing twin with a pause a batch."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        time.sleep(BATCH_S)
        return super().embed(texts)


def main(data_dir: str, *database_url: str) -> None:
    """Works until it is asked to end."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    changes = {"database_url": database_url[0]} if database_url else {}
    settings = Settings(_env_file=None, data_dir=Path(data_dir), **changes)  # type: ignore[call-arg, arg-type]
    run_worker(lay_foundation(settings), UnhurriedEmbedder(), stop)


if __name__ == "__main__":
    main(*sys.argv[1:])
