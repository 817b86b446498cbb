"""What of an answer is released while the rest is still being written, and who is shown it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.answering.types import Sentence
from guardrails.types import Disclosure
from knowledge_bases.schema import Language


@dataclass(frozen=True)
class Piece:
    """The next words of an answer, in reading order: ``lead`` (of the first piece only), sentences, then statements.

    It was verified and recorded before anybody is shown it, and is never taken back.
    """

    answer_id: str
    number: int  # counts from 1
    language: Language
    lead: str
    sentences: tuple[Sentence, ...]
    disclosures: tuple[Disclosure, ...]


class Listener(Protocol):
    """Whoever waits for an answer. ``along``: they read it piece by piece; else as a whole, at its end."""

    @property
    def along(self) -> bool: ...

    @property
    def stopped(self) -> bool:
        """Whether they asked for no more of it. The first words come all the same."""
        ...

    async def show(self, piece: Piece) -> None:
        """Shows a piece. What goes wrong on the way to the customer is not raised: the words are stored."""
        ...

    async def gone(self) -> bool:
        """Whether nobody waits any more; then no more of the model's time is spent on the answer."""
        ...


@dataclass(frozen=True)
class AtItsEnd:
    """The same listener, who is shown nothing before the answer is whole."""

    listener: Listener
    along: bool = False

    @property
    def stopped(self) -> bool:
        """As the listener has."""
        return self.listener.stopped

    async def show(self, piece: Piece) -> None:
        """Nothing is shown."""

    async def gone(self) -> bool:
        """As the listener is."""
        return await self.listener.gone()
