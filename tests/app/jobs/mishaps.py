"""Mishaps at a chosen moment of a real process: it is killed, or its disk is filled, just before its n-th write.

A write is a file made, renamed or removed, a statement that changes the database, or a commit. Writes are counted
within a stretch of the product's own work, so that a mishap comes at the same moment on a machine of any speed.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

FILE_EVENTS = frozenset({"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.utime"})
STATEMENTS = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Moment:
    """Before the ``write``-th write, counted from 1, of a stretch."""

    stretch: str
    write: int


@dataclass
class Writes:
    """The writes of this process, counted by stretch; ``act`` is called before each. Watches for good: children only.

    Writes outside of any stretch count under "".
    """

    act: Callable[[Moment], None]
    counted: Counter[str] = field(default_factory=Counter)
    _here: threading.local = field(default_factory=threading.local)

    def watch(self) -> None:
        """Look at every write from now on."""
        sys.addaudithook(self._audited)
        event.listen(Engine, "before_cursor_execute", self._executed)
        event.listen(Engine, "commit", lambda connection: self._written())

    def stretch_of(self, owner: Any, name: str, stretch: str, *, stays: bool = False) -> None:
        """Name what ``owner.name`` does ``stretch``; ``stays``: and whatever its thread does until the next one."""
        inner = getattr(owner, name)

        @wraps(inner)
        def named(*args: Any, **kwargs: Any) -> Any:
            with self.stretch(stretch, stays=stays):
                return inner(*args, **kwargs)

        setattr(owner, name, named)

    @contextmanager
    def stretch(self, stretch: str, *, stays: bool = False) -> Iterator[None]:
        """What this thread does in the block is of ``stretch``; ``stays``: and what it does afterwards."""
        before, self._here.stretch = getattr(self._here, "stretch", ""), stretch
        yield
        if not stays:
            self._here.stretch = before

    def _audited(self, name: str, args: tuple[Any, ...]) -> None:
        if name in FILE_EVENTS or (name == "open" and _writes(args)):
            self._written()

    def _executed(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(STATEMENTS):
            self._written()

    def _written(self) -> None:
        if getattr(self._here, "busy", False):
            return
        self._here.busy = True
        try:
            stretch = getattr(self._here, "stretch", "")
            self.counted[stretch] += 1
            self.act(Moment(stretch, self.counted[stretch]))
        finally:
            self._here.busy = False


@dataclass(frozen=True)
class KilledAt:
    """Ends this process as a power cut would, at ``moment``."""

    moment: Moment

    def __call__(self, now: Moment) -> None:
        if now == self.moment:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class FullDisk:
    """Fills the disk under ``place`` at each of ``moments`` and says so by a file in ``said``, which is elsewhere."""

    place: Path
    said: Path
    moments: tuple[Moment, ...]

    def __call__(self, now: Moment) -> None:
        if now in self.moments:
            fill(self.place)
            (self.said / f"{now.stretch}-{now.write}").touch()


def fill(place: Path) -> Path:
    """A file that leaves nothing free on the disk of the folder ``place``."""
    filler = place / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                continue
    return filler


def _writes(args: tuple[Any, ...]) -> bool:
    path, _, flags = args
    writing = isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    return writing and not str(path).startswith("/dev/")
