"""The worker as a process of its own: it finds what waits, survives a kill, and does each thing once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from app.documents.types import Stage
from app.evidence.export import AuditExport
from app.jobs.heartbeat import STALE_S, last_beat_s
from app.operations.worker_process import WorkerProcess
from knowledge_bases.schema import VersionKey
from tests.app.jobs.test_ingest import received, version
from tests.app.small_bank import BANK, SmallBank

LONG = b"# Terms\n\n" + b"".join(
    f"Clause {n} says that the charge for service number {n} is HK${n}00 a year, in advance.\n\n".encode()
    for n in range(1, 1500)
)

WORKER = """
import sys; from pathlib import Path
from app.settings import Settings; from tests.app.jobs.small_worker import Terms, work
work(Settings(data_dir=Path(sys.argv[1])), Terms())
"""


def eventually(holds: Callable[[], bool], within_s: float = 60.0) -> bool:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.1)
    return False


@contextmanager
def working(bank: SmallBank) -> Iterator[subprocess.Popen[bytes]]:
    """A worker over the bank's data folder, with the bank's model; killed at the end with all its children."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    process = subprocess.Popen([sys.executable, "-c", WORKER, str(bank.home)], env=environment)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def stage(bank: SmallBank, key: VersionKey) -> Stage:
    return version(bank, key).progress.stage


def last_beat(bank: SmallBank) -> float | None:
    with bank.foundation.database.read() as session:
        return last_beat_s(session)


def happenings(bank: SmallBank, action: str) -> int:
    with bank.foundation.database.read() as session:
        return sum(f'"{action}"' in line for line in AuditExport(session, BANK).lines())


@pytest.mark.slow
def test_what_waits_becomes_ready_and_what_is_bad_is_failed(small_bank: SmallBank) -> None:
    good = received(small_bank, "locker.md", b"# Lockers\n\nA locker costs HK$450 a year.\n")
    bad = received(small_bank, "broken.pdf", b"%PDF-1.7 broken")
    with working(small_bank) as process:
        assert eventually(lambda: {stage(small_bank, good), stage(small_bank, bad)} == {Stage.READY, Stage.FAILED})
        assert stage(small_bank, good) is Stage.READY
        assert "broken.pdf" in (version(small_bank, bad).progress.error or "")
        later = received(small_bank, "later.md", b"# Later\n\nA later note costs HK$5.\n")
        assert eventually(lambda: stage(small_bank, later) is Stage.READY, 30)
        assert (last_beat(small_bank) or STALE_S) < STALE_S
        process.terminate()
        assert process.wait(20) == 0
    assert small_bank.is_whole()


@pytest.mark.slow
@pytest.mark.parametrize("killed_in", [Stage.PARSING, Stage.EMBEDDING])
def test_a_worker_killed_half_way_goes_on_after_its_restart_and_does_it_once(
    small_bank: SmallBank, killed_in: Stage
) -> None:
    key = received(small_bank, "terms.md", LONG)
    reached = (killed_in, Stage.CHUNKING, Stage.EMBEDDING) if killed_in is Stage.PARSING else (killed_in,)
    with working(small_bank) as process:
        assert eventually(lambda: stage(small_bank, key) in reached)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert stage(small_bank, key) not in (Stage.READY, Stage.FAILED)
    assert version(small_bank, key).segment is None
    with working(small_bank):
        assert eventually(lambda: stage(small_bank, key) is Stage.READY, 100)
    assert happenings(small_bank, "version:ingest:done") == 1 + 5  # and the bank's own five
    assert small_bank.is_whole()


@pytest.mark.slow
def test_a_child_that_dies_is_started_again_and_ends_with_its_parent(
    small_bank: SmallBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANDOUR_DATA_DIR", str(small_bank.home))
    keeper = WorkerProcess()
    keeper.start()
    try:
        assert eventually(lambda: last_beat(small_bank) is not None)
        first = keeper._child
        assert first is not None
        first.kill()
        assert eventually(lambda: keeper._child is not first and keeper._child is not None)
    finally:
        keeper.stop()
    assert keeper._child is not None
    assert keeper._child.poll() is not None


@pytest.mark.slow
def test_a_child_whose_parent_was_killed_does_not_stay_behind(small_bank: SmallBank) -> None:
    code = (
        "import time; from app.operations.worker_process import WorkerProcess as W\n"
        "keeper = W(); keeper.start(); time.sleep(0.5); print('child', keeper._child.pid, flush=True); time.sleep(600)"
    )
    environment = {**os.environ, "CANDOUR_DATA_DIR": str(small_bank.home), "HF_HUB_OFFLINE": "1"}
    parent = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = next(int(line.split()[1]) for line in parent.stdout if line.startswith("child "))
    came = eventually(lambda: last_beat(small_bank) is not None)
    parent.kill()
    parent.communicate()
    assert came
    assert eventually(lambda: not is_running(child), 30)


def is_running(pid: int) -> bool:
    """Whether the process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
