"""The worker that ``serve`` keeps: a child process of low priority, started again when it dies."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import structlog

RESTART_AFTER_S = 2.0
NICENESS = 10  # about a tenth of what a customer's answer gets where both want the processor

log = structlog.get_logger(__name__)


def give_way(pid: int = 0) -> None:
    """Lowers the priority of a process (0: this one) and its children, for processor and disk: customers come first.

    No lower than this: under Linux's idle class a worker that holds the database's write lock may not get to release it
    while others are busy, and everybody waits.
    """
    os.setpriority(os.PRIO_PROCESS, pid, NICENESS)


class WorkerProcess:
    """Runs ``candour worker`` beside this process, in the same environment, until stopped."""

    def __init__(self, *options: str) -> None:
        self._command = [sys.executable, "-m", "app.cli", "worker", "--as-child", *options]
        self._stop = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    def start(self) -> None:
        """Starts the child; returns at once."""
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Asks the child to end and waits; after ``timeout_s`` it is killed. Its jobs resume at the next start."""
        self._stop.set()
        child = self._child
        if child is not None and child.poll() is None:
            child.terminate()
            try:
                child.wait(timeout_s)
            except subprocess.TimeoutExpired:
                child.kill()
        self._thread.join(timeout_s)

    def _keep(self) -> None:
        while not self._stop.is_set():
            # a pipe that nobody writes to: it closes with this process, however that ends, and the child ends with it
            self._child = subprocess.Popen(self._command, stdin=subprocess.PIPE)  # noqa: S603 - our own command
            give_way(self._child.pid)  # from its first import on
            log.info("worker.process.started", pid=self._child.pid)
            status = self._child.wait()
            if not self._stop.is_set():
                log.error("worker.process.ended", status=status, pid=os.getpid())
                self._stop.wait(RESTART_AFTER_S)
