"""Why a file could not become a document. Each message is one sentence: which file, why, and what to do.

IngestionError
├── UnreadableFile        damaged, or not what its name says inside
│   ├── EmptyFile         no bytes, or no words
│   └── EncryptedFile     opens only with a password
├── UnsupportedType       a kind of file there is no parser for
└── ParseLimitExceeded    too big or too costly
    └── FileTooLarge      refused before it was opened
"""

from __future__ import annotations


class IngestionError(Exception):
    """A file was refused. ``file`` is its name as the uploader knows it, ``reason`` a clause without a full stop."""

    def __init__(self, file: str, reason: str, remedy: str) -> None:
        super().__init__(f"{file}: {reason}; {remedy}.")
        self.file = file
        self.reason = reason
        self.remedy = remedy


class UnreadableFile(IngestionError):
    """The file is damaged or holds nothing that can be read."""


class EmptyFile(UnreadableFile):
    """The file has no bytes, or no words in it that could be quoted."""


class EncryptedFile(UnreadableFile):
    """The file opens only with a password."""


class UnsupportedType(IngestionError):
    """There is no parser for what the file holds, whatever its name says."""


class ParseLimitExceeded(IngestionError):
    """Reading the file took more time, memory or output than is allowed."""


class FileTooLarge(ParseLimitExceeded):
    """The file is bigger than the limit; it was not opened."""


BY_NAME: dict[str, type[IngestionError]] = {
    kind.__name__: kind
    for kind in (UnreadableFile, EmptyFile, EncryptedFile, UnsupportedType, ParseLimitExceeded, FileTooLarge)
}
