"""What can go wrong while answering.

AnsweringError
    ComposerUnavailable     the model is down, slow, or said something that is not an answer
    RulebookReplaced        other rules came into force while the answer was made
    PersonHasConversation   a person took the conversation over while an answer was made
"""

from __future__ import annotations


class AnsweringError(Exception):
    """Base of this package's errors."""


class ComposerUnavailable(AnsweringError):
    """No more of a draft is to be had from the model; ``cause`` is a constant word for logs and evidence, never its
    text."""

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


class PersonHasConversation(AnsweringError):
    """No more of the answer may be released: the assistant is silent from the moment a person has the conversation.

    ``joined``: somebody has taken it, and its customer is not only waiting for them.
    """

    def __init__(self, conversation_id: str, *, joined: bool = False) -> None:
        super().__init__(f"a person has conversation {conversation_id}; the answer was not recorded")
        self.joined = joined
