"""What can go wrong with institutions.

InstitutionsError
├── UnknownInstitution   no institution of this id
├── InstitutionExists    it was added before
└── SnapshotMoved        the pointer moved since the builder started; it starts again
"""

from __future__ import annotations


class InstitutionsError(Exception):
    """The root of this tree."""


class UnknownInstitution(InstitutionsError):
    """No institution has this id."""

    def __init__(self, institution_id: str) -> None:
        super().__init__(f"there is no institution {institution_id!r}; `candour institution list` shows the known ones")


class InstitutionExists(InstitutionsError):
    """An institution is added once."""

    def __init__(self, institution_id: str) -> None:
        super().__init__(f"institution {institution_id!r} was added before; choose another id in institution.yaml")


class SnapshotMoved(InstitutionsError):
    """Another builder published first; build again from the snapshot that is current now."""

    def __init__(self, institution_id: str, expected_generation: int) -> None:
        super().__init__(
            f"the snapshot of {institution_id!r} is no longer at generation {expected_generation}; "
            "read the pointer again and rebuild from it"
        )
