"""Approximate indexes of large institutions, built behind exact search: a publication never waits for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from threading import Lock, Thread

import structlog

from retrieval.indexes.carried import CarriedIndex
from retrieval.indexes.choice import Make, kind_for
from retrieval.indexes.exact import ExactIndex
from retrieval.snapshot import Snapshot

AT_ONCE = 2_000  # new rows that are added while the snapshot is opened: about half a second

log = structlog.get_logger(__name__)


def _in_background(work: Callable[[], None]) -> None:
    Thread(target=work, name="index", daemon=True).start()


@dataclass
class Graphs:
    """One carried index an institution; safe to share between threads. ``begin`` runs what takes long."""

    kind: Callable[[int], Make] = kind_for
    begin: Callable[[Callable[[], None]], None] = _in_background
    _carried: dict[str, CarriedIndex] = field(default_factory=dict)
    _building: defaultdict[str, Lock] = field(default_factory=lambda: defaultdict(Lock))

    def improve(self, institution_id: str, snapshot: Snapshot) -> None:
        """Let a snapshot that was just opened be searched quicker: at once where little is new, else some time later.

        Until then every row is compared: slower, and never worse.
        """
        if self.kind(len(snapshot.chunks)) is ExactIndex:
            return
        carried = self._fitting(institution_id, snapshot)
        if carried is not None and carried.missing(snapshot.parts) <= AT_ONCE:
            snapshot.search_by(carried.view(snapshot.parts))
        else:
            self.begin(partial(self._build, institution_id, snapshot))

    def held(self) -> frozenset[str]:
        """The institutions that have an index here."""
        return frozenset(self._carried)

    def forget(self, institution_id: str) -> None:
        """Let an institution's index go, as none of its snapshots is open any more."""
        self._carried.pop(institution_id, None)

    def _build(self, institution_id: str, snapshot: Snapshot) -> None:
        try:
            with self._building[institution_id]:
                carried = self._fitting(institution_id, snapshot)
                if carried is None:
                    carried = CarriedIndex(self.kind(len(snapshot.chunks)), snapshot.parts, snapshot.vectors)
                    self._carried[institution_id] = carried
                snapshot.search_by(carried.view(snapshot.parts))
            log.info("index.built", institution_id=institution_id, snapshot_id=snapshot.id, rows=len(snapshot.chunks))
        except Exception as error:  # exact search goes on
            log.error("index.failed", institution_id=institution_id, error=type(error).__name__)

    def _fitting(self, institution_id: str, snapshot: Snapshot) -> CarriedIndex | None:
        """The institution's index, unless most of it would be new or is of no use any more."""
        carried, parts, rows = self._carried.get(institution_id), snapshot.parts, len(snapshot.chunks)
        if carried is None or max(carried.missing(parts), carried.stale(parts)) > rows // 2:
            return None
        return carried
