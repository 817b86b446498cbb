"""How near one place of a text is to another: a word next to a figure tells more of it than one far off."""

from __future__ import annotations

from guardrails.verification.types import Place

ELSEWHERE = 0.25  # what a word counts that stands in the sentence before, or in the heading
LABEL = 0.9  # what a word counts that is in the header of a cell's column, or in the label of its row
SAME_ROW = 0.15  # what one counts that is in another cell of its row
DISTANCE = 8  # tokens at which a word counts half
OTHER_CLAUSE = 0.6


def nearness(one: Place, other: Place) -> float:
    """In (0, 1]: less the more tokens and clauses lie between two places of a sentence."""
    near = DISTANCE / (DISTANCE + abs(one.at - other.at))
    return float(near * OTHER_CLAUSE ** min(3, abs(one.clause - other.clause)))
