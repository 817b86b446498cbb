"""Real worker processes in tests: started, killed, and what they left looked at."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.documents.service import DocumentService
from app.documents.types import DocumentVersion
from app.evidence.export import AuditExport
from app.foundation import Foundation
from knowledge_bases.schema import VersionKey
from tests.app.small_bank import BANK

ROOT = Path(__file__).parents[3]


def a_document(sections: int) -> bytes:
    """A text of as many clauses."""
    clause = (
        "## Clause {0}\n\nClause {0} says that the charge for service number {0} is HK${0}00 a year, in advance.\n\n"
    )
    return b"# Terms\n\n" + "".join(clause.format(number) for number in range(1, sections + 1)).encode()


@contextmanager
def worker_over(foundation: Foundation) -> Iterator[subprocess.Popen[bytes]]:
    """A worker over the foundation's folder and database; killed at the end."""
    settings = foundation.settings
    command = [sys.executable, "-m", "tests.app.jobs.small_worker", str(settings.data_dir.resolve())]
    command += [settings.effective_database_url] if settings.database_url else []
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdout=quiet, stderr=quiet)
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL, as a power cut would; its parsing children end when their line closes."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


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
