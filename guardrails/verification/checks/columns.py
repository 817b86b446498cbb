"""A number of a table is said of a column whose header the sentence names, where it names one."""

from __future__ import annotations

from guardrails.verification.comparison import Comparison
from guardrails.verification.figures import Figure
from guardrails.verification.reading import read
from guardrails.verification.traits.tables import Cell, cells_of

NAMED = 0.5  # of the words that only one header has


def check(comparison: Comparison) -> str | None:
    """No figure stands in other columns alone, where a cell of a named column has another of its kind."""
    cells = cells_of(comparison.evidence.raw)
    words = comparison.claim.names | {f"{figure.said}" for figure in comparison.claim.figures}
    named = [cell for cell in cells if cell.column and len(cell.column & words) >= NAMED * len(cell.column)]
    others = [cell for cell in cells if not cell.column & words]
    if not named or not others:
        return None
    for figure in comparison.claim.figures:
        if (figure.unit or comparison.claim.counted(figure)) and not _stands(figure, named) and _stands(figure, others) and _rivalled(figure, named, others):
            return "a number is of another column"
    return None


def _stands(figure: Figure, cells: list[Cell]) -> bool:
    return any(_has(cell, figure) for cell in cells)


def _has(cell: Cell, figure: Figure) -> bool:
    return any(stated.states(figure) or stated.said == figure.said for stated in read(cell.text).figures)


def _rivalled(figure: Figure, named: list[Cell], others: list[Cell]) -> bool:
    rows = {cell.row for cell in others if _has(cell, figure)}
    return any(stated.kind == figure.kind for cell in named if cell.row in rows for stated in read(cell.text).figures)
