"""The snapshots a process holds open, and which one answers where the current one is damaged."""

from __future__ import annotations

import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import structlog

from app.documents.graphs import Graphs
from app.foundation import Foundation
from app.institutions.snapshots import published_snapshots
from retrieval.cross_encoder import Bounded
from retrieval.errors import SnapshotCorrupt, SnapshotError, SnapshotMissing, SnapshotQuarantined
from retrieval.ports import Embedder
from retrieval.retriever import Retriever
from retrieval.snapshot import is_quarantined, open_snapshot, read_manifest
from retrieval.span_reader import SpanReader

OPEN_SNAPSHOTS = 8  # institutions kept in memory; the least recently used one is let go
LOOK_AGAIN_S = 60.0  # a damaged snapshot may have been restored from a backup
DAMAGED = (SnapshotCorrupt, SnapshotMissing, SnapshotQuarantined)

log = structlog.get_logger(__name__)


@dataclass
class OpenSnapshots:
    """Opens snapshots as they are asked for; safe to share between threads.

    ``model`` gives the embedder of an id, None where it is not to be had: words alone decide then. So an index goes on
    serving with the model that made it while another is being built, whatever the settings ask for.
    While one institution's snapshot is opened, only its own questions wait.
    """

    foundation: Foundation
    model: Callable[[str], Embedder | None]
    graphs: Graphs = field(default_factory=Graphs)
    reader: Bounded | None = None
    span_reader: SpanReader | None = None
    _open: OrderedDict[tuple[str, str], Retriever] = field(default_factory=OrderedDict)
    _damaged: dict[tuple[str, str], tuple[float, SnapshotError]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _opening: defaultdict[str, Lock] = field(default_factory=lambda: defaultdict(Lock))

    def __len__(self) -> int:
        return len(self._open)

    def get(self, institution_id: str, snapshot_id: str) -> Retriever:
        """The retriever over a snapshot, opened where it is not open already.

        Raises:
            SnapshotError: it is missing, damaged, set aside, or not this institution's.
        """
        name, root = (institution_id, snapshot_id), self.foundation.index_root(institution_id)
        with self._lock:
            opening = self._opening[institution_id]
        with opening:
            if is_quarantined(root, snapshot_id):
                self._forget(name)
            known = self._known(name) or self._opened(root, institution_id, snapshot_id)
            return self._kept(name, known)

    def serving(self, institution_id: str, current: str) -> str:
        """The snapshot to answer from: the current one, or the last earlier one that opens where that is damaged.

        What may be answered from is read from the catalogue all the same: an earlier snapshot brings nothing back.
        Earlier ones of the institution are let go once the current one is open, and withdrawn words with them.

        Raises:
            SnapshotError: none opens, or the current one is not this institution's.
        """
        damage = self._damage(institution_id, current)
        if damage is None:
            self._let_go(institution_id, current)
            return current
        for earlier in self._earlier(institution_id, current):
            if self._damage(institution_id, earlier) is None:
                return earlier
        raise damage

    def damaged(self) -> frozenset[str]:
        """The institutions whose current snapshot did not open when it was last asked for."""
        with self._lock:
            return frozenset(institution_id for institution_id, _ in self._damaged)

    def _opened(self, root: Path, institution_id: str, snapshot_id: str) -> Retriever:
        """Only what the institution's open snapshots do not hold is read: a small edit opens in no time.

        Its hashes are taken: a swapped file has the right size, and reading the chunks costs ten times as long.
        """
        embedder = self.model(read_manifest(root, snapshot_id).embedder_id)
        with self._lock:
            own = [retriever for (owner, _), retriever in self._open.items() if owner == institution_id]
        known = {address: segment for each in own for address, segment in each.snapshot.segments.items()}
        embedder_id = None if embedder is None else embedder.id
        snapshot = open_snapshot(
            root, snapshot_id, institution_id=institution_id, embedder_id=embedder_id, verify="hashes", known=known
        )
        self.graphs.improve(institution_id, snapshot)
        return Retriever(snapshot, embedder, reader=self.reader, span_reader=self.span_reader)

    def _known(self, name: tuple[str, str]) -> Retriever | None:
        with self._lock:
            return self._open.get(name)

    def _forget(self, name: tuple[str, str]) -> None:
        with self._lock:
            self._open.pop(name, None)

    def _kept(self, name: tuple[str, str], retriever: Retriever) -> Retriever:
        with self._lock:
            self._open[name] = retriever
            self._open.move_to_end(name)
            if len(self._open) > OPEN_SNAPSHOTS:
                (oldest, _), _ = self._open.popitem(last=False)
                if not any(owner == oldest for owner, _ in self._open):
                    self.graphs.forget(oldest)
            return retriever

    def _damage(self, institution_id: str, snapshot_id: str) -> SnapshotError | None:
        """What is wrong with a snapshot. One found damaged is not read again at every question."""
        name = (institution_id, snapshot_id)
        until, known = self._damaged.get(name, (0.0, None))
        if known is not None and time.monotonic() < until:
            return known
        try:
            self.get(institution_id, snapshot_id)
        except DAMAGED as error:
            log.error("snapshot.damaged", institution_id=institution_id, snapshot_id=snapshot_id, error=str(error))
            with self._lock:
                self._damaged[name] = (time.monotonic() + LOOK_AGAIN_S, error)
            return error
        with self._lock:
            self._damaged.pop(name, None)
        return None

    def _earlier(self, institution_id: str, current: str) -> Iterator[str]:
        with self.foundation.database.read() as session:
            past = published_snapshots(session, institution_id)
        yield from (snapshot.id for snapshot in reversed(past) if snapshot.id != current)

    def _let_go(self, institution_id: str, current: str) -> None:
        with self._lock:
            for name in [name for name in self._open if name[0] == institution_id and name[1] != current]:
                del self._open[name]
            for name in [name for name in self._damaged if name[0] == institution_id]:
                del self._damaged[name]
