"""Parses files in a child process: what a hostile file can break there is that process, and its time is limited."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ingestion.errors import BY_NAME, FileTooLarge, IngestionError, ParseLimitExceeded, UnreadableFile
from ingestion.limits import ParseLimits
from ingestion.parsers.format import unheard
from knowledge_bases.parsed import ParsedDocument

__all__ = ["ParseLimits", "parse_file"]

ROOT = Path(__file__).resolve().parents[1]
WARM = 2  # children kept for the next file
FILES_PER_CHILD = 500  # then a fresh one, which takes a second to start: what parsers leak does not add up
GENEROUS = ParseLimits()
PULSE_S = 0.5
LOOK_S = 0.1  # between two looks at the clock

Report = Callable[[int, int], None]
Pulse = Callable[[], None]


def parse_file(
    file: Path | bytes,
    name: str,
    limits: ParseLimits = GENEROUS,
    report: Report = unheard,
    pulse: Pulse = lambda: None,
) -> ParsedDocument:
    """The parsed document of a file, given as path or content; ``name`` is what messages call it.

    ``report(done, total)`` is called as pages are read from their pictures, ``pulse`` every half a second; what either
    raises stops the parse.

    Raises:
        IngestionError: the file was refused; the message is one sentence for the person who uploaded it.
        OSError: there is no file at the path, or it may not be read.
    """
    size = len(file) if isinstance(file, bytes) else file.stat().st_size
    if size > limits.file_bytes:
        most = limits.file_bytes // 2**20
        raise FileTooLarge(name, f"it has {size / 2**20:.1f} MB and the limit is {most} MB", "split or compress it")
    content = file if isinstance(file, bytes) else file.read_bytes()
    with _borrowed() as child:
        return ParsedDocument.from_json(child.parse(content, name, limits, report, pulse))


class _Child:
    """One parsing process. After a failure it is gone; it is never used for another file."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "ingestion.worker", str(theirs.fileno())]
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command,
                cwd=ROOT,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._line = Connection(ours.detach())
        self._files = 0

    def parse(
        self, content: bytes, name: str, limits: ParseLimits, report: Report = unheard, pulse: Pulse = lambda: None
    ) -> bytes:
        """The parse as canonical JSON. Raises IngestionError."""
        self._files += 1
        watch = _Watch(self._kill, limits)
        try:
            self._line.send_bytes(json.dumps({"name": name, **asdict(limits)}).encode())
            self._line.send_bytes(content)
            failure = self._failure(watch, report, pulse)
            return self._parse(failure, name, limits)
        except (EOFError, OSError) as error:
            self.end()
            if watch.overdue is not None:
                reason = f"reading {watch.what} took longer than {watch.overdue:g} seconds"
                raise ParseLimitExceeded(name, reason, "split it or export it again in a simpler form") from error
            raise UnreadableFile(name, "reading it broke the parser", "export it again in a simpler form") from error
        finally:
            watch.stop()

    def _failure(self, watch: _Watch, report: Report, pulse: Pulse) -> dict[str, str] | None:
        """Why the file was refused, or None; hands on what the child reports until then."""
        while True:
            while not self._line.poll(PULSE_S):
                pulse()
            message: dict[str, Any] | None = json.loads(self._line.recv_bytes())
            if message is None or "kind" in message:
                return message
            watch.page()
            report(message["done"], message["total"])

    def _parse(self, failure: dict[str, str] | None, name: str, limits: ParseLimits) -> bytes:
        if failure is not None:
            raise BY_NAME.get(failure["kind"], UnreadableFile)(name, failure["reason"], failure["remedy"])
        return self._line.recv_bytes(limits.output_bytes)

    def _kill(self) -> None:
        """Stops it and the programs it started."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    @property
    def alive(self) -> bool:
        """Whether it can take another file."""
        return self._files < FILES_PER_CHILD and self._process.poll() is None

    def end(self) -> None:
        """Stops it, whatever it is doing."""
        if self._process.returncode is None:
            self._kill()
        self._process.wait()
        self._line.close()


class _Watch:
    """Stops a parse that takes too long: as a whole, or at one page that is read from its picture.

    ``overdue`` is the limit in seconds that was passed, None so far.
    """

    def __init__(self, stop: Callable[[], None], limits: ParseLimits) -> None:
        self._kill = stop
        self._limits = limits
        self._last = time.monotonic() + limits.seconds + limits.recognition_seconds + limits.page_seconds
        self.what = "it"
        self.overdue: float | None = None
        self._allow(limits.seconds)
        _watchman.watch(self)

    def page(self) -> None:
        """A page is begun; the time of the whole is spent at the latest when its last page must be."""
        self.what = "one of its scanned pages"
        self._allow(min(self._limits.page_seconds, max(self._last - time.monotonic(), 0.0)))

    def stop(self) -> None:
        """Looks no longer."""
        _watchman.leave(self)

    def look(self, now: float) -> None:
        """Stops the parse if its time is up at ``now``."""
        seconds, until = self._allowed
        if now >= until and self.overdue is None:
            self.overdue = seconds
            self._kill()

    def _allow(self, seconds: float) -> None:
        self._allowed = seconds, time.monotonic() + seconds


class _Watchman:
    """One thread that looks at every parse ten times a second: a timer for each costs a tenth of reading a page."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: set[_Watch] = set()
        self._awake = False

    def watch(self, watch: _Watch) -> None:
        """Looks at ``watch`` until it leaves."""
        with self._lock:
            self._watched.add(watch)
            if not self._awake:
                threading.Thread(target=self._walk, name="parse-limits", daemon=True).start()
                self._awake = True

    def leave(self, watch: _Watch) -> None:
        """Looks at it no longer; afterwards it is not stopped any more."""
        with self._lock:
            self._watched.discard(watch)

    def _walk(self) -> None:
        while self._look():
            time.sleep(LOOK_S)

    def _look(self) -> bool:
        """Whether there is anything to look at; if not, the thread ends."""
        with self._lock:
            self._awake = bool(self._watched)
            for watch in self._watched:
                watch.look(time.monotonic())
            return self._awake


_watchman = _Watchman()
_idle: list[_Child] = []
_lock = threading.Lock()


@contextmanager
def _borrowed() -> Iterator[_Child]:
    """A child of the warm pool for one file. It goes back if it is sound, also when the file was refused."""
    child = _take()
    try:
        yield child
    except IngestionError:
        _give_back(child)
        raise
    except BaseException:
        child.end()
        raise
    _give_back(child)


def _take() -> _Child:
    with _lock:
        while _idle:
            child = _idle.pop()
            if child.alive:
                return child
            child.end()
    return _Child()


def _give_back(child: _Child) -> None:
    with _lock:
        if child.alive and len(_idle) < WARM:
            _idle.append(child)
            return
    child.end()
