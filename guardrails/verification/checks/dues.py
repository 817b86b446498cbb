"""That nothing is due is said only where the cited words say so: a fee that they state is no waiver left out."""

from __future__ import annotations

from guardrails.verification.comparison import Comparison
from guardrails.verification.items import Mark

FAMILY = "charged"


def check(comparison: Comparison) -> str | None:
    """A sentence that says "free" or "no fee" speaks from words that say it too, or from a figure of zero."""
    if not any(mark.sense.family == FAMILY and mark.value == "-" for mark in comparison.claim.marks):
        return None
    evidence = comparison.evidence
    near = comparison.spoken_from | {pair.stated for pair in comparison.pairs} | comparison.told
    nothing = any(figure.value == 0 and figure.place.sentence in near for figure in evidence.figures)
    denied = any(mark.place.sentence in near and _denies(mark) for mark in evidence.marks)
    return None if nothing or denied else "it says that nothing is due, which the cited words do not"


def _denies(mark: Mark) -> bool:
    """Whether it says that nothing is due, denies something, or leaves something out."""
    side = mark.value == "-" and mark.sense.family in (FAMILY, "included")
    return side or mark.sense.negates or mark.sense.condition == "but"
