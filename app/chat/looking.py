"""Looking at a stored conversation again for its open page: another process may write it, and calls nobody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import repeat
from typing import Protocol

import structlog

from app.chat.errors import TokenRejected
from app.chat.visit import Visit

log = structlog.get_logger()


class Line(Protocol):
    """The way to one customer's page; it may break and be taken up again."""

    @property
    def gone(self) -> bool:
        """Whether the page is closed for good."""
        ...

    @property
    def connected(self) -> bool:
        """Whether what is shown now arrives."""
        ...

    @property
    def visit(self) -> Visit:
        """The customer, as of the latest handshake."""
        ...


async def look_on(
    line: Line, look: Callable[[], Awaitable[bool]], pause: Callable[[], Awaitable[None]], most: int | None = None
) -> None:
    """Looks, and pauses, until ``look`` says that nothing more comes; ends with the page, the token, or ``most`` looks.

    A look that fails is made again: a database that is busy now may answer at the next one.
    """
    for _ in repeat(None) if most is None else repeat(None, most):
        if line.gone:
            return
        try:
            if line.connected and not await look():
                return
        except TokenRejected:
            return
        except Exception as error:
            log.error("chat.look.failed", what=look.__qualname__, error=type(error).__name__)
        await pause()
