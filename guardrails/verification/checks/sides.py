"""Sides that exclude each other, the families of lexicon.yaml: charged or waived, a month or a year."""

from __future__ import annotations

from guardrails.verification.comparison import Comparison
from guardrails.verification.items import Mark

CLEARER = 1.3
ALIKE = 0.35
MOST = 60  # phrases of either side that are compared


def check(comparison: Comparison) -> str | None:
    """Where the cited words take a side in clearly more similar surroundings, the sentence takes the same."""
    stated = [mark for mark in comparison.evidence.marks if mark.sense.family]
    taken = {(mark.sense.family, mark.value) for mark in comparison.claim.marks}
    for mark in comparison.claim.marks[:MOST]:
        if mark.value == "within" or mark.sense.family == "bound":
            continue  # it may be said otherwise; bounds.py and exchanged.py compare
        if mark.value in ("+", "-") and comparison.excepts(mark.place.clause):
            continue
        kin = [s for s in stated if s.sense.family == mark.sense.family][:MOST] if mark.sense.family else []
        same = [_alike(comparison, mark, s) for s in kin if s.value == mark.value]
        others = [_alike(comparison, mark, s) for s in kin if (s.sense.family, s.value) not in taken]
        if others and max(others) > ALIKE and max(others) > CLEARER * max(same, default=0.0):
            return f"it takes another side ({mark.sense.family})"
    return None


def _alike(comparison: Comparison, claimed: Mark, stated: Mark) -> float:
    return comparison.likeness(claimed.place, stated.place, claimed.sense.name)
