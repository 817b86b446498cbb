"""A fixed parting of every test set in two halves: tune on A, report B.

A question's half is that of the first thing its customer said, so that a conversation is never parted.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum

from eval.datasets import Dataset, DatasetInvalid


class Half(StrEnum):
    """One of the halves of a test set."""

    A = "A"
    B = "B"


def half_of(opening: str) -> Half:
    """The half of the conversation (or question) that opens with these words; blanks around them don't count."""
    return Half.A if hashlib.sha256(opening.strip().encode()).digest()[0] % 2 == 0 else Half.B


def in_half(dataset: Dataset, half: Half) -> Dataset:
    """``dataset`` with the questions of ``half`` alone, over the whole corpus.

    Raises:
        DatasetInvalid: there is none.
    """
    kept = [key for key, text in dataset.queries.items() if half_of(_opening(dataset, key, text)) is half]
    if not kept:
        raise DatasetInvalid(f"none of {len(dataset.queries)} questions is in half {half}: measure the whole set")
    return dataset.only(kept)


def _opening(dataset: Dataset, key: str, text: str) -> str:
    return next(iter(dataset.histories.get(key, ())), text)
