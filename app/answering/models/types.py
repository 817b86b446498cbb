"""The port: one question to a served model, what it is held to, and its reply as it comes."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from app.answering.models.errors import Why


@dataclass(frozen=True)
class Prompted:
    """One question to a model: constant instructions first, so that the server's prefix cache serves them.

    ``material`` has passages in stable order, then history and question. ``schema`` is the JSON schema that the reply
    is held to, None for free text; ``name`` is the task in logs and counts. ``max_tokens`` can only lower the setting.
    """

    instructions: str
    material: str
    schema: Mapping[str, object] | None = None
    name: str = "answer"
    max_tokens: int = 512


@dataclass(frozen=True)
class Limits:
    """What an institution allows its model. Seconds from the moment it is asked."""

    first_sentence_s: float = 1.2  # then the quotes come instead
    total_s: float = 12.0
    max_tokens: int = 512  # of a reply
    max_reply_bytes: int = 1024 * 1024  # as sent, with all that the protocol puts around each piece
    at_once: int = 16  # requests under way in one process; another one is told "busy" at once


@dataclass(frozen=True)
class Until:
    """Moments on the event loop's clock: when it was asked, by when the first piece is due, and the whole reply."""

    asked: float
    first: float
    end: float


@dataclass
class Worth:
    """What a reader makes of a reply while it comes. Its address is judged by that: pieces alone are no answer.

    ``uses`` counts what could be used of it, sentences for instance. ``flooded``: far too much came that could not.
    """

    uses: int = 0
    flooded: bool = False
    _since: float = field(default_factory=time.monotonic)

    def wanted(self) -> None:
        """The reader waits, for the first that it can use, or for more."""
        self._since = time.monotonic()

    def used(self) -> None:
        """Something could be used, and the reader is busy with it."""
        self.uses += 1
        self._since = float("inf")

    def waited(self, patience_s: float) -> bool:
        """Whether the reader has waited in vain for ``patience_s`` seconds, or twice that once something was used."""
        return time.monotonic() - self._since >= patience_s * (2 if self.uses else 1)


class Line(Protocol):
    """One address of a model, as it is asked by whoever chose it."""

    def read(self, prompted: Prompted, cache_salt: str, until: Until) -> AsyncGenerator[str, None]:
        """The pieces of the reply that have text.

        Raises:
            ModelUnavailable: no reply, or no more of it.
        """
        ...

    async def aclose(self) -> None: ...


class Model(Protocol):
    """A served model as one institution asks it; safe to ask many times at once."""

    @property
    def id(self) -> str:
        """The served model's name, as evidence keeps it."""
        ...

    @property
    def limits(self) -> Limits: ...

    @property
    def parameters(self) -> Mapping[str, float | str]:
        """Temperature and most tokens, as evidence keeps them."""
        ...

    @property
    def refuses(self) -> Why | None:
        """Why it would not be asked now: too much is under way, or no address takes a request; None: it would be."""
        ...

    def turn_away(self, task: str) -> None:
        """Called before anything is made ready for ``task``.

        Raises:
            ModelUnavailable: it ``refuses``, which counts as an ask.
        """
        ...

    def stream(self, prompted: Prompted, within_s: float, worth: Worth | None = None) -> AsyncGenerator[str, None]:
        """The reply's text, piece by piece, all of it within ``within_s``, the first within ``first_sentence_s``.

        The reader notes in ``worth`` what it makes of it; without, every piece is as good as another.

        Whoever stops reading (``aclose``, cancellation) ends the request at the server.

        Raises:
            ModelUnavailable: no reply, or no more of it.
        """
        ...

    async def ask(self, prompted: Prompted, within_s: float) -> str:
        """The whole reply, within ``within_s``.

        Raises:
            ModelUnavailable: see ``stream``.
        """
        ...
