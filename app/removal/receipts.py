"""Receipts: noted before the first file goes and closed after the last, each with its entry in the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from app.db.columns import new_id, now_utc
from app.evidence.audit import AuditLog, Ledger
from app.removal.records import removal_record
from app.removal.repository import RemovalRepository
from app.removal.tables import RemovalRow
from app.removal.types import FileKind, Holding, Kept, Receipt, Removal
from knowledge_bases.schema import VersionKey


class Receipts:
    """The receipts of one institution, within one unit of work."""

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        self._removals = RemovalRepository(session, institution_id)
        self._audit = AuditLog(session, institution_id, ledger)
        self._digest_key = ledger.master.audit

    def begin(self, removal: Removal) -> Receipt:
        """Note what is to go. It may go once the unit of work is committed, not before.

        Raises:
            ValueError: nothing is to go.
        """
        if not removal.removed:
            raise ValueError("a removal of nothing has no receipt")
        return self._begun(removal)

    def keep(self, removal: Removal) -> Receipt | None:
        """Note that somebody wanted a version gone of which everything stays, and why.

        None where nothing of it is stored, or it has a receipt already.
        """
        self._audit.lock()
        if removal.key is None or removal.removed or not removal.kept or self.of(removal.key):
            return None
        return self.finish(self._begun(removal).id, (), removal.kept)

    def _begun(self, removal: Removal) -> Receipt:
        self._audit.lock()
        row = self._removals.add(_row(self._removals.institution_id, removal))
        self._audit.append(removal_record(self._digest_key, row).happening("begin:done", by=row.by))
        return _receipt(row)

    def claimed(self) -> frozenset[Holding]:
        """What a removal that was begun is to remove; nobody begins another until the transaction ends."""
        self._audit.lock()
        return frozenset(holding for receipt in self.interrupted() for holding in receipt.removal.removed)

    def lock(self, receipt_id: str) -> Receipt:
        """The receipt as it is stored now; until the transaction ends nobody publishes, records or finishes."""
        self._audit.lock()
        return _receipt(self._removals.get(receipt_id))

    def finish(self, receipt_id: str, removed: Sequence[Holding], kept: Sequence[Kept]) -> Receipt:
        """Note that all of it is gone but ``kept``."""
        row = self._removals.get(receipt_id)
        row.removed, row.kept = [h.to_json() for h in removed], [k.to_json() for k in kept]
        row.done_at = now_utc()
        self._removals.save(row)
        size = sum(holding.size_bytes for holding in removed)
        happening = removal_record(self._digest_key, row).happening("finish:done", files=len(removed), bytes=size)
        self._audit.append(replace(happening, fields={**happening.fields, "snapshot": row.snapshot_after}))
        return _receipt(row)

    def all(self) -> tuple[Receipt, ...]:
        """Every receipt, newest first."""
        return tuple(map(_receipt, self._removals.list_all()))

    def interrupted(self) -> tuple[Receipt, ...]:
        """Those not finished, oldest first."""
        return tuple(map(_receipt, self._removals.interrupted()))

    def of(self, key: VersionKey) -> tuple[Receipt, ...]:
        """The receipts of a version, newest first."""
        return tuple(receipt for receipt in self.all() if receipt.removal.key == key)

    def for_file(self, name: str, key: VersionKey | None = None) -> Receipt | None:
        """The last receipt that names a file or snapshot (of the version ``key`` where one is given), or None."""
        named = (r for r in self.all() if any(holding.name == name for holding in r.removal.removed))
        return next((r for r in named if key is None or r.removal.key == key), None)

    def gone(self) -> frozenset[tuple[VersionKey, str]]:
        """The files of versions that receipts name."""
        with_keys = ((r.removal.key, r.removal.removed) for r in self.all())
        return frozenset((key, h.name) for key, removed in with_keys if key is not None for h in removed)


def _row(institution_id: str, removal: Removal) -> RemovalRow:
    return RemovalRow(
        institution_id=institution_id,
        id=new_id(),
        cause=removal.cause,
        document_id=None if removal.key is None else removal.key.document,
        version=None if removal.key is None else removal.key.version,
        by=removal.by,
        removed=[holding.to_json() for holding in removal.removed],
        kept=[kept.to_json() for kept in removal.kept],
        snapshot_before=removal.snapshot_before,
        snapshot_after=removal.snapshot_after,
        begun_at=now_utc(),
    )


def _receipt(row: RemovalRow) -> Receipt:
    key = None if row.document_id is None or row.version is None else VersionKey(row.document_id, row.version)
    removal = Removal(
        cause=row.cause,
        key=key,
        by=row.by,
        removed=tuple(map(_holding, row.removed)),
        kept=tuple(Kept(FileKind(value["kind"]), value["name"], value["why"]) for value in row.kept),
        snapshot_before=row.snapshot_before,
        snapshot_after=row.snapshot_after,
    )
    return Receipt(row.id, removal, row.begun_at, row.done_at)


def _holding(value: dict[str, Any]) -> Holding:
    return Holding(FileKind(value["kind"]), value["name"], value["bytes"])
