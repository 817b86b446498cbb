"""What can go wrong below the nouns.

DatabaseError
├── MissingInstitution   a scoped repository was made without saying for whom
├── ForeignRow           a row of one institution was handed to the repository of another
├── RowNotFound          no such row in this institution
├── DatabaseAway         it could not be reached, broke off, or SQLite stayed locked; a moment later it may answer
└── NaiveTime            a time without a zone was about to be stored
"""

from __future__ import annotations


class DatabaseError(Exception):
    """The root of this tree."""


class MissingInstitution(DatabaseError):
    """Raised instead of falling back to any default: no institution, no rows (promise 7)."""

    def __init__(self, repository: str) -> None:
        super().__init__(f"{repository} was made without an institution id; pass the id of the institution served")


class ForeignRow(DatabaseError):
    """A row belongs to another institution than the repository it was given to."""

    def __init__(self, repository: str, institution_id: str) -> None:
        super().__init__(f"{repository} of {institution_id!r} was handed a row of another institution; nothing stored")


class RowNotFound(DatabaseError):
    """The base of every noun's "not found"; a row of another institution is not found either."""


class DatabaseAway(DatabaseError):
    """The same may succeed once the database answers again; whether a commit under way was done is not known."""

    def __init__(self) -> None:
        super().__init__("the database does not answer now; try again in a minute")


class NaiveTime(DatabaseError):
    """Times are stored in UTC; one without a zone can't be converted."""

    def __init__(self) -> None:
        super().__init__("a time without a zone was about to be stored; use app.db.columns.now_utc()")
