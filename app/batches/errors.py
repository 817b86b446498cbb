"""What can go wrong with batches of files.

BatchesError
├── BatchNotFound     no such batch of this person in this institution
├── BatchClosed       its files were taken in already
├── BatchChanged      its table was written since the page that writes now was made
└── BatchRefused      rows can't be taken in as they are; nothing was
"""

from __future__ import annotations

from collections.abc import Mapping

from app.db.errors import RowNotFound


class BatchesError(Exception):
    """The root of this tree."""


class BatchNotFound(BatchesError, RowNotFound):
    """No such batch, or another person's: whoever uploads files says what they are."""

    def __init__(self, batch_id: str) -> None:
        super().__init__(f"there is no batch {batch_id!r} of yours; upload the files again")


class BatchClosed(BatchesError):
    """Its files are versions now; what is known of them is edited there."""

    def __init__(self) -> None:
        super().__init__("These files were taken in already. Edit each version on its own page.")


class BatchChanged(BatchesError):
    """Another page, perhaps in another window, wrote meanwhile; nothing of this one is kept."""

    def __init__(self) -> None:
        super().__init__("Not saved: this table was changed elsewhere, perhaps in another window, since you opened it.")


class BatchRefused(BatchesError):
    """``problems``: a sentence for each row (its place) that can't be taken in."""

    def __init__(self, problems: Mapping[int, str]) -> None:
        self.problems = dict(problems)
        super().__init__(f"{len(problems)} rows need another look; nothing was taken in")
