"""What can go wrong between a question and its passages.

RetrievalError
├── DimensionMismatch      a vector of another length than the index's
├── EmbedderUnavailable    the embedding model cannot be loaded
├── PairReaderUnavailable  the cross-encoder cannot be loaded
├── SpanReaderUnavailable  the reader of spans cannot be loaded
├── TextClassifierUnavailable  what a text is about cannot be read
├── LexiconInvalid         the shipped word lists break their form
├── ScorerInvalid          the shipped scorer was trained on other features
└── SnapshotError
    ├── SnapshotMissing      no manifest of that name
    ├── SnapshotCorrupt      bytes are not the ones the manifest promises
    ├── SnapshotQuarantined  it was set aside earlier, for a reason
    ├── ModelMismatch        built with another embedder than the one asked for
    └── WrongInstitution     it belongs to another institution
"""

from __future__ import annotations


class RetrievalError(Exception):
    """Base of all errors of this package."""


class DimensionMismatch(RetrievalError):
    """A vector's length is not the index's."""

    def __init__(self, got: int, wanted: int) -> None:
        super().__init__(f"vector has {got} dimensions, the index {wanted}: embed the query with the index's model")


class EmbedderUnavailable(RetrievalError):
    """The embedding model cannot be loaded; search goes on with words alone."""


class PairReaderUnavailable(RetrievalError):
    """The cross-encoder cannot be loaded; passages keep the order they have without it."""


class SpanReaderUnavailable(RetrievalError):
    """The reader of question and span cannot be loaded; quotes keep the order they have without it."""


class TextClassifierUnavailable(RetrievalError):
    """The classifier of texts cannot be loaded; who relies on it for safety has to hold the text."""


class ScorerInvalid(RetrievalError):
    """The scorer's file does not fit the features of this release."""


class LexiconInvalid(RetrievalError):
    """A file of ``retrieval/lexicon`` breaks its form; the message names file and entry."""


class SnapshotError(RetrievalError):
    """Base of all errors of stored snapshots."""


class SnapshotMissing(SnapshotError):
    """There is no manifest of that name."""


class SnapshotCorrupt(SnapshotError):
    """Stored bytes differ from what their manifest promises: the index is to be built again from the stored parses."""


class SnapshotQuarantined(SnapshotError):
    """The snapshot was set aside earlier and is not to be read."""


class ModelMismatch(SnapshotError):
    """The vectors were made by another embedder: embed the documents again, or load the one they were made with."""


class WrongInstitution(SnapshotError):
    """The snapshot belongs to another institution (promise 7)."""
