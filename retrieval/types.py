"""The values retrieval takes and gives beside those of ``knowledge_bases.schema``."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge_bases.schema import Language

LONGEST_QUERY = 2_000  # characters; some steps take their square, and a longer text is no question


@dataclass(frozen=True)
class Query:
    """A customer's question. ``k`` is the most passages wanted, at least 1.

    ``history`` holds the customer's earlier questions of the conversation, oldest first; what a follow-up leaves
    unsaid is taken from one of them (``retrieval.dialogue``). ``rewritten``: the question with what it leaves unsaid,
    in somebody else's words; it is read with them, too, if there are any. ``whole``: how ``Retriever.whole`` put it,
    looked up in its place; empty: as it stands; None: the search finds out. Any text is one: of a longer one the first
    ``LONGEST_QUERY`` characters are read, and half of a character pair is read as "?".
    """

    text: str
    language: Language
    k: int = 8
    history: tuple[str, ...] = ()
    rewritten: str = ""
    whole: str | None = None

    def __post_init__(self) -> None:
        if self.k < 1:
            raise ValueError(f"k is {self.k}: ask for at least one passage")
        object.__setattr__(self, "text", _readable(self.text))
        object.__setattr__(self, "rewritten", _readable(self.rewritten))
        object.__setattr__(self, "history", tuple(_readable(text) for text in self.history))


def _readable(text: str) -> str:
    return text[:LONGEST_QUERY].encode("utf-8", "replace").decode("utf-8")
