"""A table's cell: whether what the sentence says of a row and a column stands where they meet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from guardrails.verification.comparison import Comparison
from guardrails.verification.reading import Reading, read

CELLS = 200
_NOTE = re.compile(r"\(\d\)|\*|†|\[\d\]")


@dataclass(frozen=True)
class Cell:
    """``row`` and ``column`` are the features of its labels that no other row or column has."""

    text: str
    row: frozenset[str]
    column: frozenset[str]


def traits(comparison: Comparison) -> dict[str, float]:
    """Of the cell whose labels the sentence names best: whether it says what stands in it, and in no better one."""
    cells = cells_of(comparison.evidence.raw)
    if not cells:
        return {}
    claim = comparison.claim
    words = claim.names | {f"{figure.said}" for figure in claim.figures}
    scores = [_named(cell, words) for cell in cells]
    best = max(scores)
    named = [cell for cell, score in zip(cells, scores, strict=True) if score == best]
    held = [score for cell, score in zip(cells, scores, strict=True) if _said(cell, claim)]
    found = {"table": 1.0, "labels named": best}
    if best > 0:
        found["the cell is said"] = float(any(_said(cell, claim) for cell in named))
        found["another cell is said"] = float(not any(_said(cell, claim) for cell in named) and bool(held))
        found["no cell is said"] = float(not held)
        found["how much better another is named"] = best - max(held, default=0.0)
        found["nothing is in the cell"] = float(all(_nothing(cell) for cell in named) and not _denies(claim))
        found["nothing is said of a cell"] = float(all(not _nothing(cell) for cell in named) and _denies(claim))
    return found


def _named(cell: Cell, words: frozenset[str]) -> float:
    row = len(cell.row & words) / max(1, len(cell.row))
    column = len(cell.column & words) / max(1, len(cell.column))
    return round(row + column, 3)


def _said(cell: Cell, claim: Reading) -> bool:
    """Whether the sentence says what stands in the cell: its first figure, or that there is none, or its words."""
    content = read(cell.text)
    if content.figures:
        said = content.figures[0]
        return any(said.states(f) or f.states(said) or said.said == f.said for f in claim.figures)
    if _nothing(cell):
        return _denies(claim)
    return bool(content.names) and 2 * len(content.names & claim.names) >= len(content.names)


def _nothing(cell: Cell) -> bool:
    content = read(cell.text)
    return not content.figures and any(m.sense.negates or m.value == "-" for m in content.marks)


def _denies(claim: Reading) -> bool:
    return any(m.sense.negates or m.value == "-" for m in claim.marks) or any(f.value == 0 for f in claim.figures)


@lru_cache(maxsize=256)
def cells_of(text: str) -> tuple[Cell, ...]:
    """The cells of a table in ``text`` under its header; rows are parted by lines, or by an empty cell."""
    rows = [row for row in _rows(text) if len(row) > 1]
    if len(rows) < 2:
        return ()
    width = len(rows[0])
    body = [row for row in rows[1:] if len(row) == width and not all(set(c) <= set("-: ") for c in row)]
    heads = _own([rows[0][i] for i in range(width)])
    labels = _own([row[0] for row in body])
    cells = [Cell(_NOTE.sub("", row[i]), labels[n], heads[i]) for n, row in enumerate(body) for i in range(1, width)]
    return tuple(cells[:CELLS])


def _rows(text: str) -> list[list[str]]:
    lines = [line for line in re.split(r"\n|(?<=\|)\s*(?=\|)", text) if "|" in line]
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]


def _own(labels: Sequence[str]) -> list[frozenset[str]]:
    """The features of each label that not all of the others have."""
    names = [read(label).names | frozenset(f"{f.said}" for f in read(label).figures) for label in labels]
    return [
        frozenset(n for n in own if not all(n in other for other in names)) if len(names) > 1 else own for own in names
    ]
