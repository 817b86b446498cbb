"""In which conversations the last question failed and was not stored: a reload would show nothing of it."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST = 10_000  # the oldest are forgotten first


@dataclass(frozen=True)
class Unanswered:
    """Ids of conversations, in this process only; what was asked is not held."""

    _conversations: dict[str, None] = field(default_factory=dict)

    def note(self, conversation: str) -> None:
        """A question failed."""
        self._conversations.pop(conversation, None)
        self._conversations[conversation] = None
        if len(self._conversations) > MOST:
            self._conversations.pop(next(iter(self._conversations)), None)

    def settle(self, conversation: str) -> None:
        """A later question was answered."""
        self._conversations.pop(conversation, None)

    def __contains__(self, conversation: str) -> bool:
        return conversation in self._conversations
