"""Real worker processes in tests: started, killed, and what they left looked at."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess

from app.documents.service import DocumentService
from app.documents.types import DocumentVersion
from app.evidence.export import AuditExport
from app.foundation import Foundation
from knowledge_bases.schema import VersionKey
from tests.app.jobs.small_worker import Terms, work
from tests.app.small_bank import BANK

CONTEXT = multiprocessing.get_context("forkserver")
PRELOADED = ("small_bank", "jobs.small_worker", "jobs.test_kills", "removal.test_kills")  # what children begin in
CONTEXT.set_forkserver_preload([f"tests.app.{name}" for name in PRELOADED])


def a_document(sections: int) -> bytes:
    """A text of as many clauses."""
    clause = (
        "## Clause {0}\n\nClause {0} says that the charge for service number {0} is HK${0}00 a year, in advance.\n\n"
    )
    return b"# Terms\n\n" + "".join(clause.format(number) for number in range(1, sections + 1)).encode()


@contextmanager
def worker_over(foundation: Foundation, terms: Terms | None = None) -> Iterator[BaseProcess]:
    """A worker over the foundation's folder and database; killed at the end."""
    process = started(work, foundation.settings, terms or Terms())
    try:
        yield process
    finally:
        kill(process)


def started(act: Callable[..., None], *arguments: object) -> BaseProcess:
    """A real process that does ``act``, forked from one that has imported the product: a worker starts in no time."""
    process = CONTEXT.Process(target=act, args=arguments, daemon=True)
    process.start()
    return process


def kill(process: BaseProcess) -> None:
    """SIGKILL, as a power cut would; its parsing children end when their line closes."""
    process.kill()
    process.join()


def eventually(holds: Callable[[], bool], within_s: float = 60.0) -> bool:
    """Whether ``holds`` becomes true in time."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return False


def version_of(foundation: Foundation, key: VersionKey) -> DocumentVersion:
    """The version as it is now."""
    with foundation.database.read() as session:
        return DocumentService(session, BANK, foundation.ledger).get(key)


def entries(foundation: Foundation, action: str, key: VersionKey) -> int:
    """How often the audit log names the action for the version."""
    with foundation.database.read() as session:
        lines = list(AuditExport(session, BANK).lines())
    return sum(f'"{action}"' in line and f'"{key.document}@{key.version}"' in line for line in lines)
