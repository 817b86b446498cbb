"""The unit of work: one transaction at the edge of a request, a command or a job's step.

Repositories and services are handed a session and never commit. Whoever opens the unit of work does, once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar
from weakref import ref

import structlog
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from app.db.away import is_away
from app.db.engine import WRITES, is_sqlite
from app.db.errors import DatabaseAway

_AFTER_COMMIT = "after_commit"
_KEPT = "kept"

T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Database:
    """Opens units of work on one engine. Synchronous: asynchronous callers use a bounded thread pool.

    Raises (all methods but ``answers``, wherever in the block it is noticed):
        DatabaseAway: it does not answer, or broke off.
    """

    engine: Engine

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A writing transaction: committed when the block ends, rolled back when it raises."""
        bind = self.engine.execution_options(**{WRITES: True})
        with _noticing_absence(), Session(bind, expire_on_commit=False) as session:
            yield session
            session.commit()
            for action in session.info.pop(_AFTER_COMMIT, []):
                action()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A reading transaction on one consistent state; whatever is written in it is refused or undone."""
        with _noticing_absence(), Session(self.engine, expire_on_commit=False) as session:
            if not is_sqlite(self.engine):
                session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            yield session

    def answers(self) -> bool:
        """Whether the database can be asked something now."""
        try:
            with self.read() as session:
                session.execute(text("SELECT 1"))
        except DatabaseAway:
            return False
        return True


@contextmanager
def _noticing_absence() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        if not is_away(error):
            raise
        log.error("database.away", error=type(error).__name__)
        raise DatabaseAway from error


def after_commit(session: Session, action: Callable[[], None]) -> None:
    """Run ``action`` once the unit of work of ``session`` is committed; never when it is rolled back."""
    session.info.setdefault(_AFTER_COMMIT, []).append(action)


def kept(session: Session, name: str, read: Callable[[], T]) -> T:
    """What ``read`` gave when it was first asked for ``name`` in this transaction: for what nobody else can change.

    A transaction that ended takes what was kept with it.
    """
    transaction, known = session.info.get(_KEPT, (None, {}))
    if transaction is None or not transaction() or transaction() is not session.get_transaction():
        known = {}
    if name not in known:
        known[name] = read()
        session.info[_KEPT] = ref(session.get_transaction()), known
    value: T = known[name]
    return value


def forget(session: Session, name: str) -> None:
    """What was kept as ``name`` is read again: this transaction itself has changed it."""
    session.info.get(_KEPT, (None, {}))[1].pop(name, None)
