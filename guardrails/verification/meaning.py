"""What a sentence and its cited words mean, as a learned model reads them together.

It stands beside the traits that are weighed (``weighing.py``), which know words and figures and no meaning. The model
is run by whoever composes the program; ``meaning.safetensors`` is what ``eval/train_meaning.py`` learned for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

WEIGHTS = Path(__file__).with_name("meaning.safetensors")


class MeaningReader(Protocol):
    """Reads a sentence beside the words it cites."""

    def doubt(self, sentence: str, evidence: str) -> float:
        """How much speaks for ``sentence`` saying what ``evidence`` does not: the logarithm of the odds.

        Raises where it can't be read.
        """
        ...


class NoMeaning:
    """Reads nothing: words and figures alone decide."""

    def doubt(self, sentence: str, evidence: str) -> float:
        """Neither for nor against."""
        return 0.0


NO_MEANING = NoMeaning()
