"""That nothing is due is said only where the cited words say so: a fee that they state is no waiver left out."""

from __future__ import annotations

from guardrails.verification.comparison import Comparison
from guardrails.verification.reading import Mark

FAMILY = "charged"


def check(comparison: Comparison) -> str | None:
    """A sentence that says "free" or "no fee" speaks from words that say it too, or from a figure of zero."""
    if not any(mark.sense.family == FAMILY and mark.value == "-" for mark in comparison.claim.marks):
        return None
    evidence = comparison.evidence
    near = comparison.spoken_from | {pair.stated for pair in comparison.pairs} | comparison.told
    free = any(mark.place.sentence in near and mark.sense.family == FAMILY and mark.value == "-" for mark in evidence.marks)
    nothing = any(figure.value == 0 and figure.place.sentence in near for figure in evidence.figures)
    denied = any(mark.place.sentence in near and (mark.sense.negates or _excepts(mark)) for mark in evidence.marks)
    return None if free or nothing or denied else "it says that nothing is due, which the cited words do not"


def _excepts(mark: Mark) -> bool:
    return mark.sense.condition == "but" or (mark.sense.family == "included" and mark.value == "-")
