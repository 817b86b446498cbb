"""What can go wrong while a person has a conversation.

HandoverError
├── HandoverOver      nobody has it or waits for anybody: the assistant answers
├── HandoverTaken     somebody else has it
├── HandoverNotTaken  it waits: whoever wants to write takes it first
├── ReplyEmpty        there is nothing to send
└── ReplyTooLong      a reply is a few sentences
"""

from __future__ import annotations

from app.handover.types import MAX_REPLY_CHARACTERS


class HandoverError(Exception):
    """The root of this tree."""


class HandoverOver(HandoverError):
    """It was handed back or closed, perhaps a moment ago."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__(
            f"Conversation {conversation_id[:8]} was handed back or closed: the assistant answers in it again. "
            "Nothing was sent."
        )


class HandoverTaken(HandoverError):
    """Two people never answer in one conversation."""

    def __init__(self, who: str) -> None:
        super().__init__(f"{who} has this conversation. Ask them to put it back in the queue, or a head of compliance.")


class HandoverNotTaken(HandoverError):
    """Nobody writes in a conversation that nobody has."""

    def __init__(self) -> None:
        super().__init__("Nobody has this conversation: take it first. Nothing was sent.")


class ReplyEmpty(HandoverError):
    """There is nothing to send."""

    def __init__(self) -> None:
        super().__init__("Type a reply before you send it.")


class ReplyTooLong(HandoverError):
    """A reply is never cut in silence."""

    def __init__(self, characters: int) -> None:
        super().__init__(
            f"The reply has {characters:,} characters, at most {MAX_REPLY_CHARACTERS:,} are sent. Shorten it, or "
            "send it in parts."
        )
