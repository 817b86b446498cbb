"""Gathers what is hidden in one document into a list that a person can go through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ingestion.parsers.elements import clean
from knowledge_bases.parsed import HiddenText, Hiding

LONGEST = 500  # characters of one entry
MOST = 200  # entries of one document; the last one says how many more there are


def hidden_text(hiding: Hiding, words: str, page: int | None = None, where: str | None = None) -> list[HiddenText]:
    """One entry for ``words``; none where they are blank."""
    text = clean(words)
    return [HiddenText(hiding, _cut(text), page, where)] if text else []


def merged(found: Iterable[HiddenText]) -> tuple[HiddenText, ...]:
    """Neighbours of one kind in one place as one entry, repetitions left out, and no more than ``MOST`` entries."""
    entries: list[HiddenText] = []
    for entry in found:
        last = entries[-1] if entries else None
        if last is not None and _belongs(last, entry):
            entries[-1] = replace(last, text=_cut(f"{last.text} {entry.text}"))
        elif entry not in entries[-MOST:]:
            entries.append(entry)
    if len(entries) <= MOST:
        return tuple(entries)
    rest = len(entries) - MOST + 1
    return (*entries[: MOST - 1], replace(entries[MOST - 1], text=f"and {rest} more places", page=None, where=None))


def _belongs(last: HiddenText, entry: HiddenText) -> bool:
    if entry.hiding is Hiding.INSTRUCTION or len(last.text) + len(entry.text) >= LONGEST:
        return False
    return (last.hiding, last.page, last.where) == (entry.hiding, entry.page, entry.where)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
