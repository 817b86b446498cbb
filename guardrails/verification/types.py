"""What a verification says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from knowledge_bases.schema import Citation

Resolve = Callable[[Citation], str | None]


class Support(StrEnum):
    """The outcome for one claim."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class Judgement:
    """``why`` names the check that failed, never the words; empty when supported."""

    support: Support
    why: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something in a text stands: the number of its token, of its clause and of its sentence."""

    at: int
    clause: int
    sentence: int
