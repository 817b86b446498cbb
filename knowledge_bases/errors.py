"""What can be wrong with an institution's folder.

InstitutionFileError   a file is missing, unreadable, or a field in it is wrong
"""

from __future__ import annotations

from pathlib import Path


class InstitutionFileError(Exception):
    """Names the file, the field in it, what is wrong and what to do."""

    def __init__(self, file: Path | str, field: str, problem: str) -> None:
        at = f", field {field!r}" if field else ""
        super().__init__(f"{file}{at}: {problem}")
        self.file = str(file)
        self.field = field
