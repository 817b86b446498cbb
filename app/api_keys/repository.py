"""The rows of one institution's API keys."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col

from app.api_keys.errors import KeyNotFound
from app.api_keys.tables import ApiKeyRow, ApiKeyUseRow
from app.db.repository import ScopedRepository


class ApiKeyRepository(ScopedRepository[ApiKeyRow]):
    """Keys by id."""

    table = ApiKeyRow

    def get(self, key_id: str) -> ApiKeyRow:
        """The key.

        Raises:
            KeyNotFound: there is none in this institution.
        """
        row = self.find(ApiKeyRow.id == key_id)
        if row is None:
            raise KeyNotFound(key_id)
        return row

    def all(self) -> Sequence[ApiKeyRow]:
        """Every key, the newest first."""
        return self.session.exec(self.rows().order_by(col(ApiKeyRow.at).desc(), col(ApiKeyRow.id))).all()


class ApiKeyUseRepository(ScopedRepository[ApiKeyUseRow]):
    """What keys have asked."""

    table = ApiKeyUseRow

    def lock(self, key_id: str) -> ApiKeyUseRow:
        """What a key has asked, locked until the transaction ends.

        Raises:
            KeyNotFound: there is no such key in this institution.
        """
        own = self.rows().where(ApiKeyUseRow.key_id == key_id).with_for_update()
        row = self.session.exec(own).one_or_none()
        if row is None:
            raise KeyNotFound(key_id)
        return row
