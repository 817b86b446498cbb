"""Gathers what is taken off the pages into a list that a person can go through: each text once, with its pages."""

from __future__ import annotations

from collections.abc import Iterable

from ingestion.parsers.elements import clean
from knowledge_bases.parsed import Framing, LeftOut

LONGEST = 500  # characters of one entry
MOST = 200  # entries of one document; the last one says how many more there are


class Offcuts:
    """What was taken off the pages of one document so far; pages come in their order."""

    def __init__(self) -> None:
        self._found: dict[tuple[Framing, str], tuple[str, list[int]]] = {}

    def add(self, framing: Framing, text: str, shape: str, page: int) -> None:
        """Note ``text``. What has the same ``shape`` is one entry: "Terms | 3" and "Terms | 4" are one running line."""
        if not (text := clean(text)):
            return
        _, pages = self._found.setdefault((framing, shape), (text, []))
        if pages[-1:] != [page]:
            pages.append(page)

    def entries(self) -> tuple[LeftOut, ...]:
        """In the order of ``Framing``, contents last, each kind in the order of the pages; no more than ``MOST``."""
        framings = list(Framing)
        found = sorted(self._found.items(), key=lambda entry: framings.index(entry[0][0]))
        entries = [LeftOut(framing, _cut(text), tuple(pages)) for (framing, _), (text, pages) in found]
        return tuple(entries if len(entries) <= MOST else [*entries[: MOST - 1], _rest(entries[MOST - 1 :])])


def _rest(entries: Iterable[LeftOut]) -> LeftOut:
    each = list(entries)
    pages = {page for entry in each for page in entry.pages}
    return LeftOut(each[0].framing, f"and {len(each)} more", tuple(sorted(pages)))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
