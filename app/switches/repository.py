"""The rows of one scope's switches and of one institution's topic changes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.db.repository import ScopedRepository
from app.switches.errors import ChangeNotFound
from app.switches.tables import SwitchRow, TopicChangeRow
from app.switches.types import Switch


class SwitchRepository(ScopedRepository[SwitchRow]):
    """Switches; ``institution_id`` is an institution's or EVERYWHERE."""

    table = SwitchRow

    def on(self) -> Sequence[SwitchRow]:
        """Those that are on, the oldest first."""
        return self.session.exec(_on((self.institution_id,))).all()

    def on_with(self, scope: str) -> Sequence[SwitchRow]:
        """Those of another scope that are on, then one's own, each the oldest first."""
        rows = self.session.exec(_on((scope, self.institution_id))).all()
        return sorted(rows, key=lambda row: row.institution_id != scope)

    def find_on(self, switch: Switch) -> SwitchRow | None:
        """The setting of a switch that is on."""
        named = (SwitchRow.kind == switch.kind, SwitchRow.subject == switch.subject)
        return self.find(*named, col(SwitchRow.lifted_at).is_(None))

    def lifted(self, limit: int) -> Sequence[SwitchRow]:
        """The last ones lifted, newest first."""
        own = self.rows().where(col(SwitchRow.lifted_at).is_not(None))
        return self.session.exec(own.order_by(col(SwitchRow.lifted_at).desc()).limit(limit)).all()


class TopicChangeRepository(ScopedRepository[TopicChangeRow]):
    """Proposed and decided changes of topics."""

    table = TopicChangeRow

    def approved(self) -> Sequence[TopicChangeRow]:
        """Every change in the order it was approved: of each topic the last one is in force."""
        own = self.rows().where(col(TopicChangeRow.approved).is_(True))
        return self.session.exec(own.order_by(col(TopicChangeRow.decided_at), col(TopicChangeRow.id))).all()

    def waiting(self) -> Sequence[TopicChangeRow]:
        """Those nobody has decided, oldest first."""
        own = self.rows().where(col(TopicChangeRow.decided_at).is_(None))
        return self.session.exec(own.order_by(col(TopicChangeRow.at), col(TopicChangeRow.id))).all()

    def get_waiting(self, change_id: str) -> TopicChangeRow:
        """A change that waits.

        Raises:
            ChangeNotFound: there is none of this id that does.
        """
        row = self.find(TopicChangeRow.id == change_id, col(TopicChangeRow.decided_at).is_(None))
        if row is None:
            raise ChangeNotFound(change_id)
        return row


def _on(scopes: Sequence[str]) -> SelectOfScalar[SwitchRow]:
    """The switches of ``scopes`` that are on, the oldest first, freshly read."""
    own = select(SwitchRow).where(col(SwitchRow.institution_id).in_(scopes), col(SwitchRow.lifted_at).is_(None))
    return own.order_by(col(SwitchRow.at), col(SwitchRow.id)).execution_options(populate_existing=True)
