"""Which model an institution is served with, which the settings ask for, and what is being done about it."""

from __future__ import annotations

from dataclasses import dataclass

from app.documents.service import DocumentService
from app.embedding.changes import Change, Changes
from app.foundation import Foundation


@dataclass(frozen=True)
class Standing:
    """How an institution stands: ``served`` by a model (None: nothing is published), the setting asks for ``wanted``.

    ``change`` is the last that was asked for.
    """

    institution_id: str
    served: str | None
    wanted: str
    change: Change | None

    @property
    def differs(self) -> bool:
        """Whether it is served by another model than the setting asks for."""
        return self.served not in (None, self.wanted)


def standing_of(base: Foundation, institution_id: str, wanted: str) -> Standing:
    """How an institution stands to the model ``wanted``."""
    with base.database.read() as session:
        served = DocumentService(session, institution_id, base.ledger).embedded_by()
        return Standing(institution_id, served, wanted, Changes(session, institution_id, base.ledger).last())


def says(standing: Standing) -> str:
    """How an institution stands, in a line that does not name it."""
    change = standing.change
    if standing.served is None:
        return f"nothing published yet; what is read is embedded by {standing.wanted}"
    line = f"served by {standing.served}"
    if change is not None and change.is_open:
        waits = f"; {change.problem}" if change.problem else ""
        return f"{line}, changing to {change.embedder_id}: {change.done} of {change.total or '?'} versions{waits}"
    if standing.differs:
        ended = f"; the last change ended: {change.problem}" if change is not None and change.problem else ""
        return f"{line}; the settings ask for {standing.wanted}: candour knowledge reembed --start changes to it{ended}"
    return line
