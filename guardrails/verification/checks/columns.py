"""A number of a table is said of a column whose header the sentence names, where it names one."""

from __future__ import annotations

from guardrails.verification.comparison import Comparison
from guardrails.verification.figures import Figure
from guardrails.verification.reading import read
from guardrails.verification.traits.tables import Cell, cells_of

WRONG = "a number is of another column"
NAMED = 0.5  # of the words that only one header has


def check(comparison: Comparison) -> str | None:
    """No figure stands in other columns alone, where a cell of a named column has another of its kind."""
    cells = cells_of(comparison.evidence.raw)
    words = comparison.claim.names | {f"{figure.said}" for figure in comparison.claim.figures}
    own = {cell.column: _alone(cell, cells) for cell in cells}
    named = [cell for cell in cells if (o := own[cell.column]) and len(o & words) >= NAMED * len(o)]
    others = [cell for cell in cells if own[cell.column] and not own[cell.column] & words]
    if not named or not others:
        return None
    return next((WRONG for figure in _tabled(comparison) if _misplaced(figure, named, others, comparison)), None)


def _tabled(comparison: Comparison) -> list[Figure]:
    """The figures of the sentence that only tables state, those that count nothing aside."""
    claim, evidence = comparison.claim, comparison.evidence
    beside = [figure for figure in evidence.figures if figure.place.sentence not in evidence.tabular]
    figures = (figure for figure in claim.figures if figure.unit or claim.counted(figure))
    return [figure for figure in figures if not any(stated.states(figure) for stated in beside)]


def _misplaced(figure: Figure, named: list[Cell], others: list[Cell], comparison: Comparison) -> bool:
    """Whether only other columns have it, and a named one has in its row another of its kind, which goes unsaid."""
    rows = {cell.row for cell in others if _has(cell, figure)}
    if not rows or any(_has(cell, figure) for cell in named):
        return False
    rivals = [stated for cell in named if cell.row in rows for stated in read(cell.text).figures]
    rivals = [stated for stated in rivals if stated.kind == figure.kind]
    return bool(rivals) and not any(stated.states(said) for stated in rivals for said in comparison.claim.figures)


def _alone(cell: Cell, cells: tuple[Cell, ...]) -> frozenset[str]:
    """The words of its header that no other column has."""
    return cell.column.difference(*(other.column for other in cells if other.column != cell.column))


def _has(cell: Cell, figure: Figure) -> bool:
    return any(stated.states(figure) or stated.said == figure.said for stated in read(cell.text).figures)
