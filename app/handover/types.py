"""Hand-overs as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class CallBackRequest:
    """What a customer leaves to be called back: personal, sealed when stored, never shown by ``repr``."""

    name: str = field(repr=False)
    phone: str = field(repr=False)
    preferred_time: str = field(repr=False)
