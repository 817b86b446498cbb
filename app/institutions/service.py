"""Institutions as the rest of the product sees them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import Session, col, select

from app.db.columns import now_utc
from app.evidence.audit import AuditLog, Happening, Ledger
from app.institutions.config import from_config, to_config
from app.institutions.errors import InstitutionExists, SnapshotMoved, UnknownInstitution
from app.institutions.tables import InstitutionRow
from app.plain_text import unstorable
from knowledge_bases.schema import Institution


@dataclass(frozen=True)
class SnapshotPointer:
    """Which snapshot answers are made from. ``snapshot_id`` None: nothing published yet, generation 0."""

    snapshot_id: str | None
    generation: int


class InstitutionService:
    """Adds and finds institutions. Not scoped: it is where a scope is looked up."""

    def __init__(self, session: Session, ledger: Ledger) -> None:
        self._session = session
        self._ledger = ledger

    def add(self, institution: Institution) -> Institution:
        """Store a new institution.

        Raises:
            InstitutionExists: the id is taken.
        """
        if self._session.get(InstitutionRow, institution.id) is not None:
            raise InstitutionExists(institution.id)
        row = InstitutionRow(id=institution.id, config=to_config(institution), created_at=now_utc())
        self._session.add(row)
        self._session.flush()
        self._audit(institution.id).append(Happening("institution:add:done", institution.id))
        return institution

    def configure(self, institution: Institution) -> None:
        """Replace the stored configuration where it differs.

        Raises:
            UnknownInstitution: it was never added.
        """
        row, config = self._row(institution.id), to_config(institution)
        if row.config == config:
            return
        row.config = config
        self._session.flush()
        self._audit(institution.id).append(Happening("institution:configure:done", institution.id))

    def get(self, institution_id: str) -> Institution:
        """The institution of this id.

        Raises:
            UnknownInstitution: there is none.
        """
        return from_config(self._row(institution_id).config)

    def all(self) -> tuple[Institution, ...]:
        """Every institution, by id."""
        rows = self._session.exec(select(InstitutionRow).order_by(col(InstitutionRow.id)))
        return tuple(from_config(row.config) for row in rows)

    def knows(self, institution_id: str) -> bool:
        """Whether an institution of this id was added."""
        return self._session.get(InstitutionRow, institution_id) is not None

    def pointer(self, institution_id: str) -> SnapshotPointer:
        """The snapshot published now.

        Raises:
            UnknownInstitution: there is no such institution.
        """
        row = self._row(institution_id)
        return SnapshotPointer(row.snapshot_id, row.generation)

    def move_snapshot(self, institution_id: str, snapshot_id: str, expected_generation: int) -> SnapshotPointer:
        """Point to ``snapshot_id`` if nobody moved the pointer since ``expected_generation`` was read.

        Raises:
            SnapshotMoved: somebody did; the transaction must be given up.
        """
        moved = self._session.scalar(
            update(InstitutionRow)
            .where(col(InstitutionRow.id) == institution_id, col(InstitutionRow.generation) == expected_generation)
            .values(snapshot_id=snapshot_id, generation=expected_generation + 1)
            .returning(col(InstitutionRow.id))
        )
        if moved is None:
            raise SnapshotMoved(institution_id, expected_generation)
        fields = {"generation": expected_generation + 1}
        self._audit(institution_id).append(Happening("snapshot:move:done", snapshot_id, fields))
        return SnapshotPointer(snapshot_id, expected_generation + 1)

    def _row(self, institution_id: str) -> InstitutionRow:
        storable = not unstorable(institution_id)  # a database breaks off over such an id, where it should find none
        row = self._session.get(InstitutionRow, institution_id, populate_existing=True) if storable else None
        if row is None:
            raise UnknownInstitution(institution_id)
        return row

    def _audit(self, institution_id: str) -> AuditLog:
        return AuditLog(self._session, institution_id, self._ledger)
