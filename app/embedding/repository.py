"""The row of one institution's last change of model."""

from __future__ import annotations

from app.db.repository import ScopedRepository
from app.embedding.tables import ReembeddingRow


class ReembeddingRepository(ScopedRepository[ReembeddingRow]):
    """At most one row an institution."""

    table = ReembeddingRow

    def last(self) -> ReembeddingRow | None:
        """The last change; None before the first."""
        return self.find()
