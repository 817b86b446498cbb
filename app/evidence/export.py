"""The audit log as JSON lines, for whoever checks it without our database: entries only, nothing sealed is opened."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import col

from app.db.columns import canonical_json
from app.db.repository import ScopedRepository
from app.evidence.hashes import hashed_members
from app.evidence.tables import AuditEntryRow


class AuditExport(ScopedRepository[AuditEntryRow]):
    """Reads one institution's chain."""

    table = AuditEntryRow

    def lines(self) -> Iterator[str]:
        """One line of canonical JSON an entry, in order, without line ends.

        ``hash`` is the SHA-256 of the line's other members as canonical JSON, ``fields`` as the text that stands there.
        The keyed ``mac`` is left out: nobody else can check it, and the signed checkpoints name the hash.
        """
        ordered = self.rows().order_by(col(AuditEntryRow.seq)).execution_options(yield_per=500)
        for entry in self.session.exec(ordered):
            yield canonical_json({**hashed_members(entry), "hash": entry.hash})
