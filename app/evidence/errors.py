"""What can go wrong with evidence.

EvidenceError
├── CitedVersionWithdrawn   a cited version went out of force before the answer was recorded; nothing was stored
├── EvidenceNotFound        no answer of this id in this institution
├── CitationsChanged        the index of cited versions is not as it was written
└── CheckpointError         the second place for checkpoints can't be read or written
"""

from __future__ import annotations

from collections.abc import Collection

from app.db.errors import RowNotFound
from knowledge_bases.schema import VersionKey


class EvidenceError(Exception):
    """The root of this tree."""


class CitedVersionWithdrawn(EvidenceError):
    """The answer must not be released; retrieve and compose again from what is in force now."""

    def __init__(self, keys: Collection[VersionKey]) -> None:
        named = ", ".join(f"{key.document}@{key.version}" for key in sorted(keys))
        super().__init__(f"no longer in force: {named}; nothing was recorded, answer again from what is in force")
        self.keys = frozenset(keys)


class EvidenceNotFound(EvidenceError, RowNotFound):
    """No evidence of this answer in this institution."""

    def __init__(self, answer_id: str) -> None:
        super().__init__(f"there is no answer {answer_id!r}; check the id and the institution")


class CitationsChanged(EvidenceError):
    """What an answer cites cannot be told from the index."""

    def __init__(self, answer_id: str) -> None:
        super().__init__(
            f"the index of cited versions was changed at answer {answer_id!r}; run `candour audit verify` and restore "
            "the database from a backup"
        )


class CheckpointError(EvidenceError):
    """The checkpoint file is damaged or its folder can't be used."""
