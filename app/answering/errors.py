"""What can go wrong while answering.

AnsweringError
    ComposerUnavailable     the model is down, slow, or said something that is not an answer
"""

from __future__ import annotations


class AnsweringError(Exception):
    """Base of this package's errors."""


class ComposerUnavailable(AnsweringError):
    """No draft could be had from the model; ``cause`` is a constant word for logs and evidence, never its text."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"the model gave no usable draft ({cause})")
        self.cause = cause
