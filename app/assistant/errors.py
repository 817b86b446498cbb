"""What can go wrong between the pipeline and the conversation.

AssistantError
    TooManyMessages         a conversation asks faster than anybody reads
    TurnsUnread             what was said before could not be looked at
"""

from __future__ import annotations


class AssistantError(Exception):
    """Base of this package's errors."""


class TooManyMessages(AssistantError):
    """The message was not looked at and not kept; the customer is asked to wait a minute."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__(f"conversation {conversation_id} sent too many messages within a minute; let it wait")


class TurnsUnread(AssistantError):
    """Nothing was asked and nothing kept."""

    def __init__(self) -> None:
        super().__init__("the earlier messages can't be looked at now; try again in a moment")
