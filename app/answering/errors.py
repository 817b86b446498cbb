"""What can go wrong while answering.

AnsweringError
    ComposerUnavailable     the model is down, slow, or said something that is not an answer
    RulebookReplaced        other rules came into force while the answer was made
"""

from __future__ import annotations


class AnsweringError(Exception):
    """Base of this package's errors."""


class ComposerUnavailable(AnsweringError):
    """No draft could be had from the model; ``cause`` is a constant word for logs and evidence, never its text."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"the model gave no usable draft ({cause})")
        self.cause = cause


class RulebookReplaced(AnsweringError):
    """Nothing is released by rules that are no longer in force; ``used`` is the version the answer was made by."""

    def __init__(self, used: str) -> None:
        super().__init__(
            f"other rules than rulebook {used[:12]} are in force by now; nothing was recorded, answer again by those"
        )
        self.used = used
