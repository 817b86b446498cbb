"""The institutions shipped as samples."""

from __future__ import annotations

from pathlib import Path

import knowledge_bases
from knowledge_bases.loader import FILE_NAME, InstitutionFolder, load_institution


def sample_root() -> Path:
    """The folder in which each sample has its own, called by its id."""
    return Path(knowledge_bases.__file__ or "").parent


def sample_folders() -> list[InstitutionFolder]:
    """The samples, by folder name.

    Raises:
        InstitutionFileError: one of them is wrong; a fault of the samples.
    """
    return [load_institution(path.parent) for path in sorted(sample_root().glob(f"*/{FILE_NAME}"))]
