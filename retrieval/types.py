"""The values retrieval takes and gives beside those of ``knowledge_bases.schema``."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge_bases.schema import Language


@dataclass(frozen=True)
class Query:
    """A customer's question. ``k`` is the most passages wanted, at least 1.

    ``history`` holds the customer's earlier questions of the conversation, oldest first; what a follow-up leaves
    unsaid is taken from one of them (``retrieval.dialogue``).
    """

    text: str
    language: Language
    k: int = 8
    history: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.k < 1:
            raise ValueError(f"k is {self.k}: ask for at least one passage")
