"""What can go wrong with what was removed.

RemovalError
├── SnapshotRemoved   the snapshot was removed by retention; the message names the receipt
└── FileRemoved       the file was removed with its version; the message names the receipt
"""

from __future__ import annotations

from app.hong_kong import HONG_KONG
from app.removal.types import Receipt


class RemovalError(Exception):
    """The root of this tree."""


class SnapshotRemoved(RemovalError):
    """An answer cannot be built again: what it was made from was kept as long as the settings say."""

    def __init__(self, snapshot_id: str, receipt: Receipt) -> None:
        super().__init__(
            f"snapshot {snapshot_id} was removed by retention on {receipt.begun_at:%Y-%m-%d} (receipt {receipt.id}); "
            "the stored evidence still says what was released"
        )


class FileRemoved(RemovalError):
    """The words of a withdrawn version are gone."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__(
            f"The file was removed for good on {receipt.begun_at.astimezone(HONG_KONG):%Y-%m-%d %H:%M} HKT "
            f"(receipt {receipt.id}); nothing of it is kept."
        )
