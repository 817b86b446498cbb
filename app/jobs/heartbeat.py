"""Which workers are alive: each says so in the database, where those on other machines and the console see it."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex

from sqlalchemy import func
from sqlmodel import Session, col, delete, select

from app.db.columns import UtcDateTime, now_utc
from app.db.engine import is_sqlite
from app.jobs.tables import WorkerRow

BEAT_S = 5.0
STALE_S = 30.0  # without a beat for longer, a worker counts as gone
KEPT = timedelta(days=1)  # a row of a worker that is gone


@dataclass(frozen=True)
class WorkerId:
    """A worker process: its id in the queue, and where it runs."""

    id: str
    place: str
    pid: int

    @classmethod
    def of_this_process(cls, configured: str | None) -> WorkerId:
        """Its id is ``configured``, else a fresh one: two processes must never share an id."""
        pid, place = os.getpid(), _place()
        return cls(configured or f"{socket.gethostname()}-{pid}-{token_hex(4)}", place, pid)


def beat(session: Session, worker: WorkerId, *, ended: bool = False) -> None:
    """Says that the worker is alive now, or with ``ended`` that it is not any more."""
    now = _now(session)
    session.merge(WorkerRow(id=worker.id, place=worker.place, pid=worker.pid, seen_at=now, ended=ended))
    session.exec(delete(WorkerRow).where(col(WorkerRow.seen_at) < now - KEPT))


@dataclass(frozen=True)
class Seen:
    """A worker that last beat ``ago_s`` seconds ago, on the machine ``host``. ``alive`` False: it is taken for gone."""

    id: str
    host: str
    pid: int
    ago_s: float
    alive: bool


def known_workers(session: Session) -> tuple[Seen, ...]:
    """Every worker of the last day that did not end by itself, those alive first, then by machine and id."""
    alive, now = living(session), _now(session)
    workers = [
        Seen(
            row.id, row.place.split("/", 1)[0], row.pid, max(0.0, (now - row.seen_at).total_seconds()), row.id in alive
        )
        for row in session.exec(select(WorkerRow).where(col(WorkerRow.ended).is_(False)))
    ]
    return tuple(sorted(workers, key=lambda worker: (not worker.alive, worker.host, worker.id)))


def last_beat_s(session: Session) -> float | None:
    """Seconds since the youngest beat of any worker; None where there never was one."""
    seen = session.exec(select(func.max(WorkerRow.seen_at))).one()
    return None if seen is None else max(0.0, (_now(session) - seen).total_seconds())


def living(session: Session) -> frozenset[str]:
    """The ids of workers that are alive. One of this very machine whose process is gone is not, however young."""
    place, since = _place(), _now(session) - timedelta(seconds=STALE_S)
    rows = session.exec(select(WorkerRow).where(col(WorkerRow.seen_at) >= since, col(WorkerRow.ended).is_(False)))
    return frozenset(row.id for row in rows if row.place != place or _runs(row.pid))


def _now(session: Session) -> datetime:
    """The database's own clock where several machines share it: theirs may differ."""
    if is_sqlite(session.get_bind().engine):
        return now_utc()
    now: datetime = session.exec(select(func.clock_timestamp(type_=UtcDateTime()))).one()
    return now


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's, so it is there
        return True
    return True


def _place() -> str:
    """Machine, boot and process namespace: containers share the first two and not their process numbers."""
    boot, namespace = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
    host = socket.gethostname()
    if boot.exists() and namespace.exists():
        return f"{host}/{boot.read_text().strip()}/{namespace.readlink()}"
    return host
