"""Carries out a change of model: builds the new index beside the old one, which answers until all is built.

Then one transaction puts the new segments in the place of all old ones and moves the snapshot. What a kill interrupts
goes on with the next worker: what is embedded lies in the work folder, and that it was asked for in the database.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import structlog
from sqlmodel import Session

from app.embedding.changes import Change, Changes
from app.foundation import Foundation
from app.jobs.ingest import Ingestion
from app.jobs.reindex import Reason, Reindexed, Stale, reindex, stale_versions
from retrieval.errors import EmbedderUnavailable

ROUNDS = 5  # what was published while the others were built comes in the next round

log = structlog.get_logger(__name__)


class ChangeOver(Exception):
    """The change was ended or gave way to another meanwhile; nothing of it is published."""


@dataclass
class Reembedding:
    """One institution's change under way; ``begin`` hears of each version before it is built, and may raise."""

    ingestion: Ingestion
    institution_id: str
    by: str
    begin: Callable[[Stale], None] = field(default=lambda stale: None)

    def run(self, change: Change) -> Change:
        """Carries ``change`` out as far as it goes; gives how it stands then.

        A model that is not to be had here leaves it open, with its problem noted: another worker may have it.
        """
        try:
            builder = replace(self.ingestion, embedder=self.ingestion.model(change.embedder_id))
            problem = self._built(builder, change.embedder_id)
        except ChangeOver:
            log.info("reembedding.over", institution_id=self.institution_id, embedder=change.embedder_id)
        except EmbedderUnavailable as error:
            log.error("reembedding.unavailable", institution_id=self.institution_id, embedder=change.embedder_id)
            self._note(change.embedder_id, change.done, change.total, str(error))
        else:
            log.info("reembedding.done", institution_id=self.institution_id, embedder=change.embedder_id)
            with self._foundation.database.write() as session:
                self._changes(session).end(change.embedder_id, self.by, problem)
        with self._foundation.database.read() as session:
            return self._changes(session).last() or change

    @property
    def _foundation(self) -> Foundation:
        return self.ingestion.foundation

    def _changes(self, session: Session) -> Changes:
        return Changes(session, self.institution_id, self._foundation.ledger)

    def _built(self, builder: Ingestion, embedder_id: str) -> str | None:
        """The problem that is left, if one is."""
        for _ in range(ROUNDS):
            done = self._round(builder, embedder_id)
            if done.held_back is None or done.failed:
                return _problem(done)
        return done.held_back

    def _round(self, builder: Ingestion, embedder_id: str) -> Reindexed:
        stale = stale_versions(self._foundation, self.institution_id, embedder_id)
        own = [each for each in stale if Reason.EMBEDDER in each.reasons]
        built = 0

        def begin(each: Stale) -> None:
            nonlocal built
            self._require_wanted(embedder_id, built, len(own))
            self.begin(each)
            built += 1

        return reindex(
            builder, self.institution_id, own, begin, lambda: self._require_wanted(embedder_id, built, built)
        )

    def _require_wanted(self, embedder_id: str, done: int, total: int) -> None:
        if not self._note(embedder_id, done, total):
            raise ChangeOver

    def _note(self, embedder_id: str, done: int, total: int, problem: str | None = None) -> bool:
        with self._foundation.database.write() as session:
            return self._changes(session).note(embedder_id, done, total, problem)


def _problem(done: Reindexed) -> str | None:
    if not done.failed:
        return None
    first = done.failed[0]
    says = f"{len(done.failed)} versions could not be embedded, {first.key.document} {first.key.version}: {first.why}"
    return says if done.held_back is None else f"{says}; {done.held_back}"


def open_changes(foundation: Foundation, institution_ids: list[str]) -> list[tuple[str, Change]]:
    """The changes that are to be done, by institution."""
    with foundation.database.read() as session:
        last = [(one, Changes(session, one, foundation.ledger).last()) for one in institution_ids]
    return [(one, change) for one, change in last if change is not None and change.is_open]
