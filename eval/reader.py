"""A customer who reads an answer along, for measurements."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from app.answering.pieces import Piece


@dataclass
class Reader:
    """Reads along and stays: a ``Listener``. ``shown`` has each piece with its moment (monotonic seconds)."""

    along: bool = True
    stopped: bool = False
    shown: list[tuple[float, Piece]] = field(default_factory=list)

    async def show(self, piece: Piece) -> None:
        """See ``Listener``."""
        self.shown.append((time.monotonic(), piece))

    async def gone(self) -> bool:
        """See ``Listener``."""
        return False
