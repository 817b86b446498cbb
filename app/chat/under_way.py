"""In which conversations this process answers a question now: a page opened meanwhile has something to wait for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class UnderWay:
    """Ids of conversations, in this process only; of another's answer a page learns by its first words, stored."""

    _conversations: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def asking(self, conversation: str) -> Iterator[None]:
        """A question is answered as long as this lasts."""
        self._conversations[conversation] += 1
        try:
            yield
        finally:
            self._conversations[conversation] -= 1
            if not self._conversations[conversation]:
                del self._conversations[conversation]

    def __contains__(self, conversation: str) -> bool:
        return conversation in self._conversations
